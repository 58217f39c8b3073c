// The space-time diagram: a lane for each process, time to the right, an arrow for each message.
import { arrows, head, lineOf } from "./arrows";
import { Axis } from "./axis";
import { bands, folded, waits } from "./bands";
import { Chain } from "./chain";
import { h, hue, s } from "./dom";
import { Filter } from "./filter";
import { Item, Run, clock, looks, WorldEvent, nameOf, symbols, timeOf, types } from "./model";
import { drawStrips, stripsHeight } from "./strips";

/** More arrows, or bands, are drawn as one path for each kind. */
export const mostElements = 2000;

export interface Scene {
    run: Run; axis: Axis; from: number; until: number;  // units of the axis
    item: Item | null; chain: Chain | null; filter: Filter; all: boolean;
    daemon: boolean;  // has a lane
}

export interface Geometry {
    left: number; right: number; top: number; width: number; height: number; gap: number;
    x(ns: number): number;
    y(number: number): number;
}

export class Diagram {
    readonly svg = s("svg", { class: "diagram", role: "img", tabindex: "-1" });
    geometry!: Geometry;
    scene!: Scene;
    private drawn: number[] = [];

    measure(scene: Scene, width: number): Geometry {
        const { run, axis } = scene;
        const count = run.summary.processes.length;
        const names = Math.max(...run.summary.processes.map((process) => process.name.length), 6);
        const left = Math.max(84, Math.min(150, 22 + names * 7.5));
        const right = width - 14;
        const gap = count <= 9 ? 44 : count <= 20 ? 30 : 17;
        const top = stripsHeight + 38;
        const scale = (right - left) / (scene.until - scene.from);
        return {
            left, right, top, width, gap, height: top + (count + (scene.daemon ? 1 : 0)) * gap - gap / 2 + 18,
            x: (ns) => left + (axis.position(ns) - scene.from) * scale,
            // The highest on top; the daemon below all.
            y: (number) => top + (number === 0 ? count : count - number) * gap,
        };
    }

    draw(scene: Scene, width: number): void {
        this.scene = scene;
        const g = this.geometry = this.measure(scene, width);
        const { run } = scene;
        this.svg.setAttribute("viewBox", `0 0 ${width} ${g.height}`);
        this.svg.setAttribute("width", String(width));
        this.svg.setAttribute("height", String(g.height));
        this.svg.setAttribute("aria-label", `Space-time diagram of ${run.summary.scenario}: the table below has the same steps`);
        const plot = s("g", { "clip-path": "url(#plot)" });
        this.svg.replaceChildren(
            s("defs", {}, s("clipPath", { id: "plot" },
                s("rect", { x: g.left - 4, y: 0, width: g.right - g.left + 8, height: g.height })), ...types.map(head)),
            drawStrips(scene, g), plot);
        this.lanes(plot);
        bands(scene, g, plot);
        waits(scene, g, plot);
        folded(scene, g, plot);
        this.drawn = arrows(scene, g, plot);
        this.flags(plot);
        this.cursor(plot);
        this.svg.append(this.names());
    }

    /** The message that was drawn nearest to this place, if it is near. */
    messageAt(px: number, py: number): number | null {
        let best: number | null = null;
        let least = 7;
        for (const index of this.drawn) {
            const [x1, y1, x2, y2] = lineOf(this.scene, this.geometry, this.scene.run.messages[index]);
            const length = (x2 - x1) ** 2 + (y2 - y1) ** 2 || 1;
            const along = Math.min(1, Math.max(0, ((px - x1) * (x2 - x1) + (py - y1) * (y2 - y1)) / length));
            const distance = Math.hypot(x1 + along * (x2 - x1) - px, y1 + along * (y2 - y1) - py);
            if (distance >= least) continue;
            least = distance;
            best = index;
        }
        return best;
    }

    /** The step, or what happened to a process, that is nearest on the lane at this place. */
    stepAt(px: number, py: number): Item | null {
        const { run } = this.scene;
        const g = this.geometry;
        let best: Item | null = null;
        let least = 12;
        for (const entry of run.entries) {
            if (entry.item.kind === "message" || (!this.scene.all && entry.line.level === "detail")) continue;
            if (entry.process !== 0 && Math.abs(g.y(entry.process) - py) > 11) continue;
            if (entry.process === 0 && py > g.top - 20) continue;
            const distance = Math.abs(g.x(entry.line.at_ns) - px);
            if (distance < least) [least, best] = [distance, entry.item];
        }
        return best;
    }

    private names(): SVGGElement {
        const { run } = this.scene;
        const g = this.geometry;
        const group = s("g", { class: "names" });
        for (const process of run.summary.processes) {
            const label = s("text", { x: g.left - 12, y: g.y(process.number) + 4, class: "who" }, process.name);
            label.style.setProperty("--hue", String(hue(process.number, run.summary.processes.length)));
            group.append(label);
        }
        if (this.scene.daemon) group.append(s("text", { x: g.left - 12, y: g.y(0) + 4, class: "daemon" }, "daemon"));
        return group;
    }

    private lanes(plot: SVGGElement): void {
        const g = this.geometry;
        for (let number = this.scene.daemon ? 0 : 1; number <= this.scene.run.summary.processes.length; ++number) {
            plot.append(s("line", { class: "lane", x1: g.left, x2: g.right, y1: g.y(number), y2: g.y(number) }));
        }
    }

    // What happened at one instant has one flag, with the words of the first.
    private flags(plot: SVGGElement): void {
        const { run } = this.scene;
        const g = this.geometry;
        const free = [-1e9, -1e9];
        for (let index = 0; index < run.world.length; ++index) {
            const event = run.world[index];
            if (event.level === "detail") continue;
            const tell = (one: WorldEvent): string => `${one.process ? `${nameOf(run, one.process)}: ` : ""}${one.text}`;
            const first = index;
            while (run.world[index + 1]?.at_ns === event.at_ns && run.world[index + 1].level !== "detail") ++index;
            const x = g.x(event.at_ns);
            if (x < g.left - 1 || x > g.right + 1) continue;
            const more = index > first ? ` and ${index - first} more` : "";
            const text = `⚑ ${shortened(tell(event))}${more}`;
            const all = run.world.slice(first, index + 1).map(tell).join("\n");
            const flag = s("g", { class: "flag", "data-world": first }, s("title", {}, `${clock(event.at_ns)} ${all}`),
                s("line", { x1: x, x2: x, y1: g.top - 32, y2: g.height - 10 }));
            // Beside the right end it would be cut off.
            const width = text.length * 5.6;
            const begin = Math.min(x + 3, g.right - width);
            const row = free[0] <= begin ? 0 : free[1] <= begin ? 1 : -1;
            if (row >= 0 && begin >= g.left) {
                free[row] = begin + width + 8;
                flag.append(s("text", { x: begin, y: g.top - 25 + row * 11 }, text));
            }
            plot.append(flag);
        }
    }

    private cursor(plot: SVGGElement): void {
        const { run, item } = this.scene;
        if (!item) return;
        const g = this.geometry;
        const x = g.x(timeOf(run, item));
        plot.append(s("line", { class: "cursor", x1: x, x2: x, y1: 0, y2: g.height }));
        if (item.kind !== "step") return;
        const step = run.steps[item.index];
        plot.append(s("circle", { class: "chosen-step", cx: x, cy: g.y(step.process), r: Math.min(11, g.gap / 2.4) }));
    }
}

function shortened(text: string): string { return text.length > 44 ? `${text.slice(0, 43)}…` : text; }

export function legend(): HTMLElement {
    const list = h("ul", { class: "legend", "aria-label": "Legend" });
    for (const type of types) {
        list.append(h("li", { class: `message ${type}` }, s("svg", { width: 34, height: 10 }, s("line", {
            class: "arrow", x1: 1, x2: 29, y1: 5, y2: 5, "marker-end": `url(#head-${type})`,
        })), type));
    }
    list.append(h("li", { class: "message" }, s("svg", { width: 14, height: 10 }, s("path", { class: "cross", d: "M3 1l8 8m0 -8l-8 8" })), "lost"),
        h("li", {}, s("svg", { width: 10, height: 10 }, s("path", { class: "probes", d: "M5 2v7" })), "PROBE, answered"));
    for (const look of ["leading", "following", "asking", "waiting", "joining", "feigning", "paused", "down"]) {
        list.append(h("li", {}, h("b", {}, symbols[look]), ` ${looks[look]}`));
    }
    return list;
}
