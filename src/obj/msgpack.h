/* SPDX-License-Identifier: MIT
 * A bounded MessagePack reader (msgpack.org specification), as much of it as code object notes use.
 * Pull style: the caller takes one item after the other and knows what it wants.
 */
#ifndef CAIRN_OBJ_MSGPACK_H
#define CAIRN_OBJ_MSGPACK_H

#include "base/bytes.h"

enum cairn_msgpack_kind {
    CAIRN_MSGPACK_NIL,
    CAIRN_MSGPACK_BOOL,
    CAIRN_MSGPACK_UINT,
    CAIRN_MSGPACK_INT, /* negative */
    CAIRN_MSGPACK_FLOAT,
    CAIRN_MSGPACK_TEXT,
    CAIRN_MSGPACK_BINARY,
    CAIRN_MSGPACK_ARRAY,
    CAIRN_MSGPACK_MAP,
    CAIRN_MSGPACK_EXTENSION,
};

struct cairn_msgpack_item {
    enum cairn_msgpack_kind kind;
    uint64_t number; /* value; array: elements, map: pairs; each at most the bytes that follow */
    struct cairn_bytes data; /* text, binary, extension: borrowed */
};

/* Takes one item; the elements of an array or map follow as items. */
CAIRN_MUST_CHECK enum cairn_status cairn_msgpack_take(struct cairn_bytes *in,
                                                      struct cairn_msgpack_item *out);
/* Skips what follows `item`: all elements of an array or map, however deep. */
CAIRN_MUST_CHECK enum cairn_status cairn_msgpack_skip(struct cairn_bytes *in,
                                                      const struct cairn_msgpack_item *item);

#endif
