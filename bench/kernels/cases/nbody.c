/* SPDX-License-Identifier: MIT
 * All-pairs gravity; the native loop keeps 64 bodies in registers and walks the others.
 */
#include "bench.h"

#define SOFT 0.01f

void nbody_setup(struct run *run)
{
    bench_fill_f32(bench_input(run, run->n * 16), run->n * 4, 0, 1);
    bench_output(run, run->n * 16, ELEMENT_F32);
    run->flops = 20.0 * (double)run->n * (double)run->n;
}

void nbody_device(struct run *run)
{
    LAUNCH("nbody", run->n / 256, 1, 256, 1, INT(run->n), FLOAT(SOFT), BUF(0), BUF(1));
}

static void some(size_t n, const float *restrict body, float *restrict out)
{
    float x[64], y[64], z[64], ax[64] = {0}, ay[64] = {0}, az[64] = {0};
    for (int l = 0; l < 64; l++) {
        x[l] = out[4 * l];
        y[l] = out[4 * l + 1];
        z[l] = out[4 * l + 2];
    }
    for (size_t j = 0; j < n; j++) {
        float jx = body[4 * j], jy = body[4 * j + 1], jz = body[4 * j + 2], mass = body[4 * j + 3];
#pragma omp simd
        for (int l = 0; l < 64; l++) {
            float dx = jx - x[l], dy = jy - y[l], dz = jz - z[l];
            float inverse = 1.0f / sqrtf(dx * dx + dy * dy + dz * dz + SOFT);
            float pull = mass * inverse * inverse * inverse;
            ax[l] += dx * pull;
            ay[l] += dy * pull;
            az[l] += dz * pull;
        }
    }
    for (int l = 0; l < 64; l++) {
        out[4 * l] = ax[l];
        out[4 * l + 1] = ay[l];
        out[4 * l + 2] = az[l];
        out[4 * l + 3] = 0;
    }
}

void nbody_native(struct run *run)
{
    const float *body = HOST(run, 0, float);
    float *out = HOST(run, 1, float);
    size_t n = run->n;
#pragma omp parallel for
    for (size_t i = 0; i < n; i += 64) {
        memcpy(out + 4 * i, body + 4 * i, 64 * 16);
        some(n, body, out + 4 * i);
    }
}
