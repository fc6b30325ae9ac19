/* SPDX-License-Identifier: MIT
 * Attributes of a GPU agent: from the chip's row, the board's row and the device.
 */
#include "hsa_priv.h"

#include "hsa/hsa_ext_image.h"
#include "hsa/hsa_ven_cairn.h"
#include "hsa/hsa_ven_amd_loader.h"
#include "info.h"

enum {
    WORKGROUP_MAX = 1024, /* AMDGPU: the hardware's limit on work-items of a workgroup */
    QUEUES_MAX = 128,
    QUEUE_MIN_PACKETS = 64,
    QUEUE_MAX_PACKETS = 131072,
    FBARRIERS = 32,
    IMAGE_HANDLES = 0, /* of a kernel: handles are no descriptors, as on chips without images */
    CACHE_LINE = 64,
    EXTENSION_BYTES = 128,
    UUID_BYTES = 21,
    ROW_PITCH_ALIGNMENT = 256,
};

static hsa_status_t limits_info(uint32_t attribute, void *value)
{
    static const uint16_t group_dims[3] = {WORKGROUP_MAX, WORKGROUP_MAX, WORKGROUP_MAX};
    static const hsa_dim3_t grid_dims = {UINT32_MAX, UINT32_MAX, UINT32_MAX};
    switch (attribute) {
    case HSA_AGENT_INFO_WORKGROUP_MAX_DIM:
        return info_bytes(value, group_dims, sizeof group_dims);
    case HSA_AGENT_INFO_WORKGROUP_MAX_SIZE:
        return info_u32(value, WORKGROUP_MAX);
    case HSA_AGENT_INFO_GRID_MAX_DIM:
        return info_bytes(value, &grid_dims, sizeof grid_dims);
    case HSA_AGENT_INFO_GRID_MAX_SIZE:
        return info_u32(value, UINT32_MAX);
    case HSA_AGENT_INFO_FBARRIER_MAX_SIZE:
        return info_u32(value, FBARRIERS);
    case HSA_AGENT_INFO_QUEUES_MAX:
        return info_u32(value, QUEUES_MAX);
    case HSA_AGENT_INFO_QUEUE_MIN_SIZE:
        return info_u32(value, QUEUE_MIN_PACKETS);
    case HSA_AGENT_INFO_QUEUE_MAX_SIZE:
        return info_u32(value, QUEUE_MAX_PACKETS);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

static hsa_status_t extensions_info(void *value)
{
    memset(value, 0, EXTENSION_BYTES);
    ((uint8_t *)value)[HSA_EXTENSION_IMAGES / 8] |= 1u << (HSA_EXTENSION_IMAGES % 8);
    ((uint8_t *)value)[HSA_EXTENSION_AMD_LOADER / 8] |= 1u << (HSA_EXTENSION_AMD_LOADER % 8);
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t core_info(const struct agent *agent, uint32_t attribute, void *value)
{
    switch (attribute) {
    case HSA_AGENT_INFO_NAME:
        return info_text(value, 64, agent->name);
    case HSA_AGENT_INFO_VENDOR_NAME:
        return info_text(value, 64, "AMD");
    case HSA_AGENT_INFO_FEATURE:
        return info_u32(value, HSA_AGENT_FEATURE_KERNEL_DISPATCH);
    case HSA_AGENT_INFO_MACHINE_MODEL:
        return info_u32(value, HSA_MACHINE_MODEL_LARGE);
    case HSA_AGENT_INFO_PROFILE:
        return info_u32(value, HSA_PROFILE_BASE);
    case HSA_AGENT_INFO_DEFAULT_FLOAT_ROUNDING_MODE:
        return info_u32(value, HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR);
    case HSA_AGENT_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES:
        return info_u32(value, 1u << HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR);
    case HSA_AGENT_INFO_FAST_F16_OPERATION:
        return info_bool(value, true);
    case HSA_AGENT_INFO_WAVEFRONT_SIZE:
        return info_u32(value, agent->info->gfx->wave_size);
    case HSA_AGENT_INFO_QUEUE_TYPE:
        return info_u32(value, HSA_QUEUE_TYPE_MULTI);
    case HSA_AGENT_INFO_NODE:
        return info_u32(value, agent->node);
    case HSA_AGENT_INFO_DEVICE:
        return info_u32(value, HSA_DEVICE_TYPE_GPU);
    case HSA_AGENT_INFO_ISA:
        return info_u64(value, (uintptr_t)agent->isa);
    case HSA_AGENT_INFO_EXTENSIONS:
        return extensions_info(value);
    case HSA_AGENT_INFO_VERSION_MAJOR:
    case HSA_AGENT_INFO_VERSION_MINOR:
        return info_u16(value, 1);
    case HSA_AGENT_INFO_CACHE_SIZE:
        memset(value, 0, 4 * sizeof(uint32_t));
        for (uint32_t i = 0; i < agent->cache_count; i++)
            ((uint32_t *)value)[agent->caches[i].level - 1] = agent->caches[i].size_bytes;
        return HSA_STATUS_SUCCESS;
    default:
        return limits_info(attribute, value);
    }
}

static hsa_status_t board_info(const struct agent *agent, uint32_t attribute, void *value)
{
    const struct product *product = agent->product;
    switch (attribute) {
    case HSA_AMD_AGENT_INFO_CHIP_ID:
        return info_u32(value, product->pci_device);
    case HSA_AMD_AGENT_INFO_MEMORY_WIDTH:
        return info_u32(value, product->memory_bits);
    case HSA_AMD_AGENT_INFO_MEMORY_MAX_FREQUENCY:
        return info_u32(value, product->memory_mhz);
    case HSA_AMD_AGENT_INFO_NUM_SHADER_ENGINES:
        return info_u32(value, product->shader_engines);
    case HSA_AMD_AGENT_INFO_NUM_SHADER_ARRAYS_PER_SE:
        return info_u32(value, product->arrays_per_engine);
    case HSA_AMD_AGENT_INFO_ASIC_REVISION:
        return info_u32(value, product->asic_revision);
    case HSA_AMD_AGENT_INFO_ASIC_FAMILY_ID:
        return info_u32(value, product->family);
    case HSA_AMD_AGENT_INFO_NUM_SDMA_ENG:
        return info_u32(value, product->copy_engines);
    case HSA_AMD_AGENT_INFO_NUM_XCC:
        return info_u32(value, product->xccs);
    case HSA_AMD_AGENT_INFO_MAX_ADDRESS_WATCH_POINTS:
    case HSA_AMD_AGENT_INFO_UCODE_VERSION:
    case HSA_AMD_AGENT_INFO_SDMA_UCODE_VERSION:
    case HSA_AMD_AGENT_INFO_NUM_SDMA_XGMI_ENG:
        return info_u32(value, 0);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

static hsa_status_t clock_info(void *value)
{
    uint64_t now = cairn_clock_now();
    hsa_amd_clock_counters_t counters = {.gpu_clock_counter = now,
                                         .cpu_clock_counter = now,
                                         .system_clock_counter = now,
                                         .system_clock_frequency = UINT64_C(1000000000)};
    return info_bytes(value, &counters, sizeof counters);
}

void cairn_hsa_gpu_uuid(uint32_t ordinal, char *text, size_t size)
{
    snprintf(text, size, "GPU-%016llx", 0xca1200000000000ull + ordinal);
}

static hsa_status_t uuid_info(const struct agent *agent, void *value)
{
    char text[UUID_BYTES];
    cairn_hsa_gpu_uuid(agent->info->ordinal, text, sizeof text);
    return info_text(value, UUID_BYTES, text);
}

/* Devices sit at function 0 of consecutive imaginary buses, so that the addresses differ. */
static uint32_t pci_address(const struct agent *agent)
{
    return (agent->info->ordinal + 3) << 8;
}

static hsa_status_t amd_info(const struct agent *agent, uint32_t attribute, void *value)
{
    const struct cairn_gfx *gfx = agent->info->gfx;
    switch (attribute) {
    case HSA_AMD_AGENT_INFO_PRODUCT_NAME:
        return info_text(value, 64, agent->product_name);
    case HSA_AMD_AGENT_INFO_CACHELINE_SIZE:
        return info_u32(value, CACHE_LINE);
    case HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT:
    case HSA_AMD_AGENT_INFO_COOPERATIVE_COMPUTE_UNIT_COUNT:
        return info_u32(value, agent->compute_units);
    case HSA_AMD_AGENT_INFO_MAX_CLOCK_FREQUENCY:
        return info_u32(value, agent->clock_mhz);
    case HSA_AMD_AGENT_INFO_DRIVER_NODE_ID:
        return info_u32(value, agent->node);
    case HSA_AMD_AGENT_INFO_DRIVER_UID:
        return info_u32(value, 0xca120000u + agent->info->ordinal);
    case HSA_AMD_AGENT_INFO_BDFID:
        return info_u32(value, pci_address(agent));
    case HSA_AMD_AGENT_INFO_DOMAIN:
        return info_u32(value, 0);
    case HSA_AMD_AGENT_INFO_MAX_WAVES_PER_CU:
        return info_u32(value, gfx->waves_per_simd * gfx->simds_per_cu);
    case HSA_AMD_AGENT_INFO_NUM_SIMDS_PER_CU:
        return info_u32(value, gfx->simds_per_cu);
    case HSA_AMD_AGENT_INFO_HDP_FLUSH:
        return info_bytes(value, &(hsa_amd_hdp_flush_t){0}, sizeof(hsa_amd_hdp_flush_t));
    case HSA_AMD_AGENT_INFO_COOPERATIVE_QUEUES:
    case HSA_AMD_AGENT_INFO_SVM_DIRECT_HOST_ACCESS:
        return info_bool(value, true);
    case HSA_AMD_AGENT_INFO_UUID:
        return uuid_info(agent, value);
    case HSA_AMD_AGENT_INFO_MEMORY_AVAIL:
        return info_u64(value, agent->info->vram_bytes - cairn_device_vram_used(agent->device));
    case HSA_AMD_AGENT_INFO_TIMESTAMP_FREQUENCY:
        return info_u64(value, UINT64_C(1000000000));
    case HSA_AMD_AGENT_INFO_IOMMU_SUPPORT:
        return info_u32(value, HSA_IOMMU_SUPPORT_NONE);
    case HSA_AMD_AGENT_INFO_NEAREST_CPU:
        return info_u64(value, cairn_hsa_agent_handle(&cairn_hsa_process.agents[0]).handle);
    case HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES:
    case HSA_AMD_AGENT_INFO_AQL_EXTENSIONS:
    case HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_MAX:
    case HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_CURRENT:
        return info_u64(value, 0);
    case HSA_AMD_AGENT_INFO_CLOCK_COUNTERS:
        return clock_info(value);
    default:
        return board_info(agent, attribute, value);
    }
}

/* ROCm's library answers sizes with 32 bits a dimension, and its clients read just that many. */
static hsa_status_t image_info(const struct agent *agent, uint32_t attribute, void *value)
{
    if (attribute <= HSA_EXT_AGENT_INFO_IMAGE_ARRAY_MAX_LAYERS)
        return hsa_amd_image_get_info_max_dim((hsa_agent_t){(uintptr_t)agent},
                                              (hsa_agent_info_t)attribute, value);
    switch (attribute) {
    case HSA_EXT_AGENT_INFO_MAX_IMAGE_RD_HANDLES:
    case HSA_EXT_AGENT_INFO_MAX_IMAGE_RORW_HANDLES:
    case HSA_EXT_AGENT_INFO_MAX_SAMPLER_HANDLERS:
        return info_u32(value, IMAGE_HANDLES);
    case HSA_EXT_AGENT_INFO_IMAGE_LINEAR_ROW_PITCH_ALIGNMENT:
        return info_u32(value, 1); /* any pitch */
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

hsa_status_t cairn_hsa_gpu_info(const struct agent *agent, uint32_t attribute, void *value)
{
    if (attribute == HSA_CAIRN_AGENT_INFO_BORDER_COLORS)
        return info_u64(value, (uintptr_t)cairn_device_border_colors());
    if (attribute >= HSA_AMD_AGENT_INFO_CHIP_ID)
        return amd_info(agent, attribute, value);
    if (attribute >= HSA_EXT_AGENT_INFO_IMAGE_1D_MAX_ELEMENTS)
        return image_info(agent, attribute, value);
    return core_info(agent, attribute, value);
}
