#!/bin/sh
# SPDX-License-Identifier: MIT
# lines.sh BUILD JOBS: how many lines of src/hsa its tests execute, by file, and whether that is 90 % or more.
# BUILD is configured with CAIRN_LINES=ON; its profiles lie in BUILD/profiles.
set -u
build=$1 jobs=$2
profiles=$PWD/$build/profiles
rm -rf "$profiles"
mkdir -p "$profiles"
LLVM_PROFILE_FILE=$profiles/%p-%m.profraw \
    ctest --test-dir "$build" -j "$jobs" -R '^hsa_' -LE slow >"$profiles/tests.log" 2>&1
grep 'tests passed' "$profiles/tests.log"
llvm-profdata-22 merge -sparse "$profiles"/*.profraw -o "$profiles/all" || exit 1
llvm-cov-22 report "$build/src/hsa/libhsa-runtime64.so.1" -instr-profile "$profiles/all" src/hsa |
    awk '/^[A-Za-z_]+\.[ch] / {printf "%-18s %5d lines %9s\n", $1, $8, $10}
         $1 == "TOTAL" {printf "%-18s %5d lines %9s\n", "src/hsa", $8, $10; exit !($10 + 0 >= 90)}'
