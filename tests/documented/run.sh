#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh STAGE NAME OUT PYTHON: builds NAME.hip of this folder with the hipcc of the install tree STAGE, compares the
# names of its rows with documented.txt and runs it.
set -eu
stage=$1 name=$2 out=$3 python=$4
here=$(cd "$(dirname "$0")" && pwd)
[ -x "$stage/bin/hipcc" ] || { echo "no install tree in $stage: run make stage" >&2; exit 1; }
mkdir -p "$out"
"$stage/bin/hipcc" -std=c++17 -O2 -DOCML_BASIC_ROUNDED_OPERATIONS "$here/$name.hip" -o "$out/$name"
"$python" "$here/documented.py" "$here/documented.txt" "$name" "$out/$name"
"$out/$name"
