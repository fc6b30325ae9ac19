/* SPDX-License-Identifier: MIT
 * Values that are known before a program runs, against what the interpreter finds in the registers
 * at its end: random programs of integer and mask instructions with branches, in workgroups of many
 * shapes. More programs: first argument.
 */
#include "asm_harness.h"

#include "finalizer/known.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { LINES = 20, TEXT = 8192, ROWS = 12 };

static unsigned programs = 60;
static uint64_t random_state = 0x9e3779b97f4a7c15;

static unsigned below(unsigned limit)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)((random_state * 0x2545f4914f6cdd1d >> 8) % limit);
}

/* ---- programs as text */

static const char *mask(void)
{
    static const char *const masks[] = {"s[10:11]", "s[12:13]", "s[14:15]", "vcc", "exec"};
    return masks[below(5)];
}

static const char *source(char *text, size_t size)
{
    switch (below(6)) {
    case 0:
        snprintf(text, size, "%d", (int)below(80) - 16);
        break;
    case 1:
        snprintf(text, size, "s%u", 20 + below(4));
        break;
    default:
        snprintf(text, size, "v%u", below(ROWS));
    }
    return text;
}

static void add_line(char *line, size_t size)
{
    static const char *const two[] = {"add_u32", "sub_u32",     "and_b32",     "or_b32",
                                      "xor_b32", "lshlrev_b32", "lshrrev_b32", "min_u32",
                                      "max_i32", "mul_u32_u24", "ashrrev_i32", "subrev_u32"};
    static const char *const three[] = {"bfe_u32",     "lshl_add_u32", "add3_u32",   "and_or_b32",
                                        "mad_u32_u24", "bfi_b32",      "lshl_or_b32"};
    static const char *const tests[] = {"gt_u32", "lt_i32", "eq_u32", "ne_i32", "le_u32"};
    static const char *const logic[] = {"and", "or", "xor", "andn2", "orn2", "nand", "nor", "xnor"};
    static const char *const saves[] = {"and", "or", "xor", "andn2", "orn2", "andn1", "xnor"};
    char a[16];
    unsigned d = below(ROWS), v = below(ROWS), w = below(ROWS);
    switch (below(12)) {
    case 0:
    case 1:
    case 2:
        snprintf(line, size, "v_%s v%u, %s, v%u", two[below(12)], d, source(a, sizeof a), v);
        break;
    case 3:
        snprintf(line, size, "v_%s v%u, %s, v%u, v%u", three[below(7)], d, source(a, sizeof a), v,
                 w);
        break;
    case 4:
    case 5:
        snprintf(line, size, "v_cmp_%s_e64 %s, %s, v%u", tests[below(5)], mask(),
                 source(a, sizeof a), v);
        break;
    case 6:
        snprintf(line, size, "s_%s_b64 %s, %s, %s", logic[below(8)], mask(), mask(), mask());
        break;
    case 7:
        snprintf(line, size, "s_%s_saveexec_b64 %s, %s", saves[below(7)], mask(), mask());
        break;
    case 8:
        snprintf(line, size, "v_cndmask_b32_e64 v%u, v%u, v%u, %s", d, v, w, mask());
        break;
    case 9:
        snprintf(line, size, "v_mbcnt_%s_u32_b32 v%u, -1, v%u", below(2) ? "lo" : "hi", d, v);
        break;
    case 10:
        snprintf(line, size, "s_movk_i32 s%u, 0x%x", 20 + below(4), below(300));
        break;
    default:
        snprintf(line, size, below(2) ? "s_mov_b64 %s, %d" : "v_cmpx_gt_u32_e64 %s, %d, v0", mask(),
                 (int)below(60) - 1);
    }
}

/* Parts between labels may be jumped over: by SCC, which is not known, or where EXEC is empty. */
static void random_text(char *text, size_t size)
{
    size_t at =
        (size_t)snprintf(text, size,
                         "s_mov_b64 s[10:11], 5\n s_mov_b64 s[12:13], 60\n s_mov_b64 s[14:15], -4\n"
                         "s_mov_b64 vcc, -1\n");
    unsigned label = 0, until = 0;
    for (unsigned i = 3; i < ROWS; i++) /* else nothing would be known of them */
        at += (size_t)snprintf(text + at, size - at, "v_mul_u32_u24 v%u, %u, v%u\n", i, i, i % 3);
    for (unsigned i = 0; i < LINES; i++) {
        char line[96];
        if (until == 0 && below(16) == 0) {
            until = 1 + below(4);
            at += (size_t)snprintf(text + at, size - at,
                                   below(2) ? "s_cmp_eq_u32 s4, %u\n s_cbranch_scc1 l%u\n"
                                            : "s_nop %u\n s_cbranch_execz l%u\n",
                                   below(2), label);
        }
        add_line(line, sizeof line);
        at += (size_t)snprintf(text + at, size - at, "%s\n", line);
        if (until > 0 && --until == 0)
            at += (size_t)snprintf(text + at, size - at, "l%u:\n", label++);
        if (below(4) == 0)
            at += (size_t)snprintf(text + at, size - at, "s_mov_b64 exec, -1\n");
    }
    if (until > 0)
        snprintf(text + at, size - at, "l%u:\n", label);
}

/* ---- what is known, and what is so */

static const uint32_t shapes[][3] = {{64, 1, 1}, {256, 1, 1}, {100, 1, 1}, {8, 8, 4},
                                     {10, 3, 5}, {16, 16, 1}, {1024, 1, 1}};

static unsigned known_values;

static unsigned compare(const struct asm_machine *m, struct cairn_known *known,
                        const struct cairn_known_state *state)
{
    unsigned wrong = 0;
    for (uint32_t lane = 0; lane < cairn_known_lanes(known); lane++) {
        const struct cairn_wave *wave = &m->group.waves[lane / 64];
        for (unsigned i = 0; i < ROWS; i++) {
            uint32_t id = state->vector[i];
            known_values += id != 0 && lane == 0;
            if (id != 0 && cairn_known_vector(known, id)[lane] != wave->vgpr[i][lane % 64])
                wrong++;
        }
        for (unsigned code = 10; code < 128; code += 2) {
            uint32_t id = cairn_known_mask_of(known, state, code);
            uint64_t bits = (uint64_t)wave->sgpr[code + 1] << 32 | wave->sgpr[code];
            known_values += id != 0 && lane == 0;
            if (id != 0 && (cairn_known_mask(known, id)[lane / 32] >> lane % 32 & 1) !=
                               (bits >> lane % 64 & 1))
                wrong++;
        }
    }
    return wrong;
}

static unsigned check_program(const char *text, const uint32_t shape[3])
{
    struct asm_machine *m = asm_create_items(text, shape[0] * shape[1] * shape[2]);
    struct cairn_program *program;
    struct cairn_known *known;
    struct cairn_geometry geometry = {
        .wave_size = 64, .width = 16, .whole_groups = true, .rsrc2 = m->launch.rsrc2};
    memcpy(geometry.workgroup, shape, sizeof geometry.workgroup);
    memcpy(m->launch.workgroup, shape, sizeof geometry.workgroup);
    memcpy(m->launch.grid, shape, sizeof geometry.workgroup);
    asm_reset(m);
    struct cairn_bytes code = cairn_bytes_of((const void *)(uintptr_t)m->code.base, m->code.size);
    assert_int_equal(cairn_program_build(m->launch.gfx, code, 0, 1000, NULL, &program), CAIRN_OK);
    struct cairn_insn_facts *facts = calloc(program->insn_count + 1, sizeof *facts);
    assert_non_null(facts);
    assert_int_equal(cairn_known_build(program, &geometry, facts, &known), CAIRN_OK);
    const struct cairn_program_block *last = &program->blocks[program->block_count - 1];
    struct cairn_known_state state = *cairn_known_entry(known, program->block_count - 1);
    for (uint32_t i = 0; i < last->count; i++)
        cairn_known_step(known, last->first + i, &state);
    asm_run(m);
    unsigned wrong = compare(m, known, &state);
    cairn_known_destroy(known);
    cairn_program_destroy(program);
    free(facts);
    asm_destroy(m);
    return wrong;
}

static void what_is_known_is_so(void **unused)
{
    static char text[TEXT];
    unsigned failed = 0;
    (void)unused;
    for (unsigned i = 0; i < programs && failed < 3; i++) {
        const uint32_t *shape = shapes[i % (sizeof shapes / sizeof shapes[0])];
        random_text(text, sizeof text);
        unsigned wrong = check_program(text, shape);
        if (wrong == 0)
            continue;
        print_error("%u lanes differ, workgroup %u %u %u:\n%s\n", wrong, shape[0], shape[1],
                    shape[2], text);
        failed++;
    }
    assert_int_equal(failed, 0);
    if (known_values < 2 * programs)
        fail_msg("only %u values known in %u programs", known_values, programs);
}

/* ---- that the usual is known at all */

static const struct known_case {
    const char *why, *text;
    unsigned vector;    /* known register, 0: none is asked for */
    unsigned mask;      /* even code of a known mask */
    uint64_t first_two; /* its bits of lanes 0..31 of two waves */
    bool known;
} cases[] = {
    {"the first lanes", "v_cmp_gt_u32 vcc, 16, v0", 0, 106, 0xffff, true},
    {"against a number in a register", "s_movk_i32 s0, 0x44\n v_cmp_gt_u32 vcc, s0, v0", 0, 106,
     0xfffffffff, true},
    {"against a number that differs", "v_cmp_gt_u32 vcc, s4, v0", 0, 106, 0, false},
    {"odd lanes", "v_and_b32 v1, 1, v0\n v_cmp_ne_u32 vcc, 0, v1", 1, 106, 0xaaaaaaaaaaaaaaaa,
     true},
    {"saved EXEC", "v_cmp_gt_u32 vcc, 1, v0\n s_and_saveexec_b64 s[8:9], vcc", 0, 126, 1, true},
    {"a register that memory filled", "global_load_dword v1, v0, s[6:7]\n v_cmp_gt_u32 vcc, 1, v1",
     0, 106, 0, false},
    {"written by some lanes only, unknown before",
     "global_load_dword v1, v0, s[6:7]\n v_cmp_gt_u32 vcc, 1, v0\n s_and_saveexec_b64 s[8:9], vcc\n"
     "v_mov_b32 v1, 0\n s_mov_b64 exec, -1\n v_cmp_eq_u32 vcc, 0, v1",
     0, 106, 0, false},
};

static void the_usual_is_known(void **unused)
{
    unsigned failed = 0;
    (void)unused;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct asm_machine *m = asm_create_items(cases[i].text, 128);
        struct cairn_geometry geometry = {
            .workgroup = {128, 1, 1}, .wave_size = 64, .width = 16, .whole_groups = true};
        struct cairn_bytes code =
            cairn_bytes_of((const void *)(uintptr_t)m->code.base, m->code.size);
        struct cairn_program *program;
        struct cairn_known *known;
        struct cairn_insn_facts facts[16] = {{0}};
        assert_int_equal(cairn_program_build(m->launch.gfx, code, 0, 15, NULL, &program), CAIRN_OK);
        assert_int_equal(cairn_known_build(program, &geometry, facts, &known), CAIRN_OK);
        struct cairn_known_state state = *cairn_known_entry(known, program->entry);
        for (uint32_t k = 0; k < program->insn_count; k++)
            cairn_known_step(known, k, &state);
        uint32_t id = cairn_known_mask_of(known, &state, cases[i].mask);
        const uint32_t *bits = id != 0 ? cairn_known_mask(known, id) : NULL;
        bool good = (id != 0) == cases[i].known &&
                    (cases[i].vector == 0 || state.vector[cases[i].vector] != 0) &&
                    (bits == NULL || (bits[0] | (uint64_t)bits[2] << 32) == cases[i].first_two);
        if (!good) {
            print_error("%s\n", cases[i].why);
            failed++;
        }
        cairn_known_destroy(known);
        cairn_program_destroy(program);
        asm_destroy(m);
    }
    assert_int_equal(failed, 0);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_known_is_so),
        cmocka_unit_test(the_usual_is_known),
    };
    if (argc > 1)
        programs = (unsigned)atoi(argv[1]);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
