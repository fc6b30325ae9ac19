/* SPDX-License-Identifier: MIT
 * The four operations in round to nearest even with denormals kept, on raw bits, by the host's
 * arithmetic. NaN results are some NaN. Exact on every host: where the host has no fused
 * multiply-add, it is made from a wider format by rounding to odd first, which makes the second
 * rounding harmless (S. Boldo, G. Melquiond, "Emulation of FMA and correctly rounded sums: proved
 * algorithms using rounding to odd", IEEE Trans. Computers 57(4), 2008).
 */
#ifndef CAIRN_FP_HOST_H
#define CAIRN_FP_HOST_H

#include "fp/bits.h"
#include "fp/half.h"

#include <float.h>
#include <stdbool.h>

_Static_assert(FLT_EVAL_METHOD == 0, "float expressions must be evaluated in their own format");

static inline uint32_t cairn_fp_host_add_f32(uint32_t a, uint32_t b)
{
    return cairn_fp_f32_of_host(cairn_fp_host_of_f32(a) + cairn_fp_host_of_f32(b));
}

static inline uint32_t cairn_fp_host_mul_f32(uint32_t a, uint32_t b)
{
    return cairn_fp_f32_of_host(cairn_fp_host_of_f32(a) * cairn_fp_host_of_f32(b));
}

static inline uint64_t cairn_fp_host_add_f64(uint64_t a, uint64_t b)
{
    return cairn_fp_f64_of_host(cairn_fp_host_of_f64(a) + cairn_fp_host_of_f64(b));
}

static inline uint64_t cairn_fp_host_mul_f64(uint64_t a, uint64_t b)
{
    return cairn_fp_f64_of_host(cairn_fp_host_of_f64(a) * cairn_fp_host_of_f64(b));
}

/* f32 has more than 2 * 11 + 2 bits: rounding twice equals rounding once (Figueroa 1995). */
static inline uint32_t cairn_fp_host_add_f16(uint32_t a, uint32_t b)
{
    return cairn_fp_f16_of_f32_even(
        cairn_fp_f32_of_host(cairn_fp_host_of_f16(a) + cairn_fp_host_of_f16(b)));
}

/* The product of two f16 is exact in f32. */
static inline uint32_t cairn_fp_host_mul_f16(uint32_t a, uint32_t b)
{
    return cairn_fp_f16_of_f32_even(
        cairn_fp_f32_of_host(cairn_fp_host_of_f16(a) * cairn_fp_host_of_f16(b)));
}

/* x + y in f64, rounded to odd: if inexact, whichever neighbour has an odd last bit. */
static inline double cairn_fp_host_add_odd(double x, double y)
{
    double sum = x + y;
    double part = sum - x;
    double error = (x - (sum - part)) + (y - part); /* TwoSum, exact */
    uint64_t bits = cairn_fp_f64_of_host(sum);
    bool inexact = error < 0 || error > 0; /* false for NaN: infinities stay */
    bool outward = (error < 0) == (sum < 0);
    uint64_t odd = outward ? bits + 1 : bits - 1;
    return cairn_fp_host_of_f64(inexact && !(bits & 1) ? odd : bits);
}

/* Likewise f64 to f32, for results in f32's normal range. */
static inline float cairn_fp_host_narrow_odd(double x)
{
    float near = (float)x;
    double error = x - (double)near;
    uint32_t bits = cairn_fp_f32_of_host(near);
    bool inexact = error < 0 || error > 0;
    uint32_t odd = (error < 0) == (x < 0) ? bits + 1 : bits - 1;
    return cairn_fp_host_of_f32(inexact && !(bits & 1) ? odd : bits);
}

/* The product is exact in f64 (48 bits), the sum rounded to odd there. */
static inline uint32_t cairn_fp_host_fma_f32(uint32_t a, uint32_t b, uint32_t c)
{
    float x = cairn_fp_host_of_f32(a), y = cairn_fp_host_of_f32(b), z = cairn_fp_host_of_f32(c);
#ifdef __FMA__
    return cairn_fp_f32_of_host(__builtin_fmaf(x, y, z));
#else
    return cairn_fp_f32_of_host((float)cairn_fp_host_add_odd((double)x * (double)y, (double)z));
#endif
}

static inline uint64_t cairn_fp_host_fma_f64(uint64_t a, uint64_t b, uint64_t c)
{
    return cairn_fp_f64_of_host(
        __builtin_fma(cairn_fp_host_of_f64(a), cairn_fp_host_of_f64(b), cairn_fp_host_of_f64(c)));
}

/* The product is exact in f32 (22 bits), the sum rounded to odd there: 24 bits are two more than
 * any f16 has. A sum rounded outward is first taken back by a place. */
static inline uint32_t cairn_fp_host_fma_f16(uint32_t a, uint32_t b, uint32_t c)
{
    float x = cairn_fp_host_of_f16(a) * cairn_fp_host_of_f16(b), y = cairn_fp_host_of_f16(c);
    float sum = x + y;
    float part = sum - x;
    float error = (x - (sum - part)) + (y - part); /* TwoSum, exact */
    uint32_t bits = cairn_fp_f32_of_host(sum);
    uint32_t outward = (cairn_fp_f32_of_host(error) ^ bits) >> 31;
    uint32_t odd = (bits - outward) | 1;
    bool inexact = error < 0 || error > 0; /* false for NaN: infinities stay */
    return cairn_fp_f16_of_f32_even(inexact ? odd : bits);
}

/* 2^n, -1022 <= n <= 1023. */
static inline double cairn_fp_host_power(int32_t n)
{
    return cairn_fp_host_of_f64((uint64_t)(n + 1023) << 52);
}

static inline int32_t cairn_fp_host_clamp(int32_t n, int32_t limit)
{
    return n > limit ? limit : n < -limit ? -limit : n;
}

/* f64 holds x * 2^n exactly for every n that does not decide the result already. */
static inline uint32_t cairn_fp_host_ldexp_f32(uint32_t x, int32_t n)
{
    double power = cairn_fp_host_power(cairn_fp_host_clamp(n, 400));
    return cairn_fp_f32_of_host((float)((double)cairn_fp_host_of_f32(x) * power));
}

static inline uint32_t cairn_fp_host_ldexp_f16(uint32_t x, int32_t n)
{
    double power = cairn_fp_host_power(cairn_fp_host_clamp(n, 60));
    float exact = (float)((double)cairn_fp_host_of_f16(x) * power);
    return cairn_fp_f16_of_f32_even(cairn_fp_f32_of_host(exact));
}

/* Three factors, of which only the last can round: growing never rounds, and shrinking leaves 53
 * places of room above the denormals until the last factor. */
static inline uint64_t cairn_fp_host_ldexp_f64(uint64_t x, int32_t n)
{
    double value = cairn_fp_host_of_f64(x);
    int32_t left = cairn_fp_host_clamp(n, 2900);
    for (int i = 0; i < 2; i++) {
        int32_t step = left > 1023 ? 1023 : left < -1022 ? -969 : 0;
        value *= cairn_fp_host_power(step);
        left -= step;
    }
    left = left > 1023 ? 1023 : left < -1022 ? -1022 : left;
    return cairn_fp_f64_of_host(value * cairn_fp_host_power(left));
}

#endif
