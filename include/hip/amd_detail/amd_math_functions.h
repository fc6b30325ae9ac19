// SPDX-License-Identifier: MIT
// Math in kernels beyond what clang's own HIP headers give: minimum and maximum of mixed types.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_MATH_FUNCTIONS_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_MATH_FUNCTIONS_H

#include <hip/amd_detail/amd_hip_vector_types.h>
#include <hip/amd_detail/host_defines.h>
#if !defined(__HIPCC_RTC__)
#include <limits.h>
#include <stdint.h>
#endif

#if defined(__clang__) && defined(__HIP__)

__device__ static inline int amd_mixed_dot(short2 a, short2 b, int c, bool saturate)
{
    long long r = (long long)c + (long long)a.x * b.x + (long long)a.y * b.y;
    return !saturate           ? (int)r
           : r > 2147483647ll  ? 2147483647
           : r < -2147483648ll ? -2147483647 - 1
                               : (int)r;
}
__device__ static inline unsigned int amd_mixed_dot(ushort2 a, ushort2 b, unsigned int c,
                                                    bool saturate)
{
    unsigned long long r =
        (unsigned long long)c + (unsigned long long)a.x * b.x + (unsigned long long)a.y * b.y;
    return saturate && r > 0xffffffffull ? 0xffffffffu : (unsigned int)r;
}
__device__ static inline int amd_mixed_dot(char4 a, char4 b, int c, bool saturate)
{
    long long r = (long long)c + (signed char)a.x * (signed char)b.x +
                  (signed char)a.y * (signed char)b.y + (signed char)a.z * (signed char)b.z +
                  (signed char)a.w * (signed char)b.w;
    return !saturate           ? (int)r
           : r > 2147483647ll  ? 2147483647
           : r < -2147483648ll ? -2147483647 - 1
                               : (int)r;
}
__device__ static inline unsigned int amd_mixed_dot(uchar4 a, uchar4 b, unsigned int c,
                                                    bool saturate)
{
    unsigned long long r = (unsigned long long)c + a.x * b.x + a.y * b.y + a.z * b.z + a.w * b.w;
    return saturate && r > 0xffffffffull ? 0xffffffffu : (unsigned int)r;
}

// Eight 4-bit elements in a word.
__device__ static inline int amd_mixed_dot(int a, int b, int c, bool saturate)
{
    long long r = c;
    for (int i = 0; i < 32; i += 4)
        r += (long long)((int)((unsigned int)a << (28 - i)) >> 28) *
             ((int)((unsigned int)b << (28 - i)) >> 28);
    return !saturate           ? (int)r
           : r > 2147483647ll  ? 2147483647
           : r < -2147483648ll ? -2147483647 - 1
                               : (int)r;
}
__device__ static inline unsigned int amd_mixed_dot(unsigned int a, unsigned int b, unsigned int c,
                                                    bool saturate)
{
    unsigned long long r = c;
    for (int i = 0; i < 32; i += 4)
        r += (unsigned long long)((a >> i) & 15) * ((b >> i) & 15);
    return saturate && r > 0xffffffffull ? 0xffffffffu : (unsigned int)r;
}

#endif
#endif
