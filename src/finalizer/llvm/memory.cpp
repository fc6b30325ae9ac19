/* SPDX-License-Identifier: MIT
 * What happens when LLVM gets no memory: by its own allocation functions, or by operator new, whose
 * handler is the process's. Threads that compile go to the guard; all others are left to the
 * handler that was there before, or get what they would have got: an exception. That is why this
 * file alone is compiled with exceptions.
 */
#include "finalizer/llvm/memory.h"

#include <llvm/Support/ErrorHandling.h>

#include <new>

namespace
{

std::new_handler before;

void no_memory_for_new()
{
    cairn_guard_no_memory();
    if (before == nullptr)
        throw std::bad_alloc();
    before();
}

void no_memory(void *, const char *, bool)
{
    cairn_guard_no_memory();
}

} // namespace

void cairn_memory_handlers_install(void)
{
    llvm::install_bad_alloc_error_handler(no_memory);
    before = std::set_new_handler(no_memory_for_new);
}
