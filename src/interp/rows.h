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

/* Lane l of the row: bit l of the mask, 0 or 1. */
ROW_INLINE void row_unpack(uint32_t *row, uint64_t mask)
{
    for (unsigned half = 0; half < 2; half++) {
        uint32_t bits = (uint32_t)(mask >> (32 * half));
        uint32_t *out = row + 32 * half;
        for (unsigned l = 0; l < 32; l++)
            out[l] = bits >> l & 1;
    }
}

/* Lanes of the mask get the new value. */
ROW_INLINE void row_merge(uint32_t *row, const uint32_t *value, uint64_t mask)
{
#if defined(__AVX512F__)
    for (unsigned i = 0; i < ROW; i += 16)
        _mm512_mask_storeu_epi32(row + i, (__mmask16)(mask >> i), _mm512_loadu_si512(value + i));
#else
    for (unsigned half = 0; half < 2; half++) {
        uint32_t bits = (uint32_t)(mask >> (32 * half));
        uint32_t *out = row + 32 * half;
        const uint32_t *in = value + 32 * half;
        for (unsigned l = 0; l < 32; l++)
            out[l] = bits >> l & 1 ? in[l] : out[l];
    }
#endif
}

#endif
