/* SPDX-License-Identifier: MIT
 * Reading ELF tables, each access bounded by the file.
 */
#include "comgr/elf.h"

enum { MACHINE_AMDGPU = 224 };

static enum cairn_status check_table(struct cairn_bytes image, uint64_t offset, uint32_t count,
                                     uint32_t entry_size, uint32_t want_size)
{
    struct cairn_bytes unused;
    if (count == 0)
        return CAIRN_OK;
    if (entry_size != want_size ||
        cairn_bytes_slice(image, offset, (uint64_t)count * want_size, &unused) != CAIRN_OK)
        return CAIRN_ERR_BAD_FORMAT;
    return CAIRN_OK;
}

enum cairn_status comgr_elf_open(struct cairn_bytes image, struct comgr_elf *out)
{
    struct cairn_bytes in = image;
    struct comgr_elf elf = {.image = image};
    if (cairn_bytes_take(&in, &elf.header, sizeof elf.header) != CAIRN_OK)
        return CAIRN_ERR_BAD_FORMAT;
    const Elf64_Ehdr *header = &elf.header;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64 ||
        header->e_ident[EI_DATA] != ELFDATA2LSB || header->e_machine != MACHINE_AMDGPU)
        return CAIRN_ERR_BAD_FORMAT;
    elf.section_count = header->e_shnum;
    elf.program_count = header->e_phnum;
    enum cairn_status status = check_table(image, header->e_shoff, elf.section_count,
                                           header->e_shentsize, sizeof(Elf64_Shdr));
    if (status == CAIRN_OK)
        status = check_table(image, header->e_phoff, elf.program_count, header->e_phentsize,
                             sizeof(Elf64_Phdr));
    if (status == CAIRN_OK)
        *out = elf;
    return status;
}

Elf64_Shdr comgr_elf_section(const struct comgr_elf *elf, uint32_t index)
{
    Elf64_Shdr section;
    memcpy(&section, elf->image.at + elf->header.e_shoff + index * sizeof section, sizeof section);
    return section;
}

Elf64_Phdr comgr_elf_program(const struct comgr_elf *elf, uint32_t index)
{
    Elf64_Phdr program;
    memcpy(&program, elf->image.at + elf->header.e_phoff + index * sizeof program, sizeof program);
    return program;
}

enum cairn_status comgr_elf_contents(const struct comgr_elf *elf, uint32_t index,
                                     struct cairn_bytes *out)
{
    if (index >= elf->section_count)
        return CAIRN_ERR_BAD_FORMAT;
    Elf64_Shdr section = comgr_elf_section(elf, index);
    if (section.sh_type == SHT_NOBITS)
        return CAIRN_ERR_BAD_FORMAT;
    return cairn_bytes_slice(elf->image, section.sh_offset, section.sh_size, out) == CAIRN_OK
               ? CAIRN_OK
               : CAIRN_ERR_BAD_FORMAT;
}

static const char *terminated(struct cairn_bytes bytes, uint64_t offset)
{
    if (offset >= bytes.left || memchr(bytes.at + offset, '\0', bytes.left - offset) == NULL)
        return NULL;
    return (const char *)bytes.at + offset;
}

const char *comgr_elf_text(const struct comgr_elf *elf, uint32_t index, uint64_t offset)
{
    struct cairn_bytes bytes;
    return comgr_elf_contents(elf, index, &bytes) == CAIRN_OK ? terminated(bytes, offset) : NULL;
}

const char *comgr_elf_text_at(const struct comgr_elf *elf, uint64_t address)
{
    for (uint32_t i = 0; i < elf->program_count; i++) {
        Elf64_Phdr program = comgr_elf_program(elf, i);
        struct cairn_bytes bytes;
        if (program.p_type == PT_LOAD && address >= program.p_vaddr &&
            address - program.p_vaddr < program.p_filesz &&
            cairn_bytes_slice(elf->image, program.p_offset, program.p_filesz, &bytes) == CAIRN_OK)
            return terminated(bytes, address - program.p_vaddr);
    }
    return NULL;
}

uint32_t comgr_elf_find(const struct comgr_elf *elf, uint32_t type)
{
    for (uint32_t i = 0; i < elf->section_count; i++)
        if (comgr_elf_section(elf, i).sh_type == type)
            return i;
    return 0;
}
