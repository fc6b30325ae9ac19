/* SPDX-License-Identifier: MIT */
/* The basic operations with a rounding direction (rte, rtn, rtp, rtz), which HIP offers under
 * OCML_BASIC_ROUNDED_OPERATIONS. Addition, multiplication and fma run between two changes of the
 * mode register; quotient and root take the nearest value and step by the sign of the exact
 * remainder. */
#include "ocml.h"

CONST_FN float __ocml_nextafter_f32(float x, float y);
CONST_FN double __ocml_nextafter_f64(double x, double y);

/* FLT_ROUNDS values (C17 5.2.4.2.2). */
#define MODE_rtz 0
#define MODE_rte 1
#define MODE_rtp 2
#define MODE_rtn 3

/* Empty, but the optimiser must have the value here, after the mode change before it and before the
 * one after it. */
#ifdef __AMDGCN__
#define PIN(x) __asm__ volatile("" : "+v"(x))
#else
#define PIN(x) __asm__ volatile("" : "+x"(x))
#endif

#define IN_MODE(MODE, T, EXPRESSION)                                                               \
    __builtin_set_flt_rounds(MODE_##MODE);                                                         \
    PIN(x);                                                                                        \
    T r = EXPRESSION;                                                                              \
    PIN(r);                                                                                        \
    __builtin_set_flt_rounds(MODE_rte);                                                            \
    return r

/* In f64 LLVM's mode pass puts "to nearest" back in front of additions and multiplications, so
 * these are written as instructions. */
#ifdef __AMDGCN__
#define INSTRUCTION(TEXT)                                                                          \
    ({                                                                                             \
        double result;                                                                             \
        __asm__ volatile(TEXT : "=v"(result) : "v"(x), "v"(y));                                    \
        result;                                                                                    \
    })
#define ADD_f64 INSTRUCTION("v_add_f64 %0, %1, %2")
#define SUB_f64 INSTRUCTION("v_add_f64 %0, %1, -%2")
#define MUL_f64 INSTRUCTION("v_mul_f64 %0, %1, %2")
#else
#define ADD_f64 x + y
#define SUB_f64 x - y
#define MUL_f64 x *y
#endif
#define ADD_f32 x + y
#define SUB_f32 x - y
#define MUL_f32 x *y

#define ROUNDED(MODE, S, T, FUSED)                                                                 \
    T __ocml_add_##MODE##_##S(T x, T y)                                                            \
    {                                                                                              \
        IN_MODE(MODE, T, ADD_##S);                                                                 \
    }                                                                                              \
    T __ocml_sub_##MODE##_##S(T x, T y)                                                            \
    {                                                                                              \
        IN_MODE(MODE, T, SUB_##S);                                                                 \
    }                                                                                              \
    T __ocml_mul_##MODE##_##S(T x, T y)                                                            \
    {                                                                                              \
        IN_MODE(MODE, T, MUL_##S);                                                                 \
    }                                                                                              \
    T __ocml_fma_##MODE##_##S(T x, T y, T z)                                                       \
    {                                                                                              \
        IN_MODE(MODE, T, FUSED(x, y, z));                                                          \
    }

/* rest: sign of (exact - r). */
#define STEP_rte(S, T, r, rest) ((void)(rest), (r))
#define STEP_rtn(S, T, r, rest) ((rest) < 0 ? __ocml_nextafter_##S(r, -(T)__builtin_inf()) : (r))
#define STEP_rtp(S, T, r, rest) ((rest) > 0 ? __ocml_nextafter_##S(r, (T)__builtin_inf()) : (r))
#define STEP_rtz(S, T, r, rest)                                                                    \
    ((r) > 0 && (rest) < 0 || (r) < 0 && (rest) > 0 ? __ocml_nextafter_##S(r, (T)0) : (r))

#define STEPPED(MODE, S, T, FUSED, SQRT)                                                           \
    CONST_FN T __ocml_div_##MODE##_##S(T x, T y)                                                   \
    {                                                                                              \
        T r = x / y;                                                                               \
        T rest = FUSED(-r, y, x);                                                                  \
        rest = y < 0 ? -rest : rest;                                                               \
        return STEP_##MODE(S, T, r, rest);                                                         \
    }                                                                                              \
    CONST_FN T __ocml_sqrt_##MODE##_##S(T x)                                                       \
    {                                                                                              \
        T r = SQRT(x);                                                                             \
        T rest = FUSED(-r, r, x);                                                                  \
        return STEP_##MODE(S, T, r, rest);                                                         \
    }

#define ALL_MODES(MAKE, ...)                                                                       \
    MAKE(rte, __VA_ARGS__)                                                                         \
    MAKE(rtn, __VA_ARGS__)                                                                         \
    MAKE(rtp, __VA_ARGS__)                                                                         \
    MAKE(rtz, __VA_ARGS__)
ALL_MODES(ROUNDED, f32, float, __builtin_fmaf)
ALL_MODES(ROUNDED, f64, double, __builtin_fma)
ALL_MODES(STEPPED, f32, float, __builtin_fmaf, __builtin_sqrtf)
ALL_MODES(STEPPED, f64, double, __builtin_fma, __builtin_sqrt)
