// SPDX-License-Identifier: MIT
// Math in kernels. clang's own headers give most of it when it compiles HIP.
#ifndef HIP_INCLUDE_HIP_MATH_FUNCTIONS_H
#define HIP_INCLUDE_HIP_MATH_FUNCTIONS_H

#include <hip/hip_common.h>
#include <hip/amd_detail/amd_math_functions.h>

#endif
