/* SPDX-License-Identifier: MIT
 * Attributes of the CPU agent. It runs no kernels: dispatch limits and queue counts are 0.
 */
#include "hsa_priv.h"

#include "info.h"

#include <unistd.h>

static hsa_status_t core_info(const struct agent *agent, uint32_t attribute, void *value)
{
    static const uint16_t no_dims[3];
    switch (attribute) {
    case HSA_AGENT_INFO_NAME:
        return info_text(value, 64, agent->name);
    case HSA_AGENT_INFO_VENDOR_NAME:
        return info_text(value, 64, "CPU");
    case HSA_AGENT_INFO_FEATURE:
        return info_u32(value, 0);
    case HSA_AGENT_INFO_MACHINE_MODEL:
        return info_u32(value, HSA_MACHINE_MODEL_LARGE);
    case HSA_AGENT_INFO_PROFILE:
        return info_u32(value, HSA_PROFILE_FULL);
    case HSA_AGENT_INFO_DEFAULT_FLOAT_ROUNDING_MODE:
    case HSA_AGENT_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES:
        return info_u32(value, HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR);
    case HSA_AGENT_INFO_FAST_F16_OPERATION:
        return info_bool(value, false);
    case HSA_AGENT_INFO_WAVEFRONT_SIZE:
    case HSA_AGENT_INFO_WORKGROUP_MAX_SIZE:
    case HSA_AGENT_INFO_GRID_MAX_SIZE:
    case HSA_AGENT_INFO_FBARRIER_MAX_SIZE:
    case HSA_AGENT_INFO_QUEUES_MAX:
    case HSA_AGENT_INFO_QUEUE_MIN_SIZE:
    case HSA_AGENT_INFO_QUEUE_MAX_SIZE:
        return info_u32(value, 0);
    case HSA_AGENT_INFO_WORKGROUP_MAX_DIM:
        return info_bytes(value, no_dims, sizeof no_dims);
    case HSA_AGENT_INFO_GRID_MAX_DIM:
        return info_bytes(value, &(hsa_dim3_t){0}, sizeof(hsa_dim3_t));
    case HSA_AGENT_INFO_QUEUE_TYPE:
        return info_u32(value, HSA_QUEUE_TYPE_MULTI);
    case HSA_AGENT_INFO_NODE:
        return info_u32(value, agent->node);
    case HSA_AGENT_INFO_DEVICE:
        return info_u32(value, HSA_DEVICE_TYPE_CPU);
    case HSA_AGENT_INFO_ISA:
        return info_u64(value, 0);
    case HSA_AGENT_INFO_EXTENSIONS:
        memset(value, 0, 128);
        return HSA_STATUS_SUCCESS;
    case HSA_AGENT_INFO_VERSION_MAJOR:
    case HSA_AGENT_INFO_VERSION_MINOR:
        return info_u16(value, 1);
    case HSA_AGENT_INFO_CACHE_SIZE:
        memset(value, 0, 4 * sizeof(uint32_t));
        for (uint32_t i = 0; i < agent->cache_count; i++)
            ((uint32_t *)value)[agent->caches[i].level - 1] = agent->caches[i].size_bytes;
        return HSA_STATUS_SUCCESS;
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

static hsa_status_t amd_info(const struct agent *agent, uint32_t attribute, void *value)
{
    switch (attribute) {
    case HSA_AMD_AGENT_INFO_PRODUCT_NAME:
        return info_text(value, 64, agent->product_name);
    case HSA_AMD_AGENT_INFO_CACHELINE_SIZE:
        return info_u32(value, 64);
    case HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT:
        return info_u32(value, agent->compute_units);
    case HSA_AMD_AGENT_INFO_MAX_CLOCK_FREQUENCY:
        return info_u32(value, agent->clock_mhz);
    case HSA_AMD_AGENT_INFO_DRIVER_NODE_ID:
        return info_u32(value, agent->node);
    case HSA_AMD_AGENT_INFO_UUID:
        return info_text(value, 21, "CPU-XX");
    case HSA_AMD_AGENT_INFO_HDP_FLUSH:
        return info_bytes(value, &(hsa_amd_hdp_flush_t){0}, sizeof(hsa_amd_hdp_flush_t));
    case HSA_AMD_AGENT_INFO_COOPERATIVE_QUEUES:
        return info_bool(value, false);
    case HSA_AMD_AGENT_INFO_SVM_DIRECT_HOST_ACCESS:
        return info_bool(value, true);
    case HSA_AMD_AGENT_INFO_MEMORY_AVAIL:
        return info_u64(value,
                        (uint64_t)sysconf(_SC_AVPHYS_PAGES) * (uint64_t)sysconf(_SC_PAGESIZE));
    case HSA_AMD_AGENT_INFO_TIMESTAMP_FREQUENCY:
        return info_u64(value, UINT64_C(1000000000));
    case HSA_AMD_AGENT_INFO_IOMMU_SUPPORT:
        return info_u32(value, HSA_IOMMU_SUPPORT_NONE);
    case HSA_AMD_AGENT_INFO_NEAREST_CPU:
        return info_u64(value, cairn_hsa_agent_handle(agent).handle);
    case HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES:
    case HSA_AMD_AGENT_INFO_AQL_EXTENSIONS:
    case HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_MAX:
    case HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_CURRENT:
        return info_u64(value, 0);
    case HSA_AMD_AGENT_INFO_CLOCK_COUNTERS:
        return info_bytes(value, &(hsa_amd_clock_counters_t){0}, sizeof(hsa_amd_clock_counters_t));
    case HSA_AMD_AGENT_INFO_CHIP_ID:
    case HSA_AMD_AGENT_INFO_MAX_ADDRESS_WATCH_POINTS:
    case HSA_AMD_AGENT_INFO_BDFID:
    case HSA_AMD_AGENT_INFO_DOMAIN:
    case HSA_AMD_AGENT_INFO_MEMORY_WIDTH:
    case HSA_AMD_AGENT_INFO_MEMORY_MAX_FREQUENCY:
    case HSA_AMD_AGENT_INFO_MAX_WAVES_PER_CU:
    case HSA_AMD_AGENT_INFO_NUM_SIMDS_PER_CU:
    case HSA_AMD_AGENT_INFO_NUM_SHADER_ENGINES:
    case HSA_AMD_AGENT_INFO_NUM_SHADER_ARRAYS_PER_SE:
    case HSA_AMD_AGENT_INFO_ASIC_REVISION:
    case HSA_AMD_AGENT_INFO_COOPERATIVE_COMPUTE_UNIT_COUNT:
    case HSA_AMD_AGENT_INFO_ASIC_FAMILY_ID:
    case HSA_AMD_AGENT_INFO_UCODE_VERSION:
    case HSA_AMD_AGENT_INFO_SDMA_UCODE_VERSION:
    case HSA_AMD_AGENT_INFO_NUM_SDMA_ENG:
    case HSA_AMD_AGENT_INFO_NUM_SDMA_XGMI_ENG:
    case HSA_AMD_AGENT_INFO_NUM_XCC:
    case HSA_AMD_AGENT_INFO_DRIVER_UID:
        return info_u32(value, 0);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

hsa_status_t cairn_hsa_cpu_info(const struct agent *agent, uint32_t attribute, void *value)
{
    return attribute >= HSA_AMD_AGENT_INFO_CHIP_ID ? amd_info(agent, attribute, value)
                                                   : core_info(agent, attribute, value);
}
