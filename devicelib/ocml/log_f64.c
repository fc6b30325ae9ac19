/* SPDX-License-Identifier: MIT */
/* Logarithms in f64 and what is made of them. x = 2^k m with m near 1, s = (m - 1) / (m + 1), log m
 * = 2 atanh s as a series in s whose first three terms are double-double. */
#include "kernels.h"

dd __ocmlpriv_log_ratio(dd s)
{
    dd z = dd_square(s);
    double q = FMA(z.hi, POLY_LOG_TAIL(z.hi), 0x1.999999999999ap-2);
    dd p = dd_add((dd){0x1.5555555555555p-1, 0x1.5555555555555p-55}, dd_mul_d(z, q));
    dd rest = dd_mul(dd_mul(s, z), p);
    return dd_add((dd){2 * s.hi, 2 * s.lo}, rest);
}

dd __ocmlpriv_log1p_small(dd w)
{
    return __ocmlpriv_log_ratio(dd_div(w, dd_add_d(w, 2.0)));
}

dd __ocmlpriv_log(dd x)
{
    i32 k = FREXP_EXP_f64(x.hi);
    if (FREXP_MANT_f64(x.hi) < SQRT1_2_HI)
        k -= 1;
    dd m = dd_scale(x, -k);
    dd below = two_sum(m.hi - 1.0, m.lo);
    dd above = two_sum(m.hi, 1.0);
    above.lo += m.lo;
    dd part = __ocmlpriv_log_ratio(dd_div(below, above));
    double n = (double)k;
    dd r = two_sum(n * LN2_A, part.hi);
    dd t = two_sum(n * LN2_B, part.lo);
    r = dd_add(r, t);
    return fast_two_sum(r.hi, FMA(n, LN2_C, r.lo));
}

/* The arguments for which all logarithms agree; true when *result holds the answer. */
INLINE _Bool log_special(double x, double *result)
{
    if (x > 0 && x < __builtin_inf())
        return 0;
    *result = x == 0 ? -__builtin_inf() : x > 0 ? x : x != x ? x : make_nan();
    return 1;
}

/* The common one, in single doubles: log(1 + f) = f - f^2/2 + s (f^2/2 + R) with s = f / (2 + f),
 * where only the first sum keeps its rounding error. */
PURE_FN double __ocml_log_f64(double x)
{
    double special;
    if (log_special(x, &special))
        return special;
    i32 k = FREXP_EXP_f64(x);
    double m = FREXP_MANT_f64(x);
    if (m < SQRT1_2_HI) {
        m *= 2;
        k -= 1;
    }
    double f = m - 1.0, s = f / (2.0 + f), z = s * s, n = (double)k;
    double square = 0.5 * f * f;
    double rest = z * FMA(z, FMA(z, POLY_LOG_TAIL(z), 0x1.999999999999ap-2), 0x1.5555555555555p-1);
    dd head = two_sum(n * LN2_A, f);
    double tail = FMA(s, square + rest, FMA(n, LN2_B, head.lo));
    dd near = two_sum(head.hi, -square);
    return near.hi + (near.lo + tail);
}

PURE_FN double __ocml_log2_f64(double x)
{
    double r;
    if (log_special(x, &r))
        return r;
    return dd_value(dd_mul(__ocmlpriv_log(dd_of(x)), (dd){LOG2E_HI, LOG2E_LO}));
}

PURE_FN double __ocml_log10_f64(double x)
{
    double r;
    if (log_special(x, &r))
        return r;
    return dd_value(dd_mul(__ocmlpriv_log(dd_of(x)), (dd){LOG10E_HI, LOG10E_LO}));
}

PURE_FN double __ocml_log1p_f64(double x)
{
    if (__builtin_fabs(x) < 0x1p-60)
        return x;
    if (!(x > -1.0) || x == __builtin_inf())
        return x == -1.0 ? -__builtin_inf() : x < -1.0 ? make_nan() : x;
    if (x > -0.29 && x < 0.41)
        return dd_value(__ocmlpriv_log1p_small(dd_of(x)));
    return dd_value(__ocmlpriv_log(two_sum(1.0, x)));
}

PURE_FN double __ocml_asinh_f64(double x)
{
    double a = __builtin_fabs(x), r;
    if (a < 0x1p-60 || !__builtin_isfinite(x))
        return x;
    if (a > 0x1p28) {
        dd log_a = __ocmlpriv_log(dd_of(a));
        r = dd_value(dd_add(log_a, (dd){LN2_HI, LN2_LO}));
    } else {
        dd square = two_prod(a, a);
        dd root = dd_sqrt(dd_add_d(square, 1.0));
        if (a < 0.3)
            r = dd_value(__ocmlpriv_log1p_small(dd_add_d(dd_div(square, dd_add_d(root, 1.0)), a)));
        else
            r = dd_value(__ocmlpriv_log(dd_add_d(root, a)));
    }
    return __builtin_copysign(r, x);
}

PURE_FN double __ocml_acosh_f64(double x)
{
    if (!(x >= 1.0))
        return make_nan();
    if (x == __builtin_inf())
        return x;
    if (x > 0x1p28)
        return dd_value(dd_add(__ocmlpriv_log(dd_of(x)), (dd){LN2_HI, LN2_LO}));
    if (x == 1.0)
        return 0.0;
    dd t = two_sum(x, -1.0);
    dd w = dd_add(t, dd_sqrt(dd_mul(t, dd_add_d(t, 2.0))));
    if (w.hi < 0.4)
        return dd_value(__ocmlpriv_log1p_small(w));
    return dd_value(__ocmlpriv_log(dd_add_d(w, 1.0)));
}

PURE_FN double __ocml_atanh_f64(double x)
{
    double a = __builtin_fabs(x), r;
    if (a < 0x1p-60 || x != x)
        return x;
    if (a >= 1.0)
        r = a == 1.0 ? __builtin_inf() : make_nan();
    else if (a < 0.17)
        r = 0.5 * dd_value(__ocmlpriv_log_ratio(dd_of(a)));
    else
        r = 0.5 * dd_value(__ocmlpriv_log(dd_div(two_sum(1.0, a), two_sum(1.0, -a))));
    return __builtin_copysign(r, x);
}
