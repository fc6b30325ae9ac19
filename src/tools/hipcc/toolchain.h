/* SPDX-License-Identifier: MIT
 * Where things are: the install tree that a tool belongs to, the clang that it starts, the chips
 * that it compiles for. The tree is found from the tool's own path, so it works wherever it is
 * moved to.
 */
#ifndef CAIRN_TOOLS_HIPCC_TOOLCHAIN_H
#define CAIRN_TOOLS_HIPCC_TOOLCHAIN_H

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>

struct toolchain {
    char prefix[PATH_MAX];   /* ROCM_PATH or the tree that holds this tool */
    char llvm_bin[PATH_MAX]; /* HIP_CLANG_PATH, prefix/llvm/bin, or where the build found clang */
    char version[64];        /* "6.4.43482", from share/hip/version */
};

/* NOT_FOUND (with a message on stderr): no clang++ where it should be. */
CAIRN_MUST_CHECK enum cairn_status toolchain_find(struct toolchain *out);

/* Calls `visit` for each different chip of CAIRN_DEVICES ("gfx90a" if it is not set). */
void toolchain_each_default_chip(void (*visit)(const char *chip, void *user), void *user);

#endif
