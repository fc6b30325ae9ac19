/* SPDX-License-Identifier: MIT */
/* Functions of the device library whose result is defined to the bit: directed rounding, directed
 * conversion, and the special values of C17 annex F. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <cmocka.h>
#include <mpfr.h>

static uint64_t state = 42;

static uint64_t next_random(void)
{
    state = state * 6364136223846793005u + 1442695040888963407u;
    return state ^ (state >> 29);
}

/* Sign, mantissa of few or of many bits, exponent in a range in which nothing overflows or is
 * denormal. */
static double number(void)
{
    double m = 1 + (double)(next_random() >> 12) * 0x1p-52;
    if (next_random() % 4 == 0)
        m = 1 + (double)(next_random() % 16) / 16;
    double x = ldexp(m, (int)(next_random() % 40) - 20);
    return next_random() & 1 ? -x : x;
}

#define DECLARE(MODE)                                                                              \
    float __ocml_add_##MODE##_f32(float, float);                                                   \
    double __ocml_add_##MODE##_f64(double, double);                                                \
    float __ocml_sub_##MODE##_f32(float, float);                                                   \
    double __ocml_sub_##MODE##_f64(double, double);                                                \
    float __ocml_mul_##MODE##_f32(float, float);                                                   \
    double __ocml_mul_##MODE##_f64(double, double);                                                \
    float __ocml_div_##MODE##_f32(float, float);                                                   \
    double __ocml_div_##MODE##_f64(double, double);                                                \
    float __ocml_fma_##MODE##_f32(float, float, float);                                            \
    double __ocml_fma_##MODE##_f64(double, double, double);                                        \
    float __ocml_sqrt_##MODE##_f32(float);                                                         \
    double __ocml_sqrt_##MODE##_f64(double);
DECLARE(rte)
DECLARE(rtn)
DECLARE(rtp)
DECLARE(rtz)

typedef float (*op32)(float, float);
typedef double (*op64)(double, double);
typedef int (*reference)(mpfr_t, const mpfr_t, const mpfr_t, mpfr_rnd_t);

#define OPERATION(OP, MODE, RND)                                                                   \
    {#OP "_" #MODE, __ocml_##OP##_##MODE##_f32, __ocml_##OP##_##MODE##_f64, mpfr_##OP, RND}
#define OPERATIONS(MODE, RND)                                                                      \
    OPERATION(add, MODE, RND), OPERATION(sub, MODE, RND), OPERATION(mul, MODE, RND),               \
        OPERATION(div, MODE, RND)

static const struct {
    const char *name;
    op32 f32;
    op64 f64;
    reference exact;
    mpfr_rnd_t mode;
} operations[] = {OPERATIONS(rte, MPFR_RNDN), OPERATIONS(rtn, MPFR_RNDD),
                  OPERATIONS(rtp, MPFR_RNDU), OPERATIONS(rtz, MPFR_RNDZ)};

static double expected(reference exact, double x, double y, mpfr_rnd_t mode, int bits)
{
    mpfr_t a, b, r;
    mpfr_inits2(53, a, b, (mpfr_ptr)0);
    mpfr_init2(r, bits);
    mpfr_set_d(a, x, MPFR_RNDN);
    mpfr_set_d(b, y, MPFR_RNDN);
    exact(r, a, b, mode);
    double value = mpfr_get_d(r, MPFR_RNDN);
    mpfr_clears(a, b, r, (mpfr_ptr)0);
    return value;
}

static void operations_round_in_the_direction_of_their_name(void **unused)
{
    for (size_t i = 0; i < sizeof operations / sizeof operations[0]; i++)
        for (int n = 0; n < 3000; n++) {
            double x = number(), y = number();
            double want = expected(operations[i].exact, x, y, operations[i].mode, 53);
            double got = operations[i].f64(x, y);
            if (got != want)
                fail_msg("%s_f64(%a, %a) = %a, not %a", operations[i].name, x, y, got, want);
            float a = (float)x, b = (float)y;
            float want32 = (float)expected(operations[i].exact, a, b, operations[i].mode, 24);
            float got32 = operations[i].f32(a, b);
            if (got32 != want32)
                fail_msg("%s_f32(%a, %a) = %a, not %a", operations[i].name, a, b, got32, want32);
        }
}

static void roots_round_in_the_direction_of_their_name(void **unused)
{
    for (int n = 0; n < 3000; n++) {
        double x = fabs(number());
        mpfr_t r;
        mpfr_init2(r, 53);
        mpfr_set_d(r, x, MPFR_RNDN);
        mpfr_sqrt(r, r, MPFR_RNDD);
        assert_true(__ocml_sqrt_rtn_f64(x) == mpfr_get_d(r, MPFR_RNDN));
        assert_true(__ocml_sqrt_rtz_f64(x) == mpfr_get_d(r, MPFR_RNDN));
        mpfr_set_d(r, x, MPFR_RNDN);
        mpfr_sqrt(r, r, MPFR_RNDU);
        assert_true(__ocml_sqrt_rtp_f64(x) == mpfr_get_d(r, MPFR_RNDN));
        mpfr_clear(r);
        assert_true(__ocml_sqrt_rtn_f32((float)x) <= sqrt((double)(float)x));
        assert_true(__ocml_sqrt_rtp_f32((float)x) >= sqrt((double)(float)x));
    }
}

float __ocml_cvtrtn_f32_f64(double), __ocml_cvtrtp_f32_f64(double), __ocml_cvtrtz_f32_f64(double);
float __ocml_cvtrtn_f32_s64(int64_t), __ocml_cvtrtp_f32_s64(int64_t),
    __ocml_cvtrtz_f32_s64(int64_t);
float __ocml_cvtrtn_f32_u64(uint64_t), __ocml_cvtrtp_f32_u64(uint64_t);
double __ocml_cvtrtn_f64_s64(int64_t), __ocml_cvtrtp_f64_s64(int64_t),
    __ocml_cvtrtz_f64_s64(int64_t);
double __ocml_cvtrtn_f64_u64(uint64_t), __ocml_cvtrtp_f64_u64(uint64_t);

static void conversions_stay_on_the_side_of_their_name(void **unused)
{
    for (int n = 0; n < 5000; n++) {
        double x = number();
        float down = __ocml_cvtrtn_f32_f64(x), up = __ocml_cvtrtp_f32_f64(x);
        assert_true(down <= x && nextafterf(down, INFINITY) > x);
        assert_true(up >= x && nextafterf(up, -INFINITY) < x);
        assert_true(__ocml_cvtrtz_f32_f64(x) == (x > 0 ? down : up));
        int64_t i = (int64_t)next_random() >> (n % 40);
        __int128 exact = i;
        double low = __ocml_cvtrtn_f64_s64(i), high = __ocml_cvtrtp_f64_s64(i);
        assert_true((__int128)low <= exact &&
                    (__int128)nextafter(low, INFINITY) > exact - (low == i));
        assert_true((__int128)high >= exact);
        assert_true(high == low || nextafter(low, INFINITY) == high);
        assert_true(__ocml_cvtrtz_f64_s64(i) == (i > 0 ? low : high));
        float low32 = __ocml_cvtrtn_f32_s64(i), high32 = __ocml_cvtrtp_f32_s64(i);
        assert_true((__int128)low32 <= exact && (__int128)high32 >= exact);
        assert_true(high32 == low32 || nextafterf(low32, INFINITY) == high32);
        assert_true(__ocml_cvtrtz_f32_s64(i) == (i > 0 ? low32 : high32));
        uint64_t u = next_random();
        assert_true((__int128)__ocml_cvtrtn_f64_u64(u) <= (__int128)u);
        assert_true((__int128)__ocml_cvtrtp_f64_u64(u) >= (__int128)u);
        assert_true((__int128)__ocml_cvtrtn_f32_u64(u) <= (__int128)u);
        assert_true((__int128)__ocml_cvtrtp_f32_u64(u) >= (__int128)u);
    }
    assert_true(__ocml_cvtrtn_f32_u64(UINT64_MAX) == 0x1.fffffep63f);
    assert_true(__ocml_cvtrtp_f64_s64(INT64_MAX) == 0x1p63);
}

#define DECLARE1(NAME)                                                                             \
    float __ocml_##NAME##_f32(float);                                                              \
    double __ocml_##NAME##_f64(double);
#define DECLARE2(NAME)                                                                             \
    float __ocml_##NAME##_f32(float, float);                                                       \
    double __ocml_##NAME##_f64(double, double);
/* clang-format off */
DECLARE1(sin) DECLARE1(cos) DECLARE1(tan) DECLARE1(exp) DECLARE1(exp2) DECLARE1(expm1) DECLARE1(log) DECLARE1(log2)
DECLARE1(log10) DECLARE1(log1p) DECLARE1(sinh) DECLARE1(cosh) DECLARE1(tanh) DECLARE1(asin) DECLARE1(acos) DECLARE1(atan)
DECLARE1(asinh) DECLARE1(acosh) DECLARE1(atanh) DECLARE1(cbrt) DECLARE1(erf) DECLARE1(erfc) DECLARE1(tgamma)
DECLARE1(lgamma) DECLARE1(rsqrt) DECLARE1(sinpi) DECLARE1(cospi) DECLARE1(logb) DECLARE1(j0) DECLARE1(y0)
DECLARE2(pow) DECLARE2(atan2) DECLARE2(fmod) DECLARE2(remainder) DECLARE2(hypot) DECLARE2(nextafter) DECLARE2(fdim)
/* clang-format on */

#define SPECIAL(NAME, X, Y, WANT) {#NAME, __ocml_##NAME##_f32, __ocml_##NAME##_f64, X, Y, WANT}
#define SPECIAL1(NAME, X, WANT)                                                                    \
    {#NAME,                                                                                        \
     (op32)(void (*)(void))__ocml_##NAME##_f32,                                                    \
     (op64)(void (*)(void))__ocml_##NAME##_f64,                                                    \
     X,                                                                                            \
     0,                                                                                            \
     WANT}
#define INF INFINITY

    /* clang-format off */
static const struct { const char *name; op32 f32; op64 f64; double x, y, want; } specials[] = {
    SPECIAL1(sin, -0.0, -0.0), SPECIAL1(sin, INF, NAN), SPECIAL1(cos, 0, 1), SPECIAL1(cos, -INF, NAN), SPECIAL1(tan, -0.0, -0.0),
    SPECIAL1(exp, -INF, 0), SPECIAL1(exp, INF, INF), SPECIAL1(exp, 1e5, INF), SPECIAL1(exp, -1e5, 0), SPECIAL1(exp, NAN, NAN),
    SPECIAL1(exp2, 10, 1024), SPECIAL1(exp2, -3, 0.125), SPECIAL1(expm1, -0.0, -0.0), SPECIAL1(expm1, -INF, -1),
    SPECIAL1(expm1, INF, INF), SPECIAL1(log, 0, -INF), SPECIAL1(log, -0.0, -INF), SPECIAL1(log, -1, NAN), SPECIAL1(log, INF, INF),
    SPECIAL1(log, 1, 0), SPECIAL1(log2, 1024, 10), SPECIAL1(log10, 1000, 3), SPECIAL1(log1p, -1, -INF), SPECIAL1(log1p, -0.0, -0.0),
    SPECIAL1(log1p, -2, NAN), SPECIAL1(log1p, INF, INF),
    SPECIAL1(sinh, -0.0, -0.0), SPECIAL1(sinh, -INF, -INF), SPECIAL1(cosh, 0, 1), SPECIAL1(cosh, -INF, INF), SPECIAL1(tanh, INF, 1),
    SPECIAL1(tanh, -0.0, -0.0), SPECIAL1(asin, 2, NAN), SPECIAL1(asin, -0.0, -0.0), SPECIAL1(acos, 1, 0), SPECIAL1(acos, -2, NAN),
    SPECIAL1(atan, -0.0, -0.0), SPECIAL1(asinh, -INF, -INF), SPECIAL1(acosh, 1, 0), SPECIAL1(acosh, 0.5, NAN), SPECIAL1(acosh, INF, INF),
    SPECIAL1(atanh, 1, INF), SPECIAL1(atanh, -1, -INF), SPECIAL1(atanh, 1.5, NAN), SPECIAL1(cbrt, -27, -3), SPECIAL1(cbrt, -0.0, -0.0),
    SPECIAL1(cbrt, INF, INF), SPECIAL1(erf, INF, 1), SPECIAL1(erf, -INF, -1), SPECIAL1(erfc, -INF, 2), SPECIAL1(erfc, INF, 0),
    SPECIAL1(tgamma, 5, 24), SPECIAL1(tgamma, -0.0, -INF), SPECIAL1(tgamma, -3, NAN), SPECIAL1(tgamma, INF, INF), SPECIAL1(tgamma, 1e4, INF),
    SPECIAL1(lgamma, 1, 0), SPECIAL1(lgamma, 2, 0), SPECIAL1(lgamma, 0, INF), SPECIAL1(lgamma, -7, INF), SPECIAL1(lgamma, -INF, INF),
    SPECIAL1(rsqrt, 0, INF), SPECIAL1(rsqrt, 4, 0.5), SPECIAL1(rsqrt, INF, 0), SPECIAL1(rsqrt, -1, NAN),
    SPECIAL1(sinpi, 1, 0), SPECIAL1(sinpi, 0.5, 1), SPECIAL1(sinpi, -1, -0.0), SPECIAL1(cospi, 1, -1), SPECIAL1(cospi, 0.5, 0), SPECIAL1(cospi, 1e30, 1),
    SPECIAL1(logb, 0, -INF), SPECIAL1(logb, -INF, INF), SPECIAL1(logb, 10, 3), SPECIAL1(j0, 0, 1), SPECIAL1(y0, 0, -INF), SPECIAL1(y0, -1, NAN),
    SPECIAL(pow, 0, 0, 1), SPECIAL(pow, NAN, 0, 1), SPECIAL(pow, 1, NAN, 1), SPECIAL(pow, -1, INF, 1), SPECIAL(pow, -0.0, -3, -INF),
    SPECIAL(pow, -0.0, -2, INF), SPECIAL(pow, -2, 3, -8), SPECIAL(pow, -2, 0.5, NAN), SPECIAL(pow, -INF, 3, -INF), SPECIAL(pow, -INF, -3, -0.0),
    SPECIAL(pow, 0.5, INF, 0), SPECIAL(pow, 2, -INF, 0), SPECIAL(pow, 0.5, -INF, INF), SPECIAL(pow, INF, -1, 0),
    SPECIAL(atan2, 0, -0.0, M_PI), SPECIAL(atan2, -0.0, 0, -0.0), SPECIAL(atan2, -0.0, -1, -M_PI), SPECIAL(atan2, 1, 0, M_PI_2), SPECIAL(atan2, INF, INF, M_PI_4),
    SPECIAL(atan2, INF, -INF, 3 * M_PI_4), SPECIAL(atan2, 1, -INF, M_PI), SPECIAL(atan2, 1, INF, 0), SPECIAL(atan2, -INF, 3, -M_PI_2), SPECIAL(atan2, NAN, 1, NAN),
    SPECIAL(fmod, 5, 0, NAN), SPECIAL(fmod, INF, 2, NAN), SPECIAL(fmod, 5, INF, 5), SPECIAL(fmod, -6, 3, -0.0), SPECIAL(fmod, -7, 3, -1), SPECIAL(remainder, 5, 3, -1),
    SPECIAL(remainder, 3, 2, -1), SPECIAL(remainder, 5, 2, 1), SPECIAL(remainder, 1, 0, NAN), SPECIAL(hypot, INF, NAN, INF), SPECIAL(hypot, 3, -4, 5), SPECIAL(hypot, 0, NAN, NAN),
    SPECIAL(fdim, 3, 5, 0), SPECIAL(fdim, INF, 1, INF), SPECIAL(fdim, 1, NAN, NAN), SPECIAL(nextafter, 0, -0.0, -0.0), SPECIAL(nextafter, INF, INF, INF),
};
/* clang-format on */

static int same(double got, double want)
{
    return isnan(want) ? isnan(got) : got == want && signbit(got) == signbit(want);
}

static void special_values_are_those_of_annex_f(void **unused)
{
    for (size_t i = 0; i < sizeof specials / sizeof specials[0]; i++) {
        double x = specials[i].x, y = specials[i].y, want = specials[i].want;
        double got = specials[i].f64(x, y);
        float got32 = specials[i].f32((float)x, (float)y);
        if (!same(got, want) || !same(got32, (float)want))
            fail_msg("%s(%g, %g) = %a and %a, not %a", specials[i].name, x, y, got, got32, want);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(operations_round_in_the_direction_of_their_name),
        cmocka_unit_test(roots_round_in_the_direction_of_their_name),
        cmocka_unit_test(conversions_stay_on_the_side_of_their_name),
        cmocka_unit_test(special_values_are_those_of_annex_f),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
