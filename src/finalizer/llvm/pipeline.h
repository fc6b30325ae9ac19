/* SPDX-License-Identifier: MIT
 * The passes over a lifted kernel's IR before code generation, one list a tier. What goes
 * in and what comes out is verified in debug builds, when the IR is dumped, and as CAIRN_VERIFY
 * says.
 */
#ifndef CAIRN_FINALIZER_LLVM_PIPELINE_H
#define CAIRN_FINALIZER_LLVM_PIPELINE_H

#include "finalizer/finalizer.h"

#include <llvm-c/TargetMachine.h>

/* Within cairn_guard_run. CAIRN_ERR_BAD_FORMAT: the IR is not well-formed, before or after the
 * passes (logged with LLVM's words; our own bug). CAIRN_ERR_UNSUPPORTED: a pass failed (logged). */
CAIRN_MUST_CHECK enum cairn_status
cairn_pipeline_run(LLVMModuleRef module, LLVMTargetMachineRef machine, enum cairn_tier tier);

#endif
