// What stands above the lanes: times, how the group as a whole is, bounds, and violations.
import { s } from "./dom";
import type { Geometry, Scene } from "./diagram";
import { Span, clock, duration, nameOf } from "./model";
import { hue } from "./dom";

const mostElements = 500;
const rowHeight = 13;
const firstRow = 22;
export const stripsHeight = firstRow + 3 * rowHeight;

export function drawStrips(scene: Scene, g: Geometry): SVGGElement {
    const { run } = scene;
    const group = s("g", { class: "strips" });
    const clip = s("g", { "clip-path": "url(#plot)" });
    group.append(clip);
    const rows: [string, string, Span[]][] = [["no leader", "leaderless", run.leaderless],
        ["several", "several", run.several_leaders], ["agreement", "agreement", run.agreement]];
    rows.forEach(([label, kind, spans], i) => {
        const y = firstRow + i * rowHeight;
        group.append(s("text", { class: "strip-name", x: g.left - 12, y: y + 9 }, label));
        clip.append(s("line", { class: "lane", x1: g.left, x2: g.right, y1: y + 5.5, y2: y + 5.5 }));
        const [first, last] = [scene.axis.time(scene.from), scene.axis.time(scene.until)];
        const shown = spans.filter((span) => span.until_ns > first && span.from_ns < last);
        if (shown.length > mostElements) {
            const path = shown.map((span) => `M${g.x(span.from_ns).toFixed(1)} ${y + 1}H${g.x(span.until_ns).toFixed(1)}v${rowHeight - 4}H${g.x(span.from_ns).toFixed(1)}z`);
            clip.append(s("path", { class: `strip ${kind}`, d: path.join("") }));
            return;
        }
        for (const span of shown) {
            const [x1, x2] = [Math.max(g.left, g.x(span.from_ns)), Math.min(g.right, g.x(span.until_ns))];
            const rect = s("rect", { class: `strip ${kind}`, x: x1, y: y + 1, width: Math.max(1, x2 - x1), height: rowHeight - 4, rx: 2 });
            if (span.leader) rect.style.setProperty("--hue", String(hue(span.leader, run.summary.processes.length)));
            const whom = span.leader ? ` on ${nameOf(run, span.leader)}` : "";
            rect.append(s("title", {}, `${label === "several" ? "several leaders" : label}${whom}, for ${duration(span.until_ns - span.from_ns)}`));
            clip.append(rect);
            if (x2 - x1 > 56) clip.append(s("text", { class: "strip-text", x: x1 + 4, y: y + 9 }, duration(span.until_ns - span.from_ns) + whom));
        }
    });
    bounds(scene, g, clip);
    ticks(scene, g, group);
    violations(scene, g, clip);
    return group;
}

function ticks(scene: Scene, g: Geometry, group: SVGGElement): void {
    const { run } = scene;
    const perPixel = (scene.until - scene.from) / (g.right - g.left);
    for (const time of scene.axis.ticks(scene.from, scene.until, (run.end_ns >= 1e11 ? 82 : 66) * perPixel)) {
        const x = g.x(time);
        if (x < g.left - 1 || x > g.right - 40) continue;
        group.append(s("line", { class: "tick", x1: x, x2: x, y1: 15, y2: g.height - 10 }),
            s("text", { class: "time", x: x + 1, y: 12 }, clock(time)));
    }
}

// What was promised: until when two may lead, and from when on all have to agree.
function bounds(scene: Scene, g: Geometry, group: SVGGElement): void {
    const { run } = scene;
    if (run.several_leaders.length > mostElements) return;
    for (const span of run.several_leaders) {
        const x1 = Math.max(g.left, g.x(span.from_ns));
        const x2 = Math.min(g.right, g.x(span.from_ns + run.bounds.overlap_ns));
        if (x2 <= x1) continue;
        group.append(s("rect", { class: "bound", x: x1, y: firstRow + rowHeight, width: x2 - x1, height: rowHeight - 2 },
            s("title", {}, `P12: two may lead at once for ${duration(run.bounds.overlap_ns)} at most`)));
    }
    const agreement = run.summary.properties.find((property) => property.name === "P14");
    for (const demand of agreement?.demands ?? []) {
        if (demand.due_ns === null || demand.due_ns > run.end_ns || demand.outcome === "not_demanded") continue;
        const x = g.x(demand.due_ns);
        if (x < g.left || x > g.right) continue;
        group.append(s("path", { class: "due", d: `M${x} ${firstRow + 2 * rowHeight - 2}v${rowHeight + 1}m0 ${-rowHeight - 1}l5 3l-5 3` },
            s("title", {}, `P14: agreement is due at ${clock(demand.due_ns)}, after ${demand.after}; ${demand.outcome.replace("_", " ")}`)));
    }
}

function violations(scene: Scene, g: Geometry, group: SVGGElement): void {
    const { run } = scene;
    run.summary.violations.forEach((violation, index) => {
        const x = g.x(violation.at_ns);
        if (x < g.left - 1 || x > g.right + 1) return;
        group.append(s("g", { class: "violation", "data-violation": index },
            s("title", {}, `${violation.property} is violated at ${clock(violation.at_ns)}: ${violation.what}`),
            s("line", { x1: x, x2: x, y1: 14, y2: g.height - 10 }),
            s("path", { d: `M${x - 6} 14h12l-6 10z` }), s("text", { x: x + 7, y: 22 }, violation.property)));
    });
}
