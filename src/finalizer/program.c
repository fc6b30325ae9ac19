/* SPDX-License-Identifier: MIT
 * Building a program: walk, blocks, order. Vector instructions whose registers are known at run
 * time only (VGPR index mode) are found once there are blocks, and cut out of them in a second
 * round.
 */
#include "finalizer/program_priv.h"

#include <stdlib.h>

/* ---- VGPR index mode */

/* What a block makes of the modes: behind = made | (before & kept). */
struct transfer {
    uint8_t made, kept;
};

static struct transfer block_transfer(const struct cairn_program *program, uint32_t block)
{
    const struct cairn_program_block *at = &program->blocks[block];
    unsigned made = 0, kept = CAIRN_MAY_INDEX | CAIRN_MAY_SKIP;
    for (uint32_t i = at->first; i < at->first + at->count; i++) {
        made = cairn_insn_indexing(&program->insns[i].insn, made);
        kept = cairn_insn_indexing(&program->insns[i].insn, kept);
    }
    return (struct transfer){(uint8_t)made, (uint8_t)kept};
}

static bool spread_once(const struct cairn_program *program, const struct transfer *transfers,
                        uint8_t *state)
{
    bool changed = false;
    for (uint32_t i = 0; i < program->block_count; i++) {
        uint32_t block = program->order[i], ways[2];
        unsigned count = cairn_block_ways(program, block, ways);
        unsigned behind = transfers[block].made | (state[block] & transfers[block].kept);
        for (unsigned k = 0; k < count; k++) {
            changed |= (behind & ~(unsigned)state[ways[k]]) != 0;
            state[ways[k]] |= (uint8_t)behind;
        }
    }
    return changed;
}

/* Where the modes may be on, at the start of each block. Code that takes more rounds than loops
 * nest in practice is taken to have them on everywhere. */
static void spread_indexing(const struct cairn_program *program, const struct transfer *transfers,
                            uint8_t *state)
{
    enum { ROUNDS = 100 };
    for (unsigned round = 0; round < ROUNDS; round++)
        if (!spread_once(program, transfers, state))
            return;
    for (uint32_t i = 0; i < program->block_count; i++)
        state[i] = CAIRN_MAY_INDEX | CAIRN_MAY_SKIP;
}

static bool is_redirected(const struct cairn_insn *insn, unsigned state)
{
    if (insn->encoding >= CAIRN_ENC_VOP1 && insn->encoding <= CAIRN_ENC_MAI)
        return state != 0;
    return insn->encoding >= CAIRN_ENC_DS && (state & CAIRN_MAY_SKIP);
}

static void cut_indexed(struct cairn_program *program, struct cairn_walk *walk, uint32_t block,
                        unsigned state)
{
    const struct cairn_program_block *at = &program->blocks[block];
    for (uint32_t i = at->first; i < at->first + at->count; i++) {
        struct cairn_program_insn *insn = &program->insns[i];
        state = cairn_insn_indexing(&insn->insn, state);
        insn->indexed = is_redirected(&insn->insn, state);
        if (!insn->indexed)
            continue;
        cairn_walk_mark(walk, insn->offset, CAIRN_WALK_LEADER | CAIRN_WALK_RESUMABLE);
        cairn_walk_mark(walk, cairn_insn_end(insn), CAIRN_WALK_LEADER | CAIRN_WALK_RESUMABLE);
    }
}

static enum cairn_status mark_indexed(struct cairn_program *program, struct cairn_walk *walk)
{
    enum cairn_status status = CAIRN_ERR_NO_MEMORY;
    uint8_t *state = calloc((size_t)program->block_count + 1, sizeof *state);
    struct transfer *transfers = calloc((size_t)program->block_count + 1, sizeof *transfers);
    if (state == NULL || transfers == NULL)
        goto clear;
    for (uint32_t i = 0; i < program->block_count; i++)
        transfers[i] = block_transfer(program, i);
    spread_indexing(program, transfers, state);
    for (uint32_t i = 0; i < program->block_count; i++)
        cut_indexed(program, walk, i, state[i]);
    status = CAIRN_OK;
clear:
    free(state);
    free(transfers);
    return status;
}

/* ---- building */

static enum cairn_status make_blocks(struct cairn_program *program, struct cairn_walk *walk,
                                     uint32_t entry)
{
    enum cairn_status status = cairn_blocks_cut(program, walk);
    if (status != CAIRN_OK)
        return status;
    program->entry = cairn_program_block_at(program, entry);
    return cairn_blocks_order(program);
}

static enum cairn_status fill(struct cairn_program *program, struct cairn_walk *walk,
                              uint32_t entry)
{
    enum cairn_status status = cairn_walk_run(walk, entry);
    if (status != CAIRN_OK)
        return status;
    program->insns = walk->insns;
    program->insn_count = walk->count;
    status = make_blocks(program, walk, entry);
    if (status != CAIRN_OK || !walk->indexing)
        return status;
    status = mark_indexed(program, walk);
    return status == CAIRN_OK ? make_blocks(program, walk, entry) : status;
}

enum cairn_status cairn_program_build(const struct cairn_gfx *gfx, struct cairn_bytes code,
                                      uint32_t entry_offset, uint32_t limit,
                                      bool (*steps)(const struct cairn_insn *insn),
                                      struct cairn_program **out)
{
    uint64_t size = (code.left < UINT32_MAX ? code.left : UINT32_MAX) & ~UINT64_C(3);
    if (entry_offset >= size || entry_offset % 4 != 0)
        return CAIRN_ERR_INVALID_ARGUMENT;
    struct cairn_program *program = calloc(1, sizeof *program);
    struct cairn_walk *walk = calloc(1, sizeof *walk);
    enum cairn_status status = CAIRN_ERR_NO_MEMORY;
    if (program != NULL && walk != NULL) {
        *walk = (struct cairn_walk){.gfx = gfx,
                                    .code = cairn_bytes_of(code.at, (size_t)size),
                                    .size = (uint32_t)size,
                                    .limit = limit,
                                    .steps = steps};
        program->gfx = gfx;
        status = fill(program, walk, entry_offset);
        if (program->insns != NULL)
            walk->insns = NULL;
        cairn_walk_clear(walk);
    }
    free(walk);
    if (status == CAIRN_OK)
        *out = program;
    else
        cairn_program_destroy(program);
    return status;
}

void cairn_program_destroy(struct cairn_program *program)
{
    if (program == NULL)
        return;
    free(program->insns);
    free(program->blocks);
    free(program->order);
    free(program->edges);
    free(program);
}

uint32_t cairn_program_block_at(const struct cairn_program *program, uint32_t offset)
{
    uint32_t low = 0, high = program->block_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (program->blocks[middle].offset < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low < program->block_count && program->blocks[low].offset == offset ? low
                                                                               : CAIRN_NO_BLOCK;
}
