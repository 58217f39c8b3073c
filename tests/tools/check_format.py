#!/usr/bin/env python3
"""Checks that clang-format leaves all sources unchanged: check_format.py ROOT. To format: clang-format-14 -i FILES."""
import pathlib
import subprocess
import sys

FOLDERS = ("core", "sim", "net", "bench", "tests")


def main():
    root = pathlib.Path(sys.argv[1])
    files = sorted(str(file.relative_to(root)) for folder in FOLDERS for pattern in ("*.cpp", "*.hpp")
                   for file in (root / folder).rglob(pattern))
    if not files:
        sys.exit(f"no sources in {root}")
    sys.exit(subprocess.run(["clang-format-14", "--dry-run", "--Werror", *files], cwd=root, check=False).returncode)


if __name__ == "__main__":
    main()
