/* SPDX-License-Identifier: MIT */
/* The gamma function and its logarithm in f64: a polynomial around 1.5, the recurrence, Stirling's
 * series, and reflection. */
#include "kernels.h"

/* From here on Stirling's series is used. */
#define STIRLING_FROM 8.0

/* (x - 1/2) log x - x + log(2 pi) / 2 + series. */
INLINE dd stirling(double x)
{
    dd l = __ocmlpriv_log(dd_of(x));
    double inverse = 1.0 / x;
    dd r = dd_mul_d(l, x - 0.5);
    r = dd_add_d(r, -x);
    r = dd_add(r, (dd){HALF_LN_2PI_HI, HALF_LN_2PI_LO});
    return dd_add_d(r, inverse * POLY_STIRLING(inverse * inverse));
}

dd __ocmlpriv_lgamma(double x)
{
    if (x >= STIRLING_FROM)
        return stirling(x);
    if (x < 1.5) {
        double t = x - 1.0;
        return two_prod(t, POLY_LGAMMA1(t));
    }
    dd product = dd_of(1.0);
    while (x > 2.5) {
        x -= 1.0;
        product = dd_mul_d(product, x);
    }
    double t = x - 2.0;
    dd near = two_prod(t, POLY_LGAMMA2(t));
    return product.hi == 1.0 ? near : dd_add(__ocmlpriv_log(product), near);
}

dd __ocmlpriv_gamma(double x, i32 *scale)
{
    if (x >= 24.0)
        return __ocmlpriv_exp(stirling(x), scale);
    *scale = 0;
    dd product = dd_of(1.0);
    /* x - 1, x - 2, ... are exact as long as x has an ulp below 1, which it has here. */
    while (x > 2.0) {
        x -= 1.0;
        product = dd_mul_d(product, x);
    }
    if (x < 1.0) {
        dd inverse = dd_div(dd_of(1.0), dd_of(x));
        x += 1.0;
        product = dd_mul(product, inverse);
    }
    double t = x - 1.5;
    return dd_mul_d(product, POLY_GAMMA(t));
}

/* |sin(pi x)| with x reduced exactly first, and whether gamma(x) is negative there; x < 0, no
 * integer. */
INLINE dd sine(double x, _Bool *negative)
{
    double a = -x, whole = __builtin_floor(a), f = a - whole;
    *negative = FMA(-2.0, __builtin_floor(0.5 * whole), whole) == 0;
    if (f > 0.5)
        f = 1.0 - f;
    dd r = dd_mul_d((dd){PI_HI, PI_LO}, f <= 0.25 ? f : 0.5 - f);
    return f <= 0.25 ? __ocmlpriv_sin(r) : __ocmlpriv_cos(r);
}

double __ocml_tgamma_f64(double x)
{
    i32 k;
    if (x != x)
        return x;
    if (__builtin_isinf(x))
        return x > 0 ? x : make_nan();
    if (__builtin_fabs(x) < 0x1p-54)
        return 1.0 / x;
    if (x > 172.0)
        return __builtin_inf();
    if (x >= 0.5) {
        dd m = __ocmlpriv_gamma(x, &k);
        return scale_result(m, k);
    }
    if (x < 0 && __builtin_trunc(x) == x)
        return make_nan();
    if (x > 0) {
        dd m = dd_div(__ocmlpriv_gamma(x + 1.0, &k), dd_of(x));
        return scale_result(m, k);
    }
    _Bool negative;
    dd s = sine(x, &negative);
    if (x < -190.0)
        return negative ? -0.0 : 0.0;
    /* gamma(x) = -pi / (sin(pi x) (-x) gamma(-x)); -x is exact where 1 - x need not be. */
    double a = -x;
    dd m = a < 0.5 ? dd_div(__ocmlpriv_gamma(a + 1.0, &k), dd_of(a)) : __ocmlpriv_gamma(a, &k);
    dd under = dd_mul(dd_mul_d(s, a), m);
    double r = LDEXP_f64(dd_value(dd_div((dd){PI_HI, PI_LO}, under)), -k);
    return negative ? -r : r;
}

/* *sign: that of gamma(x). */
INLINE double lgamma_signed(double x, i32 *sign)
{
    *sign = 1;
    if (x != x)
        return x;
    double a = __builtin_fabs(x);
    if (__builtin_isinf(x))
        return a;
    if (a < 0x1p-60) {
        *sign = (i64)AS_BITS_f64(x) < 0 ? -1 : 1;
        return a == 0 ? __builtin_inf() : -__ocml_log_f64(a);
    }
    if (x > 1e306)
        return x > 2.55e305 * 10 ? __builtin_inf() : dd_value(stirling(x));
    if (x >= 0.5)
        return dd_value(__ocmlpriv_lgamma(x));
    if (x > 0)
        return dd_value(dd_add(__ocmlpriv_lgamma(1.0 + x), dd_neg(__ocmlpriv_log(dd_of(x)))));
    if (__builtin_trunc(x) == x)
        return __builtin_inf();
    _Bool negative;
    dd s = sine(x, &negative);
    *sign = negative ? -1 : 1;
    dd rest = a < 0.5 ? __ocmlpriv_lgamma(1.0 + a)
                      : dd_add(__ocmlpriv_lgamma(a), __ocmlpriv_log(dd_of(a)));
    dd l = dd_add((dd){LN_PI_HI, LN_PI_LO}, dd_neg(__ocmlpriv_log(s)));
    return dd_value(dd_add(l, dd_neg(rest)));
}

double __ocml_lgamma_f64(double x)
{
    i32 sign;
    return lgamma_signed(x, &sign);
}

double __ocml_lgamma_r_f64(double x, i32 PRIVATE *sign)
{
    i32 s;
    double r = lgamma_signed(x, &s);
    *sign = __builtin_isfinite(x) && (x >= 0 || __builtin_trunc(x) != x || x == 0) ? s : 0;
    return r;
}
