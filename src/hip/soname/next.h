/* SPDX-License-Identifier: MIT
 * What the libraries of other sonames share: each stands in front of libamdhip64.so.6, which does
 * the work, and has only the functions whose layouts, numbers or rules differ.
 */
#ifndef CAIRN_HIP_SONAME_NEXT_H
#define CAIRN_HIP_SONAME_NEXT_H

#define __HIP_PLATFORM_AMD__ 1
#include <hip/hip_runtime_api.h>

#include <dlfcn.h>
#include <stddef.h>

/* The function of this name in libamdhip64.so.6; it is behind us in every scope that has us. */
#define NEXT(name) ((__typeof__(&name))next_symbol(#name))

static inline void *next_symbol(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

#define EXPORT __attribute__((visibility("default")))

#endif
