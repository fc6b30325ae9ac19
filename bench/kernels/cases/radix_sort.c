/* SPDX-License-Identifier: MIT
 * Radix sort of 32-bit keys: eight passes of four bits on the device, four of eight bits in C.
 */
#include "bench.h"

#include <omp.h>

enum { MAX_THREADS = 256 };

void radix_sort_setup(struct run *run)
{
    if (run->n % 1024 != 0)
        bench_fail("radix_sort: keys must be a multiple of 1024");
    bench_fill_u32(bench_input(run, run->n * 4), run->n, UINT32_MAX);
    bench_output(run, run->n * 4, ELEMENT_NONE);
    bench_output(run, run->n * 4, ELEMENT_U32);
    bench_output(run, run->n / 1024 * 16 * 4, ELEMENT_NONE);
    run->bytes = 8 * 12.0 * (double)run->n;
}

void radix_sort_device(struct run *run)
{
    size_t tiles = run->n / 1024;
    for (int pass = 0; pass < 8; pass++) {
        int from = pass == 0 ? 0 : pass % 2 == 1 ? 1 : 2, to = pass % 2 == 0 ? 1 : 2;
        LAUNCH("radix_count", tiles, 1, 256, 1, INT(pass * 4), BUF(from), BUF(3));
        LAUNCH("radix_offsets", 1, 1, 256, 1, INT(tiles * 16), BUF(3));
        LAUNCH("radix_scatter", tiles, 1, 256, 1, INT(pass * 4), BUF(from), BUF(3), BUF(to));
    }
}

/* One pass of one thread over its part; count holds a table of 256 for each thread. */
static void pass(size_t n, int shift, const uint32_t *restrict in, uint32_t *restrict out,
                 uint32_t (*count)[256])
{
    int me = omp_get_thread_num(), all = omp_get_num_threads();
    size_t first = n * (size_t)me / (size_t)all, end = n * (size_t)(me + 1) / (size_t)all;
    uint32_t place[256], sum = 0;
    memset(count[me], 0, sizeof count[me]);
    for (size_t i = first; i < end; i++)
        count[me][in[i] >> shift & 255]++;
#pragma omp barrier
    for (int digit = 0; digit < 256; digit++)
        for (int t = 0; t < all; t++) {
            if (t == me)
                place[digit] = sum;
            sum += count[t][digit];
        }
    for (size_t i = first; i < end; i++)
        out[place[in[i] >> shift & 255]++] = in[i];
#pragma omp barrier
}

void radix_sort_native(struct run *run)
{
    static uint32_t count[MAX_THREADS][256];
    uint32_t *a = HOST(run, 1, uint32_t), *b = HOST(run, 2, uint32_t);
#pragma omp parallel num_threads(omp_get_max_threads() < MAX_THREADS ? omp_get_max_threads()       \
                                                                     : MAX_THREADS)
    {
        pass(run->n, 0, HOST(run, 0, uint32_t), a, count);
        pass(run->n, 8, a, b, count);
        pass(run->n, 16, b, a, count);
        pass(run->n, 24, a, b, count);
    }
}
