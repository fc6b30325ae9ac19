// SPDX-License-Identifier: MIT
// Means over neighbours: 5 points in a plane, 7 points in space; the border is left alone.
KERNEL(64, 4, 1) stencil5(int w, int h, const GLOBAL float *restrict in, GLOBAL float *restrict out)
{
    int x = GX * 64 + TX, y = GY * 4 + TY;
    if (x > 0 && y > 0 && x < w - 1 && y < h - 1) {
        int i = y * w + x;
        out[i] = 0.2f * (in[i] + in[i - 1] + in[i + 1] + in[i - w] + in[i + w]);
    }
}

KERNEL(32, 4, 2) stencil7(int n, float centre, float side, const GLOBAL float *restrict in, GLOBAL float *restrict out)
{
    int x = GX * 32 + TX, y = GY * 4 + TY, z = GZ * 2 + TZ;
    if (x < 1 || y < 1 || z < 1 || x >= n - 1 || y >= n - 1 || z >= n - 1)
        return;
    int i = (z * n + y) * n + x;
    float around = in[i - 1] + in[i + 1] + in[i - n] + in[i + n] + in[i - n * n] + in[i + n * n];
    out[i] = centre * in[i] + side * around;
}
