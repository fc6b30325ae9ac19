/* SPDX-License-Identifier: MIT
 * Vector instructions, interpreter against finalizer: random encodings of every operation, with
 * random operands, modifiers, masks and float controls, on each instruction set that this host has.
 * LIFT_VALU_PROGRAMS: how many programs a setting runs.
 */
#include "base/bytes.h"
#include "finalizer/llvm/compile.h"
#include "finalizer/llvm/lift.h"
#include "finalizer/native.h"
#include "finalizer/native_symbols.h"
#include "finalizer/object.h"
#include "interp/interp.h"
#include "isa/isa.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

enum {
    INSNS = 20,      /* of a program */
    ROWS = 160,      /* v0..; sources are v0..v31, destinations above */
    ARCH_ROWS = 128, /* behind them, AGPRs */
    FIRST_DST = 32,
    FIRST_SDST = 40, /* s[40:41]... */
};

/* Every wave starts with all lanes on. A jump whose target is known at run time only keeps all
 * registers alive; it goes to s_endpgm. */
enum { EXEC_SGPR = 98, TARGET_SGPR = 100, END_WORDS = 2 };
static const uint32_t exec_word = 0xbefe0100 | EXEC_SGPR; /* s_mov_b64 exec, s[98:99] */
static const uint32_t end_words[END_WORDS] = {0xbe801d00 | TARGET_SGPR, 0xbf810000};

/* One wave and what it runs, without memory. */
struct machine {
    uint32_t code[1 + 5 * INSNS + END_WORDS]; /* a division needs fewer */
    uint32_t words;
    struct cairn_insn insn[INSNS];
    unsigned insns;
    struct cairn_address_space space;
    struct cairn_code loaded;
    struct cairn_launch launch;
    struct cairn_workgroup group;
    struct cairn_wave wave[2]; /* interpreted, finalized */
    uint32_t rows[2][ROWS][CAIRN_WAVE_LANES] __attribute__((aligned(64)));
};

static uint64_t state;

static uint64_t random64(void)
{
    state = state * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    uint64_t x = state ^ state >> 29;
    return x * UINT64_C(0xbf58476d1ce4e5b9) ^ x >> 32;
}

static unsigned below(unsigned limit)
{
    return (unsigned)(random64() >> 33) % limit;
}

/* ---- encodings */

/* Even; from v0..v31, or a result of the program's instructions so far. */
static unsigned results;
static uint32_t vgpr(void)
{
    if (below(4) == 0)
        return 0;
    return results > 0 && below(3) == 0 ? FIRST_DST + 4 * below(results) : 2 * below(FIRST_DST / 2);
}

/* A source of the 9-bit numbering. */
static uint32_t any_source(void)
{
    static const uint16_t live[] = {106, 126, 124, 235, 236, 237, 238, 239, 251, 252, 253};
    switch (below(9)) {
    case 8: /* VCC, EXEC, M0, apertures, VCCZ, EXECZ, SCC */
        return below(3) ? 256 + vgpr() : live[below(sizeof live / sizeof live[0])];
    case 0:
        return 2 * below(20);
    case 1:
        return 128 + below(81);
    case 2:
        return 240 + below(9);
    default:
        return 256 + vgpr();
    }
}

static uint32_t sdwa_word(bool compare, uint32_t sdst)
{
    uint32_t word = vgpr() | (uint32_t)random64() << 8;
    word &= ~(1u << 23 | 1u << 31 | 1u << 22 | 1u << 30 | 3u << 14); /* sources are VGPRs */
    word &= ~(7u << 16 | 7u << 24 | 7u << 8);
    word |= below(7) << 16 | below(7) << 24;
    if (compare) /* bits 15:8: SDST */
        return (word & ~0xff00u) | (below(2) ? 0x8000u | sdst << 8 : 0);
    if ((word >> 11 & 3) == 3)
        word ^= 1u << 11;
    return word | below(7) << 8;
}

static uint32_t dpp_word(void)
{
    static const uint16_t controls[] = {0x1b,  0xb1,  0x4e,  0x101, 0x111, 0x121, 0x140, 0x141,
                                        0x153, 0x130, 0x134, 0x138, 0x13c, 0x142, 0x143, 0x10f};
    uint32_t word = vgpr() | (uint32_t)controls[below(16)] << 8 | below(2) << 19;
    word |= below(16) << 20; /* abs, neg */
    return word | (below(3) ? 0xffu : below(256)) << 24;
}

/* Words of a random vector instruction whose results are `dst` and `sdst`. */
static void random_words(uint32_t word[3], uint32_t dst, uint32_t sdst)
{
    unsigned encoding = below(12);
    uint32_t source = any_source(), bits = (uint32_t)random64();
    word[1] = bits;
    word[2] = 0;
    if (encoding < 4) { /* VOP2, VOP1, VOPC, plain or with a second word */
        unsigned kind = below(6);
        source = kind == 0 ? 0xf9 : kind == 1 ? 0xfa : kind == 2 ? 255 : source;
        word[0] = encoding < 2    ? below(0x3e) << 25 | dst << 17 | vgpr() << 9
                  : encoding == 2 ? 0x7e000000 | dst << 17 | below(256) << 9
                                  : 0x7c000000 | below(256) << 17 | vgpr() << 9;
        word[0] |= source;
        if (kind == 0)
            word[1] = sdwa_word(encoding == 3, sdst);
        else if (kind == 1)
            word[1] = dpp_word();
        return;
    }
    word[1] = source | any_source() << 9 | any_source() << 18 | (bits & 0xf8000000u);
    if (encoding < 6) {
        word[0] = 0xd3800000 | below(128) << 16 | (bits & 0xff00) | dst;
        return;
    }
    unsigned op = below(1024);
    if (below(3)) /* most have few modifiers */
        word[1] &= 0x07ffffff;
    word[0] = 0xd0000000 | op << 16 | dst;
    bool sdst_form = (op >= 0x119 && op <= 0x11e) || (op >= 0x1e0 && op <= 0x1e9);
    if (op < 256)
        word[0] = (word[0] & ~0xffu) | sdst | (bits & 0x8300);
    else
        word[0] |= sdst_form ? sdst << 8 | (bits & 0x8000) : below(3) ? 0 : bits & 0xff00;
}

static bool lifted(const struct cairn_insn *insn, const struct cairn_geometry *geometry)
{
    for (unsigned i = 0; i < CAIRN_SLOT_COUNT; i++) {
        const struct cairn_operand *operand = &insn->slot[i];
        if (operand->code == CAIRN_CODE_NONE || operand->dwords < 2)
            continue;
        if (operand->code % 2 != 0 && (operand->code < 128 || operand->code >= CAIRN_CODE_VGPR0))
            return false;
    }
    return cairn_interp_has(insn) &&
           cairn_lift_valu_family.kind(insn, geometry, true) == CAIRN_LIFT_LANE;
}

static bool choose(struct machine *m, const struct cairn_geometry *geometry)
{
    for (unsigned tries = 0; tries < 1000; tries++) {
        uint32_t word[3];
        struct cairn_insn *insn = &m->insn[m->insns];
        results = m->insns;
        random_words(word, FIRST_DST + 4 * m->insns, FIRST_SDST + 2 * m->insns);
        struct cairn_bytes bytes = {(const uint8_t *)word, sizeof word};
        if (cairn_isa_decode(m->launch.gfx, bytes, insn) != CAIRN_OK || !lifted(insn, geometry))
            continue;
        memcpy(&m->code[m->words], word, insn->size_bytes);
        m->words += insn->size_bytes / 4;
        m->insns++;
        return true;
    }
    return false;
}

/* ---- running */

static uint32_t random_dword(void)
{
    static const uint32_t edges[] = {
        0,          1,          2,          31,         32,         0x7f,       0xff,
        0x7fff,     0x8000,     0xffff,     0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe,
        0x3c00,     0xbc00,     0x7c00,     0x7e01,     0x7d00,     0x3ff,      0x3c003c00,
        0x7c00fc00, 0x3f800000, 0xbf800000, 0x7f7fffff, 0x7f800000, 0xff800000, 0x7fc12345,
        0x7f800001, 0x007fffff, 0x00800000, 0x80000001, 0x4f000000, 0x3ff00000, 0xbff00000,
        0x7ff00000, 0x7ff80001, 0x000fffff, 0x41e00000, 0x7fefffff,
    };
    uint32_t bits = (uint32_t)random64();
    switch (below(4)) {
    case 0:
        return edges[below(sizeof edges / sizeof edges[0])];
    case 1:
        return 0x3f000000 + (bits & 0x83ffffff);
    case 2:
        return (bits & 0x83ff83ff) | 0x3c003c00;
    default:
        return bits;
    }
}

static void fill(struct machine *m, uint32_t mode)
{
    struct cairn_wave *wave = &m->wave[0];
    memset(wave, 0, sizeof *wave);
    for (unsigned i = 0; i < 102; i++)
        wave->sgpr[i] = random_dword();
    cairn_wave_write64(wave, CAIRN_CODE_VCC_LO, random64());
    cairn_wave_write64(wave, CAIRN_CODE_EXEC_LO, UINT64_MAX);
    cairn_wave_write64(wave, EXEC_SGPR, random64() | random64());
    cairn_wave_write64(wave, TARGET_SGPR, m->loaded.base + 4 * (m->words - 1));
    wave->mode = mode;
    wave->scc = below(2);
    wave->pc = m->loaded.base;
    wave->group = &m->group;
    wave->launch = &m->launch;
    wave->fuel = 1000;
    wave->valid_lanes = UINT64_MAX;
    for (unsigned r = 0; r < ROWS; r++)
        for (unsigned l = 0; l < CAIRN_WAVE_LANES; l++)
            m->rows[0][r][l] = r == 0 ? l : random_dword(); /* v0: the work-item's number */
    m->wave[1] = m->wave[0];
    memcpy(m->rows[1], m->rows[0], sizeof m->rows[0]);
    m->wave[0].vgpr = m->rows[0];
    m->wave[1].vgpr = m->rows[1];
}

static void set_up(struct machine *m)
{
    memset(m, 0, sizeof *m);
    m->loaded = (struct cairn_code){.base = (uintptr_t)m->code, .size = sizeof m->code};
    m->launch = (struct cairn_launch){
        .gfx = cairn_gfx_by_name("gfx90a", 6),
        .space = &m->space,
        .code = &m->loaded,
        .entry_pc = (uintptr_t)m->code,
        .wave_size = 64,
        .vgprs = ROWS,
        .agpr_offset = ARCH_ROWS,
        .grid = {64, 1, 1},
        .workgroup = {64, 1, 1},
        .workgroups = {1, 1, 1},
    };
    m->group = (struct cairn_workgroup){
        .launch = &m->launch, .size = {64, 1, 1}, .wave_count = 1, .waves = m->wave};
}

static bool step(struct cairn_native_frame *frame, struct cairn_wave *wave)
{
    bool yielded;
    (void)frame;
    return cairn_interp_step(wave, &yielded);
}

static struct cairn_object *compile_machine(const struct cairn_finalize_request *request)
{
    struct cairn_finalize_result result;
    struct cairn_object *object;
    assert_int_equal(cairn_compile(request, &result), CAIRN_OK);
    struct cairn_bytes bytes = {result.object, result.object_bytes};
    assert_int_equal(cairn_object_load(bytes, &cairn_native_symbols, &object), CAIRN_OK);
    free(result.object);
    return object;
}

static void enter(struct machine *m, const struct cairn_object *object)
{
    struct cairn_native_frame frame = {
        .wave = &m->wave[1], .waves = 1, .code_base = m->loaded.base, .step = step};
    cairn_native_entry entry = (cairn_native_entry)cairn_object_symbol(object, CAIRN_NATIVE_SYMBOL);
    assert_non_null(entry);
    uint32_t exit = entry(&frame);
    assert_true(exit == CAIRN_NATIVE_DONE || exit == CAIRN_NATIVE_LEAVE);
}

static void run_finalized(struct machine *m, const struct cairn_finalize_request *request)
{
    struct cairn_object *object = compile_machine(request);
    enter(m, object);
    cairn_object_destroy(object);
}

/* ---- comparing */

static void print_insn(const struct machine *m, unsigned i)
{
    char text[128];
    cairn_isa_format(m->launch.gfx, &m->insn[i], 0, text, sizeof text);
    print_error("  %s\n", text);
}

static void print_program(const struct machine *m)
{
    if (getenv("LIFT_VALU_PRINT") == NULL)
        return;
    for (unsigned i = 0; i < m->insns; i++)
        print_insn(m, i);
}

static unsigned compare_rows(const struct machine *m, uint64_t seed, const char *title)
{
    for (unsigned r = 0; r < ROWS; r++)
        for (unsigned l = 0; l < CAIRN_WAVE_LANES; l++) {
            if (m->rows[0][r][l] == m->rows[1][r][l])
                continue;
            print_error("%s, seed %lu: v%u of lane %u is %#x, not %#x\n", title,
                        (unsigned long)seed, r, l, m->rows[1][r][l], m->rows[0][r][l]);
            if (r >= FIRST_DST && (r - FIRST_DST) / 4 < m->insns)
                print_insn(m, (r - FIRST_DST) / 4);
            print_program(m);
            return 1;
        }
    return 0;
}

static unsigned compare_scalars(const struct machine *m, uint64_t seed, const char *title)
{
    for (unsigned i = 0; i < 128; i++) {
        if (m->wave[0].sgpr[i] == m->wave[1].sgpr[i])
            continue;
        print_error("%s, seed %lu: s%u is %#x, not %#x\n", title, (unsigned long)seed, i,
                    m->wave[1].sgpr[i], m->wave[0].sgpr[i]);
        print_program(m);
        return 1;
    }
    return 0;
}

/* ---- divisions, as clang emits them: v32 = v0 / v2, v40 = -s6 / v4, v[48:49] = v[0:1] / v[2:3].
 */
static const uint32_t divisions[] = {
    0xd1e02821, 0x04020502, 0x7e444521, 0xd1e06a23, 0x04020500, 0xd1cb0024, 0x23ca4521, 0x76444524,
    0x0a484523, 0xd1cb0025, 0x248e4921, 0x76484525, 0xd1cb0021, 0x248e4921, 0xd1e20021, 0x04924521,
    0xd1de0020, 0x04020521, 0xd1e02a29, 0x801a0904, 0x7e544529, 0xd1e06a2b, 0xa01a0806, 0xd1cb002c,
    0x23ca5529, 0x7654552c, 0x0a58552b, 0xd1cb002d, 0x24ae5929, 0x7658552d, 0xd1cb0029, 0x24ae5929,
    0xd1e20029, 0x04b25529, 0xd1de0028, 0x801a0929, 0xd1e12836, 0x04020502, 0x7e704b36, 0xd1e16a3a,
    0x04020500, 0xd1cc003c, 0x23ca7136, 0x08707938, 0xd1cc003c, 0x23ca7136, 0x08707938, 0xd281003c,
    0x0002713a, 0xd1cc0036, 0x24ea7936, 0xd1e30036, 0x04f27136, 0xd1df0030, 0x04020536,
};
enum { DIVISION_WORDS = sizeof divisions / sizeof *divisions };
/* Stores of v[48:49], v40, v32, with s_barrier between them so that chunks need not go in step;
 * s_endpgm. */
static const uint32_t store_words[] = {
    0xdc748000, 0x00143000, 0xbf8a0000, 0xdc708000, 0x00142800,
    0xbf8a0000, 0xdc708000, 0x00142000, 0xbf810000,
};

struct setting {
    const char *title;
    enum cairn_target_level target;
    enum cairn_tier tier;
    uint32_t width, mode;
    uint32_t setreg; /* word of an s_setreg_imm32_b32 to put between instructions; 0: none */
};

static struct cairn_geometry geometry_of(const struct setting *setting)
{
    return (struct cairn_geometry){.workgroup = {64, 1, 1},
                                   .wave_size = 64,
                                   .width = setting->width,
                                   .whole_groups = true,
                                   .mode = setting->mode,
                                   .arch_rows = ARCH_ROWS,
                                   .rows = ROWS};
}

static struct cairn_finalize_request request_of(const struct setting *setting,
                                                const struct machine *m)
{
    return (struct cairn_finalize_request){.gfx = m->launch.gfx,
                                           .code = {(const uint8_t *)m->code, 4 * m->words},
                                           .geometry = geometry_of(setting),
                                           .tier = setting->tier,
                                           .target = setting->target,
                                           .exact_nan = true,
                                           .name = "valu"};
}

/* What the sequence costs where only the quotients are used. */
static size_t division_bytes(const struct setting *setting, bool broken)
{
    static struct machine m;
    struct cairn_finalize_result result;
    set_up(&m);
    memcpy(m.code, divisions, sizeof divisions);
    memcpy(m.code + DIVISION_WORDS, store_words, sizeof store_words);
    m.words = DIVISION_WORDS + sizeof store_words / sizeof *store_words;
    for (unsigned i = 0; broken && i < DIVISION_WORDS; i++)
        if (m.code[i] == 0xd1de0020 || m.code[i] == 0xd1de0028 || m.code[i] == 0xd1df0030)
            m.code[i + 1] ^= 1; /* v_div_fixup of another register */
    struct cairn_finalize_request request = request_of(setting, &m);
    assert_int_equal(cairn_compile(&request, &result), CAIRN_OK);
    free(result.object);
    return result.object_bytes;
}

static unsigned run_divisions(const struct setting *setting, uint64_t seed)
{
    static struct machine m;
    state = seed;
    set_up(&m);
    memcpy(m.code, divisions, sizeof divisions);
    memcpy(m.code + DIVISION_WORDS, end_words, sizeof end_words);
    m.words = DIVISION_WORDS + END_WORDS;
    fill(&m, setting->mode);
    struct cairn_finalize_request request = request_of(setting, &m);
    run_finalized(&m, &request);
    assert_int_equal(cairn_interp_run(&m.wave[0], 1000), CAIRN_WAVE_DONE);
    cairn_interp_forget(&m.loaded);
    return compare_rows(&m, seed, setting->title);
}

static void divisions_are_the_hosts(void **unused)
{
    static const struct setting settings[] = {
        {"division v4", CAIRN_TARGET_V4, CAIRN_TIER_FULL, 16, 0x3f0, 0},
        {"division v3", CAIRN_TARGET_V3, CAIRN_TIER_QUICK, 8, 0x3f0, 0},
        {"division base", CAIRN_TARGET_BASE, CAIRN_TIER_FULL, 8, 0x3f0, 0},
    };
    for (unsigned i = 0; i < 3; i++) {
        if ((i == 0 && !__builtin_cpu_supports("x86-64-v4")) ||
            (i == 1 && !__builtin_cpu_supports("x86-64-v3")))
            continue;
        unsigned wrong = 0;
        for (uint64_t seed = 1; seed < 20; seed++)
            wrong += run_divisions(&settings[i], seed);
        assert_int_equal(wrong, 0);
    }
    size_t bytes = division_bytes(&settings[0], false),
           long_bytes = division_bytes(&settings[0], true);
    print_message("three divisions: %zu bytes; written out %zu\n", bytes, long_bytes);
    assert_true(bytes < long_bytes / 2);
}

static unsigned run_program(const struct setting *setting, uint64_t seed, uint8_t *seen)
{
    static struct machine m;
    struct cairn_geometry geometry = geometry_of(setting);
    state = seed * UINT64_C(0x9e3779b97f4a7c15);
    set_up(&m);
    if (below(2))
        m.code[m.words++] = exec_word;
    while (m.insns < INSNS && choose(&m, &geometry)) {
        seen[m.insn[m.insns - 1].op] = 1;
        if (setting->setreg != 0 && below(4) == 0) {
            m.code[m.words++] = setting->setreg;
            m.code[m.words++] = below(2) ? 3 : 0;
        }
    }
    memcpy(&m.code[m.words], end_words, sizeof end_words);
    m.words += END_WORDS;
    fill(&m, setting->mode);
    struct cairn_finalize_request request = request_of(setting, &m);
    run_finalized(&m, &request);
    assert_int_equal(cairn_interp_run(&m.wave[0], 1000), CAIRN_WAVE_DONE);
    cairn_interp_forget(&m.loaded);
    return compare_rows(&m, seed, setting->title) + compare_scalars(&m, seed, setting->title);
}

static void check(struct setting setting)
{
    static uint8_t seen[CAIRN_OP_COUNT];
    const char *text = getenv("LIFT_VALU_PROGRAMS"), *first = getenv("LIFT_VALU_SEED");
    unsigned programs = text != NULL ? (unsigned)atoi(text) : 40, wrong = 0, ops = 0;
    uint64_t seed = first != NULL ? strtoull(first, NULL, 0) : 1;
    memset(seen, 0, sizeof seen);
    for (unsigned i = 0; i < programs && wrong < 20; i++)
        wrong += run_program(&setting, seed + i, seen);
    for (unsigned i = 0; i < CAIRN_OP_COUNT; i++)
        ops += seen[i];
    print_message("%s: %u programs, %u operations\n", setting.title, programs, ops);
    assert_int_equal(wrong, 0);
}

static void avx512_does_what_the_interpreter_does(void **unused)
{
    if (!__builtin_cpu_supports("x86-64-v4"))
        skip();
    check((struct setting){"v4", CAIRN_TARGET_V4, CAIRN_TIER_QUICK, 16, 0x3f0, 0});
    check((struct setting){"v4 flush", CAIRN_TARGET_V4, CAIRN_TIER_QUICK, 16, 0x3c0, 0});
    /* hwreg(HW_REG_MODE, 4, 2): f32 denormals; hwreg(HW_REG_MODE, 0, 2): f32 rounding */
    check((struct setting){"v4 toggles", CAIRN_TARGET_V4, CAIRN_TIER_QUICK, 16, 0x3f0, 0xba000901});
    check((struct setting){"v4 rounds", CAIRN_TARGET_V4, CAIRN_TIER_QUICK, 16, 0x3f0, 0xba000801});
    check((struct setting){"v4 full", CAIRN_TARGET_V4, CAIRN_TIER_FULL, 16, 0x3f0, 0});
}

static void avx2_does_what_the_interpreter_does(void **unused)
{
    if (!__builtin_cpu_supports("x86-64-v3"))
        skip();
    check((struct setting){"v3", CAIRN_TARGET_V3, CAIRN_TIER_QUICK, 8, 0x3f0, 0});
}

static void baseline_does_what_the_interpreter_does(void **unused)
{
    check((struct setting){"base", CAIRN_TARGET_BASE, CAIRN_TIER_QUICK, 8, 0x3f0, 0});
}

/* ---- approximations */

/* v_<name> v32, v2 or v[32:33], v[2:3]: operation numbers of VOP1. */
static const struct approximation {
    const char *name;
    uint8_t op, bits;
} approximations[] = {
    {"exp_f32", 0x20, 32},       {"log_f32", 0x21, 32},  {"rcp_f32", 0x22, 32},
    {"rcp_iflag_f32", 0x23, 32}, {"rsq_f32", 0x24, 32},  {"rcp_f64", 0x25, 64},
    {"rsq_f64", 0x26, 64},       {"sqrt_f32", 0x27, 32}, {"sqrt_f64", 0x28, 64},
    {"sin_f32", 0x29, 32},       {"cos_f32", 0x2a, 32},  {"rcp_f16", 0x3d, 16},
    {"sqrt_f16", 0x3e, 16},      {"rsq_f16", 0x3f, 16},  {"log_f16", 0x40, 16},
    {"exp_f16", 0x41, 16},       {"sin_f16", 0x49, 16},  {"cos_f16", 0x4a, 16},
};
enum { APPROXIMATIONS = sizeof approximations / sizeof *approximations };
enum { OPERAND = 2, RESULT = 32 };

/* All of f16; every exponent of f32 and f64 many times, near powers of two in every second wave. */
static void set_operands(struct machine *m, const struct approximation *op, unsigned wave)
{
    for (unsigned l = 0; l < CAIRN_WAVE_LANES; l++) {
        uint64_t x = random64();
        if (op->bits == 16)
            x = wave * CAIRN_WAVE_LANES + l;
        else if (wave % 2 == 1)
            x &= op->bits == 32 ? 0xff80000f : UINT64_C(0xfff000000000000f);
        for (unsigned w = 0; w < 2; w++) {
            m->rows[w][OPERAND][l] = (uint32_t)x;
            m->rows[w][OPERAND + 1][l] = (uint32_t)(x >> 32);
        }
    }
}

static bool same_lane(const struct machine *m, const struct approximation *op, unsigned lane,
                      bool exact_nan)
{
    uint32_t want[2], got[2];
    for (unsigned i = 0; i < 2; i++) {
        want[i] = m->rows[0][RESULT + i][lane];
        got[i] = m->rows[1][RESULT + i][lane];
    }
    uint32_t top = op->bits == 64 ? 1 : 0, infinity = op->bits == 64   ? 0x7ff00000
                                                      : op->bits == 32 ? 0x7f800000
                                                                       : 0x7c00;
    uint32_t magnitude = infinity | (infinity - 1);
    bool minus_zero = op->op == 0x24 && (m->rows[0][OPERAND][lane] - 0x80000000u < 0x00800000 ||
                                         m->rows[0][OPERAND][lane] == 0xff800000);
    if (!exact_nan && ((want[top] & got[top] & magnitude) > infinity || minus_zero))
        return true;
    return want[0] == got[0] && want[1] == got[1];
}

static unsigned check_approximation(const struct setting *setting, const struct approximation *op,
                                    bool exact_nan)
{
    static struct machine m;
    unsigned waves = op->bits == 16 ? 1024 : 200, wrong = 0;
    state = op->op;
    set_up(&m);
    m.code[m.words++] = 0x7e000100u | RESULT << 17 | (uint32_t)op->op << 9 | OPERAND;
    memcpy(&m.code[m.words], end_words, sizeof end_words);
    m.words += END_WORDS;
    struct cairn_finalize_request request = request_of(setting, &m);
    request.exact_nan = exact_nan;
    struct cairn_object *object = compile_machine(&request);
    for (unsigned i = 0; i < waves && wrong < 5; i++) {
        fill(&m, setting->mode);
        set_operands(&m, op, i);
        enter(&m, object);
        assert_int_equal(cairn_interp_run(&m.wave[0], 1000), CAIRN_WAVE_DONE);
        for (unsigned l = 0; l < CAIRN_WAVE_LANES; l++) {
            if (same_lane(&m, op, l, exact_nan))
                continue;
            print_error("%s: %s(%#x) is %#x, not %#x\n", setting->title, op->name,
                        m.rows[1][OPERAND][l], m.rows[1][RESULT][l], m.rows[0][RESULT][l]);
            wrong++;
        }
    }
    cairn_interp_forget(&m.loaded);
    cairn_object_destroy(object);
    return wrong;
}

static void approximations_have_the_same_bits_on_every_host(void **unused)
{
    static const struct setting settings[] = {
        {"base", CAIRN_TARGET_BASE, CAIRN_TIER_QUICK, 8, 0x3f0, 0},
        {"v3", CAIRN_TARGET_V3, CAIRN_TIER_QUICK, 8, 0x3f0, 0},
        {"v4", CAIRN_TARGET_V4, CAIRN_TIER_QUICK, 16, 0x3f0, 0},
        {"v4 full", CAIRN_TARGET_V4, CAIRN_TIER_FULL, 16, 0x3f0, 0},
        {"v4 flush", CAIRN_TARGET_V4, CAIRN_TIER_FULL, 16, 0x3c0, 0},
    };
    unsigned wrong = 0;
    for (unsigned i = 0; i < sizeof settings / sizeof *settings; i++) {
        if ((i == 1 && !__builtin_cpu_supports("x86-64-v3")) ||
            (i >= 2 && !__builtin_cpu_supports("x86-64-v4")))
            continue;
        for (unsigned k = 0; k < APPROXIMATIONS; k++)
            wrong += check_approximation(&settings[i], &approximations[k], true) +
                     check_approximation(&settings[i], &approximations[k], false);
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(avx512_does_what_the_interpreter_does),
        cmocka_unit_test(avx2_does_what_the_interpreter_does),
        cmocka_unit_test(divisions_are_the_hosts),
        cmocka_unit_test(approximations_have_the_same_bits_on_every_host),
        cmocka_unit_test(baseline_does_what_the_interpreter_does),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
