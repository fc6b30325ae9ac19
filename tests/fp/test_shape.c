/* SPDX-License-Identifier: MIT
 * Rounding to integral values, fract, ldexp, frexp, compares, class, clamp and omod: f16
 * exhaustively where one operand is all there is, f32 and f64 on edges and random operands.
 */
#include "values.h"

#include "machine/sem_convert.h"
#include "machine/sem_float.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const uint32_t on = CAIRN_FP_MODE_DEFAULT, off = CAIRN_FP_MODE_DEFAULT & ~CAIRN_FP_IEEE;

typedef uint64_t unary(uint32_t mode, uint64_t a);

/* fn_<format>(mode, a) with 64-bit arguments, and a row that names it. */
#define RUN(fn, type, bits)                                                                        \
    static uint64_t fn##_##type(uint32_t mode, uint64_t a)                                         \
    {                                                                                              \
        return cairn_fp_##fn##_##type(mode, (bits)a);                                              \
    }
#define RUNS(fn) RUN(fn, f16, uint32_t) RUN(fn, f32, uint32_t) RUN(fn, f64, uint64_t)
RUNS(rndne)
RUNS(trunc)
RUNS(floor)
RUNS(ceil)
RUNS(fract)
RUNS(frexp_mant)

struct row {
    const char *name;
    const struct oracle_format *format;
    enum oracle_op op;
    unary *run;
};

#define ROWS(fn, op)                                                                               \
    {#fn, &oracle_f16, op, fn##_f16}, {#fn, &oracle_f32, op, fn##_f32},                            \
    {                                                                                              \
        #fn, &oracle_f64, op, fn##_f64                                                             \
    }

/* Runs `check` on every f16, or on edges and random operands of the wider formats. */
static void sweep(const struct row *row, void (*check)(const struct row *row, uint64_t a))
{
    uint64_t edge[VALUES_EDGES], seed = 2;
    if (row->format->p == 11) {
        for (uint64_t a = 0; a < 0x10000; a++)
            check(row, a);
        return;
    }
    size_t count = values_edges(row->format, edge);
    for (size_t i = 0; i < count; i++)
        check(row, edge[i]);
    for (int i = 0; i < 40000; i++)
        check(row, values_random(row->format, &seed));
}

static uint64_t quieted(const struct oracle_format *format, uint64_t a)
{
    return a | UINT64_C(1) << (format->p - 2);
}

static void check_integral(const struct row *row, uint64_t a)
{
    for (unsigned denormal = 0; denormal < 4; denormal++) {
        uint32_t mode = (on & ~0xf0u) | denormal << 4 | denormal << 6;
        uint64_t x = denormal & 1 ? a : oracle_flush(row->format, a);
        uint64_t want = oracle_is_nan(row->format, a)
                            ? quieted(row->format, a)
                            : oracle_compute(row->format, row->op, 0, x, 0, 0);
        uint64_t got = row->run(mode, a);
        if (got != want)
            values_fail(row->format, row->name, mode, a, 0, 0, got, want);
    }
}

static void integral_rounding_is_exact_and_keeps_the_zero_sign(void **state)
{
    static const struct row rows[] = {ROWS(rndne, ORACLE_RINT), ROWS(trunc, ORACLE_TRUNC),
                                      ROWS(floor, ORACLE_FLOOR), ROWS(ceil, ORACLE_CEIL)};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        sweep(&rows[i], check_integral);
    assert_int_equal(cairn_fp_rndne_f32(on, 0x3effffff), 0);
    assert_int_equal(cairn_fp_rndne_f32(on, 0x4b000009), 0x4b000009); /* 8388617 */
    assert_int_equal(cairn_fp_rndne_f32(on, 0x40200000), 0x40000000);
    assert_int_equal(cairn_fp_rndne_f32(on, 0xbecccccd), 0x80000000);
    assert_int_equal(cairn_fp_ceil_f32(on, 0xbe99999a), 0x80000000);
}

/* x - floor(x) rounded, but below 1. */
static void check_fract(const struct row *row, uint64_t a)
{
    const struct oracle_format *format = row->format;
    uint64_t one = ((UINT64_C(1) << (format->w - 1)) - 1) << (format->p - 1), want;
    if (oracle_is_nan(format, a)) {
        want = quieted(format, a);
    } else {
        uint64_t whole = oracle_compute(format, ORACLE_FLOOR, 0, a, 0, 0);
        want = oracle_compute(format, ORACLE_SUB, 0, a, whole, 0);
        want = want == one ? one - 1 : want;
    }
    uint64_t got = row->run(on, a);
    if (got != want)
        values_fail(format, "fract", on, a, 0, 0, got, want);
}

static void fract_stays_below_one(void **state)
{
    static const struct row rows[] = {ROWS(fract, ORACLE_SUB)};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        sweep(&rows[i], check_fract);
    assert_int_equal(cairn_fp_fract_f32(on, 0xb089705f), 0x3f7fffff);
    assert_int_equal(cairn_fp_fract_f16(on, 0x8001), 0x3bff);
    assert_true(cairn_fp_fract_f64(on, UINT64_C(0x8000000000000001)) ==
                UINT64_C(0x3fefffffffffffff));
}

static int64_t frexp_exponent(const struct oracle_format *format, uint64_t a)
{
    return format->p == 11   ? cairn_fp_frexp_exp_f16(on, (uint32_t)a)
           : format->p == 24 ? cairn_fp_frexp_exp_f32(on, (uint32_t)a)
                             : cairn_fp_frexp_exp_f64(on, a);
}

static void check_frexp(const struct row *row, uint64_t a)
{
    const struct oracle_format *format = row->format;
    uint64_t got = row->run(on, a), want = a;
    int64_t exponent = frexp_exponent(format, a), want_exponent = 0;
    mpfr_t x;
    mpfr_init2(x, 64);
    oracle_get(x, format, a);
    if (mpfr_regular_p(x)) {
        want_exponent = mpfr_get_exp(x);
        mpfr_set_exp(x, 0);
        want = oracle_round(format, 0, x);
    } else if (mpfr_nan_p(x)) {
        want = quieted(format, a);
    }
    mpfr_clear(x);
    if (got != want || exponent != want_exponent)
        values_fail(format, "frexp", on, a, (uint64_t)exponent, (uint64_t)want_exponent, got, want);
}

static void frexp_takes_numbers_apart_denormals_too(void **state)
{
    static const struct row rows[] = {ROWS(frexp_mant, ORACLE_MUL)};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        sweep(&rows[i], check_frexp);
    assert_int_equal(cairn_fp_frexp_exp_f32(on, 1), -148);
    assert_int_equal(cairn_sem_frexp_exp_i16_f16(on, 1), 0xffe9); /* -23 in 16 bits */
}

static uint64_t run_ldexp(const struct oracle_format *format, uint32_t mode, uint64_t a, int32_t n)
{
    return format->p == 11   ? cairn_fp_ldexp_f16(mode, (uint32_t)a, n)
           : format->p == 24 ? cairn_fp_ldexp_f32(mode, (uint32_t)a, n)
                             : cairn_fp_ldexp_f64(mode, a, n);
}

static void check_ldexp(const struct oracle_format *format, uint64_t a, int32_t n)
{
    for (unsigned round = 0; round < 4; round++) {
        uint32_t mode = on | round | round << 2;
        uint64_t want = a | UINT64_C(1) << (format->p - 2);
        if (!oracle_is_nan(format, a)) {
            mpfr_t x;
            mpfr_init2(x, 64);
            oracle_get(x, format, a);
            /* Beyond this nothing changes, but MPFR's own exponents would run out. */
            mpfr_mul_2si(x, x, n > 9999 ? 9999 : n < -9999 ? -9999 : n, MPFR_RNDN);
            want = oracle_round(format, round, x);
            mpfr_clear(x);
        }
        uint64_t got = run_ldexp(format, mode, a, n);
        if (got != want)
            values_fail(format, "ldexp", mode, a, (uint64_t)(int64_t)n, 0, got, want);
    }
}

static void ldexp_rounds_once_over_all_exponents(void **state)
{
    const struct oracle_format *formats[] = {&oracle_f16, &oracle_f32, &oracle_f64};
    static const int32_t far[] = {INT32_MIN, INT32_MIN + 1, -100000, -5000, -2200,  -2098,
                                  -1500,     -1075,         -1023,   -1022, 1023,   1024,
                                  1500,      2098,          2200,    5000,  100000, INT32_MAX};
    uint64_t edge[VALUES_EDGES], seed = 3;
    for (size_t f = 0; f < 3; f++) {
        size_t count = values_edges(formats[f], edge);
        for (size_t i = 0; i < count; i++) {
            for (int32_t n = -160; n <= 160; n++)
                check_ldexp(formats[f], edge[i], n);
            for (size_t k = 0; k < sizeof far / sizeof far[0]; k++)
                check_ldexp(formats[f], edge[i], far[k]);
        }
        for (int i = 0; i < 20000; i++) {
            uint64_t a = values_random(formats[f], &seed);
            int32_t span = formats[f]->p == 53 ? 2300 : formats[f]->p == 24 ? 300 : 50;
            check_ldexp(formats[f], a, (int32_t)(values_random64(&seed) % (2 * span)) - span);
        }
    }
    /* f16 takes the low 16 bits of its exponent operand, signed. */
    assert_int_equal(cairn_sem_ldexp_f16(on, 0x3c00, 0x1234ffff), 0x3800);
}

typedef bool compare(uint32_t mode, uint64_t a, uint64_t b);
#define PREDICATE(name, type, bits)                                                                \
    static bool name##_##type(uint32_t mode, uint64_t a, uint64_t b)                               \
    {                                                                                              \
        return cairn_sem_cmp_##name##_##type(mode, (bits)a, (bits)b);                              \
    }
#define PREDICATES(name)                                                                           \
    PREDICATE(name, f16, uint32_t) PREDICATE(name, f32, uint32_t) PREDICATE(name, f64, uint64_t)
// clang-format off
PREDICATES(f) PREDICATES(lt) PREDICATES(eq) PREDICATES(le) PREDICATES(gt) PREDICATES(lg) PREDICATES(ge) PREDICATES(o)
PREDICATES(u) PREDICATES(nge) PREDICATES(nlg) PREDICATES(ngt) PREDICATES(nle) PREDICATES(neq) PREDICATES(nlt) PREDICATES(tru)
// clang-format on

/* Results for less, equal, greater, unordered in bits 0..3: the opcode number itself. */
#define CASE(name, bits) {#name, {name##_f16, name##_f32, name##_f64}, bits}
            static const struct {
    const char *name;
    compare *run[3];
    unsigned truth;
} predicates[] = {
    CASE(f, 0),    CASE(lt, 1),   CASE(eq, 2),   CASE(le, 3),   CASE(gt, 4),   CASE(lg, 5),
    CASE(ge, 6),   CASE(o, 7),    CASE(u, 8),    CASE(nge, 9),  CASE(nlg, 10), CASE(ngt, 11),
    CASE(nle, 12), CASE(neq, 13), CASE(nlt, 14), CASE(tru, 15),
};

static unsigned relation(const struct oracle_format *format, uint64_t a, uint64_t b)
{
    mpfr_t x, y;
    mpfr_inits2(64, x, y, (mpfr_ptr)0);
    oracle_get(x, format, a);
    oracle_get(y, format, b);
    unsigned bit = mpfr_unordered_p(x, y) ? 3 : mpfr_less_p(x, y) ? 0 : mpfr_equal_p(x, y) ? 1 : 2;
    mpfr_clears(x, y, (mpfr_ptr)0);
    return bit;
}

static void the_sixteen_predicates_follow_rule_K3(void **state)
{
    const struct oracle_format *formats[] = {&oracle_f16, &oracle_f32, &oracle_f64};
    uint64_t edge[VALUES_EDGES];
    for (size_t n = 0; n < 6; n++) {
        const struct oracle_format *format = formats[n / 2];
        bool keep = n & 1;
        uint32_t mode = keep ? on : on & ~0xf0u;
        size_t count = values_edges(format, edge);
        for (size_t i = 0; i < count * count; i++) {
            uint64_t a = edge[i / count], b = edge[i % count];
            unsigned bit = keep
                               ? relation(format, a, b)
                               : relation(format, oracle_flush(format, a), oracle_flush(format, b));
            for (size_t p = 0; p < 16; p++) {
                bool want = predicates[p].truth >> bit & 1;
                if (predicates[p].run[n / 2](mode, a, b) != want)
                    values_fail(format, predicates[p].name, mode, a, b, 0, !want, want);
            }
        }
    }
}

static void class_bits_follow_rule_K4(void **state)
{
    static const struct {
        uint32_t f16, f32;
        uint64_t f64;
    } rows[10] = {
        {0x7c01, 0xff800001, UINT64_C(0x7ff0000000000001)},
        {0xfe00, 0x7fc00000, UINT64_C(0xfff8000000000000)},
        {0xfc00, 0xff800000, UINT64_C(0xfff0000000000000)},
        {0x8400, 0xff7fffff, UINT64_C(0x8010000000000000)},
        {0x83ff, 0x80000001, UINT64_C(0x800fffffffffffff)},
        {0x8000, 0x80000000, UINT64_C(0x8000000000000000)},
        {0x0000, 0x00000000, UINT64_C(0x0000000000000000)},
        {0x0001, 0x007fffff, UINT64_C(0x0000000000000001)},
        {0x7bff, 0x00800000, UINT64_C(0x3ff0000000000000)},
        {0x7c00, 0x7f800000, UINT64_C(0x7ff0000000000000)},
    };
    const uint32_t flushing = 0; /* raw bits count, whatever the mode */
    for (uint32_t i = 0; i < 10; i++)
        for (uint32_t bit = 0; bit < 12; bit++) {
            uint32_t mask = 1u << bit | 0xfffff000u;
            assert_int_equal(cairn_sem_cmp_class_f16(flushing, rows[i].f16, mask), bit == i);
            assert_int_equal(cairn_sem_cmp_class_f32(flushing, rows[i].f32, mask), bit == i);
            assert_int_equal(cairn_sem_cmp_class_f64(flushing, rows[i].f64, mask), bit == i);
        }
}

static void clamp_follows_rule_F4(void **state)
{
    const uint32_t keep_nan = on & ~(uint32_t)CAIRN_FP_DX10_CLAMP;
    assert_int_equal(cairn_fp_finish_f32(on, true, 0, 0x7fc00000), 0);
    assert_int_equal(cairn_fp_finish_f32(keep_nan, true, 0, 0xffc00001), 0xffc00001);
    assert_int_equal(cairn_fp_finish_f32(on, true, 0, 0x3f000000), 0x3f000000);
    assert_int_equal(cairn_fp_finish_f32(on, true, 0, 0x40000000), 0x3f800000);
    assert_int_equal(cairn_fp_finish_f32(on, true, 0, 0x7f800000), 0x3f800000);
    assert_int_equal(cairn_fp_finish_f32(on, true, 0, 0xbf000000), 0);
    assert_int_equal(cairn_fp_finish_f32(on, true, 0, 0x80000000), 0);
    assert_int_equal(cairn_fp_finish_f32(on, true, 0, 1), 1);
    assert_int_equal(cairn_fp_finish_f16(on, true, 0, 0x7bff), 0x3c00);
    assert_int_equal(cairn_fp_finish_f16(on, true, 0, 0xfe00), 0);
    assert_true(cairn_fp_finish_f64(on, true, 0, UINT64_C(0x4000000000000000)) ==
                UINT64_C(0x3ff0000000000000));
    assert_true(cairn_fp_finish_f64(on, true, 0, UINT64_C(0xc000000000000000)) == 0);
}

static void omod_follows_rule_F5(void **state)
{
    const uint32_t four = 0x40800000, flush = off & ~0x30u;
    assert_int_equal(cairn_fp_finish_f32(on, false, 1, four), four);  /* IEEE */
    assert_int_equal(cairn_fp_finish_f32(off, false, 1, four), four); /* denormals kept */
    assert_int_equal(cairn_fp_finish_f32(on & ~0x30u, false, 1, four), four);
    assert_int_equal(cairn_fp_finish_f32(flush, false, 0, four), four);
    assert_int_equal(cairn_fp_finish_f32(flush, false, 1, four), 0x41000000);
    assert_int_equal(cairn_fp_finish_f32(flush, false, 2, four), 0x41800000);
    assert_int_equal(cairn_fp_finish_f32(flush, false, 3, four), 0x40000000);
    assert_int_equal(cairn_fp_finish_f32(flush, false, 1, 0x80000000), 0);
    assert_int_equal(cairn_fp_finish_f32(flush, false, 3, 0x00800000), 0);
    assert_int_equal(cairn_fp_finish_f32(flush, false, 3, 0x80800000), 0);
    assert_int_equal(cairn_fp_finish_f32(flush, false, 2, 0x7f000000), 0x7f800000);
    assert_int_equal(cairn_fp_finish_f32(flush, true, 1, 0x3f400000), 0x3f800000);
    assert_int_equal(cairn_fp_finish_f16(off & ~0xc0u, false, 1, 0x3c00), 0x4000);
    assert_int_equal(cairn_fp_finish_f16(flush, false, 1, 0x3c00), 0x3c00);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integral_rounding_is_exact_and_keeps_the_zero_sign),
        cmocka_unit_test(fract_stays_below_one),
        cmocka_unit_test(frexp_takes_numbers_apart_denormals_too),
        cmocka_unit_test(ldexp_rounds_once_over_all_exponents),
        cmocka_unit_test(the_sixteen_predicates_follow_rule_K3),
        cmocka_unit_test(class_bits_follow_rule_K4),
        cmocka_unit_test(clamp_follows_rule_F4),
        cmocka_unit_test(omod_follows_rule_F5),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
