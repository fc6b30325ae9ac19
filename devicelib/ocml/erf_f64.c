/* SPDX-License-Identifier: MIT */
/* The error function, its relatives and their inverses in f64. erfcx(x) (1 + 2x) is smooth on the
 * whole half line and is one polynomial in (x - 3) / (x + 3). */
#include "kernels.h"

double __ocmlpriv_erfcx(double x)
{
    double t = (x - ERFCX_MAP) / (x + ERFCX_MAP);
    /* (x - 3) / (x + 3) rounded; the remainder matters for large x only through the quotient's own
     * last bit. */
    double g = POLY_ERFCX(t);
    return g / FMA(2.0, x, 1.0);
}

/* erf for |x| <= 1. */
INLINE double erf_small(double x)
{
    double z = x * x;
    return FMA(x, POLY_ERF_SMALL(z), x);
}

/* exp(-x^2) to full precision. */
INLINE double exp_minus_square(double x)
{
    i32 k;
    dd s = two_prod(x, x);
    dd m = __ocmlpriv_exp(dd_neg(s), &k);
    return scale_result(m, k);
}

/* erfc for x >= 0.5. */
INLINE double erfc_large(double x)
{
    i32 k;
    if (x > 28.0)
        return 0.0;
    dd s = two_prod(x, x);
    dd m = __ocmlpriv_exp(dd_neg(s), &k);
    return LDEXP_f64(dd_value(dd_mul_d(m, __ocmlpriv_erfcx(x))), k);
}

PURE_FN double __ocml_erf_f64(double x)
{
    double a = __builtin_fabs(x);
    if (x != x)
        return x;
    if (a <= 1.0)
        return erf_small(x);
    return __builtin_copysign(a > 6.0 ? 1.0 : 1.0 - erfc_large(a), x);
}

PURE_FN double __ocml_erfc_f64(double x)
{
    if (x != x)
        return x;
    if (x < -6.0)
        return 2.0;
    if (x < 0.5)
        return x < -0.5 ? 2.0 - erfc_large(-x) : 1.0 - erf_small(x);
    return erfc_large(x);
}

PURE_FN double __ocml_erfcx_f64(double x)
{
    if (x != x)
        return x;
    if (x >= 0)
        return x > 0x1p60 ? INV_PI_HI * (TWO_SQRT_PI_HI * PI_HI * 0.5) / x : __ocmlpriv_erfcx(x);
    if (x < -27.0)
        return __builtin_inf();
    i32 k;
    dd m = __ocmlpriv_exp(two_prod(x, x), &k);
    return FMA(2.0, scale_result(m, k), -__ocmlpriv_erfcx(-x));
}

/* Standard normal distribution: Phi(x) = erfc(-x / sqrt 2) / 2. */
PURE_FN double __ocml_ncdf_f64(double x)
{
    double a = __builtin_fabs(x);
    if (x != x)
        return x;
    if (a < 0.7) {
        dd u = dd_mul_d((dd){SQRT1_2_HI, SQRT1_2_LO}, x);
        return FMA(0.5, erf_small(u.hi), 0.5);
    }
    if (a > 39.0)
        return x > 0 ? 1.0 : 0.0;
    i32 k;
    dd s = two_prod(a, a);
    dd m = __ocmlpriv_exp((dd){-0.5 * s.hi, -0.5 * s.lo}, &k);
    double tail = LDEXP_f64(dd_value(dd_mul_d(m, __ocmlpriv_erfcx(a * SQRT1_2_HI))), k - 1);
    return x > 0 ? 1.0 - tail : tail;
}

/* ---- inverses: a polynomial for the start, then Halley's method on the function itself */

INLINE double halley(double g, double u)
{
    return g + u / (1.0 - u * g);
}

/* |x| <= 0.5. */
INLINE double erfinv_small(double x)
{
    double w = -__ocml_log1p_f64(-x * x);
    double g = x * POLY_ERFINV(w - 3.0);
    double u = (x - erf_small(g)) * (1.0 / TWO_SQRT_PI_HI) / exp_minus_square(g);
    return halley(g, u);
}

/* 0 < y <= 0.5. */
INLINE double erfcinv_small(double y)
{
    double s = __builtin_sqrt(-__ocml_log_f64(y * (2.0 - y)));
    double g = s * (s < 2.4 ? POLY_ERFCINV_NEAR(s - 1.5) : POLY_ERFCINV_FAR(1.0 / s - 0.2));
    for (i32 i = 0; i < 2; i++) {
        i32 k;
        dd m = __ocmlpriv_exp(two_prod(g, g), &k);
        /* y exp(g^2) is near erfcx(g), so neither factor's scale can overflow the product. */
        double scaled = LDEXP_f64(y, 600) * dd_value(m);
        double u = (__ocmlpriv_erfcx(g) - LDEXP_f64(scaled, k - 600)) * (1.0 / TWO_SQRT_PI_HI);
        g = halley(g, u);
    }
    return g;
}

PURE_FN double __ocml_erfcinv_f64(double y)
{
    if (!(y >= 0.0 && y <= 2.0))
        return make_nan();
    if (y == 0 || y == 2.0)
        return y == 0 ? __builtin_inf() : -__builtin_inf();
    if (y > 0.5 && y < 1.5)
        return erfinv_small(1.0 - y);
    return y > 1.0 ? -erfcinv_small(2.0 - y) : erfcinv_small(y);
}

PURE_FN double __ocml_erfinv_f64(double x)
{
    double a = __builtin_fabs(x);
    if (!(a <= 1.0))
        return make_nan();
    if (a < 0x1p-60)
        return x * (1.0 / TWO_SQRT_PI_HI);
    if (a == 1.0)
        return __builtin_copysign(__builtin_inf(), x);
    if (a <= 0.5)
        return erfinv_small(x);
    return __builtin_copysign(erfcinv_small(1.0 - a), x);
}

PURE_FN double __ocml_ncdfinv_f64(double p)
{
    return -2.0 * SQRT1_2_HI * __ocml_erfcinv_f64(2.0 * p);
}
