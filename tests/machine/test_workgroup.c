/* SPDX-License-Identifier: MIT
 * The state of waves at kernel entry: LLVM's AMDGPUUsage, "Initial Kernel Execution State".
 */
#include "machine/wave.h"

#include <stdarg.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

enum { EXEC = 126, FLAT_SCRATCH = 102, VGPRS = 8 };

/* A workgroup of a launch, with memory of its own. */
struct fixture {
    struct cairn_launch launch;
    struct cairn_workgroup group;
    struct cairn_workgroup_needs needs;
    void *waves, *vgprs, *scratch, *lds;
};

static struct fixture *make(const struct cairn_launch *launch, const uint32_t id[3], bool poison)
{
    struct fixture *f = calloc(1, sizeof *f);
    f->launch = *launch;
    f->launch.gfx = cairn_gfx_by_name("gfx90a", 6);
    f->launch.wave_size = 64;
    f->launch.vgprs = f->launch.agpr_offset = VGPRS;
    for (int i = 0; i < 3; i++)
        f->launch.workgroups[i] =
            (launch->grid[i] + launch->workgroup[i] - 1) / launch->workgroup[i];
    cairn_workgroup_measure(&f->launch, &f->needs);
    f->waves = malloc(f->needs.wave_bytes);
    f->vgprs = aligned_alloc(64, f->needs.vgpr_bytes);
    f->scratch = aligned_alloc(64, f->needs.scratch_bytes + 64);
    f->lds = calloc(1, launch->lds_bytes + 1);
    cairn_workgroup_init(&f->group, &f->launch, id, f->waves, f->vgprs, f->scratch, f->lds, poison);
    return f;
}

static void destroy(struct fixture *f)
{
    free(f->waves);
    free(f->vgprs);
    free(f->scratch);
    free(f->lds);
    free(f);
}

static const uint32_t first[3] = {0, 0, 0};

static const struct cairn_launch simple = {
    .grid = {64, 1, 1},
    .workgroup = {64, 1, 1},
    .entry_pc = 0x1000,
    .packet_address = 0x1111222233334444,
    .queue_address = 0x5555666677778888,
    .kernarg_address = 0x99990000aaaabbbb,
    .dispatch_id = 0x0123456789abcdef,
    .private_bytes = 16,
};

static void user_sgprs_come_in_order_and_only_if_enabled(void **state)
{
    struct cairn_launch launch = simple;
    launch.kernel_code_properties = 0x7f;
    struct fixture *f = make(&launch, first, false);
    const uint32_t *s = f->group.waves[0].sgpr;
    uint64_t scratch = (uintptr_t)f->scratch;
    assert_int_equal(s[0],
                     (uint32_t)scratch); /* descriptor: swizzled, thread id added, stride 64 */
    assert_int_equal(s[1], (uint32_t)(scratch >> 32) | 1u << 31);
    assert_int_equal(s[3], 3u << 21 | 1u << 23);
    assert_true(cairn_wave_read64(f->group.waves, 4) == launch.packet_address);
    assert_true(cairn_wave_read64(f->group.waves, 6) == launch.queue_address);
    assert_true(cairn_wave_read64(f->group.waves, 8) == launch.kernarg_address);
    assert_true(cairn_wave_read64(f->group.waves, 10) == launch.dispatch_id);
    assert_true(cairn_wave_read64(f->group.waves, 12) == scratch);
    assert_int_equal(s[14], 16);
    destroy(f);

    launch.kernel_code_properties = 1 << 3 | 1 << 5; /* kernarg pointer, flat scratch */
    f = make(&launch, first, false);
    assert_true(cairn_wave_read64(f->group.waves, 0) == launch.kernarg_address);
    assert_true(cairn_wave_read64(f->group.waves, 2) == (uintptr_t)f->scratch);
    assert_true(cairn_wave_read64(f->group.waves, FLAT_SCRATCH) == (uintptr_t)f->scratch);
    destroy(f);
}

static void system_sgprs_follow_the_user_sgpr_count(void **state)
{
    static const struct {
        uint32_t rsrc2, index, value;
        const char *why;
    } cases[] = {
        {6 << 1 | 1 << 7 | 1 << 8 | 1 << 9, 6, 2, "x after 6 user SGPRs, whatever they hold"},
        {6 << 1 | 1 << 7 | 1 << 8 | 1 << 9, 7, 1, "y"},
        {6 << 1 | 1 << 7 | 1 << 8 | 1 << 9, 8, 3, "z"},
        {2 << 1 | 1 << 9, 2, 3, "z alone is the z coordinate"},
        {2 << 1 | 1 << 7, 2, 2, "x alone is the x coordinate, not a flat id"},
        {0 << 1 | 1 << 10, 0, 1u << 31 | 1, "workgroup info: first wave, one wave"},
        {3 << 1 | 1 << 7 | 1, 4, 0, "the scratch wave offset is last; scratch begins at the base"},
    };
    struct cairn_launch launch = simple;
    static const uint32_t id[3] = {2, 1, 3};
    launch.grid[0] = 64 * 4, launch.grid[1] = 4, launch.grid[2] = 5;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        launch.rsrc2 = cases[i].rsrc2;
        struct fixture *f = make(&launch, id, true);
        uint32_t got = f->group.waves[0].sgpr[cases[i].index];
        if (got != cases[i].value)
            fail_msg("%s: %#x", cases[i].why, got);
        destroy(f);
    }
}

static void work_item_ids_are_packed_and_numbered_x_first(void **state)
{
    struct cairn_launch launch = simple;
    static const uint32_t size[3] = {5, 4, 7};
    memcpy(launch.grid, size, sizeof size);
    memcpy(launch.workgroup, size, sizeof size);
    for (uint32_t dims = 0; dims < 3; dims++) {
        launch.rsrc2 = dims << 11;
        struct fixture *f = make(&launch, first, true);
        assert_int_equal(f->group.wave_count, 3); /* 140 work-items */
        for (uint32_t i = 0; i < 140; i++) {
            uint32_t y = dims >= 1 ? i / 5 % 4 : 0, z = dims >= 2 ? i / 20 : 0;
            assert_int_equal(f->group.waves[i / 64].vgpr[0][i % 64], i % 5 | y << 10 | z << 20);
        }
        destroy(f);
    }
}

static void exec_holds_the_lanes_that_exist(void **state)
{
    struct cairn_launch launch = simple;
    launch.workgroup[0] = launch.grid[0] = 140;
    struct fixture *f = make(&launch, first, false);
    assert_true(cairn_wave_read64(&f->group.waves[0], EXEC) == ~UINT64_C(0));
    assert_true(cairn_wave_read64(&f->group.waves[1], EXEC) == ~UINT64_C(0));
    assert_true(cairn_wave_read64(&f->group.waves[2], EXEC) == 0xfff);
    assert_true(f->group.waves[2].valid_lanes == 0xfff);
    destroy(f);
}

static void workgroups_at_the_edge_are_smaller(void **state)
{
    struct cairn_launch launch = simple;
    static const uint32_t id[3] = {1, 1, 0};
    launch.grid[0] = 10, launch.grid[1] = 5, launch.grid[2] = 2;
    launch.workgroup[0] = 8, launch.workgroup[1] = 4, launch.workgroup[2] = 4;
    launch.rsrc2 = 2 << 11;
    struct fixture *f = make(&launch, id, false);
    assert_int_equal(f->group.size[0], 2);
    assert_int_equal(f->group.size[1], 1);
    assert_int_equal(f->group.size[2], 2);
    assert_int_equal(f->group.wave_count, 1);
    assert_int_equal(f->needs.waves, 2); /* of a full workgroup */
    assert_true(cairn_wave_read64(f->group.waves, EXEC) == 0xf);
    assert_int_equal(f->group.waves[0].vgpr[0][3],
                     1 | 1 << 20); /* lanes are packed by the real size */
    destroy(f);
}

static void mode_comes_from_the_descriptor(void **state)
{
    struct cairn_launch launch = simple;
    launch.rsrc1 = 0xf0 << 12 | 1u << 21 | 1u << 23;
    struct fixture *f = make(&launch, first, false);
    assert_int_equal(f->group.waves[0].mode, 0x3f0);
    assert_true(f->group.waves[0].pc == launch.entry_pc);
    destroy(f);
    launch.rsrc1 = 0x5a << 12 | 1u << 26;
    f = make(&launch, first, false);
    assert_int_equal(f->group.waves[0].mode, 0x5a | 1 << 23);
    destroy(f);
}

static void poison_marks_what_is_undefined_and_nothing_else(void **state)
{
    struct cairn_launch launch = simple;
    launch.lds_bytes = 512;
    launch.kernel_code_properties = 1 << 3;
    launch.rsrc2 = 2 << 1 | 1 << 7;
    struct fixture *f = make(&launch, first, true);
    const struct cairn_wave *wave = f->group.waves;
    assert_true(cairn_wave_read64(wave, 0) == launch.kernarg_address);
    assert_int_equal(wave->sgpr[2], 0);
    assert_int_not_equal(wave->sgpr[3], 0);
    assert_int_not_equal(wave->vgpr[1][5], 0);
    assert_int_equal(wave->vgpr[0][5], 5);
    assert_int_not_equal(((uint8_t *)f->lds)[511], 0);
    assert_int_equal(((uint8_t *)f->lds)[512], 0);
    assert_int_not_equal(((uint8_t *)f->scratch)[16 * 64 - 1], 0);
    destroy(f);
}

/* A workgroup that has run leaves everything else than it was. */
static void dirty(struct fixture *f)
{
    for (uint32_t i = 0; i < f->group.wave_count; i++) {
        struct cairn_wave *wave = &f->group.waves[i];
        memset(wave->vgpr, 0xaa, f->launch.vgprs * sizeof wave->vgpr[0]);
        memset(wave, 0xbb, sizeof *wave);
    }
    memset(f->group.id, 0xcc, sizeof f->group.id);
}

static void a_mold_gives_what_setting_up_anew_gives(void **state)
{
    static const struct {
        bool packed;
        uint32_t workgroup[3], rsrc2;
        uint16_t properties;
    } cases[] = {
        {true, {256, 1, 1}, 6 << 1 | 1 << 7, 1 << 3},
        {true, {8, 4, 5}, 2 << 11 | 1 << 10 | 7 << 7 | 14 << 1, 0x7f},
        {false, {16, 16, 1}, 1 << 11 | 5 << 7 | 1, 1 << 5},
        {false, {3, 5, 7}, 2 << 11 | 2 << 7 | 3 << 1, 0},
        {false, {1, 1, 1}, 2 << 11, 0},
    };
    static const uint32_t ids[][3] = {{0, 0, 0}, {2, 1, 1}, {1, 0, 1}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct cairn_launch launch = simple;
        launch.rsrc2 = cases[i].rsrc2;
        launch.kernel_code_properties = cases[i].properties;
        for (int d = 0; d < 3; d++) {
            launch.workgroup[d] = cases[i].workgroup[d];
            launch.grid[d] = (3u - (uint32_t)(d > 0)) * launch.workgroup[d];
        }
        struct fixture *f = make(&launch, ids[1], false), *fresh = make(&launch, first, false);
        struct cairn_gfx gfx = *f->launch.gfx;
        gfx.packed_work_item_ids = cases[i].packed;
        f->launch.gfx = &gfx;
        void *memory = aligned_alloc(64, f->needs.mold_bytes);
        struct cairn_mold mold;
        cairn_workgroup_init(&f->group, &f->launch, ids[1], f->waves, f->vgprs, f->scratch, f->lds,
                             false);
        cairn_mold_take(&mold, &f->group, memory);
        for (size_t j = 0; j < sizeof ids / sizeof ids[0]; j++) {
            dirty(f);
            assert_true(cairn_workgroup_is_whole(&f->launch, ids[j]));
            cairn_mold_place(&mold, &f->group, ids[j]);
            void *placed = malloc(f->needs.wave_bytes);
            struct cairn_workgroup group = f->group;
            memcpy(placed, f->waves, f->needs.wave_bytes);
            memcpy(fresh->vgprs, f->vgprs, f->needs.vgpr_bytes);
            dirty(f);
            cairn_workgroup_init(&f->group, &f->launch, ids[j], f->waves, f->vgprs, f->scratch,
                                 f->lds, false);
            assert_memory_equal(&group, &f->group, sizeof group);
            assert_memory_equal(placed, f->waves, f->needs.wave_bytes);
            assert_memory_equal(fresh->vgprs, f->vgprs, f->needs.vgpr_bytes);
            free(placed);
        }
        free(memory);
        destroy(f);
        destroy(fresh);
    }
}

static void workgroups_at_the_edge_are_not_whole(void **state)
{
    struct cairn_launch launch = simple;
    static const uint32_t whole[3] = {0, 1, 0}, edge[][3] = {{1, 0, 0}, {0, 2, 0}, {1, 2, 0}};
    launch.grid[0] = 10, launch.grid[1] = 10, launch.grid[2] = 2;
    launch.workgroup[0] = 8, launch.workgroup[1] = 4, launch.workgroup[2] = 2;
    assert_true(cairn_workgroup_is_whole(&launch, whole));
    for (size_t i = 0; i < sizeof edge / sizeof edge[0]; i++)
        assert_false(cairn_workgroup_is_whole(&launch, edge[i]));
}

static void a_barrier_waits_for_those_that_have_not_ended(void **state)
{
    struct cairn_launch launch = simple;
    launch.grid[0] = launch.workgroup[0] = 192;
    struct fixture *f = make(&launch, first, false);
    struct cairn_wave *w = f->group.waves;
    assert_false(cairn_workgroup_release_barrier(&f->group));
    w[0].state = CAIRN_WAVE_BARRIER;
    w[1].state = CAIRN_WAVE_DONE;
    assert_false(cairn_workgroup_release_barrier(&f->group));
    w[2].state = CAIRN_WAVE_BARRIER;
    assert_true(cairn_workgroup_release_barrier(&f->group));
    assert_int_equal(w[0].state, CAIRN_WAVE_READY);
    assert_int_equal(w[1].state, CAIRN_WAVE_DONE);
    assert_int_equal(w[2].state, CAIRN_WAVE_READY);
    w[0].state = w[2].state = CAIRN_WAVE_DONE;
    assert_false(cairn_workgroup_release_barrier(&f->group));
    destroy(f);
}

static void the_first_fault_counts(void **state)
{
    struct fixture *f = make(&simple, first, false);
    struct cairn_wave *w = f->group.waves;
    w->pc = 0x1234;
    cairn_wave_raise(w, CAIRN_FAULT_UNMAPPED, 0x77, 5);
    w->pc = 0x9999;
    cairn_wave_raise(w, CAIRN_FAULT_TRAP, 0, -1);
    assert_int_equal(w->state, CAIRN_WAVE_FAULTED);
    assert_int_equal(w->fault.kind, CAIRN_FAULT_UNMAPPED);
    assert_true(w->fault.pc == 0x1234 && w->fault.address == 0x77);
    assert_int_equal(w->fault.lane, 5);
    destroy(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(user_sgprs_come_in_order_and_only_if_enabled),
        cmocka_unit_test(system_sgprs_follow_the_user_sgpr_count),
        cmocka_unit_test(work_item_ids_are_packed_and_numbered_x_first),
        cmocka_unit_test(exec_holds_the_lanes_that_exist),
        cmocka_unit_test(workgroups_at_the_edge_are_smaller),
        cmocka_unit_test(mode_comes_from_the_descriptor),
        cmocka_unit_test(poison_marks_what_is_undefined_and_nothing_else),
        cmocka_unit_test(a_mold_gives_what_setting_up_anew_gives),
        cmocka_unit_test(workgroups_at_the_edge_are_not_whole),
        cmocka_unit_test(a_barrier_waits_for_those_that_have_not_ended),
        cmocka_unit_test(the_first_fault_counts),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
