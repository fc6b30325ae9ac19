/* SPDX-License-Identifier: MIT
 * Folders of files that many processes of one user share: caches. Trust rests on the file system:
 * folder and files must belong to the effective user and be writable by nobody else; symbolic links
 * in the last place are not followed, and files are replaced in one step.
 */
#ifndef CAIRN_BASE_OWN_FILES_H
#define CAIRN_BASE_OWN_FILES_H

#include "base/bytes.h"

/* Opens the folder, making it and its parents; caller closes. -1: it cannot be opened (errno), or,
 * *foreign, is not safely ours. */
int cairn_own_folder_open(const char *path, bool *foreign);
/* Opens a file for reading; caller closes. -1: it is not there, or, *refused, not to be used. */
int cairn_own_file_open(int folder, const char *name, uint64_t *size, bool *refused);
bool cairn_own_file_read(int fd, void *out, size_t size); /* all of it */
/* Writes a new file of two parts and puts it in the place of `name`, all or nothing (errno). */
CAIRN_MUST_CHECK bool cairn_own_file_replace(int folder, const char *name,
                                             struct cairn_bytes header, struct cairn_bytes content);
/* If the files whose names are `name_length` hexadecimal digits take more than `limit` bytes,
 * removes those whose modification time, which is that of their last use, is oldest, until they
 * take no more than `target`. What a process that died left of a new file goes, too. Returns how
 * many were removed. */
size_t cairn_own_folder_trim(int folder, size_t name_length, uint64_t limit, uint64_t target);

#endif
