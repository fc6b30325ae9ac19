# SPDX-License-Identifier: MIT
"""check_symbolize.py SYMBOLIZE LLVM_SYMBOLIZER LLVM_READELF FILE...: every address of every function of the code objects
is described by amd_comgr_symbolize as llvm-symbolizer --pretty-print does."""
import subprocess
import sys


def output(command, text=None):
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout


def functions(readelf, file):
    for line in output([readelf, "-sW", file]).splitlines():
        row = line.split()
        if len(row) > 7 and row[3] == "FUNC":
            yield int(row[1], 16), int(row[2])


def main(symbolize, symbolizer, readelf, *files):
    failures = 0
    for file in files:
        addresses = sorted({at for begin, size in functions(readelf, file) for at in range(begin, begin + size, 4)})
        asked = [hex(at) for at in addresses]
        ours = output([symbolize, file], "\n".join(asked)).split("\n\n")
        theirs = output([symbolizer, "--pretty-print", "-e", file], "\n".join(asked)).split("\n\n")
        if not addresses or len(ours) != len(theirs):
            sys.exit(f"{file}: {len(asked)} addresses, {len(ours)} answers, {len(theirs)} expected")
        for at, got, want in zip(asked, ours, theirs):
            if got != want:
                failures += 1
                print(f"{file}: {at}\n got {got}\nwant {want}")
    sys.exit(failures != 0)


main(*sys.argv[1:])
