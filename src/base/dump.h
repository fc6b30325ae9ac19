/* SPDX-License-Identifier: MIT
 * Intermediate results for the eyes of an engineer: what CAIRN_DUMP names is written to the folder
 * CAIRN_DUMP_DIR, one file a kernel and kind, or to stderr. Costs nothing when it is off.
 */
#ifndef CAIRN_BASE_DUMP_H
#define CAIRN_BASE_DUMP_H

#include <stdbool.h>
#include <stddef.h>

/* Whether CAIRN_DUMP lists `kind` (or "all"), and `name` contains CAIRN_DUMP_KERNEL. */
bool cairn_dump_wanted(const char *name, const char *kind);

/* Writes the bytes to CAIRN_DUMP_DIR/<name>.<kind>, over what was there, or between two lines of
 * heading to stderr. Characters of `name` that are no good in a file name become '_'. A file that
 * cannot be written is logged. */
void cairn_dump_write(const char *name, const char *kind, const void *bytes, size_t size);

#endif
