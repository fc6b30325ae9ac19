# SPDX-License-Identifier: MIT
"""Makes instruction words for tests: legal ones from a table row and random field values, and random words of an
encoding. The inverse of the decoder, written from the row's fields alone."""

import os
import sys

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "gen", "isa"))
import table  # noqa: E402

# First dword of an encoding, position of its opcode.
ENCODINGS = {
    "SOP2": (0x80000000, 23), "SOPK": (0xB0000000, 23), "SOP1": (0xBE800000, 8), "SOPC": (0xBF000000, 16),
    "SOPP": (0xBF800000, 16), "VOP2": (0x00000000, 25), "VOP1": (0x7E000000, 9), "VOPC": (0x7C000000, 17),
    "SMEM": (0xC0000000, 18), "VOP3A": (0xD0000000, 16), "VOP3B": (0xD0000000, 16), "VOP3P": (0xD3800000, 16),
    "MAI": (0xD3800000, 16), "DS": (0xD8000000, 17), "FLAT": (0xDC000000, 18), "SCRATCH": (0xDC004000, 18),
    "GLOBAL": (0xDC008000, 18), "MUBUF": (0xE0000000, 18), "MTBUF": (0xE8000000, 15), "MIMG": (0xF0000000, 18),
}
WIDE = set(ENCODINGS) - {"SOP2", "SOPK", "SOP1", "SOPC", "SOPP", "VOP2", "VOP1", "VOPC"}
SPECIAL = [102, 103, 104, 105, 106, 107, 124, 126, 127]
CONSTANTS = list(range(128, 209)) + list(range(240, 249))
APERTURES = [235, 236, 237, 238, 239, 251, 252, 253]
OFF = 0x7F


def rows(chip="gfx90a"):
    with open(os.path.join(ROOT, "src", "isa", "gfx9.def"), encoding="utf-8") as f:
        return [r for r in table.read(f.read()) if chip in r.chips]


def scalar_register(rng, dwords):
    step = 1 if dwords == 1 else 2 if dwords == 2 else 4
    if rng.random() < 0.3 and dwords <= 2:
        return rng.choice([c for c in SPECIAL if c % step == 0 and (dwords == 1 or c != 124)])
    if rng.random() < 0.1 and dwords <= 8:
        return 108 + step * rng.randrange((16 - dwords) // step + 1)
    return step * rng.randrange((102 - dwords) // step + 1)


def vector_register(rng, dwords):
    number = rng.choice([0, 1, 2, 4, 127, 128, 254, 255, rng.randrange(256)])
    if dwords > 1:
        number &= ~1
    return min(number, (256 - dwords) & ~1) if dwords > 1 else number


def source(rng, field, literal):
    kind = rng.random()
    if kind < 0.4:
        return 256 + vector_register(rng, field.dwords)
    if kind < 0.6:
        return scalar_register(rng, field.dwords)
    if kind < 0.9 or not literal:
        return rng.choice(CONSTANTS + APERTURES)
    return 255


def fill(rng, row, field):
    """A legal value of the field's bits."""
    kind, dwords = field.kind, field.dwords
    narrow = row.encoding not in WIDE and row.variant == "PLAIN"
    if kind == "SRC":
        return source(rng, field, narrow)
    if kind in ("SSRC", "SSRC_INLINE", "SOFFSET"):
        value = rng.choice([scalar_register(rng, dwords), rng.choice(CONSTANTS)])
        return 255 if kind == "SSRC" and narrow and rng.random() < 0.15 else value
    if kind in ("SDST", "SDATA"):
        value = scalar_register(rng, dwords)
        return value if value < 124 else 4
    if kind in ("SSRC_REG", "SREG", "MASK", "SDWA_SD"):
        return scalar_register(rng, dwords)
    if kind in ("VGPR", "AGPR", "AV", "AV_GLC", "GADDR", "SVADDR", "BADDR"):
        return vector_register(rng, max(dwords, 2) if kind == "BADDR" else dwords)
    if kind == "DMASK":
        return 4 * rng.randrange(62)
    if kind in ("VGPR9", "VGPR_LDS", "AGPR9", "AV9"):
        return 256 + vector_register(rng, dwords)
    if kind == "ACC":
        return rng.choice([256 + vector_register(rng, dwords), rng.choice(CONSTANTS)])
    if kind == "SBASE":
        return scalar_register(rng, max(dwords, 2)) // 2
    if kind == "RSRC":
        return 4 * rng.randrange((96 - dwords) // 4) // 4
    if kind == "SADDR":
        value = scalar_register(rng, 2)
        return rng.choice([OFF, value if value < 124 else 8])
    if kind == "SSADDR":
        return rng.choice([OFF, rng.randrange(102)])
    return rng.getrandbits(field.width) if field.width else 0


def modifier_bits(rng, row):
    """Random legal modifiers of the row, as 64 bits."""
    bits = 0
    sources = {f.slot: f for f in row.fields if f.slot in ("s0", "s1", "s2") and f.kind != "VCC"}

    def flip(mask, shift, chance=0.3):
        return (rng.randrange(mask + 1) << shift) if rng.random() < chance else 0

    if row.encoding in ("VOP3A", "VOP3B"):
        for i in range(3):
            if sources.get(f"s{i}") and sources[f"s{i}"].mods == "ACT" and sources[f"s{i}"].type != "mask":
                bits |= flip(1, 61 + i)
                if row.encoding == "VOP3A":
                    bits |= flip(1, 8 + i)
            if "op_sel" in row.mods and f"s{i}" in sources:
                bits |= flip(1, 11 + i)
        bits |= flip(1, 15) if "clamp" in row.mods else 0
        bits |= flip(3, 59) if "omod" in row.mods else 0
        bits |= flip(1, 14) if "op_sel" in row.mods else 0
    elif row.encoding == "VOP3P":
        for i in range(len(sources)):
            bits |= flip(1, 61 + i) | flip(1, 8 + i) | (flip(1, 11 + i) if "op_sel" in row.mods else 0)
        bits |= flip(3, 59, 0.7) | flip(1, 14, 0.7) | flip(1, 15)
    elif row.encoding == "MAI" and "cbsz" in row.mods:
        bits |= flip(127, 8) | flip(7, 61) | flip(1, 15) | flip(3, 59)
    elif row.variant == "SDWA":
        bits |= sdwa_bits(rng, row, sources)
    elif row.variant == "DPP":
        bits |= dpp_bits(rng, row, sources)
    else:
        bits |= memory_bits(rng, row)
    return bits


def sdwa_bits(rng, row, sources):
    bits = 0
    for i in range(len(sources)):
        base = 48 + 8 * i
        bits |= rng.randrange(7) << base
        acts = sources[f"s{i}"].mods
        if acts == "SEXT":
            bits |= rng.randrange(2) << (base + 3)
        elif acts == "ACT":
            bits |= rng.randrange(4) << (base + 4)
    if row.encoding != "VOPC":
        bits |= rng.randrange(7) << 40 | rng.randrange(3) << 43
        bits |= rng.randrange(2) << 45
        bits |= rng.randrange(4) << 46 if "omod" in row.mods else 0
    elif rng.random() < 0.5:
        bits |= 1 << 47
    return bits


DPP_CONTROLS = (list(range(0x100)) + [r + i for r in (0x100, 0x110, 0x120) for i in range(1, 16)] +
                [0x130, 0x134, 0x138, 0x13C, 0x140, 0x141, 0x142, 0x143] + list(range(0x150, 0x160)))


def dpp_bits(rng, row, sources):
    is64 = any(f.dwords == 2 and f.type != "mask" for f in row.fields)
    control = rng.choice(DPP_CONTROLS[-16:] if is64 or rng.random() < 0.2 else DPP_CONTROLS)
    bits = control << 40 | rng.randrange(2) << 51 | rng.getrandbits(8) << 56
    for i in range(len(sources)):
        if sources[f"s{i}"].mods == "ACT":
            bits |= rng.randrange(4) << (52 + 2 * i)
    return bits


def memory_bits(rng, row):
    bits = 0
    cache = not row.mods & {"bare"}
    if row.encoding == "SMEM" and "off" in row.mods:
        form = rng.randrange(3)
        bits |= rng.getrandbits(1) << 16 if row.flags & {"LOADS", "STORES"} else 0
        if form == 0:
            return bits | rng.randrange(102) << 32
        bits |= 1 << 17 | rng.getrandbits(21) << 32
        return bits | (1 << 14 | rng.randrange(102) << 57 if form == 2 else 0)
    if row.encoding == "DS":
        bits |= rng.getrandbits(16) if row.mods & {"off", "off2", "swizzle"} else 0
        return bits | (1 << 16 if "gws" in row.mods else 0) | (rng.getrandbits(1) << 25 if row.fields else 0)
    if row.encoding in ("FLAT", "GLOBAL", "SCRATCH"):
        bits |= rng.getrandbits(12 if row.encoding == "FLAT" else 13) * rng.randrange(2) | rng.getrandbits(2) << 16
        if "lds" in row.mods and rng.random() < 0.2:
            return bits | 1 << 13
        return bits | (0 if "no_scc" in row.mods else rng.getrandbits(1) << 25) | rng.getrandbits(1) << 55
    if row.encoding == "MUBUF" and cache:
        bits |= rng.getrandbits(12) * rng.randrange(2) | rng.getrandbits(1) << 14 | rng.getrandbits(1) << 17
        if "store_lds" in row.mods:
            return bits | 1 << 16
        bits |= rng.getrandbits(2) << 12
        if "lds" in row.mods and rng.random() < 0.2:
            return bits | 1 << 16
        return bits | (0 if "no_scc" in row.mods else rng.getrandbits(1) << 15) | rng.getrandbits(1) << 55
    if row.encoding == "MTBUF":
        return rng.getrandbits(15) | rng.getrandbits(7) << 19 | rng.getrandbits(3) << 53
    if row.encoding == "MIMG":
        return (rng.choice([1, 2, 4, 8, 3, 5]) << 8 | rng.getrandbits(4) << 12 | rng.getrandbits(2) << 16 |
                rng.getrandbits(1) << 25 | rng.getrandbits(1) << 7)
    if row.encoding in ("SOPK", "SOPP") and row.mods:
        return rng.getrandbits(rng.choice([3, 6, 16]))
    return 0


def legal(rng, row):
    """Dwords of a legal instance of the row; a literal, if it has one, is the last."""
    base, shift = ENCODINGS[row.encoding]
    bits = base | row.opcode << shift
    if row.variant == "SDWA":
        bits |= 0xF9
    elif row.variant == "DPP":
        bits |= 0xFA
    literal, filled = False, set()
    for field in sorted(row.fields, key=lambda f: -f.dwords):  # the wider of two operands in one place decides
        if field.kind == "LITERAL":
            literal = True
        if field.width and field.shift not in filled:
            filled.add(field.shift)
            value = fill(rng, row, field)
            if field.kind == "SDWA" and rng.random() < 0.2:
                value = rng.choice([scalar_register(rng, 1), rng.choice(CONSTANTS)])
                bits |= 1 << field.acc
            literal |= value == 255 and field.kind in ("SRC", "SSRC")
            bits |= value << field.shift
    bits |= modifier_bits(rng, row)
    words = [bits & 0xFFFFFFFF]
    if row.encoding in WIDE or row.variant != "PLAIN":
        words.append(bits >> 32)
    if literal:
        words.append(rng.choice([rng.getrandbits(32), rng.getrandbits(16), rng.getrandbits(7), 0xFFFFFFFF,
                                 0x3F800000, 0xC0800000, 0x3E22F983, 0x3C00, 0x3118, 0xFFF0, 0x40000000]))
    return words


def natural_size(row, words):
    """Bytes that an instance of the row takes, legal or not: so much is shown to a disassembler and no more."""
    if row.encoding in WIDE or row.variant != "PLAIN":
        return 8
    codes = {words[0] >> f.shift & 0xFF for f in row.fields if f.kind in ("SRC", "SSRC", "SSRC_INLINE", "SSRC_REG")}
    return 8 if 0xFF in codes or any(f.kind == "LITERAL" for f in row.fields) else 4


def has_odd_scalar_tuple(row, words):
    """A scalar operand of several registers that does not start where tuples start."""
    bits = words[0] | (words[1] << 32 if len(words) > 1 else 0)
    for f in row.fields:
        value = bits >> f.shift & (1 << f.width) - 1
        if f.dwords < 2 or value >= 128 or f.kind in ("VGPR", "AGPR", "AV", "AV_GLC", "DMASK", "GADDR", "BADDR"):
            continue
        if f.kind == "SDWA" and not bits >> f.acc & 1:
            continue
        if f.kind == "SBASE":
            value *= 2
        if f.kind == "RSRC":
            value *= 4
        if value % (2 if f.dwords == 2 else 4):
            return True
    return False


def random_words(rng, row):
    """Five dwords of the row's encoding and opcode, everything else random."""
    base, shift = ENCODINGS[row.encoding]
    words = [rng.getrandbits(32) for _ in range(5)]
    for i in range(2):
        for _ in range(rng.randrange(3)):
            words[i] &= rng.getrandbits(32)
    field_bits = {"VOP2": 0x01FFFFFF, "VOP1": 0x01FE01FF, "VOPC": 0x0001FFFF, "SOP2": 0x007FFFFF,
                  "SOP1": 0x007F00FF, "SOPC": 0x0000FFFF, "SOPP": 0x0000FFFF, "SOPK": 0x007FFFFF,
                  "DS": 0x0201FFFF, "SMEM": 0x0003FFFF, "FLAT": 0x02033FFF, "GLOBAL": 0x02033FFF,
                  "SCRATCH": 0x02033FFF, "MUBUF": 0x0203FFFF, "MTBUF": 0x03F87FFF, "MIMG": 0x0203FFFF}
    words[0] = words[0] & field_bits.get(row.encoding, 0xFFFF) | base | row.opcode << shift
    if row.variant != "PLAIN":
        words[0] = words[0] & ~0x1FF | (0xF9 if row.variant == "SDWA" else 0xFA)
    return words
