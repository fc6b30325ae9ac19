/* SPDX-License-Identifier: MIT */
/* Trigonometric functions in f64: reduction to [-pi/4, pi/4] in double-double, short series, and
 * the arc functions through one arc tangent of a quotient. */
#include "kernels.h"

/* 2/pi after TWO_OVER_PI_PAD zero bits. */
static const CONSTANT u64 two_over_pi[TWO_OVER_PI_WORDS] = {TWO_OVER_PI_BITS};

/* 64 bits of that number from bit `at` on. */
INLINE u64 bits_at(u32 at)
{
    u64 high = two_over_pi[at / 64], low = two_over_pi[at / 64 + 1];
    return at % 64 == 0 ? high : high << (at % 64) | low >> (64 - at % 64);
}

/* x = m 2^e with a 53-bit integer m. Of 2/pi only the bits from e - 1 on matter: those before give
 * multiples of 4. A window of 192 bits times m, modulo 2^192, is x 2/pi modulo 4 with 190 bits
 * after the point (Payne and Hanek 1983). */
static dd reduce_large(double x, i32 *quadrant)
{
    u64 bits = AS_BITS_f64(x);
    i32 e = (i32)((bits >> 52) & 0x7ff) - 1075;
    u64 m = (bits & 0xffffffffffffful) | 0x10000000000000ul;
    u32 at = (u32)(TWO_OVER_PI_PAD + e - 2);
    unsigned __int128 low = (unsigned __int128)bits_at(at + 128) * m;
    unsigned __int128 middle = (unsigned __int128)bits_at(at + 64) * m + (u64)(low >> 64);
    u64 high = bits_at(at) * m + (u64)(middle >> 64);
    u64 next = (u64)middle;
    i32 q = (i32)(high >> 62);
    /* The 126 bits after the point, as a signed fraction: at or above one half counts from the next
     * quadrant. */
    unsigned __int128 fraction = ((unsigned __int128)high << 64 | next) << 2 | ((u64)low >> 62);
    _Bool up = (i64)(u64)(fraction >> 64) < 0;
    q += up;
    if (up)
        fraction = -fraction;
    double a = (double)(u64)(fraction >> 64), b = (double)(u64)fraction;
    dd f = fast_two_sum(a * 0x1p-64, b * 0x1p-128);
    /* Below 2^63. The conversion of the upper word rounded: what it lost belongs to the lower part.
     */
    u64 upper = (u64)(fraction >> 64);
    double lost = (double)(i64)(upper - (u64)a);
    f = dd_add_d(f, lost * 0x1p-64);
    dd r = dd_mul(f, (dd){PI_2_HI, PI_2_LO});
    if (up)
        r = dd_neg(r);
    if (x < 0) {
        r = dd_neg(r);
        q = -q;
    }
    *quadrant = q;
    return r;
}

dd __ocmlpriv_reduce(double x, i32 *quadrant)
{
    if (__builtin_fabs(x) >= 0x1p21)
        return reduce_large(x, quadrant);
    double k = __builtin_rint(x * (2 * INV_PI_HI));
    *quadrant = (i32)k;
    /* Exact: the difference is a multiple of 2^-53 below 1. */
    double high = FMA(-k, PI_2_A, x);
    dd p = two_prod(k, PI_2_B);
    dd r = two_sum(high, -p.hi);
    return fast_two_sum(r.hi, FMA(-k, PI_2_C, r.lo - p.lo));
}

dd __ocmlpriv_sin(dd r)
{
    double z = r.hi * r.hi;
    double tail = FMA(r.hi * z, POLY_SIN_TAIL(z), r.lo * FMA(-0.5, z, 1.0));
    return fast_two_sum(r.hi, tail);
}

dd __ocmlpriv_cos(dd r)
{
    dd z = two_prod(r.hi, r.hi);
    dd head = fast_two_sum(1.0, -0.5 * z.hi);
    double tail = FMA(z.hi * z.hi, POLY_COS_TAIL(z.hi), -FMA(r.hi, r.lo, 0.5 * z.lo));
    return fast_two_sum(head.hi, head.lo + tail);
}

/* sin of quadrant q from the two series; cos is q + 1. */
INLINE double pick(dd s, dd c, i32 q)
{
    double r = q & 1 ? dd_value(c) : dd_value(s);
    return q & 2 ? -r : r;
}

double __ocml_sin_f64(double x)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return make_nan();
    if (__builtin_fabs(x) < 0x1p-27)
        return x;
    dd r = __ocmlpriv_reduce(x, &q);
    return pick(__ocmlpriv_sin(r), __ocmlpriv_cos(r), q);
}

double __ocml_cos_f64(double x)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return make_nan();
    dd r = __ocmlpriv_reduce(x, &q);
    return pick(__ocmlpriv_sin(r), __ocmlpriv_cos(r), q + 1);
}

double __ocml_sincos_f64(double x, double PRIVATE *cosine)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return *cosine = make_nan();
    dd r = __ocmlpriv_reduce(x, &q);
    dd s = __ocmlpriv_sin(r), c = __ocmlpriv_cos(r);
    *cosine = pick(s, c, q + 1);
    return __builtin_fabs(x) < 0x1p-27 ? x : pick(s, c, q);
}

double __ocml_tan_f64(double x)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return make_nan();
    if (__builtin_fabs(x) < 0x1p-27)
        return x;
    dd r = __ocmlpriv_reduce(x, &q);
    dd s = __ocmlpriv_sin(r), c = __ocmlpriv_cos(r);
    return dd_value(q & 1 ? dd_neg(dd_div(c, s)) : dd_div(s, c));
}

/* x - k/2 is exact, and so is the quadrant. */
INLINE dd reduce_pi(double x, i32 *quadrant)
{
    double a = __builtin_fabs(x);
    if (a >= 0x1p53) {
        *quadrant = 0;
        return dd_of(0.0);
    }
    a = FMA(-2.0, __builtin_trunc(0.5 * a), a);
    double k = __builtin_rint(2 * a);
    *quadrant = (i32)k;
    return dd_mul_d((dd){PI_HI, PI_LO}, FMA(-0.5, k, a));
}

double __ocml_sinpi_f64(double x)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return make_nan();
    dd r = reduce_pi(x, &q);
    if (r.hi == 0 && !(q & 1))
        return __builtin_copysign(0.0, x);
    double v = pick(__ocmlpriv_sin(r), __ocmlpriv_cos(r), q);
    return x < 0 ? -v : v;
}

double __ocml_cospi_f64(double x)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return make_nan();
    dd r = reduce_pi(x, &q);
    if (r.hi == 0 && (q & 1))
        return 0.0;
    return pick(__ocmlpriv_sin(r), __ocmlpriv_cos(r), q + 1);
}

double __ocml_sincospi_f64(double x, double PRIVATE *cosine)
{
    *cosine = __ocml_cospi_f64(x);
    return __ocml_sinpi_f64(x);
}

double __ocml_tanpi_f64(double x)
{
    i32 q;
    if (!__builtin_isfinite(x))
        return make_nan();
    dd r = reduce_pi(x, &q);
    if (r.hi == 0)
        return __builtin_copysign(q & 1 ? __builtin_inf() : 0.0, q & 2 ? -x : x);
    dd s = __ocmlpriv_sin(r), c = __ocmlpriv_cos(r);
    double v = dd_value(q & 1 ? dd_neg(dd_div(c, s)) : dd_div(s, c));
    return x < 0 ? -v : v;
}

/* ---- arc functions */

/* atan of the nearest quarter, and of what is left: atan(a) - atan(c) = atan((a - c) / (1 + a c)).
 */
dd __ocmlpriv_atan(dd y, dd x)
{
    double i = __builtin_rint(4.0 * y.hi / x.hi);
    double c = 0.25 * i;
    dd base = i < 1   ? dd_of(0.0)
              : i < 2 ? (dd){ATAN_1_HI, ATAN_1_LO}
              : i < 3 ? (dd){ATAN_2_HI, ATAN_2_LO}
              : i < 4 ? (dd){ATAN_3_HI, ATAN_3_LO}
                      : (dd){ATAN_4_HI, ATAN_4_LO};
    dd over = dd_add(y, dd_mul_d(x, -c)), under = dd_add(x, dd_mul_d(y, c));
    dd t = dd_div(over, under);
    double z = t.hi * t.hi;
    t = fast_two_sum(t.hi, FMA(t.hi * z, POLY_ATAN_TAIL(z), t.lo));
    return dd_add(base, t);
}

/* The angle of the point (x, y) in the first quadrant, not both zero. */
INLINE dd angle(dd y, dd x)
{
    if (y.hi <= x.hi)
        return __ocmlpriv_atan(y, x);
    return dd_add((dd){PI_2_HI, PI_2_LO}, dd_neg(__ocmlpriv_atan(x, y)));
}

CONST_FN double __ocml_atan_f64(double x)
{
    double a = __builtin_fabs(x);
    if (x != x || a < 0x1p-60)
        return x;
    if (a > 0x1p60)
        return __builtin_copysign(PI_2_HI, x);
    return __builtin_copysign(dd_value(angle(dd_of(a), dd_of(1.0))), x);
}

/* atan2 as a double-double for finite arguments, not both zero, whose ratio is moderate. */
INLINE dd angle_scaled(double y, double x)
{
    i32 e = FREXP_EXP_f64(__builtin_fmax(y, x));
    return angle(dd_of(LDEXP_f64(y, -e)), dd_of(LDEXP_f64(x, -e)));
}

CONST_FN double __ocml_atan2_f64(double y, double x)
{
    double ay = __builtin_fabs(y), ax = __builtin_fabs(x), r;
    if (x != x || y != y)
        return x + y;
    _Bool left = (i64)AS_BITS_f64(x) < 0;
    if (ay == 0)
        return __builtin_copysign(left ? PI_HI : 0.0, y);
    if (__builtin_isinf(x) || __builtin_isinf(y)) {
        if (ax != ay)
            r = ay > ax ? PI_2_HI : left ? PI_HI : 0.0;
        else
            r = left ? 3 * ATAN_4_HI : ATAN_4_HI;
        return __builtin_copysign(r, y);
    }
    i32 ey = FREXP_EXP_f64(ay), ex = FREXP_EXP_f64(ax);
    if (ax == 0 || ey - ex > 64)
        return __builtin_copysign(PI_2_HI, y);
    if (ex - ey > 64)
        return __builtin_copysign(left ? PI_HI : ay / ax, y);
    dd t = angle_scaled(ay, ax);
    if (left)
        t = dd_add((dd){PI_HI, PI_LO}, dd_neg(t));
    return __builtin_copysign(dd_value(t), y);
}

/* sqrt((1 - a) (1 + a)), the other side of the triangle; 0 <= a < 1. */
INLINE dd other_side(double a)
{
    return dd_sqrt(dd_mul(two_sum(1.0, -a), two_sum(1.0, a)));
}

CONST_FN double __ocml_asin_f64(double x)
{
    double a = __builtin_fabs(x);
    if (a < 0x1p-60)
        return x;
    if (!(a <= 1.0))
        return make_nan();
    if (a == 1.0)
        return __builtin_copysign(PI_2_HI, x);
    return __builtin_copysign(dd_value(angle(dd_of(a), other_side(a))), x);
}

INLINE dd acos_positive(double a)
{
    return a == 1.0 ? dd_of(0.0) : angle(other_side(a), dd_of(a));
}

CONST_FN double __ocml_acos_f64(double x)
{
    double a = __builtin_fabs(x);
    if (!(a <= 1.0))
        return make_nan();
    dd t = acos_positive(a);
    return dd_value(x < 0 ? dd_add((dd){PI_HI, PI_LO}, dd_neg(t)) : t);
}

/* The same in units of pi. */
INLINE double over_pi(dd t)
{
    return dd_value(dd_mul(t, (dd){INV_PI_HI, INV_PI_LO}));
}

CONST_FN double __ocml_atanpi_f64(double x)
{
    double a = __builtin_fabs(x);
    if (x != x)
        return x;
    if (a < 0x1p-60)
        return x * INV_PI_HI;
    if (a > 0x1p60)
        return __builtin_copysign(0.5, x);
    return __builtin_copysign(over_pi(angle(dd_of(a), dd_of(1.0))), x);
}

CONST_FN double __ocml_atan2pi_f64(double y, double x)
{
    return __ocml_atan2_f64(y, x) * INV_PI_HI;
}

CONST_FN double __ocml_asinpi_f64(double x)
{
    double a = __builtin_fabs(x);
    if (a < 0x1p-60)
        return x * INV_PI_HI;
    if (!(a <= 1.0))
        return make_nan();
    if (a == 1.0)
        return __builtin_copysign(0.5, x);
    return __builtin_copysign(over_pi(angle(dd_of(a), other_side(a))), x);
}

CONST_FN double __ocml_acospi_f64(double x)
{
    double a = __builtin_fabs(x);
    if (!(a <= 1.0))
        return make_nan();
    double t = over_pi(acos_positive(a));
    return x < 0 ? 1.0 - t : t;
}
