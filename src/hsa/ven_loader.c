/* SPDX-License-Identifier: MIT
 * AMD's loader extension: from device addresses back to executables and code objects. Loaded code
 * is host memory at the same address, so a device address is its own host address.
 */
#include "loader_priv.h"

#include "info.h"

#include <stdlib.h>

struct executable_list {
    size_t count;
    uint64_t *handles;
};

/* A copy of the handles, so that callbacks run without a lock. The caller frees list.handles. */
static hsa_status_t list_executables(struct executable_list *list)
{
    struct handle_table *table = &cairn_hsa_process.handles;
    pthread_rwlock_rdlock(&table->lock);
    list->count = 0;
    list->handles = malloc((table->used + 1) * sizeof *list->handles);
    for (size_t i = 0; list->handles != NULL && i < table->capacity; i++)
        if (table->slots[i].kind == HANDLE_EXECUTABLE)
            list->handles[list->count++] = table->slots[i].handle;
    pthread_rwlock_unlock(&table->lock);
    return list->handles != NULL ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_OUT_OF_RESOURCES;
}

/* Calls `visit` for each loaded object, with its executable locked, until it returns false. */
static hsa_status_t visit_loaded(bool (*visit)(struct loaded *loaded, void *data), void *data)
{
    struct executable_list list;
    hsa_status_t status = list_executables(&list);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    bool go_on = true;
    for (size_t i = 0; i < list.count && go_on; i++) {
        struct executable *executable =
            cairn_hsa_executable_of((hsa_executable_t){.handle = list.handles[i]});
        if (executable == NULL)
            continue;
        pthread_mutex_lock(&executable->lock);
        for (struct loaded *loaded = executable->loaded; loaded != NULL && go_on;
             loaded = loaded->next)
            go_on = visit(loaded, data);
        pthread_mutex_unlock(&executable->lock);
    }
    free(list.handles);
    return HSA_STATUS_SUCCESS;
}

struct address_search {
    uint64_t address;
    struct executable *found;
};

static bool has_address(struct loaded *loaded, void *data)
{
    struct address_search *search = data;
    if (search->address - (uintptr_t)loaded->base >= loaded->size)
        return true;
    search->found = loaded->executable;
    return false;
}

static struct executable *owner_of(const void *address)
{
    struct address_search search = {.address = (uintptr_t)address};
    if (visit_loaded(has_address, &search) != HSA_STATUS_SUCCESS)
        return NULL;
    return search.found;
}

hsa_status_t hsa_ven_amd_loader_query_host_address(const void *device_address,
                                                   const void **host_address)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (device_address == NULL || host_address == NULL || owner_of(device_address) == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *host_address = device_address;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_ven_amd_loader_query_executable(const void *device_address,
                                                 hsa_executable_t *executable)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (device_address == NULL || executable == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    const struct executable *found = owner_of(device_address);
    if (found == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *executable = cairn_hsa_executable_handle(found);
    return HSA_STATUS_SUCCESS;
}

struct descriptor_fill {
    hsa_ven_amd_loader_segment_descriptor_t *rows; /* NULL: only count */
    size_t room, count;
};

static bool add_descriptors(struct loaded *loaded, void *data)
{
    struct descriptor_fill *fill = data;
    for (uint32_t i = 0; i < loaded->segment_count; i++, fill->count++) {
        if (fill->rows == NULL || fill->count >= fill->room)
            continue;
        fill->rows[fill->count] = (hsa_ven_amd_loader_segment_descriptor_t){
            .agent = cairn_hsa_agent_handle(loaded->agent),
            .executable = cairn_hsa_executable_handle(loaded->executable),
            .code_object_storage_type = loaded->storage,
            .code_object_storage_base = loaded->storage_base,
            .code_object_storage_size = loaded->storage_size,
            .code_object_storage_offset = loaded->segments[i].storage_offset,
            .segment_base = (const void *)(uintptr_t)loaded->segments[i].base, // NOLINT
            .segment_size = loaded->segments[i].size};
    }
    return true;
}

hsa_status_t hsa_ven_amd_loader_query_segment_descriptors(
    hsa_ven_amd_loader_segment_descriptor_t *segment_descriptors, size_t *num_segment_descriptors)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (num_segment_descriptors == NULL ||
        (segment_descriptors == NULL) != (*num_segment_descriptors == 0))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    struct descriptor_fill fill = {.rows = segment_descriptors, .room = *num_segment_descriptors};
    hsa_status_t status = visit_loaded(add_descriptors, &fill);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (segment_descriptors != NULL && fill.count != fill.room)
        return HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS;
    *num_segment_descriptors = fill.count;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_ven_amd_loader_iterate_executables(hsa_status_t (*callback)(hsa_executable_t,
                                                                             void *),
                                                    void *data)
{
    struct executable_list list;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    hsa_status_t status = list_executables(&list);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    for (size_t i = 0; i < list.count && status == HSA_STATUS_SUCCESS; i++)
        status = callback((hsa_executable_t){.handle = list.handles[i]}, data);
    free(list.handles);
    return status;
}

hsa_status_t hsa_ven_amd_loader_executable_iterate_loaded_code_objects(
    hsa_executable_t handle,
    hsa_status_t (*callback)(hsa_executable_t, hsa_loaded_code_object_t, void *), void *data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct executable *executable = cairn_hsa_executable_of(handle);
    if (executable == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    pthread_mutex_lock(&executable->lock);
    const struct loaded *loaded = executable->loaded;
    pthread_mutex_unlock(&executable->lock);
    while (loaded != NULL) {
        hsa_status_t status =
            callback(handle, (hsa_loaded_code_object_t){.handle = (uintptr_t)loaded}, data);
        if (status != HSA_STATUS_SUCCESS)
            return status;
        pthread_mutex_lock(&executable->lock);
        loaded = loaded->next;
        pthread_mutex_unlock(&executable->lock);
    }
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_ven_amd_loader_loaded_code_object_get_info(
    hsa_loaded_code_object_t handle, hsa_ven_amd_loader_loaded_code_object_info_t attribute,
    void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct loaded *loaded = cairn_hsa_handle_find(HANDLE_LOADED, handle.handle);
    if (loaded == NULL)
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    bool in_memory = loaded->storage == HSA_VEN_AMD_LOADER_CODE_OBJECT_STORAGE_TYPE_MEMORY;
    switch (attribute) {
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_EXECUTABLE:
        return info_u64(value, (uintptr_t)loaded->executable);
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_KIND:
        return info_u32(value, loaded->agent != NULL
                                   ? HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_KIND_AGENT
                                   : HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_KIND_PROGRAM);
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_AGENT:
        return info_u64(value, cairn_hsa_agent_handle(loaded->agent).handle);
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_TYPE:
        return info_u32(value, loaded->storage);
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_MEMORY_BASE:
        return in_memory ? info_u64(value, (uintptr_t)loaded->storage_base)
                         : HSA_STATUS_ERROR_INVALID_ARGUMENT;
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_MEMORY_SIZE:
        return in_memory ? info_u64(value, loaded->storage_size)
                         : HSA_STATUS_ERROR_INVALID_ARGUMENT;
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_FILE:
        return in_memory ? HSA_STATUS_ERROR_INVALID_ARGUMENT
                         : info_u32(value, (uint32_t)loaded->file);
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_DELTA:
        return info_u64(value, (uintptr_t)loaded->base - loaded->lowest_vaddr);
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_BASE:
        return info_u64(value, (uintptr_t)loaded->base);
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_SIZE:
        return info_u64(value, loaded->size);
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_URI_LENGTH:
        return info_u32(value, (uint32_t)strlen(loaded->uri));
    case HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_URI:
        return info_bytes(value, loaded->uri, strlen(loaded->uri));
    }
    return HSA_STATUS_ERROR_INVALID_ARGUMENT;
}
