/* SPDX-License-Identifier: MIT
 * The functions that the hardware only approximates: reciprocal, roots, base-2 exponential and
 * logarithm, sine and cosine of revolutions. f16 results come from f64 arithmetic (or a correctly
 * rounded host operation) rounded once, to nearest even whatever MODE says; f32 results from f32
 * arithmetic: reciprocal and root within half a unit of the last place, the others within one
 * unit. All are the same on every host, because only IEEE operations are used, and fused
 * ones by name. What the hardware documents is 1 ULP and worse.
 * Denormals: isa notes of LLVM's AMDGPULegalizerInfo (legalizeFlog, legalizeFExp, sqrt scaling):
 * f32 flushes them on both sides in every mode, but for rsq; f16 and f64 obey MODE.
 */
#ifndef CAIRN_FP_APPROX_H
#define CAIRN_FP_APPROX_H

#include "fp/arith.h"

/* ln(2)^k / k! */
static const double cairn_fp_exp2_terms[12] = {
    0x1p+0,
    0x1.62e42fefa39efp-1,
    0x1.ebfbdff82c58fp-3,
    0x1.c6b08d704a0c0p-5,
    0x1.3b2ab6fba4e77p-7,
    0x1.5d87fe78a6731p-10,
    0x1.430912f86c787p-13,
    0x1.ffcbfc588b0c7p-17,
    0x1.62c0223a5c824p-20,
    0x1.b5253d395e7c4p-24,
    0x1.e4cf5158b8ecap-28,
    0x1.e8cac7351bb25p-32,
};

/* 2 / ((2k + 1) ln 2) */
static const double cairn_fp_log2_terms[9] = {
    0x1.71547652b82fep+1, 0x1.ec709dc3a03fdp-1, 0x1.2776c50ef9bfep-1,
    0x1.a61762a7aded9p-2, 0x1.484b13d7c02a9p-2, 0x1.0c9a84994022dp-2,
    0x1.c68f568d31760p-3, 0x1.89f3b1694cffep-3, 0x1.5b9ac9b743f0dp-3,
};

/* (2 pi)^(2k+1) / (2k+1)!, (2 pi)^(2k) / (2k)!, alternating */
static const double cairn_fp_sin_terms[8] = {
    0x1.921fb54442d18p+2, -0x1.4abbce625be53p+5, 0x1.466bc6775aae2p+6, -0x1.32d2cce62bd86p+6,
    0x1.50783487ee782p+5, -0x1.e3074fde8871fp+3, 0x1.e8f434d018d63p+1, -0x1.6fadb9f155744p-1,
};
static const double cairn_fp_cos_terms[9] = {
    0x1p+0,
    -0x1.3bd3cc9be45dep+4,
    0x1.03c1f081b5ac4p+6,
    -0x1.55d3c7e3cbffap+6,
    0x1.e1f506891babbp+5,
    -0x1.a6d1f2a204a8cp+4,
    0x1.f9d38a3763cc3p+2,
    -0x1.b6e24f44b128fp+0,
    0x1.20c62c2f2d7f5p-2,
};

static inline double cairn_fp_polynomial(const double *terms, int count, double x)
{
    double sum = terms[count - 1];
    for (int i = count - 2; i >= 0; i--)
        sum = sum * x + terms[i];
    return sum;
}

/* To the nearest integer, ties to even; |x| < 2^51. */
static inline double cairn_fp_near(double x)
{
    double magic = 0x1.8p52;
    return (x + magic) - magic;
}

/* 2^x; finite and correct for any |x| < 1000, saturating beyond. */
static inline double cairn_fp_exp2_double(double x)
{
    double bounded = x > 1000 ? 1000 : x < -1000 ? -1000 : x;
    bounded = bounded == bounded ? bounded : 0;
    double whole = cairn_fp_near(bounded);
    double part = cairn_fp_polynomial(cairn_fp_exp2_terms, 12, bounded - whole);
    return part * cairn_fp_host_power((int32_t)whole);
}

/* log2 of a positive normal x: exponent, and the series of artanh((m - 1) / (m + 1)). */
static inline double cairn_fp_log2_double(double x)
{
    uint64_t bits = cairn_fp_f64_of_host(x);
    /* Splits so that m lies in [sqrt(1/2), sqrt(2)). */
    uint64_t shifted = bits - UINT64_C(0x3fe6a09e667f3bcd);
    int32_t exponent = (int32_t)((int64_t)shifted >> 52);
    double m = cairn_fp_host_of_f64(bits - ((uint64_t)(int64_t)exponent << 52));
    double s = (m - 1) / (m + 1);
    return s * cairn_fp_polynomial(cairn_fp_log2_terms, 9, s * s) + (double)exponent;
}

/* sin and cos of 2 pi x; |x| <= 256. Exact at multiples of a quarter. */
static inline double cairn_fp_sin_double(double x, int32_t quarters)
{
    double quarter = cairn_fp_near(4 * x), part = x - 0.25 * quarter;
    int32_t turn = (int32_t)quarter + quarters;
    double square = part * part;
    double sine = part * cairn_fp_polynomial(cairn_fp_sin_terms, 8, square);
    double cosine = cairn_fp_polynomial(cairn_fp_cos_terms, 9, square);
    double r = turn & 1 ? cosine : sine;
    return turn & 2 ? -r : r;
}

/* f64 to f16 with one rounding. */
static inline uint32_t cairn_fp_f16_of_double(double x)
{
    return cairn_fp_f16_of_f32_even(cairn_fp_f32_of_host(cairn_fp_host_narrow_odd(x)));
}

/* Picks the NaN of a one-operand f32 function, whose results are no denormals. */
static inline uint32_t cairn_fp_approx_f32(uint32_t mode, uint32_t a, float r)
{
    return cairn_fp_chosen_f32(cairn_fp_f32_of_host(r), cairn_fp_nan1_f32(mode, a));
}

static inline uint32_t cairn_fp_approx_f16(uint32_t mode, uint32_t a, double r)
{
    uint32_t bits = cairn_fp_f16_of_double(r);
    bits = cairn_fp_chosen_f16(bits, cairn_fp_nan1_f16(mode, a));
    return cairn_fp_output_f16(mode, bits);
}

static inline uint64_t cairn_fp_approx_f64(uint32_t mode, uint64_t a, double r)
{
    uint64_t bits = cairn_fp_f64_of_host(r);
    bits = cairn_fp_chosen_f64(bits, cairn_fp_nan1_f64(mode, a));
    return cairn_fp_output_f64(mode, bits);
}

/* The operand as a host value. */
static inline float cairn_fp_operand_f32(uint32_t a)
{
    return cairn_fp_host_of_f32(cairn_fp_flush_f32(a));
}

static inline double cairn_fp_operand_f16(uint32_t mode, uint32_t a)
{
    return (double)cairn_fp_host_of_f16(cairn_fp_input_f16(mode, a));
}

static inline double cairn_fp_operand_f64(uint32_t mode, uint64_t a)
{
    return cairn_fp_host_of_f64(cairn_fp_input_f64(mode, a));
}

static inline uint32_t cairn_fp_rcp_f32(uint32_t mode, uint32_t a)
{
    uint32_t r = cairn_fp_f32_of_host(1.0f / cairn_fp_operand_f32(a));
    return cairn_fp_chosen_f32(cairn_fp_flush_f32(r), cairn_fp_nan1_f32(mode, a));
}

static inline uint32_t cairn_fp_sqrt_f32(uint32_t mode, uint32_t a)
{
    return cairn_fp_approx_f32(mode, a, __builtin_sqrtf(cairn_fp_operand_f32(a)));
}

static inline float cairn_fp_fused(float a, float b, float c)
{
    return cairn_fp_host_of_f32(cairn_fp_host_fma_f32(
        cairn_fp_f32_of_host(a), cairn_fp_f32_of_host(b), cairn_fp_f32_of_host(c)));
}

/* Within 0.85 units of the last place by nothing but a quotient and a root; within 1.5 above 2^126,
 * where the quotient is a denormal. Below 2^-128 it is infinite, as for zero. */
static inline uint32_t cairn_fp_rsq_f32(uint32_t mode, uint32_t a)
{
    uint32_t x = cairn_fp_input_f32(mode, a);
    uint32_t r = cairn_fp_f32_of_host(__builtin_sqrtf(1.0f / cairn_fp_host_of_f32(x)));
#ifndef CAIRN_FP_HOST_NAN /* else NaN and -0, and looked at as other NaNs are */
    r = x == 0x80000000u ? 0xff800000u : x == 0xff800000u ? 0x7fc00000u : r;
#endif
    return cairn_fp_chosen_f32(r, cairn_fp_nan1_f32(mode, a));
}

static inline uint32_t cairn_fp_rcp_f16(uint32_t mode, uint32_t a)
{
    return cairn_fp_approx_f16(mode, a, 1.0 / cairn_fp_operand_f16(mode, a));
}

static inline uint32_t cairn_fp_sqrt_f16(uint32_t mode, uint32_t a)
{
    return cairn_fp_approx_f16(mode, a, __builtin_sqrt(cairn_fp_operand_f16(mode, a)));
}

static inline uint32_t cairn_fp_rsq_f16(uint32_t mode, uint32_t a)
{
    return cairn_fp_approx_f16(mode, a, 1.0 / __builtin_sqrt(cairn_fp_operand_f16(mode, a)));
}

static inline uint64_t cairn_fp_rcp_f64(uint32_t mode, uint64_t a)
{
    return cairn_fp_approx_f64(mode, a, 1.0 / cairn_fp_operand_f64(mode, a));
}

static inline uint64_t cairn_fp_sqrt_f64(uint32_t mode, uint64_t a)
{
    return cairn_fp_approx_f64(mode, a, __builtin_sqrt(cairn_fp_operand_f64(mode, a)));
}

static inline uint64_t cairn_fp_rsq_f64(uint32_t mode, uint64_t a)
{
    return cairn_fp_approx_f64(mode, a, 1.0 / __builtin_sqrt(cairn_fp_operand_f64(mode, a)));
}

/* terms[0] + x * (terms[1] + ...), each step rounded once. */
static inline float cairn_fp_fused_polynomial(const float *terms, int count, float x)
{
    float sum = terms[count - 1];
    for (int i = count - 2; i >= 0; i--)
        sum = cairn_fp_fused(sum, x, terms[i]);
    return sum;
}

/* (2^x - 1) / x for |x| <= 1/2. */
static const float cairn_fp_exp2_terms32[7] = {
    0x1.62e430p-1f,  0x1.ebfbe0p-3f,  0x1.c6b074p-5f,  0x1.3b2a48p-7f,
    0x1.5d9df4p-10f, 0x1.4424b0p-13f, 0x1.e9d92ap-17f,
};

/* Adding it leaves the nearest integer in the low bits, as long as |x| < 2^22. */
#define CAIRN_FP_NEAR32 0x1.8p23f

static inline uint32_t cairn_fp_exp_f32(uint32_t mode, uint32_t a)
{
    float x = cairn_fp_operand_f32(a), shifted = x + CAIRN_FP_NEAR32;
    float part = x - (shifted - CAIRN_FP_NEAR32);
    float fraction = cairn_fp_fused_polynomial(cairn_fp_exp2_terms32, 7, part);
    uint32_t r = cairn_fp_f32_of_host(cairn_fp_fused(part, fraction, 1.0f));
    r += cairn_fp_f32_of_host(shifted) << 23;
    r = x < -126 ? 0 : r; /* a denormal, flushed */
    r = x >= 128 ? 0x7f800000u : r;
    uint32_t nan = cairn_fp_quiet_f32(mode, a);
    return x == x ? r : nan;
}

static inline uint32_t cairn_fp_exp_f16(uint32_t mode, uint32_t a)
{
    double x = cairn_fp_operand_f16(mode, a);
    return cairn_fp_approx_f16(mode, a, x == x ? cairn_fp_exp2_double(x) : x);
}

/* Negative: NaN. Zero: minus infinity. Infinity and NaN: themselves. */
static inline double cairn_fp_log2_any(double x)
{
    bool positive = x > 0, finite = x < __builtin_inf();
    double r = cairn_fp_log2_double(positive && finite ? x : 1.0);
    double other = x == 0 ? -__builtin_inf() : x < 0 ? __builtin_nan("") : x;
    return positive && finite ? r : other;
}

/* log2(1 + x) / x^2 without its first term, 1 / (x ln 2), for 1 + x in [sqrt(1/2), sqrt(2)). */
static const float cairn_fp_log2_terms32[10] = {
    -0x1.715476p-1f, 0x1.ec708ap-2f,  -0x1.7154b8p-2f, 0x1.277ecep-2f,  -0x1.ec6de6p-3f,
    0x1.a41a68p-3f,  -0x1.6f2368p-3f, 0x1.5ff4a4p-3f,  -0x1.5669a2p-3f, 0x1.867786p-4f,
};

/* log2 of a positive normal x. 1 / ln 2 is given in two parts. */
static inline float cairn_fp_log2_float(uint32_t x)
{
    int32_t exponent = (int32_t)(x - 0x3f3504f3u) >> 23;
    float part = cairn_fp_host_of_f32(x - ((uint32_t)exponent << 23)) - 1;
    float rest = cairn_fp_fused_polynomial(cairn_fp_log2_terms32, 10, part);
    rest = part * cairn_fp_fused(part, rest, 0x1.4ae0cp-26f);
    return (float)exponent + cairn_fp_fused(part, 0x1.715476p+0f, rest);
}

static inline uint32_t cairn_fp_log_f32(uint32_t mode, uint32_t a)
{
    float x = cairn_fp_operand_f32(a);
    bool usual = x > 0 && x < __builtin_inff();
    float r = cairn_fp_log2_float(cairn_fp_f32_of_host(x));
    float other = x < 0 ? __builtin_nanf("") : x;
    other = x == 0 ? -__builtin_inff() : other;
    return cairn_fp_approx_f32(mode, a, usual ? r : other);
}

static inline uint32_t cairn_fp_log_f16(uint32_t mode, uint32_t a)
{
    return cairn_fp_approx_f16(mode, a, cairn_fp_log2_any(cairn_fp_operand_f16(mode, a)));
}

/* Outside +-256 revolutions sine is 0 and cosine 1; infinity gives NaN (AMD "Vega ISA" V_SIN_F32).
 */
static inline double cairn_fp_sin_any(double x, int32_t quarters)
{
    bool inside = x >= -256 && x <= 256;
    double r = cairn_fp_sin_double(inside ? x : 0.0, quarters);
    double special = x - x == 0 ? r : __builtin_nan("");
    return inside ? r : special;
}

/* With x the square of a part of a revolution up to 1/8: (sin / part - 2 pi) / x, (cos - 1) / x. */
static const float cairn_fp_sin_terms32[4] = {
    -0x1.4abbcep+5f,
    0x1.466b62p+6f,
    -0x1.329de8p+6f,
    0x1.3ef73ep+5f,
};
static const float cairn_fp_cos_terms32[4] = {
    -0x1.3bd3ccp+4f,
    0x1.03c19ep+6f,
    -0x1.55a5b0p+6f,
    0x1.d09344p+5f,
};

/* sin of x revolutions and `quarters` more. 2 pi is given in two parts, both positive, so that -0
 * stays what it is. */
static inline uint32_t cairn_fp_sin_float(float x, uint32_t quarters)
{
    float shifted = 4 * x + CAIRN_FP_NEAR32, part = x - 0.25f * (shifted - CAIRN_FP_NEAR32);
    uint32_t turn = cairn_fp_f32_of_host(shifted) + quarters;
    float square = part * part;
    float s = cairn_fp_fused_polynomial(cairn_fp_sin_terms32, 4, square);
    float c = cairn_fp_fused_polynomial(cairn_fp_cos_terms32, 4, square);
    s = cairn_fp_fused(part, 0x1.921fb4p+2f, part * cairn_fp_fused(square, s, 0x1.4442d2p-22f));
    c = cairn_fp_fused(square, c, 1.0f);
    uint32_t r = cairn_fp_f32_of_host(turn & 1 ? c : s);
    return r ^ (turn << 30 & 0x80000000u);
}

static inline uint32_t cairn_fp_sin_any_f32(uint32_t mode, uint32_t a, uint32_t quarters)
{
    float x = cairn_fp_operand_f32(a);
    bool inside = x >= -256 && x <= 256;
    float r = cairn_fp_host_of_f32(cairn_fp_sin_float(inside ? x : 0.0f, quarters));
    return cairn_fp_approx_f32(mode, a, x - x == 0 ? r : __builtin_nanf(""));
}

static inline uint32_t cairn_fp_sin_f32(uint32_t mode, uint32_t a)
{
    return cairn_fp_sin_any_f32(mode, a, 0);
}

static inline uint32_t cairn_fp_cos_f32(uint32_t mode, uint32_t a)
{
    return cairn_fp_sin_any_f32(mode, a, 1);
}

static inline uint32_t cairn_fp_sin_f16(uint32_t mode, uint32_t a)
{
    return cairn_fp_approx_f16(mode, a, cairn_fp_sin_any(cairn_fp_operand_f16(mode, a), 0));
}

static inline uint32_t cairn_fp_cos_f16(uint32_t mode, uint32_t a)
{
    return cairn_fp_approx_f16(mode, a, cairn_fp_sin_any(cairn_fp_operand_f16(mode, a), 1));
}

#endif
