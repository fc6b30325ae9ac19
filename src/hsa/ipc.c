/* SPDX-License-Identifier: MIT
 * Memory and signals of several processes and interfaces: IPC handles, file descriptors for other
 * drivers and libraries ("dma-buf", here memfd), and descriptors of theirs. An IPC handle names a
 * file of the process that made it; nothing has a name in a file system, so nothing stays behind.
 */
#include "hsa_priv.h"

#include "base/bytes.h"
#include "base/log.h"
#include "device/share.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { USE_MEMORY = 1, USE_SIGNAL = 2 };

_Static_assert(sizeof(struct cairn_share_handle) == sizeof(hsa_amd_ipc_memory_t), "same 32 bytes");

int cairn_hsa_file_copy(int file)
{
    return fcntl(file, F_DUPFD_CLOEXEC, 0);
}

/* NOT_FOUND and the like become the caller's mistake; what is used up stays that. */
static hsa_status_t as_argument(enum cairn_status status)
{
    if (status == CAIRN_OK)
        return HSA_STATUS_SUCCESS;
    return status == CAIRN_ERR_NO_MEMORY ? HSA_STATUS_ERROR_OUT_OF_RESOURCES
                                         : HSA_STATUS_ERROR_INVALID_ARGUMENT;
}

/* The whole allocation that `ptr` is inside of, as a file. Code, locked memory and mappings are not
 * the pools' own allocations. */
static bool is_from_pool(const struct cairn_allocation *found)
{
    return !found->registered && !found->mapped && found->kind != CAIRN_MEMORY_CODE;
}

/* ---- memory ---- */

/* An allocation is as long as was asked for, or in whole pages, as ROCm's clients count it. */
static bool is_full_length(uint64_t size_bytes, size_t len)
{
    return len == size_bytes || len == cairn_align_up(size_bytes, PAGE_BYTES);
}

hsa_status_t hsa_amd_ipc_memory_create(void *ptr, size_t len, hsa_amd_ipc_memory_t *handle)
{
    struct cairn_allocation found;
    struct cairn_backing *backing;
    struct cairn_share_handle name;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr == NULL || handle == NULL || cairn_memory_find(ptr, &found) != CAIRN_OK ||
        !is_from_pool(&found) || found.address != (uintptr_t)ptr ||
        !is_full_length(found.size_bytes, len))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    enum cairn_status status = cairn_memory_share(ptr, &backing);
    if (status == CAIRN_OK)
        status = cairn_share_name(backing, found.size_bytes, USE_MEMORY, &name);
    if (status == CAIRN_OK)
        memcpy(handle, &name, sizeof name);
    return as_argument(status);
}

static bool agents_are_valid(uint32_t count, const hsa_agent_t *agents)
{
    if (count != 0 && agents == NULL)
        return false;
    for (uint32_t i = 0; i < count; i++)
        if (cairn_hsa_agent_of(agents[i]) == NULL)
            return false;
    return true;
}

hsa_status_t hsa_amd_ipc_memory_attach(const hsa_amd_ipc_memory_t *handle, size_t len,
                                       uint32_t num_agents, const hsa_agent_t *mapping_agents,
                                       void **mapped_ptr)
{
    struct cairn_share_handle name;
    struct cairn_backing *backing;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (handle == NULL || mapped_ptr == NULL || !agents_are_valid(num_agents, mapping_agents))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    memcpy(&name, handle, sizeof name);
    if (name.size_bytes == 0 || !is_full_length(name.size_bytes, len))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    enum cairn_status status = cairn_share_open(&name, USE_MEMORY, &backing);
    if (status != CAIRN_OK)
        return as_argument(status);
    status = cairn_memory_attach(backing, len, mapped_ptr);
    cairn_backing_release(backing);
    return as_argument(status);
}

static hsa_status_t detach(void *ptr)
{
    struct cairn_allocation found;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr == NULL || cairn_memory_find(ptr, &found) != CAIRN_OK || !found.attached ||
        found.address != (uintptr_t)ptr)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    cairn_hsa_run_release_hooks(ptr);
    return as_argument(cairn_memory_free(ptr));
}

hsa_status_t hsa_amd_ipc_memory_detach(void *mapped_ptr)
{
    return detach(mapped_ptr);
}

/* ---- signals ---- */

/* The signal with this handle, if it is one of several processes; any number may be given. */
static struct cairn_signal *shared_signal_of(hsa_signal_t handle)
{
    struct cairn_allocation found;
    struct cairn_signal *signal = cairn_hsa_signal_of(handle);
    if (handle.handle == 0 || handle.handle % sizeof *signal != 0 ||
        cairn_memory_find(signal, &found) != CAIRN_OK || found.address != handle.handle ||
        found.registered || found.mapped || found.size_bytes < sizeof *signal ||
        signal->kind != 1 || !cairn_signal_is_shared(signal))
        return NULL;
    return signal;
}

hsa_status_t hsa_amd_ipc_signal_create(hsa_signal_t signal, hsa_amd_ipc_signal_t *handle)
{
    struct cairn_backing *backing;
    struct cairn_share_handle name;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct cairn_signal *object = shared_signal_of(signal);
    if (object == NULL || handle == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    enum cairn_status status = cairn_memory_share(object, &backing);
    if (status == CAIRN_OK)
        status = cairn_share_name(backing, backing->size_bytes, USE_SIGNAL, &name);
    if (status == CAIRN_OK)
        memcpy(handle, &name, sizeof name);
    return as_argument(status);
}

hsa_status_t hsa_amd_ipc_signal_attach(const hsa_amd_ipc_signal_t *handle, hsa_signal_t *signal)
{
    struct cairn_share_handle name;
    struct cairn_backing *backing;
    struct cairn_signal *made;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (handle == NULL || signal == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    memcpy(&name, handle, sizeof name);
    enum cairn_status status = cairn_share_open(&name, USE_SIGNAL, &backing);
    if (status != CAIRN_OK)
        return as_argument(status);
    status = cairn_signal_attach(backing, &made);
    cairn_backing_release(backing);
    if (status == CAIRN_OK)
        signal->handle = (uintptr_t)made;
    return as_argument(status);
}

/* ---- file descriptors for others ---- */

hsa_status_t hsa_amd_portable_export_dmabuf(const void *ptr, size_t size, int *dmabuf,
                                            uint64_t *offset)
{
    struct cairn_allocation found;
    struct cairn_backing *backing;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr == NULL || dmabuf == NULL || offset == NULL || size == 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (cairn_memory_find(ptr, &found) != CAIRN_OK || !is_from_pool(&found) ||
        size > found.address + found.size_bytes - (uintptr_t)ptr)
        return HSA_STATUS_ERROR_INVALID_ALLOCATION;
    if (found.device == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    enum cairn_status status =
        cairn_memory_share((void *)(uintptr_t)found.address, &backing); // NOLINT
    if (status != CAIRN_OK)
        return cairn_hsa_status(status);
    int file = cairn_hsa_file_copy(backing->file);
    if (file < 0)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    *dmabuf = file;
    *offset = (uintptr_t)ptr - found.address;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_portable_close_dmabuf(int dmabuf)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    return close(dmabuf) == 0 ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_RESOURCE_FREE;
}

/* ---- file descriptors of others: whatever can be mapped to read and write ---- */

hsa_status_t hsa_amd_interop_map_buffer(uint32_t num_agents, hsa_agent_t *agents,
                                        int interop_handle, uint32_t flags, size_t *size,
                                        void **ptr, size_t *metadata_size, const void **metadata)
{
    struct cairn_backing *backing;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (num_agents == 0 || !agents_are_valid(num_agents, agents) || flags != 0 || size == NULL ||
        ptr == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    enum cairn_status status = cairn_backing_import(interop_handle, &backing);
    if (status != CAIRN_OK)
        return as_argument(status);
    uint64_t mapped = backing->size_bytes;
    status = cairn_memory_attach(backing, mapped, ptr);
    cairn_backing_release(backing);
    if (status != CAIRN_OK)
        return as_argument(status);
    *size = mapped;
    if (metadata_size != NULL)
        *metadata_size = 0;
    if (metadata != NULL)
        *metadata = NULL;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_interop_unmap_buffer(void *ptr)
{
    return detach(ptr);
}
