/* SPDX-License-Identifier: MIT
 * Image resources: fields, places of texels, formats. See sem_image.h.
 */
#include "machine/sem_image.h"

#include <math.h>
#include <string.h>

static uint32_t field(uint32_t word, unsigned low, unsigned bits)
{
    return word >> low & ((1u << bits) - 1);
}

/* ---- formats */

/* The image formats beyond those of buffers. */
static struct cairn_sem_layout layout_of(uint32_t data_format)
{
    static const struct cairn_sem_layout more[] = {
        {{5, 6, 5}, 2}, {{5, 5, 5, 1}, 2}, {{1, 5, 5, 5}, 2}, {{4, 4, 4, 4}, 2}};
    if (data_format < 16)
        return cairn_sem_layout_of(data_format);
    if (data_format < 20)
        return more[data_format - 16];
    return (struct cairn_sem_layout){0};
}

/* IEC 61966-2-1, the colour channels. */
static float linear_of(double coded)
{
    return (float)(coded <= 0.04045 ? coded / 12.92 : pow((coded + 0.055) / 1.055, 2.4));
}

static double coded_of(double linear)
{
    linear = linear > 0 ? (linear < 1 ? linear : 1) : 0;
    return linear <= 0.0031308 ? 12.92 * linear : 1.055 * pow(linear, 1 / 2.4) - 0.055;
}

static uint32_t load(const struct cairn_image *image, unsigned component, uint32_t raw)
{
    uint32_t bits = image->layout.bits[component];
    if (image->num_format != CAIRN_IMAGE_NUM_SRGB)
        return cairn_sem_format_load(image->num_format, bits, raw);
    if (component == 3)
        return cairn_sem_format_load(CAIRN_SEM_UNORM, bits, raw);
    return cairn_fp_f32_of_host(linear_of(raw / (double)cairn_sem_field_mask(bits)));
}

static uint32_t store(const struct cairn_image *image, unsigned component, uint32_t value)
{
    uint32_t bits = image->layout.bits[component], mask = cairn_sem_field_mask(bits);
    if (image->num_format != CAIRN_IMAGE_NUM_SRGB)
        return cairn_sem_format_store(image->num_format, bits, value);
    if (component == 3)
        return cairn_sem_format_store(CAIRN_SEM_UNORM, bits, value);
    return (uint32_t)rint(coded_of(cairn_fp_host_of_f32(value)) * mask);
}

void cairn_image_decode(const struct cairn_image *image, const uint32_t *element, uint32_t *channel)
{
    uint32_t one = cairn_sem_format_one(image->num_format);
    uint32_t stored[4] = {0, 0, 0, element != NULL ? one : 0};
    for (unsigned i = 0, bit = 0; element != NULL && i < 4 && image->layout.bits[i] != 0; i++) {
        uint32_t bits = image->layout.bits[i];
        stored[i] = load(image, i, element[bit / 32] >> bit % 32 & cairn_sem_field_mask(bits));
        bit += bits;
    }
    for (unsigned i = 0; i < 4; i++) {
        unsigned select = image->select[i];
        channel[i] = select >= 4 ? stored[select - 4] : (select == 1 ? one : 0);
    }
}

/* A component comes from the first channel that shows it. */
void cairn_image_encode(const struct cairn_image *image, const uint32_t *channel, uint32_t *element)
{
    memset(element, 0, 4 * sizeof *element);
    for (unsigned i = 0, bit = 0; i < 4 && image->layout.bits[i] != 0; i++) {
        uint32_t value = 0;
        for (unsigned k = 4; k-- > 0;)
            if (image->select[k] == 4 + i)
                value = channel[k];
        element[bit / 32] |= store(image, i, value) << bit % 32;
        bit += image->layout.bits[i];
    }
}

/* ---- resources */

uint32_t cairn_image_level_size(uint32_t size, uint32_t level)
{
    return size >> level != 0 ? size >> level : 1;
}

unsigned cairn_image_dimensions(const struct cairn_image *image)
{
    if (image->type == CAIRN_IMAGE_1D || image->type == CAIRN_IMAGE_1D_ARRAY)
        return 1;
    return image->type == CAIRN_IMAGE_3D ? 3 : 2;
}

/* Rows of all levels before `level`. */
static uint64_t rows_before(const struct cairn_image *image, uint32_t level)
{
    uint64_t rows = 0;
    for (uint32_t i = 0; i < level; i++)
        rows += cairn_image_level_size(image->height, i);
    return rows;
}

static void set_levels(const uint32_t *words, struct cairn_image *image)
{
    image->base_level = field(words[3], 12, 4);
    image->last_level = field(words[3], 16, 4);
    image->levels = field(words[5], 28, 4) + 1;
    if (image->levels <= image->last_level)
        image->levels = image->last_level + 1;
    if (image->last_level < image->base_level)
        image->last_level = image->base_level;
}

struct cairn_image cairn_image_unpack(const uint32_t *words)
{
    uint32_t type = field(words[3], 28, 4), last = field(words[4], 0, 13);
    bool sliced = type == CAIRN_IMAGE_3D || type == CAIRN_IMAGE_CUBE ||
                  type == CAIRN_IMAGE_1D_ARRAY || type == CAIRN_IMAGE_2D_ARRAY;
    struct cairn_image image = {
        .base = ((uint64_t)field(words[1], 0, 8) << 32 | words[0]) << 8,
        .type = type,
        .num_format = field(words[1], 26, 4),
        .layout = layout_of(field(words[1], 20, 6)),
        .min_lod = field(words[1], 8, 12),
        .width = field(words[2], 0, 14) + 1,
        .height = field(words[2], 14, 14) + 1,
        .slices = sliced ? last + 1 : 1,
        .base_slice = type == CAIRN_IMAGE_3D ? 0 : field(words[5], 0, 13),
        .known = field(words[3], 20, 5) == 0 && type < CAIRN_IMAGE_2D_MSAA,
    };
    for (unsigned i = 0; i < 4; i++)
        image.select[i] = (uint8_t)field(words[3], 3 * i, 3);
    if (cairn_image_dimensions(&image) == 1)
        image.height = 1;
    set_levels(words, &image);
    if (image.layout.bytes == 0)
        image.type = 0;
    image.row_bytes = (uint64_t)(field(words[4], 13, 16) + 1) * image.layout.bytes;
    image.slice_bytes = image.row_bytes * rows_before(&image, image.levels);
    return image;
}

bool cairn_image_address(const struct cairn_image *image, const uint32_t *at, uint32_t level,
                         uint64_t *out)
{
    unsigned dimensions = cairn_image_dimensions(image);
    uint32_t y = dimensions > 1 ? at[1] : 0, slice = at[dimensions > 2 ? 2 : dimensions];
    uint32_t slices = dimensions > 2 ? cairn_image_level_size(image->slices, level)
                                     : image->slices - image->base_slice;
    if (image->type < CAIRN_IMAGE_1D || level < image->base_level || level > image->last_level ||
        at[0] >= cairn_image_level_size(image->width, level) ||
        y >= cairn_image_level_size(image->height, level) || slice >= slices)
        return false;
    *out = image->base + (slice + image->base_slice) * image->slice_bytes +
           (rows_before(image, level) + y) * image->row_bytes +
           (uint64_t)at[0] * image->layout.bytes;
    return true;
}
