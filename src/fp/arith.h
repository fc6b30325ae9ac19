/* SPDX-License-Identifier: MIT
 * cairn_fp_<operation>_<f16|f32|f64>(mode, ...): the basic operations on raw bits, exact in every
 * rounding and denormal mode. f16 values sit in bits 15:0 of a uint32_t whose high half is 0.
 * The list of operations, and their rules, is in format.inc.
 */
#ifndef CAIRN_FP_ARITH_H
#define CAIRN_FP_ARITH_H

#include "fp/host.h"
#include "fp/mode.h"
#include "fp/soft.h"

/* The host's rounding to whole numbers, by the instructions' names. */
#define cairn_fp_whole32_rndne __builtin_roundevenf
#define cairn_fp_whole32_trunc __builtin_truncf
#define cairn_fp_whole32_floor __builtin_floorf
#define cairn_fp_whole32_ceil  __builtin_ceilf
#define cairn_fp_whole64_rndne __builtin_roundeven
#define cairn_fp_whole64_trunc __builtin_trunc
#define cairn_fp_whole64_floor __builtin_floor
#define cairn_fp_whole64_ceil  __builtin_ceil

#define FP(name)         cairn_fp_##name##_f16
#define P                11
#define BITS             uint32_t
#define HOST             float
#define TO_HOST(bits)    cairn_fp_host_of_f16(bits)
#define KEEP_IN          CAIRN_FP_KEEP_IN_64
#define KEEP_OUT         CAIRN_FP_KEEP_OUT_64
#define ROUND(mode)      cairn_fp_mode_round_f16(mode)
#define IS_NAN(bits)     (((bits) & 0x7fffu) > 0x7c00u)
#define SIGN             0x8000u
#define INFINITE         0x7c00u
#define QUIET            0x200u
#define ONE              0x3c00u
#define FROM_HOST(value) cairn_fp_f16_of_f32_even(cairn_fp_f32_of_host(value))
#define INTEGRAL         0x1p23f
#define WHOLE(name)      cairn_fp_whole32_##name
#include "fp/format.inc"
#include "fp/shape.inc"
#include "fp/format_undef.inc"

#define FP(name)         cairn_fp_##name##_f32
#define P                24
#define BITS             uint32_t
#define HOST             float
#define TO_HOST(bits)    cairn_fp_host_of_f32(bits)
#define KEEP_IN          CAIRN_FP_KEEP_IN_32
#define KEEP_OUT         CAIRN_FP_KEEP_OUT_32
#define ROUND(mode)      cairn_fp_mode_round_f32(mode)
#define IS_NAN(bits)     __builtin_isnan(cairn_fp_host_of_f32(bits))
#define SIGN             0x80000000u
#define INFINITE         0x7f800000u
#define QUIET            0x400000u
#define ONE              0x3f800000u
#define FROM_HOST(value) cairn_fp_f32_of_host(value)
#define INTEGRAL         0x1p23f
#define WHOLE(name)      cairn_fp_whole32_##name
#include "fp/format.inc"
#include "fp/shape.inc"
#include "fp/format_undef.inc"

#define FP(name)         cairn_fp_##name##_f64
#define P                53
#define BITS             uint64_t
#define HOST             double
#define TO_HOST(bits)    cairn_fp_host_of_f64(bits)
#define KEEP_IN          CAIRN_FP_KEEP_IN_64
#define KEEP_OUT         CAIRN_FP_KEEP_OUT_64
#define ROUND(mode)      cairn_fp_mode_round_f64(mode)
#define IS_NAN(bits)     __builtin_isnan(cairn_fp_host_of_f64(bits))
#define SIGN             UINT64_C(0x8000000000000000)
#define INFINITE         UINT64_C(0x7ff0000000000000)
#define QUIET            UINT64_C(0x8000000000000)
#define ONE              UINT64_C(0x3ff0000000000000)
#define FROM_HOST(value) cairn_fp_f64_of_host(value)
#define INTEGRAL         0x1p52
#define WHOLE(name)      cairn_fp_whole64_##name
#include "fp/format.inc"
#include "fp/shape.inc"
#include "fp/format_undef.inc"

#endif
