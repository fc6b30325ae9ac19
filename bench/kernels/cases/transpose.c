/* SPDX-License-Identifier: MIT
 * Transpose of n x n floats, by 16 x 16 blocks.
 */
#include "bench.h"

void transpose_setup(struct run *run)
{
    size_t count = run->n * run->n;
    if (run->n % 32 != 0)
        bench_fail("transpose: rows must be a multiple of 32");
    bench_fill_f32(bench_input(run, count * 4), count, 0, 1);
    bench_output(run, count * 4, ELEMENT_F32);
    run->bytes = 8.0 * (double)count;
}

void transpose_device(struct run *run)
{
    LAUNCH("transpose", run->n / 32, run->n / 32, 32, 8, INT(run->n), BUF(0), BUF(1));
}

void transpose_native(struct run *run)
{
    const float *restrict a = HOST(run, 0, float);
    float *restrict b = HOST(run, 1, float);
    size_t n = run->n;
#pragma omp parallel for
    for (size_t y = 0; y < n; y += 16)
        for (size_t x = 0; x < n; x += 16)
            for (size_t i = 0; i < 16; i++)
                for (size_t j = 0; j < 16; j++)
                    b[(x + i) * n + y + j] = a[(y + j) * n + x + i];
}
