/* SPDX-License-Identifier: MIT
 * Lanes that read other lanes of their wave: fixed patterns (DPP, ds_swizzle), and whole rows of
 * registers in memory as they were in front of a region. For lift_cross*.c and lift_dpp.c.
 */
#ifndef CAIRN_FINALIZER_LLVM_LIFT_CROSS_H
#define CAIRN_FINALIZER_LLVM_LIFT_CROSS_H

#include "finalizer/llvm/lift.h"

/* The lane that each lane of a wave reads; -1: none. */
struct cairn_lift_pattern {
    int8_t from[CAIRN_WAVE_LANES];
};

/* Does every chunk read only from itself, and all in the same way? */
bool cairn_lift_pattern_in_chunk(const struct cairn_lift_pattern *pattern, unsigned width);

/* The operand in `slot` as the pattern moves it; `source` is what the lanes of this chunk hold of
 * it (<width x i32> or, of two dwords, <width x i64>). *valid: lanes whose source lane is there and
 * active. A lane that is not valid gets some value. LANE only. */
LLVMValueRef cairn_lift_pattern_apply(struct cairn_lift *lift,
                                      const struct cairn_lift_pattern *pattern, unsigned slot,
                                      LLVMValueRef source, LLVMValueRef *valid);

/* The pattern of a DPP control (insn->dpp_ctrl). */
void cairn_lift_dpp_pattern(unsigned control, struct cairn_lift_pattern *pattern);

/* ptr: rows of the function's stack for a WAVE instruction, which another may use again. */
enum cairn_lift_spare {
    CAIRN_SPARE_A, /* 2 rows */
    CAIRN_SPARE_B, /* 2 rows */
    CAIRN_SPARE_C, /* 33 rows */
};
LLVMValueRef cairn_lift_spare_rows(struct cairn_lift *lift, enum cairn_lift_spare which);
/* ptr: so many rows that are the caller's for good. */
LLVMValueRef cairn_lift_stack_rows(struct cairn_lift *lift, unsigned rows);
/* Waves that run as one, and ptr: row of a register of such a wave, lane 0. */
unsigned cairn_lift_waves(const struct cairn_lift *lift);
LLVMValueRef cairn_lift_wave_row(struct cairn_lift *lift, unsigned vreg, unsigned wave);

/* A row of 64 dwords to another, as the pattern moves it; lanes without a source get 0. */
void cairn_lift_move_row(struct cairn_lift *lift, const struct cairn_lift_pattern *pattern,
                         LLVMValueRef from, LLVMValueRef to);

/* A LANE instruction's view of a whole register: ptr to 64 dwords of the wave that this chunk
 * belongs to, as they were in front of the region, with 0 for lanes that are off. */
LLVMValueRef cairn_lift_clean_row(struct cairn_lift *lift, unsigned vreg);
/* ptr + the chunk's wave number * wave_bytes (+ the chunk's number in its wave * chunk_bytes). */
LLVMValueRef cairn_lift_of_chunk(struct cairn_lift *lift, LLVMValueRef base, uint64_t wave_bytes,
                                 uint64_t chunk_bytes);

#endif
