/* SPDX-License-Identifier: MIT
 * Memory instructions (DS, FLAT, GLOBAL, SCRATCH, MUBUF, MTBUF, MIMG) of the interpreter. A handler
 * is chosen once, when code is decoded; it holds no lock and owns nothing while it touches guest
 * memory, so that a SIGSEGV may jump out of it.
 */
#ifndef CAIRN_INTERP_MEMORY_H
#define CAIRN_INTERP_MEMORY_H

#include "isa/insn.h"
#include "machine/wave.h"

/* The handler of a memory instruction; NULL: not implemented (GDS), or none of these (GWS).
 * Handlers do not advance the pc; a fault is recorded in the wave. */
void (*cairn_interp_memory_select(const struct cairn_insn *insn))(struct cairn_wave *wave,
                                                                  const struct cairn_insn *insn);

/* After SIGSEGV at `address` in the handler of `insn`: the lowest active lane whose access covers
 * it, -1 if none. Registers are as before the instruction. */
int cairn_interp_memory_lane(const struct cairn_wave *wave, const struct cairn_insn *insn,
                             uint64_t address);

#endif
