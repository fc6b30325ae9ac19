/* SPDX-License-Identifier: MIT
 * AMDGPU ELF files by their section headers: relocatables as well as code objects, for inspection.
 * (src/obj reads code objects as a loader does, by their segments.) All input is hostile.
 */
#ifndef CAIRN_COMGR_ELF_H
#define CAIRN_COMGR_ELF_H

#include "base/bytes.h"

#include <elf.h>

struct comgr_elf {
    struct cairn_bytes image; /* borrowed */
    Elf64_Ehdr header;
    uint32_t section_count, program_count; /* tables that lie in the file */
};

/* BAD_FORMAT: no little-endian 64-bit ELF file for AMDGPU, or its tables lie outside of it. Logs
 * nothing: the caller may only be asking. */
CAIRN_MUST_CHECK enum cairn_status comgr_elf_open(struct cairn_bytes image, struct comgr_elf *out);
/* `index` below the counts. */
Elf64_Shdr comgr_elf_section(const struct comgr_elf *elf, uint32_t index);
Elf64_Phdr comgr_elf_program(const struct comgr_elf *elf, uint32_t index);
/* Bytes of a section in the file; BAD_FORMAT: no such section, or outside of the file. */
CAIRN_MUST_CHECK enum cairn_status comgr_elf_contents(const struct comgr_elf *elf, uint32_t index,
                                                      struct cairn_bytes *out);
/* A terminated text at `offset` of section `index`, or NULL. */
const char *comgr_elf_text(const struct comgr_elf *elf, uint32_t index, uint64_t offset);
/* The text at an address of a code object, or NULL. */
const char *comgr_elf_text_at(const struct comgr_elf *elf, uint64_t address);
/* Index of the first section of this type, 0 if there is none. */
uint32_t comgr_elf_find(const struct comgr_elf *elf, uint32_t type);

#endif
