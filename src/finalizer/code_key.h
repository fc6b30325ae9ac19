/* SPDX-License-Identifier: MIT
 * The key of finalized code in the disk cache: a hash over what the compiler is given, which is the
 * code that a kernel can reach and the facts that the code is specialised to.
 */
#ifndef CAIRN_FINALIZER_CODE_KEY_H
#define CAIRN_FINALIZER_CODE_KEY_H

#include "finalizer/cache.h"
#include "finalizer/finalizer.h"

/* Equal for requests from which the same code is made, whatever their tier and name: it is the same
 * in every process, wherever the code object lies, and does not change with other kernels of it.
 * Errors: those of cairn_program_build. */
CAIRN_MUST_CHECK enum cairn_status cairn_code_key(const struct cairn_finalize_request *request,
                                                  struct cairn_cache_key *out);

#endif
