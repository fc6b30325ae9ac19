/* SPDX-License-Identifier: MIT
 * DS instructions between lanes: bpermute, permute, swizzle, append and consume (rules X3, X4, A9
 * of the ISA trap list).
 */
#include "machine.h"

#include <string.h>

static void bpermute_reads_the_lane_of_address_plus_offset(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = (lane * 7 + 3) * 4 + lane % 4 + 1024 * lane;
    machine_do(m, "ds_bpermute_b32 v8, v2, v9 offset:8");
    for (unsigned lane = 0; lane < 64; lane++)
        assert_int_equal(machine_v(m, 8)[lane],
                         9 << 16 | (lane * 7 + 3 + 2 + (lane % 4 + 8 > 11)) % 64);
}

static void bpermute_wraps_at_64_lanes_and_at_32_bits(void **state)
{
    (void)state;
    static const struct {
        uint32_t address, lane;
        const char *why;
    } cases[] = {
        {252, 63, "last lane"},
        {256, 0, "wraps at the wave"},
        {0xfffffffc, 63, "negative: the lane before lane 0"},
        {7, 1, "low two bits do not count"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct machine *m = machine_reset();
        for (unsigned lane = 0; lane < 64; lane++)
            machine_v(m, 2)[lane] = cases[i].address;
        machine_do(m, "ds_bpermute_b32 v8, v2, v9");
        if (machine_v(m, 8)[0] != (9 << 16 | cases[i].lane))
            fail_msg("%s: %#x", cases[i].why, machine_v(m, 8)[0]);
    }
}

static void inactive_source_lanes_give_0_and_inactive_lanes_keep_theirs(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = (lane ^ 1) * 4;
    machine_set_exec(m, 0x00000000ffff0007);
    machine_do(m, "ds_bpermute_b32 v8, v2, v9");
    assert_int_equal(machine_v(m, 8)[0], 9 << 16 | 1);
    assert_int_equal(machine_v(m, 8)[1], 9 << 16 | 0);
    assert_int_equal(machine_v(m, 8)[2], 0);           /* lane 3 is off */
    assert_int_equal(machine_v(m, 8)[3], 8 << 16 | 3); /* off itself */
    assert_int_equal(machine_v(m, 8)[40], 8 << 16 | 40);
}

static void bpermute_may_overwrite_its_own_sources(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = (63 - lane) * 4;
    machine_do(m, "ds_bpermute_b32 v9, v2, v9");
    for (unsigned lane = 0; lane < 64; lane++)
        assert_int_equal(machine_v(m, 9)[lane], 9 << 16 | (63 - lane));
    machine_do(m, "ds_bpermute_b32 v2, v2, v9");
    for (unsigned lane = 0; lane < 64; lane++)
        assert_int_equal(machine_v(m, 2)[lane], 9 << 16 | lane);
}

static void permute_pushes_the_highest_source_wins_and_unhit_lanes_get_0(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = lane / 2 * 4;
    machine_set_exec(m, ~(UINT64_C(1) << 5) & ~(UINT64_C(3) << 62));
    machine_do(m, "ds_permute_b32 v8, v2, v9 offset:256");
    assert_int_equal(machine_v(m, 8)[0], 9 << 16 | 1);
    assert_int_equal(machine_v(m, 8)[2], 9 << 16 | 4); /* lane 5 is off and pushes nothing */
    assert_int_equal(machine_v(m, 8)[5], 8 << 16 | 5); /* off: hit, but not written */
    assert_int_equal(machine_v(m, 8)[30], 9 << 16 | 61);
    assert_int_equal(machine_v(m, 8)[31], 0); /* 62 and 63 are off */
    assert_int_equal(machine_v(m, 8)[40], 0);
    assert_int_equal(machine_v(m, 8)[63], 8 << 16 | 63);
}

struct swizzle_case {
    const char *line;
    unsigned lane, from;
    const char *why;
};

static const struct swizzle_case swizzle_cases[] = {
    {"ds_swizzle_b32 v8, v9 offset:swizzle(QUAD_PERM,2,3,0,1)", 4, 6, "quad: first"},
    {"ds_swizzle_b32 v8, v9 offset:swizzle(QUAD_PERM,2,3,0,1)", 43, 41, "quad: last"},
    {"ds_swizzle_b32 v8, v9 offset:swizzle(SWAP,16)", 3, 19, "xor 16"},
    {"ds_swizzle_b32 v8, v9 offset:swizzle(SWAP,16)", 35, 51, "within the upper 32 lanes"},
    {"ds_swizzle_b32 v8, v9 offset:swizzle(REVERSE,32)", 33, 62, "mirror of 32"},
    {"ds_swizzle_b32 v8, v9 offset:swizzle(BROADCAST,8,3)", 47, 43, "third of each eight"},
    {"ds_swizzle_b32 v8, v9 offset:swizzle(BITMASK_PERM,\"01pi0\")", 7, 12,
     "0 1 keep invert 0: 00111 gives 01100"},
    {"ds_swizzle_b32 v8, v9 offset:0x7fff", 0, 0, "and 31, or 31, xor 31: lane 0"},
    {"ds_swizzle_b32 v8, v9 offset:0x7fff", 63, 32, "and 31, or 31, xor 31: lane 32"},
    {"ds_swizzle_b32 v8, v9 offset:0xc020", 0, 1, "rotate by 1, to lower lanes"},
    {"ds_swizzle_b32 v8, v9 offset:0xc020", 63, 32, "rotation wraps at 32 lanes"},
    {"ds_swizzle_b32 v8, v9 offset:0xc420", 0, 31, "bit 10: to higher lanes"},
    {"ds_swizzle_b32 v8, v9 offset:0xc038", 7, 0, "rotate by 1, bits 4:3 kept: wraps at 8"},
    {"ds_swizzle_b32 v8, v9 offset:0xe000", 1, 16, "FFT 0: five bits reversed"},
    {"ds_swizzle_b32 v8, v9 offset:0xe000", 38, 44, "FFT 0 in the upper half: 00110 to 01100"},
    {"ds_swizzle_b32 v8, v9 offset:0xe01f", 13, 13, "FFT 31: identity"},
    {"ds_swizzle_b32 v8, v9 offset:0xe010", 17, 24, "FFT 16: bit 4 kept, 0001 reversed"},
};

static void swizzle_reads_the_lane_of_its_pattern(void **state)
{
    (void)state;
    machine_preload(swizzle_cases);
    for (unsigned i = 0; i < sizeof swizzle_cases / sizeof swizzle_cases[0]; i++) {
        const struct swizzle_case *c = &swizzle_cases[i];
        struct machine *m = machine_reset();
        machine_do(m, c->line);
        if (machine_v(m, 8)[c->lane] != (9 << 16 | c->from))
            fail_msg("%s (%s): lane %u read %#x, not lane %u", c->line, c->why, c->lane,
                     machine_v(m, 8)[c->lane], c->from);
    }
}

static void swizzle_from_an_inactive_lane_gives_0(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    machine_set_exec(m, 0x1);
    machine_do(m, "ds_swizzle_b32 v8, v9 offset:swizzle(SWAP,1)");
    assert_int_equal(machine_v(m, 8)[0], 0);
    assert_int_equal(machine_v(m, 8)[1], 8 << 16 | 1);
}

static void append_and_consume_count_active_lanes_at_m0_plus_offset(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    uint32_t counter = 1000, now;
    memcpy(m->group.lds + 140, &counter, 4);
    m->wave.sgpr[CAIRN_CODE_M0] = 128;
    machine_set_exec(m, 0xf0f00000000000f1);
    machine_do(m, "ds_append v8 offset:12");
    memcpy(&now, m->group.lds + 140, 4);
    assert_int_equal(now, 1013);
    for (unsigned lane = 0; lane < 64; lane++) {
        bool on = UINT64_C(0xf0f00000000000f1) >> lane & 1;
        assert_int_equal(machine_v(m, 8)[lane], on ? 1000 : 8 << 16 | lane);
    }
    machine_set_exec(m, 7);
    machine_do(m, "ds_consume v8 offset:12");
    memcpy(&now, m->group.lds + 140, 4);
    assert_int_equal(now, 1010);
    assert_int_equal(machine_v(m, 8)[2], 1013);
    m->wave.sgpr[CAIRN_CODE_M0] = MACHINE_LDS;
    machine_do(m, "ds_append v8");
    assert_int_equal(machine_v(m, 8)[0], 0); /* outside of the allocation */
    assert_int_equal(m->group.lds[MACHINE_LDS], MACHINE_POISON);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bpermute_reads_the_lane_of_address_plus_offset),
        cmocka_unit_test(bpermute_wraps_at_64_lanes_and_at_32_bits),
        cmocka_unit_test(inactive_source_lanes_give_0_and_inactive_lanes_keep_theirs),
        cmocka_unit_test(bpermute_may_overwrite_its_own_sources),
        cmocka_unit_test(permute_pushes_the_highest_source_wins_and_unhit_lanes_get_0),
        cmocka_unit_test(swizzle_reads_the_lane_of_its_pattern),
        cmocka_unit_test(swizzle_from_an_inactive_lane_gives_0),
        cmocka_unit_test(append_and_consume_count_active_lanes_at_m0_plus_offset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
