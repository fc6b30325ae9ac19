/* SPDX-License-Identifier: MIT
 * Bit operations on masks of which only that is known.
 */
#include "finalizer/llvm/idle.h"

#include "isa/isa.h"

uint8_t cairn_idle_of(const uint8_t *idle, const struct cairn_operand *operand)
{
    if (operand->code < 128)
        return idle[operand->code];
    return operand->code == CAIRN_CODE_INT_0 ? CAIRN_IDLE_ZERO : CAIRN_IDLE_UNKNOWN;
}

static bool keeps(const uint8_t *idle, const struct cairn_insn *insn, unsigned slot)
{
    return insn->slot[slot].code == insn->slot[CAIRN_SLOT_DST].code &&
           cairn_idle_of(idle, &insn->slot[slot]) == CAIRN_IDLE_SAME;
}

uint8_t cairn_idle_and(uint8_t a, uint8_t b)
{
    return a == CAIRN_IDLE_ZERO || b == CAIRN_IDLE_ZERO ? CAIRN_IDLE_ZERO : CAIRN_IDLE_UNKNOWN;
}

uint8_t cairn_idle_or(uint8_t a, uint8_t b)
{
    return a == CAIRN_IDLE_ZERO && b == CAIRN_IDLE_ZERO ? CAIRN_IDLE_ZERO : CAIRN_IDLE_UNKNOWN;
}

uint8_t cairn_idle_result(const uint8_t *idle, const struct cairn_insn *insn)
{
    uint8_t a = cairn_idle_of(idle, &insn->slot[CAIRN_SLOT_SRC0]);
    uint8_t b = cairn_idle_of(idle, &insn->slot[CAIRN_SLOT_SRC1]);
    bool keeps0 = keeps(idle, insn, CAIRN_SLOT_SRC0), keeps1 = keeps(idle, insn, CAIRN_SLOT_SRC1);
    switch (insn->op) {
    case CAIRN_OP_s_mov_b64:
        return a == CAIRN_IDLE_ZERO ? CAIRN_IDLE_ZERO : CAIRN_IDLE_UNKNOWN;
    case CAIRN_OP_s_and_b64:
        return cairn_idle_and(a, b);
    case CAIRN_OP_s_andn2_b64:
        if (keeps0 && b == CAIRN_IDLE_ZERO)
            return CAIRN_IDLE_SAME;
        return a == CAIRN_IDLE_ZERO ? CAIRN_IDLE_ZERO : CAIRN_IDLE_UNKNOWN;
    case CAIRN_OP_s_or_b64:
    case CAIRN_OP_s_xor_b64:
        if ((keeps0 && b == CAIRN_IDLE_ZERO) || (keeps1 && a == CAIRN_IDLE_ZERO))
            return CAIRN_IDLE_SAME;
        return cairn_idle_or(a, b);
    default:
        return CAIRN_IDLE_UNKNOWN;
    }
}
