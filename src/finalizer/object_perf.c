/* SPDX-License-Identifier: MIT
 * Names native code for Linux perf: one line "start size name" a function in /tmp/perf-PID.map
 * (tools/perf/Documentation/jit-interface.txt of the kernel). A file there that is not ours is left
 * alone.
 */
#include "finalizer/object_priv.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static FILE *open_map(void)
{
    char path[64];
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)getpid());
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0)
        return NULL;
    struct stat facts;
    FILE *file = NULL;
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && facts.st_uid == geteuid())
        file = fdopen(fd, "a");
    if (file == NULL)
        close(fd);
    return file;
}

void cairn_object_write_perf_map(const struct cairn_object *object)
{
    FILE *file = open_map();
    if (file == NULL) {
        CAIRN_LOG_ONCE("CAIRN_PERF_MAP: /tmp/perf-%ld.map cannot be written", (long)getpid());
        return;
    }
    for (size_t i = 0; i < object->function_count; i++) {
        const struct cairn_object_function *function = &object->functions[i];
        if (function->is_data)
            continue;
        fprintf(file, "%llx %llx %s\n", (unsigned long long)(uintptr_t)function->entry,
                (unsigned long long)function->size_bytes, function->name);
    }
    fclose(file);
}
