// The lanes' bands: what each process is, and for how long it waits.
import { mostElements, type Geometry, type Scene } from "./diagram";
import { hue, s } from "./dom";
import { Band, clock, looks, nameOf, symbols } from "./model";

/** Of the height of a band. */
export function half(g: Geometry): number { return Math.min(8, g.gap / 3); }

/** In ns. */
export function windowOf(scene: Scene): [number, number] {
    return [scene.axis.time(scene.from), scene.axis.time(scene.until)];
}

export function bands(scene: Scene, g: Geometry, plot: SVGGElement): void {
    const { run } = scene;
    const [first, last] = windowOf(scene);
    const shown = run.bands.filter((band) => band.until_ns > first && band.from_ns < last);
    if (shown.length > mostElements) {
        bandsAsPaths(scene, g, plot, shown);
        return;
    }
    const reach = half(g);
    for (const band of shown) {
        const [x1, x2] = [Math.max(g.left, g.x(band.from_ns)), Math.min(g.right, g.x(band.until_ns))];
        const y = g.y(band.process);
        const rect = s("rect", { class: `band ${band.look}`, x: x1, y: y - reach, width: Math.max(1, x2 - x1), height: 2 * reach, rx: 3 });
        colour(scene, rect, band);
        rect.append(s("title", {}, `${nameOf(run, band.process)} ${looks[band.look] ?? band.look}` +
            (band.look === "following" && band.leader ? ` ${nameOf(run, band.leader)}` : "")));
        plot.append(rect);
        if (x2 - x1 < 11 || reach < 5) continue;
        plot.append(s("text", { class: `symbol ${band.look}`, x: x1 + 3, y: y + 4 }, symbols[band.look] ?? ""));
        if (band.look === "following" && band.leader && x2 - x1 > 40) {
            plot.append(s("text", { class: "follows", x: x1 + 11, y: y + 4 }, nameOf(run, band.leader)));
        }
    }
}

function bandsAsPaths(scene: Scene, g: Geometry, plot: SVGGElement, bands: Band[]): void {
    const reach = half(g);
    const kinds = new Map<string, { band: Band; path: string[] }>();
    for (const band of bands) {
        const key = `${band.look} ${band.look === "leading" ? band.process : band.leader}`;
        let kind = kinds.get(key);
        if (!kind) kinds.set(key, kind = { band, path: [] });
        const [x1, x2] = [Math.max(g.left, g.x(band.from_ns)), Math.min(g.right, g.x(band.until_ns))];
        kind.path.push(`M${x1.toFixed(1)} ${g.y(band.process) - reach}h${(x2 - x1).toFixed(1)}v${2 * reach}h${(x1 - x2).toFixed(1)}z`);
    }
    for (const { band, path } of kinds.values()) {
        const shape = s("path", { class: `band many ${band.look}`, d: path.join("") });
        colour(scene, shape, band);
        plot.append(shape);
    }
}

function colour(scene: Scene, shape: SVGElement, band: Band): void {
    const who = band.look === "leading" ? band.process : band.leader;
    if (who) shape.style.setProperty("--hue", String(hue(who, scene.run.summary.processes.length)));
}

// T_ok and T_coord: for how long a process waits at most.
export function waits(scene: Scene, g: Geometry, plot: SVGGElement): void {
    const { run } = scene;
    const names: Record<string, string> = { answer: "T_ok", coordinator: "T_coord" };
    const [first, last] = windowOf(scene);
    const longest = Math.max(run.bounds.answer_timeout_ns, run.bounds.coordinator_timeout_ns);
    const inside = run.steps.filter((step) => step.timers && step.at_ns <= last && step.at_ns + longest >= first);
    if (inside.length > mostElements) return;
    for (const step of inside) {
        for (const timer of step.timers ?? []) {
            const ends = step.at_ns + timer.max_ns;
            if (!(timer.timer in names) || ends > run.end_ns) continue;
            const [x1, x2] = [Math.max(g.left, g.x(step.at_ns)), g.x(ends)];
            if (x2 < g.left || x1 > g.right) continue;
            const y = g.y(step.process) + half(g) + 2.5;
            plot.append(s("path", { class: "wait", d: `M${x1} ${y}H${x2}m0 -3v6` },
                s("title", {}, `${names[timer.timer]} of ${nameOf(run, step.process)} runs out at ${clock(ends)}`)));
        }
    }
}

// A tick for each PROBE that was answered: all is well.
export function folded(scene: Scene, g: Geometry, plot: SVGGElement): void {
    const { run } = scene;
    if (scene.all) return;
    let path = "";
    run.messages.forEach((message, index) => {
        if (!run.folded[index] || message.type !== "PROBE") return;
        const x = g.x(message.sent_ns);
        if (x >= g.left && x <= g.right) path += `M${x.toFixed(1)} ${g.y(message.from) + half(g)}v4`;
    });
    plot.append(s("path", { class: "probes", d: path }, s("title", {}, "PROBEs that were answered")));
}
