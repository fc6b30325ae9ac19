/* SPDX-License-Identifier: MIT
 * The table from kinds of accesses to functions, and the pieces of private memory and buffers.
 */
#include "finalizer/access.h"

#include "finalizer/access_priv.h"

#define SIZE_ROWS(place, PLACE, bytes)                                                             \
    [CAIRN_ACCESS_LOAD + CAIRN_PLACE_##PLACE * CAIRN_SIZE_COUNT + CAIRN_SIZE_##                    \
        bytes] = cairn_access_##place##_load_##bytes,                                              \
      [CAIRN_ACCESS_STORE + CAIRN_PLACE_##PLACE * CAIRN_SIZE_COUNT + CAIRN_SIZE_##bytes] =         \
          cairn_access_##place##_store_##bytes,
#define ALL_PLACES(bytes)                                                                          \
    SIZE_ROWS(global, GLOBAL, bytes)                                                               \
    SIZE_ROWS(flat, FLAT, bytes)                                                                   \
    SIZE_ROWS(lds, LDS, bytes)                                                                     \
    SIZE_ROWS(scratch, SCRATCH, bytes)                                                             \
    SIZE_ROWS(buffer, BUFFER, bytes)
#define ATOMIC_ROWS(name)                                                                          \
    [CAIRN_ACCESS_GLOBAL_ATOMIC + CAIRN_ATOMIC_##                                                  \
        name] = cairn_access_global_atomic_##name,                                                 \
      [CAIRN_ACCESS_FLAT_ATOMIC + CAIRN_ATOMIC_##name] = cairn_access_flat_atomic_##name,          \
      [CAIRN_ACCESS_BUFFER_ATOMIC + CAIRN_ATOMIC_##name] = cairn_access_buffer_atomic_##name,
#define ATOMIC_ROWS_X2(name) ATOMIC_ROWS(name##_x2)
#define DS_ROW(stem, type)                                                                         \
    [CAIRN_ACCESS_DS + CAIRN_DS_##stem##_##type] = cairn_access_ds_##stem##_##type,

const struct cairn_access_table cairn_finalizer_accesses = {
    .run = {ACCESS_SIZES(ALL_PLACES) CAIRN_ACCESS_INTEGERS(ATOMIC_ROWS) CAIRN_ACCESS_INTEGERS(
        ATOMIC_ROWS_X2) CAIRN_ACCESS_FLOATS32(ATOMIC_ROWS) CAIRN_ACCESS_FLOATS64(ATOMIC_ROWS)
                CAIRN_ACCESS_DS32(DS_ROW) CAIRN_ACCESS_DS64(DS_ROW)}};

/* ---- private memory */

/* Host address of a piece within a dword, NULL outside of the wave's scratch. */
static uint8_t *private_byte(const struct cairn_wave *wave, uint32_t offset, unsigned lane,
                             unsigned bytes)
{
    uint64_t base = cairn_wave_read64(wave, CAIRN_CODE_FLAT_SCRATCH_LO);
    uint64_t address = base + cairn_sem_scratch_swizzle(offset, lane);
    return access_in_scratch(wave, address, bytes) ? (uint8_t *)(uintptr_t)address : NULL;
}

bool cairn_access_private_read(const struct cairn_wave *wave, uint32_t offset, unsigned lane,
                               unsigned bytes, uint32_t *out)
{
    unsigned step = (offset & 3) + bytes <= 4 ? bytes : 1;
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i += step) {
        const uint8_t *at = private_byte(wave, offset + i, lane, step);
        if (at == NULL)
            return false;
        value |= access_read(at, step) << 8 * i;
    }
    *out = value;
    return true;
}

bool cairn_access_private_write(const struct cairn_wave *wave, uint32_t offset, unsigned lane,
                                unsigned bytes, uint32_t value)
{
    unsigned step = (offset & 3) + bytes <= 4 ? bytes : 1;
    for (unsigned i = 0; i < bytes; i += step)
        if (private_byte(wave, offset + i, lane, step) == NULL)
            return false;
    for (unsigned i = 0; i < bytes; i += step)
        access_write(private_byte(wave, offset + i, lane, step), value >> 8 * i, step);
    return true;
}

/* ---- buffers. Swizzling moves dwords: a piece that crosses one is taken apart. */

static unsigned buffer_step(const struct access_buffer *b, uint32_t extra, unsigned bytes)
{
    bool splits = b->resource.swizzle && ((b->offset + extra) & 3) + bytes > 4;
    return splits ? 1 : bytes;
}

bool cairn_access_buffer_read(const struct cairn_wave *wave, const struct access_buffer *b,
                              uint32_t extra, unsigned bytes, uint32_t *out)
{
    unsigned step = buffer_step(b, extra, bytes);
    uint32_t value = 0;
    for (unsigned i = 0; i < bytes; i += step) {
        uint64_t at = access_buffer_address(b, extra + i);
        if (!access_buffer_resolves(wave, b, at, step))
            return false;
        value |= access_read((const void *)(uintptr_t)at, step) << 8 * i;
    }
    *out = value;
    return true;
}

bool cairn_access_buffer_write(const struct cairn_wave *wave, const struct access_buffer *b,
                               uint32_t extra, unsigned bytes, uint32_t value)
{
    unsigned step = buffer_step(b, extra, bytes);
    for (unsigned i = 0; i < bytes; i += step) {
        uint64_t at = access_buffer_address(b, extra + i);
        if (!access_buffer_resolves(wave, b, at, step))
            return false;
        access_write((void *)(uintptr_t)at, value >> 8 * i, step);
    }
    return true;
}
