/* SPDX-License-Identifier: MIT
 * A whole wave at once: checks of all lanes' addresses, written so that they vectorise, and the
 * loads and stores of a wave whose addresses have been checked.
 */
#ifndef CAIRN_INTERP_MEMORY_WAVE_H
#define CAIRN_INTERP_MEMORY_WAVE_H

#include "interp/memory_priv.h"

/* Do the accesses of all lanes of `mask` lie in the window of guest memory? The apertures do not.
 */
MEM_INLINE bool mem_all_in_window(const struct cairn_wave *wave, const uint64_t *at, uint64_t mask,
                                  unsigned bytes)
{
    uint64_t base = wave->launch->space->window_base;
    uint64_t limit = wave->launch->space->window_size - bytes;
    uint64_t outside = 0;
    if (wave->launch->space->window_size < bytes)
        return false;
    if (mask == ~UINT64_C(0)) {
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            outside |= at[lane] - base >= limit;
    } else {
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            outside |= (at[lane] - base >= limit) & mask >> lane;
        outside &= 1;
    }
    return outside == 0;
}

/* Host memory that was registered lies outside of the window: do all lanes lie in one range of it?
 * One question instead of one a lane. */
bool cairn_interp_one_range(const struct cairn_wave *wave, const uint64_t *at, uint64_t mask,
                            unsigned bytes);

/* Do the lanes lie one after the other, `bytes` apart? For full waves. */
MEM_INLINE bool mem_contiguous(const uint64_t *at, unsigned bytes)
{
    uint64_t differs = 0;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
        differs |= at[lane] ^ (at[0] + (uint64_t)lane * bytes);
    return differs == 0;
}

/* ---- accesses of a wave whose host addresses have been checked. Dwords of one lane lie `step`
 * bytes apart: MEM_LINEAR, or MEM_SWIZZLED in scratch. */

enum { MEM_LINEAR = 4, MEM_SWIZZLED = 4 * CAIRN_WAVE_LANES };

/* Other threads may write while a lane reads: an aligned pair of dwords must be read and written at
 * once, as the hardware does (64-bit atomic loads are global_load_dwordx2), and so may four.
 * Volatile keeps the compiler from taking them apart. */
struct mem_wide64 {
    uint64_t value;
} __attribute__((packed, may_alias));
typedef uint32_t mem_vector128 __attribute__((vector_size(16), aligned(1), may_alias));

MEM_INLINE uint64_t mem_read64(const void *at)
{
    return ((const volatile struct mem_wide64 *)at)->value;
}

MEM_INLINE void mem_write64(void *at, uint64_t value)
{
    ((volatile struct mem_wide64 *)at)->value = value;
}

/* One lane; dword i of it lies at step * i, its registers in got[i] or data[i]. */
MEM_INLINE void mem_load_lane(enum mem_form form, unsigned step, uint64_t address, unsigned lane,
                              uint32_t (*got)[CAIRN_WAVE_LANES])
{
    const uint8_t *from = (const uint8_t *)(uintptr_t)address;
    unsigned piece = mem_form_piece(form), dwords = mem_form_dwords(form), i = 0;
    if (form == MEM_B128 && step == MEM_LINEAR) {
        mem_vector128 value = *(const volatile mem_vector128 *)from;
        for (; i < 4; i++)
            got[i][lane] = value[i];
    }
    for (; i + 2 <= dwords && step == MEM_LINEAR; i += 2) {
        uint64_t value = mem_read64(from + 4 * i);
        got[i][lane] = (uint32_t)value;
        got[i + 1][lane] = (uint32_t)(value >> 32);
    }
    for (; i < dwords; i++)
        got[i][lane] = mem_form_extend(form, mem_read(from + step * i, piece));
}

MEM_INLINE void mem_store_lane(enum mem_form form, unsigned step, uint64_t address, unsigned lane,
                               const uint32_t *const *data)
{
    uint8_t *to = (uint8_t *)(uintptr_t)address;
    unsigned piece = mem_form_piece(form), dwords = mem_form_dwords(form), i = 0;
    if (form == MEM_B128 && step == MEM_LINEAR) {
        mem_vector128 value = {data[0][lane], data[1][lane], data[2][lane], data[3][lane]};
        *(volatile mem_vector128 *)to = value;
        return;
    }
    for (; i + 2 <= dwords && step == MEM_LINEAR; i += 2)
        mem_write64(to + 4 * i, data[i][lane] | (uint64_t)data[i + 1][lane] << 32);
    for (; i < dwords; i++)
        mem_write(to + step * i, mem_form_shrink(form, data[i][lane]), piece);
}

/* Four lanes of four dwords: a transposition in registers. */
MEM_INLINE void mem_load_four(const uint64_t *at, unsigned lane, uint32_t (*got)[CAIRN_WAVE_LANES])
{
    mem_vector128 v[4], low[2], high[2];
    for (unsigned i = 0; i < 4; i++)
        v[i] = *(const volatile mem_vector128 *)(uintptr_t)at[lane + i];
    for (unsigned i = 0; i < 2; i++) {
        low[i] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 0, 4, 1, 5);
        high[i] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 2, 6, 3, 7);
    }
    *(mem_vector128 *)&got[0][lane] = __builtin_shufflevector(low[0], low[1], 0, 1, 4, 5);
    *(mem_vector128 *)&got[1][lane] = __builtin_shufflevector(low[0], low[1], 2, 3, 6, 7);
    *(mem_vector128 *)&got[2][lane] = __builtin_shufflevector(high[0], high[1], 0, 1, 4, 5);
    *(mem_vector128 *)&got[3][lane] = __builtin_shufflevector(high[0], high[1], 2, 3, 6, 7);
}

MEM_INLINE void mem_store_four(const uint64_t *at, unsigned lane, const uint32_t *const *data)
{
    mem_vector128 v[4], low[2], high[2];
    for (unsigned i = 0; i < 4; i++)
        v[i] = *(const mem_vector128 *)&data[i][lane];
    for (unsigned i = 0; i < 2; i++) {
        low[i] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 0, 4, 1, 5);
        high[i] = __builtin_shufflevector(v[2 * i], v[2 * i + 1], 2, 6, 3, 7);
    }
    volatile mem_vector128 *to[4];
    for (unsigned i = 0; i < 4; i++)
        to[i] = (volatile mem_vector128 *)(uintptr_t)at[lane + i];
    *to[0] = __builtin_shufflevector(low[0], low[1], 0, 1, 4, 5);
    *to[1] = __builtin_shufflevector(low[0], low[1], 2, 3, 6, 7);
    *to[2] = __builtin_shufflevector(high[0], high[1], 0, 1, 4, 5);
    *to[3] = __builtin_shufflevector(high[0], high[1], 2, 3, 6, 7);
}

MEM_INLINE void mem_load_lanes(enum mem_form form, unsigned step, const uint64_t *at, uint64_t mask,
                               uint32_t (*got)[CAIRN_WAVE_LANES])
{
    bool narrow = form < MEM_B64; /* wider ones are never contiguous rows of a register */
    if (mask != ~UINT64_C(0)) {
        MEM_FOR_LANES(lane, mask)
        mem_load_lane(form, step, at[lane], lane, got);
    } else if (form == MEM_B128 && step == MEM_LINEAR) {
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane += 4)
            mem_load_four(at, lane, got);
    } else if (narrow && mem_contiguous(at, mem_form_bytes(form))) {
        uint64_t first = at[0];
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            mem_load_lane(form, step, first + lane * mem_form_bytes(form), lane, got);
    } else {
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            mem_load_lane(form, step, at[lane], lane, got);
    }
}

MEM_INLINE void mem_store_lanes(enum mem_form form, unsigned step, const uint64_t *at,
                                uint64_t mask, const uint32_t *const *data)
{
    bool narrow = form < MEM_B64;
    if (mask != ~UINT64_C(0)) {
        MEM_FOR_LANES(lane, mask)
        mem_store_lane(form, step, at[lane], lane, data);
    } else if (form == MEM_B128 && step == MEM_LINEAR) {
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane += 4)
            mem_store_four(at, lane, data);
    } else if (narrow && mem_contiguous(at, mem_form_bytes(form))) {
        uint64_t first = at[0];
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            mem_store_lane(form, step, first + lane * mem_form_bytes(form), lane, data);
    } else {
        for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++)
            mem_store_lane(form, step, at[lane], lane, data);
    }
}

/* Turns flat addresses that all point into LDS, inside of the allocation, into host addresses.
 * False: some lane does not. */
MEM_INLINE bool mem_all_in_lds(const struct cairn_wave *wave, const uint64_t *at, uint64_t mask,
                               unsigned bytes, uint64_t *host)
{
    uint64_t lds = (uint64_t)(uintptr_t)wave->group->lds, outside = 0;
    uint64_t end = wave->group->lds_bytes, legacy = CAIRN_LEGACY_SHARED_APERTURE;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        uint64_t from_lds = at[lane] - lds, from_legacy = at[lane] - legacy;
        uint64_t offset = from_lds < from_legacy ? from_lds : from_legacy;
        outside |= (uint64_t)(offset > end || end - offset < bytes) & mask >> lane;
        host[lane] = lds + offset;
    }
    return (outside & 1) == 0;
}

/* Do flat addresses all point to private memory? Their offsets in it. */
MEM_INLINE bool mem_all_private(const struct cairn_wave *wave, const uint64_t *at, uint64_t mask,
                                uint32_t *offset)
{
    uint64_t aperture = wave->launch->space->private_aperture >> 32, other = 0;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        uint64_t high = at[lane] >> 32;
        other |= (uint64_t)(high != aperture && high != CAIRN_LEGACY_PRIVATE_APERTURE >> 32) &
                 mask >> lane;
        offset[lane] = (uint32_t)at[lane];
    }
    return (other & 1) == 0;
}

/* Turns offsets into private memory that begins at `base` into host addresses, of pieces
 * MEM_SWIZZLED bytes apart. False: some lane leaves the wave's scratch, or crosses a dword. */
MEM_INLINE bool mem_all_in_scratch(const struct cairn_wave *wave, uint64_t base, const uint32_t *at,
                                   uint64_t mask, enum mem_form form, uint64_t *host)
{
    uint64_t scratch = (uint64_t)(uintptr_t)wave->scratch, outside = 0;
    unsigned piece = mem_form_piece(form);
    uint64_t needs = (mem_form_dwords(form) - 1) * MEM_SWIZZLED + piece;
    if (wave->scratch_bytes < needs)
        return false;
    uint64_t limit = wave->scratch_bytes - needs;
    for (unsigned lane = 0; lane < CAIRN_WAVE_LANES; lane++) {
        host[lane] = base + cairn_sem_scratch_swizzle(at[lane], lane);
        bool crosses = (at[lane] & 3) + piece > 4;
        outside |= (uint64_t)(crosses || host[lane] - scratch > limit) & mask >> lane;
    }
    return (outside & 1) == 0;
}

#endif
