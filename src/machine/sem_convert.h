/* SPDX-License-Identifier: MIT
 * Conversion instructions that are more than one conversion of src/fp: bytes, normalised integers,
 * packed results, floor and round-half-up to integer. Lane-generic, raw bits.
 */
#ifndef CAIRN_MACHINE_SEM_CONVERT_H
#define CAIRN_MACHINE_SEM_CONVERT_H

#include "fp/convert.h"

static inline uint32_t cairn_sem_cvt_f32_ubyte0(uint32_t mode, uint32_t a)
{
    return cairn_fp_f32_of_host((float)(a & 0xff));
}

static inline uint32_t cairn_sem_cvt_f32_ubyte1(uint32_t mode, uint32_t a)
{
    return cairn_fp_f32_of_host((float)(a >> 8 & 0xff));
}

static inline uint32_t cairn_sem_cvt_f32_ubyte2(uint32_t mode, uint32_t a)
{
    return cairn_fp_f32_of_host((float)(a >> 16 & 0xff));
}

static inline uint32_t cairn_sem_cvt_f32_ubyte3(uint32_t mode, uint32_t a)
{
    return cairn_fp_f32_of_host((float)(a >> 24));
}

/* A signed nibble in sixteenths: -0.5 ... 0.4375. */
static inline uint32_t cairn_sem_cvt_off_f32_i4(uint32_t mode, uint32_t a)
{
    return cairn_fp_f32_of_host((float)((int32_t)(a << 28) >> 28) * 0.0625f);
}

static inline double cairn_sem_floor_double(double x)
{
    return cairn_fp_host_of_f64(cairn_fp_floor_f64(CAIRN_FP_MODE_DEFAULT, cairn_fp_f64_of_host(x)));
}

/* floor, then saturate. A denormal is flushed first where MODE says so. */
static inline uint32_t cairn_sem_cvt_flr_i32_f32(uint32_t mode, uint32_t a)
{
    double x = (double)cairn_fp_host_of_f32(cairn_fp_input_f32(mode, a));
    return (uint32_t)cairn_fp_i32_of_double(cairn_sem_floor_double(x));
}

/* floor(x + 0.5) with an exact sum. */
static inline uint32_t cairn_sem_cvt_rpi_i32_f32(uint32_t mode, uint32_t a)
{
    double x = (double)cairn_fp_host_of_f32(cairn_fp_input_f32(mode, a));
    return (uint32_t)cairn_fp_i32_of_double(cairn_sem_floor_double(x + 0.5));
}

/* f32 to a byte: towards zero, saturating. */
static inline uint32_t cairn_sem_byte_of_f32(uint32_t a)
{
    uint32_t r = cairn_fp_u32_of_float(cairn_fp_host_of_f32(a));
    return r > 255 ? 255 : r;
}

/* Puts the byte at position `at` (low two bits) of `into`. */
static inline uint32_t cairn_sem_cvt_pk_u8_f32(uint32_t mode, uint32_t a, uint32_t at,
                                               uint32_t into)
{
    uint32_t shift = (at & 3) * 8;
    return (into & ~(0xffu << shift)) | cairn_sem_byte_of_f32(a) << shift;
}

static inline uint32_t cairn_sem_cvt_pkaccum_u8_f32(uint32_t mode, uint32_t a, uint32_t at,
                                                    uint32_t old)
{
    return cairn_sem_cvt_pk_u8_f32(mode, a, at, old);
}

/* [-1, 1] or [0, 1] to the whole integer range: nearest even, NaN becomes 0. */
static inline uint32_t cairn_sem_norm_i16(double x)
{
    double bounded = x > 1 ? 1 : x < -1 ? -1 : x;
    double whole = (bounded * 32767.0 + 0x1.8p52) - 0x1.8p52;
    return (uint32_t)cairn_fp_i32_of_double(whole) & 0xffffu;
}

static inline uint32_t cairn_sem_norm_u16(double x)
{
    double bounded = x > 1 ? 1 : x < 0 ? 0 : x;
    double whole = (bounded * 65535.0 + 0x1.8p52) - 0x1.8p52;
    return (uint32_t)cairn_fp_i32_of_double(whole) & 0xffffu;
}

static inline double cairn_sem_double_of_f16(uint32_t a)
{
    return (double)cairn_fp_host_of_f16(a & 0xffffu);
}

static inline uint32_t cairn_sem_cvt_norm_i16_f16(uint32_t mode, uint32_t a)
{
    return cairn_sem_norm_i16(cairn_sem_double_of_f16(a));
}

static inline uint32_t cairn_sem_cvt_norm_u16_f16(uint32_t mode, uint32_t a)
{
    return cairn_sem_norm_u16(cairn_sem_double_of_f16(a));
}

static inline uint32_t cairn_sem_cvt_pknorm_i16_f32(uint32_t mode, uint32_t a, uint32_t b)
{
    return cairn_sem_norm_i16((double)cairn_fp_host_of_f32(a)) |
           cairn_sem_norm_i16((double)cairn_fp_host_of_f32(b)) << 16;
}

static inline uint32_t cairn_sem_cvt_pknorm_u16_f32(uint32_t mode, uint32_t a, uint32_t b)
{
    return cairn_sem_norm_u16((double)cairn_fp_host_of_f32(a)) |
           cairn_sem_norm_u16((double)cairn_fp_host_of_f32(b)) << 16;
}

static inline uint32_t cairn_sem_cvt_pknorm_i16_f16(uint32_t mode, uint32_t a, uint32_t b)
{
    return cairn_sem_cvt_norm_i16_f16(mode, a) | cairn_sem_cvt_norm_i16_f16(mode, b) << 16;
}

static inline uint32_t cairn_sem_cvt_pknorm_u16_f16(uint32_t mode, uint32_t a, uint32_t b)
{
    return cairn_sem_cvt_norm_u16_f16(mode, a) | cairn_sem_cvt_norm_u16_f16(mode, b) << 16;
}

/* f32 to f16 towards zero whatever MODE says; denormals by MODE. */
static inline uint32_t cairn_sem_rtz_f16(uint32_t mode, uint32_t a)
{
    uint32_t x = cairn_fp_input_f32(mode, a), rest = x & 0x7fffffffu;
    uint32_t normal = (rest - (112u << 23)) >> 13;
    /* The shift that makes an f16 denormal; 31 or more leaves 0. */
    uint32_t shift = 126 - (rest >> 23);
    uint32_t tiny = ((rest & 0x7fffffu) | 0x800000u) >> (shift > 31 ? 31 : shift);
    uint32_t h = rest < 0x38800000u ? tiny : normal;
    h = rest >= 0x47800000u ? 0x7bffu : h;
    h = rest == 0x7f800000u ? 0x7c00u : h;
    h = rest > 0x7f800000u ? 0x7e00u | (rest >> 13 & 0x3ffu) : h;
    return cairn_fp_output_f16(mode, (x >> 16 & 0x8000u) | h);
}

static inline uint32_t cairn_sem_cvt_pkrtz_f16_f32(uint32_t mode, uint32_t a, uint32_t b)
{
    return cairn_sem_rtz_f16(mode, a) | cairn_sem_rtz_f16(mode, b) << 16;
}

/* 32 to 16 bits with saturation, two at a time. */
static inline uint32_t cairn_sem_cvt_pk_u16_u32(uint32_t a, uint32_t b)
{
    return (a > 0xffffu ? 0xffffu : a) | (b > 0xffffu ? 0xffffu : b) << 16;
}

static inline uint32_t cairn_sem_cvt_pk_i16_i32(uint32_t a, uint32_t b)
{
    return ((uint32_t)cairn_fp_saturate((int32_t)a, INT16_MIN, INT16_MAX) & 0xffffu) |
           (uint32_t)cairn_fp_saturate((int32_t)b, INT16_MIN, INT16_MAX) << 16;
}

/* frexp exponents as the register gets them. */
static inline uint32_t cairn_sem_frexp_exp_i32_f32(uint32_t mode, uint32_t a)
{
    return (uint32_t)cairn_fp_frexp_exp_f32(mode, a);
}

static inline uint32_t cairn_sem_frexp_exp_i32_f64(uint32_t mode, uint64_t a)
{
    return (uint32_t)cairn_fp_frexp_exp_f64(mode, a);
}

static inline uint32_t cairn_sem_frexp_exp_i16_f16(uint32_t mode, uint32_t a)
{
    return (uint32_t)cairn_fp_frexp_exp_f16(mode, a) & 0xffffu;
}

/* The exponent operand is the whole second source; for f16 its low half, sign-extended. */
static inline uint32_t cairn_sem_ldexp_f32(uint32_t mode, uint32_t a, uint32_t n)
{
    return cairn_fp_ldexp_f32(mode, a, (int32_t)n);
}

static inline uint64_t cairn_sem_ldexp_f64(uint32_t mode, uint64_t a, uint32_t n)
{
    return cairn_fp_ldexp_f64(mode, a, (int32_t)n);
}

static inline uint32_t cairn_sem_ldexp_f16(uint32_t mode, uint32_t a, uint32_t n)
{
    return cairn_fp_ldexp_f16(mode, a, (int16_t)n);
}

#endif
