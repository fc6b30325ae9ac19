/* SPDX-License-Identifier: MIT
 * Stencils of 5 and 7 points.
 */
#include "bench.h"

void stencil5_setup(struct run *run)
{
    size_t count = run->n * run->n;
    bench_fill_f32(bench_input(run, count * 4), count, 0, 1);
    bench_output(run, count * 4, ELEMENT_F32);
    run->flops = 5.0 * (double)count;
    run->bytes = 8.0 * (double)count;
}

void stencil5_device(struct run *run)
{
    LAUNCH("stencil5", (run->n + 63) / 64, (run->n + 3) / 4, 64, 4, INT(run->n), INT(run->n),
           BUF(0), BUF(1));
}

void stencil5_native(struct run *run)
{
    const float *restrict in = HOST(run, 0, float);
    float *restrict out = HOST(run, 1, float);
    size_t n = run->n;
#pragma omp parallel for
    for (size_t y = 1; y < n - 1; y++)
        for (size_t i = y * n + 1; i < y * n + n - 1; i++)
            out[i] = 0.2f * (in[i] + in[i - 1] + in[i + 1] + in[i - n] + in[i + n]);
}

void stencil7_setup(struct run *run)
{
    size_t count = run->n * run->n * run->n;
    bench_fill_f32(bench_input(run, count * 4), count, 0, 1);
    bench_output(run, count * 4, ELEMENT_F32);
    run->flops = 8.0 * (double)count;
    run->bytes = 8.0 * (double)count;
}

void stencil7_device(struct run *run)
{
    LAUNCH3("stencil7", (run->n + 31) / 32, (run->n + 3) / 4, (run->n + 1) / 2, 32, 4, 2,
            INT(run->n), FLOAT(0.4f), FLOAT(0.1f), BUF(0), BUF(1));
}

void stencil7_native(struct run *run)
{
    const float *restrict in = HOST(run, 0, float);
    float *restrict out = HOST(run, 1, float);
    size_t n = run->n, plane = n * n;
#pragma omp parallel for
    for (size_t z = 1; z < n - 1; z++)
        for (size_t y = 1; y < n - 1; y++)
            for (size_t i = z * plane + y * n + 1; i < z * plane + y * n + n - 1; i++) {
                float around =
                    in[i - 1] + in[i + 1] + in[i - n] + in[i + n] + in[i - plane] + in[i + plane];
                out[i] = 0.4f * in[i] + 0.1f * around;
            }
}
