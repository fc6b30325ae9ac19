/* SPDX-License-Identifier: MIT
 * VGPR indexing in finalized code against the interpreter: random programs that switch it on and
 * off, move registers under it, with indices in and out of range, and compute in between.
 * More programs: first argument.
 */
#include "native_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LINES = 24, STATES = 3, REGISTERS = 20 };

static unsigned programs = 14;

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t random_bits(void)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state * 0x2545f4914f6cdd1d >> 24);
}

static unsigned below(unsigned limit)
{
    return random_bits() % limit;
}

static int add_line(char *at, size_t size)
{
    unsigned v = 1 + below(REGISTERS - 1), w = 1 + below(REGISTERS - 1), s = 8 + below(4);
    switch (below(12)) {
    case 0:
    case 1:
        return snprintf(at, size, "s_set_gpr_idx_on s%u, %u\n", s, below(16));
    case 2:
        return snprintf(at, size, "s_set_gpr_idx_off\n");
    case 3:
        return snprintf(at, size, "s_set_gpr_idx_idx s%u\n", s);
    case 4:
        return snprintf(at, size, "s_set_gpr_idx_mode %u\n", below(16));
    case 5:
        return snprintf(at, size, "v_mov_b32_e32 v%u, s%u\n", v, s);
    case 6:
        return snprintf(at, size, "v_mov_b32_e32 v%u, 0x%x\n", v, random_bits());
    case 7:
        return snprintf(at, size, "v_add_u32_e32 v%u, v%u, v%u\n", v, w, 1 + below(8));
    case 8:
        return snprintf(at, size, "s_mov_b64 exec, s[%u:%u]\n", 12 + 2 * below(3), 0u);
    case 9:
        return snprintf(at, size, "s_add_u32 s%u, s%u, %u\n", s, s, below(4));
    default:
        return snprintf(at, size, "v_mov_b32_e32 v%u, v%u\n", v, w);
    }
}

static void random_program(char *text, size_t size)
{
    size_t used = 0;
    for (unsigned i = 0; i < LINES; i++) {
        char line[80];
        add_line(line, sizeof line);
        char *pair = strstr(line, ":0]");
        if (pair != NULL) { /* the other half of the mask */
            unsigned first = (unsigned)strtoul(strstr(line, "s[") + 2, NULL, 10);
            snprintf(pair, 8, ":%u]\n", first + 1);
        }
        used += (size_t)snprintf(text + used, size - used, "%s", line);
    }
    used += (size_t)snprintf(text + used, size - used,
                             "s_set_gpr_idx_off\ns_mov_b64 exec, -1\n"
                             "v_lshlrev_b32_e32 v0, 7, v0\n");
    for (unsigned i = 1; i < REGISTERS; i++)
        used += (size_t)snprintf(text + used, size - used,
                                 "global_store_dword v0, v%u, s[6:7] offset:%u\n", i, 4 * i);
}

static void prepare(struct asm_machine *m)
{
    asm_reset(m);
    asm_set_sgpr64(m, 6, (uintptr_t)m->data);
    for (unsigned i = 8; i < 12; i++)
        m->wave->sgpr[i] = below(8) == 0 ? random_bits() : below(12);
    asm_set_sgpr64(m, 12, ~UINT64_C(0));
    asm_set_sgpr64(m, 14, 0x00ff00f0123456f0);
    asm_set_sgpr64(m, 16, random_bits());
    m->wave->sgpr[CAIRN_CODE_M0] = random_bits() & 0xffff00ff;
    for (unsigned i = 1; i < REGISTERS; i++)
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            m->wave->vgpr[i][lane] = random_bits();
}

static bool run_both(struct asm_machine *m, struct cairn_native_code *code, char *what, size_t size)
{
    struct native_state *before = native_capture(m);
    enum cairn_wave_state state = native_run(NULL, m);
    struct native_state *right = native_capture(m);
    native_restore(m, before);
    bool differs = native_run(code, m) != state;
    snprintf(what, size, "another state");
    struct native_state *is = native_capture(m);
    differs = differs || native_differs(right, is, what, size);
    native_free(before);
    native_free(right);
    native_free(is);
    return differs;
}

static unsigned check_program(const char *text, const struct native_options *options)
{
    unsigned failed = 0;
    uint32_t stepped;
    char what[256];
    struct asm_machine *m = asm_create(text);
    m->launch.grid[0]++; /* EXEC may be anything */
    struct cairn_native_code *code = native_compile(m, options, &stepped);
    assert_non_null(code);
    for (unsigned i = 0; i < STATES && failed == 0; i++) {
        prepare(m);
        if (run_both(m, code, what, sizeof what)) {
            print_error("target %d, tier %d: %s\n%s", (int)options->target, (int)options->tier,
                        what, text);
            failed++;
        }
    }
    native_destroy(code);
    asm_destroy(m);
    return failed;
}

static void random_programs_agree(void **state)
{
    (void)state;
    const enum cairn_target_level levels[] = {native_best_target(), CAIRN_TARGET_BASE};
    unsigned failed = 0;
    for (unsigned i = 0; i < programs && failed < 3; i++) {
        static char text[8192];
        struct native_options options = {.target = levels[i % 2],
                                         .tier = i % 4 == 3 ? CAIRN_TIER_FULL : CAIRN_TIER_QUICK};
        random_program(text, sizeof text);
        failed += check_program(text, &options);
    }
    assert_int_equal(failed, 0);
}

/* What compilers make of an array in registers is not left to the interpreter. */
static void elements_of_an_array_are_lifted(void **state)
{
    (void)state;
    uint32_t stepped;
    struct native_options options = {.target = native_best_target()};
    struct asm_machine *m = asm_create("s_set_gpr_idx_on s8, gpr_idx(SRC0)\nv_mov_b32_e32 v1, v2\n"
                                       "s_set_gpr_idx_off\ns_set_gpr_idx_on s9, gpr_idx(DST)\n"
                                       "v_mov_b32_e32 v4, v1\ns_set_gpr_idx_off\n");
    struct cairn_native_code *code = native_compile(m, &options, &stepped);
    assert_non_null(code);
    assert_int_equal(stepped, 0);
    native_destroy(code);
    asm_destroy(m);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        programs = (unsigned)strtoul(argv[1], NULL, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_programs_agree),
        cmocka_unit_test(elements_of_an_array_are_lifted),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
