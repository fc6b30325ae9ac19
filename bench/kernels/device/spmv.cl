// SPDX-License-Identifier: MIT
// y = M x with M in compressed rows, one row a thread.
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
