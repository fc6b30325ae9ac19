/* SPDX-License-Identifier: MIT */
/* The few functions that the f64 math is built from, with about ten bits more than a double holds.
 */
#ifndef CAIRN_DEVICELIB_KERNELS_H
#define CAIRN_DEVICELIB_KERNELS_H

#include "dd.h"
#include "ocml_coefficients.h"

/* exp(x) = result * 2^*scale, result in about [0.7, 1.42]; |x| below 2^20. */
dd __ocmlpriv_exp(dd x, i32 *scale);
/* exp(x) - 1, relative accuracy also near 0; |x| below 709. */
dd __ocmlpriv_expm1(dd x);
/* log(x), x.hi > 0 and finite; denormals allowed. */
dd __ocmlpriv_log(dd x);
/* log(1 + w), -0.29 <= w <= 0.41. */
dd __ocmlpriv_log1p_small(dd w);
/* log((1 + s) / (1 - s)), |s| <= 0.1716. */
dd __ocmlpriv_log_ratio(dd s);
/* atan(y / x), 0 <= y <= x, 0 < x. */
dd __ocmlpriv_atan(dd y, dd x);
/* x - k pi/2 in about [-pi/4, pi/4]; *quadrant is k mod 4 (more bits may be set). */
dd __ocmlpriv_reduce(double x, i32 *quadrant);
/* sin and cos of |r| <= 0.79. */
dd __ocmlpriv_sin(dd r);
dd __ocmlpriv_cos(dd r);
/* exp(x*x) erfc(x) for x >= 0. */
double __ocmlpriv_erfcx(double x);
/* log gamma(x), x >= 0.5. */
dd __ocmlpriv_lgamma(double x);
/* gamma(x) = result * 2^*scale, x >= 0.5. */
dd __ocmlpriv_gamma(double x, i32 *scale);

/* value * 2^n for any n an exponential can give; rounds once unless the result is denormal. */
INLINE double scale_result(dd m, i32 n)
{
    return LDEXP_f64(m.hi + m.lo, n);
}

INLINE double make_nan(void)
{
    return __builtin_nan("");
}

#endif
