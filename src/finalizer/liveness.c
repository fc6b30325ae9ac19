/* SPDX-License-Identifier: MIT
 * Which registers are live where: the usual backward data flow over the blocks of a program, with a
 * queue of blocks whose successors have changed.
 */
#include "finalizer/registers.h"

#include <stdlib.h>
#include <string.h>

_Static_assert(sizeof(struct cairn_regs) == 11 * sizeof(uint64_t), "words of a register set");

/* into |= from; has it changed? */
static bool add_all(struct cairn_regs *into, const struct cairn_regs *from)
{
    uint64_t grown = 0;
    for (unsigned i = 0; i < 3; i++) {
        grown |= from->s[i] & ~into->s[i];
        into->s[i] |= from->s[i];
    }
    for (unsigned i = 0; i < 8; i++) {
        grown |= from->v[i] & ~into->v[i];
        into->v[i] |= from->v[i];
    }
    return grown != 0;
}

static void take_away(struct cairn_regs *from, const struct cairn_regs *what, bool vectors)
{
    for (unsigned i = 0; i < 3; i++)
        from->s[i] &= ~what->s[i];
    for (unsigned i = 0; i < 8 && vectors; i++)
        from->v[i] &= ~what->v[i];
}

void cairn_liveness_step(const struct cairn_program *program, const bool *full, uint32_t insn,
                         struct cairn_regs *regs)
{
    const struct cairn_program_insn *at = &program->insns[insn];
    struct cairn_regs reads, writes;
    bool any;
    cairn_insn_registers(&at->insn, &reads, &writes, &any);
    if (any || at->indexed) {
        cairn_regs_all(regs);
        return;
    }
    /* without EXEC (matrix instructions) all lanes are written; s_* write no vector */
    bool whole = !(at->flags & CAIRN_ISA_READS_EXEC) || (full != NULL && full[insn]);
    take_away(regs, &writes, whole);
    add_all(regs, &reads);
}

/* What a block reads before it writes it, and what it writes for good. */
struct block_sets {
    struct cairn_regs reads, kept; /* live_in = reads + (live_out & kept) */
};

static void block_measure(const struct cairn_program *program, const bool *full, uint32_t block,
                          struct block_sets *out)
{
    const struct cairn_program_block *at = &program->blocks[block];
    struct cairn_regs none = {0}, all;
    cairn_regs_all(&all);
    for (uint32_t i = at->count; i > 0; i--) {
        cairn_liveness_step(program, full, at->first + i - 1, &none);
        cairn_liveness_step(program, full, at->first + i - 1, &all);
    }
    out->reads = none;
    out->kept = all;
}

static void live_before(const struct block_sets *sets, const struct cairn_regs *live_out,
                        struct cairn_regs *out)
{
    for (unsigned i = 0; i < 3; i++)
        out->s[i] = sets->reads.s[i] | (live_out->s[i] & sets->kept.s[i]);
    for (unsigned i = 0; i < 8; i++)
        out->v[i] = sets->reads.v[i] | (live_out->v[i] & sets->kept.v[i]);
}

/* Blocks that wait to be looked at again, each at most once. */
struct queue {
    uint32_t *blocks;
    bool *waits;
    uint32_t count; /* a stack: the last one in comes out first */
};

static void queue_add(struct queue *queue, uint32_t block)
{
    if (queue->waits[block])
        return;
    queue->waits[block] = true;
    queue->blocks[queue->count++] = block;
}

static void look_at(const struct cairn_program *program, const struct block_sets *sets,
                    struct cairn_liveness *live, struct queue *queue, uint32_t block)
{
    const struct cairn_program_block *at = &program->blocks[block];
    struct cairn_regs *out = &live->live_out[block], in;
    if (at->end == CAIRN_END_INDIRECT || at->end == CAIRN_END_STOP)
        cairn_regs_all(out);
    if (at->taken != CAIRN_NO_BLOCK)
        add_all(out, &live->live_in[at->taken]);
    if (at->next != CAIRN_NO_BLOCK && at->end != CAIRN_END_CALL)
        add_all(out, &live->live_in[at->next]);
    live_before(&sets[block], out, &in);
    if (!add_all(&live->live_in[block], &in))
        return;
    for (uint32_t i = 0; i < at->predecessor_count; i++)
        queue_add(queue, at->predecessors[i]);
}

static void solve(const struct cairn_program *program, const bool *full, struct block_sets *sets,
                  struct cairn_liveness *live, struct queue *queue)
{
    for (uint32_t i = 0; i < program->block_count; i++) {
        block_measure(program, full, i, &sets[i]);
        queue_add(queue, program->order[i]);
    }
    while (queue->count > 0) {
        uint32_t block = queue->blocks[--queue->count];
        queue->waits[block] = false;
        look_at(program, sets, live, queue, block);
    }
}

enum cairn_status cairn_liveness_build(const struct cairn_program *program, const bool *full,
                                       struct cairn_liveness **out)
{
    enum cairn_status status = CAIRN_ERR_NO_MEMORY;
    size_t count = program->block_count;
    struct cairn_liveness *live = calloc(1, sizeof *live);
    struct block_sets *sets = calloc(count + 1, sizeof *sets);
    struct queue queue = {.blocks = calloc(count + 1, sizeof *queue.blocks),
                          .waits = calloc(count + 1, sizeof *queue.waits)};
    if (live != NULL) {
        live->live_in = calloc(count + 1, sizeof *live->live_in);
        live->live_out = calloc(count + 1, sizeof *live->live_out);
    }
    if (live != NULL && live->live_in != NULL && live->live_out != NULL && sets != NULL &&
        queue.blocks != NULL && queue.waits != NULL) {
        solve(program, full, sets, live, &queue);
        *out = live;
        live = NULL;
        status = CAIRN_OK;
    }
    cairn_liveness_destroy(live);
    free(sets);
    free(queue.blocks);
    free(queue.waits);
    return status;
}

void cairn_liveness_destroy(struct cairn_liveness *liveness)
{
    if (liveness == NULL)
        return;
    free(liveness->live_in);
    free(liveness->live_out);
    free(liveness);
}

void cairn_liveness_after(const struct cairn_program *program, const struct cairn_liveness *live,
                          const bool *full, uint32_t insn, struct cairn_regs *out)
{
    uint32_t block = program->insns[insn].block;
    const struct cairn_program_block *at = &program->blocks[block];
    *out = live->live_out[block];
    for (uint32_t i = at->first + at->count - 1; i > insn; i--)
        cairn_liveness_step(program, full, i, out);
}
