/* SPDX-License-Identifier: MIT */
/* Wave-wide services: lane numbers, votes, reductions and scans over the active lanes. The loops
 * walk the active mask, so any set of active lanes gives the right answer; the order of
 * floating-point sums is lane order. */
#include "ockl.h"

typedef _Float16 f16;

ALWAYS CONST_FN u32 __ockl_lane_u32(void)
{
    u32 low = __builtin_amdgcn_mbcnt_lo(~0u, 0);
    return __oclc_wavefrontsize64 ? __builtin_amdgcn_mbcnt_hi(~0u, low) : low;
}

INLINE u64 active_mask(void)
{
    return __builtin_amdgcn_ballot_w64(1);
}

ALWAYS u32 __ockl_activelane_u32(void)
{
    u64 mask = active_mask();
    return __builtin_amdgcn_mbcnt_hi((u32)(mask >> 32), __builtin_amdgcn_mbcnt_lo((u32)mask, 0));
}

ALWAYS _Bool __ockl_wfany_i32(i32 e)
{
    return __builtin_amdgcn_ballot_w64(e != 0) != 0;
}

ALWAYS _Bool __ockl_wfall_i32(i32 e)
{
    return __builtin_amdgcn_ballot_w64(e == 0) == 0;
}

ALWAYS _Bool __ockl_wfsame_i32(i32 e)
{
    u64 set = __builtin_amdgcn_ballot_w64(e != 0);
    return set == 0 || set == active_mask();
}

INLINE u64 readlane_u64(u64 v, u32 lane)
{
    u32 lo = (u32)__builtin_amdgcn_readlane((i32)(u32)v, (i32)lane);
    u32 hi = (u32)__builtin_amdgcn_readlane((i32)(u32)(v >> 32), (i32)lane);
    return ((u64)hi << 32) | lo;
}

u32 __ockl_wfbcast_u32(u32 v, u32 lane)
{
    return (u32)__builtin_amdgcn_readlane((i32)v, __builtin_amdgcn_readfirstlane((i32)lane));
}

u64 __ockl_wfbcast_u64(u64 v, u32 lane)
{
    return readlane_u64(v, (u32)__builtin_amdgcn_readfirstlane((i32)lane));
}

i32 __ockl_readuplane_i32(i32 v, i32 delta)
{
    u32 lane = __ockl_lane_u32() + (u32)delta;
    return __builtin_amdgcn_ds_bpermute((i32)(lane << 2), v);
}

i64 __ockl_readuplane_i64(i64 v, i32 delta)
{
    u32 lo = (u32)__ockl_readuplane_i32((i32)(u32)(u64)v, delta);
    u32 hi = (u32)__ockl_readuplane_i32((i32)(u32)((u64)v >> 32), delta);
    return (i64)(((u64)hi << 32) | lo);
}

#define OP_add(T, a, b) ((T)(a + b))
#define OP_min(T, a, b) (a < b ? a : b)
#define OP_max(T, a, b) (a > b ? a : b)
#define OP_and(T, a, b) (a & b)
#define OP_or(T, a, b)  (a | b)
#define OP_xor(T, a, b) (a ^ b)

/* One reduction and one scan of type T, which BITS_T and FROM_T carry through an integer of 64
 * bits. */
#define WAVE_OP(OP, SUFFIX, T, TO_BITS, FROM_BITS)                                                 \
    T __ockl_wfred_##OP##_##SUFFIX(T x)                                                            \
    {                                                                                              \
        u64 left = active_mask();                                                                  \
        u32 lane = (u32)__builtin_ctzl(left);                                                      \
        T total = FROM_BITS(readlane_u64(TO_BITS(x), lane));                                       \
        for (left &= left - 1; left != 0; left &= left - 1) {                                      \
            lane = (u32)__builtin_ctzl(left);                                                      \
            T other = FROM_BITS(readlane_u64(TO_BITS(x), lane));                                   \
            total = OP_##OP(T, total, other);                                                      \
        }                                                                                          \
        return total;                                                                              \
    }                                                                                              \
    T __ockl_wfscan_##OP##_##SUFFIX(T x, _Bool inclusive)                                          \
    {                                                                                              \
        u64 left = active_mask();                                                                  \
        u32 me = __ockl_lane_u32();                                                                \
        u32 lane = (u32)__builtin_ctzl(left);                                                      \
        T total = FROM_BITS(readlane_u64(TO_BITS(x), lane));                                       \
        T result = lane == me && inclusive ? total : IDENTITY_##OP##_##SUFFIX;                     \
        for (left &= left - 1; left != 0; left &= left - 1) {                                      \
            lane = (u32)__builtin_ctzl(left);                                                      \
            T other = FROM_BITS(readlane_u64(TO_BITS(x), lane));                                   \
            T next = OP_##OP(T, total, other);                                                     \
            if (lane == me)                                                                        \
                result = inclusive ? next : total;                                                 \
            total = next;                                                                          \
        }                                                                                          \
        return result;                                                                             \
    }

#define INT_TO_BITS(x)   ((u64)(x))
#define I32_FROM_BITS(v) ((i32)(u32)(v))
#define U32_FROM_BITS(v) ((u32)(v))
#define I64_FROM_BITS(v) ((i64)(v))
#define U64_FROM_BITS(v) (v)
#define F32_TO_BITS(x)   ((u64) __builtin_bit_cast(u32, x))
#define F32_FROM_BITS(v) __builtin_bit_cast(float, (u32)(v))
#define F64_TO_BITS(x)   __builtin_bit_cast(u64, x)
#define F64_FROM_BITS(v) __builtin_bit_cast(double, (v))
#define F16_TO_BITS(x)   ((u64) __builtin_bit_cast(u16, x))
#define F16_FROM_BITS(v) __builtin_bit_cast(f16, (u16)(v))

#define IDENTITY_add_i32 0
#define IDENTITY_add_u32 0
#define IDENTITY_add_i64 0
#define IDENTITY_add_u64 0
#define IDENTITY_add_f16 0
#define IDENTITY_add_f32 0
#define IDENTITY_add_f64 0
#define IDENTITY_or_i32  0
#define IDENTITY_or_u32  0
#define IDENTITY_or_i64  0
#define IDENTITY_or_u64  0
#define IDENTITY_xor_i32 0
#define IDENTITY_xor_u32 0
#define IDENTITY_xor_i64 0
#define IDENTITY_xor_u64 0
#define IDENTITY_and_i32 (-1)
#define IDENTITY_and_u32 (~0u)
#define IDENTITY_and_i64 (-1L)
#define IDENTITY_and_u64 (~0ul)
#define IDENTITY_min_i32 __INT_MAX__
#define IDENTITY_min_u32 (~0u)
#define IDENTITY_min_i64 __LONG_MAX__
#define IDENTITY_min_u64 (~0ul)
#define IDENTITY_min_f16 ((f16)__builtin_inff())
#define IDENTITY_min_f32 __builtin_inff()
#define IDENTITY_min_f64 __builtin_inf()
#define IDENTITY_max_i32 (-__INT_MAX__ - 1)
#define IDENTITY_max_u32 0
#define IDENTITY_max_i64 (-__LONG_MAX__ - 1)
#define IDENTITY_max_u64 0
#define IDENTITY_max_f16 ((f16) - __builtin_inff())
#define IDENTITY_max_f32 (-__builtin_inff())
#define IDENTITY_max_f64 (-__builtin_inf())

#define WAVE_OP_INT(OP)                                                                            \
    WAVE_OP(OP, i32, i32, INT_TO_BITS, I32_FROM_BITS)                                              \
    WAVE_OP(OP, u32, u32, INT_TO_BITS, U32_FROM_BITS)                                              \
    WAVE_OP(OP, i64, i64, INT_TO_BITS, I64_FROM_BITS)                                              \
    WAVE_OP(OP, u64, u64, INT_TO_BITS, U64_FROM_BITS)
#define WAVE_OP_FLOAT(OP)                                                                          \
    WAVE_OP(OP, f16, f16, F16_TO_BITS, F16_FROM_BITS)                                              \
    WAVE_OP(OP, f32, float, F32_TO_BITS, F32_FROM_BITS)                                            \
    WAVE_OP(OP, f64, double, F64_TO_BITS, F64_FROM_BITS)

WAVE_OP_INT(add)
WAVE_OP_INT(min)
WAVE_OP_INT(max)
WAVE_OP_INT(and)
WAVE_OP_INT(or)
WAVE_OP_INT(xor)
WAVE_OP_FLOAT(add)
WAVE_OP_FLOAT(min)
WAVE_OP_FLOAT(max)
