/* SPDX-License-Identifier: MIT
 * What the files of the disk cache share: the open cache and the layout of an entry's file.
 */
#ifndef CAIRN_FINALIZER_CACHE_PRIV_H
#define CAIRN_FINALIZER_CACHE_PRIV_H

#include "base/sha256.h"
#include "finalizer/cache.h"

#include <stdatomic.h>

enum {
    CAIRN_CACHE_FORMAT = 1, /* of the header below */
    CAIRN_CACHE_NAME_LENGTH = 2 * CAIRN_SHA256_BYTES,
};

#define CAIRN_CACHE_MAGIC "CAIRNOB"

/* Constant after opening but for the counters, which are relaxed: nothing hangs on their order. */
struct cairn_cache {
    int folder;
    uint64_t limit_bytes;
    uint8_t maker[CAIRN_SHA256_BYTES]; /* hash of format, build and target */
    atomic_bool write_failed;          /* said once */
    _Atomic uint64_t hits, misses, rejected, stores, evictions;
};

/* A file is this and the code. */
struct cairn_cache_header {
    char magic[8];
    uint32_t format, tier;
    uint32_t facts[4];
    uint64_t code_bytes;
    uint8_t maker[CAIRN_SHA256_BYTES];
    uint8_t key[CAIRN_SHA256_BYTES];
    uint8_t checksum[CAIRN_SHA256_BYTES]; /* over the header with zeros here, and the code */
};
_Static_assert(sizeof(struct cairn_cache_header) == 136, "layout of cache files");

struct cairn_cache_name {
    char text[CAIRN_CACHE_NAME_LENGTH + 1];
};

/* File name of `key`: other makers' entries have other names, so that they do not displace ours. */
struct cairn_cache_name cairn_cache_name_of(const struct cairn_cache *cache,
                                            const struct cairn_cache_key *key);
void cairn_cache_checksum(const struct cairn_cache_header *header, struct cairn_bytes code,
                          uint8_t out[CAIRN_SHA256_BYTES]);

#endif
