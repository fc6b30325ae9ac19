// SPDX-License-Identifier: MIT
// C = A B of n x n halves with sums in float: 64 x 64 tiles of halves in LDS, 4 x 4 elements a thread.
KERNEL(16, 16, 1)
hgemm(int n, const GLOBAL HALF *restrict a, const GLOBAL HALF *restrict b, GLOBAL float *restrict c)
{
    LOCAL_HALVES(as, 64 * 16);
    LOCAL_HALVES(bs, 16 * 64);
    int tx = TX, ty = TY, tid = ty * 16 + tx;
    float sum[4][4];
    for (int i = 0; i < 4; i++)
        for (int j = 0; j < 4; j++)
            sum[i][j] = 0;
    for (int t = 0; t < n; t += 16) {
        COPY_HALF4(as, tid, a, ((GY * 64 + tid / 4) * n + t + tid % 4 * 4) / 4);
        COPY_HALF4(bs, tid, b, ((t + tid / 16) * n + GX * 64 + tid % 16 * 4) / 4);
        BARRIER();
#pragma unroll
        for (int k = 0; k < 16; k++) {
            float ra[4], rb[4];
            for (int i = 0; i < 4; i++) {
                ra[i] = LOAD_LOCAL_HALF(as, (ty * 4 + i) * 16 + k);
                rb[i] = LOAD_LOCAL_HALF(bs, k * 64 + tx * 4 + i);
            }
#pragma unroll
            for (int i = 0; i < 4; i++)
#pragma unroll
                for (int j = 0; j < 4; j++)
                    sum[i][j] = FMA(ra[i], rb[j], sum[i][j]);
        }
        BARRIER();
    }
    for (int i = 0; i < 4; i++)
        *(GLOBAL float4 *)&c[(GY * 64 + ty * 4 + i) * n + GX * 64 + tx * 4] =
            MAKE4(sum[i][0], sum[i][1], sum[i][2], sum[i][3]);
}
