/* SPDX-License-Identifier: MIT
 * The division helpers, judged by what they are for: the sequences that LLVM emits for IEEE
 * division (AMDGPU back end, LowerFDIV32, LowerFDIV64, LowerFDIV16) must give MPFR's quotient for
 * all classes of operands and all pairs of exponents; and single rules of isa notes F16, F17.
 */
#include "values.h"

#include "fp/approx.h"
#include "machine/sem_convert.h"
#include "machine/sem_float_div.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const uint32_t on = CAIRN_FP_MODE_DEFAULT;

static uint32_t quotient_f32(uint32_t n, uint32_t d)
{
    struct cairn_sem_div_scale_f32 den = cairn_sem_div_scale_f32(on, d, d, n);
    struct cairn_sem_div_scale_f32 num = cairn_sem_div_scale_f32(on, n, d, n);
    uint32_t minus = den.value ^ 0x80000000u, one = 0x3f800000u;
    uint32_t rcp = cairn_fp_rcp_f32(on, den.value);
    uint32_t f0 = cairn_fp_fma_f32(on, minus, rcp, one);
    uint32_t f1 = cairn_fp_fma_f32(on, f0, rcp, rcp);
    uint32_t q0 = cairn_fp_mul_f32(on, num.value, f1);
    uint32_t r0 = cairn_fp_fma_f32(on, minus, q0, num.value);
    uint32_t q1 = cairn_fp_fma_f32(on, r0, f1, q0);
    uint32_t r1 = cairn_fp_fma_f32(on, minus, q1, num.value);
    uint32_t q = cairn_sem_div_fmas_f32(on, r1, f1, q1, num.flag);
    return cairn_sem_div_fixup_f32(on, q, d, n);
}

static uint64_t quotient_f64(uint64_t n, uint64_t d)
{
    struct cairn_sem_div_scale_f64 den = cairn_sem_div_scale_f64(on, d, d, n);
    struct cairn_sem_div_scale_f64 num = cairn_sem_div_scale_f64(on, n, d, n);
    uint64_t minus = den.value ^ UINT64_C(0x8000000000000000);
    uint64_t one = UINT64_C(0x3ff0000000000000), rcp = cairn_fp_rcp_f64(on, den.value);
    uint64_t f0 = cairn_fp_fma_f64(on, minus, rcp, one);
    uint64_t f1 = cairn_fp_fma_f64(on, rcp, f0, rcp);
    uint64_t f2 = cairn_fp_fma_f64(on, minus, f1, one);
    uint64_t f3 = cairn_fp_fma_f64(on, f1, f2, f1);
    uint64_t q0 = cairn_fp_mul_f64(on, num.value, f3);
    uint64_t r0 = cairn_fp_fma_f64(on, minus, q0, num.value);
    uint64_t q = cairn_sem_div_fmas_f64(on, r0, f3, q0, num.flag);
    return cairn_sem_div_fixup_f64(on, q, d, n);
}

static uint32_t quotient_f16(uint32_t n, uint32_t d)
{
    uint32_t x = cairn_fp_f32_from_f16(on, n), y = cairn_fp_f32_from_f16(on, d);
    uint32_t minus = y ^ 0x80000000u, rcp = cairn_fp_rcp_f32(on, y);
    uint32_t q = cairn_fp_mul_f32(on, x, rcp);
    uint32_t r = cairn_fp_fma_f32(on, minus, q, x);
    q = cairn_fp_fma_f32(on, r, rcp, q);
    r = cairn_fp_fma_f32(on, minus, q, x);
    uint32_t last = cairn_fp_mul_f32(on, r, rcp) & 0xff800000u;
    q = cairn_fp_f16_from_f32(on, cairn_fp_add_f32(on, last, q));
    return cairn_sem_div_fixup_f16(on, q, d, n);
}

static uint64_t divide(const struct oracle_format *format, uint64_t n, uint64_t d)
{
    return format->p == 11   ? quotient_f16((uint32_t)n, (uint32_t)d)
           : format->p == 24 ? quotient_f32((uint32_t)n, (uint32_t)d)
                             : quotient_f64(n, d);
}

static void check(const struct oracle_format *format, uint64_t n, uint64_t d)
{
    uint64_t quiet = UINT64_C(1) << (format->p - 2), got = divide(format, n, d);
    uint64_t want = oracle_compute(format, ORACLE_DIV, 0, n, d, 0);
    if (oracle_is_nan(format, n))
        want = n | quiet;
    else if (oracle_is_nan(format, d))
        want = d | quiet;
    else if (oracle_is_nan(format, want))
        want |= oracle_sign(format); /* 0/0 and inf/inf: the negative default NaN */
    if (got != want)
        values_fail(format, "div", on, n, d, 0, got, want);
}

static const struct oracle_format *const formats[] = {&oracle_f16, &oracle_f32, &oracle_f64};

static void the_sequences_divide_exactly_for_all_classes(void **state)
{
    uint64_t edge[VALUES_EDGES];
    for (size_t f = 0; f < 3; f++) {
        size_t count = values_edges(formats[f], edge);
        for (size_t i = 0; i < count * count; i++)
            check(formats[f], edge[i / count], edge[i % count]);
    }
}

/* Every pair of exponent fields of f16 and f32; for f64 steps that meet each limit. */
static void the_sequences_divide_exactly_for_all_exponents(void **state)
{
    uint64_t seed = 8;
    for (size_t f = 0; f < 3; f++) {
        uint64_t fields = (UINT64_C(1) << formats[f]->w) - 1, step = f == 2 ? 11 : 1;
        for (uint64_t i = 0; i < fields; i += step)
            for (uint64_t j = values_random64(&seed) % step; j < fields; j += step) {
                uint64_t keep = ~oracle_infinity(formats[f]) & (oracle_sign(formats[f]) * 2 - 1);
                uint64_t n = values_random64(&seed) & keep, d = values_random64(&seed) & keep;
                if ((i ^ j) % 3 == 0) /* few bits: exact and half-way quotients */
                    n &= n << 13, d &= d << 13 & d << 7;
                check(formats[f], n | i << (formats[f]->p - 1), d | j << (formats[f]->p - 1));
            }
    }
}

/* Denormal quotients that lie exactly between two numbers or next to that. */
static void denormal_quotients_round_once(void **state)
{
    uint64_t seed = 9;
    for (size_t f = 1; f < 3; f++)
        for (int i = 0; i < 30000; i++) {
            uint64_t hidden = UINT64_C(1) << (formats[f]->p - 1);
            uint64_t bias = (UINT64_C(1) << (formats[f]->w - 1)) - 1;
            uint64_t n = hidden * (1 + (uint64_t)i % 8) + values_random64(&seed) % hidden;
            uint64_t d = (bias + 1 + (uint64_t)i % 20) * hidden;
            d += i % 2 ? values_random64(&seed) % hidden : 0;
            check(formats[f], n, d);
            check(formats[f], n % hidden, d - hidden * (uint64_t)(i % 40));
        }
}

static void f16_quotients_are_exact_for_many_pairs(void **state)
{
    for (uint32_t d = 0; d < 0x10000; d += 37)
        for (uint32_t n = d % 41; n < 0x10000; n += 331)
            check(&oracle_f16, n, d);
}

static void random_quotients_are_exact(void **state)
{
    uint64_t seed = 10;
    for (size_t f = 0; f < 3; f++)
        for (int i = 0; i < 60000; i++) {
            uint64_t n = values_random(formats[f], &seed);
            check(formats[f], n, values_random(formats[f], &seed));
        }
}

static void div_scale_flags_follow_rule_F16(void **state)
{
    const uint32_t one = 0x3f800000, nan = 0x7fc00000;
    struct cairn_sem_div_scale_f32 r = cairn_sem_div_scale_f32(on, one, one, one);
    assert_true(r.value == one && !r.flag);
    r = cairn_sem_div_scale_f32(on, 0, one, 0);
    assert_true(r.value == nan && r.flag);
    r = cairn_sem_div_scale_f32(on, one, 0, one);
    assert_true(r.value == nan && r.flag);
    /* Exponents 96 apart: only the denominator is scaled. */
    r = cairn_sem_div_scale_f32(on, one, one, one + (96u << 23));
    assert_true(r.value == one + (64u << 23) && r.flag);
    r = cairn_sem_div_scale_f32(on, one + (96u << 23), one, one + (96u << 23));
    assert_true(r.value == one + (96u << 23) && r.flag);
    r = cairn_sem_div_scale_f32(on, one, one, one + (95u << 23));
    assert_true(r.value == one && !r.flag);
}

static void div_fmas_scales_by_the_quotients_exponent(void **state)
{
    const uint32_t one = 0x3f800000, two = 0x40000000;
    assert_int_equal(cairn_sem_div_fmas_f32(on, 0, 0, two, true), two + (64u << 23));
    assert_int_equal(cairn_sem_div_fmas_f32(on, 0, 0, one, true), one - (64u << 23));
    assert_int_equal(cairn_sem_div_fmas_f32(on, 0, 0, two, false), two);
    assert_true(cairn_sem_div_fmas_f64(on, 0, 0, UINT64_C(0x4000000000000000), true) ==
                UINT64_C(0x4800000000000000));
}

static void div_fixup_follows_rule_F17(void **state)
{
    const uint32_t inf = 0x7f800000, nan = 0x7fc00000, one = 0x3f800000, minus = 0x80000000;
    assert_int_equal(cairn_sem_div_fixup_f32(on, one, 0x7f800001, 0xff800002), 0xffc00002);
    assert_int_equal(cairn_sem_div_fixup_f32(on, one, 0x7f800001, one), 0x7fc00001);
    assert_int_equal(cairn_sem_div_fixup_f32(on, one, 0, minus), 0xffc00000);
    assert_int_equal(cairn_sem_div_fixup_f32(on, one, inf, inf), 0xffc00000);
    assert_int_equal(cairn_sem_div_fixup_f16(on, 0x3c00, 0, 0), 0xfe00);
    assert_int_equal(cairn_sem_div_fixup_f32(on, one, minus, one), inf | minus);
    assert_int_equal(cairn_sem_div_fixup_f32(on, one, one, inf | minus), inf | minus);
    assert_int_equal(cairn_sem_div_fixup_f32(on, one, inf | minus, one), minus);
    assert_int_equal(cairn_sem_div_fixup_f32(on, one, one | minus, 0), minus);
    assert_int_equal(cairn_sem_div_fixup_f32(on, one, one | minus, one), one | minus);
    assert_int_equal(cairn_sem_div_fixup_f32(on, nan, one | minus, one), inf | minus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_sequences_divide_exactly_for_all_classes),
        cmocka_unit_test(the_sequences_divide_exactly_for_all_exponents),
        cmocka_unit_test(denormal_quotients_round_once),
        cmocka_unit_test(f16_quotients_are_exact_for_many_pairs),
        cmocka_unit_test(random_quotients_are_exact),
        cmocka_unit_test(div_scale_flags_follow_rule_F16),
        cmocka_unit_test(div_fmas_scales_by_the_quotients_exponent),
        cmocka_unit_test(div_fixup_follows_rule_F17),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
