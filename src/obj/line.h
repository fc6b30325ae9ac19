/* SPDX-License-Identifier: MIT
 * Source lines of code addresses, from the line tables that compilers put into a code object with
 * -g (DWARF 2 to 5, section .debug_line). Made for messages about faults: nothing is decoded until
 * somebody asks, and damaged tables give no answer rather than an error.
 */
#ifndef CAIRN_OBJ_LINE_H
#define CAIRN_OBJ_LINE_H

#include "base/bytes.h"

enum { CAIRN_LINE_FILE_BYTES = 192 };

struct cairn_line_place {
    /* Path as the compiler was given it; of a longer one the end. */
    char file[CAIRN_LINE_FILE_BYTES];
    uint32_t line; /* from 1 */
};

struct cairn_line_table;

/* Copies the line tables out of a code object, whose bytes may go afterwards; the caller destroys
 * *out. CAIRN_ERR_NOT_FOUND (not logged): it has none, or none that can be read here (compressed
 * sections). CAIRN_ERR_NO_MEMORY. */
CAIRN_MUST_CHECK enum cairn_status cairn_line_table_create(struct cairn_bytes image,
                                                           struct cairn_line_table **out);
void cairn_line_table_destroy(struct cairn_line_table *table);
/* False: no table covers `vaddr` (an address as the code object states it), or the compiler names
 * no line for it. Takes time in proportion to the size of the tables. */
bool cairn_line_find(const struct cairn_line_table *table, uint64_t vaddr,
                     struct cairn_line_place *out);

#endif
