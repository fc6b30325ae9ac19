/* SPDX-License-Identifier: MIT
 * Whether all waves of a workgroup may run as one, and what that takes.
 */
#ifndef CAIRN_FINALIZER_LLVM_MERGE_H
#define CAIRN_FINALIZER_LLVM_MERGE_H

#include "finalizer/llvm/lanes.h"

/* Why they may not, or NULL. */
const char *cairn_merge_why_not(const struct cairn_lift *lift);
/* Adds the table of regions to the module; see struct cairn_native_own. */
CAIRN_MUST_CHECK enum cairn_status cairn_merge_emit_table(struct cairn_lift *lift);

#endif
