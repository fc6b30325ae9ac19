/* SPDX-License-Identifier: MIT
 * Runs the line programs of .debug_line up to the row that covers an address (DWARF 5, 6.2). Each
 * step takes at least one byte of the section, which bounds the time; nothing is stored.
 */
#include "obj/line_priv.h"

#include <elf.h>
#include <stdlib.h>

/* DWARF 5, 7.22: standard opcodes, then extended ones. */
enum {
    EXTENDED = 0,
    COPY = 1,
    ADVANCE_PC = 2,
    ADVANCE_LINE = 3,
    SET_FILE = 4,
    SET_COLUMN = 5,
    CONST_ADD_PC = 8,
    FIXED_ADVANCE_PC = 9,
};
enum { END_SEQUENCE = 1, SET_ADDRESS = 2 };

/* ---- the copy ---- */

static enum cairn_status take_section(struct cairn_bytes image, const Elf64_Ehdr *header,
                                      uint32_t index, Elf64_Shdr *section)
{
    struct cairn_bytes in;
    uint64_t offset = (uint64_t)index * sizeof *section;
    if (index >= header->e_shnum || offset > UINT64_MAX - header->e_shoff)
        return CAIRN_ERR_OUT_OF_RANGE;
    enum cairn_status status =
        cairn_bytes_slice(image, header->e_shoff + offset, sizeof *section, &in);
    return status == CAIRN_OK ? cairn_bytes_take(&in, section, sizeof *section) : status;
}

static enum cairn_status section_bytes(struct cairn_bytes image, const Elf64_Shdr *section,
                                       struct cairn_bytes *out)
{
    if (section->sh_type == SHT_NOBITS || (section->sh_flags & SHF_COMPRESSED) != 0)
        return CAIRN_ERR_NOT_FOUND;
    return cairn_bytes_slice(image, section->sh_offset, section->sh_size, out);
}

static bool is_named(struct cairn_bytes names, uint32_t offset, const char *name)
{
    struct cairn_bytes text;
    size_t size = strlen(name) + 1;
    return cairn_bytes_slice(names, offset, size, &text) == CAIRN_OK &&
           memcmp(text.at, name, size) == 0;
}

void cairn_line_find_sections(struct cairn_bytes image, const struct cairn_line_section *wanted,
                              size_t count)
{
    Elf64_Ehdr header;
    Elf64_Shdr section;
    struct cairn_bytes in = image, names, bytes;
    for (size_t i = 0; i < count; i++)
        *wanted[i].out = cairn_bytes_of(NULL, 0);
    if (cairn_bytes_take(&in, &header, sizeof header) != CAIRN_OK ||
        header.e_shentsize != sizeof section ||
        take_section(image, &header, header.e_shstrndx, &section) != CAIRN_OK ||
        section_bytes(image, &section, &names) != CAIRN_OK)
        return;
    for (uint32_t i = 0; take_section(image, &header, i, &section) == CAIRN_OK; i++) {
        if (section_bytes(image, &section, &bytes) != CAIRN_OK)
            continue;
        for (size_t k = 0; k < count; k++)
            if (is_named(names, section.sh_name, wanted[k].name))
                *wanted[k].out = bytes;
    }
}

enum cairn_status cairn_line_table_copy(struct cairn_bytes lines, struct cairn_bytes strings,
                                        struct cairn_line_table **out)
{
    size_t size;
    if (!cairn_size_add(lines.left, strings.left, &size) ||
        !cairn_size_add(size, sizeof(struct cairn_line_table), &size))
        return CAIRN_ERR_NO_MEMORY;
    struct cairn_line_table *table = malloc(size);
    if (table == NULL)
        return CAIRN_ERR_NO_MEMORY;
    if (lines.left != 0)
        memcpy(table->bytes, lines.at, lines.left);
    if (strings.left != 0)
        memcpy(table->bytes + lines.left, strings.at, strings.left);
    table->lines = cairn_bytes_of(table->bytes, lines.left);
    table->line_strings = cairn_bytes_of(table->bytes + lines.left, strings.left);
    *out = table;
    return CAIRN_OK;
}

enum cairn_status cairn_line_table_create(struct cairn_bytes image, struct cairn_line_table **out)
{
    struct cairn_bytes lines, strings;
    const struct cairn_line_section wanted[] = {{".debug_line", &lines},
                                                {".debug_line_str", &strings}};
    cairn_line_find_sections(image, wanted, 2);
    return lines.left != 0 ? cairn_line_table_copy(lines, strings, out) : CAIRN_ERR_NOT_FOUND;
}

void cairn_line_table_destroy(struct cairn_line_table *table)
{
    free(table);
}

/* ---- the line program ---- */

struct machine {
    const struct cairn_line_unit *unit;
    struct cairn_bytes in;
    uint64_t wanted;
    struct cairn_line_row now, last; /* registers; the last row of this sequence */
    bool has_last, removed, found;
};

static void begin_sequence(struct machine *machine)
{
    machine->now = (struct cairn_line_row){.file = 1, .line = 1};
    machine->has_last = false;
    machine->removed = true; /* until an address is set that a linker left there */
}

/* A row says where its line begins; the next one ends it. */
static void emit_row(struct machine *machine)
{
    if (machine->has_last && !machine->removed && machine->last.address <= machine->wanted &&
        machine->wanted < machine->now.address)
        machine->found = true;
    else {
        machine->last = machine->now;
        machine->has_last = true;
    }
}

static void advance(struct machine *machine, uint64_t count)
{
    machine->now.address += count * machine->unit->unit_bytes;
}

static enum cairn_status step_extended(struct machine *machine)
{
    uint64_t size;
    uint8_t opcode;
    struct cairn_bytes body;
    if (cairn_line_take_uleb(&machine->in, &size) != CAIRN_OK || size == 0 ||
        cairn_bytes_slice(machine->in, 0, size, &body) != CAIRN_OK)
        return CAIRN_ERR_TRUNCATED;
    machine->in.at += body.left;
    machine->in.left -= body.left;
    enum cairn_status status = cairn_bytes_take_u8(&body, &opcode);
    if (status != CAIRN_OK)
        return status;
    if (opcode == END_SEQUENCE) {
        emit_row(machine);
        if (!machine->found)
            begin_sequence(machine);
    } else if (opcode == SET_ADDRESS) {
        machine->now.address = 0;
        if (body.left == sizeof(uint64_t))
            status = cairn_bytes_take_u64(&body, &machine->now.address);
        /* linkers leave 0 or -1 in place of the address of what they removed */
        machine->removed = machine->now.address == 0 || machine->now.address == UINT64_MAX;
    }
    return status;
}

static enum cairn_status skip_operands(struct machine *machine, uint8_t opcode)
{
    uint64_t unused;
    for (uint8_t left = machine->unit->opcode_lengths.at[opcode - 1]; left != 0; left--) {
        enum cairn_status status = cairn_line_take_uleb(&machine->in, &unused);
        if (status != CAIRN_OK)
            return status;
    }
    return CAIRN_OK;
}

static enum cairn_status step_standard(struct machine *machine, uint8_t opcode)
{
    enum cairn_status status = CAIRN_OK;
    uint64_t number = 0;
    int64_t difference = 0;
    uint16_t bytes = 0;
    switch (opcode) {
    case COPY:
        emit_row(machine);
        return CAIRN_OK;
    case ADVANCE_PC:
        status = cairn_line_take_uleb(&machine->in, &number);
        advance(machine, number);
        return status;
    case ADVANCE_LINE:
        status = cairn_line_take_sleb(&machine->in, &difference);
        machine->now.line += (uint32_t)difference;
        return status;
    case SET_FILE:
        return cairn_line_take_uleb(&machine->in, &machine->now.file);
    case SET_COLUMN:
        status = cairn_line_take_uleb(&machine->in, &number);
        machine->now.column = (uint32_t)number;
        return status;
    case CONST_ADD_PC:
        advance(machine, (255u - machine->unit->opcode_base) / machine->unit->line_range);
        return CAIRN_OK;
    case FIXED_ADVANCE_PC:
        status = cairn_bytes_take_u16(&machine->in, &bytes);
        machine->now.address += bytes;
        return status;
    default: /* statement marks and the like */
        return skip_operands(machine, opcode);
    }
}

static enum cairn_status step(struct machine *machine)
{
    const struct cairn_line_unit *unit = machine->unit;
    uint8_t opcode;
    enum cairn_status status = cairn_bytes_take_u8(&machine->in, &opcode);
    if (status != CAIRN_OK)
        return status;
    if (opcode >= unit->opcode_base) {
        unsigned adjusted = (unsigned)opcode - unit->opcode_base;
        advance(machine, adjusted / unit->line_range);
        machine->now.line += (uint32_t)(unit->line_base + (int)(adjusted % unit->line_range));
        emit_row(machine);
        return CAIRN_OK;
    }
    return opcode == EXTENDED ? step_extended(machine) : step_standard(machine, opcode);
}

bool cairn_line_find_row(const struct cairn_line_unit *unit, uint64_t vaddr,
                         struct cairn_line_row *out)
{
    struct machine machine = {.unit = unit, .in = unit->program, .wanted = vaddr};
    begin_sequence(&machine);
    while (machine.in.left != 0 && !machine.found)
        if (step(&machine) != CAIRN_OK)
            return false;
    *out = machine.last;
    return machine.found;
}

bool cairn_line_find(const struct cairn_line_table *table, uint64_t vaddr,
                     struct cairn_line_place *out)
{
    struct cairn_bytes in = table->lines;
    struct cairn_line_unit unit;
    struct cairn_line_row row;
    while (cairn_line_take_unit(&in, &unit)) {
        if (unit.version == 0 || !cairn_line_find_row(&unit, vaddr, &row))
            continue;
        out->line = row.line;
        return row.line != 0 && cairn_line_file_name(table->line_strings, &unit, row.file,
                                                     out->file, sizeof out->file);
    }
    return false;
}
