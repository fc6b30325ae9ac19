/* SPDX-License-Identifier: MIT
 * The division helpers and V_TRIG_PREOP_F64. The vendor's printed pseudo-code of div_scale and
 * div_fmas is known to be wrong in its constants; what counts is that the whole sequence that
 * compilers emit gives the IEEE quotient (docs/ERRATA.md, float).
 */
#ifndef CAIRN_MACHINE_SEM_FLOAT_DIV_H
#define CAIRN_MACHINE_SEM_FLOAT_DIV_H

#include "fp/arith.h"

struct cairn_sem_div_scale_f32 {
    uint32_t value;
    bool flag; /* this lane's bit of VCC */
};

struct cairn_sem_div_scale_f64 {
    uint64_t value;
    bool flag;
};

#define SEM(name) cairn_sem_##name##_f32
#define FP(name)  cairn_fp_##name##_f32
#define BITS      uint32_t
#define P         24
#define SIGN      0x80000000u
#define INFINITE  0x7f800000u
#define QUIET     0x400000u
#define SCALE     64
#define FAR       96
#define TINY      23
#include "machine/sem_float_div.inc"

#define SEM(name) cairn_sem_##name##_f64
#define FP(name)  cairn_fp_##name##_f64
#define BITS      uint64_t
#define P         53
#define SIGN      UINT64_C(0x8000000000000000)
#define INFINITE  UINT64_C(0x7ff0000000000000)
#define QUIET     UINT64_C(0x8000000000000)
#define SCALE     128
#define FAR       768
#define TINY      52
#include "machine/sem_float_div.inc"

#define SEM(name) cairn_sem_##name##_f16
#define FP(name)  cairn_fp_##name##_f16
#define BITS      uint32_t
#define P         11
#define SIGN      0x8000u
#define INFINITE  0x7c00u
#define QUIET     0x200u
#include "machine/sem_float_div.inc"

/* div_fmas: fma, then the undoing of div_scale where `flag` (the lane's bit of VCC) is set, with
 * one rounding. The exponent of the quotient estimate c tells which way it was scaled. */
static inline uint32_t cairn_sem_div_fmas_f32(uint32_t mode, uint32_t a, uint32_t b, uint32_t c,
                                              bool flag)
{
    uint32_t x = cairn_fp_input_f32(mode, a), y = cairn_fp_input_f32(mode, b);
    uint32_t z = cairn_fp_input_f32(mode, c), round = cairn_fp_mode_round_f32(mode);
    int32_t by = !flag ? 0 : (z >> 23 & 0xff) > 127 ? 64 : -64;
    uint32_t r;
    if (round == CAIRN_FP_ROUND_EVEN) {
        double product = (double)cairn_fp_host_of_f32(x) * (double)cairn_fp_host_of_f32(y);
        double odd = cairn_fp_host_add_odd(product, (double)cairn_fp_host_of_f32(z));
        r = cairn_fp_f32_of_host((float)(odd * cairn_fp_host_power(by)));
    } else {
        r = (uint32_t)cairn_fp_soft_fma_scaled(24, round, x, y, z, by);
    }
    return cairn_fp_is_nan_f32(r) ? cairn_fp_nan3_f32(mode, a, b, c) : cairn_fp_output_f32(mode, r);
}

/* a + b, exactly, as a value and what it lacks (TwoSum). */
struct cairn_sem_two {
    double value, rest;
};

static inline struct cairn_sem_two cairn_sem_two_sum(double a, double b)
{
    double sum = a + b, part = sum - a;
    return (struct cairn_sem_two){sum, (a - (sum - part)) + (b - part)};
}

static inline double cairn_sem_fused(double a, double b, double c)
{
    return cairn_fp_host_of_f64(cairn_fp_host_fma_f64(
        cairn_fp_f64_of_host(a), cairn_fp_f64_of_host(b), cairn_fp_f64_of_host(c)));
}

/* Has the sign of x * y + z - r, or is 0 with it, where r is x * y + z rounded and lies between
 * 2^-948 and 2^-894. Everything is scaled by 2^800, x to [1, 2); a product so small that it would
 * be lost then counts by its sign alone. The four terms are summed without error (J. Shewchuk,
 * "Adaptive Precision Floating-Point Arithmetic ...", 1997, Grow-Expansion). */
static inline double cairn_sem_fma_lacks(double x, double y, double z, double r)
{
    const double up = cairn_fp_host_power(800), least = cairn_fp_host_power(-500);
    bool small = x < cairn_fp_host_power(-800) && x > -cairn_fp_host_power(-800);
    uint64_t bits = cairn_fp_f64_of_host(small ? x * cairn_fp_host_power(200) : x);
    int32_t exponent = (int32_t)(bits >> 52 & 0x7ff) - 1023 - (small ? 200 : 0);
    double one = cairn_fp_host_of_f64((bits & UINT64_C(0x800fffffffffffff)) | UINT64_C(1023) << 52);
    double other =
        cairn_fp_host_of_f64(cairn_fp_host_ldexp_f64(cairn_fp_f64_of_host(y), exponent + 800));
    double sign = y < 0 ? -least : least;
    other = y != 0 && other < least && other > -least ? sign : other;
    one = x == 0 ? 0 : one;
    double p = one * other, rest = cairn_sem_fused(one, other, -p);
    struct cairn_sem_two a = cairn_sem_two_sum(rest, z * up), b = cairn_sem_two_sum(p, a.value);
    struct cairn_sem_two c = cairn_sem_two_sum(a.rest, -r * up);
    struct cairn_sem_two d = cairn_sem_two_sum(b.rest, c.value);
    struct cairn_sem_two e = cairn_sem_two_sum(b.value, d.value);
    double low = d.rest != 0 ? d.rest : c.rest, high = e.rest != 0 ? e.rest : low;
    return e.value != 0 ? e.value : high;
}

/* (x * y + z) * 2^-128 where x * y is huge: beside it, z, below 2, has but a sign. */
static inline double cairn_sem_fma_far_down(double x, double y, double z)
{
    bool swap = __builtin_fabs(x) < __builtin_fabs(y);
    double larger = swap ? y : x, smaller = swap ? x : y;
    return cairn_sem_fused(larger * cairn_fp_host_power(-128), smaller, z);
}

/* (x * y + z) * 2^-128 with one rounding, z below 2. The rounded fma is scaled without error,
 * unless the result is denormal; then it is rounded twice, which is wrong only where the fma lies
 * halfway between two denormals and was rounded to there. */
static inline double cairn_sem_fma_down(double x, double y, double z)
{
    double fma = cairn_sem_fused(x, y, z), r = fma * cairn_fp_host_power(-128);
    double past = fma - r * cairn_fp_host_power(128);
    double half = cairn_fp_host_power(-947), lacks = cairn_sem_fma_lacks(x, y, z, fma);
    double next = r + 0x1p-1074, before = r - 0x1p-1074;
    double up = past == half && lacks > 0 ? next : r;
    bool denormal = fma < cairn_fp_host_power(-893) && fma > -cairn_fp_host_power(-893);
    double right = past == -half && lacks < 0 ? before : up;
    double huge =
        __builtin_fabs(fma) >= cairn_fp_host_power(1000) ? cairn_sem_fma_far_down(x, y, z) : r;
    return denormal ? right : huge;
}

static inline uint64_t cairn_sem_div_fmas_f64(uint32_t mode, uint64_t a, uint64_t b, uint64_t c,
                                              bool flag)
{
    uint64_t x = cairn_fp_input_f64(mode, a), y = cairn_fp_input_f64(mode, b);
    uint64_t z = cairn_fp_input_f64(mode, c), r;
    bool large = (z >> 52 & 0x7ff) > 1023; /* then the fma is exact enough */
    if (cairn_fp_mode_round_f64(mode) == CAIRN_FP_ROUND_EVEN) {
        double u = cairn_fp_host_of_f64(x), v = cairn_fp_host_of_f64(y);
        double w = cairn_fp_host_of_f64(z), plain = cairn_sem_fused(u, v, w);
        double scaled = large ? plain * cairn_fp_host_power(128) : cairn_sem_fma_down(u, v, w);
        r = cairn_fp_f64_of_host(flag ? scaled : plain);
    } else {
        int32_t by = flag ? (large ? 128 : -128) : 0;
        r = cairn_fp_soft_fma_scaled(53, cairn_fp_mode_round_f64(mode), x, y, z, by);
    }
    return cairn_fp_is_nan_f64(r) ? cairn_fp_nan3_f64(mode, a, b, c) : cairn_fp_output_f64(mode, r);
}

/* 2/pi to 1201 bits, the first of them the top bit of word 0. */
static const uint64_t cairn_sem_two_over_pi[20] = {
    UINT64_C(0xa2f9836e4e441529), UINT64_C(0xfc2757d1f534ddc0), UINT64_C(0xdb6295993c439041),
    UINT64_C(0xfe5163abdebbc561), UINT64_C(0xb7246e3a424dd2e0), UINT64_C(0x06492eea09d1921c),
    UINT64_C(0xfe1deb1cb129a73e), UINT64_C(0xe88235f52ebb4484), UINT64_C(0xe99c7026b45f7e41),
    UINT64_C(0x3991d639835339f4), UINT64_C(0x9c845f8bbdf9283b), UINT64_C(0x1ff897ffde05980f),
    UINT64_C(0xef2f118b5a0a6d1f), UINT64_C(0x6d367ecf27cb09b7), UINT64_C(0x4f463f669e5fea2d),
    UINT64_C(0x7527bac7ebe5f17b), UINT64_C(0x3d0739f78a5292ea), UINT64_C(0x6bfb5fb11f8d5d08),
    UINT64_C(0x56033046fc7b0000), UINT64_C(0x0000000000000000),
};

/* The 53 bits of 2/pi that start `53 * segment` (more for large |a|) places in, as a value. */
static inline uint64_t cairn_sem_trig_preop_f64(uint32_t mode, uint64_t a, uint32_t segment)
{
    int32_t field = (int32_t)(a >> 52 & 0x7ff);
    int32_t shift = (int32_t)(segment & 31) * 53 + (field > 1077 ? field - 1077 : 0);
    uint32_t word = (uint32_t)shift >> 6, bit = (uint32_t)shift & 63;
    uint64_t high = word < 20 ? cairn_sem_two_over_pi[word] : 0;
    uint64_t low = word < 19 ? cairn_sem_two_over_pi[word + 1] : 0;
    uint64_t top = high << bit | (bit != 0 ? low >> (64 - bit) : 0);
    int32_t scale = -53 - shift + (field >= 1968 ? 128 : 0);
    double value = (double)(int64_t)(top >> 11);
    uint64_t r = cairn_fp_host_ldexp_f64(cairn_fp_f64_of_host(value), scale);
    return cairn_fp_output_f64(mode, r);
}

#endif
