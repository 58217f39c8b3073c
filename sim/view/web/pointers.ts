// Pointers on the diagram: a click chooses, a drag moves, pinching or Ctrl with the wheel zooms.
import type { Diagram } from "./diagram";
import { Item } from "./model";

export interface Pointed {
    click(item: Item | null): void;
    violation(index: number): void;
    zoom(factor: number, about: number): void;
    window(from: number, until: number): void;
}

export function listenToPointers(diagram: Diagram, pointed: Pointed): void {
    const { svg } = diagram;
    const down = new Map<number, { x: number; y: number }>();
    let start: { x: number; from: number; until: number } | null = null;
    let spread = 0;
    let moved = false;

    const place = (clientX: number): number => {
        const g = diagram.geometry;
        const x = (clientX - svg.getBoundingClientRect().left) / svg.getBoundingClientRect().width * g.width;
        const { from, until } = diagram.scene;
        return from + (x - g.left) / (g.right - g.left) * (until - from);
    };
    const distance = (): number => {
        const [a, b] = [...down.values()];
        return Math.hypot(a.x - b.x, a.y - b.y);
    };

    svg.addEventListener("pointerdown", (event) => {
        if (event.button !== 0) return;
        down.set(event.pointerId, { x: event.clientX, y: event.clientY });
        moved = down.size > 1;
        start = { x: event.clientX, from: diagram.scene.from, until: diagram.scene.until };
        if (down.size === 2) spread = distance();
    });
    window.addEventListener("pointermove", (event) => {
        const known = down.get(event.pointerId);
        if (!known || !start) return;
        [known.x, known.y] = [event.clientX, event.clientY];
        if (down.size === 2) {
            const now = distance();
            const [a, b] = [...down.values()];
            if (spread > 0 && now > 0) pointed.zoom(now / spread, place((a.x + b.x) / 2));
            spread = now;
            return;
        }
        if (!moved && Math.abs(event.clientX - start.x) < 5) return;
        moved = true;
        svg.classList.add("dragged");
        const g = diagram.geometry;
        const by = (start.x - event.clientX) / (g.right - g.left) * (start.until - start.from);
        pointed.window(start.from + by, start.until + by);
    });
    const up = (event: PointerEvent): void => {
        if (!down.delete(event.pointerId)) return;
        svg.classList.remove("dragged");
        if (down.size === 0) start = null;
    };
    window.addEventListener("pointerup", up);
    window.addEventListener("pointercancel", up);

    svg.addEventListener("click", (event) => {
        if (moved) return;
        const target = event.target as Element;
        const violation = target.closest("[data-violation]")?.getAttribute("data-violation");
        const world = target.closest("[data-world]")?.getAttribute("data-world");
        if (violation) {
            pointed.violation(Number(violation));
        } else if (world) {
            pointed.click({ kind: "world", index: Number(world) });
        } else {
            const box = svg.getBoundingClientRect();
            const [x, y] = [(event.clientX - box.left) / box.width * diagram.geometry.width, (event.clientY - box.top) / box.height * diagram.geometry.height];
            const message = diagram.messageAt(x, y);
            pointed.click(diagram.stepAt(x, y) ?? (message === null ? null : { kind: "message", index: message }));
        }
    });
    svg.addEventListener("wheel", (event) => {
        if (event.ctrlKey || event.metaKey) {
            event.preventDefault();
            pointed.zoom(Math.exp(-event.deltaY / 200), place(event.clientX));
        } else if (Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
            event.preventDefault();
            const { from, until } = diagram.scene;
            const by = event.deltaX / (diagram.geometry.right - diagram.geometry.left) * (until - from);
            pointed.window(from + by, until + by);
        }
    }, { passive: false });
}
