#!/usr/bin/env python3
"""Runs the storm on this simulator and on other engines, in one run of bully_bench, and prints tables of the ratios.

    bench/ratios.py build/release/bully_bench [--quick] [--repetitions 5] [--filter REGEX] [--json FILE]

All benchmarks are repeated in random order, so that other work of the machine affects all alike. Figures are medians of
CPU time: millions of events per second for storm, millions of trials per second for trials; brackets show how many times
as fast this simulator is. ns-3 has the fastest of its schedulers; at n = 3000 only the one that is fastest at 1000 runs.

This takes ten minutes on an idle machine, most of them for std::priority_queue at n = 10000, or one minute with --quick,
which ends at n = 1000. --json keeps the results for bully_bench_plot.
"""
import argparse
import collections
import fnmatch
import json
import statistics
import subprocess
import sys

QUICK = ("^((priority_queue/|ns3/)?(storm|trials)(/[A-Za-z]+Scheduler)?/(5|8|16|100|1000)"
         "|(sweep|checked)/(5|100|1000)|sweep/jobs:.*)$")
LARGE = "^((priority_queue/)?storm/(3000|10000)|ns3/storm/PriorityQueueScheduler/3000)$"

# By the names of their benchmarks.
SIMULATORS = {"bully": "{}/{}", "std::priority_queue": "priority_queue/{}/{}", "ns-3": "ns3/{}/*/{}"}
ROWS = [("storm", n) for n in (100, 1000, 3000, 10000, 30000)] + [("trials", n) for n in (3, 5, 8, 16)]

Figures = collections.namedtuple("Figures", "rate memory")  # items per second, bytes


def measured(options):
    """The medians: {name of a benchmark: Figures}."""
    pattern = options.filter or (QUICK if options.quick else f"{QUICK}|{LARGE}")
    command = [options.program, "--benchmark_format=json", f"--benchmark_filter={pattern}",
               f"--benchmark_repetitions={options.repetitions}", "--benchmark_enable_random_interleaving=true",
               "--benchmark_min_time=0.1"]
    try:
        text = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"{options.program}: {error}, expected bully_bench") from None
    if options.json:
        with open(options.json, "wb") as file:
            file.write(text)
    samples = collections.defaultdict(list)
    for run in json.loads(text)["benchmarks"]:
        if run["run_type"] != "iteration":
            continue
        if not run.get("error_occurred"):
            samples[run["run_name"]].append(Figures(run["items_per_second"], run.get("memory", 0)))
        elif run["error_message"].startswith("needs "):
            print(f"{run['name']}: {run['error_message']}", file=sys.stderr)
        else:
            raise SystemExit(f"{run['name']}: {run['error_message']}")
    return {name: Figures(*map(statistics.median, zip(*figures))) for name, figures in samples.items()}


def row(figures, workload, n):
    """{simulator: Figures} of the simulators that were measured."""
    best = {}
    for simulator, pattern in SIMULATORS.items():
        found = [figures[name] for name in fnmatch.filter(figures, pattern.format(workload, n))]
        if found:
            best[simulator] = max(found)
    return best


def table(title, rows):
    """Prints rows [(name, n, {simulator: text})]. Rows without a text are left out, and so is a table without rows."""
    rows = [[name, n, *(cells.get(simulator, "–") for simulator in SIMULATORS)] for name, n, cells in rows if cells]
    if not rows:
        return
    print(f"| {title} | n | {' | '.join(SIMULATORS)} |\n|---|---:|---:|---:|---:|")
    for cells in rows:
        print(f"| {' | '.join(cells)} |")
    print()


def rates(cells):
    own = cells.get("bully")
    texts = {}
    for simulator, figures in cells.items():
        ratio = f" ({own.rate / figures.rate:.1f}x)" if own and simulator != "bully" else ""
        texts[simulator] = f"{figures.rate / 1e6:.3g}{ratio}"
    return texts


def growth(figures, n, further):
    """The ratio of the times per event in the larger and the smaller group."""
    few, many = row(figures, "storm", n), row(figures, "storm", further)
    return {simulator: f"{few[simulator].rate / many[simulator].rate:.2f}x" for simulator in few if simulator in many}


def print_ratios(figures, title, pairs):
    """Prints the ratios of pairs [(name, benchmark, slower benchmark)]."""
    known = [f"{figures[fast].rate / figures[slow].rate:.2f}x ({name})" for name, fast, slow in pairs
             if fast in figures and slow in figures]
    if known:
        print(f"{title}: {', '.join(known)}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program", help="bully_bench")
    parser.add_argument("--quick", action="store_true", help="leave out n = 3000 and 10000")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--filter", help="the benchmarks to run, instead of those of the tables")
    parser.add_argument("--json", metavar="FILE", help="write the results to this file")
    options = parser.parse_args()
    figures = measured(options)

    table("M/s", [(workload, f"{n:,}", rates(row(figures, workload, n))) for workload, n in ROWS])
    large = [n for workload, n in ROWS if workload == "storm" and n >= 1000]
    memory = [("memory, MB", f"{n:,}", {simulator: f"{found.memory / 1e6:,.0f}"
                                        for simulator, found in row(figures, "storm", n).items() if found.memory})
              for n in large]
    growths = [("time per event", f"1,000 to {n:,}", growth(figures, 1000, n)) for n in large if n > 1000]
    table("storm", memory + growths)
    print_ratios(figures, "time per event with all properties checked",
                 [(f"n = {n:,}", f"sweep/{n}", f"checked/{n}") for n in (5, 100, 1000)])
    jobs = [name for name in figures if name.startswith("sweep/jobs:") and "jobs:1/" not in name]
    print_ratios(figures, "speed of a sweep",
                 [(f"{name.split(':')[1].split('/')[0]} threads", name, "sweep/jobs:1/real_time") for name in jobs])


if __name__ == "__main__":
    main()
