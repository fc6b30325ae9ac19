/* SPDX-License-Identifier: MIT
 * Reads a relocatable ELF file: header, sections, symbols. Nothing is mapped here. Layouts: System
 * V ABI, "Object Files"; AMD64 supplement, "Object Files".
 */
#include "finalizer/object_priv.h"

enum {
    SECTIONS_MAX = 4096,
    NAME_MAX_BYTES = 4096,
    ALIGN_MAX = 4096,
    TYPE_X86_64_UNWIND = 0x70000001,
};

static enum cairn_status check_header(const Elf64_Ehdr *header)
{
    const unsigned char *ident = header->e_ident;
    if (memcmp(ident, ELFMAG, SELFMAG) != 0)
        return OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT, "no ELF magic");
    if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != EM_X86_64 || header->e_type != ET_REL)
        return OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT,
                             "ELF class %u data %u machine %u type %u is not an x86-64 relocatable "
                             "file",
                             ident[EI_CLASS], ident[EI_DATA], header->e_machine, header->e_type);
    if (header->e_shentsize != sizeof(Elf64_Shdr) || header->e_shnum == 0 ||
        header->e_shnum > SECTIONS_MAX || header->e_shstrndx >= header->e_shnum)
        return OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT,
                             "%u section headers of %u bytes, names in section %u", header->e_shnum,
                             header->e_shentsize, header->e_shstrndx);
    return CAIRN_OK;
}

static enum cairn_status read_section_headers(struct cairn_object_load *load,
                                              const Elf64_Ehdr *header)
{
    struct cairn_bytes in;
    if (cairn_bytes_slice(load->file, header->e_shoff, header->e_shnum * sizeof(Elf64_Shdr), &in) !=
        CAIRN_OK)
        return OBJECT_REJECT(CAIRN_ERR_TRUNCATED,
                             "section headers at %#llx end outside of the file",
                             (unsigned long long)header->e_shoff);
    load->sections = cairn_arena_alloc_array(&load->arena, header->e_shnum, sizeof *load->sections);
    if (load->sections == NULL)
        return CAIRN_ERR_NO_MEMORY;
    load->section_count = header->e_shnum;
    for (uint32_t i = 0; i < load->section_count; i++) {
        enum cairn_status status =
            cairn_bytes_take(&in, &load->sections[i].header, sizeof load->sections[i].header);
        if (status != CAIRN_OK)
            return status;
    }
    return CAIRN_OK;
}

/* The bytes of section `index`, which must be of `type`. */
static enum cairn_status section_bytes(const struct cairn_object_load *load, uint32_t index,
                                       uint32_t type, struct cairn_bytes *out)
{
    if (index >= load->section_count || load->sections[index].header.sh_type != type)
        return OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT, "section %u is missing or not of type %u", index,
                             type);
    const Elf64_Shdr *header = &load->sections[index].header;
    if (cairn_bytes_slice(load->file, header->sh_offset, header->sh_size, out) != CAIRN_OK)
        return OBJECT_REJECT(CAIRN_ERR_TRUNCATED, "section %u ends outside of the file", index);
    return CAIRN_OK;
}

/* NULL if `offset` starts no terminated name of sane length. */
static const char *name_at(struct cairn_bytes strings, uint32_t offset)
{
    if (offset >= strings.left)
        return NULL;
    size_t left = strings.left - offset;
    if (left > NAME_MAX_BYTES)
        left = NAME_MAX_BYTES;
    const char *name = (const char *)strings.at + offset;
    return memchr(name, '\0', left) != NULL ? name : NULL;
}

const char *cairn_object_symbol_name(const struct cairn_object_load *load,
                                     const struct cairn_object_symbol *symbol)
{
    const char *name = name_at(load->strings, symbol->elf.st_name);
    return name != NULL ? name : "?";
}

static bool is_unwind_or_note(const Elf64_Shdr *header, const char *name)
{
    return header->sh_type == TYPE_X86_64_UNWIND || header->sh_type == SHT_NOTE ||
           strcmp(name, ".eh_frame") == 0;
}

static enum cairn_status check_loaded_section(const struct cairn_object_load *load,
                                              const Elf64_Shdr *header, const char *name)
{
    bool constant_after_relocation = strncmp(name, ".data.rel.ro", 12) == 0;
    if ((header->sh_type != SHT_PROGBITS && header->sh_type != SHT_NOBITS) ||
        (header->sh_flags & SHF_TLS) != 0 ||
        ((header->sh_flags & SHF_WRITE) != 0 && !constant_after_relocation))
        return OBJECT_REJECT(CAIRN_ERR_UNSUPPORTED,
                             "section %s of type %#x, flags %#llx: neither code nor constants",
                             name, header->sh_type, (unsigned long long)header->sh_flags);
    if ((header->sh_flags & SHF_EXECINSTR) != 0 &&
        (header->sh_type == SHT_NOBITS || (header->sh_flags & SHF_WRITE) != 0))
        return OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT, "code section %s without bytes or writable",
                             name);
    if ((header->sh_addralign & (header->sh_addralign - 1)) != 0 ||
        header->sh_addralign > ALIGN_MAX)
        return OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT, "section %s with alignment %#llx", name,
                             (unsigned long long)header->sh_addralign);
    struct cairn_bytes unused;
    if (header->sh_type != SHT_NOBITS &&
        cairn_bytes_slice(load->file, header->sh_offset, header->sh_size, &unused) != CAIRN_OK)
        return OBJECT_REJECT(CAIRN_ERR_TRUNCATED, "section %s ends outside of the file", name);
    return CAIRN_OK;
}

static enum cairn_status place_section(struct cairn_object_load *load,
                                       struct cairn_object_section *section)
{
    const Elf64_Shdr *header = &section->header;
    if ((header->sh_flags & SHF_ALLOC) == 0 || header->sh_size == 0)
        return CAIRN_OK;
    const char *name = name_at(load->section_strings, header->sh_name);
    if (name == NULL)
        return OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT, "section name at %#x is not in the file",
                             header->sh_name);
    if (is_unwind_or_note(header, name))
        return CAIRN_OK;
    enum cairn_status status = check_loaded_section(load, header, name);
    if (status == CAIRN_OK)
        section->place = (header->sh_flags & SHF_EXECINSTR) != 0 ? PLACE_CODE : PLACE_CONST;
    return status;
}

static enum cairn_status check_symbol(const struct cairn_object_load *load, uint32_t index)
{
    const Elf64_Sym *symbol = &load->symbols[index].elf;
    if (name_at(load->strings, symbol->st_name) == NULL)
        return OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT, "name of symbol %u at %#x is not in the file",
                             index, symbol->st_name);
    if (symbol->st_shndx == SHN_UNDEF || symbol->st_shndx == SHN_ABS)
        return CAIRN_OK;
    if (symbol->st_shndx >= load->section_count)
        return OBJECT_REJECT(CAIRN_ERR_UNSUPPORTED, "symbol %s is in section %u of %u",
                             cairn_object_symbol_name(load, &load->symbols[index]),
                             symbol->st_shndx, load->section_count);
    uint64_t size = load->sections[symbol->st_shndx].header.sh_size;
    if (symbol->st_value > size || symbol->st_size > size - symbol->st_value)
        return OBJECT_REJECT(CAIRN_ERR_OUT_OF_RANGE, "symbol %s ends outside of its section",
                             cairn_object_symbol_name(load, &load->symbols[index]));
    return CAIRN_OK;
}

static enum cairn_status read_symbols(struct cairn_object_load *load, uint32_t table)
{
    const Elf64_Shdr *header = &load->sections[table].header;
    struct cairn_bytes in;
    enum cairn_status status = section_bytes(load, table, SHT_SYMTAB, &in);
    if (status == CAIRN_OK)
        status = section_bytes(load, header->sh_link, SHT_STRTAB, &load->strings);
    if (status != CAIRN_OK)
        return status;
    if (header->sh_entsize != sizeof(Elf64_Sym) || in.left / sizeof(Elf64_Sym) > UINT32_MAX / 2)
        return OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT, "%zu bytes of symbols of %llu bytes", in.left,
                             (unsigned long long)header->sh_entsize);
    uint32_t count = (uint32_t)(in.left / sizeof(Elf64_Sym));
    load->symbols = cairn_arena_alloc_array(&load->arena, count, sizeof *load->symbols);
    if (load->symbols == NULL)
        return count != 0 ? CAIRN_ERR_NO_MEMORY : CAIRN_OK;
    load->symbol_count = count;
    for (uint32_t i = 0; i < count && status == CAIRN_OK; i++) {
        status = cairn_bytes_take(&in, &load->symbols[i].elf, sizeof(Elf64_Sym));
        if (status == CAIRN_OK)
            status = check_symbol(load, i);
    }
    return status;
}

static enum cairn_status find_symbols(struct cairn_object_load *load)
{
    uint32_t table = 0;
    for (uint32_t i = 0; i < load->section_count; i++) {
        if (load->sections[i].header.sh_type != SHT_SYMTAB)
            continue;
        if (table != 0)
            return OBJECT_REJECT(CAIRN_ERR_BAD_FORMAT, "two symbol tables");
        table = i;
    }
    return table != 0 ? read_symbols(load, table) : CAIRN_OK;
}

enum cairn_status cairn_object_read(struct cairn_object_load *load)
{
    Elf64_Ehdr header;
    struct cairn_bytes in = load->file;
    if (cairn_bytes_take(&in, &header, sizeof header) != CAIRN_OK)
        return OBJECT_REJECT(CAIRN_ERR_TRUNCATED, "%zu bytes are too few for an ELF header",
                             load->file.left);
    enum cairn_status status = check_header(&header);
    if (status == CAIRN_OK)
        status = read_section_headers(load, &header);
    if (status == CAIRN_OK)
        status = section_bytes(load, header.e_shstrndx, SHT_STRTAB, &load->section_strings);
    for (uint32_t i = 0; i < load->section_count && status == CAIRN_OK; i++)
        status = place_section(load, &load->sections[i]);
    return status == CAIRN_OK ? find_symbols(load) : status;
}
