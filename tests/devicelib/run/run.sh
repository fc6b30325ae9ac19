#!/bin/sh
# SPDX-License-Identifier: MIT
# run.sh STAGE NAME OUT: builds NAME.hip of this folder with the hipcc of the install tree STAGE and runs it. If there is
# a NAME.cl, that is compiled, too, and the program gets the code object as its argument. CAIRN_TEST_LINK holds options of
# the link, such as a sanitizer's runtime.
set -eu
stage=$1 name=$2 out=$3
here=$(cd "$(dirname "$0")" && pwd)
[ -x "$stage/bin/hipcc" ] || { echo "no install tree in $stage: run make stage" >&2; exit 1; }
mkdir -p "$out"
"$stage/bin/hipcc" -std=c++17 -O2 ${CAIRN_TEST_LINK:-} "$here/$name.hip" -o "$out/$name"
if [ -e "$here/$name.cl" ]; then
    "$stage/llvm/bin/clang" -x cl -cl-std=CL2.0 --target=amdgcn-amd-amdhsa -mcpu=gfx90a -O2 "$here/$name.cl" -o "$out/$name.co"
    exec "$out/$name" "$out/$name.co"
fi
exec "$out/$name"
