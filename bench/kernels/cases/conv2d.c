/* SPDX-License-Identifier: MIT
 * A 5 x 5 filter over a picture; the native loops add whole shifted rows.
 */
#include "bench.h"

void conv2d_setup(struct run *run)
{
    size_t count = run->n * run->n;
    if (run->n % 16 != 0)
        bench_fail("conv2d: rows must be a multiple of 16");
    bench_fill_f32(bench_input(run, 25 * 4), 25, -1, 1);
    bench_fill_f32(bench_input(run, count * 4), count, 0, 1);
    bench_output(run, count * 4, ELEMENT_F32);
    run->flops = 50.0 * (double)count;
    run->bytes = 8.0 * (double)count;
}

void conv2d_device(struct run *run)
{
    LAUNCH("conv2d", run->n / 16, run->n / 16, 16, 16, INT(run->n), BUF(0), BUF(1), BUF(2));
}

static float pixel(const float *filter, const float *in, long n, long x, long y)
{
    float sum = 0;
    for (long j = 0; j < 5; j++)
        for (long i = 0; i < 5; i++) {
            long px = x + i - 2, py = y + j - 2;
            if (px >= 0 && py >= 0 && px < n && py < n)
                sum += filter[j * 5 + i] * in[py * n + px];
        }
    return sum;
}

static void inner_row(const float *restrict filter, const float *restrict in, float *restrict out,
                      long n, long y)
{
#pragma omp simd
    for (long x = 2; x < n - 2; x++) {
        const float *at = in + (y - 2) * n + x - 2;
        float sum = 0;
        for (long j = 0; j < 5; j++)
            for (long i = 0; i < 5; i++)
                sum += filter[j * 5 + i] * at[j * n + i];
        out[y * n + x] = sum;
    }
}

void conv2d_native(struct run *run)
{
    const float *filter = HOST(run, 0, float), *in = HOST(run, 1, float);
    float *out = HOST(run, 2, float);
    long n = (long)run->n;
#pragma omp parallel for
    for (long y = 0; y < n; y++) {
        bool inner = y >= 2 && y < n - 2;
        if (inner)
            inner_row(filter, in, out, n, y);
        for (long x = 0; x < n; x += inner && x == 1 ? n - 3 : 1)
            out[y * n + x] = pixel(filter, in, n, x, y);
    }
}
