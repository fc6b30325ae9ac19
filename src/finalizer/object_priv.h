/* SPDX-License-Identifier: MIT
 * What the files of the object loader share: the object, and the state of one load.
 */
#ifndef CAIRN_FINALIZER_OBJECT_PRIV_H
#define CAIRN_FINALIZER_OBJECT_PRIV_H

#include "base/arena.h"
#include "base/log.h"
#include "finalizer/object.h"

#include <elf.h>
#include <stdbool.h>

struct cairn_object_function {
    const char *name; /* in object->names */
    const uint8_t *entry;
    uint64_t size_bytes;
    bool is_data; /* a constant */
};

/* One mapping: executable pages, then read-only pages. */
struct cairn_object {
    uint8_t *base;
    size_t size_bytes, code_bytes;
    char *names; /* the file's string table */
    struct cairn_object_function *functions;
    size_t function_count;
};

enum cairn_object_place { PLACE_NONE, PLACE_CODE, PLACE_CONST };

struct cairn_object_section {
    Elf64_Shdr header;
    enum cairn_object_place place;
    uint64_t offset; /* in the mapping */
};

struct cairn_object_symbol {
    Elf64_Sym elf;
    uint64_t address; /* 0: not resolved yet */
    uint32_t slot;    /* 1-based number of its address slot and jump stub; 0: it has none */
};

/* One load in progress; everything but `object` lives in the arena. */
struct cairn_object_load {
    struct cairn_arena arena;
    struct cairn_bytes file;
    const struct cairn_object_symbols *external;
    struct cairn_object_section *sections;
    uint32_t section_count;
    struct cairn_object_symbol *symbols;
    uint32_t symbol_count;
    struct cairn_bytes strings;         /* of the symbols */
    struct cairn_bytes section_strings; /* of the sections */
    uint32_t slot_count;
    uint64_t stubs, slots; /* their offsets in the mapping */
    struct cairn_object *object;
};

enum { CAIRN_OBJECT_STUB_BYTES = 8, CAIRN_OBJECT_SLOT_BYTES = 8 };

/* Logs why the file is refused and returns `status`: for the function that decides the error. */
#define OBJECT_REJECT(status, ...)                                                                 \
    (cairn_log(CAIRN_LOG_ERROR, "native object: " __VA_ARGS__), (status))

/* Reads header, sections and symbols, and decides which sections are loaded. */
CAIRN_MUST_CHECK enum cairn_status cairn_object_read(struct cairn_object_load *load);
/* "?" for a name that is not in the table. */
const char *cairn_object_symbol_name(const struct cairn_object_load *load,
                                     const struct cairn_object_symbol *symbol);
/* Gives slots to the symbols that relocations reach through one. Before the layout. */
CAIRN_MUST_CHECK enum cairn_status cairn_object_count_slots(struct cairn_object_load *load);
/* Fills slots and stubs, applies all relocations. After the sections' bytes are in place. */
CAIRN_MUST_CHECK enum cairn_status cairn_object_relocate(struct cairn_object_load *load);
/* Appends the functions to /tmp/perf-PID.map for Linux perf. */
void cairn_object_write_perf_map(const struct cairn_object *object);

#endif
