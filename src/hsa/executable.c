/* SPDX-License-Identifier: MIT
 * Executables: life, variables defined from outside, loading, freezing, and iteration of symbols.
 */
#include "loader_priv.h"

#include "base/log.h"
#include "info.h"

#include <stdlib.h>

struct executable *cairn_hsa_executable_of(hsa_executable_t handle)
{
    return cairn_hsa_handle_find(HANDLE_EXECUTABLE, handle.handle);
}

/* ---- life ---- */

static hsa_status_t create(hsa_profile_t profile, hsa_default_float_rounding_mode_t rounding,
                           hsa_executable_state_t state, hsa_executable_t *out)
{
    struct executable *executable = calloc(1, sizeof *executable);
    if (executable == NULL)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    pthread_mutex_init(&executable->lock, NULL);
    executable->state = state;
    executable->profile = profile;
    executable->rounding = rounding;
    if (cairn_hsa_handle_add(HANDLE_EXECUTABLE, (uintptr_t)executable, executable) != CAIRN_OK) {
        free(executable);
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    *out = cairn_hsa_executable_handle(executable);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t
hsa_executable_create_alt(hsa_profile_t profile,
                          hsa_default_float_rounding_mode_t default_float_rounding_mode,
                          const char *options, hsa_executable_t *executable)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if ((unsigned)profile > HSA_PROFILE_FULL || executable == NULL ||
        (unsigned)default_float_rounding_mode > HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return create(profile, default_float_rounding_mode, HSA_EXECUTABLE_STATE_UNFROZEN, executable);
}

hsa_status_t hsa_executable_create(hsa_profile_t profile, hsa_executable_state_t executable_state,
                                   const char *options, hsa_executable_t *executable)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if ((unsigned)profile > HSA_PROFILE_FULL || executable == NULL ||
        (unsigned)executable_state > HSA_EXECUTABLE_STATE_FROZEN)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return create(profile, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, executable_state, executable);
}

static void executable_free(struct executable *executable)
{
    while (executable->symbols != NULL) {
        struct symbol *next = executable->symbols->next;
        cairn_hsa_symbol_destroy_locked(executable->symbols);
        executable->symbols = next;
    }
    while (executable->loaded != NULL) {
        struct loaded *next = executable->loaded->next;
        cairn_hsa_handle_remove(HANDLE_LOADED, (uintptr_t)executable->loaded);
        cairn_hsa_loaded_destroy(executable->loaded);
        executable->loaded = next;
    }
    free(executable->buckets);
    pthread_mutex_destroy(&executable->lock);
    free(executable);
}

hsa_status_t hsa_executable_destroy(hsa_executable_t handle)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct executable *executable = cairn_hsa_handle_remove(HANDLE_EXECUTABLE, handle.handle);
    if (executable == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    executable_free(executable);
    return HSA_STATUS_SUCCESS;
}

void cairn_hsa_executables_destroy(void)
{
    uint64_t handle;
    while (cairn_hsa_handle_any(HANDLE_EXECUTABLE, &handle) != NULL)
        executable_free(cairn_hsa_handle_remove(HANDLE_EXECUTABLE, handle));
}

/* ---- variables from outside ---- */

static hsa_status_t define(hsa_executable_t handle, struct agent *agent, const char *name,
                           void *address, bool is_const)
{
    struct executable *executable = cairn_hsa_executable_of(handle);
    hsa_status_t status = HSA_STATUS_ERROR_FROZEN_EXECUTABLE;
    if (executable == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    if (name == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    pthread_mutex_lock(&executable->lock);
    if (executable->state == HSA_EXECUTABLE_STATE_FROZEN)
        goto unlock;
    status = HSA_STATUS_ERROR_VARIABLE_ALREADY_DEFINED;
    if (cairn_hsa_symbol_find_locked(executable, agent, name) != NULL)
        goto unlock;
    status = HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    struct symbol *symbol = cairn_hsa_symbol_create_locked(executable, name);
    if (symbol == NULL)
        goto unlock;
    symbol->agent = agent;
    symbol->kind = HSA_SYMBOL_KIND_VARIABLE;
    symbol->address = (uintptr_t)address;
    symbol->is_global = true;
    symbol->is_const = is_const;
    symbol->next = executable->symbols;
    executable->symbols = symbol;
    status = HSA_STATUS_SUCCESS;
unlock:
    pthread_mutex_unlock(&executable->lock);
    return status;
}

hsa_status_t hsa_executable_global_variable_define(hsa_executable_t executable,
                                                   const char *variable_name, void *address)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    return define(executable, NULL, variable_name, address, false);
}

hsa_status_t hsa_executable_agent_global_variable_define(hsa_executable_t executable,
                                                         hsa_agent_t agent,
                                                         const char *variable_name, void *address)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct agent *object = cairn_hsa_agent_of(agent);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    return define(executable, object, variable_name, address, false);
}

hsa_status_t hsa_executable_readonly_variable_define(hsa_executable_t executable, hsa_agent_t agent,
                                                     const char *variable_name, void *address)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct agent *object = cairn_hsa_agent_of(agent);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    return define(executable, object, variable_name, address, true);
}

/* ---- loading and freezing ---- */

hsa_status_t cairn_hsa_executable_load(hsa_executable_t handle, struct agent *agent,
                                       const struct reader *reader, hsa_loaded_code_object_t *out)
{
    struct loaded *loaded;
    hsa_status_t status = HSA_STATUS_ERROR_FROZEN_EXECUTABLE;
    struct executable *executable = cairn_hsa_executable_of(handle);
    if (executable == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    if (agent != NULL && !agent->is_gpu)
        return HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS;
    pthread_mutex_lock(&executable->lock);
    if (executable->state == HSA_EXECUTABLE_STATE_UNFROZEN)
        status = cairn_hsa_load_locked(executable, agent, reader, &loaded);
    pthread_mutex_unlock(&executable->lock);
    if (status == HSA_STATUS_SUCCESS && out != NULL)
        out->handle = (uintptr_t)loaded;
    return status;
}

hsa_status_t hsa_executable_load_agent_code_object(hsa_executable_t handle,
                                                   hsa_agent_t agent_handle,
                                                   hsa_code_object_reader_t reader_handle,
                                                   const char *options,
                                                   hsa_loaded_code_object_t *loaded_code_object)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (cairn_hsa_executable_of(handle) == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    struct agent *agent = cairn_hsa_agent_of(agent_handle);
    if (agent == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    const struct reader *reader = cairn_hsa_handle_find(HANDLE_READER, reader_handle.handle);
    if (reader == NULL)
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER;
    return cairn_hsa_executable_load(handle, agent, reader, loaded_code_object);
}

/* For variables in program allocation; machine code is an agent's. */
hsa_status_t hsa_executable_load_program_code_object(hsa_executable_t handle,
                                                     hsa_code_object_reader_t reader_handle,
                                                     const char *options,
                                                     hsa_loaded_code_object_t *loaded_code_object)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (cairn_hsa_executable_of(handle) == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    const struct reader *reader = cairn_hsa_handle_find(HANDLE_READER, reader_handle.handle);
    if (reader == NULL)
        return HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER;
    return cairn_hsa_executable_load(handle, NULL, reader, loaded_code_object);
}

hsa_status_t hsa_executable_freeze(hsa_executable_t handle, const char *options)
{
    hsa_status_t status = HSA_STATUS_ERROR_FROZEN_EXECUTABLE;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct executable *executable = cairn_hsa_executable_of(handle);
    if (executable == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    pthread_mutex_lock(&executable->lock);
    if (executable->state == HSA_EXECUTABLE_STATE_UNFROZEN) {
        executable->state = HSA_EXECUTABLE_STATE_FROZEN;
        cairn_hsa_debug_add(executable->loaded);
        status = HSA_STATUS_SUCCESS;
    }
    pthread_mutex_unlock(&executable->lock);
    return status;
}

hsa_status_t hsa_executable_get_info(hsa_executable_t handle, hsa_executable_info_t attribute,
                                     void *value)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    struct executable *executable = cairn_hsa_executable_of(handle);
    if (executable == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    if (value == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    switch (attribute) {
    case HSA_EXECUTABLE_INFO_PROFILE:
        return info_u32(value, executable->profile);
    case HSA_EXECUTABLE_INFO_STATE:
        return info_u32(value, executable->state);
    case HSA_EXECUTABLE_INFO_DEFAULT_FLOAT_ROUNDING_MODE:
        return info_u32(value, executable->rounding);
    }
    return HSA_STATUS_ERROR_INVALID_ARGUMENT;
}

/* Loading checks everything already, so what is loaded is valid. */
hsa_status_t hsa_executable_validate_alt(hsa_executable_t handle, const char *options,
                                         uint32_t *result)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (cairn_hsa_executable_of(handle) == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    if (result == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    *result = 0;
    return HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_executable_validate(hsa_executable_t executable, uint32_t *result)
{
    return hsa_executable_validate_alt(executable, NULL, result);
}

/* ---- iteration: the callback may call back into the library, so no lock is held ---- */

typedef hsa_status_t (*symbol_visitor)(const struct symbol *symbol, void *data);

static hsa_status_t visit_symbols(hsa_executable_t handle, symbol_visitor visit, void *data)
{
    struct executable *executable = cairn_hsa_executable_of(handle);
    if (executable == NULL)
        return HSA_STATUS_ERROR_INVALID_EXECUTABLE;
    pthread_mutex_lock(&executable->lock);
    const struct symbol *symbol = executable->symbols;
    pthread_mutex_unlock(&executable->lock);
    while (symbol != NULL) {
        hsa_status_t status = visit(symbol, data);
        if (status != HSA_STATUS_SUCCESS)
            return status;
        pthread_mutex_lock(&executable->lock);
        symbol = symbol->next;
        pthread_mutex_unlock(&executable->lock);
    }
    return HSA_STATUS_SUCCESS;
}

struct all_call {
    hsa_status_t (*callback)(hsa_executable_t, hsa_executable_symbol_t, void *);
    void *data;
    bool program_only;
};

static hsa_status_t call_all(const struct symbol *symbol, void *data)
{
    const struct all_call *call = data;
    if (call->program_only && symbol->agent != NULL)
        return HSA_STATUS_SUCCESS;
    return call->callback(cairn_hsa_executable_handle(symbol->executable),
                          (hsa_executable_symbol_t){.handle = (uintptr_t)symbol}, call->data);
}

hsa_status_t hsa_executable_iterate_symbols(
    hsa_executable_t executable,
    hsa_status_t (*callback)(hsa_executable_t, hsa_executable_symbol_t, void *), void *data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return visit_symbols(executable, call_all, &(struct all_call){callback, data, false});
}

hsa_status_t hsa_executable_iterate_program_symbols(
    hsa_executable_t executable,
    hsa_status_t (*callback)(hsa_executable_t, hsa_executable_symbol_t, void *), void *data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return visit_symbols(executable, call_all, &(struct all_call){callback, data, true});
}

struct agent_call {
    hsa_status_t (*callback)(hsa_executable_t, hsa_agent_t, hsa_executable_symbol_t, void *);
    void *data;
    const struct agent *agent;
};

static hsa_status_t call_agent(const struct symbol *symbol, void *data)
{
    const struct agent_call *call = data;
    if (symbol->agent != call->agent)
        return HSA_STATUS_SUCCESS;
    return call->callback(cairn_hsa_executable_handle(symbol->executable),
                          cairn_hsa_agent_handle(symbol->agent),
                          (hsa_executable_symbol_t){.handle = (uintptr_t)symbol}, call->data);
}

hsa_status_t hsa_executable_iterate_agent_symbols(
    hsa_executable_t executable, hsa_agent_t agent,
    hsa_status_t (*callback)(hsa_executable_t, hsa_agent_t, hsa_executable_symbol_t, void *),
    void *data)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (callback == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    const struct agent *object = cairn_hsa_agent_of(agent);
    if (object == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    return visit_symbols(executable, call_agent, &(struct agent_call){callback, data, object});
}
