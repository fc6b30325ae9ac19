// SPDX-License-Identifier: MIT
// The language part of HIP: coordinates of a thread, launch syntax, launch bounds, and all headers
// that kernels need.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_RUNTIME_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_RUNTIME_H

#include <hip/amd_detail/amd_hip_common.h>

#if !defined(__HIPCC_RTC__)
#ifdef __cplusplus
#include <algorithm> // this one, array, iosfwd and limits: programs take them from here
#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <iosfwd>
#include <limits>
#include <tuple>
#include <type_traits>
#else
#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#endif
#endif

#include <hip/amd_detail/host_defines.h>
#include <hip/hip_runtime_api.h>

#define CUDA_SUCCESS hipSuccess

#if __HIP_CLANG_ONLY__

#include <hip/amd_detail/amd_hip_vector_types.h>
#include <hip/amd_detail/amd_device_functions.h>
#include <hip/amd_detail/amd_hip_atomic.h>
#include <hip/amd_detail/amd_math_functions.h>
#include <hip/amd_detail/hip_ldg.h>
#include <hip/amd_detail/amd_surface_functions.h>
#include <hip/amd_detail/amd_texture_functions.h>

#if defined(__HIP_DEVICE_COMPILE__) && __HIP_DEVICE_COMPILE__
#define __HIP_ARCH_HAS_GLOBAL_INT32_ATOMICS__     (1)
#define __HIP_ARCH_HAS_GLOBAL_FLOAT_ATOMIC_EXCH__ (1)
#define __HIP_ARCH_HAS_SHARED_INT32_ATOMICS__     (1)
#define __HIP_ARCH_HAS_SHARED_FLOAT_ATOMIC_EXCH__ (1)
#define __HIP_ARCH_HAS_FLOAT_ATOMIC_ADD__         (1)
#define __HIP_ARCH_HAS_GLOBAL_INT64_ATOMICS__     (1)
#define __HIP_ARCH_HAS_SHARED_INT64_ATOMICS__     (1)
#define __HIP_ARCH_HAS_DOUBLES__                  (1)
#define __HIP_ARCH_HAS_WARP_VOTE__                (1)
#define __HIP_ARCH_HAS_WARP_BALLOT__              (1)
#define __HIP_ARCH_HAS_WARP_SHUFFLE__             (1)
#define __HIP_ARCH_HAS_WARP_FUNNEL_SHIFT__        (0)
#define __HIP_ARCH_HAS_THREAD_FENCE_SYSTEM__      (1)
#define __HIP_ARCH_HAS_SYNC_THREAD_EXT__          (0)
#define __HIP_ARCH_HAS_SURFACE_FUNCS__            (0)
#define __HIP_ARCH_HAS_3DGRID__                   (1)
#define __HIP_ARCH_HAS_DYNAMIC_PARALLEL__         (0)
#endif

// __launch_bounds__(threads) and __launch_bounds__(threads, waves per execution unit).
#define launch_bounds_impl0(threads) __attribute__((amdgpu_flat_work_group_size(1, threads)))
#define launch_bounds_impl1(threads, waves)                                                        \
    __attribute__((amdgpu_flat_work_group_size(1, threads), amdgpu_waves_per_eu(waves)))
#define select_impl_(_1, _2, impl_, ...) impl_
#define __launch_bounds__(...)                                                                     \
    select_impl_(__VA_ARGS__, launch_bounds_impl1(__VA_ARGS__), launch_bounds_impl0(__VA_ARGS__), )

// ---- coordinates

#define __HIP_COORDINATE(NAME, X, Y, Z)                                                            \
    struct __hip_builtin_##NAME##_t {                                                              \
        __declspec(property(get = __get_x)) unsigned int x;                                        \
        __declspec(property(get = __get_y)) unsigned int y;                                        \
        __declspec(property(get = __get_z)) unsigned int z;                                        \
        static __device__ __forceinline__ unsigned int __get_x()                                   \
        {                                                                                          \
            return X;                                                                              \
        }                                                                                          \
        static __device__ __forceinline__ unsigned int __get_y()                                   \
        {                                                                                          \
            return Y;                                                                              \
        }                                                                                          \
        static __device__ __forceinline__ unsigned int __get_z()                                   \
        {                                                                                          \
            return Z;                                                                              \
        }                                                                                          \
        __device__ operator dim3() const                                                           \
        {                                                                                          \
            return dim3(__get_x(), __get_y(), __get_z());                                          \
        }                                                                                          \
    };
__HIP_COORDINATE(threadIdx, __builtin_amdgcn_workitem_id_x(), __builtin_amdgcn_workitem_id_y(),
                 __builtin_amdgcn_workitem_id_z())
__HIP_COORDINATE(blockIdx, (unsigned int)__builtin_amdgcn_workgroup_id_x(),
                 (unsigned int)__builtin_amdgcn_workgroup_id_y(),
                 (unsigned int)__builtin_amdgcn_workgroup_id_z())
__HIP_COORDINATE(blockDim, __builtin_amdgcn_workgroup_size_x(), __builtin_amdgcn_workgroup_size_y(),
                 __builtin_amdgcn_workgroup_size_z())
__HIP_COORDINATE(gridDim, (unsigned int)__ockl_get_num_groups(0),
                 (unsigned int)__ockl_get_num_groups(1), (unsigned int)__ockl_get_num_groups(2))
#undef __HIP_COORDINATE

extern const __device__ __attribute__((weak)) __hip_builtin_threadIdx_t threadIdx;
extern const __device__ __attribute__((weak)) __hip_builtin_blockIdx_t blockIdx;
extern const __device__ __attribute__((weak)) __hip_builtin_blockDim_t blockDim;
extern const __device__ __attribute__((weak)) __hip_builtin_gridDim_t gridDim;

#define hipThreadIdx_x threadIdx.x
#define hipThreadIdx_y threadIdx.y
#define hipThreadIdx_z threadIdx.z
#define hipBlockIdx_x  blockIdx.x
#define hipBlockIdx_y  blockIdx.y
#define hipBlockIdx_z  blockIdx.z
#define hipBlockDim_x  blockDim.x
#define hipBlockDim_y  blockDim.y
#define hipBlockDim_z  blockDim.z
#define hipGridDim_x   gridDim.x
#define hipGridDim_y   gridDim.y
#define hipGridDim_z   gridDim.z

// ---- launches

#define HIP_KERNEL_NAME(...) __VA_ARGS__
#define HIP_SYMBOL(X)        X

#if !defined(__HIPCC_RTC__)
typedef int hipLaunchParm;

#if defined(HIP_TEMPLATE_KERNEL_LAUNCH)
template <typename... Args, typename F = void (*)(Args...)>
void hipLaunchKernelGGL(F kernel, const dim3 &blocks, const dim3 &threads,
                        unsigned int shared_bytes, hipStream_t stream, Args... args)
{
    kernel<<<blocks, threads, shared_bytes, stream>>>(args...);
}
#else
#define hipLaunchKernelGGLInternal(kernelName, numBlocks, numThreads, memPerBlock, streamId, ...)  \
    do {                                                                                           \
        kernelName<<<(numBlocks), (numThreads), (memPerBlock), (streamId)>>>(__VA_ARGS__);         \
    } while (0)
#define hipLaunchKernelGGL(kernelName, ...) hipLaunchKernelGGLInternal((kernelName), __VA_ARGS__)
#endif
#endif

#endif // __HIP_CLANG_ONLY__

#endif
