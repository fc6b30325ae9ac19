/* SPDX-License-Identifier: MIT
 * dim3, the size of a grid or a block: needed by the host API without the vector types, and by the
 * device headers without the host API.
 */
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_DIM3_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_DIM3_H

#if !defined(__HIPCC_RTC__)
#include <stdint.h>
#endif

#if defined(__clang__) && defined(__HIP__)
#define __HIP_DIM3_ATTR __attribute__((host)) __attribute__((device))
#else
#define __HIP_DIM3_ATTR
#endif

/* Fields not given are 1 in C++. */
typedef struct dim3 {
    uint32_t x;
    uint32_t y;
    uint32_t z;
#ifdef __cplusplus
    constexpr __HIP_DIM3_ATTR dim3(uint32_t x_ = 1, uint32_t y_ = 1, uint32_t z_ = 1)
        : x(x_), y(y_), z(z_)
    {
    }
#endif
} dim3;

#undef __HIP_DIM3_ATTR

#endif
