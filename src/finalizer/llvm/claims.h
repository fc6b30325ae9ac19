/* SPDX-License-Identifier: MIT
 * What code of single waves counts on where a wave may enter it.
 */
#ifndef CAIRN_FINALIZER_LLVM_CLAIMS_H
#define CAIRN_FINALIZER_LLVM_CLAIMS_H

#include "finalizer/llvm/lift.h"

/* Adds the table of places to the module; see struct cairn_native_claim. */
CAIRN_MUST_CHECK enum cairn_status cairn_claims_emit(struct cairn_lift *lift);

#endif
