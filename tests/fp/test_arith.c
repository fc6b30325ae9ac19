/* SPDX-License-Identifier: MIT
 * add, sub, mul, fma, min, max, med3 of f16, f32, f64 against MPFR: edges and random operands in
 * all 16 combinations of rounding and denormal mode of their width, with IEEE on and off.
 */
#include "values.h"

#include "fp/arith.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

typedef uint64_t operation(uint32_t mode, uint64_t a, uint64_t b, uint64_t c);

struct subject {
    const char *name;
    const struct oracle_format *format;
    enum oracle_op op;
    int operands;
    operation *run;
};

#define RUN2(name, type)                                                                           \
    static uint64_t name##_##type(uint32_t mode, uint64_t a, uint64_t b, uint64_t c)               \
    {                                                                                              \
        return cairn_fp_##name##_##type(mode, (type##_bits)a, (type##_bits)b);                     \
    }
#define RUN3(name, type)                                                                           \
    static uint64_t name##_##type(uint32_t mode, uint64_t a, uint64_t b, uint64_t c)               \
    {                                                                                              \
        return cairn_fp_##name##_##type(mode, (type##_bits)a, (type##_bits)b, (type##_bits)c);     \
    }
typedef uint32_t f16_bits, f32_bits;
typedef uint64_t f64_bits;
#define ALL(type)                                                                                  \
    RUN2(add, type)                                                                                \
    RUN2(sub, type) RUN2(mul, type) RUN3(fma, type) RUN2(min, type) RUN2(max, type)
ALL(f16)
ALL(f32)
ALL(f64)

#define SUBJECTS(type)                                                                             \
    {"add", &oracle_##type, ORACLE_ADD, 2, add_##type},                                            \
        {"sub", &oracle_##type, ORACLE_SUB, 2, sub_##type},                                        \
        {"mul", &oracle_##type, ORACLE_MUL, 2, mul_##type},                                        \
    {                                                                                              \
        "fma", &oracle_##type, ORACLE_FMA, 3, fma_##type                                           \
    }
static const struct subject subjects[] = {SUBJECTS(f16), SUBJECTS(f32), SUBJECTS(f64)};

/* MODE with these fields for the format's width, and other ones for the other width. */
static uint32_t make_mode(const struct oracle_format *format, unsigned round, unsigned denormal,
                          bool ieee)
{
    uint32_t other_round = (round + 1) & 3, other_denormal = ~denormal & 3;
    uint32_t fields = format->p == 24
                          ? round | other_round << 2 | denormal << 4 | other_denormal << 6
                          : other_round | round << 2 | other_denormal << 4 | denormal << 6;
    return fields | (ieee ? CAIRN_FP_IEEE : 0);
}

static uint64_t expect_nan(const struct oracle_format *format, uint64_t nan, bool ieee)
{
    return ieee ? nan | UINT64_C(1) << (format->p - 2) : nan;
}

static uint64_t expect(const struct subject *subject, unsigned round, unsigned denormal, bool ieee,
                       const uint64_t raw[3])
{
    const struct oracle_format *format = subject->format;
    uint64_t in[3];
    for (int i = 0; i < 3; i++) {
        if (i < subject->operands && oracle_is_nan(format, raw[i]))
            return expect_nan(format, raw[i], ieee);
        in[i] = denormal & 1 ? raw[i] : oracle_flush(format, raw[i]);
    }
    uint64_t r = oracle_compute(format, subject->op, round, in[0], in[1], in[2]);
    return denormal & 2 ? r : oracle_flush(format, r);
}

static void check(const struct subject *subject, const uint64_t raw[3])
{
    for (unsigned setting = 0; setting < 32; setting++) {
        unsigned round = setting & 3, denormal = setting >> 2 & 3;
        bool ieee = setting >> 4;
        uint32_t mode = make_mode(subject->format, round, denormal, ieee);
        uint64_t got = subject->run(mode, raw[0], raw[1], raw[2]);
        uint64_t want = expect(subject, round, denormal, ieee, raw);
        if (got != want)
            values_fail(subject->format, subject->name, mode, raw[0], raw[1], raw[2], got, want);
    }
}

static void arithmetic_on_edges_is_exact_in_every_mode(void **state)
{
    for (size_t s = 0; s < sizeof subjects / sizeof subjects[0]; s++) {
        uint64_t edge[VALUES_EDGES];
        size_t count = values_edges(subjects[s].format, edge);
        for (size_t i = 0; i < count; i++)
            for (size_t j = 0; j < count; j++)
                for (size_t k = 0; k < (subjects[s].operands == 3 ? count : 1); k++)
                    if (subjects[s].operands == 2 || (i + j + k) % 5 == 0)
                        check(&subjects[s], (uint64_t[]){edge[i], edge[j], edge[k]});
    }
}

static void arithmetic_on_random_operands_is_exact_in_every_mode(void **state)
{
    uint64_t seed = 1;
    for (size_t s = 0; s < sizeof subjects / sizeof subjects[0]; s++)
        for (int n = 0; n < 6000; n++) {
            uint64_t raw[3];
            for (int i = 0; i < 3; i++)
                raw[i] = values_random(subjects[s].format, &seed);
            check(&subjects[s], raw);
        }
}

/* An f16 sum whose f64 form already is inexact: rounding it twice would give another result. */
static void f16_fma_rounds_once(void **state)
{
    /* 2^11 + 1 (a tie in f16) plus the smallest products, both signs. */
    const uint32_t big = 0x6801, tiny = 0x0001;
    for (unsigned i = 0; i < 0x400; i++) {
        const uint64_t raw[3] = {tiny | i, tiny | (i & 1 ? 0x8000 : 0), big + i};
        check(&subjects[3], raw);
    }
    /* 2048 * 1 + 2^-24: below half a place, but not zero. */
    check(&subjects[3], (const uint64_t[]){0x3c01, 0x6801, 0x0001});
    check(&subjects[3], (const uint64_t[]){0x3c01, 0x6801, 0x8001});
}

static void subrev_swaps_operands(void **state)
{
    assert_int_equal(cairn_fp_subrev_f32(CAIRN_FP_MODE_DEFAULT, 0x3f800000, 0x40400000),
                     0x40000000);
    assert_int_equal(cairn_fp_subrev_f16(CAIRN_FP_MODE_DEFAULT, 0x3c00, 0x4200), 0x4000);
    /* The first NaN in operand order, sign untouched. */
    assert_int_equal(cairn_fp_subrev_f32(CAIRN_FP_MODE_DEFAULT, 0x7f800001, 0x7fc00005),
                     0x7fc00001);
}

/* Value order with -0 below +0, by MPFR. */
static bool below(const struct oracle_format *format, uint64_t a, uint64_t b)
{
    mpfr_t x, y;
    mpfr_inits2(53, x, y, (mpfr_ptr)0);
    oracle_get(x, format, a);
    oracle_get(y, format, b);
    int order = mpfr_cmp(x, y);
    bool both_zero = mpfr_zero_p(x) && mpfr_zero_p(y);
    bool result = both_zero ? mpfr_signbit(x) && !mpfr_signbit(y) : order < 0;
    mpfr_clears(x, y, (mpfr_ptr)0);
    return result;
}

static uint64_t expect_min_max(const struct oracle_format *format, bool max, bool ieee,
                               unsigned denormal, uint64_t a, uint64_t b)
{
    if (ieee && oracle_is_signalling(format, a))
        return expect_nan(format, a, true);
    if (ieee && oracle_is_signalling(format, b))
        return expect_nan(format, b, true);
    uint64_t x = denormal & 1 ? a : oracle_flush(format, a);
    uint64_t y = denormal & 1 ? b : oracle_flush(format, b), r;
    if (oracle_is_nan(format, a))
        r = y;
    else if (oracle_is_nan(format, b))
        r = x;
    else
        r = below(format, x, y) != max ? x : y;
    return denormal & 2 || oracle_is_nan(format, r) ? r : oracle_flush(format, r);
}

static void min_and_max_follow_rule_F2(void **state)
{
    static const struct subject rows[] = {
        {"min", &oracle_f16, 0, 2, min_f16}, {"max", &oracle_f16, 1, 2, max_f16},
        {"min", &oracle_f32, 0, 2, min_f32}, {"max", &oracle_f32, 1, 2, max_f32},
        {"min", &oracle_f64, 0, 2, min_f64}, {"max", &oracle_f64, 1, 2, max_f64},
    };
    for (size_t s = 0; s < sizeof rows / sizeof rows[0]; s++) {
        uint64_t edge[VALUES_EDGES];
        size_t count = values_edges(rows[s].format, edge);
        for (size_t n = 0; n < count * count * 8; n++) {
            uint64_t a = edge[n / 8 % count], b = edge[n / 8 / count];
            unsigned denormal = n & 3;
            bool ieee = n & 4;
            uint32_t mode = make_mode(rows[s].format, 0, denormal, ieee);
            uint64_t got = rows[s].run(mode, a, b, 0);
            uint64_t want = expect_min_max(rows[s].format, rows[s].op, ieee, denormal, a, b);
            if (got != want)
                values_fail(rows[s].format, rows[s].name, mode, a, b, 0, got, want);
        }
    }
}

static void min_max_med3_examples_hold(void **state)
{
    const uint32_t on = CAIRN_FP_MODE_DEFAULT, off = on & ~(uint32_t)CAIRN_FP_IEEE;
    const uint32_t nan = 0x7fc00000, one = 0x3f800000, two = 0x40000000, minus_zero = 0x80000000;
    assert_int_equal(cairn_fp_max_f32(on, 0x7f800001, one), 0x7fc00001);
    assert_int_equal(cairn_fp_max_f32(off, 0x7f800001, one), one);
    assert_int_equal(cairn_fp_max_f32(on, minus_zero, 0), 0);
    assert_int_equal(cairn_fp_max_f32(on, 0, minus_zero), 0);
    assert_int_equal(cairn_fp_min_f32(on, 0, minus_zero), minus_zero);
    assert_int_equal(cairn_fp_min_f32(on, nan, one), one);
    assert_int_equal(cairn_fp_med3_f32(on, nan, one, two), one);
    assert_int_equal(cairn_fp_med3_f32(on, one, nan, two), one);
    assert_int_equal(cairn_fp_med3_f32(on, 0x40400000, one, two), two);
    assert_int_equal(cairn_fp_med3_f32(on, one, 0x40400000, two), two);
    assert_int_equal(cairn_fp_med3_f32(on, one, two, 0x40400000), two);
    assert_int_equal(cairn_fp_med3_f16(on, 0x4200, 0x3c00, 0x4000), 0x4000);
    assert_int_equal(cairn_fp_min3_f32(on, two, nan, one), one);
    assert_int_equal(cairn_fp_max3_f16(on, 0x3c00, 0x7e00, 0x4000), 0x4000);
}

static void fp16_ovfl_clamps_finite_overflow_only(void **state)
{
    const uint32_t mode = CAIRN_FP_MODE_DEFAULT | CAIRN_FP_FP16_OVFL;
    assert_int_equal(cairn_fp_add_f16(mode, 0x7bff, 0x7bff), 0x7bff);
    assert_int_equal(cairn_fp_mul_f16(mode, 0xfbff, 0x7bff), 0xfbff);
    assert_int_equal(cairn_fp_fma_f16(mode, 0x7bff, 0x7bff, 0x3c00), 0x7bff);
    assert_int_equal(cairn_fp_add_f16(mode, 0x7c00, 0x3c00), 0x7c00);
    assert_int_equal(cairn_fp_add_f16(CAIRN_FP_MODE_DEFAULT, 0x7bff, 0x7bff), 0x7c00);
    assert_int_equal(cairn_fp_add_f32(mode, 0x7f7fffff, 0x7f7fffff), 0x7f800000);
}

int main(void)
{
    VALUES_NEED_HOST();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(arithmetic_on_edges_is_exact_in_every_mode),
        cmocka_unit_test(arithmetic_on_random_operands_is_exact_in_every_mode),
        cmocka_unit_test(f16_fma_rounds_once),
        cmocka_unit_test(subrev_swaps_operands),
        cmocka_unit_test(min_and_max_follow_rule_F2),
        cmocka_unit_test(min_max_med3_examples_hold),
        cmocka_unit_test(fp16_ovfl_clamps_finite_overflow_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
