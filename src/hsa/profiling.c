/* SPDX-License-Identifier: MIT
 * Times of dispatches and copies. The device stamps every completion signal, so enabling only sets
 * the bit that tools look for. All clocks are the system clock.
 */
#include "hsa_priv.h"

#include "hsa/amd_hsa_queue.h"

hsa_status_t hsa_amd_profiling_set_profiler_enabled(hsa_queue_t *queue, int enable)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (cairn_hsa_handle_find(HANDLE_QUEUE, (uintptr_t)queue) == NULL)
        return HSA_STATUS_ERROR_INVALID_QUEUE;
    amd_queue_t *amd = (amd_queue_t *)queue;
    _Atomic uint32_t *properties = (_Atomic uint32_t *)&amd->queue_properties;
    if (enable != 0)
        atomic_fetch_or(properties, AMD_QUEUE_PROPERTIES_ENABLE_PROFILING);
    else
        atomic_fetch_and(properties, ~(uint32_t)AMD_QUEUE_PROPERTIES_ENABLE_PROFILING);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_profiling_async_copy_enable(bool enable)
{
    return cairn_hsa_is_open() ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_NOT_INITIALIZED;
}

hsa_status_t hsa_amd_profiling_get_dispatch_time(hsa_agent_t agent, hsa_signal_t signal,
                                                 hsa_amd_profiling_dispatch_time_t *time)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (time == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    const struct agent *object = cairn_hsa_agent_of(agent);
    if (object == NULL || !object->is_gpu)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (signal.handle == 0)
        return HSA_STATUS_ERROR_INVALID_SIGNAL;
    time->start = cairn_hsa_signal_of(signal)->start_ts;
    time->end = cairn_hsa_signal_of(signal)->end_ts;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_profiling_get_async_copy_time(hsa_signal_t signal,
                                                   hsa_amd_profiling_async_copy_time_t *time)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (time == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (signal.handle == 0)
        return HSA_STATUS_ERROR_INVALID_SIGNAL;
    time->start = cairn_hsa_signal_of(signal)->start_ts;
    time->end = cairn_hsa_signal_of(signal)->end_ts;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_profiling_convert_tick_to_system_domain(hsa_agent_t agent, uint64_t agent_tick,
                                                             uint64_t *system_tick)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (system_tick == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    const struct agent *object = cairn_hsa_agent_of(agent);
    if (object == NULL || !object->is_gpu)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    *system_tick = agent_tick;
    return HSA_STATUS_SUCCESS;
}
