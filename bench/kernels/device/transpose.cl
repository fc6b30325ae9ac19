// SPDX-License-Identifier: MIT
// B = A transposed through a padded 32 x 32 tile, four rows a thread.
KERNEL(32, 8, 1) transpose(int n, const GLOBAL float *restrict a, GLOBAL float *restrict b)
{
    LOCAL float tile[32][33];
    int tx = TX, ty = TY, x = GX * 32, y = GY * 32;
    for (int i = 0; i < 32; i += 8)
        tile[ty + i][tx] = a[(y + ty + i) * n + x + tx];
    BARRIER();
    for (int i = 0; i < 32; i += 8)
        b[(x + ty + i) * n + y + tx] = tile[tx][ty + i];
}
