#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures decision 2: an instruction's meaning inlined as bitcode of the lane-generic C, against IR that
is built by hand for the same meaning. Prints, per operation and variant, run time and compile time at
the quick tier (inline, sroa, early-cse, adce; llc -O0) and at -O2. Needs llvm-22 and an AVX-512 host.

Variants:
  bitcode  the C, vectorised to 16 lanes when Cairn is built, inlined into the kernel
  hand     the same meaning built instruction by instruction
  scalar   the C as scalar bitcode in a loop over lanes that LLVM vectorises at run time (-O2 only)
  bare     what a translator without the NaN rules would build (fadd, fma; an unchecked gather)
"""
import os
import resource
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
SRC = os.path.join(HERE, "..", "..", "src")
CPU = ["-mcpu=x86-64-v4", "-mattr=-prefer-256-bit"]
OPS, COPIES = 128, 8  # operations in a kernel's loop, kernels in the module that is compiled
V, VF, VB = "<16 x i32>", "<16 x float>", "<16 x i1>"


def splat(value):
    return f"splat (i32 {value})"


class Body:
    """Straight-line IR; each method appends one operation and returns the name of its result."""

    def __init__(self):
        self.lines, self.n = [], 0

    def op(self, text):
        self.n += 1
        self.lines.append(f"  %t{self.n} = {text}")
        return f"%t{self.n}"

    def choose(self, test, yes, no):
        return self.op(f"select {VB} {test}, {V} {yes}, {V} {no}")

    def quieted(self, result, operands):
        """The NaN rule: first NaN operand quieted, else the default NaN."""
        nan = splat(0x7FC00000)
        for bits, value in reversed(operands):
            test = self.op(f"fcmp uno {VF} {value}, zeroinitializer")
            nan = self.choose(test, self.op(f"or {V} {bits}, {splat(0x400000)}"), nan)
        test = self.op(f"fcmp uno {VF} {result}, zeroinitializer")
        return self.choose(test, nan, self.op(f"bitcast {VF} {result} to {V}"))

    def floats(self, names):
        return [(x, self.op(f"bitcast {V} {x} to {VF}")) for x in names]


def add(body, variant, a, b, c):
    if variant == "bitcode":
        return body.op(f"call {V} @sem_add({V} {a}, {V} {b})")
    x = body.floats([a, b])
    r = body.op(f"fadd {VF} {x[0][1]}, {x[1][1]}")
    return body.op(f"bitcast {VF} {r} to {V}") if variant == "bare" else body.quieted(r, x)


def fma(body, variant, a, b, c):
    if variant == "bitcode":
        return body.op(f"call {V} @sem_fma({V} {a}, {V} {b}, {V} {c})")
    x = body.floats([a, b, c])
    r = body.op(f"call {VF} @llvm.fma.v16f32({VF} {x[0][1]}, {VF} {x[1][1]}, {VF} {x[2][1]})")
    return body.op(f"bitcast {VF} {r} to {V}") if variant == "bare" else body.quieted(r, x)


def ds_read(body, variant, a, b, c):
    if variant == "bitcode":
        return body.op(f"call {V} @sem_ds_read(ptr %lds, i32 %bytes, {V} {a})")
    wide = body.op(f"zext {V} {a} to <16 x i64>")
    at = body.op(f"getelementptr inbounds i8, ptr %lds, <16 x i64> {wide}")
    if variant == "bare":
        test = "splat (i1 true)"
    else:
        test = body.op(f"icmp ult {V} {a}, %limits")
    return body.op(f"call {V} @llvm.masked.gather.v16i32.v16p0(<16 x ptr> align 1 {at}, {VB} {test}, "
                   f"{V} zeroinitializer)")


def mfma(body, variant, index):
    """v_mfma_f32_32x32x8f16 on rows of the register file: D and C rows 0.., A rows 64, 65, B 66, 67."""
    if variant == "bitcode":
        body.lines.append("  call void @sem_mfma(ptr %registers, ptr %registers, ptr %pa, ptr %pb)")
        return
    flush = lambda x: half_flush(body, x)
    a, b = {}, {}  # [k][half of the 32 rows]
    for out, base in ((a, "%pa"), (b, "%pb")):
        for dword in range(2):
            for chunk in range(4):
                p = body.op(f"getelementptr i8, ptr {base}, i64 {dword * 256 + chunk * 64}")
                x = body.op(f"load {V}, ptr {p}, align 64")
                for e in range(2):
                    h = body.op(f"lshr {V} {x}, {splat(16)}") if e else body.op(f"and {V} {x}, {splat(65535)}")
                    h = body.op(f"trunc {V} {h} to <16 x i16>")
                    k = (chunk // 2) * 4 + dword * 2 + e
                    out[k, chunk % 2] = flush(h)
    for r in range(16):
        for group in range(2):
            i = 8 * (r // 4) + 4 * group + r % 4
            places = [body.op(f"getelementptr i8, ptr %registers, i64 {r * 256 + group * 128 + h * 64}")
                      for h in range(2)]
            sums = [f32_flush(body, body.op(f"load {V}, ptr {p}, align 64")) for p in places]
            for k in range(8):
                one = body.op(f"extractelement {VF} {a[k, i // 16]}, i64 {i % 16}")
                one = body.op(f"insertelement {VF} poison, float {one}, i64 0")
                one = body.op(f"shufflevector {VF} {one}, {VF} poison, {V} zeroinitializer")
                sums = [body.op(f"call {VF} @llvm.fma.v16f32({VF} {one}, {VF} {b[k, h]}, {VF} {sums[h]})")
                        for h in range(2)]
            for h in range(2):
                nan = body.op(f"fcmp uno {VF} {sums[h]}, zeroinitializer")
                flat = body.op(f"bitcast {VF} {f32_flush(body, body.op(f'bitcast {VF} {sums[h]} to {V}'))} to {V}")
                d = body.choose(nan, splat(0x7FC00000), flat)
                body.lines.append(f"  store {V} {d}, ptr {places[h]}, align 64")


def f32_flush(body, bits):
    test = body.op(f"icmp eq {V} {body.op(f'and {V} {bits}, {splat(0x7F800000)}')}, zeroinitializer")
    zero = body.op(f"and {V} {bits}, {splat(-2147483648)}")
    return body.op(f"bitcast {V} {body.choose(test, zero, bits)} to {VF}")


def half_flush(body, half):
    masked = body.op(f"and <16 x i16> {half}, splat (i16 31744)")
    test = body.op(f"icmp eq <16 x i16> {masked}, zeroinitializer")
    zero = body.op(f"and <16 x i16> {half}, splat (i16 -32768)")
    kept = body.op(f"select {VB} {test}, <16 x i16> {zero}, <16 x i16> {half}")
    kept = body.op(f"bitcast <16 x i16> {kept} to <16 x half>")
    return body.op(f"fpext <16 x half> {kept} to {VF}")


def kernel(name, make, variant):
    """A loop of OPS operations on eight accumulators (two for mfma, which works on memory)."""
    if make is mfma:
        body = Body()
        for i in range(2):
            mfma(body, variant, i)
        head, tail, phis, back = "", "", "", ""
    else:
        body, regs = Body(), [f"%r{i}" for i in range(8)]
        for i in range(OPS):
            regs[i % 8] = make(body, variant, regs[(i + 1) % 8] if make is not ds_read else regs[i % 8],
                               regs[(i + 3) % 8], regs[i % 8])
        head = "".join(f"  %p{i} = getelementptr i8, ptr %registers, i64 {i * 64}\n"
                       f"  %i{i} = load {V}, ptr %p{i}, align 64\n" for i in range(8))
        phis = "".join(f"  %r{i} = phi {V} [ %i{i}, %entry ], [ {regs[i]}, %loop ]\n" for i in range(8))
        tail = "".join(f"  store {V} {regs[i]}, ptr %p{i}, align 64\n" for i in range(8))
    text = "\n".join(body.lines)
    return f"""define void @{name}(ptr %registers, ptr %lds, i32 %bytes, i64 %count) #0 {{
entry:
  %pa = getelementptr i8, ptr %registers, i64 {64 * 256}
  %pb = getelementptr i8, ptr %registers, i64 {66 * 256}
  %limit = add i32 %bytes, -3
  %limit1 = insertelement {V} poison, i32 %limit, i64 0
  %limits = shufflevector {V} %limit1, {V} poison, {V} zeroinitializer
{head}  br label %loop
loop:
  %n = phi i64 [ %count, %entry ], [ %m, %loop ]
{phis}{text}
  %m = add i64 %n, -1
  %done = icmp eq i64 %m, 0
  br i1 %done, label %end, label %loop
end:
{tail}  ret void
}}
"""


def scalar_kernel(name, make):
    """The same loop, one lane at a time, inside a loop over 16 lanes."""
    n, lines, regs = 0, [], [f"%r{i}" for i in range(8)]
    for i in range(OPS):
        a, b, c = regs[(i + 1) % 8], regs[(i + 3) % 8], regs[i % 8]
        call = {add: f"@scalar_add(i32 {a}, i32 {b})", fma: f"@scalar_fma(i32 {a}, i32 {b}, i32 {c})",
                ds_read: f"@scalar_ds_read(ptr %lds, i32 %bytes, i32 {c})"}[make]
        lines.append(f"  %t{i} = call i32 {call}")
        regs[i % 8] = f"%t{i}"
    loads = "".join(f"  %q{i} = getelementptr i8, ptr %registers, i64 {i * 64}\n"
                    f"  %p{i} = getelementptr i32, ptr %q{i}, i64 %lane\n"
                    f"  %r{i} = load i32, ptr %p{i}, align 4, !llvm.access.group !1\n" for i in range(8))
    stores = "".join(f"  store i32 {regs[i]}, ptr %p{i}, align 4, !llvm.access.group !1\n" for i in range(8))
    text = "\n".join(lines)
    return f"""define void @{name}(ptr %registers, ptr %lds, i32 %bytes, i64 %count) #0 {{
entry:
  br label %outer
outer:
  %n = phi i64 [ %count, %entry ], [ %m, %latch ]
  br label %loop
loop:
  %lane = phi i64 [ 0, %outer ], [ %next, %loop ]
{loads}{text}
{stores}  %next = add nuw nsw i64 %lane, 1
  %last = icmp eq i64 %next, 16
  br i1 %last, label %latch, label %loop, !llvm.loop !0
latch:
  %m = add i64 %n, -1
  %done = icmp eq i64 %m, 0
  br i1 %done, label %end, label %outer
end:
  ret void
}}
"""


TAIL = """
declare <16 x i32> @sem_add(<16 x i32>, <16 x i32>)
declare <16 x i32> @sem_fma(<16 x i32>, <16 x i32>, <16 x i32>)
declare <16 x i32> @sem_ds_read(ptr, i32, <16 x i32>)
declare void @sem_mfma(ptr, ptr, ptr, ptr)
declare i32 @scalar_add(i32, i32)
declare i32 @scalar_fma(i32, i32, i32)
declare i32 @scalar_ds_read(ptr, i32, i32)
declare <16 x float> @llvm.fma.v16f32(<16 x float>, <16 x float>, <16 x float>)
declare <16 x i32> @llvm.masked.gather.v16i32.v16p0(<16 x ptr>, <16 x i1>, <16 x i32>)
attributes #0 = { nounwind "target-cpu"="x86-64-v4" "target-features"="-prefer-256-bit" "prefer-vector-width"="512" "min-legal-vector-width"="512" }
!0 = distinct !{!0, !{!"llvm.loop.vectorize.enable", i1 true}, !{!"llvm.loop.parallel_accesses", !1}, !{!"llvm.loop.vectorize.width", i32 16}}
!1 = distinct !{}
"""


def cpu_seconds():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def sh(*args):
    start = cpu_seconds()
    subprocess.run(args, check=True)
    return cpu_seconds() - start


def best(times, *args):
    return min(sh(*args) for _ in range(times))


def build(tmp, make, variant, tier, copies):
    """Returns (object file, seconds in opt and llc)."""
    if variant == "scalar":
        parts = [scalar_kernel(f"kernel{i}", make) for i in range(copies)]
    else:
        parts = [kernel(f"kernel{i}", make, variant) for i in range(copies)]
    ll, bc, out, obj = (os.path.join(tmp, n) for n in ("k.ll", "k.bc", "o.bc", "k.o"))
    with open(ll, "w") as f:
        f.write("target triple = \"x86_64-pc-linux-gnu\"\n" + "".join(parts) + TAIL)
    names = ",".join(f"kernel{i}" for i in range(copies))
    lib = os.path.join(tmp, "scalar.bc" if variant == "scalar" else "sem.bc")
    sh("llvm-as-22", ll, "-o", bc)
    if variant in ("bitcode", "scalar"):
        # Functions taken out of the library, as a finalizer would import them.
        sh("llvm-link-22", "--only-needed", "--internalize", bc, lib, "-o", bc)
    quick = "always-inline,function(sroa,early-cse,adce)"
    passes = f"internalize,globaldce,{quick}" if tier == "quick" else "internalize,globaldce,default<O2>"
    seconds = best(5, "opt-22", f"--internalize-public-api-list={names}", f"-passes={passes}", bc, "-o", out)
    level = "-O0" if tier == "quick" else "-O2"
    seconds += best(5, "llc-22", level, *CPU, "-relocation-model=pic", "-filetype=obj", out, "-o", obj)
    return obj, seconds


def library(tmp, source, name):
    ll = os.path.join(tmp, name + ".ll")
    sh("clang-22", "-std=gnu17", "-O2", "-march=x86-64-v4", "-mprefer-vector-width=512", "-fno-math-errno",
       "-ffp-contract=off", "-I", SRC, "-emit-llvm", "-S", os.path.join(HERE, source), "-o", ll)
    with open(ll) as f:
        text = f.read()
    inline = text.replace("attributes #0 = { ", "attributes #0 = { alwaysinline ")
    inline = inline.replace("attributes #1 = { ", "attributes #1 = { alwaysinline ")
    inline = inline.replace("attributes #2 = { ", "attributes #2 = { alwaysinline ") if name == "sem" else inline
    with open(ll, "w") as f:
        f.write(inline)
    sh("llvm-as-22", ll, "-o", os.path.join(tmp, name + ".bc"))


def main():
    with tempfile.TemporaryDirectory() as tmp:
        library(tmp, "sem_v16.c", "sem")
        library(tmp, "sem_scalar.c", "scalar")
        exe = os.path.join(tmp, "bench")
        print(f"{'operation':9} {'variant':8} {'tier':6} {'ns/op':>9} {'ms/op compile':>14}  checksum")
        for make in (add, fma, ds_read, mfma):
            ops = 2 if make is mfma else OPS
            copies = 2 if make is mfma else COPIES
            for tier in ("quick", "O2"):
                for variant in ("bitcode", "hand", "scalar", "bare"):
                    if (variant == "scalar" and (tier == "quick" or make is mfma)) or (variant == "bare" and make in (mfma, ds_read)):
                        continue
                    one, few = build(tmp, make, variant, tier, 1)
                    obj, many = build(tmp, make, variant, tier, 1 + copies)
                    per_op = (many - few) / (copies * ops)
                    sh("clang-22", "-O2", os.path.join(HERE, "harness.c"), obj, "-o", exe)
                    count = {add: 10000, fma: 10000, ds_read: 1000, mfma: 4000}[make]
                    args = [exe, str(count // (8 if tier == "quick" else 1)), str(ops)] + [make.__name__]
                    text = subprocess.run(args, check=True, capture_output=True, text=True).stdout.split()
                    print(f"{make.__name__:9} {variant:8} {tier:6} {float(text[0]):9.3f} {per_op * 1e3:14.4f}  {text[1]}",
                          flush=True)


if __name__ == "__main__":
    sys.exit(main())
