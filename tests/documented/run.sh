#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh STAGE NAME OUT PYTHON: builds NAME.hip of this folder with the hipcc of the install tree STAGE, compares the
# names of its rows with documented.txt and runs it. A program that is newer than what it is made of is not built again.
# CAIRN_TEST_LINK holds options of the link, such as a sanitizer's runtime.
set -eu
stage=$1 name=$2 out=$3 python=$4
here=$(cd "$(dirname "$0")" && pwd)
shared=$here/../devicelib/run
[ -x "$stage/bin/hipcc" ] || { echo "no install tree in $stage: run make stage" >&2; exit 1; }
mkdir -p "$out"
exec 9>"$out/$name.lock"
flock 9
if [ ! -x "$out/$name" ] || [ -n "$(find "$stage" "$here"/*.h* "$shared/buffer.h" -newer "$out/$name" -type f -print -quit)" ]; then
    "$stage/bin/hipcc" -std=c++17 -O2 ${CAIRN_TEST_LINK:-} -DOCML_BASIC_ROUNDED_OPERATIONS -I"$shared" "$here/$name.hip" -o "$out/$name.new"
    mv "$out/$name.new" "$out/$name"
fi
flock -u 9
"$python" "$here/documented.py" "$here/documented.txt" "$name" "$out/$name"
exec "$out/$name"
