/* SPDX-License-Identifier: MIT
 * Buffer instructions: how descriptor, index, offset and SOFFSET make an address, range checks,
 * swizzling, scratch, loads to LDS (rules MB1..MB5, MB7, MB8 of the ISA trap list).
 */
#include "machine.h"

#include <string.h>

enum {
    ADD_TID = 1 << 23,
    INDEX_STRIDE_16 = 1 << 21,
    INDEX_STRIDE_64 = 3 << 21,
    FORMAT_1 = 1 << 15
};

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

/* Dword i of memory holds i + 1. */
static struct machine *counted(void)
{
    struct machine *m = machine_reset();
    for (unsigned i = 0; i < (MACHINE_WINDOW - MACHINE_PAGE) / 4; i++)
        put32(m->memory + 4 * i, i + 1);
    return m;
}

struct load_case {
    const char *line;
    uint32_t stride, records, word3;
    bool swizzle;
    uint32_t v2, v3, s12;
    uint32_t expected[4]; /* of lane 3 */
    unsigned count;
    const char *why;
};

static const struct load_case load_cases[] = {
    {"buffer_load_dword v8, v2, s[4:7], 0 offen offset:8",
     0,
     4096,
     0,
     false,
     12,
     0,
     0,
     {6},
     1,
     "offen: vaddr is the offset, and the instruction's is added"},
    {"buffer_load_dword v8, off, s[4:7], 0 offset:8",
     0,
     4096,
     0,
     false,
     12,
     0,
     0,
     {3},
     1,
     "neither: the instruction's offset alone"},
    {"buffer_load_dword v8, v2, s[4:7], 0 idxen offset:4",
     16,
     4,
     0,
     false,
     3,
     0,
     0,
     {14},
     1,
     "idxen: vaddr counts records"},
    {"buffer_load_dword v8, v2, s[4:7], 0 idxen",
     0x3000,
     4,
     0,
     false,
     1,
     0,
     0,
     {0x3000 / 4 + 1},
     1,
     "all 14 bits of the stride"},
    {"buffer_load_dword v8, v[2:3], s[4:7], 0 idxen offen offset:4",
     16,
     4,
     0,
     false,
     2,
     8,
     0,
     {12},
     1,
     "both: index first, then offset"},
    {"buffer_load_dword v8, off, s[4:7], s12 offset:4",
     0,
     4096,
     0,
     false,
     0,
     0,
     100,
     {27},
     1,
     "SOFFSET from an SGPR"},
    {"buffer_load_dword v8, off, s[4:7], 16 offset:4",
     0,
     4096,
     0,
     false,
     0,
     0,
     0,
     {6},
     1,
     "SOFFSET as a constant"},
    {"buffer_load_dword v8, off, s[4:7], m0 offset:4",
     0,
     4096,
     0,
     false,
     0,
     0,
     0,
     {66},
     1,
     "SOFFSET from M0 (256)"},
    {"buffer_load_dword v8, off, s[4:7], s12 offset:4",
     0,
     8,
     0,
     false,
     0,
     0,
     100,
     {27},
     1,
     "SOFFSET takes no part in the range check"},
    {"buffer_load_dwordx4 v[8:11], off, s[4:7], 0 offset:4",
     0,
     12,
     0,
     false,
     0,
     0,
     0,
     {2, 3, 0, 0},
     4,
     "raw dwords are checked one by one"},
    {"buffer_load_dword v8, off, s[4:7], 0 offset:4",
     0,
     6,
     0,
     false,
     0,
     0,
     0,
     {0},
     1,
     "half of the dword outside"},
    {"buffer_load_ubyte v8, off, s[4:7], 0 offset:5",
     0,
     6,
     0,
     false,
     0,
     0,
     0,
     {0},
     1,
     "last byte inside (it is 0)"},
    {"buffer_load_dword v8, v2, s[4:7], 0 offen offset:8",
     0,
     4096,
     0,
     false,
     0xfffffffc,
     0,
     0,
     {2},
     1,
     "the offset wraps at 32 bits"},
    {"buffer_load_dword v8, v2, s[4:7], 0 offen",
     0,
     4096,
     0,
     false,
     0xfffffffc,
     0,
     0,
     {0},
     1,
     "a negative offset is far outside"},
    {"buffer_load_dwordx4 v[8:11], v2, s[4:7], 0 idxen offset:8",
     16,
     2,
     0,
     false,
     1,
     0,
     0,
     {7, 8, 9, 10},
     4,
     "structured: last record, whatever the offset"},
    {"buffer_load_dwordx2 v[8:9], v2, s[4:7], 0 idxen",
     16,
     2,
     0,
     false,
     2,
     0,
     0,
     {0, 0},
     2,
     "structured: one record too far, all or nothing"},
    {"buffer_load_dword v8, off, s[4:7], 0",
     16,
     2,
     0,
     false,
     0,
     0,
     0,
     {0},
     1,
     "without an index the bound is bytes, stride or not (gfx9)"},
    {"buffer_load_dword v8, v2, s[4:7], 0 idxen",
     0,
     4,
     0,
     false,
     7,
     0,
     0,
     {1},
     1,
     "stride 0: every index is record 0, the bound is bytes"},
    {"buffer_load_dword v8, off, s[4:7], 0 offset:4",
     8,
     64,
     ADD_TID,
     false,
     0,
     0,
     0,
     {8},
     1,
     "the lane is added to the index"},
    {"buffer_load_dword v8, v2, s[4:7], 0 idxen",
     8,
     64,
     ADD_TID,
     false,
     10,
     0,
     0,
     {27},
     1,
     "to the index of vaddr too"},
    {"buffer_load_dword v8, off, s[4:7], 0",
     8,
     64,
     ADD_TID | FORMAT_1,
     false,
     0,
     0,
     0,
     {3 * (16384 + 8) / 4 + 1},
     1,
     "with add_tid the data format is stride[17:14]"},
    {"buffer_load_dwordx2 v[8:9], v[2:3], s[4:7], 0 idxen offen",
     16,
     64,
     0,
     true,
     10,
     8,
     0,
     {51, 59},
     2,
     "swizzled by 8: record 10 is place 2 of block 1, each dword alone"},
    {"buffer_load_dwordx2 v[8:9], v[2:3], s[4:7], s12 idxen offen",
     16,
     64,
     INDEX_STRIDE_16,
     true,
     20,
     4,
     8,
     {87, 103},
     2,
     "swizzled by 16; SOFFSET is not swizzled"},
    {"buffer_load_ushort v8, v[2:3], s[4:7], 0 idxen offen",
     16,
     64,
     0,
     true,
     1,
     4,
     0,
     {10},
     1,
     "swizzled short: bytes stay in their dword"},
};

static void addresses_and_range_checks_of_loads(void **state)
{
    (void)state;
    machine_preload(load_cases);
    for (unsigned i = 0; i < sizeof load_cases / sizeof load_cases[0]; i++) {
        const struct load_case *c = &load_cases[i];
        struct machine *m = counted();
        machine_set_buffer(m, 4, (uintptr_t)m->memory, c->stride, c->records, c->word3, c->swizzle);
        m->wave.sgpr[12] = c->s12;
        m->wave.sgpr[CAIRN_CODE_M0] = 256;
        for (unsigned lane = 0; lane < 64; lane++) {
            machine_v(m, 2)[lane] = c->v2;
            machine_v(m, 3)[lane] = c->v3;
        }
        machine_set_exec(m, 8);
        machine_do(m, c->line);
        machine_expect_running(m, c->why);
        for (unsigned d = 0; d < c->count; d++)
            if (machine_v(m, 8 + d)[3] != c->expected[d])
                fail_msg("%s: %s: dword %u is %u, not %u", c->line, c->why, d,
                         machine_v(m, 8 + d)[3], c->expected[d]);
    }
}

static void an_all_zero_descriptor_reads_0_and_takes_no_store(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "buffer_load_dword v8, v2, s[4:7], s12 offen",
        "buffer_store_dword v8, v2, s[4:7], s12 offen",
        "buffer_atomic_add v8, v2, s[4:7], s12 offen glc",
    };
    machine_preload(lines);
    for (unsigned i = 0; i < 3; i++) {
        struct machine *m = counted();
        machine_set_buffer(m, 4, 0, 0, 0, 0, false);
        machine_do(m, lines[i]);
        machine_expect_running(m, lines[i]);
        assert_int_equal(machine_v(m, 8)[5], i == 1 ? 8 << 16 | 5 : 0);
    }
}

static void stores_and_atomics_out_of_range_vanish(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = lane * 16;
    machine_set_buffer(m, 4, (uintptr_t)m->memory, 0, 40, 0, false);
    machine_do(m, "buffer_store_dwordx4 v[8:11], v2, s[4:7], 0 offen");
    machine_expect_running(m, "store");
    for (unsigned i = 0; i < 32; i++) {
        uint32_t expected = i < 10 ? (8 + i % 4) << 16 | i / 4 : 0;
        assert_int_equal(get32(m->memory + 4 * i), expected);
    }
    m = counted();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = lane * 8;
    machine_set_buffer(m, 4, (uintptr_t)m->memory, 0, 20, 0, false);
    machine_do(m, "buffer_atomic_add_x2 v[8:9], v2, s[4:7], 0 offen glc");
    machine_expect_running(m, "atomic");
    assert_int_equal(machine_v(m, 8)[1], 3);
    assert_int_equal(machine_v(m, 8)[2], 0); /* half of it inside: all or nothing */
    assert_int_equal(get32(m->memory + 16), 5);
    assert_int_equal(get32(m->memory + 8), 3 + (8 << 16 | 1));
}

static void an_atomic_without_glc_leaves_vdata_alone(void **state)
{
    (void)state;
    struct machine *m = counted();
    machine_set_buffer(m, 4, (uintptr_t)m->memory, 0, 4096, 0, false);
    machine_do(m, "buffer_atomic_swap v8, off, s[4:7], 0");
    assert_int_equal(machine_v(m, 8)[9], 8 << 16 | 9);
    assert_int_equal(get32(m->memory), 8 << 16 | 63);
}

/* The descriptor that wave set-up makes: swizzle, index stride 64, add_tid; records do not matter.
 */
static void set_scratch(struct machine *m)
{
    machine_set_buffer(m, 4, (uintptr_t)m->wave.scratch, 0, 0, INDEX_STRIDE_64 | ADD_TID, true);
}

static void spills_go_to_the_lane_s_dword_of_each_row(void **state)
{
    (void)state;
    static const uint64_t masks[] = {~UINT64_C(0), 0xf0f0f0f0f0f0f00f};
    for (unsigned i = 0; i < 2; i++) {
        struct machine *m = machine_reset();
        set_scratch(m);
        m->wave.sgpr[32] = 64 * 8; /* the stack pointer counts bytes of the wave */
        machine_set_exec(m, masks[i]);
        machine_do(m, "buffer_store_dwordx4 v[8:11], off, s[4:7], s32 offset:16");
        machine_expect_running(m, "store");
        for (unsigned lane = 0; lane < 64; lane++)
            for (unsigned d = 0; d < 4; d++) {
                uint32_t expected = masks[i] >> lane & 1 ? (8 + d) << 16 | lane : 0xb5b5b5b5;
                assert_int_equal(get32(machine_private(m, lane, 24 + 4 * d)), expected);
            }
        machine_do(m, "buffer_load_dwordx4 v[20:23], off, s[4:7], s32 offset:16");
        for (unsigned lane = 0; lane < 64; lane++)
            for (unsigned d = 0; d < 4; d++)
                assert_int_equal(machine_v(m, 20 + d)[lane], masks[i] >> lane & 1
                                                                 ? (8 + d) << 16 | lane
                                                                 : (20 + d) << 16 | lane);
    }
}

static void scratch_offsets_are_not_range_checked_and_may_be_negative(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    set_scratch(m);
    for (unsigned lane = 0; lane < 64; lane++) {
        machine_v(m, 2)[lane] = 0xfffffff8;
        put32(machine_private(m, lane, 8), 700 + lane);
        put32(machine_private(m, lane, 4), 800 + lane);
    }
    machine_do(m, "buffer_load_dword v8, v2, s[4:7], 0 offen offset:16");
    machine_expect_running(m, "-8 + 16");
    assert_int_equal(machine_v(m, 8)[33], 733);
    m->wave.sgpr[12] = 64 * 12;
    machine_do(m, "buffer_load_dword v8, v2, s[4:7], s12 offen");
    machine_expect_running(m, "-8 below SOFFSET 12 * 64");
    assert_int_equal(machine_v(m, 8)[33], 833);
}

static void scratch_outside_of_the_wave_is_a_fault(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    set_scratch(m);
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = lane == 40 ? 256 : 4;
    machine_do(m, "buffer_load_dword v8, v2, s[4:7], 0 offen");
    machine_expect_fault(m, "256", CAIRN_FAULT_SCRATCH, (uintptr_t)m->wave.scratch + 64 * 256 + 160,
                         40);
    m = machine_reset();
    set_scratch(m);
    machine_do(m, "buffer_store_dword v8, off, s[4:7], 0 offset:256");
    machine_expect_fault(m, "a whole row", CAIRN_FAULT_SCRATCH,
                         (uintptr_t)m->wave.scratch + 64 * 256, 0);
}

static void bad_memory_behind_a_descriptor_is_a_fault(void **state)
{
    (void)state;
    static const struct {
        unsigned where; /* 0: null page, 1: LDS, 2: hole of the window */
        enum cairn_fault_kind kind;
    } cases[] = {
        {0, CAIRN_FAULT_UNMAPPED},
        {1, CAIRN_FAULT_APERTURE},
        {2, CAIRN_FAULT_UNMAPPED},
    };
    for (unsigned i = 0; i < 3; i++) {
        struct machine *m = machine_reset();
        uint64_t base = cases[i].where == 0 ? 4096
                        : cases[i].where == 1
                            ? (uintptr_t)m->group.lds
                            : (uintptr_t)m->memory + MACHINE_WINDOW - MACHINE_PAGE;
        machine_set_buffer(m, 4, base, 0, 4096, 0, false);
        for (unsigned lane = 0; lane < 64; lane++)
            machine_v(m, 2)[lane] = lane < 12 ? 0xf0000000 : 64; /* out of range: no access */
        machine_do(m, "buffer_load_dword v8, v2, s[4:7], 0 offen");
        machine_expect_fault(m, "load", cases[i].kind, base + 64, 12);
    }
}

static void loads_to_lds_go_to_m0_plus_offset_plus_lane(void **state)
{
    (void)state;
    struct machine *m = counted();
    machine_set_buffer(m, 4, (uintptr_t)m->memory, 0, 4096, 0, false);
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = lane * 8;
    m->wave.sgpr[CAIRN_CODE_M0] = 0x50000 | (MACHINE_LDS - 64);
    machine_set_exec(m, ~UINT64_C(4));
    machine_do(m, "buffer_load_dword v2, s[4:7], 0 offen offset:12 lds");
    machine_expect_running(m, "lds");
    for (unsigned lane = 0; lane < 64; lane++) {
        uint32_t at = MACHINE_LDS - 64 + 12 + lane * 4;
        bool written = lane != 2 && at + 4 <= MACHINE_LDS;
        assert_int_equal(get32(m->group.lds + at), written ? (lane * 8 + 12) / 4 + 1 : 0xb5b5b5b5);
    }
    for (unsigned lane = 0; lane < 64; lane++)
        assert_int_equal(machine_v(m, 0)[lane], lane);
}

static void lanes_that_would_land_outside_of_lds_do_not_load(void **state)
{
    (void)state;
    struct machine *m = counted();
    machine_set_buffer(m, 4, 4096, 0, 4096, 0, false); /* any access would fault */
    m->wave.sgpr[CAIRN_CODE_M0] = MACHINE_LDS;
    machine_do(m, "buffer_load_sbyte off, s[4:7], 0 lds");
    machine_expect_running(m, "outside");
}

static void bytes_loaded_to_lds_become_dwords_and_lds_can_be_stored(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    m->memory[5] = 0x85;
    machine_set_buffer(m, 4, (uintptr_t)m->memory, 0, 4096, 0, false);
    m->wave.sgpr[CAIRN_CODE_M0] = 16;
    machine_do(m, "buffer_load_sbyte off, s[4:7], 0 offset:5 lds");
    assert_int_equal(get32(m->group.lds + 16 + 5), 0xffffff85);
    assert_int_equal(get32(m->group.lds + 16 + 5 + 63 * 4), 0xffffff85);
    put32(m->group.lds + 40, 0x12345678);
    m->wave.sgpr[CAIRN_CODE_M0] = 40 - 4 * 9;
    machine_set_exec(m, 1 << 9);
    machine_do(m, "buffer_store_lds_dword s[4:7], 64 lds");
    machine_expect_running(m, "store");
    assert_int_equal(get32(m->memory + 64), 0x12345678);
}

static void cache_instructions_do_nothing(void **state)
{
    (void)state;
    static const char *const lines[] = {"buffer_wbl2", "buffer_invl2", "buffer_wbinvl1",
                                        "buffer_wbinvl1_vol"};
    struct machine *m = machine_reset();
    machine_preload(lines);
    for (unsigned i = 0; i < 4; i++)
        machine_do(m, lines[i]);
    machine_expect_running(m, "cache");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_and_range_checks_of_loads),
        cmocka_unit_test(an_all_zero_descriptor_reads_0_and_takes_no_store),
        cmocka_unit_test(stores_and_atomics_out_of_range_vanish),
        cmocka_unit_test(an_atomic_without_glc_leaves_vdata_alone),
        cmocka_unit_test(spills_go_to_the_lane_s_dword_of_each_row),
        cmocka_unit_test(scratch_offsets_are_not_range_checked_and_may_be_negative),
        cmocka_unit_test(scratch_outside_of_the_wave_is_a_fault),
        cmocka_unit_test(bad_memory_behind_a_descriptor_is_a_fault),
        cmocka_unit_test(loads_to_lds_go_to_m0_plus_offset_plus_lane),
        cmocka_unit_test(lanes_that_would_land_outside_of_lds_do_not_load),
        cmocka_unit_test(bytes_loaded_to_lds_become_dwords_and_lds_can_be_stored),
        cmocka_unit_test(cache_instructions_do_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
