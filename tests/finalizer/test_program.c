/* SPDX-License-Identifier: MIT
 * Blocks, loops and jump targets of assembled programs, and the behaviour on code that means harm:
 * overlapping instructions, random words, very many blocks.
 */
#include "asm_harness.h"

#include "finalizer/program.h"

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

/* ---- rows: a program and the blocks that come of it */

/* Blocks as text: "offset:end>taken,next", with * if resumable, @ if a loop header, ^depth. */
static void describe(const struct cairn_program *p, char *out, size_t size)
{
    static const char *const ends[] = {"next", "branch", "cond", "indirect", "call", "end", "stop"};
    size_t at = 0;
    out[0] = '\0';
    for (uint32_t i = 0; i < p->block_count; i++) {
        const struct cairn_program_block *b = &p->blocks[i];
        at += (size_t)snprintf(out + at, size - at, "%s%x%s%s", i ? " " : "", b->offset,
                               b->resumable ? "*" : "", b->loop_header ? "@" : "");
        if (b->loop_depth)
            at += (size_t)snprintf(out + at, size - at, "^%u", b->loop_depth);
        at += (size_t)snprintf(out + at, size - at, ":%s", ends[b->end]);
        if (b->taken != CAIRN_NO_BLOCK)
            at += (size_t)snprintf(out + at, size - at, ">%x", p->blocks[b->taken].offset);
        if (b->next != CAIRN_NO_BLOCK)
            at += (size_t)snprintf(out + at, size - at, ",%x", p->blocks[b->next].offset);
    }
}

struct program_case {
    const char *why, *text, *blocks;
};

static const struct program_case cases[] = {
    {"straight", "s_nop 0\n v_mov_b32 v0, 1\n s_endpgm", "0*:end"},
    {"if", "s_cbranch_scc0 L\n s_nop 0\n L: s_endpgm", "0*:cond>8,4 4:next,8 8:end"},
    {"one loop", "s_nop 0\n L: s_nop 1\n s_cbranch_scc1 L\n s_endpgm",
     "0*:next,4 4*@^1:cond>4,c c:end"},
    {"a loop in a loop", "A: s_nop 0\n B: s_nop 1\n s_cbranch_scc1 B\n s_cbranch_vccz A\n s_endpgm",
     "0*@^1:next,4 4*@^2:cond>4,c c^1:cond>0,10 10:end"},
    {"an if in a loop", "A: s_cbranch_scc0 C\n s_nop 0\n C: s_cbranch_vccz A\n s_endpgm",
     "0*@^1:cond>8,4 4^1:next,8 8^1:cond>0,c c:end"},
    {"a loop with two ways in", "s_cbranch_scc0 B\n A: s_nop 0\n B: s_cbranch_vccz A\n s_endpgm",
     "0*:cond>8,4 4^1:next,8 8*@^1:cond>4,c c:end"},
    {"a loop that is entered at its end",
     "s_branch B\n A: s_nop 0\n B: s_cbranch_vccz A\n s_endpgm",
     "0*:branch>8 4^1:next,8 8*@^1:cond>4,c c:end"},
    {"a barrier", "s_nop 0\n s_barrier\n s_endpgm", "0*:next,4 4*:next,8 8*:end"},
    {"sleep, trap and messages cut too", "s_sleep 1\n s_trap 2\n s_sendmsg 1\n s_endpgm",
     "0*:next,4 4*:next,8 8*:next,c c*:end"},
    {"a call", "s_call_b64 s[30:31], F\n s_endpgm\n F: s_setpc_b64 s[30:31]",
     "0*:call>8,4 4*:end 8*:indirect"},
    {"a loop around a call is one",
     "A: s_call_b64 s[30:31], F\n s_cbranch_scc0 A\n s_endpgm\n F: s_setpc_b64 s[30:31]",
     "0*@^1:call>c,4 4*^1:cond>0,8 8:end c*:indirect"},
    {"a loop around a call of something unknown",
     "A: s_swappc_b64 s[30:31], s[4:5]\n s_cbranch_scc0 A\n s_endpgm",
     "0*@^1:indirect 4*^1:cond>0,8 8:end"},
    {"a direct call as compilers write it",
     "s_getpc_b64 s[4:5]\n s_add_u32 s4, s4, 16\n s_addc_u32 s5, s5, 0\n"
     "s_swappc_b64 s[30:31], s[4:5]\n s_endpgm\n F: s_setpc_b64 s[30:31]",
     "0*:call>14,10 10*:end 14*:indirect"},
    {"the same with literals",
     "s_getpc_b64 s[4:5]\n s_add_u32 s4, s4, 0xfffff018\n s_addc_u32 s5, s5, 0\n"
     "s_add_u32 s4, 0x1000, s4\n s_addc_u32 s5, s5, 0\n s_swappc_b64 s[30:31], s[4:5]\n"
     "s_endpgm\n F: s_setpc_b64 s[30:31]",
     "0*:indirect 20*:end"},
    {"an offset below zero",
     "s_getpc_b64 s[4:5]\n s_add_u32 s4, s4, 0xfffff020\n s_addc_u32 s5, s5, -1\n"
     "s_add_u32 s4, 0x1000, s4\n s_addc_u32 s5, s5, 0\n s_swappc_b64 s[30:31], s[4:5]\n"
     "s_endpgm\n F: s_setpc_b64 s[30:31]",
     "0*:call>24,20 20*:end 24*:indirect"},
    {"a far branch backwards, and constants in registers",
     "L: s_getpc_b64 s[8:9]\n s_mov_b32 s3, 12\n s_mov_b32 s2, -1\n s_add_u32 s8, s8, -16\n"
     "s_addc_u32 s9, s9, s2\n s_mov_b64 s[6:7], s[8:9]\n s_add_u32 s6, s3, s6\n"
     "s_addc_u32 s7, 0, s7\n s_setpc_b64 s[6:7]\n",
     "0*@^1:branch>0"},
    {"subtraction",
     "s_nop 0\n s_nop 0\n L: s_nop 0\n s_getpc_b64 s[8:9]\n s_sub_u32 s8, s8, 8\n"
     "s_subb_u32 s9, s9, 0\n s_setpc_b64 s[8:9]\n",
     "0*:next,8 8*@^1:branch>8"},
    {"halves that do not belong together",
     "s_getpc_b64 s[8:9]\n s_add_u32 s8, s8, 8\n s_getpc_b64 s[6:7]\n s_addc_u32 s9, s7, 0\n"
     "s_setpc_b64 s[8:9]\n",
     "0*:indirect"},
    {"SCC changed in between",
     "s_getpc_b64 s[8:9]\n s_add_u32 s8, s8, 8\n s_cmp_eq_u32 s0, s1\n s_addc_u32 s9, s9, 0\n"
     "s_setpc_b64 s[8:9]\n",
     "0*:indirect"},
    {"a register changed in between",
     "s_getpc_b64 s[8:9]\n s_add_u32 s8, s8, 8\n s_addc_u32 s9, s9, 0\n v_readfirstlane_b32 s8, "
     "v0\n"
     "s_setpc_b64 s[8:9]\n",
     "0*:indirect"},
    {"a target that is not in the same block",
     "s_getpc_b64 s[8:9]\n s_add_u32 s8, s8, 12\n s_addc_u32 s9, s9, 0\n"
     "L: s_setpc_b64 s[8:9]\n s_cbranch_scc0 L\n s_endpgm\n",
     "0*:next,c c:indirect 10*:cond>c,14 14:end"},
    {"no instruction", "s_nop 0\n .long 0xffffffff", "0*:stop"},
    {"a branch to no instruction", "s_cbranch_scc0 L\n s_endpgm\n L: .long 0xffffffff",
     "0*:cond>8,4 4:end 8:stop"},
    {"runs out of the code", "s_nop 0\n s_nop 0", "0*:stop"},
    {"a condition at the end of the code", "L: s_nop 0\n s_cbranch_scc0 L",
     "0*@^1:cond>0,8 8:stop"},
    {"a branch out of the code", "s_nop 0\n s_branch -100", "0*:stop"},
    {"behind s_endpgm is nothing", "s_endpgm\n s_nop 0", "0*:end"},
    {"a branch that is never taken", "s_cbranch_cdbgsys L\n s_nop 0\n L: s_endpgm", "0*:end"},
    {"fork and join", "s_cbranch_i_fork s[4:5], L\n s_nop 0\n L: s_cbranch_join s6\n s_endpgm",
     "0*:indirect 4*:next,8 8*:indirect c*:end"},
    {"a jump into an instruction", /* its literal is s_endpgm */
     "s_cbranch_scc0 0x1\n s_mov_b32 s0, 0xbf810000\n s_nop 0\n s_endpgm",
     "0*:cond>8,4 4:next,c 8:end c:end"},
    {"VGPR indexing is known at run time",
     "v_mov_b32 v0, v1\n s_set_gpr_idx_on s0, 1\n v_mov_b32 v0, v1\n s_set_gpr_idx_off\n"
     "v_mov_b32 v0, v1\n s_endpgm",
     "0*:next,8 8*:next,c c*:end"},
    {"VGPR indexing in a loop without end",
     "A: v_mov_b32 v0, v1\n s_set_gpr_idx_on s0, 1\n s_cbranch_scc0 A\n s_set_gpr_idx_off\n"
     "v_mov_b32 v0, v1\n s_endpgm",
     "0*@^1:next,4 4*^1:cond>0,c c:end"},
};

static struct cairn_program *build(const char *text, uint8_t **code, size_t *size)
{
    struct cairn_program *program = NULL;
    *code = asm_assemble(text, size);
    enum cairn_status status =
        cairn_program_build(gfx(), cairn_bytes_of(*code, *size), 0, 1000, NULL, &program);
    assert_int_equal(status, CAIRN_OK);
    return program;
}

/* ---- what comes behind the first store */

struct tail_case {
    const char *why, *text;
    bool ends;
};

static const struct tail_case tails[] = {
    {"the end", "global_store_dword v[0:1], v2, off\n s_endpgm", true},
    {"another store and the end",
     "global_store_dword v[0:1], v2, off\n v_add_u32 v0, 4, v0\n"
     "global_store_dword v[0:1], v2, off\n s_endpgm",
     true},
    {"either end",
     "global_store_dword v[0:1], v2, off\n s_cbranch_scc0 L\n s_endpgm\n L: s_mov_b32 s0, 0\n"
     "s_endpgm",
     true},
    {"a loop of stores", "L: global_store_dword v[0:1], v2, off\n s_cbranch_scc0 L\n s_endpgm",
     true},
    {"a wait", "global_store_dword v[0:1], v2, off\n s_waitcnt vmcnt(0)\n s_endpgm", false},
    {"a wait in front of it in a loop",
     "L: s_waitcnt vmcnt(0)\n global_store_dword v[0:1], v2, off\n s_cbranch_scc0 L\n s_endpgm",
     false},
    {"a wait on one of two ways",
     "global_store_dword v[0:1], v2, off\n s_cbranch_scc0 L\n s_endpgm\n L: s_waitcnt vmcnt(0)\n"
     "s_endpgm",
     false},
    {"a load", "global_store_dword v[0:1], v2, off\n global_load_dword v2, v[0:1], off\n s_endpgm",
     false},
    {"an atomic",
     "global_store_dword v[0:1], v2, off\n global_atomic_add v[0:1], v2, off\n s_endpgm", false},
    {"a barrier", "global_store_dword v[0:1], v2, off\n s_barrier\n s_endpgm", false},
    {"a store for all to see",
     "global_store_dword v[0:1], v2, off\n global_store_dword v[0:1], v2, off glc\n s_endpgm",
     false},
    {"a message", "global_store_dword v[0:1], v2, off\n s_sendmsg 1\n s_endpgm", false},
    {"a scalar load", "global_store_dword v[0:1], v2, off\n s_load_dword s0, s[2:3], 0\n s_endpgm",
     false},
    {"cache control", "global_store_dword v[0:1], v2, off\n buffer_wbinvl1\n s_endpgm", false},
    {"a jump to who knows where", "global_store_dword v[0:1], v2, off\n s_setpc_b64 s[4:5]", false},
    {"no instruction", "global_store_dword v[0:1], v2, off\n .long 0xffffffff", false},
};

static void tails_are_as_written(void **state)
{
    unsigned failed = 0;
    (void)state;
    for (size_t i = 0; i < sizeof tails / sizeof tails[0]; i++) {
        uint8_t *code;
        size_t size;
        struct cairn_program *program = build(tails[i].text, &code, &size);
        uint32_t at = 0;
        while (program->insns[at].insn.op != CAIRN_OP_global_store_dword)
            at++;
        if (cairn_program_ends_behind(program, at) != tails[i].ends) {
            print_error("%s: not %d\n", tails[i].why, tails[i].ends);
            failed++;
        }
        cairn_program_destroy(program);
        free(code);
    }
    assert_int_equal(failed, 0);
}

static void blocks_are_as_written(void **state)
{
    unsigned failed = 0;
    (void)state;
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char got[1024];
        uint8_t *code;
        size_t size;
        struct cairn_program *program = build(cases[i].text, &code, &size);
        describe(program, got, sizeof got);
        if (strcmp(got, cases[i].blocks) != 0) {
            print_error("%s:\n  %s\n  not %s\n", cases[i].why, got, cases[i].blocks);
            failed++;
        }
        cairn_program_destroy(program);
        free(code);
    }
    assert_int_equal(failed, 0);
}

static bool steps_vector(const struct cairn_insn *insn)
{
    return insn->encoding >= CAIRN_ENC_VOP1;
}

static void stepped_instructions_are_blocks_of_their_own(void **state)
{
    (void)state;
    size_t size;
    char got[256];
    struct cairn_program *program = NULL;
    uint8_t *code = asm_assemble("s_nop 0\n v_mov_b32 v0, v1\n s_nop 0\n s_endpgm", &size);
    assert_int_equal(
        cairn_program_build(gfx(), cairn_bytes_of(code, size), 0, 4, steps_vector, &program),
        CAIRN_OK);
    describe(program, got, sizeof got);
    assert_string_equal(got, "0*:next,4 4*:next,8 8*:end");
    cairn_program_destroy(program);
    free(code);
}

static void bad_arguments_are_refused(void **state)
{
    (void)state;
    size_t size;
    struct cairn_program *program = NULL;
    uint8_t *code = asm_assemble("s_nop 0\n s_nop 0\n s_nop 0\n s_endpgm", &size);
    struct cairn_bytes bytes = cairn_bytes_of(code, size);
    assert_int_equal(cairn_program_build(gfx(), bytes, 16, 9, NULL, &program),
                     CAIRN_ERR_INVALID_ARGUMENT);
    assert_int_equal(cairn_program_build(gfx(), bytes, 2, 9, NULL, &program),
                     CAIRN_ERR_INVALID_ARGUMENT);
    assert_int_equal(cairn_program_build(gfx(), bytes, 0, 3, NULL, &program),
                     CAIRN_ERR_OUT_OF_RANGE);
    assert_int_equal(cairn_program_build(gfx(), cairn_bytes_of(code, 0), 0, 9, NULL, &program),
                     CAIRN_ERR_INVALID_ARGUMENT);
    assert_null(program);
    free(code);
}

/* ---- what must hold for any code */

static void check_edges(const struct cairn_program *p, uint32_t block)
{
    const struct cairn_program_block *b = &p->blocks[block];
    uint32_t successors[2] = {b->taken, b->end == CAIRN_END_CALL ? CAIRN_NO_BLOCK : b->next};
    for (unsigned k = 0; k < 2; k++) {
        unsigned found = 0;
        if (successors[k] == CAIRN_NO_BLOCK)
            continue;
        const struct cairn_program_block *to = &p->blocks[successors[k]];
        for (uint32_t i = 0; i < to->predecessor_count && i < 64; i++)
            found += to->predecessors[i] == block;
        assert_true(found > 0 || to->predecessor_count > 64);
    }
}

static void check_block(const struct cairn_program *p, uint32_t block)
{
    const struct cairn_program_block *b = &p->blocks[block];
    uint32_t offset = b->offset;
    assert_int_equal(cairn_program_block_at(p, b->offset), block);
    for (uint32_t i = b->first; i < b->first + b->count; i++) {
        assert_int_equal(p->insns[i].block, block);

        assert_int_equal(p->insns[i].offset, offset);
        offset += p->insns[i].insn.size_bytes;
    }
    assert_true(b->count > 0 || b->end == CAIRN_END_STOP);
    if (b->next != CAIRN_NO_BLOCK)
        assert_int_equal(p->blocks[b->next].offset, offset);
    check_edges(p, block);
}

static void check_program(const struct cairn_program *p)
{
    uint8_t *seen = calloc(p->block_count + 1, 1);
    uint32_t insns = 0, edges = 0;
    for (uint32_t i = 0; i < p->block_count; i++) {
        check_block(p, i);
        assert_int_equal(p->blocks[i].first, insns);
        insns += p->blocks[i].count;
        edges += p->blocks[i].predecessor_count;
        assert_true(p->order[i] < p->block_count && !seen[p->order[i]]);
        seen[p->order[i]] = 1;
        assert_true(i == 0 || p->blocks[i].offset > p->blocks[i - 1].offset);
    }
    assert_int_equal(insns, p->insn_count);
    assert_int_equal(p->order[0], p->entry);
    for (uint32_t i = 0; i < p->block_count; i++)
        edges -= (p->blocks[i].taken != CAIRN_NO_BLOCK) +
                 (p->blocks[i].next != CAIRN_NO_BLOCK && p->blocks[i].end != CAIRN_END_CALL);
    assert_int_equal(edges, 0);
    free(seen);
}

static uint64_t random_state = 0x9e3779b97f4a7c15;

static uint32_t random_word(void)
{
    random_state ^= random_state << 13, random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    uint64_t r = random_state * 0x2545f4914f6cdd1d;
    uint32_t word = (uint32_t)(r >> 32), kind = (uint32_t)r % 8;
    if (kind < 3) /* branches nearby */
        return 0xbf800000 | (2 + word % 8) << 16 | (uint16_t)((int)(word >> 8) % 64 - 32);
    if (kind == 3)
        return 0xbe801c00 | (word & 0x7e0000); /* s_getpc_b64 and its like */
    if (kind == 4)
        return 0x80000000 | (word & 0x3fffffff);
    return word;
}

static void random_code_gives_sound_blocks(void **state)
{
    enum { WORDS = 400, ROUNDS = 3000 };
    (void)state;
    uint32_t *words = malloc(WORDS * sizeof *words);
    for (unsigned round = 0; round < ROUNDS; round++) {
        struct cairn_program *p = NULL;
        for (unsigned i = 0; i < WORDS; i++)
            words[i] = random_word();
        enum cairn_status status =
            cairn_program_build(gfx(), cairn_bytes_of(words, sizeof *words * WORDS - round % 7), 0,
                                100000, round % 2 ? steps_vector : NULL, &p);
        assert_int_equal(status, CAIRN_OK);
        check_program(p);
        cairn_program_destroy(p);
    }
    free(words);
}

/* ---- size */

enum shape { CHAIN, NEST, LADDER, CROSS, SHAPES };

/* 100,000 instructions: branches forward in a chain, loops in loops, all to one place, or anywhere.
 */
static uint32_t large_word(enum shape shape, uint32_t i, uint32_t count)
{
    int32_t nearby = 30000;
    switch (shape) {
    case CHAIN:
        return 0xbf850001;
    case NEST: /* the second half jumps back into the first, the last to the first */
        if (i % 60000 < 30000)
            return 0xbf800000;
        return 0xbf840000 | (uint16_t)(-2 * (int32_t)(i % 60000 - 30000) - 2);
    case LADDER:
        return 0xbf840000 | (uint16_t)(i > 30000 ? -30000 : -(int32_t)i - 1);
    default:
        return 0xbf840000 |
               (uint16_t)((int32_t)((uint64_t)i * 2654435761u % (2 * (uint32_t)nearby)) - nearby);
    }
}

static void large_programs_take_no_more_than_linear_time(void **state)
{
    enum { COUNT = 100000 };
    (void)state;
    uint32_t *words = malloc((COUNT + 1) * sizeof *words);
    for (enum shape shape = CHAIN; shape < SHAPES; shape++) {
        struct cairn_program *p = NULL;
        for (uint32_t i = 0; i < COUNT; i++)
            words[i] = large_word(shape, i, COUNT);
        words[COUNT] = 0xbf810000;
        clock_t start = clock();
        assert_int_equal(cairn_program_build(gfx(), cairn_bytes_of(words, (COUNT + 1) * 4), 0,
                                             1000000, NULL, &p),
                         CAIRN_OK);
        double seconds = (double)(clock() - start) / CLOCKS_PER_SEC;
        check_program(p);
        cairn_program_destroy(p);
        if (seconds > 2.0)
            fail_msg("shape %d takes %.1f s", shape, seconds);
    }
    free(words);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_as_written),
        cmocka_unit_test(tails_are_as_written),
        cmocka_unit_test(stepped_instructions_are_blocks_of_their_own),
        cmocka_unit_test(bad_arguments_are_refused),
        cmocka_unit_test(random_code_gives_sound_blocks),
        cmocka_unit_test(large_programs_take_no_more_than_linear_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
