/* SPDX-License-Identifier: MIT
 * Reading, replacing and removing the cache's files. A file is used only if it and its folder
 * belong to the effective user and nobody else may write to them.
 */
#include "comgr/cache_file.h"

#include "base/log.h"
#include "base/option.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

struct header {
    char magic[8];
    uint64_t size;
    uint8_t key[CAIRN_SHA256_BYTES];
    uint8_t checksum[CAIRN_SHA256_BYTES]; /* of the content */
};
_Static_assert(sizeof(struct header) == 80, "layout of cache files");

static const char magic[8] = "CAIRNRC";
static const char temporary[] = ".new-";
enum { NAME_BYTES = 2 * CAIRN_SHA256_BYTES + 1, STALE_SECONDS = 3600, EVICT_ONE_IN = 16 };

/* ---- the folder ---- */

static bool choose_folder(char *out, size_t size)
{
    const char *amd = getenv("AMD_COMGR_CACHE"), *folder = getenv("AMD_COMGR_CACHE_DIR");
    const char *own = getenv("CAIRN_CACHE_DIR"), *xdg = getenv("XDG_CACHE_HOME");
    const char *home = getenv("HOME");
    int length;
    if (amd != NULL && strcmp(amd, "0") == 0)
        return false;
    if (folder != NULL && folder[0] != '\0')
        length = snprintf(out, size, "%s", folder);
    else if (own != NULL && (own[0] == '\0' || strcmp(own, "off") == 0))
        return false;
    else if (own != NULL)
        length = snprintf(out, size, "%s/comgr", own);
    else if (xdg != NULL && xdg[0] == '/')
        length = snprintf(out, size, "%s/cairn/comgr", xdg);
    else if (home != NULL && home[0] == '/')
        length = snprintf(out, size, "%s/.cache/cairn/comgr", home);
    else
        return false;
    return length > 0 && (size_t)length < size && cairn_option_u64(CAIRN_OPTION_CACHE_SIZE_MB) != 0;
}

static bool is_ours(const struct stat *facts)
{
    return facts->st_uid == geteuid() && (facts->st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

bool comgr_cache_folder(char *out, size_t size)
{
    struct stat facts;
    if (!choose_folder(out, size))
        return false;
    for (char *at = out + 1; *at != '\0'; at++) {
        if (*at != '/')
            continue;
        *at = '\0';
        mkdir(out, 0700);
        *at = '/';
    }
    mkdir(out, 0700);
    if (lstat(out, &facts) == 0 && S_ISDIR(facts.st_mode) && is_ours(&facts))
        return true;
    CAIRN_LOG_ONCE("comgr: no cache: %s must be a folder that belongs to user %u alone", out,
                   (unsigned)geteuid());
    return false;
}

static bool name_of(const char *folder, const uint8_t *key, char *out, size_t size)
{
    int length = snprintf(out, size, "%s/", folder);
    if (length < 0 || (size_t)length + NAME_BYTES > size)
        return false;
    for (size_t i = 0; i < CAIRN_SHA256_BYTES; i++)
        snprintf(out + (size_t)length + 2 * i, 3, "%02x", key[i]);
    return true;
}

/* ---- reading ---- */

static bool read_all(int fd, uint8_t *out, size_t size)
{
    while (size != 0) {
        ssize_t got = read(fd, out, size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return false;
        out += got;
        size -= (size_t)got;
    }
    return true;
}

static void checksum(struct cairn_bytes content, uint8_t out[CAIRN_SHA256_BYTES])
{
    struct cairn_sha256 hash;
    cairn_sha256_start(&hash);
    cairn_sha256_add(&hash, content.at, content.left);
    cairn_sha256_finish(&hash, out);
}

static bool is_whole(const uint8_t *bytes, size_t size, const uint8_t *key)
{
    struct header header;
    uint8_t sum[CAIRN_SHA256_BYTES];
    if (size < sizeof header)
        return false;
    memcpy(&header, bytes, sizeof header);
    if (memcmp(header.magic, magic, sizeof magic) != 0 || header.size != size - sizeof header ||
        memcmp(header.key, key, sizeof header.key) != 0)
        return false;
    checksum(cairn_bytes_of(bytes + sizeof header, size - sizeof header), sum);
    return memcmp(sum, header.checksum, sizeof sum) == 0;
}

bool comgr_cache_read(const char *folder, const uint8_t key[CAIRN_SHA256_BYTES], uint8_t **whole,
                      struct cairn_bytes *content)
{
    char path[PATH_MAX];
    struct stat facts;
    uint8_t *bytes = NULL;
    if (!name_of(folder, key, path, sizeof path))
        return false;
    int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return false;
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode) && is_ours(&facts))
        bytes = malloc((size_t)facts.st_size + 1);
    bool good = bytes != NULL && read_all(fd, bytes, (size_t)facts.st_size) &&
                is_whole(bytes, (size_t)facts.st_size, key);
    if (good)
        futimens(fd, NULL); /* the time of last use */
    close(fd);
    if (!good) {
        free(bytes);
        return false;
    }
    *whole = bytes;
    *content = cairn_bytes_of(bytes + sizeof(struct header),
                              (size_t)facts.st_size - sizeof(struct header));
    return true;
}

/* ---- removing ---- */

struct found {
    char name[NAME_BYTES];
    time_t used;
    uint64_t size;
};

static int older(const void *a, const void *b)
{
    const struct found *x = a, *y = b;
    return (x->used > y->used) - (x->used < y->used);
}

static bool is_entry_name(const char *name)
{
    return strlen(name) == NAME_BYTES - 1 && strspn(name, "0123456789abcdef") == NAME_BYTES - 1;
}

static uint64_t list_entries(DIR *folder, struct found **out, size_t *count)
{
    struct dirent *entry;
    struct stat facts;
    uint64_t total = 0;
    size_t room = 0;
    while ((entry = readdir(folder)) != NULL) {
        if (fstatat(dirfd(folder), entry->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0)
            continue;
        if (strncmp(entry->d_name, temporary, sizeof temporary - 1) == 0 &&
            facts.st_mtime + STALE_SECONDS < time(NULL))
            unlinkat(dirfd(folder), entry->d_name, 0);
        if (!is_entry_name(entry->d_name))
            continue;
        if (*count == room) {
            room = 2 * room + 64;
            struct found *more = realloc(*out, room * sizeof *more);
            if (more == NULL)
                break;
            *out = more;
        }
        struct found *row = &(*out)[(*count)++];
        memcpy(row->name, entry->d_name, NAME_BYTES);
        row->used = facts.st_mtime;
        row->size = (uint64_t)facts.st_blocks * 512;
        total += row->size;
    }
    return total;
}

/* Down to nine tenths of the limit, the longest unused first. */
static void evict(const char *path)
{
    uint64_t limit = cairn_option_u64(CAIRN_OPTION_CACHE_SIZE_MB) << 20;
    struct found *entries = NULL;
    size_t count = 0;
    DIR *folder = opendir(path);
    if (folder == NULL)
        return;
    uint64_t total = list_entries(folder, &entries, &count);
    if (total > limit) {
        qsort(entries, count, sizeof *entries, older);
        for (size_t i = 0; i < count && total > limit / 10 * 9; i++)
            if (unlinkat(dirfd(folder), entries[i].name, 0) == 0)
                total -= entries[i].size;
    }
    closedir(folder);
    free(entries);
}

/* ---- writing ---- */

static bool write_all(int fd, const void *from, size_t size)
{
    const uint8_t *at = from;
    while (size != 0) {
        ssize_t put = write(fd, at, size);
        if (put < 0 && errno == EINTR)
            continue;
        if (put <= 0)
            return false;
        at += put;
        size -= (size_t)put;
    }
    return true;
}

void comgr_cache_write(const char *folder, const uint8_t key[CAIRN_SHA256_BYTES],
                       struct cairn_bytes content)
{
    char path[PATH_MAX], new_path[PATH_MAX];
    uint64_t number = 0;
    if (getrandom(&number, sizeof number, GRND_NONBLOCK) != sizeof number)
        number = (uint64_t)getpid() << 32 ^ (uint64_t)(uintptr_t)&number;
    if (!name_of(folder, key, path, sizeof path) ||
        snprintf(new_path, sizeof new_path, "%s/%s%016llx", folder, temporary,
                 (unsigned long long)number) >= (int)sizeof new_path)
        return;
    int fd = open(new_path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    if (fd < 0)
        return;
    struct header header = {.size = content.left};
    memcpy(header.magic, magic, sizeof magic);
    memcpy(header.key, key, sizeof header.key);
    checksum(content, header.checksum);
    bool good = write_all(fd, &header, sizeof header) && write_all(fd, content.at, content.left);
    good = close(fd) == 0 && good;
    if (!good || rename(new_path, path) != 0)
        unlink(new_path);
    if (number % EVICT_ONE_IN == 0)
        evict(folder);
}
