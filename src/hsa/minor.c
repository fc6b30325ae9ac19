/* SPDX-License-Identifier: MIT
 * Small calls of AMD's extension whose whole truth is short: what the software device does not have
 * is reported as absent, what it always has is accepted.
 */
#include "hsa_priv.h"

#include "info.h"

/* All memory is coherent; the type is kept for those who ask. */
hsa_status_t hsa_amd_coherency_get_type(hsa_agent_t handle, hsa_amd_coherency_type_t *type)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL || !agent->is_gpu)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (type == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *type = (hsa_amd_coherency_type_t)atomic_load_explicit(&agent->coherency, memory_order_relaxed);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_coherency_set_type(hsa_agent_t handle, hsa_amd_coherency_type_t type)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL || !agent->is_gpu)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if ((unsigned)type > HSA_AMD_COHERENCY_TYPE_NONCOHERENT)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    atomic_store_explicit(&agent->coherency, (int)type, memory_order_relaxed);
    return HSA_STATUS_SUCCESS;
}

/* The only flag asks for packets of copy kernels; copies here use no kernels, so there are none. */
hsa_status_t hsa_amd_enable_logging(uint8_t *flags, void *file)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    return flags != NULL ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_INVALID_ARGUMENT;
}

/* Scratch is not reclaimed, as HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_MAX (0) says. */
hsa_status_t hsa_amd_agent_set_async_scratch_limit(hsa_agent_t handle, size_t threshold)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL || !agent->is_gpu)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    return threshold == 0 ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_INVALID_ARGUMENT;
}
