/* SPDX-License-Identifier: MIT
 * What the readers of line tables share: the copied sections, and one unit's header.
 */
#ifndef CAIRN_OBJ_LINE_PRIV_H
#define CAIRN_OBJ_LINE_PRIV_H

#include "obj/line.h"

struct cairn_line_table {
    struct cairn_bytes lines, line_strings; /* .debug_line, .debug_line_str; in `bytes` */
    uint8_t bytes[];
};

CAIRN_MUST_CHECK enum cairn_status cairn_line_table_copy(struct cairn_bytes lines,
                                                         struct cairn_bytes line_strings,
                                                         struct cairn_line_table **out);

/* The header of one unit of .debug_line (DWARF 5, 6.2.4), and its two parts that follow. */
struct cairn_line_unit {
    uint16_t version;
    uint8_t offset_bytes;  /* 4, or 8 in the 64-bit format */
    uint8_t address_bytes; /* of the target: 8 */
    uint8_t unit_bytes;    /* "minimum_instruction_length": what address advances count in */
    int8_t line_base;
    uint8_t line_range, opcode_base;
    struct cairn_bytes opcode_lengths; /* opcode_base - 1 numbers of operands */
    struct cairn_bytes names;          /* directories, then files */
    struct cairn_bytes program;
};

/* Takes the next unit out of `in`; false: there is none, or what follows cannot be delimited. A
 * unit that is delimited but not understood has version 0 and is to be passed over. */
bool cairn_line_take_unit(struct cairn_bytes *in, struct cairn_line_unit *unit);
/* Path of the file numbered `file` in the unit. */
bool cairn_line_file_name(const struct cairn_line_table *table, const struct cairn_line_unit *unit,
                          uint64_t file, char out[CAIRN_LINE_FILE_BYTES]);

/* A number in base 128, least digit first (DWARF 5, 7.6); bits from 64 up are lost. */
CAIRN_MUST_CHECK enum cairn_status cairn_line_take_uleb(struct cairn_bytes *in, uint64_t *out);
CAIRN_MUST_CHECK enum cairn_status cairn_line_take_sleb(struct cairn_bytes *in, int64_t *out);
/* A string that ends in a zero byte inside `in`. */
CAIRN_MUST_CHECK enum cairn_status cairn_line_take_string(struct cairn_bytes *in, const char **out);

#endif
