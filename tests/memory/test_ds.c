/* SPDX-License-Identifier: MIT
 * DS reads and writes: offsets, the bound of the allocation, M0, and the forms with two addresses
 * (rules L1..L7 of the ISA trap list). What single reads and writes give is in test_forms.c.
 */
#include "machine.h"

#include <string.h>

static void put32(uint8_t *at, uint32_t value)
{
    memcpy(at, &value, 4);
}

static uint32_t get32(const uint8_t *at)
{
    uint32_t value;
    memcpy(&value, at, 4);
    return value;
}

/* LDS dword i holds i + 1. */
static struct machine *counted(void)
{
    struct machine *m = machine_reset();
    for (unsigned i = 0; i < MACHINE_LDS / 4; i++)
        put32(m->group.lds + 4 * i, i + 1);
    return m;
}

struct read_case {
    const char *line;
    uint32_t address, m0;
    uint32_t expected[4];
    unsigned count;
    const char *why;
};

static const struct read_case read_cases[] = {
    {"ds_read_b32 v8, v2 offset:260", 4, 0, {67}, 1, "16-bit offset: 264 / 4 + 1"},
    {"ds_read_b32 v8, v2 offset:8", 0xfffffffc, 0, {2}, 1, "the sum wraps at 32 bits"},
    {"ds_read_b32 v8, v2", 2044, 0, {512}, 1, "last dword; M0 of 0 does not matter"},
    {"ds_read_b32 v8, v2 offset:65535", 0x10000, 0, {0}, 1, "far outside: 0"},
    {"ds_read_b32 v8, v2", 2048, 0, {0}, 1, "first dword outside: 0"},
    {"ds_read_b32 v8, v2", 2046, 0, {0}, 1, "half outside: 0"},
    {"ds_read_b64 v[8:9], v2", 2044, 0, {512, 0}, 2, "each dword alone"},
    {"ds_read_b128 v[8:11], v2", 2040, 0, {511, 512, 0, 0}, 4, "each dword alone"},
    {"ds_read_b96 v[8:10], v2", 0xfffffff8, 0, {0, 0, 1}, 3, "each dword alone, from below 0"},
    {"ds_read2_b32 v[8:9], v2 offset0:1 offset1:3", 8, 0, {4, 6}, 2, "offsets count elements"},
    {"ds_read2_b32 v[8:9], v2 offset1:255", 4, 0, {2, 257}, 2, "each offset has eight bits"},
    {"ds_read2_b64 v[8:11], v2 offset0:1 offset1:2", 0, 0, {3, 4, 5, 6}, 4, "of 8 bytes"},
    {"ds_read2st64_b32 v[8:9], v2 offset0:1 offset1:7", 0, 0, {65, 449}, 2, "of 256 bytes"},
    {"ds_read2st64_b64 v[8:11], v2 offset0:1 offset1:3",
     8,
     0,
     {131, 132, 387, 388},
     4,
     "of 512 bytes"},
    {"ds_read2_b32 v[8:9], v2 offset0:1 offset1:1", 0, 0, {2, 2}, 2, "equal offsets"},
    {"ds_read2_b32 v[8:9], v2 offset1:1", 2044, 0, {512, 0}, 2, "one of two outside"},
};

static void reads_find_their_dwords(void **state)
{
    (void)state;
    machine_preload(read_cases);
    for (unsigned i = 0; i < sizeof read_cases / sizeof read_cases[0]; i++) {
        const struct read_case *c = &read_cases[i];
        struct machine *m = counted();
        m->wave.sgpr[CAIRN_CODE_M0] = c->m0;
        for (unsigned lane = 0; lane < 64; lane++)
            machine_v(m, 2)[lane] = c->address;
        machine_do(m, c->line);
        machine_expect_running(m, c->why);
        for (unsigned d = 0; d < c->count; d++)
            if (machine_v(m, 8 + d)[11] != c->expected[d])
                fail_msg("%s: %s: dword %u is %u, not %u", c->line, c->why, d,
                         machine_v(m, 8 + d)[11], c->expected[d]);
        assert_int_equal(machine_v(m, 8 + c->count)[11], (8 + c->count) << 16 | 11);
    }
}

static void the_bound_holds_for_each_lane_alone(void **state)
{
    (void)state;
    struct machine *m = counted();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = lane % 3 == 0 ? 2048 + lane * 4 : lane * 4;
    machine_do(m, "ds_read_b32 v8, v2");
    for (unsigned lane = 0; lane < 64; lane++)
        assert_int_equal(machine_v(m, 8)[lane], lane % 3 == 0 ? 0 : lane + 1);
}

struct write_case {
    const char *line;
    uint32_t address;
    struct {
        uint32_t at, row; /* dword of LDS, row whose value it gets */
    } dwords[4];
    unsigned count;
    const char *why;
};

/* One lane (7) writes; every other byte, the neighbour's included, must stay. */
static const struct write_case write_cases[] = {
    {"ds_write_b32 v2, v8 offset:4", 4, {{2, 8}}, 1, "offset"},
    {"ds_write_b32 v2, v8", 2048, {{0}}, 0, "first dword outside"},
    {"ds_write_b32 v2, v8", 2046, {{0}}, 0, "half outside"},
    {"ds_write_b16 v2, v8", 2047, {{0}}, 0, "half outside"},
    {"ds_write_b64 v2, v[8:9]", 2044, {{511, 8}}, 1, "each dword alone"},
    {"ds_write_b128 v2, v[8:11]", 2040, {{510, 8}, {511, 9}}, 2, "each dword alone"},
    {"ds_write_b128 v2, v[8:11]", 0xfffffff8, {{0, 10}, {1, 11}}, 2, "from below 0"},
    {"ds_write2_b32 v2, v8, v10 offset0:2 offset1:5", 4, {{3, 8}, {6, 10}}, 2, "elements"},
    {"ds_write2_b64 v2, v[8:9], v[10:11] offset0:2 offset1:4",
     0,
     {{4, 8}, {5, 9}, {8, 10}, {9, 11}},
     4,
     "of 8 bytes"},
    {"ds_write2st64_b32 v2, v8, v10 offset0:1 offset1:2", 0, {{64, 8}, {128, 10}}, 2, "256 bytes"},
    {"ds_write2st64_b64 v2, v[8:9], v[10:11] offset1:1",
     0,
     {{0, 8}, {1, 9}, {128, 10}, {129, 11}},
     4,
     "512 bytes"},
    {"ds_write2_b32 v2, v8, v10 offset0:3 offset1:3",
     0,
     {{3, 8}},
     1,
     "equal offsets are one access with DATA0"},
    {"ds_write2_b32 v2, v8, v10 offset1:1", 2044, {{511, 8}}, 1, "one of two outside"},
};

static void writes_change_their_dwords_and_nothing_else(void **state)
{
    (void)state;
    machine_preload(write_cases);
    for (unsigned i = 0; i < sizeof write_cases / sizeof write_cases[0]; i++) {
        const struct write_case *c = &write_cases[i];
        struct machine *m = counted();
        machine_set_exec(m, 1 << 7);
        machine_v(m, 2)[7] = c->address;
        machine_do(m, c->line);
        machine_expect_running(m, c->why);
        for (unsigned d = 0; d < MACHINE_LDS / 4 + 64; d++) {
            uint32_t expected = d < MACHINE_LDS / 4 ? d + 1 : 0xb5b5b5b5;
            for (unsigned k = 0; k < c->count; k++)
                if (c->dwords[k].at == d)
                    expected = c->dwords[k].row << 16 | 7;
            if (get32(m->group.lds + 4 * d) != expected)
                fail_msg("%s: %s: dword %u is %#x, not %#x", c->line, c->why, d,
                         get32(m->group.lds + 4 * d), expected);
        }
    }
}

static void a_full_wave_that_writes_past_the_end_leaves_the_neighbour_alone(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = MACHINE_LDS - 128 + lane * 16;
    machine_do(m, "ds_write_b128 v2, v[8:11]");
    for (unsigned i = 0; i < 4096; i++)
        assert_int_equal(m->group.lds[MACHINE_LDS + i], MACHINE_POISON);
    assert_int_equal(get32(m->group.lds + MACHINE_LDS - 4), 11 << 16 | 7);
}

static void a_workgroup_without_lds_reads_0(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    m->group.lds_bytes = 0;
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = 0;
    machine_do(m, "ds_read_b128 v[8:11], v2");
    machine_expect_running(m, "read");
    assert_int_equal(machine_v(m, 11)[63], 0);
    machine_do(m, "ds_write_b8 v2, v20");
    assert_int_equal(m->group.lds[0], MACHINE_POISON);
}

static void of_two_lanes_that_write_one_address_the_higher_one_stays(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = lane / 2 * 4;
    machine_do(m, "ds_write_b32 v2, v8");
    for (unsigned i = 0; i < 32; i++)
        assert_int_equal(get32(m->group.lds + 4 * i), 8 << 16 | (2 * i + 1));
}

static void addtid_uses_m0_and_the_lane_and_no_address(void **state)
{
    (void)state;
    struct machine *m = counted();
    m->wave.sgpr[CAIRN_CODE_M0] = 0xffff0000 | 32;
    machine_do(m, "ds_read_addtid_b32 v8 offset:16");
    for (unsigned lane = 0; lane < 64; lane++)
        assert_int_equal(machine_v(m, 8)[lane], (48 + 4 * lane) / 4 + 1);
    machine_set_exec(m, UINT64_C(5) << 60);
    machine_do(m, "ds_write_addtid_b32 v9 offset:8");
    for (unsigned lane = 0; lane < 64; lane++) {
        bool written = lane == 60 || lane == 62;
        uint32_t at = 40 + 4 * lane;
        assert_int_equal(get32(m->group.lds + at), written ? 9 << 16 | lane : at / 4 + 1);
    }
}

static void ds_nop_does_nothing(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    machine_do(m, "ds_nop");
    machine_expect_running(m, "ds_nop");
}

static void gds_and_gws_are_not_implemented(void **state)
{
    (void)state;
    static const char *const lines[] = {"ds_add_u32 v2, v8", "ds_gws_init v2 gds",
                                        "ds_gws_barrier v2 gds", "ds_gws_sema_v gds"};
    struct cairn_insn insns[4];
    machine_reset();
    machine_assemble(lines, 4, insns);
    insns[0].gds = 1;
    for (unsigned i = 0; i < 4; i++)
        assert_null(cairn_interp_memory_select(&insns[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_find_their_dwords),
        cmocka_unit_test(the_bound_holds_for_each_lane_alone),
        cmocka_unit_test(writes_change_their_dwords_and_nothing_else),
        cmocka_unit_test(a_full_wave_that_writes_past_the_end_leaves_the_neighbour_alone),
        cmocka_unit_test(a_workgroup_without_lds_reads_0),
        cmocka_unit_test(of_two_lanes_that_write_one_address_the_higher_one_stays),
        cmocka_unit_test(addtid_uses_m0_and_the_lane_and_no_address),
        cmocka_unit_test(ds_nop_does_nothing),
        cmocka_unit_test(gds_and_gws_are_not_implemented),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
