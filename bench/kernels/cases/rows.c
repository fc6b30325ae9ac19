/* SPDX-License-Identifier: MIT
 * Softmax and layer normalisation of rows of 1024.
 */
#include "bench.h"

enum { WIDTH = 1024 };

void softmax_setup(struct run *run)
{
    size_t count = run->n * WIDTH;
    bench_fill_f32(bench_input(run, count * 4), count, -8, 8);
    bench_output(run, count * 4, ELEMENT_F32);
    run->bytes = 8.0 * (double)count;
}

void softmax_device(struct run *run)
{
    LAUNCH("softmax", run->n, 1, 256, 1, BUF(0), BUF(1));
}

static void softmax_row(const float *restrict in, float *restrict out)
{
    float most = in[0], sum = 0;
#pragma omp simd reduction(max : most)
    for (int i = 0; i < WIDTH; i++)
        most = in[i] > most ? in[i] : most;
#pragma omp simd reduction(+ : sum)
    for (int i = 0; i < WIDTH; i++) {
        out[i] = expf(in[i] - most);
        sum += out[i];
    }
    sum = 1 / sum;
    for (int i = 0; i < WIDTH; i++)
        out[i] *= sum;
}

void softmax_native(struct run *run)
{
    const float *in = HOST(run, 0, float);
    float *out = HOST(run, 1, float);
    size_t n = run->n;
#pragma omp parallel for
    for (size_t row = 0; row < n; row++)
        softmax_row(in + row * WIDTH, out + row * WIDTH);
}

void layernorm_setup(struct run *run)
{
    size_t count = run->n * WIDTH;
    bench_fill_f32(bench_input(run, count * 4), count, -2, 3);
    bench_fill_f32(bench_input(run, WIDTH * 4), WIDTH, 0.5f, 1.5f);
    bench_fill_f32(bench_input(run, WIDTH * 4), WIDTH, -1, 1);
    bench_output(run, count * 4, ELEMENT_F32);
    run->bytes = 8.0 * (double)count;
}

void layernorm_device(struct run *run)
{
    LAUNCH("layernorm", run->n, 1, 256, 1, BUF(0), BUF(1), BUF(2), BUF(3));
}

static void layernorm_row(const float *restrict in, const float *restrict scale,
                          const float *restrict shift, float *restrict out)
{
    float mean = 0, spread = 0;
#pragma omp simd reduction(+ : mean)
    for (int i = 0; i < WIDTH; i++)
        mean += in[i];
    mean /= WIDTH;
#pragma omp simd reduction(+ : spread)
    for (int i = 0; i < WIDTH; i++)
        spread += (in[i] - mean) * (in[i] - mean);
    spread = 1 / sqrtf(spread / WIDTH + 1e-5f);
    for (int i = 0; i < WIDTH; i++)
        out[i] = (in[i] - mean) * spread * scale[i] + shift[i];
}

void layernorm_native(struct run *run)
{
    const float *in = HOST(run, 0, float);
    float *out = HOST(run, 3, float);
    size_t n = run->n;
#pragma omp parallel for
    for (size_t row = 0; row < n; row++)
        layernorm_row(in + row * WIDTH, HOST(run, 1, float), HOST(run, 2, float),
                      out + row * WIDTH);
}
