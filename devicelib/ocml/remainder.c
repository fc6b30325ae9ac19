/* SPDX-License-Identifier: MIT */
/* Exact remainders in f32 and f64. The quotient is taken off in pieces of at most 2^20 or 2^48,
 * each by one exact fma. */
#include "ocml.h"

/* PIECE: exponent difference that one division handles; LARGEST: exponent up to which 128 y stays
 * finite. */
#define PIECE_f32   20
#define PIECE_f64   48
#define LARGEST_f32 120
#define LARGEST_f64 1016

#define REMAINDERS(S, T, B)                                                                        \
    /* a mod b for a / b below 2^PIECE. */                                                         \
    INLINE T mod_near_##S(T a, T b)                                                                \
    {                                                                                              \
        T r = B(fma)(-B(trunc)(a / b), b, a);                                                      \
        return r < 0 ? r + b : r >= b ? r - b : r;                                                 \
    }                                                                                              \
    /* a mod b, both positive and finite. */                                                       \
    INLINE T mod_##S(T a, T b)                                                                     \
    {                                                                                              \
        i32 eb = FREXP_EXP_##S(b);                                                                 \
        while (a >= b) {                                                                           \
            i32 n = FREXP_EXP_##S(a) - eb;                                                         \
            T step = n > PIECE_##S ? LDEXP_##S(b, n - PIECE_##S) : b;                              \
            a = mod_near_##S(a, step);                                                             \
        }                                                                                          \
        return a;                                                                                  \
    }                                                                                              \
    INLINE _Bool mod_undefined_##S(T x, T y)                                                       \
    {                                                                                              \
        return !__builtin_isfinite(x) || y == 0 || y != y;                                         \
    }                                                                                              \
    CONST_FN T __ocml_fmod_##S(T x, T y)                                                           \
    {                                                                                              \
        T b = B(fabs)(y);                                                                          \
        if (mod_undefined_##S(x, y))                                                               \
            return __builtin_nan("");                                                              \
        if (__builtin_isinf(y))                                                                    \
            return x;                                                                              \
        return B(copysign)(mod_##S(B(fabs)(x), b), x);                                             \
    }                                                                                              \
    /* The quotient's low seven bits carry its sign. */                                            \
    INLINE T remquo_##S(T x, T y, i32 *quotient)                                                   \
    {                                                                                              \
        T a = B(fabs)(x), b = B(fabs)(y);                                                          \
        *quotient = 0;                                                                             \
        if (mod_undefined_##S(x, y))                                                               \
            return __builtin_nan("");                                                              \
        if (__builtin_isinf(y))                                                                    \
            return x;                                                                              \
        if (FREXP_EXP_##S(b) <= LARGEST_##S)                                                       \
            a = mod_##S(a, 128 * b);                                                               \
        T q = B(trunc)(a / b);                                                                     \
        T r = B(fma)(-q, b, a);                                                                    \
        if (r < 0) {                                                                               \
            r += b;                                                                                \
            q -= 1;                                                                                \
        } else if (r >= b) {                                                                       \
            r -= b;                                                                                \
            q += 1;                                                                                \
        }                                                                                          \
        i32 n = (i32)q;                                                                            \
        if (r > b - r || (r == b - r && (n & 1))) {                                                \
            r -= b;                                                                                \
            n += 1;                                                                                \
        }                                                                                          \
        n &= 127;                                                                                  \
        *quotient = (x < 0) != (y < 0) ? -n : n;                                                   \
        return r == 0 ? B(copysign)(0, x) : x < 0 ? -r : r;                                        \
    }                                                                                              \
    CONST_FN T __ocml_remainder_##S(T x, T y)                                                      \
    {                                                                                              \
        i32 n;                                                                                     \
        return remquo_##S(x, y, &n);                                                               \
    }                                                                                              \
    T __ocml_remquo_##S(T x, T y, i32 PRIVATE *quotient)                                           \
    {                                                                                              \
        i32 n;                                                                                     \
        T r = remquo_##S(x, y, &n);                                                                \
        *quotient = n;                                                                             \
        return r;                                                                                  \
    }

#define B_f32(NAME) __builtin_##NAME##f
#define B_f64(NAME) __builtin_##NAME
REMAINDERS(f32, float, B_f32)
REMAINDERS(f64, double, B_f64)
