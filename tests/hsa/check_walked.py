#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Every function of the export table is called by a test: the names that the test programs need
from the library, together, are all of the table.
usage: check_walked.py NM TABLE PROGRAM..."""
import subprocess
import sys


def main():
    nm, table, *programs = sys.argv[1:]
    needed = set()
    for program in programs:
        output = subprocess.run(
            [nm, "-D", "--undefined-only", program],
            check=True, capture_output=True, text=True).stdout
        needed |= {line.split()[-1].split("@")[0] for line in output.splitlines()}
    rows = [line.split() for line in open(table, encoding="utf-8")
            if line.strip() and not line.startswith("#")]
    functions = {name for name, kind in rows if kind != "object"}
    for name in sorted(functions - needed):
        print(f"no test calls {name}")
    print(f"{len(functions & needed)} of {len(functions)} functions are called")
    sys.exit(not functions or bool(functions - needed))


main()
