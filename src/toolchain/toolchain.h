/* SPDX-License-Identifier: MIT
 * Where things are: the install tree that a tool or a library belongs to and the clang that it
 * starts. The tree is found from the file's own path, so it works wherever it is moved to.
 */
#ifndef CAIRN_TOOLCHAIN_TOOLCHAIN_H
#define CAIRN_TOOLCHAIN_TOOLCHAIN_H

#include "base/status.h"

#include <limits.h>
#include <stdbool.h>

struct cairn_toolchain {
    char prefix[PATH_MAX];   /* the tree that holds the file, or ROCM_PATH */
    char llvm_bin[PATH_MAX]; /* HIP_CLANG_PATH, prefix/llvm/bin, or where the build found clang */
    char version[64];        /* "6.4.43484-cairn", from share/hip/version */
};

/* `file`: the tool or library, in a folder of its tree such as bin or lib; NULL: the running
 * program. NOT_FOUND: no clang++ where it should be; llvm_bin says where that is. */
CAIRN_MUST_CHECK enum cairn_status cairn_toolchain_find(const char *file,
                                                        struct cairn_toolchain *out);

#endif
