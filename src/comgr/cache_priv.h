/* SPDX-License-Identifier: MIT
 * What results and precompiled headers in the cache share: what their keys begin with, and the list
 * of files that they were made of.
 */
#ifndef CAIRN_COMGR_CACHE_PRIV_H
#define CAIRN_COMGR_CACHE_PRIV_H

#include "comgr/action.h"

/* The text with its zero. */
void comgr_cache_add_text(struct cairn_sha256 *hash, const char *text);
/* This library, the toolchain and what clang reads of the environment. */
void comgr_cache_add_surroundings(struct cairn_sha256 *hash, const struct comgr_work *work);

/* The files that a rule for make names, but for those of the action's own folder. */
bool comgr_cache_read_rule(const struct comgr_work *work, const char *rule_path,
                           struct comgr_texts *files);
/* False: a file cannot be read, or its text is of its moment. */
bool comgr_cache_put_files(const struct comgr_texts *files, struct comgr_buffer *out);
/* Asked for each file, which is as it was; false ends the walk. */
typedef bool (*comgr_cache_file_fn)(const char *path, struct cairn_bytes text, void *context);
/* Takes such a list; true: all are as they were, and `accept` (may be NULL) has agreed to each. */
bool comgr_cache_take_files(struct cairn_bytes *in, comgr_cache_file_fn accept, void *context);

#endif
