/* SPDX-License-Identifier: MIT
 * Memory pools of hipMallocAsync.
 */
#ifndef CAIRN_HIP_POOL_H
#define CAIRN_HIP_POOL_H

#include "hip/memory.h"

/* Returns a pool allocation to its pool now. */
hipError_t hip_pool_free(const struct hip_allocation *row);

/* May its memory be given to other processes? `device` gets the ordinal. False for no pool. */
bool hip_pool_is_shareable(hipMemPool_t handle, int *device);
/* A pool that gives out memory of another process only. */
hipError_t hip_pool_create_imported(struct hip_device *device, hipMemPool_t *out);
bool hip_pool_is_imported(hipMemPool_t handle);

#endif
