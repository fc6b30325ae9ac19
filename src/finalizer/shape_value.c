/* SPDX-License-Identifier: MIT
 * Sums, shifts, products and masks of values of which only the shape is known.
 */
#include "finalizer/shape_value.h"

const struct cairn_shape_value cairn_shape_varying = {.shape.kind = CAIRN_SHAPE_VARYING,
                                                      .bits = 32};

struct cairn_shape_value cairn_shape_uniform(enum cairn_shape_kind kind)
{
    return (struct cairn_shape_value){.shape.kind = (uint8_t)kind, .bits = 32};
}

bool cairn_shape_is_uniform(struct cairn_shape_value value)
{
    return cairn_shape_is_same(value.shape);
}

bool cairn_shape_is_regular(struct cairn_shape_value value)
{
    return cairn_shape_is_uniform(value) || value.shape.kind == CAIRN_SHAPE_AFFINE;
}

uint8_t cairn_shape_bits_of(uint32_t value)
{
    return value == 0 ? 0 : (uint8_t)(32 - __builtin_clz(value));
}

struct cairn_shape cairn_shape_make(int64_t stride, enum cairn_shape_kind kind)
{
    struct cairn_shape shape = {.kind = CAIRN_SHAPE_AFFINE, .stride = (int32_t)stride};
    if ((int32_t)stride == 0)
        shape = (struct cairn_shape){.kind = (uint8_t)kind};
    return shape;
}

enum cairn_shape_kind cairn_shape_weaker(struct cairn_shape_value a, struct cairn_shape_value b)
{
    return a.shape.kind == CAIRN_SHAPE_GROUP_UNIFORM && b.shape.kind == CAIRN_SHAPE_GROUP_UNIFORM
               ? CAIRN_SHAPE_GROUP_UNIFORM
               : CAIRN_SHAPE_UNIFORM;
}

uint8_t cairn_shape_run(struct cairn_shape_value value)
{
    return value.shape.kind == CAIRN_SHAPE_GROUP_UNIFORM ? CAIRN_SHAPE_RUN_ALL : value.shape.run;
}

struct cairn_shape cairn_shape_affine(int64_t stride, uint8_t run)
{
    struct cairn_shape shape = cairn_shape_make(stride, CAIRN_SHAPE_UNIFORM);
    shape.run = run;
    return shape;
}

int64_t cairn_shape_stride(struct cairn_shape_value value)
{
    return value.shape.kind == CAIRN_SHAPE_AFFINE ? value.shape.stride : 0;
}

uint8_t cairn_shape_least(uint8_t a, uint8_t b)
{
    return a < b ? a : b;
}

struct cairn_shape_value cairn_shape_sum(struct cairn_shape_value a, struct cairn_shape_value b,
                                         int sign)
{
    struct cairn_shape_value result = cairn_shape_varying;
    if (!cairn_shape_is_regular(a) || !cairn_shape_is_regular(b))
        return result;
    result.shape = cairn_shape_make(cairn_shape_stride(a) + sign * cairn_shape_stride(b),
                                    cairn_shape_weaker(a, b));
    result.shape.run = cairn_shape_least(cairn_shape_run(a), cairn_shape_run(b));
    result.zeros = cairn_shape_least(a.zeros, b.zeros);
    if (sign > 0 && a.bits < 31 && b.bits < 31)
        result.bits = (uint8_t)((a.bits > b.bits ? a.bits : b.bits) + 1);
    if (sign > 0 && a.bits == 0)
        result.bits = b.bits;
    if (sign > 0 && b.bits == 0)
        result.bits = a.bits;
    return result;
}

struct cairn_shape_value cairn_shape_shifted_left(struct cairn_shape_value a, uint32_t count)
{
    struct cairn_shape_value result = a;
    if (!cairn_shape_is_regular(a)) {
        result = cairn_shape_varying;
        result.alike = (uint8_t)(a.alike > count ? a.alike - count : 0);
        return result;
    }
    result.shape =
        cairn_shape_make(cairn_shape_stride(a) * ((int64_t)1 << count), cairn_shape_weaker(a, a));
    result.shape.run = cairn_shape_run(a);
    result.zeros = (uint8_t)(a.zeros + count > 32 ? 32 : a.zeros + count);
    result.bits = (uint8_t)(a.bits + count > 32 ? 32 : a.bits + count);
    result.packed = result.low_lanes = false;
    result.copy_of = 0;
    return result;
}

struct cairn_shape_value cairn_shape_times(struct cairn_shape_value a, uint32_t factor)
{
    struct cairn_shape_value result = cairn_shape_varying;
    if (!cairn_shape_is_regular(a))
        return result;
    result.shape =
        cairn_shape_make(cairn_shape_stride(a) * (int32_t)factor, cairn_shape_weaker(a, a));
    result.shape.run = cairn_shape_run(a);
    result.zeros =
        factor == 0 ? 32 : cairn_shape_least(32, (uint8_t)(a.zeros + __builtin_ctz(factor)));
    result.bits = cairn_shape_least(32, (uint8_t)(a.bits + cairn_shape_bits_of(factor)));
    return result;
}

/* How far lane 0 is from the last lane; lanes between lie between. */
static uint64_t span_of(unsigned width, struct cairn_shape_value a)
{
    int64_t stride = cairn_shape_stride(a);
    return (uint64_t)(stride < 0 ? -stride : stride) * (width - 1);
}

/* True if adding what the lanes differ by changes only the low `a.zeros` bits of lane 0's value. */
static bool stays_low(unsigned width, struct cairn_shape_value a)
{
    return cairn_shape_stride(a) >= 0 && a.zeros < 32 && span_of(width, a) < (uint64_t)1 << a.zeros;
}

/* How many high bits are the same in all lanes. */
static uint8_t alike(unsigned width, struct cairn_shape_value a)
{
    if (cairn_shape_is_uniform(a))
        return 32;
    if (!cairn_shape_is_regular(a))
        return a.alike;
    return stays_low(width, a) ? (uint8_t)(32 - a.zeros) : 0;
}

struct cairn_shape_value cairn_shape_shifted_right(unsigned width, struct cairn_shape_value a,
                                                   uint32_t count)
{
    struct cairn_shape_value result = cairn_shape_varying;
    result.bits = (uint8_t)(a.bits > count ? a.bits - count : 0);
    if (cairn_shape_is_uniform(a)) {
        result.shape = a.shape;
        result.shape.pair = false;
        result.zeros = (uint8_t)(a.zeros > count ? a.zeros - count : 0);
        return result;
    }
    result.alike = cairn_shape_least(32, (uint8_t)(alike(width, a) + count));
    if (result.alike == 32)
        result.shape.kind = CAIRN_SHAPE_UNIFORM;
    return result;
}

struct cairn_shape_value cairn_shape_masked_low(unsigned width, struct cairn_shape_value a,
                                                uint32_t mask)
{
    struct cairn_shape_value result = cairn_shape_varying;
    result.bits = cairn_shape_least(a.bits, cairn_shape_bits_of(mask));
    if (cairn_shape_is_uniform(a)) {
        result.shape = a.shape;
        result.shape.pair = false;
        result.zeros = a.zeros;
        if (mask != 0 && __builtin_ctz(mask) > result.zeros)
            result.zeros = (uint8_t)__builtin_ctz(mask);
        return result;
    }
    if (cairn_shape_is_regular(a) && a.bits < 32 && (mask | UINT32_MAX << a.bits) == UINT32_MAX) {
        result = a; /* nothing is taken away */
        result.shape.pair = result.packed = result.low_lanes = false;
        result.copy_of = 0;
        return result;
    }
    uint32_t same = alike(width, a), low = same == 32 ? 0 : UINT32_MAX >> same;
    if ((mask & low) == 0) {
        result.shape.kind = CAIRN_SHAPE_UNIFORM;
        result.zeros = mask == 0 ? 32 : (uint8_t)__builtin_ctz(mask);
    } else if (cairn_shape_is_regular(a) && stays_low(width, a) && (mask & low) == low) {
        result.shape = cairn_shape_make(cairn_shape_stride(a), CAIRN_SHAPE_UNIFORM);
        result.zeros = a.zeros; /* of a chunk: the next one may begin anew */
    } else {
        uint8_t cleared = (uint8_t)(32 - cairn_shape_bits_of(mask));
        result.alike = same > cleared ? (uint8_t)same : cleared;
    }
    return result;
}

struct cairn_shape_value cairn_shape_combined(unsigned width, struct cairn_shape_value a,
                                              struct cairn_shape_value b)
{
    /* Bits of one lie in zeros of the other in all lanes: an OR adds. */
    bool apart = (cairn_shape_is_uniform(b) && b.zeros >= a.bits) ||
                 (cairn_shape_is_uniform(a) && a.zeros >= b.bits);
    struct cairn_shape_value result = cairn_shape_varying;
    if (cairn_shape_is_uniform(a) && cairn_shape_is_uniform(b)) {
        result = cairn_shape_uniform(cairn_shape_weaker(a, b));
        result.shape.run = cairn_shape_least(cairn_shape_run(a), cairn_shape_run(b));
        result.zeros = cairn_shape_least(a.zeros, b.zeros);
        result.bits = a.bits > b.bits ? a.bits : b.bits;
        return result;
    }
    result.alike = cairn_shape_least(alike(width, a), alike(width, b));
    return apart ? cairn_shape_sum(a, b, 1) : result;
}
