/* SPDX-License-Identifier: MIT
 * Memory pools of hipMallocAsync.
 */
#ifndef CAIRN_HIP_POOL_H
#define CAIRN_HIP_POOL_H

#include "hip/memory.h"

/* Returns a pool allocation to its pool now. */
hipError_t hip_pool_free(const struct hip_allocation *row);

/* The program has waited for something: pools give back what is above their thresholds. */
void hip_pools_settle(struct hip_device *device);
/* Gives back all that the device's pools keep. */
void hip_pools_trim(struct hip_device *device);
/* hipDeviceReset: pools of the program are gone, the default one is as at the start. Their memory
 * is given back elsewhere. */
void hip_pools_reset(struct hip_device *device);

struct hip_pool_face {
    int device;
    uint8_t access[HIP_MAX_DEVICES]; /* hipMemAccessFlags */
};

/* May its memory be given to other processes? What they are told of it. False for no pool. */
bool hip_pool_is_shareable(hipMemPool_t handle, struct hip_pool_face *face);
/* A pool that gives out memory of another process only. */
hipError_t hip_pool_create_imported(struct hip_device *device, const struct hip_pool_face *face,
                                    hipMemPool_t *out);
bool hip_pool_is_imported(hipMemPool_t handle);
/* Memory of another process that goes through the pool now; its row says so. */
void hip_pool_adopt(hipMemPool_t handle, void *memory, size_t size);

#endif
