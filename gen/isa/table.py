# SPDX-License-Identifier: MIT
"""Reads src/isa/gfx9.def and expands its rows to one a hardware encoding: (encoding, variant, opcode) with operand
fields, modifiers and effects. Refuses what is malformed, unknown or overlapping, naming the line. It knows where the
gfx9 encodings keep their operands and nothing about C: gen.py writes that."""

import re
from collections import namedtuple

CHIPS = ["gfx900", "gfx906", "gfx908", "gfx90a", "gfx942", "gfx950"]

# An operand: which bits of the first 64 hold it and how they are read (enum field_kind of src/isa/isa_priv.h).
# `acc` is the bit that makes it an AGPR, -1 if none; mods: what its abs and neg bits do: ACT, IGNORED,
# ILLEGAL, or SEXT, where a sext bit acts instead.
Field = namedtuple("Field", "slot kind shift width acc type dwords mods")
Row = namedtuple("Row", "line encoding variant opcode name mnemonic fields mods flags chips")

DWORDS = {"b8": 1, "b16": 1, "b32": 1, "b64": 2, "b96": 3, "b128": 4, "b256": 8, "b512": 16, "b1024": 32,
          "i16": 1, "u16": 1, "i32": 1, "u32": 1, "i64": 2, "u64": 2, "f16": 1, "f32": 1, "f64": 2,
          "pk_i16": 1, "pk_u16": 1, "pk_b16": 1, "pk_f16": 1, "pk_bf16": 1, "pk_f32": 2, "pk_b32": 2,
          "mask": 2, "dmask": 1}
FLOATS = {"f16", "f32", "f64"}

SECTIONS = {
    "VOP1": ("VOP1", 8), "VOP2": ("VOP2", 6), "VOPC": ("VOPC", 8), "VOP3A": ("VOP3A", 10), "VOP3B": ("VOP3B", 10),
    "VOP3P": ("VOP3P", 7), "MAI": ("MAI", 7), "SOP2": ("SOP2", 7), "SOP1": ("SOP1", 8), "SOPC": ("SOPC", 7),
    "SOPK": ("SOPK", 5), "SOPP": ("SOPP", 7), "SMEM": ("SMEM", 8), "DS": ("DS", 8), "FLAT": ("FLAT", 7),
    "GLOBAL": ("GLOBAL", 7), "SCRATCH": ("SCRATCH", 7), "MUBUF": ("MUBUF", 7), "MTBUF": ("MTBUF", 4),
    "MIMG": ("MIMG", 7),
}

# Opcode of the 64-bit form of a VOP1, VOP2 or VOPC operation.
E64_BASE = {"VOPC": 0x000, "VOP2": 0x100, "VOP1": 0x140}

# (shift, width) of a slot's bits per encoding and variant.
E32 = {"VOP1": {"d": (17, 8), "s0": (0, 9)},
       "VOP2": {"d": (17, 8), "s0": (0, 9), "s1": (9, 8)},
       "VOPC": {"s0": (0, 9), "s1": (9, 8)}}
VOP3 = {"d": (0, 8), "sd": (8, 7), "s0": (32, 9), "s1": (41, 9), "s2": (50, 9)}
SCALAR = {"SOP2": {"d": (16, 7), "s0": (0, 8), "s1": (8, 8)},
          "SOP1": {"d": (16, 7), "s0": (0, 8)},
          "SOPC": {"s0": (0, 8), "s1": (8, 8)},
          "SOPK": {"d": (16, 7), "s0": (16, 7)},
          "SOPP": {}}

MODS = {"clamp", "omod", "op_sel", "neg", "mix", "cbsz", "imm", "branch", "hwreg",
        "waitcnt", "sendmsg", "gpr_idx", "imm7", "off", "off2", "swizzle", "gds", "lds", "bare", "samp", "rtn",
        "gws", "no_scc", "store_lds", "d16"}
EFFECTS = {"loads": "LOADS", "stores": "STORES", "atomic": "ATOMIC", "branch": "BRANCH", "ends": "ENDS"}
REGS = {"scc": "SCC", "vcc": "VCC", "exec": "EXEC", "m0": "M0"}


class TableError(Exception):
    pass


def fail(line, text):
    raise TableError(f"line {line}: {text}")


Operand = namedtuple("Operand", "slot type reads cls mods")


def parse_operand(line, token):
    m = re.fullmatch(r"(\w+?)=(\+?)(\w+)(?:\.(s|i|r|v|a|av|vl|k|c\w+))?(?::([mix]))?", token)
    if not m:
        fail(line, f"malformed operand '{token}'")
    slot, reads, kind, cls, mods = m.groups()
    if kind not in DWORDS:
        fail(line, f"unknown type '{kind}'")
    if slot not in ("d", "sd", "s0", "s1", "s2", "base", "data", "data1", "rtn"):
        fail(line, f"unknown slot '{slot}'")
    acts = {"m": "ACT", "i": "IGNORED", "x": "ILLEGAL", None: "ACT" if kind in FLOATS else "ILLEGAL"}[mods]
    return Operand(slot, kind, bool(reads), cls, acts)


def parse_operands(line, text):
    operands, words = [], []
    for token in [] if text == "-" else text.split():
        if "=" in token:
            operands.append(parse_operand(line, token))
        elif token in MODS or token == "addr":
            words.append(token)
        else:
            fail(line, f"unknown word '{token}'")
    slots = [o.slot for o in operands]
    if len(set(slots)) != len(slots):
        fail(line, "two operands in one slot")
    return operands, words


def parse_effects(line, text):
    flags, no_exec = set(), False
    for token in [] if text == "-" else text.split():
        m = re.fullmatch(r"(<>|<|>)(\w+)", token)
        if token == "!exec":
            no_exec = True
        elif m and m.group(2) in REGS:
            if "<" in m.group(1):
                flags.add("READS_" + REGS[m.group(2)])
            if ">" in m.group(1):
                flags.add("WRITES_" + REGS[m.group(2)])
        elif token in EFFECTS:
            flags.add(EFFECTS[token])
        else:
            fail(line, f"unknown effect '{token}'")
    return flags, no_exec


def parse_chips(line, text):
    if text == "all":
        return frozenset(CHIPS)
    chips = frozenset("gfx" + c for c in text.split(","))
    for chip in chips:
        if chip not in CHIPS:
            fail(line, f"unknown chip '{chip}'")
    return chips


def field(slot, kind, place, operand, acc=-1):
    return Field(slot, kind, place[0], place[1], acc, operand.type, DWORDS[operand.type], operand.mods)


def source_kind(cls):
    """Reading of a 9-bit vector source by operand class."""
    return {None: "SRC", "s": "SSRC", "v": "VGPR9", "vl": "VGPR_LDS", "a": "AGPR9"}[cls]


def e32_fields(line, section, operands):
    places, fields = E32[section], []
    for o in operands:
        if o.type == "mask":
            fields.append(field(o.slot, "VCC", (0, 0), o))
        elif o.cls == "k":
            fields.append(field(o.slot, "LITERAL", (0, 0), o))
        elif o.slot == "d":
            fields.append(field("d", {"s": "SDST", "a": "AGPR"}.get(o.cls, "VGPR"), places["d"], o))
        elif o.slot in ("s0", "sd"):
            fields.append(field(o.slot, source_kind(o.cls), places["s0"], o))
        else:
            fields.append(field(o.slot, "VGPR", places["s1"], o))
    return [f._replace(mods="ILLEGAL") for f in fields]


def e64_fields(line, section, operands):
    fields = []
    for o in operands:
        if o.slot == "sd":
            place = VOP3["d"] if section == "VOPC" else VOP3["sd"]
            fields.append(field("sd", "SREG", place, o))
        elif o.slot == "d":
            fields.append(field("d", "SDST" if o.cls == "s" else "VGPR", VOP3["d"], o))
        elif o.type == "mask":
            fields.append(field(o.slot, "MASK", VOP3[o.slot], o))
        else:
            fields.append(field(o.slot, source_kind(o.cls), VOP3[o.slot], o))
    return fields


def sdwa_fields(line, section, operands):
    fields = []
    for o in operands:
        if section == "VOPC" and o.slot == "sd":
            fields.append(field("sd", "SDWA_SD", (40, 7), o))
        elif o.type == "mask":
            fields.append(field(o.slot, "VCC", (0, 0), o))
        elif o.slot == "d":
            fields.append(field("d", "VGPR", (17, 8), o))
        else:
            place, scalar = ((32, 8), 55) if o.slot == "s0" else ((9, 8), 63)
            acts = "SEXT" if o.mods != "ACT" else "IGNORED" if o.type == "pk_f16" else "ACT"
            fields.append(field(o.slot, "SDWA", place, o, scalar)._replace(mods=acts))
    return fields


def dpp_fields(line, section, operands):
    fields = []
    for o in operands:
        if o.type == "mask":
            fields.append(field(o.slot, "VCC", (0, 0), o))
        else:
            place = {"d": (17, 8), "s0": (32, 8), "s1": (9, 8)}[o.slot]
            fields.append(field(o.slot, "VGPR", place, o))
    return fields


def mai_fields(line, operands):
    fields = []
    for o in operands:
        if o.slot == "d":
            kind = {"av": "AV", "a": "AGPR", None: "VGPR"}[o.cls]
            fields.append(field("d", kind, VOP3["d"], o, 15))
        elif o.cls and o.cls[0] == "c":
            typed = o._replace(type=o.cls[1:])
            fields.append(field("s2", "ACC", VOP3["s2"], typed, 15)._replace(dwords=DWORDS[o.type], mods="ILLEGAL"))
        else:
            kind = {"av": "AV9", "a": "AGPR9", None: "SRC"}[o.cls]
            fields.append(field(o.slot, kind, VOP3[o.slot], o, {"s0": 59, "s1": 60}[o.slot])._replace(mods="ILLEGAL"))
    return fields


def scalar_fields(line, section, operands):
    fields = []
    for o in operands:
        if o.cls == "k":
            fields.append(field(o.slot, "LITERAL", (0, 0), o))
            continue
        kind = "SREG" if o.slot == "d" or section == "SOPK" else {"r": "SSRC_REG", "i": "SSRC_INLINE", None: "SSRC"}[o.cls]
        fields.append(field(o.slot, kind, SCALAR[section][o.slot], o)._replace(mods="ILLEGAL"))
    return fields


def memory_fields(line, section, operands, words):
    fields = []
    address = Operand("addr", "b32", False, None, "ILLEGAL")
    wide = address._replace(type="b64")
    flat = section in ("FLAT", "GLOBAL", "SCRATCH")
    for o in operands:
        if section == "SMEM":
            kind, place = ("SBASE", (0, 6)) if o.slot == "base" else ("SDATA", (6, 7))
            fields.append(field("addr" if o.slot == "base" else o.slot, kind, place, o))
            continue
        acc = {"DS": 25}.get(section, 55)
        in_d = section == "DS" or flat
        place = {"d": (56, 8) if in_d else (40, 8), "rtn": (56, 8) if in_d else (40, 8),
                 "data": (40, 8), "data1": (48, 8)}.get(o.slot)
        if place is None:
            fail(line, f"slot '{o.slot}' in a memory row")
        if "gws" in words:
            place = (32, 8)
        if o.type == "dmask":
            fields.append(Field(o.slot, "DMASK", place[0], place[1], 16, "b32", 0, "ILLEGAL"))
        else:
            kind = "AV_GLC" if flat and o.slot == "rtn" else "AV"
            fields.append(field(o.slot, kind, place, o, acc)._replace(mods="ILLEGAL"))
    if flat:
        fields.append(field("addr", {"FLAT": "VGPR", "GLOBAL": "GADDR", "SCRATCH": "SVADDR"}[section], (32, 8),
                            address if section == "SCRATCH" else wide))
        if section != "FLAT":
            fields.append(field("saddr", {"GLOBAL": "SADDR", "SCRATCH": "SSADDR"}[section], (48, 7),
                                address if section == "SCRATCH" else wide))
    if section == "DS" and "addr" in words:
        fields.append(field("addr", "VGPR", (32, 8), address))
    if section in ("MUBUF", "MTBUF") and ("addr" in words or "store_lds" in words):
        if "addr" in words:
            fields.append(field("addr", "BADDR", (32, 8), address))
        fields.append(field("rsrc", "RSRC", (48, 5), address._replace(type="b128")))
        fields.append(field("soffset", "SOFFSET", (56, 8), address))
    if section == "MIMG":
        fields.append(field("addr", "VGPR", (32, 8), address))
        fields.append(field("rsrc", "RSRC", (48, 5), address._replace(type="b256")))
        if "samp" in words:
            fields.append(field("samp", "RSRC", (53, 5), address._replace(type="b128")))
    return fields


def vector_flags(section, operands, effects, variant_is_implicit):
    flags = set(effects)
    if any(o.reads for o in operands):
        flags.add("DST_IS_SOURCE")
    if variant_is_implicit:
        for o in operands:
            if o.type == "mask":
                flags.add("WRITES_VCC" if o.slot == "sd" else "READS_VCC")
    return flags


FORMS = {"e32": "PLAIN", "e64": "PLAIN", "sdwa": "SDWA", "dpp": "DPP"}


def expand_vop(line, section, opcode, name, operands, forms, effects, no_exec, chips):
    only = {f.split(":")[0] for f in forms} == {"e32"}
    for form in forms:
        form, _, mods = form.partition(":")
        mods = set(mods.split(",")) if mods else set()
        if form not in FORMS or not mods <= MODS:
            fail(line, f"unknown form '{form}' or modifier in {sorted(mods)}")
        implicit = form != "e64"
        flags = vector_flags(section, operands, effects, implicit)
        if not no_exec:
            flags.add("READS_EXEC")
        encoding, code = section, opcode
        if form == "e64":
            carry = section == "VOP2" and any(o.slot == "sd" for o in operands)
            encoding, code = "VOP3B" if carry else "VOP3A", opcode + E64_BASE[section]
        fields = {"e32": e32_fields, "e64": e64_fields, "sdwa": sdwa_fields, "dpp": dpp_fields}[form](
            line, section, operands)
        suffix = "" if only or not operands else "_" + form
        yield Row(line, encoding, FORMS[form], code, name, name + suffix, fields, mods, flags, chips)


def expand(line, section, opcode, name, operands, words, forms, effects, no_exec, chips):
    encoding, bits = SECTIONS[section]
    if opcode >= 1 << bits:
        fail(line, f"opcode {opcode:#x} does not fit {section}")
    if section in E64_BASE:
        yield from expand_vop(line, section, opcode, name, operands, forms, effects, no_exec, chips)
        return
    for mod in forms:
        if mod not in MODS:
            fail(line, f"unknown modifier '{mod}'")
    mods = (set(forms) | set(words)) - {"addr"}
    if any(o.slot == "rtn" for o in operands):
        mods.add("rtn")
    flags = vector_flags(section, operands, effects, False)
    if section[0] != "S" and not no_exec or section == "SCRATCH":
        flags.add("READS_EXEC")
    if section in ("VOP3A", "VOP3B", "VOP3P"):
        fields = e64_fields(line, section, operands)
    elif section == "MAI":
        fields = mai_fields(line, operands)
    elif section in SCALAR:
        fields = scalar_fields(line, section, operands)
    else:
        fields = memory_fields(line, section, operands, words)
    yield Row(line, encoding, "PLAIN", opcode, name, name, fields, mods, flags, chips)


def check_overlaps(rows):
    seen, names = {}, {}
    for row in rows:
        key = (row.encoding, row.variant, row.opcode)
        for chip in row.chips:
            if (key, chip) in seen:
                fail(row.line, f"{row.mnemonic} overlaps {seen[key, chip].mnemonic} of line "
                               f"{seen[key, chip].line} on {chip}")
            seen[key, chip] = row
            name = (row.mnemonic, row.encoding, row.variant, chip)
            if name in names:
                fail(row.line, f"{row.mnemonic} is defined twice on {chip}, first in line {names[name]}")
            names[name] = row.line


def read(text):
    """All expanded rows of a table, in order. Raises TableError."""
    rows, section = [], None
    for line, raw in enumerate(text.splitlines(), 1):
        raw = raw.split("#", 1)[0].strip()
        if not raw:
            continue
        if raw.startswith("@"):
            section = raw[1:]
            if section not in SECTIONS:
                fail(line, f"unknown section '{section}'")
            continue
        if section is None:
            fail(line, "row before any @SECTION")
        columns = [c.strip() for c in raw.split("|")]
        head = columns[0].split()
        if len(columns) != 5 or len(head) != 2:
            fail(line, "a row is: opcode name | operands | forms | effects | chips")
        if not re.fullmatch(r"0x[0-9a-f]+", head[0]):
            fail(line, f"opcode '{head[0]}' is not lower-case hexadecimal")
        if not re.fullmatch(r"[a-z][a-z0-9_]*", head[1]):
            fail(line, f"bad name '{head[1]}'")
        operands, words = parse_operands(line, columns[1])
        effects, no_exec = parse_effects(line, columns[3])
        forms = [] if columns[2] == "-" else columns[2].split()
        rows += expand(line, section, int(head[0], 16), head[1], operands, words, forms, effects, no_exec,
                       parse_chips(line, columns[4]))
    check_overlaps(rows)
    return rows
