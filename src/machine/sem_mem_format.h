/* SPDX-License-Identifier: MIT
 * Buffer formats: how the components of a typed buffer element are packed, and how each becomes a
 * register and back (AMD "CDNA2 ISA" 9.1.4; numbers as LLVM's BUF_DATA_FORMAT_* and
 * BUF_NUM_FORMAT_*). One component at a time; placing them is the caller's part.
 */
#ifndef CAIRN_MACHINE_SEM_MEM_FORMAT_H
#define CAIRN_MACHINE_SEM_MEM_FORMAT_H

#include "fp/half.h"

#include <stdbool.h>
#include <stdint.h>

enum cairn_sem_num_format {
    CAIRN_SEM_UNORM,
    CAIRN_SEM_SNORM,
    CAIRN_SEM_USCALED,
    CAIRN_SEM_SSCALED,
    CAIRN_SEM_UINT,
    CAIRN_SEM_SINT,
    CAIRN_SEM_NUM_RESERVED,
    CAIRN_SEM_FLOAT,
};

/* Widths of the components in bits, the lowest first; 0 ends the list. */
struct cairn_sem_layout {
    uint8_t bits[4];
    uint8_t bytes; /* of the element; 0: no such format */
};

/* The names of the vendor list the highest component first: 10_11_11 has x in bits 10:0. */
static inline struct cairn_sem_layout cairn_sem_layout_of(uint32_t data_format)
{
    static const struct cairn_sem_layout layouts[16] = {
        [1] = {{8}, 1},
        [2] = {{16}, 2},
        [3] = {{8, 8}, 2},
        [4] = {{32}, 4},
        [5] = {{16, 16}, 4},
        [6] = {{11, 11, 10}, 4},
        [7] = {{10, 11, 11}, 4},
        [8] = {{2, 10, 10, 10}, 4},
        [9] = {{10, 10, 10, 2}, 4},
        [10] = {{8, 8, 8, 8}, 4},
        [11] = {{32, 32}, 8},
        [12] = {{16, 16, 16, 16}, 8},
        [13] = {{32, 32, 32}, 12},
        [14] = {{32, 32, 32, 32}, 16},
    };
    return layouts[data_format & 15];
}

static inline bool cairn_sem_num_is_integer(uint32_t num_format)
{
    return num_format == CAIRN_SEM_UINT || num_format == CAIRN_SEM_SINT;
}

/* What a component that the format lacks, or SEL_1, reads as. */
static inline uint32_t cairn_sem_format_one(uint32_t num_format)
{
    return cairn_sem_num_is_integer(num_format) ? 1 : 0x3f800000u;
}

static inline uint32_t cairn_sem_field_mask(uint32_t bits)
{
    return bits >= 32 ? ~0u : (1u << bits) - 1;
}

static inline int32_t cairn_sem_field_signed(uint32_t raw, uint32_t bits)
{
    return (int32_t)(raw << (32 - bits)) >> (32 - bits);
}

/* Unsigned floats of 10 and 11 bits: five exponent bits as f16, no sign, a shorter fraction. */
static inline uint32_t cairn_sem_float_widen(uint32_t raw, uint32_t bits)
{
    if (bits == 32)
        return raw;
    return cairn_fp_f32_of_f16(bits == 16 ? raw : raw << (15 - bits));
}

static inline uint32_t cairn_sem_float_narrow(uint32_t value, uint32_t bits)
{
    if (bits == 32)
        return value;
    uint32_t half = cairn_fp_f16_of_f32_even(value);
    if (bits == 16)
        return half;
    bool nan = (half & 0x7fff) > 0x7c00;
    return half >> 15 && !nan ? 0 : (half & 0x7fff) >> (15 - bits); /* negative: 0; truncated */
}

/* Component in memory to 32-bit register. */
static inline uint32_t cairn_sem_format_load(uint32_t num_format, uint32_t bits, uint32_t raw)
{
    int32_t value = cairn_sem_field_signed(raw, bits);
    double top = (double)cairn_sem_field_mask(num_format == CAIRN_SEM_SNORM ? bits - 1 : bits);
    double ratio;
    switch ((enum cairn_sem_num_format)num_format) {
    case CAIRN_SEM_UNORM:
        return cairn_fp_f32_of_host((float)(raw / top));
    case CAIRN_SEM_SNORM:
        ratio = value / top;
        return cairn_fp_f32_of_host((float)(ratio < -1 ? -1 : ratio));
    case CAIRN_SEM_USCALED:
        return cairn_fp_f32_of_host((float)raw);
    case CAIRN_SEM_SSCALED:
        return cairn_fp_f32_of_host((float)value);
    case CAIRN_SEM_SINT:
        return (uint32_t)value;
    case CAIRN_SEM_FLOAT:
        return cairn_sem_float_widen(raw, bits);
    default:
        return raw;
    }
}

/* Nearest even integer of `value`, a NaN as 0, within [low, high]. */
static inline int64_t cairn_sem_to_integer(double value, double low, double high)
{
    double bounded = value > low ? (value < high ? value : high) : low;
    return (int64_t)__builtin_rint(value != value ? 0 : bounded);
}

/* 32-bit register to component: normalised, scaled and integer values saturate. */
static inline uint32_t cairn_sem_format_store(uint32_t num_format, uint32_t bits, uint32_t value)
{
    uint32_t mask = cairn_sem_field_mask(bits), half = mask >> 1;
    double number = cairn_fp_host_of_f32(value);
    switch ((enum cairn_sem_num_format)num_format) {
    case CAIRN_SEM_UNORM:
        return (uint32_t)cairn_sem_to_integer(number * mask, 0, mask);
    case CAIRN_SEM_SNORM:
        return (uint32_t)cairn_sem_to_integer(number * half, -(double)half, half) & mask;
    case CAIRN_SEM_USCALED:
        return (uint32_t)cairn_sem_to_integer(number, 0, mask);
    case CAIRN_SEM_SSCALED:
        return (uint32_t)cairn_sem_to_integer(number, -(double)half - 1, half) & mask;
    case CAIRN_SEM_UINT:
        return value > mask ? mask : value;
    case CAIRN_SEM_SINT:
        return (uint32_t)cairn_sem_to_integer((int32_t)value, -(double)half - 1, half) & mask;
    case CAIRN_SEM_FLOAT:
        return cairn_sem_float_narrow(value, bits);
    default:
        return value & mask;
    }
}

/* D16 forms: register halves are f16 for float-like formats, else the low 16 bits. */
static inline uint32_t cairn_sem_format_to_d16(uint32_t num_format, uint32_t value)
{
    return cairn_sem_num_is_integer(num_format) ? value & 0xffff : cairn_fp_f16_of_f32_even(value);
}

static inline uint32_t cairn_sem_format_from_d16(uint32_t num_format, uint32_t half)
{
    if (num_format == CAIRN_SEM_SINT)
        return (uint32_t)(int32_t)(int16_t)half;
    return num_format == CAIRN_SEM_UINT ? half : cairn_fp_f32_of_f16(half);
}

#endif
