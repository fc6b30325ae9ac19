#!/bin/sh
# SPDX-License-Identifier: MIT
# packages.sh WAY STAGE OUT: builds and runs a small project against the install tree STAGE, copied to another place, in
# one way that projects find it. No environment variable names the tree. Any failure is fatal.
set -eu
way=$1 stage=$2 out=$3
here=$(cd "$(dirname "$0")" && pwd)
tree=$out/some\ where/cairn
rm -rf "$out"
mkdir -p "$out/some where"
[ -x "$stage/bin/hipcc" ] || { echo "no install tree in $stage: run make stage" >&2; exit 1; }
case $way in
language_* | pkg_config) tree=$out/cairn ;; # CMake and pkg-config themselves take no spaces there
esac
cp -al "$stage" "$tree"

run() { # run COMMAND...: silent unless it fails
    "$@" >"$out/log" 2>&1 || { echo "$*: exit $?" >&2; cat "$out/log" >&2; exit 1; }
}

project() { # project FOLDER OPTION...: configures and builds in OUT/build
    folder=$1
    shift
    run cmake -S "$here/$folder" -B "$out/build" -G Ninja "$@"
    run cmake --build "$out/build"
}

passes() { # passes PROGRAM: it prints PASSED, with libraries of this tree
    run "$1"
    grep -q PASSED "$out/log" || { cat "$out/log" >&2; exit 1; }
    ldd "$1" | grep -q "$tree/lib/libamdhip64.so.6" || { ldd "$1" >&2; exit 1; }
}

case $way in
language_compiler)
    project cmake_language -DCMAKE_HIP_COMPILER="$tree/llvm/bin/clang++"
    passes "$out/build/square"
    ;;
language_amdclang)
    project cmake_language -DCMAKE_HIP_COMPILER="$tree/bin/amdclang++" -DCMAKE_HIP_ARCHITECTURES=gfx90a
    passes "$out/build/square"
    ;;
language_stock)
    project cmake_language -DCMAKE_HIP_COMPILER="$(command -v clang++-22)" -DCMAKE_HIP_COMPILER_ROCM_ROOT="$tree" \
        -DCMAKE_HIP_FLAGS="--rocm-path=$tree"
    passes "$out/build/square"
    ;;
package)
    project cmake_package -DCMAKE_PREFIX_PATH="$tree" -DCMAKE_CXX_COMPILER="$tree/llvm/bin/clang++"
    passes "$out/build/square"
    ;;
package_dir)
    project cmake_package -Dhip_DIR="$tree/lib/cmake/hip" -Dhsa-runtime64_DIR="$tree/lib/cmake/hsa-runtime64" \
        -DCMAKE_CXX_COMPILER="$tree/bin/amdclang++"
    passes "$out/build/square"
    ;;
variables)
    run cmake -S "$here/cmake_variables" -B "$out/build" -G Ninja -DCMAKE_PREFIX_PATH="$tree" -DTREE="$tree"
    ;;
module)
    project cmake_module -DHIP_TREE="$tree"
    passes "$out/build/program"
    ;;
module_make)
    run cmake -S "$here/cmake_module" -B "$out/build" -G "Unix Makefiles" -DHIP_TREE="$tree" -DCMAKE_BUILD_TYPE=Debug
    run cmake --build "$out/build"
    passes "$out/build/program"
    ;;
hipcc_compiler)
    project cmake_hipcc -DCMAKE_CXX_COMPILER="$tree/bin/hipcc" -DCMAKE_NINJA_FORCE_RESPONSE_FILE=1
    passes "$out/build/program"
    ;;
pkg_config)
    export PKG_CONFIG_PATH="$tree/lib/pkgconfig"
    version=$("$tree/bin/hipconfig" --version)
    [ "$(pkg-config --modversion hip)" = "${version%-*}" ] # projects split it at its dots and at its hyphen
    [ "${version%-*}" != "$version" ]
    for package in hip hsa-runtime64; do
        case $package in
        hip) program='#include <hip/hip_runtime_api.h>
            int main(void) { int n = 0; return hipGetDeviceCount(&n) != 0 || n != 1; }' ;;
        *) program='#include <hsa/hsa.h>
            int main(void) { return hsa_init() || hsa_shut_down(); }' ;;
        esac
        printf '%s\n' "$program" >"$out/$package.c"
        eval "run cc '$out/$package.c' $(pkg-config --cflags --libs $package) -o '$out/$package'"
        run "$out/$package"
    done
    ;;
*)
    echo "packages.sh: no way $way" >&2
    exit 2
    ;;
esac
