/* SPDX-License-Identifier: MIT
 * Managed memory: advice and prefetching. Memory never moves here, so both are remembered and
 * answered, and change nothing else.
 */
#include "hip/memory.h"
#include "hip/stream.h"

#include <string.h>

static bool is_device(int device)
{
    return device == hipCpuDeviceId || hip_device_at(device) != NULL;
}

/* The range must lie in one allocation that `ptr` is in. */
static hipError_t find_range(const void *ptr, size_t count, struct hip_allocation *row)
{
    if (ptr == NULL || count == 0 || !hip_memory_find(ptr, row))
        return hipErrorInvalidValue;
    if (row->kind != HIP_MEMORY_MANAGED && row->kind != HIP_MEMORY_HOST)
        return hipErrorInvalidValue;
    return hip_memory_check(ptr, count);
}

struct advice {
    hipMemoryAdvise kind;
    int device;
};

static void set_accessed(struct hip_allocation *row, int device, bool on)
{
    if (device == hipCpuDeviceId)
        row->accessed_by_cpu = on;
    else if (on)
        row->accessed_by |= 1u << device;
    else
        row->accessed_by &= ~(1u << device);
}

static void apply_advice(struct hip_allocation *row, void *data)
{
    const struct advice *advice = data;
    switch (advice->kind) {
    case hipMemAdviseSetReadMostly:
    case hipMemAdviseUnsetReadMostly:
        row->read_mostly = advice->kind == hipMemAdviseSetReadMostly;
        break;
    case hipMemAdviseSetPreferredLocation:
        row->advised_device = advice->device;
        break;
    case hipMemAdviseUnsetPreferredLocation:
        row->advised_device = hipInvalidDeviceId;
        break;
    case hipMemAdviseSetAccessedBy:
    case hipMemAdviseUnsetAccessedBy:
        set_accessed(row, advice->device, advice->kind == hipMemAdviseSetAccessedBy);
        break;
    case hipMemAdviseSetCoarseGrain:
    case hipMemAdviseUnsetCoarseGrain:
        row->coarse_grain = advice->kind == hipMemAdviseSetCoarseGrain;
        break;
    }
}

static bool is_advice(hipMemoryAdvise kind)
{
    return (kind >= hipMemAdviseSetReadMostly && kind <= hipMemAdviseUnsetAccessedBy) ||
           kind == hipMemAdviseSetCoarseGrain || kind == hipMemAdviseUnsetCoarseGrain;
}

static hipError_t advise(const void *ptr, size_t count, hipMemoryAdvise kind, int device)
{
    struct hip_allocation row;
    struct advice advice = {kind, device};
    if (!is_advice(kind))
        return hipErrorInvalidValue;
    if (!is_device(device))
        return hipErrorInvalidDevice;
    hipError_t error = find_range(ptr, count, &row);
    if (error == hipSuccess)
        hip_memory_update(ptr, apply_advice, &advice);
    return error;
}

hipError_t hipMemAdvise(const void *ptr, size_t count, hipMemoryAdvise advice, int device)
{
    return hip_return(hip_ready() ?: advise(ptr, count, advice, device));
}

static void set_prefetch(struct hip_allocation *row, void *data)
{
    row->prefetch_device = *(const int *)data;
}

static hipError_t prefetch(const void *ptr, size_t count, int device, hipStream_t handle)
{
    struct hip_allocation row;
    struct ihipStream_t *stream;
    if (!is_device(device))
        return hipErrorInvalidDevice;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error == hipSuccess)
        error = find_range(ptr, count, &row);
    if (error == hipSuccess)
        hip_memory_update(ptr, set_prefetch, &device);
    return error;
}

hipError_t hipMemPrefetchAsync(const void *ptr, size_t count, int device, hipStream_t stream)
{
    return hip_return(hip_ready() ?: prefetch(ptr, count, device, stream));
}

/* ---- asking ---- */

static void list_accessors(const struct hip_allocation *row, int *out, size_t count)
{
    size_t used = 0;
    if (row->accessed_by_cpu && used < count)
        out[used++] = hipCpuDeviceId;
    for (int i = 0; i < HIP_MAX_DEVICES && used < count; i++)
        if (row->accessed_by & 1u << i)
            out[used++] = i;
    while (used < count)
        out[used++] = hipInvalidDeviceId;
}

static hipError_t range_attribute(void *data, size_t data_size, hipMemRangeAttribute attribute,
                                  const void *ptr, size_t count)
{
    struct hip_allocation row;
    if (data == NULL || data_size == 0 || data_size % 4 != 0)
        return hipErrorInvalidValue;
    hipError_t error = find_range(ptr, count, &row);
    if (error != hipSuccess)
        return error;
    if (attribute == hipMemRangeAttributeAccessedBy) {
        list_accessors(&row, data, data_size / 4);
        return hipSuccess;
    }
    if (data_size != 4)
        return hipErrorInvalidValue;
    switch (attribute) {
    case hipMemRangeAttributeReadMostly:
        *(int *)data = row.read_mostly;
        return hipSuccess;
    case hipMemRangeAttributePreferredLocation:
        *(int *)data = row.advised_device;
        return hipSuccess;
    case hipMemRangeAttributeLastPrefetchLocation:
        *(int *)data = row.prefetch_device;
        return hipSuccess;
    case hipMemRangeAttributeCoherencyMode:
        *(int *)data = row.coarse_grain ? hipMemRangeCoherencyModeCoarseGrain
                                        : hipMemRangeCoherencyModeFineGrain;
        return hipSuccess;
    default:
        return hipErrorInvalidValue;
    }
}

hipError_t hipMemRangeGetAttribute(void *data, size_t data_size, hipMemRangeAttribute attribute,
                                   const void *ptr, size_t count)
{
    return hip_return(hip_ready() ?: range_attribute(data, data_size, attribute, ptr, count));
}

static hipError_t range_attributes(void **data, const size_t *sizes,
                                   const hipMemRangeAttribute *attributes, size_t num,
                                   const void *ptr, size_t count)
{
    if (data == NULL || sizes == NULL || attributes == NULL || num == 0)
        return hipErrorInvalidValue;
    hipError_t error = hipSuccess;
    for (size_t i = 0; i < num && error == hipSuccess; i++)
        error = range_attribute(data[i], sizes[i], attributes[i], ptr, count);
    return error;
}

hipError_t hipMemRangeGetAttributes(void **data, size_t *data_sizes,
                                    hipMemRangeAttribute *attributes, size_t num_attributes,
                                    const void *ptr, size_t count)
{
    return hip_return(
        hip_ready() ?: range_attributes(data, data_sizes, attributes, num_attributes, ptr, count));
}

static hipError_t attach(hipStream_t handle, const void *ptr, size_t length, unsigned flags)
{
    struct ihipStream_t *stream;
    struct hip_allocation row;
    if (flags != hipMemAttachGlobal && flags != hipMemAttachHost && flags != hipMemAttachSingle)
        return hipErrorInvalidValue;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    if (ptr == NULL || !hip_memory_find(ptr, &row) || row.kind != HIP_MEMORY_MANAGED)
        return hipErrorInvalidValue;
    return length == 0 || length == row.size ? hipSuccess : hipErrorInvalidValue;
}

hipError_t hipStreamAttachMemAsync(hipStream_t stream, void *ptr, size_t length, unsigned int flags)
{
    return hip_return(hip_ready() ?: attach(stream, ptr, length, flags));
}
