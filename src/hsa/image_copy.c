/* SPDX-License-Identifier: MIT
 * What the host does with images: copying between them, into memory and out of it, and clearing
 * (HSA Runtime 1.2, 3.3). Regions that leave the image are an error here; the specification leaves
 * them undefined.
 */
#include "image_priv.h"

#include "base/log.h"

#include <string.h>

/* A region as columns, rows and slices. */
struct box {
    size_t x, row, slice, width, rows, slices;
};

/* The layers of a 1DA image are its y. Sizes of 0 in dimensions that the image lacks are 1. */
static bool box_of(const struct image *image, const hsa_dim3_t *offset, const hsa_dim3_t *range,
                   struct box *box)
{
    bool layers_are_y = image->descriptor.geometry == HSA_EXT_IMAGE_GEOMETRY_1DA;
    uint32_t height = range->y != 0 ? range->y : 1, depth = range->z != 0 ? range->z : 1;
    *box = (struct box){.x = offset->x,
                        .row = layers_are_y ? 0 : offset->y,
                        .slice = layers_are_y ? offset->y : offset->z,
                        .width = range->x,
                        .rows = layers_are_y ? 1 : height,
                        .slices = layers_are_y ? height : depth};
    if (box->width != 0 && box->x + box->width <= image->width &&
        box->row + box->rows <= image->rows && box->slice + box->slices <= image->slices)
        return true;
    cairn_log(CAIRN_LOG_ERROR,
              "hsa: image region %ux%ux%u at %u,%u,%u leaves an image of %zux%zux%zu", range->x,
              range->y, range->z, offset->x, offset->y, offset->z, image->width, image->rows,
              image->slices);
    return false;
}

static uint8_t *row_at(const struct image *image, const struct box *box, size_t slice, size_t row)
{
    return image->data + (box->slice + slice) * image->slice_pitch +
           (box->row + row) * image->row_pitch + box->x * image->format.element_bytes;
}

static hsa_status_t check(hsa_agent_t agent)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *object = cairn_hsa_agent_of(agent);
    return object != NULL && object->is_gpu ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_INVALID_AGENT;
}

/* ---- between images ---- */

/* The order without its s: sRGB images may be copied to their plain forms and back. */
static uint32_t plain_order(uint32_t order)
{
    switch (order) {
    case HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBX:
        return HSA_EXT_IMAGE_CHANNEL_ORDER_RGBX;
    case HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBA:
        return HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA;
    case HSA_EXT_IMAGE_CHANNEL_ORDER_SBGRA:
        return HSA_EXT_IMAGE_CHANNEL_ORDER_BGRA;
    default:
        return order;
    }
}

static bool formats_match(const struct image *left, const struct image *right)
{
    return left->descriptor.format.channel_type == right->descriptor.format.channel_type &&
           plain_order(left->descriptor.format.channel_order) ==
               plain_order(right->descriptor.format.channel_order);
}

hsa_status_t hsa_ext_image_copy(hsa_agent_t agent, hsa_ext_image_t src_image,
                                const hsa_dim3_t *src_offset, hsa_ext_image_t dst_image,
                                const hsa_dim3_t *dst_offset, const hsa_dim3_t *range)
{
    struct box from, to;
    hsa_status_t status = check(agent);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    const struct image *src = cairn_hsa_image_of(src_image), *dst = cairn_hsa_image_of(dst_image);
    if (src == NULL || dst == NULL || src_offset == NULL || dst_offset == NULL || range == NULL ||
        !formats_match(src, dst) || !box_of(src, src_offset, range, &from) ||
        !box_of(dst, dst_offset, range, &to))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (from.rows != to.rows || from.slices != to.slices) /* 1DA and another geometry */
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (size_t slice = 0; slice < from.slices; slice++)
        for (size_t row = 0; row < from.rows; row++)
            memmove(row_at(dst, &to, slice, row), row_at(src, &from, slice, row),
                    from.width * src->format.element_bytes);
    return HSA_STATUS_SUCCESS;
}

/* ---- memory ---- */

struct memory_layout {
    size_t row_bytes, row_pitch, slice_pitch, size;
};

/* Pitches that are too small, such as 0, are those of rows and slices without gaps. */
static bool layout_of(const struct image *image, const struct box *box, size_t row_pitch,
                      size_t slice_pitch, struct memory_layout *out)
{
    size_t least, slices, rows;
    out->row_bytes = box->width * image->format.element_bytes;
    out->row_pitch = row_pitch < out->row_bytes ? out->row_bytes : row_pitch;
    if (__builtin_mul_overflow(out->row_pitch, box->rows, &least))
        return false;
    out->slice_pitch = slice_pitch < least ? least : slice_pitch;
    rows = out->row_pitch * (box->rows - 1);
    return !__builtin_mul_overflow(out->slice_pitch, box->slices - 1, &slices) &&
           !__builtin_add_overflow(slices, rows, &out->size) &&
           !__builtin_add_overflow(out->size, out->row_bytes, &out->size);
}

/* Both directions: the region's box and the memory's layout, all checked. */
static hsa_status_t prepare(hsa_agent_t agent, const struct image *image, const void *memory,
                            size_t row_pitch, size_t slice_pitch,
                            const hsa_ext_image_region_t *region, struct box *box,
                            struct memory_layout *layout)
{
    hsa_status_t status = check(agent);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (image == NULL || memory == NULL || region == NULL ||
        !box_of(image, &region->offset, &region->range, box) ||
        !layout_of(image, box, row_pitch, slice_pitch, layout))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return HSA_STATUS_SUCCESS;
}

/* Between the box and memory: `in` to the image, else out of it. */
static void move_rows(const struct image *image, const struct box *box,
                      const struct memory_layout *layout, char *memory, bool in)
{
    for (size_t slice = 0; slice < box->slices; slice++)
        for (size_t row = 0; row < box->rows; row++) {
            char *here = memory + slice * layout->slice_pitch + row * layout->row_pitch;
            void *there = row_at(image, box, slice, row);
            memmove(in ? there : here, in ? here : there, layout->row_bytes);
        }
}

hsa_status_t hsa_ext_image_import(hsa_agent_t agent, const void *src_memory, size_t src_row_pitch,
                                  size_t src_slice_pitch, hsa_ext_image_t dst_image,
                                  const hsa_ext_image_region_t *image_region)
{
    struct box box;
    struct memory_layout layout;
    const struct image *image = cairn_hsa_image_of(dst_image);
    hsa_status_t status = prepare(agent, image, src_memory, src_row_pitch, src_slice_pitch,
                                  image_region, &box, &layout);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (!cairn_hsa_range_is_valid(src_memory, layout.size))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    move_rows(image, &box, &layout, (char *)src_memory, true);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_ext_image_export(hsa_agent_t agent, hsa_ext_image_t src_image, void *dst_memory,
                                  size_t dst_row_pitch, size_t dst_slice_pitch,
                                  const hsa_ext_image_region_t *image_region)
{
    struct box box;
    struct memory_layout layout;
    const struct image *image = cairn_hsa_image_of(src_image);
    hsa_status_t status = prepare(agent, image, dst_memory, dst_row_pitch, dst_slice_pitch,
                                  image_region, &box, &layout);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (!cairn_hsa_range_is_writable(dst_memory, layout.size))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    move_rows(image, &box, &layout, dst_memory, false);
    return HSA_STATUS_SUCCESS;
}

/* ---- clearing ---- */

hsa_status_t hsa_ext_image_clear(hsa_agent_t agent, hsa_ext_image_t image, const void *data,
                                 const hsa_ext_image_region_t *image_region)
{
    struct box box;
    uint8_t element[16];
    hsa_status_t status = check(agent);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    const struct image *object = cairn_hsa_image_of(image);
    if (object == NULL || data == NULL || image_region == NULL ||
        !box_of(object, &image_region->offset, &image_region->range, &box))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    cairn_hsa_image_encode(&object->descriptor.format, data, element);
    size_t bytes = object->format.element_bytes;
    for (size_t slice = 0; slice < box.slices; slice++)
        for (size_t row = 0; row < box.rows; row++) {
            uint8_t *at = row_at(object, &box, slice, row);
            for (size_t column = 0; column < box.width; column++)
                memcpy(at + column * bytes, element, bytes);
        }
    return HSA_STATUS_SUCCESS;
}
