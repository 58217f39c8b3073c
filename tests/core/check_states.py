#!/usr/bin/env python3
"""Compares the output of a program with the committed file; with BULLY_REWRITE=1 in the environment rewrites the file."""
import difflib
import os
import pathlib
import subprocess
import sys


def main():
    program, file = sys.argv[1], pathlib.Path(sys.argv[2])
    made = subprocess.run([program], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")
    if os.environ.get("BULLY_REWRITE") == "1":
        file.write_text(made, encoding="utf-8")
        return
    committed = file.read_text(encoding="utf-8") if file.exists() else ""
    if made == committed:
        return
    sys.stdout.writelines(difflib.unified_diff(committed.splitlines(True), made.splitlines(True), str(file), "made now"))
    sys.exit(f"\n{file} is out of date: run this test with BULLY_REWRITE=1 and review the change")


if __name__ == "__main__":
    main()
