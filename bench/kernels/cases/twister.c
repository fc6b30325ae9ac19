/* SPDX-License-Identifier: MIT
 * Jumps of the Mersenne twister MT19937 (Matsumoto, Nishimura 1998; jumps: Haramoto and others
 * 2008): a sum of the states that a polynomial over the field of two names. Native: all words the
 * generator makes on the way, in a row, of which stretches are added.
 */
#include "bench.h"

enum { WORDS = 624, MIDDLE = 397, STEPS = 1024 };

void twister_jump_setup(struct run *run)
{
    bench_fill_u32(bench_input(run, STEPS / 8), STEPS / 32, UINT32_MAX);
    bench_fill_u32(bench_input(run, run->n * WORDS * 4), run->n * WORDS, UINT32_MAX);
    bench_output(run, run->n * WORDS * 4, ELEMENT_U32);
}

void twister_jump_device(struct run *run)
{
    LAUNCH("twister_jump", run->n, 1, 256, 1, BUF(0), BUF(1), BUF(2));
}

static void jump(const uint32_t *polynomial, const uint32_t *in, uint32_t *out)
{
    uint32_t word[WORDS + STEPS], sum[WORDS] = {0};
    memcpy(word, in, WORDS * 4);
    for (int i = 0; i < STEPS; i++) {
        uint32_t y = (word[i] & 0x80000000u) | (word[i + 1] & 0x7fffffffu);
        word[i + WORDS] = word[i + MIDDLE] ^ y >> 1 ^ (0x9908b0dfu & -(y & 1));
    }
    for (int i = 0; i < STEPS; i++)
        if (polynomial[i / 32] >> i % 32 & 1)
            for (int j = 0; j < WORDS; j++)
                sum[j] ^= word[i + j];
    memcpy(out, sum, WORDS * 4);
}

void twister_jump_native(struct run *run)
{
    const uint32_t *polynomial = HOST(run, 0, uint32_t), *in = HOST(run, 1, uint32_t);
    uint32_t *out = HOST(run, 2, uint32_t);
    size_t n = run->n;
#pragma omp parallel for
    for (size_t i = 0; i < n; i++)
        jump(polynomial, in + i * WORDS, out + i * WORDS);
}
