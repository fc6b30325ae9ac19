// SPDX-License-Identifier: MIT
// Squares numbers on the GPU and checks them; the smallest whole HIP program.
#include <hip/hip_runtime.h>

#include <cstdio>
#include <vector>

__global__ void square(const int *in, int *out, int count)
{
    int index = blockIdx.x * blockDim.x + threadIdx.x;
    if (index < count)
        out[index] = in[index] * in[index];
}

int main()
{
    const int count = 1000;
    std::vector<int> numbers(count), squares(count);
    for (int i = 0; i < count; i++)
        numbers[i] = i - 500;
    int *in = nullptr, *out = nullptr;
    if (hipMalloc(&in, count * sizeof(int)) != hipSuccess || hipMalloc(&out, count * sizeof(int)) != hipSuccess)
        return 1;
    (void)hipMemcpy(in, numbers.data(), count * sizeof(int), hipMemcpyHostToDevice);
    square<<<(count + 255) / 256, 256>>>(in, out, count);
    hipError_t error = hipMemcpy(squares.data(), out, count * sizeof(int), hipMemcpyDeviceToHost);
    int wrong = 0;
    for (int i = 0; i < count; i++)
        wrong += squares[i] != numbers[i] * numbers[i];
    printf("%s: %d wrong\n%s\n", hipGetErrorString(error), wrong, error == hipSuccess && wrong == 0 ? "PASSED" : "FAILED");
    (void)hipFree(in);
    (void)hipFree(out);
    return wrong != 0 || error != hipSuccess;
}
