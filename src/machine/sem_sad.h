/* SPDX-License-Identifier: MIT
 * Meanings of vector instructions on bytes: sums of absolute differences and averages, one lane.
 * `_sat` is the form with the clamp bit. AMD "CDNA2 ISA" 12.11.
 */
#ifndef CAIRN_MACHINE_SEM_SAD_H
#define CAIRN_MACHINE_SEM_SAD_H

#include "machine/sem_int.h"

/* ---- bytes. Sums of absolute differences; `skip`: bytes where the reference is 0 do not count. */

CAIRN_SEM uint32_t cairn_sem_byte_difference(uint32_t a, uint32_t b, unsigned i, bool skip)
{
    uint32_t x = a >> (8 * i) & 0xff, y = b >> (8 * i) & 0xff;
    uint32_t difference = x > y ? x - y : y - x;
    return skip && y == 0 ? 0 : difference;
}

CAIRN_SEM uint32_t cairn_sem_byte_differences(uint32_t a, uint32_t b, bool skip)
{
    return cairn_sem_byte_difference(a, b, 0, skip) + cairn_sem_byte_difference(a, b, 1, skip) +
           cairn_sem_byte_difference(a, b, 2, skip) + cairn_sem_byte_difference(a, b, 3, skip);
}

#define CAIRN_SEM_SAD(name, sum)                                                                   \
    CAIRN_SEM uint32_t cairn_sem_##name(uint32_t a, uint32_t b, uint32_t c)                        \
    {                                                                                              \
        return (sum) + c;                                                                          \
    }                                                                                              \
    CAIRN_SEM uint32_t cairn_sem_##name##_sat(uint32_t a, uint32_t b, uint32_t c)                  \
    {                                                                                              \
        return cairn_sem_add_u32_sat(sum, c);                                                      \
    }
CAIRN_SEM_SAD(sad_u8, cairn_sem_byte_differences(a, b, false))
CAIRN_SEM_SAD(msad_u8, cairn_sem_byte_differences(a, b, true))
CAIRN_SEM_SAD(sad_hi_u8, cairn_sem_byte_differences(a, b, false) << 16)
CAIRN_SEM_SAD(sad_u32, (a > b ? a - b : b - a))
#undef CAIRN_SEM_SAD

CAIRN_SEM uint32_t cairn_sem_half_differences(uint32_t a, uint32_t b)
{
    uint32_t low =
        (a & 0xffff) > (b & 0xffff) ? (a & 0xffff) - (b & 0xffff) : (b & 0xffff) - (a & 0xffff);
    return low + (a >> 16 > b >> 16 ? (a >> 16) - (b >> 16) : (b >> 16) - (a >> 16));
}

CAIRN_SEM uint32_t cairn_sem_sad_u16(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_sem_half_differences(a, b) + c;
}

CAIRN_SEM uint32_t cairn_sem_sad_u16_sat(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_sem_add_u32_sat(cairn_sem_half_differences(a, b), c);
}

/* Average of each byte, with bit 0 of the byte of c rounding. */
CAIRN_SEM uint32_t cairn_sem_lerp_byte(uint32_t a, uint32_t b, uint32_t c, unsigned i)
{
    uint32_t sum = (a >> (8 * i) & 0xff) + (b >> (8 * i) & 0xff) + (c >> (8 * i) & 1);
    return sum >> 1 << (8 * i);
}

CAIRN_SEM uint32_t cairn_sem_lerp_u8(uint32_t a, uint32_t b, uint32_t c)
{
    return cairn_sem_lerp_byte(a, b, c, 0) | cairn_sem_lerp_byte(a, b, c, 1) |
           cairn_sem_lerp_byte(a, b, c, 2) | cairn_sem_lerp_byte(a, b, c, 3);
}

/* Four sums: the four bytes of a that start at byte i, against b. */
CAIRN_SEM uint64_t cairn_sem_quad_sad(uint64_t a, uint32_t b, uint64_t c, bool skip, bool sat)
{
    uint64_t out = 0;
    for (unsigned i = 0; i < 4; i++) {
        uint32_t sum = cairn_sem_byte_differences((uint32_t)(a >> (8 * i)), b, skip) +
                       (uint32_t)(c >> (16 * i) & 0xffff);
        sum = sat && sum > 0xffff ? 0xffff : sum & 0xffff;
        out |= (uint64_t)sum << (16 * i);
    }
    return out;
}

CAIRN_SEM uint64_t cairn_sem_qsad_pk_u16_u8(uint64_t a, uint32_t b, uint64_t c)
{
    return cairn_sem_quad_sad(a, b, c, false, false);
}

CAIRN_SEM uint64_t cairn_sem_qsad_pk_u16_u8_sat(uint64_t a, uint32_t b, uint64_t c)
{
    return cairn_sem_quad_sad(a, b, c, false, true);
}

CAIRN_SEM uint64_t cairn_sem_mqsad_pk_u16_u8(uint64_t a, uint32_t b, uint64_t c)
{
    return cairn_sem_quad_sad(a, b, c, true, false);
}

CAIRN_SEM uint64_t cairn_sem_mqsad_pk_u16_u8_sat(uint64_t a, uint32_t b, uint64_t c)
{
    return cairn_sem_quad_sad(a, b, c, true, true);
}

#endif
