/* SPDX-License-Identifier: MIT
 * Where a wave has ended or waits at a barrier, the code goes on with what the driver would run
 * next, as far as it can tell: one call runs many waves, and workgroup after workgroup.
 */
#ifndef CAIRN_FINALIZER_LLVM_RESTART_H
#define CAIRN_FINALIZER_LLVM_RESTART_H

#include "finalizer/llvm/lift_priv.h"

/* Makes the blocks where s_endpgm and s_barrier lead, as far as there is something to go on with.
 */
void cairn_restart_begin(struct cairn_lift *lift);
/* What is in them. */
void cairn_restart_emit(struct cairn_lift *lift);

#endif
