/* SPDX-License-Identifier: MIT
 * How an operation on one lane becomes a function on LANES lanes: operands and results are vectors
 * of raw bits, <LANES x i32> or <LANES x i64>, and with one lane plain i32 or i64. The loops are
 * vectorised when Cairn is built; what is left is straight vector code for the finalizer to copy.
 */
#ifndef CAIRN_FINALIZER_BITCODE_LANES_H
#define CAIRN_FINALIZER_BITCODE_LANES_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* What of an operand the operation sees, and what of its result is kept. */
#define GET_B32(x)    (x)
#define GET_I32(x)    (x)
#define GET_U32(x)    (x)
#define GET_F32(x)    (x)
#define GET_PK_F32(x) (x)
#define GET_B16(x)    ((x) & 0xffff)
#define GET_I16(x)    ((x) & 0xffff)
#define GET_U16(x)    ((x) & 0xffff)
#define GET_F16(x)    ((x) & 0xffff)
#define GET_PK_I16(x) ((x) & 0xffff)
#define GET_PK_U16(x) ((x) & 0xffff)
#define GET_PK_F16(x) ((x) & 0xffff)
#define GET_B64(x)    (x)
#define GET_I64(x)    (x)
#define GET_U64(x)    (x)
#define GET_F64(x)    (x)
#define GET_BOOL(x)   ((x) != 0)

/* The C type of one lane. */
#define LANE_B32    uint32_t
#define LANE_I32    uint32_t
#define LANE_U32    uint32_t
#define LANE_F32    uint32_t
#define LANE_PK_F32 uint32_t
#define LANE_B16    uint32_t
#define LANE_I16    uint32_t
#define LANE_U16    uint32_t
#define LANE_F16    uint32_t
#define LANE_PK_I16 uint32_t
#define LANE_PK_U16 uint32_t
#define LANE_PK_F16 uint32_t
#define LANE_B64    uint64_t
#define LANE_I64    uint64_t
#define LANE_U64    uint64_t
#define LANE_F64    uint64_t
#define LANE_BOOL   uint32_t

#if LANES == 1
typedef uint32_t lanes_uint32_t;
typedef uint64_t lanes_uint64_t;
#define LANES_OF(T)  LANE_##T
#define OPEN(T, x)   LANE_##T x##_in[1] = {x}
#define RESULT(T)    LANE_##T result[1]
#define CLOSE(T)     return result[0]
#define MASK         bool
#define OPEN_MASK(x) uint32_t x##_in[1] = {x}
#define CLOSE_MASK   return result[0] != 0
#define EACH(i)      for (unsigned i = 0; i < 1; i++)
#else
typedef uint32_t lanes_uint32_t __attribute__((vector_size(4 * LANES)));
typedef uint64_t lanes_uint64_t __attribute__((vector_size(8 * LANES)));
typedef bool lanes_bool __attribute__((ext_vector_type(LANES)));
#define JOIN_(a, b) a##b
#define JOIN(a, b)  JOIN_(a, b)
#define LANES_OF(T) JOIN(lanes_, LANE_##T)
#define OPEN(T, x)                                                                                 \
    LANE_##T x##_in[LANES];                                                                        \
    memcpy(x##_in, &x, sizeof x##_in)
#define RESULT(T) LANE_##T result[LANES]
#define CLOSE(T)                                                                                   \
    LANES_OF(T) out;                                                                               \
    memcpy(&out, result, sizeof out);                                                              \
    return out
#define MASK lanes_bool
#define OPEN_MASK(x)                                                                               \
    lanes_uint32_t x##_wide = __builtin_convertvector(x, lanes_uint32_t);                          \
    uint32_t x##_in[LANES];                                                                        \
    memcpy(x##_in, &x##_wide, sizeof x##_in)
#define CLOSE_MASK                                                                                 \
    lanes_uint32_t out;                                                                            \
    memcpy(&out, result, sizeof out);                                                              \
    return __builtin_convertvector(out != 0, lanes_bool)
/* Lanes do not depend on each other. One vector, whatever the host: width LANES. */
#define STRINGIFY_(x) #x
#define STRINGIFY(x)  STRINGIFY_(x)
#define VECTORIZE(lanes)                                                                           \
    clang loop vectorize(assume_safety) vectorize_width(lanes) interleave_count(1) unroll(disable)
#define EACH(i) _Pragma(STRINGIFY(VECTORIZE(LANES))) for (unsigned i = 0; i < LANES; i++)
#endif

#endif
