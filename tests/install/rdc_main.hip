// SPDX-License-Identifier: MIT
// Calls a device function of another file: relocatable device code, linked by hipcc.
#include <hip/hip_runtime.h>

#include <cstdio>

__device__ int shifted(int value);

__global__ void run(int *out)
{
    *out = shifted(2);
}

int main()
{
    int *out = nullptr, result = 0;
    if (hipMalloc(&out, sizeof *out) != hipSuccess)
        return 1;
    run<<<1, 1>>>(out);
    if (hipMemcpy(&result, out, sizeof result, hipMemcpyDeviceToHost) != hipSuccess)
        return 1;
    puts(result == 42 ? "PASSED" : "FAILED");
    return result != 42;
}
