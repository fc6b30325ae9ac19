/* SPDX-License-Identifier: MIT
 * Intermediate results to files or stderr, as CAIRN_DUMP asks.
 */
#include "base/dump.h"
#include "base/log.h"
#include "base/option.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);
    for (;;) {
        size_t item = strcspn(list, ",");
        if (item == length && memcmp(list, word, length) == 0)
            return true;
        if (list[item] == '\0')
            return false;
        list += item + 1;
    }
}

bool cairn_dump_wanted(const char *name, const char *kind)
{
    const char *list = cairn_option_text(CAIRN_OPTION_DUMP);
    if (list[0] == '\0' || (!list_has(list, kind) && !list_has(list, "all")))
        return false;
    return strstr(name, cairn_option_text(CAIRN_OPTION_DUMP_KERNEL)) != NULL;
}

static void write_stderr(const char *name, const char *kind, const void *bytes, size_t size)
{
    flockfile(stderr);
    fprintf(stderr, "---- %s.%s: %zu bytes\n", name, kind, size);
    fwrite(bytes, 1, size, stderr);
    fprintf(stderr, "---- end of %s.%s\n", name, kind);
    funlockfile(stderr);
}

void cairn_dump_write(const char *name, const char *kind, const void *bytes, size_t size)
{
    const char *folder = cairn_option_text(CAIRN_OPTION_DUMP_DIR);
    if (folder[0] == '\0') {
        write_stderr(name, kind, bytes, size);
        return;
    }
    char path[4096];
    int start = snprintf(path, sizeof path, "%s/", folder);
    if (start < 0 || (size_t)start >= sizeof path - 256)
        return;
    snprintf(path + start, 240, "%.200s.%s", name, kind);
    for (char *at = path + start; *at != '\0'; at++)
        if (!isalnum((unsigned char)*at) && strchr("._-+", *at) == NULL)
            *at = '_';
    FILE *file = fopen(path, "wb");
    bool good = file != NULL && fwrite(bytes, 1, size, file) == size;
    if (file != NULL)
        good &= fclose(file) == 0;
    if (!good)
        cairn_log(CAIRN_LOG_WARN, "%s: %s", path, strerror(errno));
}
