/* SPDX-License-Identifier: MIT
 * Which scalar registers hold lane masks, where. A scalar register holds either a number, the same
 * whichever lanes one looks at, or a mask, of which every chunk of lanes (and every merged wave)
 * has bits of its own. Code in which no number is made of a mask may run by chunk, or for all waves
 * of a workgroup at once.
 */
#ifndef CAIRN_FINALIZER_LLVM_LANES_H
#define CAIRN_FINALIZER_LLVM_LANES_H

#include "finalizer/llvm/lift_priv.h"

struct cairn_lanes {
    bool *in_lanes;   /* by instruction: a MASK instruction on bits that differ from lane to lane */
    const char **why; /* by instruction: why it needs all lanes of a wave; NULL: it does not */
    bool is_mask[CAIRN_SREGS]; /* by code: some instruction reads it as a lane mask */
    uint64_t (*own)[3]; /* by block: scalar registers that are masks (SCC: of one) at its start */
};

/* CAIRN_ERR_NO_MEMORY. */
CAIRN_MUST_CHECK enum cairn_status cairn_lanes_build(const struct cairn_lift *lift,
                                                     struct cairn_lanes **out);
void cairn_lanes_destroy(struct cairn_lanes *lanes);

/* The registers that are masks in front of instruction `insn` of the block (or behind it all). */
void cairn_lanes_own_at(const struct cairn_lift *lift, const struct cairn_lanes *lanes,
                        uint32_t block, uint32_t insn, uint64_t own[3]);
/* Makes `own` in front of the instruction what it is behind it. */
struct cairn_lanes_note {
    const char *why; /* as in struct cairn_lanes, if just these are masks */
    bool in_lanes;
};
struct cairn_lanes_note cairn_lanes_step(const struct cairn_lift *lift, uint32_t insn,
                                         uint64_t own[3]);

static inline bool cairn_lanes_has(const uint64_t own[3], unsigned code)
{
    return own[code / 64] >> (code % 64) & 1;
}

#endif
