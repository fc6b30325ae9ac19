/* SPDX-License-Identifier: MIT
 * Dot products within a lane. The integer ones wrap, and have a _clamp twin that saturates the
 * exact sum; the f16 one ignores MODE's rounding and denormal fields: nearest even, denormals
 * flushed on both sides (AMD "CDNA4 ISA" 6.4; LLVM's v_dot2 lowering).
 */
#ifndef CAIRN_MACHINE_SEM_DOT_H
#define CAIRN_MACHINE_SEM_DOT_H

#include "fp/arith.h"

/* Signed or unsigned field i of `bits` bits. */
static inline int64_t cairn_sem_dot_signed(uint32_t x, unsigned bits, unsigned i)
{
    return (int32_t)(x << (32 - bits * (i + 1))) >> (32 - bits);
}

static inline int64_t cairn_sem_dot_unsigned(uint32_t x, unsigned bits, unsigned i)
{
    return (int64_t)(x << (32 - bits * (i + 1)) >> (32 - bits));
}

static inline int64_t cairn_sem_dot_sum_signed(uint32_t a, uint32_t b, unsigned bits)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < 32 / bits; i++)
        sum += cairn_sem_dot_signed(a, bits, i) * cairn_sem_dot_signed(b, bits, i);
    return sum;
}

static inline int64_t cairn_sem_dot_sum_unsigned(uint32_t a, uint32_t b, unsigned bits)
{
    int64_t sum = 0;
    for (unsigned i = 0; i < 32 / bits; i++)
        sum += cairn_sem_dot_unsigned(a, bits, i) * cairn_sem_dot_unsigned(b, bits, i);
    return sum;
}

static inline uint32_t cairn_sem_dot_i32(int64_t sum)
{
    return (uint32_t)(sum < INT32_MIN ? INT32_MIN : sum > INT32_MAX ? INT32_MAX : sum);
}

static inline uint32_t cairn_sem_dot_u32(int64_t sum)
{
    return sum > UINT32_MAX ? UINT32_MAX : (uint32_t)sum;
}

#define CAIRN_SEM_DOT_SIGNED(name, bits)                                                           \
    static inline uint32_t cairn_sem_##name(uint32_t a, uint32_t b, uint32_t c)                    \
    {                                                                                              \
        return (uint32_t)cairn_sem_dot_sum_signed(a, b, bits) + c;                                 \
    }                                                                                              \
    static inline uint32_t cairn_sem_##name##_clamp(uint32_t a, uint32_t b, uint32_t c)            \
    {                                                                                              \
        return cairn_sem_dot_i32(cairn_sem_dot_sum_signed(a, b, bits) + (int32_t)c);               \
    }

#define CAIRN_SEM_DOT_UNSIGNED(name, bits)                                                         \
    static inline uint32_t cairn_sem_##name(uint32_t a, uint32_t b, uint32_t c)                    \
    {                                                                                              \
        return (uint32_t)cairn_sem_dot_sum_unsigned(a, b, bits) + c;                               \
    }                                                                                              \
    static inline uint32_t cairn_sem_##name##_clamp(uint32_t a, uint32_t b, uint32_t c)            \
    {                                                                                              \
        return cairn_sem_dot_u32(cairn_sem_dot_sum_unsigned(a, b, bits) + (int64_t)c);             \
    }

CAIRN_SEM_DOT_SIGNED(dot2_i32_i16, 16)
CAIRN_SEM_DOT_SIGNED(dot4_i32_i8, 8)
CAIRN_SEM_DOT_SIGNED(dot8_i32_i4, 4)
CAIRN_SEM_DOT_UNSIGNED(dot2_u32_u16, 16)
CAIRN_SEM_DOT_UNSIGNED(dot4_u32_u8, 8)
CAIRN_SEM_DOT_UNSIGNED(dot8_u32_u4, 4)

/* The product of two f16 is exact in f32: half `shift` of a times that of b. */
static inline uint32_t cairn_sem_dot_product(uint32_t a, uint32_t b, unsigned shift)
{
    uint32_t x = cairn_fp_flush_f16(a >> shift & 0xffffu);
    uint32_t y = cairn_fp_flush_f16(b >> shift & 0xffffu);
    return cairn_fp_f32_of_host(cairn_fp_host_of_f16(x) * cairn_fp_host_of_f16(y));
}

/* The NaN of src0's halves, src1's halves, src2, in this order. */
static inline uint32_t cairn_sem_dot_nan(uint32_t mode, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t r = cairn_fp_nan1_f32(mode, c);
    uint32_t half[4] = {b >> 16, b & 0xffffu, a >> 16, a & 0xffffu};
    for (int i = 0; i < 4; i++)
        r = cairn_fp_is_nan_f16(half[i]) ? cairn_fp_quiet_f32(mode, cairn_fp_f32_of_f16(half[i]))
                                         : r;
    return r;
}

/* c + a.lo * b.lo, then + a.hi * b.hi, each sum rounded. */
static inline uint32_t cairn_sem_dot2_f32_f16(uint32_t mode, uint32_t a, uint32_t b, uint32_t c)
{
    uint32_t r = cairn_fp_host_add_f32(cairn_fp_flush_f32(c), cairn_sem_dot_product(a, b, 0));
    r = cairn_fp_host_add_f32(r, cairn_sem_dot_product(a, b, 16));
    return cairn_fp_chosen_f32(cairn_fp_flush_f32(r), cairn_sem_dot_nan(mode, a, b, c));
}

#endif
