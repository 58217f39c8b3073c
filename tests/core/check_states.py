#!/usr/bin/env python3
"""Compares the state diagram that the program prints with the committed one."""
import pathlib
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "tools"))
import expected

if __name__ == "__main__":
    printed = subprocess.run([sys.argv[1]], stdout=subprocess.PIPE, check=True).stdout.decode("utf-8")
    expected.compare(pathlib.Path(sys.argv[2]), printed)
