// What bully_sim writes into the page, and what follows from it. ../README.md has the format.

export interface State { phase: string; watch: string; leader: number | null; round: number }
export interface Line { at_ns: number; order: number; level: "headline" | "normal" | "detail"; text: string }
export interface Cause { message?: number; timer?: number; world?: number }
export interface Timer { timer: string; min_ns: number; max_ns: number }
export interface Step extends Line {
    process: number; event: string; row?: number; late?: boolean; before: State; after: State; cause?: Cause; timers?: Timer[];
}
export interface Message {
    type: string; from: number; to: number; round: number; sent_ns: number; due_ns?: number; known_ns?: number;
    fate: "delivered" | "lost" | "to_down" | "void" | "under_way";
    disturbed?: boolean; by?: number; step?: number; outcome?: number; copy_of?: number; lines?: Line[];
}
export interface WorldEvent extends Line { kind: string; process?: number; ends?: boolean }
export interface Band { process: number; look: string; leader?: number; from_ns: number; until_ns: number }
export interface Span { from_ns: number; until_ns: number; leader?: number }
export interface Row { phase: string; event: string; what: string; rule: string }
export interface Demand { after: string; after_ns: number; due_ns: number | null; until_ns: number; outcome: string; why: string }
export interface Property {
    name: string; title: string; status: string; expected_violation: boolean; bound: string; detail: string; demands: Demand[];
}
export interface Violation { property: string; at_ns: number; processes: number[]; what: string }
export interface Process { number: number; name: string; pid: [number, number]; alive: boolean }
export interface Summary {
    scenario: string; seed: number; mode: string; fingerprint: string; verdict: string; demanded_to_the_end: boolean;
    duration_ns: number; interrupted: boolean; leaderless_ns: number; multi_leader_ns: number; agreement_ns: number | null;
    elections: number; victories: number; messages: Record<string, { sent: number }>;
    processes: Process[]; properties: Property[]; violations: Violation[]; warnings: string[];
    expectations: { text: string; held: boolean; applies: boolean; detail: string }[];
}
export interface View {
    format: string; version: number; program: string; about: string; again: string; summary: Summary;
    bounds: Record<string, number>; end_ns: number; left_out: number; rows: Row[]; steps: Step[]; messages: Message[];
    world: WorldEvent[]; bands: Band[]; leaderless: Span[]; several_leaders: Span[]; agreement: Span[];
}

/** Something that can be chosen: a step, a message, or what happened around the processes. */
export interface Item { kind: "step" | "message" | "world"; index: number }
/** A line of the timeline. */
export interface Entry { item: Item; line: Line; process: number }

export interface Run extends View {
    entries: Entry[];            // in the order of the timeline
    sentBy: Map<number, number[]>;  // the messages that each step has sent
    folded: boolean[];           // by message: routine, a PROBE that was answered or a JOIN that brought no news
    longest: number;             // ns that a message is under way, at most
}

export const symbols: Record<string, string> = {
    joining: "+", following: "│", leading: "★", asking: "?", waiting: "…", feigning: "○", down: "✗", paused: "‖",
};
export const looks: Record<string, string> = {
    following: "follows", leading: "leads", joining: "joins", asking: "asks those above", waiting: "was answered, waits",
    feigning: "feigns a failure", paused: "is paused", down: "is down",
};
export const types = ["ELECTION", "OK", "COORDINATOR", "PROBE", "JOIN"];

export function arrival(message: Message, end: number): number {
    return message.known_ns ?? Math.min(message.due_ns ?? message.sent_ns, end);
}

// What says no more than that all is well: a PROBE and its OK, a JOIN that nobody waits for.
function fold(view: View, sentBy: Map<number, number[]>): boolean[] {
    const folded = new Array<boolean>(view.messages.length).fill(false);
    view.messages.forEach((probe, index) => {
        if (probe.type === "JOIN") {
            const [by, outcome] = [probe.by, probe.outcome].map((step) => step === undefined ? "detail" : view.steps[step].level);
            folded[index] = by === "detail" && outcome === "detail";
        }
        if (probe.type !== "PROBE" || probe.fate !== "delivered" || probe.step === undefined) return;
        const answers = sentBy.get(probe.step) ?? [];
        if (answers.length !== 1) return;
        const answer = view.messages[answers[0]];
        if (answer.type !== "OK" || answer.fate !== "delivered" || answer.step === undefined || answer.disturbed) return;
        if (probe.disturbed || view.steps[probe.step].level !== "detail" || view.steps[answer.step].level !== "detail") return;
        if (view.steps[answer.step].late) return;
        folded[index] = true;
        folded[answers[0]] = true;
    });
    return folded;
}

export function read(text: string): Run {
    const view = JSON.parse(text) as View;
    const states = new Map<number, State>();
    for (const step of view.steps) {
        // Written only where it isn't what the process's step before came to.
        step.before ??= states.get(step.process) as State;
        states.set(step.process, step.after);
    }
    const sentBy = new Map<number, number[]>();
    const entries: Entry[] = [];
    let longest = 0;
    view.messages.forEach((message, index) => {
        if (message.by !== undefined) {
            const sent = sentBy.get(message.by);
            if (sent) sent.push(index); else sentBy.set(message.by, [index]);
        }
        longest = Math.max(longest, arrival(message, view.end_ns) - message.sent_ns);
        for (const line of message.lines ?? []) entries.push({ item: { kind: "message", index }, line, process: message.from });
    });
    view.steps.forEach((line, index) => entries.push({ item: { kind: "step", index }, line, process: line.process }));
    view.world.forEach((line, index) => {
        if (line.level !== "detail") entries.push({ item: { kind: "world", index }, line, process: line.process ?? 0 });
    });
    entries.sort((a, b) => a.line.order - b.line.order);
    return { ...view, entries, sentBy, folded: fold(view, sentBy), longest };
}

export function nameOf(run: Run, number: number): string {
    return number === 0 ? "daemon" : run.summary.processes[number - 1]?.name ?? "?";
}

export function timeOf(run: Run, item: Item): number {
    if (item.kind === "step") return run.steps[item.index].at_ns;
    if (item.kind === "world") return run.world[item.index].at_ns;
    return run.messages[item.index].sent_ns;
}

/** As the timeline: to a tenth of a millisecond. */
export function clock(ns: number): string {
    const tenths = Math.floor(ns / 1e5);
    return `${Math.floor(tenths / 1e4)}.${String(tenths % 1e4).padStart(4, "0")}s`;
}

export function duration(ns: number): string {
    for (const [unit, size] of [["s", 1e9], ["ms", 1e6], ["µs", 1e3]] as const) {
        if (ns >= size) return `${Number((ns / size).toPrecision(4))} ${unit}`;
    }
    return `${ns} ns`;
}
