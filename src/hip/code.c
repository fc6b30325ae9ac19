/* SPDX-License-Identifier: MIT
 * A code object on a device: loading through HSA, kernels and variables by name.
 */
#include "hip/module.h"

#include "hip/memory.h"
#include "hip/printf_buffer.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Live hipFunction_t handles. */
static pthread_rwlock_t handles_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct hip_map handles; /* guarded by handles_lock */

struct ihipModuleSymbol_t *hip_function_check(hipFunction_t function)
{
    struct hip_recent *recent = &hip_thread()->recent;
    if (function == NULL)
        return NULL;
    struct ihipModuleSymbol_t *found = hip_recent_get(recent, HIP_RECENT_FUNCTION, function);
    if (found != NULL)
        return found;
    uint64_t epoch = hip_recent_epoch();
    pthread_rwlock_rdlock(&handles_lock);
    found = hip_map_get(&handles, function);
    pthread_rwlock_unlock(&handles_lock);
    if (found != NULL)
        hip_recent_put(recent, HIP_RECENT_FUNCTION, function, found, epoch);
    return found;
}

/* ---- loading ---- */

static void log_no_match(const struct hip_device *device, const struct cairn_bundle *bundle)
{
    char list[512] = "";
    size_t used = 0;
    for (uint32_t i = 0; i < bundle->entry_count && used + 2 < sizeof list; i++) {
        const char *dashes = strstr(bundle->entries[i].id, "--");
        const char *id = dashes == NULL ? bundle->entries[i].id : dashes + 2;
        if (bundle->entries[i].image.left != 0)
            used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", used ? ", " : "", id);
    }
    cairn_log(CAIRN_LOG_ERROR, "hip: no code for device %d (%s); the binary has: %s",
              device->ordinal, device->target_text, list[0] == '\0' ? "nothing" : list);
}

static hipError_t load_hsa(struct hip_code *code, struct cairn_bytes image)
{
    hsa_status_t status =
        hsa_code_object_reader_create_from_memory(image.at, image.left, &code->reader);
    if (status != HSA_STATUS_SUCCESS)
        return hip_error_of_hsa(status, hipErrorInvalidImage);
    status = hsa_executable_create_alt(HSA_PROFILE_FULL, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT,
                                       NULL, &code->executable);
    if (status != HSA_STATUS_SUCCESS)
        goto destroy_reader;
    status = hsa_executable_load_agent_code_object(code->executable, code->device->agent,
                                                   code->reader, NULL, NULL);
    if (status == HSA_STATUS_SUCCESS)
        status = hsa_executable_freeze(code->executable, NULL);
    if (status == HSA_STATUS_SUCCESS)
        return hipSuccess;
    hsa_executable_destroy(code->executable);
destroy_reader:
    hsa_code_object_reader_destroy(code->reader);
    return hip_error_of_hsa(status, hipErrorSharedObjectInitFailed);
}

static hipError_t make_code(struct hip_device *device, struct cairn_bytes image,
                            struct hip_code **out)
{
    hipError_t error = hipErrorOutOfMemory;
    struct hip_code *code = calloc(1, sizeof *code);
    if (code == NULL)
        return error;
    code->device = device;
    if (cairn_obj_create(image, &code->obj) != CAIRN_OK) {
        error = hipErrorInvalidImage;
        goto free_code;
    }
    code->functions = calloc(code->obj->kernel_count + 1, sizeof(struct ihipModuleSymbol_t *));
    if (code->functions == NULL)
        goto destroy_obj;
    error = load_hsa(code, image);
    if (error != hipSuccess)
        goto free_functions;
    pthread_mutex_init(&code->lock, NULL);
    *out = code;
    return hipSuccess;
free_functions:
    free(code->functions);
destroy_obj:
    cairn_obj_destroy(code->obj);
free_code:
    free(code);
    return error;
}

hipError_t hip_code_load(struct hip_device *device, const struct cairn_bundle *bundle,
                         struct hip_code **out)
{
    const struct cairn_bundle_entry *entry = cairn_bundle_select(bundle, &device->target);
    if (entry == NULL) {
        log_no_match(device, bundle);
        return hipErrorNoBinaryForGpu;
    }
    return make_code(device, entry->image, out);
}

static void forget_variables(const struct hip_code *code)
{
    struct hip_allocation row;
    for (uint64_t at = 0; hip_memory_next(at, &row); at = row.base)
        if (row.origin == HIP_ORIGIN_VARIABLE && row.code == code)
            (void)hip_memory_remove(row.base, &row);
}

void hip_code_unload(struct hip_code *code)
{
    hip_printf_forget(code->device, code->obj);
    forget_variables(code);
    pthread_rwlock_wrlock(&handles_lock);
    for (uint32_t i = 0; i < code->obj->kernel_count; i++)
        if (code->functions[i] != NULL)
            hip_map_remove(&handles, code->functions[i]);
    hip_recent_forget();
    pthread_rwlock_unlock(&handles_lock);
    for (uint32_t i = 0; i < code->obj->kernel_count; i++)
        free(code->functions[i]);
    hsa_executable_destroy(code->executable);
    hsa_code_object_reader_destroy(code->reader);
    free(code->functions);
    cairn_obj_destroy(code->obj);
    pthread_mutex_destroy(&code->lock);
    free(code);
}

/* ---- kernels ---- */

static bool is_hidden(enum cairn_arg_kind kind)
{
    return kind >= CAIRN_ARG_HIDDEN_GLOBAL_OFFSET_X && kind <= CAIRN_ARG_HIDDEN_QUEUE_PTR;
}

static void describe_args(struct ihipModuleSymbol_t *function)
{
    for (uint32_t i = 0; i < function->info->arg_count; i++) {
        const struct cairn_kernel_arg *arg = &function->info->args[i];
        if (arg->kind == CAIRN_ARG_HIDDEN_HOSTCALL_BUFFER)
            function->needs_hostcall = true;
        if (arg->kind == CAIRN_ARG_HIDDEN_PRINTF_BUFFER)
            function->needs_printf_buffer = true;
        if (is_hidden(arg->kind))
            continue;
        function->explicit_count++;
        if (arg->offset_bytes + arg->size_bytes > function->explicit_bytes)
            function->explicit_bytes = arg->offset_bytes + arg->size_bytes;
    }
    if (function->explicit_bytes > function->kernarg_bytes)
        function->kernarg_bytes = function->explicit_bytes;
}

static hsa_status_t symbol_u32(hsa_executable_symbol_t symbol,
                               hsa_executable_symbol_info_t attribute, uint32_t *out)
{
    return hsa_executable_symbol_get_info(symbol, attribute, out);
}

static hipError_t make_function(struct hip_code *code, uint32_t index)
{
    const struct cairn_kernel_info *info = &code->obj->kernels[index];
    hsa_executable_symbol_t symbol;
    hsa_status_t status = hsa_executable_get_symbol_by_name(code->executable, info->symbol,
                                                            &code->device->agent, &symbol);
    if (status != HSA_STATUS_SUCCESS)
        return hipErrorNotFound;
    struct ihipModuleSymbol_t *function = calloc(1, sizeof *function);
    if (function == NULL)
        return hipErrorOutOfMemory;
    function->name = info->name;
    function->device = code->device;
    function->info = info;
    function->obj = code->obj;
    function->max_dynamic_lds = -1;
    status = hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT,
                                            &function->kernel_object);
    if (status == HSA_STATUS_SUCCESS)
        status = symbol_u32(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE,
                            &function->static_lds);
    if (status == HSA_STATUS_SUCCESS)
        status = symbol_u32(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE,
                            &function->private_bytes);
    if (status == HSA_STATUS_SUCCESS)
        status = symbol_u32(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE,
                            &function->kernarg_bytes);
    describe_args(function);
    pthread_rwlock_wrlock(&handles_lock);
    bool known = status == HSA_STATUS_SUCCESS && hip_map_put(&handles, function, function);
    pthread_rwlock_unlock(&handles_lock);
    if (!known) {
        free(function);
        return hip_error_of_hsa(status, hipErrorInvalidImage) ?: hipErrorOutOfMemory;
    }
    code->functions[index] = function;
    return hipSuccess;
}

hipError_t hip_code_function(struct hip_code *code, const char *name,
                             struct ihipModuleSymbol_t **out)
{
    char symbol[4096];
    int length = snprintf(symbol, sizeof symbol, "%s.kd", name);
    if (length < 0 || (size_t)length >= sizeof symbol)
        return hipErrorNotFound;
    const struct cairn_kernel_info *info = cairn_obj_find_kernel(code->obj, symbol);
    if (info == NULL)
        return hipErrorNotFound;
    hipError_t error = hipSuccess;
    uint32_t index = (uint32_t)(info - code->obj->kernels);
    pthread_mutex_lock(&code->lock);
    if (code->functions[index] == NULL)
        error = make_function(code, index);
    if (error == hipSuccess)
        *out = code->functions[index];
    pthread_mutex_unlock(&code->lock);
    return error;
}

/* ---- variables ---- */

/* From now on it is device memory like any other. */
static hipError_t publish_variable(struct hip_code *code, void *address, size_t size)
{
    struct hip_allocation row;
    bool known = size == 0;
    pthread_mutex_lock(&code->lock);
    if (!known && !(known = hip_memory_find(address, &row))) {
        row = hip_memory_row(address, size, HIP_MEMORY_DEVICE, code->device->ordinal);
        row.origin = HIP_ORIGIN_VARIABLE;
        row.code = code;
        known = hip_memory_add(&row);
    }
    pthread_mutex_unlock(&code->lock);
    return known ? hipSuccess : hipErrorOutOfMemory;
}

hipError_t hip_code_variable(struct hip_code *code, const char *name, void **address, size_t *size)
{
    hsa_executable_symbol_t symbol;
    hsa_symbol_kind_t kind;
    uint64_t where = 0;
    uint32_t bytes = 0;
    if (hsa_executable_get_symbol_by_name(code->executable, name, &code->device->agent, &symbol) !=
        HSA_STATUS_SUCCESS)
        return hipErrorNotFound;
    if (hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_TYPE, &kind) !=
            HSA_STATUS_SUCCESS ||
        kind != HSA_SYMBOL_KIND_VARIABLE)
        return hipErrorNotFound;
    hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS, &where);
    hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE, &bytes);
    *address = (void *)(uintptr_t)where;
    *size = bytes;
    return publish_variable(code, *address, bytes);
}
