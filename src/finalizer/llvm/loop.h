/* SPDX-License-Identifier: MIT
 * Inner loops by chunk: where no lane can see what another one does, a chunk makes many turns of
 * the loop before the next chunk does, with its registers in SSA form.
 */
#ifndef CAIRN_FINALIZER_LLVM_LOOP_H
#define CAIRN_FINALIZER_LLVM_LOOP_H

#include "finalizer/llvm/lift_priv.h"

/* Variables of the loop: stack slots, which LLVM makes SSA values of. */
struct cairn_loop {
    LLVMValueRef row[CAIRN_VREGS];  /* <width x i32>: vector registers that it names */
    LLVMValueRef mask[CAIRN_SREGS]; /* iW: masks that the lanes use, by the even code */
    LLVMValueRef scalars, best;     /* 130 dwords: scalar registers `inside`; best: after the most
                                       turns that any chunk has made */
    bool inside[CAIRN_SREGS];       /* written by scalar instructions, or beside such */
    bool by_exec;                   /* goes on while EXEC has bits; else while SCC says so */
    LLVMValueRef left, least;       /* i32: turns left to this chunk, and least of all chunks */
    LLVMValueRef again;             /* i1: some chunk has not ended */
};

LLVMValueRef cairn_loop_sgpr_pointer(struct cairn_lift *lift, unsigned code);

/* Emits block `block`, planned as `plans`, if it is such a loop. */
bool cairn_loop_emit(struct cairn_lift *lift, uint32_t block, const struct cairn_plan *plans);

#endif
