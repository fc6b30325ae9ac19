/* SPDX-License-Identifier: MIT */
/* The remaining f32 functions: the f64 function, rounded. Also the fast ("native") forms, which on
 * the GPU are its own approximate instructions. */
#include "kernels.h"

#define THROUGH_F64(NAME)                                                                          \
    float __ocml_##NAME##_f32(float x)                                                             \
    {                                                                                              \
        return (float)__ocml_##NAME##_f64(x);                                                      \
    }
THROUGH_F64(acosh)
THROUGH_F64(asinh)
THROUGH_F64(atanh)
THROUGH_F64(acospi)
THROUGH_F64(asinpi)
THROUGH_F64(atanpi)
THROUGH_F64(tanpi)
THROUGH_F64(cbrt)
THROUGH_F64(rcbrt)
THROUGH_F64(erf)
THROUGH_F64(erfc)
THROUGH_F64(erfcx)
THROUGH_F64(erfinv)
THROUGH_F64(erfcinv)
THROUGH_F64(ncdf)
THROUGH_F64(ncdfinv)
THROUGH_F64(tgamma)
THROUGH_F64(lgamma)
THROUGH_F64(j0)
THROUGH_F64(j1)
THROUGH_F64(y0)
THROUGH_F64(y1)
THROUGH_F64(i0)
THROUGH_F64(i1)

CONST_FN float __ocml_atan2pi_f32(float y, float x)
{
    return (float)__ocml_atan2pi_f64(y, x);
}

float __ocml_lgamma_r_f32(float x, i32 PRIVATE *sign)
{
    return (float)__ocml_lgamma_r_f64(x, sign);
}

/* ---- native */

#ifdef __AMDGCN__
#define NATIVE_SIN(turns) __builtin_amdgcn_sinf(turns)
#define NATIVE_COS(turns) __builtin_amdgcn_cosf(turns)
#define NATIVE_EXP2(x)    __builtin_amdgcn_exp2f(x)
#define NATIVE_LOG2(x)    __builtin_amdgcn_logf(x)
#define NATIVE_RCP(x)     __builtin_amdgcn_rcpf(x)
#define NATIVE_RSQ(x)     __builtin_amdgcn_rsqf(x)
#define NATIVE_SQRT(x)    __builtin_amdgcn_sqrtf(x)
#define FRACT(x)          __builtin_amdgcn_fractf(x)
#else
#define NATIVE_SIN(turns) __ocml_sin_f32((turns) * 6.28318530718f)
#define NATIVE_COS(turns) __ocml_cos_f32((turns) * 6.28318530718f)
#define NATIVE_EXP2(x)    __ocml_exp2_f32(x)
#define NATIVE_LOG2(x)    __ocml_log2_f32(x)
#define NATIVE_RCP(x)     (1.0f / (x))
#define NATIVE_RSQ(x)     (1.0f / __builtin_sqrtf(x))
#define NATIVE_SQRT(x)    __builtin_sqrtf(x)
#define FRACT(x)          ((x) - __builtin_floorf(x))
#endif

float __ocml_sin_f32(float x);
float __ocml_cos_f32(float x);
float __ocml_exp2_f32(float x);
float __ocml_log2_f32(float x);

/* The instructions take turns (ISA manual, V_SIN_F32), valid to 256 of them. */
#define TURNS 0x1.45f306p-3f

float __ocml_native_sin_f32(float x)
{
    return NATIVE_SIN(FRACT(x * TURNS));
}

float __ocml_native_cos_f32(float x)
{
    return NATIVE_COS(FRACT(x * TURNS));
}

PURE_FN float __ocml_native_exp_f32(float x)
{
    return NATIVE_EXP2(x * (float)LOG2E_HI);
}

PURE_FN float __ocml_native_exp2_f32(float x)
{
    return NATIVE_EXP2(x);
}

PURE_FN float __ocml_native_exp10_f32(float x)
{
    return NATIVE_EXP2(x * (float)LOG2_10_HI);
}

PURE_FN float __ocml_native_log_f32(float x)
{
    return NATIVE_LOG2(x) * (float)LN2_HI;
}

PURE_FN float __ocml_native_log2_f32(float x)
{
    return NATIVE_LOG2(x);
}

PURE_FN float __ocml_native_log10_f32(float x)
{
    return NATIVE_LOG2(x) * (float)LOG10_2_HI;
}

CONST_FN float __ocml_native_recip_f32(float x)
{
    return NATIVE_RCP(x);
}

CONST_FN float __ocml_native_rsqrt_f32(float x)
{
    return NATIVE_RSQ(x);
}

CONST_FN float __ocml_native_sqrt_f32(float x)
{
    return NATIVE_SQRT(x);
}

CONST_FN double __ocml_native_recip_f64(double x)
{
    return 1.0 / x;
}

CONST_FN double __ocml_native_rsqrt_f64(double x)
{
    return __ocml_rsqrt_f64(x);
}

CONST_FN double __ocml_native_sqrt_f64(double x)
{
    return __builtin_sqrt(x);
}

#define NATIVE_F64(NAME)                                                                           \
    double __ocml_native_##NAME##_f64(double x)                                                    \
    {                                                                                              \
        return __ocml_##NAME##_f64(x);                                                             \
    }
NATIVE_F64(sin)
NATIVE_F64(cos)
NATIVE_F64(exp)
NATIVE_F64(exp2)
NATIVE_F64(log)
NATIVE_F64(log2)
NATIVE_F64(log10)
