/* SPDX-License-Identifier: MIT
 * SHA-256 rounds with the SHA instructions of x86-64 (Intel SDM, volume 2: SHA256RNDS2, SHA256MSG1,
 * SHA256MSG2). Those keep the eight state words as the pairs ABEF and CDGH. On other machines and
 * on CPUs without them the portable rounds are used.
 */
#include "base/sha256.h"

#ifdef __x86_64__

#include <cpuid.h>
#include <immintrin.h>

#define SHA_TARGET __attribute__((target("sha,sse4.1,ssse3")))

static const uint32_t constants[64] __attribute__((aligned(16))) = {
#include "base/sha256_constants.inc"
};

enum { LEAF1_SSSE3 = 1 << 9, LEAF1_SSE41 = 1 << 19, LEAF7_SHA = 1 << 29 };

_Bool cairn_sha256_has_instructions(void)
{
    static int known; /* 0: not asked yet, 1: no, 2: yes; every thread finds the same */
    int answer = __atomic_load_n(&known, __ATOMIC_RELAXED);
    if (answer == 0) {
        unsigned a, b = 0, c = 0, d;
        answer = 1;
        if (__get_cpuid(1, &a, &b, &c, &d) && (c & LEAF1_SSSE3) != 0 && (c & LEAF1_SSE41) != 0 &&
            __get_cpuid_count(7, 0, &a, &b, &c, &d) && (b & LEAF7_SHA) != 0)
            answer = 2;
        __atomic_store_n(&known, answer, __ATOMIC_RELAXED);
    }
    return answer == 2;
}

/* Four rounds: the first two update CDGH, the second two ABEF. */
SHA_TARGET static inline void four_rounds(__m128i *abef, __m128i *cdgh, __m128i words, unsigned at)
{
    __m128i sum = _mm_add_epi32(words, _mm_load_si128((const __m128i *)(constants + at)));
    *cdgh = _mm_sha256rnds2_epu32(*cdgh, *abef, sum);
    *abef = _mm_sha256rnds2_epu32(*abef, *cdgh, _mm_shuffle_epi32(sum, 0x0e));
}

/* w[t..t+3] from the sixteen words before: w0 the oldest four, w3 the newest. */
SHA_TARGET static inline __m128i next_words(__m128i w0, __m128i w1, __m128i w2, __m128i w3)
{
    __m128i sum = _mm_add_epi32(_mm_sha256msg1_epu32(w0, w1), _mm_alignr_epi8(w3, w2, 4));
    return _mm_sha256msg2_epu32(sum, w3);
}

SHA_TARGET static void take_block(__m128i *abef, __m128i *cdgh, const uint8_t *at)
{
    const __m128i swap = _mm_set_epi64x(0x0c0d0e0f08090a0b, 0x0405060700010203);
    __m128i w[4], a = *abef, c = *cdgh;
    for (unsigned i = 0; i < 4; i++) {
        w[i] = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)(at + 16 * i)), swap);
        four_rounds(&a, &c, w[i], 4 * i);
    }
    for (unsigned i = 4; i < 16; i++) {
        w[i % 4] = next_words(w[i % 4], w[(i + 1) % 4], w[(i + 2) % 4], w[(i + 3) % 4]);
        four_rounds(&a, &c, w[i % 4], 4 * i);
    }
    *abef = _mm_add_epi32(*abef, a);
    *cdgh = _mm_add_epi32(*cdgh, c);
}

SHA_TARGET void cairn_sha256_blocks_native(uint32_t state[8], const uint8_t *at, size_t count)
{
    __m128i abef = _mm_set_epi32((int)state[0], (int)state[1], (int)state[4], (int)state[5]);
    __m128i cdgh = _mm_set_epi32((int)state[2], (int)state[3], (int)state[6], (int)state[7]);
    for (; count > 0; count--, at += 64)
        take_block(&abef, &cdgh, at);
    state[0] = (uint32_t)_mm_extract_epi32(abef, 3);
    state[1] = (uint32_t)_mm_extract_epi32(abef, 2);
    state[4] = (uint32_t)_mm_extract_epi32(abef, 1);
    state[5] = (uint32_t)_mm_extract_epi32(abef, 0);
    state[2] = (uint32_t)_mm_extract_epi32(cdgh, 3);
    state[3] = (uint32_t)_mm_extract_epi32(cdgh, 2);
    state[6] = (uint32_t)_mm_extract_epi32(cdgh, 1);
    state[7] = (uint32_t)_mm_extract_epi32(cdgh, 0);
}

#else

_Bool cairn_sha256_has_instructions(void)
{
    return 0;
}

void cairn_sha256_blocks_native(uint32_t state[8], const uint8_t *at, size_t count)
{
    cairn_sha256_blocks_portable(state, at, count);
}

#endif
