/* SPDX-License-Identifier: MIT
 * See values.h.
 */
#include "values.h"

#include <inttypes.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

size_t values_edges(const struct oracle_format *format, uint64_t out[VALUES_EDGES])
{
    uint64_t infinity = oracle_infinity(format), hidden = UINT64_C(1) << (format->p - 1);
    uint64_t one = (((UINT64_C(1) << (format->w - 1)) - 1) << (format->p - 1));
    const uint64_t positive[] = {
        0,
        1, /* smallest denormal */
        2,
        hidden / 2 + 1,
        hidden - 1, /* largest denormal */
        hidden,     /* smallest normal */
        hidden + 1,
        2 * hidden,
        one - hidden, /* 0.5 */
        one - 1,
        one,
        one + 1,
        one + hidden / 2,                         /* 1.5 */
        one + hidden,                             /* 2 */
        one + hidden + hidden / 2,                /* 3 */
        one + 2 * hidden + hidden / 8,            /* 4.5 */
        one + (uint64_t)(format->p - 1) * hidden, /* 2^(p-1) */
        one + (uint64_t)(format->p - 1) * hidden + 1,
        one + (uint64_t)format->p * hidden - 1,
        infinity - 1, /* largest */
        infinity - hidden,
        infinity,
        infinity | 1,              /* signalling NaN */
        infinity | hidden / 2 | 5, /* quiet NaN */
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof positive / sizeof positive[0]; i++) {
        out[count++] = positive[i];
        out[count++] = positive[i] | oracle_sign(format);
    }
    return count;
}

void values_need_host(bool avx2, bool avx512)
{
    bool has2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool has512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                  __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
    if ((avx2 && !has2) || (avx512 && !has512))
        exit(77);
}

uint64_t values_random64(uint64_t *state)
{
    *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */
    uint64_t z = *state;
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

uint64_t values_random(const struct oracle_format *format, uint64_t *state)
{
    uint64_t bits = values_random64(state) & (oracle_sign(format) * 2 - 1);
    uint64_t choice = values_random64(state);
    uint64_t fraction = bits & ((UINT64_C(1) << (format->p - 1)) - 1);
    uint64_t middle = (UINT64_C(1) << (format->w - 1)) - 1;
    switch (choice & 7) {
    case 0:
    case 1:
        return bits;
    case 2: /* few bits set */
        return bits & values_random64(state) & values_random64(state) & values_random64(state);
    case 3: /* denormals and the smallest normals */
        return (bits & oracle_sign(format)) | (choice >> 8 & 1) << (format->p - 1) | fraction;
    default: {
        uint64_t field = middle - 4 + (choice >> 8) % 9;
        if (choice & 1) /* a short fraction makes ties */
            fraction &= ~((UINT64_C(1) << (format->p - 1 - (int)(choice >> 16) % 4 - 2)) - 1);
        return (bits & oracle_sign(format)) | field << (format->p - 1) | fraction;
    }
    }
}

void values_fail(const struct oracle_format *format, const char *what, uint32_t mode, uint64_t a,
                 uint64_t b, uint64_t c, uint64_t got, uint64_t want)
{
    fail_msg("%s_%s(mode 0x%x; 0x%" PRIx64 ", 0x%" PRIx64 ", 0x%" PRIx64 "): got 0x%" PRIx64
             ", want 0x%" PRIx64,
             what, format->name, mode, a, b, c, got, want);
}
