// SPDX-License-Identifier: MIT
// The words in which the device files are written, as HIP. dialect_opencl.h says them in OpenCL C.
#include <hip/hip_runtime.h>
#include <hip/hip_fp16.h>

#define KERNEL(x, y, z) extern "C" __global__ __launch_bounds__((x) * (y) * (z)) void
#define FUNCTION        __device__ static inline
#define GLOBAL
#define LOCAL __shared__
#define LOCAL_POINTER
#define restrict          __restrict__
#define BARRIER()         __syncthreads()
#define TX                ((int)threadIdx.x)
#define TY                ((int)threadIdx.y)
#define TZ                ((int)threadIdx.z)
#define GX                ((int)blockIdx.x)
#define GY                ((int)blockIdx.y)
#define GZ                ((int)blockIdx.z)
#define GROUPS_X          ((int)gridDim.x)
#define MAKE4(a, b, c, d) make_float4(a, b, c, d)
#define FMA(a, b, c)      fmaf(a, b, c)
#define RSQRT(x)          __frsqrt_rn(x)
#define EXP(x)            __expf(x)
#define LOG(x)            __logf(x)
#define SQRT(x)           sqrtf(x)
#define FABS(x)           fabsf(x)
#define FMAX(a, b)        fmaxf(a, b)
#define ATOMIC_ADD(p, v)  atomicAdd(p, v)

typedef _Float16 half4_data __attribute__((ext_vector_type(4)));
#define HALF                       _Float16
#define LOCAL_HALVES(name, count)  __shared__ _Float16 name[count]
#define LOAD_LOCAL_HALF(p, i)      ((float)(p)[i])
// i and j count groups of four
#define COPY_HALF4(to, i, from, j) (((half4_data *)(to))[i] = ((const half4_data *)(from))[j])

// What the block adds up, in every thread: waves shuffle, then the four sums meet in LDS.
FUNCTION float block_sum(float value, float *scratch)
{
    for (int d = 32; d > 0; d >>= 1)
        value += __shfl_xor(value, d);
    if ((TX & 63) == 0)
        scratch[TX >> 6] = value;
    __syncthreads();
    value = scratch[0] + scratch[1] + scratch[2] + scratch[3];
    __syncthreads();
    return value;
}

FUNCTION float block_max(float value, float *scratch)
{
    for (int d = 32; d > 0; d >>= 1)
        value = fmaxf(value, __shfl_xor(value, d));
    if ((TX & 63) == 0)
        scratch[TX >> 6] = value;
    __syncthreads();
    value = fmaxf(fmaxf(scratch[0], scratch[1]), fmaxf(scratch[2], scratch[3]));
    __syncthreads();
    return value;
}

// The sum over 64 neighbouring threads, in each of them.
FUNCTION float group64_sum(float value, float *scratch)
{
    (void)scratch;
    for (int d = 32; d > 0; d >>= 1)
        value += __shfl_xor(value, d);
    return value;
}

#define HAS_BALLOT
// How many threads before this one have the flag, and in *total how many of the block have it: a
// ballot a wave.
FUNCTION unsigned block_rank(unsigned flag, unsigned *part, unsigned *total)
{
    unsigned long long mask = __ballot(flag != 0);
    int wave = TX >> 6;
    unsigned rank = (unsigned)__popcll(mask & ((1ull << (TX & 63)) - 1));
    if ((TX & 63) == 0)
        part[wave] = (unsigned)__popcll(mask);
    __syncthreads();
    for (int w = 0; w < wave; w++)
        rank += part[w];
    if (TX == 0)
        *total = part[0] + part[1] + part[2] + part[3];
    __syncthreads();
    return rank;
}
