// SPDX-License-Identifier: MIT
// The other half of rdc_main.hip: a device function and a variable in a file of their own.
#include <hip/hip_runtime.h>

__device__ int offset = 40;

__device__ int shifted(int value)
{
    return value + offset;
}
