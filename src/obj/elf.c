/* SPDX-License-Identifier: MIT
 * The ELF side of a code object: header, segments, dynamic symbols and relocations, notes. Symbols
 * and relocations are found through PT_DYNAMIC, as a loader does; section headers are not needed.
 */
#include "base/log.h"
#include "obj/obj_priv.h"

#include <elf.h>
#include <stdlib.h>

enum {
    MACHINE_AMDGPU = 224,
    OSABI_AMDGPU_HSA = 64,
    NOTE_METADATA = 32,
    SEGMENTS_MAX = 64,
};

/* No code object spans more than this; keeps every sum of addresses far from wrapping. */
static const uint64_t span_max = (uint64_t)1 << 40;

struct dynamic {
    uint64_t symtab, strtab, strsz, hash, gnu_hash, rela, relasz, relaent;
};

struct elf {
    struct cairn_obj_whole *whole;
    struct cairn_bytes image;
    Elf64_Ehdr header;
    Elf64_Phdr programs[SEGMENTS_MAX];
    struct cairn_obj_segment *segments;
    struct dynamic dynamic;
    struct cairn_bytes strings;
};

static enum cairn_status read_header(struct elf *elf)
{
    struct cairn_bytes in = elf->image;
    if (cairn_bytes_take(&in, &elf->header, sizeof elf->header) != CAIRN_OK)
        return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "%zu bytes are too few for an ELF header",
                          elf->image.left);
    const Elf64_Ehdr *header = &elf->header;
    const unsigned char *ident = header->e_ident;
    if (memcmp(ident, ELFMAG, SELFMAG) != 0)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "no ELF magic");
    if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB ||
        header->e_machine != MACHINE_AMDGPU)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "ELF class %u data %u machine %u is not AMDGPU",
                          ident[EI_CLASS], ident[EI_DATA], header->e_machine);
    if (ident[EI_OSABI] != OSABI_AMDGPU_HSA || ident[EI_ABIVERSION] < 1 || ident[EI_ABIVERSION] > 4)
        return OBJ_REJECT(CAIRN_ERR_UNSUPPORTED,
                          "OS ABI %u version %u: only HSA code objects V3 to V6 are supported",
                          ident[EI_OSABI], ident[EI_ABIVERSION]);
    if (header->e_type != ET_DYN)
        return OBJ_REJECT(CAIRN_ERR_UNSUPPORTED, "ELF type %u is not a shared object",
                          header->e_type);
    if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum > SEGMENTS_MAX)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "%u program headers of %u bytes", header->e_phnum,
                          header->e_phentsize);
    elf->whole->obj.abi_version = ident[EI_ABIVERSION] + 2u;
    return CAIRN_OK;
}

static enum cairn_status read_target(struct elf *elf)
{
    struct cairn_obj *obj = &elf->whole->obj;
    uint32_t flags = elf->header.e_flags;
    if (cairn_target_id_from_flags(flags, obj->abi_version, &obj->target) != CAIRN_OK)
        return OBJ_REJECT(CAIRN_ERR_UNSUPPORTED, "unknown processor %#x in e_flags %#x",
                          flags & 0xff, flags);
    return CAIRN_OK;
}

/* Nothing of the section headers is used, but they are what linkers write last: without them the
 * end of the file is gone. */
static enum cairn_status check_sections(struct elf *elf)
{
    const Elf64_Ehdr *header = &elf->header;
    size_t size = (size_t)header->e_shnum * header->e_shentsize;
    struct cairn_bytes unused;
    if (size != 0 && cairn_bytes_slice(elf->image, header->e_shoff, size, &unused) != CAIRN_OK)
        return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "section headers at %#llx lie outside of the file",
                          (unsigned long long)header->e_shoff);
    return CAIRN_OK;
}

static enum cairn_status read_programs(struct elf *elf)
{
    size_t size = elf->header.e_phnum * sizeof(Elf64_Phdr);
    struct cairn_bytes in;
    if (cairn_bytes_slice(elf->image, elf->header.e_phoff, size, &in) != CAIRN_OK)
        return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "program headers at %#llx lie outside of the file",
                          (unsigned long long)elf->header.e_phoff);
    if (size != 0)
        memcpy(elf->programs, in.at, size);
    return CAIRN_OK;
}

static enum cairn_status check_segment(const struct elf *elf, const Elf64_Phdr *program,
                                       uint64_t previous_end)
{
    struct cairn_bytes unused;
    if (cairn_bytes_slice(elf->image, program->p_offset, program->p_filesz, &unused) != CAIRN_OK)
        return OBJ_REJECT(
            CAIRN_ERR_TRUNCATED, "segment at file offset %#llx size %#llx lies outside of the file",
            (unsigned long long)program->p_offset, (unsigned long long)program->p_filesz);
    if (program->p_filesz > program->p_memsz || program->p_memsz > span_max ||
        program->p_vaddr > span_max || program->p_vaddr < previous_end)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT,
                          "segment at address %#llx: file size %#llx, memory size %#llx, previous "
                          "segment ends at %#llx",
                          (unsigned long long)program->p_vaddr,
                          (unsigned long long)program->p_filesz,
                          (unsigned long long)program->p_memsz, (unsigned long long)previous_end);
    if ((program->p_align & (program->p_align - 1)) != 0)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "segment alignment %#llx",
                          (unsigned long long)program->p_align);
    return CAIRN_OK;
}

static enum cairn_status read_segments(struct elf *elf)
{
    struct cairn_obj *obj = &elf->whole->obj;
    elf->segments =
        cairn_arena_alloc_array(&elf->whole->arena, SEGMENTS_MAX, sizeof *elf->segments);
    if (elf->segments == NULL)
        return CAIRN_ERR_NO_MEMORY;
    obj->segments = elf->segments;
    uint64_t end = 0;
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        const Elf64_Phdr *program = &elf->programs[i];
        if (program->p_type != PT_LOAD)
            continue;
        enum cairn_status status = check_segment(elf, program, end);
        if (status != CAIRN_OK)
            return status;
        end = program->p_vaddr + program->p_memsz;
        elf->segments[obj->segment_count++] = (struct cairn_obj_segment){
            .vaddr = program->p_vaddr,
            .file_offset = program->p_offset,
            .file_size = program->p_filesz,
            .memory_size = program->p_memsz,
            .align = program->p_align,
            .writable = (program->p_flags & PF_W) != 0,
            .executable = (program->p_flags & PF_X) != 0,
        };
    }
    if (obj->segment_count == 0)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "no loadable segment");
    return CAIRN_OK;
}

/* File bytes of [vaddr, vaddr+size), which must lie in one segment's file part. */
static enum cairn_status at_vaddr(const struct elf *elf, uint64_t vaddr, uint64_t size,
                                  struct cairn_bytes *out)
{
    const struct cairn_obj *obj = &elf->whole->obj;
    for (uint32_t i = 0; i < obj->segment_count; i++) {
        const struct cairn_obj_segment *segment = &obj->segments[i];
        if (vaddr >= segment->vaddr && vaddr - segment->vaddr <= segment->file_size &&
            size <= segment->file_size - (vaddr - segment->vaddr))
            return cairn_bytes_slice(elf->image, segment->file_offset + (vaddr - segment->vaddr),
                                     size, out);
    }
    return CAIRN_ERR_OUT_OF_RANGE;
}

static void note_dynamic_tag(struct dynamic *dynamic, const Elf64_Dyn *entry)
{
    switch (entry->d_tag) {
    case DT_SYMTAB:
        dynamic->symtab = entry->d_un.d_ptr;
        break;
    case DT_STRTAB:
        dynamic->strtab = entry->d_un.d_ptr;
        break;
    case DT_STRSZ:
        dynamic->strsz = entry->d_un.d_val;
        break;
    case DT_HASH:
        dynamic->hash = entry->d_un.d_ptr;
        break;
    case DT_GNU_HASH:
        dynamic->gnu_hash = entry->d_un.d_ptr;
        break;
    case DT_RELA:
        dynamic->rela = entry->d_un.d_ptr;
        break;
    case DT_RELASZ:
        dynamic->relasz = entry->d_un.d_val;
        break;
    case DT_RELAENT:
        dynamic->relaent = entry->d_un.d_val;
        break;
    default:
        break;
    }
}

static enum cairn_status read_dynamic(struct elf *elf)
{
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        if (elf->programs[i].p_type != PT_DYNAMIC)
            continue;
        struct cairn_bytes in;
        if (cairn_bytes_slice(elf->image, elf->programs[i].p_offset, elf->programs[i].p_filesz,
                              &in) != CAIRN_OK)
            return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "dynamic table lies outside of the file");
        Elf64_Dyn entry;
        while (cairn_bytes_take(&in, &entry, sizeof entry) == CAIRN_OK && entry.d_tag != DT_NULL)
            note_dynamic_tag(&elf->dynamic, &entry);
    }
    return CAIRN_OK;
}

/* The dynamic symbol count is the chain count of DT_HASH, which lld writes for AMDGPU. */
static enum cairn_status count_symbols(const struct elf *elf, uint32_t *count)
{
    struct cairn_bytes in;
    uint32_t buckets;
    *count = 0;
    if (elf->dynamic.symtab == 0)
        return CAIRN_OK;
    if (elf->dynamic.hash == 0)
        return OBJ_REJECT(CAIRN_ERR_UNSUPPORTED, "dynamic symbols without DT_HASH");
    if (at_vaddr(elf, elf->dynamic.hash, 8, &in) != CAIRN_OK ||
        cairn_bytes_take_u32(&in, &buckets) != CAIRN_OK ||
        cairn_bytes_take_u32(&in, count) != CAIRN_OK)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "hash table at %#llx lies outside of the segments",
                          (unsigned long long)elf->dynamic.hash);
    return CAIRN_OK;
}

static enum cairn_symbol_kind symbol_kind(const Elf64_Sym *symbol, const char *name)
{
    size_t length = strlen(name);
    switch (ELF64_ST_TYPE(symbol->st_info)) {
    case STT_FUNC:
        return CAIRN_SYMBOL_FUNCTION;
    case STT_OBJECT:
        if (length > 3 && strcmp(name + length - 3, ".kd") == 0 &&
            symbol->st_size == sizeof(struct cairn_kernel_descriptor))
            return CAIRN_SYMBOL_KERNEL_DESCRIPTOR;
        return CAIRN_SYMBOL_OBJECT;
    default:
        return CAIRN_SYMBOL_OTHER;
    }
}

static enum cairn_status read_name(const struct elf *elf, uint32_t offset, const char **out)
{
    if (offset >= elf->strings.left ||
        memchr(elf->strings.at + offset, '\0', elf->strings.left - offset) == NULL)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT,
                          "symbol name at %#x is not in the string table of %zu bytes", offset,
                          elf->strings.left);
    *out = (const char *)elf->strings.at + offset;
    return CAIRN_OK;
}

static bool in_some_segment(const struct cairn_obj *obj, uint64_t vaddr, uint64_t size)
{
    for (uint32_t i = 0; i < obj->segment_count; i++) {
        const struct cairn_obj_segment *segment = &obj->segments[i];
        if (vaddr >= segment->vaddr && vaddr - segment->vaddr <= segment->memory_size &&
            size <= segment->memory_size - (vaddr - segment->vaddr))
            return true;
    }
    return false;
}

static enum cairn_status read_symbol(const struct elf *elf, struct cairn_bytes *in,
                                     struct cairn_obj_symbol *out)
{
    Elf64_Sym symbol;
    enum cairn_status status = cairn_bytes_take(in, &symbol, sizeof symbol);
    if (status == CAIRN_OK)
        status = read_name(elf, symbol.st_name, &out->name);
    if (status != CAIRN_OK)
        return status;
    out->value = symbol.st_value;
    out->size = symbol.st_size;
    out->kind = symbol_kind(&symbol, out->name);
    out->defined = symbol.st_shndx != SHN_UNDEF;
    out->global = ELF64_ST_BIND(symbol.st_info) != STB_LOCAL;
    out->weak = ELF64_ST_BIND(symbol.st_info) == STB_WEAK;
    if (out->defined && symbol.st_shndx != SHN_ABS && out->kind != CAIRN_SYMBOL_OTHER &&
        !in_some_segment(&elf->whole->obj, out->value, out->size))
        return OBJ_REJECT(CAIRN_ERR_OUT_OF_RANGE,
                          "symbol %s at %#llx size %#llx lies outside of the segments", out->name,
                          (unsigned long long)out->value, (unsigned long long)out->size);
    return CAIRN_OK;
}

static enum cairn_status read_symbols(struct elf *elf)
{
    struct cairn_obj *obj = &elf->whole->obj;
    uint32_t count;
    enum cairn_status status = count_symbols(elf, &count);
    if (status != CAIRN_OK || count == 0)
        return status;
    struct cairn_bytes in;
    if (at_vaddr(elf, elf->dynamic.symtab, (uint64_t)count * sizeof(Elf64_Sym), &in) != CAIRN_OK ||
        at_vaddr(elf, elf->dynamic.strtab, elf->dynamic.strsz, &elf->strings) != CAIRN_OK)
        return OBJ_REJECT(CAIRN_ERR_OUT_OF_RANGE,
                          "%u dynamic symbols at %#llx or their names at %#llx lie outside of the "
                          "segments",
                          count, (unsigned long long)elf->dynamic.symtab,
                          (unsigned long long)elf->dynamic.strtab);
    struct cairn_obj_symbol *symbols =
        cairn_arena_alloc_array(&elf->whole->arena, count, sizeof *symbols);
    if (symbols == NULL)
        return CAIRN_ERR_NO_MEMORY;
    for (uint32_t i = 0; i < count; i++) {
        status = read_symbol(elf, &in, &symbols[i]);
        if (status != CAIRN_OK)
            return status;
    }
    obj->symbols = symbols;
    obj->symbol_count = count;
    return CAIRN_OK;
}

static unsigned relocation_bytes(uint32_t type)
{
    switch (type) {
    case 1: /* ABS32_LO */
    case 2: /* ABS32_HI */
    case 6: /* ABS32 */
        return 4;
    case 3:  /* ABS64 */
    case 13: /* RELATIVE64 */
        return 8;
    default:
        return 0;
    }
}

static enum cairn_status check_relocation(const struct cairn_obj *obj, const Elf64_Rela *rela)
{
    uint32_t type = ELF64_R_TYPE(rela->r_info), symbol = ELF64_R_SYM(rela->r_info);
    unsigned bytes = relocation_bytes(type);
    if (bytes == 0)
        return OBJ_REJECT(CAIRN_ERR_UNSUPPORTED, "dynamic relocation type %u at %#llx", type,
                          (unsigned long long)rela->r_offset);
    if (!in_some_segment(obj, rela->r_offset, bytes))
        return OBJ_REJECT(CAIRN_ERR_OUT_OF_RANGE,
                          "relocation at %#llx lies outside of the segments",
                          (unsigned long long)rela->r_offset);
    if (symbol != 0 && symbol >= obj->symbol_count)
        return OBJ_REJECT(CAIRN_ERR_OUT_OF_RANGE, "relocation at %#llx names symbol %u of %u",
                          (unsigned long long)rela->r_offset, symbol, obj->symbol_count);
    return CAIRN_OK;
}

static enum cairn_status read_relocations(struct elf *elf)
{
    struct cairn_obj *obj = &elf->whole->obj;
    if (elf->dynamic.rela == 0 || elf->dynamic.relasz == 0)
        return CAIRN_OK;
    struct cairn_bytes in;
    if ((elf->dynamic.relaent != 0 && elf->dynamic.relaent != sizeof(Elf64_Rela)) ||
        at_vaddr(elf, elf->dynamic.rela, elf->dynamic.relasz, &in) != CAIRN_OK)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "relocation table at %#llx size %#llx entry %llu",
                          (unsigned long long)elf->dynamic.rela,
                          (unsigned long long)elf->dynamic.relasz,
                          (unsigned long long)elf->dynamic.relaent);
    size_t count = in.left / sizeof(Elf64_Rela);
    struct cairn_obj_relocation *out =
        cairn_arena_alloc_array(&elf->whole->arena, count, sizeof *out);
    if (out == NULL)
        return CAIRN_ERR_NO_MEMORY;
    for (size_t i = 0; i < count; i++) {
        Elf64_Rela rela;
        memcpy(&rela, in.at + i * sizeof rela, sizeof rela);
        enum cairn_status status = check_relocation(obj, &rela);
        if (status != CAIRN_OK)
            return status;
        uint32_t symbol = ELF64_R_SYM(rela.r_info);
        out[i] = (struct cairn_obj_relocation){.vaddr = rela.r_offset,
                                               .type = ELF64_R_TYPE(rela.r_info),
                                               .addend = rela.r_addend,
                                               .symbol = symbol != 0 ? symbol : UINT32_MAX};
    }
    obj->relocations = out;
    obj->relocation_count = (uint32_t)count;
    return CAIRN_OK;
}

/* Walks one note segment; reads the metadata when it is there. */
static enum cairn_status read_note_segment(struct elf *elf, struct cairn_bytes in, bool *found)
{
    Elf64_Nhdr note;
    while (cairn_bytes_take(&in, &note, sizeof note) == CAIRN_OK) {
        uint64_t name_size = cairn_align_up(note.n_namesz, 4);
        uint64_t data_size = cairn_align_up(note.n_descsz, 4);
        struct cairn_bytes name, data;
        if (cairn_bytes_slice(in, 0, note.n_namesz, &name) != CAIRN_OK ||
            cairn_bytes_slice(in, name_size, note.n_descsz, &data) != CAIRN_OK)
            return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "note with name size %u and data size %u",
                              note.n_namesz, note.n_descsz);
        if (note.n_type == NOTE_METADATA && name.left == 7 && memcmp(name.at, "AMDGPU", 7) == 0) {
            *found = true; /* device code linked in partitions has a note for each */
            enum cairn_status status = cairn_obj_read_metadata(elf->whole, data);
            if (status != CAIRN_OK)
                return status;
        }
        uint64_t taken = name_size + data_size;
        if (taken > in.left)
            return CAIRN_OK;
        in.at += taken;
        in.left -= taken;
    }
    return CAIRN_OK;
}

static enum cairn_status read_notes(struct elf *elf)
{
    bool found = false;
    for (size_t i = 0; i < elf->header.e_phnum; i++) {
        if (elf->programs[i].p_type != PT_NOTE)
            continue;
        struct cairn_bytes in;
        if (cairn_bytes_slice(elf->image, elf->programs[i].p_offset, elf->programs[i].p_filesz,
                              &in) != CAIRN_OK)
            return OBJ_REJECT(CAIRN_ERR_TRUNCATED, "note segment lies outside of the file");
        enum cairn_status status = read_note_segment(elf, in, &found);
        if (status != CAIRN_OK)
            return status;
    }
    if (!found)
        return OBJ_REJECT(CAIRN_ERR_BAD_FORMAT, "no AMDGPU metadata note");
    return CAIRN_OK;
}

static enum cairn_status read_all(struct elf *elf)
{
    static enum cairn_status (*const steps[])(struct elf *) = {
        read_header,  read_target,  read_programs,    read_segments, check_sections,
        read_dynamic, read_symbols, read_relocations, read_notes,
    };
    for (size_t i = 0; i < sizeof steps / sizeof steps[0]; i++) {
        enum cairn_status status = steps[i](elf);
        if (status != CAIRN_OK)
            return status;
    }
    return CAIRN_OK;
}

enum cairn_status cairn_obj_create(struct cairn_bytes image, struct cairn_obj **out)
{
    struct cairn_obj_whole *whole = calloc(1, sizeof *whole);
    struct elf *elf = calloc(1, sizeof *elf);
    enum cairn_status status = CAIRN_ERR_NO_MEMORY;
    if (whole == NULL || elf == NULL)
        goto destroy;
    whole->obj.image = image;
    elf->whole = whole;
    elf->image = image;
    status = read_all(elf);
    if (status != CAIRN_OK)
        goto destroy;
    free(elf);
    *out = &whole->obj;
    return CAIRN_OK;
destroy:
    free(elf);
    cairn_obj_destroy(whole != NULL ? &whole->obj : NULL);
    return status;
}

void cairn_obj_destroy(struct cairn_obj *obj)
{
    if (obj == NULL)
        return;
    struct cairn_obj_whole *whole = (struct cairn_obj_whole *)obj;
    cairn_arena_destroy(&whole->arena);
    free(whole);
}

const struct cairn_kernel_info *cairn_obj_find_kernel(const struct cairn_obj *obj,
                                                      const char *symbol)
{
    for (uint32_t i = 0; i < obj->kernel_count; i++)
        if (strcmp(obj->kernels[i].symbol, symbol) == 0)
            return &obj->kernels[i];
    return NULL;
}
