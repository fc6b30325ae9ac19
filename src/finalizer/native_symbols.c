/* SPDX-License-Identifier: MIT
 * The few functions of the C library that finalized code may call.
 */
#include "finalizer/native_symbols.h"

#include <math.h>
#include <string.h>

/* fma: doubles on hosts without fused multiply-add. The others: what LLVM makes of long copies. */
static const struct {
    const char *name;
    void (*function)(void);
} functions[] = {
    {"fma", (void (*)(void))(double (*)(double, double, double))fma},
    {"memcpy", (void (*)(void))memcpy},
    {"memmove", (void (*)(void))memmove},
    {"memset", (void (*)(void))memset},
};

static uint64_t resolve(void *user, const char *name)
{
    (void)user;
    for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++)
        if (strcmp(functions[i].name, name) == 0)
            return (uintptr_t)functions[i].function;
    return 0;
}

const struct cairn_object_symbols cairn_native_symbols = {.resolve = resolve};
