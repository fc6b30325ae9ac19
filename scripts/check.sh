#!/bin/sh
# SPDX-License-Identifier: MIT
# check.sh BUILD JOBS [CTEST OPTION...]: runs the tests of a build and closes with one line of totals.
set -u
build=$1 jobs=$2
shift 2
log=$build/check.log
export CAIRN_CACHE_DIR="${CAIRN_CACHE_DIR-$PWD/$build/code_cache}" # finalized code, not in the user's folder
ctest --test-dir "$build" -j "$jobs" --output-on-failure --timeout 900 "$@" >"$log" 2>&1
status=$?
if [ $status -ne 0 ]; then
    sed -n '/\*\*\*/,/Start/p' "$log" | tail -n 200
fi
total=$(sed -n 's/.*tests passed, [0-9]* tests* failed out of \([0-9]*\).*/\1/p' "$log" | tail -1)
failed=$(sed -n 's/.*tests passed, \([0-9]*\) tests* failed out of .*/\1/p' "$log" | tail -1)
if [ -z "$total" ] || [ "$total" = 0 ]; then
    tail -20 "$log"
    echo "0 passed, 1 failed"
    exit 1
fi
skipped=$(grep -c 'Test *#[0-9]*: .*\*\*\*Skipped' "$log")
grep -E '^Total Test time' "$log"
if [ "$skipped" != 0 ]; then
    echo "skipped: $(sed -n 's/.*Test *#[0-9]*: \([^ ]*\) .*\*\*\*Skipped.*/\1/p' "$log" | tr '\n' ' ')"
    echo "$((total - failed - skipped)) passed, $failed failed, $skipped skipped"
else
    echo "$((total - failed)) passed, $failed failed"
fi
exit $status
