#!/bin/sh
# SPDX-License-Identifier: MIT
# compare.sh OURS LLVM OUT: makes bundles of every kind with the program OURS and with the one in the folder LLVM, compares
# them where the form leaves no choice, and takes each apart with both.
set -eu
ours=$1 llvm=$2 out=$3
theirs=$llvm/clang-offload-bundler
rm -rf "$out"
mkdir -p "$out"
cd "$out"
fail() { echo "offload_bundler: $*" >&2; exit 1; }
host=host-x86_64-pc-linux-gnu
a=hip-amdgcn-amd-amdhsa-unknown-gfx90a
b=hip-amdgcn-amd-amdhsa-unknown-gfx942:xnack-

printf 'int host(void) { return 1; }\n' >host.c
"$llvm/clang" -c -g host.c -o host.o
printf 'code of a\n' >a
printf 'code of b, with no end of line' >b
printf 'text of the host\n\n' >host.txt
: >empty

# apart PROGRAM TYPE FILE: into got.host, got.a, got.b
apart() {
    rm -f got.*
    "$1" -type="$2" -unbundle -targets=$host,$a,$b -input="$3" -output=got.host -output=got.a -output=got.b
}
for type in s hipi ll bc o; do
    for maker in "$ours" "$theirs"; do
        "$maker" -type=$type -targets=$a,$host,$b -input=a -input=host.txt -input=b -output=made
        [ "$maker" = "$ours" ] && cp made mine
        for taker in "$ours" "$theirs"; do
            apart "$taker" $type made
            cmp got.host host.txt && cmp got.a a && cmp got.b b || fail "$type made by $maker, taken apart by $taker"
        done
    done
    cmp mine made || fail "$type is another file"
    [ "$("$ours" -list -type=$type -input=made | sort)" = "$("$theirs" -list -type=$type -input=made | sort)" ] || fail "$type -list"
done

# The form of hipcc's fat binaries.
fat="-type=o -bundle-align=4096 -targets=host-x86_64-unknown-linux-gnu,hipv4-amdgcn-amd-amdhsa--gfx90a,hipv4-amdgcn-amd-amdhsa--gfx942"
"$ours" $fat -input=/dev/null -input=a -input=b -output=mine
"$theirs" $fat -input=/dev/null -input=a -input=b -output=theirs
cmp mine theirs || fail "fat binary"
"$ours" $fat -compress -input=/dev/null -input=a -input=b -output=small
for taker in "$ours" "$theirs"; do
    "$taker" -type=o -unbundle -targets=hipv4-amdgcn-amd-amdhsa--gfx942 -input=small -output=got.b
    cmp got.b b || fail "compressed, taken apart by $taker"
done

# Objects: the host's, with sections more.
for maker in "$ours" "$theirs"; do
    "$maker" -type=o -targets=$a,$host,$b -input=a -input=host.o -input=b -output=made.o
    "$llvm/clang" -shared made.o -o made.so || fail "the object of $maker cannot be linked"
    "$llvm/llvm-objdump" -t made.so | grep -q ' host$' || fail "the object of $maker has lost its code"
    for taker in "$ours" "$theirs"; do
        apart "$taker" o made.o
        cmp got.a a && cmp got.b b || fail "object made by $maker, taken apart by $taker"
        "$llvm/clang" -shared got.host -o made.so || fail "host's part made by $maker, taken apart by $taker"
    done
done

# Libraries of such objects.
cp made.o a_member_with_a_name_that_is_longer_than_the_header_takes.o
ar rcS lib.a made.o host.o a_member_with_a_name_that_is_longer_than_the_header_takes.o
"$ours" -type=a -unbundle -allow-missing-bundles -targets=hip-amdgcn-amd-amdhsa--gfx90a,hip-amdgcn-amd-amdhsa--gfx1100 \
    -input=lib.a -output=got.lib -output=none.lib
[ "$(ar t got.lib | wc -l)" = 2 ] && [ -z "$(ar t none.lib)" ] || fail "library"
ar p got.lib "$(ar t got.lib | head -1)" | cmp - a || fail "a library's member"

# No bundle at all: it is the host's.
apart "$ours" o host.o
cmp got.host host.o && cmp got.a empty || fail "an object that is no bundle"

# What is wrong is said.
wrong() { # wrong TEXT OPTION...
    text=$1
    shift
    if "$ours" "$@" >log 2>&1; then fail "accepted: $*"; fi
    grep -q "$text" log || { cat log >&2; fail "$*: not '$text'"; }
}
wrong "invalid file type" -type=what -targets=$a -input=a -output=x
wrong "should match" -type=bc -targets=$a,$b -input=a -output=x
wrong "duplicate target" -type=bc -targets=$a,$a -input=a -input=a -output=x
wrong "No such file" -type=bc -targets=$a -input=nothing -output=x
wrong "Can't find bundles for hip-amdgcn-amd-amdhsa--gfx1100" -type=o -unbundle -targets=hip-amdgcn-amd-amdhsa--gfx1100 -input=made.o -output=x
head -c 40 mine >cut
wrong "cannot be read" -type=bc -unbundle -targets=$a -input=cut -output=x
head -c 100 lib.a >cut
wrong "ends in a member" -type=a -unbundle -targets=$a -input=cut -output=x
wrong "unknown option" -type=bc -frob
echo "offload_bundler: passed"
