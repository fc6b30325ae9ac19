/* SPDX-License-Identifier: MIT
 * The one symbol that the finalizer's module exports.
 */
#include "base/log.h"
#include "finalizer/finalizer.h"
#include "finalizer/native.h"

extern const struct cairn_finalizer_module cairn_finalizer_module;

static enum cairn_status finalize(const struct cairn_finalize_request *request,
                                  struct cairn_finalize_result *result)
{
    (void)request, (void)result;
    CAIRN_LOG_ONCE("finalizer: kernels cannot be lifted yet");
    return CAIRN_ERR_UNSUPPORTED;
}

__attribute__((visibility("default")))
const struct cairn_finalizer_module cairn_finalizer_module = {.version = CAIRN_NATIVE_VERSION,
                                                              .finalize = finalize};
