/* SPDX-License-Identifier: MIT
 * Small calls of AMD's extension whose whole truth is short: what the software device does not have
 * is reported as absent, what it always has is accepted.
 */
#include "hsa_priv.h"

#include "hsa/hsa_ext_image.h"
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

/* ---- images: no agent has any ---- */

hsa_status_t hsa_amd_image_get_info_max_dim(hsa_agent_t agent, hsa_agent_info_t attribute,
                                            void *value)
{
    uint32_t number = (uint32_t)attribute;
    if (cairn_hsa_is_open() && (number < HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS ||
                                number > HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return hsa_agent_get_info(agent, attribute, value);
}

hsa_status_t hsa_ext_image_get_capability(hsa_agent_t agent, hsa_ext_image_geometry_t geometry,
                                          const hsa_ext_image_format_t *image_format,
                                          uint32_t *capability_mask)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (cairn_hsa_agent_of(agent) == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (image_format == NULL || capability_mask == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return info_u32(capability_mask, HSA_EXT_IMAGE_CAPABILITY_NOT_SUPPORTED);
}

hsa_status_t hsa_ext_image_get_capability_with_layout(hsa_agent_t agent,
                                                      hsa_ext_image_geometry_t geometry,
                                                      const hsa_ext_image_format_t *image_format,
                                                      hsa_ext_image_data_layout_t image_data_layout,
                                                      uint32_t *capability_mask)
{
    return hsa_ext_image_get_capability(agent, geometry, image_format, capability_mask);
}
