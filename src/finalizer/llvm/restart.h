/* SPDX-License-Identifier: MIT
 * One call of finalized code runs workgroup after workgroup.
 */
#ifndef CAIRN_FINALIZER_LLVM_RESTART_H
#define CAIRN_FINALIZER_LLVM_RESTART_H

#include "finalizer/llvm/lift_priv.h"

/* Does one call run all of a workgroup, and can the registers that it begins with be made again? */
bool cairn_restart_is_legal(const struct cairn_lift *lift);

/* The block `ended`, where all s_endpgm lead: to the entry with the next workgroup, or out. */
void cairn_restart_emit(struct cairn_lift *lift);

#endif
