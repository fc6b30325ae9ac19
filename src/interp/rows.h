/* SPDX-License-Identifier: MIT
 * Loops over the 64 lanes of register rows. For files that are compiled per host CPU level.
 */
#ifndef CAIRN_INTERP_ROWS_H
#define CAIRN_INTERP_ROWS_H

#include "machine/wave.h"

#include <string.h>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

enum { ROW = CAIRN_WAVE_LANES };

/* Lanes do not depend on each other, whatever rows overlap. */
#define FOR_LANES(l)                                                                               \
    _Pragma("clang loop vectorize(assume_safety)") for (unsigned l = 0; l < CAIRN_WAVE_LANES; l++)

#define ROW_INLINE static inline __attribute__((always_inline))

ROW_INLINE void row_fill(uint32_t *row, uint32_t value)
{
    FOR_LANES(l)
    row[l] = value;
}

ROW_INLINE void row_copy(uint32_t *row, const uint32_t *from)
{
    memcpy(row, from, ROW * sizeof *row);
}

/* Bit l of the result: is lane l of the row not zero? */
ROW_INLINE uint64_t row_pack(const uint32_t *row)
{
    uint64_t mask = 0;
#if defined(__AVX512F__)
    for (unsigned i = 0; i < ROW; i += 16) {
        __m512i v = _mm512_loadu_si512(row + i);
        mask |= (uint64_t)_mm512_test_epi32_mask(v, v) << i;
    }
#elif defined(__AVX2__)
    for (unsigned i = 0; i < ROW; i += 8) {
        __m256i v = _mm256_loadu_si256((const __m256i *)(row + i));
        __m256i zero = _mm256_cmpeq_epi32(v, _mm256_setzero_si256());
        mask |= (uint64_t)(~_mm256_movemask_ps(_mm256_castsi256_ps(zero)) & 0xff) << i;
    }
#elif defined(__SSE2__)
    for (unsigned i = 0; i < ROW; i += 4) {
        __m128i v = _mm_loadu_si128((const __m128i *)(row + i));
        __m128i zero = _mm_cmpeq_epi32(v, _mm_setzero_si128());
        mask |= (uint64_t)(~_mm_movemask_ps(_mm_castsi128_ps(zero)) & 0xf) << i;
    }
#else
    for (unsigned l = 0; l < ROW; l++)
        mask |= (uint64_t)(row[l] != 0) << l;
#endif
    return mask;
}

/* 1 << l for the lanes of half a wave: tests of mask bits that every vector unit can do. */
static const uint32_t row_bit[32] = {
    1u << 0,  1u << 1,  1u << 2,  1u << 3,  1u << 4,  1u << 5,  1u << 6,  1u << 7,
    1u << 8,  1u << 9,  1u << 10, 1u << 11, 1u << 12, 1u << 13, 1u << 14, 1u << 15,
    1u << 16, 1u << 17, 1u << 18, 1u << 19, 1u << 20, 1u << 21, 1u << 22, 1u << 23,
    1u << 24, 1u << 25, 1u << 26, 1u << 27, 1u << 28, 1u << 29, 1u << 30, 1u << 31,
};

/* Lane l of the row: bit l of the mask, 0 or 1. */
ROW_INLINE void row_unpack(uint32_t *row, uint64_t mask)
{
#if defined(__AVX512F__)
    for (unsigned i = 0; i < ROW; i += 16)
        _mm512_storeu_si512(row + i, _mm512_maskz_set1_epi32((__mmask16)(mask >> i), 1));
#else
    for (unsigned half = 0; half < 2; half++) {
        uint32_t bits = (uint32_t)(mask >> (32 * half));
        uint32_t *out = row + 32 * half;
        for (unsigned l = 0; l < 32; l++)
            out[l] = (bits & row_bit[l]) != 0;
    }
#endif
}

/* Lane l of `out`: of `on` where bit l of the mask is set, else of `off`. */
ROW_INLINE void row_select(uint32_t *out, const uint32_t *on, const uint32_t *off, uint64_t mask)
{
#if defined(__AVX512F__)
    for (unsigned i = 0; i < ROW; i += 16)
        _mm512_storeu_si512(out + i, _mm512_mask_blend_epi32((__mmask16)(mask >> i),
                                                             _mm512_loadu_si512(off + i),
                                                             _mm512_loadu_si512(on + i)));
#else
    for (unsigned half = 0; half < 2; half++) {
        uint32_t bits = (uint32_t)(mask >> (32 * half));
        unsigned first = 32 * half;
        _Pragma("clang loop vectorize(assume_safety)") for (unsigned l = 0; l < 32; l++)
        {
            out[first + l] = bits & row_bit[l] ? on[first + l] : off[first + l];
        }
    }
#endif
}

/* Lanes of the mask get the new value. */
ROW_INLINE void row_merge(uint32_t *row, const uint32_t *value, uint64_t mask)
{
#if defined(__AVX512F__)
    for (unsigned i = 0; i < ROW; i += 16)
        _mm512_mask_storeu_epi32(row + i, (__mmask16)(mask >> i), _mm512_loadu_si512(value + i));
#else
    row_select(row, value, row, mask);
#endif
}

#endif
