// What a filter lets through: each of its words has to fit, in a step's text, process, rule or event, or in a message's
// type, sender or receiver.
import { Entry, Item, Run, nameOf } from "./model";

export type Filter = ((item: Item) => boolean) | null;

export function filterOf(run: Run, text: string): Filter {
    const words = text.toLowerCase().split(/\s+/).filter((word) => word !== "");
    if (words.length === 0) return null;
    const holds = (what: string, names: string[]): boolean => {
        const lower = what.toLowerCase();
        return words.every((word) => names.some((name) => name.toLowerCase() === word) ||
            (/^\d+$/.test(word) ? new RegExp(`(^|\\W)${word}(\\W|$)`).test(lower) : lower.includes(word)));
    };
    return (item) => {
        if (item.kind === "message") {
            const { type, from, to, fate, by, step } = run.messages[item.index];
            const rules = [by, step].map((index) => index === undefined ? "" : ruleOf(run, index));
            return holds(`${type} ${fate.replace("_", " ")} ${rules.join(" ")}`, [nameOf(run, from), nameOf(run, to)]);
        }
        if (item.kind === "world") {
            const { text: what, kind, process } = run.world[item.index];
            return holds(`${what} ${kind}`, process === undefined ? [] : [nameOf(run, process)]);
        }
        const step = run.steps[item.index];
        return holds(`${step.text} ${step.event} ${ruleOf(run, item.index)}`, [nameOf(run, step.process)]);
    };
}

export function ruleOf(run: Run, step: number): string {
    const { row, late } = run.steps[step];
    return late ? "row 6" : row === undefined ? "" : run.rows[row].rule;
}

/** The lines to show: those of the timeline, or all. */
export function entriesOf(run: Run, all: boolean, filter: Filter): Entry[] {
    return run.entries.filter((entry) => (all || entry.line.level !== "detail") && (!filter || filter(entry.item)));
}
