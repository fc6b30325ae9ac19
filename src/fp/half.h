/* SPDX-License-Identifier: MIT
 * f16 and bf16 raw bits to and from f32, without MODE: exact widening, and narrowing with round to
 * nearest even. Plain vector operations on any host; single ones where the host has F16C.
 */
#ifndef CAIRN_FP_HALF_H
#define CAIRN_FP_HALF_H

#include "fp/bits.h"

/* Exact; a NaN keeps its payload and whether it signals. */
static inline uint32_t cairn_fp_f32_of_f16(uint32_t h)
{
    uint32_t sign = (h & 0x8000u) << 16, rest = (h & 0x7fffu) << 13;
    /* The f16 exponent read as an f32 one is 112 too small; this works for denormals too. */
    uint32_t scaled = cairn_fp_f32_of_host(cairn_fp_host_of_f32(rest) * 0x1p112f);
    uint32_t special = 0x7f800000u | rest;
    return sign | ((h & 0x7c00u) == 0x7c00u ? special : scaled);
}

/* The same as the host's value; NaN: a quiet one with the payload. */
static inline float cairn_fp_host_of_f16(uint32_t h)
{
#ifdef __F16C__
    uint16_t bits = (uint16_t)h;
    _Float16 value;
    memcpy(&value, &bits, sizeof value);
    return (float)value;
#else
    uint32_t quiet = (h & 0x7fffu) > 0x7c00u ? 0x400000u : 0;
    return cairn_fp_host_of_f32(cairn_fp_f32_of_f16(h) | quiet);
#endif
}

/* Nearest even; a NaN keeps the top of its payload and becomes quiet. */
static inline uint32_t cairn_fp_f16_of_f32_even(uint32_t x)
{
#ifdef __F16C__
    _Float16 value = (_Float16)cairn_fp_host_of_f32(x);
    uint16_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
#else
    uint32_t sign = x >> 16 & 0x8000u, rest = x & 0x7fffffffu;
    uint32_t normal = (rest - (112u << 23) + 0xfffu + (rest >> 13 & 1)) >> 13;
    /* Adding 0.5 puts the last place of an f16 denormal at the last place of the f32 sum. */
    uint32_t tiny = cairn_fp_f32_of_host(cairn_fp_host_of_f32(rest) + 0.5f) - 0x3f000000u;
    uint32_t h = rest < 0x38800000u ? tiny : normal;
    h = rest >= 0x47800000u ? 0x7c00u : h;
    h = rest > 0x7f800000u ? 0x7e00u | (rest >> 13 & 0x3ffu) : h;
    return sign | h;
#endif
}

static inline uint32_t cairn_fp_f32_of_bf16(uint32_t b)
{
    return b << 16;
}

/* Nearest even; a NaN keeps the top of its payload and becomes quiet. */
static inline uint32_t cairn_fp_bf16_of_f32_even(uint32_t x)
{
    uint32_t rounded = (x + 0x7fffu + (x >> 16 & 1)) >> 16;
    return (x & 0x7fffffffu) > 0x7f800000u ? x >> 16 | 0x40u : rounded;
}

#endif
