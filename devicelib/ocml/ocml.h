/* SPDX-License-Identifier: MIT */
/* Shared by the sources of ocml: bits of floating-point numbers, scaling, and the functions that
 * others build on. The names
 * __ocml_<function>_<type> are those that clang's HIP math headers call. */
#ifndef CAIRN_DEVICELIB_OCML_H
#define CAIRN_DEVICELIB_OCML_H

#include "device.h"

#define AS_BITS_f32(x)   __builtin_bit_cast(u32, (float)(x))
#define AS_BITS_f64(x)   __builtin_bit_cast(u64, (double)(x))
#define FROM_BITS_f32(v) __builtin_bit_cast(float, (u32)(v))
#define FROM_BITS_f64(v) __builtin_bit_cast(double, (u64)(v))

#ifdef __AMDGCN__
#define LDEXP_f32(x, n)   __builtin_amdgcn_ldexpf(x, n)
#define LDEXP_f64(x, n)   __builtin_amdgcn_ldexp(x, n)
#define FREXP_EXP_f32(x)  __builtin_amdgcn_frexp_expf(x)
#define FREXP_EXP_f64(x)  __builtin_amdgcn_frexp_exp(x)
#define FREXP_MANT_f32(x) __builtin_amdgcn_frexp_mantf(x)
#define FREXP_MANT_f64(x) __builtin_amdgcn_frexp_mant(x)
#else
#define LDEXP_f32(x, n)   __builtin_ldexpf(x, n)
#define LDEXP_f64(x, n)   __builtin_ldexp(x, n)
INLINE i32 frexp_exp(double x)
{
    i32 e = 0;
    (void)__builtin_frexp(x, &e);
    return e;
}
INLINE double frexp_mant(double x)
{
    i32 e;
    return __builtin_frexp(x, &e);
}
#define FREXP_EXP_f32(x)  frexp_exp(x)
#define FREXP_EXP_f64(x)  frexp_exp(x)
#define FREXP_MANT_f32(x) ((float)frexp_mant(x))
#define FREXP_MANT_f64(x) frexp_mant(x)
#endif

#endif
