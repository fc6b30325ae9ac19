/* SPDX-License-Identifier: MIT
 * Sums: all values into one (a second launch adds the blocks' sums), and each 256 into one.
 */
#include "bench.h"

void reduce_setup(struct run *run)
{
    bench_fill_f32(bench_input(run, run->n * 4), run->n, 0, 1);
    bench_output(run, 256 * 4, ELEMENT_NONE);
    bench_output(run, 4, ELEMENT_F32);
    run->bytes = 4.0 * (double)run->n;
}

void reduce_device(struct run *run)
{
    LAUNCH("reduce", 256, 1, 256, 1, INT(run->n), BUF(0), BUF(1));
    LAUNCH("reduce", 1, 1, 256, 1, INT(256), BUF(1), BUF(2));
}

void reduce_native(struct run *run)
{
    const float *restrict in = HOST(run, 0, float);
    float sum = 0;
    size_t n = run->n;
#pragma omp parallel for simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += in[i];
    *HOST(run, 2, float) = sum;
}

void reduce_tree_setup(struct run *run)
{
    bench_fill_f32(bench_input(run, run->n * 4), run->n, 0, 1);
    bench_output(run, run->n / 256 * 4, ELEMENT_F32);
    run->bytes = 4.0 * (double)run->n;
}

void reduce_tree_device(struct run *run)
{
    LAUNCH("reduce_tree", run->n / 256, 1, 256, 1, BUF(0), BUF(1));
}

void reduce_tree_native(struct run *run)
{
    const float *restrict in = HOST(run, 0, float);
    float *restrict out = HOST(run, 1, float);
    size_t blocks = run->n / 256;
#pragma omp parallel for
    for (size_t b = 0; b < blocks; b++) {
        float sum = 0;
#pragma omp simd reduction(+ : sum)
        for (size_t i = 0; i < 256; i++)
            sum += in[b * 256 + i];
        out[b] = sum;
    }
}
