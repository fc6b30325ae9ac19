// SPDX-License-Identifier: MIT
// The five loops that BabelStream measures, in doubles, 1024 threads a block.
KERNEL(1024, 1, 1) stream_copy(const GLOBAL double *restrict a, GLOBAL double *restrict c)
{
    int i = GX * 1024 + TX;
    c[i] = a[i];
}

KERNEL(1024, 1, 1) stream_mul(double s, GLOBAL double *restrict b, const GLOBAL double *restrict c)
{
    int i = GX * 1024 + TX;
    b[i] = s * c[i];
}

KERNEL(1024, 1, 1)
stream_add(const GLOBAL double *restrict a, const GLOBAL double *restrict b, GLOBAL double *restrict c)
{
    int i = GX * 1024 + TX;
    c[i] = a[i] + b[i];
}

KERNEL(1024, 1, 1)
stream_triad(double s, GLOBAL double *restrict a, const GLOBAL double *restrict b, const GLOBAL double *restrict c)
{
    int i = GX * 1024 + TX;
    a[i] = b[i] + s * c[i];
}

KERNEL(1024, 1, 1)
stream_dot(int n, const GLOBAL double *restrict a, const GLOBAL double *restrict b, GLOBAL double *restrict sums)
{
    LOCAL double part[1024];
    int t = TX;
    double sum = 0;
    for (int i = GX * 1024 + t; i < n; i += GROUPS_X * 1024)
        sum += a[i] * b[i];
    part[t] = sum;
    for (int d = 512; d > 0; d >>= 1) {
        BARRIER();
        if (t < d)
            part[t] += part[t + d];
    }
    if (t == 0)
        sums[GX] = part[0];
}

KERNEL(256, 1, 1) stream_total(const GLOBAL double *restrict sums, GLOBAL double *restrict total)
{
    LOCAL double part[256];
    int t = TX;
    part[t] = sums[t];
    for (int d = 128; d > 0; d >>= 1) {
        BARRIER();
        if (t < d)
            part[t] += part[t + d];
    }
    if (t == 0)
        total[0] = part[0];
}
