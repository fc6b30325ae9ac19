/* SPDX-License-Identifier: MIT
 * Mandelbrot: escape counts of n x n points; the native loop runs 16 points until all have left.
 */
#include "bench.h"

enum { LIMIT = 256, LANES = 16 };

void mandelbrot_setup(struct run *run)
{
    bench_output(run, run->n * run->n * 4, ELEMENT_U32);
}

void mandelbrot_device(struct run *run)
{
    LAUNCH("mandelbrot", run->n / 64, run->n / 4, 64, 4, INT(run->n), INT(LIMIT), BUF(0));
}

typedef float lanes_f __attribute__((vector_size(4 * LANES)));
typedef int32_t lanes_i __attribute__((vector_size(4 * LANES)));

static lanes_i points(lanes_f cr, lanes_f ci)
{
    lanes_f zr = {0}, zi = {0};
    lanes_i count = {0}, inside = count - 1;
    for (int i = 0; i < LIMIT; i++) {
        lanes_f a = zr * zr, b = zi * zi;
        inside &= a + b <= 4.0f;
        if (!__builtin_reduce_or(inside))
            break;
        count -= inside;
        zi = 2 * zr * zi + ci;
        zr = a - b + cr;
    }
    return count;
}

void mandelbrot_native(struct run *run)
{
    int n = (int)run->n;
    int32_t *out = HOST(run, 0, int32_t);
#pragma omp parallel for schedule(dynamic, 8)
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x += LANES) {
            lanes_f cr, ci;
            for (int l = 0; l < LANES; l++) {
                cr[l] = (float)(x + l) * (3.0f / (float)n) - 2.0f;
                ci[l] = (float)y * (3.0f / (float)n) - 1.5f;
            }
            *(lanes_i *)(out + (size_t)y * (size_t)n + x) = points(cr, ci);
        }
}
