/* SPDX-License-Identifier: MIT
 * Questions about addresses: hipPointerGetAttributes and its relatives.
 */
#include "hip/array.h"
#include "hip/memory.h"

#include <string.h>

enum { MANY_ATTRIBUTES = 1024 }; /* more were not meant */

static hipMemoryType type_of(const struct hip_allocation *row)
{
    switch (row->kind) {
    case HIP_MEMORY_DEVICE:
        return hipMemoryTypeDevice;
    case HIP_MEMORY_MANAGED:
        return hipMemoryTypeManaged;
    default:
        return hipMemoryTypeHost;
    }
}

static void *device_address(const struct hip_allocation *row, const void *address)
{
    return (char *)row->device_base + ((uint64_t)(uintptr_t)address - row->base);
}

/* An address that HIP does not know is no error: its type is "unregistered" (HIP 6). */
static hipError_t get_attributes(hipPointerAttribute_t *out, const void *address)
{
    struct hip_allocation row;
    if (out == NULL || address == NULL)
        return hipErrorInvalidValue;
    if (!hip_memory_find(address, &row)) {
        *out = (hipPointerAttribute_t){.type = hipMemoryTypeUnregistered,
                                       .device = hipInvalidDeviceId};
        return hipSuccess;
    }
    *out = (hipPointerAttribute_t){.type = type_of(&row),
                                   .device = row.device,
                                   .devicePointer = device_address(&row, address),
                                   .hostPointer =
                                       row.kind == HIP_MEMORY_DEVICE ? NULL : (void *)address,
                                   .isManaged = row.kind == HIP_MEMORY_MANAGED,
                                   .allocationFlags = row.flags};
    return hipSuccess;
}

hipError_t hipPointerGetAttributes(hipPointerAttribute_t *attributes, const void *ptr)
{
    return hip_return(hip_ready() ?: get_attributes(attributes, ptr));
}

static hipError_t get_one(void *out, hipPointer_attribute attribute,
                          const struct hip_allocation *row, const void *address)
{
    switch (attribute) {
    case HIP_POINTER_ATTRIBUTE_MEMORY_TYPE: /* managed memory is the host's here, as in ROCm */
        *(unsigned *)out = row->kind == HIP_MEMORY_DEVICE ? hipMemoryTypeDevice : hipMemoryTypeHost;
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_DEVICE_POINTER:
        *(void **)out = device_address(row, address);
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_HOST_POINTER:
        *(const void **)out = row->kind == HIP_MEMORY_DEVICE ? NULL : address;
        return row->kind == HIP_MEMORY_DEVICE ? hipErrorInvalidValue : hipSuccess;
    case HIP_POINTER_ATTRIBUTE_SYNC_MEMOPS:
        *(bool *)out = row->sync_ops;
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_BUFFER_ID:
        *(unsigned *)out = (unsigned)row->id;
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_IS_MANAGED:
        *(bool *)out = row->kind == HIP_MEMORY_MANAGED;
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
        *(int *)out = row->device;
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_RANGE_START_ADDR:
        *(uint64_t *)out = row->base;
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_RANGE_SIZE:
        *(uint32_t *)out = (uint32_t)row->size;
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_MAPPED:
        *(bool *)out = true;
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_CONTEXT:
        *(hipCtx_t *)out = (hipCtx_t)&hip_process.devices[row->device];
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_IS_LEGACY_HIP_IPC_CAPABLE:
    case HIP_POINTER_ATTRIBUTE_IS_GPU_DIRECT_RDMA_CAPABLE:
        *(bool *)out = false;
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_ACCESS_FLAGS:
        *(unsigned *)out = row->flags;
        return hipSuccess;
    case HIP_POINTER_ATTRIBUTE_ALLOWED_HANDLE_TYPES:
    case HIP_POINTER_ATTRIBUTE_P2P_TOKENS:
        return hipErrorNotSupported;
    case HIP_POINTER_ATTRIBUTE_MEMPOOL_HANDLE:
        *(hipMemPool_t *)out = row->pool;
        return hipSuccess;
    default:
        return hipErrorInvalidValue;
    }
}

/* What a question about an address that HIP does not know leaves in its output. */
static hipError_t answer_unknown(void *out, hipPointer_attribute attribute)
{
    switch (attribute) {
    case HIP_POINTER_ATTRIBUTE_DEVICE_POINTER:
    case HIP_POINTER_ATTRIBUTE_HOST_POINTER:
    case HIP_POINTER_ATTRIBUTE_RANGE_START_ADDR:
        *(void **)out = NULL;
        return hipErrorInvalidValue;
    case HIP_POINTER_ATTRIBUTE_SYNC_MEMOPS:
    case HIP_POINTER_ATTRIBUTE_IS_MANAGED:
    case HIP_POINTER_ATTRIBUTE_MAPPED:
        *(bool *)out = false;
        return hipErrorInvalidValue;
    case HIP_POINTER_ATTRIBUTE_MEMORY_TYPE:
    case HIP_POINTER_ATTRIBUTE_BUFFER_ID:
    case HIP_POINTER_ATTRIBUTE_RANGE_SIZE:
        *(unsigned *)out = 0;
        return hipErrorInvalidValue;
    case HIP_POINTER_ATTRIBUTE_DEVICE_ORDINAL:
        *(int *)out = hipInvalidDeviceId;
        return hipErrorInvalidValue;
    case HIP_POINTER_ATTRIBUTE_ACCESS_FLAGS:
        *(unsigned *)out = 0;
        return hipSuccess;
    default:
        return hipErrorInvalidValue;
    }
}

static hipError_t get_attribute(void *out, hipPointer_attribute attribute, const void *address)
{
    struct hip_allocation row;
    struct hipArray array;
    if (out == NULL || address == NULL)
        return hipErrorInvalidValue;
    if (attribute == HIP_POINTER_ATTRIBUTE_MEMORY_TYPE && hip_array_find(address, &array)) {
        *(unsigned *)out = hipMemoryTypeArray; /* the handle stands for it */
        return hipSuccess;
    }
    if (!hip_memory_find(address, &row))
        return answer_unknown(out, attribute);
    return get_one(out, attribute, &row, address);
}

hipError_t hipPointerGetAttribute(void *data, hipPointer_attribute attribute, hipDeviceptr_t ptr)
{
    return hip_return(hip_ready() ?: get_attribute(data, attribute, ptr));
}

/* One that does not apply is no error: its output says so where it can. */
static hipError_t get_many(unsigned count, const hipPointer_attribute *attributes, void **data,
                           const void *address)
{
    struct hip_allocation row;
    if (count == 0 || count > MANY_ATTRIBUTES || attributes == NULL || data == NULL ||
        address == NULL)
        return hipErrorInvalidValue;
    bool known = hip_memory_find(address, &row);
    for (unsigned i = 0; i < count; i++)
        if (data[i] != NULL)
            (void)(known ? get_one(data[i], attributes[i], &row, address)
                         : answer_unknown(data[i], attributes[i]));
    return hipSuccess;
}

hipError_t hipDrvPointerGetAttributes(unsigned int count, hipPointer_attribute *attributes,
                                      void **data, hipDeviceptr_t ptr)
{
    return hip_return(hip_ready() ?: get_many(count, attributes, data, ptr));
}

static void set_sync_ops(struct hip_allocation *row, void *data)
{
    row->sync_ops = *(const unsigned *)data != 0;
}

static hipError_t set_attribute(const void *value, hipPointer_attribute attribute, void *address)
{
    if (value == NULL || address == NULL || attribute != HIP_POINTER_ATTRIBUTE_SYNC_MEMOPS ||
        *(const unsigned *)value > 1)
        return hipErrorInvalidValue;
    return hip_memory_update(address, set_sync_ops, (void *)value) ? hipSuccess
                                                                   : hipErrorInvalidDevicePointer;
}

hipError_t hipPointerSetAttribute(const void *value, hipPointer_attribute attribute,
                                  hipDeviceptr_t ptr)
{
    return hip_return(hip_ready() ?: set_attribute(value, attribute, ptr));
}

static hipError_t address_range(hipDeviceptr_t *base, size_t *size, const void *address)
{
    struct hip_allocation row;
    if ((base == NULL && size == NULL) || address == NULL)
        return hipErrorInvalidValue;
    if (!hip_memory_find(address, &row))
        return hipErrorNotFound;
    if (base != NULL)
        *base = row.device_base;
    if (size != NULL)
        *size = row.size;
    return hipSuccess;
}

hipError_t hipMemGetAddressRange(hipDeviceptr_t *base, size_t *size, hipDeviceptr_t ptr)
{
    return hip_return(hip_ready() ?: address_range(base, size, ptr));
}

static hipError_t size_of(size_t *size, const void *address)
{
    struct hip_allocation row;
    if (size == NULL || address == NULL || !hip_memory_find(address, &row))
        return hipErrorInvalidValue;
    *size = row.size;
    return hipSuccess;
}

hipError_t hipMemPtrGetInfo(void *ptr, size_t *size)
{
    return hip_return(hip_ready() ?: size_of(size, ptr));
}
