// SPDX-License-Identifier: MIT
// Calls a device function of another file: relocatable device code, linked by hipcc.
#include <hip/hip_runtime.h>

#include <cstdio>

__device__ int shifted(int value);

__global__ void run(int *out)
{
    *out = shifted(2);
}

__global__ void run_twice(int *out)
{
    *out = shifted(*out) + shifted(2); // a second kernel: clang links device code in partitions, a note each
}

int main()
{
    int *out = nullptr, result = 0;
    if (hipMalloc(&out, sizeof *out) != hipSuccess)
        return 1;
    run<<<1, 1>>>(out);
    run_twice<<<1, 1>>>(out);
    if (hipMemcpy(&result, out, sizeof result, hipMemcpyDeviceToHost) != hipSuccess)
        return 1;
    puts(result == 42 + 40 + 42 ? "PASSED" : "FAILED");
    return result != 42 + 40 + 42;
}
