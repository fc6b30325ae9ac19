/* SPDX-License-Identifier: MIT
 * What the files of memory pools share. A pool keeps what comes back until the program waits for a
 * stream, an event or the device: then it gives back what is above its release threshold.
 */
#ifndef CAIRN_HIP_POOL_PRIV_H
#define CAIRN_HIP_POOL_PRIV_H

#include "hip/pool.h"
#include "hip/pool_pending.h"

struct hip_kept {
    struct hip_kept *next;
    void *memory;
    size_t size;
    const struct ihipStream_t *stream; /* that freed it; compared only. NULL: whoever */
};

struct ihipMemPoolHandle_t {
    struct ihipMemPoolHandle_t *next; /* in the list of all */
    struct hip_device *device;
    bool is_default;
    bool is_shareable, is_imported; /* to other processes; from another process */
    uint64_t size_max;              /* 0: no limit */
    pthread_mutex_t lock;           /* guards the rest */
    bool destroyed;                 /* by the program; stays until its memory is back */
    int holds;                      /* of threads that look at it */
    struct hip_kept *kept;
    struct hip_pool_pending pending;
    uint64_t threshold;
    uint64_t kept_bytes, used_bytes, reserved_high, used_high;
    int reuse[3];                    /* hipMemPoolReuse* */
    uint8_t access[HIP_MAX_DEVICES]; /* hipMemAccessFlags, as told: every device reaches all */
};

hipError_t hip_pool_create(struct hip_device *device, hipMemPool_t *out);
/* InvalidValue: no pool, or destroyed. */
hipError_t hip_pool_find(hipMemPool_t handle, struct ihipMemPoolHandle_t **out);
hipError_t hip_pool_destroy(struct ihipMemPoolHandle_t *pool);
hipError_t hip_pool_default(struct hip_device *device, hipMemPool_t *out);
hipError_t hip_pool_current(struct hip_device *device, hipMemPool_t *out);
/* Frees kept memory until at most `bytes` are left. */
void hip_pool_trim_locked(struct ihipMemPoolHandle_t *pool, uint64_t bytes);

#endif
