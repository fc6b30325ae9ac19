/* SPDX-License-Identifier: MIT
 * Any bytes as a relocatable file of native code: refused, or mapped and relocated within bounds.
 * The code is never run. Names that start with '_' are not resolved; the others alternate between
 * near and out of reach.
 */
#include "finalizer/object.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uint64_t resolve(void *user, const char *name)
{
    if (name[0] == '_')
        return 0;
    return (strlen(name) & 1) != 0 ? (uint64_t)(uintptr_t)resolve : (uint64_t)1 << 62;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const struct cairn_object_symbols symbols = {.resolve = resolve};
    struct cairn_object *object;
    if (cairn_object_load(cairn_bytes_of(data, size), &symbols, &object) != CAIRN_OK)
        return 0;
    (void)cairn_object_symbol(object, "add");
    (void)cairn_object_function_at(object, cairn_object_code(object).at + 64);
    cairn_object_destroy(object);
    return 0;
}
