/* SPDX-License-Identifier: MIT
 * Code objects as HSA 1.0 had them, in memory of the runtime (HSA Runtime 1.2, 2.8, the deprecated
 * part): deserialized from bytes, asked for symbols, serialized again, loaded into executables. The
 * bytes are those that readers take; what is loaded does not need the code object any more.
 */
#include "loader_priv.h"

#include "info.h"

#include <stdlib.h>

struct code_symbol {
    const struct cairn_obj_symbol *symbol;
    const struct cairn_kernel_info *kernel; /* NULL: a variable, or a kernel without metadata */
    const struct code_object *object;
};

struct code_object {
    void *bytes; /* owned */
    struct cairn_obj *obj;
    uint32_t symbol_count;
    struct code_symbol *symbols; /* definitions of kernels and variables */
};

static struct code_object *code_object_of(hsa_code_object_t handle)
{
    return cairn_hsa_handle_find(HANDLE_CODE_OBJECT, handle.handle);
}

/* ---- life ---- */

static void code_object_free(struct code_object *object)
{
    for (uint32_t i = 0; i < object->symbol_count; i++)
        cairn_hsa_handle_remove(HANDLE_CODE_SYMBOL, (uintptr_t)&object->symbols[i]);
    cairn_obj_destroy(object->obj);
    free(object->symbols);
    free(object->bytes);
    free(object);
}

static bool list_symbols(struct code_object *object)
{
    const struct cairn_obj *obj = object->obj;
    object->symbols = calloc((size_t)obj->symbol_count + 1, sizeof *object->symbols);
    if (object->symbols == NULL)
        return false;
    for (uint32_t i = 0; i < obj->symbol_count; i++) {
        const struct cairn_obj_symbol *from = &obj->symbols[i];
        bool kernel = from->kind == CAIRN_SYMBOL_KERNEL_DESCRIPTOR;
        if (!from->defined || (!kernel && from->kind != CAIRN_SYMBOL_OBJECT))
            continue;
        struct code_symbol *to = &object->symbols[object->symbol_count];
        *to = (struct code_symbol){from, kernel ? cairn_obj_find_kernel(obj, from->name) : NULL,
                                   object};
        if (cairn_hsa_handle_add(HANDLE_CODE_SYMBOL, (uintptr_t)to, to) != CAIRN_OK)
            return false;
        object->symbol_count++;
    }
    return true;
}

static hsa_status_t parse(struct code_object *object, const void *bytes, size_t size)
{
    object->bytes = malloc(size);
    if (object->bytes == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    memcpy(object->bytes, bytes, size);
    enum cairn_status status = cairn_obj_create(cairn_bytes_of(object->bytes, size), &object->obj);
    if (status != CAIRN_OK)
        return cairn_hsa_status(status);
    if (!list_symbols(object) ||
        cairn_hsa_handle_add(HANDLE_CODE_OBJECT, (uintptr_t)object, object) != CAIRN_OK)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_code_object_deserialize(void *serialized_code_object,
                                         size_t serialized_code_object_size, const char *options,
                                         hsa_code_object_t *code_object)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (serialized_code_object == NULL || serialized_code_object_size == 0 || code_object == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct code_object *object = calloc(1, sizeof *object);
    if (object == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    hsa_status_t status = parse(object, serialized_code_object, serialized_code_object_size);
    if (status == HSA_STATUS_SUCCESS)
        code_object->handle = (uintptr_t)object;
    else
        code_object_free(object);
    return status;
}

hsa_status_t hsa_code_object_destroy(hsa_code_object_t code_object)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct code_object *object = cairn_hsa_handle_remove(HANDLE_CODE_OBJECT, code_object.handle);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    code_object_free(object);
    return HSA_STATUS_SUCCESS;
}

void cairn_hsa_code_objects_destroy(void)
{
    uint64_t handle;
    while (cairn_hsa_handle_any(HANDLE_CODE_OBJECT, &handle) != NULL)
        code_object_free(cairn_hsa_handle_remove(HANDLE_CODE_OBJECT, handle));
}

hsa_status_t
hsa_code_object_serialize(hsa_code_object_t code_object,
                          hsa_status_t (*alloc_callback)(size_t, hsa_callback_data_t, void **),
                          hsa_callback_data_t callback_data, const char *options,
                          void **serialized_code_object, size_t *serialized_code_object_size)
{
    void *room = NULL;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct code_object *object = code_object_of(code_object);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    if (alloc_callback == NULL || serialized_code_object == NULL ||
        serialized_code_object_size == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct cairn_bytes image = object->obj->image;
    hsa_status_t status = alloc_callback(image.left, callback_data, &room);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (room == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    memcpy(room, image.at, image.left);
    *serialized_code_object = room;
    *serialized_code_object_size = image.left;
    return HSA_STATUS_SUCCESS;
}

/* ---- attributes ---- */

static hsa_status_t isa_info(const struct code_object *object, void *value)
{
    char name[ISA_NAME_BYTES] = "amdgcn-amd-amdhsa--";
    size_t prefix = strlen(name);
    cairn_target_id_format(&object->obj->target, name + prefix, sizeof name - prefix);
    const struct isa *isa = cairn_hsa_isa_intern(name);
    if (isa == NULL) /* of a chip that is not in our table */
        return HSA_STATUS_ERROR_INVALID_ISA;
    return info_u64(value, (uintptr_t)isa);
}

hsa_status_t hsa_code_object_get_info(hsa_code_object_t code_object,
                                      hsa_code_object_info_t attribute, void *value)
{
    char version[64];
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct code_object *object = code_object_of(code_object);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    switch (attribute) {
    case HSA_CODE_OBJECT_INFO_VERSION:
        snprintf(version, sizeof version, "%u.0", object->obj->abi_version);
        return info_text(value, sizeof version, version);
    case HSA_CODE_OBJECT_INFO_TYPE:
        return info_u32(value, HSA_CODE_OBJECT_TYPE_PROGRAM);
    case HSA_CODE_OBJECT_INFO_ISA:
        return isa_info(object, value);
    case HSA_CODE_OBJECT_INFO_MACHINE_MODEL:
        return info_u32(value, HSA_MACHINE_MODEL_LARGE);
    case HSA_CODE_OBJECT_INFO_PROFILE:
        return info_u32(value, HSA_PROFILE_FULL);
    case HSA_CODE_OBJECT_INFO_DEFAULT_FLOAT_ROUNDING_MODE:
        return info_u32(value, HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR);
    }
    return HSA_STATUS_ERROR_INVALID_ARGUMENT;
}

/* ---- symbols ---- */

hsa_status_t hsa_code_object_get_symbol(hsa_code_object_t code_object, const char *symbol_name,
                                        hsa_code_symbol_t *symbol)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct code_object *object = code_object_of(code_object);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    if (symbol_name == NULL || symbol == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (uint32_t i = 0; i < object->symbol_count; i++)
        if (strcmp(object->symbols[i].symbol->name, symbol_name) == 0) {
            symbol->handle = (uintptr_t)&object->symbols[i];
            return HSA_STATUS_SUCCESS;
        }
    return HSA_STATUS_ERROR_INVALID_SYMBOL_NAME;
}

/* Symbols of AMDGPU code objects belong to no module. */
hsa_status_t hsa_code_object_get_symbol_from_name(hsa_code_object_t code_object,
                                                  const char *module_name, const char *symbol_name,
                                                  hsa_code_symbol_t *symbol)
{
    if (cairn_hsa_is_open() && code_object_of(code_object) != NULL && module_name != NULL &&
        module_name[0] != '\0')
        return HSA_STATUS_ERROR_INVALID_SYMBOL_NAME;
    return hsa_code_object_get_symbol(code_object, symbol_name, symbol);
}

hsa_status_t hsa_code_object_iterate_symbols(hsa_code_object_t code_object,
                                             hsa_status_t (*callback)(hsa_code_object_t,
                                                                      hsa_code_symbol_t, void *),
                                             void *data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct code_object *object = code_object_of(code_object);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (uint32_t i = 0; i < object->symbol_count; i++) {
        hsa_code_symbol_t symbol = {.handle = (uintptr_t)&object->symbols[i]};
        hsa_status_t status = callback(code_object, symbol, data);
        if (status != HSA_STATUS_SUCCESS)
            return status;
    }
    return HSA_STATUS_SUCCESS;
}

static const struct cairn_obj_segment *segment_of(const struct code_symbol *symbol)
{
    const struct cairn_obj *obj = symbol->object->obj;
    for (uint32_t i = 0; i < obj->segment_count; i++)
        if (symbol->symbol->value - obj->segments[i].vaddr < obj->segments[i].memory_size)
            return &obj->segments[i];
    return NULL;
}

static hsa_status_t variable_info(const struct code_symbol *symbol, uint32_t attribute, void *value)
{
    const struct cairn_obj_segment *segment = segment_of(symbol);
    uint64_t address = symbol->symbol->value;
    switch (attribute) {
    case HSA_CODE_SYMBOL_INFO_VARIABLE_ALLOCATION:
        return info_u32(value, HSA_VARIABLE_ALLOCATION_AGENT);
    case HSA_CODE_SYMBOL_INFO_VARIABLE_SEGMENT:
        return info_u32(value, HSA_VARIABLE_SEGMENT_GLOBAL);
    case HSA_CODE_SYMBOL_INFO_VARIABLE_ALIGNMENT:
        return info_u32(value, (uint32_t)(address & -address & 0xffff));
    case HSA_CODE_SYMBOL_INFO_VARIABLE_SIZE:
        return info_u32(value, (uint32_t)symbol->symbol->size);
    case HSA_CODE_SYMBOL_INFO_VARIABLE_IS_CONST:
        return info_bool(value, segment != NULL && !segment->writable);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

/* Zeros if it is not in the file's bytes. */
static struct cairn_kernel_descriptor read_descriptor(const struct code_symbol *symbol)
{
    struct cairn_kernel_descriptor descriptor = {0};
    struct cairn_bytes bytes;
    const struct cairn_obj_segment *segment = segment_of(symbol);
    if (segment != NULL &&
        cairn_bytes_slice(symbol->object->obj->image,
                          segment->file_offset + (symbol->symbol->value - segment->vaddr),
                          sizeof descriptor, &bytes) == CAIRN_OK)
        memcpy(&descriptor, bytes.at, sizeof descriptor);
    return descriptor;
}

static hsa_status_t kernel_info(const struct code_symbol *symbol, uint32_t attribute, void *value)
{
    struct cairn_kernel_descriptor descriptor = read_descriptor(symbol);
    const struct cairn_kernel_info *kernel = symbol->kernel;
    uint32_t align = kernel != NULL && kernel->kernarg_align > 16 ? kernel->kernarg_align : 16;
    bool wave32 = (descriptor.kernel_code_properties >> 10 & 1) != 0;
    switch (attribute) {
    case HSA_CODE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE:
        return info_u32(value, kernel != NULL ? kernel->kernarg_size : descriptor.kernarg_size);
    case HSA_CODE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT:
        return info_u32(value, align);
    case HSA_CODE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE:
        return info_u32(value, descriptor.group_segment_fixed_size);
    case HSA_CODE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE:
        return info_u32(value, descriptor.private_segment_fixed_size);
    case HSA_CODE_SYMBOL_INFO_KERNEL_DYNAMIC_CALLSTACK:
        return info_bool(value, (descriptor.kernel_code_properties >> 11 & 1) != 0 ||
                                    (kernel != NULL && kernel->uses_dynamic_stack));
    case HSA_CODE_SYMBOL_INFO_KERNEL_CALL_CONVENTION:
        return info_u32(value, 0);
    case HSA_CODE_SYMBOL_INFO_KERNEL_WAVEFRONT_SIZE:
        return info_u32(value, wave32 ? 32 : 64);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

hsa_status_t hsa_code_symbol_get_info(hsa_code_symbol_t code_symbol,
                                      hsa_code_symbol_info_t attribute, void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct code_symbol *symbol =
        cairn_hsa_handle_find(HANDLE_CODE_SYMBOL, code_symbol.handle);
    if (symbol == NULL)
        return HSA_STATUS_ERROR_INVALID_CODE_SYMBOL;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    bool kernel = symbol->symbol->kind == CAIRN_SYMBOL_KERNEL_DESCRIPTOR;
    const char *name = symbol->symbol->name;
    switch ((uint32_t)attribute) {
    case HSA_CODE_SYMBOL_INFO_TYPE:
        return info_u32(value, kernel ? HSA_SYMBOL_KIND_KERNEL : HSA_SYMBOL_KIND_VARIABLE);
    case HSA_CODE_SYMBOL_INFO_NAME_LENGTH:
        return info_u32(value, (uint32_t)strlen(name));
    case HSA_CODE_SYMBOL_INFO_NAME: /* no terminating zero, as for executable symbols */
        return info_bytes(value, name, strlen(name));
    case HSA_CODE_SYMBOL_INFO_MODULE_NAME_LENGTH:
        return info_u32(value, 0);
    case HSA_CODE_SYMBOL_INFO_MODULE_NAME:
        return HSA_STATUS_SUCCESS;
    case HSA_CODE_SYMBOL_INFO_LINKAGE:
        return info_u32(value, symbol->symbol->global ? HSA_SYMBOL_LINKAGE_PROGRAM
                                                      : HSA_SYMBOL_LINKAGE_MODULE);
    case HSA_CODE_SYMBOL_INFO_IS_DEFINITION:
        return info_bool(value, true);
    default:
        return kernel ? kernel_info(symbol, (uint32_t)attribute, value)
                      : variable_info(symbol, (uint32_t)attribute, value);
    }
}

/* ---- loading ---- */

hsa_status_t hsa_executable_load_code_object(hsa_executable_t executable, hsa_agent_t agent,
                                             hsa_code_object_t code_object, const char *options)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (cairn_hsa_executable_of(executable) == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    struct agent *object_agent = cairn_hsa_agent_of(agent);
    if (object_agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    const struct code_object *object = code_object_of(code_object);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    const struct reader reader = {.bytes = object->obj->image,
                                  .storage = HSA_VEN_AMD_LOADER_CODE_OBJECT_STORAGE_TYPE_MEMORY,
                                  .file = -1};
    return cairn_hsa_executable_load(executable, object_agent, &reader, NULL);
}
