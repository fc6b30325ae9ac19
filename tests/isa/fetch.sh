#!/bin/sh
# SPDX-License-Identifier: MIT
# fetch.sh CACHE [PACKAGE LIBRARY]: downloads a Debian package (librocrand1) and takes its library into CACHE, where
# real_code.py looks for it. Does nothing if it is there. No part of it is kept in the source tree.
set -eu
mkdir -p "$1"
cache=$(cd "$1" && pwd)
package=${2:-librocrand1}
library=${3:-librocrand.so.1}
[ ! -e "$cache/$library" ] || exit 0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
chmod 755 "$work"
(cd "$work" && apt-get -o APT::Sandbox::User=root download -qq "$package" && dpkg -x ./*.deb .)
cp -L "$work/usr/lib/x86_64-linux-gnu/$library" "$cache/$library.part"
mv "$cache/$library.part" "$cache/$library"
