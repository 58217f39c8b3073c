#!/usr/bin/env python3
"""Runs the storm on this simulator and its peers, in one run of bully_bench, and prints a table of the ratios.

    bench/ratios.py build/release/bully_bench [--repetitions 5] [--filter REGEX]

All benchmarks are repeated in random order, so that what else the machine does falls on each alike. Figures are
medians of CPU time: events per second for storm, trials per second for trials; in brackets how many times as fast
this simulator is. ns-3 is the fastest of its schedulers.
"""
import argparse
import collections
import json
import statistics
import subprocess

STORMS = "^(storm|trials|priority_queue/(storm|trials)|ns3/(storm|trials)/[A-Za-z]+)/(5|8|16|100|1000)$"


def measured(program, repetitions, pattern):
    """{(workload, n): {simulator: median items per second}}"""
    command = [program, "--benchmark_format=json", f"--benchmark_filter={pattern}",
               f"--benchmark_repetitions={repetitions}", "--benchmark_enable_random_interleaving=true",
               "--benchmark_min_time=0.1"]
    report = json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    samples = collections.defaultdict(list)
    for run in report["benchmarks"]:
        if run["run_type"] != "iteration":
            continue
        if run.get("error_occurred"):
            raise SystemExit(f"{run['name']}: {run['error_message']}")
        samples[run["run_name"]].append(run["items_per_second"])
    table = collections.defaultdict(dict)
    for name, rates in samples.items():
        parts = name.split("/")
        n = int(parts[-1])
        workload = "storm" if "storm" in parts else "trials"
        simulator = parts[0] if parts[0] in ("ns3", "priority_queue") else "bully"
        rate = statistics.median(rates)
        best = table[workload, n].get(simulator, 0)
        table[workload, n][simulator] = max(best, rate)
    return table


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("program")
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--filter", default=STORMS, help="which benchmarks; the default ends at n = 1000")
    options = parser.parse_args()
    table = measured(options.program, options.repetitions, options.filter)
    print("| M/s | n | bully | std::priority_queue | ns-3 |")
    print("|---|---|---|---|---|")
    for (workload, n), rates in sorted(table.items()):
        own = rates.get("bully")
        cells = [workload, str(n), f"{own / 1e6:.3g}" if own else "–"]
        for peer in ("priority_queue", "ns3"):
            rate = rates.get(peer)
            ratio = f" ({own / rate:.1f}x)" if own and rate else ""
            cells.append(f"{rate / 1e6:.3g}{ratio}" if rate else "–")
        print("| " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
