/* SPDX-License-Identifier: MIT
 * What the current device may do with mapped memory, before a copy or a fill is begun. Other memory
 * has no such rights.
 */
#include "hip/memory.h"

static hipError_t may(const void *address, hsa_access_permission_t alone)
{
    struct hip_allocation row;
    hsa_access_permission_t permission = HSA_ACCESS_PERMISSION_NONE;
    if (!hip_memory_has_mappings() || !hip_memory_find(address, &row) ||
        row.origin != HIP_ORIGIN_MAPPED)
        return hipSuccess;
    (void)hsa_amd_vmem_get_access((void *)(uintptr_t)address, &permission,
                                  hip_current_device()->agent);
    bool yes = permission == HSA_ACCESS_PERMISSION_RW || permission == alone;
    return yes ? hipSuccess : hipErrorUnknown;
}

hipError_t hip_memory_may_read(const void *address)
{
    return may(address, HSA_ACCESS_PERMISSION_RO);
}

hipError_t hip_memory_may_write(const void *address)
{
    return may(address, HSA_ACCESS_PERMISSION_WO);
}
