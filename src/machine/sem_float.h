/* SPDX-License-Identifier: MIT
 * Float instructions that are more than one operation of src/fp: compares and class, legacy and
 * unfused multiply-add, mixed precision, cube map helpers. Plain add, fma, floor... are cairn_fp_*
 * functions, named directly in valu_float.def. Lane-generic, raw bits.
 */
#ifndef CAIRN_MACHINE_SEM_FLOAT_H
#define CAIRN_MACHINE_SEM_FLOAT_H

#include "fp/approx.h"
#include "fp/arith.h"
#include "fp/convert.h"

/* The sixteen predicates; n* are true for NaN (AMD "CDNA2 ISA" 12.7, VOPC). */
#define CAIRN_SEM_COMPARES(type, bits)                                                             \
    static inline bool cairn_sem_cmp_f_##type(uint32_t mode, bits a, bits b)                       \
    {                                                                                              \
        return false;                                                                              \
    }                                                                                              \
    static inline bool cairn_sem_cmp_lt_##type(uint32_t mode, bits a, bits b)                      \
    {                                                                                              \
        return cairn_fp_less_##type(mode, a, b);                                                   \
    }                                                                                              \
    static inline bool cairn_sem_cmp_eq_##type(uint32_t mode, bits a, bits b)                      \
    {                                                                                              \
        return cairn_fp_equal_##type(mode, a, b);                                                  \
    }                                                                                              \
    static inline bool cairn_sem_cmp_le_##type(uint32_t mode, bits a, bits b)                      \
    {                                                                                              \
        return cairn_fp_less_equal_##type(mode, a, b);                                             \
    }                                                                                              \
    static inline bool cairn_sem_cmp_gt_##type(uint32_t mode, bits a, bits b)                      \
    {                                                                                              \
        return cairn_fp_less_##type(mode, b, a);                                                   \
    }                                                                                              \
    static inline bool cairn_sem_cmp_lg_##type(uint32_t mode, bits a, bits b)                      \
    {                                                                                              \
        return cairn_fp_less_##type(mode, a, b) || cairn_fp_less_##type(mode, b, a);               \
    }                                                                                              \
    static inline bool cairn_sem_cmp_ge_##type(uint32_t mode, bits a, bits b)                      \
    {                                                                                              \
        return cairn_fp_less_equal_##type(mode, b, a);                                             \
    }                                                                                              \
    static inline bool cairn_sem_cmp_o_##type(uint32_t mode, bits a, bits b)                       \
    {                                                                                              \
        return !cairn_fp_unordered_##type(mode, a, b);                                             \
    }                                                                                              \
    static inline bool cairn_sem_cmp_u_##type(uint32_t mode, bits a, bits b)                       \
    {                                                                                              \
        return cairn_fp_unordered_##type(mode, a, b);                                              \
    }                                                                                              \
    static inline bool cairn_sem_cmp_nge_##type(uint32_t mode, bits a, bits b)                     \
    {                                                                                              \
        return !cairn_sem_cmp_ge_##type(mode, a, b);                                               \
    }                                                                                              \
    static inline bool cairn_sem_cmp_nlg_##type(uint32_t mode, bits a, bits b)                     \
    {                                                                                              \
        return !cairn_sem_cmp_lg_##type(mode, a, b);                                               \
    }                                                                                              \
    static inline bool cairn_sem_cmp_ngt_##type(uint32_t mode, bits a, bits b)                     \
    {                                                                                              \
        return !cairn_sem_cmp_gt_##type(mode, a, b);                                               \
    }                                                                                              \
    static inline bool cairn_sem_cmp_nle_##type(uint32_t mode, bits a, bits b)                     \
    {                                                                                              \
        return !cairn_sem_cmp_le_##type(mode, a, b);                                               \
    }                                                                                              \
    static inline bool cairn_sem_cmp_neq_##type(uint32_t mode, bits a, bits b)                     \
    {                                                                                              \
        return !cairn_sem_cmp_eq_##type(mode, a, b);                                               \
    }                                                                                              \
    static inline bool cairn_sem_cmp_nlt_##type(uint32_t mode, bits a, bits b)                     \
    {                                                                                              \
        return !cairn_sem_cmp_lt_##type(mode, a, b);                                               \
    }                                                                                              \
    static inline bool cairn_sem_cmp_tru_##type(uint32_t mode, bits a, bits b)                     \
    {                                                                                              \
        return true;                                                                               \
    }                                                                                              \
    /* The mask is the low 10 bits of the second operand, a 32-bit one for every type. */          \
    static inline bool cairn_sem_cmp_class_##type(uint32_t mode, bits a, uint32_t mask)            \
    {                                                                                              \
        return (cairn_fp_class_bit_##type(a) & mask) != 0;                                         \
    }

CAIRN_SEM_COMPARES(f16, uint32_t)
CAIRN_SEM_COMPARES(f32, uint32_t)
CAIRN_SEM_COMPARES(f64, uint64_t)

/* 0 times anything, NaN too, is +0 (V_MUL_LEGACY_F32). */
static inline uint32_t cairn_sem_mul_legacy_f32(uint32_t mode, uint32_t a, uint32_t b)
{
    bool zero = (cairn_fp_input_f32(mode, a) & 0x7fffffffu) == 0 ||
                (cairn_fp_input_f32(mode, b) & 0x7fffffffu) == 0;
    return zero ? 0 : cairn_fp_mul_f32(mode, a, b);
}

enum {
    CAIRN_SEM_FLUSH_32 = ~(CAIRN_FP_KEEP_IN_32 | CAIRN_FP_KEEP_OUT_32),
    CAIRN_SEM_FLUSH_16 = ~(CAIRN_FP_KEEP_IN_64 | CAIRN_FP_KEEP_OUT_64),
};

/* MAD and MAC: the product is rounded, then the sum, and denormals are flushed in every mode. */
static inline uint32_t cairn_sem_mad_f32(uint32_t mode, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t flush = mode & (uint32_t)CAIRN_SEM_FLUSH_32;
    uint32_t r = cairn_fp_add_f32(flush, cairn_fp_mul_f32(flush, a, b), c);
    return cairn_fp_chosen_f32(r, cairn_fp_nan3_f32(mode, a, b, c));
}

static inline uint32_t cairn_sem_mad_legacy_f32(uint32_t mode, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t flush = mode & (uint32_t)CAIRN_SEM_FLUSH_32;
    uint32_t product = cairn_sem_mul_legacy_f32(flush, a, b);
    return cairn_fp_add_f32(flush, product, c);
}

static inline uint32_t cairn_sem_mad_f16(uint32_t mode, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t flush = mode & (uint32_t)CAIRN_SEM_FLUSH_16;
    uint32_t r = cairn_fp_add_f16(flush, cairn_fp_mul_f16(flush, a, b), c);
    return cairn_fp_chosen_f16(r, cairn_fp_nan3_f16(mode, a, b, c));
}

/* Operands are f32 already: an f16 half is widened by cairn_sem_mix_operand. */
static inline uint32_t cairn_sem_mix_operand(uint32_t mode, uint32_t half)
{
    return cairn_fp_f32_from_f16(mode, half);
}

static inline uint32_t cairn_sem_fma_mix_f32(uint32_t mode, uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_fp_fma_f32(mode, a, b, c);
}

/* mixlo and mixhi: the f32 result, rounded again to f16 (in bits 15:0). */
static inline uint32_t cairn_sem_fma_mix_f16(uint32_t mode, uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_fp_f16_from_f32(mode, cairn_fp_fma_f32(mode, a, b, c));
}

/* Two f16 put together; the bits pass unchanged. */
static inline uint32_t cairn_sem_pack_b32_f16(uint32_t mode, uint32_t a, uint32_t b)
{
    return (a & 0xffffu) | b << 16;
}

/* Cube map: the major axis is z if |z| >= |x| and |z| >= |y|, else y if |y| >= |x|, else x
 * (AMD "Vega ISA", V_CUBEID_F32 and following). */
static inline float cairn_sem_cube_abs(uint32_t bits)
{
    return cairn_fp_host_of_f32(bits & 0x7fffffffu);
}

static inline bool cairn_sem_cube_z(uint32_t x, uint32_t y, uint32_t z)
{
    return cairn_sem_cube_abs(z) >= cairn_sem_cube_abs(x) &&
           cairn_sem_cube_abs(z) >= cairn_sem_cube_abs(y);
}

static inline bool cairn_sem_cube_y(uint32_t x, uint32_t y)
{
    return cairn_sem_cube_abs(y) >= cairn_sem_cube_abs(x);
}

static inline bool cairn_sem_cube_below(uint32_t bits)
{
    return cairn_fp_host_of_f32(bits) < 0;
}

static inline uint32_t cairn_sem_cubeid_f32(uint32_t mode, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t x = cairn_fp_input_f32(mode, a), y = cairn_fp_input_f32(mode, b);
    uint32_t z = cairn_fp_input_f32(mode, c);
    float face = cairn_sem_cube_z(x, y, z) ? (cairn_sem_cube_below(z) ? 5.0f : 4.0f)
                 : cairn_sem_cube_y(x, y)  ? (cairn_sem_cube_below(y) ? 3.0f : 2.0f)
                 : cairn_sem_cube_below(x) ? 1.0f
                                           : 0.0f;
    return cairn_fp_f32_of_host(face);
}

static inline uint32_t cairn_sem_cubesc_f32(uint32_t mode, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t x = cairn_fp_input_f32(mode, a), y = cairn_fp_input_f32(mode, b);
    uint32_t z = cairn_fp_input_f32(mode, c), minus = 0x80000000u;
    return cairn_sem_cube_z(x, y, z) ? (cairn_sem_cube_below(z) ? x ^ minus : x)
           : cairn_sem_cube_y(x, y)  ? x
           : cairn_sem_cube_below(x) ? z
                                     : z ^ minus;
}

static inline uint32_t cairn_sem_cubetc_f32(uint32_t mode, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t x = cairn_fp_input_f32(mode, a), y = cairn_fp_input_f32(mode, b);
    uint32_t z = cairn_fp_input_f32(mode, c), minus = 0x80000000u;
    bool by_y = !cairn_sem_cube_z(x, y, z) && cairn_sem_cube_y(x, y);
    uint32_t along_y = cairn_sem_cube_below(y) ? z ^ minus : z;
    return by_y ? along_y : y ^ minus;
}

static inline uint32_t cairn_sem_cubema_f32(uint32_t mode, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t x = cairn_fp_input_f32(mode, a), y = cairn_fp_input_f32(mode, b);
    uint32_t z = cairn_fp_input_f32(mode, c);
    uint32_t major = cairn_sem_cube_z(x, y, z) ? z : cairn_sem_cube_y(x, y) ? y : x;
    return cairn_fp_mul_f32(mode, 0x40000000u, major);
}

#endif
