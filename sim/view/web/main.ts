// The page of a run: reads what it shows, puts the parts together, and turns keys and pointers into changes of the store.
import { isDrawn } from "./arrows";
import { Axis, AxisKind, moments } from "./axis";
import { chainOf } from "./chain";
import { Diagram, Scene, legend } from "./diagram";
import { h } from "./dom";
import { entriesOf, filterOf } from "./filter";
import { header } from "./header";
import { help, listen } from "./keys";
import { List, isSame } from "./list";
import { Minimap } from "./minimap";
import { Entry, Item, Run, arrival, duration, read, timeOf } from "./model";
import { Panel, nearestStep } from "./panel";
import { listenToPointers } from "./pointers";
import { Store } from "./store";

const run: Run = read(document.getElementById("view")?.textContent ?? "");
const end = run.end_ns;
const store = new Store(end);

const axes = new Map<string, Axis>();
function axisOf(kind: AxisKind, all: boolean): Axis {
    const key = kind + String(all);
    let axis = axes.get(key);
    if (!axis) axes.set(key, axis = new Axis(kind, kind === "linear" ? [0, end] : momentsOf(all)));
    return axis;
}

// What isn't shown takes no room.
function momentsOf(all: boolean): number[] {
    const times = [0, end];
    run.messages.forEach((message, index) => {
        if (isDrawn(run, index, all)) times.push(message.sent_ns, arrival(message, end));
    });
    for (const entry of run.entries) if (all || entry.line.level !== "detail") times.push(entry.line.at_ns);
    return moments(times.filter((time) => time <= end));
}

const choose = (item: Item | null): void => { store.set(item === null ? { item } : { item, ...windowAround(item) }); };
const diagram = new Diagram();
const list = new List(run, choose);
const panel = new Panel(run, choose);
const minimap = new Minimap(run, (middle) => moveTo(middle));
const dialog = help();
const top = header(run, store, {
    closer: () => zoom(1.6), farther: () => zoom(1 / 1.6), whole: () => store.set({ from: 0, until: end }), play: () => play(),
    help: () => dialog.showModal(),
});
const plot = h("div", { class: "plot" });
plot.append(diagram.svg);
document.title = `${run.summary.scenario}, seed ${run.summary.seed}, ${run.summary.mode}`;
document.body.append(top.element, h("main", {}, plot, minimap.svg, legend(), h("div", { class: "below" }, list.element, panel.element)), dialog);

const asksDaemon = run.messages.some((message, index) => message.to === 0 && !run.folded[index]);
let entries: Entry[] = [];
let isDrawnAlready = false;

function sceneOf(): Scene {
    const { axis: kind, from, until, item, filter, all } = store.shown;
    const axis = axisOf(kind, all);
    const known = item !== null && isKnown(item) ? item : null;
    return {
        run, axis, from: axis.position(from), until: Math.max(axis.position(until), axis.position(from) + 1e-6),
        item: known, chain: known ? chainOf(run, known) : null, filter: filterOf(run, filter), all,
        daemon: all || asksDaemon,
    };
}

function isKnown(item: Item): boolean {
    const lists = { step: run.steps, message: run.messages, world: run.world };
    return item.index < lists[item.kind].length;
}

function draw(): void {
    const scene = sceneOf();
    const width = Math.max(320, plot.clientWidth);
    entries = entriesOf(run, scene.all, scene.filter);
    diagram.draw(scene, width);
    minimap.draw(scene, width);
    list.draw(entries, store.shown.from, store.shown.until, scene.item);
    panel.draw(scene.item);
    top.draw();
    isDrawnAlready = true;
}
store.subscribe(draw);

function setWindow(from: number, until: number): void {
    const { axis } = sceneOf();
    const width = Math.min(until - from, axis.length);
    const begin = Math.min(Math.max(0, from), axis.length - width);
    const whole = width >= axis.length * 0.9999;
    store.set(whole ? { from: 0, until: end } : { from: axis.time(begin), until: axis.time(begin + width) });
}

function moveTo(middle: number): void {
    const { from, until } = sceneOf();
    setWindow(middle - (until - from) / 2, middle + (until - from) / 2);
}

/** About a place, in units; without one about what is chosen, or the middle. */
function zoom(factor: number, about?: number): void {
    const { from, until, axis, item } = sceneOf();
    const chosen = item ? axis.position(timeOf(run, item)) : NaN;
    const middle = about ?? (chosen >= from && chosen <= until ? chosen : (from + until) / 2);
    const width = Math.max((until - from) / factor, axis.length / 1e6);
    setWindow(middle - (middle - from) / (until - from) * width, middle + (until - middle) / (until - from) * width);
}

// The window, moved if what is chosen isn't in it.
function windowAround(item: Item): { from?: number; until?: number } {
    const { from, until, axis } = sceneOf();
    const at = axis.position(timeOf(run, item));
    if (at >= from && at <= until) return {};
    const width = until - from;
    const begin = Math.min(Math.max(0, at - width / 2), axis.length - width);
    return { from: axis.time(begin), until: axis.time(begin + width) };
}

function walk(by: 1 | -1, sameProcess: boolean): void {
    const { item } = store.shown;
    const here = entries.findIndex((entry) => isSame(entry.item, item));
    let next = here;
    if (here < 0) {
        const time = item && isKnown(item) ? timeOf(run, item) : by > 0 ? -1 : Infinity;
        const after = entries.findIndex((entry) => entry.line.at_ns > time);
        next = by > 0 ? after - 1 : (after < 0 ? entries.length : after);
        if (by > 0 && after < 0) return;
    }
    const process = here < 0 ? 0 : entries[here].process;
    do next += by;
    while (sameProcess && process !== 0 && next >= 0 && next < entries.length && entries[next].process !== process);
    if (next >= 0 && next < entries.length) choose(entries[next].item);
}

function nextViolation(by: 1 | -1): void {
    const now = store.shown.item && isKnown(store.shown.item) ? timeOf(run, store.shown.item) : by > 0 ? -1 : Infinity;
    const steps = run.summary.violations.map((violation) => nearestStep(run, violation.at_ns, violation.processes))
        .filter((step): step is number => step !== null);
    const next = by > 0 ? steps.find((step) => run.steps[step].at_ns > now)
        : [...steps].reverse().find((step) => run.steps[step].at_ns < now);
    if (next !== undefined) choose({ kind: "step", index: next });
}

let playing = 0;
function play(): void {
    if (playing) {
        clearInterval(playing);
        playing = 0;
    } else {
        if (entries.length > 0 && isSame(entries[entries.length - 1].item, store.shown.item)) choose(null);
        playing = window.setInterval(() => {
            const last = entries[entries.length - 1];
            if (!last || isSame(last.item, store.shown.item)) play(); else walk(1, false);
        }, 900);
    }
    top.playing(playing !== 0);
}

export function goTo(text: string): void {
    const found = /^\s*([\d.]+)\s*(s|ms)?\s*$/.exec(text);
    if (!found) return;
    const time = Number(found[1]) * (found[2] === "ms" ? 1e6 : 1e9);
    const entry = entries.find((one) => one.line.at_ns >= Math.floor(time / 1e5) * 1e5) ?? entries[entries.length - 1];
    if (entry) choose(entry.item);
}
top.onGo(goTo);

const kinds: AxisKind[] = ["elastic", "linear", "order"];
listen({
    next: () => walk(1, false), previous: () => walk(-1, false), later: () => walk(1, true), earlier: () => walk(-1, true),
    play, closer: () => zoom(1.6), farther: () => zoom(1 / 1.6), whole: () => store.set({ from: 0, until: end }),
    filter: () => top.focusFilter(), go: () => top.focusGo(), violation: () => nextViolation(1), violationBefore: () => nextViolation(-1),
    all: () => store.set({ all: !store.shown.all }),
    axis: () => store.set({ axis: kinds[(kinds.indexOf(store.shown.axis) + 1) % kinds.length] }),
    none: () => choose(null), help: () => dialog.showModal(),
});
listenToPointers(diagram, {
    click: (item) => choose(item), zoom, window: setWindow,
    violation: (index) => {
        const { at_ns, processes } = run.summary.violations[index];
        const step = nearestStep(run, at_ns, processes);
        if (step !== null) choose({ kind: "step", index: step });
    },
});

new ResizeObserver(() => { if (isDrawnAlready) draw(); }).observe(plot);
// On paper the whole of what is shown, in the width of the paper.
window.addEventListener("beforeprint", () => diagram.draw(sceneOf(), 1000));
window.addEventListener("afterprint", draw);
if (run.left_out > 0) {
    top.element.append(h("p", { class: "warning" }, `The run goes on: it is shown up to ${duration(end)}, and the ${run.left_out} ` +
        "messages that were sent later are left out."));
}
draw();
