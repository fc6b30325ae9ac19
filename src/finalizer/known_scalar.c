/* SPDX-License-Identifier: MIT
 * What instructions of the scalar unit make of known values: bit operations on lane masks, and
 * numbers that are the same in all waves.
 */
#include "finalizer/known_priv.h"
#include "finalizer/mask_op.h"

/* ---- lane masks */

static uint32_t logic(enum cairn_mask_logic logic, uint32_t a, uint32_t b)
{
    switch (logic) {
    case CAIRN_LOGIC_AND:
        return a & b;
    case CAIRN_LOGIC_OR:
        return a | b;
    case CAIRN_LOGIC_XOR:
        return a ^ b;
    case CAIRN_LOGIC_ANDN2:
        return a & ~b;
    case CAIRN_LOGIC_ORN2:
        return a | ~b;
    case CAIRN_LOGIC_NAND:
        return ~(a & b);
    case CAIRN_LOGIC_NOR:
        return ~(a | b);
    case CAIRN_LOGIC_XNOR:
        return ~(a ^ b);
    case CAIRN_LOGIC_ANDN1:
        return ~a & b;
    case CAIRN_LOGIC_ORN1:
        return ~a | b;
    case CAIRN_LOGIC_NOT:
        return ~a;
    default:
        return a;
    }
}

static uint32_t combined(const struct cairn_known_step *step, uint32_t a, uint32_t b)
{
    uint32_t words[CAIRN_KNOWN_MASK_WORDS];
    if (a == 0 || b == 0)
        return 0;
    for (uint32_t i = 0; i < step->known->lanes / 32; i++)
        words[i] =
            logic(cairn_mask_logic_of(step->insn->op), cairn_known_words(&step->known->masks, a)[i],
                  cairn_known_words(&step->known->masks, b)[i]);
    return cairn_known_intern(&step->known->masks, words);
}

bool cairn_known_mask_results(const struct cairn_known_step *step, struct cairn_known_masks *out)
{
    enum cairn_mask_form form = cairn_mask_form_of(step->insn->op);
    uint32_t exec = cairn_known_exec_of(step);
    *out = (struct cairn_known_masks){0};
    if (form == CAIRN_FORM_OTHER)
        return false;
    uint32_t a = cairn_known_mask_source(step, CAIRN_SLOT_SRC0);
    if (form == CAIRN_FORM_ONE)
        out->result = combined(step, a, a);
    else if (form == CAIRN_FORM_TWO)
        out->result = combined(step, a, cairn_known_mask_source(step, CAIRN_SLOT_SRC1));
    else
        out->exec = combined(step, a, exec);
    out->sets_exec = form == CAIRN_FORM_SAVES || form == CAIRN_FORM_EXEC;
    if (out->sets_exec)
        out->result = form == CAIRN_FORM_SAVES ? exec : out->exec;
    return true;
}

/* ---- numbers */

bool cairn_known_number_result(const struct cairn_known_step *step, uint32_t *out)
{
    const struct cairn_insn *insn = step->insn;
    const struct cairn_operand *source = &insn->slot[CAIRN_SLOT_SRC0];
    switch (insn->op) {
    case CAIRN_OP_s_mov_b32:
        return cairn_known_number_of(step, CAIRN_SLOT_SRC0, out);
    case CAIRN_OP_s_movk_i32:
        *out = (uint32_t)insn->imm;
        return true;
    case CAIRN_OP_v_readfirstlane_b32: {
        uint32_t id = 0;
        if (cairn_code_is_vector(source->code))
            id = step->state->vector[cairn_vreg_of_code(source->code)];
        const uint32_t *lane = id != 0 ? cairn_known_words(&step->known->vectors, id) : NULL;
        for (uint32_t i = 1; lane != NULL && i < step->known->lanes; i++)
            if (lane[i] != lane[0])
                return false;
        if (lane != NULL)
            *out = lane[0];
        return lane != NULL;
    }
    default:
        return false;
    }
}

bool cairn_known_wide_number(const struct cairn_known_step *step, uint64_t *out)
{
    const struct cairn_operand *source = &step->insn->slot[CAIRN_SLOT_SRC0];
    if (step->insn->op != CAIRN_OP_s_mov_b64)
        return false;
    if (cairn_known_wide_constant(step, CAIRN_SLOT_SRC0, out))
        return true;
    if (source->code >= 127 || !cairn_known_has_number(step->state, source->code) ||
        !cairn_known_has_number(step->state, source->code + 1))
        return false;
    *out = step->state->number[source->code] | (uint64_t)step->state->number[source->code + 1]
                                                   << 32;
    return true;
}
