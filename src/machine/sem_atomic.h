/* SPDX-License-Identifier: MIT
 * What atomic instructions compute: the value that memory gets, from the value that it had and the
 * data of one lane. Lane-generic and free of memory access; DS, FLAT, GLOBAL and buffer atomics
 * share these. Floating-point atomics round to nearest even whatever MODE says (AMD "CDNA2 ISA",
 * 9.2); MODE matters for the denormals of LDS f32 adds alone.
 */
#ifndef CAIRN_MACHINE_SEM_ATOMIC_H
#define CAIRN_MACHINE_SEM_ATOMIC_H

#include "fp/arith.h"

#include <stdint.h>

/* ---- integers, 32 and 64 bits alike */

#define CAIRN_SEM_ATOMIC_INT(bits, word, sword)                                                    \
    static inline word cairn_sem_atomic_swap_u##bits(word old, word data)                          \
    {                                                                                              \
        (void)old;                                                                                 \
        return data;                                                                               \
    }                                                                                              \
    static inline word cairn_sem_atomic_cmpswap_u##bits(word old, word data, word compare)         \
    {                                                                                              \
        return old == compare ? data : old;                                                        \
    }                                                                                              \
    static inline word cairn_sem_atomic_add_u##bits(word old, word data)                           \
    {                                                                                              \
        return old + data;                                                                         \
    }                                                                                              \
    static inline word cairn_sem_atomic_sub_u##bits(word old, word data)                           \
    {                                                                                              \
        return old - data;                                                                         \
    }                                                                                              \
    static inline word cairn_sem_atomic_rsub_u##bits(word old, word data)                          \
    {                                                                                              \
        return data - old;                                                                         \
    }                                                                                              \
    static inline word cairn_sem_atomic_inc_u##bits(word old, word data)                           \
    {                                                                                              \
        return old >= data ? 0 : old + 1;                                                          \
    }                                                                                              \
    static inline word cairn_sem_atomic_dec_u##bits(word old, word data)                           \
    {                                                                                              \
        return old == 0 || old > data ? data : old - 1;                                            \
    }                                                                                              \
    static inline word cairn_sem_atomic_min_i##bits(word old, word data)                           \
    {                                                                                              \
        return (sword)data < (sword)old ? data : old;                                              \
    }                                                                                              \
    static inline word cairn_sem_atomic_max_i##bits(word old, word data)                           \
    {                                                                                              \
        return (sword)data > (sword)old ? data : old;                                              \
    }                                                                                              \
    static inline word cairn_sem_atomic_min_u##bits(word old, word data)                           \
    {                                                                                              \
        return data < old ? data : old;                                                            \
    }                                                                                              \
    static inline word cairn_sem_atomic_max_u##bits(word old, word data)                           \
    {                                                                                              \
        return data > old ? data : old;                                                            \
    }                                                                                              \
    static inline word cairn_sem_atomic_and_b##bits(word old, word data)                           \
    {                                                                                              \
        return old & data;                                                                         \
    }                                                                                              \
    static inline word cairn_sem_atomic_or_b##bits(word old, word data)                            \
    {                                                                                              \
        return old | data;                                                                         \
    }                                                                                              \
    static inline word cairn_sem_atomic_xor_b##bits(word old, word data)                           \
    {                                                                                              \
        return old ^ data;                                                                         \
    }                                                                                              \
    static inline word cairn_sem_atomic_mskor_b##bits(word old, word mask, word data)              \
    {                                                                                              \
        return (old & ~mask) | data;                                                               \
    }
CAIRN_SEM_ATOMIC_INT(32, uint32_t, int32_t)
CAIRN_SEM_ATOMIC_INT(64, uint64_t, int64_t)
#undef CAIRN_SEM_ATOMIC_INT

/* ds_wrap_rtn_b32 */
static inline uint32_t cairn_sem_atomic_wrap_b32(uint32_t old, uint32_t limit, uint32_t step)
{
    return old >= limit ? old - limit : old + step;
}

/* ds_condxchg32_rtn_b64: each half is stored, its bit 31 cleared, only if its bit 31 was set. */
static inline uint32_t cairn_sem_atomic_condxchg_half(uint32_t old, uint32_t data)
{
    return data >> 31 ? data & 0x7fffffff : old;
}

static inline uint64_t cairn_sem_atomic_condxchg32_b64(uint64_t old, uint64_t data)
{
    uint64_t high = cairn_sem_atomic_condxchg_half((uint32_t)(old >> 32), (uint32_t)(data >> 32));
    return high << 32 | cairn_sem_atomic_condxchg_half((uint32_t)old, (uint32_t)data);
}

/* ---- floats. Compares are numeric: -0 equals +0, a NaN is neither below, above nor equal. */

static inline uint32_t cairn_sem_atomic_min_f32(uint32_t old, uint32_t data)
{
    return cairn_fp_host_of_f32(data) < cairn_fp_host_of_f32(old) ? data : old;
}

static inline uint32_t cairn_sem_atomic_max_f32(uint32_t old, uint32_t data)
{
    return cairn_fp_host_of_f32(data) > cairn_fp_host_of_f32(old) ? data : old;
}

static inline uint64_t cairn_sem_atomic_min_f64(uint64_t old, uint64_t data)
{
    return cairn_fp_host_of_f64(data) < cairn_fp_host_of_f64(old) ? data : old;
}

static inline uint64_t cairn_sem_atomic_max_f64(uint64_t old, uint64_t data)
{
    return cairn_fp_host_of_f64(data) > cairn_fp_host_of_f64(old) ? data : old;
}

static inline uint32_t cairn_sem_atomic_cmpswap_f32(uint32_t old, uint32_t data, uint32_t compare)
{
    return cairn_fp_host_of_f32(old) == cairn_fp_host_of_f32(compare) ? data : old;
}

static inline uint64_t cairn_sem_atomic_cmpswap_f64(uint64_t old, uint64_t data, uint64_t compare)
{
    return cairn_fp_host_of_f64(old) == cairn_fp_host_of_f64(compare) ? data : old;
}

/* Denormals by MODE: LDS passes the wave's, memory passes 0, because the f32 adder of the L2 cache
 * flushes on gfx90a (LLVM: "fadd atomics flush denormals" of MI200). */
static inline uint32_t cairn_sem_atomic_add_f32(uint32_t mode, uint32_t old, uint32_t data)
{
    uint32_t denormals = mode & (CAIRN_FP_KEEP_IN_32 | CAIRN_FP_KEEP_OUT_32);
    return cairn_fp_add_f32(denormals | CAIRN_FP_IEEE, old, data);
}

static inline uint32_t cairn_sem_atomic_add_memory_f32(uint32_t old, uint32_t data)
{
    return cairn_sem_atomic_add_f32(0, old, data);
}

/* f64 and packed f16 keep denormals everywhere. */
static inline uint64_t cairn_sem_atomic_add_f64(uint64_t old, uint64_t data)
{
    return cairn_fp_add_f64(CAIRN_FP_MODE_DEFAULT, old, data);
}

static inline uint32_t cairn_sem_atomic_pk_add_f16(uint32_t old, uint32_t data)
{
    uint32_t low = cairn_fp_add_f16(CAIRN_FP_MODE_DEFAULT, old & 0xffff, data & 0xffff);
    uint32_t high = cairn_fp_add_f16(CAIRN_FP_MODE_DEFAULT, old >> 16, data >> 16);
    return low | high << 16;
}

#endif
