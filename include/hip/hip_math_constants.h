// SPDX-License-Identifier: MIT
// Constants of mathematics and of the floating-point formats.
#ifndef HIP_INCLUDE_HIP_HIP_MATH_CONSTANTS_H
#define HIP_INCLUDE_HIP_HIP_MATH_CONSTANTS_H

#include <hip/hip_common.h>
#include <hip/amd_detail/amd_hip_math_constants.h>

#endif
