/* SPDX-License-Identifier: MIT
 * Code that comes as LLVM bitcode: it is made into a code object when it is loaded.
 */
#ifndef CAIRN_HIP_JIT_H
#define CAIRN_HIP_JIT_H

#include "hip/runtime.h"

/* Whether bitcode begins at `at`, of which `limit` bytes may be read, and how long it is. */
bool hip_bitcode_size(const void *at, size_t limit, size_t *size);
/* A code object for the current device, from malloc. `options` as for hipLinkCreate. InvalidImage:
 * the bitcode is damaged or needs symbols that it does not have. */
hipError_t hip_bitcode_compile(struct cairn_bytes bitcode, unsigned int option_count,
                               hipJitOption *options, void **values, uint8_t **out, size_t *size);

#endif
