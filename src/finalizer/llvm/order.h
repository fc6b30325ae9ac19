/* SPDX-License-Identifier: MIT
 * The order of memory accesses. Lanes of a wave run in lock step; a loop over chunks does not, so
 * an access must not be in one loop with an earlier one of its address space if one of the two
 * stores, unless each lane provably stays in its own stretch of memory.
 */
#ifndef CAIRN_FINALIZER_LLVM_ORDER_H
#define CAIRN_FINALIZER_LLVM_ORDER_H

#include "finalizer/llvm/lift_priv.h"

enum { CAIRN_SPACE_LDS = 1, CAIRN_SPACE_GLOBAL = 2, CAIRN_SPACES = 2 };
enum { CAIRN_LDS_DWORDS = 1 << 14 };

/* Accesses of one address space so far. */
struct cairn_traffic {
    bool loads, stores;
    /* All with the same address registers, and each lane in its own stretch of memory. */
    bool shared;
    /* All are this operation (enum cairn_op), which gives the same in any order; 0: they are not.
     */
    uint16_t commutes;
    uint16_t address, base; /* operand codes */
    uint16_t version[2];    /* of the address registers */
    uint32_t block;
    int64_t low, high, stride;
};

struct cairn_order {
    const struct cairn_lift *lift;
    struct cairn_traffic traffic[CAIRN_SPACES];
    uint16_t version[CAIRN_VREGS]; /* how often a register was written since the start */
    /* LDS by dwords: the last chunk, counted from 1, that loads or stores it, as far as the
     * accesses are all known. */
    uint8_t loaded[CAIRN_LDS_DWORDS], stored[CAIRN_LDS_DWORDS];
    bool lds_used, lds_known;
};

/* For the first time: of a zeroed struct. */
void cairn_order_start(struct cairn_order *order, const struct cairn_lift *lift);
/* True if the access must come behind all those so far. `shape`, `known`: in front of it. */
bool cairn_order_conflicts(struct cairn_order *order, const struct cairn_shape shape[CAIRN_VREGS],
                           const struct cairn_known_state *known,
                           const struct cairn_program_insn *at);
/* Does it change memory in a way that gives the same in any order of lanes, and nothing else? */
bool cairn_order_commutes(const struct cairn_insn *insn);
/* Of a scalar access, which is made in front of the loop's lanes. */
bool cairn_order_scalar_conflicts(const struct cairn_order *order,
                                  const struct cairn_program_insn *at);
/* An instruction has written these. */
void cairn_order_wrote(struct cairn_order *order, const struct cairn_regs *writes);

#endif
