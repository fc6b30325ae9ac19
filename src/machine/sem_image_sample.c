/* SPDX-License-Identifier: MIT
 * Sampling of images. A place is a multiple of 1/256 texel where texels are mixed, rounded to the
 * nearest (HIP, "Texture fetching": the weight has 8 bits of fraction); the mix is summed in f64
 * and rounded once to f32. Without derivatives, as in compute shaders, the level of detail is 0
 * plus the sampler's bias, within the bounds of sampler and image; a sampler whose bounds are equal
 * chooses the level.
 */
#include "machine/sem_image.h"

#include <math.h>
#include <string.h>

uint32_t cairn_image_palette[CAIRN_IMAGE_PALETTE][4];

static uint32_t field(uint32_t word, unsigned low, unsigned bits)
{
    return word >> low & ((1u << bits) - 1);
}

struct cairn_image_sampler cairn_image_sampler_unpack(const uint32_t *words)
{
    uint32_t z = field(words[2], 24, 2);
    return (struct cairn_image_sampler){
        .clamp = {(uint8_t)field(words[0], 0, 3), (uint8_t)field(words[0], 3, 3),
                  (uint8_t)field(words[0], 6, 3)},
        .unnormalized = field(words[0], 15, 1),
        .truncates = field(words[0], 27, 1),
        .min_lod = field(words[1], 0, 12),
        .max_lod = field(words[1], 12, 12),
        .bias = (int32_t)(words[2] << 18) >> 18,
        .mag_linear = field(words[2], 20, 1),
        .min_linear = field(words[2], 22, 1),
        .z_own = z != 0,
        .z_linear = z == 2,
        .mip_filter = (uint8_t)field(words[2], 26, 2),
        .border_index = field(words[3], 0, 12),
        .border_type = field(words[3], 30, 2),
    };
}

/* ---- one axis */

enum { WRAP, MIRROR, EDGE, MIRROR_ONCE_EDGE, HALF, MIRROR_ONCE_HALF, BORDER, MIRROR_ONCE_BORDER };

/* Two neighbours and the weight of the second, of 256. */
struct axis {
    uint32_t index[2]; /* OUTSIDE: the border */
    uint32_t weight;
};
enum { OUTSIDE = UINT32_MAX };

static uint32_t place(int64_t index, uint32_t size, unsigned clamp)
{
    int64_t count = size;
    if (clamp == WRAP || clamp == MIRROR) {
        int64_t period = clamp == WRAP ? count : 2 * count;
        index %= period;
        index += index < 0 ? period : 0;
        return (uint32_t)(index < count ? index : period - 1 - index);
    }
    if (index < 0 && clamp & 1)
        index = -1 - index;
    if (clamp >= HALF)
        return index < 0 || index >= count ? OUTSIDE : (uint32_t)index;
    return (uint32_t)(index < 0 ? 0 : (index < count ? index : count - 1));
}

/* Far out all places are alike; a NaN is 0. */
static double bounded(float at)
{
    const double most = 1 << 30;
    return at != at ? 0 : (at < -most ? -most : (at > most ? most : at));
}

static struct axis axis_of(float at, uint32_t size, unsigned clamp, bool linear, bool truncates)
{
    struct axis axis = {0};
    if (clamp == HALF || clamp == MIRROR_ONCE_HALF)
        at = at < 0 && clamp == HALF ? 0 : (at > (float)size ? (float)size : at);
    if (linear) {
        int64_t fixed = (int64_t)round(bounded(at - 0.5f) * 256);
        axis.weight = (uint32_t)(fixed & 255);
        axis.index[0] = place(fixed >> 8, size, clamp);
        axis.index[1] = place((fixed >> 8) + 1, size, clamp);
        return axis;
    }
    double from = bounded(at);
    if (!truncates)
        from = rint(from * 256) / 256;
    axis.index[0] = place((int64_t)floor(from), size, clamp);
    return axis;
}

/* Nearest, within the layers. */
static uint32_t layer_of(float at, uint32_t count)
{
    double layer = rint(bounded(at));
    return layer < 0 ? 0 : (layer < count ? (uint32_t)layer : count - 1);
}

/* ---- one level */

struct sampling {
    const struct cairn_image *image;
    const struct cairn_image_sampler *sampler;
    const float *at;
    cairn_image_read *read;
    void *context;
    double sum[4];
    uint32_t *channel; /* of the texel read last */
};

static void border(const struct sampling *s)
{
    const struct cairn_image *image = s->image;
    uint32_t one = cairn_sem_format_one(image->num_format), color[4] = {0};
    const struct cairn_image_sampler *sampler = s->sampler;
    for (unsigned i = 0; i < 4; i++) {
        if (sampler->border_type == 3)
            color[i] = cairn_image_palette[sampler->border_index][i];
        else if (sampler->border_type == 2 || (sampler->border_type == 1 && i == 3))
            color[i] = one;
    }
    for (unsigned i = 0; i < 4; i++)
        s->channel[i] = image->select[i] >= 4 ? color[i] : (image->select[i] == 1 ? one : 0);
}

static bool take(struct sampling *s, const uint32_t *at, uint32_t level, double weight)
{
    uint64_t address;
    uint32_t element[4] = {0};
    if (at[0] == OUTSIDE || at[1] == OUTSIDE || at[2] == OUTSIDE) {
        border(s);
    } else if (cairn_image_address(s->image, at, level, &address)) {
        if (!s->read(s->context, address, s->image->layout.bytes, element))
            return false;
        cairn_image_decode(s->image, element, s->channel);
    } else {
        cairn_image_decode(s->image, NULL, s->channel);
    }
    for (unsigned i = 0; i < 4; i++)
        s->sum[i] += weight * cairn_fp_host_of_f32(s->channel[i]);
    return true;
}

/* Float places on the axes of a level. Faces lie at 1 to 2 of their coordinates, and do not go
 * beyond their edges. */
static void set_axes(const struct sampling *s, uint32_t level, bool linear, struct axis *axes)
{
    const struct cairn_image *image = s->image;
    const struct cairn_image_sampler *sampler = s->sampler;
    unsigned dimensions = cairn_image_dimensions(image);
    const uint32_t sizes[3] = {image->width, image->height, image->slices};
    bool cube = image->type == CAIRN_IMAGE_CUBE;
    for (unsigned i = 0; i < dimensions; i++) {
        uint32_t size = cairn_image_level_size(sizes[i], level);
        float at = cube ? s->at[i] - 1 : s->at[i];
        bool mixes = i == 2 && sampler->z_own ? sampler->z_linear : linear;
        at *= sampler->unnormalized && !cube ? 1 : (float)size;
        axes[i] = axis_of(at, size, cube ? EDGE : sampler->clamp[i], mixes, sampler->truncates);
    }
    if (dimensions < 3 && image->slices > 1) {
        uint32_t layers = image->slices - image->base_slice;
        float at = s->at[dimensions];
        uint32_t id = layer_of(at, cube ? 1u << 20 : layers);
        axes[dimensions].index[0] = cube ? id / 8 * 6 + id % 8 : id;
    }
}

static bool sample_level(struct sampling *s, uint32_t level, bool linear, double weight)
{
    struct axis axes[3] = {0};
    unsigned dimensions = cairn_image_dimensions(s->image);
    set_axes(s, level, linear, axes);
    for (unsigned corner = 0; corner < 1u << dimensions; corner++) {
        uint32_t at[3] = {0};
        double part = weight;
        for (unsigned i = 0; i < 3; i++) {
            unsigned second = corner >> i & 1;
            at[i] = axes[i].index[second];
            part *= (second ? axes[i].weight : 256 - axes[i].weight) / 256.0;
        }
        if (part != 0 && !take(s, at, level, part))
            return false;
    }
    return true;
}

/* ---- levels */

static int32_t clamp_lod(int32_t lod, const struct cairn_image *image,
                         const struct cairn_image_sampler *sampler)
{
    int32_t most = (int32_t)sampler->max_lod;
    int32_t least =
        (int32_t)(sampler->min_lod > image->min_lod ? sampler->min_lod : image->min_lod);
    lod = lod > most ? most : lod;
    return lod < least ? least : lod;
}

static uint32_t level_of(const struct cairn_image *image, int32_t level)
{
    uint32_t count = image->last_level - image->base_level;
    return image->base_level +
           (level < 0 ? 0 : ((uint32_t)level > count ? count : (uint32_t)level));
}

bool cairn_image_sample(const struct cairn_image *image, const struct cairn_image_sampler *sampler,
                        const float *at, cairn_image_read *read, void *context, uint32_t *channel)
{
    struct sampling s = {.image = image,
                         .sampler = sampler,
                         .at = at,
                         .read = read,
                         .context = context,
                         .channel = channel};
    bool mixes = !cairn_sem_num_is_integer(image->num_format);
    int32_t lod = clamp_lod(sampler->bias, image, sampler);
    bool linear = mixes && (lod > 0 ? sampler->min_linear : sampler->mag_linear);
    struct cairn_image_sampler whole = *sampler;
    if (!mixes) {
        whole.z_linear = false;
        s.sampler = &whole;
    }
    uint32_t first = level_of(image, 0), second = first, weight = 0;
    if (sampler->mip_filter == 1) {
        first = level_of(image, (lod + 128) >> 8);
    } else if (sampler->mip_filter == 2) {
        first = level_of(image, lod >> 8);
        second = level_of(image, (lod >> 8) + 1);
        weight = mixes && second != first ? (uint32_t)lod & 255 : 0;
    }
    if (!sample_level(&s, first, linear, (256 - weight) / 256.0) ||
        (weight != 0 && !sample_level(&s, second, linear, weight / 256.0)))
        return false;
    if (linear || weight != 0 || (mixes && sampler->z_linear))
        for (unsigned i = 0; i < 4; i++)
            channel[i] = cairn_fp_f32_of_host((float)s.sum[i]);
    return true;
}
