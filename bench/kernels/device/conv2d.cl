// SPDX-License-Identifier: MIT
// A 5 x 5 filter over n x n floats, zeros beyond the border: a 20 x 20 tile in LDS, one pixel a thread.
KERNEL(16, 16, 1)
conv2d(int n, const GLOBAL float *restrict filter, const GLOBAL float *restrict in, GLOBAL float *restrict out)
{
    LOCAL float tile[20][20];
    int tx = TX, ty = TY, x0 = GX * 16 - 2, y0 = GY * 16 - 2;
    for (int i = ty * 16 + tx; i < 400; i += 256) {
        int x = x0 + i % 20, y = y0 + i / 20;
        tile[i / 20][i % 20] = x >= 0 && y >= 0 && x < n && y < n ? in[y * n + x] : 0.0f;
    }
    BARRIER();
    float sum = 0;
    for (int j = 0; j < 5; j++)
        for (int i = 0; i < 5; i++)
            sum += filter[j * 5 + i] * tile[ty + j][tx + i];
    out[(GY * 16 + ty) * n + GX * 16 + tx] = sum;
}
