// SPDX-License-Identifier: MIT
// Sums an array: lanes of a wave by shuffles, waves of a block through shared memory, blocks by an atomic. Counts the odd numbers by
// ballots on the way.
#include "../common/example.h"
#include <vector>

constexpr int block = 256;

__device__ long long wave_sum(long long v)
{
    for (int step = warpSize / 2; step > 0; step /= 2)
        v += __shfl_down(v, step);
    return v;
}

__global__ void reduce(const int *values, int n, unsigned long long *sum, unsigned int *odd)
{
    __shared__ long long partial[block / warpSize];
    long long mine = 0;
    unsigned int odd_here = 0;
    for (int i = blockIdx.x * block + threadIdx.x; i - (int)threadIdx.x < n; i += gridDim.x * block) {
        int v = i < n ? values[i] : 0;
        mine += v;
        odd_here += __popcll(__ballot(v & 1));
    }
    mine = wave_sum(mine);
    int wave = threadIdx.x / warpSize, lane = threadIdx.x % warpSize;
    if (lane == 0) {
        partial[wave] = mine;
        atomicAdd(odd, odd_here);
    }
    __syncthreads();
    if (wave == 0) {
        mine = wave_sum(lane < block / warpSize ? partial[lane] : 0);
        if (lane == 0)
            atomicAdd(sum, (unsigned long long)mine);
    }
}

int main()
{
    const int n = 500009;
    std::vector<int> values(n);
    long long expected = 0;
    unsigned int expected_odd = 0;
    unsigned int state = 1;
    for (int &v : values) {
        state = state * 1664525u + 1013904223u;
        v = (int)(state >> 8) - (1 << 23);
        expected += v;
        expected_odd += v & 1;
    }
    DeviceArray<int> device_values(n);
    DeviceArray<unsigned long long> sum(1);
    DeviceArray<unsigned int> odd(1);
    device_values.upload(values.data());
    sum.clear();
    odd.clear();
    reduce<<<64, block>>>(device_values.get(), n, sum.get(), odd.get());
    HIP_CHECK(hipGetLastError());
    unsigned long long got = 0;
    unsigned int got_odd = 0;
    sum.download(&got);
    odd.download(&got_odd);
    std::printf("sum %lld (expected %lld), odd %u (expected %u)\n", (long long)got, expected, got_odd,
                expected_odd);
    return finish((long long)got == expected && got_odd == expected_odd, "wave_reduction");
}
