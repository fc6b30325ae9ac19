/* SPDX-License-Identifier: MIT
 * The files of the cache of results: one folder, a file an entry, checked before it is believed.
 */
#ifndef CAIRN_COMGR_CACHE_FILE_H
#define CAIRN_COMGR_CACHE_FILE_H

#include "base/bytes.h"
#include "base/sha256.h"

/* AMD_COMGR_CACHE_DIR; else comgr in CAIRN_CACHE_DIR, or in cairn of XDG_CACHE_HOME or ~/.cache.
 * Caller closes it. -1: the user wants no cache (AMD_COMGR_CACHE=0, CAIRN_CACHE_DIR=off), or there
 * is no folder that is ours alone. */
int comgr_cache_folder(void);
/* The entry's content, in *whole, which the caller frees. False: not there, not ours, or damaged.
 */
bool comgr_cache_read(int folder, const uint8_t key[CAIRN_SHA256_BYTES], uint8_t **whole,
                      struct cairn_bytes *content);
/* All or nothing; failing is no error. Now and then removes what was used longest ago, when the
 * folder takes more than CAIRN_CACHE_SIZE_MB. */
void comgr_cache_write(int folder, const uint8_t key[CAIRN_SHA256_BYTES],
                       struct cairn_bytes content);

#endif
