/* SPDX-License-Identifier: MIT
 * Black-Scholes prices: exponentials, logarithms, divisions.
 */
#include "bench.h"

#define RATE       0.02f
#define VOLATILITY 0.3f

void black_scholes_setup(struct run *run)
{
    bench_fill_f32(bench_input(run, run->n * 4), run->n, 5, 30);
    bench_fill_f32(bench_input(run, run->n * 4), run->n, 1, 100);
    bench_fill_f32(bench_input(run, run->n * 4), run->n, 0.25f, 10);
    bench_output(run, run->n * 4, ELEMENT_F32);
    bench_output(run, run->n * 4, ELEMENT_F32);
    run->bytes = 20.0 * (double)run->n;
}

void black_scholes_device(struct run *run)
{
    LAUNCH("black_scholes", (run->n + 255) / 256, 1, 256, 1, INT(run->n), FLOAT(RATE),
           FLOAT(VOLATILITY), BUF(0), BUF(1), BUF(2), BUF(3), BUF(4));
}

static inline float normal(float d)
{
    float k = 1 / (1 + 0.2316419f * fabsf(d));
    float poly = -1.821255978f + k * 1.330274429f;
    poly = k * (0.31938153f + k * (-0.356563782f + k * (1.781477937f + k * poly)));
    float tail = 0.39894228f * expf(-0.5f * d * d) * poly;
    return d > 0 ? 1 - tail : tail;
}

void black_scholes_native(struct run *run)
{
    const float *restrict price = HOST(run, 0, float), *restrict strike = HOST(run, 1, float);
    const float *restrict years = HOST(run, 2, float);
    float *restrict call = HOST(run, 3, float), *restrict put = HOST(run, 4, float);
    size_t n = run->n;
#pragma omp parallel for simd
    for (size_t i = 0; i < n; i++) {
        float s = price[i], x = strike[i], t = years[i], width = VOLATILITY * sqrtf(t);
        float d1 = (logf(s / x) + (RATE + 0.5f * VOLATILITY * VOLATILITY) * t) / width;
        float n1 = normal(d1), n2 = normal(d1 - width), discount = expf(-RATE * t) * x;
        call[i] = s * n1 - discount * n2;
        put[i] = discount * (1 - n2) - s * (1 - n1);
    }
}
