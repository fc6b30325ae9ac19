/* SPDX-License-Identifier: MIT */
/* Functions that the processor does itself or that only move bits: rounding, minimum and maximum,
 * sign, exponent, classification. One macro a group writes the f32, f64 and, on the GPU, f16 forms.
 */
#include "ocml.h"

#define UNARY(NAME, BUILTIN)                                                                       \
    CONST_FN float __ocml_##NAME##_f32(float x)                                                    \
    {                                                                                              \
        return BUILTIN##f(x);                                                                      \
    }                                                                                              \
    CONST_FN double __ocml_##NAME##_f64(double x)                                                  \
    {                                                                                              \
        return BUILTIN(x);                                                                         \
    }
UNARY(ceil, __builtin_ceil)
UNARY(floor, __builtin_floor)
UNARY(trunc, __builtin_trunc)
UNARY(rint, __builtin_rint)
UNARY(nearbyint, __builtin_rint)
UNARY(round, __builtin_round)
UNARY(fabs, __builtin_fabs)
UNARY(sqrt, __builtin_sqrt)

#define BINARY(NAME, BUILTIN)                                                                      \
    CONST_FN float __ocml_##NAME##_f32(float x, float y)                                           \
    {                                                                                              \
        return BUILTIN##f(x, y);                                                                   \
    }                                                                                              \
    CONST_FN double __ocml_##NAME##_f64(double x, double y)                                        \
    {                                                                                              \
        return BUILTIN(x, y);                                                                      \
    }
BINARY(copysign, __builtin_copysign)
BINARY(fmax, __builtin_fmax)
BINARY(fmin, __builtin_fmin)
BINARY(max, __builtin_fmax)
BINARY(min, __builtin_fmin)

CONST_FN float __ocml_fma_f32(float x, float y, float z)
{
    return __builtin_fmaf(x, y, z);
}

CONST_FN double __ocml_fma_f64(double x, double y, double z)
{
    return __builtin_fma(x, y, z);
}

CONST_FN float __ocml_mad_f32(float x, float y, float z)
{
    return __builtin_fmaf(x, y, z);
}

CONST_FN double __ocml_mad_f64(double x, double y, double z)
{
    return __builtin_fma(x, y, z);
}

/* The functions below are the same text for both precisions. T: type, U: its bits, S: suffix. */
#define EXPONENT_BITS_f32 8
#define EXPONENT_BITS_f64 11
#define FRACTION_BITS_f32 23
#define FRACTION_BITS_f64 52

#define BOTH(S, T, U, I, B)                                                                        \
    CONST_FN T __ocml_fdim_##S(T x, T y)                                                           \
    {                                                                                              \
        return x > y ? x - y : x == x && y == y ? 0 : x + y;                                       \
    }                                                                                              \
    CONST_FN T __ocml_maxmag_##S(T x, T y)                                                         \
    {                                                                                              \
        T a = B(fabs)(x), b = B(fabs)(y);                                                          \
        return a > b ? x : b > a ? y : B(fmax)(x, y);                                              \
    }                                                                                              \
    CONST_FN T __ocml_minmag_##S(T x, T y)                                                         \
    {                                                                                              \
        T a = B(fabs)(x), b = B(fabs)(y);                                                          \
        return a < b ? x : b < a ? y : B(fmin)(x, y);                                              \
    }                                                                                              \
    CONST_FN i32 __ocml_isfinite_##S(T x)                                                          \
    {                                                                                              \
        return __builtin_isfinite(x);                                                              \
    }                                                                                              \
    CONST_FN i32 __ocml_isinf_##S(T x)                                                             \
    {                                                                                              \
        return __builtin_isinf(x) != 0;                                                            \
    }                                                                                              \
    CONST_FN i32 __ocml_isnan_##S(T x)                                                             \
    {                                                                                              \
        return __builtin_isnan(x);                                                                 \
    }                                                                                              \
    CONST_FN i32 __ocml_isnormal_##S(T x)                                                          \
    {                                                                                              \
        return __builtin_isnormal(x);                                                              \
    }                                                                                              \
    CONST_FN i32 __ocml_signbit_##S(T x)                                                           \
    {                                                                                              \
        return (I)AS_BITS_##S(x) < 0;                                                              \
    }                                                                                              \
    CONST_FN T __ocml_nan_##S(U payload)                                                           \
    {                                                                                              \
        U quiet = ((((U)1 << (EXPONENT_BITS_##S + 1)) - 1) << (FRACTION_BITS_##S - 1));            \
        return FROM_BITS_##S(quiet | (payload & (((U)1 << (FRACTION_BITS_##S - 1)) - 1)));         \
    }                                                                                              \
    CONST_FN T __ocml_nextafter_##S(T x, T y)                                                      \
    {                                                                                              \
        if (x != x || y != y)                                                                      \
            return x + y;                                                                          \
        if (x == y)                                                                                \
            return y;                                                                              \
        if (x == 0)                                                                                \
            return B(copysign)(FROM_BITS_##S((U)1), y);                                            \
        U bits = AS_BITS_##S(x);                                                                   \
        return FROM_BITS_##S((x < y) == (x > 0) ? bits + 1 : bits - 1);                            \
    }                                                                                              \
    CONST_FN T __ocml_ldexp_##S(T x, i32 n)                                                        \
    {                                                                                              \
        return LDEXP_##S(x, n);                                                                    \
    }                                                                                              \
    CONST_FN T __ocml_scalbn_##S(T x, i32 n)                                                       \
    {                                                                                              \
        return LDEXP_##S(x, n);                                                                    \
    }                                                                                              \
    CONST_FN T __ocml_scalb_##S(T x, T y)                                                          \
    {                                                                                              \
        if (x != x || y != y)                                                                      \
            return x + y;                                                                          \
        if (__builtin_isinf(y))                                                                    \
            return y > 0 ? x * y : x / -y;                                                         \
        T limited = B(fmin)(B(fmax)(y, -10000), 10000);                                            \
        return LDEXP_##S(x, (i32)limited);                                                         \
    }                                                                                              \
    T __ocml_frexp_##S(T x, i32 PRIVATE *exponent)                                                 \
    {                                                                                              \
        i32 e = FREXP_EXP_##S(x);                                                                  \
        i32 special = x == 0 || !__builtin_isfinite(x);                                            \
        *exponent = special ? 0 : e;                                                               \
        return special ? x : FREXP_MANT_##S(x);                                                    \
    }                                                                                              \
    CONST_FN i32 __ocml_ilogb_##S(T x)                                                             \
    {                                                                                              \
        return x == 0               ? -__INT_MAX__ - 1                                             \
               : x != x             ? -__INT_MAX__ - 1                                             \
               : __builtin_isinf(x) ? __INT_MAX__                                                  \
                                    : FREXP_EXP_##S(x) - 1;                                        \
    }                                                                                              \
    CONST_FN T __ocml_logb_##S(T x)                                                                \
    {                                                                                              \
        return x == 0                   ? -(T)__builtin_inf()                                      \
               : !__builtin_isfinite(x) ? x * x                                                    \
                                        : (T)(FREXP_EXP_##S(x) - 1);                               \
    }                                                                                              \
    T __ocml_modf_##S(T x, T PRIVATE *whole)                                                       \
    {                                                                                              \
        T t = B(trunc)(x);                                                                         \
        *whole = t;                                                                                \
        return B(copysign)(__builtin_isinf(x) ? 0 : x - t, x);                                     \
    }                                                                                              \
    T __ocml_fract_##S(T x, T PRIVATE *whole)                                                      \
    {                                                                                              \
        T t = B(floor)(x);                                                                         \
        *whole = t;                                                                                \
        T below_one = FROM_BITS_##S(AS_BITS_##S((T)1) - 1);                                        \
        return __builtin_isinf(x) ? B(copysign)(0, x) : B(fmin)(x - t, below_one);                 \
    }

#define B_f32(NAME) __builtin_##NAME##f
#define B_f64(NAME) __builtin_##NAME
BOTH(f32, float, u32, i32, B_f32)
BOTH(f64, double, u64, i64, B_f64)
