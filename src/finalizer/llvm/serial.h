/* SPDX-License-Identifier: MIT
 * Loops that lanes run one after another. Where each lane goes through memory on its own and leaves
 * the loop when it likes, gathers fetch one element from each of many lines, and lanes that have
 * left wait for the last one: the host is faster with one lane at a time, whose loads are the next
 * ones in its caches and prefetchers. Such are walks over the rows of a sparse matrix.
 */
#ifndef CAIRN_FINALIZER_LLVM_SERIAL_H
#define CAIRN_FINALIZER_LLVM_SERIAL_H

#include "finalizer/llvm/lift_priv.h"

enum { CAIRN_SERIAL_PAIRS = 16 };

/* Two registers that are one number of 64 bits from turn to turn. */
struct cairn_serial_pair {
    uint16_t low, high;
    bool steady; /* each turn adds `step`, and nothing else changes it */
    uint32_t step;
};

struct cairn_serial {
    uint32_t block;
    struct cairn_regs reads, writes; /* s: masks only */
    struct cairn_serial_pair pair[CAIRN_SERIAL_PAIRS];
    unsigned pair_count;
    uint32_t first_load; /* instruction */
    /* The mask of lanes that leave, where it is made by one s_or_b64 with itself, and taken from
     * EXEC only: a lane that begins with it set makes one turn. 0: there is none. */
    unsigned leaving;
};

/* Is the block such a loop? The vector form stays legal: which one pays is also a matter of where
 * lanes are at run time. */
bool cairn_serial_find(struct cairn_lift *lift, uint32_t block, struct cairn_serial *out);

/* Emits it at the block's start, taken if the addresses of the first load are apart in the first
 * two lanes; lift->region->scalar then stands where they are not. */
void cairn_serial_emit(struct cairn_lift *lift, const struct cairn_serial *serial);

/* Bytes of a load that lanes may do one by one, 0: it is none; whether its sign is extended. */
unsigned cairn_serial_load_bytes(const struct cairn_insn *insn, bool *is_signed);

#endif
