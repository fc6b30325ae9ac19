/* SPDX-License-Identifier: MIT
 * Values of scalar operands: registers, inline constants, literals, and live state.
 */
#include "interp/operand.h"

/* Apertures are 64-bit operands; read as 32 bits they give the low dword, which is 0 (LLVM
 * SIISelLowering getSegmentAperture). */
static uint64_t live_value(const struct cairn_wave *wave, unsigned code)
{
    uint64_t shared = (uintptr_t)wave->group->lds, private = wave->launch->space->private_aperture;
    switch (code) {
    case CAIRN_CODE_SHARED_BASE:
        return shared;
    case CAIRN_CODE_SHARED_LIMIT:
        return shared | 0xffffffffu;
    case CAIRN_CODE_PRIVATE_BASE:
        return private;
    case CAIRN_CODE_PRIVATE_LIMIT:
        return private | 0xffffffffu;
    case CAIRN_CODE_VCCZ:
        return cairn_wave_read64(wave, CAIRN_CODE_VCC_LO) == 0;
    case CAIRN_CODE_EXECZ:
        return cairn_exec(wave) == 0;
    case CAIRN_CODE_SCC:
        return wave->scc;
    default:
        return 0;
    }
}

uint64_t cairn_scalar_value(const struct cairn_wave *wave, const struct cairn_insn *insn,
                            const struct cairn_operand *operand)
{
    unsigned code = operand->code;
    if (code < 127 && operand->dwords == 2)
        return cairn_wave_read64(wave, code);
    if (code < 128)
        return wave->sgpr[code];
    if (code == CAIRN_CODE_LITERAL)
        return cairn_literal_value(insn->literal, operand->type);
    if (code <= CAIRN_CODE_INT_LAST ||
        (code >= CAIRN_CODE_FLOAT_FIRST && code <= CAIRN_CODE_FLOAT_LAST))
        return cairn_inline_constant(code, operand->type);
    return live_value(wave, code);
}
