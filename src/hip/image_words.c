/* SPDX-License-Identifier: MIT
 * Descriptors of images and samplers for the gfx9 family (AMD "Vega" ISA, "Image Resource
 * Definition", "Image Sampler Definition", "Buffer Resource Definition"), linear layout. Behind the
 * eight words of an image ROCm's runtime writes the channel type, the channel order and the width,
 * which the device library reads.
 */
#include "hip/image_words.h"

#include <hsa/hsa_ext_image.h>
#include <hsa/hsa_ven_cairn.h>

#include <math.h>
#include <string.h>

enum { NUM_UNORM = 0, NUM_SNORM = 1, NUM_UINT = 4, NUM_SINT = 5, NUM_FLOAT = 7, NUM_SRGB = 9 };
enum { SELECT_0, SELECT_1, SELECT_X = 4 };
enum { WORD_TYPE = 8, WORD_ORDER = 9, WORD_WIDTH = 10 };

/* ---- formats ---- */

struct format {
    uint32_t data, number, select; /* select: twelve bits */
    uint32_t type, order;          /* of HSA */
};

/* By channels (1, 2, 4) and bytes of a channel. */
static uint32_t data_format(const struct hip_texel *texel)
{
    static const uint8_t formats[3][3] = {{1, 2, 4}, {3, 5, 11}, {10, 12, 14}};
    unsigned bytes = texel->bytes / texel->channels;
    return formats[texel->channels / 2][bytes / 2];
}

static void set_number(const struct hip_texel *texel, struct hip_reading reading,
                       struct format *out)
{
    static const struct row {
        hipArray_Format format;
        uint8_t number, type, unit_number, unit_type;
    } rows[] = {
        {HIP_AD_FORMAT_UNSIGNED_INT8, NUM_UINT, HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT8, NUM_UNORM,
         HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8},
        {HIP_AD_FORMAT_UNSIGNED_INT16, NUM_UINT, HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT16,
         NUM_UNORM, HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT16},
        {HIP_AD_FORMAT_UNSIGNED_INT32, NUM_UINT, HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32,
         NUM_UINT, HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32},
        {HIP_AD_FORMAT_SIGNED_INT8, NUM_SINT, HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT8, NUM_SNORM,
         HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT8},
        {HIP_AD_FORMAT_SIGNED_INT16, NUM_SINT, HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT16, NUM_SNORM,
         HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT16},
        {HIP_AD_FORMAT_SIGNED_INT32, NUM_SINT, HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT32, NUM_SINT,
         HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT32},
        {HIP_AD_FORMAT_HALF, NUM_FLOAT, HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT, NUM_FLOAT,
         HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT},
        {HIP_AD_FORMAT_FLOAT, NUM_FLOAT, HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT, NUM_FLOAT,
         HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT},
    };
    const struct row *row = rows;
    while (row->format != texel->format)
        row++;
    out->number = reading.normalized ? row->unit_number : row->number;
    out->type = reading.normalized ? row->unit_type : row->type;
}

/* Absent channels read as 0, an absent fourth one as 1. */
static struct format format_of(const struct hip_texel *texel, struct hip_reading reading)
{
    static const uint8_t orders[3] = {HSA_EXT_IMAGE_CHANNEL_ORDER_R, HSA_EXT_IMAGE_CHANNEL_ORDER_RG,
                                      HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA};
    struct format format = {.data = data_format(texel), .order = orders[texel->channels / 2]};
    set_number(texel, reading, &format);
    for (unsigned i = 0; i < 4; i++) {
        uint32_t absent = i == 3 ? SELECT_1 : SELECT_0;
        format.select |= (i < texel->channels ? SELECT_X + i : absent) << 3 * i;
    }
    return format;
}

static void set_behind(const struct format *format, size_t width, uint32_t *words)
{
    words[WORD_TYPE] = format->type;
    words[WORD_ORDER] = format->order;
    words[WORD_WIDTH] = (uint32_t)width;
}

/* ---- images and buffers ---- */

void hip_image_words(const struct hip_image *image, struct hip_reading reading, uint32_t *words)
{
    uint64_t address = (uint64_t)(uintptr_t)image->data;
    struct format format = format_of(&image->texel, reading);
    bool srgb =
        reading.srgb && reading.normalized && image->texel.format == HIP_AD_FORMAT_UNSIGNED_INT8;
    memset(words, 0, HIP_IMAGE_OBJECT_SIZE_DWORD * sizeof *words);
    words[0] = (uint32_t)(address >> 8);
    words[1] = (uint32_t)(address >> 40 & 0xff) | format.data << 20 |
               (srgb ? NUM_SRGB : format.number) << 26;
    words[2] = (uint32_t)(image->width - 1) | (uint32_t)(image->height - 1) << 14;
    words[3] = format.select | image->first_level << 12 | image->last_level << 16 |
               (uint32_t)image->kind << 28;
    words[4] = (uint32_t)(image->depth - 1) | (uint32_t)(image->pitch / image->texel.bytes - 1)
                                                  << 13;
    words[5] = image->first_layer | (image->levels - 1) << 28;
    set_behind(&format, image->width, words);
}

void hip_buffer_words(const void *data, size_t elements, const struct hip_texel *texel,
                      struct hip_reading reading, uint32_t *words)
{
    uint64_t address = (uint64_t)(uintptr_t)data;
    struct format format = format_of(texel, reading);
    memset(words, 0, HIP_IMAGE_OBJECT_SIZE_DWORD * sizeof *words);
    words[0] = (uint32_t)address;
    words[1] = (uint32_t)(address >> 32 & 0xffff) | texel->bytes << 16;
    words[2] = (uint32_t)elements;
    words[3] = format.select | format.number << 12 | format.data << 15;
    set_behind(&format, elements, words);
}

/* ---- colors of borders that the hardware has no constant for ---- */

enum { COLORS = HSA_CAIRN_BORDER_COLORS, BORDER_TABLE = 3 };

static struct {
    pthread_mutex_t lock; /* guards all */
    unsigned references[COLORS];
} palette = {.lock = PTHREAD_MUTEX_INITIALIZER};

static hipError_t take_color(const float *color, uint32_t *out)
{
    float (*table)[4] = NULL;
    hsa_agent_t agent = hip_current_device()->agent;
    if (hsa_agent_get_info(agent, (hsa_agent_info_t)HSA_CAIRN_AGENT_INFO_BORDER_COLORS, &table) !=
            HSA_STATUS_SUCCESS ||
        table == NULL) {
        CAIRN_LOG_ONCE("hip: this HSA runtime has no border colors but black and white");
        return hipErrorNotSupported;
    }
    hipError_t error = hipErrorOutOfMemory;
    pthread_mutex_lock(&palette.lock);
    unsigned found = COLORS;
    for (unsigned i = COLORS; i-- > 0;)
        if (palette.references[i] == 0 ? found == COLORS || palette.references[found] == 0
                                       : memcmp(table[i], color, sizeof table[i]) == 0)
            found = i;
    if (found < COLORS) {
        memcpy(table[found], color, sizeof table[found]);
        palette.references[found]++;
        *out = found;
        error = hipSuccess;
    }
    pthread_mutex_unlock(&palette.lock);
    return error;
}

void hip_sampler_release(const uint32_t *words)
{
    if (words[3] >> 30 != BORDER_TABLE)
        return;
    pthread_mutex_lock(&palette.lock);
    palette.references[words[3] & 0xfff]--;
    pthread_mutex_unlock(&palette.lock);
}

static hipError_t set_border(const float *color, uint32_t *words)
{
    static const float constants[3][4] = {{0, 0, 0, 0}, {0, 0, 0, 1}, {1, 1, 1, 1}};
    for (uint32_t type = 0; type < 3; type++)
        if (memcmp(color, constants[type], sizeof constants[type]) == 0) {
            words[3] = type << 30;
            return hipSuccess;
        }
    uint32_t index;
    hipError_t error = take_color(color, &index);
    if (error == hipSuccess)
        words[3] = (uint32_t)BORDER_TABLE << 30 | index;
    return error;
}

/* ---- samplers ---- */

enum { UNNORMALIZED = 1u << 15, TRUNCATES = 1u << 27 };
enum { MAG_LINEAR = 1u << 20, MIN_LINEAR = 1u << 22, MIP_SHIFT = 26 };

/* Repeating needs normalized coordinates (HIP, "hipTextureDesc"); else it is clamping. */
static uint32_t clamp_of(enum hipTextureAddressMode mode, bool normalized)
{
    enum { WRAP, MIRROR, LAST_TEXEL, BORDER = 6 };
    switch (mode) {
    case hipAddressModeWrap:
        return normalized ? WRAP : LAST_TEXEL;
    case hipAddressModeMirror:
        return normalized ? MIRROR : LAST_TEXEL;
    case hipAddressModeBorder:
        return BORDER;
    default:
        return LAST_TEXEL;
    }
}

/* Unsigned, of 4 bits and 8 bits of fraction. */
static uint32_t lod_of(float level)
{
    float fixed = rintf(level * 256);
    return !(fixed > 0) ? 0 : (fixed < 4095 ? (uint32_t)fixed : 4095);
}

/* Signed, of 6 bits and 8 bits of fraction. */
static uint32_t bias_of(float bias)
{
    float fixed = rintf(bias * 256);
    fixed = !(fixed > -8192) ? -8192 : (fixed < 8191 ? fixed : 8191);
    return (uint32_t)(int32_t)fixed & 0x3fff;
}

hipError_t hip_sampler_words(const hipTextureDesc *texture, bool mipmapped, uint32_t *words)
{
    bool linear = texture->filterMode == hipFilterModeLinear, border = false;
    memset(words, 0, HIP_SAMPLER_OBJECT_SIZE_DWORD * sizeof *words);
    for (unsigned i = 0; i < 3; i++) {
        words[0] |= clamp_of(texture->addressMode[i], texture->normalizedCoords != 0) << 3 * i;
        border |= texture->addressMode[i] == hipAddressModeBorder;
    }
    words[0] |= texture->normalizedCoords != 0 ? 0 : UNNORMALIZED;
    words[0] |= linear ? 0 : TRUNCATES;
    words[2] = linear ? MAG_LINEAR | MIN_LINEAR : 0;
    if (mipmapped) {
        words[1] = lod_of(texture->minMipmapLevelClamp) | lod_of(texture->maxMipmapLevelClamp)
                                                              << 12;
        words[2] |= bias_of(texture->mipmapLevelBias) |
                    (texture->mipmapFilterMode == hipFilterModeLinear ? 2u : 1u) << MIP_SHIFT;
    }
    return border ? set_border(texture->borderColor, words) : hipSuccess;
}
