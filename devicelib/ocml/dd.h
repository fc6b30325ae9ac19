/* SPDX-License-Identifier: MIT */
/* Numbers as the unevaluated sum of two doubles, |lo| <= ulp(hi) / 2: about 104 bits. The f64
 * functions carry their intermediate values in this form where one double would cost the last bit.
 * Algorithms: Dekker 1971, Knuth TAOCP 4.2.2; each product uses fma. */
#ifndef CAIRN_DEVICELIB_DD_H
#define CAIRN_DEVICELIB_DD_H

#include "ocml.h"

typedef struct {
    double hi, lo;
} dd;

#define FMA __builtin_fma

/* |a| >= |b| or a == 0. */
INLINE dd fast_two_sum(double a, double b)
{
    double s = a + b;
    return (dd){s, b - (s - a)};
}

INLINE dd two_sum(double a, double b)
{
    double s = a + b, bb = s - a;
    return (dd){s, (a - (s - bb)) + (b - bb)};
}

INLINE dd two_prod(double a, double b)
{
    double p = a * b;
    return (dd){p, FMA(a, b, -p)};
}

INLINE dd dd_of(double a)
{
    return (dd){a, 0.0};
}

INLINE dd dd_neg(dd a)
{
    return (dd){-a.hi, -a.lo};
}

INLINE dd dd_scale(dd a, i32 n)
{
    return (dd){LDEXP_f64(a.hi, n), LDEXP_f64(a.lo, n)};
}

INLINE dd dd_add_d(dd a, double b)
{
    dd s = two_sum(a.hi, b);
    return fast_two_sum(s.hi, s.lo + a.lo);
}

INLINE dd dd_add(dd a, dd b)
{
    dd s = two_sum(a.hi, b.hi), t = two_sum(a.lo, b.lo);
    s = fast_two_sum(s.hi, s.lo + t.hi);
    return fast_two_sum(s.hi, s.lo + t.lo);
}

INLINE dd dd_mul_d(dd a, double b)
{
    dd p = two_prod(a.hi, b);
    return fast_two_sum(p.hi, FMA(a.lo, b, p.lo));
}

INLINE dd dd_mul(dd a, dd b)
{
    dd p = two_prod(a.hi, b.hi);
    return fast_two_sum(p.hi, p.lo + FMA(a.hi, b.lo, a.lo * b.hi));
}

INLINE dd dd_square(dd a)
{
    dd p = two_prod(a.hi, a.hi);
    return fast_two_sum(p.hi, FMA(2 * a.hi, a.lo, p.lo));
}

INLINE dd dd_div(dd a, dd b)
{
    double inverse = 1.0 / b.hi;
    double q = a.hi * inverse;
    dd p = two_prod(q, b.hi);
    double rest = ((a.hi - p.hi) - p.lo) + (a.lo - q * b.lo);
    return fast_two_sum(q, rest * inverse);
}

/* a > 0. */
INLINE dd dd_sqrt(dd a)
{
    double s = __builtin_sqrt(a.hi);
    double rest = FMA(-s, s, a.hi) + a.lo;
    return fast_two_sum(s, rest / (2 * s));
}

INLINE double dd_value(dd a)
{
    return a.hi + a.lo;
}

#endif
