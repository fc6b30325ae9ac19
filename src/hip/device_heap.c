/* SPDX-License-Identifier: MIT
 * Size classes, slabs and the record of each block.
 */
#include "hip/device_heap.h"

#include "hip/memory.h"
#include "hip/runtime.h"

#include <stdlib.h>

enum { SMALLEST_CLASS = 4, SLAB_BYTES = 1 << 20, SLAB_CLASS_MAX = 16 };

struct heap_block {
    struct heap_block *next; /* in the free list */
    char *address;
    unsigned class;
    bool live;
};

static unsigned class_of(uint64_t size)
{
    unsigned class = SMALLEST_CLASS;
    while (class < HIP_HEAP_CLASSES && (uint64_t)1 << class < size)
        class++;
    return class;
}

/* Device memory for a new block: a piece of the slab, or an allocation of its own when it is large.
 */
static char *carve(struct hip_device_heap *heap, struct hip_device *device, unsigned class)
{
    size_t size = (size_t)1 << class;
    void *memory;
    if (class > SLAB_CLASS_MAX)
        return hip_device_alloc_internal(device, size, &memory) == hipSuccess ? memory : NULL;
    if (heap->slab_left < size) {
        if (hip_device_alloc_internal(device, SLAB_BYTES, &memory) != hipSuccess)
            return NULL;
        heap->slab = memory;
        heap->slab_left = SLAB_BYTES;
    }
    char *at = heap->slab;
    heap->slab += size;
    heap->slab_left -= size;
    return at;
}

static struct heap_block *block_create(struct hip_device_heap *heap, struct hip_device *device,
                                       unsigned class)
{
    struct heap_block *block = calloc(1, sizeof *block);
    if (block == NULL)
        return NULL;
    block->class = class;
    block->address = carve(heap, device, class);
    if (block->address == NULL || !hip_map_put(&heap->blocks, block->address, block)) {
        free(block);
        return NULL;
    }
    return block;
}

void *hip_heap_take(struct hip_device_heap *heap, struct hip_device *device, uint64_t size)
{
    unsigned class = class_of(size);
    if (class >= HIP_HEAP_CLASSES)
        return NULL;
    struct heap_block *block = heap->free[class];
    if (block != NULL)
        heap->free[class] = block->next;
    else
        block = block_create(heap, device, class);
    if (block == NULL)
        return NULL;
    block->live = true;
    return block->address;
}

bool hip_heap_give(struct hip_device_heap *heap, void *address)
{
    struct heap_block *block = hip_map_get(&heap->blocks, address);
    if (block == NULL || !block->live)
        return false;
    block->live = false;
    block->next = heap->free[block->class];
    heap->free[block->class] = block;
    return true;
}
