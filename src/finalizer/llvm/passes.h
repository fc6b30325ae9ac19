/* SPDX-License-Identifier: MIT
 * The door to the few lines of C++: LLVM's C interface can run passes only by way of its registry,
 * which holds all passes that there are and makes the module half again as big.
 */
#ifndef CAIRN_FINALIZER_LLVM_PASSES_H
#define CAIRN_FINALIZER_LLVM_PASSES_H

#include <llvm-c/TargetMachine.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Runs the passes of a tier, quick or full, over every function of the module. */
void cairn_passes_run(LLVMModuleRef module, LLVMTargetMachineRef machine, bool full);

#ifdef __cplusplus
}
#endif

#endif
