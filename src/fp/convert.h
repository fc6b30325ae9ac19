/* SPDX-License-Identifier: MIT
 * Conversions between f16, f32, f64 and integers, on raw bits, obeying MODE. To integers: towards
 * zero, saturating, NaN becomes 0 (AMD "CDNA3 ISA" 12, V_CVT_I32_F32 and the like).
 */
#ifndef CAIRN_FP_CONVERT_H
#define CAIRN_FP_CONVERT_H

#include "fp/arith.h"

/* Widening is exact but for denormal flushing on either side. */
static inline uint32_t cairn_fp_f32_from_f16(uint32_t mode, uint32_t a)
{
    uint32_t x = cairn_fp_input_f16(mode, a);
    return mode & CAIRN_FP_IEEE ? cairn_fp_f32_of_host(cairn_fp_host_of_f16(x))
                                : cairn_fp_f32_of_f16(x);
}

static inline uint64_t cairn_fp_f64_from_f32(uint32_t mode, uint32_t a)
{
    uint32_t x = cairn_fp_input_f32(mode, a);
    uint64_t nan = (uint64_t)(x & 0x80000000u) << 32 | UINT64_C(0x7ff0000000000000) |
                   (uint64_t)(x & 0x7fffffu) << 29;
    uint64_t r = cairn_fp_f64_of_host((double)cairn_fp_host_of_f32(x));
    return cairn_fp_is_nan_f32(x) ? cairn_fp_quiet_f64(mode, nan) : r;
}

/* A NaN keeps the top of its payload; the result is always a quiet NaN, so that a payload which
 * lies in the lost bits does not turn into infinity. */
static inline uint32_t cairn_fp_f16_from_f32_round(uint32_t mode, uint32_t round, uint32_t a)
{
    uint32_t x = cairn_fp_input_f32(mode, a);
    uint32_t r = round == CAIRN_FP_ROUND_EVEN ? cairn_fp_f16_of_f32_even(x)
                                              : (uint32_t)cairn_fp_soft_convert(11, 24, round, x);
    r = cairn_fp_is_infinite_f32(a) ? r : cairn_fp_overflow_f16(mode, r, 0, 0, 0);
    uint32_t nan = (x >> 16 & 0x8000u) | 0x7e00u | (x >> 13 & 0x3ffu);
    return cairn_fp_is_nan_f32(x) ? nan : cairn_fp_output_f16(mode, r);
}

static inline uint32_t cairn_fp_f16_from_f32(uint32_t mode, uint32_t a)
{
    return cairn_fp_f16_from_f32_round(mode, cairn_fp_mode_round_f16(mode), a);
}

/* Rounds by the f32 field: the result is f32. */
static inline uint32_t cairn_fp_f32_from_f64(uint32_t mode, uint64_t a)
{
    uint64_t x = cairn_fp_input_f64(mode, a);
    uint32_t round = cairn_fp_mode_round_f32(mode);
    uint32_t r = round == CAIRN_FP_ROUND_EVEN ? cairn_fp_f32_of_host((float)cairn_fp_host_of_f64(x))
                                              : (uint32_t)cairn_fp_soft_convert(24, 53, round, x);
    uint32_t nan =
        ((uint32_t)(x >> 32) & 0x80000000u) | 0x7fc00000u | ((uint32_t)(x >> 29) & 0x7fffffu);
    return cairn_fp_is_nan_f64(x) ? nan : cairn_fp_output_f32(mode, r);
}

static inline uint32_t cairn_fp_f32_from_i32(uint32_t mode, uint32_t a)
{
    uint32_t round = cairn_fp_mode_round_f32(mode);
    bool negative = (int32_t)a < 0;
    if (round == CAIRN_FP_ROUND_EVEN)
        return cairn_fp_f32_of_host((float)(int32_t)a);
    return (uint32_t)cairn_fp_soft_from_int(24, round, negative, negative ? 0u - a : a);
}

static inline uint32_t cairn_fp_f32_from_u32(uint32_t mode, uint32_t a)
{
    uint32_t round = cairn_fp_mode_round_f32(mode);
    if (round == CAIRN_FP_ROUND_EVEN)
        return cairn_fp_f32_of_host((float)a);
    return (uint32_t)cairn_fp_soft_from_int(24, round, false, a);
}

static inline uint64_t cairn_fp_f64_from_i32(uint32_t mode, uint32_t a)
{
    (void)mode;
    return cairn_fp_f64_of_host((double)(int32_t)a);
}

static inline uint64_t cairn_fp_f64_from_u32(uint32_t mode, uint32_t a)
{
    (void)mode;
    return cairn_fp_f64_of_host((double)a);
}

/* Exact in f32 first, then one rounding. u16 above 65519 overflows. */
static inline uint32_t cairn_fp_f16_from_int16(uint32_t mode, uint32_t f32)
{
    return cairn_fp_f16_from_f32(mode | CAIRN_FP_KEEP_IN_32, f32);
}

static inline uint32_t cairn_fp_f16_from_i16(uint32_t mode, uint32_t a)
{
    return cairn_fp_f16_from_int16(mode, cairn_fp_f32_of_host((float)(int16_t)a));
}

static inline uint32_t cairn_fp_f16_from_u16(uint32_t mode, uint32_t a)
{
    return cairn_fp_f16_from_int16(mode, cairn_fp_f32_of_host((float)(uint16_t)a));
}

/* Saturation on host values; NaN compares false everywhere and ends as 0. The casts see only
 * values that fit. */
static inline int32_t cairn_fp_i32_of_double(double x)
{
    bool low = x <= -2147483648.0, high = x >= 2147483647.0, inside = x > -2147483648.0 && !high;
    int32_t r = (int32_t)(inside ? x : 0.0);
    return low ? INT32_MIN : high ? INT32_MAX : r;
}

static inline uint32_t cairn_fp_u32_of_double(double x)
{
    bool high = x >= 4294967295.0, inside = x > 0.0 && !high;
    /* Through a signed conversion, which hosts have as a vector operation. */
    double part = inside ? x : 0.0;
    bool top = part >= 2147483648.0;
    uint32_t r = (uint32_t)(int32_t)(top ? part - 2147483648.0 : part);
    r = top ? r ^ 0x80000000u : r;
    return high ? UINT32_MAX : r;
}

static inline int32_t cairn_fp_i32_of_float(float x)
{
    bool low = x <= -2147483648.0f, high = x >= 2147483648.0f;
    bool inside = x > -2147483648.0f && !high;
    int32_t r = (int32_t)(inside ? x : 0.0f);
    return low ? INT32_MIN : high ? INT32_MAX : r;
}

static inline uint32_t cairn_fp_u32_of_float(float x)
{
    bool high = x >= 4294967296.0f, inside = x > 0.0f && !high;
    float part = inside ? x : 0.0f;
    bool top = part >= 2147483648.0f;
    uint32_t r = (uint32_t)(int32_t)(top ? part - 2147483648.0f : part);
    r = top ? r ^ 0x80000000u : r;
    return high ? UINT32_MAX : r;
}

static inline uint32_t cairn_fp_i32_from_f32(uint32_t mode, uint32_t a)
{
    (void)mode; /* a denormal becomes 0 either way */
    return (uint32_t)cairn_fp_i32_of_float(cairn_fp_host_of_f32(a));
}

static inline uint32_t cairn_fp_u32_from_f32(uint32_t mode, uint32_t a)
{
    (void)mode;
    return cairn_fp_u32_of_float(cairn_fp_host_of_f32(a));
}

static inline uint32_t cairn_fp_i32_from_f64(uint32_t mode, uint64_t a)
{
    (void)mode;
    return (uint32_t)cairn_fp_i32_of_double(cairn_fp_host_of_f64(a));
}

static inline uint32_t cairn_fp_u32_from_f64(uint32_t mode, uint64_t a)
{
    (void)mode;
    return cairn_fp_u32_of_double(cairn_fp_host_of_f64(a));
}

static inline int32_t cairn_fp_saturate(int32_t x, int32_t low, int32_t high)
{
    return x < low ? low : x > high ? high : x;
}

/* In bits 15:0. */
static inline uint32_t cairn_fp_i16_from_f16(uint32_t mode, uint32_t a)
{
    (void)mode;
    int32_t r = cairn_fp_i32_of_float(cairn_fp_host_of_f16(a));
    return (uint32_t)cairn_fp_saturate(r, INT16_MIN, INT16_MAX) & 0xffffu;
}

static inline uint32_t cairn_fp_u16_from_f16(uint32_t mode, uint32_t a)
{
    (void)mode;
    int32_t r = cairn_fp_i32_of_float(cairn_fp_host_of_f16(a));
    return (uint32_t)cairn_fp_saturate(r, 0, UINT16_MAX);
}

#endif
