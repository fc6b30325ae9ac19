// SPDX-License-Identifier: MIT
// What hiprtc includes before every program: all of HIP's device side that has a header without
// host parts, so that programs need none and no include path. This header: C++.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIPRTC_RUNTIME_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIPRTC_RUNTIME_H

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
