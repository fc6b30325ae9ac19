/* SPDX-License-Identifier: MIT
 * SIGSEGV and SIGBUS that guest code causes come back to who runs it, through a jump. One
 * process-wide handler; each run of guest code puts a guard on its stack.
 */
#ifndef CAIRN_MACHINE_GUARD_H
#define CAIRN_MACHINE_GUARD_H

#include "machine/wave.h"

#include <setjmp.h>

/* The signal handler jumps to `jump` while the wave's memory_insn says that the interpreter touches
 * guest memory, or while `native` says that finalized code runs. sigsetjmp is the user's, with no
 * signal mask saved. */
struct cairn_guard {
    sigjmp_buf jump;
    struct cairn_wave *wave;
    struct cairn_guard *outer;
    bool native;
    bool read_only;   /* of the last fault: a store to a page that is there */
    bool stored;      /* of the last fault: a store */
    uint64_t address; /* of the last fault */
};

void cairn_guard_enter(struct cairn_guard *guard, struct cairn_wave *wave);
void cairn_guard_leave(struct cairn_guard *guard);

/* Installs the handler of SIGSEGV and SIGBUS, unless it is the current one; a signal that is not
 * ours goes to the handler that was there before. CAIRN_ERR_IO: the system refused. */
CAIRN_MUST_CHECK enum cairn_status cairn_guard_install(void);

/* `may_retry` is asked first, on every fault of the process, inside of the signal handler: true
 * repeats the access. For who changes the protection of memory in use. */
void cairn_guard_set_retry(bool (*may_retry)(uint64_t address));

/* What the last fault was, once the jump has been taken. */
enum cairn_fault_kind cairn_guard_kind(const struct cairn_guard *guard);

#endif
