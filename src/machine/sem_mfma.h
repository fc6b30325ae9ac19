/* SPDX-License-Identifier: MIT
 * The meaning of matrix instructions: elements, the step of the sum, and which lane and register
 * holds what. Layouts were checked against AMD's matrix instruction calculator (AMD "CDNA2 ISA" 7;
 * ROCm amd_matrix_instruction_calculator). D = C + A B is a chain of fused multiply-adds over
 * ascending k, nearest even whatever MODE says. f16 and bf16 flush denormals of A, B, C and D, f32
 * and f64 keep them (PyTorch notes on numerical accuracy, MI200). A NaN result is the default NaN.
 */
#ifndef CAIRN_MACHINE_SEM_MFMA_H
#define CAIRN_MACHINE_SEM_MFMA_H

#include "fp/arith.h"

enum cairn_sem_mfma_kind {
    CAIRN_SEM_MFMA_F32,
    CAIRN_SEM_MFMA_F16,
    CAIRN_SEM_MFMA_BF16,
    CAIRN_SEM_MFMA_I8,
    CAIRN_SEM_MFMA_F64,
};

struct cairn_sem_mfma_shape {
    unsigned m, k, kl, blocks;
    enum cairn_sem_mfma_kind kind;
};

/* Dwords of A (and B) in a lane, and of D (and C). */
static inline unsigned cairn_sem_mfma_in_dwords(struct cairn_sem_mfma_shape shape)
{
    unsigned per_dword = shape.kind == CAIRN_SEM_MFMA_I8 ? 4
                         : shape.kind == CAIRN_SEM_MFMA_F16 || shape.kind == CAIRN_SEM_MFMA_BF16
                             ? 2
                             : 1;
    return shape.kind == CAIRN_SEM_MFMA_F64 ? 2 : shape.kl / per_dword;
}

static inline unsigned cairn_sem_mfma_out_dwords(struct cairn_sem_mfma_shape shape)
{
    unsigned elements = shape.m * shape.m * shape.blocks / 64;
    return shape.kind == CAIRN_SEM_MFMA_F64 ? 2 * elements : elements;
}

/* Element `e` of a lane's A or B registers: f32 bits, or an i8 sign-extended. */
static inline uint32_t cairn_sem_mfma_element(enum cairn_sem_mfma_kind kind, uint32_t dword,
                                              unsigned e)
{
    uint32_t half = dword >> (e % 2 * 16) & 0xffffu;
    switch (kind) {
    case CAIRN_SEM_MFMA_F16:
        return cairn_fp_f32_of_host(cairn_fp_host_of_f16(cairn_fp_flush_f16(half)));
    case CAIRN_SEM_MFMA_BF16:
        return cairn_fp_flush_f32(cairn_fp_f32_of_bf16(half));
    case CAIRN_SEM_MFMA_I8:
        return (uint32_t)((int32_t)(dword << (24 - e % 4 * 8)) >> 24);
    default:
        return dword;
    }
}

/* C on its way in, D on its way out. */
static inline uint32_t cairn_sem_mfma_c(enum cairn_sem_mfma_kind kind, uint32_t c)
{
    bool flushes = kind == CAIRN_SEM_MFMA_F16 || kind == CAIRN_SEM_MFMA_BF16;
    return flushes ? cairn_fp_flush_f32(c) : c;
}

static inline uint32_t cairn_sem_mfma_d(enum cairn_sem_mfma_kind kind, uint32_t d)
{
    if (kind == CAIRN_SEM_MFMA_I8)
        return d;
    return cairn_fp_is_nan_f32(d) ? 0x7fc00000u : cairn_sem_mfma_c(kind, d);
}

static inline uint64_t cairn_sem_mfma_d_f64(uint64_t d)
{
    return cairn_fp_is_nan_f64(d) ? UINT64_C(0x7ff8000000000000) : d;
}

/* One k: sum + a * b. */
static inline uint32_t cairn_sem_mfma_step(enum cairn_sem_mfma_kind kind, uint32_t a, uint32_t b,
                                           uint32_t sum)
{
    return kind == CAIRN_SEM_MFMA_I8 ? a * b + sum : cairn_fp_host_fma_f32(a, b, sum);
}

/* The lane whose A (with CBSZ, ABID) or B (with BLGP) registers stand for those of `lane`. */
static inline unsigned cairn_sem_mfma_a_source(unsigned cbsz, unsigned abid, unsigned lane)
{
    unsigned span = 64u >> cbsz;
    return cbsz == 0 ? lane : lane % span + span * abid;
}

static inline unsigned cairn_sem_mfma_b_source(unsigned blgp, unsigned lane)
{
    switch (blgp) {
    case 0:
        return lane;
    case 1:
        return lane % 32;
    case 2:
        return lane % 32 + 32;
    case 3:
        return (lane + 16) % 64;
    default:
        return lane % 16 + 16 * (blgp - 4);
    }
}

/* Row i, of which block, that register r of lane group `group` (lanes group * m ...) holds of D,
 * for m of 16 and 32 and 32-bit results. Column: lane % m. */
static inline unsigned cairn_sem_mfma_d_row(unsigned m, unsigned r, unsigned group)
{
    return m == 32 ? 8 * (r % 16 / 4) + 4 * group + r % 4 : 4 * group + r % 4;
}

static inline unsigned cairn_sem_mfma_d_block(unsigned m, unsigned r)
{
    return m == 32 ? r / 16 : r / 4;
}

#endif
