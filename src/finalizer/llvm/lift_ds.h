/* SPDX-License-Identifier: MIT
 * What LDS loads and stores share with LDS atomics.
 */
#ifndef CAIRN_FINALIZER_LLVM_LIFT_DS_H
#define CAIRN_FINALIZER_LLVM_LIFT_DS_H

#include "finalizer/llvm/lift_memory.h"

/* Where lanes are in LDS: own + imm, modulo 2^32. */
struct cairn_lift_ds_place {
    uint32_t imm;
    LLVMValueRef own, all; /* v32: without and with imm */
    bool regular;          /* lane i is at first + i * stride, which is small */
    int32_t stride;
    LLVMValueRef first; /* i32 */
    bool inside;        /* all lanes are inside of LDS for sure */
};

/* What an instruction accesses from each lane's address on: `bytes` at one or two offsets. */
struct cairn_lift_ds_span {
    unsigned count, bytes;
    uint32_t offset[2];
    bool loads, stores;
};
/* False: it is none that accesses LDS, or not lifted. */
bool cairn_lift_ds_span_of(const struct cairn_insn *insn, struct cairn_lift_ds_span *out);

struct cairn_lift_ds_place cairn_lift_ds_place_of(struct cairn_lift *lift, uint32_t imm);
/* i1: [first, first + span) lies in LDS. */
LLVMValueRef cairn_lift_ds_span_inside(struct cairn_lift *lift, LLVMValueRef first, uint64_t span);
/* v1: access->bytes at the offset lie in LDS. */
LLVMValueRef cairn_lift_ds_inside(struct cairn_lift_access *access, LLVMValueRef offsets);
/* i1: access->bytes at the offset of each active lane do. */
LLVMValueRef cairn_lift_ds_lanes_inside(struct cairn_lift_access *access, LLVMValueRef offsets);
LLVMValueRef cairn_lift_ds_pointer(struct cairn_lift *lift, LLVMValueRef offset);

/* ---- lift_ds_atomic.c */
bool cairn_lift_ds_atomic_knows(const struct cairn_insn *insn);
void cairn_lift_ds_atomic_emit(struct cairn_lift *lift);

#endif
