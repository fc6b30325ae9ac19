/* SPDX-License-Identifier: MIT
 * Any bytes as MessagePack: every item is taken or the input refused; skipping agrees with taking.
 */
#include "obj/msgpack.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cairn_bytes in = cairn_bytes_of(data, size);
    struct cairn_msgpack_item item;
    while (cairn_msgpack_take(&in, &item) == CAIRN_OK) {
        struct cairn_bytes rest = in;
        if (cairn_msgpack_skip(&rest, &item) == CAIRN_OK && rest.left > in.left)
            __builtin_trap();
    }
    return 0;
}
