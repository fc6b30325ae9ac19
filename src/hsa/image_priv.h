/* SPDX-License-Identifier: MIT
 * Images of the runtime: always linear, row by row in the caller's memory. The chips have no image
 * instructions, so only the calls of the images extension work on them.
 */
#ifndef CAIRN_HSA_IMAGE_PRIV_H
#define CAIRN_HSA_IMAGE_PRIV_H

#include "hsa_priv.h"

#include "hsa/hsa_ext_image.h"

struct image_format {
    uint32_t element_bytes;
};

/* False: no image of this geometry has the format (or there is no such geometry or format). */
bool cairn_hsa_image_format(hsa_ext_image_geometry_t geometry, const hsa_ext_image_format_t *format,
                            struct image_format *out);
/* One element of the format from four components, red to alpha (depth: one), each of the type that
 * kernels access: float, int32_t or uint32_t. At most 16 bytes. */
void cairn_hsa_image_encode(const hsa_ext_image_format_t *format, const void *components,
                            uint8_t *element);

/* Rows of `width` elements, `rows` a slice, `slices` of them (also the layers of an array). */
struct image {
    struct agent *agent;
    hsa_ext_image_descriptor_t descriptor;
    struct image_format format;
    hsa_access_permission_t permission;
    uint8_t *data; /* the caller's */
    size_t width, rows, slices, row_pitch, slice_pitch;
};

struct image *cairn_hsa_image_of(hsa_ext_image_t handle);

#endif
