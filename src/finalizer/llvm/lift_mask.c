/* SPDX-License-Identifier: MIT
 * Bit operations of the scalar unit. Those on 64 bits are mostly about lanes, and are emitted
 * either on numbers or on the lane masks of a chunk.
 */
#include "finalizer/llvm/lift_scalar.h"
#include "finalizer/mask_op.h"

bool cairn_scalar_is_logic(unsigned op)
{
    return cairn_mask_logic_of(op) != CAIRN_LOGIC_NONE;
}

LLVMValueRef cairn_scalar_logic(LLVMBuilderRef b, unsigned op, LLVMValueRef s0, LLVMValueRef s1)
{
    switch (cairn_mask_logic_of(op)) {
    case CAIRN_LOGIC_AND:
        return LLVMBuildAnd(b, s0, s1, "");
    case CAIRN_LOGIC_OR:
        return LLVMBuildOr(b, s0, s1, "");
    case CAIRN_LOGIC_XOR:
        return LLVMBuildXor(b, s0, s1, "");
    case CAIRN_LOGIC_ANDN2:
        return LLVMBuildAnd(b, s0, LLVMBuildNot(b, s1, ""), "");
    case CAIRN_LOGIC_ORN2:
        return LLVMBuildOr(b, s0, LLVMBuildNot(b, s1, ""), "");
    case CAIRN_LOGIC_NAND:
        return LLVMBuildNot(b, LLVMBuildAnd(b, s0, s1, ""), "");
    case CAIRN_LOGIC_NOR:
        return LLVMBuildNot(b, LLVMBuildOr(b, s0, s1, ""), "");
    case CAIRN_LOGIC_XNOR:
        return LLVMBuildNot(b, LLVMBuildXor(b, s0, s1, ""), "");
    case CAIRN_LOGIC_ANDN1:
        return LLVMBuildAnd(b, LLVMBuildNot(b, s0, ""), s1, "");
    case CAIRN_LOGIC_ORN1:
        return LLVMBuildOr(b, LLVMBuildNot(b, s0, ""), s1, "");
    case CAIRN_LOGIC_NOT:
        return LLVMBuildNot(b, s0, "");
    default:
        return s0;
    }
}

bool cairn_scalar_sets_exec(unsigned op, bool *keeps_old)
{
    enum cairn_mask_form form = cairn_mask_form_of(op);
    *keeps_old = form != CAIRN_FORM_EXEC;
    return form == CAIRN_FORM_SAVES || form == CAIRN_FORM_EXEC;
}

/* Sources that are registers or constants have a bit for each lane; live state (apertures, SCC) is
 * a number. */
static bool may_be_mask(const struct cairn_operand *operand)
{
    unsigned code = operand->code;
    return code <= CAIRN_CODE_INT_LAST || code == CAIRN_CODE_LITERAL || code == CAIRN_CODE_NONE;
}

bool cairn_scalar_is_mask(const struct cairn_insn *insn)
{
    const struct cairn_operand *dst = &insn->slot[CAIRN_SLOT_DST];
    bool logic =
        cairn_mask_logic_of(insn->op) != CAIRN_LOGIC_NONE || insn->op == CAIRN_OP_s_cselect_b64;
    return logic && dst->dwords == 2 && may_be_mask(&insn->slot[CAIRN_SLOT_SRC0]) &&
           may_be_mask(&insn->slot[CAIRN_SLOT_SRC1]);
}

/* The instruction on the lanes of a chunk. SCC is the core's. */
void cairn_lift_mask_op(struct cairn_lift *lift)
{
    unsigned op = lift->insn->op;
    bool keeps_old, exec = cairn_scalar_sets_exec(op, &keeps_old);
    LLVMValueRef s0 = cairn_lift_mask(lift, CAIRN_SLOT_SRC0), s1 = s0, result;
    if (exec)
        s1 = cairn_lift_mask_code(lift, CAIRN_CODE_EXEC_LO);
    else if (cairn_operand_present(&lift->insn->slot[CAIRN_SLOT_SRC1]))
        s1 = cairn_lift_mask(lift, CAIRN_SLOT_SRC1);
    if (op == CAIRN_OP_s_cselect_b64)
        result = LLVMBuildSelect(lift->builder, cairn_lift_scc(lift), s0, s1, "");
    else
        result = cairn_scalar_logic(lift->builder, op, s0, s1);
    cairn_lift_put_mask(lift, CAIRN_SLOT_DST, exec && keeps_old ? s1 : result);
    if (exec)
        cairn_lift_put_mask_code(lift, CAIRN_CODE_EXEC_LO, result);
}
