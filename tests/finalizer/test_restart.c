/* SPDX-License-Identifier: MIT
 * Workgroup after workgroup in one call of finalized code, against the interpreter, which gets each
 * set up anew: kernels that spoil all that they begin with, with and without turns that end in the
 * middle, up to a fault that must name the right workgroup.
 */
#include "native_rig.h"

#include "device/soft/engine_run.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { GROUPS_X = 3, GROUPS_Y = 2, GROUPS_Z = 2, GROUPS = 12, MOST_ITEMS = 256, TEXT = 4096 };

/* s[0:1]: data; s2, s3, s4: id of the workgroup; v0: ids. Makes v1 = number of the work-item in its
 * workgroup, v4 = offset of its dword, v5 = something of all ids. */
static const char prologue[] = "s_mul_i32 s6, s4, 6\n"
                               "s_mul_i32 s7, s3, 3\n"
                               "s_add_u32 s6, s6, s7\n"
                               "s_add_u32 s6, s6, s2\n"
                               "v_and_b32 v1, 0x3ff, v0\n"
                               "v_bfe_u32 v2, v0, 10, 10\n"
                               "v_bfe_u32 v3, v0, 20, 10\n"
                               "s_movk_i32 s8, %u\n"
                               "v_mul_lo_u32 v3, v3, s8\n"
                               "v_add_u32 v2, v2, v3\n"
                               "s_movk_i32 s8, %u\n"
                               "v_mul_lo_u32 v2, v2, s8\n"
                               "v_add_u32 v1, v1, v2\n"
                               "s_mul_i32 s7, s6, %u\n"
                               "v_add_u32 v4, s7, v1\n"
                               "v_lshlrev_b32 v4, 2, v4\n"
                               "s_lshl_b32 s9, s6, 16\n"
                               "v_xor_b32 v5, s9, v0\n";
static const char epilogue[] = "s_add_u32 s0, s0, 0x1000\n"
                               "global_store_dword v4, v5, s[0:1]\n"
                               "s_mov_b32 s2, 77\n"
                               "s_mov_b32 s3, 78\n"
                               "s_mov_b32 s4, 79\n"
                               "v_mov_b32 v0, 80\n";

static const struct {
    const char *what, *body;
    bool faults;
} kernels[] = {
    {"registers of the entry are written", "", false},
    {"EXEC is left with few lanes",
     "v_cmp_gt_u32 vcc, 20, v1\n"
     "s_and_saveexec_b64 s[10:11], vcc\n"
     "v_mov_b32 v5, 7\n",
     false},
    {"code that only some lanes run",
     "v_cmp_gt_u32 vcc, 70, v1\n"
     "s_and_saveexec_b64 s[10:11], vcc\n"
     "s_cbranch_execz 0f\n"
     "v_lshlrev_b32 v5, 3, v5\n"
     "0:\n"
     "s_or_b64 exec, exec, s[10:11]\n",
     false},
    {"a barrier and LDS",
     "v_lshlrev_b32 v6, 2, v1\n"
     "ds_write_b32 v6, v5\n"
     "s_waitcnt lgkmcnt(0)\n"
     "s_barrier\n"
     "v_xor_b32 v6, 4, v6\n"
     "ds_read_b32 v5, v6\n"
     "s_waitcnt lgkmcnt(0)\n",
     false},
    {"a loop, and a barrier",
     "s_movk_i32 s10, 40\n"
     "s_barrier\n"
     "0:\n"
     "v_mul_lo_u32 v5, v5, 5\n"
     "v_add_u32 v5, s10, v5\n"
     "s_sub_u32 s10, s10, 1\n"
     "s_cmp_lg_u32 s10, 0\n"
     "s_cbranch_scc1 0b\n",
     false},
    {"SCC is read first",
     "s_cselect_b32 s10, 5, 6\n"
     "v_xor_b32 v5, s10, v5\n",
     false},
    {"MODE is changed",
     "v_mul_f32 v6, 1.0, v1\n"
     "s_setreg_imm32_b32 hwreg(HW_REG_MODE, 4, 2), 0\n"
     "v_mul_f32 v7, 1.0, v1\n"
     "v_lshlrev_b32 v7, 8, v7\n"
     "v_xor_b32 v5, v6, v5\n"
     "v_xor_b32 v5, v7, v5\n",
     false},
    {"registers that nobody sets",
     "v_add_u32 v5, s20, v5\n"
     "v_add_u32 v5, vcc_lo, v5\n"
     "s_add_u32 s20, s20, 3\n"
     "s_mov_b32 vcc_lo, 9\n",
     false},
    {"the place in the machine",
     "s_getreg_b32 s10, hwreg(HW_REG_HW_ID)\n"
     "v_xor_b32 v5, s10, v5\n",
     false},
    {"waves that end before the others meet",
     "v_readfirstlane_b32 s10, v1\n"
     "s_cmp_gt_u32 s10, 127\n"
     "s_cbranch_scc0 0f\n"
     "s_endpgm\n"
     "0:\n"
     "v_lshlrev_b32 v6, 2, v1\n"
     "ds_write_b32 v6, v5\n"
     "s_waitcnt lgkmcnt(0)\n"
     "s_barrier\n"
     "v_xor_b32 v6, 0x104, v6\n"
     "ds_read_b32 v5, v6\n"
     "s_waitcnt lgkmcnt(0)\n",
     false},
    {"a loop of barriers, and waves that know who they are",
     "v_readfirstlane_b32 s12, v1\n"
     "s_movk_i32 s10, 7\n"
     "v_lshlrev_b32 v6, 2, v1\n"
     "0:\n"
     "ds_write_b32 v6, v5\n"
     "s_waitcnt lgkmcnt(0)\n"
     "s_barrier\n"
     "v_xor_b32 v7, 0x104, v6\n"
     "ds_read_b32 v8, v7\n"
     "s_waitcnt lgkmcnt(0)\n"
     "s_barrier\n"
     "v_mad_u32_u24 v5, v8, 3, s12\n"
     "s_sub_u32 s10, s10, 1\n"
     "s_cmp_lg_u32 s10, 0\n"
     "s_cbranch_scc1 0b\n",
     false},
    {"loops of different length in front of a barrier",
     "v_readfirstlane_b32 s10, v1\n"
     "s_lshr_b32 s10, s10, 2\n"
     "s_add_u32 s10, s10, 3\n"
     "0:\n"
     "v_mul_lo_u32 v5, v5, 5\n"
     "v_add_u32 v5, s10, v5\n"
     "s_sub_u32 s10, s10, 1\n"
     "s_cmp_lg_u32 s10, 0\n"
     "s_cbranch_scc1 0b\n"
     "v_lshlrev_b32 v6, 2, v1\n"
     "ds_write_b32 v6, v5\n"
     "s_waitcnt lgkmcnt(0)\n"
     "s_barrier\n"
     "v_xor_b32 v6, 0x104, v6\n"
     "ds_read_b32 v5, v6\n"
     "s_waitcnt lgkmcnt(0)\n",
     false},
    {"a fault in one of them",
     "s_cmp_eq_u32 s6, 7\n"
     "s_cselect_b32 s10, 0x7f000000, 0\n"
     "v_cmp_eq_u32 vcc, 13, v1\n"
     "v_mov_b32 v6, s10\n"
     "v_cndmask_b32 v6, 0, v6, vcc\n"
     "v_add_u32 v4, v6, v4\n",
     true},
};

static const uint32_t shapes[][3] = {
    {64, 1, 1}, {20, 1, 1}, {256, 1, 1}, {8, 4, 5}, {16, 8, 1}, {1, 1, 1},
};

/* ---- the machine */

static void write_kernel(char *text, size_t kernel, const uint32_t shape[3])
{
    bool scc_first = strncmp(kernels[kernel].what, "SCC", 3) == 0;
    int at = scc_first ? sprintf(text, "s_cselect_b32 s11, 8, 9\n") : 0;
    at += sprintf(text + at, prologue, shape[1], shape[0], shape[0] * shape[1] * shape[2]);
    at += sprintf(text + at, "%s", kernels[kernel].body);
    at += sprintf(text + at, "%s%s", scc_first ? "v_xor_b32 v5, s11, v5\n" : "", epilogue);
    sprintf(text + at, "s_cmp_eq_u32 s0, s0\n");
}

static void set_launch(struct asm_machine *m, const uint32_t shape[3])
{
    static const uint32_t counts[3] = {GROUPS_X, GROUPS_Y, GROUPS_Z};
    m->launch.rsrc2 = 2 << 1 | 7 << 7 | 2 << 11;
    m->launch.kernel_code_properties = 1 << 3;
    m->launch.kernarg_address = (uintptr_t)m->data;
    m->launch.private_bytes = 0;
    m->launch.vgprs = m->launch.agpr_offset = 16;
    for (int i = 0; i < 3; i++) {
        m->launch.workgroup[i] = shape[i];
        m->launch.workgroups[i] = counts[i];
        m->launch.grid[i] = shape[i] * counts[i];
    }
}

static void set_group(struct asm_machine *m, uint32_t number)
{
    const uint32_t id[3] = {number % GROUPS_X, number / GROUPS_X % GROUPS_Y,
                            number / GROUPS_X / GROUPS_Y};
    cairn_workgroup_init(&m->group, &m->launch, id, m->memory[3], m->memory[4], NULL, m->memory[2],
                         false);
    m->wave = m->group.waves;
}

static bool all_ended(const struct asm_machine *m)
{
    for (uint32_t i = 0; i < m->group.wave_count; i++)
        if (m->group.waves[i].state != CAIRN_WAVE_DONE)
            return false;
    return true;
}

static const struct cairn_fault *fault_of(const struct asm_machine *m)
{
    for (uint32_t i = 0; i < m->group.wave_count; i++)
        if (m->group.waves[i].state == CAIRN_WAVE_FAULTED)
            return &m->group.waves[i].fault;
    return NULL;
}

/* ---- the two engines */

static void interpret(struct asm_machine *m)
{
    for (uint32_t i = 0; i < GROUPS && (i == 0 || fault_of(m) == NULL); i++) {
        set_group(m, i);
        asm_run(m);
    }
}

struct line {
    struct cairn_native_line line; /* first */
    struct asm_machine *machine;
    struct cairn_mold mold;
    uint32_t number, alone; /* the workgroup that runs; how many the code went to alone */
};

static bool next(struct cairn_native_line *at, struct cairn_workgroup *group)
{
    (void)at;
    (void)group;
    return false;
}

static uint64_t ahead(struct cairn_native_line *at, const struct cairn_mold **mold)
{
    struct line *line = (struct line *)at;
    *mold = &line->mold;
    return GROUPS - 1 - line->number;
}

static void went(struct cairn_native_line *at, struct cairn_workgroup *group, uint64_t count)
{
    struct line *line = (struct line *)at;
    line->number += (uint32_t)count;
    line->alone += (uint32_t)count;
    assert_true(line->number < GROUPS);
    assert_int_equal(group->id[0] + GROUPS_X * (group->id[1] + GROUPS_Y * group->id[2]),
                     line->number);
}

static uint32_t finalize(struct cairn_native_code *code, struct asm_machine *m, uint64_t budget)
{
    struct line line = {{next, ahead, went}, m, {.waves = NULL}, 0, 0};
    struct cairn_workgroup_needs needs;
    uint64_t stepped = 0;
    cairn_workgroup_measure(&m->launch, &needs);
    void *memory = aligned_alloc(64, needs.mold_bytes);
    assert_non_null(memory);
    set_group(m, 0);
    cairn_mold_take(&line.mold, &m->group, memory);
    while (fault_of(m) == NULL) {
        cairn_native_run_group(code, &m->group, budget, &line.line, &stepped);
        if (all_ended(m) && ++line.number == GROUPS)
            break;
        if (all_ended(m))
            set_group(m, line.number);
    }
    free(memory);
    return line.alone;
}

/* ---- comparing */

static void assert_same_fault(const struct cairn_fault *a, const struct cairn_fault *b)
{
    assert_int_equal(a == NULL, b == NULL);
    if (a == NULL)
        return;
    assert_int_equal(a->kind, b->kind);
    assert_int_equal(a->pc, b->pc);
    assert_int_equal(a->address, b->address);
    assert_int_equal(a->lane, b->lane);
    assert_memory_equal(a->workgroup, b->workgroup, sizeof a->workgroup);
    assert_string_equal(a->insn_name, b->insn_name);
}

static void compare(size_t kernel, const uint32_t shape[3], const struct native_options *options)
{
    static const uint64_t budgets[] = {1 << 20, 50};
    static uint8_t data[ASM_DATA_BYTES], lds[ASM_LDS_BYTES];
    char text[TEXT];
    write_kernel(text, kernel, shape);
    struct asm_machine *m = asm_create_items(text, MOST_ITEMS);
    struct cairn_fault fault;
    set_launch(m, shape);
    interpret(m);
    bool faults = fault_of(m) != NULL;
    if (faults)
        fault = *fault_of(m);
    memcpy(data, m->data, sizeof data);
    memcpy(lds, m->memory[2], sizeof lds);
    struct cairn_native_code *code = native_compile(m, options, NULL);
    assert_non_null(code);
    for (size_t i = 0; i < sizeof budgets / sizeof budgets[0]; i++) {
        memset(m->data, 0, ASM_DATA_BYTES);
        memset(m->memory[2], 0, ASM_LDS_BYTES);
        uint32_t alone = finalize(code, m, budgets[i]);
        if (memcmp(data, m->data, sizeof data) != 0 || memcmp(lds, m->memory[2], sizeof lds) != 0)
            fail_msg("%s, %u x %u x %u, budget %llu: memory differs", kernels[kernel].what,
                     shape[0], shape[1], shape[2], (unsigned long long)budgets[i]);
        assert_same_fault(faults ? &fault : NULL, fault_of(m));
        if (i == 0 && alone == 0)
            fail_msg("%s, %u x %u x %u: each workgroup took a call", kernels[kernel].what, shape[0],
                     shape[1], shape[2]);
    }
    assert_true(!kernels[kernel].faults || faults || shape[0] == 1);
    native_destroy(code);
    asm_destroy(m);
}

static void workgroups_in_one_call_are_like_workgroups_set_up_anew(void **state)
{
    (void)state;
    enum cairn_target_level best = native_best_target();
    for (size_t k = 0; k < sizeof kernels / sizeof kernels[0]; k++)
        for (size_t s = 0; s < sizeof shapes / sizeof shapes[0]; s++) {
            bool other = s % 3 == 2 && best > CAIRN_TARGET_V3;
            struct native_options options = {
                .target = other ? CAIRN_TARGET_V3 : best,
                .tier = (k + s) % 2 ? CAIRN_TIER_FULL : CAIRN_TIER_QUICK,
                .merged = true,
            };
            compare(k, shapes[s], &options);
            options.merged = false;
            compare(k, shapes[s], &options);
        }
}

int main(void)
{
    setenv("CAIRN_LOG", "error", 0);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(workgroups_in_one_call_are_like_workgroups_set_up_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
