// SPDX-License-Identifier: MIT
// Floating-point atomics by name: unsafe ones may use the processor's instruction, which is only
// right for ordinary device memory and may ignore denormals; safe ones are right for any memory.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_UNSAFE_ATOMICS_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_UNSAFE_ATOMICS_H

#include <hip/amd_detail/host_defines.h>

#if defined(__clang__) && defined(__HIP__)

#define __HIP_UNSAFE(NAME, BUILTIN, T)                                                             \
    static __device__ inline T unsafeAtomic##NAME(T *address, T value)                             \
    {                                                                                              \
        T old;                                                                                     \
        [[clang::atomic(no_remote_memory, no_fine_grained_memory, ignore_denormal_mode)]] {        \
            old = BUILTIN(address, value, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);             \
        }                                                                                          \
        return old;                                                                                \
    }                                                                                              \
    static __device__ inline T safeAtomic##NAME(T *address, T value)                               \
    {                                                                                              \
        T old;                                                                                     \
        [[clang::atomic(remote_memory, fine_grained_memory, no_ignore_denormal_mode)]] {           \
            old = BUILTIN(address, value, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);             \
        }                                                                                          \
        return old;                                                                                \
    }
__HIP_UNSAFE(Add, __hip_atomic_fetch_add, float)
__HIP_UNSAFE(Add, __hip_atomic_fetch_add, double)
__HIP_UNSAFE(Min, __hip_atomic_fetch_min, float)
__HIP_UNSAFE(Min, __hip_atomic_fetch_min, double)
__HIP_UNSAFE(Max, __hip_atomic_fetch_max, float)
__HIP_UNSAFE(Max, __hip_atomic_fetch_max, double)
#undef __HIP_UNSAFE

#endif
#endif
