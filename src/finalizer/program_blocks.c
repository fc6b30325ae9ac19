/* SPDX-License-Identifier: MIT
 * Blocks: cut where the walk's marks are, and how each of them hands on control. Instructions of a
 * block are neighbours in the program's array even where decoded instructions overlap.
 */
#include "finalizer/program_priv.h"

#include <stdlib.h>

static const struct cairn_program_insn *insn_at(const struct cairn_walk *walk, uint32_t offset)
{
    uint32_t number = offset < walk->size ? walk->index[offset / 4] : 0;
    return number == 0 ? NULL : &walk->insns[number - 1];
}

static bool ends_block(const struct cairn_program_insn *at)
{
    return cairn_insn_jump(&at->insn) != CAIRN_JUMP_NONE || (at->flags & CAIRN_ISA_ENDS);
}

static bool has_leader_inside(const struct cairn_walk *walk, const struct cairn_program_insn *at)
{
    for (uint32_t offset = at->offset + 4; offset < cairn_insn_end(at); offset += 4)
        if (walk->marks[offset / 4] & CAIRN_WALK_LEADER)
            return true;
    return false;
}

/* A block begins behind one that ends, and wherever the next instruction in memory is not the one
 * that runs next (code that jumps into the middle of an instruction). */
static void mark_seams(struct cairn_walk *walk)
{
    for (uint32_t i = 0; i < walk->count; i++) {
        const struct cairn_program_insn *at = &walk->insns[i];
        bool ends = ends_block(at);
        bool joined = i + 1 < walk->count && cairn_insn_end(at) == at[1].offset &&
                      !has_leader_inside(walk, at);
        if (i + 1 < walk->count && (ends || !joined))
            cairn_walk_mark(walk, at[1].offset, CAIRN_WALK_LEADER);
        if (!ends && !joined && insn_at(walk, cairn_insn_end(at)) != NULL)
            cairn_walk_mark(walk, cairn_insn_end(at), CAIRN_WALK_LEADER);
    }
}

static uint32_t count_leaders(const struct cairn_walk *walk)
{
    uint32_t count = 0;
    for (uint32_t dword = walk->low; dword <= walk->high; dword++)
        count += walk->marks[dword] & CAIRN_WALK_LEADER;
    return count;
}

/* Blocks with their instructions, in address order. */
static void fill_blocks(struct cairn_program *program, const struct cairn_walk *walk)
{
    struct cairn_program_block *block = NULL;
    uint32_t insn = 0;
    for (uint32_t dword = walk->low; dword <= walk->high; dword++) {
        if (walk->marks[dword] & CAIRN_WALK_LEADER) {
            block = &program->blocks[program->block_count++];
            *block = (struct cairn_program_block){
                .first = insn,
                .offset = 4 * dword,
                .resumable = walk->marks[dword] & CAIRN_WALK_RESUMABLE,
                .taken = CAIRN_NO_BLOCK,
                .next = CAIRN_NO_BLOCK,
            };
        }
        if (insn_at(walk, 4 * dword) == NULL)
            continue;
        program->insns[insn++].block = program->block_count - 1;
        block->count++;
    }
}

/* The target of the jump that ends the block, if it follows from the block alone. */
static uint32_t computed_target(const struct cairn_program *program,
                                const struct cairn_program_block *block,
                                struct cairn_targets *targets)
{
    uint64_t offset;
    uint32_t last = block->first + block->count - 1;
    cairn_targets_reset(targets);
    for (uint32_t i = block->first; i < last; i++)
        cairn_targets_step(targets, &program->insns[i]);
    if (!cairn_targets_find(targets, &program->insns[last].insn, &offset) || offset > UINT32_MAX)
        return CAIRN_NO_BLOCK;
    return cairn_program_block_at(program, (uint32_t)offset);
}

static void set_end(const struct cairn_program *program, struct cairn_program_block *block,
                    struct cairn_targets *targets)
{
    if (block->count == 0) {
        block->end = CAIRN_END_STOP;
        return;
    }
    const struct cairn_program_insn *last = &program->insns[block->first + block->count - 1];
    uint32_t next = cairn_program_block_at(program, cairn_insn_end(last)), taken = CAIRN_NO_BLOCK;
    enum cairn_jump jump = cairn_insn_jump(&last->insn);
    bool computed = jump == CAIRN_JUMP_SETPC || jump == CAIRN_JUMP_SWAPPC;
    if (computed)
        taken = computed_target(program, block, targets);
    else if (jump == CAIRN_JUMP_BRANCH || jump == CAIRN_JUMP_COND || jump == CAIRN_JUMP_CALL)
        taken = cairn_program_block_at(program, (uint32_t)cairn_insn_branch_target(last));
    if (jump == CAIRN_JUMP_NONE && (last->flags & CAIRN_ISA_ENDS))
        block->end = CAIRN_END_PROGRAM;
    else if (jump == CAIRN_JUMP_NONE)
        block->end = next == CAIRN_NO_BLOCK ? CAIRN_END_STOP : CAIRN_END_NEXT;
    else if (taken == CAIRN_NO_BLOCK)
        block->end = CAIRN_END_INDIRECT;
    else if (jump == CAIRN_JUMP_BRANCH || jump == CAIRN_JUMP_SETPC)
        block->end = CAIRN_END_BRANCH;
    else
        block->end = jump == CAIRN_JUMP_COND ? CAIRN_END_COND : CAIRN_END_CALL;
    block->taken = taken;
    if (block->end == CAIRN_END_NEXT || block->end == CAIRN_END_COND ||
        block->end == CAIRN_END_CALL)
        block->next = next;
}

unsigned cairn_block_ways(const struct cairn_program *program, uint32_t block, uint32_t ways[2])
{
    const struct cairn_program_block *at = &program->blocks[block];
    unsigned count = 0;
    uint32_t next = at->next;
    if (at->end == CAIRN_END_INDIRECT) {
        const struct cairn_program_insn *last = &program->insns[at->first + at->count - 1];
        if (cairn_insn_jump(&last->insn) == CAIRN_JUMP_SWAPPC)
            next = cairn_program_block_at(program, cairn_insn_end(last));
    }
    if (at->taken != CAIRN_NO_BLOCK)
        ways[count++] = at->taken;
    if (next != CAIRN_NO_BLOCK)
        ways[count++] = next;
    return count;
}

enum cairn_status cairn_blocks_cut(struct cairn_program *program, struct cairn_walk *walk)
{
    mark_seams(walk);
    free(program->blocks);
    program->blocks = calloc((size_t)count_leaders(walk) + 1, sizeof *program->blocks);
    program->block_count = 0;
    program->indirect = false;
    if (program->blocks == NULL)
        return CAIRN_ERR_NO_MEMORY;
    fill_blocks(program, walk);
    for (uint32_t i = 0; i < program->block_count; i++) {
        set_end(program, &program->blocks[i], &walk->targets);
        program->indirect |= program->blocks[i].end == CAIRN_END_INDIRECT;
    }
    return CAIRN_OK;
}
