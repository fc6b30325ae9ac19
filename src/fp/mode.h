/* SPDX-License-Identifier: MIT
 * The MODE register as floating point sees it: rounding and denormal fields per width, DX10_CLAMP,
 * IEEE, FP16_OVFL (AMD "CDNA2 ISA" 3.5). All functions of src/fp take the raw register.
 *
 * They are branch-free, and so vectorise, when `mode` is a compile-time constant with rounding to
 * nearest even; a loop over lanes should therefore be instantiated once with
 * CAIRN_FP_MODE_DEFAULT (chosen by cairn_fp_mode_is_default) and once with the mode of the wave.
 */
#ifndef CAIRN_FP_MODE_H
#define CAIRN_FP_MODE_H

#include <stdbool.h>
#include <stdint.h>

enum cairn_fp_round {
    CAIRN_FP_ROUND_EVEN,
    CAIRN_FP_ROUND_UP,
    CAIRN_FP_ROUND_DOWN,
    CAIRN_FP_ROUND_ZERO,
};

enum cairn_fp_mode_bit {
    CAIRN_FP_KEEP_IN_32 = 1 << 4,
    CAIRN_FP_KEEP_OUT_32 = 1 << 5,
    CAIRN_FP_KEEP_IN_64 = 1 << 6, /* f16 too */
    CAIRN_FP_KEEP_OUT_64 = 1 << 7,
    CAIRN_FP_DX10_CLAMP = 1 << 8,
    CAIRN_FP_IEEE = 1 << 9,
    CAIRN_FP_FP16_OVFL = 1 << 23,

    /* What HSA kernels start with: nearest even, denormals kept, DX10_CLAMP and IEEE on. */
    CAIRN_FP_MODE_DEFAULT = 0x3f0,
    CAIRN_FP_MODE_MASK = 0x8003ff, /* the bits that floating point looks at */
};

static inline bool cairn_fp_mode_is_default(uint32_t mode)
{
    return (mode & CAIRN_FP_MODE_MASK) == CAIRN_FP_MODE_DEFAULT;
}

/* The rounding fields, as enum cairn_fp_round. */
static inline uint32_t cairn_fp_mode_round_f32(uint32_t mode)
{
    return mode & 3;
}

static inline uint32_t cairn_fp_mode_round_f64(uint32_t mode)
{
    return mode >> 2 & 3;
}

static inline uint32_t cairn_fp_mode_round_f16(uint32_t mode)
{
    return mode >> 2 & 3;
}

#endif
