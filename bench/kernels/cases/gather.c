/* SPDX-License-Identifier: MIT
 * Gather and scatter through a random permutation.
 */
#include "bench.h"

static void setup(struct run *run)
{
    size_t n = run->n;
    uint32_t *index = bench_input(run, n * 4);
    for (size_t i = 0; i < n; i++) {
        size_t other = bench_random() % (i + 1);
        index[i] = index[other];
        index[other] = (uint32_t)i;
    }
    bench_fill_f32(bench_input(run, n * 4), n, 0, 1);
    bench_output(run, n * 4, ELEMENT_F32);
    run->bytes = 12.0 * (double)n;
}

void gather_setup(struct run *run)
{
    setup(run);
}

void gather_device(struct run *run)
{
    LAUNCH("gather", (run->n + 255) / 256, 1, 256, 1, INT(run->n), BUF(0), BUF(1), BUF(2));
}

void gather_native(struct run *run)
{
    const uint32_t *restrict index = HOST(run, 0, uint32_t);
    const float *restrict x = HOST(run, 1, float);
    float *restrict y = HOST(run, 2, float);
    size_t n = run->n;
#pragma omp parallel for simd
    for (size_t i = 0; i < n; i++)
        y[i] = x[index[i]];
}

void scatter_setup(struct run *run)
{
    setup(run);
}

void scatter_device(struct run *run)
{
    LAUNCH("scatter", (run->n + 255) / 256, 1, 256, 1, INT(run->n), BUF(0), BUF(1), BUF(2));
}

void scatter_native(struct run *run)
{
    const uint32_t *restrict index = HOST(run, 0, uint32_t);
    const float *restrict x = HOST(run, 1, float);
    float *restrict y = HOST(run, 2, float);
    size_t n = run->n;
#pragma omp parallel for
    for (size_t i = 0; i < n; i++)
        y[index[i]] = x[i];
}
