/* SPDX-License-Identifier: MIT
 * Compute unit masks of streams: what hipExtStreamCreateWithCUMask asked for, within what
 * ROC_GLOBAL_CU_MASK leaves (0x and hexadecimal digits, the last for units 0 to 3; ROCm's
 * documentation, "Setting the number of compute units"). An empty result means all that is left, as
 * AMD's runtime has it. The stream's HSA queue gets the mask when it is made.
 */
#include "hip/stream.h"

#include "base/log.h"
#include "base/option.h"

#include <string.h>

enum { BITS = 32 * HIP_CU_MASK_WORDS };

static bool read_mask(const char *text, uint32_t *mask)
{
    if (text[0] != '0' || (text[1] != 'x' && text[1] != 'X'))
        return false;
    text += 2;
    return cairn_option_read_mask(&text, mask, HIP_CU_MASK_WORDS) && *text == '\0';
}

/* Units of the device; returns false if they are all of them because nobody said otherwise. */
static bool units_left(const struct hip_device *device, uint32_t mask[HIP_CU_MASK_WORDS])
{
    const char *text = cairn_option_text(CAIRN_OPTION_GLOBAL_CU_MASK);
    uint32_t units = (uint32_t)device->props.multiProcessorCount;
    uint32_t asked[HIP_CU_MASK_WORDS] = {0};
    bool limited = text[0] != '\0' && read_mask(text, asked);
    if (text[0] != '\0' && !limited)
        CAIRN_LOG_ONCE("hip: ROC_GLOBAL_CU_MASK=%s is not 0x and hexadecimal digits: ignored",
                       text);
    for (uint32_t i = 0; i < units && i < BITS; i++)
        if (!limited || (asked[i / 32] >> (i % 32) & 1) != 0)
            mask[i / 32] |= 1u << (i % 32);
    return limited;
}

void hip_cu_mask_set(struct ihipStream_t *stream, uint32_t words, const uint32_t *mask)
{
    uint32_t left[HIP_CU_MASK_WORDS] = {0}, any = 0;
    bool limited = units_left(stream->device, left);
    for (uint32_t i = 0; i < HIP_CU_MASK_WORDS; i++) {
        stream->cu_mask[i] = i < words ? mask[i] & left[i] : 0;
        any |= stream->cu_mask[i];
    }
    if (any == 0)
        memcpy(stream->cu_mask, left, sizeof left);
    stream->has_cu_mask = limited || any != 0;
}

hipError_t hip_cu_mask_get(const struct ihipStream_t *stream, uint32_t words, uint32_t *mask)
{
    uint32_t units = (uint32_t)stream->device->props.multiProcessorCount;
    if (mask == NULL || words < (units + 31) / 32)
        return hipErrorInvalidValue;
    for (uint32_t i = 0; i < (units + 31) / 32 && i < HIP_CU_MASK_WORDS; i++)
        mask[i] = stream->cu_mask[i];
    return hipSuccess;
}
