/* SPDX-License-Identifier: MIT
 * FNV-1a hashes of short strings.
 */
#include "bench.h"

void hash_setup(struct run *run)
{
    size_t n = run->n, bytes = 0;
    uint32_t *start = bench_input(run, (n + 1) * 4);
    for (size_t i = 0; i < n; i++) {
        start[i] = (uint32_t)bytes;
        bytes += 4 + bench_random() % 32;
    }
    start[n] = (uint32_t)bytes;
    uint8_t *text = bench_input(run, bytes);
    for (size_t i = 0; i < bytes; i++)
        text[i] = (uint8_t)('a' + bench_random() % 26);
    bench_output(run, n * 4, ELEMENT_U32);
    run->bytes = (double)bytes + 8.0 * (double)n;
}

void hash_device(struct run *run)
{
    LAUNCH("hash", (run->n + 255) / 256, 1, 256, 1, INT(run->n), BUF(0), BUF(1), BUF(2));
}

void hash_native(struct run *run)
{
    const uint32_t *restrict start = HOST(run, 0, uint32_t);
    const uint8_t *restrict text = HOST(run, 1, uint8_t);
    uint32_t *restrict out = HOST(run, 2, uint32_t);
    size_t n = run->n;
#pragma omp parallel for
    for (size_t s = 0; s < n; s++) {
        uint32_t h = 2166136261u;
        for (size_t i = start[s]; i < start[s + 1]; i++)
            h = (h ^ text[i]) * 16777619u;
        out[s] = h;
    }
}
