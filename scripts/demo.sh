#!/bin/sh
# SPDX-License-Identifier: MIT
# demo.sh STAGE OUT: compiles every example with the staged hipcc and runs it on the software GPU.
set -eu
stage=$1 out=$2
mkdir -p "$out"
passed=0 failed=0
"$stage/bin/rocminfo" | grep -E '^  (Name|Marketing Name):' || true
for source in examples/*/*.hip; do
    name=$(basename "$source" .hip)
    printf '%-20s ' "$name"
    if "$stage/bin/hipcc" "$source" -o "$out/$name" && (cd "$out" && "./$name" >"$name.log" 2>&1); then
        passed=$((passed + 1))
        tail -1 "$out/$name.log"
    else
        failed=$((failed + 1))
        echo "FAILED"
        tail -5 "$out/$name.log" 2>/dev/null || true
    fi
done
ls "$out"/*.png 2>/dev/null || true
echo "demo: $passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
