/* SPDX-License-Identifier: MIT
 * Sparse matrix times vector: 8 to 39 entries a row (spmv_wave: 64 to 319), most near the diagonal,
 * some anywhere.
 */
#include "bench.h"

static void setup(struct run *run, uint32_t shortest, uint32_t spread)
{
    size_t n = run->n, count = 0;
    uint32_t *start = bench_input(run, (n + 1) * 4);
    for (size_t row = 0; row < n; row++) {
        start[row] = (uint32_t)count;
        count += shortest + bench_random() % spread;
    }
    start[n] = (uint32_t)count;
    uint32_t *column = bench_input(run, count * 4);
    for (size_t row = 0; row < n; row++)
        for (size_t i = start[row]; i < start[row + 1]; i++) {
            size_t near = (row + n - 64 + bench_random() % 128) % n;
            column[i] = bench_random() % 4 == 0 ? bench_random() % (uint32_t)n : (uint32_t)near;
        }
    bench_fill_f32(bench_input(run, count * 4), count, -1, 1);
    bench_fill_f32(bench_input(run, n * 4), n, -1, 1);
    bench_output(run, n * 4, ELEMENT_F32);
    run->flops = 2.0 * (double)count;
    run->bytes = 8.0 * (double)count + 12.0 * (double)n;
}

void spmv_setup(struct run *run)
{
    setup(run, 8, 32);
}

void spmv_device(struct run *run)
{
    LAUNCH("spmv", (run->n + 255) / 256, 1, 256, 1, INT(run->n), BUF(0), BUF(1), BUF(2), BUF(3),
           BUF(4));
}

void spmv_native(struct run *run)
{
    const uint32_t *restrict start = HOST(run, 0, uint32_t), *restrict column =
                                                                 HOST(run, 1, uint32_t);
    const float *restrict value = HOST(run, 2, float), *restrict x = HOST(run, 3, float);
    float *restrict y = HOST(run, 4, float);
    size_t n = run->n;
#pragma omp parallel for schedule(guided, 1024)
    for (size_t row = 0; row < n; row++) {
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t i = start[row]; i < start[row + 1]; i++)
            sum += value[i] * x[column[i]];
        y[row] = sum;
    }
}

void spmv_wave_setup(struct run *run)
{
    setup(run, 64, 256);
}

void spmv_wave_device(struct run *run)
{
    LAUNCH("spmv_wave", run->n / 4, 1, 256, 1, BUF(0), BUF(1), BUF(2), BUF(3), BUF(4));
}

void spmv_wave_native(struct run *run)
{
    spmv_native(run);
}
