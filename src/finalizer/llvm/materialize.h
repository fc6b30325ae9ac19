/* SPDX-License-Identifier: MIT
 * The door to materialize.cpp.
 */
#ifndef CAIRN_FINALIZER_LLVM_MATERIALIZE_H
#define CAIRN_FINALIZER_LLVM_MATERIALIZE_H

#include <llvm-c/Types.h>
#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Reads the function's body if it is not there yet. False: the bitcode is damaged. */
bool cairn_semantics_materialize(LLVMValueRef function);

#ifdef __cplusplus
}
#endif

#endif
