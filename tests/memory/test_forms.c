/* SPDX-License-Identifier: MIT
 * Every form of load and store (width, sign, D16 half, AGPR) in every space that has it, against
 * memory that is looked at byte by byte. Addresses are unaligned, EXEC is full, empty and random.
 */
#include "machine.h"

#include <stdio.h>
#include <string.h>

enum place { FLAT_GLOBAL, FLAT_LDS, FLAT_PRIVATE, GLOBAL, SCRATCH, BUFFER, SPILL, DS, PLACES };

static const char *const place_names[] = {
    "flat to global", "flat to LDS", "flat to private",   "global",
    "scratch",        "buffer",      "buffer to scratch", "ds"};

struct form {
    const char *name, *ds_name; /* suffix after load_ or store_; DS mnemonic */
    unsigned bytes;
    bool is_signed;
    unsigned shift; /* bits by which the register value lies above bit 0 */
    unsigned keep;  /* bits of the register below `shift + keep` that may be set; 32: all */
};

static const struct form loads[] = {
    {"ubyte", "ds_read_u8", 1, false, 0, 32},
    {"sbyte", "ds_read_i8", 1, true, 0, 32},
    {"ushort", "ds_read_u16", 2, false, 0, 32},
    {"sshort", "ds_read_i16", 2, true, 0, 32},
    {"dword", "ds_read_b32", 4, false, 0, 32},
    {"dwordx2", "ds_read_b64", 8, false, 0, 32},
    {"dwordx3", "ds_read_b96", 12, false, 0, 32},
    {"dwordx4", "ds_read_b128", 16, false, 0, 32},
    /* the half that is not written becomes 0: SRAM-ECC is on */
    {"ubyte_d16", "ds_read_u8_d16", 1, false, 0, 16},
    {"ubyte_d16_hi", "ds_read_u8_d16_hi", 1, false, 16, 16},
    {"sbyte_d16", "ds_read_i8_d16", 1, true, 0, 16},
    {"sbyte_d16_hi", "ds_read_i8_d16_hi", 1, true, 16, 16},
    {"short_d16", "ds_read_u16_d16", 2, false, 0, 16},
    {"short_d16_hi", "ds_read_u16_d16_hi", 2, false, 16, 16},
};

static const struct form stores[] = {
    {"byte", "ds_write_b8", 1, false, 0, 32},
    {"byte_d16_hi", "ds_write_b8_d16_hi", 1, false, 16, 32},
    {"short", "ds_write_b16", 2, false, 0, 32},
    {"short_d16_hi", "ds_write_b16_d16_hi", 2, false, 16, 32},
    {"dword", "ds_write_b32", 4, false, 0, 32},
    {"dwordx2", "ds_write_b64", 8, false, 0, 32},
    {"dwordx3", "ds_write_b96", 12, false, 0, 32},
    {"dwordx4", "ds_write_b128", 16, false, 0, 32},
};

enum {
    OFFSET = 5,
    SPAN = 24,
    LOADS = sizeof loads / sizeof loads[0],
    STORES = sizeof stores / sizeof stores[0],
    REGISTER = 8
};

static void write_line(char *line, size_t size, enum place place, const struct form *form,
                       bool load, bool acc)
{
    char data[16], bank = acc ? 'a' : 'v';
    unsigned dwords = (form->bytes + 3) / 4;
    if (dwords == 1)
        snprintf(data, sizeof data, "%c%d", bank, REGISTER);
    else
        snprintf(data, sizeof data, "%c[%d:%u]", bank, REGISTER, REGISTER + dwords - 1);
    const char *verb = load ? "load" : "store";
    static const char *const family[] = {"flat", "flat", "flat", "global", "scratch", "buffer"};
    const char *address = place == SCRATCH || place == DS ? "v2" : "v[2:3]";
    const char *off = place == GLOBAL || place == SCRATCH ? ", off" : "";
    if (place == BUFFER)
        snprintf(line, size, "buffer_%s_%s %s, v2, s[8:11], 0 offen offset:%d", verb, form->name,
                 data, OFFSET);
    else if (place == SPILL)
        snprintf(line, size, "buffer_%s_%s %s, v2, s[12:15], 0 offen offset:%d", verb, form->name,
                 data, OFFSET);
    else if (place == DS)
        snprintf(line, size, "%s %s, %s offset:%d", form->ds_name, load ? data : "v2",
                 load ? "v2" : data, OFFSET);
    else
        snprintf(line, size, "%s_%s_%s %s, %s%s offset:%d", family[place], verb, form->name,
                 load ? data : address, load ? address : data, off, OFFSET);
}

/* Where byte `i` of the span of a lane is. */
static uint8_t *byte_of(struct machine *m, enum place place, unsigned lane, unsigned i)
{
    switch (place) {
    case FLAT_LDS:
    case DS:
        return m->group.lds + lane * SPAN + i;
    case FLAT_PRIVATE:
    case SCRATCH:
    case SPILL:
        return machine_private(m, lane, 40 + i);
    default:
        return m->memory + 512 + lane * SPAN + i;
    }
}

/* Register v2 (v[2:3]) such that offset 5 gives byte 1 of the span: nothing is aligned. */
static void set_addresses(struct machine *m, enum place place)
{
    for (unsigned lane = 0; lane < 64; lane++) {
        uint64_t at = 1 - (uint64_t)OFFSET;
        if (place == FLAT_GLOBAL || place == GLOBAL)
            at += (uintptr_t)byte_of(m, place, lane, 0);
        else if (place == FLAT_LDS)
            at += (uintptr_t)m->group.lds + lane * SPAN;
        else if (place == FLAT_PRIVATE)
            at += m->space.private_aperture + 40;
        else if (place == DS)
            at += lane * SPAN;
        else if (place == SCRATCH || place == SPILL)
            at += 40;
        else
            at += 512 + lane * SPAN;
        machine_set_v64(m, 2, lane, at);
    }
    machine_set_buffer(m, 8, (uintptr_t)m->memory, 0, MACHINE_WINDOW - MACHINE_PAGE, 0, false);
    machine_set_buffer(m, 12, (uintptr_t)m->wave.scratch, 0, 0xffffffff, 7u << 21, true);
}

static void fill(struct machine *m, enum place place, uint64_t *seed)
{
    for (unsigned lane = 0; lane < 64; lane++)
        for (unsigned i = 0; i < SPAN; i++)
            *byte_of(m, place, lane, i) = (uint8_t)(machine_random(seed) >> 56);
}

/* What register `dword` must hold, from the bytes. */
static uint32_t loaded(struct machine *m, const struct form *form, enum place place, unsigned lane,
                       unsigned dword)
{
    uint32_t value = 0;
    unsigned left = form->bytes - dword * 4, bytes = left < 4 ? left : 4;
    for (unsigned i = 0; i < bytes; i++)
        value |= (uint32_t)*byte_of(m, place, lane, 1 + dword * 4 + i) << 8 * i;
    if (form->is_signed && value >> (8 * bytes - 1))
        value -= 1u << 8 * bytes;
    if (form->keep == 16)
        value = (value & 0xffff) << form->shift;
    return value;
}

static void check_load(struct machine *m, const struct form *form, enum place place, bool acc,
                       uint64_t mask, const char *line)
{
    unsigned dwords = (form->bytes + 3) / 4, base = acc ? MACHINE_ARCH : 0;
    machine_expect_running(m, line);
    for (unsigned row = 4; row < MACHINE_VGPRS; row++)
        for (unsigned lane = 0; lane < 64; lane++) {
            uint32_t expected = row << 16 | lane;
            unsigned dword = row - (base + REGISTER);
            if (dword < dwords && mask >> lane & 1)
                expected = loaded(m, form, place, lane, dword);
            if (m->wave.vgpr[row][lane] != expected)
                fail_msg("%s (%s), EXEC %#lx: row %u lane %u is %#x, not %#x", line,
                         place_names[place], (unsigned long)mask, row, lane,
                         m->wave.vgpr[row][lane], expected);
        }
}

static void check_store(struct machine *m, const struct form *form, enum place place, bool acc,
                        uint64_t mask, uint64_t seed, const char *line)
{
    uint32_t (*data)[64] = &m->wave.vgpr[(acc ? MACHINE_ARCH : 0) + REGISTER];
    machine_expect_running(m, line);
    for (unsigned lane = 0; lane < 64; lane++)
        for (unsigned i = 0; i < SPAN; i++) {
            uint8_t expected = (uint8_t)(machine_random(&seed) >> 56);
            if (mask >> lane & 1 && i >= 1 && i < 1 + form->bytes)
                expected = (uint8_t)(data[(i - 1) / 4][lane] >> ((i - 1) % 4 * 8 + form->shift));
            if (*byte_of(m, place, lane, i) != expected)
                fail_msg("%s (%s), EXEC %#lx: lane %u byte %u is %#x, not %#x", line,
                         place_names[place], (unsigned long)mask, lane, i,
                         *byte_of(m, place, lane, i), expected);
        }
}

static const uint64_t masks[] = {~UINT64_C(0), 0, 1, UINT64_C(1) << 63, 0x5555aaaa0f0ff0f3};

static void run_forms(const struct form *forms, unsigned count, bool load)
{
    static char lines[PLACES * 2 * LOADS][96];
    const char *texts[PLACES * 2 * LOADS];
    static struct cairn_insn insns[PLACES * 2 * LOADS];
    unsigned total = PLACES * 2 * count;
    machine_reset();
    for (unsigned i = 0; i < total; i++) {
        write_line(lines[i], sizeof lines[i], i / 2 / count, &forms[i / 2 % count], load, i & 1);
        texts[i] = lines[i];
    }
    machine_assemble(texts, total, insns);
    for (unsigned i = 0; i < total; i++)
        for (unsigned k = 0; k < sizeof masks / sizeof masks[0]; k++) {
            struct machine *m = machine_reset();
            const struct form *form = &forms[i / 2 % count];
            enum place place = i / 2 / count;
            uint64_t seed = 77 + i, before = seed;
            set_addresses(m, place);
            fill(m, place, &seed);
            for (unsigned row = REGISTER; !load && row < MACHINE_VGPRS; row++)
                for (unsigned lane = 0; lane < 64; lane++)
                    m->wave.vgpr[row][lane] = (uint32_t)(machine_random(&seed) >> 32);
            machine_set_exec(m, masks[k]);
            machine_run(m, &insns[i]);
            if (load)
                check_load(m, form, place, i & 1, masks[k], lines[i]);
            else
                check_store(m, form, place, i & 1, masks[k], before, lines[i]);
        }
}

static void every_load_form_gives_its_register_value(void **state)
{
    (void)state;
    run_forms(loads, LOADS, true);
}

static void every_store_form_writes_its_bytes_and_no_others(void **state)
{
    (void)state;
    run_forms(stores, STORES, false);
}

/* The fast paths: lanes one after the other, and all lanes at one address. */
static void contiguous_and_uniform_lanes_are_like_any_others(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "global_load_dword v8, v2, s[4:5]",
        "global_load_dwordx2 v[8:9], v2, s[4:5]",
        "global_load_dwordx4 v[8:11], v2, s[4:5]",
    };
    struct cairn_insn insns[3];
    struct machine *m = machine_reset();
    machine_assemble(lines, 3, insns);
    for (unsigned k = 0; k < 6; k++) {
        unsigned dwords = 1u << k / 2, step = k % 2 ? 0 : 4 * dwords;
        m = machine_reset();
        for (unsigned i = 0; i < 4096; i++)
            m->memory[i] = (uint8_t)(i * 7 + i / 256);
        cairn_wave_write64(&m->wave, 4, (uintptr_t)m->memory + 3);
        for (unsigned lane = 0; lane < 64; lane++)
            machine_v(m, 2)[lane] = lane * step;
        machine_run(m, &insns[k / 2]);
        machine_expect_running(m, lines[k / 2]);
        for (unsigned lane = 0; lane < 64; lane++)
            for (unsigned d = 0; d < dwords; d++) {
                uint32_t expected;
                memcpy(&expected, m->memory + 3 + lane * step + 4 * d, 4);
                assert_int_equal(machine_v(m, 8 + d)[lane], expected);
            }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_load_form_gives_its_register_value),
        cmocka_unit_test(every_store_form_writes_its_bytes_and_no_others),
        cmocka_unit_test(contiguous_and_uniform_lanes_are_like_any_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
