/* SPDX-License-Identifier: MIT
 * Meanings of integer vector instructions, one lane: raw bits in, raw bits out, no branches where a
 * select does. 16-bit operands come zero-extended and results have their low 16 bits looked at.
 * `_sat` is the form with the clamp bit. AMD "CDNA2 ISA" 12.7-12.11.
 */
#ifndef CAIRN_MACHINE_SEM_INT_H
#define CAIRN_MACHINE_SEM_INT_H

#include <stdbool.h>
#include <stdint.h>

#ifndef CAIRN_SEM
#define CAIRN_SEM static inline __attribute__((always_inline))
#endif

/* ---- saturation */

CAIRN_SEM uint32_t cairn_sem_sat_u32(uint64_t x)
{
    return x > UINT32_MAX ? UINT32_MAX : (uint32_t)x;
}

CAIRN_SEM uint32_t cairn_sem_sat_i32(int64_t x)
{
    x = x > INT32_MAX ? INT32_MAX : x;
    return (uint32_t)(int32_t)(x < INT32_MIN ? INT32_MIN : x);
}

/* To bits-wide unsigned or signed, from a value that fits int32. */
CAIRN_SEM uint32_t cairn_sem_sat_u16(int32_t x)
{
    x = x > 0xffff ? 0xffff : x;
    return (uint32_t)(x < 0 ? 0 : x);
}

CAIRN_SEM uint32_t cairn_sem_sat_i16(int64_t x)
{
    x = x > INT16_MAX ? INT16_MAX : x;
    return (uint16_t)(x < INT16_MIN ? INT16_MIN : x);
}

/* ---- one source */

CAIRN_SEM uint32_t cairn_sem_mov_b32(uint32_t a)
{
    return a;
}

CAIRN_SEM uint32_t cairn_sem_not_b32(uint32_t a)
{
    return ~a;
}

CAIRN_SEM uint32_t cairn_sem_bfrev_b32(uint32_t a)
{
    return __builtin_bitreverse32(a);
}

/* Distance of the highest set bit from the top, -1 if there is none. */
CAIRN_SEM uint32_t cairn_sem_ffbh_u32(uint32_t a)
{
    return a == 0 ? UINT32_MAX : (uint32_t)__builtin_clz(a);
}

CAIRN_SEM uint32_t cairn_sem_ffbl_b32(uint32_t a)
{
    return a == 0 ? UINT32_MAX : (uint32_t)__builtin_ctz(a);
}

/* Distance of the first bit that differs from the sign. */
CAIRN_SEM uint32_t cairn_sem_ffbh_i32(uint32_t a)
{
    return cairn_sem_ffbh_u32((int32_t)a < 0 ? ~a : a);
}

CAIRN_SEM uint32_t cairn_sem_sat_u8(uint32_t half)
{
    int32_t x = (int16_t)half;
    x = x > 255 ? 255 : x;
    return (uint32_t)(x < 0 ? 0 : x);
}

CAIRN_SEM uint32_t cairn_sem_sat_pk_u8_i16(uint32_t a)
{
    return cairn_sem_sat_u8(a) | cairn_sem_sat_u8(a >> 16) << 8;
}

/* ---- 32-bit arithmetic */

CAIRN_SEM uint32_t cairn_sem_add_u32(uint32_t a, uint32_t b)
{
    return a + b;
}

CAIRN_SEM uint32_t cairn_sem_sub_u32(uint32_t a, uint32_t b)
{
    return a - b;
}

CAIRN_SEM uint32_t cairn_sem_subrev_u32(uint32_t a, uint32_t b)
{
    return b - a;
}

CAIRN_SEM uint32_t cairn_sem_add_u32_sat(uint32_t a, uint32_t b)
{
    return a + b < a ? UINT32_MAX : a + b;
}

CAIRN_SEM uint32_t cairn_sem_sub_u32_sat(uint32_t a, uint32_t b)
{
    return a < b ? 0 : a - b;
}

CAIRN_SEM uint32_t cairn_sem_subrev_u32_sat(uint32_t a, uint32_t b)
{
    return cairn_sem_sub_u32_sat(b, a);
}

CAIRN_SEM uint32_t cairn_sem_add_i32_sat(uint32_t a, uint32_t b)
{
    return cairn_sem_sat_i32((int64_t)(int32_t)a + (int32_t)b);
}

CAIRN_SEM uint32_t cairn_sem_sub_i32_sat(uint32_t a, uint32_t b)
{
    return cairn_sem_sat_i32((int64_t)(int32_t)a - (int32_t)b);
}

CAIRN_SEM uint32_t cairn_sem_mul_lo_u32(uint32_t a, uint32_t b)
{
    return a * b;
}

CAIRN_SEM uint32_t cairn_sem_mul_hi_u32(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)a * b >> 32);
}

CAIRN_SEM uint32_t cairn_sem_mul_hi_i32(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)((int64_t)(int32_t)a * (int32_t)b) >> 32);
}

CAIRN_SEM int32_t cairn_sem_low24(uint32_t a)
{
    return (int32_t)(a << 8) >> 8;
}

CAIRN_SEM uint32_t cairn_sem_mul_i32_i24(uint32_t a, uint32_t b)
{
    return (uint32_t)cairn_sem_low24(a) * (uint32_t)cairn_sem_low24(b);
}

CAIRN_SEM uint32_t cairn_sem_mul_hi_i32_i24(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)((int64_t)cairn_sem_low24(a) * cairn_sem_low24(b)) >> 32);
}

CAIRN_SEM uint32_t cairn_sem_mul_u32_u24(uint32_t a, uint32_t b)
{
    return (a & 0xffffff) * (b & 0xffffff);
}

CAIRN_SEM uint32_t cairn_sem_mul_hi_u32_u24(uint32_t a, uint32_t b)
{
    return (uint32_t)((uint64_t)(a & 0xffffff) * (b & 0xffffff) >> 32);
}

CAIRN_SEM uint32_t cairn_sem_mad_i32_i24(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_sem_mul_i32_i24(a, b) + c;
}

CAIRN_SEM uint32_t cairn_sem_mad_i32_i24_sat(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_sem_sat_i32((int64_t)cairn_sem_low24(a) * cairn_sem_low24(b) + (int32_t)c);
}

CAIRN_SEM uint32_t cairn_sem_mad_u32_u24(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_sem_mul_u32_u24(a, b) + c;
}

CAIRN_SEM uint32_t cairn_sem_mad_u32_u24_sat(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_sem_sat_u32((uint64_t)(a & 0xffffff) * (b & 0xffffff) + c);
}

CAIRN_SEM uint32_t cairn_sem_mad_u32_u16(uint32_t a, uint32_t b, uint32_t c)
{
    return a * b + c;
}

CAIRN_SEM uint32_t cairn_sem_mad_u32_u16_sat(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_sem_sat_u32((uint64_t)a * b + c);
}

CAIRN_SEM uint32_t cairn_sem_mad_i32_i16(uint32_t a, uint32_t b, uint32_t c)
{
    return (uint32_t)((int32_t)(int16_t)a * (int16_t)b) + c;
}

CAIRN_SEM uint32_t cairn_sem_mad_i32_i16_sat(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_sem_sat_i32((int64_t)((int32_t)(int16_t)a * (int16_t)b) + (int32_t)c);
}

CAIRN_SEM uint32_t cairn_sem_min_i32(uint32_t a, uint32_t b)
{
    return (int32_t)a < (int32_t)b ? a : b;
}

CAIRN_SEM uint32_t cairn_sem_max_i32(uint32_t a, uint32_t b)
{
    return (int32_t)a > (int32_t)b ? a : b;
}

CAIRN_SEM uint32_t cairn_sem_min_u32(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

CAIRN_SEM uint32_t cairn_sem_max_u32(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

/* ---- bits */

CAIRN_SEM uint32_t cairn_sem_and_b32(uint32_t a, uint32_t b)
{
    return a & b;
}

CAIRN_SEM uint32_t cairn_sem_or_b32(uint32_t a, uint32_t b)
{
    return a | b;
}

CAIRN_SEM uint32_t cairn_sem_xor_b32(uint32_t a, uint32_t b)
{
    return a ^ b;
}

CAIRN_SEM uint32_t cairn_sem_xnor_b32(uint32_t a, uint32_t b)
{
    return ~(a ^ b);
}

CAIRN_SEM uint32_t cairn_sem_lshlrev_b32(uint32_t count, uint32_t a)
{
    return a << (count & 31);
}

CAIRN_SEM uint32_t cairn_sem_lshrrev_b32(uint32_t count, uint32_t a)
{
    return a >> (count & 31);
}

CAIRN_SEM uint32_t cairn_sem_ashrrev_i32(uint32_t count, uint32_t a)
{
    return (uint32_t)((int32_t)a >> (count & 31));
}

CAIRN_SEM uint64_t cairn_sem_lshlrev_b64(uint32_t count, uint64_t a)
{
    return a << (count & 63);
}

CAIRN_SEM uint64_t cairn_sem_lshrrev_b64(uint32_t count, uint64_t a)
{
    return a >> (count & 63);
}

CAIRN_SEM uint64_t cairn_sem_ashrrev_i64(uint32_t count, uint64_t a)
{
    return (uint64_t)((int64_t)a >> (count & 63));
}

CAIRN_SEM uint32_t cairn_sem_bcnt_u32_b32(uint32_t a, uint32_t b)
{
    return (uint32_t)__builtin_popcount(a) + b;
}

CAIRN_SEM uint32_t cairn_sem_bfm_b32(uint32_t a, uint32_t b)
{
    return ((1u << (a & 31)) - 1) << (b & 31);
}

CAIRN_SEM uint32_t cairn_sem_bfe_u32(uint32_t a, uint32_t b, uint32_t c)
{
    return a >> (b & 31) & ((1u << (c & 31)) - 1);
}

/* A field that leaves the register ends, and has its sign, at the top bit. */
CAIRN_SEM uint32_t cairn_sem_bfe_i32(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t offset = b & 31, width = c & 31;
    uint32_t bits = width < 32 - offset ? width : 32 - offset;
    uint32_t unused = (32 - bits) & 31;
    uint32_t field = (uint32_t)((int32_t)(a >> offset << unused) >> unused);
    return width == 0 ? 0 : field;
}

CAIRN_SEM uint32_t cairn_sem_bfi_b32(uint32_t a, uint32_t b, uint32_t c)
{
    return (a & b) | (~a & c);
}

/* Funnel shifts by the low five bits: where a is b, a rotation. */
CAIRN_SEM uint32_t cairn_sem_alignbit_b32(uint32_t a, uint32_t b, uint32_t c)
{
    return __builtin_elementwise_fshr(a, b, c);
}

CAIRN_SEM uint32_t cairn_sem_alignbyte_b32(uint32_t a, uint32_t b, uint32_t c)
{
    return __builtin_elementwise_fshr(a, b, 8 * (c & 3));
}

/* Byte `selector` of {a, b}: 0-7 a byte, 8-11 the sign of bytes 1, 3, 5, 7, 12 zero, above all
 * ones. */
CAIRN_SEM uint32_t cairn_sem_perm_byte(uint32_t a, uint32_t b, uint32_t selector)
{
    uint32_t word = selector & 4 ? a : b, pair = selector & 2 ? a : b;
    uint32_t byte = word >> (8 * (selector & 3)) & 0xff;
    uint32_t top = selector & 1 ? pair : pair << 16;
    uint32_t sign = (int32_t)top < 0 ? 0xff : 0;
    uint32_t fixed = selector == 12 ? 0 : 0xff, other = selector < 12 ? sign : fixed;
    return selector < 8 ? byte : other;
}

CAIRN_SEM uint32_t cairn_sem_perm_b32(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_sem_perm_byte(a, b, c & 0xff) | cairn_sem_perm_byte(a, b, c >> 8 & 0xff) << 8 |
           cairn_sem_perm_byte(a, b, c >> 16 & 0xff) << 16 |
           cairn_sem_perm_byte(a, b, c >> 24) << 24;
}

/* ---- three sources */

CAIRN_SEM uint32_t cairn_sem_xad_u32(uint32_t a, uint32_t b, uint32_t c)
{
    return (a ^ b) + c;
}

CAIRN_SEM uint32_t cairn_sem_lshl_add_u32(uint32_t a, uint32_t b, uint32_t c)
{
    return (a << (b & 31)) + c;
}

CAIRN_SEM uint32_t cairn_sem_add_lshl_u32(uint32_t a, uint32_t b, uint32_t c)
{
    return (a + b) << (c & 31);
}

CAIRN_SEM uint32_t cairn_sem_add3_u32(uint32_t a, uint32_t b, uint32_t c)
{
    return a + b + c;
}

CAIRN_SEM uint32_t cairn_sem_lshl_or_b32(uint32_t a, uint32_t b, uint32_t c)
{
    return a << (b & 31) | c;
}

CAIRN_SEM uint32_t cairn_sem_and_or_b32(uint32_t a, uint32_t b, uint32_t c)
{
    return (a & b) | c;
}

CAIRN_SEM uint32_t cairn_sem_or3_b32(uint32_t a, uint32_t b, uint32_t c)
{
    return a | b | c;
}

#define CAIRN_SEM_THREE(type)                                                                      \
    CAIRN_SEM uint32_t cairn_sem_min3_##type(uint32_t a, uint32_t b, uint32_t c)                   \
    {                                                                                              \
        return cairn_sem_min_##type(cairn_sem_min_##type(a, b), c);                                \
    }                                                                                              \
    CAIRN_SEM uint32_t cairn_sem_max3_##type(uint32_t a, uint32_t b, uint32_t c)                   \
    {                                                                                              \
        return cairn_sem_max_##type(cairn_sem_max_##type(a, b), c);                                \
    }                                                                                              \
    CAIRN_SEM uint32_t cairn_sem_med3_##type(uint32_t a, uint32_t b, uint32_t c)                   \
    {                                                                                              \
        uint32_t low = cairn_sem_min_##type(a, b), high = cairn_sem_max_##type(a, b);              \
        return cairn_sem_max_##type(low, cairn_sem_min_##type(high, c));                           \
    }
CAIRN_SEM_THREE(i32)
CAIRN_SEM_THREE(u32)

/* ---- 16 bits */

CAIRN_SEM uint32_t cairn_sem_min_i16(uint32_t a, uint32_t b)
{
    return (int16_t)a < (int16_t)b ? a : b;
}

CAIRN_SEM uint32_t cairn_sem_max_i16(uint32_t a, uint32_t b)
{
    return (int16_t)a > (int16_t)b ? a : b;
}

CAIRN_SEM uint32_t cairn_sem_min_u16(uint32_t a, uint32_t b)
{
    return a < b ? a : b;
}

CAIRN_SEM uint32_t cairn_sem_max_u16(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

CAIRN_SEM_THREE(i16)
CAIRN_SEM_THREE(u16)
#undef CAIRN_SEM_THREE

CAIRN_SEM uint32_t cairn_sem_add_u16_sat(uint32_t a, uint32_t b)
{
    return cairn_sem_sat_u16((int32_t)(a + b));
}

CAIRN_SEM uint32_t cairn_sem_sub_u16_sat(uint32_t a, uint32_t b)
{
    return cairn_sem_sat_u16((int32_t)a - (int32_t)b);
}

CAIRN_SEM uint32_t cairn_sem_subrev_u16_sat(uint32_t a, uint32_t b)
{
    return cairn_sem_sub_u16_sat(b, a);
}

CAIRN_SEM uint32_t cairn_sem_add_i16_sat(uint32_t a, uint32_t b)
{
    return cairn_sem_sat_i16((int16_t)a + (int16_t)b);
}

CAIRN_SEM uint32_t cairn_sem_sub_i16_sat(uint32_t a, uint32_t b)
{
    return cairn_sem_sat_i16((int16_t)a - (int16_t)b);
}

CAIRN_SEM uint32_t cairn_sem_mad_u16(uint32_t a, uint32_t b, uint32_t c)
{
    return a * b + c;
}

CAIRN_SEM uint32_t cairn_sem_mad_u16_sat(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t sum = a * b + c; /* at most 0xffff0000: no carry */
    return sum > 0xffff ? 0xffff : sum;
}

CAIRN_SEM uint32_t cairn_sem_mad_i16_sat(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_sem_sat_i16((int64_t)((int32_t)(int16_t)a * (int16_t)b) + (int16_t)c);
}

CAIRN_SEM uint32_t cairn_sem_lshlrev_b16(uint32_t count, uint32_t a)
{
    return a << (count & 15);
}

CAIRN_SEM uint32_t cairn_sem_lshrrev_b16(uint32_t count, uint32_t a)
{
    return a >> (count & 15);
}

CAIRN_SEM uint32_t cairn_sem_ashrrev_i16(uint32_t count, uint32_t a)
{
    return (uint32_t)((int16_t)a >> (count & 15));
}

/* ---- carry: value and mask bit. add, sub and subrev, with and without carry in. */

struct cairn_sem_carry32 {
    uint32_t value;
    bool carry;
};

struct cairn_sem_carry64 {
    uint64_t value;
    bool carry;
};

CAIRN_SEM struct cairn_sem_carry32 cairn_sem_addc_co_u32(uint32_t a, uint32_t b, bool in)
{
    uint32_t sum = a + b + in;
    return (struct cairn_sem_carry32){sum, in ? sum <= a : sum < a};
}

CAIRN_SEM struct cairn_sem_carry32 cairn_sem_subb_co_u32(uint32_t a, uint32_t b, bool in)
{
    return (struct cairn_sem_carry32){a - b - in, in ? b >= a : b > a};
}

CAIRN_SEM struct cairn_sem_carry32 cairn_sem_subbrev_co_u32(uint32_t a, uint32_t b, bool in)
{
    return cairn_sem_subb_co_u32(b, a, in);
}

/* 65-bit sum a * b + c. */
CAIRN_SEM struct cairn_sem_carry64 cairn_sem_mad_u64_u32(uint32_t a, uint32_t b, uint64_t c)
{
    uint64_t sum = (uint64_t)a * b + c;
    return (struct cairn_sem_carry64){sum, sum < c};
}

/* Bit 64 of the sum of the sign-extended product and the sign-extended c. */
CAIRN_SEM struct cairn_sem_carry64 cairn_sem_mad_i64_i32(uint32_t a, uint32_t b, uint64_t c)
{
    uint64_t product = (uint64_t)((int64_t)(int32_t)a * (int32_t)b), sum = product + c;
    bool carry = ((product >> 63) + (c >> 63) + (sum < c)) & 1;
    return (struct cairn_sem_carry64){sum, carry};
}

#endif
