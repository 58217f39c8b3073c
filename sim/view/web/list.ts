// The timeline as a table: what the window of the diagram shows, in words.
import { h, hue } from "./dom";
import { Entry, Item, Run, clock, nameOf } from "./model";

const mostRows = 600;

export class List {
    readonly element = h("section", { class: "list", "aria-label": "Timeline" });
    private readonly caption = h("caption");
    private readonly body = h("tbody");

    constructor(private readonly run: Run, private readonly choose: (item: Item) => void) {
        const header = h("tr", {}, h("th", { scope: "col" }, "time"), h("th", { scope: "col" }, "process"),
            h("th", { scope: "col" }, "what happened"));
        this.element.append(h("table", {}, this.caption, h("thead", {}, header), this.body));
        this.body.addEventListener("click", (event) => {
            const row = (event.target as Element).closest("tr");
            const item = row && this.items.get(row);
            if (item) this.choose(item);
        });
    }

    private items = new Map<Element, Item>();

    draw(entries: Entry[], from: number, until: number, item: Item | null): void {
        const inside = entries.filter((entry) => entry.line.at_ns >= from && entry.line.at_ns <= until);
        const chosen = inside.findIndex((entry) => isSame(entry.item, item));
        const first = Math.max(0, Math.min(chosen - mostRows / 2, inside.length - mostRows));
        const shown = inside.slice(first, first + mostRows);
        this.caption.textContent = `${inside.length} of ${entries.length} lines` +
            (inside.length < entries.length ? ": those in the window" : "") +
            (shown.length < inside.length ? `; ${shown.length} are shown` : "");
        this.items.clear();
        this.body.replaceChildren(...shown.map((entry) => this.row(entry, isSame(entry.item, item))));
        // Within the list alone: the page stays where it is.
        const row = this.body.querySelector<HTMLElement>("[aria-current]");
        if (!row) return;
        const top = row.offsetTop - this.element.clientHeight / 2;
        if (row.offsetTop < this.element.scrollTop + 40 || row.offsetTop > this.element.scrollTop + this.element.clientHeight - 40) {
            this.element.scrollTop = top;
        }
    }

    private row(entry: Entry, isChosen: boolean): HTMLTableRowElement {
        const name = entry.process === 0 ? "" : nameOf(this.run, entry.process);
        const who = h("td", { class: "who" }, name);
        if (entry.process) who.style.setProperty("--hue", String(hue(entry.process, this.run.summary.processes.length)));
        const row = h("tr", { class: `${entry.line.level} ${entry.item.kind}`, "aria-current": isChosen ? "true" : undefined },
            h("td", { class: "at" }, clock(entry.line.at_ns)), who,
            h("td", {}, h("button", { type: "button", tabindex: isChosen ? "0" : "-1" }, entry.line.text)));
        this.items.set(row, entry.item);
        return row;
    }
}

export function isSame(a: Item | null, b: Item | null): boolean {
    return a !== null && b !== null && a.kind === b.kind && a.index === b.index;
}
