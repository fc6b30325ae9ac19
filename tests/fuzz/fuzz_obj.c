/* SPDX-License-Identifier: MIT
 * Any bytes as a code object: refused or read within bounds.
 */
#include "obj/obj.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cairn_obj *obj;
    if (cairn_obj_create(cairn_bytes_of(data, size), &obj) == CAIRN_OK)
        cairn_obj_destroy(obj);
    return 0;
}
