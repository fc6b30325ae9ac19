/* SPDX-License-Identifier: MIT
 * A segment while it grows: what segment_grow.c (instructions and blocks) and segment.c (where it
 * ends, loops) share.
 */
#ifndef CAIRN_FINALIZER_LLVM_SEGMENT_GROW_PRIV_H
#define CAIRN_FINALIZER_LLVM_SEGMENT_GROW_PRIV_H

#include "finalizer/llvm/order.h"
#include "finalizer/llvm/segment_priv.h"

struct cairn_growth {
    const struct cairn_lift *lift;
    bool in_step;  /* the chunks of a wave go in step: any order of accesses will do */
    bool conflict; /* that was needed */
    const struct cairn_program *program;
    struct cairn_segment *segment;
    struct cairn_order order;
    uint32_t stores; /* and atomics, but for those that may come in any order */
    bool lane;       /* there are vector instructions */
    struct cairn_shape shape[CAIRN_VREGS]; /* in front of the instruction that is looked at */
    struct cairn_known_state known;
    uint64_t own[3]; /* masks behind the last instruction that was looked at */
    uint64_t out[CAIRN_SEGMENT_BLOCKS][3]; /* and behind each block */
    uint64_t round[3];                     /* that come round a loop */
};

/* Begins with `block`, of which instructions from `first` on are in, but adds none. */
void cairn_growth_start(struct cairn_growth *growth, uint32_t block, uint32_t first);
/* Makes the last part of the block, behind whatever may not be, the segment so far. */
void cairn_growth_begin(struct cairn_growth *growth, uint32_t block, uint32_t from);
/* Adds the block up to the first instruction that may not be in; returns where that is. */
uint32_t cairn_growth_add_block(struct cairn_growth *growth, uint32_t block);

bool cairn_growth_has(const struct cairn_growth *growth, uint32_t block);
/* Does each chunk know which way to go at the end of the block? */
bool cairn_growth_hands_on(const struct cairn_growth *growth, struct cairn_gates *gates,
                           uint32_t block);
/* Blocks that ways out of the segment lead to: how many, and one of them that all ways to are from
 * inside. */
uint32_t cairn_growth_targets(const struct cairn_growth *growth, uint32_t *candidate);
/* A pair of which one half is a mask and the other a number is neither to whoever reads it later.
 */
bool cairn_growth_halves_agree(const struct cairn_growth *growth, const struct cairn_regs *live);

#endif
