/* SPDX-License-Identifier: MIT
 * Loading a code object: its segments are copied into one block of code memory at their distances,
 * symbols become executable symbols, relocations are applied, and executable segments are made
 * known to the device. Undefined symbols bind to what the executable defines: variables defined
 * from outside, and definitions of objects loaded before.
 */
#include "loader_priv.h"

#include "base/log.h"
#include "obj/line.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* LLVM, AMDGPUUsage, "Relocation Records". */
enum {
    R_AMDGPU_NONE = 0,
    R_AMDGPU_ABS32_LO = 1,
    R_AMDGPU_ABS32_HI = 2,
    R_AMDGPU_ABS64 = 3,
    R_AMDGPU_REL32 = 4,
    R_AMDGPU_REL64 = 5,
    R_AMDGPU_ABS32 = 6,
    R_AMDGPU_REL32_LO = 10,
    R_AMDGPU_REL32_HI = 11,
    R_AMDGPU_RELATIVE64 = 13,
};

enum { MAX_SPAN_BITS = 40 }; /* no code object spans a terabyte */

static uint64_t place(const struct loaded *loaded, uint64_t vaddr)
{
    return (uintptr_t)loaded->base + (vaddr - loaded->lowest_vaddr);
}

/* True if [vaddr, vaddr+size) lies inside the block. */
static bool is_inside(const struct loaded *loaded, uint64_t vaddr, uint64_t size)
{
    return vaddr >= loaded->lowest_vaddr && vaddr - loaded->lowest_vaddr <= loaded->size &&
           size <= loaded->size - (vaddr - loaded->lowest_vaddr);
}

/* ---- segments ---- */

static hsa_status_t measure(const struct cairn_obj *obj, struct loaded *loaded, uint64_t *align)
{
    uint64_t low = UINT64_MAX, high = 0, end;
    *align = PAGE_BYTES;
    for (uint32_t i = 0; i < obj->segment_count; i++) {
        const struct cairn_obj_segment *segment = &obj->segments[i];
        if (__builtin_add_overflow(segment->vaddr, segment->memory_size, &end) ||
            end >> MAX_SPAN_BITS != 0 || segment->file_size > segment->memory_size) {
            cairn_log(CAIRN_LOG_ERROR, "hsa: segment %u of the code object is out of range", i);
            return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
        }
        low = segment->vaddr < low ? segment->vaddr : low;
        high = end > high ? end : high;
        if (segment->align > *align && (segment->align & (segment->align - 1)) == 0)
            *align = segment->align;
    }
    if (obj->segment_count == 0 || high == low) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: the code object has nothing to load");
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    }
    loaded->lowest_vaddr = low & ~(*align - 1);
    loaded->size = high - loaded->lowest_vaddr;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t map_segments(const struct cairn_obj *obj, struct loaded *loaded)
{
    uint64_t align;
    hsa_status_t status = measure(obj, loaded, &align);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    loaded->segments = calloc(obj->segment_count, sizeof *loaded->segments);
    if (loaded->segments == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    struct cairn_device *device = loaded->agent != NULL ? loaded->agent->device : NULL;
    if (cairn_memory_alloc(device, CAIRN_MEMORY_CODE, loaded->size, align,
                           HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED,
                           &loaded->base) != CAIRN_OK)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    for (uint32_t i = 0; i < obj->segment_count; i++) {
        const struct cairn_obj_segment *from = &obj->segments[i];
        struct cairn_bytes bytes;
        if (cairn_bytes_slice(obj->image, from->file_offset, from->file_size, &bytes) != CAIRN_OK)
            return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
        uint64_t to = place(loaded, from->vaddr);
        memcpy((void *)(uintptr_t)to, bytes.at, bytes.left); // NOLINT
        loaded->segments[loaded->segment_count++] =
            (struct segment){.base = to,
                             .size = from->memory_size,
                             .storage_offset = from->file_offset,
                             .executable = from->executable,
                             .writable = from->writable};
    }
    return HSA_STATUS_SUCCESS;
}

/* ---- symbols ---- */

static void fill_kernel(struct symbol *symbol, const struct cairn_obj *obj,
                        const struct cairn_obj_symbol *from)
{
    const struct cairn_kernel_info *info = cairn_obj_find_kernel(obj, from->name);
    struct cairn_kernel_descriptor descriptor;
    memcpy(&descriptor, (const void *)(uintptr_t)symbol->address, sizeof descriptor); // NOLINT
    symbol->kind = HSA_SYMBOL_KIND_KERNEL;
    symbol->kernarg_size = descriptor.kernarg_size;
    symbol->kernarg_align = 16;
    symbol->group_size = descriptor.group_segment_fixed_size;
    symbol->private_size = descriptor.private_segment_fixed_size;
    symbol->wavefront_size = symbol->agent->info->gfx->wave_size;
    symbol->dynamic_stack = (descriptor.kernel_code_properties >> 11 & 1) != 0;
    if (info == NULL)
        return;
    symbol->kernarg_size = info->kernarg_size;
    if (info->kernarg_align > symbol->kernarg_align)
        symbol->kernarg_align = info->kernarg_align;
    symbol->dynamic_stack |= info->uses_dynamic_stack;
}

static bool is_const(const struct loaded *loaded, uint64_t address)
{
    for (uint32_t i = 0; i < loaded->segment_count; i++)
        if (address - loaded->segments[i].base < loaded->segments[i].size)
            return !loaded->segments[i].writable;
    return false;
}

static hsa_status_t add_symbol(struct loaded *loaded, const struct cairn_obj *obj,
                               const struct cairn_obj_symbol *from, struct symbol ***end)
{
    bool kernel = from->kind == CAIRN_SYMBOL_KERNEL_DESCRIPTOR;
    if (!from->defined || (!kernel && from->kind != CAIRN_SYMBOL_OBJECT))
        return HSA_STATUS_SUCCESS;
    uint64_t size = kernel ? sizeof(struct cairn_kernel_descriptor) : from->size;
    if (!is_inside(loaded, from->value, size)) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: symbol %s at 0x%" PRIx64 " is outside of every segment",
                  from->name, from->value);
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    }
    struct executable *executable = loaded->executable;
    const struct symbol *other =
        cairn_hsa_symbol_find_locked(executable, loaded->agent, from->name);
    if (from->global && other != NULL) {
        if (from->weak)
            return HSA_STATUS_SUCCESS;
        cairn_log(CAIRN_LOG_ERROR, "hsa: symbol %s is already defined in this executable",
                  from->name);
        return HSA_STATUS_ERROR_VARIABLE_ALREADY_DEFINED;
    }
    struct symbol *symbol = cairn_hsa_symbol_create_locked(executable, from->name);
    if (symbol == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    symbol->loaded = loaded;
    symbol->agent = loaded->agent;
    symbol->kind = HSA_SYMBOL_KIND_VARIABLE;
    symbol->address = place(loaded, from->value);
    symbol->size = size;
    symbol->is_definition = true;
    symbol->is_global = from->global;
    symbol->is_const = is_const(loaded, symbol->address);
    symbol->alignment = (uint32_t)(symbol->address & -symbol->address & 0xffff);
    if (kernel)
        fill_kernel(symbol, obj, from);
    **end = symbol;
    *end = &symbol->next;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t add_symbols(struct loaded *loaded, const struct cairn_obj *obj)
{
    struct symbol **end = &loaded->executable->symbols;
    while (*end != NULL)
        end = &(*end)->next;
    for (uint32_t i = 0; i < obj->symbol_count; i++) {
        hsa_status_t status = add_symbol(loaded, obj, &obj->symbols[i], &end);
        if (status != HSA_STATUS_SUCCESS)
            return status;
    }
    return HSA_STATUS_SUCCESS;
}

/* ---- names for fault messages ---- */

static int by_address(const void *left, const void *right)
{
    const struct function *a = left, *b = right;
    return (a->address > b->address) - (a->address < b->address);
}

static hsa_status_t add_functions(struct loaded *loaded, const struct cairn_obj *obj)
{
    loaded->functions = calloc(obj->symbol_count + 1, sizeof *loaded->functions);
    if (loaded->functions == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    for (uint32_t i = 0; i < obj->symbol_count; i++) {
        const struct cairn_obj_symbol *from = &obj->symbols[i];
        if (!from->defined || from->kind != CAIRN_SYMBOL_FUNCTION)
            continue;
        struct function *function = &loaded->functions[loaded->function_count];
        function->name = strdup(from->name);
        if (function->name == NULL)
            return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
        function->address = place(loaded, from->value);
        function->size = from->size;
        loaded->function_count++;
    }
    qsort(loaded->functions, loaded->function_count, sizeof *loaded->functions, by_address);
    return HSA_STATUS_SUCCESS;
}

/* The function that `pc` lies in; one without a size, as assembler leaves it, goes on to the next.
 */
static const char *name_of(void *user, uint64_t pc)
{
    const struct loaded *loaded = user;
    uint32_t low = 0, high = loaded->function_count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (loaded->functions[middle].address <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    const struct function *function = low != 0 ? &loaded->functions[low - 1] : NULL;
    if (function == NULL || (function->size != 0 && pc - function->address >= function->size))
        return NULL;
    return function->name;
}

static hsa_status_t add_lines(struct loaded *loaded, const struct cairn_obj *obj)
{
    enum cairn_status status = cairn_line_table_create(obj->image, &loaded->lines);
    return status == CAIRN_OK || status == CAIRN_ERR_NOT_FOUND ? HSA_STATUS_SUCCESS
                                                               : cairn_hsa_status(status);
}

static bool line_of(void *user, uint64_t pc, char *text, size_t size)
{
    const struct loaded *loaded = user;
    struct cairn_line_place source;
    uint64_t vaddr = pc - (uintptr_t)loaded->base + loaded->lowest_vaddr;
    if (loaded->lines == NULL || !cairn_line_find(loaded->lines, vaddr, &source))
        return false;
    snprintf(text, size, "%s:%" PRIu32, source.file, source.line);
    return true;
}

/* ---- relocations ---- */

static hsa_status_t resolve(struct loaded *loaded, const struct cairn_obj *obj, uint32_t index,
                            uint64_t *value)
{
    *value = 0;
    if (index == UINT32_MAX)
        return HSA_STATUS_SUCCESS;
    if (index >= obj->symbol_count)
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    const struct cairn_obj_symbol *wanted = &obj->symbols[index];
    const struct symbol *found =
        cairn_hsa_symbol_find_locked(loaded->executable, loaded->agent, wanted->name);
    if (wanted->defined) /* a weak definition gives way to one that was there before */
        *value = wanted->weak && wanted->global && found != NULL ? found->address
                                                                 : place(loaded, wanted->value);
    else if (found != NULL)
        *value = found->address;
    else if (!wanted->weak) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: undefined symbol %s in a code object for %s", wanted->name,
                  loaded->agent != NULL ? loaded->agent->name : "the program");
        return HSA_STATUS_ERROR_VARIABLE_UNDEFINED;
    }
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t relocate_one(struct loaded *loaded, const struct cairn_obj *obj,
                                 const struct cairn_obj_relocation *relocation)
{
    uint64_t value, where = place(loaded, relocation->vaddr);
    hsa_status_t status = resolve(loaded, obj, relocation->symbol, &value);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    value += (uint64_t)relocation->addend;
    size_t size = sizeof(uint32_t);
    switch (relocation->type) {
    case R_AMDGPU_NONE:
        return HSA_STATUS_SUCCESS;
    case R_AMDGPU_ABS32:
    case R_AMDGPU_ABS32_LO:
        break;
    case R_AMDGPU_ABS32_HI:
        value >>= 32;
        break;
    case R_AMDGPU_REL32:
    case R_AMDGPU_REL32_LO:
        value -= where;
        break;
    case R_AMDGPU_REL32_HI:
        value = (value - where) >> 32;
        break;
    case R_AMDGPU_ABS64:
        size = sizeof value;
        break;
    case R_AMDGPU_REL64:
        value -= where;
        size = sizeof value;
        break;
    case R_AMDGPU_RELATIVE64:
        value = place(loaded, (uint64_t)relocation->addend);
        size = sizeof value;
        break;
    default:
        cairn_log(CAIRN_LOG_ERROR, "hsa: relocation type %u at 0x%" PRIx64 " is not supported",
                  relocation->type, relocation->vaddr);
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    }
    if (!is_inside(loaded, relocation->vaddr, size)) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: relocation at 0x%" PRIx64 " is outside of every segment",
                  relocation->vaddr);
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    }
    memcpy((void *)(uintptr_t)where, &value, size); // NOLINT
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t relocate(struct loaded *loaded, const struct cairn_obj *obj)
{
    for (uint32_t i = 0; i < obj->relocation_count; i++) {
        hsa_status_t status = relocate_one(loaded, obj, &obj->relocations[i]);
        if (status != HSA_STATUS_SUCCESS)
            return status;
    }
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t register_code(struct loaded *loaded)
{
    for (uint32_t i = 0; i < loaded->segment_count; i++) {
        struct segment *segment = &loaded->segments[i];
        if (!segment->executable)
            continue;
        if (cairn_code_register(segment->base, segment->size, name_of, loaded, &segment->code) !=
            CAIRN_OK)
            return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
        cairn_code_set_lines(segment->code, line_of);
    }
    return HSA_STATUS_SUCCESS;
}

/* ---- the whole ---- */

void cairn_hsa_loaded_destroy(struct loaded *loaded)
{
    cairn_hsa_debug_remove(loaded);
    for (uint32_t i = 0; i < loaded->segment_count; i++)
        if (loaded->segments[i].code != NULL)
            cairn_code_unregister(loaded->segments[i].code);
    for (uint32_t i = 0; i < loaded->function_count; i++)
        free(loaded->functions[i].name);
    if (loaded->base != NULL)
        (void)!cairn_memory_free(loaded->base);
    cairn_line_table_destroy(loaded->lines);
    free(loaded->functions);
    free(loaded->segments);
    free(loaded->uri);
    free(loaded);
}

/* As AMD's tools expect it: file:// or memory:// with the place of the bytes. */
static char *make_uri(const struct reader *reader)
{
    char path[512], link[64], *uri = NULL;
    if (reader->storage == HSA_VEN_AMD_LOADER_CODE_OBJECT_STORAGE_TYPE_MEMORY) {
        if (asprintf(&uri, "memory://%d#offset=0x%" PRIxPTR "&size=%zu", (int)getpid(),
                     (uintptr_t)reader->bytes.at, reader->bytes.left) < 0)
            return NULL;
        return uri;
    }
    snprintf(link, sizeof link, "/proc/self/fd/%d", reader->file);
    ssize_t length = readlink(link, path, sizeof path - 1);
    path[length > 0 ? length : 0] = '\0';
    if (asprintf(&uri, "file://%s#offset=%" PRIu64 "&size=%zu", path, reader->file_offset,
                 reader->bytes.left) < 0)
        return NULL;
    return uri;
}

/* Symbols of an object whose load failed must not stay; they are the last ones of the list. */
static void drop_symbols(struct executable *executable, const struct loaded *loaded)
{
    for (struct symbol **at = &executable->symbols; *at != NULL;) {
        struct symbol *symbol = *at;
        if (symbol->loaded != loaded) {
            at = &symbol->next;
            continue;
        }
        *at = symbol->next;
        cairn_hsa_symbol_destroy_locked(symbol);
    }
}

static hsa_status_t load_parsed(struct loaded *loaded, const struct cairn_obj *obj)
{
    hsa_status_t status = map_segments(obj, loaded);
    if (status == HSA_STATUS_SUCCESS)
        status = add_symbols(loaded, obj);
    if (status == HSA_STATUS_SUCCESS)
        status = add_functions(loaded, obj);
    if (status == HSA_STATUS_SUCCESS)
        status = add_lines(loaded, obj);
    if (status == HSA_STATUS_SUCCESS)
        status = relocate(loaded, obj);
    if (status == HSA_STATUS_SUCCESS)
        status = register_code(loaded);
    if (status == HSA_STATUS_SUCCESS &&
        cairn_hsa_handle_add(HANDLE_LOADED, (uintptr_t)loaded, loaded) != CAIRN_OK)
        status = HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    if (status != HSA_STATUS_SUCCESS)
        drop_symbols(loaded->executable, loaded);
    return status;
}

static bool has_code(const struct cairn_obj *obj)
{
    for (uint32_t i = 0; i < obj->symbol_count; i++)
        if (obj->symbols[i].defined && (obj->symbols[i].kind == CAIRN_SYMBOL_FUNCTION ||
                                        obj->symbols[i].kind == CAIRN_SYMBOL_KERNEL_DESCRIPTOR))
            return true;
    return false;
}

static bool fits(const struct cairn_obj *obj, const struct agent *agent)
{
    char code[96];
    if (agent == NULL) {
        if (has_code(obj))
            cairn_log(CAIRN_LOG_ERROR, "hsa: a program code object with machine code; load it for "
                                       "an agent");
        return !has_code(obj);
    }
    if (cairn_target_id_fits(&obj->target, &agent->isa->target))
        return true;
    cairn_target_id_format(&obj->target, code, sizeof code);
    cairn_log(CAIRN_LOG_ERROR, "hsa: the code object is for %s, the device is %s", code,
              agent->info->target_id);
    return false;
}

hsa_status_t cairn_hsa_load_locked(struct executable *executable, struct agent *agent,
                                   const struct reader *reader, struct loaded **out)
{
    struct cairn_obj *obj;
    enum cairn_status parsed = cairn_obj_create(reader->bytes, &obj);
    if (parsed != CAIRN_OK)
        return cairn_hsa_status(parsed);
    hsa_status_t status = HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS;
    struct loaded *loaded = NULL;
    if (!fits(obj, agent))
        goto destroy_obj;
    status = HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    loaded = calloc(1, sizeof *loaded);
    if (loaded == NULL)
        goto destroy_obj;
    *loaded = (struct loaded){.executable = executable,
                              .agent = agent,
                              .storage_base = reader->bytes.at,
                              .storage_size = reader->bytes.left,
                              .storage_offset = reader->file_offset,
                              .storage = reader->storage,
                              .file = reader->file,
                              .uri = make_uri(reader)};
    if (loaded->uri != NULL)
        status = load_parsed(loaded, obj);
    if (status != HSA_STATUS_SUCCESS) {
        cairn_hsa_loaded_destroy(loaded);
        goto destroy_obj;
    }
    struct loaded **end = &executable->loaded;
    while (*end != NULL)
        end = &(*end)->next;
    *end = loaded;
    *out = loaded;
destroy_obj:
    cairn_obj_destroy(obj);
    return status;
}
