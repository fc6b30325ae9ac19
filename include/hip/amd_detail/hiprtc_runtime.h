// SPDX-License-Identifier: MIT
// What hiprtc includes before every program: all of HIP's device side that has a header without
// host parts, so that programs need none and no include path. This header: C++.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIPRTC_RUNTIME_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIPRTC_RUNTIME_H

// -D__HIPRTC_PTRDIFF_T_IS_LONG_LONG__=1 asks for the ptrdiff_t of Windows, which ROCm's hiprtc has
// too.
#if defined(__HIPRTC_PTRDIFF_T_IS_LONG_LONG__) && __HIPRTC_PTRDIFF_T_IS_LONG_LONG__
#pragma clang diagnostic push
#pragma clang diagnostic ignored "-Wbuiltin-macro-redefined"
#pragma push_macro("__PTRDIFF_TYPE__")
#undef __PTRDIFF_TYPE__
#define __PTRDIFF_TYPE__ long long int
#include <stddef.h>
#pragma pop_macro("__PTRDIFF_TYPE__")
#pragma clang diagnostic pop
#endif
#include <stddef.h>
#include <stdint.h>

#include <hip/hip_runtime.h>

#include <hip/hip_bfloat16.h>
#include <hip/hip_complex.h>
#include <hip/hip_fp16.h>
#include <hip/hip_math_constants.h>

#if !defined(__HIP_NO_STD_DEFS__)
typedef long clock_t;
namespace std
{
using ::clock_t;
using ::int32_t;
using ::int64_t;
using ::ptrdiff_t;
using ::size_t;
using ::uint32_t;
using ::uint64_t;
} // namespace std
#endif

#endif
