/* SPDX-License-Identifier: MIT
 * Whether all waves of a workgroup may run as one, and what that takes.
 */
#ifndef CAIRN_FINALIZER_LLVM_MERGE_H
#define CAIRN_FINALIZER_LLVM_MERGE_H

#include "finalizer/llvm/lift_priv.h"

struct cairn_merge {
    bool *in_lanes; /* by instruction: a MASK instruction on bits that differ from wave to wave */
    bool is_mask[CAIRN_SREGS]; /* by code: some instruction reads it as a lane mask */
    uint64_t (*own)[2]; /* by block: scalar registers that each wave has its own of, at its start */
};

/* *why: NULL if it is legal, else the reason. CAIRN_ERR_NO_MEMORY. */
CAIRN_MUST_CHECK enum cairn_status cairn_merge_build(const struct cairn_lift *lift,
                                                     struct cairn_merge **out, const char **why);
/* The registers that each wave has its own of in front of instruction `insn`. */
void cairn_merge_own_at(const struct cairn_lift *lift, const struct cairn_merge *merge,
                        uint32_t insn, uint64_t own[2]);
/* Adds the table of regions to the module; see struct cairn_native_own. */
CAIRN_MUST_CHECK enum cairn_status cairn_merge_emit_table(struct cairn_lift *lift);

void cairn_merge_destroy(struct cairn_merge *merge);

#endif
