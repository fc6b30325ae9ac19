/* SPDX-License-Identifier: MIT
 * What lift_vector.c (blocks, strides) and lift_gather.c (an index a lane) share: elements of the
 * lanes as one vector, and lanes one by one.
 */
#ifndef CAIRN_FINALIZER_LLVM_LIFT_VECTOR_H
#define CAIRN_FINALIZER_LLVM_LIFT_VECTOR_H

#include "finalizer/llvm/lift_memory.h"

/* The type in which lane i is element i, or its first two dwords. */
LLVMTypeRef cairn_lift_element_vector(struct cairn_lift_access *access);
/* Such a vector into access->data, and access->data as one. */
void cairn_lift_spread_elements(struct cairn_lift_access *access, LLVMValueRef value);
LLVMValueRef cairn_lift_join_elements(struct cairn_lift_access *access);

/* access->data from and to at[i] (ptr), lane by lane. */
void cairn_lift_load_lanes(struct cairn_lift_access *access, const LLVMValueRef *at);
void cairn_lift_store_lanes(struct cairn_lift_access *access, const LLVMValueRef *at);

#endif
