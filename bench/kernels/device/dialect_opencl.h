// SPDX-License-Identifier: MIT
// The words in which the device files are written, as OpenCL C 1.2. dialect_hip.h says them in HIP.
#pragma OPENCL EXTENSION cl_khr_fp64 : enable

#define KERNEL(x, y, z)   __kernel __attribute__((reqd_work_group_size(x, y, z))) void
#define FUNCTION          static inline
#define GLOBAL            __global
#define LOCAL             __local
#define LOCAL_POINTER     __local
#define BARRIER()         barrier(CLK_LOCAL_MEM_FENCE)
#define TX                ((int)get_local_id(0))
#define TY                ((int)get_local_id(1))
#define TZ                ((int)get_local_id(2))
#define GX                ((int)get_group_id(0))
#define GY                ((int)get_group_id(1))
#define GZ                ((int)get_group_id(2))
#define GROUPS_X          ((int)get_num_groups(0))
#define MAKE4(a, b, c, d) ((float4)(a, b, c, d))
#define FMA(a, b, c)      fma(a, b, c)
#define RSQRT(x)          native_rsqrt(x)
#define EXP(x)            native_exp(x)
#define LOG(x)            native_log(x)
#define SQRT(x)           sqrt(x)
#define FABS(x)           fabs(x)
#define FMAX(a, b)        fmax(a, b)
#define ATOMIC_ADD(p, v)  atomic_add(p, v)

// Half is a storage type only, of which no variables can be declared, where cl_khr_fp16 is missing.
#define HALF                       half
#define LOCAL_HALVES(name, count)  __local ushort name[count]
#define LOAD_LOCAL_HALF(p, i)      vload_half(i, (const __local half *)(p))
// i and j count groups of four
#define COPY_HALF4(to, i, from, j) vstore4(vload4(j, (const __global ushort *)(from)), i, to)

// What the block of 256 adds up, in every work-item: a tree in local memory.
FUNCTION float block_sum(float value, __local float *scratch)
{
    scratch[TX] = value;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int d = 128; d > 0; d >>= 1) {
        if (TX < d)
            scratch[TX] += scratch[TX + d];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    value = scratch[0];
    barrier(CLK_LOCAL_MEM_FENCE);
    return value;
}

FUNCTION float block_max(float value, __local float *scratch)
{
    scratch[TX] = value;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int d = 128; d > 0; d >>= 1) {
        if (TX < d)
            scratch[TX] = fmax(scratch[TX], scratch[TX + d]);
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    value = scratch[0];
    barrier(CLK_LOCAL_MEM_FENCE);
    return value;
}

// The sum over 64 neighbouring work-items, in each of them.
FUNCTION float group64_sum(float value, __local float *scratch)
{
    scratch[TX] = value;
    barrier(CLK_LOCAL_MEM_FENCE);
    for (int d = 32; d > 0; d >>= 1) {
        if ((TX & 63) < d)
            scratch[TX] += scratch[TX + d];
        barrier(CLK_LOCAL_MEM_FENCE);
    }
    return scratch[TX & ~63];
}
