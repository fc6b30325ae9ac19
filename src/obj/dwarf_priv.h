/* SPDX-License-Identifier: MIT
 * What the readers of .debug_info share: its sections, units, entries and the values in them
 * (DWARF 5, 7.5). Everything is borrowed from the image and bounded by it.
 */
#ifndef CAIRN_OBJ_DWARF_PRIV_H
#define CAIRN_OBJ_DWARF_PRIV_H

#include "base/bytes.h"

struct cairn_dwarf { /* empty: the file has none */
    struct cairn_bytes info, abbrevs, strings, line_strings, string_offsets, addresses;
    struct cairn_bytes range_lists; /* .debug_rnglists, from version 5 on */
    struct cairn_bytes ranges;      /* .debug_ranges, before */
    struct cairn_bytes lines;
};

enum { CAIRN_DWARF_ABBREVS = 1024 };

struct cairn_dwarf_unit {
    const struct cairn_dwarf *dwarf;
    uint16_t version;
    uint8_t offset_bytes; /* 4, or 8 in the 64-bit format */
    uint64_t at;          /* of the unit in .debug_info: what references inside of it start from */
    struct cairn_bytes all, entries; /* the unit; its entries */
    struct cairn_bytes abbrevs;      /* its table and all that follows */
    /* Where entry kinds with small numbers begin in `abbrevs`, plus 1; 0: not looked for yet. */
    uint32_t known[CAIRN_DWARF_ABBREVS];
    /* what the unit's first entry says */
    uint64_t string_base, address_base, range_base;
    uint64_t low; /* start of its code: what version 4's ranges start from */
};

/* Values by what readers ask for; the attributes of others are passed over. */
enum cairn_dwarf_class {
    CAIRN_DWARF_OTHER,
    CAIRN_DWARF_NUMBER,
    CAIRN_DWARF_ADDRESS,
    CAIRN_DWARF_STRING,
    CAIRN_DWARF_REFERENCE
};

struct cairn_dwarf_value {
    enum cairn_dwarf_class class;
    uint64_t form;
    uint64_t number;  /* REFERENCE: offset in .debug_info; OTHER: as it stands there */
    const char *text; /* STRING: NULL where it cannot be found */
};

/* The attributes of an entry that tell which code it covers and what it is called. */
struct cairn_dwarf_entry {
    uint64_t tag; /* 0: it only ends a list of children */
    bool has_children, has_low, has_high, has_ranges, has_lines;
    bool high_is_length;
    uint64_t low, high;
    struct cairn_dwarf_value ranges;
    uint64_t origin; /* entry that says more, as an offset in .debug_info; 0: none */
    const char *name, *linkage_name, *folder;
    uint64_t lines; /* offset in .debug_line */
    uint64_t call_file;
    uint32_t call_line, call_column;
    uint64_t string_base, address_base, range_base; /* a unit's first entry */
};

/* Takes the next unit of `in`, whose first byte is at `at` in .debug_info. False: there is none.
 * One that is delimited but not understood has version 0. */
bool cairn_dwarf_take_unit(const struct cairn_dwarf *dwarf, struct cairn_bytes *in, uint64_t at,
                           struct cairn_dwarf_unit *unit);
CAIRN_MUST_CHECK enum cairn_status cairn_dwarf_take_entry(struct cairn_dwarf_unit *unit,
                                                          struct cairn_bytes *in,
                                                          struct cairn_dwarf_entry *out);
CAIRN_MUST_CHECK enum cairn_status cairn_dwarf_take_value(const struct cairn_dwarf_unit *unit,
                                                          struct cairn_bytes *in, uint64_t form,
                                                          struct cairn_dwarf_value *out);
/* Entry `index` of .debug_addr as the unit counts. */
CAIRN_MUST_CHECK enum cairn_status cairn_dwarf_address(const struct cairn_dwarf_unit *unit,
                                                       uint64_t index, uint64_t *out);
/* A number of `size` bytes, at most 8. */
CAIRN_MUST_CHECK enum cairn_status cairn_dwarf_take_number(struct cairn_bytes *in, size_t size,
                                                           uint64_t *out);
/* Whether an entry's code has `vaddr` in it. */
bool cairn_dwarf_covers(const struct cairn_dwarf_unit *unit, const struct cairn_dwarf_entry *entry,
                        uint64_t vaddr);

#endif
