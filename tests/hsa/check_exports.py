#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The library exports exactly the names of its table, each under the one version.
usage: check_exports.py NM LIBRARY TABLE VERSION"""
import subprocess
import sys


def main():
    nm, library, table, version = sys.argv[1:]
    output = subprocess.run(
        [nm, "-D", "--defined-only", library],
        check=True, capture_output=True, text=True).stdout
    found = {line.split()[-1] for line in output.splitlines()} - {version, f"{version}@@{version}"}
    wanted = {f"{line.split()[0]}@@{version}" for line in open(table, encoding="utf-8")
              if line.strip() and not line.startswith("#")}
    for name in sorted(wanted - found):
        print(f"missing: {name}")
    for name in sorted(found - wanted):
        print(f"not in the table: {name}")
    print(f"{len(wanted)} names wanted, {len(found)} found")
    sys.exit(wanted != found or not wanted)


main()
