#!/bin/sh
# SPDX-License-Identifier: MIT
# fuzz.sh SECONDS: builds all fuzzers with address and undefined sanitizers and runs each that long.
set -eu
seconds=$1
cmake --preset fuzz >/dev/null
targets=$(ls tests/fuzz/fuzz_*.c | sed 's|.*/\(.*\)\.c|\1|')
cmake --build --preset fuzz --target $targets >/dev/null
failed=0
for target in $targets; do
    subject=${target#fuzz_}
    work=build/fuzz/found/$subject
    mkdir -p "$work"
    printf '%-20s ' "$subject"
    if CAIRN_LOG_FILE=/dev/null "build/fuzz/tests/fuzz/$target" -max_total_time="$seconds" -timeout=20 \
        -rss_limit_mb=4096 -artifact_prefix="$work/" "$work" "tests/fuzz/corpus/$subject" >"$work.log" 2>&1; then
        grep -E '^Done' "$work.log"
    else
        failed=$((failed + 1))
        tail -3 "$work.log"
    fi
done
echo "fuzz: $failed failed"
[ "$failed" = 0 ]
