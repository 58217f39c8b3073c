"""Runs named cases, some at a time, and prints a table: they mostly wait. For tests of groups of processes.

A case is a function that takes a Group factory's product; it fails by raising.
"""
import concurrent.futures
import sys
import time
import traceback


def run(cases, jobs):
    """cases: {name: function of no arguments}. Returns the exit code."""
    failed = []
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        started = time.monotonic()
        running = {pool.submit(timed, case): name for name, case in cases.items()}
        for done in concurrent.futures.as_completed(running):
            seconds, trouble = done.result()
            name = running[done]
            print(f"{'FAILED' if trouble else 'ok':6}  {seconds:6.1f} s  {name}", flush=True)
            if trouble:
                failed.append(name)
                print("    " + trouble.replace("\n", "\n    "), flush=True)
    print(f"\n{len(cases) - len(failed)} of {len(cases)} hold, {time.monotonic() - started:.0f} s", flush=True)
    for name in sorted(failed):
        print(f"FAILED  {name}")
    return 1 if failed or not cases else 0


def timed(case):
    start = time.monotonic()
    trouble = None
    try:
        case()
    except Exception:  # pylint: disable=broad-except  # any failure is the case's result
        trouble = traceback.format_exc()
    return time.monotonic() - start, trouble
