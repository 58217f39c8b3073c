// What stands above the diagram: what the run is, its verdict, and the controls.
import { AxisKind } from "./axis";
import { h } from "./dom";
import { Run } from "./model";
import { Store } from "./store";

export interface Header {
    element: HTMLElement;
    draw(): void;
    playing(is: boolean): void;
    focusFilter(): void;
    focusGo(): void;
    onGo(go: (text: string) => void): void;
}

export function header(run: Run, store: Store, actions: Record<string, () => void>): Header {
    const { summary } = run;
    const button = (label: string, title: string, action: () => void): HTMLButtonElement => {
        const made = h("button", { type: "button", title, "aria-label": title }, label);
        made.addEventListener("click", action);
        return made;
    };
    const verdict = summary.verdict === "held" ? (summary.demanded_to_the_end ? "HELD" : "HELD where demanded") : "VIOLATED";
    const axis = h("select", { "aria-label": "Axis of time" }, ...([["elastic", "elastic time"], ["linear", "linear time"], ["order", "by order"]]
        .map(([value, label]) => h("option", { value }, label))));
    axis.addEventListener("change", () => store.set({ axis: axis.value as AxisKind }));
    const all = h("input", { type: "checkbox", id: "all" });
    all.addEventListener("change", () => store.set({ all: all.checked }));
    const filter = h("input", { type: "search", placeholder: "filter: OK, 4, R2 …", "aria-label": "Filter", spellcheck: "false" });
    filter.addEventListener("input", () => store.set({ filter: filter.value }));
    const go = h("input", { class: "go", type: "text", placeholder: "8.5s", "aria-label": "Go to a time", spellcheck: "false" });
    const playButton = button("▶", "Play (space)", actions.play);

    const element = h("header", {},
        h("div", { class: "title" }, h("h1", {}, summary.scenario),
            h("span", { class: `verdict ${summary.verdict}` }, verdict),
            h("span", { class: "run" }, `mode ${summary.mode}, seed ${summary.seed}, fingerprint ${summary.fingerprint}`)),
        run.about ? h("p", { class: "about" }, run.about) : null,
        h("div", { class: "controls" }, playButton, button("−", "Zoom out (-)", actions.farther), button("+", "Zoom in (+)", actions.closer),
            button("0", "The whole run (0)", actions.whole), axis, h("label", { for: "all" }, all, " each message and timer"), filter, go,
            button("?", "Keys (?)", actions.help)));
    if (run.again) element.append(h("p", { class: "again" }, "again: ", h("code", {}, run.again)));

    return {
        element,
        draw: () => {
            const { shown } = store;
            axis.value = shown.axis;
            all.checked = shown.all;
            if (document.activeElement !== filter) filter.value = shown.filter;
        },
        playing: (is) => { playButton.textContent = is ? "■" : "▶"; },
        focusFilter: () => { filter.focus(); filter.select(); },
        focusGo: () => { go.focus(); go.select(); },
        onGo: (act) => go.addEventListener("keydown", (event) => {
            if (event.key !== "Enter") return;
            act(go.value);
            go.blur();
        }),
    };
}
