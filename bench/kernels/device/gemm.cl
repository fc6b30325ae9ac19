// SPDX-License-Identifier: MIT
// C = A B of n x n floats: one element a thread, from global memory and with 16 x 16 tiles, and 4 x 4 elements a thread with
// 64 x 64 tiles.
KERNEL(16, 16, 1)
sgemm_plain(int n, const GLOBAL float *restrict a, const GLOBAL float *restrict b, GLOBAL float *restrict c)
{
    int row = GY * 16 + TY, column = GX * 16 + TX;
    if (row >= n || column >= n)
        return;
    float sum = 0;
    for (int k = 0; k < n; k++)
        sum += a[row * n + k] * b[k * n + column];
    c[row * n + column] = sum;
}

KERNEL(16, 16, 1)
sgemm_tile(int n, const GLOBAL float *restrict a, const GLOBAL float *restrict b, GLOBAL float *restrict c)
{
    LOCAL float as[16][16], bs[16][16];
    int tx = TX, ty = TY, row = GY * 16 + ty, column = GX * 16 + tx;
    float sum = 0;
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

KERNEL(16, 16, 1)
sgemm_block(int n, const GLOBAL float *restrict a, const GLOBAL float *restrict b, GLOBAL float *restrict c)
{
    LOCAL float as[16][64 + 4], bs[16][64]; // A's tile lies transposed
    int tx = TX, ty = TY, tid = ty * 16 + tx;
    const GLOBAL float *from_a = a + (GY * 64 + tid / 4) * n + tid % 4 * 4;
    const GLOBAL float *from_b = b + tid / 16 * n + GX * 64 + tid % 16 * 4;
    float sum[4][4];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            sum[i][j] = 0;
    for (int t = 0; t < n; t += 16) {
        float4 va = *(const GLOBAL float4 *)(from_a + t);
        as[tid % 4 * 4 + 0][tid / 4] = va.x;
        as[tid % 4 * 4 + 1][tid / 4] = va.y;
        as[tid % 4 * 4 + 2][tid / 4] = va.z;
        as[tid % 4 * 4 + 3][tid / 4] = va.w;
        *(LOCAL_POINTER float4 *)&bs[tid / 16][tid % 16 * 4] = *(const GLOBAL float4 *)(from_b + t * n);
        BARRIER();
#pragma unroll
        for (int k = 0; k < 16; k++) {
            float4 pa = *(LOCAL_POINTER float4 *)&as[k][ty * 4], pb = *(LOCAL_POINTER float4 *)&bs[k][tx * 4];
            float ra[4] = {pa.x, pa.y, pa.z, pa.w}, rb[4] = {pb.x, pb.y, pb.z, pb.w};
#pragma unroll
            for (int i = 0; i < 4; i++)
#pragma unroll
                for (int j = 0; j < 4; j++)
                    sum[i][j] += ra[i] * rb[j];
        }
        BARRIER();
    }
    for (int i = 0; i < 4; i++)
        *(GLOBAL float4 *)&c[(GY * 64 + ty * 4 + i) * n + GX * 64 + tx * 4] =
            MAKE4(sum[i][0], sum[i][1], sum[i][2], sum[i][3]);
}
