// SPDX-License-Identifier: MIT
// Says whether the file is compiled as HIP by clang. Programs and libraries test __HIP_CLANG_ONLY__
// before they use what only that compiler has.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_COMMON_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_COMMON_H

#if defined(__clang__) && defined(__HIP__)
#define __HIP_CLANG_ONLY__ 1
#else
#define __HIP_CLANG_ONLY__ 0
#endif

#endif
