/* SPDX-License-Identifier: MIT
 * The face of the reference interpreter: runs one wave for a while. All state is in the wave, so a
 * wave may go on later, on any thread, but on one thread at a time.
 */
#ifndef CAIRN_INTERP_INTERP_H
#define CAIRN_INTERP_INTERP_H

#include "machine/wave.h"

struct cairn_guard;
struct cairn_insn;

/* Runs `wave` (state READY) until it waits, ends, faults, yields, or has executed about `budget`
 * instructions; returns its new state. A memory fault inside guest code, SIGSEGV included, comes
 * back as CAIRN_WAVE_FAULTED. Checks launch->stop at taken backward branches. */
enum cairn_wave_state cairn_interp_run(struct cairn_wave *wave, uint64_t budget);

/* ---- for who runs finalized code and has entered a guard (machine/guard.h) himself. A jump out of
 * these goes to cairn_interp_caught, if wave->memory_insn is set. */

/* Executes the code from wave->pc up to the next branch, or a few dozen instructions, and counts
 * them. */
void cairn_interp_block(struct cairn_wave *wave);
/* Executes one instruction and counts nothing. True: the wave may go on behind it; false: the pc is
 * elsewhere, or the wave is not READY. *yielded: it lets others run (s_sleep). */
bool cairn_interp_step(struct cairn_wave *wave, bool *yielded);
/* Records the fault behind a jump. */
void cairn_interp_caught(const struct cairn_guard *guard);
/* Puts the mnemonic into the fault of a wave that has faulted. cairn_interp_run does so itself. */
void cairn_interp_name_fault(struct cairn_wave *wave);

/* Frees what the interpreter has cached about a code object; no wave of it may be running. */
void cairn_interp_forget(struct cairn_code *code);

/* Installs the process-wide SIGSEGV/SIGBUS handler, unless it is the current one; a signal that is
 * not ours goes to the handler that was there before. CAIRN_ERR_IO: the system refused. */
CAIRN_MUST_CHECK enum cairn_status cairn_interp_install_handler(void);

/* Is there a meaning for this instruction? If not, a wave that reaches it stops with
 * CAIRN_FAULT_UNIMPLEMENTED. */
bool cairn_interp_has(const struct cairn_insn *insn);

#endif
