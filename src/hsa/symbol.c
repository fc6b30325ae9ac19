/* SPDX-License-Identifier: MIT
 * Executable symbols: creation, look-up by name, and their attributes.
 */
#include "loader_priv.h"

#include "info.h"

#include <stdlib.h>

enum { FIRST_BUCKETS = 64 };

/* FNV-1a. */
static size_t hash(const char *name)
{
    uint64_t value = UINT64_C(0xcbf29ce484222325);
    for (; *name != '\0'; name++)
        value = (value ^ (uint8_t)*name) * UINT64_C(0x100000001b3);
    return (size_t)(value ^ value >> 32);
}

static struct symbol **bucket_of(const struct executable *executable, const char *name)
{
    return &executable->buckets[hash(name) & (executable->bucket_count - 1)];
}

/* Twice the buckets when there is a symbol for each; the old index stays if there is no memory. */
static bool grow_index_locked(struct executable *executable)
{
    size_t count = executable->bucket_count == 0 ? FIRST_BUCKETS : executable->bucket_count * 2;
    struct executable bigger = {.bucket_count = count, .buckets = calloc(count, sizeof(void *))};
    if (bigger.buckets == NULL)
        return executable->bucket_count != 0;
    for (size_t i = 0; i < executable->bucket_count; i++)
        for (struct symbol *symbol = executable->buckets[i], *next; symbol != NULL; symbol = next) {
            struct symbol **bucket = bucket_of(&bigger, symbol->name);
            next = symbol->next_of_hash;
            symbol->next_of_hash = *bucket;
            *bucket = symbol;
        }
    free(executable->buckets);
    executable->buckets = bigger.buckets;
    executable->bucket_count = count;
    return true;
}

struct symbol *cairn_hsa_symbol_create_locked(struct executable *executable, const char *name)
{
    if (executable->symbol_count >= executable->bucket_count && !grow_index_locked(executable))
        return NULL;
    struct symbol *symbol = calloc(1, sizeof *symbol);
    if (symbol == NULL)
        return NULL;
    symbol->executable = executable;
    symbol->name = strdup(name);
    if (symbol->name == NULL ||
        cairn_hsa_handle_add(HANDLE_SYMBOL, (uintptr_t)symbol, symbol) != CAIRN_OK) {
        free(symbol->name);
        free(symbol);
        return NULL;
    }
    struct symbol **bucket = bucket_of(executable, name);
    symbol->next_of_hash = *bucket;
    *bucket = symbol;
    executable->symbol_count++;
    return symbol;
}

void cairn_hsa_symbol_destroy_locked(struct symbol *symbol)
{
    struct executable *executable = symbol->executable;
    struct symbol **at = bucket_of(executable, symbol->name);
    while (*at != symbol)
        at = &(*at)->next_of_hash;
    *at = symbol->next_of_hash;
    executable->symbol_count--;
    cairn_hsa_handle_remove(HANDLE_SYMBOL, (uintptr_t)symbol);
    free(symbol->name);
    free(symbol);
}

struct symbol *cairn_hsa_symbol_find_locked(const struct executable *executable,
                                            const struct agent *agent, const char *name)
{
    if (executable->bucket_count == 0)
        return NULL;
    struct symbol *symbol = *bucket_of(executable, name);
    for (; symbol != NULL; symbol = symbol->next_of_hash)
        if ((symbol->agent == NULL || symbol->agent == agent) && strcmp(symbol->name, name) == 0)
            return symbol;
    return NULL;
}

static hsa_status_t find(hsa_executable_t handle, const char *name, const struct agent *agent,
                         hsa_executable_symbol_t *out)
{
    struct executable *executable = cairn_hsa_executable_of(handle);
    if (executable == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    pthread_mutex_lock(&executable->lock);
    struct symbol *symbol = cairn_hsa_symbol_find_locked(executable, agent, name);
    pthread_mutex_unlock(&executable->lock);
    if (symbol == NULL)
        return HSA_STATUS_ERROR_INVALID_SYMBOL_NAME;
    out->handle = (uintptr_t)symbol;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_executable_get_symbol_by_name(hsa_executable_t executable, const char *symbol_name,
                                               const hsa_agent_t *agent,
                                               hsa_executable_symbol_t *symbol)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (symbol_name == NULL || symbol == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    const struct agent *object = agent != NULL ? cairn_hsa_agent_of(*agent) : NULL;
    if (agent != NULL && object == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    return find(executable, symbol_name, object, symbol);
}

hsa_status_t hsa_executable_get_symbol(hsa_executable_t executable, const char *module_name,
                                       const char *symbol_name, hsa_agent_t agent,
                                       int32_t call_convention, hsa_executable_symbol_t *symbol)
{
    if (module_name != NULL && module_name[0] != '\0')
        return HSA_STATUS_ERROR_INVALID_SYMBOL_NAME;
    return hsa_executable_get_symbol_by_name(executable, symbol_name,
                                             agent.handle != 0 ? &agent : NULL, symbol);
}

/* ---- attributes ---- */

static hsa_status_t variable_info(const struct symbol *symbol, uint32_t attribute, void *value)
{
    switch (attribute) {
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS:
        return info_u64(value, symbol->address);
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE:
        return info_u32(value, (uint32_t)symbol->size);
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALIGNMENT:
        return info_u32(value, symbol->alignment);
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALLOCATION:
        return info_u32(value, symbol->agent != NULL ? HSA_VARIABLE_ALLOCATION_AGENT
                                                     : HSA_VARIABLE_ALLOCATION_PROGRAM);
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SEGMENT:
        return info_u32(value, HSA_VARIABLE_SEGMENT_GLOBAL);
    case HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_IS_CONST:
        return info_bool(value, symbol->is_const);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

static hsa_status_t kernel_info(const struct symbol *symbol, uint32_t attribute, void *value)
{
    switch (attribute) {
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT:
        return info_u64(value, symbol->address);
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE:
        return info_u32(value, symbol->kernarg_size);
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT:
        return info_u32(value, symbol->kernarg_align);
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE:
        return info_u32(value, symbol->group_size);
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE:
        return info_u32(value, symbol->private_size);
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_DYNAMIC_CALLSTACK:
        return info_bool(value, symbol->dynamic_stack);
    case HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_CALL_CONVENTION:
        return info_u32(value, 0);
    default:
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
}

hsa_status_t hsa_executable_symbol_get_info(hsa_executable_symbol_t executable_symbol,
                                            hsa_executable_symbol_info_t attribute, void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct symbol *symbol = cairn_hsa_handle_find(HANDLE_SYMBOL, executable_symbol.handle);
    if (symbol == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE_SYMBOL;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    switch ((uint32_t)attribute) {
    case HSA_EXECUTABLE_SYMBOL_INFO_TYPE:
        return info_u32(value, symbol->kind);
    case HSA_EXECUTABLE_SYMBOL_INFO_NAME_LENGTH:
        return info_u32(value, (uint32_t)strlen(symbol->name));
    case HSA_EXECUTABLE_SYMBOL_INFO_NAME: /* no terminating zero, as the specification has it */
        return info_bytes(value, symbol->name, strlen(symbol->name));
    case HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME_LENGTH:
        return info_u32(value, 0);
    case HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME:
        return HSA_STATUS_SUCCESS;
    case HSA_EXECUTABLE_SYMBOL_INFO_AGENT:
        return info_u64(value, cairn_hsa_agent_handle(symbol->agent).handle);
    case HSA_EXECUTABLE_SYMBOL_INFO_LINKAGE:
        return info_u32(value,
                        symbol->is_global ? HSA_SYMBOL_LINKAGE_PROGRAM : HSA_SYMBOL_LINKAGE_MODULE);
    case HSA_EXECUTABLE_SYMBOL_INFO_IS_DEFINITION:
        return info_bool(value, symbol->is_definition);
    default:
        return symbol->kind == HSA_SYMBOL_KIND_KERNEL
                   ? kernel_info(symbol, (uint32_t)attribute, value)
                   : variable_info(symbol, (uint32_t)attribute, value);
    }
}
