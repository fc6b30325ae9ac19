/* SPDX-License-Identifier: MIT
 * The descriptors that texture and surface instructions read, and the colors of borders.
 */
#ifndef CAIRN_HIP_IMAGE_WORDS_H
#define CAIRN_HIP_IMAGE_WORDS_H

#include "hip/array.h"

/* How elements become channels. */
struct hip_reading {
    bool normalized; /* integers of 8 and 16 bits as floats of 0 to 1, or -1 to 1 */
    bool srgb;       /* those of 8 bits unsigned */
};

/* HIP_IMAGE_OBJECT_SIZE_DWORD words. */
void hip_image_words(const struct hip_image *image, struct hip_reading reading, uint32_t *words);
/* The same of `elements` elements of linear memory. */
void hip_buffer_words(const void *data, size_t elements, const struct hip_texel *texel,
                      struct hip_reading reading, uint32_t *words);
/* HIP_SAMPLER_OBJECT_SIZE_DWORD words. NotSupported: the runtime below has no colors for borders.
 */
hipError_t hip_sampler_words(const hipTextureDesc *texture, bool mipmapped, uint32_t *words);
void hip_sampler_release(const uint32_t *words);

#endif
