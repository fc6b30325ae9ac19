/* SPDX-License-Identifier: MIT
 * One settling of float results that wait, which nan.c drives: what the copy of the code
 * (nan_copy.c), the test that asks for it (nan_test.c) and the exact functions (nan_exact.c) share.
 */
#ifndef CAIRN_FINALIZER_LLVM_NAN_PRIV_H
#define CAIRN_FINALIZER_LLVM_NAN_PRIV_H

#include "finalizer/llvm/lift_priv.h"

struct cairn_nan_copied;

struct cairn_nan_settling {
    struct cairn_lift *lift;
    struct cairn_nan *nan;
    LLVMBasicBlockRef here;  /* that ends now */
    LLVMValueRef guest, any; /* the last instructions in it that may write guest memory, memory */
    struct cairn_nan_copied *table; /* open addressing */
    size_t capacity, used;
    LLVMBuilderRef copies; /* in the function */
    LLVMValueRef function;
    LLVMBuilderRef call; /* in the cold block */
    uint64_t offset;     /* in the buffer: what comes next */
};

/* ---- nan_copy.c */
/* Makes the table, with the operations that wait in it; false: no memory. */
bool cairn_nan_open(struct cairn_nan_settling *s);
void cairn_nan_close(struct cairn_nan_settling *s);
/* The operation of which this very value is the result; NULL: none. */
struct cairn_nan_operation *cairn_nan_operation_of(const struct cairn_nan_settling *s,
                                                   LLVMValueRef value);
/* A function that gives the registers' values as they should be, in the buffer, and its call at
 * s->call: register i at places[i], UINT64_MAX: as it is. Operations that these hang on are marked
 * as reached. */
void cairn_nan_build_copies(struct cairn_nan_settling *s, const uint16_t *vregs, unsigned count,
                            uint64_t *places);
/* What the function has put at a place of the buffer, behind its call. */
LLVMValueRef cairn_nan_take_back(struct cairn_nan_settling *s, LLVMTypeRef type, uint64_t at);

/* ---- nan_test.c: is any result of operations that were reached NaN? i1; NULL: nothing that lives
 * hangs on an operation, or there is no memory. */
LLVMValueRef cairn_nan_build_test(struct cairn_nan_settling *s);

/* ---- nan_exact.c */
/* A function of the module's own, for the same CPU as the kernel's. */
LLVMValueRef cairn_nan_function(struct cairn_lift *lift, const char *name, LLVMTypeRef type);
/* What the operation should be: on lanes, or (`scalar`) on one. */
LLVMValueRef cairn_nan_exact_function(struct cairn_lift *lift,
                                      const struct cairn_nan_operation *operation, bool scalar,
                                      LLVMTypeRef *type);
/* Of a branch to where NaNs are: they are made seldom. */
enum { CAIRN_NAN_SELDOM = 1, CAIRN_NAN_MOSTLY = 1 << 20 };

#endif
