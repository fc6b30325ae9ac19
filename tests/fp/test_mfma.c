/* SPDX-License-Identifier: MIT
 * Matrix instructions, decoded and run on a wave, against a product written from the layout
 * formulas alone (element (i, k, block) of A sits in lane i + M (k / KL + K / KL * block); the
 * formulas of D per shape), summed by MPFR. Random values with denormals, all of CBSZ, ABID and
 * BLGP, constants as C, aliasing, AGPRs, and EXEC.
 */
#include "values.h"

#include "interp/matrix.h"
#include "isa/isa.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum kind { F32, F16, BF16, I8, F64 };

static const struct shape {
    const char *name;
    unsigned opcode, m, k, kl, blocks;
    enum kind kind;
} shapes[] = {
    {"f32_32x32x1f32", 0x40, 32, 1, 1, 2, F32},
    {"f32_16x16x1f32", 0x41, 16, 1, 1, 4, F32},
    {"f32_4x4x1f32", 0x42, 4, 1, 1, 16, F32},
    {"f32_32x32x2f32", 0x44, 32, 2, 1, 1, F32},
    {"f32_16x16x4f32", 0x45, 16, 4, 1, 1, F32},
    {"f32_32x32x4f16", 0x48, 32, 4, 4, 2, F16},
    {"f32_16x16x4f16", 0x49, 16, 4, 4, 4, F16},
    {"f32_4x4x4f16", 0x4a, 4, 4, 4, 16, F16},
    {"f32_32x32x8f16", 0x4c, 32, 8, 4, 1, F16},
    {"f32_16x16x16f16", 0x4d, 16, 16, 4, 1, F16},
    {"i32_32x32x4i8", 0x50, 32, 4, 4, 2, I8},
    {"i32_16x16x4i8", 0x51, 16, 4, 4, 4, I8},
    {"i32_4x4x4i8", 0x52, 4, 4, 4, 16, I8},
    {"i32_32x32x8i8", 0x54, 32, 8, 4, 1, I8},
    {"i32_16x16x16i8", 0x55, 16, 16, 4, 1, I8},
    {"f32_32x32x4bf16_1k", 0x63, 32, 4, 4, 2, BF16},
    {"f32_16x16x4bf16_1k", 0x64, 16, 4, 4, 4, BF16},
    {"f32_4x4x4bf16_1k", 0x65, 4, 4, 4, 16, BF16},
    {"f32_32x32x8bf16_1k", 0x66, 32, 8, 4, 1, BF16},
    {"f32_16x16x16bf16_1k", 0x67, 16, 16, 4, 1, BF16},
    {"f32_32x32x2bf16", 0x68, 32, 2, 2, 2, BF16},
    {"f32_16x16x2bf16", 0x69, 16, 2, 2, 4, BF16},
    {"f32_4x4x2bf16", 0x6b, 4, 2, 2, 16, BF16},
    {"f32_32x32x4bf16", 0x6c, 32, 4, 2, 1, BF16},
    {"f32_16x16x8bf16", 0x6d, 16, 8, 2, 1, BF16},
    {"f64_16x16x4f64", 0x6e, 16, 4, 1, 1, F64},
    {"f64_4x4x4f64", 0x6f, 4, 4, 1, 4, F64},
};
enum { SHAPES = sizeof shapes / sizeof shapes[0] };

enum { ROWS = 256, AGPR = 128 }; /* v0..v127, a0..a127 */
typedef uint32_t row[64];
static row registers[ROWS], before[ROWS];
static struct cairn_launch launch = {.vgprs = ROWS, .agpr_offset = AGPR, .wave_size = 64};
static struct cairn_wave wave = {.launch = &launch, .vgpr = registers};

struct call {
    unsigned a, b, c, d; /* operand codes; a VGPR n is 256 + n */
    unsigned acc;        /* bit 0 A, 1 B, 2 C and D are AGPRs */
    unsigned cbsz, abid, blgp;
};

/* Encodes, decodes, selects and runs. False if there is no handler. */
static bool run(const struct shape *shape, const struct call *call)
{
    uint32_t word[2] = {
        0xd3800000u | shape->opcode << 16 | (call->acc >> 2 & 1) << 15 | call->abid << 11 |
            call->cbsz << 8 | (call->d & 0xff),
        call->a | call->b << 9 | call->c << 18 | (call->acc & 3) << 27 | call->blgp << 29,
    };
    struct cairn_insn insn;
    assert_int_equal(
        cairn_isa_decode(cairn_gfx_at(CAIRN_GFX_gfx90a), cairn_bytes_of(word, sizeof word), &insn),
        CAIRN_OK);
    void (*handler)(struct cairn_wave *, const struct cairn_insn *) =
        cairn_interp_matrix_select(&insn);
    if (handler == NULL)
        return false;
    handler(&wave, &insn);
    return true;
}

/* First row of an operand. */
static unsigned row_of(unsigned code, bool acc)
{
    return (code & 0xff) + (acc ? AGPR : 0);
}

static unsigned element_bits(enum kind kind)
{
    return kind == F64 ? 64 : kind == F32 ? 32 : kind == I8 ? 8 : 16;
}

/* Element e of `lane` as it was before the call; f16 and bf16 as f32 bits, denormals gone. */
static uint64_t element(const struct shape *shape, unsigned first, unsigned lane, unsigned e)
{
    unsigned bits = element_bits(shape->kind), at = e * bits;
    if (shape->kind == F64)
        return before[first][lane] | (uint64_t)before[first + 1][lane] << 32;
    uint32_t raw = before[first + at / 32][lane] >> at % 32;
    if (shape->kind == F32)
        return raw;
    if (shape->kind == I8)
        return (uint64_t)(int64_t)(int8_t)raw;
    const struct oracle_format *format = shape->kind == F16 ? &oracle_f16 : &oracle_bf16;
    mpfr_t x;
    mpfr_init2(x, 24);
    oracle_get(x, format, oracle_flush(format, raw & 0xffff));
    uint64_t result = oracle_round(&oracle_f32, 0, x);
    mpfr_clear(x);
    return result;
}

static unsigned a_lane(const struct shape *s, const struct call *call, unsigned i, unsigned k,
                       unsigned block)
{
    if (s->kind == F64)
        return s->m == 4 ? 16 * k + 4 * block + i : i + 16 * k;
    unsigned lane = i + s->m * (k / s->kl + s->k / s->kl * block);
    unsigned span = 64u >> call->cbsz;
    return call->cbsz ? lane % span + span * call->abid : lane;
}

static unsigned b_lane(const struct shape *s, const struct call *call, unsigned j, unsigned k,
                       unsigned block)
{
    static const unsigned first[8] = {0, 0, 32, 0, 0, 16, 32, 48};
    if (s->kind == F64)
        return s->m == 4 ? 16 * k + 4 * block + j : j + 16 * k;
    unsigned lane = j + s->m * (k / s->kl + s->k / s->kl * block);
    return call->blgp == 0   ? lane
           : call->blgp == 3 ? (lane + 16) % 64
           : call->blgp < 3  ? lane % 32 + first[call->blgp]
                             : lane % 16 + first[call->blgp];
}

/* Where D's register r (pair r for f64) of a lane lies in its product. */
static void place(const struct shape *s, unsigned r, unsigned lane, unsigned *i, unsigned *j,
                  unsigned *block)
{
    *j = lane % s->m;
    *block = 0;
    if (s->kind == F64 && s->m == 16) {
        *i = 4 * r + lane / 16;
    } else if (s->kind == F64) {
        *i = lane / 16, *block = lane / 4 % 4;
    } else if (s->m == 32) {
        *i = 8 * (r % 16 / 4) + 4 * (lane / 32) + r % 4, *block = r / 16;
    } else if (s->m == 16) {
        *i = 4 * (lane / 16) + r % 4, *block = r / 4;
    } else {
        *i = r, *block = lane / 4;
    }
}

static uint64_t product(const struct shape *s, const struct call *call, unsigned r, unsigned lane,
                        uint64_t c)
{
    unsigned i, j, block;
    bool narrow = s->kind == F16 || s->kind == BF16;
    const struct oracle_format *format = s->kind == F64 ? &oracle_f64 : &oracle_f32;
    uint64_t sign = oracle_sign(format), sum = narrow ? oracle_flush(format, c) : c;
    place(s, r, lane, &i, &j, &block);
    sum ^= s->kind == F64 && call->blgp & 4 ? sign : 0;
    for (unsigned k = 0; k < s->k; k++) {
        uint64_t a =
            element(s, row_of(call->a, call->acc & 1), a_lane(s, call, i, k, block), k % s->kl);
        uint64_t b =
            element(s, row_of(call->b, call->acc & 2), b_lane(s, call, j, k, block), k % s->kl);
        if (s->kind == I8) {
            sum = (uint32_t)(sum + a * b);
            continue;
        }
        a ^= s->kind == F64 && call->blgp & 1 ? sign : 0;
        b ^= s->kind == F64 && call->blgp & 2 ? sign : 0;
        sum = oracle_compute(format, ORACLE_FMA, 0, a, b, sum);
    }
    return narrow ? oracle_flush(format, sum) : sum;
}

/* C of register r before the call, `constant` where C is none. */
static uint64_t addend(const struct shape *s, const struct call *call, unsigned r, unsigned lane,
                       uint64_t constant)
{
    unsigned first = row_of(call->c, call->acc & 4);
    if (call->c < 256)
        return constant;
    if (s->kind == F64)
        return before[first + 2 * r][lane] | (uint64_t)before[first + 2 * r + 1][lane] << 32;
    return before[first + r][lane];
}

static void check(const struct shape *s, const struct call *call, uint64_t constant)
{
    unsigned registers_of_d = s->m * s->m * s->blocks / 64, d = row_of(call->d, call->acc & 4);
    memcpy(before, registers, sizeof before);
    if (!run(s, call))
        fail_msg("%s: no handler", s->name);
    for (unsigned r = 0; r < registers_of_d; r++)
        for (unsigned lane = 0; lane < 64; lane++) {
            uint64_t got = s->kind == F64 ? registers[d + 2 * r][lane] |
                                                (uint64_t)registers[d + 2 * r + 1][lane] << 32
                                          : registers[d + r][lane];
            uint64_t want = product(s, call, r, lane, addend(s, call, r, lane, constant));
            if (got != want)
                fail_msg("v_mfma_%s cbsz %u abid %u blgp %u, register %u lane %u: got 0x%llx, want "
                         "0x%llx",
                         s->name, call->cbsz, call->abid, call->blgp, r, lane,
                         (unsigned long long)got, (unsigned long long)want);
        }
    /* Nothing else changed. */
    unsigned rows = registers_of_d * (s->kind == F64 ? 2 : 1);
    for (unsigned r = 0; r < ROWS; r++)
        if (r < d || r >= d + rows)
            assert_memory_equal(registers[r], before[r], sizeof(row));
}

static void fill(const struct shape *s, uint64_t seed)
{
    uint64_t state = seed;
    for (unsigned r = 0; r < ROWS; r++)
        for (unsigned lane = 0; lane < 64; lane++) {
            const struct oracle_format *format = s->kind == F16    ? &oracle_f16
                                                 : s->kind == BF16 ? &oracle_bf16
                                                                   : &oracle_f32;
            uint64_t x = 0;
            if (s->kind == I8) {
                x = values_random64(&state);
            } else if (s->kind == F64) { /* halves of one number */
                x = values_random(&oracle_f64, &state);
                if (r % 2 == 1)
                    x = (x >> 32 & 0x803fffff) | (uint64_t)(1000 + lane % 40) << 20;
            } else if (format->p == 24) {
                x = values_random(format, &state) & 0xbfffffff;
            } else { /* exponents below the top, so that sums stay finite */
                uint64_t low = values_random(format, &state), high = values_random(format, &state);
                x = (low | high << 16) & (s->kind == F16 ? 0xbfffbfff : 0xbfffbfff);
            }
            registers[r][lane] = (uint32_t)x;
        }
}

/* C has its own format: finite f32 numbers. */
static void fill_c(const struct shape *s, unsigned first)
{
    uint64_t state = 99;
    if (s->kind != F16 && s->kind != BF16)
        return;
    for (unsigned r = first; r < first + 32; r++)
        for (unsigned lane = 0; lane < 64; lane++)
            registers[r][lane] = (uint32_t)values_random(&oracle_f32, &state) & 0xbfffffff;
}

static void every_shape_multiplies_by_its_layout(void **state)
{
    for (unsigned n = 0; n < SHAPES; n++) {
        fill(&shapes[n], n + 1);
        fill_c(&shapes[n], 16);
        check(&shapes[n], &(struct call){.a = 256, .b = 258, .c = 256 + 16, .d = 48}, 0);
    }
}

static void operands_may_be_agprs(void **state)
{
    for (unsigned n = 0; n < SHAPES; n++) {
        fill(&shapes[n], n + 100);
        fill_c(&shapes[n], AGPR + 16);
        check(&shapes[n], &(struct call){.a = 256, .b = 258, .c = 256 + 16, .d = 48, .acc = 7}, 0);
        check(&shapes[n], &(struct call){.a = 260, .b = 262, .c = 256 + 16, .d = 16, .acc = 5}, 0);
        check(&shapes[n], &(struct call){.a = 260, .b = 262, .c = 256 + 16, .d = 16, .acc = 2}, 0);
    }
}

static void blocks_of_a_are_broadcast_by_cbsz_and_abid(void **state)
{
    for (unsigned n = 0; n < SHAPES; n++)
        for (unsigned cbsz = 1; 1u << cbsz <= shapes[n].blocks && shapes[n].kind != F64; cbsz++)
            for (unsigned abid = 0; abid < 1u << cbsz; abid += cbsz) {
                fill(&shapes[n], n + 200 + abid);
                fill_c(&shapes[n], 16);
                check(&shapes[n],
                      &(struct call){
                          .a = 256, .b = 258, .c = 256 + 16, .d = 48, .cbsz = cbsz, .abid = abid},
                      0);
            }
}

static void lanes_of_b_are_moved_by_blgp_and_f64_is_negated(void **state)
{
    for (unsigned n = 0; n < SHAPES; n += n < 24 ? 3 : 1)
        for (unsigned blgp = 1; blgp < 8; blgp++) {
            fill(&shapes[n], n + 300 + blgp);
            fill_c(&shapes[n], 16);
            check(&shapes[n],
                  &(struct call){.a = 256, .b = 258, .c = 256 + 16, .d = 48, .blgp = blgp}, 0);
        }
}

static void c_may_be_a_constant(void **state)
{
    static const struct {
        unsigned code;
        uint32_t i32, f32;
        uint64_t f64;
    } rows[] = {
        {128, 0, 0, 0},
        {193, 0xffffffff, 0xffffffff, UINT64_MAX},
        {242, 0x3f800000, 0x3f800000, UINT64_C(0x3ff0000000000000)},
        {136, 8, 8, 8},
    };
    for (unsigned n = 0; n < SHAPES; n++)
        for (unsigned i = 0; i < 4; i++) {
            if (i == 1 && shapes[n].kind != I8)
                continue; /* a NaN as a float */
            fill(&shapes[n], n + 400);
            uint64_t constant = shapes[n].kind == F64  ? rows[i].f64
                                : shapes[n].kind == I8 ? rows[i].i32
                                                       : rows[i].f32;
            check(&shapes[n], &(struct call){.a = 256, .b = 258, .c = rows[i].code, .d = 48},
                  constant);
        }
}

static void d_may_be_c_a_or_b(void **state)
{
    for (unsigned n = 0; n < SHAPES; n++) {
        fill(&shapes[n], n + 500);
        fill_c(&shapes[n], 16);
        check(&shapes[n], &(struct call){.a = 256, .b = 258, .c = 256 + 16, .d = 16}, 0);
        fill(&shapes[n], n + 600);
        fill_c(&shapes[n], 16);
        check(&shapes[n], &(struct call){.a = 256 + 64, .b = 256 + 66, .c = 256 + 16, .d = 64}, 0);
    }
}

static void exec_is_ignored(void **state)
{
    fill(&shapes[9], 7);
    fill_c(&shapes[9], 16);
    cairn_wave_write64(&wave, CAIRN_CODE_EXEC_LO, 1);
    check(&shapes[9], &(struct call){.a = 256, .b = 258, .c = 256 + 16, .d = 48}, 0);
    cairn_wave_write64(&wave, CAIRN_CODE_EXEC_LO, 0);
    check(&shapes[9], &(struct call){.a = 256, .b = 258, .c = 256 + 16, .d = 48}, 0);
}

static void mode_does_not_matter(void **state)
{
    wave.mode = 0x3; /* round towards zero, flush everything */
    for (unsigned n = 0; n < SHAPES; n += 4) {
        fill(&shapes[n], n + 700);
        fill_c(&shapes[n], 16);
        check(&shapes[n], &(struct call){.a = 256, .b = 258, .c = 256 + 16, .d = 48}, 0);
    }
    wave.mode = 0;
}

static void not_a_number_becomes_the_default_nan(void **state)
{
    fill(&shapes[4], 1);
    for (unsigned lane = 0; lane < 64; lane++)
        registers[0][lane] = 0xffc12345;
    assert_true(run(&shapes[4], &(struct call){.a = 256, .b = 258, .c = 256 + 16, .d = 48}));
    for (unsigned lane = 0; lane < 64; lane++)
        assert_int_equal(registers[48][lane], 0x7fc00000);
}

static void rule_P9_f16_denormals_count_as_zero(void **state)
{
    memset(registers, 0, sizeof registers);
    for (unsigned lane = 0; lane < 64; lane++) {
        registers[0][lane] = 0x00010001, registers[1][lane] = 0x00010001;
        registers[2][lane] = 0x3c003c00, registers[3][lane] = 0x3c003c00;
    }
    assert_true(run(&shapes[9], &(struct call){.a = 256, .b = 258, .c = 128, .d = 48}));
    assert_int_equal(registers[48][0], 0);
}

static void illegal_broadcasts_have_no_handler(void **state)
{
    struct call call = {.a = 256, .b = 258, .c = 256 + 16, .d = 48, .cbsz = 1};
    assert_false(run(&shapes[3], &call)); /* one block */
    call.abid = 2;
    assert_false(run(&shapes[0], &call)); /* no block 2 in a group of two */
    call = (struct call){.a = 256, .b = 258, .c = 256 + 16, .d = 48, .cbsz = 5};
    assert_false(run(&shapes[2], &call));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_shape_multiplies_by_its_layout),
        cmocka_unit_test(operands_may_be_agprs),
        cmocka_unit_test(blocks_of_a_are_broadcast_by_cbsz_and_abid),
        cmocka_unit_test(lanes_of_b_are_moved_by_blgp_and_f64_is_negated),
        cmocka_unit_test(c_may_be_a_constant),
        cmocka_unit_test(d_may_be_c_a_or_b),
        cmocka_unit_test(exec_is_ignored),
        cmocka_unit_test(mode_does_not_matter),
        cmocka_unit_test(not_a_number_becomes_the_default_nan),
        cmocka_unit_test(rule_P9_f16_denormals_count_as_zero),
        cmocka_unit_test(illegal_broadcasts_have_no_handler),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
