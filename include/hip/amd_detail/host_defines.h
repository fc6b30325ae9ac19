// SPDX-License-Identifier: MIT
// Function and variable qualifiers of HIP, and the wave size. For a compiler that does not know HIP
// the qualifiers are empty, so that code shared with plain C and C++ compiles.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HOST_DEFINES_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HOST_DEFINES_H

#ifndef GENERIC_GRID_LAUNCH
#define GENERIC_GRID_LAUNCH 1
#endif

#if defined(__clang__) && defined(__HIP__)

#if !defined(__CLANG_HIP_RUNTIME_WRAPPER_INCLUDED__)
#define __host__     __attribute__((host))
#define __device__   __attribute__((device))
#define __global__   __attribute__((global))
#define __shared__   __attribute__((shared))
#define __constant__ __attribute__((constant))
#define __managed__  __attribute__((managed))
#endif

#if !defined(__has_feature) || !__has_feature(cuda_noinline_keyword)
#define __noinline__ __attribute__((noinline))
#endif
#define __forceinline__ inline __attribute__((always_inline))
#define __maybe_undef   __attribute__((maybe_undef))

// clang 22 no longer says how wide a wave is; code for ROCm 6 asks in the preprocessor. The host
// gets the widest.
#if !defined(__AMDGCN_WAVEFRONT_SIZE)
#if defined(__AMDGCN_WAVEFRONT_SIZE__)
#define __AMDGCN_WAVEFRONT_SIZE __AMDGCN_WAVEFRONT_SIZE__
#elif defined(__GFX10__) || defined(__GFX11__) || defined(__GFX12__)
#define __AMDGCN_WAVEFRONT_SIZE 32
#else
#define __AMDGCN_WAVEFRONT_SIZE 64
#endif
#endif
#if !defined(__AMDGCN_WAVEFRONT_SIZE__)
#define __AMDGCN_WAVEFRONT_SIZE__ __AMDGCN_WAVEFRONT_SIZE
#endif

// gfx94x and gfx950 have no image instructions (LLVM, AMDGPUUsage: no "image-insts"). Only code for
// them is told: the host half does not know what it will run on.
#if !defined(__HIP_NO_IMAGE_SUPPORT) &&                                                            \
    (defined(__gfx940__) || defined(__gfx941__) || defined(__gfx942__) || defined(__gfx950__))
#define __HIP_NO_IMAGE_SUPPORT 1
#endif
#if __HIP_NO_IMAGE_SUPPORT
#define __hip_img_chk__ __attribute__((unavailable("this device has no image instructions")))
#else
#define __hip_img_chk__
#endif

#else

#ifndef __host__
#define __host__
#endif
#ifndef __device__
#define __device__
#endif
#ifndef __global__
#define __global__
#endif
#ifndef __shared__
#define __shared__
#endif
#ifndef __constant__
#define __constant__
#endif
#ifndef __managed__
#define __managed__
#endif
// libstdc++ writes __attribute__((__noinline__)), so this name is left alone for other compilers.
#ifndef __forceinline__
#define __forceinline__ inline
#endif
#define __hip_img_chk__

#endif

#if !defined(__align__)
#define __align__(n) __attribute__((aligned(n)))
#endif

#ifdef __cplusplus
// Type facts that must also be there when the standard library is not (run-time compilation).
namespace __hip_internal
{
typedef unsigned char uint8_t;
typedef unsigned short uint16_t;
typedef unsigned int uint32_t;
typedef unsigned long long uint64_t;
typedef signed char int8_t;
typedef short int16_t;
typedef int int32_t;
typedef long long int64_t;

template <class T, T v> struct integral_constant {
    static constexpr T value = v;
    typedef T value_type;
    typedef integral_constant type;
    constexpr operator T() const
    {
        return v;
    }
};
typedef integral_constant<bool, true> true_type;
typedef integral_constant<bool, false> false_type;
template <bool b> using bool_constant = integral_constant<bool, b>;

template <bool b, class T = void> struct enable_if {
};
template <class T> struct enable_if<true, T> {
    typedef T type;
};
template <bool b, class T, class F> struct conditional {
    typedef T type;
};
template <class T, class F> struct conditional<false, T, F> {
    typedef F type;
};
template <class T, class U> struct is_same : false_type {
};
template <class T> struct is_same<T, T> : true_type {
};

template <class T> struct is_integral : false_type {
};
template <> struct is_integral<bool> : true_type {
};
template <> struct is_integral<char> : true_type {
};
template <> struct is_integral<signed char> : true_type {
};
template <> struct is_integral<unsigned char> : true_type {
};
template <> struct is_integral<wchar_t> : true_type {
};
template <> struct is_integral<short> : true_type {
};
template <> struct is_integral<unsigned short> : true_type {
};
template <> struct is_integral<int> : true_type {
};
template <> struct is_integral<unsigned int> : true_type {
};
template <> struct is_integral<long> : true_type {
};
template <> struct is_integral<unsigned long> : true_type {
};
template <> struct is_integral<long long> : true_type {
};
template <> struct is_integral<unsigned long long> : true_type {
};
template <class T> struct is_floating_point : false_type {
};
template <> struct is_floating_point<float> : true_type {
};
template <> struct is_floating_point<double> : true_type {
};
template <> struct is_floating_point<long double> : true_type {
};
template <class T>
struct is_arithmetic : bool_constant<is_integral<T>::value || is_floating_point<T>::value> {
};
} // namespace __hip_internal

typedef __hip_internal::uint8_t __hip_uint8_t;
typedef __hip_internal::uint16_t __hip_uint16_t;
typedef __hip_internal::uint32_t __hip_uint32_t;
typedef __hip_internal::uint64_t __hip_uint64_t;
typedef __hip_internal::int8_t __hip_int8_t;
typedef __hip_internal::int16_t __hip_int16_t;
typedef __hip_internal::int32_t __hip_int32_t;
typedef __hip_internal::int64_t __hip_int64_t;
#endif

#endif
