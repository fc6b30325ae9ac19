/* SPDX-License-Identifier: MIT
 * From a row of a .def table to a kernel: how a lane of each operand type is read and written, and
 * the loops. Included by the files that expand the tables.
 */
#ifndef CAIRN_INTERP_KERNEL_H
#define CAIRN_INTERP_KERNEL_H

#include "interp/rows.h"
#include "interp/valu.h"

#define GET_B32(p, l)    (p)[l]
#define GET_I32(p, l)    (p)[l]
#define GET_U32(p, l)    (p)[l]
#define GET_F32(p, l)    (p)[l]
#define GET_PK_F32(p, l) (p)[l] /* element by element */
#define GET_B16(p, l)    ((p)[l] & 0xffff)
#define GET_I16(p, l)    ((p)[l] & 0xffff)
#define GET_U16(p, l)    ((p)[l] & 0xffff)
#define GET_F16(p, l)    ((p)[l] & 0xffff)
#define GET_PK_I16(p, l) ((p)[l] & 0xffff)
#define GET_PK_U16(p, l) ((p)[l] & 0xffff)
#define GET_PK_F16(p, l) ((p)[l] & 0xffff)
#define GET_B64(p, l)    ((p)[l] | (uint64_t)(p)[ROW + (l)] << 32)
#define GET_I64(p, l)    GET_B64(p, l)
#define GET_U64(p, l)    GET_B64(p, l)
#define GET_F64(p, l)    GET_B64(p, l)

#define PUT_B32(p, l, v)    (p)[l] = (v)
#define PUT_I32(p, l, v)    (p)[l] = (v)
#define PUT_U32(p, l, v)    (p)[l] = (v)
#define PUT_F32(p, l, v)    (p)[l] = (v)
#define PUT_PK_F32(p, l, v) (p)[l] = (v)
#define PUT_B16(p, l, v)    (p)[l] = (v) & 0xffff
#define PUT_I16(p, l, v)    (p)[l] = (v) & 0xffff
#define PUT_U16(p, l, v)    (p)[l] = (v) & 0xffff
#define PUT_F16(p, l, v)    (p)[l] = (v) & 0xffff
#define PUT_PK_I16(p, l, v) (p)[l] = (v) & 0xffff
#define PUT_PK_U16(p, l, v) (p)[l] = (v) & 0xffff
#define PUT_PK_F16(p, l, v) (p)[l] = (v) & 0xffff
#define PUT_B64(p, l, v)                                                                           \
    do {                                                                                           \
        uint64_t v_ = (v);                                                                         \
        (p)[l] = (uint32_t)v_;                                                                     \
        (p)[ROW + (l)] = (uint32_t)(v_ >> 32);                                                     \
    } while (0)
#define PUT_I64(p, l, v) PUT_B64(p, l, v)
#define PUT_U64(p, l, v) PUT_B64(p, l, v)
#define PUT_F64(p, l, v) PUT_B64(p, l, v)

#define KERNEL(name)                                                                               \
    static uint64_t name(uint32_t mode, uint64_t in, uint32_t *d, const uint32_t *s0,              \
                         const uint32_t *s1, const uint32_t *s2)

#define KERNEL1(name, D, S0, call)                                                                 \
    KERNEL(name)                                                                                   \
    {                                                                                              \
        FOR_LANES(l)                                                                               \
        {                                                                                          \
            PUT_##D(d, l, call(GET_##S0(s0, l)));                                                  \
        }                                                                                          \
        return 0;                                                                                  \
    }
#define KERNEL2(name, D, S0, S1, call)                                                             \
    KERNEL(name)                                                                                   \
    {                                                                                              \
        FOR_LANES(l)                                                                               \
        {                                                                                          \
            PUT_##D(d, l, call(GET_##S0(s0, l), GET_##S1(s1, l)));                                 \
        }                                                                                          \
        return 0;                                                                                  \
    }
#define KERNEL3(name, D, S0, S1, S2, call)                                                         \
    KERNEL(name)                                                                                   \
    {                                                                                              \
        FOR_LANES(l)                                                                               \
        {                                                                                          \
            PUT_##D(d, l, call(GET_##S0(s0, l), GET_##S1(s1, l), GET_##S2(s2, l)));                \
        }                                                                                          \
        return 0;                                                                                  \
    }
/* `test` is an expression in a and b. */
#define KERNEL_TEST(name, A, B, test)                                                              \
    KERNEL(name)                                                                                   \
    {                                                                                              \
        uint32_t out[ROW];                                                                         \
        FOR_LANES(l)                                                                               \
        {                                                                                          \
            __auto_type a = GET_##A(s0, l);                                                        \
            __auto_type b = GET_##B(s1, l);                                                        \
            (void)a, (void)b;                                                                      \
            out[l] = (test);                                                                       \
        }                                                                                          \
        return row_pack(out);                                                                      \
    }

#endif
