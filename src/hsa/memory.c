/* SPDX-License-Identifier: MIT
 * Memory by address: freeing, locking application memory, filling, synchronous copies, and what an
 * address is. Every agent reaches every allocation and every locked range, so access calls only
 * check their arguments.
 */
#include "hsa_priv.h"

#include "base/log.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* Reads one byte through the kernel, which reports a bad address instead of faulting. A kernel that
 * refuses the call itself (seccomp) leaves the caller's word. */
bool cairn_hsa_is_mapped(uint64_t address)
{
    char byte;
    struct iovec to = {.iov_base = &byte, .iov_len = 1};
    struct iovec from = {.iov_base = (void *)(uintptr_t)address, .iov_len = 1}; // NOLINT
    return process_vm_readv(getpid(), &to, 1, &from, 1, 0) == 1 || errno != EFAULT;
}

/* Mappings of reserved addresses may go on in the next one. */
static bool mappings_cover(uint64_t first, uint64_t last, bool write)
{
    struct cairn_allocation found;
    for (uint64_t at = first; at < last; at = found.address + found.size_bytes)
        if (cairn_memory_find((const void *)(uintptr_t)at, &found) != CAIRN_OK || // NOLINT
            !found.mapped || found.no_read || (write && found.no_write))
            return false;
    return true;
}

static bool range_is_valid(const void *address, size_t size, bool write)
{
    uint64_t first = (uintptr_t)address, last;
    struct cairn_allocation found;
    if (address == NULL || __builtin_add_overflow(first, size, &last))
        return false;
    if (cairn_memory_find(address, &found) == CAIRN_OK) {
        if (found.mapped)
            return mappings_cover(first, last, write);
        bool fits = last <= found.address + found.size_bytes;
        if (fits || !found.registered) /* what follows a locked range may be plain host memory */
            return fits;
    }
    return size == 0 || (cairn_hsa_is_mapped(first) && cairn_hsa_is_mapped(last - 1));
}

bool cairn_hsa_range_is_valid(const void *address, size_t size)
{
    return range_is_valid(address, size, false);
}

bool cairn_hsa_range_is_writable(const void *address, size_t size)
{
    return range_is_valid(address, size, true);
}

/* ---- freeing ---- */

/* Takes the hooks of `address` out of the list, oldest first. */
static struct release_hook *take_hooks(const void *address)
{
    struct process *process = &cairn_hsa_process;
    struct release_hook *taken = NULL;
    pthread_mutex_lock(&process->list_lock);
    for (struct release_hook **at = &process->release_hooks; *at != NULL;) {
        struct release_hook *hook = *at;
        if (hook->address != address) {
            at = &hook->next;
            continue;
        }
        *at = hook->next;
        hook->next = taken;
        taken = hook;
    }
    pthread_mutex_unlock(&process->list_lock);
    return taken;
}

void cairn_hsa_run_release_hooks(const void *address)
{
    for (struct release_hook *hook = take_hooks(address), *next; hook != NULL; hook = next) {
        next = hook->next;
        hook->callback(hook->address, hook->data);
        free(hook);
    }
}

void cairn_hsa_release_hooks_destroy(void)
{
    struct process *process = &cairn_hsa_process;
    while (process->release_hooks != NULL) {
        struct release_hook *next = process->release_hooks->next;
        free(process->release_hooks);
        process->release_hooks = next;
    }
}

hsa_status_t hsa_amd_memory_pool_free(void *ptr)
{
    struct cairn_allocation found;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr == NULL)
        return HSA_STATUS_SUCCESS;
    if (cairn_memory_find(ptr, &found) != CAIRN_OK || found.address != (uintptr_t)ptr ||
        found.registered || found.mapped || found.attached || found.kind == CAIRN_MEMORY_CODE)
        return HSA_STATUS_ERROR_INVALID_ALLOCATION;
    cairn_hsa_run_release_hooks(ptr);
    return cairn_hsa_status(cairn_memory_free(ptr));
}

hsa_status_t hsa_memory_free(void *ptr)
{
    return hsa_amd_memory_pool_free(ptr);
}

hsa_status_t hsa_amd_register_deallocation_callback(void *ptr,
                                                    hsa_amd_deallocation_callback_t callback,
                                                    void *user_data)
{
    struct process *process = &cairn_hsa_process;
    struct cairn_allocation found;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr == NULL || callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (cairn_memory_find(ptr, &found) != CAIRN_OK || found.registered || found.mapped)
        return HSA_STATUS_ERROR_INVALID_ALLOCATION;
    struct release_hook *hook = malloc(sizeof *hook);
    if (hook == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    *hook = (struct release_hook){.address = (void *)(uintptr_t)found.address, // NOLINT
                                  .callback = callback,
                                  .data = user_data};
    pthread_mutex_lock(&process->list_lock);
    hook->next = process->release_hooks;
    process->release_hooks = hook;
    pthread_mutex_unlock(&process->list_lock);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_deregister_deallocation_callback(void *ptr,
                                                      hsa_amd_deallocation_callback_t callback)
{
    struct process *process = &cairn_hsa_process;
    hsa_status_t status = HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    pthread_mutex_lock(&process->list_lock);
    for (struct release_hook **at = &process->release_hooks; *at != NULL; at = &(*at)->next) {
        struct release_hook *hook = *at;
        if (hook->address != ptr || hook->callback != callback)
            continue;
        *at = hook->next;
        free(hook);
        status = HSA_STATUS_SUCCESS;
        break;
    }
    pthread_mutex_unlock(&process->list_lock);
    return status;
}

/* ---- access ---- */

static bool agents_are_valid(const hsa_agent_t *agents, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        if (cairn_hsa_agent_of(agents[i]) == NULL)
            return false;
    return true;
}

hsa_status_t hsa_amd_agents_allow_access(uint32_t num_agents, const hsa_agent_t *agents,
                                         const uint32_t *flags, const void *ptr)
{
    struct cairn_allocation found;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (num_agents == 0 || agents == NULL || flags != NULL || ptr == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (!agents_are_valid(agents, num_agents))
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (cairn_memory_find(ptr, &found) != CAIRN_OK)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_memory_assign_agent(void *ptr, hsa_agent_t agent, hsa_access_permission_t access)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr == NULL || access < HSA_ACCESS_PERMISSION_RO || access > HSA_ACCESS_PERMISSION_RW)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (cairn_hsa_agent_of(agent) == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t lock_range(void *host_ptr, size_t size, void **agent_ptr)
{
    if (!cairn_hsa_range_is_valid(host_ptr, size))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    enum cairn_status status = cairn_memory_register(host_ptr, size, 0);
    if (status != CAIRN_OK)
        return cairn_hsa_status(status);
    if (agent_ptr != NULL)
        *agent_ptr = host_ptr;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_memory_lock(void *host_ptr, size_t size, hsa_agent_t *agents, int num_agent,
                                 void **agent_ptr)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (host_ptr == NULL || size == 0 || agent_ptr == NULL || (agents != NULL) != (num_agent > 0))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (agents != NULL && !agents_are_valid(agents, (uint32_t)num_agent))
        return HSA_STATUS_ERROR_INVALID_AGENT;
    return lock_range(host_ptr, size, agent_ptr);
}

hsa_status_t hsa_amd_memory_lock_to_pool(void *host_ptr, size_t size, hsa_agent_t *agents,
                                         int num_agent, hsa_amd_memory_pool_t pool, uint32_t flags,
                                         void **agent_ptr)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct pool *target = cairn_hsa_pool_of(pool.handle);
    if (target == NULL)
        return (hsa_status_t)HSA_STATUS_ERROR_INVALID_MEMORY_POOL;
    if (target->kind != CAIRN_MEMORY_HOST)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return hsa_amd_memory_lock(host_ptr, size, agents, num_agent, agent_ptr);
}

hsa_status_t hsa_amd_memory_unlock(void *host_ptr)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (host_ptr == NULL)
        return HSA_STATUS_SUCCESS;
    return cairn_memory_unregister(host_ptr) == CAIRN_OK ? HSA_STATUS_SUCCESS
                                                         : HSA_STATUS_ERROR_INVALID_ARGUMENT;
}

hsa_status_t hsa_memory_register(void *ptr, size_t size)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr == NULL || size == 0)
        return ptr == NULL && size == 0 ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return lock_range(ptr, size, NULL);
}

hsa_status_t hsa_memory_deregister(void *ptr, size_t size)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr != NULL && cairn_memory_unregister(ptr) != CAIRN_OK)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return HSA_STATUS_SUCCESS;
}

/* ---- copying and filling, synchronous ---- */

/* A word of 4 or 8 bytes goes in one piece: the host or a kernel may look at it or write it
 * meanwhile. Acquire and release pair with theirs. */
static void copy_bytes(void *dst, const void *src, size_t size)
{
    uintptr_t both = (uintptr_t)dst | (uintptr_t)src;
    if (size == 4 && both % 4 == 0)
        __atomic_store_n((uint32_t *)dst, __atomic_load_n((const uint32_t *)src, __ATOMIC_ACQUIRE),
                         __ATOMIC_RELEASE);
    else if (size == 8 && both % 8 == 0)
        __atomic_store_n((uint64_t *)dst, __atomic_load_n((const uint64_t *)src, __ATOMIC_ACQUIRE),
                         __ATOMIC_RELEASE);
    else
        memmove(dst, src, size);
}

hsa_status_t hsa_memory_copy(void *dst, const void *src, size_t size)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (dst == NULL || src == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (!cairn_hsa_range_is_writable(dst, size) || !cairn_hsa_range_is_valid(src, size)) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: copy of %zu bytes from %p to %p leaves its allocation",
                  size, src, dst);
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
    copy_bytes(dst, src, size);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_memory_fill(void *ptr, uint32_t value, size_t count)
{
    size_t size;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr == NULL || (uintptr_t)ptr % sizeof value != 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (__builtin_mul_overflow(count, sizeof value, &size) ||
        !cairn_hsa_range_is_writable(ptr, size)) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: fill of %zu words at %p leaves its allocation", count,
                  ptr);
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
    uint32_t *words = ptr;
    for (size_t i = 0; i < count; i++)
        words[i] = value;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_memory_migrate(const void *ptr, hsa_amd_memory_pool_t pool, uint32_t flags)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr == NULL || flags != 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (cairn_hsa_pool_of(pool.handle) == NULL)
        return (hsa_status_t)HSA_STATUS_ERROR_INVALID_MEMORY_POOL;
    CAIRN_LOG_ONCE("hsa: hsa_amd_memory_migrate is not supported");
    return HSA_STATUS_ERROR;
}

/* ---- what an address is ---- */

static hsa_status_t list_agents(void *(*alloc)(size_t), uint32_t *count, hsa_agent_t **list)
{
    struct process *process = &cairn_hsa_process;
    hsa_agent_t *agents = alloc(process->agent_count * sizeof *agents);
    if (agents == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    for (uint32_t i = 0; i < process->agent_count; i++)
        agents[i] = cairn_hsa_agent_handle(&process->agents[i]);
    *count = process->agent_count;
    *list = agents;
    return HSA_STATUS_SUCCESS;
}

/* The structure grows with versions: as much is written as the caller's `size` says it has. */
static void fill_info(hsa_amd_pointer_info_t *info, const struct cairn_allocation *found)
{
    hsa_amd_pointer_info_t full = {.size = sizeof full, .type = HSA_EXT_POINTER_TYPE_UNKNOWN};
    if (found != NULL) {
        full.type = found->registered ? HSA_EXT_POINTER_TYPE_LOCKED
                    : found->foreign  ? HSA_EXT_POINTER_TYPE_GRAPHICS
                    : found->attached ? HSA_EXT_POINTER_TYPE_IPC
                                      : HSA_EXT_POINTER_TYPE_HSA;
        full.agentBaseAddress = (void *)(uintptr_t)found->address; // NOLINT
        full.hostBaseAddress = full.agentBaseAddress;
        full.sizeInBytes = found->size_bytes;
        full.userData = found->user;
        full.agentOwner = cairn_hsa_agent_handle(cairn_hsa_agent_of_device(found->device));
        full.global_flags = found->registered ? HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED
                                              : (uint32_t)found->flags;
    }
    uint32_t size = info->size < sizeof full ? info->size : (uint32_t)sizeof full;
    full.size = size;
    memcpy(info, &full, size);
}

hsa_status_t hsa_amd_pointer_info(const void *ptr, hsa_amd_pointer_info_t *info,
                                  void *(*alloc)(size_t), uint32_t *num_agents_accessible,
                                  hsa_agent_t **accessible)
{
    struct cairn_allocation found;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr == NULL || info == NULL || info->size < offsetof(hsa_amd_pointer_info_t, userData))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    bool wants_list = alloc != NULL && num_agents_accessible != NULL && accessible != NULL;
    bool known = cairn_memory_find(ptr, &found) == CAIRN_OK;
    if (known && wants_list) {
        hsa_status_t status = list_agents(alloc, num_agents_accessible, accessible);
        if (status != HSA_STATUS_SUCCESS)
            return status;
    } else if (wants_list) {
        *num_agents_accessible = 0;
        *accessible = NULL;
    }
    fill_info(info, known ? &found : NULL);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_pointer_info_set_userdata(const void *ptr, void *userdata)
{
    struct cairn_allocation found;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (ptr == NULL || cairn_memory_find(ptr, &found) != CAIRN_OK)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return cairn_hsa_status(cairn_memory_set_user((void *)(uintptr_t)found.address, userdata));
}
