// SPDX-License-Identifier: MIT
// A kernel for hipModuleLoad.
#include <hip/hip_runtime.h>

extern "C" __global__ void triple(float *data)
{
    data[threadIdx.x] *= 3.0f;
}
