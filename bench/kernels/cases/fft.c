/* SPDX-License-Identifier: MIT
 * Batches of complex transforms of 1024 points: radix-4 Stockham passes, in C with contiguous reads
 * and a constant span per pass.
 */
#include "bench.h"

void fft_setup(struct run *run)
{
    bench_fill_f32(bench_input(run, run->n * 8192), run->n * 2048, -1, 1);
    float *root = bench_input(run, 8192);
    for (int t = 0; t < 1024; t++) {
        root[2 * t] = (float)cos(-2 * M_PI * t / 1024);
        root[2 * t + 1] = (float)sin(-2 * M_PI * t / 1024);
    }
    bench_output(run, run->n * 8192, ELEMENT_F32);
    run->flops = 5.0 * 1024 * 10 * (double)run->n;
    run->bytes = 16384.0 * (double)run->n;
}

void fft_device(struct run *run)
{
    LAUNCH("fft", run->n, 1, 256, 1, BUF(0), BUF(1), BUF(2));
}

struct line {
    float re[1024], im[1024];
};

/* The butterfly of point t of a quarter; its results lie span apart from `to` on. */
static inline __attribute__((always_inline)) void butterfly(int t, int to, int span,
                                                            const float c[4], const float s[4],
                                                            const struct line *restrict in,
                                                            struct line *restrict out)
{
    float xr[4], xi[4];
    for (int r = 0; r < 4; r++) {
        float a = in->re[r * 256 + t], b = in->im[r * 256 + t];
        xr[r] = a * c[r] - b * s[r];
        xi[r] = a * s[r] + b * c[r];
    }
    float sr = xr[0] + xr[2], si = xi[0] + xi[2], dr = xr[0] - xr[2], di = xi[0] - xi[2];
    float ur = xr[1] + xr[3], ui = xi[1] + xi[3], vr = xr[1] - xr[3], vi = xi[1] - xi[3];
    out->re[to] = sr + ur;
    out->im[to] = si + ui;
    out->re[to + span] = dr + vi;
    out->im[to + span] = di - vr;
    out->re[to + 2 * span] = sr - ur;
    out->im[to + 2 * span] = si - ui;
    out->re[to + 3 * span] = dr - vi;
    out->im[to + 3 * span] = di + vr;
}

static void first_pass(const struct line *restrict in, struct line *restrict out)
{
    const float one[4] = {1, 1, 1, 1}, zero[4] = {0, 0, 0, 0};
#pragma omp simd
    for (int t = 0; t < 256; t++)
        butterfly(t, 4 * t, 1, one, zero, in, out);
}

static inline __attribute__((always_inline)) void
pass(int span, const struct line *restrict in, const float *restrict w, struct line *restrict out)
{
    for (int block = 0; block < 256 / span; block++)
#pragma omp simd
        for (int k = 0; k < span; k++) {
            const float c[4] = {1, w[k], w[2 * span + k], w[4 * span + k]};
            const float s[4] = {0, w[span + k], w[3 * span + k], w[5 * span + k]};
            butterfly(block * span + k, 4 * block * span + k, span, c, s, in, out);
        }
}

static void transform(const float *restrict in, const float *roots, float *restrict out)
{
    struct line a, b;
    for (int i = 0; i < 1024; i++) {
        a.re[i] = in[2 * i];
        a.im[i] = in[2 * i + 1];
    }
    first_pass(&a, &b);
    pass(4, &b, roots + 6, &a);
    pass(16, &a, roots + 30, &b);
    pass(64, &b, roots + 126, &a);
    pass(256, &a, roots + 510, &b);
    for (int i = 0; i < 1024; i++) {
        out[2 * i] = b.re[i];
        out[2 * i + 1] = b.im[i];
    }
}

void fft_native(struct run *run)
{
    static float roots[6 * (1 + 4 + 16 + 64 + 256)];
    const float *root = HOST(run, 1, float), *in = HOST(run, 0, float);
    float *out = HOST(run, 2, float), *w = roots;
    for (int span = 1; span <= 256; span *= 4)
        for (int r = 1; r < 4; r++)
            for (int part = 0; part < 2; part++)
                for (int k = 0; k < span; k++)
                    *w++ = root[2 * (k * (256 / span) * r) + part];
    size_t n = run->n;
#pragma omp parallel for
    for (size_t i = 0; i < n; i++)
        transform(in + i * 2048, roots, out + i * 2048);
}
