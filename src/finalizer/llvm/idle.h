/* SPDX-License-Identifier: MIT
 * Lane masks of lanes that are off: what bit operations make of them, compared with what they were
 * before. Loops by chunk ask it of a chunk that has no active lanes left, merged waves of a wave.
 */
#ifndef CAIRN_FINALIZER_LLVM_IDLE_H
#define CAIRN_FINALIZER_LLVM_IDLE_H

#include "isa/insn.h"

enum cairn_idle {
    CAIRN_IDLE_NEW, /* not reached yet */
    CAIRN_IDLE_UNKNOWN,
    CAIRN_IDLE_ZERO,
    CAIRN_IDLE_SAME,
};

/* `idle` is by operand code, 128 of them. */
uint8_t cairn_idle_of(const uint8_t *idle, const struct cairn_operand *operand);
uint8_t cairn_idle_and(uint8_t a, uint8_t b);
uint8_t cairn_idle_or(uint8_t a, uint8_t b);
/* The destination of s_mov_b64 and of bit operations on two masks. */
uint8_t cairn_idle_result(const uint8_t *idle, const struct cairn_insn *insn);

#endif
