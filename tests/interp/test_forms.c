/* SPDX-License-Identifier: MIT
 * An operation gives the same bits in every encoding whose modifiers do nothing (e32, e64, SDWA,
 * DPP), and on every level of the host CPU. Random operands of all kinds; no oracle: those are
 * elsewhere.
 */
#include "asm_harness.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* VOP1 and VOP2 operations with all four forms and 32-bit operands. */
static const char *const unary[] = {
    "v_mov_b32",         "v_not_b32",           "v_bfrev_b32",        "v_ffbh_u32",
    "v_ffbl_b32",        "v_ffbh_i32",          "v_cvt_f32_i32",      "v_cvt_f32_u32",
    "v_cvt_u32_f32",     "v_cvt_i32_f32",       "v_cvt_f16_f32",      "v_cvt_f32_f16",
    "v_cvt_rpi_i32_f32", "v_cvt_flr_i32_f32",   "v_cvt_off_f32_i4",   "v_cvt_f32_ubyte0",
    "v_cvt_f32_ubyte3",  "v_fract_f32",         "v_trunc_f32",        "v_ceil_f32",
    "v_rndne_f32",       "v_floor_f32",         "v_exp_f32",          "v_log_f32",
    "v_rcp_f32",         "v_rsq_f32",           "v_sqrt_f32",         "v_sin_f32",
    "v_cos_f32",         "v_frexp_exp_i32_f32", "v_frexp_mant_f32",   "v_cvt_f16_u16",
    "v_cvt_f16_i16",     "v_cvt_u16_f16",       "v_cvt_i16_f16",      "v_rcp_f16",
    "v_sqrt_f16",        "v_rsq_f16",           "v_log_f16",          "v_exp_f16",
    "v_frexp_mant_f16",  "v_frexp_exp_i16_f16", "v_floor_f16",        "v_ceil_f16",
    "v_trunc_f16",       "v_rndne_f16",         "v_fract_f16",        "v_sin_f16",
    "v_cos_f16",         "v_cvt_norm_i16_f16",  "v_cvt_norm_u16_f16", "v_sat_pk_u8_i16",
};
static const char *const binary[] = {
    "v_add_f32",        "v_sub_f32",     "v_subrev_f32",     "v_mul_f32",     "v_mul_i32_i24",
    "v_mul_hi_i32_i24", "v_mul_u32_u24", "v_mul_hi_u32_u24", "v_min_f32",     "v_max_f32",
    "v_min_i32",        "v_max_i32",     "v_min_u32",        "v_max_u32",     "v_lshrrev_b32",
    "v_ashrrev_i32",    "v_lshlrev_b32", "v_and_b32",        "v_or_b32",      "v_xor_b32",
    "v_add_f16",        "v_sub_f16",     "v_subrev_f16",     "v_mul_f16",     "v_add_u16",
    "v_sub_u16",        "v_subrev_u16",  "v_mul_lo_u16",     "v_lshlrev_b16", "v_lshrrev_b16",
    "v_ashrrev_i16",    "v_max_f16",     "v_min_f16",        "v_max_u16",     "v_max_i16",
    "v_min_u16",        "v_min_i16",     "v_ldexp_f16",      "v_add_u32",     "v_sub_u32",
    "v_subrev_u32",     "v_xnor_b32",
};
/* One form each; for the comparison between CPU levels. %s's are v[2:3], v[4:5], v[6:7]. */
static const char *const others[] = {
    "v_fma_f32 v8, v2, v4, v6",
    "v_fma_f16 v8, v2, v4, v6",
    "v_fma_f64 v[8:9], v[2:3], v[4:5], v[6:7]",
    "v_add_f64 v[8:9], v[2:3], v[4:5]",
    "v_mul_f64 v[8:9], v[2:3], v[4:5]",
    "v_min_f64 v[8:9], v[2:3], v[4:5]",
    "v_rcp_f64 v[8:9], v[2:3]",
    "v_rsq_f64 v[8:9], v[2:3]",
    "v_sqrt_f64 v[8:9], v[2:3]",
    "v_ldexp_f64 v[8:9], v[2:3], v4",
    "v_cvt_f32_f64 v8, v[2:3]",
    "v_cvt_f64_f32 v[8:9], v2",
    "v_cvt_i32_f64 v8, v[2:3]",
    "v_cvt_f64_u32 v[8:9], v2",
    "v_rndne_f64 v[8:9], v[2:3]",
    "v_fract_f64 v[8:9], v[2:3]",
    "v_pk_fma_f32 v[8:9], v[2:3], v[4:5], v[6:7]",
    "v_pk_mul_f32 v[8:9], v[2:3], v[4:5] op_sel:[1,0] op_sel_hi:[0,1] neg_lo:[1,0]",
    "v_pk_fma_f16 v8, v2, v4, v6",
    "v_pk_add_f16 v8, v2, v4 op_sel:[1,0] op_sel_hi:[0,1] neg_hi:[0,1]",
    "v_pk_mad_i16 v8, v2, v4, v6 clamp",
    "v_dot2_f32_f16 v8, v2, v4, v6",
    "v_dot4_i32_i8 v8, v2, v4, v6 clamp",
    "v_dot8_u32_u4 v8, v2, v4, v6",
    "v_fma_mix_f32 v8, v2, v4, v6 op_sel:[1,0,0] op_sel_hi:[1,1,0]",
    "v_fma_mixlo_f16 v8, v2, -v4, |v6| op_sel_hi:[0,1,1]",
    "v_div_scale_f32 v8, vcc, v2, v2, v4",
    "v_div_fmas_f32 v8, v2, v4, v6",
    "v_div_fixup_f32 v8, v2, v4, v6",
    "v_div_scale_f64 v[8:9], vcc, v[2:3], v[2:3], v[4:5]",
    "v_div_fmas_f64 v[8:9], v[2:3], v[4:5], v[6:7]",
    "v_div_fixup_f64 v[8:9], v[2:3], v[4:5], v[6:7]",
    "v_mad_u64_u32 v[8:9], vcc, v2, v4, v[6:7]",
    "v_med3_f32 v8, v2, v4, v6",
    "v_max3_f16 v8, v2, v4, v6",
    "v_perm_b32 v8, v2, v4, v6",
    "v_lerp_u8 v8, v2, v4, v6",
    "v_qsad_pk_u16_u8 v[8:9], v[2:3], v4, v[6:7]",
    "v_bfe_i32 v8, v2, v4, v6",
    "v_cvt_pkrtz_f16_f32 v8, v2, v4",
    "v_cvt_pknorm_i16_f32 v8, v2, v4",
    "v_cmp_lt_f32 vcc, v2, v4\nv_cndmask_b32 v8, v2, v4, vcc",
    "v_cmp_class_f64 vcc, v[2:3], v4\nv_cndmask_b32 v8, v2, v4, vcc",
    "v_cmp_nge_f16 vcc, v2, v4\nv_cndmask_b32 v8, v2, v4, vcc",
    "v_add_f32_e64 v8, -v2, |v4| clamp",
    "v_add_f32_dpp v8, v2, v4 row_ror:5 row_mask:0xf bank_mask:0x7 bound_ctrl:1",
    "v_mul_f16_sdwa v8, v2, v4 dst_sel:WORD_1 src0_sel:WORD_1 src1_sel:BYTE_3",
    "v_ldexp_f32 v8, v2, v4",
    "v_trig_preop_f64 v[8:9], v[2:3], v4",
    "v_cubeid_f32 v8, v2, v4, v6",
    "v_mad_f32 v8, v2, v4, v6",
    "v_mfma_f32_16x16x16f16 v[8:11], v[2:3], v[4:5], v[12:15]",
};
#define COUNT(a) (sizeof(a) / sizeof(a)[0])
enum { SLOT_SHIFT = 7, FORMS = 4 };

static uint64_t random_state;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1d;
}

static uint32_t pick_value(void)
{
    static const uint32_t edges[] = {0,          1,          0x80000000, 0x7f800000, 0xff800000,
                                     0x7fc00000, 0x7f800001, 0x3f800000, 0xbf800000, 0x00800000,
                                     0x3c003c00, 0x7c00fc00, 0x7e007c01, 0x00010400, 0x7fffffff,
                                     0xffffffff, 0x7ff00000, 0x3ff00000, 0x41d00000, 0x00000010};
    uint64_t r = random_bits();
    if (r % 4 == 0)
        return edges[(r >> 8) % COUNT(edges)];
    if (r % 4 == 1)
        return (uint32_t)(r >> 16) % 0x20000000 + 0x30000000; /* moderate floats */
    return (uint32_t)(r >> 16);
}

static void fill(struct asm_machine *m, unsigned row)
{
    asm_reset(m);
    m->wave->pc = m->code.base + ((uint64_t)row << SLOT_SHIFT);
    for (unsigned n = 2; n < 16; n++)
        for (unsigned lane = 0; lane < 64; lane++)
            m->wave->vgpr[n][lane] = pick_value();
    for (unsigned n = 8; n < 12; n++)
        for (unsigned lane = 0; lane < 64; lane++)
            m->wave->vgpr[n][lane] = 0x12345678;
    asm_set_sgpr64(m, 106, random_bits());
}

static char *add_forms(char *at, const char *name, bool is_binary)
{
    const char *more = is_binary ? ", v4" : "", *sel = is_binary ? " src1_sel:DWORD" : "";
    return at +
           sprintf(at,
                   ".p2align %d\n%s_e32 v8, v2%s\n%s_e64 v9, v2%s\n"
                   "%s_sdwa v10, v2%s dst_sel:DWORD src0_sel:DWORD%s\n"
                   "%s_dpp v11, v2%s quad_perm:[0,1,2,3] row_mask:0xf bank_mask:0xf\ns_endpgm\n",
                   SLOT_SHIFT, name, more, name, more, name, more, sel, name, more);
}

static struct asm_machine *assemble_forms(void)
{
    char *text = malloc(1 << 16), *at = text;
    for (size_t i = 0; i < COUNT(unary); i++)
        at = add_forms(at, unary[i], false);
    for (size_t i = 0; i < COUNT(binary); i++)
        at = add_forms(at, binary[i], true);
    struct asm_machine *m = asm_create(text);
    free(text);
    return m;
}

static void all_encodings_agree(void **state)
{
    static const char *const forms[FORMS] = {"e32", "e64", "sdwa", "dpp"};
    struct asm_machine *m = assemble_forms();
    unsigned failed = 0;
    random_state = 1234567;
    for (unsigned i = 0; i < COUNT(unary) + COUNT(binary); i++)
        for (unsigned round = 0; round < 10; round++) {
            const char *name = i < COUNT(unary) ? unary[i] : binary[i - COUNT(unary)];
            unsigned bad = 0;
            fill(m, i);
            if (asm_run(m) != CAIRN_WAVE_DONE)
                fail_msg("%s: %s", m->wave->fault.insn_name, cairn_fault_text(m->wave->fault.kind));
            for (unsigned form = 1; form < FORMS && !bad; form++)
                for (unsigned lane = 0; lane < 64 && !bad; lane++) {
                    uint32_t expected = m->wave->vgpr[8][lane], got = m->wave->vgpr[8 + form][lane];
                    bad = got != expected;
                    if (bad)
                        print_error("%s_%s(%#x, %#x): %#x, not %#x\n", name, forms[form],
                                    m->wave->vgpr[2][lane], m->wave->vgpr[4][lane], got, expected);
                }
            failed += bad;
        }
    asm_destroy(m);
    assert_int_equal(failed, 0);
}

/* ---- MODE: kernels made for a usual setting against those that obey any. FP16_OVFL, which only
 * f16 looks at, selects the latter. */

enum { FP16_OVFL = 1 << 23 };

static struct asm_machine *assemble_others(void)
{
    char *text = malloc(1 << 16), *at = text;
    for (size_t i = 0; i < COUNT(others); i++)
        at += sprintf(at, ".p2align %d\n%s\ns_endpgm\n", SLOT_SHIFT, others[i]);
    struct asm_machine *m = asm_create(text);
    free(text);
    return m;
}

static uint64_t hash_results(struct asm_machine *m, unsigned row, uint64_t seed, uint32_t mode);

static unsigned compare_modes(struct asm_machine *m, unsigned row, const char *name)
{
    static const uint32_t modes[] = {0x3f0, 0x3c0};
    unsigned failed = 0;
    if (strstr(name, "f16") != NULL)
        return 0;
    for (unsigned i = 0; i < COUNT(modes); i++)
        for (uint64_t seed = 1; seed < 6; seed++) {
            uint64_t quick = hash_results(m, row, seed, modes[i]);
            uint64_t general = hash_results(m, row, seed, modes[i] | FP16_OVFL);
            failed += quick != general;
        }
    if (failed)
        print_error("%s: depends on which kernel runs\n", name);
    return failed;
}

static void kernels_for_usual_modes_agree_with_the_general_ones(void **state)
{
    unsigned failed = 0;
    struct asm_machine *m = assemble_forms();
    for (unsigned i = 0; i < COUNT(unary) + COUNT(binary); i++)
        failed += compare_modes(m, i, i < COUNT(unary) ? unary[i] : binary[i - COUNT(unary)]);
    asm_destroy(m);
    m = assemble_others();
    for (unsigned i = 0; i < COUNT(others); i++)
        failed += compare_modes(m, i, others[i]);
    asm_destroy(m);
    assert_int_equal(failed, 0);
}

/* ---- CPU levels: a child for each, as the level is chosen once a process */

static uint64_t mix(uint64_t hash, uint32_t value)
{
    return (hash ^ value) * UINT64_C(0x100000001b3);
}

static uint64_t hash_results(struct asm_machine *m, unsigned row, uint64_t seed, uint32_t mode)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    random_state = seed * 0x9e3779b97f4a7c15;
    fill(m, row);
    m->wave->mode = mode;
    asm_run(m);
    for (unsigned n = 8; n < 12; n++)
        for (unsigned lane = 0; lane < 64; lane++)
            hash = mix(hash, m->wave->vgpr[n][lane]);
    return mix(mix(hash, m->wave->sgpr[106]), m->wave->sgpr[107]);
}

static uint64_t hash_run(struct asm_machine *m, unsigned row)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);
    for (unsigned round = 0; round < 12; round++) {
        fill(m, row);
        if (round % 2)
            asm_set_exec(m, random_bits());
        if (round >= 8) /* f32 denormals flushed; rounding up */
            m->wave->mode = round < 10 ? 0x3c0 : 0x3f5;
        asm_run(m);
        hash = mix(hash, m->wave->state);
        for (unsigned n = 8; n < 12; n++)
            for (unsigned lane = 0; lane < 64; lane++)
                hash = mix(hash, m->wave->vgpr[n][lane]);
        hash = mix(mix(hash, m->wave->sgpr[106]), m->wave->sgpr[107]);
    }
    return hash;
}

enum { HASHES = COUNT(unary) + COUNT(binary) + COUNT(others) };

static void hash_all(uint64_t hashes[HASHES])
{
    unsigned count = 0;
    random_state = 7654321;
    struct asm_machine *m = assemble_forms();
    for (unsigned i = 0; i < COUNT(unary) + COUNT(binary); i++)
        hashes[count++] = hash_run(m, i);
    asm_destroy(m);
    m = assemble_others();
    for (unsigned i = 0; i < COUNT(others); i++)
        hashes[count++] = hash_run(m, i);
    asm_destroy(m);
}

static void hash_in_child(const char *level, uint64_t hashes[HASHES])
{
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
        setenv("CAIRN_TARGET_CPU", level, 1);
        hash_all(hashes);
        size_t size = HASHES * sizeof hashes[0];
        _exit(write(ends[1], hashes, size) == (ssize_t)size ? 0 : 1);
    }
    close(ends[1]);
    size_t got = 0;
    for (ssize_t n = 1; n > 0 && got < HASHES * sizeof hashes[0]; got += (size_t)(n > 0 ? n : 0))
        n = read(ends[0], (char *)hashes + got, HASHES * sizeof hashes[0] - got);
    close(ends[0]);
    int status;
    waitpid(child, &status, 0);
    assert_int_equal(status, 0);
    assert_int_equal(got, HASHES * sizeof hashes[0]);
}

static void all_cpu_levels_agree(void **state)
{
    static uint64_t base[HASHES], other[HASHES];
    unsigned failed = 0;
    hash_in_child("base", base);
    for (unsigned level = 0; level < 2; level++) {
        static const char *const levels[] = {"x86-64-v3", "x86-64-v4"};
        hash_in_child(levels[level], other);
        for (unsigned i = 0; i < HASHES; i++) {
            if (base[i] == other[i])
                continue;
            unsigned k = i - COUNT(unary);
            print_error("%s differs from base: %s\n", levels[level],
                        i < COUNT(unary)    ? unary[i]
                        : k < COUNT(binary) ? binary[k]
                                            : others[k - COUNT(binary)]);
            failed++;
        }
    }
    assert_int_equal(failed, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_cpu_levels_agree), /* first: it forks before a level is chosen */
        cmocka_unit_test(all_encodings_agree),
        cmocka_unit_test(kernels_for_usual_modes_agree_with_the_general_ones),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
