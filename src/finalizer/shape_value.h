/* SPDX-License-Identifier: MIT
 * What shapes.c knows of a 32-bit value in the lanes of a chunk, and how integer operations carry
 * it on: its shape, an upper bound, and which bits all lanes share.
 */
#ifndef CAIRN_FINALIZER_SHAPE_VALUE_H
#define CAIRN_FINALIZER_SHAPE_VALUE_H

#include "finalizer/shapes.h"

struct cairn_shape_value {
    struct cairn_shape shape;
    uint8_t bits;     /* every lane's value is below 2^bits; 32: nothing known */
    uint8_t zeros;    /* low bits of lane 0's value that are 0 */
    uint8_t alike;    /* VARYING: so many high bits are the same in all lanes */
    bool packed;      /* work-item ids x, y << 10, z << 20, as the hardware packs them */
    bool low_lanes;   /* v_mbcnt_lo of all ones: lane number up to 32 */
    uint16_t copy_of; /* vreg + 1 that holds the same; 0: none */
};

extern const struct cairn_shape_value cairn_shape_varying; /* nothing is known */

/* A value of which only that is known, and what kind it is. */
struct cairn_shape_value cairn_shape_uniform(enum cairn_shape_kind kind);
bool cairn_shape_is_uniform(struct cairn_shape_value value);
/* Uniform or affine: lane 0 says all. */
bool cairn_shape_is_regular(struct cairn_shape_value value);
/* Bits that a number needs. */
uint8_t cairn_shape_bits_of(uint32_t value);
/* Affine with this stride, or of uniform kind `kind` if it is 0. */
struct cairn_shape cairn_shape_make(int64_t stride, enum cairn_shape_kind kind);
/* The kind of what is made from two uniform values. */
enum cairn_shape_kind cairn_shape_weaker(struct cairn_shape_value a, struct cairn_shape_value b);
/* Over how many lanes it is what it is: struct cairn_shape's `run`. */
uint8_t cairn_shape_run(struct cairn_shape_value value);
struct cairn_shape cairn_shape_affine(int64_t stride, uint8_t run);
/* 0 unless it is affine. */
int64_t cairn_shape_stride(struct cairn_shape_value value);
uint8_t cairn_shape_least(uint8_t a, uint8_t b);

/* a + b, or a - b if `sign` is -1; a << count; a * factor; a >> count; a & mask; a | b. Shifts and
 * masks look at how far the `width` lanes of a chunk are apart. */
struct cairn_shape_value cairn_shape_sum(struct cairn_shape_value a, struct cairn_shape_value b,
                                         int sign);
struct cairn_shape_value cairn_shape_shifted_left(struct cairn_shape_value a, uint32_t count);
struct cairn_shape_value cairn_shape_times(struct cairn_shape_value a, uint32_t factor);
struct cairn_shape_value cairn_shape_shifted_right(unsigned width, struct cairn_shape_value a,
                                                   uint32_t count);
struct cairn_shape_value cairn_shape_masked_low(unsigned width, struct cairn_shape_value a,
                                                uint32_t mask);
struct cairn_shape_value cairn_shape_combined(unsigned width, struct cairn_shape_value a,
                                              struct cairn_shape_value b);

#endif
