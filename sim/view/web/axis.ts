// Where a time is drawn. Linear, an election of 20 ms is one stroke in 20 s; by order, durations are lost. The elastic
// axis gives each gap between two moments a width that grows with its logarithm, so that both can be seen.

export type AxisKind = "elastic" | "linear" | "order";

export class Axis {
    /** Of the whole run, in units of the axis. */
    readonly length: number;
    private readonly at: number[] = [];

    /** `moments`: ns, ascending, each once. The first and the last are the ends of the run. */
    constructor(readonly kind: AxisKind, readonly moments: number[]) {
        let position = 0;
        moments.forEach((moment, i) => {
            if (i > 0) position += this.width(moment - moments[i - 1]);
            this.at.push(position);
        });
        this.length = Math.max(position, 1e-9);
    }

    private width(gap: number): number {
        if (this.kind === "linear") return gap / 1e9;
        return this.kind === "order" ? 1 : 1 + Math.log1p(gap / 1e6);
    }

    position(ns: number): number { return between(ns, this.moments, this.at); }
    time(position: number): number { return between(position, this.at, this.moments); }

    /** Times to write beside the axis, at least `apart` from each other. */
    ticks(from: number, until: number, apart: number): number[] {
        if (this.kind === "linear") return this.round(this.time(from), this.time(until), (until - from) / apart);
        const ticks: number[] = [];
        let next = from;
        for (let i = Math.max(0, above(this.at, from)); i < this.at.length && this.at[i] <= until; ++i) {
            if (this.at[i] < next) continue;
            ticks.push(this.moments[i]);
            next = this.at[i] + apart;
        }
        return ticks;
    }

    private round(from: number, until: number, most: number): number[] {
        const least = (until - from) / Math.max(1, most);
        const power = 10 ** Math.floor(Math.log10(Math.max(1, least)));
        const step = [1, 2, 5, 10].map((factor) => factor * power).find((size) => size >= least) ?? power * 10;
        const ticks: number[] = [];
        for (let tick = Math.ceil(from / step) * step; tick <= until; tick += step) ticks.push(tick);
        return ticks;
    }
}

/** The first place of which the value isn't below `value`. */
export function above(sorted: ArrayLike<number>, value: number): number {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
        const middle = (low + high) >> 1;
        if (sorted[middle] < value) low = middle + 1; else high = middle;
    }
    return low;
}

function between(value: number, from: number[], to: number[]): number {
    const next = Math.min(Math.max(1, above(from, value)), from.length - 1);
    if (next < 1) return to[0] ?? 0;
    const share = (value - from[next - 1]) / (from[next] - from[next - 1] || 1);
    return to[next - 1] + Math.min(1, Math.max(0, share)) * (to[next] - to[next - 1]);
}

/** Ascending, each once. */
export function moments(times: number[]): number[] {
    times.sort((a, b) => a - b);
    return times.filter((time, i) => i === 0 || time !== times[i - 1]);
}
