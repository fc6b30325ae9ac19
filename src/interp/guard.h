/* SPDX-License-Identifier: MIT
 * SIGSEGV and SIGBUS of guest memory instructions become faults of the wave. For src/interp only.
 */
#ifndef CAIRN_INTERP_GUARD_H
#define CAIRN_INTERP_GUARD_H

#include "machine/wave.h"

#include <setjmp.h>

/* One on the stack of each cairn_interp_run. The signal handler jumps to it while the wave's
 * memory_insn says that guest memory is being touched. */
struct cairn_guard {
    sigjmp_buf jump;
    struct cairn_wave *wave;
    struct cairn_guard *outer;
    uint64_t address; /* of the last fault */
    bool read_only;
};

void cairn_guard_enter(struct cairn_guard *guard, struct cairn_wave *wave);
void cairn_guard_leave(struct cairn_guard *guard);

#endif
