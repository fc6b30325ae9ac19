/* SPDX-License-Identifier: MIT
 * Accesses of one lane that whole-wave paths fall back to: private memory piece by piece, and the
 * check of guest memory.
 */
#include "interp/memory_wave.h"

/* Host address of a byte of private memory, NULL outside of the wave's scratch. */
static uint8_t *private_byte(const struct cairn_wave *wave, uint32_t offset, unsigned lane,
                             unsigned bytes)
{
    uint64_t base = cairn_wave_read64(wave, CAIRN_CODE_FLAT_SCRATCH_LO);
    uint64_t address = base + cairn_sem_scratch_swizzle(offset, lane);
    return mem_in_scratch(wave, address, bytes) ? (uint8_t *)(uintptr_t)address : NULL;
}

bool cairn_interp_private_read(const struct cairn_wave *wave, uint32_t offset, unsigned lane,
                               unsigned bytes, uint32_t *out)
{
    if ((offset & 3) + bytes <= 4) {
        const uint8_t *at = private_byte(wave, offset, lane, bytes);
        if (at == NULL)
            return false;
        *out = mem_read(at, bytes);
        return true;
    }
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i++) {
        const uint8_t *at = private_byte(wave, offset + i, lane, 1);
        if (at == NULL)
            return false;
        value |= (uint32_t)*at << 8 * i;
    }
    *out = value;
    return true;
}

bool cairn_interp_private_write(struct cairn_wave *wave, uint32_t offset, unsigned lane,
                                unsigned bytes, uint32_t value)
{
    if ((offset & 3) + bytes <= 4) {
        uint8_t *at = private_byte(wave, offset, lane, bytes);
        if (at != NULL)
            mem_write(at, value, bytes);
        return at != NULL;
    }
    if (private_byte(wave, offset + bytes - 1, lane, 1) == NULL)
        return false;
    for (unsigned i = 0; i < bytes; i++) {
        uint8_t *at = private_byte(wave, offset + i, lane, 1);
        if (at == NULL)
            return false;
        *at = (uint8_t)(value >> 8 * i);
    }
    return true;
}

bool cairn_interp_global_check(struct cairn_wave *wave, uint64_t address, unsigned bytes,
                               unsigned lane)
{
    if (MEM_LIKELY(cairn_memory_covers(wave->launch->space, address, bytes)))
        return true;
    enum cairn_fault_kind kind =
        mem_place_of(wave, address) == MEM_AT_GLOBAL ? CAIRN_FAULT_UNMAPPED : CAIRN_FAULT_APERTURE;
    cairn_wave_raise(wave, kind, address, (int)lane);
    return false;
}

bool cairn_interp_one_range(const struct cairn_wave *wave, const uint64_t *at, uint64_t mask,
                            unsigned bytes)
{
    const struct cairn_address_space *space = wave->launch->space;
    uint64_t low = UINT64_MAX, high = 0;
    if (space->covers_slow == NULL)
        return false;
    MEM_FOR_LANES(lane, mask)
    {
        low = at[lane] < low ? at[lane] : low;
        high = at[lane] > high ? at[lane] : high;
    }
    uint64_t span = high - low;
    return span < UINT64_C(1) << 40 && space->covers_slow(space, low, span + bytes);
}
