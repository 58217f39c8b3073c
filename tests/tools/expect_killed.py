#!/usr/bin/env python3
"""Runs a GoogleTest binary that is linked with a mutant, and succeeds only if one of its tests notices the mistake.

A test notices it by failing, or by bringing the core into a state that one of the core's own assertions forbids, which
release builds check, too. Any other crash, a timeout, or a filter that selects no test doesn't count.
"""
import re
import signal
import subprocess
import sys


def main():
    command = [sys.argv[1], *sys.argv[2:], "--gtest_fail_fast", "--gtest_color=no"]
    try:
        run = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=100, check=False)
    except subprocess.TimeoutExpired:
        sys.exit("the tests didn't end: a mutant must be noticed by a test that fails")
    output = run.stdout.decode(errors="replace")
    failed = re.findall(r"^\[  FAILED  \] (\S+?),? ", output, flags=re.MULTILINE)
    if run.returncode == 1 and failed:
        print(f"killed by {failed[0]}")
        return
    asserted = re.search(r" bully::Election::(\w+)\(.*Assertion `(.*)' failed\.$", output, flags=re.MULTILINE)
    if run.returncode == -signal.SIGABRT and asserted:
        print(f"killed by an assertion of {asserted[1]}: {asserted[2]}")
        return
    print(output[-4000:])
    if run.returncode == 0:
        ran = re.search(r"\[==========\] (\d+) tests? from", output)
        sys.exit(f"SURVIVED {ran.group(1) if ran else 0} tests: no test notices this mistake")
    sys.exit(f"the tests ended with {run.returncode}, not with a failed test")


if __name__ == "__main__":
    main()
