// What led to something, and what came of it.
import { Item, Run } from "./model";

export interface Chain { steps: Set<number>; messages: Set<number>; world: Set<number> }

// Timers that run whatever happens: what they bring about begins a story of its own.
const routine = new Set(["probe_gap_over", "refresh_due", "feign_due", "join_retry_due"]);
const most = 5000;

export function chainOf(run: Run, item: Item): Chain {
    const chain: Chain = { steps: new Set(), messages: new Set(), world: new Set() };
    back(run, item, chain);
    const causes = { steps: new Set(chain.steps), messages: new Set(chain.messages) };
    forth(run, item, chain);
    for (const step of causes.steps) chain.steps.add(step);
    return chain;
}

function back(run: Run, start: Item, chain: Chain): void {
    for (let item: Item | null = start; item !== null;) {
        if (item.kind === "world") {
            chain.world.add(item.index);
            return;
        }
        if (item.kind === "message") {
            chain.messages.add(item.index);
            const by: number | undefined = run.messages[item.index].by;
            item = by === undefined ? null : { kind: "step", index: by };
            continue;
        }
        chain.steps.add(item.index);
        const step = run.steps[item.index];
        if (routine.has(step.event)) return;
        item = causeOf(run, item.index);
        // That a timer ran out means that what was asked with it had no answer.
        if (step.cause?.timer === undefined) continue;
        for (const asked of run.sentBy.get(step.cause.timer) ?? []) {
            if (run.messages[asked].step === undefined) chain.messages.add(asked);
        }
    }
}

export function causeOf(run: Run, step: number): Item | null {
    const cause = run.steps[step].cause;
    if (cause?.message !== undefined) return { kind: "message", index: cause.message };
    if (cause?.timer !== undefined) return { kind: "step", index: cause.timer };
    return cause?.world !== undefined ? { kind: "world", index: cause.world } : null;
}

// Of timers only what is no routine: an election that waits for T_ok is a part of what began it.
let effectsOf: Map<number, number[]> | null = null;
function timersOf(run: Run): Map<number, number[]> {
    if (effectsOf) return effectsOf;
    effectsOf = new Map();
    for (const [index, step] of run.steps.entries()) {
        const by = step.cause?.timer;
        if (by === undefined || routine.has(step.event) || step.late) continue;
        const known = effectsOf.get(by);
        if (known) known.push(index); else effectsOf.set(by, [index]);
    }
    return effectsOf;
}

function forth(run: Run, start: Item, chain: Chain): void {
    if (start.kind === "world") {
        const begun = run.steps.findIndex((step) => step.cause?.world === start.index);
        if (begun >= 0) forth(run, { kind: "step", index: begun }, chain);
        return;
    }
    const todo: number[] = [];
    const follow = (index: number): void => {
        chain.messages.add(index);
        const { step, outcome } = run.messages[index];
        for (const next of [step, outcome]) if (next !== undefined) todo.push(next);
    };
    if (start.kind === "message") follow(start.index); else todo.push(start.index);
    const seen = new Set<number>();
    while (todo.length > 0 && chain.messages.size < most) {
        const index = todo.pop() as number;
        if (seen.has(index)) continue;
        seen.add(index);
        chain.steps.add(index);
        for (const message of run.sentBy.get(index) ?? []) follow(message);
        for (const next of timersOf(run).get(index) ?? []) todo.push(next);
    }
}
