/* SPDX-License-Identifier: MIT
 * Matrix products: blocked C with packed panels of B against the device kernels in float, half and
 * with matrix instructions.
 */
#include "bench.h"

#include <stdlib.h>

typedef float vector __attribute__((vector_size(64), aligned(4), may_alias));

enum {
    ROWS = 4,
    COLUMNS = 64,
    DEPTH = 128
}; /* of the register block, and of a panel that stays in L1 */

/* c (ROWS x COLUMNS) += a (ROWS x depth) panel (depth x COLUMNS) */
static void block(size_t n, size_t depth, const float *a, const float *panel, float *c)
{
    vector sum[ROWS][4];
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < 4; j++)
            sum[i][j] = *(vector *)(c + (size_t)i * n + 16 * j);
    for (size_t k = 0; k < depth; k++)
        for (int i = 0; i < ROWS; i++)
            for (int j = 0; j < 4; j++)
                sum[i][j] += a[(size_t)i * n + k] * ((const vector *)(panel + k * COLUMNS))[j];
    for (int i = 0; i < ROWS; i++)
        for (int j = 0; j < 4; j++)
            *(vector *)(c + (size_t)i * n + 16 * j) = sum[i][j];
}

static void gemm(size_t n, const float *a, const float *b, float *c)
{
#pragma omp parallel
    {
        float *panel = aligned_alloc(64, sizeof(float) * DEPTH * COLUMNS);
#pragma omp for schedule(dynamic, 1)
        for (size_t j = 0; j < n; j += COLUMNS) {
            for (size_t i = 0; i < n; i++)
                memset(c + i * n + j, 0, COLUMNS * 4);
            for (size_t k = 0; k < n; k += DEPTH) {
                size_t depth = n - k < DEPTH ? n - k : DEPTH;
                for (size_t d = 0; d < depth; d++)
                    memcpy(panel + d * COLUMNS, b + (k + d) * n + j, COLUMNS * 4);
                for (size_t i = 0; i < n; i += ROWS)
                    block(n, depth, a + i * n + k, panel, c + i * n + j);
            }
        }
        free(panel);
    }
}

static void setup_f32(struct run *run)
{
    size_t count = run->n * run->n;
    if (run->n % 64 != 0)
        bench_fail("%s: rows must be a multiple of 64", run->row->name);
    bench_fill_f32(bench_input(run, count * 4), count, -0.5f, 0.5f);
    bench_fill_f32(bench_input(run, count * 4), count, -0.5f, 0.5f);
    bench_output(run, count * 4, ELEMENT_F32);
    run->flops = 2.0 * (double)count * (double)run->n;
}

void sgemm_plain_setup(struct run *run)
{
    setup_f32(run);
}

void sgemm_plain_device(struct run *run)
{
    LAUNCH("sgemm_plain", run->n / 16, run->n / 16, 16, 16, INT(run->n), BUF(0), BUF(1), BUF(2));
}

void sgemm_plain_native(struct run *run)
{
    gemm(run->n, HOST(run, 0, float), HOST(run, 1, float), HOST(run, 2, float));
}

void sgemm_tile_setup(struct run *run)
{
    setup_f32(run);
}

void sgemm_tile_device(struct run *run)
{
    LAUNCH("sgemm_tile", run->n / 16, run->n / 16, 16, 16, INT(run->n), BUF(0), BUF(1), BUF(2));
}

void sgemm_tile_native(struct run *run)
{
    gemm(run->n, HOST(run, 0, float), HOST(run, 1, float), HOST(run, 2, float));
}

void sgemm_block_setup(struct run *run)
{
    setup_f32(run);
}

void sgemm_block_device(struct run *run)
{
    LAUNCH("sgemm_block", run->n / 64, run->n / 64, 16, 16, INT(run->n), BUF(0), BUF(1), BUF(2));
}

void sgemm_block_native(struct run *run)
{
    sgemm_tile_native(run);
}

void mfma_gemm_f32_setup(struct run *run)
{
    if (run->n % 128 != 0)
        bench_fail("%s: rows must be a multiple of 128", run->row->name);
    setup_f32(run);
}

void mfma_gemm_f32_device(struct run *run)
{
    LAUNCH("mfma_gemm_f32", run->n / 128, run->n / 128, 256, 1, INT(run->n), BUF(0), BUF(1),
           BUF(2));
}

void mfma_gemm_f32_native(struct run *run)
{
    sgemm_tile_native(run);
}

/* Halves: buffers 3 and 4 are the floats that the native program makes of them. */
static void setup_f16(struct run *run)
{
    size_t count = run->n * run->n;
    for (int i = 0; i < 2; i++) {
        _Float16 *half = bench_input(run, count * 2);
        for (size_t k = 0; k < count; k++)
            half[k] = (_Float16)((float)(bench_random() >> 8) * 0x1p-24f - 0.5f);
    }
    bench_output(run, count * 4, ELEMENT_F32);
    bench_output(run, count * 4, ELEMENT_NONE);
    bench_output(run, count * 4, ELEMENT_NONE);
    run->flops = 2.0 * (double)count * (double)run->n;
}

static void widen(size_t count, const _Float16 *restrict from, float *restrict to)
{
#pragma omp parallel for simd
    for (size_t i = 0; i < count; i++)
        to[i] = (float)from[i];
}

void hgemm_setup(struct run *run)
{
    if (run->n % 64 != 0)
        bench_fail("%s: rows must be a multiple of 64", run->row->name);
    setup_f16(run);
}

void hgemm_device(struct run *run)
{
    LAUNCH("hgemm", run->n / 64, run->n / 64, 16, 16, INT(run->n), BUF(0), BUF(1), BUF(2));
}

void hgemm_native(struct run *run)
{
    widen(run->n * run->n, HOST(run, 0, _Float16), HOST(run, 3, float));
    widen(run->n * run->n, HOST(run, 1, _Float16), HOST(run, 4, float));
    gemm(run->n, HOST(run, 3, float), HOST(run, 4, float), HOST(run, 2, float));
}

void mfma_gemm_f16_setup(struct run *run)
{
    if (run->n % 128 != 0)
        bench_fail("%s: rows must be a multiple of 128", run->row->name);
    setup_f16(run);
}

void mfma_gemm_f16_device(struct run *run)
{
    LAUNCH("mfma_gemm_f16", run->n / 128, run->n / 128, 256, 1, INT(run->n), BUF(0), BUF(1),
           BUF(2));
}

void mfma_gemm_f16_native(struct run *run)
{
    const _Float16 *restrict b = HOST(run, 1, _Float16); /* transposed */
    float *restrict wide = HOST(run, 4, float);
    size_t n = run->n;
    widen(n * n, HOST(run, 0, _Float16), HOST(run, 3, float));
#pragma omp parallel for
    for (size_t i0 = 0; i0 < n; i0 += 16)
        for (size_t j = 0; j < n; j++)
            for (size_t i = i0; i < i0 + 16; i++)
                wide[j * n + i] = (float)b[i * n + j];
    gemm(n, HOST(run, 3, float), wide, HOST(run, 2, float));
}
