// SPDX-License-Identifier: MIT
// y = x[index] and y[index] = x.
KERNEL(256, 1, 1)
gather(int n, const GLOBAL int *restrict index, const GLOBAL float *restrict x, GLOBAL float *restrict y)
{
    int i = GX * 256 + TX;
    if (i < n)
        y[i] = x[index[i]];
}

KERNEL(256, 1, 1)
scatter(int n, const GLOBAL int *restrict index, const GLOBAL float *restrict x, GLOBAL float *restrict y)
{
    int i = GX * 256 + TX;
    if (i < n)
        y[index[i]] = x[i];
}
