/* SPDX-License-Identifier: MIT */
/* Half precision, single and in pairs. The processor's own operations are used where they are
 * exact; everything else goes through f32, whose functions are right to far more bits than a half
 * has. */
#include "ocml.h"

typedef _Float16 f16;
typedef f16 f16x2 __attribute__((ext_vector_type(2)));
typedef i16 i16x2 __attribute__((ext_vector_type(2)));

#define PAIR1(NAME)                                                                                \
    f16x2 __ocml_##NAME##_2f16(f16x2 x)                                                            \
    {                                                                                              \
        return (f16x2){__ocml_##NAME##_f16(x.x), __ocml_##NAME##_f16(x.y)};                        \
    }
#define PAIR2(NAME)                                                                                \
    f16x2 __ocml_##NAME##_2f16(f16x2 x, f16x2 y)                                                   \
    {                                                                                              \
        return (f16x2){__ocml_##NAME##_f16(x.x, y.x), __ocml_##NAME##_f16(x.y, y.y)};              \
    }

#define DIRECT1(NAME)                                                                              \
    CONST_FN f16 __ocml_##NAME##_f16(f16 x)                                                        \
    {                                                                                              \
        return __builtin_elementwise_##NAME(x);                                                    \
    }                                                                                              \
    CONST_FN f16x2 __ocml_##NAME##_2f16(f16x2 x)                                                   \
    {                                                                                              \
        return __builtin_elementwise_##NAME(x);                                                    \
    }
DIRECT1(ceil)
DIRECT1(floor)
DIRECT1(trunc)
DIRECT1(rint)
DIRECT1(nearbyint)
DIRECT1(round)
DIRECT1(sqrt)

CONST_FN f16 __ocml_fabs_f16(f16 x)
{
    return __builtin_elementwise_abs(x);
}

CONST_FN f16x2 __ocml_fabs_2f16(f16x2 x)
{
    return __builtin_elementwise_abs(x);
}

CONST_FN f16 __ocml_fma_f16(f16 x, f16 y, f16 z)
{
    return __builtin_elementwise_fma(x, y, z);
}

CONST_FN f16x2 __ocml_fma_2f16(f16x2 x, f16x2 y, f16x2 z)
{
    return __builtin_elementwise_fma(x, y, z);
}

CONST_FN f16 __ocml_copysign_f16(f16 x, f16 y)
{
    return __builtin_elementwise_copysign(x, y);
}

CONST_FN f16 __ocml_fmax_f16(f16 x, f16 y)
{
    return (f16)__builtin_fmaxf((float)x, (float)y);
}

CONST_FN f16 __ocml_fmin_f16(f16 x, f16 y)
{
    return (f16)__builtin_fminf((float)x, (float)y);
}

CONST_FN i32 __ocml_isinf_f16(f16 x)
{
    return __builtin_isinf((float)x) != 0;
}

CONST_FN i32 __ocml_isnan_f16(f16 x)
{
    return x != x;
}

CONST_FN i32 __ocml_isfinite_f16(f16 x)
{
    return __builtin_isfinite((float)x);
}

CONST_FN i32 __ocml_signbit_f16(f16 x)
{
    return __builtin_bit_cast(i16, x) < 0;
}

CONST_FN i16x2 __ocml_isinf_2f16(f16x2 x)
{
    return (i16x2){__ocml_isinf_f16(x.x) ? -1 : 0, __ocml_isinf_f16(x.y) ? -1 : 0};
}

CONST_FN i16x2 __ocml_isnan_2f16(f16x2 x)
{
    return (i16x2){__ocml_isnan_f16(x.x) ? -1 : 0, __ocml_isnan_f16(x.y) ? -1 : 0};
}

CONST_FN f16 __ocml_ldexp_f16(f16 x, i32 n)
{
    return (f16)LDEXP_f32((float)x, n);
}

#define VIA_F32(NAME)                                                                              \
    float __ocml_##NAME##_f32(float x);                                                            \
    f16 __ocml_##NAME##_f16(f16 x)                                                                 \
    {                                                                                              \
        return (f16)__ocml_##NAME##_f32((float)x);                                                 \
    }                                                                                              \
    PAIR1(NAME)
/* clang-format off */
VIA_F32(acos) VIA_F32(acosh) VIA_F32(asin) VIA_F32(asinh) VIA_F32(atan) VIA_F32(atanh) VIA_F32(cbrt) VIA_F32(cos)
VIA_F32(cosh) VIA_F32(cospi) VIA_F32(erf) VIA_F32(erfc) VIA_F32(exp) VIA_F32(exp10) VIA_F32(exp2) VIA_F32(expm1)
VIA_F32(log) VIA_F32(log10) VIA_F32(log1p) VIA_F32(log2) VIA_F32(rcbrt) VIA_F32(rsqrt) VIA_F32(sin) VIA_F32(sinh)
VIA_F32(sinpi) VIA_F32(tan) VIA_F32(tanh) VIA_F32(tgamma) VIA_F32(lgamma)
/* clang-format on */

#define VIA_F32_2(NAME)                                                                            \
    float __ocml_##NAME##_f32(float x, float y);                                                   \
    f16 __ocml_##NAME##_f16(f16 x, f16 y)                                                          \
    {                                                                                              \
        return (f16)__ocml_##NAME##_f32((float)x, (float)y);                                       \
    }                                                                                              \
    PAIR2(NAME)
                    VIA_F32_2(atan2) VIA_F32_2(fmod) VIA_F32_2(hypot) VIA_F32_2(pow)
                        VIA_F32_2(remainder) VIA_F32_2(fdim)

                            float __ocml_pown_f32(float x, i32 n);

PURE_FN f16 __ocml_pown_f16(f16 x, i32 n)
{
    return (f16)__ocml_pown_f32((float)x, n);
}

CONST_FN f16x2 __ocml_pown_2f16(f16x2 x, i16x2 n)
{
    return (f16x2){__ocml_pown_f16(x.x, n.x), __ocml_pown_f16(x.y, n.y)};
}

float __ocml_sincos_f32(float x, float PRIVATE *cosine);

f16 __ocml_sincos_f16(f16 x, f16 PRIVATE *cosine)
{
    float c;
    f16 s = (f16)__ocml_sincos_f32((float)x, (float PRIVATE *)&c);
    *cosine = (f16)c;
    return s;
}

/* Fast forms: the instructions for halves have the error of a rounding, so these are the same. */
#define NATIVE(NAME)                                                                               \
    f16 __ocml_native_##NAME##_f16(f16 x)                                                          \
    {                                                                                              \
        return __ocml_##NAME##_f16(x);                                                             \
    }
NATIVE(sin)
NATIVE(cos)
NATIVE(exp)
NATIVE(exp2)
NATIVE(log)
NATIVE(log2)
NATIVE(log10)
NATIVE(sqrt)
NATIVE(rsqrt)

CONST_FN f16 __ocml_native_recip_f16(f16 x)
{
    return (f16)(1.0f / (float)x);
}

CONST_FN f16 __ocml_native_rcp_f16(f16 x)
{
    return (f16)(1.0f / (float)x);
}

/* ---- conversions with a direction */

INLINE f16 step(f16 x, _Bool up)
{
    i16 bits = __builtin_bit_cast(i16, x);
    if (x == 0)
        return __builtin_bit_cast(f16, (u16)(up ? 1 : 0x8001));
    return __builtin_bit_cast(f16, (i16)((bits >= 0) == up ? bits + 1 : bits - 1));
}

CONST_FN f16 __ocml_cvtrtn_f16_f32(float x)
{
    f16 r = (f16)x;
    return (float)r > x ? step(r, 0) : r;
}

CONST_FN f16 __ocml_cvtrtp_f16_f32(float x)
{
    f16 r = (f16)x;
    return (float)r < x ? step(r, 1) : r;
}

CONST_FN f16 __ocml_cvtrtz_f16_f32(float x)
{
    return x > 0 ? __ocml_cvtrtn_f16_f32(x) : __ocml_cvtrtp_f16_f32(x);
}
