#!/usr/bin/env python3
"""Makes mutants: mutated sources from their declarations.

A .mutant file declares mutants, one after the other:

    === the_name_is_what_is_wrong
    file: core/election.cpp
    tests: R4.*
    --- search
    text that occurs exactly once in the file; line breaks and indentation don't matter
    --- replace
    text that takes its place

`tests` is a GoogleTest filter: the tests that must fail. A line that begins with # before the first `===` is a
comment. Exit code 2: a declaration is wrong, or its text doesn't occur exactly once.
"""
import argparse
import pathlib
import re
import sys


class Wrong(Exception):
    pass


def parse(path):
    mutants = {}
    text = pathlib.Path(path).read_text(encoding="utf-8")
    for number, block in enumerate(re.split(r"^=== ", text, flags=re.MULTILINE)):
        if number == 0:
            continue
        head, search, replace = (re.split(r"^--- (?:search|replace)\n", block, flags=re.MULTILINE) + [None] * 3)[:3]
        name, *fields = head.strip().splitlines()
        name = name.strip()
        if not re.fullmatch(r"\w+", name):
            raise Wrong(f"{path}: '{name}' isn't a name of letters, digits and underscores")
        if search is None or replace is None:
            raise Wrong(f"{path}: mutant {name} needs '--- search' and '--- replace'")
        if name in mutants:
            raise Wrong(f"{path}: mutant {name} is declared twice")
        mutant = {"tests": "*"}
        for field in fields:
            key, _, value = field.partition(":")
            if key not in ("file", "tests") or not value.strip():
                raise Wrong(f"{path}: mutant {name}: '{field}' isn't 'file: ...' or 'tests: ...'")
            mutant[key] = value.strip()
        if "file" not in mutant:
            raise Wrong(f"{path}: mutant {name} needs 'file: ...'")
        if not mutant["file"].endswith(".cpp"):
            raise Wrong(f"{path}: mutant {name}: only a .cpp can be mutated, a header is compiled into the tests too")
        mutant["search"] = search.strip("\n")
        mutant["replace"] = replace.strip("\n")
        if not mutant["search"].strip():
            raise Wrong(f"{path}: mutant {name} searches for nothing")
        if mutant["search"] == mutant["replace"]:
            raise Wrong(f"{path}: mutant {name} changes nothing")
        mutants[name] = mutant
    if not mutants:
        raise Wrong(f"{path}: declares no mutant")
    return mutants


def make(mutant, name, root):
    source = (pathlib.Path(root) / mutant["file"]).read_text(encoding="utf-8")
    # White space doesn't count, so a mutant stays valid when a formatter changes it.
    found = list(re.finditer(r"\s+".join(map(re.escape, mutant["search"].split())), source))
    if len(found) != 1:
        raise Wrong(f"mutant {name}: its text occurs {len(found)} times in {mutant['file']}, not exactly once:\n"
                    f"{mutant['search']}\nIf the code has changed, change the mutant so that it makes the same mistake.")
    return source[:found[0].start()] + mutant["replace"] + source[found[0].end():]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("declarations")
    parser.add_argument("--list", action="store_true", help="print name|file|tests of each")
    parser.add_argument("--make", metavar="NAME")
    parser.add_argument("--root", default=".")
    parser.add_argument("--output")
    options = parser.parse_args()
    mutants = parse(options.declarations)
    if options.list:
        for name, mutant in mutants.items():
            print(name, mutant["file"], mutant["tests"], sep="|")
        return
    output = pathlib.Path(options.output)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_text(make(mutants[options.make], options.make, options.root), encoding="utf-8")


if __name__ == "__main__":
    try:
        main()
    except Wrong as wrong:
        print(wrong, file=sys.stderr)
        sys.exit(2)
