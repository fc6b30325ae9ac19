/* SPDX-License-Identifier: MIT
 * Memory pools and the older regions: the same objects under two interfaces. On the CPU agent:
 * fine-grained, kernarg and coarse-grained system memory; on a GPU: VRAM, coarse- and fine-grained,
 * and the group segment, which cannot be allocated from. All of them are reachable by every agent.
 */
#include "hsa_priv.h"

#include "base/log.h"
#include "info.h"

#include <unistd.h>

struct pool *cairn_hsa_pool_of(uint64_t handle)
{
    return cairn_hsa_handle_find(HANDLE_POOL, handle);
}

static void add(struct agent *agent, hsa_amd_segment_t segment, uint32_t flags,
                enum cairn_memory_kind kind, uint64_t size_bytes)
{
    agent->pools[agent->pool_count++] =
        (struct pool){.agent = agent,
                      .segment = segment,
                      .global_flags = flags,
                      .kind = kind,
                      .size_bytes = size_bytes & ~(uint64_t)(PAGE_BYTES - 1),
                      .alloc_allowed = segment == HSA_AMD_SEGMENT_GLOBAL};
}

void cairn_hsa_pools_fill(struct agent *agent)
{
    const uint32_t fine = HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED;
    const uint32_t coarse = HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED;
    const uint32_t kernarg = HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT;
    if (agent->is_gpu) {
        uint64_t vram = agent->info->vram_bytes;
        add(agent, HSA_AMD_SEGMENT_GLOBAL, coarse, CAIRN_MEMORY_DEVICE, vram);
        add(agent, HSA_AMD_SEGMENT_GLOBAL, fine, CAIRN_MEMORY_DEVICE, vram);
        add(agent, HSA_AMD_SEGMENT_GROUP, 0, CAIRN_MEMORY_DEVICE, agent->info->gfx->lds_bytes);
        return;
    }
    uint64_t ram = (uint64_t)sysconf(_SC_PHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE);
    add(agent, HSA_AMD_SEGMENT_GLOBAL, fine, CAIRN_MEMORY_HOST, ram);
    add(agent, HSA_AMD_SEGMENT_GLOBAL, fine | kernarg, CAIRN_MEMORY_HOST, ram);
    add(agent, HSA_AMD_SEGMENT_GLOBAL, coarse, CAIRN_MEMORY_HOST, ram);
}

hsa_status_t hsa_amd_agent_iterate_memory_pools(
    hsa_agent_t handle, hsa_status_t (*callback)(hsa_amd_memory_pool_t, void *), void *data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (uint32_t i = 0; i < agent->pool_count; i++) {
        hsa_amd_memory_pool_t pool = {.handle = (uintptr_t)&agent->pools[i]};
        hsa_status_t status = callback(pool, data);
        if (status != HSA_STATUS_SUCCESS)
            return status;
    }
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_memory_pool_get_info(hsa_amd_memory_pool_t handle,
                                          hsa_amd_memory_pool_info_t attribute, void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct pool *pool = cairn_hsa_pool_of(handle.handle);
    if (pool == NULL)
        return (hsa_status_t)HSA_STATUS_ERROR_INVALID_MEMORY_POOL;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    uint64_t granule = pool->alloc_allowed ? PAGE_BYTES : 0;
    switch (attribute) {
    case HSA_AMD_MEMORY_POOL_INFO_SEGMENT:
        return info_u32(value, pool->segment);
    case HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS:
        return info_u32(value, pool->global_flags);
    case HSA_AMD_MEMORY_POOL_INFO_SIZE:
        return info_u64(value, pool->size_bytes);
    case HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALLOWED:
        return info_bool(value, pool->alloc_allowed);
    case HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_GRANULE:
    case HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALIGNMENT:
    case HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_REC_GRANULE:
        return info_u64(value, granule);
    case HSA_AMD_MEMORY_POOL_INFO_ACCESSIBLE_BY_ALL:
        return info_bool(value, pool->kind == CAIRN_MEMORY_HOST);
    case HSA_AMD_MEMORY_POOL_INFO_ALLOC_MAX_SIZE:
        return info_u64(value, pool->alloc_allowed ? pool->size_bytes : 0);
    case HSA_AMD_MEMORY_POOL_INFO_LOCATION:
        return info_u32(value, pool->agent->is_gpu ? HSA_AMD_MEMORY_POOL_LOCATION_GPU
                                                   : HSA_AMD_MEMORY_POOL_LOCATION_CPU);
    }
    return HSA_STATUS_ERROR_INVALID_ARGUMENT;
}

/* Between different agents one hop over an imaginary bus; nothing is known of its speed. */
static hsa_status_t link_info(void *value)
{
    hsa_amd_memory_pool_link_info_t link = {.atomic_support_32bit = true,
                                            .atomic_support_64bit = true,
                                            .coherent_support = true,
                                            .link_type = HSA_AMD_LINK_INFO_TYPE_PCIE,
                                            .numa_distance = 20};
    return info_bytes(value, &link, sizeof link);
}

hsa_status_t hsa_amd_agent_memory_pool_get_info(hsa_agent_t agent_handle,
                                                hsa_amd_memory_pool_t pool_handle,
                                                hsa_amd_agent_memory_pool_info_t attribute,
                                                void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *agent = cairn_hsa_agent_of(agent_handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    const struct pool *pool = cairn_hsa_pool_of(pool_handle.handle);
    if (pool == NULL)
        return (hsa_status_t)HSA_STATUS_ERROR_INVALID_MEMORY_POOL;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    bool own = pool->agent == agent;
    switch (attribute) {
    case HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS:
        if (!pool->alloc_allowed && !own)
            return info_u32(value, HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED);
        return info_u32(value, own || pool->kind == CAIRN_MEMORY_HOST
                                   ? HSA_AMD_MEMORY_POOL_ACCESS_ALLOWED_BY_DEFAULT
                                   : HSA_AMD_MEMORY_POOL_ACCESS_DISALLOWED_BY_DEFAULT);
    case HSA_AMD_AGENT_MEMORY_POOL_INFO_NUM_LINK_HOPS:
        return info_u32(value, own ? 0 : 1);
    case HSA_AMD_AGENT_MEMORY_POOL_INFO_LINK_INFO: /* one element a hop: none for an own pool */
        return own ? HSA_STATUS_SUCCESS : link_info(value);
    }
    return HSA_STATUS_ERROR_INVALID_ARGUMENT;
}

static hsa_status_t allocate(struct pool *pool, size_t size, void **out)
{
    if (!pool->alloc_allowed || size > pool->size_bytes)
        return HSA_STATUS_ERROR_INVALID_ALLOCATION;
    enum cairn_status status =
        cairn_memory_alloc(pool->agent->device, pool->kind, size, 0, pool->global_flags, out);
    return cairn_hsa_status(status);
}

hsa_status_t hsa_amd_memory_pool_allocate(hsa_amd_memory_pool_t handle, size_t size, uint32_t flags,
                                          void **ptr)
{
    const uint32_t known = HSA_AMD_MEMORY_POOL_PCIE_FLAG | HSA_AMD_MEMORY_POOL_CONTIGUOUS_FLAG |
                           HSA_AMD_MEMORY_POOL_EXECUTABLE_FLAG | HSA_AMD_MEMORY_POOL_UNCACHED_FLAG;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (size == 0 || ptr == NULL || (flags & ~known) != 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct pool *pool = cairn_hsa_pool_of(handle.handle);
    if (pool == NULL)
        return (hsa_status_t)HSA_STATUS_ERROR_INVALID_MEMORY_POOL;
    return allocate(pool, size, ptr);
}

hsa_status_t hsa_amd_memory_pool_can_migrate(hsa_amd_memory_pool_t source,
                                             hsa_amd_memory_pool_t target, bool *result)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (cairn_hsa_pool_of(source.handle) == NULL || cairn_hsa_pool_of(target.handle) == NULL)
        return (hsa_status_t)HSA_STATUS_ERROR_INVALID_MEMORY_POOL;
    if (result == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *result = false;
    return HSA_STATUS_SUCCESS;
}

/* ---- regions ---- */

hsa_status_t hsa_agent_iterate_regions(hsa_agent_t handle,
                                       hsa_status_t (*callback)(hsa_region_t, void *), void *data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (uint32_t i = 0; i < agent->pool_count; i++) {
        hsa_region_t region = {.handle = (uintptr_t)&agent->pools[i]};
        hsa_status_t status = callback(region, data);
        if (status != HSA_STATUS_SUCCESS)
            return status;
    }
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_region_get_info(hsa_region_t region, hsa_region_info_t attribute, void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct pool *pool = cairn_hsa_pool_of(region.handle);
    if (pool == NULL)
        return HSA_STATUS_ERROR_INVALID_REGION;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    bool in_vram = pool->kind == CAIRN_MEMORY_DEVICE;
    switch ((uint32_t)attribute) {
    case HSA_REGION_INFO_SEGMENT:
        return info_u32(value, pool->segment == HSA_AMD_SEGMENT_GROUP ? HSA_REGION_SEGMENT_GROUP
                                                                      : HSA_REGION_SEGMENT_GLOBAL);
    case HSA_REGION_INFO_GLOBAL_FLAGS:
        return info_u32(value, pool->global_flags);
    case HSA_REGION_INFO_SIZE:
        return info_u64(value, pool->size_bytes);
    case HSA_REGION_INFO_ALLOC_MAX_SIZE:
        return info_u64(value, pool->alloc_allowed ? pool->size_bytes : 0);
    case HSA_REGION_INFO_ALLOC_MAX_PRIVATE_WORKGROUP_SIZE:
        return info_u32(value, 0);
    case HSA_REGION_INFO_RUNTIME_ALLOC_ALLOWED:
        return info_bool(value, pool->alloc_allowed);
    case HSA_REGION_INFO_RUNTIME_ALLOC_GRANULE:
    case HSA_REGION_INFO_RUNTIME_ALLOC_ALIGNMENT:
        return info_u64(value, pool->alloc_allowed ? PAGE_BYTES : 0);
    case HSA_AMD_REGION_INFO_HOST_ACCESSIBLE:
        return info_bool(value, pool->alloc_allowed);
    case HSA_AMD_REGION_INFO_BASE:
        return info_u64(value, 0);
    case HSA_AMD_REGION_INFO_BUS_WIDTH:
        return info_u32(value, in_vram ? pool->agent->product->memory_bits : 0);
    case HSA_AMD_REGION_INFO_MAX_CLOCK_FREQUENCY:
        return info_u32(value, in_vram ? pool->agent->product->memory_mhz : 0);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

hsa_status_t hsa_memory_allocate(hsa_region_t region, size_t size, void **ptr)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (size == 0 || ptr == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct pool *pool = cairn_hsa_pool_of(region.handle);
    if (pool == NULL)
        return HSA_STATUS_ERROR_INVALID_REGION;
    return allocate(pool, size, ptr);
}
