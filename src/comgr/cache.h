/* SPDX-License-Identifier: MIT
 * Results of actions kept on disk, so that the compiler need not run again for the same inputs. An
 * entry lists the files that the compiler read besides, with their hashes, and serves only while
 * these are unchanged (a header that is put earlier in the search path is not noticed). Any number
 * of processes may use one folder: files are replaced in one step, and what is damaged is ignored.
 */
#ifndef CAIRN_COMGR_CACHE_H
#define CAIRN_COMGR_CACHE_H

#include "comgr/action.h"

/* Sets work->cache_key and opens the folder; false: this action is not to be cached, and the
 * functions below do nothing.
 */
bool comgr_cache_open(struct comgr_work *work);
/* Always, at the end. */
void comgr_cache_close(struct comgr_work *work);
/* True: the result and the log of the work are what they were before. */
bool comgr_cache_get(struct comgr_work *work);
/* After the action succeeded. */
void comgr_cache_put(struct comgr_work *work);
/* Notes the files that a compilation read, from the rule for make that clang wrote. */
void comgr_cache_note_files(struct comgr_work *work, const char *rule_path);

#endif
