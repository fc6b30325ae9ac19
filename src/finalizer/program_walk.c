/* SPDX-License-Identifier: MIT
 * The walk over the code: decodes what control flow can reach, once, and marks where blocks begin.
 * Whatever the bytes are, the work is bounded by the limit of instructions and the size of the
 * code.
 */
#include "finalizer/program_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- what instructions do to the pc */

enum cairn_jump cairn_insn_jump(const struct cairn_insn *insn)
{
    switch (insn->op) {
    case CAIRN_OP_s_branch:
        return CAIRN_JUMP_BRANCH;
    case CAIRN_OP_s_cbranch_scc0:
    case CAIRN_OP_s_cbranch_scc1:
    case CAIRN_OP_s_cbranch_vccz:
    case CAIRN_OP_s_cbranch_vccnz:
    case CAIRN_OP_s_cbranch_execz:
    case CAIRN_OP_s_cbranch_execnz:
        return CAIRN_JUMP_COND;
    case CAIRN_OP_s_cbranch_cdbgsys: /* never taken: there is no debugger */
    case CAIRN_OP_s_cbranch_cdbguser:
    case CAIRN_OP_s_cbranch_cdbgsys_or_user:
    case CAIRN_OP_s_cbranch_cdbgsys_and_user:
        return CAIRN_JUMP_NONE;
    case CAIRN_OP_s_call_b64:
        return CAIRN_JUMP_CALL;
    case CAIRN_OP_s_setpc_b64:
        return CAIRN_JUMP_SETPC;
    case CAIRN_OP_s_swappc_b64:
        return CAIRN_JUMP_SWAPPC;
    case CAIRN_OP_s_cbranch_i_fork:
    case CAIRN_OP_s_cbranch_g_fork:
    case CAIRN_OP_s_cbranch_join:
        return CAIRN_JUMP_FORK;
    default:
        return cairn_isa_flags(insn) & CAIRN_ISA_BRANCH ? CAIRN_JUMP_UNKNOWN : CAIRN_JUMP_NONE;
    }
}

uint64_t cairn_insn_branch_target(const struct cairn_program_insn *at)
{
    return (uint64_t)at->offset + 4 + 4 * (uint64_t)(int64_t)at->insn.imm;
}

/* Instructions at which a wave may come back to the driver. */
static bool comes_back(const struct cairn_walk *walk, const struct cairn_insn *insn)
{
    switch (insn->op) {
    case CAIRN_OP_s_barrier:
    case CAIRN_OP_s_sleep:
    case CAIRN_OP_s_trap:
    case CAIRN_OP_s_sethalt:
    case CAIRN_OP_s_setkill:
    case CAIRN_OP_s_sendmsg:
    case CAIRN_OP_s_sendmsghalt:
        return true;
    default:
        return walk->steps != NULL && walk->steps(insn);
    }
}

/* ---- marks and the queue */

void cairn_walk_mark(struct cairn_walk *walk, uint32_t offset, unsigned marks)
{
    uint32_t dword = offset / 4;
    walk->marks[dword] |= (uint8_t)marks;
    if (dword < walk->low)
        walk->low = dword;
    if (dword > walk->high)
        walk->high = dword;
}

/* Doubles an array that is full. */
static bool grow(void **array, uint32_t count, uint32_t *capacity, size_t size)
{
    if (count < *capacity)
        return true;
    uint32_t wanted = *capacity == 0 ? 64 : *capacity * 2;
    void *grown = reallocarray(*array, wanted, size);
    if (grown == NULL)
        return false;
    *array = grown;
    *capacity = wanted;
    return true;
}

/* A block begins at `offset` (inside of the code or at its end) and is to be walked. */
static enum cairn_status visit(struct cairn_walk *walk, uint32_t offset, unsigned marks)
{
    bool queued = walk->marks[offset / 4] & CAIRN_WALK_QUEUED;
    cairn_walk_mark(walk, offset, marks | CAIRN_WALK_LEADER | CAIRN_WALK_QUEUED);
    if (queued)
        return CAIRN_OK;
    if (!grow((void **)&walk->queue, walk->queued, &walk->queue_capacity, sizeof *walk->queue))
        return CAIRN_ERR_NO_MEMORY;
    walk->queue[walk->queued++] = offset;
    return CAIRN_OK;
}

static bool inside(const struct cairn_walk *walk, uint64_t offset)
{
    return offset < walk->size && offset % 4 == 0;
}

/* ---- one instruction */

static bool decode(struct cairn_walk *walk, uint32_t offset, struct cairn_program_insn *out)
{
    struct cairn_bytes bytes = {walk->code.at + offset, walk->code.left - offset};
    *out = (struct cairn_program_insn){.offset = offset};
    if (offset >= walk->size || cairn_isa_decode(walk->gfx, bytes, &out->insn) != CAIRN_OK)
        return false;
    out->flags = cairn_isa_flags(&out->insn);
    return true;
}

/* Branches whose target is in the instruction; out of the code they are left to the interpreter. */
static bool has_target(const struct cairn_insn *insn)
{
    enum cairn_jump jump = cairn_insn_jump(insn);
    return jump == CAIRN_JUMP_BRANCH || jump == CAIRN_JUMP_COND || jump == CAIRN_JUMP_CALL ||
           insn->op == CAIRN_OP_s_cbranch_i_fork;
}

/* Goes where the instruction, the last of the walked piece, leads to. */
static enum cairn_status follow(struct cairn_walk *walk, const struct cairn_program_insn *at,
                                enum cairn_jump jump)
{
    uint64_t target = 0;
    bool call = jump == CAIRN_JUMP_CALL || jump == CAIRN_JUMP_SWAPPC;
    unsigned marks = call || jump == CAIRN_JUMP_FORK ? CAIRN_WALK_RESUMABLE : 0;
    enum cairn_status status = CAIRN_OK;
    bool known = has_target(&at->insn);
    if (known)
        target = cairn_insn_branch_target(at);
    else if (jump == CAIRN_JUMP_SETPC || jump == CAIRN_JUMP_SWAPPC)
        known = cairn_targets_find(&walk->targets, &at->insn, &target) && inside(walk, target);
    if (known)
        status = visit(walk, (uint32_t)target, marks);
    if (status == CAIRN_OK && (jump == CAIRN_JUMP_COND || call || jump == CAIRN_JUMP_FORK))
        status = visit(walk, cairn_insn_end(at), marks);
    return status;
}

/* Adds the instruction and marks what it cuts. */
static enum cairn_status add_insn(struct cairn_walk *walk, const struct cairn_program_insn *at)
{
    if (walk->count >= walk->limit)
        return CAIRN_ERR_OUT_OF_RANGE;
    if (!grow((void **)&walk->insns, walk->count, &walk->capacity, sizeof *walk->insns))
        return CAIRN_ERR_NO_MEMORY;
    walk->insns[walk->count++] = *at;
    walk->index[at->offset / 4] = walk->count;
    cairn_walk_mark(walk, at->offset, 0);
    walk->indexing |= cairn_insn_indexing(&at->insn, 0) != 0;
    if ((at->flags & CAIRN_ISA_ENDS) == 0 && comes_back(walk, &at->insn)) {
        cairn_walk_mark(walk, at->offset, CAIRN_WALK_LEADER | CAIRN_WALK_RESUMABLE);
        cairn_walk_mark(walk, cairn_insn_end(at), CAIRN_WALK_LEADER | CAIRN_WALK_RESUMABLE);
    }
    return CAIRN_OK;
}

/* Straight on from `offset` until control goes elsewhere, or to where the walk has been. */
static enum cairn_status walk_piece(struct cairn_walk *walk, uint32_t offset)
{
    struct cairn_program_insn at;
    cairn_targets_reset(&walk->targets);
    while (offset < walk->size && walk->index[offset / 4] == 0 && decode(walk, offset, &at)) {
        enum cairn_jump jump = cairn_insn_jump(&at.insn);
        if (has_target(&at.insn) && !inside(walk, cairn_insn_branch_target(&at)))
            return CAIRN_OK;
        enum cairn_status status = add_insn(walk, &at);
        if (status != CAIRN_OK)
            return status;
        if (jump != CAIRN_JUMP_NONE)
            return follow(walk, &at, jump);
        if (at.flags & CAIRN_ISA_ENDS)
            return CAIRN_OK;
        cairn_targets_step(&walk->targets, &at);
        offset = cairn_insn_end(&at);
    }
    return CAIRN_OK;
}

/* ---- the whole */

static enum cairn_status sort_insns(struct cairn_walk *walk)
{
    struct cairn_program_insn *sorted = calloc((size_t)walk->count + 1, sizeof *sorted);
    uint32_t count = 0;
    if (sorted == NULL)
        return CAIRN_ERR_NO_MEMORY;
    for (uint32_t dword = walk->low; dword <= walk->high && dword < walk->size / 4; dword++) {
        if (walk->index[dword] == 0)
            continue;
        sorted[count++] = walk->insns[walk->index[dword] - 1];
        walk->index[dword] = count;
    }
    free(walk->insns);
    walk->insns = sorted;
    return CAIRN_OK;
}

enum cairn_status cairn_walk_run(struct cairn_walk *walk, uint32_t entry)
{
    size_t dwords = walk->size / 4;
    walk->low = UINT32_MAX;
    walk->index = calloc(dwords + 1, sizeof *walk->index);
    walk->marks = calloc(dwords + 1, sizeof *walk->marks);
    if (walk->index == NULL || walk->marks == NULL)
        return CAIRN_ERR_NO_MEMORY;
    enum cairn_status status = visit(walk, entry, CAIRN_WALK_RESUMABLE);
    while (status == CAIRN_OK && walk->queued > 0)
        status = walk_piece(walk, walk->queue[--walk->queued]);
    return status == CAIRN_OK ? sort_insns(walk) : status;
}

void cairn_walk_clear(struct cairn_walk *walk)
{
    free(walk->insns);
    free(walk->index);
    free(walk->marks);
    free(walk->queue);
}
