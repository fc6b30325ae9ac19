/* SPDX-License-Identifier: MIT
 * What the cores can do: fused multiply-adds on sixteen vectors that stay in registers, on all
 * cores. The share of this peak that the matrix kernels reach is counted against it.
 */
#include "bench.h"

#include <omp.h>

typedef float vector __attribute__((vector_size(64)));

enum { REGISTERS = 16, CHUNK = 64 };

void fma_peak_setup(struct run *run)
{
    bench_output(run, CHUNK * 4, ELEMENT_F32);
    run->flops = 2.0 * 16 * REGISTERS * (double)(run->n / CHUNK * CHUNK) * omp_get_max_threads();
}

void fma_peak_device(struct run *run)
{
    bench_fail("%s runs on no device", run->row->name);
}

void fma_peak_native(struct run *run)
{
    float *out = HOST(run, 0, float);
    size_t n = run->n / CHUNK;
#pragma omp parallel
    {
        vector sum[REGISTERS], factor = (vector){0} + 0.999f, add = (vector){0} + 0.001f;
        for (int r = 0; r < REGISTERS; r++)
            sum[r] = (vector){0} + (float)r;
        for (size_t i = 0; i < n; i++) {
            for (int k = 0; k < CHUNK; k++)
                for (int r = 0; r < REGISTERS; r++)
                    sum[r] = sum[r] * factor + add;
            __asm__ volatile("" : "+v"(factor), "+v"(add)); /* no closed form */
        }
        for (int r = 1; r < REGISTERS; r++)
            sum[0] += sum[r];
        if (omp_get_thread_num() == 0)
            *(vector *)out = sum[0];
    }
}
