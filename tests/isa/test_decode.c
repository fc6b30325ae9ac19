/* SPDX-License-Identifier: MIT
 * What the decoder puts into the slots: one row a rule that consumers rely on, so that none of them
 * has to know an encoding. Texts of every instruction are checked against LLVM elsewhere
 * (oracle.py).
 */
#include "isa/isa.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

static const struct cairn_gfx *chip(void)
{
    return cairn_gfx_by_name("gfx90a", 6);
}

enum {
    NONE = CAIRN_CODE_NONE,
    V = CAIRN_CODE_VGPR0,
    A = CAIRN_CODE_AGPR0,
    VCC = CAIRN_CODE_VCC_LO
};

struct slot_case {
    const char *why;
    uint32_t words[3];
    unsigned size;
    enum cairn_op op;
    uint16_t dst, sdst, src0, src1, src2;
};

static const struct slot_case slot_cases[] = {
    {"s_add_u32 s4, s12, s8", {0x8004080c}, 4, CAIRN_OP_s_add_u32, 4, NONE, 12, 8, NONE},
    {"a literal takes a dword",
     {0x800408ff, 0x12345678},
     8,
     CAIRN_OP_s_add_u32,
     4,
     NONE,
     255,
     8,
     NONE},
    {"e32 cndmask reads vcc in src2",
     {0x00040906},
     4,
     CAIRN_OP_v_cndmask_b32,
     V + 2,
     NONE,
     V + 6,
     V + 4,
     VCC},
    {"e64 cndmask names its mask",
     {0xd1000002, 0x00220d04},
     8,
     CAIRN_OP_v_cndmask_b32,
     V + 2,
     NONE,
     V + 4,
     V + 6,
     8},
    {"e32 compare writes vcc",
     {0x7d940902},
     4,
     CAIRN_OP_v_cmp_eq_u32,
     NONE,
     VCC,
     V + 2,
     V + 4,
     NONE},
    {"e32 carry", {0x38040906}, 4, CAIRN_OP_v_addc_co_u32, V + 2, VCC, V + 6, V + 4, VCC},
};

static void operands_sit_in_their_slots(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof slot_cases / sizeof slot_cases[0]; i++) {
        const struct slot_case *c = &slot_cases[i];
        struct cairn_insn insn;
        enum cairn_status status =
            cairn_isa_decode(chip(), cairn_bytes_of(c->words, sizeof c->words), &insn);
        if (status != CAIRN_OK)
            fail_msg("%s: %s", c->why, cairn_status_name(status));
        const uint16_t want[] = {c->dst, c->sdst, c->src0, c->src1, c->src2};
        if (insn.op != c->op || insn.size_bytes != c->size)
            fail_msg("%s: %s, %u bytes", c->why, cairn_op_name((enum cairn_op)insn.op),
                     insn.size_bytes);
        for (unsigned k = 0; k < 5; k++)
            if (insn.slot[k].code != want[k])
                fail_msg("%s: slot %u is %u", c->why, k, insn.slot[k].code);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operands_sit_in_their_slots),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
