/* SPDX-License-Identifier: MIT
 * Inside of the semantics library: where its bitcode is, and functions prepared for copying.
 */
#ifndef CAIRN_FINALIZER_LLVM_SEMANTICS_PRIV_H
#define CAIRN_FINALIZER_LLVM_SEMANTICS_PRIV_H

#include "finalizer/llvm/semantics.h"

/* An instruction to copy. */
struct cairn_semantics_step {
    LLVMValueRef model;
    LLVMOpcode opcode;
    LLVMValueRef callee; /* of calls: the library's declaration */
    uint32_t operands;   /* first in `operand` */
    uint32_t operand_count;
};

/* A function taken apart. Values are numbered: arguments first, then steps. */
struct cairn_semantics_function {
    unsigned arguments, steps;
    struct cairn_semantics_step *step;
    int32_t *operand; /* number of a value, or -1: a constant, which stays */
    LLVMTypeRef *argument_type;
    LLVMTypeRef result_type;
    int32_t result;        /* number of the value returned, or -1 */
    LLVMValueRef constant; /* then this */
};

/* Takes a library function (with its body) apart. NULL: no memory. */
struct cairn_semantics_function *cairn_semantics_function_create(LLVMValueRef function);
void cairn_semantics_function_destroy(struct cairn_semantics_function *function);

#endif
