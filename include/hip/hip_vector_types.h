// SPDX-License-Identifier: MIT
// The short vector types (float4 and so on).
#ifndef HIP_INCLUDE_HIP_HIP_VECTOR_TYPES_H
#define HIP_INCLUDE_HIP_HIP_VECTOR_TYPES_H

#include <hip/amd_detail/amd_hip_vector_types.h>

#endif
