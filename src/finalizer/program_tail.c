/* SPDX-License-Identifier: MIT
 * What is still to come behind an instruction.
 */
#include "finalizer/program_priv.h"

#include "isa/isa.h"

enum { TAIL_BLOCKS = 16 };

/* Computes, stores, branches or ends: whatever was stored before, need not be seen by anybody yet.
 */
static bool is_quiet(const struct cairn_insn *insn)
{
    if (cairn_isa_flags(insn) & (CAIRN_ISA_LOADS | CAIRN_ISA_ATOMIC))
        return false;
    switch (insn->op) {
    case CAIRN_OP_s_nop:
    case CAIRN_OP_s_branch:
    case CAIRN_OP_s_cbranch_scc0:
    case CAIRN_OP_s_cbranch_scc1:
    case CAIRN_OP_s_cbranch_vccz:
    case CAIRN_OP_s_cbranch_vccnz:
    case CAIRN_OP_s_cbranch_execz:
    case CAIRN_OP_s_cbranch_execnz:
    case CAIRN_OP_s_endpgm:
        return true;
    default:
        break;
    }
    if (insn->encoding == CAIRN_ENC_GLOBAL || insn->encoding == CAIRN_ENC_FLAT)
        return !insn->glc && !insn->lds;
    bool vector = insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_VOP3P;
    bool scalar = insn->encoding == CAIRN_ENC_SOP1 || insn->encoding == CAIRN_ENC_SOP2 ||
                  insn->encoding == CAIRN_ENC_SOPC || insn->encoding == CAIRN_ENC_SOPK;
    return vector || (scalar && !(cairn_isa_flags(insn) & CAIRN_ISA_BRANCH));
}

bool cairn_program_ends_behind(const struct cairn_program *program, uint32_t index)
{
    uint32_t todo[TAIL_BLOCKS] = {program->insns[index].block}, count = 1;
    uint32_t from = index + 1;
    for (uint32_t n = 0; n < count; n++) {
        const struct cairn_program_block *at = &program->blocks[todo[n]];
        if (at->end == CAIRN_END_STOP)
            return false;
        for (uint32_t i = n == 0 ? from : at->first; i < at->first + at->count; i++)
            if (!is_quiet(&program->insns[i].insn))
                return false;
        const uint32_t to[2] = {at->taken, at->next};
        for (unsigned k = 0; k < 2; k++) {
            if (to[k] == CAIRN_NO_BLOCK)
                continue;
            uint32_t known = 1; /* the first is whole only if it is come to again */
            while (known < count && todo[known] != to[k])
                known++;
            if (known < count)
                continue;
            if (count == TAIL_BLOCKS)
                return false;
            todo[count++] = to[k];
        }
    }
    return true;
}
