/* SPDX-License-Identifier: MIT
 * Bit operations of the scalar unit. Those on 64 bits are mostly about lanes, and are emitted
 * either on numbers or on the lane masks of a chunk.
 */
#include "finalizer/llvm/lift_scalar.h"

enum logic {
    LOGIC_NONE,
    LOGIC_AND,
    LOGIC_OR,
    LOGIC_XOR,
    LOGIC_ANDN2,
    LOGIC_ORN2,
    LOGIC_NAND,
    LOGIC_NOR,
    LOGIC_XNOR,
    LOGIC_ANDN1,
    LOGIC_ORN1,
    LOGIC_NOT,
    LOGIC_MOVE,
};

#define BOTH(name, what)                                                                           \
    [CAIRN_OP_s_##name##_b32] = LOGIC_##what, [CAIRN_OP_s_##name##_b64] = LOGIC_##what
#define SAVES(name, what) [CAIRN_OP_s_##name##_saveexec_b64] = LOGIC_##what

static const uint8_t logic_of[CAIRN_OP_COUNT] = {
    BOTH(and, AND),
    BOTH(or, OR),
    BOTH(xor, XOR),
    BOTH(andn2, ANDN2),
    BOTH(orn2, ORN2),
    BOTH(nand, NAND),
    BOTH(nor, NOR),
    BOTH(xnor, XNOR),
    BOTH(not, NOT),
    BOTH(mov, MOVE),
    SAVES(and, AND),
    SAVES(or, OR),
    SAVES(xor, XOR),
    SAVES(andn2, ANDN2),
    SAVES(orn2, ORN2),
    SAVES(nand, NAND),
    SAVES(nor, NOR),
    SAVES(xnor, XNOR),
    SAVES(andn1, ANDN1),
    SAVES(orn1, ORN1),
    [CAIRN_OP_s_andn1_wrexec_b64] = LOGIC_ANDN1,
    [CAIRN_OP_s_andn2_wrexec_b64] = LOGIC_ANDN2,
};

bool cairn_scalar_is_logic(unsigned op)
{
    return logic_of[op] != LOGIC_NONE;
}

LLVMValueRef cairn_scalar_logic(LLVMBuilderRef b, unsigned op, LLVMValueRef s0, LLVMValueRef s1)
{
    switch ((enum logic)logic_of[op]) {
    case LOGIC_AND:
        return LLVMBuildAnd(b, s0, s1, "");
    case LOGIC_OR:
        return LLVMBuildOr(b, s0, s1, "");
    case LOGIC_XOR:
        return LLVMBuildXor(b, s0, s1, "");
    case LOGIC_ANDN2:
        return LLVMBuildAnd(b, s0, LLVMBuildNot(b, s1, ""), "");
    case LOGIC_ORN2:
        return LLVMBuildOr(b, s0, LLVMBuildNot(b, s1, ""), "");
    case LOGIC_NAND:
        return LLVMBuildNot(b, LLVMBuildAnd(b, s0, s1, ""), "");
    case LOGIC_NOR:
        return LLVMBuildNot(b, LLVMBuildOr(b, s0, s1, ""), "");
    case LOGIC_XNOR:
        return LLVMBuildNot(b, LLVMBuildXor(b, s0, s1, ""), "");
    case LOGIC_ANDN1:
        return LLVMBuildAnd(b, LLVMBuildNot(b, s0, ""), s1, "");
    case LOGIC_ORN1:
        return LLVMBuildOr(b, LLVMBuildNot(b, s0, ""), s1, "");
    case LOGIC_NOT:
        return LLVMBuildNot(b, s0, "");
    default:
        return s0;
    }
}

bool cairn_scalar_sets_exec(unsigned op, bool *keeps_old)
{
    *keeps_old = op != CAIRN_OP_s_andn1_wrexec_b64 && op != CAIRN_OP_s_andn2_wrexec_b64;
    switch (op) {
    case CAIRN_OP_s_and_saveexec_b64:
    case CAIRN_OP_s_or_saveexec_b64:
    case CAIRN_OP_s_xor_saveexec_b64:
    case CAIRN_OP_s_andn2_saveexec_b64:
    case CAIRN_OP_s_orn2_saveexec_b64:
    case CAIRN_OP_s_nand_saveexec_b64:
    case CAIRN_OP_s_nor_saveexec_b64:
    case CAIRN_OP_s_xnor_saveexec_b64:
    case CAIRN_OP_s_andn1_saveexec_b64:
    case CAIRN_OP_s_orn1_saveexec_b64:
    case CAIRN_OP_s_andn1_wrexec_b64:
    case CAIRN_OP_s_andn2_wrexec_b64:
        return true;
    default:
        return false;
    }
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
    bool logic = logic_of[insn->op] != LOGIC_NONE || insn->op == CAIRN_OP_s_cselect_b64;
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
