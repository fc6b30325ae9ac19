/* SPDX-License-Identifier: MIT
 * Reads the body of a function of a lazily loaded module, which LLVM's C interface cannot.
 */
#include "finalizer/llvm/materialize.h"

#include <llvm/IR/Function.h>
#include <llvm/Support/Error.h>

using namespace llvm;

bool cairn_semantics_materialize(LLVMValueRef function)
{
    Error error = unwrap<Function>(function)->materialize();
    bool read = !error;
    consumeError(std::move(error));
    return read;
}
