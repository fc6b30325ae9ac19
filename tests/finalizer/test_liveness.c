/* SPDX-License-Identifier: MIT
 * Liveness of assembled programs, and of random ones against a slow and plain computation of the
 * same.
 */
#include "asm_harness.h"

#include "finalizer/registers.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static const struct cairn_gfx *gfx(void)
{
    return cairn_gfx_by_name("gfx90a", 6);
}

/* "s4 vcc v0 a1 SCC", EXEC and MODE left out; "all" if everything is. */
static void describe(const struct cairn_regs *regs, char *out, size_t size)
{
    struct cairn_regs all;
    size_t at = 0;
    out[0] = '\0';
    cairn_regs_all(&all);
    if (memcmp(&all, regs, sizeof all) == 0) {
        snprintf(out, size, "all");
        return;
    }
    for (unsigned code = 0; code <= CAIRN_SREG_SCC; code++) {
        if (!cairn_regs_has_s(regs, code) || code == 126 || code == 127)
            continue;
        const char *format = code == CAIRN_SREG_SCC ? "%sSCC" : "%ss%u";
        at += (size_t)snprintf(out + at, size - at, format, at ? " " : "", code);
    }
    for (unsigned v = 0; v < CAIRN_VREGS; v++)
        if (cairn_regs_has_v(regs, v))
            at += (size_t)snprintf(out + at, size - at, "%s%c%u", at ? " " : "", "va"[v / 256],
                                   v % 256);
}

struct live_case {
    const char *why, *text;
    bool full;        /* every vector write reaches all lanes */
    const char *live; /* at the entry */
};

static const struct live_case cases[] = {
    {"nothing", "s_mov_b32 s0, 1\n s_endpgm", false, ""},
    {"a source", "s_mov_b32 s0, s1\n s_endpgm", false, "s1"},
    {"written before it is read", "s_mov_b32 s0, 1\n s_add_u32 s1, s0, s2\n s_endpgm", false, "s2"},
    {"SCC", "s_cselect_b32 s0, s1, s2\n s_endpgm", false, "s1 s2 SCC"},
    {"SCC that is made", "s_cmp_eq_u32 s1, s2\n s_cselect_b32 s0, s1, s2\n s_endpgm", false,
     "s1 s2"},
    {"half of a pair", "s_mov_b32 s0, 1\n s_mov_b64 s[2:3], s[0:1]\n s_endpgm", false, "s1"},
    {"a masked write keeps a vector alive", "v_mov_b32 v0, v1\n v_add_u32 v2, v0, v0\n s_endpgm",
     false, "v0 v1"},
    {"a full one does not", "v_mov_b32 v0, v1\n v_add_u32 v2, v0, v0\n s_endpgm", true, "v1"},
    {"a compare writes its mask whole",
     "v_cmp_eq_u32 s[4:5], v0, v1\n s_mov_b64 s[6:7], s[4:5]\n s_endpgm", false, "v0 v1"},
    {"an accumulator", "v_fmac_f32 v0, v1, v2\n s_endpgm", true, "v0 v1 v2"},
    {"a lane that is written", "v_writelane_b32 v0, s1, 3\n s_endpgm", true, "s1 v0"},
    {"a matrix instruction writes all lanes",
     "v_mfma_f32_4x4x1f32 a[0:3], v0, v1, 0\n v_accvgpr_read_b32 v4, a3\n s_endpgm", false,
     "v0 v1"},
    {"either way of a branch",
     "s_cbranch_scc0 L\n s_mov_b32 s0, s1\n s_endpgm\n L: s_mov_b32 s0, s2\n s_endpgm", false,
     "s1 s2 SCC"},
    {"around a loop",
     "L: s_add_u32 s0, s0, s1\n s_mov_b32 s2, s3\n s_cbranch_vccz L\n s_mov_b32 s5, s2\n s_endpgm",
     false, "s0 s1 s3 s106 s107"},
    {"what a called function reads",
     "s_mov_b32 s3, 0\n s_call_b64 s[30:31], F\n s_mov_b32 s0, s1\n s_endpgm\n"
     "F: s_mov_b32 s2, s3\n s_endpgm",
     false, ""},
    {"indexed registers may be any",
     "s_set_gpr_idx_on s0, 1\n v_mov_b32 v0, v1\n s_set_gpr_idx_off\n s_endpgm", true, "all"},
    {"a DPP with holes", "v_mov_b32_dpp v0, v1 row_shr:1 row_mask:0xf bank_mask:0xf\n s_endpgm",
     true, "v0 v1"},
    {"and one without",
     "v_mov_b32_dpp v0, v1 row_shr:1 row_mask:0xf bank_mask:0xf bound_ctrl:0\n s_endpgm", true,
     "v1"},
    {"an atomic that returns nothing", "global_atomic_add v[2:3], v4, off\n s_endpgm", true,
     "v2 v3 v4"},
    {"a descriptor", "buffer_load_dword v0, v1, s[8:11], s3 offen\n s_endpgm", true,
     "s3 s8 s9 s10 s11 v1"},
    {"STATUS", "s_getreg_b32 s0, hwreg(HW_REG_STATUS)\n s_endpgm", false, "s106 s107 SCC"},
};

static struct cairn_program *build(struct cairn_bytes code, struct cairn_liveness **live,
                                   bool **full, bool is_full)
{
    struct cairn_program *p = NULL;
    assert_int_equal(cairn_program_build(gfx(), code, 0, 200000, NULL, &p), CAIRN_OK);
    *full = malloc(p->insn_count + 1);
    for (uint32_t i = 0; i < p->insn_count; i++)
        (*full)[i] = is_full;
    assert_int_equal(cairn_liveness_build(p, *full, live), CAIRN_OK);
    return p;
}

static void live_registers_are_as_written(void **state)
{
    (void)state;
    unsigned failed = 0;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size;
        char got[512];
        bool *full;
        struct cairn_liveness *live = NULL;
        uint8_t *code = asm_assemble(cases[i].text, &size);
        struct cairn_program *p = build(cairn_bytes_of(code, size), &live, &full, cases[i].full);
        describe(&live->live_in[p->entry], got, sizeof got);
        if (strcmp(got, cases[i].live) != 0) {
            print_error("%s: \"%s\", not \"%s\"\n", cases[i].why, got, cases[i].live);
            failed++;
        }
        cairn_liveness_destroy(live);
        cairn_program_destroy(p);
        free(full);
        free(code);
    }
    assert_int_equal(failed, 0);
}

/* ---- random programs */

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t random_word(void)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    uint64_t r = random_state * 0x2545f4914f6cdd1d;
    uint32_t word = (uint32_t)(r >> 32);
    switch ((uint32_t)r % 8) {
    case 0:
        return 0xbf800000 | (2 + word % 8) << 16 | (uint16_t)((int)(word >> 8) % 32 - 16);
    case 1:
    case 2:
        return 0x68000000 | (word & 0x01fffeff); /* v_add_u32 */
    default:
        return 0x80000000 | (word & 0x0f7f3f3f); /* SOP2 */
    }
}

/* Live before instruction `i`, given what is live before each, from scratch. */
static void plain_before(const struct cairn_program *p, const struct cairn_regs *before, uint32_t i,
                         const bool *full, struct cairn_regs *out)
{
    const struct cairn_program_block *b = &p->blocks[p->insns[i].block];
    uint32_t next[2] = {b->taken, b->next};
    memset(out, 0, sizeof *out);
    if (i + 1 < b->first + b->count) {
        *out = before[i + 1];
    } else if (b->end == CAIRN_END_STOP || b->end == CAIRN_END_INDIRECT) {
        cairn_regs_all(out);
    } else {
        for (unsigned k = 0; k < 2; k++) {
            if (next[k] == CAIRN_NO_BLOCK || (k == 1 && b->end == CAIRN_END_CALL))
                continue;
            const struct cairn_program_block *to = &p->blocks[next[k]];
            struct cairn_regs all;
            cairn_regs_all(&all);
            const struct cairn_regs *from = to->count == 0 ? &all : &before[to->first];
            for (unsigned w = 0; w < 3; w++)
                out->s[w] |= from->s[w];
            for (unsigned w = 0; w < 8; w++)
                out->v[w] |= from->v[w];
        }
    }
    cairn_liveness_step(p, full, i, out);
}

static void check_random(const struct cairn_program *p, const struct cairn_liveness *live,
                         const bool *full)
{
    struct cairn_regs *before = calloc(p->insn_count + 1, sizeof *before), now;
    for (bool again = true; again;) {
        again = false;
        for (uint32_t i = p->insn_count; i > 0; i--) {
            plain_before(p, before, i - 1, full, &now);
            again |= memcmp(&now, &before[i - 1], sizeof now) != 0;
            before[i - 1] = now;
        }
    }
    for (uint32_t i = 0; i < p->insn_count; i++) {
        cairn_liveness_after(p, live, full, i, &now);
        cairn_liveness_step(p, full, i, &now);
        assert_memory_equal(&now, &before[i], sizeof now);
        if (p->blocks[p->insns[i].block].first == i)
            assert_memory_equal(&now, &live->live_in[p->insns[i].block], sizeof now);
    }
    free(before);
}

static void random_programs_agree_with_the_plain_computation(void **state)
{
    enum { WORDS = 100, ROUNDS = 300 };
    (void)state;
    uint32_t words[WORDS + 1];
    for (unsigned round = 0; round < ROUNDS; round++) {
        bool *full;
        struct cairn_liveness *live = NULL;
        for (unsigned i = 0; i < WORDS; i++)
            words[i] = random_word();
        words[WORDS] = 0xbf810000;
        struct cairn_program *p =
            build(cairn_bytes_of(words, sizeof words), &live, &full, round % 2);
        check_random(p, live, full);
        cairn_liveness_destroy(live);
        cairn_program_destroy(p);
        free(full);
    }
}

static void large_programs_take_no_more_than_a_moment(void **state)
{
    enum { COUNT = 100000 };
    (void)state;
    uint32_t *words = malloc((COUNT + 1) * sizeof *words);
    for (uint32_t i = 0; i < COUNT; i++) {
        words[i] = random_word();
        if (words[i] >> 24 == 0xbf && i > 30000 && i % 2) /* far back */
            words[i] = 0xbf840000 | (uint16_t)-(int32_t)(i % 30000 + 1);
    }
    words[COUNT] = 0xbf810000;
    clock_t start = clock();
    bool *full;
    struct cairn_liveness *live = NULL;
    struct cairn_program *p =
        build(cairn_bytes_of(words, (COUNT + 1) * sizeof *words), &live, &full, true);
    double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
    cairn_liveness_destroy(live);
    cairn_program_destroy(p);
    free(full);
    free(words);
    if (seconds > 3.0)
        fail_msg("%.1f s", seconds);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(live_registers_are_as_written),
        cmocka_unit_test(random_programs_agree_with_the_plain_computation),
        cmocka_unit_test(large_programs_take_no_more_than_a_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
