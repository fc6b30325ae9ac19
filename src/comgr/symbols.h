/* SPDX-License-Identifier: MIT
 * The symbols of a machine code object, read once and kept with its data object.
 */
#ifndef CAIRN_COMGR_SYMBOLS_H
#define CAIRN_COMGR_SYMBOLS_H

#include "comgr/comgr.h"
#include "comgr/elf.h"

struct comgr_symbol {
    const char *name; /* in the data object's bytes */
    uint64_t value, size;
    uint32_t section; /* SHN_UNDEF: undefined */
    uint8_t type;     /* STT_* */
};

struct comgr_symbols {
    uint64_t handle;
    struct comgr_elf elf;
    uint32_t count;
    struct comgr_symbol *items;
};

/* Those of `data`, which is a relocatable (.symtab) or an executable (.dynsym).
 * INVALID_ARGUMENT: another kind, or bytes that are no such file. */
amd_comgr_status_t comgr_symbols_of(struct comgr_data *data, struct comgr_symbols **out);
/* NULL is allowed. */
void comgr_symbols_destroy(struct comgr_symbols *symbols);
/* The first one that is named, defined and begins at `value` of `section` (SHN_UNDEF: of any), or
 * NULL. Functions and objects only. */
const struct comgr_symbol *comgr_symbols_at(const struct comgr_symbols *symbols, uint32_t section,
                                            uint64_t value);

#endif
