/* SPDX-License-Identifier: MIT
 * Meanings of scalar ALU instructions: raw bits and SCC in, result and SCC out. An instruction that
 * does not touch SCC passes it through. AMD "CDNA2 ISA" 5.5-5.10 and the descriptions in 12.1-12.4.
 */
#ifndef CAIRN_MACHINE_SEM_SCALAR_H
#define CAIRN_MACHINE_SEM_SCALAR_H

#include <stdbool.h>
#include <stdint.h>

struct cairn_sem_scalar {
    uint64_t value;
    uint32_t scc;
};

#define CAIRN_SEM_SALU static inline struct cairn_sem_scalar

/* ---- helpers */

CAIRN_SEM_SALU cairn_sem_scalar_of(uint64_t value, uint32_t scc)
{
    return (struct cairn_sem_scalar){value, scc};
}

/* SCC = result is not zero. */
CAIRN_SEM_SALU cairn_sem_scalar_nz(uint64_t value)
{
    return (struct cairn_sem_scalar){value, value != 0};
}

static inline uint64_t cairn_sem_reverse64(uint64_t x)
{
    return __builtin_bitreverse64(x);
}

/* Bits [offset, offset + width) of x; a field that leaves the register ends at its top. */
static inline uint64_t cairn_sem_field(uint64_t x, unsigned offset, unsigned width, unsigned size)
{
    uint64_t mask = width >= 64 ? ~UINT64_C(0) : (UINT64_C(1) << width) - 1;
    (void)size;
    return x >> offset & mask;
}

/* Sign-extends from bit width-1; width 0 gives 0. */
static inline uint64_t cairn_sem_extend(uint64_t x, unsigned width)
{
    if (width == 0)
        return 0;
    if (width >= 64)
        return x;
    return (uint64_t)((int64_t)(x << (64 - width)) >> (64 - width));
}

/* ---- SOP2: arithmetic */

CAIRN_SEM_SALU cairn_sem_s_add_u32(uint32_t a, uint32_t b, uint32_t scc)
{
    uint64_t sum = (uint64_t)a + b;
    return cairn_sem_scalar_of((uint32_t)sum, sum >> 32 != 0);
}

CAIRN_SEM_SALU cairn_sem_s_sub_u32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of(a - b, b > a);
}

CAIRN_SEM_SALU cairn_sem_s_add_i32(uint32_t a, uint32_t b, uint32_t scc)
{
    uint32_t sum = a + b;
    return cairn_sem_scalar_of(sum, (~(a ^ b) & (a ^ sum)) >> 31);
}

CAIRN_SEM_SALU cairn_sem_s_sub_i32(uint32_t a, uint32_t b, uint32_t scc)
{
    uint32_t difference = a - b;
    return cairn_sem_scalar_of(difference, ((a ^ b) & (a ^ difference)) >> 31);
}

CAIRN_SEM_SALU cairn_sem_s_addc_u32(uint32_t a, uint32_t b, uint32_t scc)
{
    uint64_t sum = (uint64_t)a + b + scc;
    return cairn_sem_scalar_of((uint32_t)sum, sum >> 32 != 0);
}

CAIRN_SEM_SALU cairn_sem_s_subb_u32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of(a - b - scc, (uint64_t)b + scc > a);
}

/* min: SCC = first operand was smaller; max: first was at least as large. */
CAIRN_SEM_SALU cairn_sem_s_min_i32(uint32_t a, uint32_t b, uint32_t scc)
{
    bool first = (int32_t)a < (int32_t)b;
    return cairn_sem_scalar_of(first ? a : b, first);
}

CAIRN_SEM_SALU cairn_sem_s_min_u32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of(a < b ? a : b, a < b);
}

CAIRN_SEM_SALU cairn_sem_s_max_i32(uint32_t a, uint32_t b, uint32_t scc)
{
    bool first = (int32_t)a >= (int32_t)b;
    return cairn_sem_scalar_of(first ? a : b, first);
}

CAIRN_SEM_SALU cairn_sem_s_max_u32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of(a >= b ? a : b, a >= b);
}

CAIRN_SEM_SALU cairn_sem_s_mul_i32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of(a * b, scc);
}

CAIRN_SEM_SALU cairn_sem_s_mul_hi_u32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of((uint64_t)a * b >> 32, scc);
}

CAIRN_SEM_SALU cairn_sem_s_mul_hi_i32(uint32_t a, uint32_t b, uint32_t scc)
{
    int64_t product = (int64_t)(int32_t)a * (int32_t)b;
    return cairn_sem_scalar_of((uint32_t)(product >> 32), scc);
}

CAIRN_SEM_SALU cairn_sem_s_absdiff_i32(uint32_t a, uint32_t b, uint32_t scc)
{
    uint32_t difference = a - b;
    return cairn_sem_scalar_nz((int32_t)difference < 0 ? -difference : difference);
}

#define CAIRN_SEM_LSHL_ADD(n)                                                                      \
    CAIRN_SEM_SALU cairn_sem_s_lshl##n##_add_u32(uint32_t a, uint32_t b, uint32_t scc)             \
    {                                                                                              \
        uint64_t sum = ((uint64_t)a << n) + b;                                                     \
        return cairn_sem_scalar_of((uint32_t)sum, sum >> 32 != 0);                                 \
    }
CAIRN_SEM_LSHL_ADD(1)
CAIRN_SEM_LSHL_ADD(2)
CAIRN_SEM_LSHL_ADD(3)
CAIRN_SEM_LSHL_ADD(4)

/* ---- SOP2: bits */

#define CAIRN_SEM_LOGIC(name, expression)                                                          \
    CAIRN_SEM_SALU cairn_sem_s_##name##_b32(uint32_t a, uint32_t b, uint32_t scc)                  \
    {                                                                                              \
        return cairn_sem_scalar_nz((uint32_t)(expression));                                        \
    }                                                                                              \
    CAIRN_SEM_SALU cairn_sem_s_##name##_b64(uint64_t a, uint64_t b, uint32_t scc)                  \
    {                                                                                              \
        return cairn_sem_scalar_nz(expression);                                                    \
    }
CAIRN_SEM_LOGIC(and, a &b)
CAIRN_SEM_LOGIC(or, a | b)
CAIRN_SEM_LOGIC(xor, a ^ b)
CAIRN_SEM_LOGIC(andn2, a & ~b)
CAIRN_SEM_LOGIC(orn2, a | ~b)
CAIRN_SEM_LOGIC(nand, ~(a &b))
CAIRN_SEM_LOGIC(nor, ~(a | b))
CAIRN_SEM_LOGIC(xnor, ~(a ^ b))

CAIRN_SEM_SALU cairn_sem_s_cselect_b32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of(scc ? a : b, scc);
}

CAIRN_SEM_SALU cairn_sem_s_cselect_b64(uint64_t a, uint64_t b, uint32_t scc)
{
    return cairn_sem_scalar_of(scc ? a : b, scc);
}

CAIRN_SEM_SALU cairn_sem_s_lshl_b32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_nz((uint32_t)(a << (b & 31)));
}

CAIRN_SEM_SALU cairn_sem_s_lshl_b64(uint64_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_nz(a << (b & 63));
}

CAIRN_SEM_SALU cairn_sem_s_lshr_b32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_nz(a >> (b & 31));
}

CAIRN_SEM_SALU cairn_sem_s_lshr_b64(uint64_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_nz(a >> (b & 63));
}

CAIRN_SEM_SALU cairn_sem_s_ashr_i32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_nz((uint32_t)((int32_t)a >> (b & 31)));
}

CAIRN_SEM_SALU cairn_sem_s_ashr_i64(uint64_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_nz((uint64_t)((int64_t)a >> (b & 63)));
}

CAIRN_SEM_SALU cairn_sem_s_bfm_b32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of((uint32_t)(((1u << (a & 31)) - 1) << (b & 31)), scc);
}

CAIRN_SEM_SALU cairn_sem_s_bfm_b64(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of(((UINT64_C(1) << (a & 63)) - 1) << (b & 63), scc);
}

CAIRN_SEM_SALU cairn_sem_s_bfe_u32(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_nz(cairn_sem_field(a, b & 31, b >> 16 & 127, 32));
}

/* The signed form extends from the top bit of the field, or of the register if that ends first. */
CAIRN_SEM_SALU cairn_sem_s_bfe_i32(uint32_t a, uint32_t b, uint32_t scc)
{
    unsigned offset = b & 31, width = b >> 16 & 127;
    unsigned bits = width < 32 - offset ? width : 32 - offset;
    return cairn_sem_scalar_nz((uint32_t)cairn_sem_extend(a >> offset, bits));
}

CAIRN_SEM_SALU cairn_sem_s_bfe_u64(uint64_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_nz(cairn_sem_field(a, b & 63, b >> 16 & 127, 64));
}

CAIRN_SEM_SALU cairn_sem_s_bfe_i64(uint64_t a, uint32_t b, uint32_t scc)
{
    unsigned offset = b & 63, width = b >> 16 & 127;
    unsigned bits = width < 64 - offset ? width : 64 - offset;
    return cairn_sem_scalar_nz(cairn_sem_extend(a >> offset, bits));
}

CAIRN_SEM_SALU cairn_sem_s_pack_ll_b32_b16(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of((a & 0xffff) | b << 16, scc);
}

CAIRN_SEM_SALU cairn_sem_s_pack_lh_b32_b16(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of((a & 0xffff) | (b & 0xffff0000u), scc);
}

CAIRN_SEM_SALU cairn_sem_s_pack_hh_b32_b16(uint32_t a, uint32_t b, uint32_t scc)
{
    return cairn_sem_scalar_of(a >> 16 | (b & 0xffff0000u), scc);
}

/* ---- SOP1. Bits set by s_bitset, and the kept value of s_cmov, come as the old destination. */

CAIRN_SEM_SALU cairn_sem_s_mov_b32(uint32_t a, uint32_t scc)
{
    return cairn_sem_scalar_of(a, scc);
}

CAIRN_SEM_SALU cairn_sem_s_mov_b64(uint64_t a, uint32_t scc)
{
    return cairn_sem_scalar_of(a, scc);
}

CAIRN_SEM_SALU cairn_sem_s_cmov_b32(uint32_t a, uint32_t old, uint32_t scc)
{
    return cairn_sem_scalar_of(scc ? a : old, scc);
}

CAIRN_SEM_SALU cairn_sem_s_cmov_b64(uint64_t a, uint64_t old, uint32_t scc)
{
    return cairn_sem_scalar_of(scc ? a : old, scc);
}

CAIRN_SEM_SALU cairn_sem_s_not_b32(uint32_t a, uint32_t scc)
{
    return cairn_sem_scalar_nz((uint32_t)~a);
}

CAIRN_SEM_SALU cairn_sem_s_not_b64(uint64_t a, uint32_t scc)
{
    return cairn_sem_scalar_nz(~a);
}

/* A set bit for each group of four lanes of which one is set; wqm sets the whole group. */
static inline uint64_t cairn_sem_quads(uint64_t a)
{
    uint64_t pairs = a | a >> 1;
    return (pairs | pairs >> 2) & UINT64_C(0x1111111111111111);
}

CAIRN_SEM_SALU cairn_sem_s_wqm_b64(uint64_t a, uint32_t scc)
{
    return cairn_sem_scalar_nz(cairn_sem_quads(a) * 15);
}

CAIRN_SEM_SALU cairn_sem_s_wqm_b32(uint32_t a, uint32_t scc)
{
    return cairn_sem_s_wqm_b64(a, scc);
}

CAIRN_SEM_SALU cairn_sem_s_quadmask_b64(uint64_t a, uint32_t scc)
{
    uint64_t quads = cairn_sem_quads(a), out = 0;
    for (unsigned i = 0; i < 16; i++)
        out |= (quads >> (4 * i) & 1) << i;
    return cairn_sem_scalar_nz(out);
}

CAIRN_SEM_SALU cairn_sem_s_quadmask_b32(uint32_t a, uint32_t scc)
{
    return cairn_sem_s_quadmask_b64(a, scc);
}

CAIRN_SEM_SALU cairn_sem_s_brev_b32(uint32_t a, uint32_t scc)
{
    return cairn_sem_scalar_of(__builtin_bitreverse32(a), scc);
}

CAIRN_SEM_SALU cairn_sem_s_brev_b64(uint64_t a, uint32_t scc)
{
    return cairn_sem_scalar_of(cairn_sem_reverse64(a), scc);
}

CAIRN_SEM_SALU cairn_sem_s_bcnt0_i32_b32(uint32_t a, uint32_t scc)
{
    return cairn_sem_scalar_nz((uint32_t)__builtin_popcount(~a));
}

CAIRN_SEM_SALU cairn_sem_s_bcnt0_i32_b64(uint64_t a, uint32_t scc)
{
    return cairn_sem_scalar_nz((uint32_t)__builtin_popcountll(~a));
}

CAIRN_SEM_SALU cairn_sem_s_bcnt1_i32_b32(uint32_t a, uint32_t scc)
{
    return cairn_sem_scalar_nz((uint32_t)__builtin_popcount(a));
}

CAIRN_SEM_SALU cairn_sem_s_bcnt1_i32_b64(uint64_t a, uint32_t scc)
{
    return cairn_sem_scalar_nz((uint32_t)__builtin_popcountll(a));
}

/* Position of the lowest set bit, -1 if there is none. */
CAIRN_SEM_SALU cairn_sem_s_ff1_i32_b64(uint64_t a, uint32_t scc)
{
    return cairn_sem_scalar_of(a == 0 ? UINT32_MAX : (uint32_t)__builtin_ctzll(a), scc);
}

CAIRN_SEM_SALU cairn_sem_s_ff1_i32_b32(uint32_t a, uint32_t scc)
{
    return cairn_sem_s_ff1_i32_b64(a, scc);
}

CAIRN_SEM_SALU cairn_sem_s_ff0_i32_b32(uint32_t a, uint32_t scc)
{
    return cairn_sem_s_ff1_i32_b64((uint32_t)~a, scc);
}

CAIRN_SEM_SALU cairn_sem_s_ff0_i32_b64(uint64_t a, uint32_t scc)
{
    return cairn_sem_s_ff1_i32_b64(~a, scc);
}

/* Zeros above the highest set bit; signed: sign bits above the first that differs, less one. */
CAIRN_SEM_SALU cairn_sem_s_flbit_i32_b32(uint32_t a, uint32_t scc)
{
    return cairn_sem_scalar_of(a == 0 ? UINT32_MAX : (uint32_t)__builtin_clz(a), scc);
}

CAIRN_SEM_SALU cairn_sem_s_flbit_i32_b64(uint64_t a, uint32_t scc)
{
    return cairn_sem_scalar_of(a == 0 ? UINT32_MAX : (uint32_t)__builtin_clzll(a), scc);
}

CAIRN_SEM_SALU cairn_sem_s_flbit_i32(uint32_t a, uint32_t scc)
{
    return cairn_sem_s_flbit_i32_b32((int32_t)a < 0 ? ~a : a, scc);
}

CAIRN_SEM_SALU cairn_sem_s_flbit_i32_i64(uint64_t a, uint32_t scc)
{
    return cairn_sem_s_flbit_i32_b64((int64_t)a < 0 ? ~a : a, scc);
}

CAIRN_SEM_SALU cairn_sem_s_sext_i32_i8(uint32_t a, uint32_t scc)
{
    return cairn_sem_scalar_of((uint32_t)(int8_t)a, scc);
}

CAIRN_SEM_SALU cairn_sem_s_sext_i32_i16(uint32_t a, uint32_t scc)
{
    return cairn_sem_scalar_of((uint32_t)(int16_t)a, scc);
}

CAIRN_SEM_SALU cairn_sem_s_bitset0_b32(uint32_t a, uint32_t old, uint32_t scc)
{
    return cairn_sem_scalar_of(old & ~(1u << (a & 31)), scc);
}

CAIRN_SEM_SALU cairn_sem_s_bitset1_b32(uint32_t a, uint32_t old, uint32_t scc)
{
    return cairn_sem_scalar_of(old | 1u << (a & 31), scc);
}

CAIRN_SEM_SALU cairn_sem_s_bitset0_b64(uint32_t a, uint64_t old, uint32_t scc)
{
    return cairn_sem_scalar_of(old & ~(UINT64_C(1) << (a & 63)), scc);
}

CAIRN_SEM_SALU cairn_sem_s_bitset1_b64(uint32_t a, uint64_t old, uint32_t scc)
{
    return cairn_sem_scalar_of(old | UINT64_C(1) << (a & 63), scc);
}

CAIRN_SEM_SALU cairn_sem_s_abs_i32(uint32_t a, uint32_t scc)
{
    return cairn_sem_scalar_nz((int32_t)a < 0 ? -a : a);
}

/* Each bit twice. */
CAIRN_SEM_SALU cairn_sem_s_bitreplicate_b64_b32(uint32_t a, uint32_t scc)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < 32; i++)
        out |= (uint64_t)(a >> i & 1) * 3 << (2 * i);
    return cairn_sem_scalar_of(out, scc);
}

/* ---- SOPK. The immediate comes sign-extended. */

CAIRN_SEM_SALU cairn_sem_s_movk_i32(uint32_t old, uint32_t imm, uint32_t scc)
{
    return cairn_sem_scalar_of(imm, scc);
}

CAIRN_SEM_SALU cairn_sem_s_cmovk_i32(uint32_t old, uint32_t imm, uint32_t scc)
{
    return cairn_sem_scalar_of(scc ? imm : old, scc);
}

CAIRN_SEM_SALU cairn_sem_s_addk_i32(uint32_t old, uint32_t imm, uint32_t scc)
{
    return cairn_sem_s_add_i32(old, imm, scc);
}

CAIRN_SEM_SALU cairn_sem_s_mulk_i32(uint32_t old, uint32_t imm, uint32_t scc)
{
    return cairn_sem_scalar_of(old * imm, scc);
}

/* ---- EXEC = f(source, EXEC) */

static inline uint64_t cairn_sem_exec_and(uint64_t s, uint64_t exec)
{
    return s & exec;
}

static inline uint64_t cairn_sem_exec_or(uint64_t s, uint64_t exec)
{
    return s | exec;
}

static inline uint64_t cairn_sem_exec_xor(uint64_t s, uint64_t exec)
{
    return s ^ exec;
}

static inline uint64_t cairn_sem_exec_andn2(uint64_t s, uint64_t exec)
{
    return s & ~exec;
}

static inline uint64_t cairn_sem_exec_orn2(uint64_t s, uint64_t exec)
{
    return s | ~exec;
}

static inline uint64_t cairn_sem_exec_nand(uint64_t s, uint64_t exec)
{
    return ~(s & exec);
}

static inline uint64_t cairn_sem_exec_nor(uint64_t s, uint64_t exec)
{
    return ~(s | exec);
}

static inline uint64_t cairn_sem_exec_xnor(uint64_t s, uint64_t exec)
{
    return ~(s ^ exec);
}

static inline uint64_t cairn_sem_exec_andn1(uint64_t s, uint64_t exec)
{
    return ~s & exec;
}

static inline uint64_t cairn_sem_exec_orn1(uint64_t s, uint64_t exec)
{
    return ~s | exec;
}

#undef CAIRN_SEM_LSHL_ADD
#undef CAIRN_SEM_LOGIC

#endif
