#!/usr/bin/env python3
"""Lints all Python files: check_python.py ROOT, or check_python.py --self-test, which shows each complaint once.

A file must compile without a warning as the oldest Python that CMake accepts. It has no unused import, no unused name in a
function, and no line that is too long. A name that is needed but never read begins with an underscore.
"""
import ast
import pathlib
import sys
import tempfile
import warnings

FOLDERS = ("core", "sim", "net", "bench", "scenarios", "tests")
OLDEST = (3, 9)
LONGEST = 128  # characters

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
IMPORTS = (ast.Import, ast.ImportFrom)


def inside(scope):
    """The nodes of a function or a module, without those of functions and classes in it."""
    waiting = list(ast.iter_child_nodes(scope))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (*FUNCTIONS, ast.ClassDef)):
            waiting.extend(ast.iter_child_nodes(node))


def bound(scope):
    """(line, kind, name) of what a scope gives a name to. Parameters aren't its choice, and a module's names are for others."""
    local = not isinstance(scope, ast.Module)
    elsewhere = {name for node in inside(scope) if isinstance(node, (ast.Global, ast.Nonlocal)) for name in node.names}
    for node in inside(scope):
        if isinstance(node, IMPORTS) and getattr(node, "module", "") != "__future__":
            for alias in node.names:
                yield node.lineno, "import", alias.asname or alias.name.split(".")[0]
        elif local and isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store) and node.id not in elsewhere:
            yield node.lineno, "name", node.id
        elif local and isinstance(node, (ast.ExceptHandler, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)) and node.name:
            yield node.lineno, "name", node.name


def unused(tree):
    for scope in ast.walk(tree):
        if isinstance(scope, (ast.Module, *FUNCTIONS)):
            # What functions in it read is read, even if theirs has the same name.
            read = {node.id for node in ast.walk(scope) if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Store)}
            for line, kind, name in bound(scope):
                if name not in read and not name.startswith("_"):
                    yield line, f"the {kind} {name} is unused"


def complaints(text):
    """(line, what is wrong), in the order of the lines."""
    found = [(line, f"{len(content)} characters, more than {LONGEST}")
             for line, content in enumerate(text.split("\n"), 1) if len(content) > LONGEST]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # an escape that isn't one, `is` with a literal, an assert of a tuple
            tree = ast.parse(text, feature_version=OLDEST)
            compile(text, "<file>", "exec", dont_inherit=True)
        found.extend(unused(tree))
    except (SyntaxError, ValueError) as error:
        found.append((getattr(error, "lineno", None) or 1, f"doesn't compile: {error}"))
    return sorted(set(found))


def check(root):
    files = sorted(file for folder in FOLDERS for file in (root / folder).rglob("*.py"))
    if not files:
        yield f"no Python files in {root}"
    for file in files:
        for line, what in complaints(file.read_text("utf-8")):
            yield f"{file.relative_to(root)}:{line}: {what}"


def self_test():
    good = """from __future__ import annotations
import os.path
import sys as system
from time import sleep
TABLE = {name: value for name, value in os.environ.items()}
class Kept:
    kind = 1
def of_module(parameter, *rest):
    global TABLE
    TABLE, _ignored = {}, 2
    read_below = seen = 3
    def below():
        nonlocal seen
        seen = read_below
        return f"{seen}"
    with open(system.argv[1]) as file:
        return [below(line) for line in file if sleep(1)], lambda: 0
def deletes():
    gone = 1
    del gone
"""
    function = "def f(given):\n    "
    cases = {
        "import os": "1: the import os is unused",
        "import os.path, sys\nprint(os)": "1: the import sys is unused",
        "from os import path as way": "1: the import way is unused",
        function + "import os": "2: the import os is unused",
        function + "value = given": "2: the name value is unused",
        function + "value += 1": "2: the name value is unused",
        function + "first, second = given\n    return first": "2: the name second is unused",
        function + "return [0 for each in given]": "2: the name each is unused",
        function + "with given as file:\n        pass": "2: the name file is unused",
        function + "for each in given:\n        pass": "2: the name each is unused",
        function + "try:\n        given()\n    except OSError as error:\n        pass": "4: the name error is unused",
        function + "if (value := given):\n        pass": "2: the name value is unused",
        function + "def inner():\n        pass": "2: the name inner is unused",
        "class C:\n  def f(self):\n    value = 1": "3: the name value is unused",
        "print(lambda given: (value := given))": "1: the name value is unused",
        "print(": "1: doesn't compile: ",
        "\nreturn": "2: doesn't compile: 'return' outside function",
        "match 1:\n    case 1: pass": "doesn't compile: ",  # where: Python 3.9 says line 1, others 2
        "print('\\d')": "1: doesn't compile: invalid escape sequence",
        "print(1 is 1)": "1: doesn't compile: ",
        "\n" + "#" * (LONGEST + 1): "2: 129 characters, more than 128",
        "\0": "1: doesn't compile: ",
    }
    failures = []

    def expect(content, wanted):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder) / "tests" / "deeper" / "some.py"
            file.parent.mkdir(parents=True)
            file.write_text(content, "utf-8")
            found = list(check(pathlib.Path(folder)))
        as_wanted = all(told.startswith("tests/deeper/some.py:") and text in told for text, told in zip(wanted, found))
        if len(found) != len(wanted) or not as_wanted:
            failures.append(f"{content!r}: expected {wanted or 'no complaint'}, found {found}")

    expect(good, [])
    expect("#" + "ä" * (LONGEST - 1), [])
    for text, wanted in cases.items():
        expect(text, [wanted])
    expect("import os\nimport sys", ["1: the import os is unused", "2: the import sys is unused"])
    with tempfile.TemporaryDirectory() as empty:
        if list(check(pathlib.Path(empty))) != [f"no Python files in {empty}"]:
            failures.append("a tree without Python files: expected a complaint")
    return failures


def main():
    found = self_test() if sys.argv[1:] == ["--self-test"] else list(check(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "good")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
