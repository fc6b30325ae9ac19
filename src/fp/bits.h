/* SPDX-License-Identifier: MIT
 * Raw bits to host floating point and back, and selects on raw bits. Nothing here depends on MODE.
 */
#ifndef CAIRN_FP_BITS_H
#define CAIRN_FP_BITS_H

#include <stdint.h>
#include <string.h>

static inline float cairn_fp_host_of_f32(uint32_t bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint32_t cairn_fp_f32_of_host(float value)
{
    uint32_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static inline double cairn_fp_host_of_f64(uint64_t bits)
{
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static inline uint64_t cairn_fp_f64_of_host(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

#endif
