/* SPDX-License-Identifier: MIT
 * What the tests of the disk cache share: a folder of their own under the temporary one, keys and
 * contents by number.
 */
#ifndef CAIRN_TESTS_FINALIZER_CACHE_RIG_H
#define CAIRN_TESTS_FINALIZER_CACHE_RIG_H

#include "finalizer/cache.h"

extern char rig_folder[256];

/* cmocka set-up and tear-down: a new empty folder, and its removal. */
int rig_make_folder(void **state);
int rig_remove_folder(void **state);

struct cairn_cache_key rig_key(unsigned number);
/* `size` bytes that depend on key and tier; malloc'ed. */
struct cairn_cache_entry rig_entry(unsigned number, uint32_t tier, size_t size);
/* Whether `entry` is what rig_entry(number, its tier, its size) made. */
bool rig_entry_is_right(unsigned number, const struct cairn_cache_entry *entry);
struct cairn_cache *rig_open(const char *build, const char *target, uint64_t limit_bytes);
/* "FOLDER/name"; the result lives until the next call. */
const char *rig_path(const char *name);
/* Path of the only file in the folder that is an entry; fails if there is not exactly one. */
const char *rig_only_entry(void);
unsigned rig_entry_count(void);

#endif
