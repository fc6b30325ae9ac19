/* SPDX-License-Identifier: MIT */
/* Bessel functions of order 0 and 1 in f64: polynomials below 8 in four pieces, modulus and phase
 * above (NIST DLMF 10.17). Absolute error is a few units of 2^-53 of the local amplitude; next to a
 * zero the relative error is larger. */
#include "kernels.h"

#define PIECES(NAME, x)                                                                            \
    ((x) < 4.0   ? POLY_##NAME##_B((x) - 3.0)                                                      \
     : (x) < 6.0 ? POLY_##NAME##_C((x) - 5.0)                                                      \
                 : POLY_##NAME##_D((x) - 7.0))

/* sin x + cos x and sin x - cos x over sqrt(pi x): the phase x - pi/4 without a second reduction.
 */
INLINE void phase(double x, double *plus, double *minus)
{
    double c;
    double s = __ocml_sincos_f64(x, (double PRIVATE *)&c);
    double root = __builtin_sqrt(PI_HI * x);
    *plus = (s + c) / root;
    *minus = (s - c) / root;
}

INLINE double asymptotic(double x, i32 order, _Bool second)
{
    double plus, minus, t = 8.0 / x, z = t * t;
    phase(x, &plus, &minus);
    double p = order ? POLY_P1(z) : POLY_P0(z);
    double q = t * (order ? POLY_Q1(z) : POLY_Q0(z));
    /* Order 0: phase x - pi/4; order 1: x - 3 pi/4. */
    double cosine = order ? minus : plus, sine = order ? -plus : minus;
    return second ? FMA(p, sine, q * cosine) : FMA(p, cosine, -q * sine);
}

double __ocml_j0_f64(double x)
{
    double a = __builtin_fabs(x), z = a * a;
    if (!(a < __builtin_inf()))
        return a == __builtin_inf() ? 0.0 : x;
    return a < 2.0 ? POLY_J0_A(z) : a < 8.0 ? PIECES(J0, a) : asymptotic(a, 0, 0);
}

double __ocml_j1_f64(double x)
{
    double a = __builtin_fabs(x), z = a * a;
    if (!(a < __builtin_inf()))
        return a == __builtin_inf() ? 0.0 : x;
    double r = a < 2.0 ? a * POLY_J1_A(z) : a < 8.0 ? PIECES(J1, a) : asymptotic(a, 1, 0);
    return x < 0 ? -r : r;
}

double __ocml_y0_f64(double x)
{
    if (!(x > 0))
        return x == 0 ? -__builtin_inf() : make_nan();
    if (x == __builtin_inf())
        return 0.0;
    double z = x * x;
    if (x < 2.0)
        return FMA(2.0 * INV_PI_HI * __ocml_log_f64(0.5 * x), POLY_J0_A(z), POLY_Y0_A(z));
    return x < 8.0 ? PIECES(Y0, x) : asymptotic(x, 0, 1);
}

double __ocml_y1_f64(double x)
{
    if (!(x > 0))
        return x == 0 ? -__builtin_inf() : make_nan();
    if (x == __builtin_inf())
        return 0.0;
    double z = x * x;
    if (x < 2.0) {
        double part = FMA(__ocml_log_f64(0.5 * x), x * POLY_J1_A(z), -1.0 / x);
        return FMA(2.0 * INV_PI_HI, part, x * POLY_Y1_A(z));
    }
    return x < 8.0 ? PIECES(Y1, x) : asymptotic(x, 1, 1);
}

/* Modified functions: all terms of the series are positive, so it is summed as it stands below 8.
 */
INLINE double i_series(double a, i32 order)
{
    double z = 0.25 * a * a, term = order ? 0.5 * a : 1.0, sum = term;
    for (i32 k = 1; k <= 32; k++) {
        term *= z / (double)(k * (k + order));
        sum += term;
    }
    return sum;
}

INLINE double i_any(double a, i32 order)
{
    i32 k;
    if (a < 8.0)
        return i_series(a, order);
    if (a > 720.0)
        return a == a ? __builtin_inf() : a;
    double t = 8.0 / a;
    double p = (order ? POLY_I1_LARGE(t) : POLY_I0_LARGE(t)) / __builtin_sqrt(a);
    dd m = __ocmlpriv_exp(dd_of(a), &k);
    return LDEXP_f64(dd_value(dd_mul_d(m, p)), k);
}

double __ocml_i0_f64(double x)
{
    return i_any(__builtin_fabs(x), 0);
}

double __ocml_i1_f64(double x)
{
    return __builtin_copysign(i_any(__builtin_fabs(x), 1), x);
}
