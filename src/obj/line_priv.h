/* SPDX-License-Identifier: MIT
 * What the readers of line tables and of .debug_info share: finding their sections, numbers and
 * strings in them, one unit's header and its rows.
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

struct cairn_line_section {
    const char *name;
    struct cairn_bytes *out;
};

/* The bytes of each of `wanted` in the file; empty: it has none, or a compressed one. */
void cairn_line_find_sections(struct cairn_bytes image, const struct cairn_line_section *wanted,
                              size_t count);

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
struct cairn_line_row {
    uint64_t address, file;
    uint32_t line, column;
};

/* The row that covers `vaddr`; false: none does. */
bool cairn_line_find_row(const struct cairn_line_unit *unit, uint64_t vaddr,
                         struct cairn_line_row *out);
/* Path of the file numbered `file` in the unit, as the compiler was given it; of one that is longer
 * than `size` allows the end. False: not stated, or the unit is not understood. `strings` is
 * .debug_line_str. */
bool cairn_line_file_name(struct cairn_bytes strings, const struct cairn_line_unit *unit,
                          uint64_t file, char *out, size_t size);

/* A number in base 128, least digit first (DWARF 5, 7.6); bits from 64 up are lost. */
CAIRN_MUST_CHECK enum cairn_status cairn_line_take_uleb(struct cairn_bytes *in, uint64_t *out);
CAIRN_MUST_CHECK enum cairn_status cairn_line_take_sleb(struct cairn_bytes *in, int64_t *out);
/* A string that ends in a zero byte inside `in`. */
CAIRN_MUST_CHECK enum cairn_status cairn_line_take_string(struct cairn_bytes *in, const char **out);

#endif
