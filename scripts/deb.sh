#!/bin/sh
# SPDX-License-Identifier: MIT
# deb.sh BUILD OUT: Debian packages of a finished build, both under /opt/cairn.
#   cairn-runtime  what programs need to run: libraries, rocminfo and its kind
#   cairn          compiler driver, headers, device library, CMake and pkg-config packages; needs clang-22 of Debian
set -eu
build=$1 out=$2
version=$(sed -n 's/^project(cairn VERSION \([0-9.]*\).*/\1/p' CMakeLists.txt)
arch=$(dpkg --print-architecture)
work=$build/deb
rm -rf "$work"
mkdir -p "$work/runtime/opt/cairn" "$work/dev" "$out"
DESTDIR=$PWD/$work/dev cmake --install "$build" --prefix /opt/cairn --strip >/dev/null

# give FILE...: from the whole tree to the runtime package
dev=$work/dev/opt/cairn runtime=$work/runtime/opt/cairn
for file in $(cd "$dev" && ls -d lib/lib*.so.* lib/libcairn_finalizer.so bin/rocminfo bin/rocm_agent_enumerator \
    bin/cairn .info share/doc); do
    mkdir -p "$runtime/$(dirname "$file")"
    mv "$dev/$file" "$runtime/$file"
done

# What the libraries need from Debian, by their symbols.
needs() { # needs FOLDER
    mkdir -p "$work/shlibdeps/debian"
    echo "Source: cairn" >"$work/shlibdeps/debian/control"
    files=$(find "$1" -type f \( -perm -u+x -o -name '*.so*' \) -exec sh -c 'head -c4 "$1" | grep -q ELF && echo "$1"' _ {} \;)
    top=$PWD
    (cd "$work/shlibdeps" && dpkg-shlibdeps -O --ignore-missing-info -l"$top/$runtime/lib" \
        $(for file in $files; do echo "$top/$file"; done) 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
}

# package NAME FOLDER DEPENDS SUGGESTS SUMMARY TEXT
package() {
    mkdir -p "$2/DEBIAN"
    (cd "$2" && find opt -type f -exec md5sum {} + >DEBIAN/md5sums)
    cat >"$2/DEBIAN/control" <<EOF
Package: $1
Version: $version
Architecture: $arch
Maintainer: Cairn maintainers <cairn@localhost>
Section: devel
Priority: optional
Installed-Size: $(du -sk "$2/opt" | cut -f1)
Depends: $3
${4:+Suggests: $4
}Description: $5
 $6
EOF
    dpkg-deb --root-owner-group -Zgzip --build "$2" "$out/$1_${version}_$arch.deb" >/dev/null
    echo "$out/$1_${version}_$arch.deb: $(($(du -sk "$2/opt" | cut -f1) / 1024)) MB installed"
}
runtime_needs=$(needs "$runtime")
package cairn-runtime "$work/runtime" "$runtime_needs" "" "runs programs for AMD GPUs on CPU cores" \
    "Libraries of the ROCm platform (HIP, HSA) with a software GPU, under /opt/cairn."
package cairn "$work/dev" "cairn-runtime (= $version), clang-22, lld-22, $(needs "$dev" | sed 's/^$/libc6/')" "cmake, pkg-config, llvm-22" \
    "HIP compiler for a software GPU" \
    "hipcc, headers, device library and CMake packages of the ROCm platform, under /opt/cairn."
