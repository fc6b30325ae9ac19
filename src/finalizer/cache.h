/* SPDX-License-Identifier: MIT
 * Native code kept on disk between processes: one file an entry in one folder, named by a hash.
 * Many processes may use the folder at once. What is damaged, was made by another build or for
 * another CPU, or is not safely ours is as good as absent. Trust rests on the file system: folder
 * and files must belong to the effective user and be writable by nobody else.
 */
#ifndef CAIRN_FINALIZER_CACHE_H
#define CAIRN_FINALIZER_CACHE_H

#include "base/bytes.h"

struct cairn_cache;

/* Whatever decides what the code is; a SHA-256 over it. */
struct cairn_cache_key {
    uint8_t bytes[32];
};

struct cairn_cache_entry {
    struct cairn_bytes code; /* from get: malloc'ed, freed by cairn_cache_entry_free */
    uint32_t tier;           /* enum cairn_tier */
    uint32_t facts[4];       /* the caller's, kept as they are */
};

struct cairn_cache_config {
    const char *directory; /* made, with its parents, if it is not there */
    uint64_t limit_bytes;  /* of all files together; exceeded by a few per cent at times */
    const char *build;     /* who makes the code: build ids, not empty */
    const char *target;    /* CPU and features that code is made for */
};

struct cairn_cache_counts {
    uint64_t hits, misses, rejected, stores, evictions; /* rejected: there, but not to be used */
};

/* Caller closes *out. Errors, none of which is logged above level info: INVALID_ARGUMENT (empty
 * directory or build, limit 0), IO (cannot be made or opened, or is not safely ours), NO_MEMORY. */
CAIRN_MUST_CHECK enum cairn_status cairn_cache_open(const struct cairn_cache_config *config,
                                                    struct cairn_cache **out);
/* What the options CAIRN_CACHE_DIR and CAIRN_CACHE_SIZE_MB say, for code that this build and the
 * compiler in the file `module` make. NOT_FOUND: the user wants no cache, or this build cannot name
 * itself. */
CAIRN_MUST_CHECK enum cairn_status cairn_cache_open_default(const char *module, const char *target,
                                                            struct cairn_cache **out);
/* NULL is allowed. */
void cairn_cache_close(struct cairn_cache *cache);

/* The functions below may be called by any threads at once. A NULL cache holds nothing and keeps
 * nothing. */

/* CAIRN_ERR_NOT_FOUND: no entry that may be used. CAIRN_ERR_NO_MEMORY. */
CAIRN_MUST_CHECK enum cairn_status cairn_cache_get(struct cairn_cache *cache,
                                                   const struct cairn_cache_key *key,
                                                   struct cairn_cache_entry *out);
void cairn_cache_entry_free(struct cairn_cache_entry *entry);

/* Keeps `entry` unless one of a higher tier is there. Errors: CAIRN_ERR_IO (logged once at level
 * info), CAIRN_ERR_OUT_OF_RANGE (bigger than an eighth of the limit), CAIRN_ERR_NOT_FOUND (NULL
 * cache). Callers go on without. */
enum cairn_status cairn_cache_put(struct cairn_cache *cache, const struct cairn_cache_key *key,
                                  const struct cairn_cache_entry *entry);

struct cairn_cache_counts cairn_cache_counts(const struct cairn_cache *cache);

/* Removes the entries that were not used for the longest time until seven eighths of the limit hold
 * the rest. cairn_cache_put does it now and then. */
void cairn_cache_evict(struct cairn_cache *cache);

#endif
