/* SPDX-License-Identifier: MIT
 * Shared virtual memory: attributes of ranges of the process's own memory, and prefetching
 * (hsa_ext_amd.h, "shared virtual memory"). What has an effect here: access for an agent without
 * xnack makes the pages reachable for kernels, and its end takes them away; prefetching makes pages
 * present. All else is kept and reported. Memory has one place and is coherent, so nothing
 * migrates.
 */
#include "svm_priv.h"

#include "base/log.h"

#include <stdlib.h>
#include <sys/mman.h>

static uint32_t index_of(const struct agent *agent)
{
    return (uint32_t)(agent - cairn_hsa_process.agents);
}

static bool reaches_all(const struct agent *agent)
{
    return !agent->is_gpu || agent->isa->target.xnack == CAIRN_FEATURE_ON;
}

bool cairn_hsa_svm_is_everywhere(void)
{
    const struct process *process = &cairn_hsa_process;
    for (uint32_t i = 0; i < process->agent_count; i++)
        if (!reaches_all(&process->agents[i]))
            return false;
    return true;
}

/* ---- what kernels reach ---- */

/* Does an agent that does not reach all memory have access? */
static bool is_reachable(const struct attributes *attributes)
{
    const struct process *process = &cairn_hsa_process;
    for (uint32_t i = 0; i < process->agent_count; i++)
        if (!reaches_all(&process->agents[i]) && attributes->access[i] >= ACCESS_MIGRATES)
            return true;
    return false;
}

/* Memory of our own pools is reachable as it is. */
static bool is_from_pool(uint64_t address)
{
    struct cairn_allocation found;
    return cairn_memory_find((const void *)(uintptr_t)address, &found) == CAIRN_OK && // NOLINT
           !found.registered;
}

/* ---- setting ---- */

static hsa_status_t check_agent(uint64_t handle, bool may_be_null)
{
    if (may_be_null && handle == 0)
        return HSA_STATUS_SUCCESS;
    return cairn_hsa_agent_of((hsa_agent_t){handle}) != NULL ? HSA_STATUS_SUCCESS
                                                             : HSA_STATUS_ERROR_INVALID_AGENT;
}

static void set_access(struct attributes *attributes, uint64_t handle, enum access access)
{
    attributes->access[index_of(cairn_hsa_agent_of((hsa_agent_t){handle}))] = (uint8_t)access;
}

static hsa_status_t check_pair(const hsa_amd_svm_attribute_pair_t *pair)
{
    switch (pair->attribute) {
    case HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG:
        return pair->value <= HSA_AMD_SVM_GLOBAL_FLAG_COARSE_GRAINED
                   ? HSA_STATUS_SUCCESS
                   : HSA_STATUS_ERROR_INVALID_ARGUMENT;
    case HSA_AMD_SVM_ATTRIB_READ_ONLY:
    case HSA_AMD_SVM_ATTRIB_HIVE_LOCAL:
    case HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY:
    case HSA_AMD_SVM_ATTRIB_READ_MOSTLY:
    case HSA_AMD_SVM_ATTRIB_GPU_EXEC:
        return HSA_STATUS_SUCCESS;
    case HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION:
        return check_agent(pair->value, true);
    case HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE:
    case HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE:
    case HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS:
        return check_agent(pair->value, false);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

static void apply(struct attributes *attributes, const hsa_amd_svm_attribute_pair_t *pair)
{
    switch (pair->attribute) {
    case HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG:
        attributes->coarse = (uint8_t)pair->value;
        break;
    case HSA_AMD_SVM_ATTRIB_READ_ONLY:
        attributes->read_only = pair->value != 0;
        break;
    case HSA_AMD_SVM_ATTRIB_HIVE_LOCAL:
        attributes->hive_local = pair->value != 0;
        break;
    case HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY:
        attributes->granularity = pair->value;
        break;
    case HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION:
        attributes->preferred = pair->value;
        break;
    case HSA_AMD_SVM_ATTRIB_READ_MOSTLY:
        attributes->read_mostly = pair->value != 0;
        break;
    case HSA_AMD_SVM_ATTRIB_GPU_EXEC:
        attributes->gpu_exec = pair->value != 0;
        break;
    case HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE:
        set_access(attributes, pair->value, ACCESS_MIGRATES);
        break;
    case HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE:
        set_access(attributes, pair->value, ACCESS_IN_PLACE);
        break;
    case HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS:
        set_access(attributes, pair->value, ACCESS_NONE);
        break;
    default: /* checked before */
        break;
    }
}

static enum cairn_status change_locked(uint64_t start, uint64_t end,
                                       const hsa_amd_svm_attribute_pair_t *list, size_t list_count)
{
    struct svm_ranges *ranges = cairn_hsa_svm_ranges_locked();
    size_t at;
    if (ranges == NULL)
        return CAIRN_ERR_NO_MEMORY;
    enum cairn_status status = cairn_hsa_svm_carve_locked(ranges, start, end, &at);
    for (; status == CAIRN_OK && at < ranges->count && ranges->list[at].start < end; at++) {
        struct svm_range *range = &ranges->list[at];
        struct attributes changed = range->attributes;
        for (size_t i = 0; i < list_count; i++)
            apply(&changed, &list[i]);
        status = cairn_hsa_svm_register_locked(range, is_reachable(&changed) &&
                                                          !is_from_pool(range->start));
        if (status == CAIRN_OK)
            range->attributes = changed;
    }
    return status;
}

/* Whole pages around [ptr, ptr+size); false: nothing, or it wraps. */
static bool pages_of(const void *ptr, size_t size, uint64_t *start, uint64_t *end)
{
    uint64_t last;
    if (ptr == NULL || size == 0 ||
        __builtin_add_overflow((uintptr_t)ptr, size + PAGE_BYTES - 1, &last) ||
        size > SIZE_MAX - PAGE_BYTES)
        return false;
    *start = (uintptr_t)ptr & ~(uint64_t)(PAGE_BYTES - 1);
    *end = last & ~(uint64_t)(PAGE_BYTES - 1);
    return true;
}

/* Of pools, or mapped in the process; a registration alone may be of memory that is gone. */
static bool is_memory(uint64_t start, uint64_t end)
{
    return (is_from_pool(start) || cairn_hsa_is_mapped(start)) &&
           (is_from_pool(end - 1) || cairn_hsa_is_mapped(end - 1));
}

hsa_status_t hsa_amd_svm_attributes_set(void *ptr, size_t size,
                                        hsa_amd_svm_attribute_pair_t *attribute_list,
                                        size_t attribute_count)
{
    struct process *process = &cairn_hsa_process;
    uint64_t start, end;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (!pages_of(ptr, size, &start, &end) || (attribute_list == NULL && attribute_count != 0))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (size_t i = 0; i < attribute_count; i++) {
        hsa_status_t status = check_pair(&attribute_list[i]);
        if (status != HSA_STATUS_SUCCESS)
            return status;
    }
    if (!is_memory(start, end)) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: attributes for %p+%zu: part of it is not mapped", ptr,
                  size);
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
    pthread_mutex_lock(&process->vmem_lock);
    enum cairn_status status = change_locked(start, end, attribute_list, attribute_count);
    pthread_mutex_unlock(&process->vmem_lock);
    return cairn_hsa_status(status);
}

void cairn_hsa_svm_destroy(void)
{
    struct svm_ranges *ranges = cairn_hsa_process.svm;
    if (ranges == NULL)
        return;
    for (size_t i = 0; i < ranges->count; i++)
        (void)!cairn_hsa_svm_register_locked(&ranges->list[i], false);
    free(ranges->list);
    free(ranges);
    cairn_hsa_process.svm = NULL;
}

/* ---- getting: what holds for all of the range ---- */

/* Access that nobody has set is what the agent reaches anyway. */
static struct attributes resolved(const struct attributes *attributes)
{
    const struct process *process = &cairn_hsa_process;
    struct attributes result = *attributes;
    for (uint32_t i = 0; i < process->agent_count; i++)
        if (result.access[i] == ACCESS_DEFAULT)
            result.access[i] = reaches_all(&process->agents[i]) ? ACCESS_MIGRATES : ACCESS_NONE;
    return result;
}

/* The attributes of one range added to those of the ranges before it. */
static void combine(struct attributes *all, bool *both_models, const struct attributes *one)
{
    *both_models |= all->coarse != one->coarse;
    all->read_only &= one->read_only;
    all->hive_local &= one->hive_local;
    all->read_mostly &= one->read_mostly;
    all->gpu_exec &= one->gpu_exec;
    all->granularity = one->granularity < all->granularity ? one->granularity : all->granularity;
    all->preferred = all->preferred == one->preferred ? one->preferred : 0;
    all->prefetched = all->prefetched == one->prefetched ? one->prefetched : 0;
    for (uint32_t i = 0; i < MAX_AGENTS; i++)
        all->access[i] = one->access[i] < all->access[i] ? one->access[i] : all->access[i];
}

static struct attributes combined_locked(uint64_t start, uint64_t end, bool *both_models)
{
    const struct svm_ranges *ranges = cairn_hsa_process.svm;
    const struct attributes unset = resolved(&cairn_hsa_svm_defaults);
    struct attributes all = unset;
    uint64_t done = start;
    *both_models = false;
    if (ranges == NULL)
        return all;
    for (size_t at = cairn_hsa_svm_first_after(ranges, start);
         at < ranges->count && ranges->list[at].start < end; at++) {
        const struct svm_range *range = &ranges->list[at];
        const struct attributes own = resolved(&range->attributes);
        if (range->start > done)
            combine(&all, both_models, &unset);
        if (range->start <= start)
            all = own;
        else
            combine(&all, both_models, &own);
        done = range->end;
    }
    if (done < end)
        combine(&all, both_models, &unset);
    return all;
}

/* ACCESS_QUERY: the attribute becomes the access that the agent has. */
static hsa_status_t answer_access(const struct attributes *all, hsa_amd_svm_attribute_pair_t *pair)
{
    const struct agent *agent = cairn_hsa_agent_of((hsa_agent_t){pair->value});
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    uint8_t access = all->access[index_of(agent)];
    pair->attribute = access == ACCESS_IN_PLACE   ? HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE
                      : access == ACCESS_MIGRATES ? HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE
                                                  : HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t answer(const struct attributes *all, bool both_models,
                           hsa_amd_svm_attribute_pair_t *pair)
{
    switch (pair->attribute) {
    case HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG:
        pair->value = both_models ? HSA_AMD_SVM_GLOBAL_FLAG_INDETERMINATE : all->coarse;
        return HSA_STATUS_SUCCESS;
    case HSA_AMD_SVM_ATTRIB_READ_ONLY:
        pair->value = all->read_only;
        return HSA_STATUS_SUCCESS;
    case HSA_AMD_SVM_ATTRIB_HIVE_LOCAL:
        pair->value = all->hive_local;
        return HSA_STATUS_SUCCESS;
    case HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY:
        pair->value = all->granularity;
        return HSA_STATUS_SUCCESS;
    case HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION:
        pair->value = all->preferred;
        return HSA_STATUS_SUCCESS;
    case HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION:
        pair->value = all->prefetched;
        return HSA_STATUS_SUCCESS;
    case HSA_AMD_SVM_ATTRIB_READ_MOSTLY:
        pair->value = all->read_mostly;
        return HSA_STATUS_SUCCESS;
    case HSA_AMD_SVM_ATTRIB_GPU_EXEC:
        pair->value = all->gpu_exec;
        return HSA_STATUS_SUCCESS;
    case HSA_AMD_SVM_ATTRIB_ACCESS_QUERY:
        return answer_access(all, pair);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

hsa_status_t hsa_amd_svm_attributes_get(void *ptr, size_t size,
                                        hsa_amd_svm_attribute_pair_t *attribute_list,
                                        size_t attribute_count)
{
    struct process *process = &cairn_hsa_process;
    uint64_t start, end;
    bool both_models;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (!pages_of(ptr, size, &start, &end) || (attribute_list == NULL && attribute_count != 0))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    pthread_mutex_lock(&process->vmem_lock);
    const struct attributes all = combined_locked(start, end, &both_models);
    pthread_mutex_unlock(&process->vmem_lock);
    hsa_status_t status = HSA_STATUS_SUCCESS;
    for (size_t i = 0; i < attribute_count && status == HSA_STATUS_SUCCESS; i++)
        status = answer(&all, both_models, &attribute_list[i]);
    return status;
}

/* ---- prefetching ---- */

struct prefetch {
    uint64_t start, end, agent;
};

/* On a copy thread: pages that are not there yet are made, and the place is noted. */
static void prefetch(void *data)
{
    struct process *process = &cairn_hsa_process;
    struct prefetch *job = data;
    size_t at;
#ifdef MADV_POPULATE_WRITE /* changes no contents; if it cannot, the first access does */
    (void)madvise((void *)(uintptr_t)job->start, job->end - job->start, // NOLINT
                  MADV_POPULATE_WRITE);
#endif
    pthread_mutex_lock(&process->vmem_lock);
    struct svm_ranges *ranges = cairn_hsa_svm_ranges_locked();
    if (ranges != NULL && cairn_hsa_svm_carve_locked(ranges, job->start, job->end, &at) == CAIRN_OK)
        for (; at < ranges->count && ranges->list[at].start < job->end; at++)
            ranges->list[at].attributes.prefetched = job->agent;
    pthread_mutex_unlock(&process->vmem_lock);
    free(job);
}

hsa_status_t hsa_amd_svm_prefetch_async(void *ptr, size_t size, hsa_agent_t agent,
                                        uint32_t num_dep_signals, const hsa_signal_t *dep_signals,
                                        hsa_signal_t completion_signal)
{
    struct prefetch wanted = {.agent = agent.handle};
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (cairn_hsa_agent_of(agent) == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (!pages_of(ptr, size, &wanted.start, &wanted.end) ||
        (num_dep_signals != 0 && dep_signals == NULL) || !is_memory(wanted.start, wanted.end))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (uint32_t i = 0; i < num_dep_signals; i++)
        if (dep_signals[i].handle == 0)
            return HSA_STATUS_ERROR_INVALID_SIGNAL;
    struct prefetch *job = malloc(sizeof *job);
    if (job == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    *job = wanted;
    hsa_status_t status =
        cairn_hsa_copier_work(prefetch, job, num_dep_signals, dep_signals, completion_signal);
    if (status != HSA_STATUS_SUCCESS)
        free(job);
    return status;
}
