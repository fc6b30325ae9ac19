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

/* Called from other files than their own. */
double __ocml_acos_f64(double x);
double __ocml_acosh_f64(double x);
double __ocml_asin_f64(double x);
double __ocml_asinh_f64(double x);
double __ocml_atan_f64(double x);
double __ocml_atanh_f64(double x);
double __ocml_cbrt_f64(double x);
double __ocml_cosh_f64(double x);
double __ocml_erf_f64(double x);
double __ocml_erfc_f64(double x);
double __ocml_erfcinv_f64(double x);
double __ocml_erfcx_f64(double x);
double __ocml_erfinv_f64(double x);
double __ocml_exp_f64(double x);
double __ocml_exp10_f64(double x);
double __ocml_exp2_f64(double x);
double __ocml_expm1_f64(double x);
double __ocml_log_f64(double x);
double __ocml_log10_f64(double x);
double __ocml_log1p_f64(double x);
double __ocml_log2_f64(double x);
double __ocml_ncdf_f64(double x);
double __ocml_ncdfinv_f64(double x);
double __ocml_rcbrt_f64(double x);
double __ocml_rsqrt_f64(double x);
double __ocml_sinh_f64(double x);
double __ocml_tanh_f64(double x);
double __ocml_sin_f64(double x);
double __ocml_cos_f64(double x);
double __ocml_tan_f64(double x);
double __ocml_sinpi_f64(double x);
double __ocml_cospi_f64(double x);
double __ocml_tanpi_f64(double x);
double __ocml_j0_f64(double x);
double __ocml_j1_f64(double x);
double __ocml_y0_f64(double x);
double __ocml_y1_f64(double x);
double __ocml_i0_f64(double x);
double __ocml_i1_f64(double x);
double __ocml_tgamma_f64(double x);
double __ocml_lgamma_f64(double x);
double __ocml_asinpi_f64(double x);
double __ocml_acospi_f64(double x);
double __ocml_atanpi_f64(double x);
double __ocml_atan2_f64(double y, double x);
double __ocml_atan2pi_f64(double y, double x);
double __ocml_pow_f64(double x, double y);
double __ocml_pown_f64(double x, i32 n);
double __ocml_powr_f64(double x, double y);
double __ocml_rootn_f64(double x, i32 n);
double __ocml_hypot_f64(double x, double y);
double __ocml_rhypot_f64(double x, double y);
double __ocml_sincos_f64(double x, double PRIVATE *cosine);
double __ocml_sincospi_f64(double x, double PRIVATE *cosine);
double __ocml_lgamma_r_f64(double x, i32 PRIVATE *sign);

#endif
