/* SPDX-License-Identifier: MIT
 * BabelStream's five loops in doubles.
 */
#include "bench.h"

#define SCALAR 0.4

/* a, b, c are buffers 0, 1, 2; the written one is compared. */
static void setup(struct run *run, int written, double arrays)
{
    if (run->n % 1024 != 0)
        bench_fail("%s: doubles must be a multiple of 1024", run->row->name);
    for (int i = 0; i < 3; i++) {
        double *array = i == written ? bench_output(run, run->n * 8, ELEMENT_F64)
                                     : bench_input(run, run->n * 8);
        if (i != written)
            bench_fill_f64(array, run->n, 0.1, 1);
    }
    run->bytes = arrays * 8 * (double)run->n;
}

#define STREAM(name, written, arrays, loop)                                                        \
    void name##_setup(struct run *run)                                                             \
    {                                                                                              \
        setup(run, written, arrays);                                                               \
    }                                                                                              \
    void name##_native(struct run *run)                                                            \
    {                                                                                              \
        double *restrict a = HOST(run, 0, double), *restrict b = HOST(run, 1, double);             \
        double *restrict c = HOST(run, 2, double);                                                 \
        size_t n = run->n;                                                                         \
        (void)a, (void)b, (void)c;                                                                 \
        _Pragma("omp parallel for simd") for (size_t i = 0; i < n; i++) loop;                      \
    }

STREAM(stream_copy, 2, 2, c[i] = a[i])
STREAM(stream_mul, 1, 2, b[i] = SCALAR * c[i])
STREAM(stream_add, 2, 3, c[i] = a[i] + b[i])
STREAM(stream_triad, 0, 3, a[i] = b[i] + SCALAR * c[i])

void stream_copy_device(struct run *run)
{
    LAUNCH("stream_copy", run->n / 1024, 1, 1024, 1, BUF(0), BUF(2));
}

void stream_mul_device(struct run *run)
{
    LAUNCH("stream_mul", run->n / 1024, 1, 1024, 1, DOUBLE(SCALAR), BUF(1), BUF(2));
}

void stream_add_device(struct run *run)
{
    LAUNCH("stream_add", run->n / 1024, 1, 1024, 1, BUF(0), BUF(1), BUF(2));
}

void stream_triad_device(struct run *run)
{
    LAUNCH("stream_triad", run->n / 1024, 1, 1024, 1, DOUBLE(SCALAR), BUF(0), BUF(1), BUF(2));
}

void stream_dot_setup(struct run *run)
{
    setup(run, -1, 2);
    bench_output(run, 256 * 8, ELEMENT_NONE);
    bench_output(run, 8, ELEMENT_F64);
}

void stream_dot_device(struct run *run)
{
    LAUNCH("stream_dot", 256, 1, 1024, 1, INT(run->n), BUF(0), BUF(1), BUF(3));
    LAUNCH("stream_total", 1, 1, 256, 1, BUF(3), BUF(4));
}

void stream_dot_native(struct run *run)
{
    const double *restrict a = HOST(run, 0, double), *restrict b = HOST(run, 1, double);
    double sum = 0;
    size_t n = run->n;
#pragma omp parallel for simd reduction(+ : sum)
    for (size_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    *HOST(run, 4, double) = sum;
}
