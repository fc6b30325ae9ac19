/* SPDX-License-Identifier: MIT
 * The memory pools of an agent.
 */
#include "parts.h"

#include "hsa/hsa_ext_amd.h"
#include "print.h"

#include <string.h>

static void print_segment(hsa_amd_segment_t segment, uint32_t flags)
{
    static const struct {
        uint32_t flag;
        const char *name;
    } names[] = {
        {HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT, "KERNARG"},
        {HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED, "FINE GRAINED"},
        {HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_EXTENDED_SCOPE_FINE_GRAINED, "EXTENDED FINE GRAINED"},
        {HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED, "COARSE GRAINED"},
    };
    static const char *const segments[] = {"GLOBAL; FLAGS: ", "READONLY", "PRIVATE", "GROUP"};
    char text[128];
    snprintf(text, sizeof text, "%s", (unsigned)segment < 4 ? segments[segment] : "Not Supported");
    const char *separator = "";
    for (size_t i = 0; i < sizeof names / sizeof names[0] && segment == HSA_AMD_SEGMENT_GLOBAL; i++)
        if ((flags & names[i].flag) != 0) {
            size_t used = strlen(text);
            snprintf(text + used, sizeof text - used, "%s%s", separator, names[i].name);
            separator = ", ";
        }
    print_text(3, "Segment:", text);
}

static hsa_status_t print_kib(hsa_amd_memory_pool_t pool, hsa_amd_memory_pool_info_t attribute,
                              const char *label)
{
    size_t bytes = 0;
    char text[32];
    hsa_status_t status = hsa_amd_memory_pool_get_info(pool, attribute, &bytes);
    snprintf(text, sizeof text, "%zuKB", bytes / 1024);
    print_text(3, label, text);
    return status;
}

static hsa_status_t print_flag(hsa_amd_memory_pool_t pool, hsa_amd_memory_pool_info_t attribute,
                               const char *label)
{
    bool value = false;
    hsa_status_t status = hsa_amd_memory_pool_get_info(pool, attribute, &value);
    print_text(3, label, value ? "TRUE" : "FALSE");
    return status;
}

static hsa_status_t print_pool(hsa_amd_memory_pool_t pool, void *counter)
{
    char heading[32];
    hsa_amd_segment_t segment = HSA_AMD_SEGMENT_GLOBAL;
    uint32_t flags = 0;
    size_t size = 0;
    snprintf(heading, sizeof heading, "Pool %d", ++*(int *)counter);
    print_heading(2, heading);
    hsa_status_t status =
        hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SEGMENT, &segment);
    if (status == HSA_STATUS_SUCCESS && segment == HSA_AMD_SEGMENT_GLOBAL)
        status = hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS, &flags);
    if (status == HSA_STATUS_SUCCESS)
        status = hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SIZE, &size);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    print_segment(segment, flags);
    print_hex(3, "Size:", size / 1024, "KB");
    (void)print_flag(pool, HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALLOWED, "Allocatable:");
    (void)print_kib(pool, HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_GRANULE, "Alloc Granule:");
    (void)print_kib(pool, HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_REC_GRANULE,
                    "Alloc Recommended Granule:");
    (void)print_kib(pool, HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALIGNMENT, "Alloc Alignment:");
    return print_flag(pool, HSA_AMD_MEMORY_POOL_INFO_ACCESSIBLE_BY_ALL, "Accessible by all:");
}

hsa_status_t rocminfo_print_pools(hsa_agent_t agent)
{
    int counter = 0;
    print_heading(1, "Pool Info:");
    return hsa_amd_agent_iterate_memory_pools(agent, print_pool, &counter);
}
