/* SPDX-License-Identifier: MIT
 * Finding the install tree and the compiler.
 */
#include "toolchain.h"

#include "base/option.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { DEVICES_MAX = 64 };

static bool exists(const char *folder, const char *name)
{
    char path[PATH_MAX];
    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
           access(path, F_OK) == 0;
}

/* The parent of the folder that the running program lies in. */
static bool own_prefix(char *out, size_t size)
{
    ssize_t length = readlink("/proc/self/exe", out, size - 1);
    if (length <= 0)
        return false;
    out[length] = '\0';
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

static void find_prefix(struct toolchain *out)
{
    /* The tool's own tree comes first: an exported ROCM_PATH may be another ROCm's. */
    if (own_prefix(out->prefix, sizeof out->prefix) && exists(out->prefix, "include/hip"))
        return;
    if (!copy_env("ROCM_PATH", out->prefix, sizeof out->prefix) &&
        !copy_env("HIP_PATH", out->prefix, sizeof out->prefix))
        strcpy(out->prefix, "/opt/rocm");
}

static bool find_llvm(struct toolchain *out)
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

static void read_version(struct toolchain *out)
{
    char path[PATH_MAX], line[128];
    unsigned major = 0, minor = 0, patch = 0;
    if (snprintf(path, sizeof path, "%s/share/hip/version", out->prefix) >= (int)sizeof path)
        return;
    FILE *file = fopen(path, "r");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        (void)sscanf(line, "HIP_VERSION_MAJOR=%u", &major);
        (void)sscanf(line, "HIP_VERSION_MINOR=%u", &minor);
        (void)sscanf(line, "HIP_VERSION_PATCH=%u", &patch);
    }
    if (file != NULL)
        fclose(file);
    snprintf(out->version, sizeof out->version, "%u.%u.%u", major, minor, patch);
}

enum cairn_status toolchain_find(struct toolchain *out)
{
    memset(out, 0, sizeof *out);
    find_prefix(out);
    read_version(out);
    if (find_llvm(out))
        return CAIRN_OK;
    fprintf(stderr, "error: no clang++ in %s: install clang-22 or set HIP_CLANG_PATH\n",
            out->llvm_bin);
    return CAIRN_ERR_NOT_FOUND;
}

void toolchain_each_default_chip(void (*visit)(const char *chip, void *user), void *user)
{
    char seen[DEVICES_MAX][32];
    size_t count = 0;
    const char *at = cairn_option_text(CAIRN_OPTION_DEVICES);
    while (*at != '\0' && count < DEVICES_MAX) {
        size_t length = strcspn(at, ",");
        size_t chip = strcspn(at, ",:"); /* features say how the device runs, not what to compile */
        if (chip > 0 && chip < sizeof seen[0]) {
            memcpy(seen[count], at, chip);
            seen[count][chip] = '\0';
            bool repeated = false;
            for (size_t i = 0; i < count; i++)
                repeated |= strcmp(seen[i], seen[count]) == 0;
            if (!repeated)
                visit(seen[count++], user);
        }
        at += length + (at[length] == ',');
    }
}
