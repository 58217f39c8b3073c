// What the page shows of the run, in one place; the parts of the page draw it anew whenever it changes. The URL's hash
// keeps it, so that a link leads to this moment.
import { AxisKind } from "./axis";
import { Item } from "./model";

export interface Shown {
    axis: AxisKind;
    from: number;    // ns: the window
    until: number;
    item: Item | null;
    filter: string;
    all: boolean;    // each message and each timer, as --verbose
}

const letters = { s: "step", m: "message", w: "world" } as const;

export class Store {
    private listeners: (() => void)[] = [];
    private waiting = false;
    shown: Shown;

    constructor(private readonly end: number) {
        this.shown = this.fromHash();
        window.addEventListener("hashchange", () => {
            if (location.hash !== this.hash()) this.set(this.fromHash());
        });
    }

    subscribe(listener: () => void): void { this.listeners.push(listener); }

    set(change: Partial<Shown>): void {
        this.shown = { ...this.shown, ...change };
        if (this.waiting) return;
        this.waiting = true;
        requestAnimationFrame(() => {
            this.waiting = false;
            this.draw();
            try {
                history.replaceState(null, "", this.hash() || location.pathname + location.search);
            } catch { /* a frame that may not: the page works all the same */ }
        });
    }

    draw(): void { for (const listener of this.listeners) listener(); }

    hash(): string {
        const { axis, from, until, item, filter, all } = this.shown;
        const parts = new URLSearchParams();
        if (from > 0 || until < this.end) parts.set("t", `${from / 1e9}-${until / 1e9}`);
        if (axis !== "elastic") parts.set("axis", axis);
        if (item) parts.set("at", item.kind[0] + item.index);
        if (filter) parts.set("filter", filter);
        if (all) parts.set("all", "1");
        const text = parts.toString();
        return text ? `#${text}` : "";
    }

    private fromHash(): Shown {
        const parts = new URLSearchParams(location.hash.slice(1));
        const [from, until] = (parts.get("t") ?? "").split("-").map((time) => Math.round(Number(time) * 1e9));
        const given = from >= 0 && until > from && from < this.end;
        const axis = parts.get("axis");
        const at = /^([smw])(\d+)$/.exec(parts.get("at") ?? "");
        return {
            axis: axis === "linear" || axis === "order" ? axis : "elastic",
            from: given ? from : 0,
            until: given ? Math.min(until, this.end) : this.end,
            item: at ? { kind: letters[at[1] as "s" | "m" | "w"], index: Number(at[2]) } : null,
            filter: parts.get("filter") ?? "",
            all: parts.get("all") === "1",
        };
    }
}
