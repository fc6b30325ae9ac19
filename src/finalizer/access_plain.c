/* SPDX-License-Identifier: MIT
 * Loads and stores of a chunk's lanes, in any place, lane by lane and ascending.
 */
#include "finalizer/access_priv.h"

/* ---- one element; false: it would fault */

ACCESS_INLINE bool lds_load(const struct cairn_native_frame *frame, struct cairn_access *access,
                            uint32_t offset, unsigned i, unsigned bytes)
{
    unsigned piece = access_piece(bytes);
    for (unsigned dword = 0; dword < access_pieces(bytes); dword++) {
        uint32_t at = offset + 4 * dword;
        access->data[dword][i] =
            access_lds_covers(frame, at, piece) ? access_read(frame->lds + at, piece) : 0;
    }
    return true;
}

ACCESS_INLINE bool lds_store(const struct cairn_native_frame *frame,
                             const struct cairn_access *access, uint32_t offset, unsigned i,
                             unsigned bytes)
{
    unsigned piece = access_piece(bytes);
    for (unsigned dword = 0; dword < access_pieces(bytes); dword++) {
        uint32_t at = offset + 4 * dword;
        if (access_lds_covers(frame, at, piece))
            access_write(frame->lds + at, access->data[dword][i], piece);
    }
    return true;
}

ACCESS_INLINE bool private_load(const struct cairn_wave *wave, struct cairn_access *access,
                                uint32_t offset, unsigned i, uint32_t lane, unsigned bytes)
{
    bool good = true;
    for (unsigned dword = 0; dword < access_pieces(bytes); dword++)
        good = good && cairn_access_private_read(wave, offset + 4 * dword, lane + i,
                                                 access_piece(bytes), &access->data[dword][i]);
    return good;
}

ACCESS_INLINE bool private_store(const struct cairn_wave *wave, const struct cairn_access *access,
                                 uint32_t offset, unsigned i, uint32_t lane, unsigned bytes)
{
    bool good = true;
    for (unsigned dword = 0; dword < access_pieces(bytes); dword++)
        good = good && cairn_access_private_write(wave, offset + 4 * dword, lane + i,
                                                  access_piece(bytes), access->data[dword][i]);
    return good;
}

/* ---- a chunk */

ACCESS_INLINE bool all_in_window(const struct cairn_native_frame *frame,
                                 const struct cairn_access *access, uint32_t mask, unsigned bytes)
{
    uint32_t outside = 0;
    if (frame->window_size < bytes)
        return mask == 0;
    for (unsigned i = 0; i < CAIRN_ACCESS_LANES; i++)
        outside |= (uint32_t)!access_in_window(frame, access_address(access, i), bytes) << i;
    return (outside & mask) == 0;
}

/* Do all lanes lie in one range of registered host memory? One question instead of one a lane. */
static bool one_range(const struct cairn_wave *wave, const struct cairn_access *access,
                      uint32_t mask, unsigned bytes)
{
    const struct cairn_address_space *space = wave->launch->space;
    uint64_t low = UINT64_MAX, high = 0;
    if (space->covers_slow == NULL)
        return false;
    ACCESS_FOR(i, mask)
    {
        uint64_t address = access_address(access, i);
        low = address < low ? address : low;
        high = address > high ? address : high;
    }
    uint64_t span = high - low;
    return span < UINT64_C(1) << 40 && space->covers_slow(space, low, span + bytes);
}

ACCESS_INLINE void global_load(ACCESS_PARAMETERS, unsigned bytes)
{
    bool inside = all_in_window(frame, access, mask, bytes) || one_range(wave, access, mask, bytes);
    ACCESS_FOR(i, mask)
    {
        uint64_t address = access_address(access, i);
        if (!inside && !access_covers(wave, address, bytes))
            frame->give_up(frame);
        access_load(access, i, address, bytes);
    }
}

ACCESS_INLINE void global_store(ACCESS_PARAMETERS, unsigned bytes)
{
    bool inside = all_in_window(frame, access, mask, bytes) || one_range(wave, access, mask, bytes);
    ACCESS_FOR(i, mask)
    {
        uint64_t address = access_address(access, i);
        if (!inside && !access_covers(wave, address, bytes))
            frame->give_up(frame);
        access_store(access, i, address, bytes);
    }
}

/* Is none of the lanes in an aperture? */
static bool all_global(const struct cairn_native_frame *frame, const struct cairn_wave *wave,
                       const struct cairn_access *access, uint32_t mask)
{
    ACCESS_FOR(i, mask)
    if (access_target_of(frame, wave, access_address(access, i)) != ACCESS_AT_GLOBAL)
        return false;
    return true;
}

ACCESS_INLINE void flat_load(ACCESS_PARAMETERS, unsigned bytes)
{
    if (all_in_window(frame, access, mask, bytes) || all_global(frame, wave, access, mask)) {
        global_load(frame, wave, access, mask, lane, bytes);
        return;
    }
    ACCESS_FOR(i, mask)
    {
        uint64_t address = access_address(access, i);
        enum access_target target = access_target_of(frame, wave, address);
        bool good = true;
        if (target == ACCESS_AT_LDS)
            good = lds_load(frame, access, (uint32_t)address, i, bytes);
        else if (target == ACCESS_AT_PRIVATE)
            good = private_load(wave, access, (uint32_t)address, i, lane, bytes);
        else if (access_covers(wave, address, bytes))
            access_load(access, i, address, bytes);
        else
            good = false;
        if (!good)
            frame->give_up(frame);
    }
}

ACCESS_INLINE void flat_store(ACCESS_PARAMETERS, unsigned bytes)
{
    if (all_in_window(frame, access, mask, bytes) || all_global(frame, wave, access, mask)) {
        global_store(frame, wave, access, mask, lane, bytes);
        return;
    }
    ACCESS_FOR(i, mask)
    {
        uint64_t address = access_address(access, i);
        enum access_target target = access_target_of(frame, wave, address);
        bool good = true;
        if (target == ACCESS_AT_LDS)
            good = lds_store(frame, access, (uint32_t)address, i, bytes);
        else if (target == ACCESS_AT_PRIVATE)
            good = private_store(wave, access, (uint32_t)address, i, lane, bytes);
        else if (access_covers(wave, address, bytes))
            access_store(access, i, address, bytes);
        else
            good = false;
        if (!good)
            frame->give_up(frame);
    }
}

/* Is the element in one piece, inside as a whole, and may it be touched? */
ACCESS_INLINE bool buffer_whole(const struct cairn_wave *wave, const struct access_buffer *b,
                                unsigned bytes)
{
    return !b->resource.swizzle && access_buffer_in_range(b, 0, bytes) &&
           access_buffer_resolves(wave, b, access_buffer_address(b, 0), bytes);
}

ACCESS_INLINE void buffer_load(ACCESS_PARAMETERS, unsigned bytes)
{
    unsigned piece = access_piece(bytes);
    ACCESS_FOR(i, mask)
    {
        struct access_buffer b = access_buffer_of(access, i, lane);
        if (buffer_whole(wave, &b, bytes)) {
            access_load(access, i, access_buffer_address(&b, 0), bytes);
            continue;
        }
        for (unsigned dword = 0; dword < access_pieces(bytes); dword++) {
            uint32_t raw = 0;
            if (access_buffer_in_range(&b, 4 * dword, piece) &&
                !cairn_access_buffer_read(wave, &b, 4 * dword, piece, &raw))
                frame->give_up(frame);
            access->data[dword][i] = raw;
        }
    }
}

ACCESS_INLINE void buffer_store(ACCESS_PARAMETERS, unsigned bytes)
{
    unsigned piece = access_piece(bytes);
    ACCESS_FOR(i, mask)
    {
        struct access_buffer b = access_buffer_of(access, i, lane);
        if (buffer_whole(wave, &b, bytes)) {
            access_store(access, i, access_buffer_address(&b, 0), bytes);
            continue;
        }
        for (unsigned dword = 0; dword < access_pieces(bytes); dword++)
            if (access_buffer_in_range(&b, 4 * dword, piece) &&
                !cairn_access_buffer_write(wave, &b, 4 * dword, piece, access->data[dword][i]))
                frame->give_up(frame);
    }
}

/* ---- by size */

#define DEFINE_SIZE(bytes)                                                                         \
    void cairn_access_global_load_##bytes(ACCESS_PARAMETERS)                                       \
    {                                                                                              \
        global_load(frame, wave, access, mask, lane, bytes);                                       \
    }                                                                                              \
    void cairn_access_global_store_##bytes(ACCESS_PARAMETERS)                                      \
    {                                                                                              \
        global_store(frame, wave, access, mask, lane, bytes);                                      \
    }                                                                                              \
    void cairn_access_flat_load_##bytes(ACCESS_PARAMETERS)                                         \
    {                                                                                              \
        flat_load(frame, wave, access, mask, lane, bytes);                                         \
    }                                                                                              \
    void cairn_access_flat_store_##bytes(ACCESS_PARAMETERS)                                        \
    {                                                                                              \
        flat_store(frame, wave, access, mask, lane, bytes);                                        \
    }                                                                                              \
    void cairn_access_lds_load_##bytes(ACCESS_PARAMETERS)                                          \
    {                                                                                              \
        ACCESS_FOR(i, mask)                                                                        \
        lds_load(frame, access, access_offset(access, i), i, bytes);                               \
    }                                                                                              \
    void cairn_access_lds_store_##bytes(ACCESS_PARAMETERS)                                         \
    {                                                                                              \
        ACCESS_FOR(i, mask)                                                                        \
        lds_store(frame, access, access_offset(access, i), i, bytes);                              \
    }                                                                                              \
    void cairn_access_scratch_load_##bytes(ACCESS_PARAMETERS)                                      \
    {                                                                                              \
        ACCESS_FOR(i, mask)                                                                        \
        if (!private_load(wave, access, access_offset(access, i), i, lane, bytes))                 \
            frame->give_up(frame);                                                                 \
    }                                                                                              \
    void cairn_access_scratch_store_##bytes(ACCESS_PARAMETERS)                                     \
    {                                                                                              \
        ACCESS_FOR(i, mask)                                                                        \
        if (!private_store(wave, access, access_offset(access, i), i, lane, bytes))                \
            frame->give_up(frame);                                                                 \
    }                                                                                              \
    void cairn_access_buffer_load_##bytes(ACCESS_PARAMETERS)                                       \
    {                                                                                              \
        buffer_load(frame, wave, access, mask, lane, bytes);                                       \
    }                                                                                              \
    void cairn_access_buffer_store_##bytes(ACCESS_PARAMETERS)                                      \
    {                                                                                              \
        buffer_store(frame, wave, access, mask, lane, bytes);                                      \
    }
ACCESS_SIZES(DEFINE_SIZE)
