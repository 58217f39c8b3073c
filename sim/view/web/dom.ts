// Elements. Text goes in as text only: names are input of strangers.

type Attributes = Record<string, string | number | boolean | undefined>;
type Child = Node | string | null | undefined;

function fill<E extends Element>(element: E, attributes: Attributes, children: Child[]): E {
    for (const [name, value] of Object.entries(attributes)) {
        if (value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : String(value));
    }
    for (const child of children) if (child !== null && child !== undefined) element.append(child);
    return element;
}

export function h<K extends keyof HTMLElementTagNameMap>(tag: K, attributes: Attributes = {},
                                                         ...children: Child[]): HTMLElementTagNameMap[K] {
    return fill(document.createElement(tag), attributes, children);
}

export function s<K extends keyof SVGElementTagNameMap>(tag: K, attributes: Attributes = {},
                                                        ...children: Child[]): SVGElementTagNameMap[K] {
    return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

/** The colour of a process: of one that others follow, too. */
export function hue(number: number, count: number): number {
    const chosen = [212, 28, 168, 278, 48, 318, 95, 190];
    const fromAbove = count - number;
    return count <= chosen.length ? chosen[fromAbove] : Math.round(212 + fromAbove * 137.508) % 360;
}
