/* SPDX-License-Identifier: MIT
 * Exclusive prefix sums of 32-bit integers, and compaction: the odd values in order.
 */
#include "bench.h"

#include <omp.h>

void scan_setup(struct run *run)
{
    if (run->n % 1024 != 0)
        bench_fail("scan: values must be a multiple of 1024");
    bench_fill_u32(bench_input(run, run->n * 4), run->n, 1000);
    bench_output(run, run->n * 4, ELEMENT_U32);
    bench_output(run, run->n / 1024 * 4, ELEMENT_NONE);
    run->bytes = 8.0 * (double)run->n;
}

void scan_device(struct run *run)
{
    size_t tiles = run->n / 1024;
    LAUNCH("scan_tiles", tiles, 1, 256, 1, BUF(0), BUF(1), BUF(2));
    LAUNCH("scan_totals", 1, 1, 256, 1, INT(tiles), BUF(2));
    LAUNCH("scan_add", tiles, 1, 256, 1, BUF(2), BUF(1));
}

void scan_native(struct run *run)
{
    const uint32_t *restrict in = HOST(run, 0, uint32_t);
    uint32_t *restrict out = HOST(run, 1, uint32_t);
    uint32_t sums[256] = {0};
    size_t n = run->n;
#pragma omp parallel num_threads(omp_get_max_threads() < 256 ? omp_get_max_threads() : 256)
    {
        size_t me = (size_t)omp_get_thread_num(), all = (size_t)omp_get_num_threads();
        size_t first = n * me / all, end = n * (me + 1) / all;
        uint32_t sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t i = first; i < end; i++)
            sum += in[i];
        sums[me] = sum;
#pragma omp barrier
        sum = 0;
        for (size_t i = 0; i < me; i++)
            sum += sums[i];
        for (size_t i = first; i < end; i++) {
            out[i] = sum;
            sum += in[i];
        }
    }
}

void compact_setup(struct run *run)
{
    if (run->n % 256 != 0)
        bench_fail("compact: values must be a multiple of 256");
    bench_fill_u32(bench_input(run, run->n * 4), run->n, UINT32_MAX);
    bench_output(run, run->n * 4, ELEMENT_U32);
    bench_output(run, run->n / 256 * 4, ELEMENT_NONE);
    run->bytes = 10.0 * (double)run->n;
}

void compact_device(struct run *run)
{
    size_t blocks = run->n / 256;
    LAUNCH("compact_count", blocks, 1, 256, 1, BUF(0), BUF(2));
    LAUNCH("scan_totals", 1, 1, 256, 1, INT(blocks), BUF(2));
    LAUNCH("compact_write", blocks, 1, 256, 1, BUF(0), BUF(2), BUF(1));
}

void compact_native(struct run *run)
{
    const uint32_t *restrict in = HOST(run, 0, uint32_t);
    uint32_t *restrict out = HOST(run, 1, uint32_t);
    size_t sums[256] = {0}, n = run->n;
#pragma omp parallel num_threads(omp_get_max_threads() < 256 ? omp_get_max_threads() : 256)
    {
        size_t me = (size_t)omp_get_thread_num(), all = (size_t)omp_get_num_threads();
        size_t first = n * me / all, end = n * (me + 1) / all, to = 0;
        uint32_t odd = 0;
#pragma omp simd reduction(+ : odd)
        for (size_t i = first; i < end; i++)
            odd += in[i] & 1;
        sums[me] = odd;
#pragma omp barrier
        for (size_t i = 0; i < me; i++)
            to += sums[i];
        size_t last = to + odd;
        for (size_t i = first; to < last; i++) {
            out[to] = in[i];
            to += in[i] & 1;
        }
    }
}
