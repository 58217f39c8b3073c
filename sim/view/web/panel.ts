// What happened, why, and what it changed.
import { fateOf, titleOf } from "./arrows";
import { causeOf } from "./chain";
import { h } from "./dom";
import { ruleOf } from "./filter";
import { Item, Run, State, clock, duration, nameOf, symbols } from "./model";
import { namesIn, rule } from "./rules";

const lookOf: Record<string, string> = {
    down: "down", joining: "joining", following: "following", leading: "leading", awaiting_answers: "asking",
    awaiting_coordinator: "waiting", failed: "feigning",
};
const watches: Record<string, string> = {
    nothing: "nobody", gap: "until the next PROBE", probe: "a PROBE is open", rejoin: "a JOIN is open, then it elects",
    lookup: "a JOIN is open, for the leader's address",
};
const timers: Record<string, string> = {
    answer: "T_ok, for an OK", coordinator: "T_coord, for a COORDINATOR", probe_gap: "until the next PROBE",
    probe_timeout: "T_p, for the answer to the PROBE", join_retry: "until the next JOIN", hold_down: "the hold-down",
    feign: "the feigned failure", refresh: "T_r, until it JOINs again",
};

export class Panel {
    readonly element = h("section", { class: "panel", "aria-label": "What was chosen", "aria-live": "polite" });

    constructor(private readonly run: Run, private readonly choose: (item: Item) => void) {}

    draw(item: Item | null): void {
        const parts = item === null ? this.whole() : item.kind === "step" ? this.step(item.index)
            : item.kind === "message" ? this.message(item.index) : this.world(item.index);
        this.element.replaceChildren(...parts);
    }

    private link(item: Item, text: string): HTMLElement {
        const button = h("button", { type: "button", class: "link" }, text);
        button.addEventListener("click", () => this.choose(item));
        return button;
    }

    private head(time: number, who: number, text: string): Node[] {
        return [h("p", { class: "when" }, clock(time), who ? ` · ${nameOf(this.run, who)}` : ""), h("h2", {}, text)];
    }

    private step(index: number): Node[] {
        const { run } = this;
        const step = run.steps[index];
        const parts = this.head(step.at_ns, step.process, step.text);
        parts.push(h("h3", {}, "Why"));
        const cause = causeOf(run, index);
        if (cause) parts.push(h("p", {}, "Because of: ", this.link(cause, this.describe(cause))));
        if (step.late) {
            parts.push(h("p", {}, "It is of an earlier round, and changes nothing."));
        } else if (step.row === undefined) {
            parts.push(h("p", {}, `Nothing is done about ${step.event} in the phase ${step.before.phase}.`));
        } else {
            const row = run.rows[step.row];
            parts.push(h("p", {}, `${phase(row.phase)}, and ${row.event} comes: ${row.what}.`));
        }
        parts.push(...this.rules(namesIn(ruleOf(run, index))));
        parts.push(h("h3", {}, "State"), this.states(step.before, step.after));
        const sent = run.sentBy.get(index) ?? [];
        if (sent.length > 0 || step.timers) parts.push(h("h3", {}, "What it does"), h("ul", {},
            ...sent.slice(0, 40).map((message) => h("li", {}, this.link({ kind: "message", index: message }, this.describeSent(message)))),
            sent.length > 40 ? h("li", {}, `and ${sent.length - 40} more`) : null,
            ...(step.timers ?? []).map((timer) => h("li", {}, `starts a timer: ${timers[timer.timer] ?? timer.timer}, ` +
                (timer.min_ns === timer.max_ns ? duration(timer.max_ns) : `${duration(timer.min_ns)} to ${duration(timer.max_ns)}`)))));
        return parts;
    }

    private states(before: State, after: State): HTMLElement {
        const rows: [string, (state: State) => string][] = [
            ["phase", (state) => phase(state.phase)],
            ["leader", (state) => state.leader === null ? "nobody" : nameOf(this.run, state.leader)],
            ["watches", (state) => watches[state.watch] ?? state.watch],
            ["round", (state) => String(state.round)],
        ];
        const body = rows.map(([name, text]) => {
            const changed = text(before) !== text(after);
            return h("tr", { class: changed ? "changed" : undefined }, h("th", { scope: "row" }, name), h("td", {}, text(before)),
                h("td", {}, changed ? text(after) : "same"));
        });
        return h("table", { class: "states" }, h("thead", {}, h("tr", {}, h("td"), h("th", { scope: "col" }, "before"),
            h("th", { scope: "col" }, "after"))), h("tbody", {}, ...body));
    }

    private rules(names: string[]): Node[] {
        return names.map((name) => {
            const found = rule(name);
            return h("details", { open: names.length <= 2 }, h("summary", {}, found ? found.title : name),
                found ? h("p", {}, found.text.slice(found.text.indexOf(". ") + 1 || 0)) : null,
                found?.why ? h("p", { class: "why" }, `Why: ${found.why}`) : null);
        });
    }

    private message(index: number): Node[] {
        const { run } = this;
        const message = run.messages[index];
        const parts = this.head(message.sent_ns, message.from,
            `${message.type} to ${nameOf(run, message.to)}: ${fateOf(run, message)}`);
        const list = h("ul", {});
        const add = (label: string, step: number | undefined): void => {
            if (step !== undefined) list.append(h("li", {}, label, this.link({ kind: "step", index: step }, this.describe({ kind: "step", index: step }))));
        };
        add("Sent by: ", message.by);
        add("Brings about: ", message.step);
        add(message.type === "JOIN" ? "The answer: " : "Its sender learns: ", message.outcome);
        if (message.copy_of !== undefined) {
            list.append(h("li", {}, "The second copy of ", this.link({ kind: "message", index: message.copy_of }, "this message")));
        }
        list.append(h("li", {}, `Of round ${message.round}`));
        parts.push(list);
        return parts;
    }

    private world(index: number): Node[] {
        const event = this.run.world[index];
        return [...this.head(event.at_ns, event.process ?? 0, event.text),
            h("p", {}, "This is what the scenario does to the group; no rule is behind it.")];
    }

    // The run as a whole: the verdict, and what was checked.
    private whole(): Node[] {
        const { summary } = this.run;
        const statuses: Record<string, string> = {
            held: "held", partly: "partly", violated: "violated", not_demanded: "not demanded", not_checked: "not checked",
        };
        const facts: [string, string][] = [
            ["agreement after the last fault", summary.agreement_ns === null ? "none" : duration(summary.agreement_ns)],
            ["without a leader", duration(summary.leaderless_ns)], ["with several", duration(summary.multi_leader_ns)],
            ["elections", `${summary.elections} started, ${summary.victories} won`],
            ["messages", Object.entries(summary.messages).map(([type, counts]) => `${counts.sent} ${type}`).join(", ")],
        ];
        return [h("h2", {}, "The run as a whole"), h("p", {}, "Choose a line, a band or an arrow to see what led to it and what came of it."),
            h("dl", {}, ...facts.flatMap(([name, value]) => [h("dt", {}, name), h("dd", {}, value)])),
            ...summary.warnings.map((warning) => h("p", { class: "warning" }, `Warning: ${warning}`)),
            ...this.violations(),
            ...this.expectations(),
            h("h3", {}, "Properties"), h("table", { class: "properties" }, h("tbody", {}, ...summary.properties.map((property) =>
                h("tr", { class: property.status }, h("td", {}, statuses[property.status] ?? property.status),
                    h("th", { scope: "row" }, property.name), h("td", {}, property.title,
                        property.bound ? `: ${property.bound}` : "", property.detail ? h("small", {}, ` ${property.detail}`) : null)))))];
    }

    private violations(): Node[] {
        const { violations } = this.run.summary;
        if (violations.length === 0) return [];
        return [h("h3", {}, "Violations"), h("ul", {}, ...violations.map((violation) => {
            const step = nearestStep(this.run, violation.at_ns, violation.processes);
            const isExpected = this.run.summary.properties.some((one) => one.name === violation.property && one.expected_violation);
            const text = `${violation.property}${isExpected ? ", as expected," : ""} at ${clock(violation.at_ns)}: ${violation.what}`;
            return h("li", { class: "violated" }, step === null ? text : this.link({ kind: "step", index: step }, text));
        }))];
    }

    private expectations(): Node[] {
        const expected = this.run.summary.expectations.filter((expectation) => expectation.applies);
        if (expected.length === 0) return [];
        return [h("h3", {}, "Expected"), h("ul", {}, ...expected.map((expectation) =>
            h("li", { class: expectation.held ? undefined : "violated" }, `${expectation.held ? "held" : "violated"}: ${expectation.text}`,
                expectation.held ? "" : `; found: ${expectation.detail}`)))];
    }

    private describe(item: Item): string {
        const { run } = this;
        if (item.kind === "message") return titleOf(run, run.messages[item.index]);
        const { at_ns, text } = item.kind === "step" ? run.steps[item.index] : run.world[item.index];
        const who = item.kind === "step" ? run.steps[item.index].process : run.world[item.index].process ?? 0;
        return `${clock(at_ns)} ${who ? `${nameOf(run, who)}: ` : ""}${text}`;
    }

    private describeSent(index: number): string {
        const message = this.run.messages[index];
        return `${message.type} to ${nameOf(this.run, message.to)}: ${fateOf(this.run, message)}`;
    }
}

function phase(name: string): string {
    return `${symbols[lookOf[name]] ?? ""} ${name.replace("_", " ")}`.trim();
}

/** The step at which a violation was found, or the one before it. */
export function nearestStep(run: Run, at: number, processes: number[]): number | null {
    let best: number | null = null;
    run.steps.forEach((step, index) => {
        if (step.at_ns <= at && (processes.length === 0 || processes.includes(step.process))) best = index;
    });
    return best;
}
