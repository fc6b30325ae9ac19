/* SPDX-License-Identifier: MIT
 * The report of one agent. The lines that show one number each are a table.
 */
#include "parts.h"

#include "hsa/hsa_ext_amd.h"
#include "print.h"

enum style { HEX, NUMBER };

struct row {
    const char *label;
    uint32_t attribute; /* of a uint32_t */
    enum style style;
};

static const struct row queue_rows[] = {
    {"Max Queue Number:", HSA_AGENT_INFO_QUEUES_MAX, HEX},
    {"Queue Min Size:", HSA_AGENT_INFO_QUEUE_MIN_SIZE, HEX},
    {"Queue Max Size:", HSA_AGENT_INFO_QUEUE_MAX_SIZE, HEX},
};

static const struct row chip_rows[] = {
    {"Chip ID:", HSA_AMD_AGENT_INFO_CHIP_ID, HEX},
    {"ASIC Revision:", HSA_AMD_AGENT_INFO_ASIC_REVISION, HEX},
    {"Cacheline Size:", HSA_AMD_AGENT_INFO_CACHELINE_SIZE, HEX},
    {"Max Clock Freq. (MHz):", HSA_AMD_AGENT_INFO_MAX_CLOCK_FREQUENCY, NUMBER},
    {"BDFID:", HSA_AMD_AGENT_INFO_BDFID, NUMBER},
    {"Internal Node ID:", HSA_AMD_AGENT_INFO_DRIVER_NODE_ID, NUMBER},
    {"Compute Unit:", HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT, NUMBER},
    {"SIMDs per CU:", HSA_AMD_AGENT_INFO_NUM_SIMDS_PER_CU, NUMBER},
    {"Shader Engines:", HSA_AMD_AGENT_INFO_NUM_SHADER_ENGINES, NUMBER},
    {"Shader Arrs. per Eng.:", HSA_AMD_AGENT_INFO_NUM_SHADER_ARRAYS_PER_SE, NUMBER},
    {"WatchPts on Addr. Ranges:", HSA_AMD_AGENT_INFO_MAX_ADDRESS_WATCH_POINTS, NUMBER},
};

static void print_row(hsa_agent_t agent, const struct row *row)
{
    uint32_t value = 0;
    (void)hsa_agent_get_info(agent, (hsa_agent_info_t)row->attribute, &value);
    if (row->style == HEX)
        print_hex(1, row->label, value, "");
    else
        print_number(1, row->label, value);
}

static uint32_t number_of(hsa_agent_t agent, uint32_t attribute)
{
    uint32_t value = 0;
    (void)hsa_agent_get_info(agent, (hsa_agent_info_t)attribute, &value);
    return value;
}

static hsa_status_t print_names(hsa_agent_t agent)
{
    char text[64] = "";
    hsa_status_t status = hsa_agent_get_info(agent, HSA_AGENT_INFO_NAME, text);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    print_text(1, "Name:", text);
    (void)hsa_agent_get_info(agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_UUID, text);
    print_text(1, "Uuid:", text);
    (void)hsa_agent_get_info(agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_PRODUCT_NAME, text);
    print_text(1, "Marketing Name:", text);
    (void)hsa_agent_get_info(agent, HSA_AGENT_INFO_VENDOR_NAME, text);
    print_text(1, "Vendor Name:", text);
    return HSA_STATUS_SUCCESS;
}

static void print_kind(hsa_agent_t agent)
{
    static const char *const roundings[] = {"DEFAULT", "ZERO", "NEAR"};
    uint32_t rounding = number_of(agent, HSA_AGENT_INFO_DEFAULT_FLOAT_ROUNDING_MODE);
    bool dispatches = number_of(agent, HSA_AGENT_INFO_FEATURE) != 0;
    print_text(1, "Feature:", dispatches ? "KERNEL_DISPATCH" : "None specified");
    print_text(1, "Profile:",
               number_of(agent, HSA_AGENT_INFO_PROFILE) == HSA_PROFILE_BASE ? "BASE_PROFILE"
                                                                            : "FULL_PROFILE");
    print_text(1, "Float Round Mode:", rounding < 3 ? roundings[rounding] : "Not Supported");
    for (size_t i = 0; i < sizeof queue_rows / sizeof queue_rows[0]; i++)
        print_row(agent, &queue_rows[i]);
    print_text(1, "Queue Type:",
               number_of(agent, HSA_AGENT_INFO_QUEUE_TYPE) == HSA_QUEUE_TYPE_SINGLE ? "SINGLE"
                                                                                    : "MULTI");
    print_number(1, "Node:", number_of(agent, HSA_AGENT_INFO_NODE));
}

static void print_caches(hsa_agent_t agent)
{
    uint32_t sizes[4] = {0};
    char label[16];
    print_heading(1, "Cache Info:");
    (void)hsa_agent_get_info(agent, HSA_AGENT_INFO_CACHE_SIZE, sizes);
    for (int i = 0; i < 4; i++)
        if (sizes[i] != 0) {
            snprintf(label, sizeof label, "L%d:", i + 1);
            print_hex(2, label, sizes[i] / 1024, "KB");
        }
}

static void print_dispatch_limits(hsa_agent_t agent)
{
    bool fast_f16 = false;
    uint16_t group[3] = {0};
    hsa_dim3_t grid = {0};
    uint32_t waves = number_of(agent, HSA_AMD_AGENT_INFO_MAX_WAVES_PER_CU);
    uint32_t wave_size = number_of(agent, HSA_AGENT_INFO_WAVEFRONT_SIZE);
    (void)hsa_agent_get_info(agent, HSA_AGENT_INFO_FAST_F16_OPERATION, &fast_f16);
    (void)hsa_agent_get_info(agent, HSA_AGENT_INFO_WORKGROUP_MAX_DIM, group);
    (void)hsa_agent_get_info(agent, HSA_AGENT_INFO_GRID_MAX_DIM, &grid);
    print_text(1, "Fast F16 Operation:", fast_f16 ? "TRUE" : "FALSE");
    print_hex(1, "Wavefront Size:", wave_size, "");
    print_hex(1, "Workgroup Max Size:", number_of(agent, HSA_AGENT_INFO_WORKGROUP_MAX_SIZE), "");
    print_heading(1, "Workgroup Max Size per Dimension:");
    print_hex(2, "x", group[0], "");
    print_hex(2, "y", group[1], "");
    print_hex(2, "z", group[2], "");
    print_hex(1, "Max Waves Per CU:", waves, "");
    print_hex(1, "Max Work-item Per CU:", (uint64_t)waves * wave_size, "");
    print_hex(1, "Grid Max Size:", number_of(agent, HSA_AGENT_INFO_GRID_MAX_SIZE), "");
    print_heading(1, "Grid Max Size per Dimension:");
    print_hex(2, "x", grid.x, "");
    print_hex(2, "y", grid.y, "");
    print_hex(2, "z", grid.z, "");
    print_number(1, "Max fbarriers/Workgrp:", number_of(agent, HSA_AGENT_INFO_FBARRIER_MAX_SIZE));
    print_number(1, "Packet Processor uCode::", number_of(agent, HSA_AMD_AGENT_INFO_UCODE_VERSION));
    print_number(1, "SDMA engine uCode::", number_of(agent, HSA_AMD_AGENT_INFO_SDMA_UCODE_VERSION));
    print_text(1, "IOMMU Support::",
               number_of(agent, HSA_AMD_AGENT_INFO_IOMMU_SUPPORT) == HSA_IOMMU_SUPPORT_V2 ? "V2"
                                                                                          : "None");
}

static void print_properties(hsa_agent_t agent, bool is_gpu)
{
    uint8_t properties[8] = {0};
    bool direct = false;
    if (is_gpu) {
        (void)hsa_agent_get_info(agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_SVM_DIRECT_HOST_ACCESS,
                                 &direct);
        print_text(1, "Coherent Host Access:", direct ? "TRUE" : "FALSE");
    }
    (void)hsa_agent_get_info(agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES,
                             properties);
    bool apu = hsa_flag_isset64(properties, HSA_AMD_MEMORY_PROPERTY_AGENT_IS_APU);
    print_text(1, "Memory Properties:", apu ? "APU" : "");
    print_text(1, "Features:", is_gpu ? "KERNEL_DISPATCH " : "None");
}

hsa_status_t rocminfo_print_agent(hsa_agent_t agent, void *counter)
{
    static const char *const types[] = {"CPU", "GPU", "DSP", "AIE"};
    char heading[32];
    snprintf(heading, sizeof heading, "Agent %d", ++*(int *)counter);
    print_heading(0, "*******");
    print_heading(0, heading);
    print_heading(0, "*******");
    hsa_status_t status = print_names(agent);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    print_kind(agent);
    uint32_t type = number_of(agent, HSA_AGENT_INFO_DEVICE);
    bool is_gpu = type == HSA_DEVICE_TYPE_GPU;
    print_text(1, "Device Type:", type < 4 ? types[type] : "Unknown");
    print_caches(agent);
    for (size_t i = 0; i < sizeof chip_rows / sizeof chip_rows[0]; i++)
        print_row(agent, &chip_rows[i]);
    print_properties(agent, is_gpu);
    if (is_gpu)
        print_dispatch_limits(agent);
    status = rocminfo_print_pools(agent);
    if (status == HSA_STATUS_SUCCESS)
        status = rocminfo_print_isas(agent);
    return status;
}
