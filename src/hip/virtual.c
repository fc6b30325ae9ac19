/* SPDX-License-Identifier: MIT
 * Virtual memory: reserved addresses, physical memory, mappings of the one into the other, access
 * rights. HSA does the work; here are the handles, which stay valid while they are mapped, and the
 * rows that make mapped memory known to copies and pointer queries.
 */
#include "hip/memory.h"
#include "hip/pool.h"
#include "hip/stream.h"
#include "hip/symbols.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* hipMemGenericAllocationHandle_t. Guarded by virtual_lock. */
struct hip_physical {
    hsa_amd_vmem_alloc_handle_t handle;
    size_t size;
    hipMemAllocationProp prop;
    unsigned references; /* the program's: create, import, retain */
    unsigned mappings;
};

struct reservation {
    uint64_t size;
};

static pthread_mutex_t virtual_lock = PTHREAD_MUTEX_INITIALIZER;
static struct hip_map physicals, reservations; /* live ones; guarded by virtual_lock */

/* ---- checks ---- */

static bool is_location(const hipMemLocation *location)
{
    return location->type == hipMemLocationTypeDevice && hip_device_at(location->id) != NULL;
}

static bool is_prop(const hipMemAllocationProp *prop)
{
    return prop != NULL && prop->type == hipMemAllocationTypePinned && is_location(&prop->location);
}

static size_t granule_of(const struct hip_device *device)
{
    return device->pool_granule;
}

static bool is_whole(size_t size, size_t granule)
{
    return size != 0 && size % granule == 0;
}

/* With the program's handle; NULL: not one, or released. */
static struct hip_physical *physical_of_locked(hipMemGenericAllocationHandle_t handle)
{
    struct hip_physical *physical = handle == NULL ? NULL : hip_map_get(&physicals, handle);
    return physical == NULL || physical->references == 0 ? NULL : physical;
}

/* ---- granularity and addresses ---- */

static hipError_t granularity(size_t *out, const hipMemAllocationProp *prop, int option)
{
    if (out == NULL || !is_prop(prop) || option < hipMemAllocationGranularityMinimum ||
        option > hipMemAllocationGranularityRecommended)
        return hipErrorInvalidValue;
    *out = granule_of(hip_device_at(prop->location.id));
    return hipSuccess;
}

hipError_t hipMemGetAllocationGranularity(size_t *granularity_out, const hipMemAllocationProp *prop,
                                          hipMemAllocationGranularity_flags option)
{
    return hip_return(hip_ready() ?: granularity(granularity_out, prop, (int)option));
}

static hipError_t reserve(void **out, size_t size, size_t alignment, void *wanted,
                          unsigned long long flags)
{
    void *address = NULL;
    if (out == NULL || flags != 0)
        return hipErrorInvalidValue;
    if (!is_whole(size, granule_of(&hip_process.devices[0])) || (alignment & (alignment - 1)) != 0)
        return hipErrorOutOfMemory; /* ROCm's answer to both */
    if (alignment <= granule_of(&hip_process.devices[0]))
        alignment = 0; /* every address is */
    hsa_status_t status =
        hsa_amd_vmem_address_reserve_align(&address, size, (uintptr_t)wanted, alignment, 0);
    if (status != HSA_STATUS_SUCCESS)
        return hipErrorOutOfMemory;
    struct reservation *row = malloc(sizeof *row);
    bool known = false;
    if (row != NULL) {
        *row = (struct reservation){size};
        pthread_mutex_lock(&virtual_lock);
        known = hip_map_put(&reservations, address, row);
        pthread_mutex_unlock(&virtual_lock);
    }
    if (!known) {
        free(row);
        (void)hsa_amd_vmem_address_free(address, size);
        return hipErrorOutOfMemory;
    }
    *out = address;
    return hipSuccess;
}

hipError_t hipMemAddressReserve(void **ptr, size_t size, size_t alignment, void *address,
                                unsigned long long flags)
{
    return hip_return(hip_ready() ?: reserve(ptr, size, alignment, address, flags));
}

/* A reservation is freed as a whole, and when nothing is mapped in it. */
static hipError_t address_free(void *address, size_t size)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&virtual_lock);
    struct reservation *row = address == NULL ? NULL : hip_map_get(&reservations, address);
    if (row != NULL && row->size == size) {
        error = hip_error_of_hsa(hsa_amd_vmem_address_free(address, size), hipErrorInvalidValue);
        if (error == hipSuccess)
            free(hip_map_remove(&reservations, address));
    }
    pthread_mutex_unlock(&virtual_lock);
    return error;
}

hipError_t hipMemAddressFree(void *address, size_t size)
{
    return hip_return(hip_ready() ?: address_free(address, size));
}

/* ---- physical memory ---- */

/* Takes over one use of `handle`. */
static hipError_t publish(hsa_amd_vmem_alloc_handle_t handle, size_t size,
                          const hipMemAllocationProp *prop, hipMemGenericAllocationHandle_t *out)
{
    struct hip_physical *physical = calloc(1, sizeof *physical);
    bool known = false;
    if (physical != NULL) {
        *physical = (struct hip_physical){handle, size, *prop, 1, 0};
        pthread_mutex_lock(&virtual_lock);
        known = hip_map_put(&physicals, physical, physical);
        pthread_mutex_unlock(&virtual_lock);
    }
    if (!known) {
        free(physical);
        (void)hsa_amd_vmem_handle_release(handle);
        return hipErrorOutOfMemory;
    }
    *out = (hipMemGenericAllocationHandle_t)physical;
    return hipSuccess;
}

static void drop_unused_locked(struct hip_physical *physical)
{
    if (physical->references != 0 || physical->mappings != 0)
        return;
    hip_map_remove(&physicals, physical);
    (void)hsa_amd_vmem_handle_release(physical->handle);
    free(physical);
}

static hipError_t create(hipMemGenericAllocationHandle_t *out, size_t size,
                         const hipMemAllocationProp *prop, unsigned long long flags)
{
    hsa_amd_vmem_alloc_handle_t handle;
    if (out == NULL || flags != 0 || !is_prop(prop))
        return hipErrorInvalidValue;
    if (prop->requestedHandleType != hipMemHandleTypeNone &&
        prop->requestedHandleType != hipMemHandleTypePosixFileDescriptor)
        return hipErrorNotSupported;
    struct hip_device *device = hip_device_at(prop->location.id);
    if (!is_whole(size, granule_of(device)))
        return hipErrorInvalidValue;
    if (size > device->props.totalGlobalMem)
        return hipErrorOutOfMemory;
    hsa_status_t status =
        hsa_amd_vmem_handle_create(device->pool, size, MEMORY_TYPE_NONE, 0, &handle);
    if (status != HSA_STATUS_SUCCESS) {
        hip_pools_trim(device); /* what pools keep is nobody's */
        status = hsa_amd_vmem_handle_create(device->pool, size, MEMORY_TYPE_NONE, 0, &handle);
    }
    return status != HSA_STATUS_SUCCESS ? hipErrorOutOfMemory : publish(handle, size, prop, out);
}

hipError_t hipMemCreate(hipMemGenericAllocationHandle_t *handle, size_t size,
                        const hipMemAllocationProp *prop, unsigned long long flags)
{
    return hip_return(hip_ready() ?: create(handle, size, prop, flags));
}

static hipError_t release(hipMemGenericAllocationHandle_t handle)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&virtual_lock);
    struct hip_physical *physical = physical_of_locked(handle);
    if (physical != NULL) {
        physical->references--;
        drop_unused_locked(physical);
        error = hipSuccess;
    }
    pthread_mutex_unlock(&virtual_lock);
    return error;
}

hipError_t hipMemRelease(hipMemGenericAllocationHandle_t handle)
{
    return hip_return(hip_ready() ?: release(handle));
}

/* The handle behind mapped memory, with one more reference to release. */
static hipError_t retain(hipMemGenericAllocationHandle_t *out, void *address)
{
    struct hip_allocation row;
    hipError_t error = hipErrorInvalidValue;
    if (out == NULL || address == NULL)
        return error;
    pthread_mutex_lock(&virtual_lock);
    if (hip_memory_find(address, &row) && row.origin == HIP_ORIGIN_MAPPED) {
        row.physical->references++;
        *out = (hipMemGenericAllocationHandle_t)row.physical;
        error = hipSuccess;
    }
    pthread_mutex_unlock(&virtual_lock);
    return error;
}

hipError_t hipMemRetainAllocationHandle(hipMemGenericAllocationHandle_t *handle, void *address)
{
    return hip_return(hip_ready() ?: retain(handle, address));
}

static hipError_t properties(hipMemAllocationProp *out, hipMemGenericAllocationHandle_t handle)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&virtual_lock);
    const struct hip_physical *physical = physical_of_locked(handle);
    if (out != NULL && physical != NULL) {
        *out = physical->prop;
        error = hipSuccess;
    }
    pthread_mutex_unlock(&virtual_lock);
    return error;
}

hipError_t hipMemGetAllocationPropertiesFromHandle(hipMemAllocationProp *prop,
                                                   hipMemGenericAllocationHandle_t handle)
{
    return hip_return(hip_ready() ?: properties(prop, handle));
}

/* ---- other processes ---- */

static hipError_t export_handle(void *out, hipMemGenericAllocationHandle_t handle,
                                hipMemAllocationHandleType type, unsigned long long flags)
{
    hipError_t error = hipErrorInvalidValue;
    if (out == NULL || flags != 0)
        return error;
    pthread_mutex_lock(&virtual_lock);
    const struct hip_physical *physical = physical_of_locked(handle);
    if (physical != NULL && type == hipMemHandleTypePosixFileDescriptor &&
        physical->prop.requestedHandleType == type)
        error = hip_error_of_hsa(hsa_amd_vmem_export_shareable_handle(out, physical->handle, 0),
                                 hipErrorInvalidValue);
    pthread_mutex_unlock(&virtual_lock);
    return error;
}

hipError_t hipMemExportToShareableHandle(void *shareable_handle,
                                         hipMemGenericAllocationHandle_t handle,
                                         hipMemAllocationHandleType type, unsigned long long flags)
{
    return hip_return(hip_ready() ?: export_handle(shareable_handle, handle, type, flags));
}

/* ROCm takes a pointer to the file descriptor, CUDA and newer programs the descriptor itself;
 * no pointer is as small as a descriptor. */
static int file_of(void *os_handle)
{
    return (uintptr_t)os_handle < 65536 ? (int)(uintptr_t)os_handle : *(const int *)os_handle;
}

static hipError_t import_handle(hipMemGenericAllocationHandle_t *out, void *os_handle,
                                hipMemAllocationHandleType type)
{
    hsa_amd_vmem_alloc_handle_t handle;
    struct stat info;
    if (out == NULL || os_handle == NULL)
        return hipErrorInvalidValue;
    if (type != hipMemHandleTypePosixFileDescriptor)
        return hipErrorNotSupported;
    int file = file_of(os_handle);
    if (fstat(file, &info) != 0 ||
        hsa_amd_vmem_import_shareable_handle(file, &handle) != HSA_STATUS_SUCCESS)
        return hipErrorInvalidValue;
    const hipMemAllocationProp prop = {
        .type = hipMemAllocationTypePinned,
        .requestedHandleType = type,
        .location = {hipMemLocationTypeDevice, hip_thread()->device},
    };
    return publish(handle, (size_t)info.st_size, &prop, out);
}

hipError_t hipMemImportFromShareableHandle(hipMemGenericAllocationHandle_t *handle, void *os_handle,
                                           hipMemAllocationHandleType type)
{
    return hip_return(hip_ready() ?: import_handle(handle, os_handle, type));
}

/* ---- mappings ---- */

static hipError_t map_locked(void *address, size_t size, size_t offset,
                             struct hip_physical *physical)
{
    int device = physical->prop.location.id;
    size_t granule = granule_of(hip_device_at(device));
    if (!is_whole(size, granule) || offset % granule != 0 || offset > physical->size ||
        size > physical->size - offset)
        return hipErrorInvalidValue;
    hsa_status_t status = hsa_amd_vmem_map(address, size, offset, physical->handle, 0);
    if (status != HSA_STATUS_SUCCESS)
        return hip_error_of_hsa(status, hipErrorInvalidValue);
    struct hip_allocation row = hip_memory_row(address, size, HIP_MEMORY_DEVICE, device);
    row.origin = HIP_ORIGIN_MAPPED;
    row.physical = physical;
    if (!hip_memory_add(&row)) {
        (void)hsa_amd_vmem_unmap(address, size);
        return hipErrorOutOfMemory;
    }
    physical->mappings++;
    return hipSuccess;
}

static hipError_t map(void *address, size_t size, size_t offset,
                      hipMemGenericAllocationHandle_t handle, unsigned long long flags)
{
    hipError_t error = hipErrorInvalidValue;
    if (address == NULL || size == 0 || flags != 0)
        return error;
    pthread_mutex_lock(&virtual_lock);
    struct hip_physical *physical = physical_of_locked(handle);
    if (physical != NULL)
        error = map_locked(address, size, offset, physical);
    pthread_mutex_unlock(&virtual_lock);
    return error;
}

hipError_t hipMemMap(void *address, size_t size, size_t offset,
                     hipMemGenericAllocationHandle_t handle, unsigned long long flags)
{
    return hip_return(hip_ready() ?: map(address, size, offset, handle, flags));
}

/* Whole mappings, side by side, from `address` on. */
static bool covers_mappings(const char *address, size_t size)
{
    struct hip_allocation row;
    for (size_t done = 0; done < size; done += row.size)
        if (!hip_memory_find(address + done, &row) || row.origin != HIP_ORIGIN_MAPPED ||
            row.base != (uintptr_t)address + done || row.size > size - done)
            return false;
    return true;
}

static hipError_t unmap_locked(char *address, size_t size)
{
    struct hip_allocation row;
    if (!covers_mappings(address, size))
        return hipErrorInvalidValue;
    for (size_t done = 0; done < size; done += row.size) {
        if (!hip_memory_remove((uintptr_t)address + done, &row))
            return hipErrorInvalidValue;
        hsa_status_t status = hsa_amd_vmem_unmap(address + done, row.size);
        row.physical->mappings--;
        drop_unused_locked(row.physical);
        if (status != HSA_STATUS_SUCCESS)
            return hip_error_of_hsa(status, hipErrorInvalidValue);
    }
    return hipSuccess;
}

/* Work in flight may still use the memory, so this waits for the devices. */
static hipError_t unmap(void *address, size_t size)
{
    if (address == NULL || size == 0)
        return hipErrorInvalidValue;
    for (int i = 0; i < hip_process.device_count; i++)
        hip_device_drain(&hip_process.devices[i]);
    pthread_mutex_lock(&virtual_lock);
    hipError_t error = unmap_locked(address, size);
    pthread_mutex_unlock(&virtual_lock);
    return error;
}

hipError_t hipMemUnmap(void *address, size_t size)
{
    return hip_return(hip_ready() ?: unmap(address, size));
}

static hipError_t map_array(const hipArrayMapInfo *list, unsigned count)
{
    if (list == NULL || count == 0)
        return hipErrorInvalidValue;
    return (hipError_t)hip_not_supported("hipMemMapArrayAsync"); /* no sparse arrays, as in ROCm */
}

hipError_t hipMemMapArrayAsync(hipArrayMapInfo *list, unsigned int count, hipStream_t stream)
{
    return hip_return(hip_ready() ?: map_array(list, count));
}

/* ---- access ---- */

static hipError_t one_access(void *address, size_t size, const hipMemAccessDesc *desc)
{
    static const hsa_access_permission_t permissions[] = {
        [hipMemAccessFlagsProtNone] = HSA_ACCESS_PERMISSION_NONE,
        [hipMemAccessFlagsProtRead] = HSA_ACCESS_PERMISSION_RO,
        [hipMemAccessFlagsProtReadWrite] = HSA_ACCESS_PERMISSION_RW,
    };
    unsigned flags = (unsigned)desc->flags;
    if (!is_location(&desc->location) ||
        (flags != hipMemAccessFlagsProtNone && flags != hipMemAccessFlagsProtRead &&
         flags != hipMemAccessFlagsProtReadWrite))
        return hipErrorInvalidValue;
    const hsa_amd_memory_access_desc_t change = {permissions[flags],
                                                 hip_device_at(desc->location.id)->agent};
    return hsa_amd_vmem_set_access(address, size, &change, 1) == HSA_STATUS_SUCCESS
               ? hipSuccess
               : hipErrorInvalidValue;
}

static hipError_t set_access(void *address, size_t size, const hipMemAccessDesc *desc, size_t count)
{
    hipError_t error = hipSuccess;
    if (address == NULL || size == 0 || desc == NULL || count == 0)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&virtual_lock);
    if (!covers_mappings(address, size))
        error = hipErrorInvalidValue;
    for (size_t i = 0; i < count && error == hipSuccess; i++)
        error = one_access(address, size, &desc[i]);
    pthread_mutex_unlock(&virtual_lock);
    return error;
}

hipError_t hipMemSetAccess(void *address, size_t size, const hipMemAccessDesc *desc, size_t count)
{
    return hip_return(hip_ready() ?: set_access(address, size, desc, count));
}

/* Memory that is mapped and was given to nobody has no access rights. */
static hipError_t get_access(unsigned long long *out, const hipMemLocation *location, void *address)
{
    static const hipMemAccessFlags flags[] = {
        [HSA_ACCESS_PERMISSION_NONE] = hipMemAccessFlagsProtNone,
        [HSA_ACCESS_PERMISSION_RO] = hipMemAccessFlagsProtRead,
        [HSA_ACCESS_PERMISSION_WO] = hipMemAccessFlagsProtReadWrite,
        [HSA_ACCESS_PERMISSION_RW] = hipMemAccessFlagsProtReadWrite,
    };
    struct hip_allocation row;
    hsa_access_permission_t permission;
    if (out == NULL || location == NULL || address == NULL || !is_location(location) ||
        !hip_memory_find(address, &row) || row.origin != HIP_ORIGIN_MAPPED)
        return hipErrorInvalidValue;
    hsa_status_t status =
        hsa_amd_vmem_get_access(address, &permission, hip_device_at(location->id)->agent);
    *out = status == HSA_STATUS_SUCCESS ? flags[permission] : hipMemAccessFlagsProtNone;
    return hipSuccess;
}

hipError_t hipMemGetAccess(unsigned long long *flags, const hipMemLocation *location, void *address)
{
    return hip_return(hip_ready() ?: get_access(flags, location, address));
}
