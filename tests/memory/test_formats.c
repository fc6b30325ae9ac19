/* SPDX-License-Identifier: MIT
 * Typed buffer loads and stores: packing of each data format, meaning of each number format,
 * channel selects, D16 forms, range checks (rule MB6 of the ISA trap list). Expected values are
 * written by hand from the formats' definitions.
 */
#include "machine.h"

#include <string.h>

enum { UNORM, SNORM, USCALED, SSCALED, UINT, SINT, RESERVED, FLOAT };
enum { ONE = 0x3f800000 };

struct format_case {
    unsigned data_format, num_format;
    uint32_t memory[4];
    uint32_t channels[4]; /* loaded by xyzw */
    unsigned bytes;
    bool exact; /* storing the channels gives the memory back */
    const char *why;
};

static const struct format_case cases[] = {
    {1, UINT, {0xa5}, {0xa5, 0, 0, 1}, 1, true, "8 uint; missing w is 1"},
    {1, SINT, {0xa5}, {0xffffffa5, 0, 0, 1}, 1, true, "8 sint"},
    {1, UNORM, {0xff}, {ONE, 0, 0, ONE}, 1, true, "8 unorm: 255 is 1.0; missing w is 1.0"},
    {1, UNORM, {0x80}, {0x3f008081, 0, 0, ONE}, 1, true, "8 unorm: 128 / 255"},
    {1, SNORM, {0x81}, {0xbf800000, 0, 0, ONE}, 1, true, "8 snorm: -127 is -1.0"},
    {1, SNORM, {0x80}, {0xbf800000, 0, 0, ONE}, 1, false, "8 snorm: -128 is -1.0 too"},
    {1, USCALED, {0xc8}, {0x43480000, 0, 0, ONE}, 1, true, "8 uscaled: 200.0"},
    {1, SSCALED, {0xc8}, {0xc2600000, 0, 0, ONE}, 1, true, "8 sscaled: -56.0"},
    {2, UINT, {0xbeef}, {0xbeef, 0, 0, 1}, 2, true, "16 uint"},
    {2, FLOAT, {0xc200}, {0xc0400000, 0, 0, ONE}, 2, true, "16 float: -3.0"},
    {2, FLOAT, {0x0001}, {0x33800000, 0, 0, ONE}, 2, true, "16 float: denormal 2^-24"},
    {3, UINT, {0xb2a1}, {0xa1, 0xb2, 0, 1}, 2, true, "8_8: x is the low byte"},
    {4, UINT, {0xdeadbeef}, {0xdeadbeef, 0, 0, 1}, 4, true, "32 uint"},
    {4, SINT, {0x80000000}, {0x80000000, 0, 0, 1}, 4, true, "32 sint"},
    {4, FLOAT, {0x7fa00001}, {0x7fa00001, 0, 0, ONE}, 4, true, "32 float: bits as they are"},
    {5, UNORM, {0x8000ffff}, {ONE, 0x3f000080, 0, ONE}, 4, true, "16_16 unorm: 32768 / 65535"},
    {8, UINT, {0x12345679}, {1, 0x19e, 0x345, 0x48}, 4, true, "10_10_10_2: x has bits 1:0"},
    {9, UINT, {0x12345679}, {0x279, 0x115, 0x123, 0}, 4, true, "2_10_10_10: x has bits 9:0"},
    {9, SNORM, {0x400001ff}, {ONE, 0, 0, ONE}, 4, true, "2_10_10_10 snorm: 511 and 1 are 1.0"},
    {10, UINT, {0x44332211}, {0x11, 0x22, 0x33, 0x44}, 4, true, "8_8_8_8"},
    {10, UNORM, {0x00ff0033}, {0x3e4ccccd, 0, ONE, 0}, 4, true, "8_8_8_8 unorm: 0x33 is 0.2"},
    {11, UINT, {1, 2}, {1, 2, 0, 1}, 8, true, "32_32"},
    {12, SINT, {0x8000ffff, 0x00010002}, {0xffffffff, 0xffff8000, 2, 1}, 8, true, "16_16_16_16"},
    {13, FLOAT, {1, 2, 3}, {1, 2, 3, ONE}, 12, true, "32_32_32"},
    {14, UINT, {1, 2, 3, 4}, {1, 2, 3, 4}, 16, true, "32_32_32_32"},
    {0, UINT, {0xffffffff}, {0, 0, 0, 0}, 0, true, "invalid: as if unbound"},
    {15, UINT, {0xffffffff}, {0, 0, 0, 0}, 0, true, "reserved data format"},
    {4, RESERVED, {0xffffffff}, {0, 0, 0, 0}, 0, true, "reserved number format"},
};

enum { CASES = sizeof cases / sizeof cases[0] };

static void set_buffer(struct machine *m, unsigned data_format, unsigned num_format, uint32_t word3)
{
    machine_set_buffer(m, 4, (uintptr_t)m->memory + 32, 16, 4,
                       data_format << 15 | num_format << 12 | word3, false);
}

enum { IDENTITY = 4 | 5 << 3 | 6 << 6 | 7 << 9 };

static void typed_loads_give_the_channels_of_their_format(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "tbuffer_load_format_xyzw v[8:11], v2, s[4:7], 0 idxen",
        "buffer_load_format_xyzw v[8:11], v2, s[4:7], 0 idxen",
    };
    struct cairn_insn insns[2];
    machine_reset();
    machine_assemble(lines, 2, insns);
    for (unsigned i = 0; i < 2 * CASES; i++) {
        const struct format_case *c = &cases[i / 2];
        struct machine *m = machine_reset();
        bool own = i % 2 == 0; /* the format is in the instruction, the descriptor has another */
        insns[0].dfmt = (uint8_t)c->data_format;
        insns[0].nfmt = (uint8_t)c->num_format;
        set_buffer(m, own ? 7 : c->data_format, own ? FLOAT : c->num_format, own ? 0 : IDENTITY);
        for (unsigned lane = 0; lane < 64; lane++)
            machine_v(m, 2)[lane] = 2;
        memcpy(m->memory + 64, c->memory, 16);
        machine_run(m, &insns[i % 2]);
        machine_expect_running(m, c->why);
        for (unsigned d = 0; d < 4; d++)
            if (machine_v(m, 8 + d)[6] != c->channels[d])
                fail_msg("%s (%s): channel %u is %#x, not %#x", c->why, own ? "MTBUF" : "MUBUF", d,
                         machine_v(m, 8 + d)[6], c->channels[d]);
    }
}

static void typed_stores_write_the_element_and_nothing_else(void **state)
{
    (void)state;
    const char *line = "tbuffer_store_format_xyzw v[8:11], v2, s[4:7], 0 idxen";
    struct cairn_insn insn;
    machine_reset();
    machine_assemble(&line, 1, &insn);
    for (unsigned i = 0; i < CASES; i++) {
        const struct format_case *c = &cases[i];
        struct machine *m = machine_reset();
        if (!c->exact)
            continue;
        uint8_t expected[96];
        memset(m->memory, 0xcc, sizeof expected);
        memset(expected, 0xcc, sizeof expected);
        memcpy(expected + 64, c->memory, c->bytes);
        insn.dfmt = (uint8_t)c->data_format;
        insn.nfmt = (uint8_t)c->num_format;
        set_buffer(m, 7, FLOAT, 0);
        machine_set_exec(m, 1 << 6);
        machine_v(m, 2)[6] = 2;
        for (unsigned d = 0; d < 4; d++)
            machine_v(m, 8 + d)[6] = c->channels[d];
        machine_run(m, &insn);
        machine_expect_running(m, c->why);
        if (memcmp(m->memory, expected, sizeof expected) != 0)
            fail_msg("%s: stored %#x %#x", c->why, *(uint32_t *)(void *)(m->memory + 64),
                     *(uint32_t *)(void *)(m->memory + 68));
    }
}

/* Small unsigned floats: five exponent bits, 6 (11-bit) or 5 (10-bit) of fraction. */
static void unsigned_floats_of_10_and_11_bits(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    uint32_t one11 = 15 << 6, half11 = 14 << 6 | 32, two10 = 16 << 5; /* 1.0, 0.75, 2.0 */
    uint32_t element = one11 | half11 << 11 | two10 << 22;
    memcpy(m->memory, &element, 4);
    machine_set_buffer(m, 4, (uintptr_t)m->memory, 0, 64, 6 << 15 | FLOAT << 12 | IDENTITY, false);
    machine_do(m, "buffer_load_format_xyz v[8:10], off, s[4:7], 0");
    assert_int_equal(machine_v(m, 8)[0], 0x3f800000);
    assert_int_equal(machine_v(m, 9)[0], 0x3f400000);
    assert_int_equal(machine_v(m, 10)[0], 0x40000000);
    machine_v(m, 9)[0] = 0xbf800000; /* negative: 0 */
    machine_v(m, 10)[0] = 0x7f800000;
    machine_set_exec(m, 1);
    machine_do(m, "buffer_store_format_xyz v[8:10], off, s[4:7], 0 offset:4");
    memcpy(&element, m->memory + 4, 4);
    assert_int_equal(element, one11 | (31u << 5) << 22);
}

static void channel_selects_of_the_descriptor(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    uint32_t wzyx = 7 | 6 << 3 | 1 << 6 | 0 << 9; /* W Z 1 0 */
    uint32_t element = 0x44332211;
    memcpy(m->memory + 32, &element, 4);
    set_buffer(m, 10, UINT, wzyx);
    machine_v(m, 2)[1] = 4; /* lane 1: out of range */
    machine_v(m, 2)[0] = 0;
    machine_set_exec(m, 3);
    machine_do(m, "buffer_load_format_xyzw v[8:11], v2, s[4:7], 0 idxen");
    machine_expect_running(m, "selects");
    assert_int_equal(machine_v(m, 8)[0], 0x44);
    assert_int_equal(machine_v(m, 9)[0], 0x33);
    assert_int_equal(machine_v(m, 10)[0], 1);
    assert_int_equal(machine_v(m, 11)[0], 0);
    assert_int_equal(machine_v(m, 8)[1], 0);
    assert_int_equal(machine_v(m, 10)[1], 1); /* SEL_1 gives 1 even there */
}

static void saturation_of_stores(void **state)
{
    (void)state;
    static const struct {
        unsigned num_format;
        uint32_t value, expected;
        const char *why;
    } rows[] = {
        {UNORM, 0x40000000, 0xff, "2.0"},      {UNORM, 0xbf800000, 0, "-1.0"},
        {UNORM, 0x7fc00000, 0, "NaN"},         {UNORM, 0x3f000000, 0x80, "0.5 is 127.5: to even"},
        {SNORM, 0xc0000000, 0x81, "-2.0"},     {USCALED, 0x43800000, 0xff, "256.0"},
        {SSCALED, 0xc3160000, 0x80, "-150.0"}, {UINT, 0x1ff, 0xff, "511"},
        {SINT, 0xffffff00, 0x80, "-256"},      {SINT, 200, 0x7f, "200"},
    };
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct machine *m = machine_reset();
        set_buffer(m, 1, rows[i].num_format, IDENTITY);
        machine_v(m, 8)[0] = rows[i].value;
        machine_v(m, 2)[0] = 1;
        machine_set_exec(m, 1);
        machine_do(m, "buffer_store_format_x v8, v2, s[4:7], 0 idxen");
        if (m->memory[48] != rows[i].expected)
            fail_msg("%s: %#x", rows[i].why, m->memory[48]);
    }
}

static void d16_forms_pack_two_channels_a_register(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    uint32_t floats[4] = {0x3f800000, 0xc0400000, 0x33800000, 0x47800000}; /* 1 -3 2^-24 65536 */
    memcpy(m->memory + 32, floats, 16);
    set_buffer(m, 14, FLOAT, IDENTITY);
    for (unsigned lane = 0; lane < 64; lane++)
        machine_v(m, 2)[lane] = 0;
    machine_do(m, "buffer_load_format_d16_xyzw v[8:9], v2, s[4:7], 0 idxen");
    assert_int_equal(machine_v(m, 8)[0], 0xc2003c00);
    assert_int_equal(machine_v(m, 9)[0], 0x7c000001);
    machine_do(m, "buffer_load_format_d16_xyz v[12:13], v2, s[4:7], 0 idxen");
    assert_int_equal(machine_v(m, 13)[0], 0x00000001);
    machine_do(m, "buffer_load_format_d16_hi_x v14, v2, s[4:7], 0 idxen");
    assert_int_equal(machine_v(m, 14)[0], 0x3c000000);
    memset(m->memory + 32, 0, 16);
    machine_v(m, 9)[0] = 0x3c00c200;
    machine_set_exec(m, 1);
    machine_do(m, "buffer_store_format_d16_xyzw v[8:9], v2, s[4:7], 0 idxen");
    uint32_t stored[4] = {0x3f800000, 0xc0400000, 0xc0400000, 0x3f800000};
    assert_memory_equal(m->memory + 32, stored, 16);
    machine_do(m, "buffer_store_format_d16_hi_x v8, v2, s[4:7], 0 idxen");
    assert_memory_equal(m->memory + 32, &stored[1], 4);
    set_buffer(m, 12, SINT, IDENTITY);
    uint32_t shorts[2] = {0x8001fffe, 0x7fff0000};
    memcpy(m->memory + 32, shorts, 8);
    machine_do(m, "tbuffer_load_format_d16_xy v16, v2, s[4:7], dfmt:12, nfmt:5, 0 idxen");
    assert_int_equal(machine_v(m, 16)[0], 0x8001fffe);
}

static void an_element_is_in_range_as_a_whole_or_not_at_all(void **state)
{
    (void)state;
    struct machine *m = machine_reset();
    memset(m->memory, 0x11, 64);
    machine_set_buffer(m, 4, (uintptr_t)m->memory, 0, 12, 14 << 15 | UINT << 12 | IDENTITY, false);
    machine_do(m, "buffer_load_format_xyzw v[8:11], off, s[4:7], 0");
    assert_int_equal(machine_v(m, 8)[0], 0);
    machine_do(m, "buffer_store_format_xyzw v[16:19], off, s[4:7], 0");
    assert_int_equal(m->memory[0], 0x11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(typed_loads_give_the_channels_of_their_format),
        cmocka_unit_test(typed_stores_write_the_element_and_nothing_else),
        cmocka_unit_test(unsigned_floats_of_10_and_11_bits),
        cmocka_unit_test(channel_selects_of_the_descriptor),
        cmocka_unit_test(saturation_of_stores),
        cmocka_unit_test(d16_forms_pack_two_channels_a_register),
        cmocka_unit_test(an_element_is_in_range_as_a_whole_or_not_at_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
