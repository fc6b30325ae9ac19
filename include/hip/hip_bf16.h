// SPDX-License-Identifier: MIT
// header: C++
// The bfloat16 types of CUDA's names.
#ifndef HIP_INCLUDE_HIP_HIP_BF16_H
#define HIP_INCLUDE_HIP_HIP_BF16_H

#include <hip/hip_common.h>
#include <hip/amd_detail/amd_hip_bf16.h>

#endif
