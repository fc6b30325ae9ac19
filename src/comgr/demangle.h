/* SPDX-License-Identifier: MIT
 * C++ names as LLVM writes them.
 */
#ifndef CAIRN_COMGR_DEMANGLE_H
#define CAIRN_COMGR_DEMANGLE_H

#include <stddef.h>

/* The name behind a mangled one, or a copy of what is no mangled name. The caller frees it; NULL:
 * memory is out. */
char *comgr_demangle(const char *name, size_t length);

#endif
