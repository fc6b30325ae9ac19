/* SPDX-License-Identifier: MIT
 * Instructions that look at other lanes, interpreter against finalizer: random straight programs of
 * DPP, swizzles, permutes, lane reads and writes, between plain instructions and changes of EXEC.
 * LIFT_CROSS_PROGRAMS: how many programs; LIFT_CROSS_SEED: of the first.
 */
#include "native_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum { INSNS = 14, REGS = 12, /* v2..; v0 has a known shape */ TEXT_BYTES = 4096, END_SGPR = 60 };

static uint64_t state;

static uint64_t random64(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t x = state ^ state >> 29;
    return x * UINT64_C(0xbf58476d1ce4e5b9) ^ x >> 32;
}

static unsigned below(unsigned limit)
{
    return (unsigned)(random64() >> 33) % limit;
}

/* ---- programs */

struct text {
    char bytes[TEXT_BYTES];
    size_t used;
};

__attribute__((format(printf, 2, 3))) static void add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(text->bytes + text->used, TEXT_BYTES - text->used, format, arguments);
    va_end(arguments);
    assert_true(length > 0 && text->used + (size_t)length < TEXT_BYTES);
    text->used += (size_t)length;
}

static unsigned any(void)
{
    return 2 + below(REGS);
}

static void add_dpp(struct text *text)
{
    static const char *const fixed[] = {"row_mirror",   "row_half_mirror", "row_bcast:15",
                                        "row_bcast:31", "wave_shl:1",      "wave_rol:1",
                                        "wave_shr:1",   "wave_ror:1"};
    static const char *const counted[] = {"row_shl", "row_shr", "row_ror", "row_newbcast"};
    unsigned d = any(), a = any(), b = any(), kind = below(3);
    switch (below(7)) {
    case 6: /* of 64 bits: one control only */
        d &= ~1u, a &= ~1u;
        add(text, "v_rndne_f64_dpp v[%u:%u], v[%u:%u] row_newbcast:%u", d, d + 1, a, a + 1,
            below(16));
        kind = 3;
        break;
    case 0:
        add(text, "v_mov_b32_dpp v%u, v%u ", d, a);
        break;
    case 1:
        add(text, "v_add_co_u32_dpp v%u, vcc, v%u, v%u ", d, a, b);
        break;
    case 2:
        add(text, "v_sub_u32_dpp v%u, v%u, v%u ", d, a, b);
        break;
    case 3:
        add(text, "v_cmp_gt_u32_sdwa vcc, v%u, v%u src0_sel:DWORD src1_sel:DWORD\n", a, b);
        return;
    case 4:
        add(text, "v_cndmask_b32_dpp v%u, v%u, v%u, vcc ", d, a, b);
        break;
    default:
        add(text, "v_cvt_f32_u32_dpp v%u, v%u ", d, a);
        break;
    }
    if (kind == 0)
        add(text, "quad_perm:[%u,%u,%u,%u]", below(4), below(4), below(4), below(4));
    else if (kind == 1)
        add(text, "%s", fixed[below(8)]);
    else if (kind == 2)
        add(text, "%s:%u", counted[below(4)], 1 + below(15));
    if (below(2))
        add(text, " row_mask:0x%x bank_mask:0x%x", below(16), below(16));
    else
        add(text, " row_mask:0xf bank_mask:0xf");
    add(text, "%s\n", below(2) ? " bound_ctrl:0" : "");
}

static void add_lane_number(struct text *text)
{
    if (below(2))
        add(text, "%u\n", below(64));
    else
        add(text, "s%u\n", 30 + below(8));
}

static void add_across(struct text *text)
{
    unsigned d = any(), a = any(), b = any();
    switch (below(7)) {
    case 0:
        add(text, "v_readlane_b32 s%u, v%u, ", 30 + below(8), a);
        add_lane_number(text);
        break;
    case 1:
        add(text, "v_readfirstlane_b32 s%u, v%u\n", 30 + below(8), a);
        break;
    case 2:
        add(text, "v_writelane_b32 v%u, s%u, ", d, 30 + below(8));
        if (below(2))
            add(text, "%u\n", below(64));
        else
            add(text, "m0\n");
        break;
    case 3:
        add(text, "ds_swizzle_b32 v%u, v%u offset:%u\n", d, a, below(65536));
        break;
    case 4:
        add(text, "ds_permute_b32 v%u, v%u, v%u offset:%u\n", d, a, b, below(2) * below(300));
        break;
    default:
        add(text, "ds_bpermute_b32 v%u, v%u, v%u offset:%u\n", d, a, b, below(2) * below(300));
    }
}

static void add_plain(struct text *text)
{
    unsigned d = any(), a = any(), b = any(), pair = 40 + 2 * below(4);
    switch (below(8)) {
    case 0:
        add(text, "s_mov_b64 exec, s[%u:%u]\n", pair, pair + 1);
        break;
    case 1:
        add(text, "s_mov_b64 exec, -1\n");
        break;
    case 2:
        add(text, "v_cmpx_gt_u32_e32 vcc, v%u, v%u\n", a, b);
        break;
    case 3:
        add(text, "s_add_u32 s%u, s%u, s%u\n", 30 + below(8), 30 + below(8), 30 + below(8));
        break;
    case 4:
        add(text, "s_mov_b32 m0, s%u\n", 30 + below(8));
        break;
    case 5:
        add(text, "v_mbcnt_lo_u32_b32 v%u, s%u, v%u\n", d, 30 + below(8), b);
        break;
    default:
        add(text, "v_add_u32_e32 v%u, v%u, v%u\n", d, a, b);
    }
}

/* The jump, whose target only the machine knows, keeps all registers alive. */
static void make_program(struct text *text)
{
    text->used = 0;
    add(text, "s_mov_b64 exec, s[40:41]\n");
    for (unsigned i = 0; i < INSNS; i++) {
        unsigned kind = below(5);
        if (kind < 2)
            add_dpp(text);
        else if (kind < 4)
            add_across(text);
        else
            add_plain(text);
    }
    add(text, "s_setpc_b64 s[%u:%u]\n", END_SGPR, END_SGPR + 1);
}

/* ---- both engines */

/* All rows: the programs keep them alive. */
static void check_rows(const struct asm_machine *machine, const uint32_t *expected,
                       const char *text)
{
    const uint32_t *got = machine->wave->vgpr[0];
    for (unsigned i = 0; i < ASM_VGPRS * CAIRN_WAVE_LANES; i++)
        if (got[i] != expected[i])
            fail_msg("row %u lane %u: %#x, %#x\n%s", i / CAIRN_WAVE_LANES, i % CAIRN_WAVE_LANES,
                     expected[i], got[i], text);
}

static uint64_t random_mask(void)
{
    switch (below(6)) {
    case 0:
        return UINT64_MAX;
    case 1:
        return 0;
    case 2:
        return UINT64_C(1) << below(64);
    default:
        return random64();
    }
}

static void fill(struct asm_machine *machine)
{
    struct cairn_wave *wave = machine->wave;
    for (unsigned i = 1; i < REGS + 4; i++)
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            wave->vgpr[i][lane] = below(2) ? (uint32_t)random64() : below(256);
    for (unsigned i = 30; i < 38; i++)
        wave->sgpr[i] = (uint32_t)random64();
    for (unsigned i = 0; i < 4; i++)
        asm_set_sgpr64(machine, 40 + 2 * i, random_mask());
    asm_set_sgpr64(machine, CAIRN_CODE_VCC_LO, random64());
    asm_set_sgpr64(machine, END_SGPR, machine->code.base + machine->code.size - 4);
    wave->sgpr[CAIRN_CODE_M0] = (uint32_t)random64();
}

static void compare(struct asm_machine *machine, const struct native_options *options,
                    const char *text)
{
    enum { FILLS = 4 };
    static uint32_t rows[ASM_VGPRS * CAIRN_WAVE_LANES];
    uint32_t stepped;
    char why[256];
    struct cairn_native_code *code = native_compile(machine, options, &stepped);
    assert_non_null(code);
    if (stepped != 0)
        fail_msg("%u instructions are not lifted:\n%s", stepped, text);
    for (unsigned i = 0; i < FILLS; i++) {
        asm_reset(machine);
        fill(machine);
        struct native_state *start = native_capture(machine);
        assert_int_equal(native_run(NULL, machine), CAIRN_WAVE_DONE);
        struct native_state *expected = native_capture(machine);
        memcpy(rows, machine->wave->vgpr, sizeof rows);
        native_restore(machine, start);
        assert_int_equal(native_run(code, machine), CAIRN_WAVE_DONE);
        check_rows(machine, rows, text);
        struct native_state *got = native_capture(machine);
        if (native_differs(expected, got, why, sizeof why))
            fail_msg("target %u tier %u: %s\n%s", options->target, options->tier, why, text);
        native_free(start);
        native_free(expected);
        native_free(got);
    }
    native_destroy(code);
}

static unsigned wanted_programs(unsigned usual)
{
    const char *count = getenv("LIFT_CROSS_PROGRAMS");
    return count != NULL ? (unsigned)atoi(count) : usual;
}

static uint64_t first_seed(void)
{
    const char *seed = getenv("LIFT_CROSS_SEED");
    return seed != NULL ? strtoull(seed, NULL, 0) : 1;
}

static void random_programs_do_the_same(void **unused)
{
    (void)unused;
    unsigned programs = wanted_programs(40);
    uint64_t first = first_seed();
    for (unsigned i = 0; i < programs; i++) {
        struct text text;
        state = (first + i) * UINT64_C(0x9e3779b97f4a7c15);
        make_program(&text);
        struct asm_machine *machine = asm_create(text.bytes);
        for (enum cairn_target_level t = CAIRN_TARGET_BASE; t <= native_best_target(); t++) {
            struct native_options options = {.target = t, .tier = i % 4 == 0, .exact_nan = true};
            compare(machine, &options, text.bytes);
        }
        asm_destroy(machine);
    }
}

/* ---- merged waves: nothing but vector registers and masks differs between them */

enum { ITEMS = 256, OUTPUT = 65536 };

static void add_for_all_waves(struct text *text)
{
    unsigned d = any(), a = any(), b = any();
    switch (below(10)) {
    case 0:
        add(text, "v_cmpx_gt_u32_e32 vcc, v%u, v%u\n", a, b);
        break;
    case 1:
        add(text, "s_mov_b64 exec, -1\n");
        break;
    case 2:
        add(text, "v_writelane_b32 v%u, s%u, %u\n", d, 30 + below(8), below(64));
        break;
    case 3:
        add(text, "ds_swizzle_b32 v%u, v%u offset:%u\n", d, a, below(65536));
        break;
    case 4:
    case 5:
        add(text, "ds_bpermute_b32 v%u, v%u, v%u\n", d, a, b);
        break;
    case 6:
        add(text, "v_add_u32_e32 v%u, v%u, v%u\n", d, a, b);
        break;
    default:
        add_dpp(text);
    }
}

static void make_merged_program(struct text *text)
{
    text->used = 0;
    add(text, "v_lshlrev_b32 v15, 2, v0\n");
    for (unsigned i = 2; i < 2 + REGS; i++)
        add(text, "v_add_u32 v14, %u, v15\n global_load_dword v%u, v14, s[2:3]\n", i * 4 * ITEMS,
            i);
    add(text, "s_waitcnt 0\ns_barrier\n");
    for (unsigned i = 0; i < INSNS; i++)
        add_for_all_waves(text);
    add(text, "s_mov_b64 exec, -1\n");
    for (unsigned i = 2; i < 2 + REGS; i++)
        add(text, "v_add_u32 v14, %u, v15\n global_store_dword v14, v%u, s[2:3]\n",
            OUTPUT + i * 4 * ITEMS, i);
}

static void fill_group(struct asm_machine *machine)
{
    for (unsigned i = 0; i < OUTPUT / 4; i++)
        ((uint32_t *)machine->data)[i] = below(2) ? (uint32_t)random64() : below(256);
    for (uint32_t w = 0; w < machine->group.wave_count; w++) {
        struct cairn_wave *wave = &machine->group.waves[w];
        cairn_wave_write64(wave, 2, (uintptr_t)machine->data);
        for (unsigned i = 30; i < 38; i++)
            wave->sgpr[i] = 0x1234567 * i;
    }
}

/* Only what is in memory counts: the program ends. */
static bool compare_merged(struct asm_machine *machine, const struct native_options *options,
                           const char *text)
{
    static uint8_t expected[ASM_DATA_BYTES];
    struct cairn_native_code *code = native_compile(machine, options, NULL);
    assert_non_null(code);
    asm_reset(machine);
    fill_group(machine);
    struct native_state *start = native_capture(machine);
    assert_int_equal(native_run(NULL, machine), CAIRN_WAVE_DONE);
    memcpy(expected, machine->data, sizeof expected);
    native_restore(machine, start);
    bool merged = native_run_group(code, machine);
    for (unsigned i = OUTPUT; i < ASM_DATA_BYTES; i += 4)
        if (memcmp(expected + i, machine->data + i, 4) != 0)
            fail_msg("target %u: v%u item %u differs\n%s", options->target,
                     (i - OUTPUT) / 4 / ITEMS, (i - OUTPUT) / 4 % ITEMS, text);
    native_free(start);
    native_destroy(code);
    return merged;
}

static void merged_waves_do_the_same(void **unused)
{
    (void)unused;
    unsigned merged = 0, programs = wanted_programs(12);
    uint64_t first = first_seed();
    for (unsigned i = 0; i < programs; i++) {
        struct text text;
        state = (first + i) * UINT64_C(0x9e3779b97f4a7c15);
        make_merged_program(&text);
        struct asm_machine *machine = asm_create_items(text.bytes, ITEMS);
        machine->launch.private_bytes = 0;
        for (enum cairn_target_level t = CAIRN_TARGET_BASE; t <= native_best_target(); t++) {
            struct native_options options = {
                .target = t, .tier = i % 4 == 0, .exact_nan = true, .merged = true};
            merged += compare_merged(machine, &options, text.bytes);
        }
        asm_destroy(machine);
    }
    assert_in_range(merged, programs, UINT32_MAX);
}

/* ---- faults */

/* The address of a store in a later chunk comes from lane 0 or 31: what the interpreter does again
 * after a fault must find it. v5: far away in these lanes; v6: 1 from lane 32 on, else 0. */
static const char *const faults[] = {
    "v_mov_b32 v1, 0\n ds_bpermute_b32 v2, v1, v5\n v_mul_lo_u32 v2, v2, v6\n"
    "global_store_dword v2, v5, s[2:3]",
    "v_mov_b32_dpp v2, v5 wave_shr:1 row_mask:0xf bank_mask:0xf bound_ctrl:0\n"
    "v_mul_lo_u32 v2, v2, v6\n global_store_dword v2, v5, s[2:3]",
    "v_add_u32 v1, 4, v5\n v_readfirstlane_b32 s20, v5\n v_mul_lo_u32 v2, s20, v6\n"
    "global_store_dword v2, v1, s[2:3]",
    "v_add_u32 v1, 4, v5\n v_readlane_b32 s20, v5, 31\n v_mul_lo_u32 v2, s20, v6\n"
    "global_store_dword v2, v1, s[2:3]",
};

static void run_fault(const char *text)
{
    struct asm_machine *machine = asm_create(text);
    for (enum cairn_target_level t = CAIRN_TARGET_BASE; t <= native_best_target(); t++) {
        struct native_options options = {.target = t, .tier = CAIRN_TIER_FULL};
        struct cairn_native_code *code = native_compile(machine, &options, NULL);
        char why[256];
        assert_non_null(code);
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
            machine->wave->vgpr[5][lane] = lane % 31 == 0 ? 0x10000000 : 4 * lane;
            machine->wave->vgpr[6][lane] = lane >= 32;
        }
        asm_set_sgpr64(machine, 2, (uintptr_t)machine->data);
        struct native_state *start = native_capture(machine);
        assert_int_equal(native_run(NULL, machine), CAIRN_WAVE_FAULTED);
        struct cairn_fault expected = machine->wave->fault;
        native_restore(machine, start);
        assert_int_equal(native_run(code, machine), CAIRN_WAVE_FAULTED);
        struct cairn_fault got = machine->wave->fault;
        snprintf(why, sizeof why, "target %u: pc %+lld, lane %d, %d; address %#llx, %#llx", t,
                 (long long)(got.pc - expected.pc), expected.lane, got.lane,
                 (unsigned long long)expected.address, (unsigned long long)got.address);
        if (expected.kind != got.kind || expected.pc != got.pc || expected.lane != got.lane ||
            expected.address != got.address)
            fail_msg("%s\n%s", why, text);
        native_free(start);
        native_destroy(code);
        asm_reset(machine);
    }
    asm_destroy(machine);
}

static void faults_behind_looks_across_are_the_interpreters(void **unused)
{
    (void)unused;
    for (size_t i = 0; i < sizeof faults / sizeof faults[0]; i++)
        run_fault(faults[i]);
}

int main(void)
{
    setenv("CAIRN_VERIFY", "1", true);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_programs_do_the_same),
        cmocka_unit_test(merged_waves_do_the_same),
        cmocka_unit_test(faults_behind_looks_across_are_the_interpreters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
