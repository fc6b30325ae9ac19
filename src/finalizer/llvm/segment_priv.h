/* SPDX-License-Identifier: MIT
 * What the emission of segments shares: the state of the chunks of one turn (segment_state.c) and
 * the code around it (segment_emit.c).
 */
#ifndef CAIRN_FINALIZER_LLVM_SEGMENT_PRIV_H
#define CAIRN_FINALIZER_LLVM_SEGMENT_PRIV_H

#include "finalizer/llvm/segment.h"

/* The chunks of one turn: more than one if they go in step, instruction by instruction each of them
 * in turn, as the lanes of a wave do. Each has vector registers and masks of its own; scalar
 * registers they have in common. lift->region is that of the part that is emitted. */
struct cairn_parts {
    unsigned count;
    struct cairn_lift_region *region[CAIRN_SEGMENT_PARTS];
    struct cairn_segment *segment[CAIRN_SEGMENT_PARTS];
};

void cairn_parts_use(struct cairn_lift *lift, const struct cairn_parts *parts, unsigned i);

/* Where the instructions of the block end that are not its jump. */
uint32_t cairn_segment_body_end(const struct cairn_lift *lift, uint32_t block);

/* ---- slots */
void cairn_segment_make_slots(struct cairn_lift *lift, struct cairn_segment *segment);
void cairn_parts_make_slots(struct cairn_lift *lift, struct cairn_segment *segment); /* its own */

/* ---- in: from memory, or from scalar registers in front (i32 by code; NULL: not in the segment)
 */
void cairn_segment_load_start(struct cairn_lift *lift, const struct cairn_segment *segment,
                              LLVMValueRef *start);
void cairn_parts_enter(struct cairn_lift *lift); /* lift->region's chunk */
void cairn_parts_enter_scalars(struct cairn_lift *lift, const struct cairn_segment *segment,
                               const LLVMValueRef *start);
/* Behind the scalar instructions that were done in front: what they wrote, to the slots. */
void cairn_parts_leave_front(struct cairn_lift *lift, const struct cairn_parts *parts);

/* ---- between blocks */
/* What is known in front of instruction `from` of the segment's block n. */
void cairn_segment_start_block(struct cairn_lift *lift, uint32_t n, uint32_t from);
void cairn_segment_forget(struct cairn_lift *lift); /* scalar values of another block */
/* Registers, where block `to` looks for them. */
void cairn_parts_hand_on(struct cairn_lift *lift, const struct cairn_parts *parts, uint32_t to);
LLVMValueRef cairn_parts_exec(struct cairn_lift *lift,
                              const struct cairn_parts *parts); /* iW, of all */

/* ---- out: to memory, what is in `live` */
/* What is live in front of instruction `end` of the block, or behind it all. */
void cairn_segment_live_behind(const struct cairn_lift *lift, uint32_t block, uint32_t end,
                               struct cairn_regs *live);
void cairn_parts_leave(struct cairn_lift *lift, const struct cairn_parts *parts,
                       const struct cairn_regs *live);
void cairn_segment_store_scalars(struct cairn_lift *lift, const struct cairn_segment *segment,
                                 const struct cairn_regs *live); /* behind the chunks */

/* ---- segment_fit.c: is there room for all chunks of a wave at once? And how many of a loop? */
bool cairn_segment_fits(const struct cairn_lift *lift, const struct cairn_segment *segment);
unsigned cairn_segment_loop_parts(const struct cairn_lift *lift,
                                  const struct cairn_segment *segment);

#endif
