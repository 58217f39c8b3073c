// The messages, as arrows: by type and by what became of them.
import { above } from "./axis";
import { half, windowOf } from "./bands";
import { mostElements, type Geometry, type Scene } from "./diagram";
import { s } from "./dom";
import { Message, Run, arrival, clock, duration, nameOf } from "./model";

const mostArrows = 12000;  // more of them would be a blot, and slow

/** Whether it takes part as an arrow of its own. */
export function isDrawn(run: Run, index: number, all: boolean): boolean { return all || !run.folded[index]; }

export function lineOf(scene: Scene, g: Geometry, message: Message): [number, number, number, number] {
    const [x1, y1, y2] = [g.x(message.sent_ns), g.y(message.from), g.y(message.to)];
    if (message.fate !== "lost") return [x1, y1, g.x(arrival(message, scene.run.end_ns)), y2];
    const ends = Math.max(g.x(message.known_ns ?? message.sent_ns), x1 + Math.min(16, g.gap / 2));
    return [x1, y1, ends, y1 + (y2 - y1) * 0.55];
}

/** Gives the messages that are drawn. */
export function arrows(scene: Scene, g: Geometry, plot: SVGGElement): number[] {
    const { run, chain, filter } = scene;
    const [first, last] = windowOf(scene);
    const sent = run.messages;
    const drawn: number[] = [];
    let at = lowerSent(sent, first - run.longest);
    for (; at < sent.length && sent[at].sent_ns <= last; ++at) {
        if (!isDrawn(run, at, scene.all) && !chain?.messages.has(at)) continue;
        if (arrival(sent[at], run.end_ns) >= first) drawn.push(at);
    }
    const dimmed = (index: number): boolean =>
        (chain !== null && !chain.messages.has(index)) || (filter !== null && !filter({ kind: "message", index }));
    if (drawn.length > mostArrows) {
        plot.append(s("text", { class: "crowd", x: (g.left + g.right) / 2, y: g.top - 24 },
            `${drawn.length} messages in this window: zoom in to see them as arrows`));
        return [];
    }
    if (drawn.length > mostElements) {
        arrowsAsPaths(scene, g, plot, drawn, dimmed);
        return drawn;
    }
    for (const index of drawn) {
        const message = sent[index];
        const [x1, y1, x2, y2] = lineOf(scene, g, message);
        const y3 = edge(g, message, y1, y2);
        const chosen = scene.item?.kind === "message" && scene.item.index === index;
        const group = s("g", {
            class: `message ${message.type} ${message.fate}${message.copy_of === undefined ? "" : " copy"}` +
                `${dimmed(index) ? " dim" : ""}${chosen ? " chosen" : ""}`,
            "data-message": index,
        }, s("title", {}, titleOf(run, message)), s("line", { class: "near", x1, y1, x2, y2 }),
        s("line", {
            class: "arrow", x1, y1, x2, y2: y3,
            "marker-end": message.fate === "delivered" || message.fate === "under_way" ? `url(#head-${message.type})` : undefined,
        }));
        if (message.fate === "lost") group.append(s("path", { class: "cross", d: `M${x2 - 4} ${y2 - 4}l8 8m0 -8l-8 8` }));
        if (message.fate === "to_down") group.append(s("path", { class: "stop", d: `M${x2 - 4} ${y3}h8` }));
        if (message.fate === "void") group.append(s("circle", { class: "stop", cx: x2, cy: y3, r: 2.5 }));
        if (message.fate === "to_down" && message.outcome !== undefined) {
            // Refused: it bounces.
            group.append(s("line", {
                class: "arrow bounce", x1: x2, y1: y3, x2: g.x(run.steps[message.outcome].at_ns), y2: y1,
                "marker-end": `url(#head-${message.type})`,
            }));
        }
        plot.append(group);
    }
    daemonAnswers(scene, g, plot, drawn, dimmed);
    return drawn;
}

// A line ends at the edge of a band rather than in it.
function edge(g: Geometry, message: Message, y1: number, y2: number): number {
    return message.fate === "lost" ? y2 : y2 + (y1 < y2 ? -half(g) - 1 : half(g) + 1);
}

function daemonAnswers(scene: Scene, g: Geometry, plot: SVGGElement, drawn: number[], dimmed: (index: number) => boolean): void {
    const { run } = scene;
    for (const index of drawn) {
        const join = run.messages[index];
        if (join.type !== "JOIN" || join.outcome === undefined || join.known_ns === undefined) continue;
        plot.append(s("line", {
            class: `arrow answer JOIN${dimmed(index) ? " dim" : ""}`, x1: g.x(join.known_ns), y1: g.y(0),
            x2: g.x(run.steps[join.outcome].at_ns), y2: g.y(join.from), "marker-end": "url(#head-JOIN)",
        }));
    }
}

function arrowsAsPaths(scene: Scene, g: Geometry, plot: SVGGElement, drawn: number[], dimmed: (index: number) => boolean): void {
    const paths = new Map<string, string[]>();
    for (const index of drawn) {
        const message = scene.run.messages[index];
        const kind = `message ${message.type} ${message.fate}${dimmed(index) ? " dim" : ""}`;
        const [x1, y1, x2, y2] = lineOf(scene, g, message).map((value) => Math.round(value * 10) / 10);
        let list = paths.get(kind);
        if (!list) paths.set(kind, list = []);
        list.push(`M${x1} ${y1}L${x2} ${y2}`);
    }
    for (const [kind, list] of paths) plot.append(s("g", { class: kind }, s("path", { class: "arrow", d: list.join("") })));
}

// The times of sending, as one list for all frames.
const times = new WeakMap<Message[], Float64Array>();
function lowerSent(messages: Message[], time: number): number {
    let known = times.get(messages);
    if (!known) times.set(messages, known = Float64Array.from(messages, (message) => message.sent_ns));
    return above(known, time);
}

export function head(type: string): SVGMarkerElement {
    const big = type === "COORDINATOR" || type === "ELECTION";
    return s("marker", {
        id: `head-${type}`, class: `head ${type}`, viewBox: "0 0 10 10", refX: 8, refY: 5, markerUnits: "userSpaceOnUse",
        markerWidth: big ? 8 : 6.5, markerHeight: big ? 8 : 6.5, orient: "auto",
    }, s("path", { d: type === "OK" ? "M1 1L9 5L1 9" : "M0 0L10 5L0 10z" }));
}

export function titleOf(run: Run, message: Message): string {
    const what = `${message.type} from ${nameOf(run, message.from)} to ${nameOf(run, message.to)}`;
    const copy = message.copy_of === undefined ? "" : ", the second copy";
    return `${what}${copy}, sent at ${clock(message.sent_ns)}: ${fateOf(run, message)}`;
}

export function fateOf(run: Run, message: Message): string {
    const took = duration((message.known_ns ?? message.sent_ns) - message.sent_ns);
    switch (message.fate) {
        case "delivered": return `arrived at ${clock(message.known_ns as number)}, after ${took}`;
        case "lost": return "lost";
        case "void": return `came after ${took}, when nobody waited for it any more`;
        case "under_way": return "still under way at the end";
        default: {
            const step = message.outcome === undefined ? null : run.steps[message.outcome];
            return step && message.type !== "JOIN" ? `nobody listened; its sender knew at ${clock(step.at_ns)}` : "nobody listened";
        }
    }
}
