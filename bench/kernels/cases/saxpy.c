/* SPDX-License-Identifier: MIT
 * saxpy: y = a x + y.
 */
#include "bench.h"

void saxpy_setup(struct run *run)
{
    bench_fill_f32(bench_input(run, run->n * 4), run->n, 0, 1);
    bench_fill_f32(bench_inout(run, run->n * 4, ELEMENT_F32), run->n, 0, 1);
    run->flops = 2.0 * (double)run->n;
    run->bytes = 12.0 * (double)run->n;
}

void saxpy_device(struct run *run)
{
    LAUNCH("saxpy", (run->n + 255) / 256, 1, 256, 1, INT(run->n), FLOAT(0.5f), BUF(0), BUF(1));
}

void saxpy_native(struct run *run)
{
    const float *restrict x = HOST(run, 0, float);
    float *restrict y = HOST(run, 1, float);
    size_t n = run->n;
#pragma omp parallel for simd
    for (size_t i = 0; i < n; i++)
        y[i] = 0.5f * x[i] + y[i];
}
