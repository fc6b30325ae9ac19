# SPDX-License-Identifier: MIT
"""The small figures of the runtime (program micro): instruction rate, launch cost, first launch with and without the disk
cache, start of a process, memory, and how much a second core brings. Used by run.py."""
import os
import statistics
import subprocess
import tempfile
import time


class MicroError(Exception):
    pass


def lines(program, *arguments, **environment):
    """The figures that the program prints, as (name, values)."""
    done = subprocess.run([program, *map(str, arguments)], capture_output=True, text=True, env={**os.environ, **environment})
    if done.returncode != 0:
        raise MicroError(f"micro {' '.join(map(str, arguments))}: {done.stdout}{done.stderr}".strip())
    split = [line.split() for line in done.stdout.splitlines()]
    return [(words[0], [float(word) for word in words[1:]]) for words in split if words]


class Micro:
    """Collects samples of a figure over rounds; `rows` gives name, unit, samples."""

    def __init__(self, program, rounds, seconds):
        self.program, self.rounds, self.seconds = program, rounds, seconds
        self.samples = {}

    def add(self, name, unit, value):
        self.samples.setdefault((name, unit), []).append(value)

    def rate(self):
        wall, cpu = lines(self.program, "valu", self.seconds, CAIRN_THREADS="1")[0][1]
        self.add("wave64 VALU instructions per s of a core's CPU time", "M/s", cpu)
        self.add("wave64 VALU instructions per s, one worker", "M/s", wall)

    def launch(self):
        median, least, cpu = lines(self.program, "empty", 2000)[0][1]
        self.add("empty kernel, launch + synchronize", "us", median)
        self.add("empty kernel, launch + synchronize, fastest", "us", least)
        self.add("empty kernel, launch + synchronize, CPU time", "us", cpu)

    def first(self):
        with tempfile.TemporaryDirectory() as cache:
            for label in ("no cache", "cached"):
                for name, (once, _) in lines(self.program, "first", CAIRN_CACHE_DIR=cache):
                    size = name.removeprefix("first")
                    self.add(f"first launch, {size} instructions, {label}", "ms", once)

    def start(self):
        with tempfile.TemporaryDirectory() as cache:
            lines(self.program, "start", CAIRN_CACHE_DIR=cache)
            for _ in range(5):
                before = time.perf_counter()
                inside = lines(self.program, "start", CAIRN_CACHE_DIR=cache)[0][1][0]
                self.add("process start to end, first tiny kernel, cached", "ms", (time.perf_counter() - before) * 1e3)
                self.add("hipInit + first tiny kernel, cached", "ms", inside)
            resident, peak = lines(self.program, "memory", CAIRN_CACHE_DIR=cache)[0][1]
            self.add("resident memory after a small kernel, cached", "MB", resident)
        with tempfile.TemporaryDirectory() as cache:
            resident, peak = lines(self.program, "memory", CAIRN_CACHE_DIR=cache)[0][1]
            self.add("resident memory after a small kernel, no cache", "MB", resident)
            self.add("resident memory at most, no cache", "MB", peak)

    def run(self):
        for _ in range(self.rounds):
            self.rate()
            self.launch()
            self.first()
            self.start()
        small, big = (self.samples.get((f"first launch, {n} instructions, no cache", "ms")) for n in ("100", "1000"))
        for a, b in zip(small, big):
            self.add("compile cost per GCN instruction, first tier", "ms", (b - a) / 900)

    def rows(self):
        for (name, unit), values in self.samples.items():
            yield name, unit, statistics.median(values), min(values), max(values)
