// SPDX-License-Identifier: MIT
// The older bfloat16 type of ROCm.
#ifndef HIP_INCLUDE_HIP_HIP_BFLOAT16_H
#define HIP_INCLUDE_HIP_HIP_BFLOAT16_H

#include <hip/hip_common.h>
#include <hip/amd_detail/amd_hip_bfloat16.h>

#endif
