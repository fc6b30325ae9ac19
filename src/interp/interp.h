/* SPDX-License-Identifier: MIT
 * The face of the reference interpreter: runs one wave for a while. All state is in the wave, so a
 * wave may go on later, on any thread, but on one thread at a time.
 */
#ifndef CAIRN_INTERP_INTERP_H
#define CAIRN_INTERP_INTERP_H

#include "machine/wave.h"

struct cairn_insn;

/* Runs `wave` (state READY) until it waits, ends, faults, yields, or has executed about `budget`
 * instructions; returns its new state. A memory fault inside guest code, SIGSEGV included, comes
 * back as CAIRN_WAVE_FAULTED. Checks launch->stop at taken backward branches. */
enum cairn_wave_state cairn_interp_run(struct cairn_wave *wave, uint64_t budget);

/* Frees what the interpreter has cached about a code object; no wave of it may be running. */
void cairn_interp_forget(struct cairn_code *code);

/* Installs the process-wide SIGSEGV/SIGBUS handler, unless it is the current one; a signal that is
 * not ours goes to the handler that was there before. CAIRN_ERR_IO: the system refused. */
CAIRN_MUST_CHECK enum cairn_status cairn_interp_install_handler(void);

/* Is there a meaning for this instruction? If not, a wave that reaches it stops with
 * CAIRN_FAULT_UNIMPLEMENTED. */
bool cairn_interp_has(const struct cairn_insn *insn);

#endif
