#!/usr/bin/env python3
"""Checks that the tour, scenarios/README.md, shows what the program prints.

Usage: check_tour.py BULLY_SIM
Each line of a timeline must be in the expected output of its lesson: in the mode that follows the line in brackets, or else
in mode robust. Each command must run; many of them are meant to violate an expectation.
"""
import pathlib
import re
import shlex
import subprocess
import sys

SCENARIOS = pathlib.Path(__file__).resolve().parents[2] / "scenarios"


def lessons(text):
    course = text.split("\n## The course\n")[1].split("\n## ")[0]
    for lesson in course.split("\n### ")[1:]:
        yield lesson.splitlines()[0], lesson


def fenced_lines(text):
    for block in re.findall(r"^```\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        yield from block.splitlines()


def check_timeline(title, lesson):
    name = re.search(r"scenarios/(\w+)\.yaml", lesson).group(1)
    printed = {mode: (SCENARIOS / "expected" / f"{name}.{mode}.txt").read_text(encoding="utf-8")
               for mode in ("strict", "robust")}
    for line in fenced_lines(lesson):
        if not re.match(r" +[0-9]+\.[0-9]{4}s ", line):
            continue
        event, mode = re.fullmatch(r"(.*?)(?: +\((strict|robust)\))?", line).groups()
        shown = event.replace(", ...", "").rstrip()
        found = [other for other in printed if any(row.startswith(shown) for row in printed[other].splitlines())]
        if found != [mode] if mode else "robust" not in found:
            yield f"lesson {title}: expected in mode {mode or 'robust'}, found in {found or 'none'}: {line}"


def check_commands(program, text):
    commands = [line for line in fenced_lines(text) if line.startswith("bully_sim ")]
    commands += re.findall(r"`(bully_sim scenarios/[^`]*)`", text)
    for command in commands:
        run = subprocess.run([program, *shlex.split(command)[1:]], cwd=SCENARIOS.parent, stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, timeout=60)
        if run.returncode not in (0, 1):
            yield f"exit code {run.returncode}: {command}\n  {run.stderr.decode('utf-8', 'replace').strip()}"
    if len(commands) < 44:
        yield f"{len(commands)} commands: expected one and a variation of each lesson"


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    text = (SCENARIOS / "README.md").read_text(encoding="utf-8")
    wrong = [problem for title, lesson in lessons(text) for problem in check_timeline(title, lesson)]
    wrong += check_commands(str(pathlib.Path(sys.argv[1]).resolve()), text)
    print("\n".join(wrong) or "good")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
