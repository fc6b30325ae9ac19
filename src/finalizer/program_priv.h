/* SPDX-License-Identifier: MIT
 * How a program is built, for src/finalizer/program*.c only: the walk over the code finds
 * instructions and where blocks begin; blocks are cut from that; then edges, order and loops.
 */
#ifndef CAIRN_FINALIZER_PROGRAM_PRIV_H
#define CAIRN_FINALIZER_PROGRAM_PRIV_H

#include "finalizer/registers.h"

/* ---- program_targets.c: where s_setpc_b64 and s_swappc_b64 go */

/* A scalar register: a constant, or the low or high half of (base of the code + value) modulo 2^64.
 * Of a low half only the low 32 bits of `value` count. */
enum cairn_known_kind { CAIRN_KNOWN_NOTHING, CAIRN_KNOWN_CONST, CAIRN_KNOWN_LOW, CAIRN_KNOWN_HIGH };
struct cairn_known {
    enum cairn_known_kind kind;
    uint64_t value;
};

/* What is known about SCC: its value, or that it is the carry (borrow) of the low half of (base +
 * value) and `amount`. */
enum cairn_known_scc_kind {
    CAIRN_SCC_UNKNOWN,
    CAIRN_SCC_CONST,
    CAIRN_SCC_CARRY,
    CAIRN_SCC_BORROW,
};
struct cairn_known_scc {
    enum cairn_known_scc_kind kind;
    uint64_t value;
    uint32_t amount;
};

/* Constants that follow from an s_getpc_b64; nothing is followed before there is one. */
struct cairn_targets {
    bool active;
    struct cairn_known_scc scc;
    struct cairn_known sgpr[128];
};
void cairn_targets_reset(struct cairn_targets *targets);
void cairn_targets_step(struct cairn_targets *targets, const struct cairn_program_insn *at);
/* Offset that an s_setpc_b64 or s_swappc_b64 goes to; false: not known. */
bool cairn_targets_find(const struct cairn_targets *targets, const struct cairn_insn *insn,
                        uint64_t *offset);

/* ---- program_walk.c */

enum cairn_walk_mark {
    CAIRN_WALK_LEADER = 1,    /* a block begins here */
    CAIRN_WALK_RESUMABLE = 2, /* and may be entered by the driver */
    CAIRN_WALK_QUEUED = 4,
};

struct cairn_walk {
    const struct cairn_gfx *gfx;
    struct cairn_bytes code;
    uint32_t size, limit; /* bytes of whole dwords; instructions */
    bool (*steps)(const struct cairn_insn *insn);
    struct cairn_program_insn *insns; /* in address order once the walk has ended */
    uint32_t count, capacity;
    uint32_t *index; /* by dword: number of the instruction that begins there, plus one; or 0 */
    uint8_t *marks;  /* by dword, and one behind the end: enum cairn_walk_mark */
    uint32_t *queue; /* offsets still to be walked from */
    uint32_t queued, queue_capacity;
    uint32_t low, high; /* dwords that have marks or instructions */
    bool indexing;      /* an instruction may switch to registers found at run time */
    struct cairn_targets targets;
};

/* How an instruction changes the pc, other than by what an instruction does in any case. */
enum cairn_jump {
    CAIRN_JUMP_NONE,
    CAIRN_JUMP_BRANCH, /* to the target in the instruction */
    CAIRN_JUMP_COND,
    CAIRN_JUMP_CALL,
    CAIRN_JUMP_SETPC, /* to a register */
    CAIRN_JUMP_SWAPPC,
    CAIRN_JUMP_FORK,    /* either way, in a way of its own */
    CAIRN_JUMP_UNKNOWN, /* anywhere */
};
enum cairn_jump cairn_insn_jump(const struct cairn_insn *insn);
/* Of BRANCH, COND, CALL and s_cbranch_i_fork: may be outside of the code. */
uint64_t cairn_insn_branch_target(const struct cairn_program_insn *at);

CAIRN_MUST_CHECK enum cairn_status cairn_walk_run(struct cairn_walk *walk, uint32_t entry);
void cairn_walk_mark(struct cairn_walk *walk, uint32_t offset, unsigned marks);
void cairn_walk_clear(struct cairn_walk *walk);

/* ---- program_blocks.c */

/* Cuts program->blocks (made anew) from the marks: all but edges, order and loops. */
CAIRN_MUST_CHECK enum cairn_status cairn_blocks_cut(struct cairn_program *program,
                                                    struct cairn_walk *walk);

/* Blocks that control may reach next, calls' return points among them though no static edge leads
 * there. Returns how many there are, at most 2. */
unsigned cairn_block_ways(const struct cairn_program *program, uint32_t block, uint32_t ways[2]);

/* ---- program_order.c: predecessors, order, loop_header, loop_depth */
CAIRN_MUST_CHECK enum cairn_status cairn_blocks_order(struct cairn_program *program);

#endif
