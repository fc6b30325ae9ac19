/* SPDX-License-Identifier: MIT
 * Runs a compiler or linker as a child process and collects what it says.
 */
#ifndef CAIRN_TOOLCHAIN_CHILD_H
#define CAIRN_TOOLCHAIN_CHILD_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>

struct cairn_child {
    bool exit_known; /* false: somebody else in this process waited for the child */
    int exit_status; /* 0 to 255, or 256 + the signal that ended it */
    char *output;    /* stdout and stderr in one, zero-terminated; the caller frees it */
    size_t output_size;
};

/* `argv[0]` is the path of the program. The child has no standard input, default signal handling,
 * and no LD_PRELOAD: what is meant for the application is not for its compiler. NOT_FOUND, IO: it
 * could not be started (logged); NO_MEMORY. */
CAIRN_MUST_CHECK enum cairn_status cairn_child_run(char *const argv[], struct cairn_child *out);

#endif
