#!/usr/bin/env python3
"""Checks citations: each cited rule, document and link exists, and each rule in core/README.md is cited.

    check_citations.py ROOT            rules in comments, messages, scenarios and documents; documents in any source; links
    check_citations.py --self-test     the check notices a rule, a document, a file, a heading that isn't there

A rule (`lab 3`, `rule 3`, `rows 7, 9`, `R4`, `H`, `C2`, `P14`, `R1 to R8`) has an anchor in core/README.md: `lab-3`, `row-7`,
`r4`, `h`, `c2`, `p14`. A name that it says "is not used" may be cited nowhere else, other than as within a range.
"""
import os
import pathlib
import re
import sys
import tempfile

RULES = "core/README.md"
CODE = {".cpp", ".hpp"}
READ = CODE | {".py", ".md", ".mutant", ".yaml", ".json", ".cmake", ".sh"}
MESSAGES = ("core", "sim", "net", "bench")  # whose strings people read; tests have deliberately wrong ones

# A string that is skipped keeps a `//` within it from being taken for a comment.
CPP = re.compile(r'(?P<comment>//[^\n]*|/\*.*?\*/)|R"(?P<mark>[^(\s]*)\((?P<raw>.*?)\)(?P=mark)"|"(?P<text>(?:\\.|[^"\\\n])*)"'
                 r"|'(?:\\[^'\n]*.|[^'\\\n])'", re.DOTALL)
PYTHON = re.compile(r'^[ \t]*"""(?P<doc>.*?)"""|#(?P<comment>[^\n]*)|""".*?"""'
                    r'|"(?:\\.|[^"\\\n])*"' r"|'(?:\\.|[^'\\\n])*'", re.DOTALL | re.MULTILINE)
COMMENT_BREAK = re.compile(r"\n[ \t]*(?://[/<!]*|#)[ \t]*")

LETTER = re.compile(r"\b([RPC])([1-9]\d?)\b(?:\s+to\s+\1([1-9]\d?)\b)?|\bH\b")
NUMBERED = re.compile(r"\b(lab|rules?|rows?)\s+(\d+(?:(?:,\s*(?:and\s+)?|\s+(?:and|or|to)\s+)\d+)*)\b", re.IGNORECASE)
UNUSED = re.compile(r"\b([RPC]\d+) is not used")
DOCUMENT = re.compile(r"(?<![\w/.:-])((?:[\w.-]+/)*[\w.-]+\.md)\b(?:#([\w-]+))?")
LINK = re.compile(r"\]\(([^)\s]+)\)|^\[[^\]]+\]:\s*(\S+)", re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
ANCHOR = re.compile(r'<a (?:id|name)="([^"]+)"')
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def files(root):
    for folder, below, names in os.walk(root):
        below[:] = sorted(name for name in below if name not in ("build", "corpus", "expected", ".git", "__pycache__"))
        if "CMakeCache.txt" in names:
            below.clear()
            continue
        for name in sorted(names):
            file = pathlib.Path(folder, name)
            if file.suffix in READ or name == "CMakeLists.txt" or file.parent.name == ".ci":
                yield file


def prose(file, text, name):
    """What people read of it, each part on its own."""
    if file.suffix in CODE:
        reads_strings = name.split("/")[0] in MESSAGES
        run = ""  # comments on lines that follow each other, for a citation may be broken into two
        end = 0
        for found in CPP.finditer(text):
            comment = found.group("comment")
            if comment is not None:
                if run and text[end:found.start()].strip(" \t\n"):
                    yield run
                    run = ""
                run += "\n" + comment
                end = found.end()
            elif reads_strings:
                yield found.group("raw") or found.group("text") or ""
        yield run
    elif file.suffix == ".py":
        for found in PYTHON.finditer(text):
            yield found.group("doc") or found.group("comment") or ""
    elif file.suffix == ".mutant":
        yield text.split("\n===")[0]
    elif file.suffix in (".yaml", ".md", ".json"):
        yield text


def cited(text):
    """(rule's anchor, within a range) for each rule in `text`."""
    text = COMMENT_BREAK.sub(" ", text)
    for found in LETTER.finditer(text):
        letter, first, last = found.groups()
        if letter is None:
            yield "h", False
            continue
        for number in range(int(first), int(last or first) + 1):
            yield f"{letter.lower()}{number}", int(first) < number < int(last or first)
    for found in NUMBERED.finditer(text):
        kind = "row" if found.group(1).lower().startswith("row") else "lab"
        before = None
        for joint, number in re.findall(r"(\bto\s+)?(\d+)", found.group(2)):
            for between in range(before + 1, int(number)) if joint and before is not None else ():
                yield f"{kind}-{between}", True
            before = int(number)
            yield f"{kind}-{before}", False


def without_code(text):
    return re.sub(r"`[^`\n]*`", "", FENCE.sub("", text))


def anchors(text):
    """Those that are set, and GitHub's of the headings."""
    text = FENCE.sub("", text)
    found = set(ANCHOR.findall(text))
    for heading in HEADING.findall(text):
        heading = re.sub(r"<[^>]*>|\]\([^)]*\)", "", heading)
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        times = 0
        while (slug if times == 0 else f"{slug}-{times}") in found:
            times += 1
        found.add(slug if times == 0 else f"{slug}-{times}")
    return found


class Tree:
    def __init__(self, root):
        self.root = root.resolve()
        self.anchors_of = {}
        self.rules = self.anchors_in(self.root / RULES)
        self.unused = {name.lower() for name in UNUSED.findall((self.root / RULES).read_text(encoding="utf-8"))}

    def anchors_in(self, file):
        if file not in self.anchors_of:
            self.anchors_of[file] = anchors(file.read_text(encoding="utf-8"))
        return self.anchors_of[file]

    def complaints(self):
        used = set()
        for name in sorted(self.unused & self.rules):
            yield f"{RULES} says that {name.upper()} is not used, and has an anchor for it"
        for file in files(self.root):
            name = file.relative_to(self.root).as_posix()
            text = file.read_text(encoding="utf-8")
            yield from self.of_rules(file, text, name, used)
            if file.suffix == ".md":
                yield from self.of_links(file, text, name)
                text = re.sub(r"\[[^]]*\]\([^)\s]+\)", "", text)
            for document, fragment in DOCUMENT.findall(text):
                yield from self.of_document(file, name, document, fragment)
        for rule in sorted(rule for rule in self.rules - self.unused - used if re.fullmatch(r"(?:lab-|row-|[rpc])\d+|h", rule)):
            yield f"{RULES} has {rule}, which no source cites"

    def of_rules(self, file, text, name, used):
        for part in prose(file, text, name):
            for rule, within in cited(part):
                if file.suffix != ".md" and not within:
                    used.add(rule)
                if rule in self.unused and (within or name == RULES):
                    continue
                if rule not in self.rules:
                    yield f'{name} cites {rule}, which has no anchor in {RULES}: expected <a id="{rule}"></a> there'

    def of_links(self, file, text, name):
        for targets in LINK.findall(without_code(text)):
            target = "".join(targets)
            if re.match(r"[a-z]+:", target):
                continue
            path, _, fragment = target.partition("#")
            there = (file.parent / path).resolve() if path else file
            if not there.exists() or not there.is_relative_to(self.root):
                yield f"{name} links to {target}: no such file in the tree"
            elif fragment and (there.suffix != ".md" or fragment not in self.anchors_in(there)):
                yield f"{name} links to {target}: no such heading or anchor"

    def of_document(self, file, name, document, fragment):
        places = [place for place in (self.root / document, file.parent / document) if place.is_file()]
        if not places:
            yield f"{name} names {document}: no such document in the tree"
        elif fragment and fragment not in self.anchors_in(places[0].resolve()):
            yield f"{name} names {document}#{fragment}: no such heading or anchor"


def self_test():
    md = ".md"  # apart, or this very file would name documents that don't exist
    rules = ("# Rules\n## All of them\n" + "".join(f'<a id="{rule}"></a>\n' for rule in ("lab-3", "row-7", "row-8", "row-9",
             "r1", "r2", "h", "c1", "p1", "p3")) + f"P2 is not used. [All](#all-of-them), [here](README{md}#row-8)\n")
    good = {
        RULES: rules,
        "core/a.cpp": "// rule 3, rows 7 to 9; R1 to\n// R2, C1, P1 to P3. H: yes\n"
                      "int x = 1'000; const char* s = \"P3\"; // isn't P1\n"
                      "char quote = '\"', end = '\\'', x = '\\x01';  // \"P1\"",
        "core/b.hpp": f'/// See core/README{md}#all-of-them.\nusing T = Pair<R9, P9>;  // no "R1"',
        "tests/c.py": '"""Rows 7, and 8."""\nx = "P99, row 99"\ny = """\nP99\n"""\n',
        "tests/d.cpp": 'const char* wrong = "violated: P99";',
        f"x/e{md}": "Rule 3. [a](../core/a.cpp), `[b](none)`, [c](https://example.org/none)\n```\n[d](none)\n```\n",
    }
    cases = {
        "core/rule.cpp": ("// as rule 4 has it", "cites lab-4"),
        "core/row.hpp": ("/// (rows 7,\n/// 10)", "cites row-10"),
        "core/separator.cpp": ("int x = 1'000;  // isn't R3", "cites r3"),
        "core/quote.cpp": ("char x = '\"';  // \"R3", "cites r3"),
        "core/string.cpp": ('Row row{"lab 3, R3"};', "cites r3"),
        "net/raw.cpp": ('auto x = R"(C2 // )";', "cites c2"),
        "tests/comment.cpp": ("int x = 0;  // P4", "cites p4"),
        "tests/free.cpp": ("// P2", "cites p2"),
        "tests/doc.py": ('def f():\n    """R9."""\n', "cites r9"),
        "tests/hash.py": ("x = '#'  # R8 now", "cites r8"),
        "tests/some.mutant": ("# Mistakes in row 6\n=== x", "cites row-6"),
        "scenarios/some.yaml": ("description: R1 to R3", "cites r3"),
        "core/document.hpp": (f"// gone{md}, section 3", f"names gone{md}: no such document"),
        "core/heading.hpp": (f"// core/README{md}#none", f"names core/README{md}#none"),
        f"x/text{md}": (f"See gone{md}.", f"names gone{md}: no such document"),
        f"x/link{md}": ("[x](none.cpp)", "links to none.cpp: no such file"),
        f"x/out{md}": ("[x](../../x)", "links to ../../x: no such file"),
        f"x/anchor{md}": (f"[x](../core/README{md}#all)", "#all: no such heading"),
        f"x/own{md}": ("# One\n[x](#two)", "links to #two: no such heading"),
    }
    failures = []

    def expect(tree, wanted):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for name, text in tree.items():
                (root / name).parent.mkdir(parents=True, exist_ok=True)
                (root / name).write_text(text, encoding="utf-8")
            found = list(Tree(root).complaints())
            if len(found) != bool(wanted) or not all(wanted in line for line in found):
                failures.append(f"expected {wanted or 'no complaint'}, found {found}")

    expect(good, "")
    for name, (text, wanted) in cases.items():
        expect({**good, name: text}, wanted)
    expect({**good, RULES: rules + '<a id="row-11"></a>'}, "has row-11, which no source cites")
    expect({**good, RULES: rules + '<a id="p2"></a>', "core/use.cpp": "// P1 to P3"}, "says that P2 is not used")
    return failures


def main():
    found = self_test() if sys.argv[1:] == ["--self-test"] else list(Tree(pathlib.Path(sys.argv[1])).complaints())
    print("\n".join(dict.fromkeys(found)) or "good")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
