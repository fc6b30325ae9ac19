/* SPDX-License-Identifier: MIT
 * One lane of a loop that lanes run one after another, as its instructions are emitted: what
 * serial_lane.c (instructions) and serial_emit.c (loops) share.
 */
#ifndef CAIRN_FINALIZER_LLVM_SERIAL_LANE_H
#define CAIRN_FINALIZER_LLVM_SERIAL_LANE_H

#include "finalizer/llvm/serial.h"

enum { CAIRN_SERIAL_KNOWN = 64, CAIRN_SERIAL_REACHES = 8 };

/* A number of 64 bits and its halves. */
struct cairn_serial_whole {
    LLVMValueRef low, high, value;
};

struct cairn_serial_sum { /* v_add_co_u32 */
    LLVMValueRef carry, a, b, low;
    uint16_t code[2]; /* of the sources */
};

/* A number of which is known that it is within 2^bits of what lanes begin with (`base`: of the
 * halves, operand codes; as values, where these are no vector registers), or of 0. */
struct cairn_serial_near {
    LLVMValueRef value;
    unsigned bits;
    bool from_base;
    uint16_t code[2];
    LLVMValueRef half[2];
    LLVMValueRef base; /* i64, in place of halves */
};

/* One lane as its instructions are emitted. */
struct cairn_serial_lane {
    struct cairn_lift *lift;
    const struct cairn_serial *serial;
    LLVMBasicBlockRef together;     /* where the vector form begins */
    LLVMValueRef from[CAIRN_VREGS]; /* ptr: where a register is that has not been looked at */
    LLVMValueRef value[CAIRN_VREGS], mask[128]; /* i32; i1 by the even code */
    bool dirty[CAIRN_VREGS], put[128];
    struct cairn_serial_whole whole[CAIRN_SERIAL_KNOWN];
    struct cairn_serial_sum sum[CAIRN_SERIAL_KNOWN];
    struct cairn_serial_near near[CAIRN_SERIAL_KNOWN];
    unsigned wholes, sums, nears;
    /* What is to be checked before the first turn. */
    bool pair_used[CAIRN_SERIAL_PAIRS];
    struct cairn_serial_near reach[CAIRN_SERIAL_REACHES];
    unsigned reaches;
};

LLVMValueRef cairn_serial_low_half(struct cairn_lift *lift, LLVMValueRef value);
LLVMValueRef cairn_serial_high_half(struct cairn_lift *lift, LLVMValueRef value);
/* i64 of two halves; remember: that these are the halves of `value`. */
LLVMValueRef cairn_serial_join(struct cairn_serial_lane *lane, LLVMValueRef low, LLVMValueRef high);
void cairn_serial_remember(struct cairn_serial_lane *lane, LLVMValueRef low, LLVMValueRef high,
                           LLVMValueRef value);
/* i32: a vector register. */
LLVMValueRef cairn_serial_get(struct cairn_serial_lane *lane, unsigned vreg);

/* Makes instruction `index` the one that is emitted. */
void cairn_serial_select(struct cairn_lift *lift, uint32_t index);
/* i64: the address of the load that is selected. */
LLVMValueRef cairn_serial_address(struct cairn_serial_lane *lane);
void cairn_serial_emit_insn(struct cairn_serial_lane *lane, uint32_t index);

#endif
