/* SPDX-License-Identifier: MIT
 * Agents: one for the CPU, one for each device, in that order; made by hsa_init and constant until
 * shut-down. Their attributes are answered by cpu_info.c and gpu_info.c.
 */
#include "hsa_priv.h"

#include "base/log.h"
#include "base/option.h"
#include "hsa/hsa_ven_amd_loader.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

static const struct product products[] = {
#define PRODUCT(chip, device, bits, mhz, l1, l2, l3, engines, arrays, dies, copies, fam, rev)      \
    {CAIRN_GFX_##chip, device, bits, mhz, l1, l2, l3, engines, arrays, dies, copies, fam, rev},
#include "product.def"
#undef PRODUCT
};

const struct product *cairn_hsa_product_of(enum cairn_gfx_id gfx)
{
    static const struct product unknown = {.memory_bits = 64,
                                           .memory_mhz = 1,
                                           .shader_engines = 1,
                                           .arrays_per_engine = 1,
                                           .xccs = 1,
                                           .copy_engines = 1};
    for (size_t i = 0; i < sizeof products / sizeof products[0]; i++)
        if (products[i].gfx == gfx)
            return &products[i];
    return &unknown;
}

static uint32_t cpu_count(void)
{
    cpu_set_t set;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (uint32_t)CPU_COUNT(&set);
    return 1;
}

/* First "model name" and "cpu MHz" of /proc/cpuinfo; what is missing there keeps its default. */
static void read_cpu_names(struct agent *agent)
{
    char line[512];
    snprintf(agent->name, sizeof agent->name, "CPU");
    FILE *file = fopen("/proc/cpuinfo", "re");
    if (file == NULL)
        return;
    while (fgets(line, sizeof line, file) != NULL) {
        const char *value = strchr(line, ':');
        if (value == NULL)
            continue;
        if (strncmp(line, "model name", 10) == 0)
            snprintf(agent->name, sizeof agent->name, "%.*s", (int)strcspn(value + 2, "\n"),
                     value + 2);
        if (strncmp(line, "cpu MHz", 7) == 0) {
            agent->clock_mhz = (uint32_t)strtod(value + 1, NULL);
            break;
        }
    }
    fclose(file);
}

static void add_cache(struct agent *agent, uint8_t level, uint64_t size_bytes)
{
    if (size_bytes == 0 || agent->cache_count == MAX_CACHES)
        return;
    struct cache *cache = &agent->caches[agent->cache_count++];
    *cache = (struct cache){.level = level, .size_bytes = (uint32_t)size_bytes};
    snprintf(cache->name, sizeof cache->name, "L%u", level);
}

static uint64_t system_value(int name)
{
    long value = sysconf(name);
    return value > 0 ? (uint64_t)value : 0;
}

static void fill_cpu(struct agent *agent)
{
    agent->compute_units = cpu_count();
    read_cpu_names(agent);
    memcpy(agent->product_name, agent->name, sizeof agent->product_name);
    add_cache(agent, 1, system_value(_SC_LEVEL1_DCACHE_SIZE));
    add_cache(agent, 2, system_value(_SC_LEVEL2_CACHE_SIZE));
    add_cache(agent, 3, system_value(_SC_LEVEL3_CACHE_SIZE));
}

static bool fill_gpu(struct agent *agent, uint32_t ordinal)
{
    char isa[ISA_NAME_BYTES];
    agent->is_gpu = true;
    agent->device = cairn_device_at(ordinal);
    agent->info = cairn_device_info(agent->device);
    agent->product = cairn_hsa_product_of(agent->info->gfx->id);
    agent->compute_units = agent->info->gfx->compute_units;
    agent->clock_mhz = agent->info->gfx->clock_mhz;
    snprintf(agent->name, sizeof agent->name, "%s", agent->info->gfx->name);
    snprintf(agent->product_name, sizeof agent->product_name, "%s", agent->info->gfx->product);
    snprintf(isa, sizeof isa, "amdgcn-amd-amdhsa--%s", agent->info->target_id);
    agent->isa = cairn_hsa_isa_intern(isa);
    add_cache(agent, 1, agent->product->l1_kib * UINT64_C(1024));
    add_cache(agent, 2, agent->product->l2_kib * UINT64_C(1024));
    add_cache(agent, 3, agent->product->l3_kib * UINT64_C(1024));
    return agent->isa != NULL;
}

static bool add_handles(struct agent *agent)
{
    bool added = cairn_hsa_handle_add(HANDLE_AGENT, (uintptr_t)agent, agent) == CAIRN_OK;
    for (uint32_t i = 0; i < agent->pool_count; i++)
        added = added && cairn_hsa_handle_add(HANDLE_POOL, (uintptr_t)&agent->pools[i],
                                              &agent->pools[i]) == CAIRN_OK;
    for (uint32_t i = 0; i < agent->cache_count; i++)
        added = added && cairn_hsa_handle_add(HANDLE_CACHE, (uintptr_t)&agent->caches[i],
                                              &agent->caches[i]) == CAIRN_OK;
    return added;
}

/* The device that one word of ROCR_VISIBLE_DEVICES names, or `count`. */
static uint32_t named_device(const char *word, size_t length, uint32_t count)
{
    char uuid[32];
    uint32_t ordinal = 0;
    for (size_t i = 0; i < length && word[i] >= '0' && word[i] <= '9' && ordinal < count; i++)
        if (i + 1 == length)
            return ordinal * 10 + (uint32_t)(word[i] - '0');
        else
            ordinal = ordinal * 10 + (uint32_t)(word[i] - '0');
    for (ordinal = 0; ordinal < count; ordinal++) {
        cairn_hsa_gpu_uuid(ordinal, uuid, sizeof uuid);
        if (strlen(uuid) == length && strncasecmp(uuid, word, length) == 0)
            return ordinal;
    }
    return count;
}

/* Ordinals to show, in the order asked for and each once; returns how many. */
static uint32_t visible_devices(uint32_t *ordinals, uint32_t count)
{
    const char *text = cairn_option_text(CAIRN_OPTION_VISIBLE_DEVICES);
    uint32_t shown = 0;
    bool all = strcmp(text, "all") == 0;
    for (uint32_t i = 0; all && i < count; i++)
        ordinals[shown++] = i;
    while (!all && *text != '\0' && shown < count) {
        size_t length = strcspn(text, ",");
        uint32_t ordinal = named_device(text, length, count);
        for (uint32_t i = 0; i < shown; i++)
            if (ordinals[i] == ordinal)
                ordinal = count;
        if (ordinal >= count)
            break;
        ordinals[shown++] = ordinal;
        text += length + (text[length] == ',');
    }
    return shown;
}

static hsa_status_t fill_agents(struct agent *agents, const uint32_t *ordinals, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        agents[i].node = i == 0 ? 0 : ordinals[i - 1] + 1;
        if (i == 0)
            fill_cpu(&agents[i]);
        else if (!fill_gpu(&agents[i], ordinals[i - 1]))
            return HSA_STATUS_ERROR;
        agents[i].units_limited =
            cairn_hsa_unit_mask(i - 1, agents[i].compute_units, agents[i].unit_mask);
        cairn_hsa_pools_fill(&agents[i]);
        if (!add_handles(&agents[i]))
            return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    return HSA_STATUS_SUCCESS;
}

hsa_status_t cairn_hsa_agents_create(void)
{
    struct process *process = &cairn_hsa_process;
    uint32_t devices = cairn_device_count();
    uint32_t *ordinals = calloc(devices + 1, sizeof *ordinals);
    hsa_status_t status = HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    if (ordinals == NULL)
        return status;
    uint32_t count = 1 + visible_devices(ordinals, devices);
    process->agents = calloc(count, sizeof *process->agents);
    if (process->agents != NULL) {
        process->agent_count = count;
        status = fill_agents(process->agents, ordinals, count);
    }
    free(ordinals);
    return status;
}

void cairn_hsa_agents_destroy(void)
{
    free(cairn_hsa_process.agents);
    cairn_hsa_process.agents = NULL;
    cairn_hsa_process.agent_count = 0;
}

struct agent *cairn_hsa_agent_of(hsa_agent_t handle)
{
    return cairn_hsa_handle_find(HANDLE_AGENT, handle.handle);
}

struct agent *cairn_hsa_agent_of_device(const struct cairn_device *device)
{
    struct process *process = &cairn_hsa_process;
    for (uint32_t i = 1; i < process->agent_count; i++)
        if (process->agents[i].device == device)
            return &process->agents[i];
    return &process->agents[0];
}

hsa_status_t hsa_iterate_agents(hsa_status_t (*callback)(hsa_agent_t, void *), void *data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct process *process = &cairn_hsa_process;
    for (uint32_t i = 0; i < process->agent_count; i++) {
        hsa_status_t status = callback(cairn_hsa_agent_handle(&process->agents[i]), data);
        if (status != HSA_STATUS_SUCCESS)
            return status;
    }
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_agent_get_info(hsa_agent_t handle, hsa_agent_info_t attribute, void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return agent->is_gpu ? cairn_hsa_gpu_info(agent, (uint32_t)attribute, value)
                         : cairn_hsa_cpu_info(agent, (uint32_t)attribute, value);
}

hsa_status_t hsa_agent_get_exception_policies(hsa_agent_t handle, hsa_profile_t profile,
                                              uint16_t *mask)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (cairn_hsa_agent_of(handle) == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (mask == NULL || (unsigned)profile > HSA_PROFILE_FULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *mask = 0;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_agent_iterate_caches(hsa_agent_t handle,
                                      hsa_status_t (*callback)(hsa_cache_t, void *), void *data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (uint32_t i = 0; i < agent->cache_count; i++) {
        hsa_cache_t cache = {.handle = (uintptr_t)&agent->caches[i]};
        hsa_status_t status = callback(cache, data);
        if (status != HSA_STATUS_SUCCESS)
            return status;
    }
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_cache_get_info(hsa_cache_t handle, hsa_cache_info_t attribute, void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct cache *cache = cairn_hsa_handle_find(HANDLE_CACHE, handle.handle);
    if (cache == NULL)
        return HSA_STATUS_ERROR_INVALID_CACHE;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    switch (attribute) {
    case HSA_CACHE_INFO_NAME_LENGTH:
        *(uint32_t *)value = (uint32_t)strlen(cache->name);
        return HSA_STATUS_SUCCESS;
    case HSA_CACHE_INFO_NAME:
        memcpy(value, cache->name, strlen(cache->name) + 1);
        return HSA_STATUS_SUCCESS;
    case HSA_CACHE_INFO_LEVEL:
        *(uint8_t *)value = cache->level;
        return HSA_STATUS_SUCCESS;
    case HSA_CACHE_INFO_SIZE:
        *(uint32_t *)value = cache->size_bytes;
        return HSA_STATUS_SUCCESS;
    }
    return HSA_STATUS_ERROR_INVALID_ARGUMENT;
}
