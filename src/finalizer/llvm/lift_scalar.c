/* SPDX-License-Identifier: MIT
 * The family of scalar instructions: which of them are lifted and how, their operands and results.
 * What is not here (hardware registers, clocks, relative moves, scalar stores and atomics) is left
 * to the interpreter.
 */
#include "finalizer/llvm/lift_scalar.h"

enum form {
    FORM_NONE,
    FORM_ONE,    /* destination, source */
    FORM_TWO,    /* destination, two sources */
    FORM_KEEPS,  /* destination, source; the old destination is read */
    FORM_IMM,    /* SOPK: old destination and immediate */
    FORM_TEST,   /* SCC of two sources */
    FORM_TEST_K, /* SCC of a register and an immediate */
    FORM_EXEC,   /* EXEC = f(source, EXEC) */
};

static const struct row {
    uint8_t form, dst, s0, s1; /* bits */
} rows[CAIRN_OP_COUNT] = {
#define SALU1(name, D, S0)      [CAIRN_OP_##name] = {FORM_ONE, D, S0, 0},
#define SALU2(name, D, S0, S1)  [CAIRN_OP_##name] = {FORM_TWO, D, S0, S1},
#define SALUOLD(name, D, S0)    [CAIRN_OP_##name] = {FORM_KEEPS, D, S0, 0},
#define SALUK(name)             [CAIRN_OP_##name] = {FORM_IMM, 32, 32, 32},
#define SCMP(name, S0, S1, ...) [CAIRN_OP_##name] = {FORM_TEST, 0, S0, S1},
#define SCMPK(name, ...)        [CAIRN_OP_##name] = {FORM_TEST_K, 0, 32, 32},
#define SEXEC(name, ...)        [CAIRN_OP_##name] = {FORM_EXEC, 64, 64, 64},
#include "machine/scalar.def"
};

/* Trap temporaries stay 0, which is the interpreter's to see to. */
static bool writes_trap_register(const struct cairn_insn *insn)
{
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    return dst->code < CAIRN_CODE_M0 && dst->code + dst->dwords > CAIRN_CODE_TTMP0;
}

static enum cairn_lift_kind kind(const struct cairn_insn *insn,
                                 const struct cairn_geometry *geometry, bool exact_nan)
{
    (void)geometry, (void)exact_nan;
    if (insn->encoding > CAIRN_ENC_SMEM || writes_trap_register(insn))
        return CAIRN_LIFT_STEP;
    if (cairn_scalar_is_mask(insn))
        return CAIRN_LIFT_MASK;
    if (rows[insn->op].form != FORM_NONE || insn->op == CAIRN_OP_s_getpc_b64 ||
        cairn_scalar_is_load(insn))
        return CAIRN_LIFT_SCALAR;
    return CAIRN_LIFT_STEP;
}

/* ---- operands and results */

static LLVMValueRef source(struct cairn_lift *lift, unsigned slot, unsigned bits)
{
    return bits == 64 ? cairn_lift_scalar64(lift, slot) : cairn_lift_scalar(lift, slot);
}

static LLVMValueRef old_value(struct cairn_lift *lift, unsigned bits)
{
    unsigned code = lift->insn->slot[CAIRN_SLOT_DST].code;
    return bits == 64 ? cairn_lift_sgpr64(lift, code) : cairn_lift_sgpr(lift, code);
}

/* Comparisons without sign take the immediate's 16 bits as they are. */
static LLVMValueRef immediate(struct cairn_lift *lift)
{
    switch (lift->insn->op) {
    case CAIRN_OP_s_cmpk_eq_u32:
    case CAIRN_OP_s_cmpk_lg_u32:
    case CAIRN_OP_s_cmpk_gt_u32:
    case CAIRN_OP_s_cmpk_ge_u32:
    case CAIRN_OP_s_cmpk_lt_u32:
    case CAIRN_OP_s_cmpk_le_u32:
        return cairn_lift_const32(lift, (uint16_t)lift->insn->imm);
    default:
        return cairn_lift_const32(lift, (uint32_t)lift->insn->imm);
    }
}

static bool reads_scc(const struct cairn_insn *insn)
{
    return cairn_isa_flags(insn) & CAIRN_ISA_READS_SCC;
}

static void fetch(struct cairn_lift *lift, const struct row *row, struct cairn_scalar_op *op)
{
    *op = (struct cairn_scalar_op){.lift = lift, .b = lift->builder, .op = lift->insn->op};
    if (row->form == FORM_IMM)
        op->s0 = old_value(lift, 32);
    else
        op->s0 = source(lift, CAIRN_SLOT_SRC0, row->s0);
    if (row->form == FORM_IMM || row->form == FORM_TEST_K)
        op->s1 = immediate(lift);
    else if (row->form == FORM_EXEC)
        op->s1 = cairn_lift_sgpr64(lift, CAIRN_CODE_EXEC_LO);
    else if (row->s1 != 0)
        op->s1 = source(lift, CAIRN_SLOT_SRC1, row->s1);
    if (row->form == FORM_KEEPS)
        op->old = old_value(lift, row->dst);
    if (reads_scc(lift->insn))
        op->carry = cairn_lift_scc(lift);
}

static void put(struct cairn_lift *lift, const struct row *row, LLVMValueRef value)
{
    unsigned code = lift->insn->slot[CAIRN_SLOT_DST].code;
    if (row->dst == 64)
        cairn_lift_put_sgpr64(lift, code, value);
    else
        cairn_lift_put_sgpr(lift, code, value);
}

static void finish(struct cairn_lift *lift, const struct row *row, const struct cairn_scalar_op *op)
{
    bool keeps_old;
    if (cairn_scalar_sets_exec(op->op, &keeps_old)) {
        put(lift, row, keeps_old ? op->s1 : op->value);
        cairn_lift_put_sgpr64(lift, CAIRN_CODE_EXEC_LO, op->value);
    } else if (op->value != NULL) {
        put(lift, row, op->value);
    }
    if (op->scc != NULL)
        cairn_lift_put_scc(lift, op->scc);
}

/* ---- emitting */

static void emit_getpc(struct cairn_lift *lift)
{
    const struct cairn_program_insn *at = &lift->program->insns[lift->at];
    LLVMValueRef field = cairn_lift_const64(lift, offsetof(struct cairn_native_frame, code_base));
    field = LLVMBuildInBoundsGEP2(lift->builder, lift->i8, lift->frame, &field, 1, "");
    LLVMValueRef base = LLVMBuildLoad2(lift->builder, lift->i64, field, "");
    cairn_lift_tag_state(lift, base);
    LLVMValueRef next = cairn_lift_const64(lift, at->offset + at->insn.size_bytes);
    cairn_lift_put_sgpr64(lift, lift->insn->slot[CAIRN_SLOT_DST].code,
                          LLVMBuildAdd(lift->builder, base, next, ""));
}

static void emit(struct cairn_lift *lift)
{
    const struct row *row = &rows[lift->insn->op];
    struct cairn_scalar_op op;
    if (lift->insn->op == CAIRN_OP_s_getpc_b64) {
        emit_getpc(lift);
        return;
    }
    if (lift->insn->encoding == CAIRN_ENC_SMEM) {
        cairn_scalar_load(lift);
        return;
    }
    fetch(lift, row, &op);
    if (cairn_scalar_arithmetic(&op) || cairn_scalar_compare(&op) || cairn_scalar_bits(&op))
        finish(lift, row, &op);
}

const struct cairn_lift_family cairn_lift_scalar_family = {.kind = kind, .emit = emit};
