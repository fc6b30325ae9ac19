/* SPDX-License-Identifier: MIT */
/* Integer helpers with the names of AMD's device library: counting bits, saturation, high products,
 * bit fields, sums of absolute differences, and dot products. */
#include "ockl.h"

typedef __int128 i128;
typedef unsigned __int128 u128;
typedef _Float16 f16x2 __attribute__((ext_vector_type(2)));
typedef short i16x2 __attribute__((ext_vector_type(2)));
typedef unsigned short u16x2 __attribute__((ext_vector_type(2)));
typedef signed char i8x4 __attribute__((ext_vector_type(4)));
typedef unsigned char u8x4 __attribute__((ext_vector_type(4)));

CONST_FN u8 __ockl_clz_u8(u8 x)
{
    return x == 0 ? 8 : (u8)(__builtin_clz(x) - 24);
}

CONST_FN u16 __ockl_clz_u16(u16 x)
{
    return x == 0 ? 16 : (u16)(__builtin_clz(x) - 16);
}

CONST_FN u32 __ockl_clz_u32(u32 x)
{
    return x == 0 ? 32 : (u32)__builtin_clz(x);
}

CONST_FN u64 __ockl_clz_u64(u64 x)
{
    return x == 0 ? 64 : (u64)__builtin_clzl(x);
}

CONST_FN u8 __ockl_ctz_u8(u8 x)
{
    return x == 0 ? 8 : (u8)__builtin_ctz(x);
}

CONST_FN u16 __ockl_ctz_u16(u16 x)
{
    return x == 0 ? 16 : (u16)__builtin_ctz(x);
}

CONST_FN u32 __ockl_ctz_u32(u32 x)
{
    return x == 0 ? 32 : (u32)__builtin_ctz(x);
}

CONST_FN u64 __ockl_ctz_u64(u64 x)
{
    return x == 0 ? 64 : (u64)__builtin_ctzl(x);
}

CONST_FN u32 __ockl_popcount_u32(u32 x)
{
    return (u32)__builtin_popcount(x);
}

CONST_FN u64 __ockl_popcount_u64(u64 x)
{
    return (u64)__builtin_popcountl(x);
}

#define SATURATING(SUFFIX, T, LOW, HIGH)                                                           \
    CONST_FN T __ockl_add_sat_##SUFFIX(T a, T b)                                                   \
    {                                                                                              \
        T r;                                                                                       \
        return __builtin_add_overflow(a, b, &r) ? (b < 0 ? (T)LOW : (T)HIGH) : r;                  \
    }                                                                                              \
    CONST_FN T __ockl_sub_sat_##SUFFIX(T a, T b)                                                   \
    {                                                                                              \
        T r;                                                                                       \
        return __builtin_sub_overflow(a, b, &r) ? ((T)~0 > 0 || b > 0 ? (T)LOW : (T)HIGH) : r;     \
    }
SATURATING(i32, i32, -__INT_MAX__ - 1, __INT_MAX__)
SATURATING(u32, u32, 0, ~0u)
SATURATING(i64, i64, -__LONG_MAX__ - 1, __LONG_MAX__)
SATURATING(u64, u64, 0, ~0ul)

CONST_FN u32 __ockl_mul_hi_u32(u32 a, u32 b)
{
    return (u32)(((u64)a * b) >> 32);
}

CONST_FN i32 __ockl_mul_hi_i32(i32 a, i32 b)
{
    return (i32)(((i64)a * b) >> 32);
}

CONST_FN u64 __ockl_mul_hi_u64(u64 a, u64 b)
{
    return (u64)(((u128)a * b) >> 64);
}

CONST_FN i64 __ockl_mul_hi_i64(i64 a, i64 b)
{
    return (i64)(((i128)a * b) >> 64);
}

CONST_FN u32 __ockl_mul24_u32(u32 a, u32 b)
{
    return (a & 0xffffff) * (b & 0xffffff);
}

CONST_FN i32 __ockl_mul24_i32(i32 a, i32 b)
{
    return ((i32)((u32)a << 8) >> 8) * ((i32)((u32)b << 8) >> 8);
}

CONST_FN u32 __ockl_sadd_u32(u32 a, u32 b, u32 c)
{
    return (a > b ? a - b : b - a) + c;
}

/* Sum of absolute differences of the WIDTH-bit parts of a and b; parts of b that are zero count
 * only if `all`. */
INLINE u32 sad(u32 a, u32 b, u32 width, _Bool all)
{
    u32 mask = (1u << width) - 1, sum = 0;
    for (u32 at = 0; at < 32; at += width) {
        u32 x = (a >> at) & mask, y = (b >> at) & mask;
        if (all || y != 0)
            sum += x > y ? x - y : y - x;
    }
    return sum;
}

CONST_FN u32 __ockl_sad_u32(u32 a, u32 b, u32 c)
{
    return sad(a, b, 8, 1) + c;
}

CONST_FN u32 __ockl_sadhi_u32(u32 a, u32 b, u32 c)
{
    return (sad(a, b, 8, 1) << 16) + c;
}

CONST_FN u32 __ockl_sadw_u32(u32 a, u32 b, u32 c)
{
    return sad(a, b, 16, 1) + c;
}

CONST_FN u32 __ockl_msad_u32(u32 a, u32 b, u32 c)
{
    return sad(a, b, 8, 0) + c;
}

CONST_FN u32 __ockl_bfm_u32(u32 width, u32 offset)
{
    return ((1u << (width & 31)) - 1u) << (offset & 31);
}

CONST_FN u32 __ockl_bfe_u32(u32 v, u32 offset, u32 width)
{
    return __builtin_amdgcn_ubfe(v, offset, width);
}

CONST_FN i32 __ockl_bfe_i32(i32 v, u32 offset, u32 width)
{
    return (i32)__builtin_amdgcn_sbfe((u32)v, offset, width);
}

CONST_FN u32 __ockl_bitalign_u32(u32 hi, u32 lo, u32 shift)
{
    return __builtin_amdgcn_alignbit(hi, lo, shift);
}

CONST_FN u32 __ockl_bytealign_u32(u32 hi, u32 lo, u32 shift)
{
    return __builtin_amdgcn_alignbyte(hi, lo, shift);
}

CONST_FN u32 __ockl_lerp_u32(u32 a, u32 b, u32 c)
{
    u32 r = 0;
    for (u32 at = 0; at < 32; at += 8)
        r |= ((((a >> at) & 255) + ((b >> at) & 255) + ((c >> at) & 1)) >> 1) << at;
    return r;
}

#define PICK3(SUFFIX, T)                                                                           \
    CONST_FN T __ockl_min3_##SUFFIX(T a, T b, T c)                                                 \
    {                                                                                              \
        T m = a < b ? a : b;                                                                       \
        return m < c ? m : c;                                                                      \
    }                                                                                              \
    CONST_FN T __ockl_max3_##SUFFIX(T a, T b, T c)                                                 \
    {                                                                                              \
        T m = a > b ? a : b;                                                                       \
        return m > c ? m : c;                                                                      \
    }                                                                                              \
    CONST_FN T __ockl_median3_##SUFFIX(T a, T b, T c)                                              \
    {                                                                                              \
        T low = a < b ? a : b, high = a < b ? b : a;                                               \
        return c < low ? low : c > high ? high : c;                                                \
    }
PICK3(i32, i32)
PICK3(u32, u32)
PICK3(f32, float)
PICK3(f16, _Float16)

CONST_FN float __ockl_fdot2(f16x2 a, f16x2 b, float c, _Bool clamp)
{
    float r = __builtin_fmaf((float)a.x, (float)b.x, __builtin_fmaf((float)a.y, (float)b.y, c));
    return clamp ? __builtin_fminf(__builtin_fmaxf(r, 0.0f), 1.0f) : r;
}

INLINE i32 clamp_i32(i64 r, _Bool clamp)
{
    return !clamp                  ? (i32)r
           : r > __INT_MAX__       ? __INT_MAX__
           : r < -__INT_MAX__ - 1L ? -__INT_MAX__ - 1
                                   : (i32)r;
}

INLINE u32 clamp_u32(u64 r, _Bool clamp)
{
    return clamp && r > ~0u ? ~0u : (u32)r;
}

CONST_FN i32 __ockl_sdot2(i16x2 a, i16x2 b, i32 c, _Bool clamp)
{
    return clamp_i32((i64)c + (i64)a.x * b.x + (i64)a.y * b.y, clamp);
}

CONST_FN u32 __ockl_udot2(u16x2 a, u16x2 b, u32 c, _Bool clamp)
{
    return clamp_u32((u64)c + (u64)a.x * b.x + (u64)a.y * b.y, clamp);
}

CONST_FN i32 __ockl_sdot4(i8x4 a, i8x4 b, i32 c, _Bool clamp)
{
    i64 r = c;
    for (u32 i = 0; i < 4; i++)
        r += (i64)a[i] * b[i];
    return clamp_i32(r, clamp);
}

CONST_FN u32 __ockl_udot4(u8x4 a, u8x4 b, u32 c, _Bool clamp)
{
    u64 r = c;
    for (u32 i = 0; i < 4; i++)
        r += (u64)a[i] * b[i];
    return clamp_u32(r, clamp);
}

CONST_FN i32 __ockl_sdot8(i32 a, i32 b, i32 c, _Bool clamp)
{
    i64 r = c;
    for (u32 i = 0; i < 8; i++)
        r += (i64)((i32)((u32)a << (28 - 4 * i)) >> 28) * ((i32)((u32)b << (28 - 4 * i)) >> 28);
    return clamp_i32(r, clamp);
}

CONST_FN u32 __ockl_udot8(u32 a, u32 b, u32 c, _Bool clamp)
{
    u64 r = c;
    for (u32 i = 0; i < 8; i++)
        r += (u64)((a >> (4 * i)) & 15) * ((b >> (4 * i)) & 15);
    return clamp_u32(r, clamp);
}
