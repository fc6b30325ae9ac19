# SPDX-License-Identifier: MIT
"""The instruction table and its generator: the committed table is complete, and a broken one is refused with the line
that breaks it."""

import collections
import os
import re
import sys
import unittest

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "gen", "isa"))
import gen  # noqa: E402
import table  # noqa: E402

# Instructions that LLVM 22 knows for gfx90a, by encoding and variant.
GFX90A_COUNTS = {
    ("SOP1", "PLAIN"): 54, ("SOP2", "PLAIN"): 53, ("SOPK", "PLAIN"): 21, ("SOPC", "PLAIN"): 20,
    ("SOPP", "PLAIN"): 31, ("SMEM", "PLAIN"): 84, ("VOP1", "PLAIN"): 79, ("VOP2", "PLAIN"): 62,
    ("VOPC", "PLAIN"): 198, ("VOP1", "SDWA"): 59, ("VOP2", "SDWA"): 50, ("VOPC", "SDWA"): 132,
    ("VOP1", "DPP"): 75, ("VOP2", "DPP"): 58, ("VOP3A", "PLAIN"): 100 + 76 + 52 + 198, ("VOP3B", "PLAIN"): 4 + 6,
    ("VOP3P", "PLAIN"): 33, ("MAI", "PLAIN"): 29, ("DS", "PLAIN"): 124, ("FLAT", "PLAIN"): 51,
    ("GLOBAL", "PLAIN"): 53, ("SCRATCH", "PLAIN"): 22, ("MUBUF", "PLAIN"): 76, ("MTBUF", "PLAIN"): 16,
    ("MIMG", "PLAIN"): 25,
}

ADD = "0x001 v_add_f32 | d=f32 s0=f32 s1=f32 | e32 e64:clamp,omod | - | all\n"

BROKEN = [
    ("two rows with one opcode", "@VOP2\n" + ADD + "0x001 v_sub_f32 | d=f32 s0=f32 s1=f32 | e32 | - | 90a\n",
     "line 3: .* overlaps v_add_f32_e32 of line 2 on gfx90a"),
    ("a 64-bit form meets a row of that encoding",
     "@VOP2\n" + ADD + "@VOP3A\n0x101 v_other | d=f32 s0=f32 | - | - | all\n", "line 4: .* overlaps v_add_f32_e64"),
    ("one name twice", "@SOP1\n0x000 s_a | d=b32 | - | - | 90a\n0x001 s_a | d=b32 | - | - | 90a\n",
     "line 3: s_a is defined twice"),
    ("opcode too large", "@SOPK\n0x020 s_a | d=b32 imm | - | - | all\n", "line 2: opcode 0x20 does not fit SOPK"),
    ("unknown type", "@SOP1\n0x000 s_a | d=b33 | - | - | all\n", "line 2: unknown type 'b33'"),
    ("unknown slot", "@SOP1\n0x000 s_a | z=b32 | - | - | all\n", "line 2: unknown slot 'z'"),
    ("slot twice", "@SOP1\n0x000 s_a | d=b32 d=b32 | - | - | all\n", "line 2: two operands in one slot"),
    ("unknown word", "@SOPP\n0x000 s_a | immediate | - | - | all\n", "line 2: unknown word 'immediate'"),
    ("unknown form", "@VOP1\n0x001 v_a | d=b32 s0=b32 | e33 | - | all\n", "line 2: unknown form 'e33'"),
    ("unknown modifier", "@VOP3A\n0x1c0 v_a | d=b32 s0=b32 | clamped | - | all\n", "line 2: unknown modifier"),
    ("unknown effect", "@SOP1\n0x000 s_a | d=b32 | - | >scd | all\n", "line 2: unknown effect '>scd'"),
    ("unknown chip", "@SOP1\n0x000 s_a | d=b32 | - | - | 90a,123\n", "line 2: unknown chip 'gfx123'"),
    ("unknown section", "@SOP9\n", "line 1: unknown section 'SOP9'"),
    ("no section", ADD, "line 1: row before any @SECTION"),
    ("missing column", "@SOP1\n0x000 s_a | d=b32 | - | all\n", "line 2: a row is:"),
    ("decimal opcode", "@SOP1\n17 s_a | d=b32 | - | - | all\n", "line 2: opcode '17' is not"),
    ("capital letters", "@SOP1\n0x000 S_A | d=b32 | - | - | all\n", "line 2: bad name 'S_A'"),
    ("scalar data in a buffer row", "@MUBUF\n0x000 b_a | s0=b32 addr | - | - | all\n", "line 2: slot 's0' in a memory"),
]


def committed():
    with open(os.path.join(ROOT, "src", "isa", "gfx9.def"), encoding="utf-8") as f:
        return table.read(f.read())


class Table(unittest.TestCase):
    def test_gfx90a_is_complete(self):
        counts = collections.Counter((r.encoding, r.variant) for r in committed() if "gfx90a" in r.chips)
        self.assertEqual(dict(counts), GFX90A_COUNTS)
        self.assertEqual(sum(counts.values()), 1841)

    def test_names_that_compilers_emit_are_rows(self):
        names = {r.mnemonic for r in committed() if "gfx90a" in r.chips}
        with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "emitted.txt"), encoding="utf-8") as f:
            emitted = [line.strip() for line in f if line.strip() and not line.startswith("#")]
        self.assertEqual(len(emitted), 322)
        self.assertEqual([n for n in emitted if n not in names], [])

    def test_broken_tables_are_refused(self):
        for why, text, message in BROKEN:
            with self.subTest(why), self.assertRaisesRegex(table.TableError, message):
                table.read(text)

    def test_one_opcode_may_differ_between_chips(self):
        rows = table.read("@SOP1\n0x000 s_a | d=b32 | - | - | 90a\n0x000 s_b | d=b32 | - | - | 942\n")
        self.assertEqual([r.name for r in rows], ["s_a", "s_b"])

    def test_forms_expand_to_encodings(self):
        rows = table.read("@VOP2\n0x01d v_subb_co_u32 | d=u32 sd=mask s0=u32 s1=u32 s2=mask | e32 e64:clamp | - | all\n")
        self.assertEqual([(r.mnemonic, r.encoding, r.opcode) for r in rows],
                         [("v_subb_co_u32_e32", "VOP2", 0x1D), ("v_subb_co_u32_e64", "VOP3B", 0x11D)])
        self.assertEqual(rows[0].flags, {"READS_EXEC", "READS_VCC", "WRITES_VCC"})
        self.assertEqual(rows[1].flags, {"READS_EXEC"})


class Generated(unittest.TestCase):
    def test_op_header_names_every_operation_once(self):
        rows = committed()
        names = re.findall(r"CAIRN_OP_(\w+),", gen.op_header(rows))
        self.assertEqual(names, sorted({r.name for r in rows}))

    def test_index_has_every_row_of_the_chip(self):
        rows = [r for r in committed() if "gfx90a" in r.chips]
        text = gen.tables(rows, ["gfx90a"])
        entries = re.findall(r"^        \[(\d+)\] = (\d+),$", text, re.M)
        self.assertEqual(len(entries), 1841)
        self.assertEqual(len({e[0] for e in entries}), 1841)

    def test_chips_of_other_families_are_left_out(self):
        self.assertEqual(gen.chips_of("GFX(gfx90a, 1)\nGFX(gfx1100, 2)\n"), ["gfx90a"])


if __name__ == "__main__":
    unittest.main()
