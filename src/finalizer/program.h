/* SPDX-License-Identifier: MIT
 * A kernel as the finalizer sees it: the instructions that control flow can reach from its entry,
 * cut into basic blocks. Decoded from the loaded code; holds offsets, not addresses, so that it is
 * the same wherever the code object lies.
 */
#ifndef CAIRN_FINALIZER_PROGRAM_H
#define CAIRN_FINALIZER_PROGRAM_H

#include "base/bytes.h"
#include "isa/isa.h"

#include <stdbool.h>
#include <stdint.h>

#define CAIRN_NO_BLOCK UINT32_MAX

/* How a block hands on control. */
enum cairn_block_end {
    CAIRN_END_NEXT,     /* falls through to `next` */
    CAIRN_END_BRANCH,   /* s_branch, s_setpc_b64 with a known target: to `taken` */
    CAIRN_END_COND,     /* s_cbranch_*: `taken` or `next` */
    CAIRN_END_INDIRECT, /* s_setpc, s_swappc, s_cbranch_join ...: the pc is known at run time only
                         */
    CAIRN_END_CALL, /* s_call_b64, s_swappc_b64 with a known target: to `taken`; `next` is where it
                       returns to, which is no static edge */
    CAIRN_END_PROGRAM, /* s_endpgm */
    /* Runs into bytes that are no instruction, out of the code, or into a branch that leads out of
     * it: to the interpreter with the pc behind the last instruction (of an empty block, at it). */
    CAIRN_END_STOP,
};

struct cairn_program_insn {
    struct cairn_insn insn;
    uint32_t offset; /* of the instruction from the base of the code */
    uint32_t flags;  /* cairn_isa_flags */
    uint32_t block;
    /* Of vector and memory instructions: MODE.GPR_IDX_EN or MODE.VSKIP may be on here, so that it
     * is known at run time only which registers are meant; blocks are cut as if `steps` were true.
     * Assumes that both are off at the entry and where calls return to. */
    bool indexed;
};

struct cairn_program_block {
    uint32_t first, count; /* instructions; count > 0 but for STOP */
    uint32_t offset;
    uint8_t end;       /* enum cairn_block_end */
    uint32_t position; /* in the program's order */
    bool resumable;    /* the driver may enter here: see cairn_program_build */
    bool loop_header;  /* target of a back edge */
    uint8_t loop_depth;
    uint32_t taken, next;   /* successors, or CAIRN_NO_BLOCK */
    uint32_t *predecessors; /* of static edges */
    uint32_t predecessor_count;
};

struct cairn_program {
    const struct cairn_gfx *gfx;
    uint32_t entry;                   /* block */
    struct cairn_program_insn *insns; /* in address order */
    uint32_t insn_count;
    struct cairn_program_block *blocks; /* in address order */
    uint32_t block_count;
    uint32_t *order; /* blocks in reverse post-order from the entry and other roots; entry first */
    uint32_t *edges; /* what all `predecessors` point into */
    bool indirect;   /* has a block that ends INDIRECT */
};

/* Walks the code from `entry_offset` over all static edges: branches, both ways of conditional
 * ones, calls and what comes behind them, and targets of s_setpc/s_swappc that s_getpc and s_add
 * make from constants in the same block. Blocks also begin behind instructions at which a wave may
 * come back to the driver (s_barrier, s_sleep, s_endpgm's like, s_trap, s_sethalt, and every
 * instruction for which `steps` (may be NULL) says true, which are executed by the interpreter) and
 * at such instructions themselves; these blocks, loop headers, whatever else branches go back to in
 * the order, the entry, call targets and return points are resumable. CAIRN_ERR_NO_MEMORY;
 * CAIRN_ERR_OUT_OF_RANGE: more than `limit` instructions; CAIRN_ERR_INVALID_ARGUMENT: the entry is
 * outside of the code or not aligned. */
CAIRN_MUST_CHECK enum cairn_status cairn_program_build(const struct cairn_gfx *gfx,
                                                       struct cairn_bytes code,
                                                       uint32_t entry_offset, uint32_t limit,
                                                       bool (*steps)(const struct cairn_insn *insn),
                                                       struct cairn_program **out);
void cairn_program_destroy(struct cairn_program *program);

/* Where the instruction behind it begins. */
static inline uint32_t cairn_insn_end(const struct cairn_program_insn *at)
{
    return at->offset + at->insn.size_bytes;
}

/* The last instruction of a block that has one. */
static inline const struct cairn_insn *cairn_program_last(const struct cairn_program *program,
                                                          uint32_t block)
{
    const struct cairn_program_block *at = &program->blocks[block];
    return &program->insns[at->first + at->count - 1].insn;
}

/* program_tail.c: behind that instruction, on all ways, is there nothing that waits for memory,
 * loads, does atomics or otherwise tells others of what was stored before the wave ends? */
bool cairn_program_ends_behind(const struct cairn_program *program, uint32_t index);

/* The block that begins at `offset`, or CAIRN_NO_BLOCK. */
uint32_t cairn_program_block_at(const struct cairn_program *program, uint32_t offset);

#endif
