/* SPDX-License-Identifier: MIT
 * Allocation: device memory, host memory, managed memory, registration of the program's own memory.
 * Managed memory is system memory that every device reaches.
 */
#include "hip/memory.h"

#include "hip/capture.h"
#include "hip/pool.h"
#include "hip/stream.h"

#include <string.h>
#include <unistd.h>

enum { PITCH_ALIGNMENT = 256 };

/* ---- allocating ---- */

static hipError_t record(void *memory, size_t size, enum hip_memory_kind kind, unsigned flags,
                         int device)
{
    struct hip_allocation row = hip_memory_row(memory, size, kind, device);
    row.flags = flags;
    if (hip_memory_add(&row))
        return hipSuccess;
    hsa_amd_memory_pool_free(memory);
    return hipErrorOutOfMemory;
}

static void allow_peers(struct hip_device *device, void *memory)
{
    hsa_agent_t agents[HIP_MAX_DEVICES];
    uint32_t count = 0;
    for (int i = 0; i < hip_process.device_count; i++)
        agents[count++] = hip_process.devices[i].agent;
    if (count > 1)
        hsa_amd_agents_allow_access(count, agents, NULL, memory);
}

hipError_t hip_device_alloc(struct hip_device *device, size_t size, void **out)
{
    void *memory = NULL;
    hsa_status_t status = hsa_amd_memory_pool_allocate(device->pool, size, 0, &memory);
    if (status != HSA_STATUS_SUCCESS) {
        hip_pools_trim(device); /* what pools keep is nobody's */
        status = hsa_amd_memory_pool_allocate(device->pool, size, 0, &memory);
    }
    if (status != HSA_STATUS_SUCCESS) {
        cairn_log(CAIRN_LOG_INFO, "hip: no %zu bytes on device %d (HSA status 0x%x)", size,
                  device->ordinal, (unsigned)status);
        return hipErrorOutOfMemory;
    }
    allow_peers(device, memory);
    atomic_store(&device->active, true);
    hipError_t error = record(memory, size, HIP_MEMORY_DEVICE, 0, device->ordinal);
    if (error == hipSuccess)
        *out = memory;
    return error;
}

static void mark_internal(struct hip_allocation *row, void *data)
{
    (void)data;
    row->is_internal = true;
}

hipError_t hip_device_alloc_internal(struct hip_device *device, size_t size, void **out)
{
    hipError_t error = hip_device_alloc(device, size, out);
    if (error == hipSuccess)
        hip_memory_update(*out, mark_internal, NULL);
    return error;
}

static hipError_t alloc_host(size_t size, enum hip_memory_kind kind, unsigned flags, void **out)
{
    void *memory = hip_host_pool_alloc(hip_process.host_pool, size);
    if (memory == NULL)
        return hipErrorOutOfMemory;
    hipError_t error = record(memory, size, kind, flags, hip_thread()->device);
    if (error == hipSuccess)
        *out = memory;
    return error;
}

hipError_t hip_managed_alloc(size_t size, void **out)
{
    return alloc_host(size, HIP_MEMORY_MANAGED, 0, out);
}

hipError_t hip_memory_release(void *address)
{
    struct hip_allocation row;
    if (hip_memory_find(address, &row) && row.origin == HIP_ORIGIN_GRAPH &&
        row.base == (uintptr_t)address)
        return hip_graph_memory_free(&row);
    if (!hip_memory_remove((uint64_t)(uintptr_t)address, &row))
        return hipErrorInvalidValue;
    hsa_status_t status = HSA_STATUS_SUCCESS;
    if (row.origin == HIP_ORIGIN_OWN || row.origin == HIP_ORIGIN_KEPT)
        status = hsa_amd_memory_pool_free(address);
    else if (row.origin == HIP_ORIGIN_IPC || row.origin == HIP_ORIGIN_IMPORTED)
        status = hsa_amd_ipc_memory_detach(address);
    else if (row.origin == HIP_ORIGIN_EXTERNAL)
        hip_external_release(row.external);
    return status == HSA_STATUS_SUCCESS ? hipSuccess : hipErrorInvalidValue;
}

bool hip_memory_is_freeable(const struct hip_allocation *row)
{
    return row->kind != HIP_MEMORY_REGISTERED && row->origin != HIP_ORIGIN_MAPPED &&
           row->origin != HIP_ORIGIN_IPC && row->origin != HIP_ORIGIN_KEPT &&
           row->origin != HIP_ORIGIN_VARIABLE && !row->is_internal;
}

static bool ends_with_device(const struct hip_allocation *row, int device)
{
    return row->kind == HIP_MEMORY_DEVICE && row->device == device && !row->is_internal &&
           row->origin != HIP_ORIGIN_MAPPED && row->origin != HIP_ORIGIN_GRAPH &&
           row->origin != HIP_ORIGIN_KEPT && row->origin != HIP_ORIGIN_VARIABLE;
}

void hip_memory_release_all(int device)
{
    struct hip_allocation row;
    for (uint64_t at = 0; hip_memory_next(at, &row); at = row.base)
        if (ends_with_device(&row, device))
            (void)hip_memory_release((void *)(uintptr_t)row.base);
}

/* A size of zero gives a null pointer, and so does a failure, as in ROCm. */
static hipError_t alloc_device(void **ptr, size_t size)
{
    if (ptr == NULL)
        return hipErrorInvalidValue;
    if (size == 0) {
        *ptr = NULL;
        return hipSuccess;
    }
    hipError_t error = hip_capture_forbids_unsafe();
    if (error != hipSuccess)
        return error;
    *ptr = NULL;
    return hip_device_alloc(hip_current_device(), size, ptr);
}

/* Flags that say nothing here are kept for hipHostGetFlags, new ones too, as in ROCm. */
static hipError_t alloc_pinned(void **ptr, size_t size, unsigned flags)
{
    const unsigned coherence = hipHostMallocCoherent | (unsigned)hipHostMallocNonCoherent;
    if (ptr == NULL || (flags & coherence) == coherence)
        return hipErrorInvalidValue;
    hipError_t error = size == 0 ? hipSuccess : hip_capture_forbids_unsafe();
    if (error != hipSuccess)
        return error;
    *ptr = NULL;
    return size == 0 ? hipSuccess : alloc_host(size, HIP_MEMORY_HOST, flags, ptr);
}

static hipError_t alloc_managed(void **ptr, size_t size, unsigned flags)
{
    if (ptr == NULL || size == 0 || (flags != hipMemAttachGlobal && flags != hipMemAttachHost))
        return hipErrorInvalidValue;
    hipError_t error = hip_capture_forbids_unsafe();
    if (error != hipSuccess)
        return error;
    *ptr = NULL;
    return hip_managed_alloc(size, ptr);
}

/* Frees wait for the device, as in HIP: work in flight may use the memory. hipFree takes pinned
 * memory as well, and hipHostFree device memory, as ROCm's do. */
static bool find_freeable(const void *ptr, struct hip_allocation *row)
{
    return hip_memory_find(ptr, row) && row->base == (uint64_t)(uintptr_t)ptr &&
           hip_memory_is_freeable(row);
}

static hipError_t release(void *ptr)
{
    struct hip_allocation row;
    if (ptr == NULL)
        return hipSuccess;
    if (!find_freeable(ptr, &row))
        return hipErrorInvalidValue;
    hipError_t error = hip_capture_forbids_unsafe();
    if (error != hipSuccess)
        return error;
    for (int i = 0; i < hip_process.device_count; i++)
        if (row.kind != HIP_MEMORY_DEVICE || i == row.device || hip_process.device_count > 1)
            hip_device_drain(&hip_process.devices[i]);
    if (!find_freeable(ptr, &row))
        return hipErrorInvalidValue; /* an earlier hipFreeAsync was on its way */
    error = row.pool != NULL ? hip_pool_free(&row) : hip_memory_release(ptr);
    hip_pools_settle(&hip_process.devices[row.device]);
    return error;
}

hipError_t hipMalloc(void **ptr, size_t size)
{
    return hip_return(hip_ready() ?: alloc_device(ptr, size));
}

static void set_flags(struct hip_allocation *row, void *flags)
{
    row->flags = *(const unsigned *)flags;
}

/* Memory of a signal is the host's. Unlike hipMalloc, this one may be called while streams capture,
 * as in ROCm. */
static hipError_t alloc_with_flags(void **ptr, size_t size, unsigned flags)
{
    if (ptr == NULL || flags > hipDeviceMallocContiguous ||
        (flags == hipMallocSignalMemory && size != 8))
        return hipErrorInvalidValue;
    *ptr = NULL;
    if (size == 0)
        return hipSuccess;
    if (flags == hipMallocSignalMemory)
        return alloc_host(size, HIP_MEMORY_HOST, flags, ptr);
    hipError_t error = hip_device_alloc(hip_current_device(), size, ptr);
    if (error == hipSuccess)
        hip_memory_update(*ptr, set_flags, &flags);
    return error;
}

hipError_t hipExtMallocWithFlags(void **ptr, size_t size, unsigned int flags)
{
    return hip_return(hip_ready() ?: alloc_with_flags(ptr, size, flags));
}

hipError_t hipFree(void *ptr)
{
    return hip_return(hip_ready() ?: release(ptr));
}

hipError_t hipHostMalloc(void **ptr, size_t size, unsigned int flags)
{
    return hip_return(hip_ready() ?: alloc_pinned(ptr, size, flags));
}

hipError_t hipHostAlloc(void **ptr, size_t size, unsigned int flags)
{
    if (flags > (hipHostAllocPortable | hipHostAllocMapped | hipHostAllocWriteCombined))
        return hip_return(hipErrorInvalidValue);
    return hipHostMalloc(ptr, size, flags);
}

hipError_t hipMallocHost(void **ptr, size_t size)
{
    return hipHostMalloc(ptr, size, hipHostMallocDefault);
}

hipError_t hipMemAllocHost(void **ptr, size_t size)
{
    return hipHostMalloc(ptr, size, hipHostMallocDefault);
}

hipError_t hipHostFree(void *ptr)
{
    return hip_return(hip_ready() ?: release(ptr));
}

hipError_t hipFreeHost(void *ptr)
{
    return hipHostFree(ptr);
}

hipError_t hipMallocManaged(void **ptr, size_t size, unsigned int flags)
{
    return hip_return(hip_ready() ?: alloc_managed(ptr, size, flags));
}

/* ---- pitched memory ---- */

static hipError_t alloc_pitched(void **ptr, size_t *pitch, size_t width, size_t height,
                                size_t depth)
{
    size_t row, slice, total;
    if (ptr == NULL || pitch == NULL)
        return hipErrorInvalidValue;
    if (width == 0 || height == 0 || depth == 0) {
        *ptr = NULL;
        *pitch = 0;
        return hipSuccess;
    }
    if (!cairn_size_add(width, PITCH_ALIGNMENT - 1, &row))
        return hipErrorInvalidValue;
    row &= ~(size_t)(PITCH_ALIGNMENT - 1);
    if (!cairn_size_mul(row, height, &slice) || !cairn_size_mul(slice, depth, &total))
        return hipErrorOutOfMemory;
    hipError_t error = alloc_device(ptr, total);
    if (error == hipSuccess)
        *pitch = row;
    return error;
}

hipError_t hipMallocPitch(void **ptr, size_t *pitch, size_t width, size_t height)
{
    return hip_return(hip_ready() ?: alloc_pitched(ptr, pitch, width, height, 1));
}

hipError_t hipMemAllocPitch(hipDeviceptr_t *ptr, size_t *pitch, size_t width_in_bytes,
                            size_t height, unsigned int element_size_bytes)
{
    if (element_size_bytes != 4 && element_size_bytes != 8 && element_size_bytes != 16)
        return hip_return(hipErrorInvalidValue);
    return hipMallocPitch(ptr, pitch, width_in_bytes, height);
}

static hipError_t alloc_3d(hipPitchedPtr *out, hipExtent extent)
{
    void *memory;
    size_t pitch;
    if (out == NULL)
        return hipErrorInvalidValue;
    hipError_t error = alloc_pitched(&memory, &pitch, extent.width, extent.height, extent.depth);
    if (error == hipSuccess)
        *out = make_hipPitchedPtr(memory, pitch, extent.width, extent.height);
    return error;
}

hipError_t hipMalloc3D(hipPitchedPtr *out, hipExtent extent)
{
    return hip_return(hip_ready() ?: alloc_3d(out, extent));
}

/* ---- the program's own memory ---- */

/* Programs free registered memory without unregistering it, and register what they get at the same
 * place later; ROCm lets them. So a new registration ends the ones that it overlaps. */
static hipError_t end_stale_registrations(void *address, size_t size)
{
    struct hip_allocation row;
    while (hip_memory_overlap(address, size, &row)) {
        if (row.kind != HIP_MEMORY_REGISTERED)
            return hipErrorHostMemoryAlreadyRegistered;
        hip_memory_remove(row.base, &row);
        hsa_amd_memory_unlock((void *)(uintptr_t)row.base);
    }
    return hipSuccess;
}

static hipError_t register_host(void *address, size_t size, unsigned flags)
{
    void *device_address = NULL;
    hsa_agent_t agents[HIP_MAX_DEVICES];
    const unsigned known = hipHostRegisterPortable | hipHostRegisterMapped |
                           hipHostRegisterIoMemory | hipHostRegisterReadOnly;
    if (address == NULL || size == 0 || (flags & ~known) != 0)
        return hipErrorInvalidValue;
    hipError_t error = hip_capture_forbids_unsafe() ?: end_stale_registrations(address, size);
    if (error != hipSuccess)
        return error;
    for (int i = 0; i < hip_process.device_count; i++)
        agents[i] = hip_process.devices[i].agent;
    hsa_status_t status =
        hsa_amd_memory_lock(address, size, agents, hip_process.device_count, &device_address);
    if (status != HSA_STATUS_SUCCESS)
        return hip_error_of_hsa(status, hipErrorInvalidValue);
    struct hip_allocation row =
        hip_memory_row(address, size, HIP_MEMORY_REGISTERED, hip_thread()->device);
    row.flags = flags;
    row.device_base = device_address;
    if (hip_memory_add(&row))
        return hipSuccess;
    hsa_amd_memory_unlock(address);
    return hipErrorOutOfMemory;
}

static hipError_t unregister_host(void *address)
{
    struct hip_allocation row;
    if (address == NULL)
        return hipErrorInvalidValue;
    if (!hip_memory_find(address, &row) || row.kind != HIP_MEMORY_REGISTERED ||
        row.base != (uint64_t)(uintptr_t)address)
        return hipErrorHostMemoryNotRegistered;
    hipError_t error = hip_capture_forbids_unsafe();
    if (error != hipSuccess)
        return error;
    for (int i = 0; i < hip_process.device_count; i++)
        hip_device_drain(&hip_process.devices[i]);
    hip_memory_remove(row.base, &row);
    return hip_error_of_hsa(hsa_amd_memory_unlock(address), hipErrorInvalidValue);
}

hipError_t hipHostRegister(void *host_ptr, size_t size, unsigned int flags)
{
    return hip_return(hip_ready() ?: register_host(host_ptr, size, flags));
}

hipError_t hipHostUnregister(void *host_ptr)
{
    return hip_return(hip_ready() ?: unregister_host(host_ptr));
}

static hipError_t host_device_pointer(void **out, const void *host)
{
    struct hip_allocation row;
    if (out == NULL || host == NULL)
        return hipErrorInvalidValue;
    if (!hip_memory_find(host, &row))
        return hipErrorInvalidValue;
    *out = (char *)row.device_base + ((uint64_t)(uintptr_t)host - row.base);
    return hipSuccess;
}

hipError_t hipHostGetDevicePointer(void **ptr, void *host_ptr, unsigned int flags)
{
    if (flags != 0)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: host_device_pointer(ptr, host_ptr));
}

static hipError_t host_flags(unsigned *flags, const void *host)
{
    struct hip_allocation row;
    if (flags == NULL || host == NULL || !hip_memory_find(host, &row) ||
        row.kind == HIP_MEMORY_DEVICE)
        return hipErrorInvalidValue;
    *flags = row.flags;
    return hipSuccess;
}

hipError_t hipHostGetFlags(unsigned int *flags_ptr, void *host_ptr)
{
    return hip_return(hip_ready() ?: host_flags(flags_ptr, host_ptr));
}

/* ---- how much is there ---- */

static hipError_t memory_info(size_t *free_bytes, size_t *total)
{
    struct hip_device *device = hip_current_device();
    uint64_t available = 0;
    if (hsa_agent_get_info(device->agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_MEMORY_AVAIL,
                           &available) != HSA_STATUS_SUCCESS)
        return hipErrorInvalidValue;
    if (free_bytes != NULL)
        *free_bytes = available;
    if (total != NULL)
        *total = device->props.totalGlobalMem;
    return hipSuccess;
}

hipError_t hipMemGetInfo(size_t *free_bytes, size_t *total)
{
    return hip_return(hip_ready() ?: memory_info(free_bytes, total));
}
