#!/usr/bin/env python3
"""Runs a scenario twice in one mode: everything must hold, both runs must be the same to the byte, and the output must equal
the committed one, including the fingerprint.

    check_scenario.py BULLY_SIM SCENARIO strict|robust
"""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import expected

LONGEST = 1000  # lines; of a longer output the beginning and the end are committed
BEGINNING = 100
END = 50


def run(program, scenario, mode):
    command = [program, f"scenarios/{scenario.name}", "--mode", mode]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=scenario.parent.parent, check=False)
    return done.returncode, done.stdout.decode("utf-8")


def shortened(text):
    lines = text.splitlines(True)
    if len(lines) <= LONGEST:
        return text
    left_out = len(lines) - BEGINNING - END
    return "".join(lines[:BEGINNING] + [f"[{left_out} lines]\n"] + lines[-END:])


def main():
    program, scenario, mode = sys.argv[1], pathlib.Path(sys.argv[2]).resolve(), sys.argv[3]
    code, text = run(program, scenario, mode)
    if code != 0:
        sys.exit(f"{text}\nexit code {code}, expected 0: all holds")
    if run(program, scenario, mode) != (code, text):
        sys.exit("the second run differs from the first")
    expected.compare(scenario.parent / "expected" / f"{scenario.stem}.{mode}.txt", shortened(text))


if __name__ == "__main__":
    main()
