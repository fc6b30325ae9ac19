/* SPDX-License-Identifier: MIT
 * Guards as kernels begin with, `if (i < n)`, against the interpreter: every compare of an affine
 * number with one that is the same in all lanes, for limits around each end of chunks, waves and
 * workgroups, and numbers that pass the ends of signed and unsigned ones within a workgroup.
 */
#include "native_rig.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { TEXT = 2048, IN_AT = 4096, OUT_AT = 16384, MOST_LIMITS = 32 };

struct shape {
    uint32_t size[3];
};
static const struct shape shapes[] = {{{256, 1, 1}}, {{64, 4, 1}}, {{32, 4, 2}}, {{16, 16, 1}}};
static const struct shape one_chunk = {{16, 1, 1}};

struct guard {
    const char *name, *text; /* v8: the number; s12: the limit; makes vcc */
};
#define ONE(op, type)                                                                              \
    {#op "_" #type, "v_cmp_" #op "_" #type " vcc, s12, v8\n"},                                     \
        {#op "_" #type " swapped", "v_mov_b32 v9, s12\n v_cmp_" #op "_" #type " vcc, v8, v9\n"}
static const struct guard guards[] = {
    ONE(lt, i32),
    ONE(le, i32),
    ONE(gt, i32),
    ONE(ge, i32),
    ONE(lt, u32),
    ONE(le, u32),
    ONE(gt, u32),
    ONE(ge, u32),
    ONE(eq, i32),
    ONE(ne, u32),
    {"two ends", "v_cmp_gt_i32 vcc, s12, v8\n s_sub_u32 s20, s12, 100\n"
                 "v_cmp_lt_i32 s[22:23], s20, v8\n s_and_b64 vcc, vcc, s[22:23]\n"},
    {"the less of both", "v_min_i32 v9, v8, v2\n v_cmp_lt_i32 vcc, s12, v9\n"},
    {"of rows, too", "v_cmp_gt_i32 vcc, s12, v8\n v_cmp_gt_u32 s[22:23], 3, v2\n"
                     "s_and_b64 vcc, vcc, s[22:23]\n"},
};

/* Numbers: x and (s13 << shift), added or not, and whether they are an index of what is loaded,
 * which is at hand for those of lane 0 to 511 of the first workgroup: else the load faults. */
struct number {
    const char *op;
    unsigned shift, base_count;
    enum { LOADS_NOT, LOADS_SIGNED, LOADS_UNSIGNED } loads;
    uint32_t bases[4];
};
static const struct number numbers[] = {
    {"v_add_u32", 8, 2, LOADS_SIGNED, {1, 0x7fffff}},
    {"v_add_u32", 2, 2, LOADS_SIGNED, {3, 0x1ffffffe}}, /* from INT32_MAX to INT32_MIN in a chunk */
    {"v_add_u32", 8, 2, LOADS_UNSIGNED, {1, 0xffffff}},
    {"v_add_u32", 2, 2, LOADS_UNSIGNED, {0x1ffffffe, 0x3ffffffe}}, /* and past UINT32_MAX */
    {"v_or_b32", 8, 4, LOADS_NOT, {1, 0x7fffff, 0x800000, 0xffffff}},
    {"v_or_b32", 4, 2, LOADS_NOT, {2, 0x7ffffff}},
    {"v_add_u32", 2, 3, LOADS_NOT, {1, 0x1ffffffe, 0x3ffffffe}}, /* goes past both ends */
};

/* Loads and stores of v4 lie side by side whatever the number is. */
static void make_text(char *text, const struct guard *guard, const struct number *number)
{
    snprintf(text, TEXT,
             "s_load_dwordx2 s[12:13], s[6:7], 0x0\n s_waitcnt lgkmcnt(0)\n"
             "v_and_b32 v1, 0x3ff, v0\n v_bfe_u32 v2, v0, 10, 10\n v_bfe_u32 v3, v0, 20, 10\n"
             "s_lshl_b32 s14, s13, %u\n %s v8, s14, v1\n"
             "v_mul_u32_u24 v4, s16, v2\n v_mul_u32_u24 v5, s17, v3\n v_add3_u32 v4, v4, v5, v1\n"
             "v_lshlrev_b32 v4, 2, v4\n %s"
             "s_and_saveexec_b64 s[18:19], vcc\n s_cbranch_execz end\n"
             "%s\n v_lshlrev_b64 v[10:11], 2, v[8:9]\n v_mov_b32 v7, s25\n"
             "v_add_co_u32 v10, vcc, s24, v10\n v_addc_co_u32 v11, vcc, v7, v11, vcc\n"
             "%s\n global_load_dword v6, v4, s[6:7] offset:0\n s_waitcnt vmcnt(0)\n"
             "v_add_u32 v6, v6, v5\n v_add_u32 v6, v6, v8\n"
             "global_store_dword v4, v6, s[8:9]\n end: s_or_b64 exec, exec, s[18:19]\n",
             number->shift, number->op, guard->text,
             number->loads == LOADS_UNSIGNED ? "v_mov_b32 v9, 0" : "v_ashrrev_i32 v9, 31, v8",
             number->loads != LOADS_NOT ? "global_load_dword v5, v[10:11], off"
                                        : "v_mov_b32 v5, 7");
}

static unsigned limits_of(uint32_t base, uint32_t limits[MOST_LIMITS])
{
    static const int32_t ends[] = {-1, 0,  1,  2,   7,   8,   15,  16,  17,  31,  32,  63,
                                   64, 65, 99, 100, 101, 127, 128, 255, 256, 257, 355, 1000};
    static const uint32_t others[] = {0, 1, 0x7fffffff, 0x80000000, 0x80000001, 0xffffffff};
    unsigned count = 0;
    for (unsigned i = 0; i < sizeof ends / sizeof ends[0]; i++)
        limits[count++] = base + (uint32_t)ends[i];
    for (unsigned i = 0; i < sizeof others / sizeof others[0]; i++)
        limits[count++] = others[i];
    return count;
}

static void set(struct asm_machine *m, const struct shape *shape, uint32_t limit, uint32_t count,
                const struct number *number)
{
    uint32_t base = count << number->shift, *words = (void *)m->data;
    uint64_t index = number->loads == LOADS_UNSIGNED ? base : (uint64_t)(int64_t)(int32_t)base;
    memset(m->data, 0, OUT_AT * 2);
    words[0] = limit;
    words[1] = count;
    for (unsigned i = 2; i < OUT_AT / 4; i++)
        words[i] = i * 0x01010101u;
    for (uint32_t i = 0; i < m->group.wave_count; i++) {
        struct cairn_wave *wave = &m->group.waves[i];
        uint64_t data = (uintptr_t)m->data;
        cairn_wave_write64(wave, 6, data);
        cairn_wave_write64(wave, 8, data + OUT_AT);
        cairn_wave_write64(wave, 24, data + IN_AT - index * 4);
        wave->sgpr[16] = shape->size[0];
        wave->sgpr[17] = shape->size[0] * shape->size[1];
    }
}

/* Behind a fault only its name counts. */
static void compare(struct asm_machine *m, struct cairn_native_code *code, const char *what)
{
    char where[256];
    struct native_state *before = native_capture(m);
    native_run(NULL, m);
    const struct cairn_wave *one = native_faulted(m), *other;
    struct cairn_fault fault = {0};
    if (one != NULL)
        fault = one->fault;
    struct native_state *expected = native_capture_vectors(m);
    native_restore(m, before);
    (void)native_run_group(code, m);
    other = native_faulted(m);
    if ((one == NULL) != (other == NULL) ||
        (one != NULL && (fault.address != other->fault.address || fault.lane != other->fault.lane)))
        fail_msg("%s: faults differ", what);
    struct native_state *got = native_capture_vectors(m);
    if (one == NULL && native_differs(expected, got, where, sizeof where))
        fail_msg("%s: %s", what, where);
    native_free(before);
    native_free(expected);
    native_free(got);
}

static void run(const struct guard *guard, const struct shape *shape, const struct number *number,
                enum cairn_target_level target)
{
    struct native_options options = {.target = target, .tier = CAIRN_TIER_FULL, .merged = true};
    char text[TEXT], what[160];
    uint32_t limits[MOST_LIMITS];
    make_text(text, guard, number);
    struct asm_machine *m =
        asm_create_items(text, shape->size[0] * shape->size[1] * shape->size[2]);
    memcpy(m->launch.workgroup, shape->size, sizeof m->launch.workgroup);
    memcpy(m->launch.grid, shape->size, sizeof m->launch.grid);
    m->launch.private_bytes = 0;
    asm_reset(m);
    struct cairn_native_code *code = native_compile(m, &options, NULL);
    assert_non_null(code);
    for (unsigned b = 0; b < number->base_count; b++) {
        uint32_t base = number->bases[b] << number->shift;
        unsigned count = limits_of(base, limits);
        for (unsigned i = 0; i < count; i++) {
            asm_reset(m);
            set(m, shape, limits[i], number->bases[b], number);
            snprintf(what, sizeof what,
                     "%s, %s, workgroup %u %u %u, base %#x, limit %#x, target %d", guard->name,
                     number->op, shape->size[0], shape->size[1], shape->size[2], base, limits[i],
                     (int)target);
            compare(m, code, what);
        }
    }
    native_destroy(code);
    asm_destroy(m);
}

/* Every guard of every number, in one of the shapes at least. */
static void guards_agree(void **unused)
{
    const unsigned shape_count = sizeof shapes / sizeof shapes[0];
    (void)unused;
    for (unsigned i = 0; i < sizeof guards / sizeof guards[0]; i++)
        for (unsigned j = 0; j < sizeof numbers / sizeof numbers[0]; j++) {
            run(&guards[i], &shapes[0], &numbers[j], native_best_target());
            if (i % 4 == 0)
                run(&guards[i], &one_chunk, &numbers[j], native_best_target());
            run(&guards[i], &shapes[(i + j) % shape_count], &numbers[j],
                i % 2 ? CAIRN_TARGET_BASE : native_best_target());
        }
}

int main(void)
{
    static const struct CMUnitTest tests[] = {cmocka_unit_test(guards_agree)};
    mallopt(M_MMAP_THRESHOLD, 1 << 28); /* states are megabytes, and made by the thousand */
    mallopt(M_TRIM_THRESHOLD, 1 << 28);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
