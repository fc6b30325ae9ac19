/* SPDX-License-Identifier: MIT
 * Branches around code that lanes with an empty EXEC need not run: s_cbranch_execz, and execnz back
 * into a loop. Some lanes may then skip what others run, or come along through what they could have
 * skipped, if that code leaves nothing behind when it runs with an empty EXEC.
 */
#ifndef CAIRN_FINALIZER_LLVM_GATE_H
#define CAIRN_FINALIZER_LLVM_GATE_H

#include "finalizer/llvm/lanes.h"

struct cairn_gates;

CAIRN_MUST_CHECK enum cairn_status cairn_gates_create(const struct cairn_lift *lift,
                                                      const struct cairn_lanes *lanes,
                                                      struct cairn_gates **out);
void cairn_gates_destroy(struct cairn_gates *gates);

/* Does the block end in such a branch? */
bool cairn_is_gate(const struct cairn_program *program, uint32_t block);

/* Why the code behind the branch that ends `block` leaves something behind; NULL: it does not. */
const char *cairn_gate_why(struct cairn_gates *gates, uint32_t block);
/* Is it a loop that could be waiting for somebody else (atomics, LDS, `glc` loads)? */
bool cairn_gate_waits(struct cairn_gates *gates, uint32_t block);

#endif
