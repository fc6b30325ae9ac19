#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh BUILD [OPTION...]: runs every program of the build's bench folder, then the kernels on Cairn, PoCL and as native
# C side by side (bench/kernels/run.py, which gets the options).
set -eu
build=$1
shift
libraries=$(cd "$build/stage/lib" && pwd) # all of them in one folder: some open others
found=0
for program in "$build"/bench/bench_* "$build"/bench/*/bench_*; do
    [ -f "$program" ] && [ -x "$program" ] || continue
    found=1
    echo "== $(basename "$program")"
    LD_LIBRARY_PATH=$libraries "$program"
done
[ "$found" = 1 ] || { echo "no benchmarks were built" >&2; exit 1; }
echo "== kernels"
python3 bench/kernels/run.py --build "$build" "$@"
