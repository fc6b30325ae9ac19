/* SPDX-License-Identifier: MIT
 * Virtual memory: reserved addresses, memory handles, and mappings with access rights
 * (hsa_ext_amd.h, "virtual memory"). A handle is the address of the device's memory object and is
 * counted: creating, importing and retaining it each ask for one release; mappings keep the memory
 * themselves. Beyond AMD's contract a part of a handle may be mapped, and unmap and set_access take
 * several mappings side by side.
 */
#include "hsa_priv.h"

#include "device/vmem.h"

#include <stdlib.h>
#include <unistd.h>

enum { FLAG_BITS = 32 }; /* a backing's flags: the pool's global flags, and above them the type */

/* How often the application holds the handle; guarded by the process's vmem_lock. */
static uint64_t uses_of(const struct cairn_backing *backing)
{
    return (uintptr_t)backing->user;
}

static void set_uses(struct cairn_backing *backing, uint64_t uses)
{
    backing->user = (void *)(uintptr_t)uses; // NOLINT
}

/* With a reference that the caller releases, as other threads may release the handle; NULL: not a
 * handle. */
static struct cairn_backing *acquire(hsa_amd_vmem_alloc_handle_t handle)
{
    struct process *process = &cairn_hsa_process;
    pthread_mutex_lock(&process->vmem_lock);
    struct cairn_backing *backing = cairn_hsa_handle_find(HANDLE_VMEM, handle.handle);
    if (backing != NULL)
        cairn_backing_retain(backing);
    pthread_mutex_unlock(&process->vmem_lock);
    return backing;
}

/* Turns the caller's reference into one more use of the handle. */
static hsa_status_t publish(struct cairn_backing *backing, hsa_amd_vmem_alloc_handle_t *out)
{
    struct process *process = &cairn_hsa_process;
    enum cairn_status status = CAIRN_OK;
    pthread_mutex_lock(&process->vmem_lock);
    if (uses_of(backing) == 0)
        status = cairn_hsa_handle_add(HANDLE_VMEM, (uintptr_t)backing, backing);
    if (status == CAIRN_OK)
        set_uses(backing, uses_of(backing) + 1);
    pthread_mutex_unlock(&process->vmem_lock);
    if (status != CAIRN_OK) {
        cairn_backing_release(backing);
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    out->handle = (uintptr_t)backing;
    return HSA_STATUS_SUCCESS;
}

void cairn_hsa_vmem_handles_destroy(void)
{
    uint64_t handle;
    struct cairn_backing *backing;
    while ((backing = cairn_hsa_handle_any(HANDLE_VMEM, &handle)) != NULL) {
        cairn_hsa_handle_remove(HANDLE_VMEM, handle);
        for (uint64_t uses = uses_of(backing); uses > 0; uses--)
            cairn_backing_release(backing);
    }
}

/* ---- addresses ---- */

hsa_status_t hsa_amd_vmem_address_reserve_align(void **va, size_t size, uint64_t address,
                                                uint64_t alignment, uint64_t flags)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (va == NULL || flags != 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return cairn_hsa_status(cairn_vmem_reserve(size, alignment, address, va));
}

hsa_status_t hsa_amd_vmem_address_reserve(void **va, size_t size, uint64_t address, uint64_t flags)
{
    return hsa_amd_vmem_address_reserve_align(va, size, address, 0, flags);
}

hsa_status_t hsa_amd_vmem_address_free(void *va, size_t size)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    enum cairn_status status = cairn_vmem_unreserve(va, size);
    return status == CAIRN_ERR_BUSY ? HSA_STATUS_ERROR_RESOURCE_FREE : cairn_hsa_status(status);
}

/* ---- handles ---- */

hsa_status_t hsa_amd_vmem_handle_create(hsa_amd_memory_pool_t pool_handle, size_t size,
                                        hsa_amd_memory_type_t type, uint64_t flags,
                                        hsa_amd_vmem_alloc_handle_t *memory_handle)
{
    struct cairn_backing *backing;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct pool *pool = cairn_hsa_pool_of(pool_handle.handle);
    if (pool == NULL)
        return (hsa_status_t)HSA_STATUS_ERROR_INVALID_MEMORY_POOL;
    if (memory_handle == NULL || size == 0 || size % PAGE_BYTES != 0 || flags != 0 ||
        (unsigned)type > MEMORY_TYPE_PINNED)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (!pool->alloc_allowed || size > pool->size_bytes)
        return HSA_STATUS_ERROR_INVALID_ALLOCATION;
    enum cairn_status status =
        cairn_backing_create(pool->agent->device, pool->kind, size,
                             pool->global_flags | (uint64_t)type << FLAG_BITS, &backing);
    return status == CAIRN_OK ? publish(backing, memory_handle) : cairn_hsa_status(status);
}

hsa_status_t hsa_amd_vmem_handle_release(hsa_amd_vmem_alloc_handle_t memory_handle)
{
    struct process *process = &cairn_hsa_process;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    pthread_mutex_lock(&process->vmem_lock);
    struct cairn_backing *backing = cairn_hsa_handle_find(HANDLE_VMEM, memory_handle.handle);
    if (backing != NULL) {
        set_uses(backing, uses_of(backing) - 1);
        if (uses_of(backing) == 0)
            cairn_hsa_handle_remove(HANDLE_VMEM, memory_handle.handle);
    }
    pthread_mutex_unlock(&process->vmem_lock);
    if (backing == NULL)
        return HSA_STATUS_ERROR_INVALID_ALLOCATION;
    cairn_backing_release(backing);
    return HSA_STATUS_SUCCESS;
}

/* Memory of a pool that is not visible here counts as the first one of the CPU. */
static struct pool *pool_of(const struct cairn_backing *backing)
{
    struct agent *agent = cairn_hsa_agent_of_device(backing->device);
    for (uint32_t i = 0; i < agent->pool_count; i++)
        if (agent->pools[i].kind == backing->kind && agent->pools[i].alloc_allowed &&
            agent->pools[i].global_flags == (uint32_t)backing->flags)
            return &agent->pools[i];
    return &agent->pools[0];
}

hsa_status_t
hsa_amd_vmem_get_alloc_properties_from_handle(hsa_amd_vmem_alloc_handle_t memory_handle,
                                              hsa_amd_memory_pool_t *pool,
                                              hsa_amd_memory_type_t *type)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (pool == NULL || type == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct cairn_backing *backing = acquire(memory_handle);
    if (backing == NULL)
        return HSA_STATUS_ERROR_INVALID_ALLOCATION;
    pool->handle = (uintptr_t)pool_of(backing);
    *type = (backing->flags >> FLAG_BITS & 1) != 0 ? MEMORY_TYPE_PINNED : MEMORY_TYPE_NONE;
    cairn_backing_release(backing);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_vmem_retain_alloc_handle(hsa_amd_vmem_alloc_handle_t *memory_handle,
                                              void *addr)
{
    struct cairn_backing *backing;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (memory_handle == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (cairn_vmem_backing(addr, &backing) != CAIRN_OK)
        return HSA_STATUS_ERROR_INVALID_ALLOCATION;
    return publish(backing, memory_handle);
}

hsa_status_t hsa_amd_vmem_export_shareable_handle(int *dmabuf_fd,
                                                  hsa_amd_vmem_alloc_handle_t handle,
                                                  uint64_t flags)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (dmabuf_fd == NULL || flags != 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct cairn_backing *backing = acquire(handle);
    if (backing == NULL)
        return HSA_STATUS_ERROR_INVALID_ALLOCATION;
    int file = cairn_hsa_file_copy(backing->file);
    cairn_backing_release(backing);
    if (file < 0)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    *dmabuf_fd = file;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_vmem_import_shareable_handle(int dmabuf_fd,
                                                  hsa_amd_vmem_alloc_handle_t *handle)
{
    struct cairn_backing *backing;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (handle == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    enum cairn_status status = cairn_backing_import(dmabuf_fd, &backing);
    if (status == CAIRN_ERR_NO_MEMORY)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    if (status != CAIRN_OK)
        return HSA_STATUS_ERROR_INVALID_ALLOCATION;
    return publish(backing, handle);
}

/* ---- mappings ---- */

hsa_status_t hsa_amd_vmem_map(void *va, size_t size, size_t in_offset,
                              hsa_amd_vmem_alloc_handle_t memory_handle, uint64_t flags)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (flags != 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct cairn_backing *backing = acquire(memory_handle);
    if (backing == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    enum cairn_status status = cairn_vmem_map(va, size, in_offset, backing);
    cairn_backing_release(backing);
    bool is_caller = status != CAIRN_OK && status != CAIRN_ERR_NO_MEMORY;
    return is_caller ? HSA_STATUS_ERROR_INVALID_ARGUMENT : cairn_hsa_status(status);
}

hsa_status_t hsa_amd_vmem_unmap(void *va, size_t size)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    return cairn_hsa_status(cairn_vmem_unmap(va, size));
}

static uint32_t index_of(const struct agent *agent)
{
    return agent->is_gpu ? CAIRN_RIGHTS_DEVICE + agent->info->ordinal : CAIRN_RIGHTS_HOST;
}

static hsa_status_t read_change(const hsa_amd_memory_access_desc_t *desc,
                                struct cairn_right_change *change)
{
    static const enum cairn_right rights[] = {
        [HSA_ACCESS_PERMISSION_NONE] = CAIRN_RIGHT_NONE,
        [HSA_ACCESS_PERMISSION_RO] = CAIRN_RIGHT_READ,
        [HSA_ACCESS_PERMISSION_WO] = CAIRN_RIGHT_WRITE,
        [HSA_ACCESS_PERMISSION_RW] = CAIRN_RIGHT_READ_WRITE,
    };
    const struct agent *agent = cairn_hsa_agent_of(desc->agent_handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if ((unsigned)desc->permissions > HSA_ACCESS_PERMISSION_RW)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *change = (struct cairn_right_change){index_of(agent), rights[desc->permissions]};
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_vmem_set_access(void *va, size_t size,
                                     const hsa_amd_memory_access_desc_t *desc, size_t desc_cnt)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (desc == NULL || desc_cnt == 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct cairn_right_change *changes = calloc(desc_cnt, sizeof *changes);
    if (changes == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    hsa_status_t status = HSA_STATUS_SUCCESS;
    for (size_t i = 0; i < desc_cnt && status == HSA_STATUS_SUCCESS; i++)
        status = read_change(&desc[i], &changes[i]);
    if (status == HSA_STATUS_SUCCESS)
        status = cairn_hsa_status(cairn_vmem_set_rights(va, size, changes, desc_cnt));
    free(changes);
    return status;
}

hsa_status_t hsa_amd_vmem_get_access(void *va, hsa_access_permission_t *perms,
                                     hsa_agent_t agent_handle)
{
    static const hsa_access_permission_t permissions[] = {
        [CAIRN_RIGHT_NONE] = HSA_ACCESS_PERMISSION_NONE,
        [CAIRN_RIGHT_READ] = HSA_ACCESS_PERMISSION_RO,
        [CAIRN_RIGHT_WRITE] = HSA_ACCESS_PERMISSION_WO,
        [CAIRN_RIGHT_READ_WRITE] = HSA_ACCESS_PERMISSION_RW,
    };
    enum cairn_right right;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *agent = cairn_hsa_agent_of(agent_handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (perms == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (cairn_vmem_right(va, index_of(agent), &right) != CAIRN_OK || right == CAIRN_RIGHT_UNSET)
        return HSA_STATUS_ERROR_INVALID_ALLOCATION;
    *perms = permissions[right];
    return HSA_STATUS_SUCCESS;
}
