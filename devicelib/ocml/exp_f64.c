/* SPDX-License-Identifier: MIT */
/* exp and its relatives in f64: x = k ln 2 + r, then the series of exp(r) with its first terms in
 * double-double. */
#include "kernels.h"

/* Arguments beyond this give 0 or infinity in every function here. */
#define EXP_LIMIT 1100.0

INLINE double clamp(double x, double limit)
{
    return __builtin_fmin(__builtin_fmax(x, -limit), limit);
}

/* r + r^2/2 + r^3 T(r): exp(r) - 1 for |r| <= 0.35. */
INLINE dd exp_minus_one_series(dd r)
{
    dd square = two_prod(r.hi, r.hi);
    dd half = {0.5 * square.hi, FMA(r.hi, r.lo, 0.5 * square.lo)};
    double tail = square.hi * r.hi * POLY_EXP_TAIL(r.hi);
    dd sum = dd_add(r, half);
    return dd_add_d(sum, tail);
}

INLINE dd reduce(dd x, double *k)
{
    *k = __builtin_rint(x.hi * LOG2E_HI);
    double high = FMA(-*k, LN2_A, x.hi);
    dd r = two_sum(high, -*k * LN2_B);
    return fast_two_sum(r.hi, r.lo + FMA(-*k, LN2_C, x.lo));
}

dd __ocmlpriv_exp(dd x, i32 *scale)
{
    double k;
    dd r = reduce(x, &k);
    *scale = (i32)k;
    dd e = exp_minus_one_series(r);
    dd one = fast_two_sum(1.0, e.hi);
    return fast_two_sum(one.hi, one.lo + e.lo);
}

dd __ocmlpriv_expm1(dd x)
{
    double k;
    dd e = exp_minus_one_series(reduce(x, &k));
    if (k == 0)
        return e;
    dd power = two_sum(LDEXP_f64(1.0, (i32)k), -1.0);
    return dd_add(dd_scale(e, (i32)k), power);
}

/* 2^k exp(r + c), |r| <= 0.35, c below the last bit of r. 1 + r keeps its rounding error, so that
 * little more than the last rounding counts. */
INLINE double exp_finish(double r, double c, double k)
{
    double head = 1.0 + r;
    double lost = r - (head - 1.0);
    double tail = FMA(r * r, FMA(r, POLY_EXP_TAIL(r), 0.5), lost + c);
    return LDEXP_f64(head + tail, (i32)k);
}

PURE_FN double __ocml_exp_f64(double x)
{
    if (x != x)
        return x;
    x = clamp(x, EXP_LIMIT);
    double k = __builtin_rint(x * LOG2E_HI);
    double high = FMA(-k, LN2_A, x);
    double r = FMA(-k, LN2_B, high);
    double c = FMA(-k, LN2_B, high - r) - k * LN2_C;
    return exp_finish(r, c, k);
}

PURE_FN double __ocml_exp2_f64(double x)
{
    if (x != x)
        return x;
    x = clamp(x, EXP_LIMIT);
    double k = __builtin_rint(x);
    double f = x - k;
    double r = f * LN2_HI;
    return exp_finish(r, FMA(f, LN2_LO, FMA(f, LN2_HI, -r)), k);
}

PURE_FN double __ocml_exp10_f64(double x)
{
    i32 k;
    if (x != x)
        return x;
    dd y = dd_mul_d((dd){LN10_HI, LN10_LO}, clamp(x, 400.0));
    dd m = __ocmlpriv_exp(y, &k);
    return scale_result(m, k);
}

PURE_FN double __ocml_expm1_f64(double x)
{
    i32 k;
    if (x != x || __builtin_fabs(x) < 0x1p-60)
        return x;
    if (x < -45.0)
        return -1.0;
    if (x > 700.0) {
        dd m = __ocmlpriv_exp(dd_of(clamp(x, EXP_LIMIT)), &k);
        return scale_result(m, k);
    }
    return dd_value(__ocmlpriv_expm1(dd_of(x)));
}

/* exp(|x|) and exp(-|x|), halved, for |x| up to 40; beyond that the second is nothing. */
PURE_FN double __ocml_cosh_f64(double x)
{
    i32 k;
    double a = __builtin_fabs(x);
    if (x != x)
        return x;
    dd m = __ocmlpriv_exp(dd_of(clamp(a, EXP_LIMIT)), &k);
    if (a > 40.0)
        return scale_result(m, k - 1);
    dd e = dd_scale(m, k - 1);
    return dd_value(dd_add(e, dd_div(dd_of(0.25), e)));
}

PURE_FN double __ocml_sinh_f64(double x)
{
    i32 k;
    double a = __builtin_fabs(x), r;
    if (x != x || a < 0x1p-60)
        return x;
    if (a > 40.0) {
        dd m = __ocmlpriv_exp(dd_of(clamp(a, EXP_LIMIT)), &k);
        r = scale_result(m, k - 1);
    } else {
        dd e = __ocmlpriv_expm1(dd_of(a));
        r = 0.5 * dd_value(dd_add(e, dd_div(e, dd_add_d(e, 1.0))));
    }
    return __builtin_copysign(r, x);
}

PURE_FN double __ocml_tanh_f64(double x)
{
    double a = __builtin_fabs(x), r = 1.0;
    if (x != x || a < 0x1p-60)
        return x;
    if (a < 22.0) {
        dd e = __ocmlpriv_expm1(dd_of(2 * a));
        r = dd_value(dd_div(e, dd_add_d(e, 2.0)));
    }
    return __builtin_copysign(r, x);
}
