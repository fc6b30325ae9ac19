/* SPDX-License-Identifier: MIT
 * Sorts of 512 keys each: a bitonic network on the device, a radix sort in C.
 */
#include "bench.h"

enum { KEYS = 512 };

void bitonic_setup(struct run *run)
{
    bench_fill_u32(bench_input(run, run->n * KEYS * 4), run->n * KEYS, UINT32_MAX);
    bench_output(run, run->n * KEYS * 4, ELEMENT_U32);
    run->bytes = 8.0 * KEYS * (double)run->n;
}

void bitonic_device(struct run *run)
{
    LAUNCH("bitonic", run->n, 1, 256, 1, BUF(0), BUF(1));
}

static void sort(const uint32_t *in, uint32_t *out)
{
    uint32_t a[KEYS], b[KEYS];
    const uint32_t *from = in;
    uint32_t *to = a;
    for (int shift = 0; shift < 32; shift += 8) {
        uint16_t place[256] = {0}, sum = 0;
        for (int i = 0; i < KEYS; i++)
            place[from[i] >> shift & 255]++;
        for (int i = 0; i < 256; i++) {
            uint16_t count = place[i];
            place[i] = sum;
            sum = (uint16_t)(sum + count);
        }
        for (int i = 0; i < KEYS; i++)
            to[place[from[i] >> shift & 255]++] = from[i];
        from = to;
        to = shift == 16 ? out : to == a ? b : a;
    }
}

void bitonic_native(struct run *run)
{
    const uint32_t *in = HOST(run, 0, uint32_t);
    uint32_t *out = HOST(run, 1, uint32_t);
    size_t n = run->n;
#pragma omp parallel for
    for (size_t i = 0; i < n; i++)
        sort(in + i * KEYS, out + i * KEYS);
}
