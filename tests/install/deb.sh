#!/bin/sh
# SPDX-License-Identifier: MIT
# deb.sh ROOT DEBS: installs the packages in the folder DEBS into ROOT, a fresh Debian 12 (debootstrap --variant=minbase),
# and uses them as a user would. Needs root and a network; `make deb-check ROOT=dir` calls it, ctest does not.
set -eu
root=$1 debs=$2
here=$(cd "$(dirname "$0")" && pwd)
[ -n "$root" ] || { echo "deb.sh: name a folder with a fresh Debian 12: make deb-check ROOT=dir" >&2; exit 1; }
[ -e "$root/etc/debian_version" ] || { echo "deb.sh: $root is no Debian; debootstrap --variant=minbase bookworm $root" >&2; exit 1; }
[ ! -e "$root/opt/cairn" ] || { echo "deb.sh: $root has a Cairn already" >&2; exit 1; }
mkdir -p "$root/root/debs"
cp "$debs"/cairn*.deb "$here/square.hip" "$here/module_kernel.hip" "$root/root/debs"
cp -r "$here/cmake_language" "$root/root"
cp "$here/square.hip" "$root/root"
cp -L /etc/resolv.conf "$root/etc/resolv.conf"
cp /etc/apt/apt.conf.d/*proxy* "$root/etc/apt/apt.conf.d" 2>/dev/null || true
[ ! -e /etc/apt/sources.list.d/debian.sources ] || { cp /etc/apt/sources.list.d/debian.sources "$root/etc/apt/sources.list.d"; : >"$root/etc/apt/sources.list"; }

inside() { # inside COMMAND: in a mount namespace of its own, so nothing stays mounted; with the root's own devices
    unshare -m sh -c 'mount -t proc proc "$1/proc" &&
        exec chroot "$1" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root DEBIAN_FRONTEND=noninteractive sh -euc "$2"' _ "$root" "$1"
}
sizes() { # sizes: packages, and MB that they take
    inside "dpkg-query -W -f '\${Installed-Size}\n' | awk '{n++; s += \$1} END {print n, int(s / 1024)}'"
}
grown() { # grown WHAT BEFORE AFTER
    echo "$1: $((${3%% *} - ${2%% *})) packages, $((${3##* } - ${2##* })) MB"
}
inside 'apt-get update -qq'
before=$(sizes)
inside 'apt-get install -y -qq --no-install-recommends /root/debs/cairn-runtime_*.deb >/dev/null'
middle=$(sizes)
inside '/opt/cairn/bin/rocminfo | grep -q gfx90a'
inside '/opt/cairn/bin/cairn devices | grep -q gfx90a'
inside 'apt-get install -y -qq --no-install-recommends /root/debs/cairn_*.deb >/dev/null'
after=$(sizes)
inside 'cd /root && /opt/cairn/bin/hipcc square.hip -o square && ./square | grep -q PASSED'
inside 'cd /root && /opt/cairn/bin/hipcc --genco debs/module_kernel.hip -o k.co && /opt/cairn/bin/cairn disasm k.co | grep -q s_endpgm'
inside '/opt/cairn/bin/hipconfig --full | grep -q /opt/cairn'
inside 'apt-get install -y -qq --no-install-recommends cmake ninja-build >/dev/null; cd /root &&
    cmake -S cmake_language -B build -G Ninja -DCMAKE_HIP_COMPILER=/opt/cairn/bin/amdclang++ -DCMAKE_CXX_COMPILER=/opt/cairn/bin/amdclang++ >/dev/null &&
    cmake --build build >/dev/null && build/square | grep -q PASSED'
inside 'apt-get purge -y -qq cairn cairn-runtime >/dev/null && [ ! -e /opt/cairn ]'
grown "cairn-runtime" "$before" "$middle"
grown "cairn, with its compiler" "$before" "$after"
echo "deb: passed"
