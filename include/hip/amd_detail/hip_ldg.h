// SPDX-License-Identifier: MIT
// __ldg and its kin: loads with a cache hint. All loads are the same here; the hint is dropped.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_LDG_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_LDG_H

#include <hip/amd_detail/host_defines.h>

#if defined(__clang__) && defined(__HIP__)
#define __HIP_LOAD(NAME)                                                                           \
    template <typename T> static __device__ inline T NAME(const T *p)                              \
    {                                                                                              \
        return *p;                                                                                 \
    }
__HIP_LOAD(__ldg)
__HIP_LOAD(__ldca)
__HIP_LOAD(__ldcg)
__HIP_LOAD(__ldcs)
__HIP_LOAD(__ldcv)
__HIP_LOAD(__ldlu)
#undef __HIP_LOAD
#define __HIP_STORE(NAME)                                                                          \
    template <typename T> static __device__ inline void NAME(T *p, T v)                            \
    {                                                                                              \
        *p = v;                                                                                    \
    }
__HIP_STORE(__stwb)
__HIP_STORE(__stcg)
__HIP_STORE(__stcs)
__HIP_STORE(__stwt)
#undef __HIP_STORE
#endif

#endif
