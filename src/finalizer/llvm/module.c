/* SPDX-License-Identifier: MIT
 * The one symbol that the finalizer's module exports.
 */
#include "finalizer/llvm/compile.h"
#include "finalizer/native.h"

extern const struct cairn_finalizer_module cairn_finalizer_module;

__attribute__((visibility("default")))
const struct cairn_finalizer_module cairn_finalizer_module = {.version = CAIRN_NATIVE_VERSION,
                                                              .finalize = cairn_compile};
