#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Makes a linker version script from a symbol table whose rows are VERSION NAME LIBRARIES (abi/*/symbols.txt).

usage: versions.py TABLE LIBRARY OUT    rows whose LIBRARIES is "both" or LIBRARY; VERSION "-": exported without one"""
import re
import sys


def read(path, library):
    rows, seen = [], set()
    for number, line in enumerate(open(path, encoding="ascii"), 1):
        words = line.split("#")[0].split()
        if not words:
            continue
        if len(words) != 3 or words[1] in seen:
            sys.exit("%s:%d: want VERSION NAME LIBRARIES, each name once" % (path, number))
        seen.add(words[1])
        if words[2] in ("both", library):
            rows.append((words[0], words[1]))
    return rows


def version_key(version):
    return [int(part) for part in re.findall(r"[0-9]+", version)]


def version_script(rows):
    out, previous = [], None
    for version in sorted({row[0] for row in rows}, key=version_key):
        out.append("%s{\nglobal:" % ("" if version == "-" else version + " "))
        out += ["    %s;" % name for v, name in rows if v == version]
        if previous is None:
            out.append("local:\n    *;")
        out.append("}%s;\n" % (" " + previous if previous else ""))
        previous = version
    return "\n".join(out)


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    with open(sys.argv[3], "w", encoding="ascii") as out:
        out.write(version_script(read(sys.argv[1], sys.argv[2])))


if __name__ == "__main__":
    main()
