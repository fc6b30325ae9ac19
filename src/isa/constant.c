/* SPDX-License-Identifier: MIT
 * Inline constants: which code says a given literal, by operand type. The other direction, what a
 * code is worth, belongs to whoever executes.
 */
#include "isa/isa_priv.h"

bool isa_type_is_16bit(unsigned type)
{
    return type == CAIRN_TYPE_B16 || type == CAIRN_TYPE_I16 || type == CAIRN_TYPE_U16 ||
           type == CAIRN_TYPE_F16;
}

bool isa_type_is_64bit(unsigned type)
{
    return type == CAIRN_TYPE_B64 || type == CAIRN_TYPE_I64 || type == CAIRN_TYPE_U64 ||
           type == CAIRN_TYPE_F64;
}

static unsigned int_code(int64_t value)
{
    if (value >= 0 && value <= 64)
        return CAIRN_CODE_INT_0 + (unsigned)value;
    if (value < 0 && value >= -16)
        return CAIRN_CODE_INT_MINUS_1 + (unsigned)(-1 - value);
    return CAIRN_CODE_NONE;
}

/* Bit patterns of 0.5, 1, 2, 4 and 1/(2 pi); the negatives differ in the sign bit. */
struct float_patterns {
    uint32_t sign, positive[4], inverse_2pi;
};

static unsigned float_code(const struct float_patterns *p, uint32_t bits)
{
    for (unsigned i = 0; i < 4; i++) {
        if (bits == p->positive[i])
            return CAIRN_CODE_FLOAT_FIRST + 2 * i;
        if (bits == (p->positive[i] | p->sign))
            return CAIRN_CODE_FLOAT_FIRST + 2 * i + 1;
    }
    return bits == p->inverse_2pi ? CAIRN_CODE_FLOAT_LAST : CAIRN_CODE_NONE;
}

static unsigned either(unsigned a, unsigned b)
{
    return a != CAIRN_CODE_NONE ? a : b;
}

unsigned isa_inline_code(unsigned type, uint32_t literal)
{
    static const struct float_patterns f16 = {0x8000, {0x3800, 0x3c00, 0x4000, 0x4400}, 0x3118};
    static const struct float_patterns f32 = {
        0x80000000, {0x3f000000, 0x3f800000, 0x40000000, 0x40800000}, 0x3e22f983};
    /* High halves; 1/(2 pi) has bits in the low half and never matches. */
    static const struct float_patterns f64 = {
        0x80000000, {0x3fe00000, 0x3ff00000, 0x40000000, 0x40100000}, 0x3fe00000};
    switch (type) {
    case CAIRN_TYPE_F16:
        return either(int_code((int16_t)literal), float_code(&f16, literal & 0xffff));
    case CAIRN_TYPE_PK_F16:
        return either(int_code((int32_t)literal), float_code(&f16, literal));
    case CAIRN_TYPE_F64:
        return either(literal == 0 ? CAIRN_CODE_INT_0 : CAIRN_CODE_NONE, float_code(&f64, literal));
    case CAIRN_TYPE_B64:
    case CAIRN_TYPE_I64:
    case CAIRN_TYPE_U64:
        return int_code(literal);
    default:
        return either(int_code((int32_t)literal), float_code(&f32, literal));
    }
}
