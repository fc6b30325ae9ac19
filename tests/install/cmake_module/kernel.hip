// SPDX-License-Identifier: MIT
// In the program itself: options, definitions and include folders reach hipcc.
#include "inside.h"
#include "parts.h"

#include <hip/hip_runtime.h>

__global__ void scale(int *value)
{
    *value = *value * FACTOR + SUMMAND;
}

int scaled(int value)
{
    int *place = nullptr;
    if (hipMallocManaged(&place, sizeof *place) != hipSuccess || TEXT[3] != ' ')
        return -1;
    *place = value;
    scale<<<1, 1>>>(place);
    int result = hipDeviceSynchronize() == hipSuccess ? *place : -1;
    (void)hipFree(place);
    return result;
}
