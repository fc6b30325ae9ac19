#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Differential test: random C, compiled by clang for gfx90a and for the host, must give the same answers.

differential.py csmith|random FIRST COUNT LAUNCH ROOT OUT: seeds FIRST..FIRST+COUNT-1. LAUNCH is the launcher
program, OUT a folder for the files. A failing seed keeps its files there; regressions/<kind>.txt in this folder
lists seeds that failed once, and they are always run.
"""
import concurrent.futures
import os
import random
import struct
import subprocess
import sys

LANES, WORDS = 64, 1040
# Without the last option clang computes sums of products of halves as floats and rounds once.
HOST = ["clang-22", "-w", "-O1", "-fwrapv", "-ffp-contract=off", "-Xclang", "-ffloat16-excess-precision=none"]
DEVICE = ["clang-22", "-target", "amdgcn-amd-amdhsa", "-mcpu=gfx90a", "-nogpulib", "-ffreestanding", "-w", "-fwrapv",
          "-ffp-contract=off"]
EDGES = [0, 1, 0xffffffff, 0x80000000, 0x7fffffff, 0x7f800000, 0xff800000, 0x7fc00000, 0x7f800001, 0x00800000, 0x007fffff,
         0x3f800000, 0x7c00, 0xfc00, 0x3c00, 0x0400, 0x7ff00000, 0x00100000]
# Of one program; more in builds with a sanitizer, which compile a kernel for minutes.
LIMIT_S = int(os.environ.get("CAIRN_DIFFERENTIAL_SECONDS", "120"))


class Failure(Exception):
    pass


def run(command, what, **options):
    try:
        done = subprocess.run(command, capture_output=True, timeout=LIMIT_S, **options)
    except subprocess.TimeoutExpired:
        raise Failure(f"{what}: no end after {LIMIT_S} s")
    if done.returncode != 0:
        raise Failure(f"{what}: exit {done.returncode}: {done.stderr.decode(errors='replace')[:500]}")
    return done.stdout


def input_words(seed):
    generator = random.Random(seed)
    words = []
    for _ in range(WORDS):
        kind = generator.random()
        words.append(generator.getrandbits(32) if kind < 0.5 else generator.choice(EDGES) if kind < 0.75
                     else generator.getrandbits(8) if kind < 0.85 else 0x3f800000 + generator.getrandbits(22))
    return struct.pack(f"<{WORDS}I", *words)


def csmith(seed, root, stem):
    """Returns host and device compiler arguments, input, lanes, words; None if the program does not end on the host."""
    program = run(["csmith", "--seed", str(seed), "--no-argc", "--no-volatiles", "--max-funcs", "5", "--no-packed-struct"], "csmith", cwd=os.path.dirname(stem))
    with open(stem + ".c", "wb") as file:
        file.write(program)
    here = os.path.join(root, "tests", "differential")
    common = ["-I" + here, "-isystem", "/usr/include/csmith", f'-DPROGRAM="{stem}.c"', os.path.join(here, "csmith_wrap.c")]
    return common, b"", 1, 2


def random_kernel(seed, root, stem):
    source = run([sys.executable, os.path.join(root, "gen", "differential", "random_kernel.py"), str(seed)], "generator")
    with open(stem + ".c", "wb") as file:
        file.write(source)
    return [stem + ".c"], input_words(seed), LANES, WORDS


def compare(kind, seed, launch, root, out):
    """"ok", "skipped" (csmith programs need not end), or raises Failure."""
    stem = os.path.join(out, f"{kind}{seed}")
    arguments, data, lanes, words = {"csmith": csmith, "random": random_kernel}[kind](seed, root, stem)
    run(HOST + arguments + ["-o", stem + ".host", "-lm"], "host compiler")
    try:
        expected = subprocess.run([stem + ".host"], input=data, capture_output=True, timeout=5)
    except subprocess.TimeoutExpired:
        return "skipped"
    if expected.returncode != 0:
        raise Failure(f"host program: exit {expected.returncode}")
    level = f"-O{seed % 4}"
    run(DEVICE + [level] + arguments + ["-o", stem + ".co"], "device compiler " + level)
    got = run([launch, stem + ".co", "run", str(lanes), str(words)], "launch " + level, input=data)
    if got != expected.stdout:
        first = next(i for i in range(len(got)) if got[i] != expected.stdout[i])
        raise Failure(f"{level}: byte {first} of {len(got)} differs")
    for suffix in (".c", ".host", ".co"):
        os.remove(stem + suffix)
    return "ok"


def one(job):
    try:
        return job[1], compare(*job)
    except Failure as failure:
        return job[1], f"seed {job[1]}: {failure}"


def regressions(kind):
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "regressions", kind + ".txt")
    if not os.path.exists(path):
        return []
    return [int(line.split("#")[0]) for line in open(path) if line.split("#")[0].strip()]


def main():
    kind, first, count, launch, root, out = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:7]
    os.makedirs(out, exist_ok=True)
    seeds = regressions(kind) + list(range(first, first + count))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(one, [(kind, seed, launch, root, out) for seed in seeds]))
    bad = [text for _, text in results if text not in ("ok", "skipped")]
    skipped = sum(text == "skipped" for _, text in results)
    for text in bad:
        print(text)
    print(f"{kind}: {len(results) - len(bad) - skipped} agree, {len(bad)} differ, {skipped} do not end on the host; files of failures in {out}")
    return 1 if bad or skipped * 2 > len(results) else 0


if __name__ == "__main__":
    sys.exit(main())
