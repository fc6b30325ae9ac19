#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""documented.py LIST PROGRAM FILE: whether the executable FILE, built from PROGRAM.hip, has a row for every name that the
sections of PROGRAM in LIST say is checked, and LIST has every name of a row."""
import subprocess
import sys


def sections(path):
    """(program, title, names) of each section; a name keeps its mark."""
    found = []
    for line in open(path):
        line = line.split("#")[0].strip()
        if line.startswith("["):
            program, title = line.strip("[]").split(": ", 1)
            found.append((program, title, []))
        elif line:
            found[-1][2].extend(line.split())
    return found


def main():
    path, program, executable = sys.argv[1:]
    listed = {n for p, _, names in sections(path) if p == program for n in names}
    checked = {n for n in listed if n[0] not in "!-"}
    rows = set(subprocess.run([executable, "--names"], capture_output=True, text=True, check=True).stdout.split())
    for name in sorted(checked - rows):
        print(f"{name} is listed, but no row of {program}.hip calls it")
    for name in sorted(rows - checked):
        print(f"{name} has a row in {program}.hip, but is not listed as checked")
    print(f"{program}: {len(checked & rows)} names agree")
    return 0 if listed and checked == rows else 1


if __name__ == "__main__":
    sys.exit(main())
