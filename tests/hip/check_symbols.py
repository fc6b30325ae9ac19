#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""libamdhip64 exports exactly what its table says, each symbol with its version.

check_symbols.py NM LIBRARY TABLE
"""
import subprocess
import sys


def main():
    nm, library, table = sys.argv[1:]
    want = set()
    for line in open(table, encoding="ascii"):
        words = line.split("#")[0].split()
        if words and words[0] not in ("trace", "lacks"):
            want.add("%s@@%s" % (words[1], words[0]))
    text = subprocess.run([nm, "-D", "--defined-only", library], check=True, capture_output=True,
                          text=True).stdout
    have = {line.split()[-1] for line in text.splitlines() if " A " not in line}
    have = {name if "@@" in name else name.replace("@", "@@") for name in have}
    for name in sorted(want - have):
        print("missing: " + name)
    for name in sorted(have - want):
        print("not in the table: " + name)
    sys.exit(want != have)


if __name__ == "__main__":
    main()
