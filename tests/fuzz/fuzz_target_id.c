/* SPDX-License-Identifier: MIT
 * Any bytes as a target id: what parses prints, and the print parses to the same.
 */
#include "obj/obj.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cairn_target_id id, again;
    char text[128];
    if (cairn_target_id_parse((const char *)data, size, &id) != CAIRN_OK)
        return 0;
    size_t length = cairn_target_id_format(&id, text, sizeof text);
    if (cairn_target_id_parse(text, length, &again) != CAIRN_OK || again.xnack != id.xnack ||
        again.sramecc != id.sramecc)
        __builtin_trap();
    return 0;
}
