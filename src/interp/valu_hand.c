/* SPDX-License-Identifier: MIT
 * Kernels of integer vector operations that no table row describes: selects by mask, counts of
 * lanes below, 64-bit sums with carry, 128-bit results.
 */
#include "interp/kernel.h"
#include "machine/sem_int.h"
#include "machine/sem_sad.h"

KERNEL(select_by_mask)
{
    row_select(d, s1, s0, in);
    return 0;
}

/* Bits of s0 below the lane, in the low or the high half of the wave, + s1. EXEC plays no part. */
KERNEL(count_low)
{
    FOR_LANES(l)
    {
        uint32_t below = l >= 32 ? UINT32_MAX : (1u << (l & 31)) - 1;
        d[l] = (uint32_t)__builtin_popcount(s0[l] & below) + s1[l];
    }
    return 0;
}

KERNEL(count_high)
{
    FOR_LANES(l)
    {
        uint32_t below = l < 32 ? 0 : (1u << (l & 31)) - 1;
        d[l] = (uint32_t)__builtin_popcount(s0[l] & below) + s1[l];
    }
    return 0;
}

#define MAD64(name, fn, limited, limit)                                                            \
    KERNEL(name)                                                                                   \
    {                                                                                              \
        uint32_t carry[ROW];                                                                       \
        FOR_LANES(l)                                                                               \
        {                                                                                          \
            struct cairn_sem_carry64 r = fn(s0[l], s1[l], GET_U64(s2, l));                         \
            PUT_U64(d, l, limited && r.carry ? limit : r.value);                                   \
            carry[l] = r.carry;                                                                    \
        }                                                                                          \
        return row_pack(carry);                                                                    \
    }
MAD64(mad_unsigned, cairn_sem_mad_u64_u32, false, 0)
MAD64(mad_signed, cairn_sem_mad_i64_i32, false, 0)
MAD64(mad_unsigned_limited, cairn_sem_mad_u64_u32, true, UINT64_MAX)

#define MQSAD(name, sad)                                                                           \
    KERNEL(name)                                                                                   \
    {                                                                                              \
        for (unsigned l = 0; l < ROW; l++) {                                                       \
            uint64_t a = GET_U64(s0, l);                                                           \
            uint32_t b = s1[l], out[4];                                                            \
            for (unsigned i = 0; i < 4; i++)                                                       \
                out[i] = sad((uint32_t)(a >> (8 * i)), b, s2[i * ROW + l]);                        \
            for (unsigned i = 0; i < 4; i++)                                                       \
                d[i * ROW + l] = out[i];                                                           \
        }                                                                                          \
        return 0;                                                                                  \
    }
MQSAD(mqsad, cairn_sem_msad_u8)
MQSAD(mqsad_limited, cairn_sem_msad_u8_sat)

#define T(t) CAIRN_TYPE_##t
#define OUT  CAIRN_VALU_MASK_OUT
static const struct {
    uint16_t op;
    struct cairn_valu_row row;
} rows[] = {
    {CAIRN_OP_v_cndmask_b32,
     {select_by_mask, NULL, T(B32), {T(B32), T(B32), T(NONE)}, 2, CAIRN_VALU_MASK_IN}},
    {CAIRN_OP_v_mbcnt_lo_u32_b32, {count_low, NULL, T(U32), {T(B32), T(U32), T(NONE)}, 2, 0}},
    {CAIRN_OP_v_mbcnt_hi_u32_b32, {count_high, NULL, T(U32), {T(B32), T(U32), T(NONE)}, 2, 0}},
    {CAIRN_OP_v_mad_u64_u32,
     {mad_unsigned, mad_unsigned_limited, T(U64), {T(U32), T(U32), T(U64)}, 3, OUT}},
    {CAIRN_OP_v_mad_i64_i32, {mad_signed, NULL, T(I64), {T(I32), T(I32), T(I64)}, 3, OUT}},
    {CAIRN_OP_v_mqsad_u32_u8, {mqsad, mqsad_limited, T(B128), {T(U64), T(U32), T(B128)}, 3, 0}},
};

const struct cairn_valu_row *CAIRN_TARGET(cairn_valu_hand_row)(unsigned op)
{
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++)
        if (rows[i].op == op)
            return &rows[i].row;
    return NULL;
}
