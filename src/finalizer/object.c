/* SPDX-License-Identifier: MIT
 * Maps a native object: lays out its sections in one mapping, copies and relocates them while the
 * pages are writable, then makes code executable and constants read-only.
 */
#include "finalizer/object.h"

#include "base/option.h"
#include "finalizer/object_priv.h"

#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

enum {
    /* In front of the first function: checked indirect calls look for a mark there. */
    HEAD_BYTES = 64,
    TRAP_BYTE = 0xcc, /* int3 */
};

/* No object spans more than this, so that every distance in it fits in 31 bits. */
static const uint64_t span_max = (uint64_t)1 << 28;

static enum cairn_status advance(uint64_t *end, uint64_t size, uint64_t align)
{
    if (size > span_max || *end > span_max - size)
        return OBJECT_REJECT(CAIRN_ERR_OUT_OF_RANGE, "its sections span more than %llu MiB",
                             (unsigned long long)(span_max >> 20));
    *end = cairn_align_up(*end, align != 0 ? align : 1) + size;
    return CAIRN_OK;
}

static enum cairn_status lay_out_place(struct cairn_object_load *load,
                                       enum cairn_object_place place, uint64_t *end)
{
    for (uint32_t i = 0; i < load->section_count; i++) {
        struct cairn_object_section *section = &load->sections[i];
        if (section->place != place)
            continue;
        enum cairn_status status =
            advance(end, section->header.sh_size, section->header.sh_addralign);
        if (status != CAIRN_OK)
            return status;
        section->offset = *end - section->header.sh_size;
    }
    return CAIRN_OK;
}

/* Code, stubs | constants, slots; sizes in *code and *whole are multiples of the page size. */
static enum cairn_status lay_out(struct cairn_object_load *load, uint64_t *code, uint64_t *whole)
{
    uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE), end = HEAD_BYTES;
    enum cairn_status status = lay_out_place(load, PLACE_CODE, &end);
    if (status == CAIRN_OK)
        status = advance(&end, (uint64_t)load->slot_count * CAIRN_OBJECT_STUB_BYTES,
                         CAIRN_OBJECT_STUB_BYTES);
    if (status != CAIRN_OK)
        return status;
    load->stubs = end - (uint64_t)load->slot_count * CAIRN_OBJECT_STUB_BYTES;
    *code = end = cairn_align_up(end, page);
    status = lay_out_place(load, PLACE_CONST, &end);
    if (status == CAIRN_OK)
        status = advance(&end, (uint64_t)load->slot_count * CAIRN_OBJECT_SLOT_BYTES,
                         CAIRN_OBJECT_SLOT_BYTES);
    if (status != CAIRN_OK)
        return status;
    load->slots = end - (uint64_t)load->slot_count * CAIRN_OBJECT_SLOT_BYTES;
    *whole = cairn_align_up(end, page);
    return CAIRN_OK;
}

static enum cairn_status map(struct cairn_object_load *load)
{
    uint64_t code, whole;
    enum cairn_status status = lay_out(load, &code, &whole);
    if (status != CAIRN_OK)
        return status;
    struct cairn_object *object = load->object;
    void *base = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (base == MAP_FAILED)
        return OBJECT_REJECT(CAIRN_ERR_NO_MEMORY, "%llu bytes cannot be mapped",
                             (unsigned long long)whole);
    object->base = base;
    object->size_bytes = whole;
    object->code_bytes = code;
    return CAIRN_OK;
}

static enum cairn_status fill(struct cairn_object_load *load)
{
    struct cairn_object *object = load->object;
    memset(object->base, TRAP_BYTE, object->code_bytes);
    for (uint32_t i = 0; i < load->section_count; i++) {
        const struct cairn_object_section *section = &load->sections[i];
        if (section->place == PLACE_NONE || section->header.sh_type == SHT_NOBITS)
            continue;
        struct cairn_bytes in;
        enum cairn_status status =
            cairn_bytes_slice(load->file, section->header.sh_offset, section->header.sh_size, &in);
        if (status != CAIRN_OK)
            return status;
        memcpy(object->base + section->offset, in.at, in.left);
    }
    return CAIRN_OK;
}

/* A function, or a constant that lies in its section whole. */
static bool has_name(const struct cairn_object_load *load, const struct cairn_object_symbol *symbol)
{
    const Elf64_Sym *elf = &symbol->elf;
    unsigned type = ELF64_ST_TYPE(elf->st_info);
    if (elf->st_shndx >= load->section_count)
        return false;
    const struct cairn_object_section *section = &load->sections[elf->st_shndx];
    if (type == STT_FUNC)
        return section->place == PLACE_CODE;
    return type == STT_OBJECT && section->place == PLACE_CONST &&
           elf->st_value <= section->header.sh_size &&
           elf->st_size <= section->header.sh_size - elf->st_value;
}

static enum cairn_status keep_functions(struct cairn_object_load *load)
{
    struct cairn_object *object = load->object;
    size_t count = 0;
    for (uint32_t i = 0; i < load->symbol_count; i++)
        count += has_name(load, &load->symbols[i]);
    object->functions = calloc(count != 0 ? count : 1, sizeof *object->functions);
    object->names = malloc(load->strings.left != 0 ? load->strings.left : 1);
    if (object->functions == NULL || object->names == NULL)
        return CAIRN_ERR_NO_MEMORY;
    if (load->strings.left != 0)
        memcpy(object->names, load->strings.at, load->strings.left);
    for (uint32_t i = 0; i < load->symbol_count; i++) {
        const Elf64_Sym *symbol = &load->symbols[i].elf;
        if (!has_name(load, &load->symbols[i]))
            continue;
        object->functions[object->function_count++] = (struct cairn_object_function){
            .name = object->names + symbol->st_name,
            .entry = object->base + load->sections[symbol->st_shndx].offset + symbol->st_value,
            .size_bytes = symbol->st_size,
            .is_data = ELF64_ST_TYPE(symbol->st_info) == STT_OBJECT,
        };
    }
    return CAIRN_OK;
}

static enum cairn_status protect(const struct cairn_object *object)
{
    size_t constants = object->size_bytes - object->code_bytes;
    if (mprotect(object->base, object->code_bytes, PROT_READ | PROT_EXEC) != 0 ||
        (constants != 0 && mprotect(object->base + object->code_bytes, constants, PROT_READ) != 0))
        return OBJECT_REJECT(CAIRN_ERR_IO, "the system refuses executable pages: %m");
    return CAIRN_OK;
}

static enum cairn_status load_steps(struct cairn_object_load *load)
{
    enum cairn_status status = cairn_object_read(load);
    if (status == CAIRN_OK)
        status = cairn_object_count_slots(load);
    if (status == CAIRN_OK)
        status = map(load);
    if (status == CAIRN_OK)
        status = fill(load);
    if (status == CAIRN_OK)
        status = cairn_object_relocate(load);
    if (status == CAIRN_OK)
        status = keep_functions(load);
    return status == CAIRN_OK ? protect(load->object) : status;
}

enum cairn_status cairn_object_load(struct cairn_bytes file,
                                    const struct cairn_object_symbols *symbols,
                                    struct cairn_object **out)
{
    struct cairn_object_load load = {.file = file, .external = symbols};
    load.object = calloc(1, sizeof *load.object);
    if (load.object == NULL)
        return CAIRN_ERR_NO_MEMORY;
    enum cairn_status status = load_steps(&load);
    cairn_arena_destroy(&load.arena);
    if (status != CAIRN_OK) {
        cairn_object_destroy(load.object);
        return status;
    }
    if (cairn_option_choice(CAIRN_OPTION_PERF_MAP) != 0)
        cairn_object_write_perf_map(load.object);
    *out = load.object;
    return CAIRN_OK;
}

void cairn_object_destroy(struct cairn_object *object)
{
    if (object == NULL)
        return;
    if (object->base != NULL)
        munmap(object->base, object->size_bytes);
    free(object->functions);
    free(object->names);
    free(object);
}

void *cairn_object_symbol(const struct cairn_object *object, const char *name)
{
    for (size_t i = 0; i < object->function_count; i++)
        if (!object->functions[i].is_data && strcmp(object->functions[i].name, name) == 0)
            return (void *)(uintptr_t)object->functions[i].entry;
    return NULL;
}

struct cairn_bytes cairn_object_constant(const struct cairn_object *object, const char *name)
{
    for (size_t i = 0; i < object->function_count; i++) {
        const struct cairn_object_function *constant = &object->functions[i];
        if (constant->is_data && strcmp(constant->name, name) == 0)
            return cairn_bytes_of(constant->entry, constant->size_bytes);
    }
    return (struct cairn_bytes){0};
}

struct cairn_bytes cairn_object_code(const struct cairn_object *object)
{
    return cairn_bytes_of(object->base, object->code_bytes);
}

bool cairn_object_covers(const struct cairn_object *object, const void *pc)
{
    return (uintptr_t)pc - (uintptr_t)object->base < object->code_bytes;
}

const char *cairn_object_function_at(const struct cairn_object *object, const void *pc)
{
    for (size_t i = 0; i < object->function_count; i++) {
        const struct cairn_object_function *function = &object->functions[i];
        if ((uintptr_t)pc - (uintptr_t)function->entry < function->size_bytes)
            return function->name;
    }
    return NULL;
}
