// SPDX-License-Identifier: MIT
// In a library: a kernel in a file that only its property makes HIP.
#include "parts.h"

#include <hip/hip_runtime.h>

__global__ void twice(int *value)
{
    *value *= 2;
}

int doubled(int value)
{
    int *place = nullptr;
    if (hipMallocManaged(&place, sizeof *place) != hipSuccess)
        return -1;
    *place = value;
    twice<<<1, 1>>>(place);
    int result = hipDeviceSynchronize() == hipSuccess ? *place : -1;
    (void)hipFree(place);
    return result;
}
