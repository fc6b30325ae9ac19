/* SPDX-License-Identifier: MIT */
/* Powers and roots in f64. pow is exp(y log |x|) in double-double; the special cases are those of
 * C17 F.10.4.4. */
#include "kernels.h"

/* |x|^y for finite x != 0. */
INLINE double power(double a, double y)
{
    i32 k;
    /* Beyond this |y log a| overflows or underflows for every a but 1, also after rounding. */
    y = __builtin_fmin(__builtin_fmax(y, -0x1p70), 0x1p70);
    dd t = dd_mul_d(__ocmlpriv_log(dd_of(a)), y);
    if (__builtin_fabs(t.hi) > 1000.0)
        return t.hi > 0 ? __builtin_inf() : 0.0;
    dd m = __ocmlpriv_exp(t, &k);
    return scale_result(m, k);
}

/* 0: not an integer; 1: odd; 2: even. */
INLINE i32 parity(double y)
{
    double a = __builtin_fabs(y);
    if (a >= 0x1p53)
        return 2;
    if (__builtin_trunc(a) != a)
        return 0;
    return __builtin_trunc(0.5 * a) * 2 == a ? 2 : 1;
}

INLINE double pow_general(double x, double y, i32 kind)
{
    double a = __builtin_fabs(x), r;
    if (y == 0 || x == 1.0)
        return 1.0;
    if (x != x || y != y)
        return x + y;
    if (__builtin_isinf(y))
        return a == 1.0 ? 1.0 : (a > 1.0) == (y > 0) ? __builtin_inf() : 0.0;
    if (a == 0 || __builtin_isinf(a))
        r = (a == 0) == (y > 0) ? 0.0 : __builtin_inf();
    else if (x < 0 && kind == 0)
        return make_nan();
    else
        r = a == 1.0 ? 1.0 : power(a, y);
    return kind == 1 ? __builtin_copysign(r, x) : r;
}

PURE_FN double __ocml_pow_f64(double x, double y)
{
    return pow_general(x, y, parity(y));
}

PURE_FN double __ocml_pown_f64(double x, i32 n)
{
    return pow_general(x, (double)n, n & 1 ? 1 : 2);
}

/* OpenCL 7.5.1: x >= 0 only. */
PURE_FN double __ocml_powr_f64(double x, double y)
{
    if (x < 0 || x != x || y != y || (x == 0 && y == 0) || (__builtin_isinf(x) && y == 0) ||
        (x == 1.0 && __builtin_isinf(y)))
        return make_nan();
    return pow_general(x, y, 2);
}

PURE_FN double __ocml_rootn_f64(double x, i32 n)
{
    double a = __builtin_fabs(x), r;
    if (n == 0 || (x < 0 && !(n & 1)) || x != x)
        return make_nan();
    if (a == 0 || __builtin_isinf(a)) {
        r = (a == 0) == (n > 0) ? 0.0 : __builtin_inf();
    } else {
        i32 k;
        dd m = __ocmlpriv_exp(dd_div(__ocmlpriv_log(dd_of(a)), dd_of((double)n)), &k);
        r = scale_result(m, k);
    }
    return n & 1 ? __builtin_copysign(r, x) : r;
}

/* The cube root of 0.125 <= m < 1 in double-double: a guess from the bits (5 %), two steps of
 * Halley's method, one of Newton's. */
INLINE dd cube_root(double m)
{
    double y = FROM_BITS_f64(AS_BITS_f64(m) / 3 + 0x2a9f7893782da1ceul);
    for (i32 i = 0; i < 3; i++) {
        double cube = y * y * y;
        y = y * FMA(2.0, m, cube) / FMA(2.0, cube, m);
    }
    dd cube = dd_mul_d(two_prod(y, y), y);
    double rest = ((cube.hi - m) + cube.lo) / (3 * y * y);
    return fast_two_sum(y, -rest);
}

INLINE double root3(double x, _Bool inverse)
{
    double a = __builtin_fabs(x);
    i32 e = FREXP_EXP_f64(a);
    i32 third = (e + 3 * 1024) / 3 - 1024;
    /* m in [0.125, 1) times 2^(3 third). */
    i32 rest = e - 3 * third;
    if (rest > 0) {
        third += 1;
        rest -= 3;
    }
    double m = LDEXP_f64(FREXP_MANT_f64(a), rest);
    dd y = cube_root(m);
    if (!inverse)
        return __builtin_copysign(LDEXP_f64(dd_value(y), third), x);
    return __builtin_copysign(LDEXP_f64(dd_value(dd_div(dd_of(1.0), y)), -third), x);
}

PURE_FN double __ocml_cbrt_f64(double x)
{
    return x == 0 || !__builtin_isfinite(x) ? x : root3(x, 0);
}

PURE_FN double __ocml_rcbrt_f64(double x)
{
    return x == 0 || !__builtin_isfinite(x) ? 1.0 / x : root3(x, 1);
}

PURE_FN double __ocml_rsqrt_f64(double x)
{
    if (!(x > 0) || x == __builtin_inf())
        return 1.0 / __builtin_sqrt(x);
    /* An even power of two brings x near 1, so that nothing below is denormal. */
    i32 e = FREXP_EXP_f64(x) & ~1;
    double m = LDEXP_f64(x, -e);
    double y = 1.0 / __builtin_sqrt(m);
    dd my = two_prod(m, y);
    double rest = FMA(-my.hi, y, 1.0) - my.lo * y;
    return LDEXP_f64(FMA(0.5 * y, rest, y), -e / 2);
}

/* sqrt(a^2 + b^2 + c^2 + d^2) = result * 2^*scale, or its inverse. */
INLINE double length(double a, double b, double c, double d, _Bool inverse)
{
    a = __builtin_fabs(a);
    b = __builtin_fabs(b);
    c = __builtin_fabs(c);
    d = __builtin_fabs(d);
    double inf = __builtin_inf();
    if (a == inf || b == inf || c == inf || d == inf)
        return inverse ? 0.0 : inf;
    double top = __builtin_fmax(__builtin_fmax(a, b), __builtin_fmax(c, d));
    if (a + b + c + d != a + b + c + d)
        return make_nan();
    if (top == 0)
        return inverse ? inf : 0.0;
    i32 e = FREXP_EXP_f64(top);
    a = LDEXP_f64(a, -e);
    b = LDEXP_f64(b, -e);
    c = LDEXP_f64(c, -e);
    d = LDEXP_f64(d, -e);
    dd sum = dd_add(dd_add(two_prod(a, a), two_prod(b, b)), dd_add(two_prod(c, c), two_prod(d, d)));
    dd root = dd_sqrt(sum);
    if (!inverse)
        return LDEXP_f64(dd_value(root), e);
    return LDEXP_f64(dd_value(dd_div(dd_of(1.0), root)), -e);
}

CONST_FN double __ocml_hypot_f64(double x, double y)
{
    return length(x, y, 0, 0, 0);
}

CONST_FN double __ocml_rhypot_f64(double x, double y)
{
    return length(x, y, 0, 0, 1);
}

CONST_FN double __ocml_len3_f64(double x, double y, double z)
{
    return length(x, y, z, 0, 0);
}

CONST_FN double __ocml_rlen3_f64(double x, double y, double z)
{
    return length(x, y, z, 0, 1);
}

CONST_FN double __ocml_len4_f64(double x, double y, double z, double w)
{
    return length(x, y, z, w, 0);
}

CONST_FN double __ocml_rlen4_f64(double x, double y, double z, double w)
{
    return length(x, y, z, w, 1);
}
