/* SPDX-License-Identifier: MIT
 * Shuffles between elements of several dwords as they lie in memory, and a vector for each dword.
 * "Parts" are vectors of `width` dwords, one behind the other in memory.
 */
#ifndef CAIRN_FINALIZER_LLVM_LIFT_SHUFFLE_H
#define CAIRN_FINALIZER_LLVM_LIFT_SHUFFLE_H

#include "finalizer/llvm/lift.h"

/* <width> elements first, first + step, ... of a longer vector. */
LLVMValueRef cairn_lift_every(struct cairn_lift *lift, LLVMValueRef from, unsigned first,
                              unsigned step);
/* <2 * width>: a0 b0 a1 b1 ... */
LLVMValueRef cairn_lift_weave2(struct cairn_lift *lift, LLVMValueRef a, LLVMValueRef b);
void cairn_lift_unweave3(struct cairn_lift *lift, const LLVMValueRef *parts, LLVMValueRef *columns);
void cairn_lift_weave3(struct cairn_lift *lift, const LLVMValueRef *columns, LLVMValueRef *parts);
void cairn_lift_unweave4(struct cairn_lift *lift, const LLVMValueRef *parts, LLVMValueRef *columns);
void cairn_lift_weave4(struct cairn_lift *lift, const LLVMValueRef *columns, LLVMValueRef *parts);
/* lanes: `width` times <4 x i32>. */
void cairn_lift_columns_of_lanes(struct cairn_lift *lift, const LLVMValueRef *lanes,
                                 LLVMValueRef *columns);
void cairn_lift_lanes_of_columns(struct cairn_lift *lift, const LLVMValueRef *columns,
                                 LLVMValueRef *lanes);

#endif
