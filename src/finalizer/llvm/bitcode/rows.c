/* SPDX-License-Identifier: MIT
 * The vector instructions' meanings (src/machine, src/fp) as functions that the finalizer copies
 * into what it compiles: one function a row of valu_int.def and valu_float.def, named as the
 * operation; NAME_clamp is the form with the clamp bit, NAME_flag the mask result of an operation
 * that has a vector result too. Compiled to bitcode only, once for each number of lanes and set of
 * float controls:
 *   LANES              1, 8, 16
 *   CAIRN_FP_HOST_NAN  arithmetic returns the host's NaN (docs/errata/float.md, F12)
 *   FLUSH              f32 denormals are flushed; else MODE is what HSA kernels start with
 *   FLOAT_ONLY         only what depends on these
 */
#include "lanes.h"

#include "fp/arith.h"
#include "machine/sem_convert.h"
#include "machine/sem_dot.h"
#include "machine/sem_float.h"
#include "machine/sem_float_div.h"
#include "machine/sem_int.h"
#include "machine/sem_sad.h"

/* For tests, which compile this file as C: something more about each function. */
#ifndef ALSO1
#define LINKAGE
#define ALSO1(name, D, A)
#define ALSO2(name, D, A, B)
#define ALSO3(name, D, A, B, C)
#define ALSO4(name, D, A, B, C, E)
#endif

#ifdef FLUSH
enum { FLOAT_MODE = CAIRN_FP_MODE_DEFAULT & ~(CAIRN_FP_KEEP_IN_32 | CAIRN_FP_KEEP_OUT_32) };
#else
enum { FLOAT_MODE = CAIRN_FP_MODE_DEFAULT };
#endif

#define ROW1(name, D, A, expression)                                                               \
    LINKAGE LANES_OF(D) name(LANES_OF(A) s0)                                                       \
    {                                                                                              \
        OPEN(A, s0);                                                                               \
        RESULT(D);                                                                                 \
        EACH(i)                                                                                    \
        {                                                                                          \
            LANE_##A a = GET_##A(s0_in[i]);                                                        \
            result[i] = GET_##D(expression);                                                       \
        }                                                                                          \
        CLOSE(D);                                                                                  \
    }                                                                                              \
    ALSO1(name, D, A)
#define ROW2(name, D, A, B, expression)                                                            \
    LINKAGE LANES_OF(D) name(LANES_OF(A) s0, LANES_OF(B) s1)                                       \
    {                                                                                              \
        OPEN(A, s0);                                                                               \
        OPEN(B, s1);                                                                               \
        RESULT(D);                                                                                 \
        EACH(i)                                                                                    \
        {                                                                                          \
            LANE_##A a = GET_##A(s0_in[i]);                                                        \
            LANE_##B b = GET_##B(s1_in[i]);                                                        \
            result[i] = GET_##D(expression);                                                       \
        }                                                                                          \
        CLOSE(D);                                                                                  \
    }                                                                                              \
    ALSO2(name, D, A, B)
#define ROW3(name, D, A, B, C, expression)                                                         \
    LINKAGE LANES_OF(D) name(LANES_OF(A) s0, LANES_OF(B) s1, LANES_OF(C) s2)                       \
    {                                                                                              \
        OPEN(A, s0);                                                                               \
        OPEN(B, s1);                                                                               \
        OPEN(C, s2);                                                                               \
        RESULT(D);                                                                                 \
        EACH(i)                                                                                    \
        {                                                                                          \
            LANE_##A a = GET_##A(s0_in[i]);                                                        \
            LANE_##B b = GET_##B(s1_in[i]);                                                        \
            LANE_##C c = GET_##C(s2_in[i]);                                                        \
            result[i] = GET_##D(expression);                                                       \
        }                                                                                          \
        CLOSE(D);                                                                                  \
    }                                                                                              \
    ALSO3(name, D, A, B, C)
/* Results of one bit a lane. `A`, `B`: types; X(value): how the test sees an operand. */
#define TEST2(name, A, B, X, test)                                                                 \
    LINKAGE MASK name(LANES_OF(A) s0, LANES_OF(B) s1)                                              \
    {                                                                                              \
        OPEN(A, s0);                                                                               \
        OPEN(B, s1);                                                                               \
        RESULT(BOOL);                                                                              \
        EACH(i)                                                                                    \
        {                                                                                          \
            __auto_type a = X(GET_##A(s0_in[i]));                                                  \
            __auto_type b = X(GET_##B(s1_in[i]));                                                  \
            (void)a, (void)b;                                                                      \
            result[i] = (test);                                                                    \
        }                                                                                          \
        CLOSE_MASK;                                                                                \
    }                                                                                              \
    ALSO2(name, BOOL, A, B)
#define TEST3(name, A, B, C, test)                                                                 \
    LINKAGE MASK name(LANES_OF(A) s0, LANES_OF(B) s1, LANES_OF(C) s2)                              \
    {                                                                                              \
        OPEN(A, s0);                                                                               \
        OPEN(B, s1);                                                                               \
        OPEN(C, s2);                                                                               \
        RESULT(BOOL);                                                                              \
        EACH(i)                                                                                    \
        {                                                                                          \
            LANE_##A a = GET_##A(s0_in[i]);                                                        \
            LANE_##B b = GET_##B(s1_in[i]);                                                        \
            LANE_##C c = GET_##C(s2_in[i]);                                                        \
            result[i] = (test);                                                                    \
        }                                                                                          \
        CLOSE_MASK;                                                                                \
    }                                                                                              \
    ALSO3(name, BOOL, A, B, C)
/* The last operand is a bit a lane. */
#define CARRY2(name, expression)                                                                   \
    LINKAGE LANES_OF(U32) name(LANES_OF(U32) s0, LANES_OF(U32) s1, MASK s2)                        \
    {                                                                                              \
        OPEN(U32, s0);                                                                             \
        OPEN(U32, s1);                                                                             \
        OPEN_MASK(s2);                                                                             \
        RESULT(U32);                                                                               \
        EACH(i)                                                                                    \
        {                                                                                          \
            uint32_t a = s0_in[i], b = s1_in[i];                                                   \
            bool in = GET_BOOL(s2_in[i]);                                                          \
            result[i] = (expression);                                                              \
        }                                                                                          \
        CLOSE(U32);                                                                                \
    }                                                                                              \
    ALSO3(name, U32, U32, U32, BOOL)
#define CARRY2_FLAG(name, expression)                                                              \
    LINKAGE MASK name(LANES_OF(U32) s0, LANES_OF(U32) s1, MASK s2)                                 \
    {                                                                                              \
        OPEN(U32, s0);                                                                             \
        OPEN(U32, s1);                                                                             \
        OPEN_MASK(s2);                                                                             \
        RESULT(BOOL);                                                                              \
        EACH(i)                                                                                    \
        {                                                                                          \
            uint32_t a = s0_in[i], b = s1_in[i];                                                   \
            bool in = GET_BOOL(s2_in[i]);                                                          \
            result[i] = (expression);                                                              \
        }                                                                                          \
        CLOSE_MASK;                                                                                \
    }                                                                                              \
    ALSO3(name, BOOL, U32, U32, BOOL)

#define PLAIN(x) (x)

/* ---- valu_int.def */

#ifndef FLOAT_ONLY
#define SIGNED_I16(x) (int16_t)(x)
#define SIGNED_U16(x) (uint16_t)(x)
#define SIGNED_I32(x) (int32_t)(x)
#define SIGNED_U32(x) (uint32_t)(x)
#define SIGNED_I64(x) (int64_t)(x)
#define SIGNED_U64(x) (uint64_t)(x)

#define VALU1(op, D, A, fn)       ROW1(op, D, A, fn(a))
#define VALU2(op, D, A, B, fn)    ROW2(op, D, A, B, fn(a, b))
#define VALU3(op, D, A, B, C, fn) ROW3(op, D, A, B, C, fn(a, b, c))
#define VALU2C(op, D, A, B, fn, fn_clamp)                                                          \
    ROW2(op, D, A, B, fn(a, b))                                                                    \
    ROW2(op##_clamp, D, A, B, fn_clamp(a, b))
#define VALU3C(op, D, A, B, C, fn, fn_clamp)                                                       \
    ROW3(op, D, A, B, C, fn(a, b, c))                                                              \
    ROW3(op##_clamp, D, A, B, C, fn_clamp(a, b, c))
#define VALU2KC(op, D, A, B, fn, fn_clamp)    VALU2C(op, D, A, B, fn, fn_clamp)
#define VALU3K(op, D, A, B, C, fn)            VALU3(op, D, A, B, C, fn)
#define VALU3KC(op, D, A, B, C, fn, fn_clamp) VALU3C(op, D, A, B, C, fn, fn_clamp)
#define VCMP(op, T, test)                     TEST2(op, T, T, SIGNED_##T, test)
#define VCMPX(op, T, like)
#define CARRY_ROWS_false(op, fn, limit)                                                            \
    ROW2(op, U32, U32, U32, fn(a, b, false).value)                                                 \
    ROW2(op##_clamp, U32, U32, U32, fn(a, b, false).carry ? limit : fn(a, b, false).value)         \
    TEST2(op##_flag, U32, U32, PLAIN, fn(a, b, false).carry)
#define CARRY_ROWS_true(op, fn, limit)                                                             \
    CARRY2(op, fn(a, b, in).value)                                                                 \
    CARRY2(op##_clamp, fn(a, b, in).carry ? limit : fn(a, b, in).value)                            \
    CARRY2_FLAG(op##_flag, fn(a, b, in).carry)
#define VCARRY(op, takes, fn, limit) CARRY_ROWS_##takes(op, fn, limit)
#include "machine/valu_int.def"
#undef VALU1
#undef VALU2
#undef VALU3
#undef VALU2C
#undef VALU3C
#undef VALU2KC
#undef VALU3K
#undef VALU3KC
#undef VCMP
#undef VCMPX
#undef VCARRY

/* 64-bit sums with carry. */
ROW3(v_mad_u64_u32, U64, U32, U32, U64, cairn_sem_mad_u64_u32(a, b, c).value)
ROW3(v_mad_u64_u32_clamp, U64, U32, U32, U64,
     cairn_sem_mad_u64_u32(a, b, c).carry ? UINT64_MAX : cairn_sem_mad_u64_u32(a, b, c).value)
TEST3(v_mad_u64_u32_flag, U32, U32, U64, cairn_sem_mad_u64_u32(a, b, c).carry)
ROW3(v_mad_i64_i32, I64, I32, I32, I64, cairn_sem_mad_i64_i32(a, b, c).value)
TEST3(v_mad_i64_i32_flag, I32, I32, I64, cairn_sem_mad_i64_i32(a, b, c).carry)

/* Bits of `a` below the lane, whose number is `c`, in the low or high half of the wave; + b. */
static inline uint32_t count_low(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t below = c >= 32 ? UINT32_MAX : (1u << (c & 31)) - 1;
    return (uint32_t)__builtin_popcount(a & below) + b;
}

static inline uint32_t count_high(uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t below = c < 32 ? 0 : (1u << (c & 31)) - 1;
    return (uint32_t)__builtin_popcount(a & below) + b;
}
ROW3(v_mbcnt_lo_u32_b32, U32, B32, U32, U32, count_low(a, b, c))
ROW3(v_mbcnt_hi_u32_b32, U32, B32, U32, U32, count_high(a, b, c))
#endif

/* ---- valu_float.def */

#define FALU1(op, D, A, fn)       ROW1(op, D, A, fn(FLOAT_MODE, a))
#define FALU2(op, D, A, B, fn)    ROW2(op, D, A, B, fn(FLOAT_MODE, a, b))
#define FALU3(op, D, A, B, C, fn) ROW3(op, D, A, B, C, fn(FLOAT_MODE, a, b, c))
#define FACC2(op, D, A, B, fn)    FALU3(op, D, A, B, D, fn)
#define FCMP(op, A, fn)           TEST2(op, A, A, PLAIN, fn(FLOAT_MODE, a, b))
#define FCMPX(op, A, fn)
#define FCLASS(op, A, fn) TEST2(op, A, U32, PLAIN, fn(FLOAT_MODE, a, b))
#define FCLASSX(op, A, fn)
#ifdef FLOAT_ONLY
#define VALU2(op, D, A, B, fn)
#define VALU3C(op, D, A, B, C, fn, fn_clamp)
#define VACC2C(op, D, A, B, fn, fn_clamp)
#else
#define VALU2(op, D, A, B, fn) ROW2(op, D, A, B, fn(a, b))
#define VALU3C(op, D, A, B, C, fn, fn_clamp)                                                       \
    ROW3(op, D, A, B, C, fn(a, b, c))                                                              \
    ROW3(op##_clamp, D, A, B, C, fn_clamp(a, b, c))
#define VACC2C(op, D, A, B, fn, fn_clamp) VALU3C(op, D, A, B, D, fn, fn_clamp)
#endif
#include "machine/valu_float.def"

#define DIV_SCALE(op, T, t)                                                                        \
    ROW3(op, T, T, T, T, cairn_sem_div_scale_##t(FLOAT_MODE, a, b, c).value)                       \
    TEST3(op##_flag, T, T, T, cairn_sem_div_scale_##t(FLOAT_MODE, a, b, c).flag)
DIV_SCALE(v_div_scale_f32, F32, f32)
DIV_SCALE(v_div_scale_f64, F64, f64)

#define DIV_FMAS(op, T, t)                                                                         \
    LINKAGE LANES_OF(T) op(LANES_OF(T) s0, LANES_OF(T) s1, LANES_OF(T) s2, MASK s3)                \
    {                                                                                              \
        OPEN(T, s0);                                                                               \
        OPEN(T, s1);                                                                               \
        OPEN(T, s2);                                                                               \
        OPEN_MASK(s3);                                                                             \
        RESULT(T);                                                                                 \
        EACH(i)                                                                                    \
        {                                                                                          \
            result[i] = cairn_sem_div_fmas_##t(FLOAT_MODE, s0_in[i], s1_in[i], s2_in[i],           \
                                               GET_BOOL(s3_in[i]));                                \
        }                                                                                          \
        CLOSE(T);                                                                                  \
    }                                                                                              \
    ALSO4(op, T, T, T, T, BOOL)
DIV_FMAS(v_div_fmas_f32, F32, f32)
DIV_FMAS(v_div_fmas_f64, F64, f64)

ROW3(v_fma_mix_f32, F32, F32, F32, F32, cairn_sem_fma_mix_f32(FLOAT_MODE, a, b, c))
ROW3(v_fma_mixlo_f16, F16, F32, F32, F32, cairn_sem_fma_mix_f16(FLOAT_MODE, a, b, c))
ROW1(mix_operand, F32, F16, cairn_sem_mix_operand(FLOAT_MODE, a))

/* The clamp bit of float results. */
ROW1(clamp_f16, F16, F16, cairn_fp_clamp_f16(FLOAT_MODE, a))
ROW1(clamp_f32, F32, F32, cairn_fp_clamp_f32(FLOAT_MODE, a))
ROW1(clamp_f64, F64, F64, cairn_fp_clamp_f64(FLOAT_MODE, a))
