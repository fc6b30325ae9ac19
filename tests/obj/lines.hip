// SPDX-License-Identifier: MIT
// Code whose source lines the tests ask for; LINE comments name the ones that must be found.
#define __global__ __attribute__((global))
#define __device__ __attribute__((device))

static __device__ __attribute__((noinline)) void put(int *at, int v)
{
    *at = v; // LINE 8
}

extern "C" __global__ void sum(int *at, int *out, int n)
{
    if (n > 3)
        *at = n; // LINE 14
    put(out, n);
    for (int i = 0; i < n; i++)
        out[i * 17] += at[i]; // LINE 17
}

#line 77 "some/other.h"
extern "C" __global__ void elsewhere(float *at)
{
    at[1] *= 3.0f; // LINE 79 of some/other.h
}
