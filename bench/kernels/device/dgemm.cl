// SPDX-License-Identifier: MIT
// C = A B of n x n doubles, one element a thread with 16 x 16 tiles.
KERNEL(16, 16, 1)
dgemm_tile(int n, const GLOBAL double *restrict a, const GLOBAL double *restrict b, GLOBAL double *restrict c)
{
    LOCAL double as[16][16], bs[16][16];
    int tx = TX, ty = TY, row = GY * 16 + ty, column = GX * 16 + tx;
    double sum = 0;
    for (int t = 0; t < n; t += 16) {
        as[ty][tx] = a[row * n + t + tx];
        bs[ty][tx] = b[(t + ty) * n + column];
        BARRIER();
        for (int k = 0; k < 16; k++)
            sum += as[ty][k] * bs[k][tx];
        BARRIER();
    }
    c[row * n + column] = sum;
}
