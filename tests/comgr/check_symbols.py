#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""A library exports exactly what its table says, with the versions: check_symbols.py NM LIBRARY TABLE NUMBER."""
import os
import subprocess
import sys


def main():
    nm, library, table, number = sys.argv[1:]
    want = set()
    for line in open(table, encoding="ascii"):
        words = line.split("#")[0].split()
        if words and words[2] in ("both", number):
            want.add(words[1] + ("" if words[0] == "-" else "@@" + words[0]))
    lines = subprocess.run([nm, "-D", "--defined-only", library], capture_output=True, text=True, check=True).stdout
    symbols = [line.split() for line in lines.splitlines()]
    got = {words[2] for words in symbols if words[1] != "A"}
    for name in sorted(want - got):
        print(f"{os.path.basename(library)} lacks {name}")
    for name in sorted(got - want):
        print(f"{os.path.basename(library)} has {name}, which is not in the table")
    return 0 if got == want else 1


if __name__ == "__main__":
    sys.exit(main())
