/* SPDX-License-Identifier: MIT
 * System attributes.
 */
#include "hsa_priv.h"

#include "info.h"

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
        cairn_hsa_extensions(value);
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
