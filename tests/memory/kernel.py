#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""kernel.py LAUNCH OUT: compiles kernel.c for the host and, at -O0 to -O3, for gfx90a, and compares what they compute."""
import os
import random
import struct
import subprocess
import sys

WORDS, LANES, ROUNDS = 1024 + 128 * 8 + 64, 128, 3
DEVICE = ["clang-22", "-target", "amdgcn-amd-amdhsa", "-mcpu=gfx90a", "-nogpulib", "-ffreestanding", "-fno-strict-aliasing"]


def main():
    launch, out = sys.argv[1:3]
    source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "kernel.c")
    os.makedirs(out, exist_ok=True)
    host = os.path.join(out, "kernel.host")
    subprocess.run(["clang-22", "-O1", "-fno-strict-aliasing", source, "-o", host], check=True)
    failures = 0
    for level in ("-O0", "-O1", "-O2", "-O3"):
        device = os.path.join(out, f"kernel{level}.co")
        subprocess.run(DEVICE + [level, source, "-o", device], check=True)
        for seed in range(ROUNDS):
            generator = random.Random(seed)
            data = struct.pack(f"<{WORDS}I", *(generator.getrandbits(32) for _ in range(WORDS)))
            expected = subprocess.run([host], input=data, capture_output=True, check=True).stdout
            done = subprocess.run([launch, device, "run", str(LANES), str(WORDS)], input=data, capture_output=True)
            different = [i // 4 for i in range(0, WORDS * 4, 4) if expected[i:i + 4] != done.stdout[i:i + 4]]
            if done.returncode != 0 or different:
                failures += 1
                print(f"{level}, seed {seed}: exit {done.returncode}, dwords that differ: {different[:20]} {done.stderr.decode()[:300]}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
