/* SPDX-License-Identifier: MIT
 * What the functions behind struct cairn_access_table share: single accesses, where addresses
 * point, private memory, buffers.
 */
#ifndef CAIRN_FINALIZER_ACCESS_PRIV_H
#define CAIRN_FINALIZER_ACCESS_PRIV_H

#include "finalizer/access.h"
#include "isa/insn.h"
#include "machine/sem_mem.h"

#include <string.h>

#define ACCESS_INLINE static inline __attribute__((always_inline))
#define ACCESS_PARAMETERS                                                                          \
    struct cairn_native_frame *frame, struct cairn_wave *wave, struct cairn_access *access,        \
        uint32_t mask, uint32_t lane

/* Runs the following statement for each element of `mask`, ascending. */
#define ACCESS_FOR(i, mask)                                                                        \
    for (uint32_t left_ = (mask); left_ != 0; left_ &= left_ - 1)                                  \
        for (unsigned i = (unsigned)__builtin_ctz(left_), once_ = 1; once_; once_ = 0)

/* How sizes become entries of the table: X(bytes). */
#define ACCESS_SIZES(X) X(1) X(2) X(4) X(8) X(12) X(16)

/* Pieces are bounds-checked and swizzled as one: a dword, or less. */
ACCESS_INLINE unsigned access_piece(unsigned bytes)
{
    return bytes < 4 ? bytes : 4;
}

ACCESS_INLINE unsigned access_pieces(unsigned bytes)
{
    return (bytes + 3) / 4;
}

ACCESS_INLINE uint32_t access_read(const void *at, unsigned bytes)
{
    uint32_t value = 0;
    memcpy(&value, at, bytes);
    return value;
}

ACCESS_INLINE void access_write(void *at, uint32_t value, unsigned bytes)
{
    memcpy(at, &value, bytes);
}

/* Other threads may write while a lane reads: aligned 8 and 16 bytes are one access of the host. */
struct access_wide64 {
    uint64_t value;
} __attribute__((packed, may_alias));
typedef uint32_t access_vector128 __attribute__((vector_size(16), aligned(1), may_alias));

/* One element from or to host memory, its dwords side by side. */
ACCESS_INLINE void access_load(struct cairn_access *access, unsigned i, uint64_t address,
                               unsigned bytes)
{
    const uint8_t *from = (const uint8_t *)(uintptr_t)address;
    unsigned dword = 0;
    if (bytes == 16) {
        access_vector128 value = *(const volatile access_vector128 *)from;
        for (; dword < 4; dword++)
            access->data[dword][i] = value[dword];
    } else if (bytes >= 8) {
        uint64_t value = ((const volatile struct access_wide64 *)from)->value;
        access->data[0][i] = (uint32_t)value;
        access->data[1][i] = (uint32_t)(value >> 32);
        dword = 2;
    }
    for (; dword < access_pieces(bytes); dword++)
        access->data[dword][i] = access_read(from + 4 * dword, access_piece(bytes));
}

ACCESS_INLINE void access_store(const struct cairn_access *access, unsigned i, uint64_t address,
                                unsigned bytes)
{
    uint8_t *to = (uint8_t *)(uintptr_t)address;
    unsigned dword = 0;
    if (bytes == 16) {
        access_vector128 value = {access->data[0][i], access->data[1][i], access->data[2][i],
                                  access->data[3][i]};
        *(volatile access_vector128 *)to = value;
        dword = 4;
    } else if (bytes >= 8) {
        ((volatile struct access_wide64 *)to)->value =
            access->data[0][i] | (uint64_t)access->data[1][i] << 32;
        dword = 2;
    }
    for (; dword < access_pieces(bytes); dword++)
        access_write(to + 4 * dword, access->data[dword][i], access_piece(bytes));
}

ACCESS_INLINE uint64_t access_pair(const struct cairn_access *access, unsigned dword, unsigned i)
{
    return access->data[dword][i] | (uint64_t)access->data[dword + 1][i] << 32;
}

/* ---- where things are */

ACCESS_INLINE uint64_t access_address(const struct cairn_access *access, unsigned i)
{
    return access->base + (access->low[i] | (uint64_t)access->high[i] << 32);
}

ACCESS_INLINE uint32_t access_offset(const struct cairn_access *access, unsigned i)
{
    return (uint32_t)access->base + access->low[i];
}

ACCESS_INLINE bool access_in_window(const struct cairn_native_frame *frame, uint64_t address,
                                    unsigned bytes)
{
    return address - frame->window_base <= frame->window_size - bytes;
}

ACCESS_INLINE bool access_covers(const struct cairn_wave *wave, uint64_t address, unsigned bytes)
{
    return cairn_memory_covers(wave->launch->space, address, bytes);
}

ACCESS_INLINE bool access_lds_covers(const struct cairn_native_frame *frame, uint32_t offset,
                                     unsigned bytes)
{
    return (uint64_t)offset + bytes <= frame->lds_bytes;
}

enum access_target { ACCESS_AT_GLOBAL, ACCESS_AT_LDS, ACCESS_AT_PRIVATE };

/* Where a flat address points; the apertures are told by their high dword. */
ACCESS_INLINE enum access_target access_target_of(const struct cairn_native_frame *frame,
                                                  const struct cairn_wave *wave, uint64_t address)
{
    uint64_t high = address >> 32;
    if (frame->lds != NULL && high == (uint64_t)(uintptr_t)frame->lds >> 32)
        return ACCESS_AT_LDS;
    if (high == wave->launch->space->private_aperture >> 32)
        return ACCESS_AT_PRIVATE;
    if (high == CAIRN_LEGACY_SHARED_APERTURE >> 32)
        return ACCESS_AT_LDS;
    if (high == CAIRN_LEGACY_PRIVATE_APERTURE >> 32)
        return ACCESS_AT_PRIVATE;
    return ACCESS_AT_GLOBAL;
}

/* Is [address, address + bytes) in the wave's own scratch? */
ACCESS_INLINE bool access_in_scratch(const struct cairn_wave *wave, uint64_t address,
                                     unsigned bytes)
{
    uint64_t at = address - (uint64_t)(uintptr_t)wave->scratch;
    return wave->scratch != NULL && at < wave->scratch_bytes && wave->scratch_bytes - at >= bytes;
}

/* ---- pieces of private memory, of LDS, and of buffers: access_pieces.c. False: outside. A piece
 * that crosses a dword of private memory is taken apart. */
bool cairn_access_private_read(const struct cairn_wave *wave, uint32_t offset, unsigned lane,
                               unsigned bytes, uint32_t *out);
bool cairn_access_private_write(const struct cairn_wave *wave, uint32_t offset, unsigned lane,
                                unsigned bytes, uint32_t value);

struct access_buffer {
    struct cairn_sem_buffer resource;
    uint32_t soffset, index, offset; /* of one lane */
    bool indexed;
};

ACCESS_INLINE struct access_buffer access_buffer_of(const struct cairn_access *access, unsigned i,
                                                    uint32_t lane)
{
    const uint32_t *d = access->resource;
    struct access_buffer b = {
        .resource = cairn_sem_buffer_unpack(d[0], d[1], d[2], d[3]),
        .soffset = access->soffset,
        .offset = (uint32_t)access->base + access->high[i],
    };
    b.index = access->low[i] + (b.resource.add_tid ? lane + i : 0);
    b.indexed = access->indexed || b.resource.add_tid;
    return b;
}

ACCESS_INLINE bool access_buffer_in_range(const struct access_buffer *b, uint32_t extra,
                                          unsigned bytes)
{
    return cairn_sem_buffer_in_range(&b->resource, b->indexed, b->index, b->offset + extra, bytes);
}

ACCESS_INLINE uint64_t access_buffer_address(const struct access_buffer *b, uint32_t extra)
{
    return cairn_sem_buffer_address(&b->resource, b->soffset, b->index, b->offset + extra);
}

/* May `bytes` at `address` be touched: the wave's scratch or guest memory? */
ACCESS_INLINE bool access_buffer_resolves(const struct cairn_wave *wave,
                                          const struct access_buffer *b, uint64_t address,
                                          unsigned bytes)
{
    return access_in_scratch(wave, address, bytes) ||
           (!cairn_sem_buffer_is_scratch(&b->resource) && access_covers(wave, address, bytes));
}

bool cairn_access_buffer_read(const struct cairn_wave *wave, const struct access_buffer *b,
                              uint32_t extra, unsigned bytes, uint32_t *out);
bool cairn_access_buffer_write(const struct cairn_wave *wave, const struct access_buffer *b,
                               uint32_t extra, unsigned bytes, uint32_t value);

/* ---- the functions themselves, as the table names them */
#define ACCESS_DECLARE_SIZE(bytes)                                                                 \
    void cairn_access_global_load_##bytes(ACCESS_PARAMETERS);                                      \
    void cairn_access_flat_load_##bytes(ACCESS_PARAMETERS);                                        \
    void cairn_access_lds_load_##bytes(ACCESS_PARAMETERS);                                         \
    void cairn_access_scratch_load_##bytes(ACCESS_PARAMETERS);                                     \
    void cairn_access_buffer_load_##bytes(ACCESS_PARAMETERS);                                      \
    void cairn_access_global_store_##bytes(ACCESS_PARAMETERS);                                     \
    void cairn_access_flat_store_##bytes(ACCESS_PARAMETERS);                                       \
    void cairn_access_lds_store_##bytes(ACCESS_PARAMETERS);                                        \
    void cairn_access_scratch_store_##bytes(ACCESS_PARAMETERS);                                    \
    void cairn_access_buffer_store_##bytes(ACCESS_PARAMETERS);
ACCESS_SIZES(ACCESS_DECLARE_SIZE)

#define ACCESS_DECLARE_ATOMIC(name)                                                                \
    void cairn_access_global_atomic_##name(ACCESS_PARAMETERS);                                     \
    void cairn_access_flat_atomic_##name(ACCESS_PARAMETERS);                                       \
    void cairn_access_buffer_atomic_##name(ACCESS_PARAMETERS);
#define ACCESS_DECLARE_ATOMIC_X2(name) ACCESS_DECLARE_ATOMIC(name##_x2)
CAIRN_ACCESS_INTEGERS(ACCESS_DECLARE_ATOMIC)
CAIRN_ACCESS_INTEGERS(ACCESS_DECLARE_ATOMIC_X2)
CAIRN_ACCESS_FLOATS32(ACCESS_DECLARE_ATOMIC)
CAIRN_ACCESS_FLOATS64(ACCESS_DECLARE_ATOMIC)

#define ACCESS_DECLARE_DS(stem, type) void cairn_access_ds_##stem##_##type(ACCESS_PARAMETERS);
CAIRN_ACCESS_DS32(ACCESS_DECLARE_DS)
CAIRN_ACCESS_DS64(ACCESS_DECLARE_DS)

#endif
