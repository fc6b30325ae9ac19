/* SPDX-License-Identifier: MIT
 * Keeps the cache's folder within its limit: looks at all entries and removes those whose time of
 * last use, which is their modification time, is oldest. Temporary files that a dead process left
 * behind go, too.
 */
#include "finalizer/cache_priv.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { TEMPORARY_SECONDS = 3600, BLOCK_BYTES = 4096 };

struct found {
    struct cairn_cache_name name;
    struct timespec used;
    uint64_t size;
};

struct listing {
    struct found *entries;
    size_t count, capacity;
    uint64_t total;
};

static bool is_entry_name(const char *name)
{
    return strlen(name) == CAIRN_CACHE_NAME_LENGTH &&
           strspn(name, "0123456789abcdef") == CAIRN_CACHE_NAME_LENGTH;
}

static bool is_stale_temporary(const char *name, const struct stat *facts)
{
    return strncmp(name, CAIRN_CACHE_TEMPORARY, sizeof CAIRN_CACHE_TEMPORARY - 1) == 0 &&
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
    memcpy(entry->name.text, name, sizeof entry->name.text);
    entry->used = facts->st_mtim;
    entry->size = cairn_align_up((uint64_t)facts->st_size, BLOCK_BYTES);
    listing->total += entry->size;
    return true;
}

static void list(struct cairn_cache *cache, struct listing *listing)
{
    int copy = openat(cache->folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *folder = copy >= 0 ? fdopendir(copy) : NULL;
    if (folder == NULL) {
        if (copy >= 0)
            close(copy);
        return;
    }
    for (struct dirent *at; (at = readdir(folder)) != NULL;) {
        struct stat facts;
        if (at->d_name[0] == '.' && strncmp(at->d_name, CAIRN_CACHE_TEMPORARY, 5) != 0)
            continue;
        if (fstatat(cache->folder, at->d_name, &facts, AT_SYMLINK_NOFOLLOW) != 0 ||
            !S_ISREG(facts.st_mode))
            continue;
        if (is_stale_temporary(at->d_name, &facts))
            unlinkat(cache->folder, at->d_name, 0);
        else if (is_entry_name(at->d_name) && !append(listing, at->d_name, &facts))
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

void cairn_cache_evict(struct cairn_cache *cache)
{
    struct listing listing = {0};
    list(cache, &listing);
    if (listing.total > cache->limit_bytes) {
        uint64_t target = cache->limit_bytes - cache->limit_bytes / 8;
        qsort(listing.entries, listing.count, sizeof *listing.entries, by_use);
        for (size_t i = 0; i < listing.count && listing.total > target; i++) {
            listing.total -= listing.entries[i].size;
            if (unlinkat(cache->folder, listing.entries[i].name.text, 0) == 0)
                atomic_fetch_add_explicit(&cache->evictions, 1, memory_order_relaxed);
        }
    }
    free(listing.entries);
}
