/* SPDX-License-Identifier: MIT
 * Where FLAT, GLOBAL and SCRATCH accesses go: offsets, base registers, apertures, and what happens
 * to accesses that may not be (rules MF1..MF7 and R4, R5 of the ISA trap list).
 */
#include "machine.h"

#include <string.h>
#include <sys/mman.h>

static uint64_t guest(const struct machine *m, uint64_t offset)
{
    return (uintptr_t)m->memory + offset;
}

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

struct offset_case {
    const char *line;
    uint64_t v, s; /* of v[2:3] (v2) and s[4:5], relative to the middle of memory */
    int64_t at;    /* where the access lands, relative to the middle */
    const char *why;
};

static const struct offset_case offset_cases[] = {
    {"flat_load_dword v8, v[2:3] offset:4095", 0, 0, 4095, "flat offsets are unsigned, 12 bits"},
    {"global_load_dword v8, v[2:3], off offset:4095", 0, 0, 4095, "largest global offset"},
    {"global_load_dword v8, v[2:3], off offset:-4096", 0, 0, -4096, "smallest global offset"},
    {"global_load_dword v8, v2, s[4:5] offset:-4", 8, 0, 4, "base + voffset + offset"},
    {"global_load_dword v8, v2, s[4:5]", 0xffffffff, -UINT64_C(0xffffffff), 0,
     "voffset is unsigned: it adds 4 GiB - 1"},
    {"global_load_dword v8, v2, s[4:5] offset:16", 0xfffffff8, -UINT64_C(0x100000000), 8,
     "the sum of voffset and offset does not wrap at 32 bits"},
    {"global_load_dword v8, v2, vcc", 12, 0, 12, "VCC may be the base"},
};

static void offsets_follow_the_rules_of_each_family(void **state)
{
    (void)state;
    machine_preload(offset_cases);
    for (unsigned i = 0; i < sizeof offset_cases / sizeof offset_cases[0]; i++) {
        const struct offset_case *c = &offset_cases[i];
        struct machine *m = machine_reset();
        uint64_t middle = MACHINE_WINDOW / 2;
        bool saddr = strstr(c->line, "off") == NULL || strstr(c->line, "s[4:5]") != NULL;
        saddr = saddr && strncmp(c->line, "flat", 4) != 0;
        cairn_wave_write64(&m->wave, 4, guest(m, middle) + c->s);
        cairn_wave_write64(&m->wave, CAIRN_CODE_VCC_LO, guest(m, middle) + c->s);
        for (unsigned lane = 0; lane < 64; lane++)
            machine_set_v64(m, 2, lane, (saddr ? 0 : guest(m, middle)) + c->v);
        put32(m->memory + (int64_t)middle + c->at, 0xcafe1234);
        machine_do(m, c->line);
        machine_expect_running(m, c->why);
        if (machine_v(m, 8)[63] != 0xcafe1234)
            fail_msg("%s: %#x", c->why, machine_v(m, 8)[63]);
    }
}

/* Lane modulo 5: global, LDS, private, LDS and private by the addresses of the kernel driver. */
static uint64_t mixed_address(const struct machine *m, unsigned lane)
{
    uint64_t offset = lane * 8;
    switch (lane % 5) {
    case 0:
        return guest(m, offset);
    case 1:
        return (uintptr_t)m->group.lds + offset;
    case 2:
        return m->space.private_aperture + lane % 32 * 4;
    case 3:
        return CAIRN_LEGACY_SHARED_APERTURE + offset;
    default:
        return CAIRN_LEGACY_PRIVATE_APERTURE + lane % 32 * 4;
    }
}

static uint8_t *mixed_host(struct machine *m, unsigned lane)
{
    switch (lane % 5) {
    case 0:
        return m->memory + lane * 8;
    case 1:
    case 3:
        return m->group.lds + lane * 8;
    default:
        return machine_private(m, lane, lane % 32 * 4);
    }
}

static void each_lane_of_a_flat_access_has_its_own_aperture(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++) {
        machine_set_v64(m, 2, lane, mixed_address(m, lane));
        put32(mixed_host(m, lane), 0x1000 + lane);
    }
    machine_do(m, "flat_load_dword v8, v[2:3]");
    machine_expect_running(m, "load");
    for (unsigned lane = 0; lane < 64; lane++)
        assert_int_equal(machine_v(m, 8)[lane], 0x1000 + lane);
    machine_do(m, "flat_store_dword v[2:3], v9");
    for (unsigned lane = 0; lane < 64; lane++)
        assert_int_equal(get32(mixed_host(m, lane)), machine_v(m, 9)[lane]);
    machine_do(m, "flat_atomic_add v10, v[2:3], v11 glc");
    machine_expect_running(m, "atomic");
    for (unsigned lane = 0; lane < 64; lane++) {
        assert_int_equal(machine_v(m, 10)[lane], machine_v(m, 9)[lane]);
        assert_int_equal(get32(mixed_host(m, lane)),
                         machine_v(m, 9)[lane] + machine_v(m, 11)[lane]);
    }
}

enum target { TO_LDS, TO_PRIVATE, TO_LEGACY_LDS, TO_LEGACY_PRIVATE, TO_NOWHERE, TO_HOST, TO_HOLE };

static uint64_t target_address(const struct machine *m, enum target target)
{
    static uint32_t host_variable[4];
    switch (target) {
    case TO_LDS:
        return (uintptr_t)m->group.lds + 16;
    case TO_PRIVATE:
        return m->space.private_aperture + 16;
    case TO_LEGACY_LDS:
        return CAIRN_LEGACY_SHARED_APERTURE;
    case TO_LEGACY_PRIVATE:
        return CAIRN_LEGACY_PRIVATE_APERTURE;
    case TO_NOWHERE:
        return 16;
    case TO_HOST:
        return (uintptr_t)host_variable; /* mapped, but not the guest's */
    default:
        return guest(m, MACHINE_WINDOW - MACHINE_PAGE) + 64; /* window, not mapped: SIGSEGV */
    }
}

static const struct {
    const char *line;
    enum target target;
    enum cairn_fault_kind kind;
    const char *why;
} bad_cases[] = {
    {"global_load_dword v8, v[2:3], off", TO_LDS, CAIRN_FAULT_APERTURE, "global must not hit LDS"},
    {"global_load_dword v8, v[2:3], off", TO_PRIVATE, CAIRN_FAULT_APERTURE, "nor private memory"},
    {"global_load_dword v8, v[2:3], off", TO_LEGACY_LDS, CAIRN_FAULT_APERTURE, "driver's LDS"},
    {"global_store_dword v[2:3], v8, off", TO_LEGACY_PRIVATE, CAIRN_FAULT_APERTURE, "and private"},
    {"global_atomic_add v[2:3], v8, off", TO_LDS, CAIRN_FAULT_APERTURE, "atomics alike"},
    {"global_load_dword v8, v[2:3], off", TO_NOWHERE, CAIRN_FAULT_UNMAPPED, "null"},
    {"flat_load_dword v8, v[2:3]", TO_NOWHERE, CAIRN_FAULT_UNMAPPED, "null through flat"},
    {"global_load_dwordx4 v[8:11], v[2:3], off", TO_HOST, CAIRN_FAULT_UNMAPPED,
     "host memory that is not the guest's"},
    {"flat_store_byte v[2:3], v8", TO_HOST, CAIRN_FAULT_UNMAPPED, "host memory through flat"},
    {"flat_atomic_cmpswap_x2 v[2:3], v[8:11]", TO_HOST, CAIRN_FAULT_UNMAPPED, "atomics alike"},
    {"global_load_dword v8, v[2:3], off", TO_HOLE, CAIRN_FAULT_UNMAPPED, "hole of the window"},
    {"global_store_byte v[2:3], v8, off", TO_HOLE, CAIRN_FAULT_UNMAPPED, "store into a hole"},
    {"global_atomic_umax v[2:3], v8, off", TO_HOLE, CAIRN_FAULT_UNMAPPED, "atomic in a hole"},
};

/* Lane 17 alone goes astray; the others are good. */
static void a_bad_access_is_a_fault_that_names_lane_and_address(void **state)
{
    (void)state;
    machine_preload(bad_cases);
    for (unsigned i = 0; i < sizeof bad_cases / sizeof bad_cases[0]; i++) {
        struct machine *m = machine_reset();
        for (unsigned lane = 0; lane < 64; lane++)
            machine_set_v64(m, 2, lane, guest(m, 256 + lane * 16));
        uint64_t address = target_address(m, bad_cases[i].target);
        machine_set_v64(m, 2, 17, address);
        uint32_t before = machine_v(m, 8)[0];
        machine_do(m, bad_cases[i].line);
        machine_expect_fault(m, bad_cases[i].why, bad_cases[i].kind, address, 17);
        if (machine_v(m, 8)[0] != before)
            fail_msg("%s: a register changed", bad_cases[i].why);
        assert_int_equal(m->wave.fault.pc, m->wave.pc);
    }
}

static void lanes_before_the_faulting_one_have_stored_and_none_after(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_set_v64(m, 2, lane, guest(m, lane * 4));
    machine_set_v64(m, 2, 20, 4);
    machine_do(m, "global_store_dword v[2:3], v9, off");
    machine_expect_fault(m, "null", CAIRN_FAULT_UNMAPPED, 4, 20);
    for (unsigned lane = 0; lane < 64; lane++)
        assert_int_equal(get32(m->memory + lane * 4), lane < 20 ? machine_v(m, 9)[lane] : 0);
}

/* Consecutive bytes over the edge of the last page: the lane that crossed it, not its neighbour. */
static void the_lane_of_a_sigsegv_is_exact_to_the_byte(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        unsigned bytes;
    } cases[] = {
        {"global_load_ubyte v8, v2, s[4:5]", 1},  {"global_load_sshort v8, v2, s[4:5]", 2},
        {"global_load_dword v8, v2, s[4:5]", 4},  {"global_load_dwordx4 v[8:11], v2, s[4:5]", 16},
        {"global_store_short v2, v8, s[4:5]", 2}, {"global_store_dwordx2 v2, v[8:9], s[4:5]", 8},
    };
    machine_preload(cases);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct machine *m = machine_reset();
        uint64_t edge = guest(m, MACHINE_WINDOW - MACHINE_PAGE);
        cairn_wave_write64(&m->wave, 4, edge - 23 * cases[i].bytes);
        for (unsigned lane = 0; lane < 64; lane++)
            machine_v(m, 2)[lane] = lane * cases[i].bytes;
        machine_do(m, cases[i].line);
        machine_expect_fault(m, cases[i].line, CAIRN_FAULT_UNMAPPED, edge, 23);
    }
}

static void inactive_lanes_may_point_anywhere(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "global_load_dword v8, v[2:3], off",  "flat_load_dword v8, v[2:3]",
        "global_store_dword v[2:3], v9, off", "global_atomic_add v[2:3], v9, off",
        "flat_atomic_or v[2:3], v9",
    };
    machine_preload(lines);
    for (unsigned i = 0; i < sizeof lines / sizeof lines[0]; i++) {
        struct machine *m = machine_reset();
        for (unsigned lane = 0; lane < 64; lane++)
            machine_set_v64(m, 2, lane, lane % 2 ? guest(m, lane * 4) : 0xdead0000beef0001 * lane);
        machine_set_exec(m, 0xaaaaaaaaaaaaaaaa);
        machine_do(m, lines[i]);
        machine_expect_running(m, lines[i]);
    }
}

static void registered_host_memory_is_guest_memory_to_its_last_byte(void **state)
{
    (void)state;
    static uint8_t host[256];
    static const struct {
        const char *line;
        uint64_t address; /* offset into host */
        bool fine;
    } cases[] = {
        {"global_load_dwordx2 v[8:9], v[2:3], off", 248, true},
        {"global_load_dwordx2 v[8:9], v[2:3], off", 249, false},
        {"flat_store_byte v[2:3], v8", 255, true},
        {"flat_store_byte v[2:3], v8", 256, false},
        {"flat_atomic_add v[2:3], v8", 252, true},
    };
    machine_preload(cases);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct machine *m = machine_reset();
        m->registered = (uintptr_t)host;
        m->registered_bytes = sizeof host;
        machine_set_exec(m, 4);
        machine_set_v64(m, 2, 2, m->registered + cases[i].address);
        machine_do(m, cases[i].line);
        if (cases[i].fine)
            machine_expect_running(m, cases[i].line);
        else
            machine_expect_fault(m, cases[i].line, CAIRN_FAULT_UNMAPPED,
                                 m->registered + cases[i].address, 2);
    }
}

/* One question a wave, asked of the whole range that its lanes span. */
static void a_wave_in_registered_memory_is_like_any_other(void **state)
{
    (void)state;
    static uint32_t host[1024];
    static const char *const lines[] = {
        "global_load_dword v8, v[2:3], off",
        "flat_store_dword v[2:3], v9",
        "buffer_load_dword v8, v4, s[4:7], 0 offen",
    };
    machine_preload(lines);
    for (unsigned i = 0; i < 3; i++) {
        struct machine *m = machine_reset();
        m->registered = (uintptr_t)host;
        m->registered_bytes = sizeof host;
        machine_set_buffer(m, 4, m->registered, 0, sizeof host, 0, false);
        for (unsigned k = 0; k < 1024; k++)
            host[k] = k;
        for (unsigned lane = 0; lane < 64; lane++) {
            machine_set_v64(m, 2, lane, m->registered + lane * 64);
            machine_v(m, 4)[lane] = lane * 64;
        }
        machine_do(m, lines[i]);
        machine_expect_running(m, lines[i]);
        for (unsigned lane = 0; lane < 64; lane++)
            assert_int_equal(i == 1 ? host[lane * 16] : machine_v(m, 8)[lane],
                             i == 1 ? 9 << 16 | lane : lane * 16);
        machine_set_v64(m, 2, 63, m->registered + sizeof host - 3);
        machine_v(m, 4)[63] = 0xfffffff0;
        machine_do(m, lines[i]);
        if (i < 2)
            machine_expect_fault(m, "last lane leaves it", CAIRN_FAULT_UNMAPPED,
                                 m->registered + sizeof host - 3, 63);
    }
}

/* Memory goes on behind the end of the window here, but it is not the guest's. */
static void an_access_that_leaves_the_window_by_a_part_is_a_fault(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        uint64_t before_end; /* where it begins */
    } cases[] = {
        {"global_load_dwordx4 v[8:11], v[2:3], off", 12}, {"global_load_dword v8, v[2:3], off", 3},
        {"global_store_dwordx2 v[2:3], v[8:9], off", 4},  {"flat_load_ushort v8, v[2:3]", 1},
        {"global_load_ubyte v8, v[2:3], off", 0},
    };
    machine_preload(cases);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct machine *m = machine_reset();
        m->space.window_size = MACHINE_WINDOW / 2;
        for (unsigned lane = 0; lane < 64; lane++)
            machine_set_v64(m, 2, lane, guest(m, lane * 16));
        uint64_t address = guest(m, MACHINE_WINDOW / 2 - cases[i].before_end);
        machine_set_v64(m, 2, 30, address);
        machine_do(m, cases[i].line);
        machine_expect_fault(m, cases[i].line, CAIRN_FAULT_UNMAPPED, address, 30);
    }
}

/* A wave half in the window, half far above it: a range check over the whole wave must not wrap. */
static void lanes_far_apart_are_each_checked(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_set_v64(m, 2, lane, lane < 63 ? guest(m, lane * 4) : 0x7ffffffffff0);
    machine_do(m, "global_load_dword v8, v[2:3], off");
    machine_expect_fault(m, "far above", CAIRN_FAULT_UNMAPPED, 0x7ffffffffff0, 63);
}

static void an_address_register_may_be_the_destination(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++) {
        machine_set_v64(m, 2, lane, guest(m, lane * 8));
        put32(m->memory + lane * 8, lane);
        put32(m->memory + lane * 8 + 4, lane + 100);
    }
    machine_do(m, "global_load_dwordx2 v[2:3], v[2:3], off");
    for (unsigned lane = 0; lane < 64; lane++)
        assert_int_equal(machine_v64(m, 2, lane), lane | (uint64_t)(lane + 100) << 32);
}

static void flat_accesses_outside_of_the_lds_allocation_read_0_and_write_nothing(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    for (unsigned lane = 0; lane < 64; lane++)
        machine_set_v64(m, 2, lane, (uintptr_t)m->group.lds + MACHINE_LDS - 4 + lane * 4);
    machine_do(m, "flat_load_dword v8, v[2:3]");
    machine_expect_running(m, "load");
    assert_int_equal(machine_v(m, 8)[0], 0xb5b5b5b5);
    assert_int_equal(machine_v(m, 8)[1], 0);
    machine_do(m, "flat_store_dword v[2:3], v9");
    machine_expect_running(m, "store");
    assert_int_equal(get32(m->group.lds + MACHINE_LDS - 4), machine_v(m, 9)[0]);
    for (unsigned i = 0; i < 256; i++)
        assert_int_equal(m->group.lds[MACHINE_LDS + i], MACHINE_POISON);
}

struct private_case {
    const char *line;
    uint32_t v, s, at; /* v2, s4; expected private offset */
    const char *why;
};

static const struct private_case private_cases[] = {
    {"scratch_load_dword v8, v2, off", 20, 0, 20, "vaddr alone"},
    {"scratch_load_dword v8, v2, off offset:-4", 20, 0, 16, "signed offset"},
    {"scratch_load_dword v8, off, s4", 99, 24, 24, "saddr alone"},
    {"scratch_load_dword v8, off, s4 offset:4", 99, 24, 28, "saddr and offset"},
    {"scratch_load_dword v8, v2, off offset:16", 0xfffffff8, 0, 8, "the sum wraps at 32 bits"},
    {"scratch_load_dword v8, v2, off", 252, 0, 252, "last dword"},
};

static void scratch_offsets_add_up(void **state)
{
    (void)state;
    machine_preload(private_cases);
    for (unsigned i = 0; i < sizeof private_cases / sizeof private_cases[0]; i++) {
        const struct private_case *c = &private_cases[i];
        struct machine *m = machine_reset();
        m->wave.sgpr[4] = c->s;
        for (unsigned lane = 0; lane < 64; lane++) {
            machine_v(m, 2)[lane] = c->v;
            put32(machine_private(m, lane, c->at), 500 + lane);
        }
        machine_do(m, c->line);
        machine_expect_running(m, c->why);
        for (unsigned lane = 0; lane < 64; lane++)
            if (machine_v(m, 8)[lane] != 500 + lane)
                fail_msg("%s: lane %u is %#x", c->why, lane, machine_v(m, 8)[lane]);
    }
}

static void flat_scratch_is_where_private_memory_begins(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    cairn_wave_write64(&m->wave, CAIRN_CODE_FLAT_SCRATCH_LO, (uintptr_t)m->wave.scratch + 1024);
    put32(machine_private(m, 9, 16 + 20), 0x600d);
    machine_set_v64(m, 2, 9, m->space.private_aperture + 20);
    machine_set_exec(m, 1 << 9);
    machine_do(m, "flat_load_dword v8, v[2:3]");
    machine_expect_running(m, "1024 bytes are 16 of each lane");
    assert_int_equal(machine_v(m, 8)[9], 0x600d);
}

static void private_accesses_outside_of_the_waves_scratch_fault(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        uint64_t offset;
        const char *why;
    } cases[] = {
        {"scratch_load_dword v8, v2, off", 256, "one past the end"},
        {"scratch_store_dword v2, v8, off", 0xfffffffc, "below 0"},
        {"scratch_load_dwordx2 v[8:9], v2, off", 252, "second dword is outside"},
        {"scratch_load_dword v8, v2, off", 253, "its last byte is outside"},
        {"flat_load_dword v8, v[2:3]", 256, "through flat"},
        {"flat_store_dwordx4 v[2:3], v[8:11]", 248, "a part of it through flat"},
        {"flat_atomic_add v[2:3], v8", 256, "atomic through flat"},
    };
    machine_preload(cases);
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct machine *m = machine_reset();
        uint64_t address = m->space.private_aperture + cases[i].offset;
        machine_set_exec(m, 2);
        machine_set_v64(m, 2, 1, address);
        machine_do(m, cases[i].line);
        machine_expect_fault(m, cases[i].why, CAIRN_FAULT_SCRATCH, address, 1);
    }
}

static void a_destination_out_of_range_cancels_the_load_and_the_atomic(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "global_load_dwordx4 v[8:11], v[2:3], off",
        "global_atomic_add_x2 v[8:9], v[2:3], v[4:5], off glc",
        "flat_load_dwordx2 v[8:9], v[2:3]",
        "ds_read_b64 v[8:9], v4",
        "ds_add_rtn_u32 v8, v4, v5",
        "scratch_load_dwordx2 v[8:9], v4, off",
        "buffer_load_dwordx2 v[8:9], off, s[4:7], 0",
        "buffer_atomic_swap v8, off, s[4:7], 0 glc",
        "ds_bpermute_b32 v8, v4, v5",
    };
    enum { COUNT = sizeof lines / sizeof lines[0] };
    struct cairn_insn insns[COUNT];
    struct machine *m = machine_reset();
    machine_assemble(lines, COUNT, insns);
    for (unsigned i = 0; i < COUNT; i++) {
        m = machine_reset();
        for (unsigned lane = 0; lane < 64; lane++)
            machine_set_v64(m, 2, lane, guest(m, 64));
        for (unsigned lane = 0; lane < 64; lane++)
            machine_v(m, 4)[lane] = 0;
        machine_set_buffer(m, 4, guest(m, 64), 0, 64, 0, false);
        /* half of the tuple in range for x4, none for the others */
        insns[i].slot[CAIRN_SLOT_DST].code = CAIRN_CODE_VGPR0 + MACHINE_ARCH - (i == 0 ? 2 : 0);
        machine_run(m, &insns[i]);
        machine_expect_running(m, lines[i]);
        for (unsigned row = MACHINE_ARCH - 2; row < MACHINE_VGPRS; row++)
            assert_int_equal(m->wave.vgpr[row][5], row << 16 | 5);
        assert_int_equal(get32(m->memory + 64), 0);
        assert_int_equal(get32(m->group.lds), 0xb5b5b5b5);
    }
}

static void a_source_out_of_range_reads_v0(void **state)
{
    (void)state;
    const char *line = "global_store_dwordx2 v[2:3], v[8:9], off";
    struct cairn_insn insn;
    struct machine *m = machine_reset();
    machine_assemble(&line, 1, &insn);
    for (unsigned lane = 0; lane < 64; lane++)
        machine_set_v64(m, 2, lane, guest(m, lane * 8));
    insn.slot[CAIRN_SLOT_DATA0].code = CAIRN_CODE_AGPR0 + MACHINE_VGPRS - MACHINE_ARCH;
    machine_run(m, &insn);
    for (unsigned lane = 0; lane < 64; lane++) {
        assert_int_equal(get32(m->memory + lane * 8), lane);
        assert_int_equal(get32(m->memory + lane * 8 + 4), lane);
    }
}

static void an_odd_tuple_is_a_bad_register(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        enum cairn_slot slot;
    } cases[] = {
        {"global_load_dwordx2 v[8:9], v[2:3], off", CAIRN_SLOT_DST},
        {"global_load_dword v8, v[2:3], off", CAIRN_SLOT_ADDR},
        {"ds_read_b96 v[8:10], v2", CAIRN_SLOT_DST},
        {"ds_write_b64 v2, a[8:9]", CAIRN_SLOT_DATA0},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct machine *m = machine_reset();
        struct cairn_insn insn;
        machine_assemble(&cases[i].line, 1, &insn);
        insn.slot[cases[i].slot].code++;
        machine_run(m, &insn);
        machine_expect_fault(m, cases[i].line, CAIRN_FAULT_BAD_REGISTER, 0, -1);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(offsets_follow_the_rules_of_each_family),
        cmocka_unit_test(each_lane_of_a_flat_access_has_its_own_aperture),
        cmocka_unit_test(a_bad_access_is_a_fault_that_names_lane_and_address),
        cmocka_unit_test(lanes_before_the_faulting_one_have_stored_and_none_after),
        cmocka_unit_test(the_lane_of_a_sigsegv_is_exact_to_the_byte),
        cmocka_unit_test(inactive_lanes_may_point_anywhere),
        cmocka_unit_test(registered_host_memory_is_guest_memory_to_its_last_byte),
        cmocka_unit_test(a_wave_in_registered_memory_is_like_any_other),
        cmocka_unit_test(an_access_that_leaves_the_window_by_a_part_is_a_fault),
        cmocka_unit_test(lanes_far_apart_are_each_checked),
        cmocka_unit_test(an_address_register_may_be_the_destination),
        cmocka_unit_test(flat_accesses_outside_of_the_lds_allocation_read_0_and_write_nothing),
        cmocka_unit_test(scratch_offsets_add_up),
        cmocka_unit_test(flat_scratch_is_where_private_memory_begins),
        cmocka_unit_test(private_accesses_outside_of_the_waves_scratch_fault),
        cmocka_unit_test(a_destination_out_of_range_cancels_the_load_and_the_atomic),
        cmocka_unit_test(a_source_out_of_range_reads_v0),
        cmocka_unit_test(an_odd_tuple_is_a_bad_register),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
