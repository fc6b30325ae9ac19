// SPDX-License-Identifier: MIT
// y = M x with M in compressed rows, one row a thread (spmv) or one row for 64 threads (spmv_wave).
KERNEL(256, 1, 1)
spmv(int rows, const GLOBAL int *restrict start, const GLOBAL int *restrict column, const GLOBAL float *restrict value,
     const GLOBAL float *restrict x, GLOBAL float *restrict y)
{
    int row = GX * 256 + TX;
    if (row >= rows)
        return;
    float sum = 0;
    for (int i = start[row]; i < start[row + 1]; i++)
        sum += value[i] * x[column[i]];
    y[row] = sum;
}

KERNEL(256, 1, 1)
spmv_wave(const GLOBAL int *restrict start, const GLOBAL int *restrict column, const GLOBAL float *restrict value,
          const GLOBAL float *restrict x, GLOBAL float *restrict y)
{
    LOCAL float scratch[256];
    int row = GX * 4 + TX / 64, end = start[row + 1];
    float sum = 0;
    for (int i = start[row] + TX % 64; i < end; i += 64)
        sum += value[i] * x[column[i]];
    sum = group64_sum(sum, scratch);
    if (TX % 64 == 0)
        y[row] = sum;
}
