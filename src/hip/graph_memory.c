/* SPDX-License-Identifier: MIT
 * Memory of graphs. It is allocated with its node, so that every launch finds it at the same
 * address, and given back when neither a node nor the program uses it any more: the program uses it
 * from a launch of the allocation node until it is freed, by a node or by hipFree.
 */
#include "hip/graph.h"
#include "hip/memory.h"
#include "hip/stream.h"

#include <stdlib.h>

/* Guarded by memory_lock, which is a leaf: hipFreeAsync gets here on a stream's thread. */
struct hip_graph_memory {
    int nodes;
    bool in_use;
    bool has_free_node;
    struct hip_device *device;
    void *memory;
    size_t size;
};

struct usage {
    uint64_t current, high;
};

static pthread_mutex_t memory_lock = PTHREAD_MUTEX_INITIALIZER;
static struct usage usages[HIP_MAX_DEVICES]; /* guarded by memory_lock */

static void mark(struct hip_allocation *row, void *memory)
{
    row->origin = HIP_ORIGIN_GRAPH;
    row->graph = memory;
}

hipError_t hip_graph_memory_create(struct hip_device *device, size_t size,
                                   struct hip_graph_memory **out)
{
    struct hip_graph_memory *memory = calloc(1, sizeof *memory);
    if (memory == NULL)
        return hipErrorOutOfMemory;
    hipError_t error = hip_device_alloc(device, size, &memory->memory);
    if (error != hipSuccess) {
        free(memory);
        return error;
    }
    memory->nodes = 1;
    memory->device = device;
    memory->size = size;
    hip_memory_update(memory->memory, mark, memory);
    *out = memory;
    return hipSuccess;
}

void *hip_graph_memory_address(const struct hip_graph_memory *memory)
{
    return memory->memory;
}

static bool is_last(const struct hip_graph_memory *memory)
{
    return memory->nodes == 0 && !memory->in_use;
}

static void destroy(struct hip_graph_memory *memory)
{
    struct hip_allocation row;
    hip_memory_remove((uintptr_t)memory->memory, &row);
    hsa_amd_memory_pool_free(memory->memory);
    free(memory);
}

void hip_graph_memory_hold(struct hip_graph_memory *memory)
{
    pthread_mutex_lock(&memory_lock);
    memory->nodes++;
    pthread_mutex_unlock(&memory_lock);
}

void hip_graph_memory_drop(struct hip_graph_memory *memory)
{
    if (memory == NULL)
        return;
    pthread_mutex_lock(&memory_lock);
    memory->nodes--;
    bool last = is_last(memory);
    pthread_mutex_unlock(&memory_lock);
    if (!last)
        return;
    hip_device_drain(memory->device);
    destroy(memory);
}

void hip_graph_memory_use(struct hip_graph_memory *memory)
{
    pthread_mutex_lock(&memory_lock);
    struct usage *usage = &usages[memory->device->ordinal];
    if (!memory->in_use) {
        memory->in_use = true;
        usage->current += memory->size;
        if (usage->current > usage->high)
            usage->high = usage->current;
    }
    pthread_mutex_unlock(&memory_lock);
}

bool hip_graph_memory_is_used(struct hip_graph_memory *memory)
{
    pthread_mutex_lock(&memory_lock);
    bool used = memory->in_use;
    pthread_mutex_unlock(&memory_lock);
    return used;
}

hipError_t hip_graph_memory_claim(void *address)
{
    struct hip_allocation row;
    hipError_t error = hipErrorInvalidValue;
    if (!hip_memory_find(address, &row) || row.origin != HIP_ORIGIN_GRAPH ||
        row.base != (uintptr_t)address)
        return error;
    pthread_mutex_lock(&memory_lock);
    if (!row.graph->has_free_node) {
        row.graph->has_free_node = true;
        error = hipSuccess;
    }
    pthread_mutex_unlock(&memory_lock);
    return error;
}

void hip_graph_memory_disclaim(void *address)
{
    struct hip_allocation row;
    if (!hip_memory_find(address, &row) || row.origin != HIP_ORIGIN_GRAPH)
        return;
    pthread_mutex_lock(&memory_lock);
    row.graph->has_free_node = false;
    pthread_mutex_unlock(&memory_lock);
}

/* False: not in use, so nothing to free. */
static bool unuse(struct hip_graph_memory *memory)
{
    pthread_mutex_lock(&memory_lock);
    bool was = memory->in_use;
    memory->in_use = false;
    if (was)
        usages[memory->device->ordinal].current -= memory->size;
    bool last = was && is_last(memory);
    pthread_mutex_unlock(&memory_lock);
    if (last)
        destroy(memory);
    return was;
}

void hip_graph_memory_unuse(struct hip_graph_memory *memory)
{
    (void)unuse(memory);
}

bool hip_graph_memory_free_early(const struct hip_allocation *row, hipError_t *error)
{
    pthread_mutex_lock(&memory_lock);
    bool stays = row->graph->nodes > 0;
    pthread_mutex_unlock(&memory_lock);
    if (stays)
        *error = unuse(row->graph) ? hipSuccess : hipErrorInvalidValue;
    return stays;
}

hipError_t hip_graph_memory_free(const struct hip_allocation *row)
{
    return unuse(row->graph) ? hipSuccess : hipErrorInvalidValue;
}

/* A node frees; memory that is not a graph's own goes back in the stream's order. */
hipError_t hip_graph_memory_free_node(struct ihipStream_t *stream, void *address)
{
    struct hip_allocation row;
    const struct hip_command command = {.kind = HIP_COMMAND_FREE, .memory = address};
    if (!hip_memory_find(address, &row))
        return hipErrorInvalidValue;
    if (row.origin != HIP_ORIGIN_GRAPH)
        return hip_stream_submit(stream, &command, NULL);
    (void)unuse(row.graph);
    return hipSuccess;
}

/* ---- how much: nothing is kept in reserve, so reserved is used ---- */

static hipError_t attribute(int ordinal, hipGraphMemAttributeType which, uint64_t *value, bool set)
{
    bool is_high = which == hipGraphMemAttrUsedMemHigh || which == hipGraphMemAttrReservedMemHigh;
    if (hip_device_at(ordinal) == NULL)
        return hipErrorInvalidDevice;
    if (value == NULL || (unsigned)which > hipGraphMemAttrReservedMemHigh || (set && !is_high) ||
        (set && *value != 0))
        return hipErrorInvalidValue;
    pthread_mutex_lock(&memory_lock);
    struct usage *usage = &usages[ordinal];
    if (set)
        usage->high = 0; /* until the next allocation, as in ROCm */
    else
        *value = is_high ? usage->high : usage->current;
    pthread_mutex_unlock(&memory_lock);
    return hipSuccess;
}

hipError_t hipDeviceGetGraphMemAttribute(int device, hipGraphMemAttributeType which, void *value)
{
    return hip_return(hip_ready() ?: attribute(device, which, value, false));
}

hipError_t hipDeviceSetGraphMemAttribute(int device, hipGraphMemAttributeType which, void *value)
{
    return hip_return(hip_ready() ?: attribute(device, which, value, true));
}

hipError_t hipDeviceGraphMemTrim(int device)
{
    return hip_return(hip_ready()
                          ?: hip_device_at(device) == NULL ? hipErrorInvalidDevice
                                                           : hipSuccess);
}
