// SPDX-License-Identifier: MIT
// C = A B with tiles of 16 x 16 in shared memory; sizes that are no multiple of the tile are padded with zeros on load.
#include "../common/example.h"
#include <vector>

constexpr int tile = 16;

__global__ void multiply(const float *a, const float *b, float *c, int m, int n, int k)
{
    __shared__ float as[tile][tile], bs[tile][tile];
    int row = blockIdx.y * tile + threadIdx.y, column = blockIdx.x * tile + threadIdx.x;
    float sum = 0;
    for (int start = 0; start < k; start += tile) {
        int ka = start + threadIdx.x, kb = start + threadIdx.y;
        as[threadIdx.y][threadIdx.x] = row < m && ka < k ? a[row * k + ka] : 0.0f;
        bs[threadIdx.y][threadIdx.x] = kb < k && column < n ? b[kb * n + column] : 0.0f;
        __syncthreads();
        for (int i = 0; i < tile; ++i)
            sum += as[threadIdx.y][i] * bs[i][threadIdx.x];
        __syncthreads();
    }
    if (row < m && column < n)
        c[row * n + column] = sum;
}

int main()
{
    const int m = 150, n = 130, k = 170;
    std::vector<float> a(m * k), b(k * n), c(m * n);
    // Small integers: every sum is exact, in any order.
    for (int i = 0; i < m * k; ++i)
        a[i] = (float)(i * 7 % 13 - 6);
    for (int i = 0; i < k * n; ++i)
        b[i] = (float)(i * 5 % 11 - 5);
    DeviceArray<float> da(a.size()), db(b.size()), dc(c.size());
    da.upload(a.data());
    db.upload(b.data());
    dim3 blocks((n + tile - 1) / tile, (m + tile - 1) / tile);
    multiply<<<blocks, dim3(tile, tile)>>>(da.get(), db.get(), dc.get(), m, n, k);
    HIP_CHECK(hipGetLastError());
    dc.download(c.data());
    int wrong = 0;
    for (int i = 0; i < m; ++i)
        for (int j = 0; j < n; ++j) {
            float sum = 0;
            for (int l = 0; l < k; ++l)
                sum += a[i * k + l] * b[l * n + j];
            wrong += c[i * n + j] != sum;
        }
    std::printf("%d x %d x %d, %d elements wrong\n", m, n, k, wrong);
    return finish(wrong == 0, "matmul");
}
