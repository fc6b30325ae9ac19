/* SPDX-License-Identifier: MIT
 * hsa_status_string: the name of the code, a colon, and what it means.
 */
#include "hsa/hsa.h"
#include "hsa/hsa_ext_amd.h"
#include "hsa/hsa_ext_finalize.h"
#include "hsa/hsa_ext_image.h"

/* These extensions spell their codes HSA_EXT_STATUS_*. */
enum {
    HSA_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED = HSA_EXT_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED,
    HSA_STATUS_ERROR_IMAGE_SIZE_UNSUPPORTED = HSA_EXT_STATUS_ERROR_IMAGE_SIZE_UNSUPPORTED,
    HSA_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED = HSA_EXT_STATUS_ERROR_IMAGE_PITCH_UNSUPPORTED,
    HSA_STATUS_ERROR_SAMPLER_DESCRIPTOR_UNSUPPORTED =
        HSA_EXT_STATUS_ERROR_SAMPLER_DESCRIPTOR_UNSUPPORTED,
    HSA_STATUS_ERROR_INVALID_PROGRAM = HSA_EXT_STATUS_ERROR_INVALID_PROGRAM,
    HSA_STATUS_ERROR_INVALID_MODULE = HSA_EXT_STATUS_ERROR_INVALID_MODULE,
    HSA_STATUS_ERROR_INCOMPATIBLE_MODULE = HSA_EXT_STATUS_ERROR_INCOMPATIBLE_MODULE,
    HSA_STATUS_ERROR_MODULE_ALREADY_INCLUDED = HSA_EXT_STATUS_ERROR_MODULE_ALREADY_INCLUDED,
    HSA_STATUS_ERROR_SYMBOL_MISMATCH = HSA_EXT_STATUS_ERROR_SYMBOL_MISMATCH,
    HSA_STATUS_ERROR_FINALIZATION_FAILED = HSA_EXT_STATUS_ERROR_FINALIZATION_FAILED,
    HSA_STATUS_ERROR_DIRECTIVE_MISMATCH = HSA_EXT_STATUS_ERROR_DIRECTIVE_MISMATCH,
};

static const struct {
    uint32_t status;
    const char *text;
} rows[] = {
#define TEXT(name, words) {HSA_STATUS_##name, "HSA_STATUS_" #name ": " words},
#include "status_text.def"
#undef TEXT
};

hsa_status_t hsa_status_string(hsa_status_t status, const char **status_string)
{
    if (status_string == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].status == (uint32_t)status) {
            *status_string = rows[i].text;
            return HSA_STATUS_SUCCESS;
        }
    return HSA_STATUS_ERROR_INVALID_ARGUMENT;
}
