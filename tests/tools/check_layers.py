#!/usr/bin/env python3
"""Checks the architecture: the includes between folders, and the sizes of the folders.

    check_layers.py ROOT              each include between folders is in the table below, and each line of the table is used
    check_layers.py ROOT --picture    README.md has the table as a Mermaid diagram (BULLY_REWRITE=1 rewrites it)
    check_layers.py --self-test       the check notices an include that runs up, a folder that is too large, a stale line

The list is in order, from the lowest layer on: a folder may only include folders that stand before it, so no include runs
up, and no two folders include each other.
"""
import os
import pathlib
import re
import sys
import tempfile

# Each folder, and the folders that its files may include.
LAYERS = {
    "core": "",
    "core/record": "core",
    "core/cli": "core core/record",
    "core/example": "",

    "sim/util": "",
    "sim/scenario": "core core/record sim/util",
    "sim/explore": "core sim/util sim/scenario",
    "sim/engine/queue": "sim/scenario",
    "sim/engine": "core sim/util sim/scenario sim/engine/queue",
    "sim/checks": "core core/record sim/util sim/scenario sim/engine",
    "sim/theory": "core sim/scenario sim/checks",
    "sim/trace": "core core/record sim/scenario sim/engine/queue sim/engine sim/checks",
    "sim/report": "core core/record sim/util sim/scenario sim/engine sim/checks sim/trace",
    "sim/view": "core core/record sim/scenario sim/engine sim/checks sim/report",
    "sim/statistics": "",
    "sim/plot": "sim/util",
    "sim/sweep": "core core/record sim/util sim/scenario sim/engine sim/checks sim/theory sim/statistics sim/plot",
    "sim/advise": "core sim/util sim/scenario sim/engine sim/statistics",
    "sim/cli": "core core/record core/cli sim/util sim/scenario sim/explore sim/checks sim/trace sim/report sim/view "
               "sim/sweep sim/advise",

    "net/pickle": "",
    "net/lab": "core net/pickle",
    "net/tcp": "core net/pickle",
    "net/gcd": "core net/pickle net/lab net/tcp",
    "net/node": "core net/pickle net/lab net/tcp net/gcd",
    "net/log": "core core/record net/lab net/tcp net/node",
    "net/cli": "core core/record core/cli net/lab net/tcp net/gcd net/node net/log",

    "bench": "core sim/util sim/scenario sim/engine/queue sim/engine sim/plot sim/sweep net/pickle net/lab net/node",
}
MOST_UNITS = 25  # a unit: a header, its source, or both

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
PARTS = sorted({folder.split("/")[0] for folder in LAYERS})


def sources(root):
    for part in PARTS:
        for file in sorted((root / part).rglob("*.[ch]pp")):
            yield file, file.relative_to(root).parent.as_posix()


def complaints(root, layers):
    order = list(layers)
    unused = {(folder, below) for folder in layers for below in layers[folder].split()}
    for folder, below in sorted(unused):
        if order.index(below) > order.index(folder):
            yield f"the table lets {folder} include {below}, which stands above it"
    units = {}
    for file, folder in sources(root):
        name = file.relative_to(root)
        if folder not in layers:
            yield f"{name}: the folder {folder} isn't in the table of {pathlib.Path(__file__).name}"
            continue
        units.setdefault(folder, set()).add(file.stem)
        for included in INCLUDE.findall(file.read_text()):
            below = pathlib.PurePosixPath(included).parent.as_posix()
            if not (root / included).is_file() or ".." in included:
                yield f'{name} includes "{included}": no such file from the root of the tree'
            elif below != folder and below not in layers[folder].split():
                yield f'{name} includes "{included}": {folder} may include {layers[folder] or "nothing"}'
            unused.discard((folder, below))
    for folder, below in sorted(unused):
        yield f"the table lets {folder} include {below}, and no file does"
    for folder, stems in units.items():
        if len(stems) > MOST_UNITS:
            yield f"{folder} has {len(stems)} units, more than {MOST_UNITS}: which folder wants to exist in there?"


def reaches(layers, start, end):
    return any(below == end or reaches(layers, below, end) for below in layers[start].split())


def picture(layers):
    """Without the arrows that follow from others: what remains can be read."""
    yield "```mermaid"
    yield "flowchart BT"
    for part in PARTS:
        folders = [folder for folder in layers if folder.split("/")[0] == part]
        if len(folders) > 1:  # the subgraph has a name of its own: Mermaid can't draw a node in itself
            yield f"  subgraph {part}_folders [{part}]"
        for folder in folders:
            yield f"    {folder.replace('/', '_')}[{folder}]"
        if len(folders) > 1:
            yield "  end"
    for folder, all_below in layers.items():
        for below in all_below.split():
            if not any(other != below and reaches(layers, other, below) for other in all_below.split()):
                yield f"  {folder.replace('/', '_')} --> {below.replace('/', '_')}"
    yield "```"


def check_picture(root):
    wanted = "\n".join(picture(LAYERS))
    readme = root / "README.md"
    text = readme.read_text()
    found = re.search(r"```mermaid\nflowchart BT\n.*?```", text, re.DOTALL)
    if found is None:
        return ["README.md has no picture of the folders: a block of Mermaid that begins with `flowchart BT`"]
    if found.group(0) == wanted:
        return []
    if os.environ.get("BULLY_REWRITE") == "1":
        readme.write_text(text.replace(found.group(0), wanted))
        return []
    return ["the picture in README.md isn't that of the table: BULLY_REWRITE=1 rewrites it"]


def self_test():
    layers = {"core": "", "sim/engine": "core", "net/tcp": "core", "bench": "sim/engine"}
    good = {"core/a.hpp": "", "sim/engine/b.hpp": '#include "core/a.hpp"', "net/tcp/c.cpp": '#include "core/a.hpp"',
            "bench/d.cpp": '#include "sim/engine/b.hpp"'}
    cases = {
        "core/up.cpp": ('#include "sim/engine/b.hpp"', "core may include nothing"),
        "net/tcp/across.cpp": ('  #  include "sim/engine/b.hpp"', "net/tcp may include core"),
        "sim/engine/absent.cpp": ('#include "b.hpp"', "no such file"),
        "sim/flat.cpp": ("", "isn't in the table"),
    }
    failures = []

    def expect(files, table, wanted):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in files.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text)
            found = list(complaints(root, table))
            if [line for line in found if wanted in line] != found or bool(found) != bool(wanted):
                failures.append(f"expected {wanted or 'no complaint'}, found {found}")

    expect(good, layers, "")
    for name, (text, wanted) in cases.items():
        expect({**good, name: text}, layers, wanted)
    expect({**good, **{f"core/unit{i}.cpp": "" for i in range(MOST_UNITS)}}, layers, "core has 26 units")
    expect(good, {**layers, "net/tcp": "core", "bench": "core sim/engine"}, "and no file does")
    up = {**good, "core/up.cpp": '#include "sim/engine/b.hpp"'}
    expect(up, {"core": "sim/engine", **{k: v for k, v in layers.items() if k != "core"}}, "which stands above it")
    return failures


def main():
    if sys.argv[1:] == ["--self-test"]:
        found = self_test()
    elif sys.argv[2:] == ["--picture"]:
        found = check_picture(pathlib.Path(sys.argv[1]))
    else:
        found = list(complaints(pathlib.Path(sys.argv[1]), LAYERS))
    print("\n".join(found) or "good")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
