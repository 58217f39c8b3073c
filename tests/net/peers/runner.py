"""Runs named cases, some at a time, and prints a table: they mostly wait. For tests of groups of processes.

A case is a function of no arguments; it fails by raising.
"""
import concurrent.futures
import sys
import time
import traceback


def main(about, parser, cases_of):
    """A command: cases_of(options) are the cases. Ends the program."""
    parser.description = about.splitlines()[0]
    parser.add_argument("--only", metavar="TEXT", default="", help="the cases whose name holds this")
    parser.add_argument("--jobs", type=int, default=8, help="so many at a time; 8")
    parser.add_argument("--list", action="store_true", help="names only")
    options = parser.parse_args()
    cases = {name: case for name, case in cases_of(options).items() if options.only in name}
    if options.list:
        print("\n".join(cases))
        sys.exit(0)
    sys.exit(run(cases, options.jobs))


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
