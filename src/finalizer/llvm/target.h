/* SPDX-License-Identifier: MIT
 * LLVM's x86-64 code generator, set up for one level of the host's instruction set and one tier,
 * and from IR to the bytes of an object file. Targets are kept and used again: making one costs
 * more than compiling a small function.
 */
#ifndef CAIRN_FINALIZER_LLVM_TARGET_H
#define CAIRN_FINALIZER_LLVM_TARGET_H

#include "finalizer/finalizer.h"

#include <llvm-c/TargetMachine.h>

struct cairn_target {
    LLVMTargetMachineRef machine;
    enum cairn_target_level level;
    enum cairn_tier tier;
    unsigned lanes;            /* of a chunk: 32-bit elements of the widest vector that pays */
    struct cairn_target *next; /* while it is not in use */
};

/* A target for use by this thread alone until it is given back; one may be kept by several contexts
 * one after another. The level must be one that the host has, if the code is to run.
 * CAIRN_ERR_NO_MEMORY; CAIRN_ERR_UNSUPPORTED: LLVM does not know the target (logged). */
CAIRN_MUST_CHECK enum cairn_status
cairn_target_take(enum cairn_target_level level, enum cairn_tier tier, struct cairn_target **out);
void cairn_target_give(struct cairn_target *target);

/* Triple and data layout: to be set before the module gets its first function. */
void cairn_target_set_module(const struct cairn_target *target, LLVMModuleRef module);

/* Attributes that every function with a body must have: the vector width of the level, no
 * unwinding, no stack probes, no frame pointer. */
void cairn_target_set_function(const struct cairn_target *target, LLVMValueRef function);

/* Generates code; the module is of no use afterwards. `*object` is malloc'ed and the caller's.
 * CAIRN_ERR_NO_MEMORY; CAIRN_ERR_UNSUPPORTED: LLVM could not (logged). Within cairn_guard_run. */
CAIRN_MUST_CHECK enum cairn_status cairn_target_emit(LLVMModuleRef module,
                                                     LLVMTargetMachineRef machine, uint8_t **object,
                                                     size_t *object_bytes);

#endif
