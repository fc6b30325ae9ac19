#!/bin/sh
# SPDX-License-Identifier: MIT
# consume.sh WAY STAGE OUT: uses the install tree STAGE in one way that users have. Any failure is fatal.
set -eu
way=$1 stage=$2 out=$3
here=$(cd "$(dirname "$0")" && pwd)
rm -rf "$out"
mkdir -p "$out"
[ -x "$stage/bin/hipcc" ] || { echo "no install tree in $stage: run make stage" >&2; exit 1; }

expect() { # expect TEXT COMMAND...: the command succeeds and prints TEXT
    text=$1
    shift
    got=$("$@" 2>&1) || { echo "$*: exit $?: $got" >&2; exit 1; }
    case $got in
    *"$text"*) ;;
    *) echo "$*: no \"$text\" in: $got" >&2; exit 1 ;;
    esac
}

case $way in
hipcc)
    "$stage/bin/hipcc" "$here/square.hip" -o "$out/square"
    expect PASSED "$out/square"
    "$stage/bin/hipcc" -c "$here/square.hip" -o "$out/square.o"
    "$stage/bin/hipcc" "$out/square.o" -o "$out/linked"
    expect PASSED "$out/linked"
    # Host sources: no option is left unused, and the headers are found.
    for language in "" "-x c" "-xc"; do
        "$stage/bin/hipcc" -Werror $language -c "$here/count.c" -o "$out/count.o"
    done
    "$stage/bin/hipcc" -Werror -x c++ "$here/count.c" -o "$out/count"
    expect "1 device" "$out/count"
    "$stage/bin/hipcc" -v >/dev/null 2>&1
    ;;
genco)
    "$stage/bin/hipcc" --genco "$here/module_kernel.hip" -o "$out/module_kernel.co"
    "$stage/bin/hipcc" "$here/module_host.hip" -o "$out/module_host"
    expect PASSED "$out/module_host" "$out/module_kernel.co"
    ;;
rdc)
    for file in rdc_main rdc_device; do
        "$stage/bin/hipcc" -fgpu-rdc -c "$here/$file.hip" -o "$out/$file.o"
    done
    "$stage/bin/hipcc" -fgpu-rdc "$out/rdc_main.o" "$out/rdc_device.o" -o "$out/rdc"
    expect PASSED "$out/rdc"
    ;;
clang)
    clang++-22 -x hip --rocm-path="$stage" --offload-arch=gfx90a -O2 "$here/square.hip" -x none --hip-link -o "$out/square"
    LD_LIBRARY_PATH=$stage/lib expect PASSED "$out/square"
    "$stage/bin/amdclang++" -x hip --offload-arch=gfx90a -O2 "$here/square.hip" -x none --hip-link -o "$out/amd"
    LD_LIBRARY_PATH=$stage/lib expect PASSED "$out/amd"
    ;;
cmake_language)
    # Nothing but PATH says where the tree is; compiler and chips are CMake's own finds.
    PATH=$stage/bin:$PATH cmake -S "$here/cmake_language" -B "$out" -G Ninja >"$out.log" 2>&1 || { cat "$out.log" >&2; exit 1; }
    cmake --build "$out" >"$out.log" 2>&1 || { cat "$out.log" >&2; exit 1; }
    expect PASSED "$out/square"
    expect "gfx90a" grep CMAKE_HIP_ARCHITECTURES "$out/CMakeCache.txt"
    ;;
cmake_package)
    cmake -S "$here/cmake_package" -B "$out" -G Ninja -DCMAKE_PREFIX_PATH="$stage" \
        -DCMAKE_CXX_COMPILER="$stage/llvm/bin/clang++" >"$out.log" 2>&1 || { cat "$out.log" >&2; exit 1; }
    cmake --build "$out" >"$out.log" 2>&1 || { cat "$out.log" >&2; exit 1; }
    expect PASSED "$out/square"
    expect "gfx90a" "$out/query"
    ;;
moved)
    cp -a "$stage" "$out/elsewhere"
    "$out/elsewhere/bin/hipcc" "$here/square.hip" -o "$out/square"
    expect PASSED "$out/square"
    expect "$out/elsewhere" "$out/elsewhere/bin/hipconfig" --path
    expect "$out/elsewhere/lib/libamdhip64.so.6" ldd "$out/square"
    ;;
tools)
    expect "gfx90a" "$stage/bin/rocminfo"
    expect "gfx90a" "$stage/bin/rocm_agent_enumerator"
    expect "gfx90a" "$stage/bin/rocm_agent_enumerator" -t GPU
    expect "gfx90a" "$stage/bin/cairn" devices
    expect "CAIRN_DEVICES" "$stage/bin/cairn" env
    expect "clang" "$stage/bin/hipconfig" --compiler
    "$stage/bin/hipcc" --genco "$here/module_kernel.hip" -o "$out/module_kernel.co"
    expect "s_endpgm" "$stage/bin/cairn" disasm "$out/module_kernel.co"
    for tool in hipcc hipconfig rocminfo rocm_agent_enumerator cairn; do
        expect "sage" "$stage/bin/$tool" --help
    done
    ;;
*)
    echo "consume.sh: no way $way" >&2
    exit 2
    ;;
esac
