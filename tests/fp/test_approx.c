/* SPDX-License-Identifier: MIT
 * The approximate functions against MPFR: measured error in units of the last place (printed),
 * special operands, and denormals. f16 exhaustively; f32 over every exponent.
 */
#include "values.h"

#include "fp/approx.h"
#include "machine/sem_float_div.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const uint32_t on = CAIRN_FP_MODE_DEFAULT;

typedef uint64_t unary(uint32_t mode, uint64_t a);
#define RUN(fn, type, bits)                                                                        \
    static uint64_t fn##_##type(uint32_t mode, uint64_t a)                                         \
    {                                                                                              \
        return cairn_fp_##fn##_##type(mode, (bits)a);                                              \
    }
#define RUNS(fn) RUN(fn, f16, uint32_t) RUN(fn, f32, uint32_t)
RUNS(rcp)
RUNS(rsq)
RUNS(sqrt)
RUNS(exp)
RUNS(log)
RUNS(sin)
RUNS(cos)
RUN(rcp, f64, uint64_t)
RUN(rsq, f64, uint64_t)
RUN(sqrt, f64, uint64_t)

enum which { RCP, RSQ, SQRT, EXP, LOG, SIN, COS };

struct row {
    const char *name;
    enum which which;
    const struct oracle_format *format;
    unary *run;
    double bound; /* ULP */
};

static const struct row rows[] = {
    {"rcp", RCP, &oracle_f16, rcp_f16, 0.5},    {"rsq", RSQ, &oracle_f16, rsq_f16, 0.5},
    {"sqrt", SQRT, &oracle_f16, sqrt_f16, 0.5}, {"exp", EXP, &oracle_f16, exp_f16, 0.5},
    {"log", LOG, &oracle_f16, log_f16, 0.5},    {"sin", SIN, &oracle_f16, sin_f16, 0.5},
    {"cos", COS, &oracle_f16, cos_f16, 0.5},    {"rcp", RCP, &oracle_f32, rcp_f32, 0.5},
    {"rsq", RSQ, &oracle_f32, rsq_f32, 0.86},   {"sqrt", SQRT, &oracle_f32, sqrt_f32, 0.5},
    {"exp", EXP, &oracle_f32, exp_f32, 1.0},    {"log", LOG, &oracle_f32, log_f32, 1.0},
    {"sin", SIN, &oracle_f32, sin_f32, 1.0},    {"cos", COS, &oracle_f32, cos_f32, 1.0},
    {"rcp", RCP, &oracle_f64, rcp_f64, 0.5},    {"rsq", RSQ, &oracle_f64, rsq_f64, 1.5},
    {"sqrt", SQRT, &oracle_f64, sqrt_f64, 0.5},
};

/* sin(2 pi x) or cos: MPFR's own function of revolutions. */
static void exact(mpfr_t r, enum which which, const mpfr_t x)
{
    switch (which) {
    case RCP:
        mpfr_ui_div(r, 1, x, MPFR_RNDN);
        break;
    case RSQ: /* MPFR gives +inf for -0 */
        mpfr_rec_sqrt(r, x, MPFR_RNDN);
        if (mpfr_zero_p(x))
            mpfr_setsign(r, r, mpfr_signbit(x), MPFR_RNDN);
        break;
    case SQRT:
        mpfr_sqrt(r, x, MPFR_RNDN);
        break;
    case EXP:
        mpfr_exp2(r, x, MPFR_RNDN);
        break;
    case LOG: {
        mpfr_log2(r, x, MPFR_RNDN);
        break;
    }
    case SIN:
    case COS: {
        /* Reduce exactly to a fraction of a revolution, then multiply by 2 pi at high precision. */
        mpfr_t part, pi;
        mpfr_inits2(300, part, pi, (mpfr_ptr)0);
        mpfr_frac(part, x, MPFR_RNDN);
        mpfr_const_pi(pi, MPFR_RNDN);
        mpfr_mul_2ui(pi, pi, 1, MPFR_RNDN);
        int quarters = (int)(mpfr_get_d(part, MPFR_RNDN) * 4);
        bool whole = mpfr_cmp_d(part, quarters / 4.0) == 0;
        mpfr_mul(part, part, pi, MPFR_RNDN);
        if (!whole)
            which == SIN ? mpfr_sin(r, part, MPFR_RNDN) : mpfr_cos(r, part, MPFR_RNDN);
        else if ((quarters + (which == COS)) % 2 == 0) /* exactly zero */
            mpfr_set_zero(r, mpfr_signbit(x) && which == SIN ? -1 : 1);
        else
            mpfr_set_si(r, (quarters + (which == COS) + 4) % 4 == 1 ? 1 : -1, MPFR_RNDN);
        mpfr_clears(part, pi, (mpfr_ptr)0);
        break;
    }
    }
}

/* |got - want| in units of the last place of `want`. */
static double distance(const struct oracle_format *format, uint64_t got, const mpfr_t want)
{
    mpfr_t x;
    mpfr_init2(x, 200);
    oracle_get(x, format, got);
    mpfr_sub(x, x, want, MPFR_RNDN);
    long bias = (1 << (format->w - 1)) - 1;
    long exponent = mpfr_zero_p(want) ? 1 - bias : (long)mpfr_get_exp(want) - 1;
    exponent = exponent < 1 - bias ? 1 - bias : exponent;
    mpfr_mul_2si(x, x, format->p - 1 - exponent, MPFR_RNDN);
    double d = fabs(mpfr_get_d(x, MPFR_RNDN));
    mpfr_clear(x);
    return d;
}

enum { RSQ_IS_INFINITE = 0x200000, RSQ_LOSES_FROM = 0x7e800000 }; /* 2^-128, 2^126 */

/* The operand as the function sees it. */
static uint64_t operand_of(const struct row *row, uint64_t a)
{
    if (row->format->p != 24)
        return a;
    if (row->which == RSQ)
        return a <= RSQ_IS_INFINITE ? 0 : a;
    return oracle_flush(row->format, a);
}

/* Returns the error; special results (NaN, infinities, zeros) must be exact. */
static double measure(const struct row *row, uint64_t a)
{
    const struct oracle_format *format = row->format;
    uint64_t in = operand_of(row, a), got = row->run(on, a);
    mpfr_t x, r;
    mpfr_inits2(200, x, r, (mpfr_ptr)0);
    oracle_get(x, format, in);
    bool trig = row->which >= SIN;
    if (trig && mpfr_regular_p(x) && mpfr_cmpabs_ui(x, 256) > 0)
        mpfr_set_ui(r, row->which == COS, MPFR_RNDN);
    else if (trig && !mpfr_number_p(x))
        mpfr_set_nan(r);
    else
        exact(r, row->which, x);
    uint64_t want = oracle_round(format, 0, r);
    want = format->p == 24 ? oracle_flush(format, want) : want;
    if (oracle_is_nan(format, a))
        want = a | UINT64_C(1) << (format->p - 2);
    bool special = (want & ~oracle_sign(format)) == 0 ||
                   (want & oracle_infinity(format)) == oracle_infinity(format);
    /* The sign of a zero sine in the middle of a revolution is not documented. */
    bool zero_sine =
        trig && (want & ~oracle_sign(format)) == 0 && (got & ~oracle_sign(format)) == 0;
    if (special && got != want && !zero_sine)
        values_fail(format, row->name, on, a, 0, 0, got, want);
    double d = special ? 0 : distance(format, got, r);
    mpfr_clears(x, r, (mpfr_ptr)0);
    bool loses = row->which == RSQ && format->p == 24 && a > RSQ_LOSES_FROM;
    if (d > (loses ? 1.5 : row->bound))
        values_fail(format, row->name, on, a, 0, 0, got, want);
    return loses ? 0 : d;
}

static double sweep(const struct row *row)
{
    double worst = 0;
    uint64_t seed = 7, edge[VALUES_EDGES];
    size_t count = values_edges(row->format, edge);
    for (size_t i = 0; i < count; i++)
        worst = fmax(worst, measure(row, edge[i]));
    if (row->format->p == 11)
        for (uint64_t a = 0; a < 0x10000; a++)
            worst = fmax(worst, measure(row, a));
    else
        for (uint64_t i = 0; i < 40960; i++) {
            uint64_t a = values_random64(&seed) & (oracle_sign(row->format) * 2 - 1);
            a &= ~oracle_infinity(row->format);
            uint64_t field = (i * 509) & ((UINT64_C(1) << row->format->w) - 1);
            if (row->which >= EXP && i % 4 != 0) /* where the function does something */
                field = 127 - 24 + i % 34;
            if (i % 2)
                a &= ~oracle_sign(row->format);
            worst = fmax(worst, measure(row, a | field << (row->format->p - 1)));
        }
    return worst;
}

static void errors_stay_within_half_an_ulp_and_a_little(void **state)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        print_message("%s_%s: max error %.7f ULP\n", rows[i].name, rows[i].format->name,
                      sweep(&rows[i]));
}

static void log_near_one_and_sin_near_zero_are_accurate(void **state)
{
    for (uint32_t i = 0; i < 3000; i++) {
        measure(&rows[11], 0x3f800000 + i);
        measure(&rows[11], 0x3f800000 - i);
        measure(&rows[12], 0x00800000 + i * 70000);
        measure(&rows[12], 0x3f000000 - i);
        measure(&rows[13], 0x3e800000 + i);
    }
}

static void f32_denormals_flush_in_every_mode_f16_and_rsq_by_mode(void **state)
{
    assert_int_equal(cairn_fp_rcp_f32(on, 1), 0x7f800000);
    assert_int_equal(cairn_fp_rcp_f32(on, 0x80000001), 0xff800000);
    assert_int_equal(cairn_fp_rcp_f32(on, 0x7f000000), 0); /* 2^-127 */
    assert_int_equal(cairn_fp_rsq_f32(on, 1), 0x7f800000);
    assert_int_equal(cairn_fp_rsq_f32(on, 0x00400000), 0x5f3504f3); /* 2^63.5 of 2^-127 */
    assert_int_equal(cairn_fp_rsq_f32(on & ~0x10u, 0x00400000), 0x7f800000);
    assert_int_equal(cairn_fp_rsq_f32(on & ~0x10u, 0x80400000), 0xff800000);
    assert_int_equal(cairn_fp_sqrt_f32(on, 1), 0);
    assert_int_equal(cairn_fp_log_f32(on, 1), 0xff800000);
    assert_int_equal(cairn_fp_exp_f32(on, 0xc2fe0000), 0); /* 2^-127 */
    assert_int_equal(cairn_fp_rcp_f16(on, 0x0200), 0x7800);
    assert_int_equal(cairn_fp_rcp_f16(on & ~0x40u, 0x0200), 0x7c00);
    assert_int_equal(cairn_fp_sqrt_f16(on, 0x0001), 0x0c00);
    assert_true(cairn_fp_rcp_f64(on, 1) == UINT64_C(0x7ff0000000000000));
}

/* Bits [shift, shift + 53) of 2/pi from MPFR. */
static void trig_preop_follows_rule_F18(void **state)
{
    mpfr_t x, scale;
    mpfr_init2(x, 1400);
    mpfr_init2(scale, 1400);
    for (uint32_t field = 0; field < 2047; field += field < 1070 ? 107 : 7)
        for (uint32_t segment = 0; segment < 40; segment++) {
            long shift = (long)(segment & 31) * 53 + (field > 1077 ? (long)field - 1077 : 0);
            mpfr_const_pi(scale, MPFR_RNDN);
            mpfr_ui_div(x, 2, scale, MPFR_RNDN);
            mpfr_mul_2si(x, x, 1201, MPFR_RNDN);
            mpfr_trunc(x, x);
            mpfr_mul_2si(x, x, shift - 1201, MPFR_RNDN);
            mpfr_frac(x, x, MPFR_RNDN);
            mpfr_mul_2si(x, x, 53, MPFR_RNDN);
            mpfr_trunc(x, x);
            mpfr_mul_2si(x, x, -53 - shift + (field >= 1968 ? 128 : 0), MPFR_RNDN);
            uint64_t want = oracle_round(&oracle_f64, 0, x), a = (uint64_t)field << 52;
            want &= ~oracle_sign(&oracle_f64);
            uint64_t got = cairn_sem_trig_preop_f64(on, a, segment);
            if (got != want)
                values_fail(&oracle_f64, "trig_preop", on, a, segment, 0, got, want);
        }
    mpfr_clear(x);
    mpfr_clear(scale);
}

int main(void)
{
    VALUES_NEED_HOST();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errors_stay_within_half_an_ulp_and_a_little),
        cmocka_unit_test(log_near_one_and_sin_near_zero_are_accurate),
        cmocka_unit_test(f32_denormals_flush_in_every_mode_f16_and_rsq_by_mode),
        cmocka_unit_test(trig_preop_follows_rule_F18),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
