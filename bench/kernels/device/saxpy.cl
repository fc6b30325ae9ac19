// SPDX-License-Identifier: MIT
// y = a x + y, one element a thread.
KERNEL(256, 1, 1) saxpy(int n, float a, const GLOBAL float *restrict x, GLOBAL float *restrict y)
{
    int i = GX * 256 + TX;
    if (i < n)
        y[i] = a * x[i] + y[i];
}
