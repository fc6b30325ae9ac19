/* SPDX-License-Identifier: MIT
 * Image formats: which channel orders go with which channel types, how large an element is, and how
 * a value is stored in one (HSA Programmer's Reference Manual 1.2, 7.1.4 "Image format").
 */
#include "image_priv.h"

#include <math.h>
#include <string.h>

/* ---- types ---- */

enum component {
    UNORM,
    SNORM,
    UINT,
    SINT,
    HALF,
    FLOAT,
    UNORM24,
    PACKED_555,
    PACKED_565,
    PACKED_10
};

static const struct channel_type {
    enum component component;
    uint8_t bits; /* of one component; of the whole element if packed */
} types[] = {
    [HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT8] = {SNORM, 8},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_SNORM_INT16] = {SNORM, 16},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT8] = {UNORM, 8},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT16] = {UNORM, 16},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_INT24] = {UNORM24, 32},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_555] = {PACKED_555, 16},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_565] = {PACKED_565, 16},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_UNORM_SHORT_101010] = {PACKED_10, 32},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT8] = {SINT, 8},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT16] = {SINT, 16},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_SIGNED_INT32] = {SINT, 32},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT8] = {UINT, 8},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT16] = {UINT, 16},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_UNSIGNED_INT32] = {UINT, 32},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_HALF_FLOAT] = {HALF, 16},
    [HSA_EXT_IMAGE_CHANNEL_TYPE_FLOAT] = {FLOAT, 32},
};
enum { TYPE_COUNT = sizeof types / sizeof types[0] };

#define TYPE(name) (1u << HSA_EXT_IMAGE_CHANNEL_TYPE_##name)
#define EIGHT_BITS (TYPE(SNORM_INT8) | TYPE(UNORM_INT8) | TYPE(SIGNED_INT8) | TYPE(UNSIGNED_INT8))
#define NORMALIZED                                                                                 \
    (TYPE(SNORM_INT8) | TYPE(SNORM_INT16) | TYPE(UNORM_INT8) | TYPE(UNORM_INT16) |                 \
     TYPE(HALF_FLOAT) | TYPE(FLOAT))
#define PLAIN                                                                                      \
    (NORMALIZED | TYPE(SIGNED_INT8) | TYPE(SIGNED_INT16) | TYPE(SIGNED_INT32) |                    \
     TYPE(UNSIGNED_INT8) | TYPE(UNSIGNED_INT16) | TYPE(UNSIGNED_INT32))
#define THREE_IN_ONE (TYPE(UNORM_SHORT_555) | TYPE(UNORM_SHORT_565) | TYPE(UNORM_SHORT_101010))
#define DEEP         (TYPE(UNORM_INT16) | TYPE(UNORM_INT24) | TYPE(FLOAT))

/* ---- orders: what lies in memory one after the other, as indices into red, green, blue, alpha
 * ---- X is a component that is there and means nothing. Depth with stencil is not there. */

enum { R, G, B, A, X };

static const struct channel_order {
    uint8_t count, components[4];
    bool srgb, depth;
    uint32_t types;
} orders[] = {
    [HSA_EXT_IMAGE_CHANNEL_ORDER_A] = {1, {A}, .types = PLAIN},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_R] = {1, {R}, .types = PLAIN},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_RX] = {2, {R, X}, .types = PLAIN},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_RG] = {2, {R, G}, .types = PLAIN},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_RGX] = {3, {R, G, X}, .types = 0},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_RA] = {2, {R, A}, .types = PLAIN},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_RGB] = {1, {R}, .types = THREE_IN_ONE},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_RGBX] = {1, {R}, .types = THREE_IN_ONE},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_RGBA] = {4, {R, G, B, A}, .types = PLAIN},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_BGRA] = {4, {B, G, R, A}, .types = EIGHT_BITS},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_ARGB] = {4, {A, R, G, B}, .types = EIGHT_BITS},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_ABGR] = {4, {A, B, G, R}, .types = EIGHT_BITS},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_SRGB] = {3, {R, G, B}, .srgb = true, .types = 0},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBX] = {4, {R, G, B, X}, true, .types = TYPE(UNORM_INT8)},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_SRGBA] = {4, {R, G, B, A}, true, .types = TYPE(UNORM_INT8)},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_SBGRA] = {4, {B, G, R, A}, true, .types = TYPE(UNORM_INT8)},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_INTENSITY] = {1, {R}, .types = NORMALIZED},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_LUMINANCE] = {1, {R}, .types = NORMALIZED},
    [HSA_EXT_IMAGE_CHANNEL_ORDER_DEPTH] = {1, {R}, .depth = true, .types = DEEP},
};
enum { ORDER_COUNT = sizeof orders / sizeof orders[0] };

bool cairn_hsa_image_format(hsa_ext_image_geometry_t geometry, const hsa_ext_image_format_t *format,
                            struct image_format *out)
{
    if ((unsigned)geometry > HSA_EXT_IMAGE_GEOMETRY_2DADEPTH ||
        format->channel_type >= TYPE_COUNT || format->channel_order >= ORDER_COUNT)
        return false;
    const struct channel_order *order = &orders[format->channel_order];
    bool deep =
        geometry == HSA_EXT_IMAGE_GEOMETRY_2DDEPTH || geometry == HSA_EXT_IMAGE_GEOMETRY_2DADEPTH;
    bool special = order->srgb || (order->types & THREE_IN_ONE) != 0; /* not in buffers */
    if ((order->types >> format->channel_type & 1) == 0 || order->depth != deep ||
        (geometry == HSA_EXT_IMAGE_GEOMETRY_1DB && special))
        return false;
    *out = (struct image_format){.element_bytes =
                                     order->count * (types[format->channel_type].bits / 8u)};
    return true;
}

/* ---- storing ---- */

/* To the nearest, ties to even; not a number is 0. */
static int64_t to_integer(float value, float low, float high, float scale)
{
    if (!(value > low))
        value = value <= low ? low : 0;
    return (int64_t)rintf((value < high ? value : high) * scale);
}

static float srgb_of(float linear)
{
    if (!(linear > 0.0031308f))
        return 12.92f * linear;
    return 1.055f * powf(linear, 1.0f / 2.4f) - 0.055f;
}

static uint32_t half_of(float value)
{
    _Float16 half = (_Float16)value;
    uint16_t bits;
    memcpy(&bits, &half, sizeof bits);
    return bits;
}

static int64_t clamp(int64_t value, int64_t low, int64_t high)
{
    return value < low ? low : (value > high ? high : value);
}

/* The bits of one component; `from` is float, int32_t or uint32_t as kernels access the type. */
static uint32_t encode_component(const struct channel_type *type, bool srgb, const void *from)
{
    float real;
    int32_t number;
    uint32_t word;
    memcpy(&real, from, sizeof real);
    memcpy(&number, from, sizeof number);
    memcpy(&word, from, sizeof word);
    uint32_t most = type->bits == 32 ? UINT32_MAX : (1u << type->bits) - 1;
    switch (type->component) {
    case UNORM:
        return (uint32_t)to_integer(srgb ? srgb_of(real) : real, 0, 1, (float)most);
    case SNORM:
        return (uint32_t)to_integer(real, -1, 1, (float)(most >> 1)) & most;
    case SINT:
        return (uint32_t)clamp(number, -(int64_t)(most >> 1) - 1, most >> 1) & most;
    case UINT:
        return word < most ? word : most;
    case HALF:
        return half_of(real);
    case UNORM24:
        return (uint32_t)to_integer(real, 0, 1, 16777215.0f);
    default: /* FLOAT; packed ones do not come here */
        return word;
    }
}

/* Red in the high bits, blue in the low ones, bits that are left over 0. */
static uint32_t encode_packed(enum component component, const float *rgb)
{
    const uint32_t red_bits = component == PACKED_10 ? 10 : 5, blue_bits = red_bits;
    const uint32_t green_bits = component == PACKED_565 ? 6 : red_bits;
    uint32_t red = (uint32_t)to_integer(rgb[0], 0, 1, (float)((1u << red_bits) - 1));
    uint32_t green = (uint32_t)to_integer(rgb[1], 0, 1, (float)((1u << green_bits) - 1));
    uint32_t blue = (uint32_t)to_integer(rgb[2], 0, 1, (float)((1u << blue_bits) - 1));
    return red << (green_bits + blue_bits) | green << blue_bits | blue;
}

void cairn_hsa_image_encode(const hsa_ext_image_format_t *format, const void *components,
                            uint8_t *element)
{
    const struct channel_type *type = &types[format->channel_type];
    const struct channel_order *order = &orders[format->channel_order];
    const char *from = components;
    uint32_t bytes = type->bits / 8u;
    if (type->component >= PACKED_555) {
        float rgb[3];
        memcpy(rgb, components, sizeof rgb);
        uint32_t packed = encode_packed(type->component, rgb);
        memcpy(element, &packed, bytes);
        return;
    }
    for (uint32_t i = 0; i < order->count; i++) {
        uint8_t which = order->components[i];
        uint32_t word = 0;
        if (which != X)
            word = encode_component(type, order->srgb && which != A, from + 4 * (size_t)which);
        memcpy(element + (size_t)i * bytes, &word, bytes); /* little-endian, as the agents */
    }
}
