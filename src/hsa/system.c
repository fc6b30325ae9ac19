/* SPDX-License-Identifier: MIT
 * System attributes and extensions. Of the extensions only AMD's loader is there; the function
 * table of a newer minor version begins with the older ones, so a caller may ask for less of it.
 */
#include "hsa_priv.h"

#include "hsa/hsa_ven_amd_loader.h"
#include "info.h"

enum { EXTENSION_BYTES = 128, LOADER_MAJOR = 1, LOADER_MINOR = 3 };

static const struct {
    uint16_t id;
    const char *name;
} extension_names[] = {
    {HSA_EXTENSION_FINALIZER, "HSA_EXTENSION_FINALIZER"},
    {HSA_EXTENSION_IMAGES, "HSA_EXTENSION_IMAGES"},
    {HSA_EXTENSION_PERFORMANCE_COUNTERS, "HSA_EXTENSION_PERFORMANCE_COUNTERS"},
    {HSA_EXTENSION_PROFILING_EVENTS, "HSA_EXTENSION_PROFILING_EVENTS"},
    {HSA_EXTENSION_AMD_PROFILER, "HSA_EXTENSION_AMD_PROFILER"},
    {HSA_EXTENSION_AMD_LOADER, "HSA_EXTENSION_AMD_LOADER"},
    {HSA_EXTENSION_AMD_AQLPROFILE, "HSA_EXTENSION_AMD_AQLPROFILE"},
    {HSA_EXTENSION_AMD_PC_SAMPLING, "HSA_EXTENSION_AMD_PC_SAMPLING"},
};

static const hsa_ven_amd_loader_1_03_pfn_t loader_table = {
    hsa_ven_amd_loader_query_host_address,
    hsa_ven_amd_loader_query_segment_descriptors,
    hsa_ven_amd_loader_query_executable,
    hsa_ven_amd_loader_executable_iterate_loaded_code_objects,
    hsa_ven_amd_loader_loaded_code_object_get_info,
    hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size,
    hsa_ven_amd_loader_iterate_executables,
};

hsa_status_t hsa_system_get_info(hsa_system_info_t attribute, void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    switch ((uint32_t)attribute) {
    case HSA_SYSTEM_INFO_VERSION_MAJOR:
    case HSA_SYSTEM_INFO_VERSION_MINOR:
        return info_u16(value, 1);
    case HSA_SYSTEM_INFO_TIMESTAMP:
        return info_u64(value, cairn_clock_now());
    case HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY:
        return info_u64(value, UINT64_C(1000000000));
    case HSA_SYSTEM_INFO_SIGNAL_MAX_WAIT:
        return info_u64(value, UINT64_MAX);
    case HSA_SYSTEM_INFO_ENDIANNESS:
        return info_u32(value, HSA_ENDIANNESS_LITTLE);
    case HSA_SYSTEM_INFO_MACHINE_MODEL:
        return info_u32(value, HSA_MACHINE_MODEL_LARGE);
    case HSA_SYSTEM_INFO_EXTENSIONS:
        memset(value, 0, EXTENSION_BYTES);
        ((uint8_t *)value)[HSA_EXTENSION_AMD_LOADER / 8] |= 1u << (HSA_EXTENSION_AMD_LOADER % 8);
        return HSA_STATUS_SUCCESS;
    case HSA_AMD_SYSTEM_INFO_BUILD_VERSION:
        return info_bytes(value, &(const char *){"cairn"}, sizeof(const char *));
    case HSA_AMD_SYSTEM_INFO_MWAITX_ENABLED:
        return info_bool(value, false);
    case HSA_AMD_SYSTEM_INFO_SVM_ACCESSIBLE_BY_DEFAULT:
    case HSA_AMD_SYSTEM_INFO_XNACK_ENABLED:
        return info_bool(value, cairn_hsa_svm_is_everywhere());
    case HSA_AMD_SYSTEM_INFO_SVM_SUPPORTED:
    case HSA_AMD_SYSTEM_INFO_DMABUF_SUPPORTED:
    case HSA_AMD_SYSTEM_INFO_VIRTUAL_MEM_API_SUPPORTED:
        return info_bool(value, true);
    case HSA_AMD_SYSTEM_INFO_EXT_VERSION_MAJOR:
        return info_u16(value, HSA_AMD_INTERFACE_VERSION_MAJOR);
    case HSA_AMD_SYSTEM_INFO_EXT_VERSION_MINOR:
        return info_u16(value, HSA_AMD_INTERFACE_VERSION_MINOR);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

hsa_status_t hsa_extension_get_name(uint16_t extension, const char **name)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (name == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (size_t i = 0; i < sizeof extension_names / sizeof extension_names[0]; i++)
        if (extension_names[i].id == extension) {
            *name = extension_names[i].name;
            return HSA_STATUS_SUCCESS;
        }
    return HSA_STATUS_ERROR_INVALID_ARGUMENT;
}

static bool is_known(uint16_t extension)
{
    for (size_t i = 0; i < sizeof extension_names / sizeof extension_names[0]; i++)
        if (extension_names[i].id == extension)
            return true;
    return false;
}

/* The minor version that is there, or -1. */
static int minor_of(uint16_t extension, uint16_t major)
{
    return extension == HSA_EXTENSION_AMD_LOADER && major == LOADER_MAJOR ? LOADER_MINOR : -1;
}

hsa_status_t hsa_system_extension_supported(uint16_t extension, uint16_t version_major,
                                            uint16_t version_minor, bool *result)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (result == NULL || !is_known(extension))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *result = minor_of(extension, version_major) >= (int)version_minor;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_system_major_extension_supported(uint16_t extension, uint16_t version_major,
                                                  uint16_t *version_minor, bool *result)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (version_minor == NULL || result == NULL || !is_known(extension))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    int minor = minor_of(extension, version_major);
    *result = minor >= 0;
    if (minor >= 0)
        *version_minor = (uint16_t)minor;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_agent_extension_supported(uint16_t extension, hsa_agent_t handle,
                                           uint16_t version_major, uint16_t version_minor,
                                           bool *result)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (result == NULL || !is_known(extension))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    const struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    *result = agent->is_gpu && minor_of(extension, version_major) >= (int)version_minor;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_agent_major_extension_supported(uint16_t extension, hsa_agent_t handle,
                                                 uint16_t version_major, uint16_t *version_minor,
                                                 bool *result)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *agent = cairn_hsa_agent_of(handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (version_minor == NULL || result == NULL || !is_known(extension))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    int minor = minor_of(extension, version_major);
    *result = agent->is_gpu && minor >= 0;
    if (*result)
        *version_minor = (uint16_t)minor;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_system_get_major_extension_table(uint16_t extension, uint16_t version_major,
                                                  size_t table_length, void *table)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (table == NULL || table_length == 0 || minor_of(extension, version_major) < 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    size_t size = table_length < sizeof loader_table ? table_length : sizeof loader_table;
    memcpy(table, &loader_table, size);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_system_get_extension_table(uint16_t extension, uint16_t version_major,
                                            uint16_t version_minor, void *table)
{
    static const size_t sizes[LOADER_MINOR + 1] = {
        sizeof(hsa_ven_amd_loader_1_00_pfn_t), sizeof(hsa_ven_amd_loader_1_01_pfn_t),
        sizeof(hsa_ven_amd_loader_1_02_pfn_t), sizeof(hsa_ven_amd_loader_1_03_pfn_t)};
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (version_minor > LOADER_MINOR)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return hsa_system_get_major_extension_table(extension, version_major, sizes[version_minor],
                                                table);
}
