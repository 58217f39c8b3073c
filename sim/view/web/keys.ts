// Everything by keyboard.
import { h } from "./dom";

export type Actions = Record<string, () => void>;

export const keys: [string, string, string][] = [
    ["next", "j ↓", "the next line"], ["previous", "k ↑", "the one before"],
    ["later", "l →", "the next line of the same process"], ["earlier", "h ←", "the one before, of the same process"],
    ["play", "space", "play, or stop"],
    ["closer", "+", "zoom in"], ["farther", "-", "zoom out"], ["whole", "0", "the whole run"],
    ["filter", "/", "filter: by type, process, rule, or any word of a line"], ["go", "g", "go to a time: 8.5s"],
    ["violation", "]", "the next violation"], ["violationBefore", "[", "the one before"],
    ["all", "v", "each message and each timer, or the timeline alone"], ["axis", "a", "another axis of time"],
    ["none", "Escape", "nothing is chosen: the run as a whole"], ["help", "?", "these keys"],
];

const names: Record<string, string> = { "↓": "ArrowDown", "↑": "ArrowUp", "→": "ArrowRight", "←": "ArrowLeft", space: " " };

export function listen(actions: Actions): void {
    const byKey = new Map<string, string>();
    for (const [action, shown] of keys) for (const key of shown.split(" ")) byKey.set(names[key] ?? key, action);
    byKey.set("=", "closer");
    document.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.metaKey || event.altKey) return;
        const target = event.target as HTMLElement;
        if (target.closest("input, select, textarea")) {
            if (event.key === "Escape") target.blur();
            return;
        }
        if (document.querySelector("dialog[open]")) return;
        // A button that has the focus keeps its own key.
        if (event.key === " " && target.closest("button, summary")) return;
        const action = byKey.get(event.key);
        if (action === undefined) return;
        event.preventDefault();
        actions[action]();
    });
}

export function help(): HTMLDialogElement {
    const dialog = h("dialog", { "aria-label": "Keys" }, h("h2", {}, "Keys"),
        h("dl", {}, ...keys.flatMap(([, shown, what]) => [
            h("dt", {}, ...shown.split(" ").map((key) => h("kbd", {}, key))), h("dd", {}, what)])),
        h("p", {}, "Drag moves, pinch or Ctrl with the wheel zooms. The address of the page leads to what is shown."));
    const close = h("button", { type: "button" }, "Close");
    close.addEventListener("click", () => dialog.close());
    dialog.append(close);
    return dialog;
}
