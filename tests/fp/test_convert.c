/* SPDX-License-Identifier: MIT
 * Conversions: f16 to and from f32 exhaustively (f32 to f16 at every rounding boundary), the others
 * on edges and random operands, against MPFR and 128-bit integers, in every rounding mode.
 */
#include "values.h"

#include "machine/sem_convert.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static const uint32_t on = CAIRN_FP_MODE_DEFAULT;

typedef uint64_t convert(uint32_t mode, uint64_t a);

static uint64_t run_f32_from_f16(uint32_t mode, uint64_t a)
{
    return cairn_fp_f32_from_f16(mode, (uint32_t)a);
}

static uint64_t run_f16_from_f32(uint32_t mode, uint64_t a)
{
    return cairn_fp_f16_from_f32(mode, (uint32_t)a);
}

static uint64_t run_f32_from_f64(uint32_t mode, uint64_t a)
{
    return cairn_fp_f32_from_f64(mode, a);
}

static uint64_t run_f64_from_f32(uint32_t mode, uint64_t a)
{
    return cairn_fp_f64_from_f32(mode, (uint32_t)a);
}

struct pair {
    const char *name;
    const struct oracle_format *from, *to;
    convert *run;
};

/* A NaN keeps its sign and the top of its payload, and becomes quiet. */
static uint64_t expect_nan(const struct pair *pair, uint64_t a)
{
    int shift = pair->from->p - pair->to->p;
    uint64_t fraction = a & ((UINT64_C(1) << (pair->from->p - 1)) - 1);
    fraction = shift > 0 ? fraction >> shift : fraction << -shift;
    uint64_t sign = a & oracle_sign(pair->from) ? oracle_sign(pair->to) : 0;
    return sign | oracle_infinity(pair->to) | UINT64_C(1) << (pair->to->p - 2) | fraction;
}

static void check(const struct pair *pair, uint64_t a)
{
    for (unsigned setting = 0; setting < 16; setting++) {
        unsigned round = setting & 3, denormal = setting >> 2;
        uint32_t mode = (on & ~0xffu) | round | round << 2 | denormal << 4 | denormal << 6;
        uint64_t want = expect_nan(pair, a), got = pair->run(mode, a);
        if (!oracle_is_nan(pair->from, a)) {
            mpfr_t x;
            mpfr_init2(x, 64);
            oracle_get(x, pair->from, denormal & 1 ? a : oracle_flush(pair->from, a));
            want = oracle_round(pair->to, round, x);
            mpfr_clear(x);
            /* Widening yields no denormals; narrowing flushes by the result's format. */
            want = denormal & 2 ? want : oracle_flush(pair->to, want);
        }
        if (got != want)
            values_fail(pair->from, pair->name, mode, a, 0, 0, got, want);
    }
}

static void float_widths_convert_exactly_in_every_mode(void **state)
{
    static const struct pair pairs[] = {
        {"f16_from", &oracle_f32, &oracle_f16, run_f16_from_f32},
        {"f32_from", &oracle_f64, &oracle_f32, run_f32_from_f64},
        {"f64_from", &oracle_f32, &oracle_f64, run_f64_from_f32},
    };
    for (size_t p = 0; p < 3; p++) {
        uint64_t edge[VALUES_EDGES], seed = 4;
        size_t count = values_edges(pairs[p].from, edge);
        for (size_t i = 0; i < count; i++)
            check(&pairs[p], edge[i]);
        count = values_edges(pairs[p].to, edge);
        for (int i = 0; i < 12000; i++)
            check(&pairs[p], values_random(pairs[p].from, &seed));
    }
}

static void every_f16_widens_exactly(void **state)
{
    static const struct pair pair = {"f32_from", &oracle_f16, &oracle_f32, run_f32_from_f16};
    for (uint64_t a = 0; a < 0x10000; a++) {
        uint64_t want = expect_nan(&pair, a), got = run_f32_from_f16(on, a);
        if (!oracle_is_nan(&oracle_f16, a)) {
            mpfr_t x;
            mpfr_init2(x, 24);
            oracle_get(x, &oracle_f16, a);
            want = oracle_round(&oracle_f32, 0, x);
            mpfr_clear(x);
        }
        if (got != want)
            values_fail(&oracle_f16, "f32_from", on, a, 0, 0, got, want);
        if (a & 0x3ff && !(a & 0x7c00)) /* denormals flush by the f16 field alone */
            assert_int_equal(run_f32_from_f16(on & ~0x40u, a), (a & 0x8000) << 16);
    }
}

/* The three f32 values about each f16 and about each midpoint of two. */
static void f16_narrows_exactly_at_every_boundary(void **state)
{
    static const struct pair pair = {"f16_from", &oracle_f32, &oracle_f16, run_f16_from_f32};
    for (uint32_t h = 0; h < 0x7c00; h++) {
        uint32_t low = cairn_fp_f32_of_f16(h);
        uint32_t high = h == 0x7bff ? 0x47800000u : cairn_fp_f32_of_f16(h + 1);
        float middle = cairn_fp_host_of_f32(low) / 2 + cairn_fp_host_of_f32(high) / 2;
        uint32_t at = cairn_fp_f32_of_host(middle);
        const uint32_t near[] = {low, low + 1, at - 1, at, at + 1, high - 1};
        for (int i = 0; i < 6; i++) {
            uint32_t a = near[i] | (h & 1) << 31;
            uint64_t got = run_f16_from_f32(on, a);
            mpfr_t x;
            mpfr_init2(x, 24);
            oracle_get(x, &oracle_f32, a);
            uint64_t want = oracle_round(&oracle_f16, 0, x);
            if (got != want)
                values_fail(&oracle_f32, "f16_from", on, a, 0, 0, got, want);
            uint64_t zero = oracle_round(&oracle_f16, 3, x);
            got = cairn_sem_cvt_pkrtz_f16_f32(on | 1, a, 0);
            if (got != zero)
                values_fail(&oracle_f32, "pkrtz", on | 1, a, 0, 0, got, zero);
            mpfr_clear(x);
        }
        if (h % 64 == 0)
            check(&pair, low);
    }
}

static void bf16_narrows_and_widens_exactly(void **state)
{
    uint64_t seed = 17;
    for (uint32_t i = 0; i < 200000; i++) {
        /* Every bf16, its midpoint to the next, and what lies beside that. */
        uint32_t a = i < 0x10000 ? i << 16 | 0x8000 : (uint32_t)values_random64(&seed);
        a = i % 3 == 0 ? a | 0x8001 : a;
        uint64_t got = cairn_fp_bf16_of_f32_even(a);
        mpfr_t x;
        mpfr_init2(x, 24);
        oracle_get(x, &oracle_f32, a);
        uint64_t want =
            oracle_is_nan(&oracle_f32, a) ? a >> 16 | 0x40 : oracle_round(&oracle_bf16, 0, x);
        mpfr_clear(x);
        if (got != want)
            values_fail(&oracle_f32, "bf16_of", 0, a, 0, 0, got, want);
        if (i < 0x10000)
            assert_int_equal(cairn_fp_f32_of_bf16(i), i << 16);
    }
}

static void fp16_ovfl_and_pkrtz_saturate(void **state)
{
    const uint32_t ovfl = on | CAIRN_FP_FP16_OVFL;
    assert_int_equal(cairn_fp_f16_from_f32(on, 0x477fffff), 0x7c00);
    assert_int_equal(cairn_fp_f16_from_f32(ovfl, 0x477fffff), 0x7bff);
    assert_int_equal(cairn_fp_f16_from_f32(ovfl, 0xff7fffff), 0xfbff);
    assert_int_equal(cairn_fp_f16_from_f32(ovfl, 0x7f800000), 0x7c00);
    assert_int_equal(cairn_sem_cvt_pkrtz_f16_f32(on, 0x477fff00, 0xc77fff00), 0xfbff7bff);
    assert_int_equal(cairn_sem_cvt_pkrtz_f16_f32(on, 0x7f800000, 0x7f800001), 0x7e007c00);
}

/* Integers of 32 and 16 bits to floats. */
static uint64_t expect_from_int(const struct oracle_format *to, unsigned round, int64_t value)
{
    mpfr_t x;
    mpfr_init2(x, 64);
    mpfr_set_si(x, value, MPFR_RNDN);
    uint64_t bits = oracle_round(to, round, x);
    mpfr_clear(x);
    return bits;
}

static void integers_convert_to_floats_in_every_rounding(void **state)
{
    uint64_t seed = 5;
    for (int i = 0; i < 60000; i++) {
        uint32_t a = i < 200 ? (uint32_t)(i - 100) : (uint32_t)values_random64(&seed);
        a = i % 3 == 0 ? a >> (i / 3 % 32) : a;
        a = i % 97 == 0 ? 0x80000000u - (uint32_t)i : a;
        for (unsigned round = 0; round < 4; round++) {
            uint32_t mode = on | round | round << 2;
            assert_int_equal(cairn_fp_f32_from_i32(mode, a),
                             expect_from_int(&oracle_f32, round, (int32_t)a));
            assert_int_equal(cairn_fp_f32_from_u32(mode, a),
                             expect_from_int(&oracle_f32, round, a));
            assert_int_equal(cairn_fp_f16_from_i16(mode, a & 0xffff),
                             expect_from_int(&oracle_f16, round, (int16_t)a));
            assert_int_equal(cairn_fp_f16_from_u16(mode, a & 0xffff),
                             expect_from_int(&oracle_f16, round, (uint16_t)a));
        }
        assert_true(cairn_fp_f64_from_i32(on, a) == expect_from_int(&oracle_f64, 0, (int32_t)a));
        assert_true(cairn_fp_f64_from_u32(on, a) == expect_from_int(&oracle_f64, 0, a));
    }
}

/* Truncation with saturation, from the bits, without floating point. */
static int64_t expect_int(const struct oracle_format *format, uint64_t a, int64_t low, int64_t high)
{
    if (oracle_is_nan(format, a))
        return 0;
    int bias = (1 << (format->w - 1)) - 1;
    int exponent = (int)((a & oracle_infinity(format)) >> (format->p - 1)) - bias;
    uint64_t whole = (a & ((UINT64_C(1) << (format->p - 1)) - 1)) | UINT64_C(1) << (format->p - 1);
    int shift = exponent - (format->p - 1);
    __int128 value = exponent < 0    ? 0
                     : exponent > 40 ? (__int128)1 << 60
                     : shift >= 0    ? (__int128)whole << shift
                                     : whole >> -shift;
    if (a & oracle_sign(format))
        value = -value;
    return (int64_t)(value < low ? low : value > high ? high : value);
}

static void check_to_int(uint32_t mode, uint64_t f16, uint64_t f32, uint64_t f64)
{
    assert_int_equal((int32_t)cairn_fp_i32_from_f32(mode, (uint32_t)f32),
                     expect_int(&oracle_f32, f32, INT32_MIN, INT32_MAX));
    assert_int_equal(cairn_fp_u32_from_f32(mode, (uint32_t)f32),
                     expect_int(&oracle_f32, f32, 0, UINT32_MAX));
    assert_int_equal((int32_t)cairn_fp_i32_from_f64(mode, f64),
                     expect_int(&oracle_f64, f64, INT32_MIN, INT32_MAX));
    assert_int_equal(cairn_fp_u32_from_f64(mode, f64), expect_int(&oracle_f64, f64, 0, UINT32_MAX));
    assert_int_equal((int16_t)cairn_fp_i16_from_f16(mode, (uint32_t)f16),
                     expect_int(&oracle_f16, f16, INT16_MIN, INT16_MAX));
    assert_int_equal(cairn_fp_u16_from_f16(mode, (uint32_t)f16),
                     expect_int(&oracle_f16, f16, 0, UINT16_MAX));
}

static void floats_convert_to_integers_by_rule_C1(void **state)
{
    uint64_t seed = 6, e32[VALUES_EDGES], e64[VALUES_EDGES];
    size_t count = values_edges(&oracle_f32, e32);
    values_edges(&oracle_f64, e64);
    for (size_t i = 0; i < count; i++)
        check_to_int(on, i, e32[i], e64[i]);
    for (uint32_t i = 0; i < 0x10000; i++) {
        uint64_t r = values_random64(&seed);
        uint32_t f32 = (uint32_t)(r & 0x807fffff) | (120u + (uint32_t)(r >> 32) % 40u) << 23;
        uint64_t f64 = (r & UINT64_C(0x800fffffffffffff)) | (UINT64_C(1016) + (r >> 20) % 40) << 52;
        check_to_int(on | 1, i, f32, f64);
    }
    assert_int_equal(cairn_fp_u32_from_f32(on, 0xbf800000), 0);
    assert_int_equal(cairn_fp_u32_from_f32(on, 0x4f800000), 0xffffffff);
    assert_int_equal(cairn_fp_i32_from_f32(on, 0xff800000), 0x80000000);
    assert_int_equal(cairn_fp_i32_from_f32(on, 0x7fc00000), 0);
}

static void floor_and_half_up_follow_rule_C2(void **state)
{
    static const struct {
        uint32_t a, floor, half_up;
    } rows[] = {
        {0x3effffff, 0, 0},
        {0x3f000000, 0, 1},
        {0xbf000000, 0xffffffff, 0},
        {0xbf000001, 0xffffffff, 0xffffffff},
        {0x40200000, 2, 3},
        {0xc0200000, 0xfffffffd, 0xfffffffe},
        {0x4f000000, INT32_MAX, INT32_MAX},
        {0xcf000001, 0x80000000, 0x80000000},
        {0x7fc00000, 0, 0},
        {0x80000001, 0xffffffff, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(cairn_sem_cvt_flr_i32_f32(on, rows[i].a), rows[i].floor);
        assert_int_equal(cairn_sem_cvt_rpi_i32_f32(on, rows[i].a), rows[i].half_up);
    }
    assert_int_equal(cairn_sem_cvt_flr_i32_f32(on & ~0x10u, 0x80000001), 0);
}

static void bytes_and_nibbles_follow_rules_C5_C6_C10(void **state)
{
    assert_int_equal(cairn_sem_cvt_f32_ubyte0(on, 0x04030201), 0x3f800000);
    assert_int_equal(cairn_sem_cvt_f32_ubyte1(on, 0x04030201), 0x40000000);
    assert_int_equal(cairn_sem_cvt_f32_ubyte2(on, 0x04030201), 0x40400000);
    assert_int_equal(cairn_sem_cvt_f32_ubyte3(on, 0xff030201), 0x437f0000);
    for (int i = 0; i < 16; i++) {
        float want = (float)(i < 8 ? i : i - 16) / 16;
        assert_int_equal(cairn_sem_cvt_off_f32_i4(on, 0xabcdef0u | (uint32_t)i),
                         cairn_fp_f32_of_host(want));
    }
    assert_int_equal(cairn_sem_cvt_pk_u8_f32(on, 0x437f0000, 2, 0x11223344), 0x11ff3344);
    assert_int_equal(cairn_sem_cvt_pk_u8_f32(on, 0x43800000, 7, 0x11223344), 0xff223344);
    assert_int_equal(cairn_sem_cvt_pk_u8_f32(on, 0xc0000000, 0, 0x11223344), 0x11223300);
    assert_int_equal(cairn_sem_cvt_pkaccum_u8_f32(on, 0x40a00000, 1, 0xaabbccdd), 0xaabb05dd);
    assert_int_equal(cairn_sem_cvt_pk_u16_u32(0x12345, 0x1234), 0x1234ffff);
    assert_int_equal(cairn_sem_cvt_pk_i16_i32(0x8000, 0xffff7fff), 0x80007fff);
}

static void normalised_integers_saturate_and_round_even(void **state)
{
    const uint32_t one = 0x3f800000, minus_one = 0xbf800000, half = 0x3f000000, nan = 0x7fc00000;
    assert_int_equal(cairn_sem_cvt_pknorm_i16_f32(on, one, minus_one), 0x80017fff);
    assert_int_equal(cairn_sem_cvt_pknorm_i16_f32(on, 0x40000000, 0xc0000000), 0x80017fff);
    assert_int_equal(cairn_sem_cvt_pknorm_i16_f32(on, half, nan), 0x00004000);
    assert_int_equal(cairn_sem_cvt_pknorm_u16_f32(on, one, minus_one), 0x0000ffff);
    assert_int_equal(cairn_sem_cvt_pknorm_u16_f32(on, half, nan), 0x00008000);
    assert_int_equal(cairn_sem_cvt_pknorm_i16_f16(on, 0x3c00, 0xbc00), 0x80017fff);
    assert_int_equal(cairn_sem_cvt_pknorm_u16_f16(on, 0x3800, 0x7e00), 0x00008000);
    assert_int_equal(cairn_sem_cvt_norm_i16_f16(on, 0xb800), 0xc000);
    assert_int_equal(cairn_sem_cvt_norm_u16_f16(on, 0x4000), 0xffff);
}

int main(void)
{
    VALUES_NEED_HOST();
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(float_widths_convert_exactly_in_every_mode),
        cmocka_unit_test(every_f16_widens_exactly),
        cmocka_unit_test(f16_narrows_exactly_at_every_boundary),
        cmocka_unit_test(bf16_narrows_and_widens_exactly),
        cmocka_unit_test(fp16_ovfl_and_pkrtz_saturate),
        cmocka_unit_test(integers_convert_to_floats_in_every_rounding),
        cmocka_unit_test(floats_convert_to_integers_by_rule_C1),
        cmocka_unit_test(floor_and_half_up_follow_rule_C2),
        cmocka_unit_test(bytes_and_nibbles_follow_rules_C5_C6_C10),
        cmocka_unit_test(normalised_integers_saturate_and_round_even),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
