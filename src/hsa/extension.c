/* SPDX-License-Identifier: MIT
 * Extensions: names, versions and function tables. There are AMD's loader and the images extension;
 * the finalizer of HSAIL, profiling events and PC sampling are not, and say so. The table of a
 * newer minor version begins with the older ones, so a caller may ask for less of it.
 */
#include "hsa_priv.h"

#include "hsa/hsa_ext_image.h"
#include "hsa/hsa_ven_amd_loader.h"

#include <string.h>

enum { EXTENSION_BYTES = 128, MINORS = 4 };

static const hsa_ven_amd_loader_1_03_pfn_t loader_table = {
    hsa_ven_amd_loader_query_host_address,
    hsa_ven_amd_loader_query_segment_descriptors,
    hsa_ven_amd_loader_query_executable,
    hsa_ven_amd_loader_executable_iterate_loaded_code_objects,
    hsa_ven_amd_loader_loaded_code_object_get_info,
    hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size,
    hsa_ven_amd_loader_iterate_executables,
};

static const hsa_ext_images_1_pfn_t image_table = {
    hsa_ext_image_get_capability,
    hsa_ext_image_data_get_info,
    hsa_ext_image_create,
    hsa_ext_image_destroy,
    hsa_ext_image_copy,
    hsa_ext_image_import,
    hsa_ext_image_export,
    hsa_ext_image_clear,
    hsa_ext_sampler_create,
    hsa_ext_sampler_destroy,
    hsa_ext_image_get_capability_with_layout,
    hsa_ext_image_data_get_info_with_layout,
    hsa_ext_image_create_with_layout,
};

static const struct extension {
    uint16_t id;
    const char *name;
    int16_t major, minor; /* major -1: known by name, not there */
    const void *table;
    size_t sizes[MINORS]; /* of the table, by minor version */
    size_t table_size;    /* of the newest */
} extensions[] = {
    {HSA_EXTENSION_FINALIZER, "HSA_EXTENSION_FINALIZER", -1, 0, NULL, {0}, 0},
    {HSA_EXTENSION_IMAGES,
     "HSA_EXTENSION_IMAGES",
     1,
     0,
     &image_table,
     {sizeof(hsa_ext_images_1_00_pfn_t)},
     sizeof image_table},
    {HSA_EXTENSION_PERFORMANCE_COUNTERS, "HSA_EXTENSION_PERFORMANCE_COUNTERS", -1, 0, NULL, {0}, 0},
    {HSA_EXTENSION_PROFILING_EVENTS, "HSA_EXTENSION_PROFILING_EVENTS", -1, 0, NULL, {0}, 0},
    {HSA_EXTENSION_AMD_PROFILER, "HSA_EXTENSION_AMD_PROFILER", -1, 0, NULL, {0}, 0},
    {HSA_EXTENSION_AMD_LOADER,
     "HSA_EXTENSION_AMD_LOADER",
     1,
     3,
     &loader_table,
     {sizeof(hsa_ven_amd_loader_1_00_pfn_t), sizeof(hsa_ven_amd_loader_1_01_pfn_t),
      sizeof(hsa_ven_amd_loader_1_02_pfn_t), sizeof(hsa_ven_amd_loader_1_03_pfn_t)},
     sizeof loader_table},
    {HSA_EXTENSION_AMD_AQLPROFILE, "HSA_EXTENSION_AMD_AQLPROFILE", -1, 0, NULL, {0}, 0},
    {HSA_EXTENSION_AMD_PC_SAMPLING, "HSA_EXTENSION_AMD_PC_SAMPLING", -1, 0, NULL, {0}, 0},
};
enum { EXTENSION_COUNT = sizeof extensions / sizeof extensions[0] };

static const struct extension *find(uint16_t id)
{
    for (size_t i = 0; i < EXTENSION_COUNT; i++)
        if (extensions[i].id == id)
            return &extensions[i];
    return NULL;
}

void cairn_hsa_extensions(uint8_t *bits)
{
    memset(bits, 0, EXTENSION_BYTES);
    for (size_t i = 0; i < EXTENSION_COUNT; i++)
        if (extensions[i].major >= 0)
            bits[extensions[i].id / 8] |= (uint8_t)(1u << (extensions[i].id % 8));
}

hsa_status_t hsa_extension_get_name(uint16_t extension, const char **name)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct extension *row = find(extension);
    if (name == NULL || row == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *name = row->name;
    return HSA_STATUS_SUCCESS;
}

/* The minor version that is there, or -1. */
static int minor_of(uint16_t extension, uint16_t major)
{
    const struct extension *row = find(extension);
    return row != NULL && row->major == (int)major ? row->minor : -1;
}

hsa_status_t hsa_system_extension_supported(uint16_t extension, uint16_t version_major,
                                            uint16_t version_minor, bool *result)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (result == NULL || find(extension) == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *result = minor_of(extension, version_major) >= (int)version_minor;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_system_major_extension_supported(uint16_t extension, uint16_t version_major,
                                                  uint16_t *version_minor, bool *result)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (version_minor == NULL || result == NULL || find(extension) == NULL)
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
    if (result == NULL || find(extension) == NULL)
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
    if (version_minor == NULL || result == NULL || find(extension) == NULL)
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
    const struct extension *row = find(extension);
    memcpy(table, row->table, table_length < row->table_size ? table_length : row->table_size);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_system_get_extension_table(uint16_t extension, uint16_t version_major,
                                            uint16_t version_minor, void *table)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if ((int)version_minor > minor_of(extension, version_major))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return hsa_system_get_major_extension_table(extension, version_major,
                                                find(extension)->sizes[version_minor], table);
}
