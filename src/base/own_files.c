/* SPDX-License-Identifier: MIT
 * Opening, replacing and reading files that are the user's alone.
 */
#include "base/own_files_priv.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

static bool safely_ours(const struct stat *facts)
{
    return facts->st_uid == geteuid() && (facts->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* mkdir -p; what goes wrong shows when the folder is opened. */
static void make_folders(const char *path)
{
    char *copy = strdup(path);
    if (copy == NULL)
        return;
    for (char *at = copy + 1; *at != '\0'; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        mkdir(copy, 0700);
        *at = '/';
    }
    mkdir(copy, 0700);
    free(copy);
}

static int open_existing_folder(const char *path)
{
    return open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
}

int cairn_own_folder_open(const char *path, bool *foreign)
{
    struct stat facts;
    int folder = open_existing_folder(path);
    *foreign = false;
    if (folder < 0 && errno == ENOENT) {
        make_folders(path);
        folder = open_existing_folder(path);
    }
    if (folder >= 0 && (fstat(folder, &facts) != 0 || !safely_ours(&facts))) {
        *foreign = true;
        close(folder);
        return -1;
    }
    return folder;
}

int cairn_own_file_open(int folder, const char *name, uint64_t *size, bool *refused)
{
    /* O_NONBLOCK: a FIFO in the entry's place must not hold us up. */
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    *refused = fd < 0 && errno != ENOENT;
    if (fd < 0)
        return -1;
    struct stat facts;
    if (fstat(fd, &facts) != 0 || !S_ISREG(facts.st_mode) || !safely_ours(&facts)) {
        *refused = true;
        close(fd);
        return -1;
    }
    *size = (uint64_t)facts.st_size;
    return fd;
}

bool cairn_own_file_read(int fd, void *out, size_t size)
{
    uint8_t *at = out;
    while (size > 0) {
        ssize_t got = read(fd, at, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        at += got;
        size -= (size_t)got;
    }
    return true;
}

static bool write_all(int fd, struct cairn_bytes from)
{
    while (from.left > 0) {
        ssize_t put = write(fd, from.at, from.left);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        from = cairn_bytes_of(from.at + put, from.left - (size_t)put);
    }
    return true;
}

/* A new file that is ours alone; -1 if there can be none. */
static int create_temporary(int folder, char *name, size_t size)
{
    for (int attempt = 0; attempt < 8; attempt++) {
        uint64_t random = 0;
        if (getrandom(&random, sizeof random, GRND_NONBLOCK) != sizeof random)
            random = (uint64_t)getpid() << 32 ^ (uint64_t)(uintptr_t)name ^ (uint64_t)attempt;
        snprintf(name, size, CAIRN_OWN_TEMPORARY "%016llx", (unsigned long long)random);
        int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
        if (fd >= 0 || errno != EEXIST)
            return fd;
    }
    return -1;
}

bool cairn_own_file_replace(int folder, const char *name, struct cairn_bytes header,
                            struct cairn_bytes content)
{
    char temporary[64];
    int fd = create_temporary(folder, temporary, sizeof temporary);
    if (fd < 0)
        return false;
    bool good = write_all(fd, header) && write_all(fd, content);
    good = close(fd) == 0 && good;
    good = good && renameat(folder, temporary, folder, name) == 0;
    if (!good) {
        int saved = errno;
        unlinkat(folder, temporary, 0);
        errno = saved;
    }
    return good;
}
