// SPDX-License-Identifier: MIT
// C = A B of n x n with matrix instructions: a block of four waves makes a 128 x 128 tile, each wave four
// 32 x 32 tiles. f32: A and B by rows. f16: A by rows, B transposed, sums in float. Operand layout: CDNA2 ISA
// document, "Matrix Arithmetic Instructions": lane l holds row or column l % 32 of k block l / 32.
typedef float float16v __attribute__((ext_vector_type(16)));

__device__ static inline void store_tile(float *c, int n, int row, int column, float16v d)
{
    int lane = (int)threadIdx.x & 63;
    for (int r = 0; r < 16; r++)
        c[(row + 8 * (r / 4) + 4 * (lane / 32) + r % 4) * n + column + lane % 32] = d[r];
}

extern "C" __global__ __launch_bounds__(256) void mfma_gemm_f32(int n, const float *__restrict__ a,
                                                                const float *__restrict__ b, float *__restrict__ c)
{
    __shared__ float as[16][128 + 4], bs[16][128];
    int t = (int)threadIdx.x, lane = t & 63, row = t / 128 * 64, column = t / 64 % 2 * 64;
    float16v sum[2][2] = {};
    for (int k = 0; k < n; k += 16) {
        for (int part = 0; part < 2; part++) {
            int i = part * 256 + t, r = i / 4, q = i % 4 * 4;
            float4 va = *(const float4 *)&a[((int)blockIdx.y * 128 + r) * n + k + q];
            as[q][r] = va.x;
            as[q + 1][r] = va.y;
            as[q + 2][r] = va.z;
            as[q + 3][r] = va.w;
            *(float4 *)&bs[i / 32][i % 32 * 4] = *(const float4 *)&b[(k + i / 32) * n + (int)blockIdx.x * 128 + i % 32 * 4];
        }
        __syncthreads();
#pragma unroll
        for (int kk = 0; kk < 16; kk += 2) {
            float pa[2], pb[2];
            for (int i = 0; i < 2; i++) {
                pa[i] = as[kk + lane / 32][row + i * 32 + lane % 32];
                pb[i] = bs[kk + lane / 32][column + i * 32 + lane % 32];
            }
            for (int i = 0; i < 2; i++)
                for (int j = 0; j < 2; j++)
                    sum[i][j] = __builtin_amdgcn_mfma_f32_32x32x2f32(pa[i], pb[j], sum[i][j], 0, 0, 0);
        }
        __syncthreads();
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            store_tile(c, n, (int)blockIdx.y * 128 + row + i * 32, (int)blockIdx.x * 128 + column + j * 32, sum[i][j]);
}

extern "C" __global__ __launch_bounds__(256) void mfma_gemm_f16(int n, const _Float16 *__restrict__ a,
                                                                const _Float16 *__restrict__ b, float *__restrict__ c)
{
    __shared__ half4_data as[8][128], bs[8][128]; // [k / 4][row]
    int t = (int)threadIdx.x, lane = t & 63, row = t / 128 * 64, column = t / 64 % 2 * 64;
    float16v sum[2][2] = {};
    for (int k = 0; k < n; k += 32) {
        for (int part = 0; part < 4; part++) {
            int i = part * 256 + t, r = i / 8, q = i % 8;
            as[q][r] = *(const half4_data *)&a[((int)blockIdx.y * 128 + r) * n + k + q * 4];
            bs[q][r] = *(const half4_data *)&b[((int)blockIdx.x * 128 + r) * n + k + q * 4];
        }
        __syncthreads();
#pragma unroll
        for (int kk = 0; kk < 8; kk += 2) {
            half4_data pa[2], pb[2];
            for (int i = 0; i < 2; i++) {
                pa[i] = as[kk + lane / 32][row + i * 32 + lane % 32];
                pb[i] = bs[kk + lane / 32][column + i * 32 + lane % 32];
            }
            for (int i = 0; i < 2; i++)
                for (int j = 0; j < 2; j++)
                    sum[i][j] = __builtin_amdgcn_mfma_f32_32x32x8f16(pa[i], pb[j], sum[i][j], 0, 0, 0);
        }
        __syncthreads();
    }
    for (int i = 0; i < 2; i++)
        for (int j = 0; j < 2; j++)
            store_tile(c, n, (int)blockIdx.y * 128 + row + i * 32, (int)blockIdx.x * 128 + column + j * 32, sum[i][j]);
}
