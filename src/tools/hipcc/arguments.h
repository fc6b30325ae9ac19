/* SPDX-License-Identifier: MIT
 * What a hipcc command line means for the clang command line that it becomes.
 */
#ifndef CAIRN_TOOLS_HIPCC_ARGUMENTS_H
#define CAIRN_TOOLS_HIPCC_ARGUMENTS_H

#include "toolchain/toolchain.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

/* A growing argv; owns its strings. */
struct arguments {
    char **items; /* NULL-terminated */
    size_t count, room;
};

void arguments_add(struct arguments *list, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
void arguments_destroy(struct arguments *list);

/* Makes the clang command for `argc`/`argv` (without the program name). Exits with a message when
 * memory is out: a driver has nothing else to do. */
void arguments_translate(const struct cairn_toolchain *toolchain, int argc, char **argv,
                         struct arguments *out);

/* What other build systems need to do without hipcc: flags for host sources, and for linking. */
void arguments_compile_flags(const struct cairn_toolchain *toolchain, FILE *out);
void arguments_link_flags(const struct cairn_toolchain *toolchain, FILE *out);

#endif
