// SPDX-License-Identifier: MIT
// Atomic functions. The plain names act at the scope of the device, _block at that of the
// workgroup, _system at that of the whole system; all are relaxed and return the old value (HIP
// documentation, "Atomic functions").
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_ATOMIC_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_ATOMIC_H

#include <hip/amd_detail/host_defines.h>

#if defined(__clang__) && defined(__HIP__)

#define __HIP_ATOMIC_FN static __device__ inline

#define __HIP_ATOMIC_SCOPES(MAKE, ...)                                                             \
    MAKE(, __HIP_MEMORY_SCOPE_AGENT, __VA_ARGS__)                                                  \
    MAKE(_block, __HIP_MEMORY_SCOPE_WORKGROUP, __VA_ARGS__)                                        \
    MAKE(_system, __HIP_MEMORY_SCOPE_SYSTEM, __VA_ARGS__)

#define __HIP_ATOMIC_RMW(SUFFIX, SCOPE, NAME, BUILTIN, T)                                          \
    __HIP_ATOMIC_FN T NAME##SUFFIX(T *address, T value)                                            \
    {                                                                                              \
        return BUILTIN(address, value, __ATOMIC_RELAXED, SCOPE);                                   \
    }

#define __HIP_ATOMIC_INTEGERS(NAME, BUILTIN)                                                       \
    __HIP_ATOMIC_SCOPES(__HIP_ATOMIC_RMW, NAME, BUILTIN, int)                                      \
    __HIP_ATOMIC_SCOPES(__HIP_ATOMIC_RMW, NAME, BUILTIN, unsigned int)                             \
    __HIP_ATOMIC_SCOPES(__HIP_ATOMIC_RMW, NAME, BUILTIN, unsigned long)                            \
    __HIP_ATOMIC_SCOPES(__HIP_ATOMIC_RMW, NAME, BUILTIN, unsigned long long)
#define __HIP_ATOMIC_FLOATS(NAME, BUILTIN)                                                         \
    __HIP_ATOMIC_SCOPES(__HIP_ATOMIC_RMW, NAME, BUILTIN, float)                                    \
    __HIP_ATOMIC_SCOPES(__HIP_ATOMIC_RMW, NAME, BUILTIN, double)

__HIP_ATOMIC_INTEGERS(atomicAdd, __hip_atomic_fetch_add)
__HIP_ATOMIC_FLOATS(atomicAdd, __hip_atomic_fetch_add)
__HIP_ATOMIC_INTEGERS(atomicExch, __hip_atomic_exchange)
__HIP_ATOMIC_FLOATS(atomicExch, __hip_atomic_exchange)
__HIP_ATOMIC_INTEGERS(atomicMin, __hip_atomic_fetch_min)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_RMW, atomicMin, __hip_atomic_fetch_min, long long)
__HIP_ATOMIC_FLOATS(atomicMin, __hip_atomic_fetch_min)
__HIP_ATOMIC_INTEGERS(atomicMax, __hip_atomic_fetch_max)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_RMW, atomicMax, __hip_atomic_fetch_max, long long)
__HIP_ATOMIC_FLOATS(atomicMax, __hip_atomic_fetch_max)
__HIP_ATOMIC_INTEGERS(atomicAnd, __hip_atomic_fetch_and)
__HIP_ATOMIC_INTEGERS(atomicOr, __hip_atomic_fetch_or)
__HIP_ATOMIC_INTEGERS(atomicXor, __hip_atomic_fetch_xor)
#undef __HIP_ATOMIC_INTEGERS
#undef __HIP_ATOMIC_RMW

// Subtraction adds the negated value.
#define __HIP_ATOMIC_SUB(SUFFIX, SCOPE, T)                                                         \
    __HIP_ATOMIC_FN T atomicSub##SUFFIX(T *address, T value)                                       \
    {                                                                                              \
        return __hip_atomic_fetch_add(address, -value, __ATOMIC_RELAXED, SCOPE);                   \
    }
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_SUB, int)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_SUB, unsigned int)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_SUB, unsigned long)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_SUB, unsigned long long)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_SUB, float)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_SUB, double)
#undef __HIP_ATOMIC_SUB

#define __HIP_ATOMIC_CAS(SUFFIX, SCOPE, T)                                                         \
    __HIP_ATOMIC_FN T atomicCAS##SUFFIX(T *address, T compare, T value)                            \
    {                                                                                              \
        __hip_atomic_compare_exchange_strong(address, &compare, value, __ATOMIC_RELAXED,           \
                                             __ATOMIC_RELAXED, SCOPE);                             \
        return compare;                                                                            \
    }
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_CAS, unsigned short)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_CAS, int)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_CAS, unsigned int)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_CAS, unsigned long)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_CAS, unsigned long long)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_CAS, float)
__HIP_ATOMIC_SCOPES(__HIP_ATOMIC_CAS, double)
#undef __HIP_ATOMIC_CAS
#undef __HIP_ATOMIC_SCOPES
#undef __HIP_ATOMIC_FLOATS

// Inc: 0 after `value` has been reached. Dec: back to `value` from 0 or from above it.
__HIP_ATOMIC_FN unsigned int atomicInc(unsigned int *address, unsigned int value)
{
    return __builtin_amdgcn_atomic_inc32(address, value, __ATOMIC_RELAXED, "agent");
}
__HIP_ATOMIC_FN unsigned int atomicDec(unsigned int *address, unsigned int value)
{
    return __builtin_amdgcn_atomic_dec32(address, value, __ATOMIC_RELAXED, "agent");
}
__HIP_ATOMIC_FN unsigned int atomicInc_block(unsigned int *address, unsigned int value)
{
    return __builtin_amdgcn_atomic_inc32(address, value, __ATOMIC_RELAXED, "workgroup");
}
__HIP_ATOMIC_FN unsigned int atomicDec_block(unsigned int *address, unsigned int value)
{
    return __builtin_amdgcn_atomic_dec32(address, value, __ATOMIC_RELAXED, "workgroup");
}
__HIP_ATOMIC_FN unsigned int atomicInc_system(unsigned int *address, unsigned int value)
{
    return __builtin_amdgcn_atomic_inc32(address, value, __ATOMIC_RELAXED, "");
}
__HIP_ATOMIC_FN unsigned int atomicDec_system(unsigned int *address, unsigned int value)
{
    return __builtin_amdgcn_atomic_dec32(address, value, __ATOMIC_RELAXED, "");
}

// Without the old value.
__HIP_ATOMIC_FN void atomicAddNoRet(float *address, float value)
{
    __hip_atomic_fetch_add(address, value, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
}

#include <hip/amd_detail/amd_hip_unsafe_atomics.h>

#undef __HIP_ATOMIC_FN

#endif
#endif
