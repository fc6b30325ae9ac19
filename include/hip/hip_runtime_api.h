/* SPDX-License-Identifier: MIT
 * The HIP host API: everything a host program calls, in C11 and C++17, as of ROCm 6.4. The C
 * functions are declared by topic in api/; here are the C++ forms that take typed pointers, kernels
 * and device variables.
 */
#ifndef HIP_INCLUDE_HIP_HIP_RUNTIME_API_H
#define HIP_INCLUDE_HIP_HIP_RUNTIME_API_H

#include <hip/hip_common.h>
#include <hip/hip_version.h>

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Execution space keywords; empty for other compilers than clang in HIP mode. */
#if defined(__has_include)
#if __has_include(<hip/amd_detail/host_defines.h>)
#include <hip/amd_detail/host_defines.h>
#endif
#endif

#ifndef GENERIC_GRID_LAUNCH
#define GENERIC_GRID_LAUNCH 1
#endif
#ifndef USE_PEER_NON_UNIFIED
#define USE_PEER_NON_UNIFIED 1
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

#include <hip/amd_detail/dim3.h>
#include <hip/api/types_device.h>
#include <hip/api/types_error.h>
#include <hip/api/types_graph.h>
#include <hip/api/types_interop.h>
#include <hip/api/types_memory.h>
#include <hip/api/types_stream.h>
#include <hip/channel_descriptor.h>
#include <hip/driver_types.h>
#include <hip/linker_types.h>
#include <hip/surface_types.h>
#include <hip/texture_types.h>

#include <hip/api/functions_array.h>
#include <hip/api/functions_device.h>
#include <hip/api/functions_graph.h>
#include <hip/api/functions_memory.h>
#include <hip/api/functions_stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Grid in work-items; events around the one kernel (with hip_ext.h). */
hipError_t hipExtModuleLaunchKernel(hipFunction_t function, uint32_t global_x, uint32_t global_y,
                                    uint32_t global_z, uint32_t local_x, uint32_t local_y,
                                    uint32_t local_z, size_t lds_bytes, hipStream_t stream,
                                    void **params, void **extra, hipEvent_t start __dparm(0),
                                    hipEvent_t stop __dparm(0), uint32_t flags __dparm(0));

#ifdef __cplusplus
}
#endif

#if defined(__cplusplus)
#include <hip/api/overloads.h>
#endif

#include <hip/api/functions_per_thread.h>

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#endif
