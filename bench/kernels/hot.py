#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Where a kernel of the bench spends its time on Cairn: runs it under Linux perf with finalized code dumped, and prints what the
worker threads do and the machine code around the hottest instructions.

  bench/kernels/hot.py nbody --size quick --lines 60
"""
import argparse
import bisect
import collections
import glob
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
COLUMN = {"tiny": 2, "quick": 3, "full": 4}


def output(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, text=True, **more).stdout


def record(options, programs, folder):
    """perf.data of a run of the kernel, made after the check; the process id of the run."""
    rows = [line.split() for line in output(os.path.join(programs, "native"), "list").splitlines()]
    row = next((row for row in rows if row[0] == options.kernel), None)
    if row is None:
        sys.exit(f"hot: no kernel {options.kernel}")
    environment = {**os.environ, "CAIRN_PERF_MAP": "1", "CAIRN_DUMP": "obj", "CAIRN_DUMP_DIR": folder, "CAIRN_CACHE_DIR": "off",
                   "CAIRN_TIER": options.tier, "KMP_BLOCKTIME": "0"}
    data = os.path.join(folder, "perf.data")
    n = str(options.n or row[COLUMN[options.size]])
    run = subprocess.Popen(["perf", "record", "-q", "-F", "2000", "-o", data, os.path.join(programs, "cairn"), programs, options.kernel, n],
                           stdin=subprocess.PIPE, text=True, env=environment)
    run.communicate(f"time {options.ms}\n")
    return data


def functions(folder, maps):
    """(start, size, disassembly) of the finalized functions: the dumped objects are found by the size of their text."""
    objects = collections.defaultdict(list)
    for path in glob.glob(os.path.join(folder, "*.o")):
        text = output("llvm-objdump-22", "-d", "--no-show-raw-insn", "--no-leading-headers", path)
        lines = [(int(m[1], 16), m[2]) for m in re.finditer(r"^\s*([0-9a-f]+):\s+(.*)$", text, re.M)]
        size = next((int(m[1], 16) for m in re.finditer(r"^\s*\d+ \.text\S*\s+([0-9a-f]+)", output("llvm-objdump-22", "-h", path), re.M)
                     if int(m[1], 16)), 0)
        objects[size].append((os.path.basename(path), lines))
    with open(maps) as file:
        for line in file:
            start, size, _ = line.split(maxsplit=2)
            found = next((entry for length, entries in objects.items() for entry in entries
                          if 0 <= length - int(size, 16) < 64 or 0 <= int(size, 16) - length < 64), ("?", []))
            yield int(start, 16), int(size, 16), *found


def worker_samples(data):
    """What the device's worker threads did: the process, samples by place (code of kernels as one), and by address."""
    places, samples, pid = collections.Counter(), collections.Counter(), None
    for line in output("perf", "script", "-i", data, "-F", "comm,pid,ip,sym,dso", "-G").splitlines():
        found = re.match(r"\s*(\S+)\s+(\d+)\s+([0-9a-f]+)\s+(.*) \((.*)\)", line)
        if found is None or not found[1].startswith("cairn-w"):
            continue
        pid = found[2]
        samples[int(found[3], 16)] += 1
        finalized = "perf-" in found[5] or found[4].startswith("cairn_kernel")
        places["finalized code" if finalized else f"{found[4]} ({os.path.basename(found[5])})"] += 1
    if pid is None:
        sys.exit("hot: no samples of a worker")
    return pid, places, samples


def show(name, lines, counts, total, limit):
    """The disassembly with the share of each instruction, as far as it lies near a hot one."""
    offsets = [offset for offset, _ in lines]
    share = collections.Counter()
    for offset, count in counts.items():
        place = bisect.bisect_right(offsets, offset) - 1
        if place >= 0:
            share[place] += count
    near = {at + d for at, count in share.most_common(limit) for d in range(-3, 4) if count * 400 > total}
    print(f"\n{name}: {100 * sum(counts.values()) / total:.1f} % of all samples")
    last = -1
    for at in sorted(n for n in near if 0 <= n < len(lines)):
        if at != last + 1:
            print("        ...")
        print(f"{100 * share[at] / total:6.2f}  {lines[at][0]:6x}  {lines[at][1]}")
        last = at


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernel")
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"))
    parser.add_argument("--size", choices=COLUMN, default="quick")
    parser.add_argument("--n", type=int)
    parser.add_argument("--ms", type=float, default=2000)
    parser.add_argument("--tier", default="full", choices=["auto", "quick", "full"])
    parser.add_argument("--lines", type=int, default=40, help="how many hot instructions")
    options = parser.parse_args()
    programs = os.path.join(os.path.abspath(options.build), "bench", "kernels")
    with tempfile.TemporaryDirectory() as folder:
        data = record(options, programs, folder)
        pid, places, samples = worker_samples(data)
        total = sum(samples.values())
        for place, count in places.most_common(12):
            print(f"{100 * count / total:6.2f} %  {place}")
        for start, size, name, lines in functions(folder, f"/tmp/perf-{pid}.map"):
            counts = {ip - start: n for ip, n in samples.items() if start <= ip < start + size}
            if lines and options.lines and sum(counts.values()) * 50 > total:
                show(name, lines, counts, total, options.lines)
        os.remove(f"/tmp/perf-{pid}.map")


if __name__ == "__main__":
    main()
