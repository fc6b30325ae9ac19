/* SPDX-License-Identifier: MIT
 * Keeps a folder within its limit: looks at all entries and removes those whose time of last use,
 * which is their modification time, is oldest. Temporary files that a dead process left behind go,
 * too.
 */
#include "base/own_files_priv.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TEMPORARY_SECONDS = 3600, BLOCK_BYTES = 4096, NAME_MOST = 128 };

struct found {
    char name[NAME_MOST + 1];
    struct timespec used;
    uint64_t size;
};

struct listing {
    int folder;
    size_t name_length;
    struct found *entries;
    size_t count, capacity;
    uint64_t total;
};

static bool is_entry_name(const char *name, size_t length)
{
    return strlen(name) == length && strspn(name, "0123456789abcdef") == length;
}

static bool is_stale_temporary(const char *name, const struct stat *facts)
{
    return strncmp(name, CAIRN_OWN_TEMPORARY, sizeof CAIRN_OWN_TEMPORARY - 1) == 0 &&
           facts->st_mtim.tv_sec + TEMPORARY_SECONDS < time(NULL);
}

static bool append(struct listing *listing, const char *name, const struct stat *facts)
{
    if (listing->count == listing->capacity) {
        size_t capacity = listing->capacity != 0 ? 2 * listing->capacity : 256;
        struct found *bigger = reallocarray(listing->entries, capacity, sizeof *bigger);
        if (bigger == NULL)
            return false;
        listing->entries = bigger;
        listing->capacity = capacity;
    }
    struct found *entry = &listing->entries[listing->count++];
    memcpy(entry->name, name, listing->name_length + 1);
    entry->used = facts->st_mtim;
    entry->size = cairn_align_up((uint64_t)facts->st_size, BLOCK_BYTES);
    listing->total += entry->size;
    return true;
}

static void list(struct listing *listing)
{
    int copy = openat(listing->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = copy >= 0 ? fdopendir(copy) : NULL;
    if (folder == NULL) {
        if (copy >= 0)
            close(copy);
        return;
    }
    for (struct dirent *at; (at = readdir(folder)) != NULL;) {
        struct stat facts;
        if (at->d_name[0] == '.' &&
            strncmp(at->d_name, CAIRN_OWN_TEMPORARY, sizeof CAIRN_OWN_TEMPORARY - 1) != 0)
            continue;
        if (fstatat(listing->folder, at->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(facts.st_mode))
            continue;
        if (is_stale_temporary(at->d_name, &facts))
            unlinkat(listing->folder, at->d_name, 0);
        else if (is_entry_name(at->d_name, listing->name_length) &&
                 !append(listing, at->d_name, &facts))
            break;
    }
    closedir(folder);
}

static int by_use(const void *a, const void *b)
{
    const struct timespec *one = &((const struct found *)a)->used;
    const struct timespec *two = &((const struct found *)b)->used;
    if (one->tv_sec != two->tv_sec)
        return one->tv_sec < two->tv_sec ? -1 : 1;
    return (one->tv_nsec > two->tv_nsec) - (one->tv_nsec < two->tv_nsec);
}

size_t cairn_own_folder_trim(int folder, size_t name_length, uint64_t limit, uint64_t target)
{
    struct listing listing = {.folder = folder, .name_length = name_length};
    size_t removed = 0;
    if (name_length > NAME_MOST)
        return 0;
    list(&listing);
    if (listing.total > limit) {
        qsort(listing.entries, listing.count, sizeof *listing.entries, by_use);
        for (size_t i = 0; i < listing.count && listing.total > target; i++) {
            listing.total -= listing.entries[i].size;
            removed += unlinkat(folder, listing.entries[i].name, 0) == 0;
        }
    }
    free(listing.entries);
    return removed;
}
