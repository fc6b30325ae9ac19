/* SPDX-License-Identifier: MIT */
/* The table of the error test. Rows named "x" are HIP's documented range and bound; rows named "x
 * wide" the whole domain. */
#include "ulp.h"
#include <float.h>
#include <math.h>

/* ---- references that MPFR does not have as they are */

static void ref_erfcx(mpfr_t r, const double *a, double got)
{
    mpfr_t x, e;
    mpfr_init2(x, 53);
    mpfr_init2(e, 2400);
    mpfr_set_d(x, a[0], MPFR_RNDN);
    mpfr_sqr(e, x, MPFR_RNDN);
    mpfr_exp(e, e, MPFR_RNDN);
    mpfr_erfc(r, x, MPFR_RNDN);
    mpfr_mul(r, r, e, MPFR_RNDN);
    mpfr_clears(x, e, (mpfr_ptr)0);
}

/* erfc(-x / sqrt 2) / 2 */
static void ncdf_of(mpfr_t r, mpfr_t x)
{
    mpfr_t t;
    mpfr_init2(t, 300);
    mpfr_set_ui(t, 2, MPFR_RNDN);
    mpfr_sqrt(t, t, MPFR_RNDN);
    mpfr_div(t, x, t, MPFR_RNDN);
    mpfr_neg(t, t, MPFR_RNDN);
    mpfr_erfc(r, t, MPFR_RNDN);
    mpfr_div_2ui(r, r, 1, MPFR_RNDN);
    mpfr_clear(t);
}

static void ref_ncdf(mpfr_t r, const double *a, double got)
{
    mpfr_t x;
    mpfr_init2(x, 53);
    mpfr_set_d(x, a[0], MPFR_RNDN);
    ncdf_of(r, x);
    mpfr_clear(x);
}

/* Inverse functions: two Newton steps from what was got, in high precision. scale: 1 erf, -1 erfc.
 */
static void newton_erf(mpfr_t r, double target, double got, int kind)
{
    mpfr_t f, d;
    mpfr_inits2(400, f, d, (mpfr_ptr)0);
    mpfr_t x;
    mpfr_init2(x, 400);
    mpfr_set_d(x, got, MPFR_RNDN);
    for (int i = 0; i < 3; i++) {
        if (kind > 0)
            mpfr_erf(f, x, MPFR_RNDN);
        else
            mpfr_erfc(f, x, MPFR_RNDN);
        mpfr_sub_d(f, f, target, MPFR_RNDN);
        mpfr_sqr(d, x, MPFR_RNDN);
        mpfr_exp(d, d, MPFR_RNDN);
        mpfr_mul(f, f, d, MPFR_RNDN);
        mpfr_const_pi(d, MPFR_RNDN);
        mpfr_sqrt(d, d, MPFR_RNDN);
        mpfr_mul(f, f, d, MPFR_RNDN);
        mpfr_div_2ui(f, f, 1, MPFR_RNDN);
        if (kind > 0)
            mpfr_sub(x, x, f, MPFR_RNDN);
        else
            mpfr_add(x, x, f, MPFR_RNDN);
    }
    mpfr_set(r, x, MPFR_RNDN);
    mpfr_clears(f, d, x, (mpfr_ptr)0);
}

static void ref_erfinv(mpfr_t r, const double *a, double got)
{
    newton_erf(r, a[0], got, 1);
}

static void ref_erfcinv(mpfr_t r, const double *a, double got)
{
    newton_erf(r, a[0], got, -1);
}

static void ref_ncdfinv(mpfr_t r, const double *a, double got)
{
    mpfr_t root;
    mpfr_init2(root, 200);
    newton_erf(r, 2 * a[0], -got / sqrt(2.0), -1);
    mpfr_set_ui(root, 2, MPFR_RNDN);
    mpfr_sqrt(root, root, MPFR_RNDN);
    mpfr_mul(r, r, root, MPFR_RNDN);
    mpfr_neg(r, r, MPFR_RNDN);
    mpfr_clear(root);
}

static void bessel_i(mpfr_t r, double arg, unsigned order)
{
    mpfr_t z, term, x;
    mpfr_inits2(220, z, term, x, (mpfr_ptr)0);
    mpfr_set_d(x, arg, MPFR_RNDN);
    mpfr_div_2ui(x, x, 1, MPFR_RNDN);
    mpfr_sqr(z, x, MPFR_RNDN);
    if (order)
        mpfr_set(term, x, MPFR_RNDN);
    else
        mpfr_set_ui(term, 1, MPFR_RNDN);
    mpfr_set(r, term, MPFR_RNDN);
    for (unsigned k = 1; k < 3000; k++) {
        mpfr_mul(term, term, z, MPFR_RNDN);
        mpfr_div_ui(term, term, k, MPFR_RNDN);
        mpfr_div_ui(term, term, k + order, MPFR_RNDN);
        mpfr_add(r, r, term, MPFR_RNDN);
        if (mpfr_zero_p(term) || mpfr_get_exp(term) < mpfr_get_exp(r) - 200)
            break;
    }
    mpfr_clears(z, term, x, (mpfr_ptr)0);
}

static void ref_i0(mpfr_t r, const double *a, double got)
{
    bessel_i(r, a[0], 0);
}

static void ref_i1(mpfr_t r, const double *a, double got)
{
    bessel_i(r, a[0], 1);
}

static void ref_lgamma(mpfr_t r, const double *a, double got)
{
    int sign;
    mpfr_set_d(r, a[0], MPFR_RNDN);
    mpfr_lgamma(r, &sign, r, MPFR_RNDN);
}

static void ref_rcbrt(mpfr_t r, const double *a, double got)
{
    mpfr_set_d(r, a[0], MPFR_RNDN);
    mpfr_cbrt(r, r, MPFR_RNDN);
    mpfr_ui_div(r, 1, r, MPFR_RNDN);
}

static void norm(mpfr_t r, const double *a, int n, bool inverse)
{
    mpfr_t square;
    mpfr_init2(square, 200);
    mpfr_set_ui(r, 0, MPFR_RNDN);
    for (int i = 0; i < n; i++) {
        mpfr_set_d(square, a[i], MPFR_RNDN);
        mpfr_sqr(square, square, MPFR_RNDN);
        mpfr_add(r, r, square, MPFR_RNDN);
    }
    if (inverse)
        mpfr_rec_sqrt(r, r, MPFR_RNDN);
    else
        mpfr_sqrt(r, r, MPFR_RNDN);
    mpfr_clear(square);
}

#define NORM_REFERENCE(NAME, N, INVERSE)                                                           \
    static void ref_##NAME(mpfr_t r, const double *a, double got)                                  \
    {                                                                                              \
        norm(r, a, N, INVERSE);                                                                    \
    }
NORM_REFERENCE(hypot, 2, false)
NORM_REFERENCE(rhypot, 2, true)
NORM_REFERENCE(len3, 3, false)
NORM_REFERENCE(rlen3, 3, true)
NORM_REFERENCE(len4, 4, false)
NORM_REFERENCE(rlen4, 4, true)

static void ref_pown(mpfr_t r, const double *a, double got)
{
    mpfr_set_d(r, a[0], MPFR_RNDN);
    mpfr_pow_si(r, r, (long)rint(a[1]), MPFR_RNDN);
}

static void ref_fdim(mpfr_t r, const double *a, double got)
{
    mpfr_t y;
    mpfr_init2(y, 53);
    mpfr_set_d(r, a[0], MPFR_RNDN);
    mpfr_set_d(y, a[1], MPFR_RNDN);
    mpfr_dim(r, r, y, MPFR_RNDN);
    mpfr_clear(y);
}

static void ref_fma(mpfr_t r, const double *a, double got)
{
    mpfr_t x, y, z;
    mpfr_inits2(53, x, y, z, (mpfr_ptr)0);
    mpfr_set_d(x, a[0], MPFR_RNDN);
    mpfr_set_d(y, a[1], MPFR_RNDN);
    mpfr_set_d(z, a[2], MPFR_RNDN);
    mpfr_fma(r, x, y, z, MPFR_RNDN);
    mpfr_clears(x, y, z, (mpfr_ptr)0);
}

#define UNARY_REFERENCE(NAME, FN)                                                                  \
    static void ref_##NAME(mpfr_t r, const double *a, double got)                                  \
    {                                                                                              \
        mpfr_set_d(r, a[0], MPFR_RNDN);                                                            \
        FN(r, r, MPFR_RNDN);                                                                       \
    }
#define BINARY_REFERENCE(NAME, FN)                                                                 \
    static void ref_##NAME(mpfr_t r, const double *a, double got)                                  \
    {                                                                                              \
        mpfr_t y;                                                                                  \
        mpfr_init2(y, 53);                                                                         \
        mpfr_set_d(r, a[0], MPFR_RNDN);                                                            \
        mpfr_set_d(y, a[1], MPFR_RNDN);                                                            \
        FN(r, r, y, MPFR_RNDN);                                                                    \
        mpfr_clear(y);                                                                             \
    }
UNARY_REFERENCE(acos, mpfr_acos)
UNARY_REFERENCE(acosh, mpfr_acosh)
UNARY_REFERENCE(asin, mpfr_asin)
UNARY_REFERENCE(asinh, mpfr_asinh)
UNARY_REFERENCE(atan, mpfr_atan)
UNARY_REFERENCE(atanh, mpfr_atanh)
UNARY_REFERENCE(cbrt, mpfr_cbrt)
UNARY_REFERENCE(cos, mpfr_cos)
UNARY_REFERENCE(cosh, mpfr_cosh)
UNARY_REFERENCE(cospi, mpfr_cospi)
UNARY_REFERENCE(erf, mpfr_erf)
UNARY_REFERENCE(erfc, mpfr_erfc)
UNARY_REFERENCE(exp, mpfr_exp)
UNARY_REFERENCE(exp10, mpfr_exp10)
UNARY_REFERENCE(exp2, mpfr_exp2)
UNARY_REFERENCE(expm1, mpfr_expm1)
UNARY_REFERENCE(j0, mpfr_j0)
UNARY_REFERENCE(j1, mpfr_j1)
UNARY_REFERENCE(y0, mpfr_y0)
UNARY_REFERENCE(y1, mpfr_y1)
UNARY_REFERENCE(log, mpfr_log)
UNARY_REFERENCE(log10, mpfr_log10)
UNARY_REFERENCE(log1p, mpfr_log1p)
UNARY_REFERENCE(log2, mpfr_log2)
UNARY_REFERENCE(rsqrt, mpfr_rec_sqrt)
UNARY_REFERENCE(sin, mpfr_sin)
UNARY_REFERENCE(sinh, mpfr_sinh)
UNARY_REFERENCE(sinpi, mpfr_sinpi)
UNARY_REFERENCE(sqrt, mpfr_sqrt)
UNARY_REFERENCE(tan, mpfr_tan)
UNARY_REFERENCE(tanh, mpfr_tanh)
UNARY_REFERENCE(tgamma, mpfr_gamma)
BINARY_REFERENCE(atan2, mpfr_atan2)
BINARY_REFERENCE(pow, mpfr_pow)
BINARY_REFERENCE(fmod, mpfr_fmod)
BINARY_REFERENCE(remainder, mpfr_remainder)

/* ---- calls */

#define CALL1(NAME)                                                                                \
    double __ocml_##NAME##_f64(double);                                                            \
    float __ocml_##NAME##_f32(float);                                                              \
    static double call_##NAME##_f64(const double *a)                                               \
    {                                                                                              \
        return __ocml_##NAME##_f64(a[0]);                                                          \
    }                                                                                              \
    static double call_##NAME##_f32(const double *a)                                               \
    {                                                                                              \
        return __ocml_##NAME##_f32((float)a[0]);                                                   \
    }
#define CALL2(NAME)                                                                                \
    double __ocml_##NAME##_f64(double, double);                                                    \
    float __ocml_##NAME##_f32(float, float);                                                       \
    static double call_##NAME##_f64(const double *a)                                               \
    {                                                                                              \
        return __ocml_##NAME##_f64(a[0], a[1]);                                                    \
    }                                                                                              \
    static double call_##NAME##_f32(const double *a)                                               \
    {                                                                                              \
        return __ocml_##NAME##_f32((float)a[0], (float)a[1]);                                      \
    }
#define CALL3(NAME)                                                                                \
    double __ocml_##NAME##_f64(double, double, double);                                            \
    float __ocml_##NAME##_f32(float, float, float);                                                \
    static double call_##NAME##_f64(const double *a)                                               \
    {                                                                                              \
        return __ocml_##NAME##_f64(a[0], a[1], a[2]);                                              \
    }                                                                                              \
    static double call_##NAME##_f32(const double *a)                                               \
    {                                                                                              \
        return __ocml_##NAME##_f32((float)a[0], (float)a[1], (float)a[2]);                         \
    }
#define CALL4(NAME)                                                                                \
    double __ocml_##NAME##_f64(double, double, double, double);                                    \
    float __ocml_##NAME##_f32(float, float, float, float);                                         \
    static double call_##NAME##_f64(const double *a)                                               \
    {                                                                                              \
        return __ocml_##NAME##_f64(a[0], a[1], a[2], a[3]);                                        \
    }                                                                                              \
    static double call_##NAME##_f32(const double *a)                                               \
    {                                                                                              \
        return __ocml_##NAME##_f32((float)a[0], (float)a[1], (float)a[2], (float)a[3]);            \
    }
/* clang-format off */
CALL1(acos) CALL1(acosh) CALL1(asin) CALL1(asinh) CALL1(atan) CALL1(atanh) CALL1(cbrt) CALL1(cos) CALL1(cosh)
CALL1(cospi) CALL1(erf) CALL1(erfc) CALL1(erfcinv) CALL1(erfcx) CALL1(erfinv) CALL1(exp) CALL1(exp10) CALL1(exp2)
CALL1(expm1) CALL1(i0) CALL1(i1) CALL1(j0) CALL1(j1) CALL1(lgamma) CALL1(log) CALL1(log10) CALL1(log1p)
CALL1(log2) CALL1(ncdf) CALL1(ncdfinv) CALL1(rcbrt) CALL1(rsqrt) CALL1(sin) CALL1(sinh) CALL1(sinpi) CALL1(sqrt)
CALL1(tan) CALL1(tanh) CALL1(tgamma) CALL1(y0) CALL1(y1)
CALL2(atan2) CALL2(pow) CALL2(hypot) CALL2(rhypot) CALL2(fmod) CALL2(remainder) CALL2(fdim)
CALL3(len3) CALL3(rlen3) CALL3(fma) CALL4(len4) CALL4(rlen4)
    /* clang-format on */

    double __ocml_pown_f64(double, int);
float __ocml_pown_f32(float, int);

static double call_pown_f64(const double *a)
{
    return __ocml_pown_f64(a[0], (int)rint(a[1]));
}

static double call_pown_f32(const double *a)
{
    return __ocml_pown_f32((float)a[0], (int)rint(a[1]));
}

/* ---- the table */

#define F32     0x1.fffffep127
#define F64     DBL_MAX
#define LEAST32 0x1p-149
#define LEAST64 0x1p-1074

/* Documented range for both precisions, with a bound each; then the whole domain. */
#define DOC1(NAME, LOW, HIGH, BOUND32, BOUND64)                                                    \
    {#NAME "f", true, 1, call_##NAME##_f32, ref_##NAME, {{LOW, HIGH, 0x1p-40}}, BOUND32, 0},       \
        {#NAME, false, 1, call_##NAME##_f64, ref_##NAME, {{LOW, HIGH, 0x1p-60}}, BOUND64, 0},
#define DOC2(NAME, LOW, HIGH, LOW2, HIGH2, N, BOUND32, BOUND64)                                    \
    {#NAME "f",         true,       N,                                                             \
     call_##NAME##_f32, ref_##NAME, {{LOW, HIGH, 0x1p-40}, {LOW2, HIGH2, 0x1p-40}},                \
     BOUND32,           0},                                                                        \
        {#NAME,      false,                                                                        \
         N,          call_##NAME##_f64,                                                            \
         ref_##NAME, {{LOW, HIGH, 0x1p-60}, {LOW2, HIGH2, 0x1p-60}},                               \
         BOUND64,    0},
/* Functions with many zeros: error against the amplitude, 1/8 or more in this range. */
#define WAVE1(NAME, LOW, HIGH, BOUND32, BOUND64)                                                   \
    {#NAME "f", true, 1, call_##NAME##_f32, ref_##NAME, {{LOW, HIGH, 0x1p-20}}, BOUND32, -2},      \
        {#NAME, false, 1, call_##NAME##_f64, ref_##NAME, {{LOW, HIGH, 0x1p-20}}, BOUND64, -2},
#define WIDE1(NAME, LOW32, HIGH32, LOW64, HIGH64, BOUND32, BOUND64)                                \
    {#NAME "f wide", true, 1, call_##NAME##_f32, ref_##NAME, {{LOW32, HIGH32, LEAST32}},           \
     BOUND32,        0},                                                                           \
        {#NAME " wide", false, 1, call_##NAME##_f64, ref_##NAME, {{LOW64, HIGH64, LEAST64}},       \
         BOUND64,       0},
#define WIDE2(NAME, LOW, N, BOUND32, BOUND64)                                                      \
    {#NAME "f wide",    true,       N,                                                             \
     call_##NAME##_f32, ref_##NAME, {{LOW * F32, F32, LEAST32}, {-F32, F32, LEAST32}},             \
     BOUND32,           0},                                                                        \
        {#NAME " wide",     false,      N,                                                         \
         call_##NAME##_f64, ref_##NAME, {{LOW * F64, F64, LEAST64}, {-F64, F64, LEAST64}},         \
         BOUND64,           0},

/* clang-format off */
const struct ulp_row ulp_rows[] = {
    /* error and gamma */
    DOC1(erf, -4, 4, 4, 4)
    DOC1(erfc, -4, 4, 2, 2)
    DOC1(erfcx, -2, 2, 5, 5)
    DOC1(lgamma, 0.5, 20, 4, 2)
    DOC1(tgamma, 0.5, 15, 6, 6)
    /* exponential and logarithmic */
    DOC1(exp, -10, 10, 1, 1)
    DOC1(exp2, -10, 10, 1, 1)
    DOC1(exp10, -4, 4, 1, 1)
    DOC1(expm1, -10, 10, 1, 1)
    DOC1(log10, 1e-6, 1e6, 2, 1)
    DOC1(log1p, -0.9, 10, 1, 1)
    DOC1(log2, 1e-6, 1e6, 1, 1)
    DOC1(log, 1e-6, 1e6, 2, 1)
    /* hypotenuse and norm */
    DOC2(hypot, -10, 10, 0, 10, 2, 1, 1)
    DOC2(rhypot, -100, 100, -10, 100, 2, 1, 1)
    DOC2(len3, -10, 10, -10, 10, 3, 1, 1)
    DOC2(len4, -10, 10, -10, 10, 4, 2, 2)
    DOC2(rlen3, -10, 10, -10, 10, 3, 1, 1)
    DOC2(rlen4, -10, 10, -10, 10, 4, 2, 1)
    /* power and root */
    DOC1(cbrt, -100, 100, 2, 1)
    DOC2(pow, 0, 4, -2, 2, 2, 1, 1)
    DOC2(pown, -10, 10, -4, 4, 2, 1, 1)
    DOC1(sqrt, 0, 100, 1, 1)
    DOC1(rsqrt, 0.01, 100, 1, 1)
    DOC1(rcbrt, -100, 100, 1, 1)
    /* trigonometric and hyperbolic */
    DOC1(acos, -1, 1, 1, 1)
    DOC1(acosh, 1, 100, 1, 1)
    DOC1(asin, -1, 1, 2, 1)
    DOC1(asinh, -10, 10, 1, 1)
    DOC1(atan, -10, 10, 2, 1)
    DOC2(atan2, -4, 4, -2, 2, 2, 1, 1)
    DOC1(atanh, -0.9, 0.9, 1, 1)
    DOC1(cos, -3.1415926535, 3.1415926535, 1, 1)
    DOC1(cosh, -5, 5, 1, 1)
    DOC1(sin, -3.1415926535, 3.1415926535, 1, 1)
    DOC1(sinh, -5, 5, 1, 1)
    DOC1(tan, -4.618, 4.618, 1, 1)
    DOC1(tanh, -5, 5, 2, 1)
    DOC1(cospi, -0.3, 0.3, 1, 2)
    DOC1(sinpi, -0.625, 0.625, 2, 2)
    /* arithmetic, exact */
    DOC2(fdim, -10, 10, -3, 3, 2, 0.5, 0.5)
    DOC2(fma, -100, 100, -10, 10, 3, 0.5, 0.5)
    DOC2(fmod, -10, 10, -3, 3, 2, 0, 0)
    DOC2(remainder, -10, 10, -3, 3, 2, 0, 0)
    /* no documented bound */
    WAVE1(j0, -30, 30, 1, 4)
    WAVE1(j1, -30, 30, 1, 4)
    WAVE1(y0, 0.001, 30, 1, 8)
    WAVE1(y1, 0.001, 30, 1, 4)
    DOC1(i0, -30, 30, 1, 8)
    DOC1(i1, -30, 30, 1, 8)
    DOC1(erfinv, -0.999, 0.999, 1, 4)
    DOC1(erfcinv, 0.001, 1.999, 1, 4)
    DOC1(ncdf, -5, 5, 1, 4)
    DOC1(ncdfinv, 0.001, 0.999, 1, 5)
    /* the whole domain */
    WIDE1(exp, -104, 89, -746, 710, 1, 1)
    WIDE1(exp2, -150, 129, -1076, 1025, 1, 1)
    WIDE1(exp10, -46, 39, -324, 309, 1, 1)
    WIDE1(expm1, -104, 89, -746, 709, 1, 1)
    WIDE1(log, LEAST32, F32, LEAST64, F64, 1, 1)
    WIDE1(log2, LEAST32, F32, LEAST64, F64, 1, 1)
    WIDE1(log10, LEAST32, F32, LEAST64, F64, 1, 1)
    WIDE1(log1p, -0.9999999, F32, -0.999999999999, F64, 1, 1)
    WIDE1(sin, -F32, F32, -F64, F64, 1, 1)
    WIDE1(cos, -F32, F32, -F64, F64, 1, 1)
    WIDE1(tan, -F32, F32, -F64, F64, 1, 1)
    WIDE1(sinh, -89, 89, -709, 709, 1, 1)
    WIDE1(cosh, -89, 89, -709, 709, 1, 1)
    WIDE1(tanh, -F32, F32, -F64, F64, 1, 1)
    WIDE1(asinh, -F32, F32, -F64, F64, 1, 1)
    WIDE1(acosh, 1, F32, 1, F64, 1, 1)
    WIDE1(atanh, -0.9999999, 0.9999999, -0.999999999999, 0.999999999999, 1, 1)
    WIDE1(atan, -F32, F32, -F64, F64, 1, 1)
    WIDE1(asin, -1, 1, -1, 1, 1, 1)
    WIDE1(acos, -1, 1, -1, 1, 1, 1)
    WIDE1(cbrt, -F32, F32, -F64, F64, 1, 1)
    WIDE1(rcbrt, -F32, F32, -F64, F64, 1, 1)
    WIDE1(rsqrt, LEAST32, F32, LEAST64, F64, 1, 1)
    WIDE1(sqrt, 0, F32, 0, F64, 0.5, 0.5)
    WIDE1(sinpi, -1000, 1000, -1000, 1000, 1, 1)
    WIDE1(cospi, -1000, 1000, -1000, 1000, 1, 1)
    WIDE1(erf, -6, 6, -6, 6, 1, 1)
    WIDE1(erfc, -6, 11, -6, 27.5, 2, 2)
    WIDE1(erfcx, -9, 20, -26, 100, 1, 5)
    WIDE1(ncdf, -14, 6, -38, 8, 1, 4)
    WIDE1(tgamma, 0.01, 36, 0.01, 172, 1, 2)
    WIDE1(lgamma, 0.01, 1e9, 0.01, 1e9, 1, 2)
    WIDE1(erfcinv, LEAST32, 1, LEAST64, 1, 1, 4)
    WIDE2(pow, 0, 2, 1, 1)
    WIDE2(hypot, -1, 2, 1, 1)
    WIDE2(rhypot, -1, 2, 1, 1)
    WIDE2(atan2, -1, 2, 1, 1)
    WIDE2(fmod, -1, 2, 0, 0)
    WIDE2(remainder, -1, 2, 0, 0)
    {0}
};
/* clang-format on */
