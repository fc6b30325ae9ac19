/* SPDX-License-Identifier: MIT
 * Managed memory: advice and prefetching, page by page. Memory never moves here, so both are
 * remembered and answered, and change nothing else.
 */
#include "hip/memory.h"
#include "hip/stream.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 4096 };

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

/* ---- what is known of pages ---- */

struct range {
    const void *ptr;
    size_t count; /* not 0 */
};

/* The pages of the row that the range touches: first, and one past the last. */
static void pages_of(const struct hip_allocation *row, const struct range *range, size_t *first,
                     size_t *end)
{
    uint64_t offset = (uint64_t)(uintptr_t)range->ptr - row->base, pages = (row->size - 1) / PAGE;
    *first = offset / PAGE;
    *end = (offset + range->count - 1) / PAGE;
    *end = (*end < pages ? *end : pages) + 1;
}

/* NULL: the row has one advice for all. */
static struct hip_advice *split(struct hip_allocation *row)
{
    size_t pages = (row->size - 1) / PAGE + 1;
    if (row->advised == NULL) {
        row->advised = malloc(pages * sizeof *row->advised);
        for (size_t i = 0; row->advised != NULL && i < pages; i++)
            row->advised[i] = row->advice;
    }
    return row->advised;
}

struct change {
    struct range range;
    void (*set)(struct hip_advice *advice, const struct change *change);
    hipMemoryAdvise kind;
    int device;
    hipError_t error;
};

static void apply(struct hip_allocation *row, void *data)
{
    struct change *change = data;
    size_t first, end;
    pages_of(row, &change->range, &first, &end);
    bool whole = first == 0 && end == (row->size - 1) / PAGE + 1;
    if (whole && row->advised == NULL) {
        change->set(&row->advice, change);
        return;
    }
    struct hip_advice *pages = split(row);
    for (size_t i = first; pages != NULL && i < end; i++)
        change->set(&pages[i], change);
    change->error = pages == NULL ? hipErrorOutOfMemory : hipSuccess;
}

/* What holds for all pages of a range: a device that they do not agree on is hipInvalidDeviceId. */
struct question {
    struct range range;
    struct hip_advice common;
    bool mixed_grain;
};

static void meet(struct question *question, const struct hip_advice *page)
{
    struct hip_advice *common = &question->common;
    if (common->preferred != page->preferred)
        common->preferred = hipInvalidDeviceId;
    if (common->prefetched != page->prefetched)
        common->prefetched = hipInvalidDeviceId;
    common->accessed_by &= page->accessed_by;
    common->accessed_by_cpu = common->accessed_by_cpu && page->accessed_by_cpu;
    common->read_mostly = common->read_mostly && page->read_mostly;
    if (common->coarse_grain != page->coarse_grain)
        question->mixed_grain = true;
}

static void ask(struct hip_allocation *row, void *data)
{
    struct question *question = data;
    size_t first, end;
    question->common = row->advice;
    if (row->advised == NULL)
        return;
    pages_of(row, &question->range, &first, &end);
    question->common = row->advised[first];
    for (size_t i = first + 1; i < end; i++)
        meet(question, &row->advised[i]);
}

/* ---- telling ---- */

static void set_accessed(struct hip_advice *advice, int device, bool on)
{
    if (device == hipCpuDeviceId)
        advice->accessed_by_cpu = on;
    else if (on)
        advice->accessed_by |= 1u << device;
    else
        advice->accessed_by &= ~(1u << device);
}

static void set_advice(struct hip_advice *advice, const struct change *change)
{
    switch (change->kind) {
    case hipMemAdviseSetReadMostly:
    case hipMemAdviseUnsetReadMostly:
        advice->read_mostly = change->kind == hipMemAdviseSetReadMostly;
        break;
    case hipMemAdviseSetPreferredLocation:
        advice->preferred = (int16_t)change->device;
        break;
    case hipMemAdviseUnsetPreferredLocation:
        advice->preferred = hipInvalidDeviceId;
        break;
    case hipMemAdviseSetAccessedBy:
    case hipMemAdviseUnsetAccessedBy:
        set_accessed(advice, change->device, change->kind == hipMemAdviseSetAccessedBy);
        break;
    case hipMemAdviseSetCoarseGrain:
    case hipMemAdviseUnsetCoarseGrain:
        advice->coarse_grain = change->kind == hipMemAdviseSetCoarseGrain;
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
    struct change change = {
        .range = {ptr, count}, .set = set_advice, .kind = kind, .device = device};
    bool is_read_mostly = kind == hipMemAdviseSetReadMostly || kind == hipMemAdviseUnsetReadMostly;
    if (!is_advice(kind))
        return hipErrorInvalidValue;
    if (!is_read_mostly && !is_device(device))
        return hipErrorInvalidDevice;
    hipError_t error = find_range(ptr, count, &row);
    if (error == hipSuccess)
        hip_memory_update(ptr, apply, &change);
    return error != hipSuccess ? error : change.error;
}

hipError_t hipMemAdvise(const void *ptr, size_t count, hipMemoryAdvise advice, int device)
{
    return hip_return(hip_ready() ?: advise(ptr, count, advice, device));
}

static void set_prefetched(struct hip_advice *advice, const struct change *change)
{
    advice->prefetched = (int16_t)change->device;
}

static hipError_t prefetch(const void *ptr, size_t count, int device, hipStream_t handle)
{
    struct hip_allocation row;
    struct ihipStream_t *stream;
    struct change change = {.range = {ptr, count}, .set = set_prefetched, .device = device};
    if (ptr == NULL || count == 0)
        return hipErrorInvalidValue;
    if (!is_device(device))
        return hipErrorInvalidDevice;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error == hipSuccess)
        error = find_range(ptr, count, &row);
    if (error == hipSuccess)
        hip_memory_update(ptr, apply, &change);
    return error != hipSuccess ? error : change.error;
}

hipError_t hipMemPrefetchAsync(const void *ptr, size_t count, int device, hipStream_t stream)
{
    return hip_return(hip_ready() ?: prefetch(ptr, count, device, stream));
}

/* ---- asking ---- */

static void list_accessors(const struct hip_advice *advice, int *out, size_t count)
{
    size_t used = 0;
    if (advice->accessed_by_cpu && used < count)
        out[used++] = hipCpuDeviceId;
    for (int i = 0; i < HIP_MAX_DEVICES && used < count; i++)
        if (advice->accessed_by & 1u << i)
            out[used++] = i;
    while (used < count)
        out[used++] = hipInvalidDeviceId;
}

static int coherency(const struct question *question)
{
    if (question->mixed_grain)
        return hipMemRangeCoherencyModeIndeterminate;
    return question->common.coarse_grain ? hipMemRangeCoherencyModeCoarseGrain
                                         : hipMemRangeCoherencyModeFineGrain;
}

/* Memory that is not managed has only this to tell, by the flags that it was asked for with. */
static hipError_t fixed_coherency(void *data, size_t data_size, const void *ptr, size_t count)
{
    struct hip_allocation row;
    if (data_size != 4 || ptr == NULL || count == 0 || !hip_memory_find(ptr, &row) ||
        hip_memory_check(ptr, count) != hipSuccess)
        return hipErrorInvalidValue;
    bool coarse =
        row.kind == HIP_MEMORY_DEVICE
            ? row.flags == hipDeviceMallocDefault
            : row.kind == HIP_MEMORY_HOST && (row.flags & (unsigned)hipHostMallocNonCoherent) != 0;
    *(int *)data = coarse ? hipMemRangeCoherencyModeCoarseGrain : hipMemRangeCoherencyModeFineGrain;
    return hipSuccess;
}

static bool is_managed(const void *ptr)
{
    struct hip_allocation row;
    return hip_memory_find(ptr, &row) && row.kind == HIP_MEMORY_MANAGED;
}

static hipError_t range_attribute(void *data, size_t data_size, hipMemRangeAttribute attribute,
                                  const void *ptr, size_t count)
{
    struct hip_allocation row;
    struct question question = {.range = {ptr, count}};
    if (data == NULL || data_size == 0 || data_size % 4 != 0)
        return hipErrorInvalidValue;
    if (attribute == hipMemRangeAttributeCoherencyMode && !is_managed(ptr))
        return fixed_coherency(data, data_size, ptr, count);
    hipError_t error = find_range(ptr, count, &row);
    if (error != hipSuccess || row.kind != HIP_MEMORY_MANAGED)
        return hipErrorInvalidValue;
    hip_memory_update(ptr, ask, &question);
    if (attribute == hipMemRangeAttributeAccessedBy) {
        list_accessors(&question.common, data, data_size / 4);
        return hipSuccess;
    }
    if (data_size != 4)
        return hipErrorInvalidValue;
    switch (attribute) {
    case hipMemRangeAttributeReadMostly:
        *(int *)data = question.common.read_mostly;
        return hipSuccess;
    case hipMemRangeAttributePreferredLocation:
        *(int *)data = question.common.preferred;
        return hipSuccess;
    case hipMemRangeAttributeLastPrefetchLocation:
        *(int *)data = question.common.prefetched;
        return hipSuccess;
    case hipMemRangeAttributeCoherencyMode:
        *(int *)data = coherency(&question);
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
    if (flags == hipMemAttachSingle && handle == NULL)
        return hipErrorInvalidValue; /* no stream to attach it to */
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
