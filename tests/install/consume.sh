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
stdpar)
    # The standard algorithms on the GPU, as documented: no path is given, and the memory is the program's own.
    "$stage/bin/hipcc" --hipstdpar --offload-arch=gfx90a -std=c++17 "$here/stdpar.cpp" -o "$out/stdpar"
    HSA_XNACK=1 expect PASSED "$out/stdpar"
    # Without xnack that memory is out of reach, and the program says so.
    said=$(unset HSA_XNACK; "$out/stdpar" 2>&1) && { echo "no error without xnack: $said" >&2; exit 1; }
    case $said in *HSA_XNACK=1*) ;; *) echo "no word of HSA_XNACK: $said" >&2; exit 1 ;; esac
    # The iterators of views, and functions that change themselves.
    "$stage/bin/hipcc" --hipstdpar --offload-arch=gfx90a -std=c++20 "$here/stdpar_views.cpp" -o "$out/views"
    HSA_XNACK=1 expect PASSED "$out/views"
    # Without xnack, when all allocations are replaced.
    "$stage/bin/hipcc" --hipstdpar --hipstdpar-interpose-alloc --offload-arch=gfx90a -std=c++17 "$here/stdpar_alloc.cpp" -o "$out/alloc"
    (unset HSA_XNACK; expect PASSED "$out/alloc")
    ;;
options)
    hipcc=$stage/bin/hipcc
    # Response files, also inside of each other, and words with blanks.
    mkdir -p "$out/a folder"
    echo '#define TEXT "from a folder"' >"$out/a folder/text.h"
    printf '#include "text.h"\n#include <cstdio>\nint main() { puts(TEXT); puts(MORE); }\n' >"$out/words.cpp"
    printf -- '-c\n"-I%s/a folder"\n@%s/inner.rsp\n' "$out" "$out" >"$out/outer.rsp"
    printf -- "'-DMORE=\"two words\"' %s/words.cpp" "$out" >"$out/inner.rsp"
    "$hipcc" "@$out/outer.rsp" -o "$out/words.o"
    # A command that the kernel would not take: 1.5 MB of options.
    awk 'BEGIN { for (i = 0; i < 40000; i++) printf "-DUNUSED_OPTION_NUMBER_%05d=\"some value\"\n", i }' >"$out/long.rsp"
    "$hipcc" "@$out/long.rsp" -c "$here/count.c" -o "$out/long.o"
    # Objects and archives of all kinds in one link.
    ar rc "$out/libwords.a" "$out/words.o"
    "$hipcc" -L"$out" -Wl,--whole-archive -lwords -Wl,--no-whole-archive -o "$out/words"
    expect "two words" "$out/words"
    HIPCC_COMPILE_FLAGS_APPEND='-DMORE=\"more\ blanks\" "-I'$out'/a folder"' "$hipcc" -c "$out/words.cpp" -o "$out/appended.o"
    # Chips: several, with features, old spellings, from the environment.
    "$hipcc" --offload-arch=gfx90a,gfx1100 --genco "$here/module_kernel.hip" -o "$out/two.co"
    expect "gfx1100" strings -n 6 "$out/two.co"
    "$hipcc" --amdgpu-target=gfx90a:xnack- -parallel-jobs=2 -c "$here/square.hip" -o "$out/old.o"
    HCC_AMDGPU_TARGET=gfx1030 HIPCC_VERBOSE=7 expect "--offload-arch=gfx1030" "$hipcc" --genco "$here/module_kernel.hip" -o "$out/env.co"
    # Questions.
    expect "-lamdhip64" "$hipcc" --ldflags
    expect "$stage/include" "$hipcc" --cxxflags
    expect "6.4" "$hipcc" --short-version
    expect "clang version" "$hipcc" --version
    expect "HIP_CLANG_PATH" env HIPCC_VERBOSE=2 "$hipcc" --version
    if HIP_PLATFORM=nvidia "$hipcc" -c "$here/count.c" -o "$out/nvidia.o" 2>/dev/null; then exit 1; fi
    for option in --path --rocmpath --cpp_config --compiler --platform --runtime --hipclangpath --full --version --check \
        -p -R -C -c -P -r -l -f -v -n; do
        "$stage/bin/hipconfig" $option >"$out/hipconfig.log"
        [ -s "$out/hipconfig.log" ]
    done
    expect "== Linux Kernel" "$stage/bin/hipconfig" --full
    expect "hip installation: good" "$stage/bin/hipconfig" --check
    for file in share/hip/version bin/.hipVersion; do
        expect "HIP_VERSION_MAJOR=6" cat "$stage/$file"
    done
    expect "6.4" cat "$stage/.info/version"
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
    for tool in bin/amdgpu-arch llvm/bin/amdgpu-arch; do # GPUs alone
        expect " gfx90a:sramecc+:xnack-" echo "" $("$stage/$tool")
    done
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
