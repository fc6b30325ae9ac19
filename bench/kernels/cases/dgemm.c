/* SPDX-License-Identifier: MIT
 * Matrix product in doubles: blocked C as in gemm.c against 16 x 16 tiles.
 */
#include "bench.h"

#include <stdlib.h>

typedef double vector __attribute__((vector_size(64), aligned(8), may_alias));

enum { ROWS = 4, COLUMNS = 32, DEPTH = 128 };

void dgemm_tile_setup(struct run *run)
{
    size_t count = run->n * run->n;
    if (run->n % 32 != 0)
        bench_fail("dgemm_tile: rows must be a multiple of 32");
    bench_fill_f64(bench_input(run, count * 8), count, -0.5, 0.5);
    bench_fill_f64(bench_input(run, count * 8), count, -0.5, 0.5);
    bench_output(run, count * 8, ELEMENT_F64);
    run->flops = 2.0 * (double)count * (double)run->n;
}

void dgemm_tile_device(struct run *run)
{
    LAUNCH("dgemm_tile", run->n / 16, run->n / 16, 16, 16, INT(run->n), BUF(0), BUF(1), BUF(2));
}

static void block(size_t n, size_t depth, const double *a, const double *panel, double *c)
{
    vector sum[ROWS][4];
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < 4; j++)
            sum[i][j] = *(vector *)(c + (size_t)i * n + 8 * j);
    for (size_t k = 0; k < depth; k++)
        for (int i = 0; i < ROWS; i++)
            for (int j = 0; j < 4; j++)
                sum[i][j] += a[(size_t)i * n + k] * ((const vector *)(panel + k * COLUMNS))[j];
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < 4; j++)
            *(vector *)(c + (size_t)i * n + 8 * j) = sum[i][j];
}

void dgemm_tile_native(struct run *run)
{
    const double *a = HOST(run, 0, double), *b = HOST(run, 1, double);
    double *c = HOST(run, 2, double);
    size_t n = run->n;
#pragma omp parallel
    {
        double *panel = aligned_alloc(64, sizeof(double) * DEPTH * COLUMNS);
#pragma omp for schedule(dynamic, 1)
        for (size_t j = 0; j < n; j += COLUMNS) {
            for (size_t i = 0; i < n; i++)
                memset(c + i * n + j, 0, COLUMNS * 8);
            for (size_t k = 0; k < n; k += DEPTH) {
                size_t depth = n - k < DEPTH ? n - k : DEPTH;
                for (size_t d = 0; d < depth; d++)
                    memcpy(panel + d * COLUMNS, b + (k + d) * n + j, COLUMNS * 8);
                for (size_t i = 0; i < n; i += ROWS)
                    block(n, depth, a + i * n + k, panel, c + i * n + j);
            }
        }
        free(panel);
    }
}
