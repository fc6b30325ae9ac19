#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh STAGE NAME OUT: builds NAME.hip of this folder with the hipcc of the install tree STAGE and runs it.
set -eu
stage=$1 name=$2 out=$3
here=$(cd "$(dirname "$0")" && pwd)
[ -x "$stage/bin/hipcc" ] || { echo "no install tree in $stage: run make stage" >&2; exit 1; }
mkdir -p "$out"
"$stage/bin/hipcc" -std=c++17 -O2 "$here/$name.hip" -o "$out/$name"
"$out/$name"
