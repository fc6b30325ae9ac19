/* SPDX-License-Identifier: MIT */
/* Conversions with a direction: rtn toward minus infinity, rtp toward plus infinity, rtz toward
 * zero. Each takes the nearest value and steps to its neighbour when that lies on the wrong side;
 * the comparison is exact. */
#include "ocml.h"

CONST_FN float __ocml_nextafter_f32(float x, float y);
CONST_FN double __ocml_nextafter_f64(double x, double y);

#define STEP_DOWN_f32(x) __ocml_nextafter_f32(x, -__builtin_inff())
#define STEP_UP_f32(x)   __ocml_nextafter_f32(x, __builtin_inff())
#define STEP_DOWN_f64(x) __ocml_nextafter_f64(x, -__builtin_inf())
#define STEP_UP_f64(x)   __ocml_nextafter_f64(x, __builtin_inf())

/* COMPARE(r, x) is negative, zero or positive as the converted r is below, equal to or above x. */
#define DIRECTED(TO, T, FROM, F, COMPARE)                                                          \
    CONST_FN T __ocml_cvtrtn_##TO##_##FROM(F x)                                                    \
    {                                                                                              \
        T r = (T)x;                                                                                \
        return COMPARE(r, x) > 0 ? STEP_DOWN_##TO(r) : r;                                          \
    }                                                                                              \
    CONST_FN T __ocml_cvtrtp_##TO##_##FROM(F x)                                                    \
    {                                                                                              \
        T r = (T)x;                                                                                \
        return COMPARE(r, x) < 0 ? STEP_UP_##TO(r) : r;                                            \
    }                                                                                              \
    CONST_FN T __ocml_cvtrtz_##TO##_##FROM(F x)                                                    \
    {                                                                                              \
        T r = (T)x;                                                                                \
        int side = COMPARE(r, x);                                                                  \
        return x > 0 && side > 0 ? STEP_DOWN_##TO(r) : x < 0 && side < 0 ? STEP_UP_##TO(r) : r;    \
    }

INLINE int sign_of(double d)
{
    return d > 0 ? 1 : d < 0 ? -1 : 0;
}

INLINE int compare_f64(float r, double x)
{
    return sign_of((double)r - x);
}

/* A double holds every 32-bit integer and every float exactly. */
INLINE int compare_s32(float r, i32 x)
{
    return sign_of((double)r - (double)x);
}

INLINE int compare_u32(float r, u32 x)
{
    return sign_of((double)r - (double)x);
}

/* The rounded value may be 2^63 or 2^64, which the integer type cannot hold. */
INLINE int compare_s64(double r, i64 x)
{
    if (r >= 0x1p63)
        return 1;
    i64 back = (i64)r;
    return back > x ? 1 : back < x ? -1 : 0;
}

INLINE int compare_u64(double r, u64 x)
{
    if (r >= 0x1p64)
        return 1;
    u64 back = (u64)r;
    return back > x ? 1 : back < x ? -1 : 0;
}

DIRECTED(f32, float, f64, double, compare_f64)
DIRECTED(f32, float, s32, i32, compare_s32)
DIRECTED(f32, float, u32, u32, compare_u32)
DIRECTED(f32, float, s64, i64, compare_s64)
DIRECTED(f32, float, u64, u64, compare_u64)
DIRECTED(f64, double, s64, i64, compare_s64)
DIRECTED(f64, double, u64, u64, compare_u64)
