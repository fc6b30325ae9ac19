/* SPDX-License-Identifier: MIT */
/* The f32 functions that programs call most: computed in f64 with short polynomials, so that one
 * rounding to f32 at the end is nearly all of the error. The software processor does f64 at the
 * speed of f32. */
#include "kernels.h"

/* ---- exponentials */

/* 2^y as a double, for |y| <= 1000. */
INLINE double exp2_short(double y)
{
    double k = __builtin_rint(y);
    double r = y - k;
    return LDEXP_f64(POLY_EXP2_SHORT(r), (i32)k);
}

/* Beyond these exponents every f32 result is 0 or infinity. */
INLINE float exp2_limited(double y)
{
    return (float)exp2_short(__builtin_fmin(__builtin_fmax(y, -200.0), 200.0));
}

PURE_FN float __ocml_exp_f32(float x)
{
    return x != x ? x : exp2_limited((double)x * LOG2E_HI);
}

PURE_FN float __ocml_exp2_f32(float x)
{
    return x != x ? x : exp2_limited(x);
}

PURE_FN float __ocml_exp10_f32(float x)
{
    return x != x ? x : exp2_limited((double)x * LOG2_10_HI);
}

/* exp(x) - 1 in f64, relative error 2^-40, |x| <= 200. */
INLINE double expm1_short(double x)
{
    double k = __builtin_rint(x * LOG2E_HI);
    double r = FMA(-k, LN2_LO, FMA(-k, LN2_HI, x));
    double e = FMA(r * r, FMA(r, POLY_EXP_SHORT(r), 0.5), r);
    double power = LDEXP_f64(1.0, (i32)k);
    return FMA(power, e, power - 1.0);
}

PURE_FN float __ocml_expm1_f32(float x)
{
    if (x != x)
        return x;
    return x == 0 ? x : (float)expm1_short(__builtin_fmin(__builtin_fmax(x, -50.0), 100.0));
}

PURE_FN float __ocml_sinh_f32(float x)
{
    double a = __builtin_fmin(__builtin_fabs(x), 100.0);
    double e = expm1_short(a);
    return x != x ? x : __builtin_copysignf((float)(0.5 * (e + e / (e + 1.0))), x);
}

PURE_FN float __ocml_cosh_f32(float x)
{
    double e = exp2_short(__builtin_fmin(__builtin_fabs(x), 100.0) * LOG2E_HI);
    return x != x ? x : (float)FMA(0.5, e, 0.5 / e);
}

PURE_FN float __ocml_tanh_f32(float x)
{
    double e = expm1_short(__builtin_fmin(2 * __builtin_fabs(x), 60.0));
    return x != x ? x : __builtin_copysignf((float)(e / (e + 2.0)), x);
}

/* ---- logarithms */

/* log2(x) for finite x > 0, relative error 2^-45 away from 1 and absolute 2^-50 s near it. */
INLINE double log2_short(double x)
{
    i32 k = FREXP_EXP_f64(x);
    double m = FREXP_MANT_f64(x);
    if (m < SQRT1_2_HI) {
        m *= 2;
        k -= 1;
    }
    double s = (m - 1.0) / (m + 1.0);
    return FMA(s, POLY_LOG2_SHORT(s * s), (double)k);
}

INLINE float log_any(float x, double scale)
{
    if (x > 0 && x < __builtin_inff())
        return (float)(log2_short(x) * scale);
    return x == 0 ? -__builtin_inff() : x > 0 ? x : x != x ? x : __builtin_nanf("");
}

PURE_FN float __ocml_log2_f32(float x)
{
    return log_any(x, 1.0);
}

PURE_FN float __ocml_log_f32(float x)
{
    return log_any(x, LN2_HI);
}

PURE_FN float __ocml_log10_f32(float x)
{
    return log_any(x, LOG10_2_HI);
}

PURE_FN float __ocml_log1p_f32(float x)
{
    if (!(x > -1.0f) || x == __builtin_inff())
        return x == -1.0f ? -__builtin_inff() : x < -1.0f ? __builtin_nanf("") : x;
    if (__builtin_fabsf(x) < 0x1p-12f) {
        double y = x;
        return x == 0 ? x : (float)(y - y * y * (0.5 - y * (1.0 / 3)));
    }
    return (float)(log2_short(1.0 + (double)x) * LN2_HI);
}

/* ---- powers */

INLINE i32 parity_f32(float y)
{
    float a = __builtin_fabsf(y);
    if (a >= 0x1p24f)
        return 2;
    if (__builtin_truncf(a) != a)
        return 0;
    return (i32)a & 1 ? 1 : 2;
}

INLINE float pow_general(float x, double y, i32 kind)
{
    float a = __builtin_fabsf(x), r;
    if (y == 0 || x == 1.0f)
        return 1.0f;
    if (x != x || y != y)
        return x + (float)y;
    if (__builtin_isinf(y))
        return a == 1.0f ? 1.0f : (a > 1.0f) == (y > 0) ? __builtin_inff() : 0.0f;
    if (a == 0 || __builtin_isinf(a))
        r = (a == 0) == (y > 0) ? 0.0f : __builtin_inff();
    else if (x < 0 && kind == 0)
        return __builtin_nanf("");
    else
        r = exp2_limited(y * log2_short(a));
    return kind == 1 ? __builtin_copysignf(r, x) : r;
}

PURE_FN float __ocml_pow_f32(float x, float y)
{
    return pow_general(x, y, parity_f32(y));
}

PURE_FN float __ocml_pown_f32(float x, i32 n)
{
    return pow_general(x, n, n & 1 ? 1 : 2);
}

PURE_FN float __ocml_powr_f32(float x, float y)
{
    if (x < 0 || x != x || y != y || (x == 0 && y == 0) || (__builtin_isinf(x) && y == 0) ||
        (x == 1.0f && __builtin_isinf(y)))
        return __builtin_nanf("");
    return pow_general(x, y, 2);
}

PURE_FN float __ocml_rootn_f32(float x, i32 n)
{
    return (float)__ocml_rootn_f64(x, n);
}

PURE_FN float __ocml_rsqrt_f32(float x)
{
    return (float)(1.0 / __builtin_sqrt((double)x));
}

/* ---- trigonometry */

/* x - k pi/2 in f64. Up to 2^28, k times the two parts of pi/2 leaves more than 50 good bits even
 * next to a multiple. */
INLINE double reduce_short(float x, i32 *q)
{
    if (__builtin_fabsf(x) >= 0x1p28f) {
        dd r = __ocmlpriv_reduce(x, q);
        return r.hi;
    }
    double k = __builtin_rint((double)x * (2 * INV_PI_HI));
    *q = (i32)k;
    return FMA(-k, PI_2_B, FMA(-k, PI_2_A, (double)x));
}

INLINE double sin_short(double r)
{
    double z = r * r;
    return FMA(r * z, POLY_SIN_SHORT(z), r);
}

INLINE double cos_short(double r)
{
    double z = r * r;
    return FMA(z * z, POLY_COS_SHORT(z), FMA(-0.5, z, 1.0));
}

INLINE float pick_short(double s, double c, i32 q)
{
    double r = q & 1 ? c : s;
    return (float)(q & 2 ? -r : r);
}

float __ocml_sin_f32(float x)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return __builtin_nanf("");
    double r = reduce_short(x, &q);
    return x == 0 ? x : pick_short(sin_short(r), cos_short(r), q);
}

float __ocml_cos_f32(float x)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return __builtin_nanf("");
    double r = reduce_short(x, &q);
    return pick_short(sin_short(r), cos_short(r), q + 1);
}

float __ocml_sincos_f32(float x, float PRIVATE *cosine)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return *cosine = __builtin_nanf("");
    double r = reduce_short(x, &q), s = sin_short(r), c = cos_short(r);
    *cosine = pick_short(s, c, q + 1);
    return x == 0 ? x : pick_short(s, c, q);
}

float __ocml_tan_f32(float x)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return __builtin_nanf("");
    double r = reduce_short(x, &q), s = sin_short(r), c = cos_short(r);
    return x == 0 ? x : (float)(q & 1 ? -c / s : s / c);
}

/* x - k/2 exactly, times pi. */
INLINE double reduce_pi_short(float x, i32 *q)
{
    double a = x;
    a = FMA(-2.0, __builtin_rint(0.5 * a), a);
    double k = __builtin_rint(2 * a);
    *q = (i32)k;
    return PI_HI * FMA(-0.5, k, a);
}

float __ocml_sinpi_f32(float x)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return __builtin_nanf("");
    double r = reduce_pi_short(x, &q);
    if (r == 0 && !(q & 1))
        return __builtin_copysignf(0.0f, x);
    return pick_short(sin_short(r), cos_short(r), q);
}

float __ocml_cospi_f32(float x)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return __builtin_nanf("");
    double r = reduce_pi_short(x, &q);
    if (r == 0 && (q & 1))
        return 0.0f;
    return pick_short(sin_short(r), cos_short(r), q + 1);
}

float __ocml_sincospi_f32(float x, float PRIVATE *cosine)
{
    *cosine = __ocml_cospi_f32(x);
    return __ocml_sinpi_f32(x);
}

/* The angle of (x, y) in the first quadrant. tan(pi/8) halves the range of the series. */
INLINE double angle_short(double y, double x)
{
    _Bool steep = y > x;
    double top = steep ? x : y, bottom = steep ? y : x;
    _Bool upper = top > 0x1.a827999fcef32p-2 * bottom;
    double over = upper ? top - bottom : top, under = upper ? top + bottom : bottom;
    double t = under == 0 ? 0.0 : over / under, z = t * t;
    double r = FMA(t * z, POLY_ATAN_SHORT(z), t);
    r = upper ? r + ATAN_4_HI : r;
    return steep ? PI_2_HI - r : r;
}

CONST_FN float __ocml_atan_f32(float x)
{
    double a = __builtin_fabsf(x);
    if (a > 1e30)
        return x != x ? x : __builtin_copysignf((float)PI_2_HI, x);
    return __builtin_copysignf((float)angle_short(a, 1.0), x);
}

CONST_FN float __ocml_atan2_f32(float y, float x)
{
    if (x != x || y != y)
        return x + y;
    double ay = __builtin_fabsf(y), ax = __builtin_fabsf(x);
    if (__builtin_isinf(x) && __builtin_isinf(y))
        ax = ay = 1.0;
    else if (__builtin_isinf(x) || __builtin_isinf(y))
        ax = __builtin_isinf(x) ? 1.0 : 0.0, ay = 1.0 - ax;
    double r = angle_short(ay, ax);
    if ((i32)AS_BITS_f32(x) < 0)
        r = PI_HI - r;
    return __builtin_copysignf((float)r, y);
}

CONST_FN float __ocml_asin_f32(float x)
{
    double a = __builtin_fabsf(x);
    if (!(a <= 1.0))
        return __builtin_nanf("");
    return __builtin_copysignf((float)angle_short(a, __builtin_sqrt(FMA(-a, a, 1.0))), x);
}

CONST_FN float __ocml_acos_f32(float x)
{
    double a = __builtin_fabsf(x);
    if (!(a <= 1.0))
        return __builtin_nanf("");
    double r = angle_short(__builtin_sqrt(FMA(-a, a, 1.0)), a);
    return (float)(x < 0 ? PI_HI - r : r);
}

/* ---- lengths: squares of floats are exact in f64 and cannot overflow there */

INLINE double length_short(float a, float b, float c, float d)
{
    double x = a, y = b, z = c, w = d;
    return __builtin_sqrt(FMA(x, x, y * y) + FMA(z, z, w * w));
}

INLINE _Bool any_inf(float a, float b, float c, float d)
{
    return __builtin_isinf(a) || __builtin_isinf(b) || __builtin_isinf(c) || __builtin_isinf(d);
}

#define LENGTH(NAME, PARAMETERS, ...)                                                              \
    CONST_FN float __ocml_##NAME##_f32 PARAMETERS                                                  \
    {                                                                                              \
        return any_inf(__VA_ARGS__) ? __builtin_inff() : (float)length_short(__VA_ARGS__);         \
    }                                                                                              \
    CONST_FN float __ocml_r##NAME##_f32 PARAMETERS                                                 \
    {                                                                                              \
        return any_inf(__VA_ARGS__) ? 0.0f : (float)(1.0 / length_short(__VA_ARGS__));             \
    }
LENGTH(hypot, (float x, float y), x, y, 0, 0)
LENGTH(len3, (float x, float y, float z), x, y, z, 0)
LENGTH(len4, (float x, float y, float z, float w), x, y, z, w)
