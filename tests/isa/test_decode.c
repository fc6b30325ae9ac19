/* SPDX-License-Identifier: MIT
 * What the decoder puts into the slots: one row a rule that consumers rely on, so that none of them
 * has to know an encoding. Texts of every instruction are checked against LLVM elsewhere
 * (oracle.py).
 */
#include "isa/isa.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>

enum {
    NONE = CAIRN_CODE_NONE,
    V = CAIRN_CODE_VGPR0,
    A = CAIRN_CODE_AGPR0,
    VCC = CAIRN_CODE_VCC_LO,
    LIT = CAIRN_CODE_LITERAL
};

static const struct cairn_gfx *chip(void)
{
    return cairn_gfx_by_name("gfx90a", 6);
}

static struct cairn_insn decoded(const char *why, const uint32_t *words, size_t count)
{
    struct cairn_insn insn = {0};
    enum cairn_status status = cairn_isa_decode(chip(), cairn_bytes_of(words, 4 * count), &insn);
    if (status != CAIRN_OK)
        fail_msg("%s: %s", why, cairn_status_name(status));
    return insn;
}

struct slot_case {
    const char *why;
    uint32_t words[3];
    unsigned size;
    enum cairn_op op;
    uint16_t slot[CAIRN_SLOT_COUNT]; /* dst sdst src0..src4 */
};

static const struct slot_case slot_cases[] = {
    // clang-format off
    {"scalar", {0x8004080c}, 4, CAIRN_OP_s_add_u32, {4, NONE, 12, 8, NONE, NONE, NONE}},
    {"a literal takes a dword", {0x800408ff, 0x12345678}, 8, CAIRN_OP_s_add_u32, {4, NONE, LIT, 8, NONE, NONE, NONE}},
    {"both sources may be the literal", {0x8004ffff, 7}, 8, CAIRN_OP_s_add_u32, {4, NONE, LIT, LIT, NONE, NONE, NONE}},
    {"SOPK compare reads sdst", {0xb1040010}, 4, CAIRN_OP_s_cmpk_eq_i32, {NONE, NONE, 4, NONE, NONE, NONE, NONE}},
    {"s_setreg_imm32 has a literal", {0xba008801, 5}, 8, CAIRN_OP_s_setreg_imm32_b32, {NONE, NONE, LIT, NONE, NONE, NONE, NONE}},
    {"movreld names a destination", {0xbe842c08}, 4, CAIRN_OP_s_movreld_b32, {4, NONE, 8, NONE, NONE, NONE, NONE}},
    {"e32 cndmask reads vcc in src2", {0x00040906}, 4, CAIRN_OP_v_cndmask_b32, {V + 2, NONE, V + 6, V + 4, VCC, NONE, NONE}},
    {"e64 cndmask names its mask", {0xd1000002, 0x00220d04}, 8, CAIRN_OP_v_cndmask_b32, {V + 2, NONE, V + 4, V + 6, 8, NONE, NONE}},
    {"e32 compare writes vcc", {0x7d940902}, 4, CAIRN_OP_v_cmp_eq_u32, {NONE, VCC, V + 2, V + 4, NONE, NONE, NONE}},
    {"e64 compare names its mask", {0xd0ca0008, 0x00020902}, 8, CAIRN_OP_v_cmp_eq_u32, {NONE, 8, V + 2, V + 4, NONE, NONE, NONE}},
    {"sdwa compare with sd names its mask", {0x7d9408f9, 0x06068406}, 8, CAIRN_OP_v_cmp_eq_u32, {NONE, 4, V + 6, V + 4, NONE, NONE, NONE}},
    {"sdwa compare without sd writes vcc", {0x7d9408f9, 0x06060406}, 8, CAIRN_OP_v_cmp_eq_u32, {NONE, VCC, V + 6, V + 4, NONE, NONE, NONE}},
    {"e32 carry in and out is vcc", {0x38040906}, 4, CAIRN_OP_v_addc_co_u32, {V + 2, VCC, V + 6, V + 4, VCC, NONE, NONE}},
    {"e64 carry names both", {0xd11c0a02, 0x00320d04}, 8, CAIRN_OP_v_addc_co_u32, {V + 2, 10, V + 4, V + 6, 12, NONE, NONE}},
    {"madmk has the literal in src1", {0x2e040906, 0x3f800000}, 8, CAIRN_OP_v_madmk_f32, {V + 2, NONE, V + 6, LIT, V + 4, NONE, NONE}},
    {"madak has the literal in src2", {0x30040906, 0x3f800000}, 8, CAIRN_OP_v_madak_f32, {V + 2, NONE, V + 6, V + 4, LIT, NONE, NONE}},
    {"readlane writes a scalar", {0xd2890004, 0x00001102}, 8, CAIRN_OP_v_readlane_b32, {4, NONE, V + 2, 8, NONE, NONE, NONE}},
    {"div_scale has two destinations", {0xd1e00002, 0x04220d04}, 8, CAIRN_OP_v_div_scale_f32, {V + 2, 0, V + 4, V + 6, V + 8, NONE, NONE}},
    {"MFMA: acc bits choose AGPRs", {0xd3c0c860, 0x2c4b29a1}, 8, CAIRN_OP_v_mfma_f32_32x32x1f32, {A + 96, NONE, A + 161, V + 148, A + 18, NONE, NONE}},
    {"accvgpr_read reads an AGPR", {0xd3d84020, 0x18000104}, 8, CAIRN_OP_v_accvgpr_read_b32, {V + 32, NONE, A + 4, NONE, NONE, NONE, NONE}},
    {"accvgpr_write takes constants", {0xd3d94020, 0x18000080}, 8, CAIRN_OP_v_accvgpr_write_b32, {A + 32, NONE, CAIRN_CODE_INT_0, NONE, NONE, NONE, NONE}},
    {"scalar load by offset", {0xc0060003, 0x00000010}, 8, CAIRN_OP_s_load_dwordx2, {0, NONE, 6, NONE, NONE, NONE, NONE}},
    {"scalar load by register", {0xc0040202, 0x00000014}, 8, CAIRN_OP_s_load_dwordx2, {8, NONE, 4, NONE, NONE, NONE, 20}},
    {"scalar store has data", {0xc0420202, 0x00000010}, 8, CAIRN_OP_s_store_dword, {NONE, NONE, 4, 8, NONE, NONE, NONE}},
    {"scalar atomic without glc returns nothing", {0xc20a0202, 0x00000010}, 8, CAIRN_OP_s_atomic_add, {NONE, NONE, 4, 8, NONE, NONE, NONE}},
    {"scalar atomic with glc returns into its data", {0xc20b0202, 0x00000010}, 8, CAIRN_OP_s_atomic_add, {8, NONE, 4, 8, NONE, NONE, NONE}},
    {"ds load", {0xd86c0000, 0x08000002}, 8, CAIRN_OP_ds_read_b32, {V + 8, NONE, V + 2, NONE, NONE, NONE, NONE}},
    {"ds acc: data and destination are AGPRs", {0xda400000, 0x08000402}, 8, CAIRN_OP_ds_add_rtn_u32, {A + 8, NONE, V + 2, A + 4, NONE, NONE, NONE}},
    {"ds write2 has two data", {0xd81c0000, 0x00060402}, 8, CAIRN_OP_ds_write2_b32, {NONE, NONE, V + 2, V + 4, V + 6, NONE, NONE}},
    {"flat load", {0xdc500000, 0x08000002}, 8, CAIRN_OP_flat_load_dword, {V + 8, NONE, V + 2, NONE, NONE, NONE, NONE}},
    {"global without saddr", {0xdc508000, 0x087f0002}, 8, CAIRN_OP_global_load_dword, {V + 8, NONE, V + 2, NONE, NONE, NONE, NONE}},
    {"global with saddr", {0xdc508000, 0x08040003}, 8, CAIRN_OP_global_load_dword, {V + 8, NONE, V + 3, NONE, NONE, 4, NONE}},
    {"global atomic without glc", {0xdd088000, 0x087f0402}, 8, CAIRN_OP_global_atomic_add, {NONE, NONE, V + 2, V + 4, NONE, NONE, NONE}},
    {"global atomic with glc", {0xdd098000, 0x087f0402}, 8, CAIRN_OP_global_atomic_add, {V + 8, NONE, V + 2, V + 4, NONE, NONE, NONE}},
    {"global load into LDS has no destination", {0xdc50a000, 0x007f0002}, 8, CAIRN_OP_global_load_dword, {NONE, NONE, V + 2, NONE, NONE, NONE, NONE}},
    {"scratch with saddr has no vaddr", {0xdc504000, 0x08040002}, 8, CAIRN_OP_scratch_load_dword, {V + 8, NONE, NONE, NONE, NONE, 4, NONE}},
    {"scratch without saddr", {0xdc504000, 0x087f0002}, 8, CAIRN_OP_scratch_load_dword, {V + 8, NONE, V + 2, NONE, NONE, NONE, NONE}},
    {"buffer load", {0xe0501000, 0x0c020402}, 8, CAIRN_OP_buffer_load_dword, {V + 4, NONE, V + 2, NONE, NONE, 8, 12}},
    {"buffer without offen and idxen has no vaddr", {0xe0500000, 0x80020402}, 8, CAIRN_OP_buffer_load_dword, {V + 4, NONE, NONE, NONE, NONE, 8, CAIRN_CODE_INT_0}},
    {"buffer atomic with glc returns into its data", {0xe1085000, 0x0c020402}, 8, CAIRN_OP_buffer_atomic_add, {V + 4, NONE, V + 2, V + 4, NONE, 8, 12}},
    {"buffer atomic without glc", {0xe1081000, 0x0c020402}, 8, CAIRN_OP_buffer_atomic_add, {NONE, NONE, V + 2, V + 4, NONE, 8, 12}},
    {"dpp", {0x020408fa, 0xff00e406}, 8, CAIRN_OP_v_add_f32, {V + 2, NONE, V + 6, V + 4, NONE, NONE, NONE}},
    {"sdwa with a scalar", {0x020408f9, 0x06860606}, 8, CAIRN_OP_v_add_f32, {V + 2, NONE, 6, V + 4, NONE, NONE, NONE}},
    // clang-format on
};

static void operands_sit_in_their_slots(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof slot_cases / sizeof slot_cases[0]; i++) {
        const struct slot_case *c = &slot_cases[i];
        struct cairn_insn insn = decoded(c->why, c->words, 3);
        if (insn.op != c->op || insn.size_bytes != c->size)
            fail_msg("%s: %s, %u bytes", c->why, cairn_op_name((enum cairn_op)insn.op),
                     insn.size_bytes);
        for (unsigned k = 0; k < CAIRN_SLOT_COUNT; k++)
            if (insn.slot[k].code != c->slot[k])
                fail_msg("%s: slot %u is %u", c->why, k, insn.slot[k].code);
    }
}

struct type_case {
    const char *why;
    uint32_t words[2];
    unsigned slot, type, dwords;
};

static const struct type_case type_cases[] = {
    {"f64 result of a conversion", {0x7e040904}, CAIRN_SLOT_DST, CAIRN_TYPE_F64, 2},
    {"integer source of a conversion", {0x7e040904}, CAIRN_SLOT_SRC0, CAIRN_TYPE_I32, 1},
    {"f16 sources", {0x3e040906}, CAIRN_SLOT_SRC0, CAIRN_TYPE_F16, 1},
    {"u16 sources", {0x4c040906}, CAIRN_SLOT_SRC0, CAIRN_TYPE_U16, 1},
    {"f64 pair", {0xd2800002, 0x00020904}, CAIRN_SLOT_SRC1, CAIRN_TYPE_F64, 2},
    {"shift count of a 64-bit shift", {0xd28f0002, 0x00020d04}, CAIRN_SLOT_SRC0, CAIRN_TYPE_B32, 1},
    {"mad_u64_u32 adds 64 bits", {0xd1e80002, 0x04220d04}, CAIRN_SLOT_SRC2, CAIRN_TYPE_U64, 2},
    {"mask", {0x7d940902}, CAIRN_SLOT_SDST, CAIRN_TYPE_MASK, 2},
    {"packed halves", {0xd38f4002, 0x18020904}, CAIRN_SLOT_SRC0, CAIRN_TYPE_PK_F16, 1},
    {"packed floats", {0xd3b14002, 0x18020904}, CAIRN_SLOT_SRC0, CAIRN_TYPE_PK_F32, 2},
    {"mix source without op_sel_hi is f32",
     {0xd3a00002, 0x04120904},
     CAIRN_SLOT_SRC0,
     CAIRN_TYPE_F32,
     1},
    {"mix source with op_sel_hi is f16",
     {0xd3a00002, 0x0c120904},
     CAIRN_SLOT_SRC0,
     CAIRN_TYPE_F16,
     1},
    {"MFMA accumulator", {0xd3c10000, 0x04020300}, CAIRN_SLOT_SRC2, CAIRN_TYPE_F32, 16},
    {"cmpswap data", {0xdd048000, 0x087f0402}, CAIRN_SLOT_DATA0, CAIRN_TYPE_B64, 2},
    {"index and offset are a pair", {0xe0503000, 0x0c020402}, CAIRN_SLOT_ADDR, CAIRN_TYPE_B64, 2},
    {"global offset to a scalar base",
     {0xdc508000, 0x08040003},
     CAIRN_SLOT_ADDR,
     CAIRN_TYPE_U32,
     1},
};

static void operands_have_type_and_size(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof type_cases / sizeof type_cases[0]; i++) {
        const struct type_case *c = &type_cases[i];
        struct cairn_insn insn = decoded(c->why, c->words, 2);
        const struct cairn_operand *o = &insn.slot[c->slot];
        if (o->type != c->type || o->dwords != c->dwords)
            fail_msg("%s: type %u, %u dwords", c->why, o->type, o->dwords);
    }
}

struct flag_case {
    const char *why;
    uint32_t words[2];
    uint32_t set, clear; /* enum cairn_isa_flag */
};

static const struct flag_case flag_cases[] = {
    {"fmac reads its destination", {0x76040906}, CAIRN_ISA_DST_IS_SOURCE, CAIRN_ISA_WRITES_VCC},
    {"s_cmov keeps its destination",
     {0xbe840208},
     CAIRN_ISA_DST_IS_SOURCE | CAIRN_ISA_READS_SCC,
     0},
    {"cmpx writes exec", {0x7db40902}, CAIRN_ISA_WRITES_EXEC | CAIRN_ISA_WRITES_VCC, 0},
    {"e64 cmpx writes exec, not vcc",
     {0xd0da0008, 0x902},
     CAIRN_ISA_WRITES_EXEC,
     CAIRN_ISA_WRITES_VCC},
    {"saveexec",
     {0xbe842008},
     CAIRN_ISA_WRITES_EXEC | CAIRN_ISA_READS_EXEC | CAIRN_ISA_WRITES_SCC,
     0},
    {"s_endpgm", {0xbf810000}, CAIRN_ISA_ENDS, CAIRN_ISA_BRANCH},
    {"s_setpc", {0xbe801d04}, CAIRN_ISA_BRANCH, CAIRN_ISA_ENDS},
    {"conditional branch", {0xbf840004}, CAIRN_ISA_BRANCH | CAIRN_ISA_READS_SCC, 0},
    {"atomic", {0xdd088000, 0x087f0402}, CAIRN_ISA_LOADS | CAIRN_ISA_STORES | CAIRN_ISA_ATOMIC, 0},
    {"plain buffer load", {0xe0501000, 0x0c020402}, CAIRN_ISA_LOADS, CAIRN_ISA_READS_M0},
    {"buffer load into LDS reads m0",
     {0xe0511000, 0x0c020002},
     CAIRN_ISA_LOADS | CAIRN_ISA_READS_M0,
     0},
    {"readlane ignores exec", {0xd2890004, 0x00001102}, 0, CAIRN_ISA_READS_EXEC},
    {"MFMA ignores exec", {0xd3c10000, 0x04020300}, 0, CAIRN_ISA_READS_EXEC},
    {"div_fmas reads vcc", {0xd1e20002, 0x04220d04}, CAIRN_ISA_READS_VCC, 0},
};

static void flags_say_what_is_touched_beyond_operands(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof flag_cases / sizeof flag_cases[0]; i++) {
        const struct flag_case *c = &flag_cases[i];
        struct cairn_insn insn = decoded(c->why, c->words, 2);
        uint32_t flags = cairn_isa_flags(&insn);
        if ((flags & c->set) != c->set || (flags & c->clear) != 0)
            fail_msg("%s: flags %#x", c->why, flags);
    }
}

struct bad_case {
    const char *why;
    uint32_t words[2];
    size_t bytes;
    enum cairn_status expected;
};

static const struct bad_case bad_cases[] = {
    {"nothing", {0}, 0, CAIRN_ERR_TRUNCATED},
    {"three bytes", {0xbf800000}, 3, CAIRN_ERR_TRUNCATED},
    {"half of a 64-bit instruction", {0xd2800002}, 4, CAIRN_ERR_TRUNCATED},
    {"literal missing", {0x800408ff}, 4, CAIRN_ERR_TRUNCATED},
    {"literal cut off", {0x800408ff}, 7, CAIRN_ERR_TRUNCATED},
    {"no such opcode", {0xbfff0000}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"no such opcode, though short", {0xd2ff0000}, 4, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"no such encoding", {0xffffffff, 0xffffffff}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"literal in VOP3", {0xd1010002, 0x000208ff}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"literal in s_setpc", {0xbe801dff, 0}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"literal as buffer soffset", {0xe0501000, 0xff020402}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"odd scalar pair", {0xbe850108}, 4, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"odd vector pair", {0xd2800003, 0x00020904}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"vector pair past v255", {0xdc548000, 0xff7f0002}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"reserved sdwa selector", {0x020408f9, 0x06060706}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"reserved dst_unused", {0x020408f9, 0x06061e06}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"sdwa abs on an integer", {0x680408f9, 0x06260606}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"row_shr in a 64-bit dpp", {0x080408fa, 0xff011106}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"row_shr:0", {0x020408fa, 0xff011006}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"neg on an integer", {0xd1c80002, 0x24220d04}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"clamp on a bit operation", {0xd1ca8002, 0x04220d04}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"MFMA A from a scalar", {0xd3c10000, 0x04020204}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"scc on a float atomic", {0xdf348000, 0x087f0402}, 8, CAIRN_ERR_ILLEGAL_INSTRUCTION},
    {"null is of other chips", {0x8004087d}, 4, CAIRN_ERR_ILLEGAL_INSTRUCTION},
};

static void bad_code_is_refused_and_out_untouched(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof bad_cases / sizeof bad_cases[0]; i++) {
        const struct bad_case *c = &bad_cases[i];
        struct cairn_insn insn = {.size_bytes = 77};
        enum cairn_status got = cairn_isa_decode(chip(), cairn_bytes_of(c->words, c->bytes), &insn);
        if (got != c->expected || insn.size_bytes != 77)
            fail_msg("%s: %s", c->why, cairn_status_name(got));
    }
}

static void modifiers_are_kept(void **state)
{
    (void)state;
    struct cairn_insn i = decoded("vop3", (const uint32_t[]){0xd1018102, 0x28020904}, 2);
    assert_true(i.clamp && i.omod == 1 && i.slot[CAIRN_SLOT_SRC0].abs &&
                !i.slot[CAIRN_SLOT_SRC1].abs);
    assert_true(i.slot[CAIRN_SLOT_SRC0].neg && !i.slot[CAIRN_SLOT_SRC1].neg);
    i = decoded("sdwa", (const uint32_t[]){0x680408f9, 0x0d040e06}, 2);
    assert_int_equal(i.slot[CAIRN_SLOT_SRC1].sel, CAIRN_SEL_WORD1);
    assert_true(i.slot[CAIRN_SLOT_SRC1].sext && i.dst_unused == 1);
    i = decoded("plain sel", (const uint32_t[]){0x68040906}, 1);
    assert_int_equal(i.slot[CAIRN_SLOT_SRC0].sel, CAIRN_SEL_DWORD);
    i = decoded("packed", (const uint32_t[]){0xd38f4a02, 0x50020904}, 2);
    assert_int_equal(i.op_sel, 1);
    assert_int_equal(i.op_sel_hi, 2);
    assert_int_equal(i.neg_lo, 2);
    assert_int_equal(i.neg_hi, 2);
    i = decoded("negative offset", (const uint32_t[]){0xdc509fff, 0x087f0002}, 2);
    assert_int_equal(i.imm, -1);
    i = decoded("negative branch", (const uint32_t[]){0xbf82fffe}, 1);
    assert_int_equal(i.imm, -2);
    i = decoded("ds offsets", (const uint32_t[]){0xd81c0201, 0x00060402}, 2);
    assert_int_equal(i.imm, 0x201);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operands_sit_in_their_slots),
        cmocka_unit_test(operands_have_type_and_size),
        cmocka_unit_test(flags_say_what_is_touched_beyond_operands),
        cmocka_unit_test(bad_code_is_refused_and_out_untouched),
        cmocka_unit_test(modifiers_are_kept),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
