/* SPDX-License-Identifier: MIT
 * The whole way of one kernel through the finalizer.
 */
#ifndef CAIRN_FINALIZER_LLVM_COMPILE_H
#define CAIRN_FINALIZER_LLVM_COMPILE_H

#include "finalizer/finalizer.h"

/* See struct cairn_finalizer_module. */
CAIRN_MUST_CHECK enum cairn_status cairn_compile(const struct cairn_finalize_request *request,
                                                 struct cairn_finalize_result *result);

#endif
