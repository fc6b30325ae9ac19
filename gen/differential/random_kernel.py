#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Writes one random kernel as C that clang compiles for gfx90a and for the host: random_kernel.py SEED >kernel.c

A program is a list of statements on per-lane variables. For the GPU each variable is a scalar of the lane;
for the host it is an array over the lanes of the workgroup and every statement is a loop. So moves between
lanes, LDS, barriers and divergent control flow have an independent meaning on the host that is easy to
believe. Every operation has one right answer on every machine: divisors are not zero, shift counts are masked,
conversions are clamped, and NaNs are made equal before they can be seen as bits.
"""
import random
import sys

LANES = 64
INPUTS, OUTPUTS = 8, 8  # dwords a lane

INT = ["u32", "i32", "u64", "i64", "u16", "u8"]
FLOAT = ["f32", "f64", "f16"]
BITS = {"u32": 32, "i32": 32, "u64": 64, "i64": 64, "u16": 16, "u8": 8, "f32": 32, "f64": 64, "f16": 16}

# Operations: template over operand names a, b, c of the type; `{b}` is the type's width, `{u}` its unsigned twin.
INT_OPS = ["{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} & {b}", "{a} | {b}", "{a} ^ {b}", "~{a}",
           "({T})(({U}){a} << ({b} & {m}))", "{a} >> ({b} & {m})", "{a} / ({T})({b} | 1)", "{a} % ({T})({b} | 1)",
           "{a} < {b} ? {a} : {b}", "{a} > {b} ? {a} : {b}", "{a} < {b} ? {b} : {c}", "{a} == {b} ? {c} : {a}",
           "({T})({a} * {b} + {c})", "({a} & {b}) | (~{a} & {c})", "{a} ^ {b} ^ {c}", "({a} << 3) + {b}",
           "({a} + {b}) << 2", "({a} | {b}) | {c}", "({a} & {b}) | {c}"]
U32_OPS = ["(u32)__builtin_popcount({a}) + {b}", "(u32)__builtin_clz({a} | 1)", "(u32)__builtin_ctz({a} | 0x80000000u)",
           "(u32)(((u64){a} * {b}) >> 32)", "(u32)(((i64)(i32){a} * (i32){b}) >> 32)", "__builtin_bitreverse32({a})",
           "__builtin_bswap32({a})", "__builtin_rotateleft32({a}, {b} & 31)", "(u32)((((u64){a} << 32) | {b}) >> ({c} & 31))",
           "({a} >> ({b} & 15)) & ((1u << ({c} & 15)) - 1)", "({a} & 0xffffff) * ({b} & 0xffffff) + {c}",
           "(u32)((i32)({a} << 8) >> 8) * (u32)((i32)({b} << 8) >> 8)", "({a} & 0xff) + (({b} >> 8) & 0xff)",
           "(u32)(i32)(signed char){a} + (u32)(i32)(short){b}", "__builtin_elementwise_add_sat({a}, {b})",
           "__builtin_elementwise_sub_sat({a}, {b})", "({a} > {b} ? {a} - {b} : {b} - {a}) + {c}"]
I32_OPS = ["__builtin_elementwise_add_sat({a}, {b})", "__builtin_elementwise_sub_sat({a}, {b})",
           "__builtin_elementwise_abs({a} | 1)", "(i32)((u32){a} << 11) >> 19"]
U64_OPS = ["(u64)__builtin_popcountll({a}) + {b}", "(u64)__builtin_clzll({a} | 1)", "(u64)(u32){a} * (u32){b} + {c}",
           "(u64)__builtin_ctzll({a} | (1ull << 63))", "(u64)(((unsigned __int128){a} * {b}) >> 64)"]
I64_OPS = ["(i64)(i32){a} * (i32){b} + {c}", "__builtin_elementwise_abs({a} | 1)"]
FLOAT_OPS = ["{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / {b}", "__builtin_elementwise_fma({a}, {b}, {c})", "-{a}",
             "__builtin_elementwise_abs({a})", "__builtin_elementwise_sqrt(__builtin_elementwise_abs({a}))",
             "__builtin_elementwise_floor({a})", "__builtin_elementwise_ceil({a})", "__builtin_elementwise_trunc({a})",
             "__builtin_elementwise_rint({a})", "{a} < {b} ? {a} : {c}", "{a} >= {b} ? {b} : {c}", "{a} == {b} ? {a} : {c}",
             "{a} != {a} ? {b} : {c}", "__builtin_elementwise_copysign({a}, {b})", "{a} * {b} + {c}", "({T})0.5 * {a}",
             "min_{t}({a}, {b})", "max_{t}({a}, {b})", "clamp_{t}({a})"]

PRELUDE = r"""
typedef unsigned char u8; typedef unsigned short u16; typedef unsigned int u32; typedef unsigned long long u64;
typedef signed char i8; typedef short i16; typedef int i32; typedef long long i64;
typedef _Float16 f16; typedef float f32; typedef double f64;
#pragma STDC FP_CONTRACT OFF
#define INLINE static inline __attribute__((always_inline))
#define FLOAT_HELPERS(T, B, NAN_BITS, INF) \
    INLINE T from_bits_##T(B bits) { T value; __builtin_memcpy(&value, &bits, sizeof value); return value; } \
    INLINE B to_bits_##T(T value) { B bits; if (value != value) return NAN_BITS; __builtin_memcpy(&bits, &value, sizeof bits); return bits; } \
    /* a zero's sign and a NaN would make min and max a matter of taste: remove them */ \
    INLINE T min_##T(T a, T b) { a += (T)0; b += (T)0; return a != a ? b : b != b ? a : a < b ? a : b; } \
    INLINE T max_##T(T a, T b) { a += (T)0; b += (T)0; return a != a ? b : b != b ? a : a > b ? a : b; } \
    INLINE T clamp_##T(T a) { return a >= (T)0 ? (a <= (T)1 ? a : (T)1) : (T)0; }
FLOAT_HELPERS(f16, u16, 0x7e00, 0) FLOAT_HELPERS(f32, u32, 0x7fc00000u, 0) FLOAT_HELPERS(f64, u64, 0x7ff8000000000000ull, 0)
INLINE i32 f32_to_i32(f32 a) { return a != a ? 0 : a > 2147483000.0f ? 2147483000 : a < -2147483000.0f ? -2147483000 : (i32)a; }
INLINE u32 f32_to_u32(f32 a) { return a != a ? 0 : a > 4294960000.0f ? 4294960000u : a < 0.0f ? 0 : (u32)a; }
INLINE i32 f64_to_i32(f64 a) { return a != a ? 0 : a > 2147483000.0 ? 2147483000 : a < -2147483000.0 ? -2147483000 : (i32)a; }
INLINE i64 f64_to_i64(f64 a) { return a != a ? 0 : a > 9.0e18 ? 9000000000000000000ll : a < -9.0e18 ? -9000000000000000000ll : (i64)a; }
"""

CONVERSIONS = [  # (from, to, template)
    ("f32", "i32", "f32_to_i32({a})"), ("f32", "u32", "f32_to_u32({a})"), ("f64", "i32", "f64_to_i32({a})"),
    ("f64", "i64", "f64_to_i64({a})"), ("i32", "f32", "(f32){a}"), ("u32", "f32", "(f32){a}"), ("i32", "f64", "(f64){a}"),
    ("u32", "f64", "(f64){a}"), ("i64", "f32", "(f32){a}"), ("u64", "f64", "(f64){a}"), ("i64", "f64", "(f64){a}"),
    ("u64", "f32", "(f32){a}"), ("f32", "f64", "(f64){a}"), ("f64", "f32", "(f32){a}"), ("f32", "f16", "(f16){a}"),
    ("f16", "f32", "(f32){a}"), ("u8", "f32", "(f32){a}"), ("u16", "f16", "(f16)(u8){a}"), ("u32", "u64", "{a}"),
    ("i32", "i64", "{a}"), ("u64", "u32", "(u32)({a} >> 32)"), ("i64", "i32", "(i32){a}"), ("u32", "u16", "(u16)({a} >> 16)"),
    ("u32", "u8", "(u8)({a} >> 8)"), ("u16", "u32", "{a}"), ("u8", "u32", "{a}"), ("u32", "i32", "(i32){a}"),
    ("i32", "u32", "(u32){a}"), ("u64", "i64", "(i64){a}"), ("i64", "u64", "(u64){a}"), ("f32", "u32", "to_bits_f32({a})"),
    ("u32", "f32", "from_bits_f32({a} & 0xbfffffffu)"), ("f64", "u64", "to_bits_f64({a})"),
    ("u64", "f64", "from_bits_f64({a} & 0xbfffffffffffffffull)"), ("f16", "u16", "to_bits_f16({a})"),
    ("u16", "f16", "from_bits_f16({a} & 0xbfff)"),
]


class Program:
    def __init__(self, seed):
        self.random = random.Random(seed)
        self.types = {}     # variable -> type
        self.device, self.host = [], []
        self.depth = 0      # of divergent control flow
        self.masks = []     # host mask variables of the enclosing branches
        self.count = 0

    def new(self, kind):
        name = f"v{self.count}"
        self.count += 1
        self.types[name] = kind
        return name

    def pick(self, kind):
        return self.random.choice([v for v, t in self.types.items() if t == kind])

    def emit(self, target, device, host=None):
        """target = expression; host text has variables with [l]. Under a mask only its lanes change."""
        pad = "    " * (1 + self.depth)
        self.device.append(f"{pad}{target} = {device};")
        guard = f"if ({self.masks[-1]}[l]) " if self.masks else ""
        self.host.append(f"    LANES_DO {guard}{target}[l] = {host};")

    def operands(self, template, kind, names):
        values = {"a": names[0], "b": names[1], "c": names[2], "T": kind, "t": kind, "U": kind.replace("i", "u"),
                  "m": BITS[kind] - 1}
        device = template.format(**values)
        host = template.format(**{**values, **{k: f"{values[k]}[l]" for k in "abc"}})
        return f"({kind})({device})", f"({kind})({host})"

    def compute(self, target=None):
        kind = self.types[target] if target else self.random.choice(INT + FLOAT + ["u32", "i32", "f32", "f32"])
        if not any(t == kind for t in self.types.values()):
            return
        if kind in FLOAT:
            ops = FLOAT_OPS
        else:
            extra = {"u32": U32_OPS, "i32": I32_OPS, "u64": U64_OPS, "i64": I64_OPS}.get(kind, [])
            ops = INT_OPS + extra + extra
        names = [self.pick(kind) for _ in range(3)]
        device, host = self.operands(self.random.choice(ops), kind, names)
        self.emit(target or self.new(kind), device, host)

    def convert(self):
        source, result, template = self.random.choice(CONVERSIONS)
        if source not in self.types.values():
            return
        name = self.pick(source)
        self.emit(self.new(result), f"({result})({template.format(a=name)})", f"({result})({template.format(a=name + '[l]')})")

    def cross_lane(self):
        """Only where all lanes are active."""
        name, index = self.pick("u32"), self.pick("u32")
        result = self.new("u32")
        step = self.random.choice([1, 2, 4, 8, 16, 32, 3])
        row, direction = self.random.randrange(1, 16), self.random.choice(["shr", "shl", "ror"])
        control = {"shl": 0x100, "shr": 0x110, "ror": 0x120}[direction] + row
        source = {"shl": f"((l & 15) + {row} < 16 ? {name}[(l + {row}) & 63] : 0)",
                  "shr": f"((l & 15) >= {row} ? {name}[(l - {row}) & 63] : 0)",
                  "ror": f"{name}[(l & ~15) | ((l - {row}) & 15)]"}[direction]
        quad = [self.random.randrange(4) for _ in range(4)]
        choices = [
            (f"(u32)__builtin_amdgcn_ds_bpermute((int)({index} << 2), (int){name})", f"{name}[{index}[l] & 63]"),
            (f"(u32)__builtin_amdgcn_ds_bpermute((int)((LANE ^ {step}) << 2), (int){name})", f"{name}[l ^ {step}]"),
            (f"(u32)__builtin_amdgcn_readfirstlane((int){name})", f"{name}[0]"),
            (f"(u32)__builtin_amdgcn_readlane((int){name}, {step})", f"{name}[{step}]"),
            (f"(u32)__builtin_amdgcn_update_dpp(0, (int){name}, {control}, 0xf, 0xf, 1)", source),
            (f"(u32)__builtin_amdgcn_update_dpp(0, (int){name}, 0x140, 0xf, 0xf, 1)", f"{name}[(l & ~15) | (15 - (l & 15))]"),
            (f"(u32)__builtin_amdgcn_update_dpp(0, (int){name}, 0x141, 0xf, 0xf, 1)", f"{name}[(l & ~7) | (7 - (l & 7))]"),
            (f"(u32)__builtin_amdgcn_update_dpp(0, (int){name}, {quad[0] | quad[1] << 2 | quad[2] << 4 | quad[3] << 6}, 0xf, 0xf, 1)",
             f"{name}[(l & ~3) | ((int[]){{{quad[0]}, {quad[1]}, {quad[2]}, {quad[3]}}})[l & 3]]"),
            (f"(u32)(__builtin_amdgcn_ballot_w64(({name} & {step}) != 0) >> (LANE & 31))", f"(u32)(ballot({name}, {step}) >> (l & 31))"),
            (f"__builtin_amdgcn_mbcnt_hi((u32)(__builtin_amdgcn_ballot_w64(({name} & {step}) != 0) >> 32), "
             f"__builtin_amdgcn_mbcnt_lo((u32)__builtin_amdgcn_ballot_w64(({name} & {step}) != 0), 0))",
             f"(u32)__builtin_popcountll(ballot({name}, {step}) & ((1ull << l) - 1))"),
            (f"(u32)__builtin_amdgcn_ds_swizzle((int){name}, {(step & 31) << 10 | 0x1f})", f"{name}[l ^ {step & 31}]"),
        ]
        device, host = self.random.choice(choices)
        self.emit(result, device, host)

    def exchange(self):
        """Through LDS, with a barrier on both sides."""
        kind = self.random.choice(["u32", "u64", "f32", "u16", "u8"])
        if kind not in self.types.values():
            return
        name, shift = self.pick(kind), self.random.randrange(64)
        result = self.new(kind)
        self.device.append(f"    __builtin_amdgcn_s_barrier(); LDS({kind})[LANE] = {name}; "
                           f"__builtin_amdgcn_fence(__ATOMIC_SEQ_CST, \"workgroup\"); __builtin_amdgcn_s_barrier();")
        self.emit(result, f"LDS({kind})[(LANE + {shift}) & 63]", f"{name}[(l + {shift}) & 63]")
        self.device.append("    __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, \"workgroup\"); __builtin_amdgcn_s_barrier();")

    def private_array(self):
        """Dynamic indexing of a local array: scratch, or registers selected by index."""
        name, index = self.pick("u32"), self.pick("u32")
        other = self.pick("u32")
        result = self.new("u32")
        size = self.random.choice([4, 8, 32])
        self.device.append(f"{'    ' * (1 + self.depth)}{{ u32 array[{size}]; for (int k = 0; k < {size}; k++) array[k] = {name} * (u32)(k + 1); "
                           f"array[{index} & {size - 1}] ^= {other}; {result} = array[({index} + {other}) & {size - 1}]; }}")
        guard = f"if ({self.masks[-1]}[l]) " if self.masks else ""
        self.host.append(f"    LANES_DO {guard}{{ u32 array[{size}]; for (int k = 0; k < {size}; k++) array[k] = {name}[l] * (u32)(k + 1); "
                         f"array[{index}[l] & {size - 1}] ^= {other}[l]; {result}[l] = array[({index}[l] + {other}[l]) & {size - 1}]; }}")

    def atomic(self):
        """Integer atomics; each operation has counters of its own, so that no order of lanes matters."""
        name, index = self.pick("u32"), self.pick("u32")
        first, op, host = self.random.choice([(0, "add", "+="), (4, "xor", "^="), (8, "or", "|="), (12, "and", "&=")])
        pad = "    " * (1 + self.depth)
        self.device.append(f"{pad}(void)__atomic_fetch_{op}(&counters[{first} + ({index} & 3)], {name}, __ATOMIC_RELAXED);")
        guard = f"if ({self.masks[-1]}[l]) " if self.masks else ""
        self.host.append(f"    LANES_DO {guard}counters[{first} + ({index}[l] & 3)] {host} {name}[l];")

    def branch(self):
        """Divergent if/else; variables made inside stay usable, lanes that did not pass keep zero."""
        a, b = self.pick("u32"), self.pick("u32")
        condition = self.random.choice(["({a} & 7) < ({b} & 7)", "({a} ^ {b}) & 1", "(i32){a} < (i32){b}", "{a} == {b}"])
        pad = "    " * (1 + self.depth)
        mask = self.new_mask(condition.format(a=f"{a}[l]", b=f"{b}[l]"))
        self.device.append(f"{pad}if ({condition.format(a=a, b=b)}) {{")
        self.block(mask)
        if self.random.random() < 0.6:
            self.device.append(f"{pad}}} else {{")
            self.block(self.inverse(mask))
        self.device.append(f"{pad}}}")

    def loop(self):
        """A loop whose trip count differs from lane to lane."""
        a = self.pick("u32")
        target = self.random.choice([v for v, t in self.types.items() if t in ("u32", "f32", "i32", "u64")])
        counter = f"n{self.count}"
        self.count += 1
        pad = "    " * (1 + self.depth)
        limit = self.random.choice([3, 7])
        outer = self.masks[-1] if self.masks else None
        self.device.append(f"{pad}for (u32 {counter} = 0; {counter} < ({a} & {limit}); {counter}++) {{")
        bound = self.new_array(f"{a}[l] & {limit}")
        self.host.append(f"    for (u32 {counter} = 0; {counter} < {limit}; {counter}++) {{")
        mask = f"m{self.count}"
        self.count += 1
        self.host.append(f"    u8 {mask}[LANES]; LANES_DO {mask}[l] = {f'{outer}[l] && ' if outer else ''}{counter} < {bound}[l];")
        self.masks.append(mask)
        self.depth += 1
        if target != a:
            self.compute(target)
        self.compute()
        self.depth -= 1
        self.masks.pop()
        self.device.append(f"{pad}}}")
        self.host.append("    }")

    def new_array(self, text):
        name = f"b{self.count}"
        self.count += 1
        self.host.append(f"    u32 {name}[LANES]; LANES_DO {name}[l] = {text};")
        return name

    def new_mask(self, text):
        outer = self.masks[-1] if self.masks else None
        name = f"m{self.count}"
        self.count += 1
        self.host.append(f"    u8 {name}[LANES]; LANES_DO {name}[l] = {f'{outer}[l] && ' if outer else ''}(({text}) != 0);")
        return name

    def inverse(self, mask):
        outer = self.masks[-1] if self.masks else None
        name = f"m{self.count}"
        self.count += 1
        self.host.append(f"    u8 {name}[LANES]; LANES_DO {name}[l] = {f'{outer}[l] && ' if outer else ''}!{mask}[l];")
        return name

    def block(self, mask):
        self.masks.append(mask)
        self.depth += 1
        for _ in range(self.random.randrange(1, 5)):
            self.statement()
        self.depth -= 1
        self.masks.pop()

    def statement(self):
        roll = self.random.random()
        if self.depth == 0 and roll < 0.15:
            self.cross_lane()
        elif self.depth == 0 and roll < 0.20:
            self.exchange()
        elif self.depth < 3 and roll < 0.28:
            self.branch()
        elif self.depth < 2 and roll < 0.32:
            self.loop()
        elif roll < 0.36:
            self.private_array()
        elif roll < 0.40:
            self.atomic()
        elif roll < 0.60:
            self.convert()
        else:
            self.compute()

    def inputs(self):
        reads = [("u32", "in[{k}]"), ("i32", "(i32)in[{k}]"), ("u64", "in[{k}] | (u64)in[{k} ^ 1] << 32"),
                 ("i64", "(i64)(in[{k}] | (u64)in[{k} ^ 1] << 32)"), ("u16", "(u16)in[{k}]"), ("u8", "(u8)in[{k}]"),
                 ("f32", "from_bits_f32(in[{k}])"), ("f64", "from_bits_f64(in[{k}] | (u64)in[{k} ^ 1] << 32)"),
                 ("f16", "from_bits_f16((u16)in[{k}])"), ("u32", "LANE"), ("f32", "(f32)(i32)in[{k}]"), ("u32", "in[{k}]"),
                 ("f32", "from_bits_f32(in[{k}])"), ("i32", "(i32)(in[{k}] & 0xff)")]
        for index, (kind, text) in enumerate(reads):
            text = text.format(k=index % INPUTS)
            self.emit(self.new(kind), text, text.replace("in[", "in[l * 8 + ").replace("LANE", "(u32)l") if "LANE" not in text else "(u32)l")

    def outputs(self):
        pool = list(self.types)
        self.random.shuffle(pool)
        recent = pool[:OUTPUTS * 3]
        for index in range(OUTPUTS):
            parts_device, parts_host = [], []
            for name in recent[index * 3:index * 3 + 3]:
                parts_device.append(self.as_u32(name, name))
                parts_host.append(self.as_u32(name, f"{name}[l]"))
            self.device.append(f"    out[LANE * {OUTPUTS} + {index}] = " + " ^ ".join(parts_device or ["0u"]) + ";")
            self.host.append(f"    LANES_DO out[l * {OUTPUTS} + {index}] = " + " ^ ".join(parts_host or ["0u"]) + ";")

    def as_u32(self, name, text):
        kind = self.types[name]
        if kind == "f64":
            return f"fold(to_bits_f64({text}))"
        if kind in FLOAT:
            return f"(u32)to_bits_{kind}({text})"
        return f"fold((u64){text})"

    def text(self):
        self.inputs()
        for _ in range(self.random.randrange(20, 90)):
            self.statement()
        self.outputs()
        scalars = "\n".join(f"    {t} {v} = 0;" for v, t in self.types.items())
        arrays = "\n".join(f"    static {t} {v}[LANES];" for v, t in self.types.items())
        device, host = "\n".join(self.device), "\n".join(self.host)
        return f"""{PRELUDE}
INLINE u32 fold(u64 bits) {{ return (u32)(bits ^ bits >> 32); }}
#ifdef __AMDGCN__
#define LANE __builtin_amdgcn_workitem_id_x()
static __attribute__((address_space(3), loader_uninitialized)) u64 lds_storage[{LANES}];
#define LDS(T) ((volatile __attribute__((address_space(3))) T *)lds_storage)
__attribute__((amdgpu_kernel, amdgpu_flat_work_group_size({LANES}, {LANES}))) void run(u32 *data)
{{
    const u32 *in = data + LANE * {INPUTS};
    u32 *out = data + {LANES * INPUTS}, *counters = data + {LANES * (INPUTS + OUTPUTS)};
{scalars}
{device}
}}
#else
#define LANES {LANES}
#define LANES_DO for (int l = 0; l < LANES; l++)
typedef __SIZE_TYPE__ size_t;
int putchar(int byte);
int getchar(void);
static u32 data[{LANES * (INPUTS + OUTPUTS) + 16}];
static inline u64 ballot(const u32 *v, u32 bit) {{ u64 mask = 0; LANES_DO mask |= (u64)((v[l] & bit) != 0) << l; return mask; }}
int main(void)
{{
    u8 *bytes = (u8 *)data;
    for (size_t i = 0; i < sizeof data; i++)
        bytes[i] = (u8)getchar();
    const u32 *in = data;
    u32 *out = data + {LANES * INPUTS}, *counters = data + {LANES * (INPUTS + OUTPUTS)};
{arrays}
{host}
    for (size_t i = 0; i < sizeof data; i++)
        putchar(bytes[i]);
    return 0;
}}
#endif
"""


if __name__ == "__main__":
    sys.stdout.write(Program(int(sys.argv[1])).text())
