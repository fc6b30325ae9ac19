/* SPDX-License-Identifier: MIT
 * Code that makes use of what the workgroup's shape says, against the interpreter: random programs
 * that work in LDS at addresses made from the work-item's number, some of them by a few lanes only,
 * between barriers, and branch on what is the same in all waves. Within a wave lanes see each
 * other's stores, so that the order of lock step shows; waves keep to windows of their own but
 * behind barriers. More programs: first argument.
 */
#include "native_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { STATEMENTS = 24, TEXT = 16384, DATA = 6, PLACES = 4, WINDOW = 512, RESULTS = 16384 };

static unsigned programs = 150, merged;
static uint64_t random_state = 0x9e3779b97f4a7c15;

static unsigned below(unsigned limit)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (unsigned)((random_state * 0x2545f4914f6cdd1d >> 8) % limit);
}

/* ---- programs as text. v0: number; v1..v6: data, not known; v10: the wave's window; v11..v14:
 * places in it; v15..v17: spare; v8: the same in all lanes, not known. */

struct text {
    char at[TEXT];
    size_t used;
    unsigned labels, depth;
};

static void __attribute__((format(printf, 2, 3))) add(struct text *text, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    text->used +=
        (size_t)vsnprintf(text->at + text->used, sizeof text->at - text->used, format, list);
    va_end(list);
}

static unsigned data(void)
{
    return 1 + below(DATA);
}

static unsigned place(void)
{
    return 11 + below(PLACES);
}

static void add_place(struct text *text, unsigned vreg, bool anywhere)
{
    static const unsigned factors[] = {4, 4, 4, 8, 12, 16, 20, 64, 68, 4092};
    add(text, "v_mul_u32_u24 v15, 0x%x, v0\n", factors[below(10)]);
    if (below(2))
        add(text, "v_xor_b32 v15, 0x%x, v15\n", below(64) * 4);
    if (below(4) == 0)
        add(text, "v_lshrrev_b32 v16, %u, v15\n v_add_u32 v15, v15, v16\n", 1 + below(5));
    if (anywhere)
        add(text, "v_and_b32 v%u, 0x%x, v15\n", vreg, 0x7fc);
    else
        add(text, "v_and_b32 v15, 0xfc, v15\n v_add_u32 v%u, v15, v10\n", vreg);
}

static void add_statement(struct text *text);

/* Lanes that are known to be on, or lanes that their data turn on. */
static void add_if(struct text *text)
{
    unsigned saved = 20 + 2 * text->depth, label = text->labels++;
    if (text->depth == 3)
        return;
    text->depth++;
    if (below(3) == 0)
        add(text, "v_cmp_gt_u32 vcc, v%u, v%u\n", data(), data());
    else if (below(2))
        add(text, "v_and_b32 v15, %u, v0\n v_cmp_%s_u32 vcc, %u, v15\n", 1 + below(60),
            below(2) ? "ne" : "eq", below(3));
    else
        add(text, "s_movk_i32 s18, 0x%x\n v_cmp_%s_u32 vcc, s18, v0\n", below(300),
            below(3) ? "gt" : "le");
    add(text, "s_and_saveexec_b64 s[%u:%u], vcc\n", saved, saved + 1);
    bool skip = below(2);
    if (skip)
        add(text, "s_cbranch_execz l%u\n", label);
    for (unsigned i = 0, count = 1 + below(4); i < count; i++)
        add_statement(text);
    if (skip)
        add(text, "l%u:\n", label);
    if (below(3) == 0)
        add(text, "s_xor_b64 exec, exec, s[%u:%u]\n v_add_u32 v%u, 7, v%u\n", saved, saved + 1,
            data(), data());
    add(text, "s_or_b64 exec, exec, s[%u:%u]\n", saved, saved + 1);
    text->depth--;
}

/* A branch that all waves take alike: by a number, as lanes see it. Where EXEC is not full, some
 * waves may have no lanes, and must not be asked. */
static void add_uniform_if(struct text *text)
{
    unsigned label = text->labels++;
    if (below(2))
        add(text,
            "s_cmp_gt_i32 s4, %d\n s_cselect_b64 s[30:31], -1, 0\n s_%s_b64 vcc, exec, s[30:31]\n",
            (int)below(2) - 1, below(2) ? "and" : "andn2");
    else
        add(text,
            "s_add_i32 s19, s4, %u\n v_mov_b32 v17, s19\n v_cmp_%s_u32 vcc, 1, v17\n"
            "s_and_b64 vcc, exec, vcc\n",
            below(3), below(2) ? "gt" : "eq");
    add(text, "s_cbranch_vcc%s l%u\n s_add_i32 s36, s36, %u\n", below(2) ? "z" : "nz", label,
        1 + below(9)); /* counts in waves without lanes, too, if these come here */
    for (unsigned i = 0, count = 1 + below(3); i < count; i++)
        add_statement(text);
    add(text, "l%u:\n", label);
}

/* A loop that each lane makes as many turns of as its data say; adds to memory on the way. */
static void add_loop(struct text *text)
{
    unsigned saved = 20 + 2 * text->depth, label = text->labels++, skip = text->labels++;
    if (text->depth >= 2)
        return;
    add(text, "v_and_b32 v17, 7, v%u\n v_cmp_ne_u32 vcc, 0, v17\n", data());
    add(text,
        "s_and_saveexec_b64 s[%u:%u], vcc\n s_cbranch_execz l%u\n s_mov_b64 s[32:33], 0\nl%u:\n",
        saved, saved + 1, skip, label);
    add(text, "ds_add_u32 v%u, v%u offset:%u\n v_add_u32 v17, -1, v17\n v_cmp_eq_u32 vcc, 0, v17\n",
        place(), data(), 4 * below(60));
    add(text, "s_or_b64 s[32:33], vcc, s[32:33]\n v_add_u32 v%u, 3, v%u\n", data(), data());
    add(text,
        "s_andn2_b64 exec, exec, s[32:33]\n s_cbranch_execnz l%u\n s_or_b64 exec, exec, s[32:33]\n",
        label);
    add(text, "l%u:\n s_or_b64 exec, exec, s[%u:%u]\n", skip, saved, saved + 1);
}

/* A number that lanes hold, all the same one. */
static void add_first_lane(struct text *text)
{
    add(text, "v_add_u32 v17, %u, v8\n v_read%s\n v_add_u32 v%u, s19, v%u\n", below(100),
        below(2) ? "firstlane_b32 s19, v17" : "lane_b32 s19, v17, 5", data(), data());
}

static void add_statement(struct text *text)
{
    unsigned pair = 1 + 2 * below(DATA / 2 - 1) + 1; /* even */
    switch (below(13)) {
    case 0:
        add_place(text, place(), false);
        break;
    case 1:
    case 2:
        add(text, "ds_read_b32 v%u, v%u offset:%u\n", data(), place(), 4 * below(60));
        break;
    case 3:
    case 4:
        add(text, "ds_write_b32 v%u, v%u offset:%u\n", place(), data(), 4 * below(60));
        break;
    case 5:
        add(text, "ds_read2_b32 v[%u:%u], v%u offset0:%u offset1:%u\n", pair, pair + 1, place(),
            below(60), below(60));
        break;
    case 6:
        add(text, "ds_add_u32 v%u, v%u offset:%u\n", place(), data(), 4 * below(60));
        break;
    case 7:
        add(text, "v_add_u32 v%u, v%u, v%u\n", data(), data(), data());
        break;
    case 8:
        add_if(text);
        break;
    case 9:
        add_loop(text);
        break;
    case 10:
        if (text->depth == 0 || below(3) == 0)
            add_uniform_if(text);
        break;
    case 11:
        if (text->depth == 0 || below(16) == 0)
            add_first_lane(text);
        break;
    default:
        add(text, "v_cmp_lt_u32 vcc, v%u, v%u\n v_cndmask_b32 v%u, v%u, v%u, vcc\n", data(), data(),
            data(), data(), data());
    }
    add(text, "s_waitcnt lgkmcnt(0)\n");
}

static void random_text(struct text *text, const uint32_t shape[3])
{
    memset(text, 0, sizeof *text);
    add(text, "v_bfe_u32 v15, v0, 20, 10\n v_bfe_u32 v16, v0, 10, 10\n v_and_b32 v0, 0x3ff, v0\n");
    add(text, "v_mul_u32_u24 v15, %u, v15\n v_add_u32 v15, v15, v16\n", shape[1]);
    add(text, "s_movk_i32 s18, 0x%x\n v_mul_u32_u24 v15, s18, v15\n v_add_u32 v0, v0, v15\n",
        shape[0]);
    add(text, "v_lshrrev_b32 v10, 6, v0\n v_lshlrev_b32 v10, 9, v10\n s_mov_b64 vcc, 0\n");
    for (unsigned i = 0; i < PLACES; i++)
        add_place(text, 11 + i, false);
    add(text, "v_lshlrev_b32 v9, 2, v0\n v_mov_b32 v8, s4\n s_mov_b32 s36, 0\n");
    for (unsigned i = 1; i <= DATA; i++)
        add(text, "ds_read_b32 v%u, v9 offset:%u\n", i, 4096 * i);
    for (unsigned i = 0; i < STATEMENTS; i++) {
        add_statement(text);
        if (below(6) != 0)
            continue;
        add(text, "s_barrier\n");
        add_place(text, 15, true);
        add(text, "ds_read_b32 v%u, v15\n s_waitcnt lgkmcnt(0)\n s_barrier\n", data());
    }
    add(text, "s_barrier\n v_add_u32 v1, s36, v1\n");
    for (unsigned i = 1; i <= DATA; i++)
        add(text, "ds_write_b32 v9, v%u offset:%u\n", i, 4096 * i);
}

/* ---- both engines */

static void fill(struct asm_machine *m)
{
    uint32_t *lds = (void *)m->group.lds;
    for (unsigned i = 0; i < ASM_LDS_BYTES / 4; i++)
        lds[i] = below(1000);
}

static bool differs(struct asm_machine *m, const struct native_options *options, char *what,
                    size_t size)
{
    struct cairn_native_code *code = native_compile(m, options, NULL);
    assert_non_null(code);
    fill(m);
    struct native_state *before = native_capture(m);
    native_run(NULL, m);
    struct native_state *expected = native_capture_vectors(m);
    native_restore(m, before);
    if (native_run_group(code, m))
        merged++;
    struct native_state *got = native_capture_vectors(m);
    bool result = native_differs(expected, got, what, size);
    native_free(before);
    native_free(expected);
    native_free(got);
    native_destroy(code);
    return result;
}

static void both_engines_agree(void **unused)
{
    static const uint32_t shapes[][3] = {{256, 1, 1}, {64, 1, 1},  {16, 16, 1},
                                         {100, 1, 1}, {192, 1, 1}, {8, 8, 2}};
    static struct text text;
    unsigned failed = 0;
    (void)unused;
    for (unsigned i = 0; i < programs && failed < 2; i++) {
        const uint32_t *shape = shapes[i % 6];
        enum cairn_target_level target = i % 5 == 4 ? CAIRN_TARGET_BASE : native_best_target();
        struct native_options options = {
            .target = target, .tier = i % 3 ? CAIRN_TIER_QUICK : CAIRN_TIER_FULL, .merged = true};
        char what[256];
        random_text(&text, shape);
        struct asm_machine *m = asm_create_items(text.at, shape[0] * shape[1] * shape[2]);
        memcpy(m->launch.workgroup, shape, sizeof m->launch.workgroup);
        memcpy(m->launch.grid, shape, sizeof m->launch.grid);
        m->launch.private_bytes = 0;
        asm_reset(m);
        if (differs(m, &options, what, sizeof what)) {
            print_error("program %u: %s, workgroup %u %u %u\n", i, what, shape[0], shape[1],
                        shape[2]);
            fputs(text.at, stderr); /* longer than cmocka's messages */
            failed++;
        }
        asm_destroy(m);
    }
    assert_int_equal(failed, 0);
    if (merged < programs / 3)
        fail_msg("only %u of %u programs ran with all waves at once", merged, programs);
}

int main(int argc, char **argv)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(both_engines_agree)};
    if (argc > 1)
        programs = (unsigned)atoi(argv[1]);
    if (argc > 2)
        random_state ^= (uint64_t)atoi(argv[2]) << 20;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
