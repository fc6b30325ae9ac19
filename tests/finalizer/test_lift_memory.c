/* SPDX-License-Identifier: MIT
 * Loads, stores and atomics in finalized code against the interpreter: every instruction with every
 * way of addressing that the lifter tells apart, full and partial masks, on each level of the host.
 */
#include "lift_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { MOST_PIECES = 2048, PIECE_BYTES = 768 };

/* A way to make the address: instructions before (%u: bytes of the access), and operands. */
struct mode {
    const char *name, *before, *operands;
};

/* A 64-bit address as compilers make it, from an index of up to 2047 and down to -2048. */
#define SCALED(extend, shift)                                                                      \
    "s_add_u32 s22, s8, 0x4000\ns_addc_u32 s23, s9, 0\nv_lshrrev_b32_e32 v2, 1, v4\n"              \
    "v_subrev_u32_e32 v2, 0x800, v2\n" extend "v_lshlrev_b64 v[2:3], " shift                       \
    ", v[2:3]\nv_mov_b32_e32 v5, s23\nv_add_co_u32_e32 v2, vcc, s22, v2\n"                         \
    "v_addc_co_u32_e32 v3, vcc, v5, v3, vcc\ns_mov_b64 vcc, 0"

/* s[8:9]: data, s[10:11]: where results go, s[20:21]: mask, s12: a small multiple of 16 */
static const struct mode global_modes[] = {
    {"scalar base, varying offsets", "", "v4, s[8:9] offset:12"},
    {"scalar base, block", "v_mul_u32_u24_e32 v4, %u, v0", "v4, s[8:9] offset:20"},
    {"scalar base, one address", "v_mov_b32_e32 v4, s12", "v4, s[8:9]"},
    {"scalar base, wide stride", "v_lshlrev_b32_e32 v4, 6, v0", "v4, s[8:9] offset:-4"},
    {"scalar base, a dword apart", "v_lshlrev_b32_e32 v4, 2, v0", "v4, s[8:9] offset:36"},
    {"pairs", "", "v[2:3], off"},
    {"pairs, block",
     "v_mul_u32_u24_e32 v4, %u, v0\nv_mov_b32_e32 v3, s9\nv_add_co_u32_e32 v2, vcc, s8, v4\n"
     "v_addc_co_u32_e32 v3, vcc, 0, v3, vcc",
     "v[2:3], off offset:8"},
    {"pairs, one address", "v_mov_b32_e32 v2, s8\nv_mov_b32_e32 v3, s9", "v[2:3], off offset:64"},
    {"pairs, wide stride",
     "v_lshlrev_b32_e32 v4, 5, v0\nv_mov_b32_e32 v3, s9\nv_add_co_u32_e32 v2, vcc, s8, v4\n"
     "v_addc_co_u32_e32 v3, vcc, 0, v3, vcc",
     "v[2:3], off"},
    {"a base and signed indices", SCALED("v_ashrrev_i32_e32 v3, 31, v2\n", "2"),
     "v[2:3], off offset:8"},
    {"a base and unsigned indices",
     SCALED("v_and_b32_e32 v2, 0xfff, v2\nv_mov_b32_e32 v3, 0\n", "1"), "v[2:3], off offset:-3"},
    {"a base and indices of large elements",
     SCALED("v_bfe_i32 v2, v2, 0, 9\nv_ashrrev_i32_e32 v3, 31, v2\n", "5"),
     "v[2:3], off offset:17"},
    {"a base and bytes",
     "v_add_co_u32_e32 v2, vcc, s8, v4\nv_mov_b32_e32 v5, s9\n"
     "v_addc_co_u32_e32 v3, vcc, 0, v5, vcc",
     "v[2:3], off"},
    {"a block that is none before it runs",
     "v_mul_u32_u24_e32 v2, %u, v0\nv_sub_u32_e32 v4, v4, v4\nv_add_u32_e32 v2, v4, v2\n"
     "v_mov_b32_e32 v3, 0\nv_mov_b32_e32 v5, s9\nv_add_co_u32_e32 v2, vcc, s8, v2\n"
     "v_addc_co_u32_e32 v3, vcc, v3, v5, vcc",
     "v[2:3], off offset:4"},
    {"indices under a mask",
     "s_mov_b64 exec, s[20:21]\n" SCALED("v_ashrrev_i32_e32 v3, 31, v2\n", "2"), "v[2:3], off"},
};
static const struct mode flat_modes[] = {
    {"pairs", "", "v[2:3]"},
    {"block",
     "v_mul_u32_u24_e32 v4, %u, v0\nv_mov_b32_e32 v3, s9\nv_add_co_u32_e32 v2, vcc, s8, v4\n"
     "v_addc_co_u32_e32 v3, vcc, 0, v3, vcc",
     "v[2:3] offset:16"},
    {"a base and indices", SCALED("v_ashrrev_i32_e32 v3, 31, v2\n", "2"), "v[2:3] offset:8"},
    {"LDS", "v_mov_b32_e32 v2, v6\nv_mov_b32_e32 v3, s15", "v[2:3] offset:16"},
    {"private", "v_mov_b32_e32 v2, v7\nv_mov_b32_e32 v3, s17", "v[2:3] offset:4"},
};
static const struct mode ds_modes[] = {
    {"varying", "", "v6"},
    {"block", "v_mul_u32_u24_e32 v6, %u, v0", "v6"},
    {"one address", "v_mov_b32_e32 v6, s12", "v6"},
    {"wide stride", "v_lshlrev_b32_e32 v6, 6, v0", "v6"},
    {"backwards", "v_lshlrev_b32_e32 v6, 4, v0\nv_sub_u32_e32 v6, 4096, v6", "v6"},
    {"at the end", "v_lshlrev_b32_e32 v6, 4, v0\nv_add_u32_e32 v6, 0xfe10, v6", "v6"},
    {"partly outside", "v_mov_b32_e32 v6, v8", "v6"},
};
static const struct mode scratch_modes[] = {
    {"one offset", "", "off, s12"},
    {"uniform register", "v_mov_b32_e32 v7, s12", "v7, off offset:36"},
    {"varying", "", "v7, off offset:4"},
};
static const struct mode buffer_modes[] = {
    {"immediate", "", "off, s[0:3], 0 offset:40"},
    {"scalar offset", "", "off, s[0:3], s14 offset:16"},
    {"uniform register", "v_mov_b32_e32 v7, s12", "v7, s[0:3], s14 offen offset:4"},
    {"varying", "", "v7, s[0:3], 0 offen offset:4"},
    {"raw in a kernel with scratch", "", "v4, s[24:27], 0 offen offset:4"},
};
static const struct mode raw_modes[] = {
    {"varying", "", "v4, s[24:27], s14 offen offset:4"},
    {"block", "v_mul_u32_u24_e32 v4, %u, v0", "v4, s[24:27], s14 offen offset:4"},
    {"one address", "", "off, s[24:27], s14 offset:4"},
    {"index", "v_and_b32_e32 v4, 31, v4", "v4, s[28:31], 0 idxen offset:4"},
    {"index and offset", "v_mov_b32_e32 v4, v0\nv_lshlrev_b32_e32 v5, 2, v0",
     "v[4:5], s[28:31], s14 idxen offen"},
    {"swizzled", "v_mov_b32_e32 v4, v0\nv_and_b32_e32 v5, 12, v4",
     "v[4:5], s[32:35], 0 idxen offen"},
};

struct op {
    const char *name;
    unsigned bytes;
};
static const struct op loads[] = {
    {"load_ubyte", 1},        {"load_sbyte", 1},        {"load_ushort", 2},
    {"load_sshort", 2},       {"load_dword", 4},        {"load_dwordx2", 8},
    {"load_dwordx3", 12},     {"load_dwordx4", 16},     {"load_ubyte_d16", 1},
    {"load_ubyte_d16_hi", 1}, {"load_sbyte_d16", 1},    {"load_sbyte_d16_hi", 1},
    {"load_short_d16", 2},    {"load_short_d16_hi", 2},
};
static const struct op stores[] = {
    {"store_byte", 1},  {"store_byte_d16_hi", 1}, {"store_short", 2},    {"store_short_d16_hi", 2},
    {"store_dword", 4}, {"store_dwordx2", 8},     {"store_dwordx3", 12}, {"store_dwordx4", 16},
};
static const struct op ds_reads[] = {
    {"read_u8", 1},      {"read_i8", 1},         {"read_u16", 2},    {"read_i16", 2},
    {"read_u8_d16", 1},  {"read_u8_d16_hi", 1},  {"read_i8_d16", 1}, {"read_i8_d16_hi", 1},
    {"read_u16_d16", 2}, {"read_u16_d16_hi", 2}, {"read_b32", 4},    {"read_b64", 8},
    {"read_b96", 12},    {"read_b128", 16},
};
static const struct op ds_writes[] = {
    {"write_b8", 1},  {"write_b16", 2}, {"write_b8_d16_hi", 1}, {"write_b16_d16_hi", 2},
    {"write_b32", 4}, {"write_b64", 8}, {"write_b96", 12},      {"write_b128", 16},
};
/* two offsets: bytes of one of the two */
static const struct op ds_reads2[] = {
    {"read2_b32", 4}, {"read2st64_b32", 4}, {"read2_b64", 8}, {"read2st64_b64", 8}};
static const struct op ds_writes2[] = {
    {"write2_b32", 4}, {"write2st64_b32", 4}, {"write2_b64", 8}, {"write2st64_b64", 8}};

/* ---- pieces */

struct pieces {
    char (*text)[PIECE_BYTES];
    const char **list;
    unsigned count;
};

static struct pieces pieces_create(void)
{
    struct pieces p = {.text = calloc(MOST_PIECES, PIECE_BYTES),
                       .list = calloc(MOST_PIECES, sizeof(char *))};
    assert_true(p.text != NULL && p.list != NULL);
    return p;
}

static void pieces_destroy(struct pieces *p)
{
    free(p->text);
    free(p->list);
}

static const char *registers(char *text, unsigned first, unsigned bytes)
{
    if (bytes <= 4)
        sprintf(text, "v%u", first);
    else
        sprintf(text, "v[%u:%u]", first, first + bytes / 4 - 1);
    return text;
}

/* The mask is set behind what makes addresses; behind the instruction all lanes store v[10:13]. */
__attribute__((format(printf, 4, 5))) static void add(struct pieces *p, const struct mode *mode,
                                                      unsigned bytes, const char *format, ...)
{
    assert_true(p->count + 2 <= MOST_PIECES);
    for (unsigned partial = 0; partial < 2; partial++) {
        char *at = p->text[p->count];
        va_list arguments;
        p->list[p->count++] = at;
        at += sprintf(at, "v_lshlrev_b32_e32 v20, 4, v0\n");
        at += sprintf(at, mode->before, bytes);
        at += sprintf(at, "\n%s", partial ? "s_mov_b64 exec, s[20:21]\n" : "");
        va_start(arguments, format);
        at += vsprintf(at, format, arguments);
        va_end(arguments);
        sprintf(at, "\n%sglobal_store_dwordx4 v20, v[10:13], s[10:11]",
                partial ? "s_mov_b64 exec, -1\n" : "");
    }
}

static void add_plain(struct pieces *p, const char *family, const struct mode *modes,
                      unsigned mode_count)
{
    char data[32];
    for (unsigned m = 0; m < mode_count; m++) {
        for (unsigned i = 0; i < sizeof loads / sizeof loads[0]; i++)
            add(p, &modes[m], loads[i].bytes, "%s_%s %s, %s", family, loads[i].name,
                registers(data, 10, loads[i].bytes), modes[m].operands);
        for (unsigned i = 0; i < sizeof stores / sizeof stores[0]; i++) {
            registers(data, 14, stores[i].bytes);
            const char *comma = strchr(modes[m].operands, ',');
            bool buffer = strcmp(family, "buffer") == 0;
            bool flat = strcmp(family, "flat") == 0;
            size_t address = flat || buffer || comma == NULL ? strcspn(modes[m].operands, " ")
                                                             : (size_t)(comma - modes[m].operands);
            if (buffer)
                add(p, &modes[m], stores[i].bytes, "buffer_%s %s, %s", stores[i].name, data,
                    modes[m].operands);
            else
                add(p, &modes[m], stores[i].bytes, "%s_%s %.*s, %s%s", family, stores[i].name,
                    (int)address, modes[m].operands, data, modes[m].operands + address);
        }
    }
}

/* ---- state */

enum { RESULTS = 0x8000 };

static void set_descriptor(struct asm_machine *m, unsigned code, uint64_t base, uint32_t stride,
                           uint32_t records, uint32_t word3, bool swizzle)
{
    m->wave->sgpr[code] = (uint32_t)base;
    m->wave->sgpr[code + 1] =
        (uint32_t)(base >> 32 & 0xffff) | stride << 16 | (uint32_t)swizzle << 31;
    m->wave->sgpr[code + 2] = records;
    m->wave->sgpr[code + 3] = word3;
}

static void prepare(struct asm_machine *m, uint64_t *random)
{
    uint64_t data = (uintptr_t)m->data;
    asm_set_sgpr64(m, 8, data + (lift_random(random) & 12));
    asm_set_sgpr64(m, 10, data + RESULTS);
    asm_set_sgpr64(m, 20, asm_sgpr64(m, 126));
    asm_set_exec(m, ~UINT64_C(0));
    m->wave->sgpr[12] = (uint32_t)lift_random(random) & 0xb0;
    m->wave->sgpr[14] = 256;
    m->wave->sgpr[15] = (uint32_t)((uintptr_t)m->group.lds >> 32);
    m->wave->sgpr[17] = (uint32_t)(m->space.private_aperture >> 32);
    set_descriptor(m, 24, data, 0, 6000, 0x00020000, false);
    set_descriptor(m, 28, data, 48, 40, 0x00020000, false);
    set_descriptor(m, 32, data, 16, 60, 1 << 21 | 0x00020000, true);
    bool aligned = lift_random(random) & 1;
    /* seen to lie side by side only at run time */
    uint32_t step = (uint32_t)lift_random(random) % 8;
    step = step == 1 ? 4 : step == 2 ? 8 : step == 3 ? 16 : 0;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        uint32_t (*v)[CAIRN_WAVE_LANES] = m->wave->vgpr;
        uint32_t offset = (uint32_t)lift_random(random) % 0x6000 & (aligned ? ~15u : ~0u);
        if (step != 0)
            offset = 64 + lane * step;
        uint64_t address = data + offset;
        v[4][lane] = offset & 0x1fff;
        v[2][lane] = (uint32_t)address;
        v[3][lane] = (uint32_t)(address >> 32);
        v[6][lane] = (uint32_t)lift_random(random) % 0xf000 & (aligned ? ~15u : ~0u);
        v[7][lane] = (uint32_t)lift_random(random) % 200 & (aligned ? ~3u : ~0u);
        v[8][lane] = (uint32_t)lift_random(random) % 0x10100 & ~7u;
    }
}

/* Host memory outside of the window that kernels may read. */
static uint32_t registered[1024];

static bool covers_registered(const struct cairn_address_space *space, uint64_t address,
                              uint64_t size)
{
    (void)space;
    uint64_t offset = address - (uintptr_t)registered;
    return size <= sizeof registered && offset <= sizeof registered - size;
}

static void prepare_registered(struct asm_machine *m, uint64_t *random)
{
    prepare(m, random);
    m->space.covers_slow = covers_registered;
    for (unsigned i = 0; i < 1024; i++)
        registered[i] = i * 0x9e3779b9u;
    bool mixed = lift_random(random) & 1;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        uint64_t address = (uintptr_t)registered + lift_random(random) % 4000;
        if (mixed && lane % 3 == 0)
            continue;
        m->wave->vgpr[2][lane] = (uint32_t)address;
        m->wave->vgpr[3][lane] = (uint32_t)(address >> 32);
    }
}

/* For atomics: few addresses, so that lanes meet. */
static void prepare_atomics(struct asm_machine *m, uint64_t *random)
{
    prepare(m, random);
    uint64_t data = (uintptr_t)m->data;
    asm_set_sgpr64(m, 8, data);
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        uint32_t (*v)[CAIRN_WAVE_LANES] = m->wave->vgpr;
        uint32_t offset = (uint32_t)(lift_random(random) & 0xf8);
        uint64_t address = data + offset;
        v[4][lane] = offset;
        v[2][lane] = (uint32_t)address;
        v[3][lane] = (uint32_t)(address >> 32);
        v[6][lane] = offset;
        v[7][lane] = offset & 0x78;
        if (lift_random(random) & 1) {
            v[15][lane] = v[14][lane];
            v[17][lane] = v[16][lane] = 0;
        }
    }
}

static const uint64_t masks[] = {
    ~UINT64_C(0),      0, 1, UINT64_C(1) << 63, 0xffff, 0x00ff00f00000ff0f, 0xa5a5123456789abc,
    0x8000000000010000};

/* Each piece on each level, not only on one of them: with any argument. */
static bool thorough;

static void compare_all(struct pieces *p, struct lift_run run)
{
    struct lift_rig *rig = lift_rig_create(p->list, p->count);
    const enum cairn_target_level *levels = lift_rig_levels();
    run.may_step = true;
    unsigned level_count = 0;
    while (levels[level_count] != CAIRN_TARGET_NATIVE)
        level_count++;
    for (unsigned level = 0; level < level_count; level++)
        for (unsigned i = 0; i < p->count; i++) {
            if (!thorough && i % level_count != level)
                continue;
            run.target = levels[level];
            run.tier =
                i % 16 == 0 || (thorough && i % 4 == level) ? CAIRN_TIER_FULL : CAIRN_TIER_QUICK;
            run.full = true;
            run.seed = i * 3 + level + 1;
            run.exec = i % 2 == 0 ? ~UINT64_C(0) : masks[i / 2 % (sizeof masks / sizeof masks[0])];
            lift_rig_compare(rig, i, &run);
        }
    print_message("%u compilations, %u instructions stepped\n", rig->compiled, rig->stepped);
    lift_rig_destroy(rig);
}

#define COUNT(table) (sizeof(table) / sizeof(table)[0])

static void global_accesses_are_the_interpreters(void **state)
{
    (void)state;
    struct pieces p = pieces_create();
    add_plain(&p, "global", global_modes, COUNT(global_modes));
    compare_all(&p, (struct lift_run){.prepare = prepare});
    pieces_destroy(&p);
}

static void registered_host_memory_is_read(void **state)
{
    static const struct mode pairs = {"pairs", "", "v[2:3], off"};
    (void)state;
    struct pieces p = pieces_create();
    char data[32];
    for (unsigned i = 0; i < COUNT(loads); i++) {
        registers(data, 10, loads[i].bytes);
        add(&p, &pairs, loads[i].bytes, "global_%s %s, v[2:3], off", loads[i].name, data);
        add(&p, &pairs, loads[i].bytes, "flat_%s %s, v[2:3]", loads[i].name, data);
    }
    compare_all(&p, (struct lift_run){.prepare = prepare_registered});
    pieces_destroy(&p);
}

static void flat_accesses_are_the_interpreters(void **state)
{
    (void)state;
    struct pieces p = pieces_create();
    add_plain(&p, "flat", flat_modes, COUNT(flat_modes));
    compare_all(&p, (struct lift_run){.prepare = prepare});
    pieces_destroy(&p);
}

static void scratch_accesses_are_the_interpreters(void **state)
{
    (void)state;
    struct pieces p = pieces_create();
    add_plain(&p, "scratch", scratch_modes, COUNT(scratch_modes));
    compare_all(&p, (struct lift_run){.prepare = prepare});
    pieces_destroy(&p);
}

static void buffer_accesses_are_the_interpreters(void **state)
{
    (void)state;
    struct pieces p = pieces_create();
    add_plain(&p, "buffer", buffer_modes, COUNT(buffer_modes));
    compare_all(&p, (struct lift_run){.prepare = prepare});
    pieces_destroy(&p);
    p = pieces_create();
    add_plain(&p, "buffer", raw_modes, COUNT(raw_modes));
    compare_all(&p, (struct lift_run){.prepare = prepare, .no_scratch = true});
    pieces_destroy(&p);
}

static void lds_accesses_are_the_interpreters(void **state)
{
    (void)state;
    struct pieces p = pieces_create();
    char data[32];
    for (unsigned m = 0; m < COUNT(ds_modes); m++) {
        const struct mode *mode = &ds_modes[m];
        for (unsigned i = 0; i < COUNT(ds_reads); i++)
            add(&p, mode, ds_reads[i].bytes, "ds_%s %s, %s offset:%u", ds_reads[i].name,
                registers(data, 10, ds_reads[i].bytes), mode->operands, i % 2 * 48);
        for (unsigned i = 0; i < COUNT(ds_writes); i++)
            add(&p, mode, ds_writes[i].bytes, "ds_%s %s, %s offset:%u", ds_writes[i].name,
                mode->operands, registers(data, 14, ds_writes[i].bytes), i % 2 * 48);
        for (unsigned i = 0; i < COUNT(ds_reads2); i++) {
            registers(data, 10, 2 * ds_reads2[i].bytes);
            add(&p, mode, 2 * ds_reads2[i].bytes, "ds_%s %s, %s offset1:1", ds_reads2[i].name, data,
                mode->operands);
            add(&p, mode, ds_reads2[i].bytes, "ds_%s %s, %s offset0:7 offset1:3", ds_reads2[i].name,
                data, mode->operands);
        }
    }
    compare_all(&p, (struct lift_run){.prepare = prepare});
    pieces_destroy(&p);
}

/* Lanes that write each other's dwords with different offsets of one instruction have no order to
 * rely on: lanes lie apart here. */
static void lds_double_writes_are_the_interpreters(void **state)
{
    static const struct mode modes[] = {
        {"varying", "v_mul_u32_u24_e32 v6, 528, v0\nv_xor_b32_e32 v6, 0x3000, v6", "v6"},
        {"wide stride", "v_mul_u32_u24_e32 v6, 528, v0", "v6"},
        {"partly outside", "v_mul_u32_u24_e32 v6, 1040, v0", "v6"},
        {"one address", "v_mov_b32_e32 v6, s12", "v6"},
    };
    static const struct mode block = {"block", "v_mul_u32_u24_e32 v6, %u, v0", "v6"};
    (void)state;
    struct pieces p = pieces_create();
    char data[32], more[32];
    for (unsigned i = 0; i < COUNT(ds_writes2); i++) {
        const char *name = ds_writes2[i].name;
        registers(data, 14, ds_writes2[i].bytes);
        registers(more, 16, ds_writes2[i].bytes);
        for (unsigned m = 0; m < COUNT(modes); m++) {
            add(&p, &modes[m], 4, "ds_%s v6, %s, %s offset0:7 offset1:4", name, data, more);
            add(&p, &modes[m], 4, "ds_%s v6, %s, %s offset0:2 offset1:2", name, data, more);
        }
        if (strstr(name, "st64") == NULL)
            add(&p, &block, 2 * ds_writes2[i].bytes, "ds_%s v6, %s, %s offset1:1", name, data,
                more);
    }
    compare_all(&p, (struct lift_run){.prepare = prepare});
    pieces_destroy(&p);
}

/* ---- atomics: name, bytes, dwords of compare */

static const struct op atomics32[] = {{"swap", 4}, {"add", 4},  {"sub", 4},  {"smin", 4},
                                      {"umin", 4}, {"smax", 4}, {"umax", 4}, {"and", 4},
                                      {"or", 4},   {"xor", 4},  {"inc", 4},  {"dec", 4}};

static void add_atomic(struct pieces *p, const char *family, const struct mode *mode,
                       const char *name, unsigned data_bytes, unsigned result_bytes)
{
    char data[32], result[32];
    bool buffer = strcmp(family, "buffer") == 0, flat = strcmp(family, "flat") == 0;
    const char *comma = strchr(mode->operands, ',');
    size_t address = flat || buffer || comma == NULL ? strcspn(mode->operands, " ")
                                                     : (size_t)(comma - mode->operands);
    registers(data, 14, data_bytes);
    registers(result, 10, result_bytes);
    if (buffer) {
        add(p, mode, result_bytes, "buffer_atomic_%s %s, %s", name, data, mode->operands);
        return;
    }
    add(p, mode, result_bytes, "%s_atomic_%s %.*s, %s%s", family, name, (int)address,
        mode->operands, data, mode->operands + address);
    add(p, mode, result_bytes, "%s_atomic_%s %s, %.*s, %s%s glc", family, name, result,
        (int)address, mode->operands, data, mode->operands + address);
}

static void add_atomics(struct pieces *p, const char *family, const struct mode *mode)
{
    char name[32];
    for (unsigned i = 0; i < COUNT(atomics32); i++) {
        add_atomic(p, family, mode, atomics32[i].name, 4, 4);
        sprintf(name, "%s_x2", atomics32[i].name);
        add_atomic(p, family, mode, name, 8, 8);
    }
    add_atomic(p, family, mode, "cmpswap", 8, 4);
    add_atomic(p, family, mode, "cmpswap_x2", 16, 8);
    if (strcmp(family, "global") == 0) {
        char data[8] = "v14", pair[16] = "v[14:15]";
        const char *rest = strchr(mode->operands, ',');
        int address = (int)(rest - mode->operands);
        add(p, mode, 4, "global_atomic_add_f32 %.*s, %s%s", address, mode->operands, data, rest);
        add(p, mode, 4, "global_atomic_pk_add_f16 %.*s, %s%s", address, mode->operands, data, rest);
        add(p, mode, 8, "global_atomic_add_f64 v[10:11], %.*s, %s%s glc", address, mode->operands,
            pair, rest);
        add(p, mode, 8, "global_atomic_min_f64 %.*s, %s%s", address, mode->operands, pair, rest);
        add(p, mode, 8, "global_atomic_max_f64 %.*s, %s%s", address, mode->operands, pair, rest);
    }
}

static void atomics_are_the_interpreters(void **state)
{
    static const struct mode modes[] = {
        {"few addresses", "", "v4, s[8:9]"},
        {"one address", "v_mov_b32_e32 v4, 64", "v4, s[8:9]"},
        {"pairs", "", "v[2:3], off offset:8"},
    };
    static const struct mode flats[] = {
        {"pairs", "", "v[2:3]"},
        {"LDS", "v_mov_b32_e32 v2, v6\nv_mov_b32_e32 v3, s15", "v[2:3]"},
        {"private", "v_mov_b32_e32 v2, v7\nv_mov_b32_e32 v3, s17", "v[2:3]"},
    };
    static const struct mode buffer = {"raw", "", "v4, s[24:27], s14 offen offset:8 glc"};
    (void)state;
    struct pieces p = pieces_create();
    for (unsigned i = 0; i < COUNT(modes); i++)
        add_atomics(&p, "global", &modes[i]);
    for (unsigned i = 0; i < COUNT(flats); i++)
        add_atomics(&p, "flat", &flats[i]);
    add_atomics(&p, "buffer", &buffer);
    compare_all(&p, (struct lift_run){.prepare = prepare_atomics});
    pieces_destroy(&p);
}

static void lds_atomics_are_the_interpreters(void **state)
{
    static const char *const ones[] = {"add_u32", "sub_u32", "rsub_u32", "inc_u32", "dec_u32",
                                       "min_i32", "max_i32", "min_u32",  "max_u32", "and_b32",
                                       "or_b32",  "xor_b32", "min_f32",  "max_f32", "add_f32"};
    static const char *const pairs[] = {"add_u64", "sub_u64", "rsub_u64", "inc_u64", "dec_u64",
                                        "min_i64", "max_i64", "min_u64",  "max_u64", "and_b64",
                                        "or_b64",  "xor_b64", "min_f64",  "max_f64", "add_f64"};
    static const struct mode modes[] = {
        {"few addresses", "", "v6"},
        {"block", "v_lshlrev_b32_e32 v6, 3, v0", "v6"},
        {"partly outside", "v_lshlrev_b32_e32 v6, 10, v0\nv_add_u32_e32 v6, 0x200, v6", "v6"},
    };
    (void)state;
    struct pieces p = pieces_create();
    for (unsigned m = 0; m < COUNT(modes); m++) {
        for (unsigned i = 0; i < COUNT(ones); i++) {
            int stem = (int)strcspn(ones[i], "_");
            add(&p, &modes[m], 4, "ds_%s v6, v14 offset:8", ones[i]);
            add(&p, &modes[m], 4, "ds_%.*s_rtn%s v10, v6, v14", stem, ones[i], ones[i] + stem);
            add(&p, &modes[m], 8, "ds_%s v6, v[14:15]", pairs[i]);
            add(&p, &modes[m], 8, "ds_%.*s_rtn%s v[10:11], v6, v[14:15]", stem, pairs[i],
                pairs[i] + stem);
        }
        add(&p, &modes[m], 4, "ds_wrxchg_rtn_b32 v10, v6, v14");
        add(&p, &modes[m], 8, "ds_wrxchg_rtn_b64 v[10:11], v6, v[14:15]");
        add(&p, &modes[m], 4, "ds_wrap_rtn_b32 v10, v6, v14, v16");
        add(&p, &modes[m], 8, "ds_condxchg32_rtn_b64 v[10:11], v6, v[14:15]");
        add(&p, &modes[m], 4, "ds_mskor_b32 v6, v14, v16");
        add(&p, &modes[m], 4, "ds_cmpst_b32 v6, v16, v14");
        add(&p, &modes[m], 4, "ds_cmpst_rtn_f32 v10, v6, v16, v14");
        add(&p, &modes[m], 8, "ds_mskor_rtn_b64 v[10:11], v6, v[14:15], v[16:17]");
        add(&p, &modes[m], 8, "ds_cmpst_rtn_b64 v[10:11], v6, v[16:17], v[14:15]");
        add(&p, &modes[m], 8, "ds_cmpst_f64 v6, v[16:17], v[14:15]");
        add(&p, &modes[m], 4, "ds_wrxchg2_rtn_b32 v[10:11], v6, v14, v16 offset0:1 offset1:2");
    }
    compare_all(&p, (struct lift_run){.prepare = prepare_atomics});
    pieces_destroy(&p);
}

/* ---- faults */

static void prepare_faults(struct asm_machine *m, uint64_t *random)
{
    prepare(m, random);
    unsigned lane = (unsigned)(lift_random(random) % CAIRN_WAVE_LANES);
    uint64_t bad = lift_random(random) & 1 ? (uintptr_t)m->data + ASM_DATA_BYTES + 16
                                           : UINT64_C(0x123456789000);
    m->wave->vgpr[2][lane] = (uint32_t)bad;
    m->wave->vgpr[3][lane] = (uint32_t)(bad >> 32);
    m->wave->vgpr[4][lane] = 0x7fffffff;
    m->wave->vgpr[7][lane] = 100000;
    m->wave->vgpr[6][lane] |= 2;
    asm_set_sgpr64(m, 8, (uintptr_t)m->data);
    asm_set_sgpr64(m, 22, (uintptr_t)m->data + ASM_DATA_BYTES - 40);
}

static void faults_are_the_interpreters(void **state)
{
    static const struct mode plain = {"", "", ""};
    static const struct mode block = {"", "v_lshlrev_b32_e32 v4, 2, v0", ""};
    (void)state;
    struct pieces p = pieces_create();
    add(&p, &plain, 4, "global_load_dword v10, v[2:3], off");
    add(&p, &plain, 4, "global_load_dword v10, v4, s[8:9]");
    add(&p, &plain, 4, "global_store_dwordx2 v[2:3], v[14:15], off");
    add(&p, &plain, 4, "flat_load_dwordx4 v[10:13], v[2:3]");
    add(&p, &plain, 4, "global_atomic_add v[2:3], v14, off");
    add(&p, &plain, 4, "flat_atomic_add_x2 v[10:11], v[2:3], v[14:15] glc");
    add(&p, &plain, 4, "buffer_load_dword v10, v7, s[0:3], 0 offen");
    add(&p, &plain, 4, "scratch_store_dword v7, v14, off");
    add(&p, &plain, 4, "ds_add_u32 v6, v14");
    add(&p, &plain, 4, "ds_add_rtn_u64 v[10:11], v6, v[14:15]");
    add(&p, &block, 4, "global_load_dword v10, v4, s[22:23]");
    add(&p, &block, 4, "global_store_dword v4, v14, s[22:23]");
    for (unsigned i = 0; i < 4; i++)
        compare_all(&p, (struct lift_run){.prepare = prepare_faults});
    pieces_destroy(&p);
}

int main(int count, char **arguments)
{
    (void)arguments;
    thorough = count > 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(global_accesses_are_the_interpreters),
        cmocka_unit_test(registered_host_memory_is_read),
        cmocka_unit_test(flat_accesses_are_the_interpreters),
        cmocka_unit_test(scratch_accesses_are_the_interpreters),
        cmocka_unit_test(buffer_accesses_are_the_interpreters),
        cmocka_unit_test(lds_accesses_are_the_interpreters),
        cmocka_unit_test(lds_double_writes_are_the_interpreters),
        cmocka_unit_test(atomics_are_the_interpreters),
        cmocka_unit_test(lds_atomics_are_the_interpreters),
        cmocka_unit_test(faults_are_the_interpreters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
