/* SPDX-License-Identifier: MIT
 * Device memory of other processes, and pools and pointers of pools that are handed to them. HSA
 * names the memory; here is what else the other side must know. A pool's descriptor is a small
 * anonymous file that says what it is: the memory travels with the pointers.
 */
#include "hip/memory.h"
#include "hip/pool.h"
#include "hip/stream.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What the handles of this file contain. */
struct memory_name {
    hsa_amd_ipc_memory_t name;
    uint64_t size;   /* of the allocation */
    uint64_t offset; /* of the pointer in it */
    int32_t process;
    uint32_t reserved[3];
};
_Static_assert(sizeof(struct memory_name) == sizeof(hipIpcMemHandle_t), "64 bytes");
_Static_assert(sizeof(struct memory_name) == sizeof(hipMemPoolPtrExportData), "64 bytes");

struct pool_file {
    char magic[16];
    struct hip_pool_face face;
};
static const char pool_magic[16] = "cairn hip pool";

/* ---- memory ---- */

static hipError_t name_memory(struct memory_name *out, const void *address)
{
    struct hip_allocation row;
    if (!hip_memory_find(address, &row) || row.kind != HIP_MEMORY_DEVICE ||
        row.origin != HIP_ORIGIN_OWN)
        return hipErrorInvalidValue;
    memset(out, 0, sizeof *out);
    out->size = row.size;
    out->offset = (uintptr_t)address - row.base;
    out->process = (int32_t)getpid();
    return hip_error_of_hsa(
        hsa_amd_ipc_memory_create((void *)(uintptr_t)row.base, row.size, &out->name),
        hipErrorInvalidValue);
}

static hipError_t open_memory(const struct memory_name *name, enum hip_memory_origin origin,
                              void **out)
{
    struct hip_device *device = hip_current_device();
    void *memory;
    if (name->size == 0 || name->offset >= name->size)
        return hipErrorInvalidValue;
    if (hsa_amd_ipc_memory_attach(&name->name, name->size, 1, &device->agent, &memory) !=
        HSA_STATUS_SUCCESS)
        return hipErrorInvalidDevicePointer;
    struct hip_allocation row =
        hip_memory_row(memory, name->size, HIP_MEMORY_DEVICE, device->ordinal);
    row.origin = origin;
    if (!hip_memory_add(&row)) {
        (void)hsa_amd_ipc_memory_detach(memory);
        return hipErrorOutOfMemory;
    }
    *out = (char *)memory + name->offset;
    return hipSuccess;
}

static hipError_t get_handle(hipIpcMemHandle_t *out, const void *address)
{
    struct memory_name name;
    if (out == NULL || address == NULL)
        return hipErrorInvalidValue;
    hipError_t error = name_memory(&name, address);
    if (error == hipSuccess)
        memcpy(out, &name, sizeof name);
    return error;
}

hipError_t hipIpcGetMemHandle(hipIpcMemHandle_t *handle, void *ptr)
{
    return hip_return(hip_ready() ?: get_handle(handle, ptr));
}

/* A process does not open its own memory. */
static hipError_t open_handle(void **out, const hipIpcMemHandle_t *handle, unsigned flags)
{
    struct memory_name name;
    if (out == NULL || flags != hipIpcMemLazyEnablePeerAccess)
        return hipErrorInvalidValue;
    memcpy(&name, handle, sizeof name);
    if (name.size != 0 && name.process == (int32_t)getpid())
        return hipErrorInvalidContext;
    return open_memory(&name, HIP_ORIGIN_IPC, out);
}

hipError_t hipIpcOpenMemHandle(void **ptr, hipIpcMemHandle_t handle, unsigned int flags)
{
    return hip_return(hip_ready() ?: open_handle(ptr, &handle, flags));
}

/* Work in flight may use the memory, so this waits for the device. */
static hipError_t close_handle(const void *address)
{
    struct hip_allocation row;
    if (address == NULL || !hip_memory_find(address, &row) || row.origin != HIP_ORIGIN_IPC)
        return hipErrorInvalidValue;
    for (int i = 0; i < hip_process.device_count; i++)
        hip_device_drain(&hip_process.devices[i]);
    return hip_memory_release((void *)(uintptr_t)row.base);
}

hipError_t hipIpcCloseMemHandle(void *ptr)
{
    return hip_return(hip_ready() ?: close_handle(ptr));
}

/* ---- pools ---- */

static hipError_t export_pool(void *out, hipMemPool_t pool, hipMemAllocationHandleType type,
                              unsigned flags)
{
    struct pool_file content = {.face = {0}};
    if (out == NULL || flags != 0 || type != hipMemHandleTypePosixFileDescriptor ||
        !hip_pool_is_shareable(pool, &content.face))
        return hipErrorInvalidValue;
    memcpy(content.magic, pool_magic, sizeof pool_magic);
    int file = memfd_create("hip pool", MFD_CLOEXEC);
    if (file < 0)
        return hipErrorOperatingSystem;
    if (write(file, &content, sizeof content) != (ssize_t)sizeof content) {
        close(file);
        return hipErrorOperatingSystem;
    }
    *(int *)out = file;
    return hipSuccess;
}

hipError_t hipMemPoolExportToShareableHandle(void *shared_handle, hipMemPool_t pool,
                                             hipMemAllocationHandleType type, unsigned int flags)
{
    return hip_return(hip_ready() ?: export_pool(shared_handle, pool, type, flags));
}

/* `handle` is the file descriptor's number as a pointer; it stays the caller's. */
static hipError_t import_pool(hipMemPool_t *out, const void *handle,
                              hipMemAllocationHandleType type, unsigned flags)
{
    struct pool_file content;
    if (out == NULL || handle == NULL || flags != 0 || type != hipMemHandleTypePosixFileDescriptor)
        return hipErrorInvalidValue;
    if (pread((int)(uintptr_t)handle, &content, sizeof content, 0) != (ssize_t)sizeof content ||
        memcmp(content.magic, pool_magic, sizeof pool_magic) != 0)
        return hipErrorInvalidValue;
    struct hip_device *device = hip_device_at(content.face.device);
    return hip_pool_create_imported(device == NULL ? hip_current_device() : device, &content.face,
                                    out);
}

hipError_t hipMemPoolImportFromShareableHandle(hipMemPool_t *pool, void *shared_handle,
                                               hipMemAllocationHandleType type, unsigned int flags)
{
    return hip_return(hip_ready() ?: import_pool(pool, shared_handle, type, flags));
}

static hipError_t export_pointer(hipMemPoolPtrExportData *out, const void *address)
{
    struct hip_allocation row;
    struct memory_name name;
    struct hip_pool_face face;
    if (out == NULL || address == NULL || !hip_memory_find(address, &row) ||
        !hip_pool_is_shareable(row.pool, &face))
        return hipErrorInvalidValue;
    hipError_t error = name_memory(&name, address);
    if (error == hipSuccess)
        memcpy(out, &name, sizeof name);
    return error;
}

hipError_t hipMemPoolExportPointer(hipMemPoolPtrExportData *export_data, void *ptr)
{
    return hip_return(hip_ready() ?: export_pointer(export_data, ptr));
}

static hipError_t import_pointer(void **out, hipMemPool_t pool, const hipMemPoolPtrExportData *data)
{
    struct memory_name name;
    if (out == NULL || data == NULL || !hip_pool_is_imported(pool))
        return hipErrorInvalidValue;
    memcpy(&name, data, sizeof name);
    hipError_t error = open_memory(&name, HIP_ORIGIN_IMPORTED, out);
    if (error == hipSuccess)
        hip_pool_adopt(pool, *out, name.size);
    return error;
}

hipError_t hipMemPoolImportPointer(void **ptr, hipMemPool_t pool,
                                   hipMemPoolPtrExportData *export_data)
{
    return hip_return(hip_ready() ?: import_pointer(ptr, pool, export_data));
}
