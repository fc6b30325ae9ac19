/* SPDX-License-Identifier: MIT
 * Values of inline constants and literals by operand type.
 */
#include "machine/constant.h"

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

uint64_t cairn_literal_value(uint32_t literal, enum cairn_type type)
{
    if (type == CAIRN_TYPE_F64)
        return (uint64_t)literal << 32;
    if (type == CAIRN_TYPE_I64)
        return (uint64_t)(int64_t)(int32_t)literal;
    return literal;
}
