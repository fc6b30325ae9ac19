/* SPDX-License-Identifier: MIT
 * Between the guard, which is C, and what must be said in C++ of running out of memory.
 */
#ifndef CAIRN_FINALIZER_LLVM_MEMORY_H
#define CAIRN_FINALIZER_LLVM_MEMORY_H

#ifdef __cplusplus
extern "C" {
#endif

/* Once a process: from then on a compilation that gets no memory ends in cairn_guard_no_memory().
 */
void cairn_memory_handlers_install(void);

/* guard.c: ends the compilation of this thread, and does not return then; returns if it runs none.
 */
void cairn_guard_no_memory(void);

#ifdef __cplusplus
}
#endif

#endif
