// SPDX-License-Identifier: MIT
// Sums of floats in blocks of 256 with a tree in LDS: behind a grid-stride loop (reduce), or with one
// element a thread (reduce_tree), where the ten barriers are the work.
KERNEL(256, 1, 1) reduce(int n, const GLOBAL float *restrict in, GLOBAL float *restrict out)
{
    LOCAL float part[256];
    int t = TX;
    float sum = 0;
    for (int i = GX * 256 + t; i < n; i += GROUPS_X * 256)
        sum += in[i];
    part[t] = sum;
    BARRIER();
    for (int d = 128; d > 0; d >>= 1) {
        if (t < d)
            part[t] += part[t + d];
        BARRIER();
    }
    if (t == 0)
        out[GX] = part[0];
}

KERNEL(256, 1, 1) reduce_tree(const GLOBAL float *restrict in, GLOBAL float *restrict out)
{
    LOCAL float part[256];
    int t = TX;
    part[t] = in[GX * 256 + t];
    BARRIER();
    for (int d = 128; d > 0; d >>= 1) {
        if (t < d)
            part[t] += part[t + d];
        BARRIER();
    }
    if (t == 0)
        out[GX] = part[0];
}
