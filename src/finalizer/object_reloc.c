/* SPDX-License-Identifier: MIT
 * Relocations of a native object: AMD64 supplement, "Relocation". A function of the process that is
 * further away than a call reaches is called through a stub behind the code, which jumps to the
 * address in the symbol's slot; the slots also serve the accesses that go through a global offset
 * table.
 */
#include "finalizer/object_priv.h"

/* Calls `visit` for each relocation of a loaded section until one fails. */
struct relocation_visitor {
    struct cairn_object_load *load;
    enum cairn_status (*visit)(struct cairn_object_load *load,
                               const struct cairn_object_section *section, const Elf64_Rela *rela);
};

static bool through_table(uint32_t type)
{
    return type == R_X86_64_GOTPCREL || type == R_X86_64_GOTPCRELX ||
           type == R_X86_64_REX_GOTPCRELX;
}

static unsigned width_of(uint32_t type)
{
    switch (type) {
    case R_X86_64_64:
    case R_X86_64_PC64:
        return 8;
    case R_X86_64_32:
    case R_X86_64_32S:
    case R_X86_64_PC32:
    case R_X86_64_PLT32:
        return 4;
    default:
        return through_table(type) ? 4 : 0;
    }
}

static enum cairn_status check_relocation(const struct cairn_object_load *load,
                                          const struct cairn_object_section *section,
                                          const Elf64_Rela *rela)
{
    uint32_t type = ELF64_R_TYPE(rela->r_info), symbol = (uint32_t)ELF64_R_SYM(rela->r_info);
    unsigned width = width_of(type);
    if (width == 0)
        return OBJECT_REJECT(CAIRN_ERR_UNSUPPORTED, "relocation type %u at %#llx", type,
                             (unsigned long long)rela->r_offset);
    if (section->header.sh_type == SHT_NOBITS || section->header.sh_size < width ||
        rela->r_offset > section->header.sh_size - width)
        return OBJECT_REJECT(CAIRN_ERR_OUT_OF_RANGE,
                             "relocation at %#llx lies outside of its section of %#llx bytes",
                             (unsigned long long)rela->r_offset,
                             (unsigned long long)section->header.sh_size);
    if (symbol >= load->symbol_count)
        return OBJECT_REJECT(CAIRN_ERR_OUT_OF_RANGE, "relocation at %#llx names symbol %u of %u",
                             (unsigned long long)rela->r_offset, symbol, load->symbol_count);
    return CAIRN_OK;
}

static enum cairn_status visit_table(const struct relocation_visitor *visitor,
                                     const struct cairn_object_section *section,
                                     struct cairn_bytes in)
{
    Elf64_Rela rela;
    enum cairn_status status = CAIRN_OK;
    while (status == CAIRN_OK && in.left != 0) {
        status = cairn_bytes_take(&in, &rela, sizeof rela);
        if (status == CAIRN_OK)
            status = check_relocation(visitor->load, section, &rela);
        if (status == CAIRN_OK)
            status = visitor->visit(visitor->load, section, &rela);
    }
    return status;
}

/* The relocations that section `table` holds for a loaded section; *out is empty if it holds none.
 */
static enum cairn_status table_bytes(const struct cairn_object_load *load,
                                     const struct cairn_object_section *table,
                                     struct cairn_bytes *out)
{
    const Elf64_Shdr *header = &table->header;
    *out = (struct cairn_bytes){0};
    if ((header->sh_type != SHT_RELA && header->sh_type != SHT_REL) ||
        header->sh_info >= load->section_count ||
        load->sections[header->sh_info].place == PLACE_NONE)
        return CAIRN_OK;
    if (header->sh_type == SHT_REL || header->sh_entsize != sizeof(Elf64_Rela))
        return OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT, "relocations of type %u, %llu bytes each",
                             header->sh_type, (unsigned long long)header->sh_entsize);
    if (cairn_bytes_slice(load->file, header->sh_offset, header->sh_size, out) != CAIRN_OK)
        return OBJECT_REJECT(CAIRN_ERR_TRUNCATED, "relocations at %#llx end outside of the file",
                             (unsigned long long)header->sh_offset);
    return CAIRN_OK;
}

static enum cairn_status visit_all(const struct relocation_visitor *visitor)
{
    struct cairn_object_load *load = visitor->load;
    uint64_t total = 0;
    for (uint32_t i = 0; i < load->section_count; i++) {
        const struct cairn_object_section *table = &load->sections[i];
        struct cairn_bytes in;
        enum cairn_status status = table_bytes(load, table, &in);
        total += in.left;
        if (status == CAIRN_OK && total > load->file.left) /* or a small file could keep us busy */
            status = OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT, "relocation tables overlap");
        if (status == CAIRN_OK && in.left != 0)
            status = visit_table(visitor, &load->sections[table->header.sh_info], in);
        if (status != CAIRN_OK)
            return status;
    }
    return CAIRN_OK;
}

static enum cairn_status resolve_external(struct cairn_object_load *load,
                                          struct cairn_object_symbol *symbol)
{
    const char *name = cairn_object_symbol_name(load, symbol);
    if (load->external != NULL && load->external->resolve != NULL)
        symbol->address = load->external->resolve(load->external->user, name);
    if (symbol->address == 0)
        return OBJECT_REJECT(CAIRN_ERR_UNDEFINED_SYMBOL, "%s is not defined", name);
    return CAIRN_OK;
}

static bool is_external(const struct cairn_object_load *load,
                        const struct cairn_object_symbol *symbol)
{
    return symbol != load->symbols && symbol->elf.st_shndx == SHN_UNDEF;
}

/* Symbol 0 stands for the value 0; a symbol of a section that is not loaded has none. */
static enum cairn_status resolve(struct cairn_object_load *load, struct cairn_object_symbol *symbol,
                                 uint64_t *address)
{
    enum cairn_status status = CAIRN_OK;
    uint16_t index = symbol->elf.st_shndx;
    if (symbol == load->symbols) {
        symbol->address = 0;
    } else if (index == SHN_ABS) {
        symbol->address = symbol->elf.st_value;
    } else if (index == SHN_UNDEF) {
        if (symbol->address == 0)
            status = resolve_external(load, symbol);
    } else if (load->sections[index].place != PLACE_NONE) {
        symbol->address = (uint64_t)(uintptr_t)load->object->base + load->sections[index].offset +
                          symbol->elf.st_value;
    } else {
        return OBJECT_REJECT(CAIRN_ERR_UNDEFINED_SYMBOL, "%s is in a section that is not loaded",
                             cairn_object_symbol_name(load, symbol));
    }
    *address = symbol->address;
    return status;
}

static enum cairn_status count_slot(struct cairn_object_load *load,
                                    const struct cairn_object_section *section,
                                    const Elf64_Rela *rela)
{
    (void)section;
    uint32_t type = ELF64_R_TYPE(rela->r_info);
    struct cairn_object_symbol *symbol = &load->symbols[ELF64_R_SYM(rela->r_info)];
    if (symbol->slot == 0 &&
        (through_table(type) || (type == R_X86_64_PLT32 && is_external(load, symbol))))
        symbol->slot = ++load->slot_count;
    return CAIRN_OK;
}

enum cairn_status cairn_object_count_slots(struct cairn_object_load *load)
{
    const struct relocation_visitor visitor = {.load = load, .visit = count_slot};
    return visit_all(&visitor);
}

/* jmp *slot(%rip), padded with two int3. */
static void write_stub(const struct cairn_object_load *load, uint32_t slot)
{
    uint8_t code[CAIRN_OBJECT_STUB_BYTES] = {0xff, 0x25, 0, 0, 0, 0, 0xcc, 0xcc};
    uint64_t at = load->stubs + (uint64_t)(slot - 1) * CAIRN_OBJECT_STUB_BYTES;
    uint64_t to = load->slots + (uint64_t)(slot - 1) * CAIRN_OBJECT_SLOT_BYTES;
    uint32_t distance = (uint32_t)(to - (at + 6));
    memcpy(code + 2, &distance, sizeof distance);
    memcpy(load->object->base + at, code, sizeof code);
}

static enum cairn_status fill_slots(struct cairn_object_load *load)
{
    for (uint32_t i = 0; i < load->symbol_count; i++) {
        struct cairn_object_symbol *symbol = &load->symbols[i];
        if (symbol->slot == 0)
            continue;
        uint64_t address;
        enum cairn_status status = resolve(load, symbol, &address);
        if (status != CAIRN_OK)
            return status;
        memcpy(load->object->base + load->slots +
                   (uint64_t)(symbol->slot - 1) * CAIRN_OBJECT_SLOT_BYTES,
               &address, sizeof address);
        write_stub(load, symbol->slot);
    }
    return CAIRN_OK;
}

static bool fits_i32(uint64_t value)
{
    return (int64_t)value == (int32_t)value;
}

/* What a relocation of `type` writes, without its place; see the table in the AMD64 supplement. */
static uint64_t relocated_value(const struct cairn_object_load *load,
                                const struct cairn_object_symbol *symbol, uint32_t type,
                                uint64_t address, uint64_t addend, uint64_t place)
{
    uint64_t base = (uint64_t)(uintptr_t)load->object->base;
    if (through_table(type))
        return base + load->slots + (uint64_t)(symbol->slot - 1) * CAIRN_OBJECT_SLOT_BYTES +
               addend - place;
    if (type == R_X86_64_64 || type == R_X86_64_32 || type == R_X86_64_32S)
        return address + addend;
    if (type == R_X86_64_PLT32 && symbol->slot != 0 && !fits_i32(address + addend - place))
        return base + load->stubs + (uint64_t)(symbol->slot - 1) * CAIRN_OBJECT_STUB_BYTES +
               addend - place;
    return address + addend - place;
}

static enum cairn_status apply(struct cairn_object_load *load,
                               const struct cairn_object_section *section, const Elf64_Rela *rela)
{
    uint32_t type = ELF64_R_TYPE(rela->r_info);
    struct cairn_object_symbol *symbol = &load->symbols[ELF64_R_SYM(rela->r_info)];
    uint64_t address;
    enum cairn_status status = resolve(load, symbol, &address);
    if (status != CAIRN_OK)
        return status;
    uint8_t *at = load->object->base + section->offset + rela->r_offset;
    uint64_t value = relocated_value(load, symbol, type, address, (uint64_t)rela->r_addend,
                                     (uint64_t)(uintptr_t)at);
    bool fits =
        width_of(type) == 8 || (type == R_X86_64_32 ? value <= UINT32_MAX : fits_i32(value));
    if (!fits)
        return OBJECT_REJECT(CAIRN_ERR_OUT_OF_RANGE, "relocation type %u does not reach %s", type,
                             cairn_object_symbol_name(load, symbol));
    memcpy(at, &value, width_of(type));
    return CAIRN_OK;
}

enum cairn_status cairn_object_relocate(struct cairn_object_load *load)
{
    enum cairn_status status = fill_slots(load);
    const struct relocation_visitor visitor = {.load = load, .visit = apply};
    return status == CAIRN_OK ? visit_all(&visitor) : status;
}
