/* SPDX-License-Identifier: MIT
 * Values of scalar operands: registers, inline constants, literals, and live state.
 */
#include "interp/operand.h"

/* 0.5 -0.5 1 -1 2 -2 4 -4 1/(2 pi); AMD "CDNA2 ISA", table of source operands. */
static const uint16_t float16[] = {0x3800, 0xb800, 0x3c00, 0xbc00, 0x4000,
                                   0xc000, 0x4400, 0xc400, 0x3118};
static const uint32_t float32[] = {0x3f000000, 0xbf000000, 0x3f800000, 0xbf800000, 0x40000000,
                                   0xc0000000, 0x40800000, 0xc0800000, 0x3e22f983};
static const uint64_t float64[] = {
    0x3fe0000000000000, 0xbfe0000000000000, 0x3ff0000000000000,
    0xbff0000000000000, 0x4000000000000000, 0xc000000000000000,
    0x4010000000000000, 0xc010000000000000, 0x3fc45f306dc9c882,
};

static uint64_t float_constant(unsigned index, enum cairn_type type)
{
    switch (type) {
    case CAIRN_TYPE_F16:
    case CAIRN_TYPE_B16:
    case CAIRN_TYPE_I16:
    case CAIRN_TYPE_U16:
    case CAIRN_TYPE_PK_F16:
        return float16[index];
    case CAIRN_TYPE_F64:
    case CAIRN_TYPE_B64:
    case CAIRN_TYPE_I64:
    case CAIRN_TYPE_U64:
    case CAIRN_TYPE_MASK:
        return float64[index];
    default:
        return float32[index];
    }
}

uint64_t cairn_inline_constant(unsigned code, enum cairn_type type)
{
    if (code >= CAIRN_CODE_INT_0 && code < CAIRN_CODE_INT_MINUS_1)
        return code - CAIRN_CODE_INT_0;
    if (code >= CAIRN_CODE_INT_MINUS_1 && code <= CAIRN_CODE_INT_LAST)
        return (uint64_t)(int64_t)(CAIRN_CODE_INT_MINUS_1 - 1 - (int)code);
    if (code >= CAIRN_CODE_FLOAT_FIRST && code <= CAIRN_CODE_FLOAT_LAST)
        return float_constant(code - CAIRN_CODE_FLOAT_FIRST, type);
    return 0;
}

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

/* A 32-bit literal in a 64-bit operand: the high half of a double, sign-extended for signed
 * integers, else zero-extended. */
static uint64_t literal_value(uint32_t literal, enum cairn_type type)
{
    if (type == CAIRN_TYPE_F64)
        return (uint64_t)literal << 32;
    if (type == CAIRN_TYPE_I64)
        return (uint64_t)(int64_t)(int32_t)literal;
    return literal;
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
        return literal_value(insn->literal, operand->type);
    if (code <= CAIRN_CODE_INT_LAST ||
        (code >= CAIRN_CODE_FLOAT_FIRST && code <= CAIRN_CODE_FLOAT_LAST))
        return cairn_inline_constant(code, operand->type);
    return live_value(wave, code);
}
