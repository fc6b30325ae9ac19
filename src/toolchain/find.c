/* SPDX-License-Identifier: MIT
 * Finding the install tree and the compiler.
 */
#include "toolchain/toolchain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool exists(const char *folder, const char *name)
{
    char path[PATH_MAX];
    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
           access(path, F_OK) == 0;
}

/* The parent of the folder that `file` lies in. */
static bool prefix_of(const char *file, char *out)
{
    if (realpath(file, out) == NULL)
        return false;
    for (int up = 0; up < 2; up++) {
        char *slash = strrchr(out, '/');
        if (slash == NULL)
            return false;
        *slash = '\0';
    }
    return true;
}

static bool copy_env(const char *variable, char *out, size_t size)
{
    const char *value = getenv(variable);
    return value != NULL && value[0] != '\0' && snprintf(out, size, "%s", value) < (int)size;
}

static void find_prefix(const char *file, struct cairn_toolchain *out)
{
    /* Its own tree comes first: an exported ROCM_PATH may be another ROCm's. */
    if (prefix_of(file, out->prefix) && exists(out->prefix, "include/hip"))
        return;
    if (!copy_env("ROCM_PATH", out->prefix, sizeof out->prefix) &&
        !copy_env("HIP_PATH", out->prefix, sizeof out->prefix))
        strcpy(out->prefix, "/opt/rocm");
}

static bool find_llvm(struct cairn_toolchain *out)
{
    if (copy_env("HIP_CLANG_PATH", out->llvm_bin, sizeof out->llvm_bin))
        return exists(out->llvm_bin, "clang++");
    if (snprintf(out->llvm_bin, sizeof out->llvm_bin, "%s/llvm/bin", out->prefix) <
            (int)sizeof out->llvm_bin &&
        exists(out->llvm_bin, "clang++"))
        return true;
    strcpy(out->llvm_bin, CAIRN_LLVM_BIN);
    return exists(out->llvm_bin, "clang++");
}

static void read_version(struct cairn_toolchain *out)
{
    char path[PATH_MAX], line[128], build[32] = "0";
    unsigned major = 0, minor = 0, patch = 0;
    if (snprintf(path, sizeof path, "%s/share/hip/version", out->prefix) >= (int)sizeof path)
        return;
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "HIP_VERSION_MAJOR=%u", &major);
        (void)sscanf(line, "HIP_VERSION_MINOR=%u", &minor);
        (void)sscanf(line, "HIP_VERSION_PATCH=%u", &patch);
        (void)sscanf(line, "HIP_VERSION_GITHASH=%31s", build);
    }
    if (file != NULL)
        fclose(file);
    snprintf(out->version, sizeof out->version, "%u.%u.%u-%s", major, minor, patch, build);
}

enum cairn_status cairn_toolchain_find(const char *file, struct cairn_toolchain *out)
{
    memset(out, 0, sizeof *out);
    find_prefix(file != NULL ? file : "/proc/self/exe", out);
    read_version(out);
    return find_llvm(out) ? CAIRN_OK : CAIRN_ERR_NOT_FOUND;
}
