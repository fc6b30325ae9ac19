#!/bin/sh
# SPDX-License-Identifier: MIT
# deps.sh [bench]: installs the Debian packages that the build and the tests need, or those that `make bench` compares with
# as well; does nothing when they are there.
set -eu
packages="build-essential cmake ninja-build python3 pkg-config clang-22 clang-tools-22 lld-22 llvm-22 llvm-22-dev libclc-22
 libclang-rt-22-dev clang-format-22 libcmocka-dev libzstd-dev zlib1g-dev libmpfr-dev liboffload-22-dev csmith libcsmith-dev
 libomp-22-dev"
[ "${1-}" != bench ] || packages="$packages pocl-opencl-icd ocl-icd-opencl-dev opencl-c-headers"
missing=
for package in $packages; do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
sudo=
if [ "$(id -u)" != 0 ]; then
    command -v sudo >/dev/null || { echo "deps: these packages are missing and neither root nor sudo is there:$missing" >&2; exit 1; }
    sudo=sudo
fi
echo "installing:$missing"
export DEBIAN_FRONTEND=noninteractive
$sudo apt-get update -qq
$sudo apt-get install -y -qq --no-install-recommends $missing >/dev/null
