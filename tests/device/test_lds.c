/* SPDX-License-Identifier: MIT
 * LDS of slots: what lies outside of a workgroup's allocation reads as zeros, on either side and
 * whatever ran there before. Finalized code loads from there without a check.
 */
#include "device/soft/slot.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static struct cairn_launch launch_of(uint32_t lds_bytes)
{
    return (struct cairn_launch){
        .gfx = cairn_gfx_at(CAIRN_GFX_gfx90a),
        .wave_size = 64,
        .vgprs = 8,
        .agpr_offset = 8,
        .grid = {64, 1, 1},
        .workgroup = {64, 1, 1},
        .workgroups = {1, 1, 1},
        .lds_bytes = lds_bytes,
    };
}

static uint8_t *place(struct cairn_slot *slot, const struct cairn_launch *launch)
{
    struct cairn_workgroup_needs needs;
    cairn_workgroup_measure(launch, &needs);
    assert_true(cairn_slot_reserve(slot, launch, &needs));
    cairn_slot_place(slot, launch, &needs, 0);
    assert_int_equal(slot->group.lds_bytes, launch->lds_bytes);
    assert_int_equal((uintptr_t)slot->group.lds & 0xffffffff, 0);
    return slot->group.lds;
}

static void expect_zeros_around(const uint8_t *lds, uint32_t bytes)
{
    for (uint32_t i = bytes; i < 65536 + 256; i++)
        assert_int_equal(lds[i], 0);
    assert_int_equal(lds[0x7ffffffc], 0);
    assert_int_equal(lds[-1], 0);
    assert_int_equal(lds[-(int64_t)0x80000000], 0);
}

static void outside_of_lds_are_zeros(void **state)
{
    static const uint32_t sizes[] = {512, 65536, 1024, 0, 8192, 512, 65536, 0};
    (void)state;
    struct cairn_slot *slot = cairn_slot_create();
    assert_non_null(slot);
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        struct cairn_launch launch = launch_of(sizes[i]);
        uint8_t *lds = place(slot, &launch);
        expect_zeros_around(lds, sizes[i]);
        memset(lds, 0xee, sizes[i]);
        expect_zeros_around(lds, sizes[i]);
    }
    cairn_slot_destroy(slot);
}

static void another_slot_finds_zeros_too(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 20; i++) {
        struct cairn_launch launch = launch_of(i % 2 ? 512 : 65536);
        struct cairn_slot *slot = cairn_slot_create();
        assert_non_null(slot);
        uint8_t *lds = place(slot, &launch);
        expect_zeros_around(lds, launch.lds_bytes);
        memset(lds, 0xee, launch.lds_bytes);
        cairn_slot_destroy(slot);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(outside_of_lds_are_zeros),
        cmocka_unit_test(another_slot_finds_zeros_too),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
