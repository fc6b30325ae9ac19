/* SPDX-License-Identifier: MIT
 * What memory instructions mean for one lane, apart from the access itself: how loaded bits become
 * a register, which bits a store takes, how addresses are swizzled, which lane a cross-lane move
 * reads. Lane-generic: no wave, no loop over lanes; used by the interpreter and by finalized code.
 */
#ifndef CAIRN_MACHINE_SEM_MEM_H
#define CAIRN_MACHINE_SEM_MEM_H

#include <stdbool.h>
#include <stdint.h>

/* ---- loaded bits to register. `raw` has the loaded bytes at the bottom and zeros above. A D16
 * load clears the half that it does not write: with SRAM-ECC on, as on MI200, the half is not
 * preserved (AMD "CDNA2 ISA" 9.1.6). */

static inline uint32_t cairn_sem_load_sbyte(uint32_t raw)
{
    return (uint32_t)(int32_t)(int8_t)raw;
}

static inline uint32_t cairn_sem_load_sshort(uint32_t raw)
{
    return (uint32_t)(int32_t)(int16_t)raw;
}

static inline uint32_t cairn_sem_load_d16(uint32_t raw)
{
    return raw & 0xffff;
}

static inline uint32_t cairn_sem_load_d16_hi(uint32_t raw)
{
    return raw << 16;
}

static inline uint32_t cairn_sem_load_sbyte_d16(uint32_t raw)
{
    return (uint16_t)(int16_t)(int8_t)raw;
}

static inline uint32_t cairn_sem_load_sbyte_d16_hi(uint32_t raw)
{
    return cairn_sem_load_sbyte_d16(raw) << 16;
}

/* Stores take the low bits; the _d16_hi forms take bits 31:16 (byte: 23:16). */
static inline uint32_t cairn_sem_store_d16_hi(uint32_t data)
{
    return data >> 16;
}

/* ---- scratch. Dword i of a lane's private memory lies at (i * 64 + lane) * 4 of the wave's
 * scratch; a byte stays within its dword. Wide and unaligned accesses are split, each piece goes
 * through this function alone. */
static inline uint64_t cairn_sem_scratch_swizzle(uint32_t offset, uint32_t lane)
{
    return (uint64_t)(offset & ~3u) * 64 + lane * 4 + (offset & 3);
}

/* ---- buffers: AMD "CDNA2 ISA" 9.1.5 and 9.1.8 (buffer resource descriptor). */

struct cairn_sem_buffer {
    uint64_t base;         /* 48 bits */
    uint32_t stride;       /* bytes; 18 bits with add_tid, else 14 */
    uint32_t records;      /* bytes or records */
    uint32_t index_stride; /* lanes of a swizzled block: 8, 16, 32, 64 */
    uint8_t num_format, data_format;
    uint8_t select[4]; /* dst_sel of x, y, z, w */
    bool swizzle, add_tid;
    bool unbound; /* all zero: reads give 0, stores vanish */
};

static inline struct cairn_sem_buffer cairn_sem_buffer_unpack(uint32_t d0, uint32_t d1, uint32_t d2,
                                                              uint32_t d3)
{
    bool add_tid = d3 >> 23 & 1;
    uint32_t format = d3 >> 15 & 15;
    return (struct cairn_sem_buffer){
        .base = d0 | (uint64_t)(d1 & 0xffff) << 32,
        .stride = (d1 >> 16 & 0x3fff) | (add_tid ? format << 14 : 0),
        .records = d2,
        .index_stride = 8u << (d3 >> 21 & 3),
        .num_format = (uint8_t)(d3 >> 12 & 7),
        .data_format = (uint8_t)format,
        .select = {d3 & 7, d3 >> 3 & 7, d3 >> 6 & 7, d3 >> 9 & 7},
        .swizzle = d1 >> 31,
        .add_tid = add_tid,
        .unbound = (d0 | d1 | d2 | d3) == 0,
    };
}

/* Scratch descriptors are not range checked: on gfx9 a negative VGPR offset must work there. */
static inline bool cairn_sem_buffer_is_scratch(const struct cairn_sem_buffer *buffer)
{
    return buffer->swizzle && buffer->add_tid;
}

/* Is a piece of `size` bytes at `offset` of record `index` inside? With a stride and an index the
 * bound counts records, otherwise bytes; SOFFSET takes no part. */
static inline bool cairn_sem_buffer_in_range(const struct cairn_sem_buffer *buffer, bool indexed,
                                             uint32_t index, uint32_t offset, uint32_t size)
{
    if (buffer->unbound)
        return false;
    if (cairn_sem_buffer_is_scratch(buffer))
        return true;
    if (indexed && buffer->stride != 0)
        return index < buffer->records;
    return (uint64_t)offset + size <= buffer->records;
}

/* Byte address of `offset` in record `index`. gfx9 swizzles in elements of four bytes. In scratch
 * descriptors the sum wraps at 32 bits, so that a negative offset stays below SOFFSET. */
static inline uint64_t cairn_sem_buffer_address(const struct cairn_sem_buffer *buffer,
                                                uint32_t soffset, uint32_t index, uint32_t offset)
{
    if (!buffer->swizzle)
        return buffer->base + soffset + offset + (uint64_t)index * buffer->stride;
    uint32_t block = index / buffer->index_stride, within = index % buffer->index_stride;
    uint64_t at = ((uint64_t)block * buffer->stride + (offset & ~3u)) * buffer->index_stride +
                  within * 4 + (offset & 3);
    if (buffer->add_tid)
        return buffer->base + (uint32_t)(at + soffset);
    return buffer->base + soffset + at;
}

/* ---- moves between lanes */

/* ds_bpermute_b32, ds_permute_b32: byte address to lane, modulo the wave. */
static inline uint32_t cairn_sem_permute_lane(uint32_t address, uint32_t offset)
{
    return (address + offset) / 4 % 64;
}

static inline uint32_t cairn_sem_reverse5(uint32_t value)
{
    return (value & 1) << 4 | (value & 2) << 2 | (value & 4) | (value >> 2 & 2) | (value >> 4 & 1);
}

/* The lane that `lane` reads in ds_swizzle_b32. Patterns from 0xe000: FFT; from 0xc000: rotation
 * (bit 10: to higher lanes); other values with bit 15: permutation of each four lanes; else and/or/
 * xor masks. All but the third act within 32 lanes. */
static inline uint32_t cairn_sem_swizzle_lane(uint32_t pattern, uint32_t lane)
{
    uint32_t low = lane & 31, mask = pattern & 31, from;
    if (pattern >= 0xe000) {
        from = cairn_sem_reverse5(low) >> __builtin_popcount(mask) | (low & mask);
    } else if (pattern >= 0xc000) {
        uint32_t count = pattern >> 5 & 31;
        uint32_t moved = pattern & 0x400 ? low - count : low + count;
        from = (low & mask) | (moved & ~mask & 31);
    } else if (pattern & 0x8000) {
        from = (low & ~3u) | (pattern >> (low & 3) * 2 & 3);
    } else {
        from = ((low & mask) | (pattern >> 5 & 31)) ^ (pattern >> 10 & 31);
    }
    return from | (lane & 32);
}

#endif
