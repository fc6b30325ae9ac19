/* SPDX-License-Identifier: MIT
 * Bounded little-endian reading of hostile input: the bound travels with the pointer. Every take_*
 * advances on success and changes nothing on failure (CAIRN_ERR_TRUNCATED).
 */
#ifndef CAIRN_BASE_BYTES_H
#define CAIRN_BASE_BYTES_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cairn_bytes {
    const uint8_t *at; /* borrowed */
    size_t left;
};

static inline struct cairn_bytes cairn_bytes_of(const void *at, size_t size)
{
    return (struct cairn_bytes){.at = at, .left = size};
}

CAIRN_MUST_CHECK static inline enum cairn_status cairn_bytes_take(struct cairn_bytes *in, void *out,
                                                                  size_t size)
{
    if (in->left < size)
        return CAIRN_ERR_TRUNCATED;
    memcpy(out, in->at, size);
    in->at += size;
    in->left -= size;
    return CAIRN_OK;
}

CAIRN_MUST_CHECK static inline enum cairn_status cairn_bytes_take_u8(struct cairn_bytes *in,
                                                                     uint8_t *out)
{
    return cairn_bytes_take(in, out, sizeof *out);
}

CAIRN_MUST_CHECK static inline enum cairn_status cairn_bytes_take_u16(struct cairn_bytes *in,
                                                                      uint16_t *out)
{
    return cairn_bytes_take(in, out, sizeof *out);
}

CAIRN_MUST_CHECK static inline enum cairn_status cairn_bytes_take_u32(struct cairn_bytes *in,
                                                                      uint32_t *out)
{
    return cairn_bytes_take(in, out, sizeof *out);
}

CAIRN_MUST_CHECK static inline enum cairn_status cairn_bytes_take_u64(struct cairn_bytes *in,
                                                                      uint64_t *out)
{
    return cairn_bytes_take(in, out, sizeof *out);
}

/* The part [offset, offset+size) of `in`, or CAIRN_ERR_TRUNCATED if any of it lies outside. */
CAIRN_MUST_CHECK static inline enum cairn_status
cairn_bytes_slice(struct cairn_bytes in, uint64_t offset, uint64_t size, struct cairn_bytes *out)
{
    if (offset > in.left || size > in.left - offset)
        return CAIRN_ERR_TRUNCATED;
    *out = (struct cairn_bytes){.at = in.at + offset, .left = (size_t)size};
    return CAIRN_OK;
}

/* The next `size` bytes as a range of their own; on an error nothing is taken. */
CAIRN_MUST_CHECK static inline enum cairn_status
cairn_bytes_take_part(struct cairn_bytes *in, uint64_t size, struct cairn_bytes *part)
{
    enum cairn_status status = cairn_bytes_slice(*in, 0, size, part);
    if (status == CAIRN_OK) {
        in->at += size;
        in->left -= size;
    }
    return status;
}

/* True if `a + b` and `a * b` fit; the result is in *out only then. */
static inline bool cairn_size_add(size_t a, size_t b, size_t *out)
{
    return !__builtin_add_overflow(a, b, out);
}

static inline bool cairn_size_mul(size_t a, size_t b, size_t *out)
{
    return !__builtin_mul_overflow(a, b, out);
}

/* Rounds up to a power-of-two alignment; callers bound `value` first. */
static inline uint64_t cairn_align_up(uint64_t value, uint64_t alignment)
{
    return (value + alignment - 1) & ~(alignment - 1);
}

#endif
