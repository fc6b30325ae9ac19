// SPDX-License-Identifier: MIT
// Histogram of bytes: each block counts in shared memory with atomics and adds its counts to the global ones at the end.
#include "../common/example.h"
#include <vector>

constexpr int bins = 256;

__global__ void histogram(const unsigned char *data, int n, unsigned int *counts)
{
    __shared__ unsigned int mine[bins];
    mine[threadIdx.x] = 0;
    __syncthreads();
    for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < n; i += gridDim.x * blockDim.x)
        atomicAdd(&mine[data[i]], 1u);
    __syncthreads();
    atomicAdd(&counts[threadIdx.x], mine[threadIdx.x]);
}

int main()
{
    const int n = 400001;
    std::vector<unsigned char> data(n);
    std::vector<unsigned int> expected(bins), got(bins);
    unsigned int state = 7;
    for (unsigned char &d : data) {
        state = state * 1664525u + 1013904223u;
        unsigned int x = state >> 24, y = (state >> 16) & 255;
        d = (unsigned char)((x + y) / 2);
        ++expected[d];
    }
    DeviceArray<unsigned char> device_data(n);
    DeviceArray<unsigned int> counts(bins);
    device_data.upload(data.data());
    counts.clear();
    histogram<<<48, bins>>>(device_data.get(), n, counts.get());
    HIP_CHECK(hipGetLastError());
    counts.download(got.data());
    int wrong = 0;
    for (int i = 0; i < bins; ++i)
        wrong += got[i] != expected[i];
    std::printf("%d bytes in %d bins, %d bins wrong\n", n, bins, wrong);
    return finish(wrong == 0, "histogram");
}
