/* SPDX-License-Identifier: MIT
 * Scalar instructions in IR: what lift_scalar.c (which they are, operands, results),
 * lift_scalar_ops.c (meanings), lift_mask.c (bit operations, on lanes too) and lift_smem.c (loads)
 * share.
 */
#ifndef CAIRN_FINALIZER_LLVM_LIFT_SCALAR_H
#define CAIRN_FINALIZER_LLVM_LIFT_SCALAR_H

#include "finalizer/llvm/lift.h"

/* One instruction being evaluated: values are i32 or i64 as its row says. */
struct cairn_scalar_op {
    struct cairn_lift *lift;
    LLVMBuilderRef b;
    unsigned op;         /* enum cairn_op */
    LLVMValueRef s0, s1; /* SOPK: old destination, immediate */
    LLVMValueRef old;    /* old destination of those that keep some of it */
    LLVMValueRef carry;  /* i1: SCC before */
    LLVMValueRef value;  /* result, NULL if none */
    LLVMValueRef scc;    /* i1: SCC behind, NULL if it stays */
};

/* ---- lift_scalar_ops.c: false if there is no meaning for the instruction */
bool cairn_scalar_arithmetic(struct cairn_scalar_op *op);
bool cairn_scalar_bits(struct cairn_scalar_op *op);
bool cairn_scalar_compare(struct cairn_scalar_op *op);

/* ---- lift_mask.c */
bool cairn_scalar_is_logic(unsigned op); /* s_and_b32, s_not_b64, s_and_saveexec_b64, ... */
/* Of two sources (one: s1 is not looked at), numbers or lane masks: <width x i1>. */
LLVMValueRef cairn_scalar_logic(LLVMBuilderRef b, unsigned op, LLVMValueRef s0, LLVMValueRef s1);
bool cairn_scalar_is_mask(const struct cairn_insn *insn); /* may be done on lanes */
/* EXEC = f(source, EXEC); the destination gets EXEC as it was, or (wrexec) as it is now. */
bool cairn_scalar_sets_exec(unsigned op, bool *keeps_old);
void cairn_lift_mask_op(struct cairn_lift *lift);

/* ---- lift_smem.c */
bool cairn_scalar_is_load(const struct cairn_insn *insn);
void cairn_scalar_load(struct cairn_lift *lift);

#endif
