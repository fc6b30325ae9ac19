/* SPDX-License-Identifier: MIT
 * What every HIP header needs first: which platform is compiled for (here always AMD's), visibility
 * of exported functions, and the feature macros of the host pass. Device features are defined by
 * hip_runtime.h.
 */
#ifndef HIP_INCLUDE_HIP_HIP_COMMON_H
#define HIP_INCLUDE_HIP_HIP_COMMON_H

#if defined(__HIP_PLATFORM_NVIDIA__)
#error "Cairn's HIP is the AMD platform: do not define __HIP_PLATFORM_NVIDIA__"
#endif
#ifndef __HIP_PLATFORM_AMD__
#define __HIP_PLATFORM_AMD__
#endif

#if defined(__GNUC__)
#define HIP_PUBLIC_API            __attribute__((visibility("default")))
#define HIP_INTERNAL_EXPORTED_API __attribute__((visibility("default")))
#define HIP_DEPRECATED(why)       __attribute__((deprecated(why)))
#else
#define HIP_PUBLIC_API
#define HIP_INTERNAL_EXPORTED_API
#define HIP_DEPRECATED(why)
#endif
#define HIP_DEPRECATED_MSG "deprecated in HIP 6; see the HIP documentation, 'Deprecated API list'"

/* Default values of C++ declarations; nothing in C. */
#ifdef __cplusplus
#define __dparm(value) = value
#else
#define __dparm(value)
#endif

/* The host pass promises no device feature (HIP documentation, "Feature macros"). */
#if !defined(__HIP_DEVICE_COMPILE__) || !__HIP_DEVICE_COMPILE__
#define __HIP_ARCH_HAS_3DGRID__                   (0)
#define __HIP_ARCH_HAS_DOUBLES__                  (0)
#define __HIP_ARCH_HAS_DYNAMIC_PARALLEL__         (0)
#define __HIP_ARCH_HAS_FLOAT_ATOMIC_ADD__         (0)
#define __HIP_ARCH_HAS_GLOBAL_FLOAT_ATOMIC_EXCH__ (0)
#define __HIP_ARCH_HAS_GLOBAL_INT32_ATOMICS__     (0)
#define __HIP_ARCH_HAS_GLOBAL_INT64_ATOMICS__     (0)
#define __HIP_ARCH_HAS_SHARED_FLOAT_ATOMIC_EXCH__ (0)
#define __HIP_ARCH_HAS_SHARED_INT32_ATOMICS__     (0)
#define __HIP_ARCH_HAS_SHARED_INT64_ATOMICS__     (0)
#define __HIP_ARCH_HAS_SURFACE_FUNCS__            (0)
#define __HIP_ARCH_HAS_SYNC_THREAD_EXT__          (0)
#define __HIP_ARCH_HAS_THREAD_FENCE_SYSTEM__      (0)
#define __HIP_ARCH_HAS_WARP_BALLOT__              (0)
#define __HIP_ARCH_HAS_WARP_FUNNEL_SHIFT__        (0)
#define __HIP_ARCH_HAS_WARP_SHUFFLE__             (0)
#define __HIP_ARCH_HAS_WARP_VOTE__                (0)
#endif

#endif
