/* SPDX-License-Identifier: MIT
 * Lane masks in finalized code against the interpreter: random programs of comparisons, selects,
 * bit operations on masks, EXEC changes, and scalar reads of masks that lanes have just made. More
 * programs: first argument.
 */
#include "native_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LINES = 40, STATES = 10 };

static unsigned programs = 12;

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint64_t random_bits(void)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state * 0x2545f4914f6cdd1d >> 8;
}

static unsigned below(unsigned limit)
{
    return (unsigned)(random_bits() % limit);
}

/* ---- programs as text */

static const char *mask(void)
{
    static const char *const masks[] = {"s[10:11]", "s[12:13]", "s[14:15]", "s[16:17]",
                                        "s[18:19]", "vcc",      "exec"};
    return masks[below(7)];
}

static const char *mask_source(void)
{
    static const char *const others[] = {"0", "-1", "0x0f0f0f0f", "7", "s[20:21]"};
    return below(5) == 0 ? others[below(5)] : mask();
}

static const char *mask_result(void) /* EXEC is not emptied too often */
{
    const char *name = mask();
    return strcmp(name, "exec") == 0 && below(3) ? "vcc" : name;
}

static void add_line(char *line, size_t size)
{
    static const char *const two[] = {"and", "or", "xor", "andn2", "orn2", "nand", "nor", "xnor"};
    static const char *const saves[] = {"and",  "or",  "xor",  "andn2", "orn2",
                                        "nand", "nor", "xnor", "andn1", "orn1"};
    static const char *const compares[] = {"lt_u32", "eq_u32", "gt_i32", "ne_u32", "le_u32"};
    unsigned v = 1 + below(6), w = 1 + below(6), x = 1 + below(6); /* v0: as at entry */
    switch (below(14)) {
    case 0:
    case 1:
    case 2:
        snprintf(line, size, "v_cmp_%s_e64 %s, v%u, v%u", compares[below(5)], mask_result(), v, w);
        break;
    case 3:
        snprintf(line, size, "v_cndmask_b32_e64 v%u, v%u, v%u, %s", v, w, x,
                 below(4) ? mask() : "s[20:21]");
        break;
    case 4:
        snprintf(line, size, "v_add_u32 v%u, v%u, v%u", v, w, x);
        break;
    case 5:
        snprintf(line, size, "v_addc_co_u32_e64 v%u, %s, v%u, v%u, %s", v, mask_result(), w, x,
                 mask());
        break;
    case 6:
    case 7:
    case 8:
        snprintf(line, size, "s_%s_b64 %s, %s, %s", two[below(8)], mask_result(), mask_source(),
                 mask());
        break;
    case 9:
        snprintf(line, size, "s_%s_saveexec_b64 %s, %s", saves[below(10)], mask(), mask());
        break;
    case 10:
        snprintf(line, size, "s_mov_b64 %s, %s", below(2) ? "exec" : mask(), mask_source());
        break;
    case 11:
        snprintf(line, size, below(2) ? "s_cselect_b64 %s, %s, %s" : "s_not_b64 %s, %s",
                 mask_result(), mask(), mask_source());
        break;
    case 12:
        snprintf(line, size, "s_bcnt1_i32_b64 s%u, %s", 22 + below(4), mask());
        break;
    default:
        snprintf(line, size,
                 below(2) ? "s_cselect_b32 s26, 3, 5\n s_mul_i32 s27, s27, s26"
                          : "s_andn%u_wrexec_b64 %s, %s",
                 1 + below(2), mask(), mask());
        break;
    }
}

struct program {
    char lines[LINES][128];
    unsigned count;
};

static void random_program(struct program *program)
{
    program->count = 0;
    while (program->count < LINES) {
        char *line = program->lines[program->count++];
        if (below(8) == 0)
            strcpy(line, "s_or_b64 exec, exec, s[20:21]");
        else
            add_line(line, sizeof program->lines[0]);
        if (strstr(line, "0x0f0f0f0f, 0") != NULL || strstr(line, "0x0f0f0f0f, -") != NULL)
            program->count--; /* one literal is the most, of whatever value */
    }
}

/* Vector registers go to LDS in the end, where they can be seen. */
static void write_text(const struct program *program, char *text, size_t size)
{
    size_t at = (size_t)snprintf(text, size, "s_mov_b64 exec, s[30:31]\n"); /* full before */
    for (unsigned i = 0; i < program->count; i++)
        at += (size_t)snprintf(text + at, size - at, "%s\n", program->lines[i]);
    at += (size_t)snprintf(text + at, size - at, "s_mov_b64 s[28:29], exec\n s_mov_b64 exec, -1\n");
    for (unsigned i = 1; i < 7; i++)
        at += (size_t)snprintf(text + at, size - at, "ds_write_b32 v7, v%u offset:%u\n", i,
                               256 * i - 256);
    for (unsigned i = 10; i < 20; i++) /* masks that nobody reads are not kept */
        at += (size_t)snprintf(text + at, size - at, "s_mov_b32 s%u, s%u\n", i + 30, i);
    snprintf(text + at, size - at,
             "s_mov_b32 s50, vcc_lo\n s_mov_b32 s51, vcc_hi\n"
             "s_mov_b32 s52, s28\n s_mov_b32 s53, s29\n");
}

static void random_registers(struct asm_machine *m)
{
    struct cairn_wave *wave = m->wave;
    for (unsigned code = 10; code < 28; code++)
        wave->sgpr[code] = (uint32_t)random_bits();
    wave->sgpr[27] |= 1;
    cairn_wave_write64(wave, CAIRN_CODE_VCC_LO, random_bits() << 13 ^ random_bits());
    cairn_wave_write64(wave, 30, below(3) ? random_bits() << 13 ^ random_bits() : ~UINT64_C(0));
    wave->scc = below(2);
    for (uint32_t lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        wave->vgpr[7][lane] = 4 * lane;
    for (unsigned row = 1; row < 7; row++)
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)

            wave->vgpr[row][lane] = below(2) ? below(8) : (uint32_t)random_bits();
}

/* ---- comparing */

static bool states_differ(struct asm_machine *m, struct cairn_native_code *code, char *what,
                          size_t size)
{
    bool differs = false;
    struct native_state *start = native_capture(m);
    for (unsigned i = 0; i < STATES && !differs; i++) {
        native_restore(m, start);
        random_registers(m);
        struct native_state *before = native_capture(m);
        native_run(NULL, m);
        struct native_state *expected = native_capture(m);
        native_restore(m, before);
        native_run(code, m);
        struct native_state *got = native_capture(m);
        differs = native_differs(expected, got, what, size);
        native_free(before);
        native_free(expected);
        native_free(got);
    }
    native_free(start);
    return differs;
}

static bool program_differs(const struct program *program, const struct native_options *options,
                            char *what, size_t size)
{
    static char text[LINES * 140];
    write_text(program, text, sizeof text);
    struct asm_machine *m = asm_create(text);
    struct cairn_native_code *code = native_compile(m, options, NULL);
    assert_non_null(code);
    bool differs = states_differ(m, code, what, size);
    native_destroy(code);
    asm_destroy(m);
    return differs;
}

/* Takes lines away as long as the engines still differ. */
static void shrink(struct program *program, const struct native_options *options)
{
    char what[256];
    for (unsigned i = program->count; i > 0; i--) {
        struct program smaller = *program;
        smaller.count--;
        memmove(smaller.lines[i - 1], smaller.lines[i],
                (smaller.count - (i - 1)) * sizeof smaller.lines[0]);
        if (program_differs(&smaller, options, what, sizeof what))
            *program = smaller;
    }
}

static void check_level(enum cairn_target_level target)
{
    unsigned failed = 0;
    for (unsigned i = 0; i < programs && failed < 3; i++) {
        struct program program;
        char what[256];
        struct native_options options = {.target = target,
                                         .tier = i % 4 == 3 ? CAIRN_TIER_FULL : CAIRN_TIER_QUICK};
        random_program(&program);
        if (!program_differs(&program, &options, what, sizeof what))
            continue;
        shrink(&program, &options);
        program_differs(&program, &options, what, sizeof what);
        print_error("interpreter and finalized code differ: %s\n", what);
        for (unsigned k = 0; k < program.count; k++)
            print_error("    %s\n", program.lines[k]);
        failed++;
    }
    assert_int_equal(failed, 0);
}

static void random_mask_programs_agree(void **state)
{
    (void)state;
    check_level(native_best_target());
}

static void and_on_the_least_host(void **state)
{
    (void)state;
    check_level(CAIRN_TARGET_BASE);
}

int main(int argc, char **argv)
{
    if (argc > 1)
        programs = (unsigned)strtoul(argv[1], NULL, 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_mask_programs_agree),
        cmocka_unit_test(and_on_the_least_host),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
