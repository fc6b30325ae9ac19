/* SPDX-License-Identifier: MIT
 * Instructions with rules of their own: mad and mac, legacy multiplies, mixed precision, cube map
 * helpers, pack, and the dot products, against MPFR and 64-bit integers.
 */
#include "values.h"

#include "machine/sem_dot.h"
#include "machine/sem_float.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

static const uint32_t on = CAIRN_FP_MODE_DEFAULT;

static uint64_t two_steps(const struct oracle_format *format, unsigned round, const uint64_t in[3])
{
    uint64_t product = oracle_compute(format, ORACLE_MUL, round, in[0], in[1], 0);
    product = oracle_flush(format, product);
    return oracle_flush(format, oracle_compute(format, ORACLE_ADD, round, product, in[2], 0));
}

static void check_mad(const struct oracle_format *format, const uint64_t raw[3])
{
    for (unsigned round = 0; round < 4; round++) {
        uint32_t mode = on | round | round << 2;
        uint64_t in[3], want = 0;
        bool nan = false;
        for (int i = 2; i >= 0; i--) {
            in[i] = oracle_flush(format, raw[i]);
            if (oracle_is_nan(format, raw[i]))
                nan = true, want = raw[i] | UINT64_C(1) << (format->p - 2);
        }
        if (!nan)
            want = two_steps(format, round, in);
        uint32_t a = (uint32_t)raw[0], b = (uint32_t)raw[1], c = (uint32_t)raw[2];
        uint64_t got =
            format->p == 24 ? cairn_sem_mad_f32(mode, a, b, c) : cairn_sem_mad_f16(mode, a, b, c);
        if (got != want)
            values_fail(format, "mad", mode, raw[0], raw[1], raw[2], got, want);
    }
}

static void mad_rounds_twice_and_flushes_in_every_mode(void **state)
{
    const struct oracle_format *formats[] = {&oracle_f16, &oracle_f32};
    uint64_t edge[VALUES_EDGES], seed = 11;
    for (int f = 0; f < 2; f++) {
        size_t count = values_edges(formats[f], edge);
        for (size_t i = 0; i < count * count * count; i += 3)
            check_mad(formats[f], (uint64_t[]){edge[i % count], edge[i / count % count],
                                               edge[i / count / count]});
        for (int i = 0; i < 20000; i++) {
            uint64_t a = values_random(formats[f], &seed), b = values_random(formats[f], &seed);
            check_mad(formats[f], (uint64_t[]){a, b, values_random(formats[f], &seed)});
        }
    }
}

/* a = b = 1 + 2^-12, c = -(1 + 2^-11): the product's last place is all that is left. */
static void rules_F6_and_F7_fused_or_not(void **state)
{
    const uint32_t a = 0x3f800800, c = 0xbf801000, tiny = 0x33800000; /* 2^-24 */
    assert_int_equal(cairn_fp_fma_f32(on, a, a, c), tiny);
    assert_int_equal(cairn_sem_mad_f32(on, a, a, c), 0);
    assert_int_equal(cairn_sem_fma_mix_f32(on, a, a, c), tiny);
    assert_int_equal(cairn_sem_fma_mix_f16(on, a, a, c), 0x0001);
    assert_int_equal(cairn_sem_fma_mix_f16(on & ~0x80u, a, a, c), 0);
    assert_int_equal(cairn_sem_mix_operand(on, 0x0001), tiny);
    assert_int_equal(cairn_sem_mix_operand(on & ~0x40u, 0x8001), 0x80000000);
    assert_int_equal(cairn_sem_mix_operand(on, 0xc000), 0xc0000000);
}

static void rule_F8_legacy_zero_wins(void **state)
{
    const uint32_t nan = 0x7fc00000, inf = 0xff800000, two = 0x40000000, minus_zero = 0x80000000;
    assert_int_equal(cairn_sem_mul_legacy_f32(on, 0, nan), 0);
    assert_int_equal(cairn_sem_mul_legacy_f32(on, inf, minus_zero), 0);
    assert_int_equal(cairn_sem_mul_legacy_f32(on, minus_zero, two), 0);
    assert_int_equal(cairn_sem_mul_legacy_f32(on, two, two), 0x40800000);
    assert_int_equal(cairn_sem_mul_legacy_f32(on, two, nan), nan);
    assert_int_equal(cairn_sem_mul_legacy_f32(on & ~0x10u, 1, inf), 0); /* denormal in */
    assert_int_equal(cairn_sem_mad_legacy_f32(on, 0, nan, two), two);
    assert_int_equal(cairn_sem_mad_legacy_f32(on, two, two, two), 0x40c00000);
}

static void pack_passes_bits(void **state)
{
    assert_int_equal(cairn_sem_pack_b32_f16(on & ~0xf0u, 0x7c01, 0x8001), 0x80017c01);
}

/* The face and coordinates of a direction, by comparing signed axes. */
static void cube_helpers_agree_with_the_face_table(void **state)
{
    /* face, sc, tc, major: 1 x, 2 y, 3 z, negative for minus. */
    static const int table[6][3] = {{-3, -2, 1}, {3, -2, -1}, {1, 3, 2},
                                    {1, -3, -2}, {1, -2, 3},  {-1, -2, -3}};
    uint64_t seed = 12;
    for (int n = 0; n < 20000; n++) {
        float v[4] = {0};
        uint32_t b[4];
        for (int i = 1; i < 4; i++) {
            v[i] = (float)((int)(values_random64(&seed) % 17) - 8);
            b[i] = cairn_fp_f32_of_host(v[i]);
        }
        float x = __builtin_fabsf(v[1]), y = __builtin_fabsf(v[2]), z = __builtin_fabsf(v[3]);
        int axis = z >= x && z >= y ? 3 : y >= x ? 2 : 1;
        int face = 2 * (axis - 1) + (v[axis] < 0);
        float sc = (table[face][0] < 0 ? -1.0f : 1.0f) * v[abs(table[face][0])];
        float tc = (table[face][1] < 0 ? -1.0f : 1.0f) * v[abs(table[face][1])];
        assert_int_equal(cairn_sem_cubeid_f32(on, b[1], b[2], b[3]),
                         cairn_fp_f32_of_host((float)face));
        assert_int_equal(cairn_sem_cubesc_f32(on, b[1], b[2], b[3]), cairn_fp_f32_of_host(sc));
        assert_int_equal(cairn_sem_cubetc_f32(on, b[1], b[2], b[3]), cairn_fp_f32_of_host(tc));
        assert_int_equal(cairn_sem_cubema_f32(on, b[1], b[2], b[3]),
                         cairn_fp_f32_of_host(2 * v[axis]));
    }
}

typedef uint32_t dot(uint32_t a, uint32_t b, uint32_t c);
static const struct {
    const char *name;
    dot *wraps, *clamps;
    unsigned bits;
    bool is_signed;
} dots[] = {
    {"dot2_i32_i16", cairn_sem_dot2_i32_i16, cairn_sem_dot2_i32_i16_clamp, 16, true},
    {"dot2_u32_u16", cairn_sem_dot2_u32_u16, cairn_sem_dot2_u32_u16_clamp, 16, false},
    {"dot4_i32_i8", cairn_sem_dot4_i32_i8, cairn_sem_dot4_i32_i8_clamp, 8, true},
    {"dot4_u32_u8", cairn_sem_dot4_u32_u8, cairn_sem_dot4_u32_u8_clamp, 8, false},
    {"dot8_i32_i4", cairn_sem_dot8_i32_i4, cairn_sem_dot8_i32_i4_clamp, 4, true},
    {"dot8_u32_u4", cairn_sem_dot8_u32_u4, cairn_sem_dot8_u32_u4_clamp, 4, false},
};

static void integer_dots_wrap_or_saturate(void **state)
{
    uint64_t seed = 13;
    for (size_t d = 0; d < sizeof dots / sizeof dots[0]; d++)
        for (int n = 0; n < 20000; n++) {
            uint64_t r = values_random64(&seed);
            uint32_t a = (uint32_t)r, b = (uint32_t)(r >> 32), c = (uint32_t)values_random64(&seed);
            if (n % 5 == 0)
                a = b = 0x80808080u << n % 2, c = 0x7fffffff - (uint32_t)(n % 64);
            if (n % 7 == 0)
                a = b = 0xffffffff, c = 0xfffffff0;
            int64_t sum = dots[d].is_signed ? (int32_t)c : (int64_t)c, base = INT64_C(1)
                                                                              << dots[d].bits;
            for (unsigned at = 0; at < 32; at += dots[d].bits) {
                int64_t x = (int64_t)(a >> at) % base, y = (int64_t)(b >> at) % base;
                if (dots[d].is_signed) {
                    x -= x >= base / 2 ? base : 0;
                    y -= y >= base / 2 ? base : 0;
                }
                sum += x * y;
            }
            int64_t low = dots[d].is_signed ? INT32_MIN : 0;
            int64_t high = dots[d].is_signed ? INT32_MAX : UINT32_MAX;
            int64_t bounded = sum < low ? low : sum > high ? high : sum;
            if (dots[d].wraps(a, b, c) != (uint32_t)sum ||
                dots[d].clamps(a, b, c) != (uint32_t)bounded)
                fail_msg("%s(0x%x, 0x%x, 0x%x)", dots[d].name, a, b, c);
        }
}

static uint64_t widen(uint64_t half)
{
    mpfr_t x;
    mpfr_init2(x, 24);
    oracle_get(x, &oracle_f16, oracle_flush(&oracle_f16, half & 0xffff));
    uint64_t bits = oracle_round(&oracle_f32, 0, x);
    mpfr_clear(x);
    return bits;
}

static void rule_P5_f16_dot_ignores_mode_and_flushes(void **state)
{
    uint64_t seed = 14;
    for (int n = 0; n < 60000; n++) {
        uint32_t a =
            (uint32_t)(values_random(&oracle_f16, &seed) | values_random(&oracle_f16, &seed) << 16);
        uint32_t b =
            (uint32_t)(values_random(&oracle_f16, &seed) | values_random(&oracle_f16, &seed) << 16);
        uint32_t c = (uint32_t)values_random(&oracle_f32, &seed);
        uint64_t sum = oracle_flush(&oracle_f32, c);
        for (int i = 0; i < 2; i++)
            sum = oracle_compute(&oracle_f32, ORACLE_FMA, 0, widen(a >> 16 * i), widen(b >> 16 * i),
                                 sum);
        sum = oracle_flush(&oracle_f32, sum);
        uint32_t got = cairn_sem_dot2_f32_f16(on | (uint32_t)(n & 15), a, b, c);
        bool both_nan = oracle_is_nan(&oracle_f32, got) && oracle_is_nan(&oracle_f32, sum);
        if (got != sum && !both_nan)
            values_fail(&oracle_f32, "dot2", on, a, b, c, got, sum);
    }
    assert_int_equal(cairn_sem_dot2_f32_f16(on, 0x7c013c00, 0x3c003c00, 0), 0x7fc02000);
    assert_int_equal(cairn_sem_dot2_f32_f16(on, 0x7c003c00, 0x00003c00, 0), 0x7fc00000);
    assert_int_equal(cairn_sem_dot2_f32_f16(on, 0x00010001, 0x3c003c00, 1), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mad_rounds_twice_and_flushes_in_every_mode),
        cmocka_unit_test(rules_F6_and_F7_fused_or_not),
        cmocka_unit_test(rule_F8_legacy_zero_wins),
        cmocka_unit_test(pack_passes_bits),
        cmocka_unit_test(cube_helpers_agree_with_the_face_table),
        cmocka_unit_test(integer_dots_wrap_or_saturate),
        cmocka_unit_test(rule_P5_f16_dot_ignores_mode_and_flushes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
