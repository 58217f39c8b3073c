"""Compares texts with committed files. With BULLY_REWRITE=1 in the environment the files are rewritten instead."""
import difflib
import os
import sys


def compare(file, made):
    """Ends the program with a diff and exit code 1 unless the file holds `made`."""
    if os.environ.get("BULLY_REWRITE") == "1":
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(made, encoding="utf-8")
        return
    committed = file.read_text(encoding="utf-8") if file.exists() else ""
    if made == committed:
        return
    sys.stdout.writelines(difflib.unified_diff(committed.splitlines(True), made.splitlines(True), str(file), "made now"))
    sys.exit(f"\n{file} is out of date: run this test with BULLY_REWRITE=1 and review the change")
