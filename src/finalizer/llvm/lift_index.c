/* SPDX-License-Identifier: MIT
 * Registers found at run time: the instructions that switch VGPR indexing on and off, and moves
 * while it may be on, which is how compilers reach an element of an array in registers. Other
 * instructions under indexing are left to the interpreter. AMD "CDNA2 ISA" 3.6.1, 6.6.
 */
#include "finalizer/llvm/lift_priv.h"

enum { INDEX_EN = 27, VSKIP = 28, SRC0_BIT = 12, DST_BIT = 15, ROW_BYTES = 4 * CAIRN_WAVE_LANES };

static bool is_switch(unsigned op)
{
    return op == CAIRN_OP_s_set_gpr_idx_on || op == CAIRN_OP_s_set_gpr_idx_off ||
           op == CAIRN_OP_s_set_gpr_idx_idx || op == CAIRN_OP_s_set_gpr_idx_mode;
}

static bool is_arch_register(const struct cairn_operand *operand)
{
    return operand->code >= CAIRN_CODE_VGPR0 && operand->code < CAIRN_CODE_AGPR0;
}

bool cairn_lift_index_knows(const struct cairn_insn *insn)
{
    const struct cairn_operand *src = &insn->slot[CAIRN_SLOT_SRC0];
    return insn->op == CAIRN_OP_v_mov_b32 && insn->encoding == CAIRN_ENC_VOP1 &&
           insn->variant == CAIRN_VARIANT_PLAIN && !insn->clamp && !src->abs && !src->neg &&
           is_arch_register(&insn->slot[CAIRN_SLOT_DST]) &&
           (is_arch_register(src) || src->code < 106 || src->code == CAIRN_CODE_LITERAL ||
            (src->code >= CAIRN_CODE_INT_0 && src->code <= CAIRN_CODE_FLOAT_LAST));
}

static enum cairn_lift_kind kind(const struct cairn_insn *insn,
                                 const struct cairn_geometry *geometry, bool exact_nan)
{
    (void)exact_nan;
    return is_switch(insn->op) && !geometry->merged ? CAIRN_LIFT_WAVE : CAIRN_LIFT_STEP;
}

static LLVMValueRef constant(struct cairn_lift *lift, uint32_t value)
{
    return cairn_lift_const32(lift, value);
}

static LLVMValueRef bits_of(struct cairn_lift *lift, LLVMValueRef value, uint32_t mask)
{
    return LLVMBuildAnd(lift->builder, value, constant(lift, mask), "");
}

static LLVMValueRef is_set(struct cairn_lift *lift, LLVMValueRef value, unsigned bit)
{
    return LLVMBuildICmp(lift->builder, LLVMIntNE, bits_of(lift, value, 1u << bit),
                         constant(lift, 0), "");
}

static LLVMValueRef mode_pointer(struct cairn_lift *lift)
{
    return cairn_lift_wave_field(lift, lift->wave, offsetof(struct cairn_wave, mode));
}

/* ---- the switches: M0 and a bit of MODE */

static void put_enable(struct cairn_lift *lift, bool on)
{
    LLVMValueRef mode = cairn_lift_state_load(lift, lift->i32, mode_pointer(lift), 4);
    mode = bits_of(lift, mode, ~(1u << INDEX_EN));
    if (on)
        mode = LLVMBuildOr(lift->builder, mode, constant(lift, 1u << INDEX_EN), "");
    cairn_lift_state_store(lift, mode, mode_pointer(lift), 4);
}

static void emit_switch(struct cairn_lift *lift)
{
    const struct cairn_insn *insn = lift->insn;
    uint32_t enables = ((uint32_t)insn->imm & 15) << SRC0_BIT;
    LLVMBuilderRef b = lift->builder;
    if (insn->op == CAIRN_OP_s_set_gpr_idx_off) {
        put_enable(lift, false);
        return;
    }
    LLVMValueRef m0 = cairn_lift_sgpr(lift, CAIRN_CODE_M0);
    if (insn->op != CAIRN_OP_s_set_gpr_idx_mode) {
        LLVMValueRef index = bits_of(lift, cairn_lift_scalar(lift, CAIRN_SLOT_SRC0), 0xff);
        m0 = LLVMBuildOr(b, bits_of(lift, m0, ~0xffu), index, "");
    }
    if (insn->op != CAIRN_OP_s_set_gpr_idx_idx)
        m0 = LLVMBuildOr(b, bits_of(lift, m0, ~0xf000u), constant(lift, enables), "");
    cairn_lift_put_sgpr(lift, CAIRN_CODE_M0, m0);
    if (insn->op == CAIRN_OP_s_set_gpr_idx_on)
        put_enable(lift, true);
}

/* ---- moves */

/* i32: the row that operand `slot` means, if M0 enables indexing by `bit`. */
static LLVMValueRef row_of(struct cairn_lift *lift, unsigned slot, unsigned bit,
                           LLVMValueRef indexing, LLVMValueRef m0)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef first = constant(lift, cairn_vreg_of_code(lift->insn->slot[slot].code));
    LLVMValueRef on = LLVMBuildAnd(b, indexing, is_set(lift, m0, bit), "");
    LLVMValueRef moved = LLVMBuildAdd(b, first, bits_of(lift, m0, 0xff), "");
    return LLVMBuildSelect(b, on, moved, first, "");
}

static LLVMValueRef exists(struct cairn_lift *lift, LLVMValueRef row)
{
    LLVMValueRef rows = constant(lift, lift->geometry->arch_rows);
    return LLVMBuildICmp(lift->builder, LLVMIntULT, row, rows, "");
}

/* ptr: a row that is known at run time, in a chunk. */
static LLVMValueRef row_pointer(struct cairn_lift *lift, LLVMValueRef row, unsigned chunk)
{
    LLVMBuilderRef b = lift->builder;
    cairn_regs_all(&cairn_lifter_of(lift)->function.stored); /* any of them */
    LLVMValueRef offset = LLVMBuildZExt(b, row, lift->i64, "");
    offset = LLVMBuildMul(b, offset, cairn_lift_const64(lift, ROW_BYTES), "");
    return LLVMBuildInBoundsGEP2(b, lift->i8, cairn_lift_row(lift, 0, constant(lift, chunk)),
                                 &offset, 1, "");
}

static LLVMValueRef exec_of(struct cairn_lift *lift, LLVMValueRef exec, unsigned chunk)
{
    LLVMBuilderRef b = lift->builder;
    uint64_t shift = (uint64_t)chunk * lift->width;
    exec = LLVMBuildLShr(b, exec, cairn_lift_const64(lift, shift), "");
    exec = LLVMBuildTrunc(b, exec, cairn_lift_mask_type(lift), "");
    return LLVMBuildBitCast(b, exec, lift->v1, "");
}

/* `from`, `value`: the row of the source, or its value in all lanes. */
static void move_rows(struct cairn_lift *lift, LLVMValueRef to, LLVMValueRef from,
                      LLVMValueRef value, LLVMValueRef exec)
{
    unsigned align = 4 * lift->width;
    for (unsigned chunk = 0; chunk < lift->chunks; chunk++) {
        LLVMValueRef at = row_pointer(lift, to, chunk);
        LLVMValueRef old = cairn_lift_state_load(lift, lift->v32, at, align);
        LLVMValueRef moved = value;
        if (from != NULL)
            moved = cairn_lift_state_load(lift, lift->v32, row_pointer(lift, from, chunk), align);
        moved = LLVMBuildSelect(lift->builder, exec_of(lift, exec, chunk), moved, old, "");
        cairn_lift_state_store(lift, moved, at, align);
    }
}

/* A source beyond the wave's registers reads v0, a destination there cancels the instruction. */
static void emit_move(struct cairn_lift *lift)
{
    LLVMBuilderRef b = lift->builder;
    LLVMValueRef mode = cairn_lift_state_load(lift, lift->i32, mode_pointer(lift), 4);
    LLVMValueRef m0 = cairn_lift_sgpr(lift, CAIRN_CODE_M0), indexing = is_set(lift, mode, INDEX_EN);
    LLVMValueRef to = row_of(lift, CAIRN_SLOT_DST, DST_BIT, indexing, m0), from = NULL,
                 value = NULL;
    if (is_arch_register(&lift->insn->slot[CAIRN_SLOT_SRC0])) {
        from = row_of(lift, CAIRN_SLOT_SRC0, SRC0_BIT, indexing, m0);
        from = LLVMBuildSelect(b, exists(lift, from), from, constant(lift, 0), "");
    } else {
        value = cairn_lift_splat(lift, cairn_lift_scalar(lift, CAIRN_SLOT_SRC0));
    }
    LLVMValueRef exec = cairn_lift_sgpr64(lift, CAIRN_CODE_EXEC_LO);
    LLVMBasicBlockRef move = cairn_lift_block(lift, "move"), on = cairn_lift_block(lift, "on");
    LLVMValueRef runs = LLVMBuildNot(b, is_set(lift, mode, VSKIP), "");
    LLVMBuildCondBr(b, LLVMBuildAnd(b, exists(lift, to), runs, ""), move, on);
    LLVMPositionBuilderAtEnd(b, move);
    move_rows(lift, to, from, value, exec);
    LLVMBuildBr(b, on);
    LLVMPositionBuilderAtEnd(b, on);
}

static void emit(struct cairn_lift *lift)
{
    if (is_switch(lift->insn->op))
        emit_switch(lift);
    else
        emit_move(lift);
}

const struct cairn_lift_family cairn_lift_index_family = {.kind = kind, .emit = emit};
