// SPDX-License-Identifier: MIT
// Declarations of the math part of the device library. clang's HIP wrapper header declares them;
// this path exists for programs that include it by name.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_MATH_FWD_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_MATH_FWD_H

#include <hip/amd_detail/device_library_decls.h>

#endif
