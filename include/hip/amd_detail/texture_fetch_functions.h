// SPDX-License-Identifier: MIT
// Another name of amd_texture_functions.h.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_TEXTURE_FETCH_FUNCTIONS_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_TEXTURE_FETCH_FUNCTIONS_H

#include <hip/amd_detail/amd_texture_functions.h>

#endif
