/* SPDX-License-Identifier: MIT
 * Memory pools of hipMallocAsync.
 */
#ifndef CAIRN_HIP_POOL_H
#define CAIRN_HIP_POOL_H

#include "hip/memory.h"

/* Returns a pool allocation to its pool now. */
hipError_t hip_pool_free(const struct hip_allocation *row);

#endif
