/* SPDX-License-Identifier: MIT
 * Kernels of valu_int.def.
 */
#include "interp/kernel.h"
#include "machine/sem_int.h"
#include "machine/sem_sad.h"

#define SIGNED_I16(x) (int16_t)(x)
#define SIGNED_U16(x) (uint16_t)(x)
#define SIGNED_I32(x) (int32_t)(x)
#define SIGNED_U32(x) (uint32_t)(x)
#define SIGNED_I64(x) (int64_t)(x)
#define SIGNED_U64(x) (uint64_t)(x)

#define VALU1(op, D, S0, fn)         KERNEL1(k_##op, D, S0, fn)
#define VALU2(op, D, S0, S1, fn)     KERNEL2(k_##op, D, S0, S1, fn)
#define VALU3(op, D, S0, S1, S2, fn) KERNEL3(k_##op, D, S0, S1, S2, fn)
#define VALU2C(op, D, S0, S1, fn, fn_clamp)                                                        \
    KERNEL2(k_##op, D, S0, S1, fn)                                                                 \
    KERNEL2(c_##op, D, S0, S1, fn_clamp)
#define VALU3C(op, D, S0, S1, S2, fn, fn_clamp)                                                    \
    KERNEL3(k_##op, D, S0, S1, S2, fn)                                                             \
    KERNEL3(c_##op, D, S0, S1, S2, fn_clamp)
#define VALU2KC(op, D, S0, S1, fn, fn_clamp)     VALU2C(op, D, S0, S1, fn, fn_clamp)
#define VALU3K(op, D, S0, S1, S2, fn)            VALU3(op, D, S0, S1, S2, fn)
#define VALU3KC(op, D, S0, S1, S2, fn, fn_clamp) VALU3C(op, D, S0, S1, S2, fn, fn_clamp)

#define KERNEL_COMPARE(op, T, test)                                                                \
    KERNEL(k_##op)                                                                                 \
    {                                                                                              \
        uint32_t out[ROW];                                                                         \
        FOR_LANES(l)                                                                               \
        {                                                                                          \
            __auto_type a = SIGNED_##T(GET_##T(s0, l));                                            \
            __auto_type b = SIGNED_##T(GET_##T(s1, l));                                            \
            (void)a, (void)b;                                                                      \
            out[l] = (test);                                                                       \
        }                                                                                          \
        return row_pack(out);                                                                      \
    }
#define VCMP(op, T, test) KERNEL_COMPARE(op, T, test)
#define VCMPX(op, T, like)

#define KERNEL_CARRY(name, fn, limited, limit)                                                     \
    KERNEL(name)                                                                                   \
    {                                                                                              \
        uint32_t carry[ROW];                                                                       \
        row_unpack(carry, in);                                                                     \
        FOR_LANES(l)                                                                               \
        {                                                                                          \
            struct cairn_sem_carry32 r = fn(s0[l], s1[l], carry[l]);                               \
            d[l] = limited && r.carry ? limit : r.value;                                           \
            carry[l] = r.carry;                                                                    \
        }                                                                                          \
        return row_pack(carry);                                                                    \
    }
#define VCARRY(op, takes, fn, limit)                                                               \
    KERNEL_CARRY(k_##op, fn, false, limit)                                                         \
    KERNEL_CARRY(c_##op, fn, true, limit)
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

#define T(t)                              CAIRN_TYPE_##t
#define ENTRY(op, k, c, D, A, B, C, n, f) [CAIRN_OP_##op] = {k, c, T(D), {T(A), T(B), T(C)}, n, f},
#define VALU1(op, D, A, fn)               ENTRY(op, k_##op, NULL, D, A, NONE, NONE, 1, 0)
#define VALU2(op, D, A, B, fn)            ENTRY(op, k_##op, NULL, D, A, B, NONE, 2, 0)
#define VALU3(op, D, A, B, C, fn)         ENTRY(op, k_##op, NULL, D, A, B, C, 3, 0)
#define VALU2C(op, D, A, B, fn, s)        ENTRY(op, k_##op, c_##op, D, A, B, NONE, 2, 0)
#define VALU3C(op, D, A, B, C, fn, s)     ENTRY(op, k_##op, c_##op, D, A, B, C, 3, 0)
#define VALU2KC(op, D, A, B, fn, s)    ENTRY(op, k_##op, c_##op, D, A, B, NONE, 2, CAIRN_VALU_KEEP)
#define VALU3K(op, D, A, B, C, fn)     ENTRY(op, k_##op, NULL, D, A, B, C, 3, CAIRN_VALU_KEEP)
#define VALU3KC(op, D, A, B, C, fn, s) ENTRY(op, k_##op, c_##op, D, A, B, C, 3, CAIRN_VALU_KEEP)
#define COMPARE                        CAIRN_VALU_MASK_OUT | CAIRN_VALU_NO_DST
#define VCMP(op, A, test)              ENTRY(op, k_##op, NULL, NONE, A, A, NONE, 2, COMPARE)
#define VCMPX(op, A, like) ENTRY(op, k_##like, NULL, NONE, A, A, NONE, 2, COMPARE | CAIRN_VALU_CMPX)
#define VCARRY(op, in, fn, limit)                                                                  \
    ENTRY(op, k_##op, c_##op, U32, U32, U32, NONE, 2,                                              \
          CAIRN_VALU_MASK_OUT | ((in) ? CAIRN_VALU_MASK_IN : 0))
static const struct cairn_valu_row rows[CAIRN_OP_COUNT] = {
#include "machine/valu_int.def"
};

const struct cairn_valu_row *CAIRN_TARGET(cairn_valu_int_row)(unsigned op)
{
    return rows[op].run != NULL ? &rows[op] : NULL;
}
