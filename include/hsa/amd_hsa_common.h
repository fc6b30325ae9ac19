/* SPDX-License-Identifier: MIT
 * Bit fields inside 32-bit words for the layouts that agents and packet processors share: each
 * field is three enum constants, its mask, NAME_SHIFT and NAME_WIDTH.
 */
#ifndef AMD_HSA_COMMON_H
#define AMD_HSA_COMMON_H

#include <stddef.h>
#include <stdint.h>

#define AMD_HSA_BITS_CREATE_ENUM_ENTRIES(name, shift, width)                                       \
    name##_SHIFT = (shift), name##_WIDTH = (width),                                                \
    name = (int)(((UINT32_C(1) << ((width) - 1) << 1) - 1) << (shift))
#define AMD_HSA_BITS_GET(src, mask) ((src & mask) >> mask##_SHIFT)
#define AMD_HSA_BITS_SET(dst, mask, val)                                                           \
    (dst = (dst & ~(1 * mask)) | (((val) << mask##_SHIFT) & mask))

#endif
