#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the same kernels on Cairn (HIP), PoCL (OpenCL C) and as native C (OpenMP), side by side: the programs of a kernel
are alive together and take turns, round after round. Prints a table (medians of the rounds, with spread) and writes a CSV. Every
result is compared with the native one before and after the rounds; a kernel with a wrong result gets no number and the run
fails.

  bench/kernels/run.py --quick                     small sizes, about a minute
  bench/kernels/run.py --only saxpy --rounds 3     one kernel (several: comma-separated; a trailing * matches)
  bench/kernels/run.py --cores 1                   on one core
"""
import argparse
import csv
import fnmatch
import math
import os
import platform
import select
import statistics
import subprocess
import sys
import time

import build
import micro

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
SIZES = {"tiny": 0, "quick": 1, "full": 2}
BACKENDS = ["cairn", "pocl", "native"]


class Failed(Exception):
    pass


class Program:
    """A running program of one backend with one kernel set up (main.c)."""

    def __init__(self, path, folder, name, n, cpus, limit):
        # A native thread waits awake for a millisecond between loops, then sleeps: it is fast in its own turn only.
        environment = {**os.environ, "KMP_BLOCKTIME": "1", "OMP_NUM_THREADS": str(len(cpus))}
        self.limit = limit
        self.process = subprocess.Popen([path, folder, name, str(n)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                                        env=environment, preexec_fn=lambda: os.sched_setaffinity(0, cpus))
        words = self.answer("ready")
        self.flops, self.bytes = float(words[0]), float(words[1])

    def answer(self, kind):
        if not select.select([self.process.stdout], [], [], self.limit)[0]:
            self.process.kill()
            raise Failed(f"no answer within {self.limit} s")
        line = self.process.stdout.readline()
        if not line.startswith(kind + " "):
            self.process.wait()
            raise Failed(line.strip().removeprefix("error ") or f"ended with status {self.process.returncode}")
        return line.split()[1:]

    def ask(self, request, kind):
        try:
            self.process.stdin.write(request + "\n")
            self.process.stdin.flush()
        except BrokenPipeError:
            pass  # what it said at its end is read below
        return self.answer(kind)

    def check(self):
        verdict, error = self.ask("check", "check")
        if verdict != "ok":
            raise Failed(f"WRONG result (difference {error})")
        return float(error)

    def close(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class Column:
    """What one backend did with one kernel."""

    def __init__(self):
        self.wall, self.cpu, self.error, self.missing, self.program = [], [], None, None, None

    def times(self, metric):
        return self.wall if metric == "wall" else self.cpu

    def median(self, metric):
        values = self.times(metric)
        return statistics.median(values) if values and not self.error and not self.missing else None

    def spread(self, metric):
        values = self.times(metric)
        return (max(values) - min(values)) / statistics.median(values) if values else None

    def guard(self, action):
        """Runs the action; what goes wrong becomes the column's error."""
        if self.error or self.missing:
            return
        try:
            action()
        except Failed as failure:
            if str(failure).startswith("missing:"):
                self.missing = str(failure)
            else:
                self.error = str(failure)


class Suite:
    def __init__(self, options):
        self.options = options
        self.cpus = sorted(os.sched_getaffinity(0))[: options.cores or None]
        self.out = os.path.join(options.build, "bench", "kernels")
        self.builder = build.Builder(self.out, options.stage or os.path.join(options.build, "stage"))
        self.programs, self.missing = {}, {}

    def build(self):
        """The programs that can be made; a missing OpenCL only costs its column."""
        self.programs["native"] = self.builder.native()
        for name in self.options.backends:
            try:
                self.programs[name] = getattr(self.builder, name)()
            except build.BuildError as failure:
                if name != "pocl":
                    raise
                absent = "CL/cl.h" in str(failure) or "-lOpenCL" in str(failure)
                self.missing[name] = "no OpenCL to build with" if absent else str(failure)
        rows = [line.split() for line in subprocess.check_output([self.programs["native"], "list"], text=True).splitlines()]
        wanted = self.options.only.split(",") if self.options.only else ["*"]
        self.rows = [(row[0], row[1], int(self.options.n or row[2 + SIZES[self.options.size]])) for row in rows
                     if any(fnmatch.fnmatch(row[0], pattern) for pattern in wanted)]
        self.rows = [row for row in self.rows if self.backends_of(row[1])]
        if not self.rows:
            raise Failed(f"no kernel of these backends matches {self.options.only or '*'}")
        if "cairn" in self.programs:
            self.builder.code_objects(sorted({source for _, source, _ in self.rows if source != "-"}))

    def backends_of(self, source):
        return [name for name in self.options.backends if name in self.programs
                and (name == "native" or source != "-") and (name != "pocl" or source.endswith(".cl"))]

    def measure(self, name, source, n):
        columns = {backend: Column() for backend in self.backends_of(source)}

        def start(backend, column):
            folder = self.out if backend == "cairn" else os.path.join(HERE, "device")
            column.program = Program(self.programs[backend], folder, name, n, self.cpus, self.options.limit)
            column.program.check()

        def take(column, keep=True):
            _, median, _, cpu = column.program.ask(f"time {self.options.ms}", "times")
            if not keep:
                return
            column.wall.append(float(median))
            column.cpu.append(float(cpu) / len(self.cpus))

        try:
            for backend, column in columns.items():
                column.guard(lambda: start(backend, column))
                column.guard(lambda: take(column, keep=False))  # until then a better compiled kernel may come
            for turn in range(self.options.rounds):
                order = list(columns.values())
                for column in order[turn % len(order):] + order[: turn % len(order)]:
                    column.guard(lambda: take(column))
            for column in columns.values():
                column.guard(lambda: column.program.check())
        finally:
            for column in columns.values():
                if column.program:
                    column.program.close()
        return columns


def milliseconds(column, metric):
    if column is None:
        return "-"
    if column.missing:
        return "none"
    if column.error:
        return "ERROR"
    return f"{column.median(metric) * 1e3:.3f} ±{column.spread(metric) * 50:.0f}%"


def ratio(other, ours, metric):
    a, b = (column.median(metric) if column else None for column in (other, ours))
    return a / b if a and b else None


def show(value, form="{:.2f}"):
    return "-" if value is None else form.format(value)


def rate(columns, metric):
    """Cairn's (or else the native program's) useful work."""
    column = columns.get("cairn", columns.get("native"))
    seconds = column.median(metric) if column else None
    if not seconds or not column.program:
        return "-"
    flops, size = column.program.flops, column.program.bytes
    if flops > 4 * size:
        return f"{flops / seconds * 1e-9:.1f} GFLOP/s"
    return f"{size / seconds * 1e-9:.1f} GB/s" if size else "-"


def geomean(values):
    values = [value for value in values if value]
    return math.exp(sum(map(math.log, values)) / len(values)) if values else None


FORMAT = "{:<14} {:>9} {:>16} {:>16} {:>16} {:>8} {:>9}  {}"


def print_row(name, n, columns, metric):
    print(FORMAT.format(name, n, *(milliseconds(columns.get(b), metric) for b in BACKENDS),
                        show(ratio(columns.get("pocl"), columns.get("cairn"), metric)),
                        show(ratio(columns.get("native"), columns.get("cairn"), metric)), rate(columns, metric)), flush=True)
    for backend, column in columns.items():
        if column.error:
            print(f"    {backend}: {column.error}", flush=True)


def print_summary(results, suite, metric):
    against = {b: {name: ratio(c.get(b), c.get("cairn"), metric) for name, _, c in results} for b in ("pocl", "native")}
    for backend, ratios in against.items():
        ratios = {name: value for name, value in ratios.items() if value}
        if ratios:
            worst = min(ratios, key=ratios.get)
            mean = geomean(ratios.values())
            print(f"geomean of {len(ratios)} kernels against {backend}: {mean:.2f}; lowest {ratios[worst]:.2f} ({worst})")
    peak = {name: c["native"] for name, _, c in results if name == "fma_peak" and "native" in c}
    if peak and peak["fma_peak"].median(metric):
        best = peak["fma_peak"].program.flops / peak["fma_peak"].median(metric)
        for name, _, columns in results:
            column = columns.get("cairn")
            if name.startswith("mfma") and column and column.median(metric):
                share = 100 * column.program.flops / column.median(metric) / best
                print(f"{name}: {share:.0f} % of the cores' FMA peak ({best * 1e-9:.0f} GFLOP/s)")
    for backend, why in suite.missing.items():
        print(f"{backend}: {why}")
    for why in {column.missing for _, _, c in results for column in c.values() if column.missing}:
        print(why)


def write_csv(path, results, micro_rows):
    with open(path, "w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["kind", "name", "n", "backend", "unit", "median", "min", "max", "cpu_median", "status"])
        for name, n, columns in results:
            for backend, column in columns.items():
                if column.median("wall") is None:
                    out.writerow(["kernel", name, n, backend, "ms", "", "", "", "", column.error or column.missing])
                    continue
                wall, cpu = statistics.median(column.wall), statistics.median(column.cpu)
                times = [1e3 * value for value in (wall, min(column.wall), max(column.wall), cpu)]
                out.writerow(["kernel", name, n, backend, "ms", *(f"{t:.6g}" for t in times), "ok"])
        for name, unit, *values in micro_rows:
            out.writerow(["micro", name, "", "cairn", unit, *(f"{v:.6g}" for v in values), "", "ok"])


def scaling(suite, options):
    """How much faster compute kernels are on two cores than on one, in alternating rounds."""
    cpus = sorted(os.sched_getaffinity(0))
    if len(cpus) < 2:
        return
    for name in ("nbody", "sgemm_block", "mandelbrot"):
        n = next((n for row, _, n in suite.rows if row == name), None)
        if n is None:
            continue
        programs = [Program(suite.programs["cairn"], suite.out, name, n, cpus[:count], options.limit) for count in (1, 2)]
        for program in programs:
            program.check()
            program.ask(f"time {options.ms}", "times")
        gains = []
        for _ in range(options.rounds):
            one, two = (float(program.ask(f"time {options.ms}", "times")[1]) for program in programs)
            gains.append(one / two)
        for program in programs:
            program.close()
        yield f"throughput from 1 to 2 cores, {name}", "x", statistics.median(gains), min(gains), max(gains)


def run_micro(suite, options):
    program = suite.builder.micro()
    figures = micro.Micro(program, options.rounds, options.ms * 4e-3)
    figures.run()
    rows = list(figures.rows()) + list(scaling(suite, options))
    print()
    for name, unit, median, least, most in rows:
        print(f"{name:<56} {median:>10.4g} {unit:<4} ({least:.4g} to {most:.4g})")
    return rows


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--build", default=os.path.join(ROOT, "build", "release"), help="the build directory")
    parser.add_argument("--stage", help="the installed tree to measure (default: BUILD/stage)")
    parser.add_argument("--size", choices=SIZES, default="full")
    parser.add_argument("--quick", action="store_true", help="short for --size quick --rounds 3 --ms 60")
    parser.add_argument("--n", type=int, help="this size for all kernels, in each one's own unit")
    parser.add_argument("--only", help="kernels, comma-separated; * matches")
    parser.add_argument("--backends", default=",".join(BACKENDS), help="comma-separated: cairn, pocl, native")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--ms", type=float, help="milliseconds that a backend repeats its kernel in a round")
    parser.add_argument("--cores", type=int, default=0, help="how many CPUs the programs may use (default: all)")
    parser.add_argument("--metric", choices=["wall", "cpu"], default="wall", help="cpu: CPU time / cores, for a busy machine")
    parser.add_argument("--limit", type=float, default=300, help="seconds after which a program counts as hanging")
    parser.add_argument("--micro", choices=["yes", "no", "only"], help="the runtime's small figures, too (default: yes, no with --only)")
    parser.add_argument("--csv", help="default: BUILD/bench/kernels/results.csv")
    options = parser.parse_args()
    if options.quick:
        options.size = "quick"
    options.rounds = options.rounds or (3 if options.quick else 7)
    options.ms = options.ms or (60 if options.quick else 300)
    options.micro = options.micro or ("no" if options.only else "yes")
    options.build = os.path.abspath(options.build)
    options.backends = options.backends.split(",")
    if not set(options.backends) <= set(BACKENDS):
        parser.error(f"backends are {', '.join(BACKENDS)}")
    return options


def cpu_name():
    with open("/proc/cpuinfo") as file:
        return next((line.split(":")[1].strip() for line in file if line.startswith("model name")), platform.machine())


def main():
    options = arguments()
    suite = Suite(options)
    suite.build()
    print(f"{cpu_name()}, {len(suite.cpus)} CPUs, load {os.getloadavg()[0]:.1f}; "
          f"{options.rounds} rounds of {options.ms:g} ms; {options.metric} time")
    results = []
    if options.micro != "only":
        print(FORMAT.format("kernel", "size", "Cairn ms", "PoCL ms", "native ms", "vs PoCL", "vs native", "Cairn's rate"))
        for name, source, n in suite.rows:
            columns = suite.measure(name, source, n)
            results.append((name, n, columns))
            print_row(name, n, columns, options.metric)
        print_summary(results, suite, options.metric)
    micro_rows = run_micro(suite, options) if options.micro != "no" and "cairn" in suite.programs else []
    path = options.csv or os.path.join(suite.out, "results.csv")
    write_csv(path, results, micro_rows)
    print(f"written: {path}")
    return 1 if any(column.error for _, _, columns in results for column in columns.values()) else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (build.BuildError, Failed, micro.MicroError) as failure:
        print(f"bench: {failure}", file=sys.stderr)
        sys.exit(1)
