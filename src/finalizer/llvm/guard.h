/* SPDX-License-Identifier: MIT
 * Keeps the process alive when LLVM gives up. LLVM reports what it cannot do either as a diagnostic
 * of a context, whose default handler exits, or as a fatal error, which exits: here both end the
 * compilation with a status; so do a crash and a lack of memory. What the compilation had allocated
 * is then lost.
 */
#ifndef CAIRN_FINALIZER_LLVM_GUARD_H
#define CAIRN_FINALIZER_LLVM_GUARD_H

#include "base/status.h"

#include <llvm-c/Types.h>
#include <stdbool.h>

/* Runs `body(argument)`, in which every use of LLVM must happen, and gives what it returns.
 * CAIRN_ERR_UNSUPPORTED: LLVM reported an error or crashed, which is logged; CAIRN_ERR_IO: crashes
 * cannot be caught. Any thread; must not nest. `name` is of the kernel, for messages. After a fatal
 * error or a crash the frames between here and LLVM are gone without clean-up: locks must not be
 * held and nothing precious be owned in `body`. */
CAIRN_MUST_CHECK enum cairn_status
cairn_guard_run(const char *name, enum cairn_status (*body)(void *argument), void *argument);

/* A new context whose errors are counted by the guard; the caller disposes of it. Value names are
 * discarded unless this kernel's IR is dumped. */
LLVMContextRef cairn_guard_context(void);

/* Whether LLVM has reported an error since the guard of this thread began. */
bool cairn_guard_failed(void);

/* Whether the last guard of this thread ended with a fatal error or crash: what LLVM worked with
 * then must not be used again. */
bool cairn_guard_lost(void);

/* Name of the kernel that this thread compiles, "?" outside of a guard. */
const char *cairn_guard_name(void);

#endif
