/* SPDX-License-Identifier: MIT
 * What instructions of the scalar unit make of known values: bit operations on lane masks, and
 * numbers that are the same in all waves.
 */
#include "finalizer/known_priv.h"

/* ---- lane masks */

static uint32_t logic(unsigned op, uint32_t a, uint32_t b)
{
    switch (op) {
    case CAIRN_OP_s_and_b64:
    case CAIRN_OP_s_and_saveexec_b64:
        return a & b;
    case CAIRN_OP_s_or_b64:
    case CAIRN_OP_s_or_saveexec_b64:
        return a | b;
    case CAIRN_OP_s_xor_b64:
    case CAIRN_OP_s_xor_saveexec_b64:
        return a ^ b;
    case CAIRN_OP_s_andn2_b64:
    case CAIRN_OP_s_andn2_saveexec_b64:
    case CAIRN_OP_s_andn2_wrexec_b64:
        return a & ~b;
    case CAIRN_OP_s_andn1_saveexec_b64:
    case CAIRN_OP_s_andn1_wrexec_b64:
        return ~a & b;
    case CAIRN_OP_s_orn2_b64:
    case CAIRN_OP_s_orn2_saveexec_b64:
        return a | ~b;
    case CAIRN_OP_s_orn1_saveexec_b64:
        return ~a | b;
    case CAIRN_OP_s_nand_b64:
    case CAIRN_OP_s_nand_saveexec_b64:
        return ~(a & b);
    case CAIRN_OP_s_nor_b64:
    case CAIRN_OP_s_nor_saveexec_b64:
        return ~(a | b);
    case CAIRN_OP_s_xnor_b64:
    case CAIRN_OP_s_xnor_saveexec_b64:
        return ~(a ^ b);
    case CAIRN_OP_s_not_b64:
        return ~a;
    default:
        return a;
    }
}

enum form { FORM_NONE, FORM_ONE, FORM_TWO, FORM_SAVES, FORM_EXEC };

static enum form form_of(unsigned op)
{
    switch (op) {
    case CAIRN_OP_s_mov_b64:
    case CAIRN_OP_s_not_b64:
        return FORM_ONE;
    case CAIRN_OP_s_and_b64:
    case CAIRN_OP_s_or_b64:
    case CAIRN_OP_s_xor_b64:
    case CAIRN_OP_s_andn2_b64:
    case CAIRN_OP_s_orn2_b64:
    case CAIRN_OP_s_nand_b64:
    case CAIRN_OP_s_nor_b64:
    case CAIRN_OP_s_xnor_b64:
        return FORM_TWO;
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
        return FORM_SAVES;
    case CAIRN_OP_s_andn1_wrexec_b64:
    case CAIRN_OP_s_andn2_wrexec_b64:
        return FORM_EXEC;
    default:
        return FORM_NONE;
    }
}

static uint32_t combined(const struct cairn_known_step *step, uint32_t a, uint32_t b)
{
    uint32_t words[CAIRN_KNOWN_MASK_WORDS];
    if (a == 0 || b == 0)
        return 0;
    for (uint32_t i = 0; i < step->known->lanes / 32; i++)
        words[i] = logic(step->insn->op, cairn_known_words(&step->known->masks, a)[i],
                         cairn_known_words(&step->known->masks, b)[i]);
    return cairn_known_intern(&step->known->masks, words);
}

bool cairn_known_mask_results(const struct cairn_known_step *step, struct cairn_known_masks *out)
{
    enum form form = form_of(step->insn->op);
    uint32_t exec = cairn_known_exec_of(step);
    *out = (struct cairn_known_masks){0};
    if (form == FORM_NONE)
        return false;
    uint32_t a = cairn_known_mask_source(step, CAIRN_SLOT_SRC0);
    if (form == FORM_ONE)
        out->result = combined(step, a, a);
    else if (form == FORM_TWO)
        out->result = combined(step, a, cairn_known_mask_source(step, CAIRN_SLOT_SRC1));
    else
        out->exec = combined(step, a, exec);
    out->sets_exec = form == FORM_SAVES || form == FORM_EXEC;
    if (out->sets_exec)
        out->result = form == FORM_SAVES ? exec : out->exec;
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
