/* SPDX-License-Identifier: MIT
 * The memory behind malloc and new in kernels: blocks of powers of two, carved from slabs of device
 * memory. A freed block is used again for the same size and never unmapped, as in ROCm, so that a
 * late access of a racing kernel reads stale bytes instead of stopping the queue. Not locked: the
 * service thread of the device is its only user. It lives as long as the process, like that thread.
 */
#ifndef CAIRN_HIP_DEVICE_HEAP_H
#define CAIRN_HIP_DEVICE_HEAP_H

#include "hip/map.h"

#include <stdint.h>

struct hip_device;
struct heap_block;

enum { HIP_HEAP_CLASSES = 48 };

struct hip_device_heap {
    struct hip_map blocks; /* address to struct heap_block, all that were handed out */
    struct heap_block *free[HIP_HEAP_CLASSES]; /* class k: blocks of 1 << k bytes */
    char *slab;                                /* where the next small block is carved */
    size_t slab_left;
};

/* NULL when the device's memory is out. At least 16-byte aligned; what was in a used block stays.
 */
void *hip_heap_take(struct hip_device_heap *heap, struct hip_device *device, uint64_t size);
/* False: `address` is not a live block. */
bool hip_heap_give(struct hip_device_heap *heap, void *address);

#endif
