/* SPDX-License-Identifier: MIT
 * Histogram of 256 bins; each native thread counts into four tables so that equal neighbours do not
 * wait.
 */
#include "bench.h"

void histogram_setup(struct run *run)
{
    bench_fill_u32(bench_input(run, run->n * 4), run->n, UINT32_MAX);
    bench_inout(run, 256 * 4, ELEMENT_U32);
    run->bytes = 4.0 * (double)run->n;
}

void histogram_device(struct run *run)
{
    size_t groups = (run->n + 4095) / 4096;
    LAUNCH("histogram", groups < 256 ? groups : 256, 1, 256, 1, INT(run->n), BUF(0), BUF(1));
}

void histogram_native(struct run *run)
{
    const uint32_t *restrict in = HOST(run, 0, uint32_t);
    uint32_t *bins = HOST(run, 1, uint32_t);
    size_t n = run->n;
#pragma omp parallel
    {
        uint32_t count[4][256] = {{0}};
#pragma omp for
        for (size_t i = 0; i < n / 4; i++)
            for (size_t k = 0; k < 4; k++)
                count[k][in[4 * i + k] & 255]++;
        for (int i = 0; i < 256; i++)
            __atomic_fetch_add(&bins[i], count[0][i] + count[1][i] + count[2][i] + count[3][i],
                               __ATOMIC_RELAXED);
    }
}
