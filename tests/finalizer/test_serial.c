/* SPDX-License-Identifier: MIT
 * Loops that lanes run one after another in finalized code, against the interpreter: walks through
 * memory of different lengths, with every kind of load, strips, lanes that are on their way out at
 * the start, memory outside of the window, and faults; on each level of the host and in both tiers.
 */
#include "native_rig.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

enum { RESULTS = 0x80000, STATES = 6 };

struct walk {
    const char *name;
    unsigned most; /* turns of a lane */
    enum { INSIDE, REGISTERED, FAULTS } where;
    const char *body;
};

/* v2: turns made, v3: turns to make, v[4:5]: the lane's place in memory, v6: its offset from
 * s[2:3], s[2:3]: data, v7: high half of it; results in v8..v15; s[10:11]: a mask, s[6:7]: lanes
 * that leave, s[12:13], a mask that is made in each turn. */
#define LEAVES                                                                                     \
    "v_add_u32_e32 v2, 1, v2\nv_cmp_ge_i32_e32 vcc, v2, v3\ns_or_b64 s[6:7], vcc, s[6:7]\n"        \
    "s_andn2_b64 exec, exec, s[6:7]\n"
#define STEP(bytes)                                                                                \
    "v_add_co_u32_e32 v4, vcc, " bytes ", v4\nv_addc_co_u32_e32 v5, vcc, 0, v5, vcc\n"
#define INDEXED                                                                                    \
    "v_and_b32_e32 v18, 0xfff, v17\nv_ashrrev_i32_e32 v19, 31, v18\n"                              \
    "v_lshlrev_b64 v[18:19], 2, v[18:19]\nv_add_co_u32_e32 v18, vcc, s2, v18\n"                    \
    "v_addc_co_u32_e32 v19, vcc, v7, v19, vcc\n"

static const struct walk walks[] = {
    {"rows of a matrix", 40, INSIDE,
     "global_load_dword v16, v[4:5], off\nglobal_load_dword v17, v[4:5], off offset:64\n" INDEXED
     "global_load_dword v20, v[18:19], off\nv_and_b32_e32 v16, 0xff, v16\n"
     "v_cvt_f32_u32_e32 v16, v16\nv_and_b32_e32 v20, 0xff, v20\nv_cvt_f32_u32_e32 v20, v20\n"
     "v_fmac_f32_e32 v8, v16, v20\n" STEP("4") LEAVES},
    {"bytes and shorts", 300, INSIDE,
     "global_load_ubyte v16, v[4:5], off\nglobal_load_sbyte v17, v[4:5], off offset:-3\n"
     "global_load_ushort v18, v[4:5], off offset:1\nglobal_load_sshort v19, v[4:5], off\n"
     "v_xor_b32_e32 v8, v8, v16\nv_mul_lo_u32 v8, v8, v3\nv_add_u32_e32 v9, v9, v17\n"
     "v_add_u32_e32 v10, v10, v18\nv_sub_u32_e32 v11, v11, v19\n" STEP("3") LEAVES},
    {"wide elements", 50, INSIDE,
     "global_load_dwordx2 v[16:17], v[4:5], off\nglobal_load_dwordx3 v[18:20], v[4:5], off "
     "offset:8\nglobal_load_dwordx4 v[22:25], v[4:5], off offset:20\n"
     "v_lshlrev_b64 v[16:17], v2, v[16:17]\nv_xor_b32_e32 v8, v16, v8\nv_xor_b32_e32 v9, v17, v9\n"
     "v_add3_u32 v10, v18, v19, v10\nv_xor_b32_e32 v11, v20, v11\nv_add3_u32 v12, v22, v25, v12\n"
     "v_xor_b32_e32 v13, v23, v13\n" STEP("36") LEAVES},
    {"offsets from a scalar", 60, INSIDE,
     "global_load_dword v16, v6, s[2:3] offset:12\nglobal_load_dword v17, v6, s[2:3] offset:-8\n"
     "v_add_u32_e32 v8, v16, v8\nv_and_b32_e32 v17, 0x7c, v17\nv_add_u32_e32 v6, v17, v6\n" LEAVES},
    {"a list", 60, INSIDE, /* the next address comes from memory */
     "global_load_dword v16, v[4:5], off\nv_and_b32_e32 v16, 0xfffc, v16\n"
     "v_add_co_u32_e32 v4, vcc, s2, v16\nv_mov_b32_e32 v17, s3\n" LEAVES
     /* no carry: data begins where the high half does not change so soon */},
    {"a counter of two registers", 60, INSIDE,
     "v_add_co_u32_e32 v16, vcc, s2, v6\nv_addc_co_u32_e32 v17, vcc, v7, v14, vcc\n"
     "global_load_ubyte v18, v[16:17], off\nglobal_load_ubyte v19, v[16:17], off offset:5\n"
     "v_add_co_u32_e32 v6, vcc, 1, v6\nv_addc_co_u32_e32 v14, vcc, 0, v14, vcc\n"
     "v_lshl_or_b32 v8, v8, 1, v18\nv_xor_b32_e32 v9, v19, v9\n" LEAVES},
    {"steps of their own", 60, INSIDE,
     "global_load_dword v16, v[4:5], off\nglobal_load_dword v17, v[4:5], off offset:8\n"
     "v_add_u32_e32 v8, v16, v8\nv_xor_b32_e32 v9, v17, v9\nv_lshlrev_b32_e32 v18, 2, v3\n"
     "v_add_co_u32_e32 v4, vcc, v18, v4\nv_addc_co_u32_e32 v5, vcc, 0, v5, vcc\n" LEAVES},
    {"masks that are kept", 60, INSIDE,
     "global_load_dword v16, v[4:5], off\nglobal_load_dword v17, v[4:5], off offset:4\n"
     "v_cmp_lt_u32_e64 s[12:13], v16, v17\nv_cndmask_b32_e64 v16, v16, v17, s[10:11]\n"
     "v_cndmask_b32_e64 v18, v16, v8, s[12:13]\nv_add_u32_e32 v8, v18, v8\n" STEP("8") LEAVES},
    {"numbers of 64 bits", 60, INSIDE,
     "global_load_dwordx2 v[16:17], v[4:5], off\nglobal_load_dword v18, v[4:5], off offset:4\n"
     "v_mad_u64_u32 v[8:9], s[12:13], v16, v18, v[8:9]\nv_ashrrev_i32_e32 v19, 31, v18\n"
     "v_add_co_u32_e32 v10, vcc, v10, v18\nv_addc_co_u32_e32 v11, vcc, v11, v19, vcc\n" STEP("8")
         LEAVES},
    {"more turns than a strip has", 3000, INSIDE,
     "global_load_dword v16, v[4:5], off\nglobal_load_ubyte v17, v[4:5], off offset:9\n"
     "v_add_u32_e32 v8, v16, v8\nv_xor_b32_e32 v9, v17, v9\n" STEP("4") LEAVES},
    {"memory outside of the window", 40, REGISTERED,
     "global_load_dword v16, v[4:5], off\nglobal_load_dword v17, v[4:5], off offset:8\n"
     "v_add_u32_e32 v8, v16, v8\nv_xor_b32_e32 v9, v17, v9\n" STEP("4") LEAVES},
    {"memory outside of the window later on", 40, REGISTERED,
     "global_load_dword v16, v[4:5], off\nv_and_b32_e32 v17, 4, v16\n"
     "v_add_co_u32_e32 v4, vcc, v4, v17\nv_addc_co_u32_e32 v5, vcc, 0, v5, vcc\n" LEAVES},
    {"steps of their own out of the window", 400, FAULTS,
     "global_load_dword v16, v[4:5], off\nglobal_load_dword v17, v[4:5], off offset:8\n"
     "v_add_u32_e32 v8, v16, v8\nv_xor_b32_e32 v9, v17, v9\nv_lshlrev_b32_e32 v18, 28, v6\n"
     "v_add_co_u32_e32 v4, vcc, 4, v4\nv_addc_co_u32_e32 v5, vcc, v18, v5, vcc\n" LEAVES},
    {"a fault", 200, FAULTS,
     "global_load_dword v16, v[4:5], off\nglobal_load_dword v17, v[4:5], off offset:8\n"
     "v_add_u32_e32 v8, v16, v8\nv_xor_b32_e32 v9, v17, v9\n" STEP("4") LEAVES},
    {"a fault by an index", 200, FAULTS,
     "global_load_dword v17, v[4:5], off\nv_lshlrev_b32_e32 v18, 4, v17\n"
     "v_ashrrev_i32_e32 v19, 31, v18\nv_lshlrev_b64 v[18:19], 2, v[18:19]\n"
     "v_add_co_u32_e32 v18, vcc, s2, v18\nv_addc_co_u32_e32 v19, vcc, v7, v19, vcc\n"
     "global_load_dword v20, v[18:19], off\nv_add_u32_e32 v8, v20, v8\n" STEP("4") LEAVES},
};

/* Behind the loop all lanes store what they have, masks too. */
static const char tail[] =
    "s_mov_b64 exec, -1\nv_lshlrev_b32_e32 v30, 7, v0\nv_cndmask_b32_e64 v20, 0, 1, s[6:7]\n"
    "v_cndmask_b32_e64 v21, 0, 1, s[12:13]\nglobal_store_dwordx4 v30, v[8:11], s[20:21]\n"
    "global_store_dwordx4 v30, v[12:15], s[20:21] offset:16\n"
    "global_store_dwordx2 v30, v[20:21], s[20:21] offset:32\n"
    "global_store_dwordx4 v30, v[2:5], s[20:21] offset:48\n"
    "global_store_dword v30, v6, s[20:21] offset:64\ns_mov_b64 vcc, 0\n";

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t random_bits(void)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return (uint32_t)(random_state * 0x2545f4914f6cdd1d >> 24);
}

static uint32_t registered[1024];
static unsigned faults;

static bool covers_registered(const struct cairn_address_space *space, uint64_t address,
                              uint64_t size)
{
    (void)space;
    uint64_t offset = address - (uintptr_t)registered;
    return size <= sizeof registered && offset <= sizeof registered - size;
}

static uint64_t place_of(const struct asm_machine *m, const struct walk *walk, unsigned number)
{
    bool apart = number % 3 != 2; /* else lanes lie side by side, or are where the first one is */
    uint64_t inside = (uintptr_t)m->data + 64 + (apart ? random_bits() % 0x60000 & ~3u : 0);
    if (walk->where == REGISTERED && random_bits() % 4 == 0)
        return (uintptr_t)registered + (random_bits() % 2048 & ~3u);
    if (walk->where == FAULTS && random_bits() % 24 == 0)
        return (uintptr_t)m->data + ASM_DATA_BYTES - (random_bits() % 400 & ~3u);
    return inside;
}

static void prepare(struct asm_machine *m, const struct walk *walk, unsigned number)
{
    static const uint64_t masks[] = {~UINT64_C(0), 0xf0f0ffff00001234, 0x8000000000000001};
    asm_reset(m);
    for (unsigned i = 0; i < ASM_DATA_BYTES / 2; i += 4) {
        uint32_t word = random_bits();
        memcpy(m->data + i, &word, sizeof word);
    }
    for (unsigned i = 0; i < 1024; i++)
        registered[i] = random_bits();
    m->space.covers_slow = covers_registered;
    asm_set_sgpr64(m, 2, (uintptr_t)m->data + 64);
    asm_set_sgpr64(m, 6, number % 2 ? UINT64_C(0x0100000200000100) : 0);
    asm_set_sgpr64(m, 10, 0x123456789abcdef0);
    asm_set_sgpr64(m, 12, 0xfedcba9876543210);
    asm_set_sgpr64(m, 20, (uintptr_t)m->data + RESULTS);
    asm_set_exec(m, masks[number % 3]);
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        uint32_t (*v)[CAIRN_WAVE_LANES] = m->wave->vgpr;
        uint64_t place = place_of(m, walk, number) + (number % 3 == 2 ? 4 * lane : 0);
        v[2][lane] = 0;
        v[3][lane] = random_bits() % walk->most;
        v[4][lane] = (uint32_t)place;
        v[5][lane] = (uint32_t)(place >> 32);
        v[6][lane] = random_bits() % 0x10000;
        v[7][lane] = (uint32_t)((uintptr_t)m->data >> 32);
        for (unsigned i = 8; i < 16; i++)
            v[i][lane] = i == 14 ? 0 : random_bits() & 0xff;
    }
}

static bool run_both(struct asm_machine *m, struct cairn_native_code *code, char *what, size_t size)
{
    struct native_state *before = native_capture(m);
    enum cairn_wave_state state = native_run(NULL, m);
    struct cairn_fault fault = m->wave->fault;
    struct native_state *right = native_capture(m);
    native_restore(m, before);
    enum cairn_wave_state now = native_run(code, m);
    struct native_state *is = native_capture(m);
    bool differs = state != now;
    snprintf(what, size, "state %d, not %d", (int)now, (int)state);
    if (!differs && state != CAIRN_WAVE_FAULTED) {
        differs = native_differs(right, is, what, size);
    } else if (!differs) { /* other lanes may have gone on */
        faults++;
        differs = fault.kind != m->wave->fault.kind || fault.address != m->wave->fault.address ||
                  fault.pc != m->wave->fault.pc || fault.lane != m->wave->fault.lane;
        snprintf(what, size, "fault at 0x%llx in lane %d, not 0x%llx, %d",
                 (unsigned long long)m->wave->fault.address, (int)m->wave->fault.lane,
                 (unsigned long long)fault.address, (int)fault.lane);
    }
    native_free(before);
    native_free(right);
    native_free(is);
    return differs;
}

static unsigned check_walk(const struct walk *walk, const struct native_options *options)
{
    static char text[8192];
    char what[256];
    unsigned failed = 0;
    snprintf(text, sizeof text, "s_cbranch_execz 3f\n1:\n%ss_cbranch_execnz 1b\n3:\n%s", walk->body,
             tail);
    struct asm_machine *m = asm_create(text);
    m->launch.grid[0]++; /* EXEC may be anything */
    struct cairn_native_code *code = native_compile(m, options, NULL);
    assert_non_null(code);
    for (unsigned i = 0; i < STATES; i++) {
        prepare(m, walk, i);
        if (!run_both(m, code, what, sizeof what))
            continue;
        print_error("%s, state %u, target %d, tier %d: %s\n", walk->name, i, (int)options->target,
                    (int)options->tier, what);
        failed++;
    }
    native_destroy(code);
    asm_destroy(m);
    return failed;
}

static void walks_agree(void **state)
{
    (void)state;
    const enum cairn_target_level levels[] = {native_best_target(), CAIRN_TARGET_BASE,
                                              CAIRN_TARGET_V3};
    unsigned failed = 0;
    for (unsigned level = 0; level < 3; level++) {
        if (levels[level] == CAIRN_TARGET_V3 && !__builtin_cpu_supports("x86-64-v3"))
            continue;
        for (unsigned i = 0; i < sizeof walks / sizeof walks[0]; i++) {
            struct native_options options = {.target = levels[level],
                                             .tier = (i + level) % 2 ? CAIRN_TIER_FULL
                                                                     : CAIRN_TIER_QUICK};
            failed += check_walk(&walks[i], &options);
        }
    }
    assert_int_equal(failed, 0);
    assert_true(faults > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(walks_agree)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
