#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh BUILD: runs every program of the build's bench folder, one after the other.
set -eu
build=$1
found=0
for program in "$build"/bench/bench_* "$build"/bench/*/bench_*; do
    [ -f "$program" ] && [ -x "$program" ] || continue
    found=1
    echo "== $(basename "$program")"
    "$program"
done
[ "$found" = 1 ] || { echo "no benchmarks were built" >&2; exit 1; }
