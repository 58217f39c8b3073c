// The whole run in one line: where the window is, and where something happens.
import type { Scene } from "./diagram";
import { s } from "./dom";
import { Run } from "./model";

const height = 26;

export class Minimap {
    readonly svg = s("svg", { class: "minimap", "aria-hidden": "true", height });
    private scene: Scene | null = null;

    constructor(private readonly run: Run, move: (middle: number) => void) {
        const go = (event: PointerEvent): void => {
            const box = this.svg.getBoundingClientRect();
            if (this.scene) move((event.clientX - box.left) / box.width * this.scene.axis.length);
        };
        this.svg.addEventListener("pointerdown", (event) => {
            this.svg.setPointerCapture(event.pointerId);
            go(event);
        });
        this.svg.addEventListener("pointermove", (event) => { if (this.svg.hasPointerCapture(event.pointerId)) go(event); });
    }

    draw(scene: Scene, width: number): void {
        this.scene = scene;
        const scale = width / scene.axis.length;
        const x = (ns: number): number => scene.axis.position(ns) * scale;
        const marks = new Array<number>(Math.ceil(width / 2) + 1).fill(0);
        for (const entry of this.run.entries) if (entry.line.level !== "detail") ++marks[Math.floor(x(entry.line.at_ns) / 2)];
        const most = Math.max(...marks, 1);
        let path = "";
        marks.forEach((count, i) => {
            if (count > 0) path += `M${2 * i + 1} ${height - 3}v${-3 - 14 * Math.log1p(count) / Math.log1p(most)}`;
        });
        this.svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
        this.svg.setAttribute("width", String(width));
        const [from, until] = [scene.from * scale, scene.until * scale];
        const spans = (kind: string, list: { from_ns: number; until_ns: number }[]): SVGElement => s("path", {
            class: `strip ${kind}`,
            d: list.map((span) => `M${x(span.from_ns).toFixed(1)} 1H${Math.max(x(span.until_ns), x(span.from_ns) + 1).toFixed(1)}v3H${x(span.from_ns).toFixed(1)}z`).join(""),
        });
        this.svg.replaceChildren(s("rect", { class: "ground", width, height, rx: 4 }),
            spans("leaderless", this.run.leaderless), spans("several", this.run.several_leaders),
            s("path", { class: "marks", d: path }),
            ...this.run.world.filter((event) => event.level !== "detail").map((event) =>
                s("path", { class: "fault", d: `M${x(event.at_ns)} 4v${height - 6}` })),
            ...this.run.summary.violations.map((violation) => s("path", { class: "violation", d: `M${x(violation.at_ns) - 4} 0h8l-4 7z` })),
            s("rect", { class: "window", x: from + 1, y: 1, width: Math.max(4, until - from - 2), height: height - 2, rx: 3 }));
    }
}
