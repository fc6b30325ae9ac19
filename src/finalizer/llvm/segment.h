/* SPDX-License-Identifier: MIT
 * Segments: pieces of the program with branches in them that run chunk after chunk, as a region
 * does, each chunk taking its own way through them with its registers in SSA form. A segment
 * begins somewhere in one block, the only way in, and ends somewhere in another, the only way out;
 * between them is no loop, or all of it is one loop.
 */
#ifndef CAIRN_FINALIZER_LLVM_SEGMENT_H
#define CAIRN_FINALIZER_LLVM_SEGMENT_H

#include "finalizer/llvm/gate.h"

enum { CAIRN_SEGMENT_BLOCKS = 64, CAIRN_SEGMENT_PARTS = 8, CAIRN_SEGMENT_LOADED = 8 };

struct cairn_segment {
    uint32_t block[CAIRN_SEGMENT_BLOCKS], count; /* the first and the last may be in it in part */
    uint32_t first, end; /* instructions: of the first block from here, of the last up to here */
    bool loop;           /* the last block leads back to the first */
    bool by_exec;        /* the loop goes on while EXEC has bits; else while SCC says so */
    /* So many chunks in step: all of a wave where lanes could see each other's accesses to memory
     * in another order than a wave makes them; else 1. */
    unsigned parts;
    /* Scalar instructions of the first block are done once, in front of the chunks. */
    bool front;
    /* Scalar registers that are masks of the segment's own making, so that a chunk knows its bits
     * alone, where each block begins. */
    uint64_t masks[CAIRN_SEGMENT_BLOCKS][3];
    struct cairn_regs reads, writes; /* v: of lanes; s: masks */
    struct cairn_regs scalar_writes; /* by scalar instructions that each chunk runs for itself */
    uint32_t insns;

    /* Variables: stack slots, which LLVM makes SSA values of. Of vector registers there are two,
     * the lanes or lane 0's value, which the shapes at a block's start choose from. */
    LLVMValueRef row[CAIRN_VREGS], base[CAIRN_VREGS];
    LLVMValueRef mask[CAIRN_SREGS]; /* <width x i1>, by the even code */
    LLVMValueRef scalars, best;     /* SEGMENT_SCALARS dwords: scalar registers `inside`; best: what
                                       they are behind the segment */
    bool inside[CAIRN_SREGS];       /* each chunk has its own */
    LLVMValueRef left, least;       /* i32: turns left to this chunk, and least of all chunks */
    LLVMValueRef again;             /* i1: some chunk has not ended */
    LLVMValueRef any;               /* iW: EXEC of all chunks */

    /* Of the block that is being lifted. */
    bool as_base[CAIRN_VREGS]; /* where a register is that has not been looked at */
    uint64_t own[3];           /* scalar registers that are masks of the segment now */
    bool in_front;             /* it is the first one, and `front` */

    /* Loads of whole waves so far. */
    struct cairn_segment_loaded {
        LLVMValueRef from[2]; /* struct cairn_lift_addresses */
        int64_t imm;
    } loaded[CAIRN_SEGMENT_LOADED];
    unsigned loaded_count;
};

/* The first segment of block `block` at instruction `from` or later. */
bool cairn_segment_find(const struct cairn_lift *lift, uint32_t block, uint32_t from,
                        struct cairn_segment *out);

/* Emits it, with lift->region->scalar in front; behind it, that stands behind it, and nothing of
 * scalars and shapes is known. Loops end the block. False: no memory. */
bool cairn_segment_emit(struct cairn_lift *lift, struct cairn_segment *segment);

LLVMValueRef cairn_segment_sgpr_pointer(struct cairn_lift *lift, unsigned code);

#endif
