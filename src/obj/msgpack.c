/* SPDX-License-Identifier: MIT
 * MessagePack items, from the format's first-byte table.
 */
#include "obj/msgpack.h"

/* A big-endian number of 1, 2, 4 or 8 bytes. */
static enum cairn_status take_big_endian(struct cairn_bytes *in, unsigned bytes, uint64_t *out)
{
    uint8_t raw[8];
    enum cairn_status status = cairn_bytes_take(in, raw, bytes);
    if (status != CAIRN_OK)
        return status;
    uint64_t number = 0;
    for (unsigned i = 0; i < bytes; i++)
        number = number << 8 | raw[i];
    *out = number;
    return CAIRN_OK;
}

static enum cairn_status take_data(struct cairn_bytes *in, uint64_t size,
                                   struct cairn_msgpack_item *item)
{
    enum cairn_status status = cairn_bytes_slice(*in, 0, size, &item->data);
    if (status != CAIRN_OK)
        return status;
    in->at += size;
    in->left -= size;
    item->number = size;
    return CAIRN_OK;
}

/* Payload of an item whose kind is set and whose number holds a count, a length or a value. */
static enum cairn_status finish(struct cairn_bytes *in, struct cairn_msgpack_item *item)
{
    switch (item->kind) {
    case CAIRN_MSGPACK_TEXT:
    case CAIRN_MSGPACK_BINARY:
        return take_data(in, item->number, item);
    case CAIRN_MSGPACK_EXTENSION: /* a type byte, then the data */
        return take_data(in, item->number + 1, item);
    case CAIRN_MSGPACK_ARRAY: /* an element is at least one byte: bounds memory by the input's size
                               */
        return item->number <= in->left ? CAIRN_OK : CAIRN_ERR_TRUNCATED;
    case CAIRN_MSGPACK_MAP:
        return item->number <= in->left / 2 ? CAIRN_OK : CAIRN_ERR_TRUNCATED;
    default:
        return CAIRN_OK;
    }
}

/* First bytes 0xc0..0xdf: kind and the width of the number that follows. */
static const struct {
    uint8_t kind, width;
    bool used, is_signed;
} first_byte[32] = {
    [0x00] = {CAIRN_MSGPACK_NIL, 0, true, false},
    [0x02] = {CAIRN_MSGPACK_BOOL, 0, true, false},
    [0x03] = {CAIRN_MSGPACK_BOOL, 0, true, false},
    [0x04] = {CAIRN_MSGPACK_BINARY, 1, true, false},
    [0x05] = {CAIRN_MSGPACK_BINARY, 2, true, false},
    [0x06] = {CAIRN_MSGPACK_BINARY, 4, true, false},
    [0x07] = {CAIRN_MSGPACK_EXTENSION, 1, true, false},
    [0x08] = {CAIRN_MSGPACK_EXTENSION, 2, true, false},
    [0x09] = {CAIRN_MSGPACK_EXTENSION, 4, true, false},
    [0x0a] = {CAIRN_MSGPACK_FLOAT, 4, true, false},
    [0x0b] = {CAIRN_MSGPACK_FLOAT, 8, true, false},
    [0x0c] = {CAIRN_MSGPACK_UINT, 1, true, false},
    [0x0d] = {CAIRN_MSGPACK_UINT, 2, true, false},
    [0x0e] = {CAIRN_MSGPACK_UINT, 4, true, false},
    [0x0f] = {CAIRN_MSGPACK_UINT, 8, true, false},
    [0x10] = {CAIRN_MSGPACK_UINT, 1, true, true},
    [0x11] = {CAIRN_MSGPACK_UINT, 2, true, true},
    [0x12] = {CAIRN_MSGPACK_UINT, 4, true, true},
    [0x13] = {CAIRN_MSGPACK_UINT, 8, true, true},
    [0x19] = {CAIRN_MSGPACK_TEXT, 1, true, false},
    [0x1a] = {CAIRN_MSGPACK_TEXT, 2, true, false},
    [0x1b] = {CAIRN_MSGPACK_TEXT, 4, true, false},
    [0x1c] = {CAIRN_MSGPACK_ARRAY, 2, true, false},
    [0x1d] = {CAIRN_MSGPACK_ARRAY, 4, true, false},
    [0x1e] = {CAIRN_MSGPACK_MAP, 2, true, false},
    [0x1f] = {CAIRN_MSGPACK_MAP, 4, true, false},
};

static enum cairn_status take_wide(struct cairn_bytes *in, uint8_t first,
                                   struct cairn_msgpack_item *item)
{
    unsigned row = first & 0x1f;
    if (first >= 0xd4 && first <= 0xd8) { /* fixext 1, 2, 4, 8, 16 */
        *item = (struct cairn_msgpack_item){.kind = CAIRN_MSGPACK_EXTENSION,
                                            .number = (uint64_t)1 << (first - 0xd4)};
        return finish(in, item);
    }
    if (!first_byte[row].used)
        return CAIRN_ERR_BAD_FORMAT;
    item->kind = first_byte[row].kind;
    unsigned width = first_byte[row].width;
    if (width == 0) {
        item->number = first == 0xc3;
        return CAIRN_OK;
    }
    enum cairn_status status = take_big_endian(in, width, &item->number);
    if (status != CAIRN_OK)
        return status;
    if (first_byte[row].is_signed && item->number >> (8 * width - 1) != 0) {
        item->kind = CAIRN_MSGPACK_INT;
        if (width < 8)
            item->number |= UINT64_MAX << (8 * width);
    }
    return finish(in, item);
}

enum cairn_status cairn_msgpack_take(struct cairn_bytes *in, struct cairn_msgpack_item *out)
{
    struct cairn_bytes rest = *in;
    struct cairn_msgpack_item item = {.kind = CAIRN_MSGPACK_UINT};
    uint8_t first;
    enum cairn_status status = cairn_bytes_take_u8(&rest, &first);
    if (status != CAIRN_OK)
        return status;
    if (first < 0x80) {
        item.number = first;
    } else if (first >= 0xe0) {
        item.kind = CAIRN_MSGPACK_INT;
        item.number = (uint64_t)(int64_t)(int8_t)first;
    } else if (first >= 0xc0) {
        status = take_wide(&rest, first, &item);
    } else {
        item.kind = first >= 0xa0   ? CAIRN_MSGPACK_TEXT
                    : first >= 0x90 ? CAIRN_MSGPACK_ARRAY
                                    : CAIRN_MSGPACK_MAP;
        item.number = first >= 0xa0 ? first & 0x1f : first & 0x0f;
        status = finish(&rest, &item);
    }
    if (status != CAIRN_OK)
        return status;
    *in = rest;
    *out = item;
    return CAIRN_OK;
}

static bool child_count(const struct cairn_msgpack_item *item, uint64_t *count)
{
    *count = item->kind == CAIRN_MSGPACK_ARRAY ? item->number
             : item->kind == CAIRN_MSGPACK_MAP ? 2 * item->number
                                               : 0;
    return *count != 0;
}

enum cairn_status cairn_msgpack_skip(struct cairn_bytes *in, const struct cairn_msgpack_item *item)
{
    uint64_t pending, more;
    if (!child_count(item, &pending))
        return CAIRN_OK;
    struct cairn_bytes rest = *in;
    while (pending > 0) { /* a count of items still to read, whatever their nesting: no recursion */
        struct cairn_msgpack_item child;
        enum cairn_status status = cairn_msgpack_take(&rest, &child);
        if (status != CAIRN_OK)
            return status;
        pending--;
        if (child_count(&child, &more) && __builtin_add_overflow(pending, more, &pending))
            return CAIRN_ERR_BAD_FORMAT;
    }
    *in = rest;
    return CAIRN_OK;
}
