/* SPDX-License-Identifier: MIT
 * What each action needs and who performs it.
 */
#include "comgr/action.h"

#include "base/log.h"
#include "comgr/cache.h"

#include <stdio.h>
#include <stdlib.h>

static amd_comgr_status_t copy_set(struct comgr_work *work)
{
    amd_comgr_status_t status = AMD_COMGR_STATUS_SUCCESS;
    for (size_t i = 0; i < work->input->count && status == AMD_COMGR_STATUS_SUCCESS; i++)
        status = comgr_data_set_append(work->result, work->input->items[i]);
    return status;
}

static amd_comgr_status_t refuse_spirv(struct comgr_work *work)
{
    CAIRN_LOG_ONCE("comgr: SPIR-V is not supported");
    static const char text[] = "SPIR-V is not supported\n";
    comgr_buffer_add(&work->log, text, sizeof text - 1);
    return AMD_COMGR_STATUS_ERROR;
}

static const struct action {
    amd_comgr_action_kind_t kind;
    bool needs_isa, needs_language;
    amd_comgr_status_t (*perform)(struct comgr_work *work);
} actions[] = {
    {AMD_COMGR_ACTION_SOURCE_TO_PREPROCESSOR, true, true, comgr_compile},
    {AMD_COMGR_ACTION_ADD_PRECOMPILED_HEADERS, false, false, copy_set},
    {AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC, true, true, comgr_compile},
    {AMD_COMGR_ACTION_LINK_BC_TO_BC, false, false, comgr_link_bitcode},
    {AMD_COMGR_ACTION_CODEGEN_BC_TO_RELOCATABLE, true, false, comgr_compile},
    {AMD_COMGR_ACTION_CODEGEN_BC_TO_ASSEMBLY, true, false, comgr_compile},
    {AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_RELOCATABLE, true, false, comgr_link_code},
    {AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_EXECUTABLE, true, false, comgr_link_code},
    {AMD_COMGR_ACTION_ASSEMBLE_SOURCE_TO_RELOCATABLE, true, false, comgr_compile},
    {AMD_COMGR_ACTION_DISASSEMBLE_RELOCATABLE_TO_SOURCE, true, false, comgr_disassemble},
    {AMD_COMGR_ACTION_DISASSEMBLE_EXECUTABLE_TO_SOURCE, true, false, comgr_disassemble},
    {AMD_COMGR_ACTION_DISASSEMBLE_BYTES_TO_SOURCE, true, false, comgr_disassemble},
    {AMD_COMGR_ACTION_COMPILE_SOURCE_WITH_DEVICE_LIBS_TO_BC, true, true, comgr_compile},
    {AMD_COMGR_ACTION_COMPILE_SOURCE_TO_RELOCATABLE, true, true, comgr_compile},
    {AMD_COMGR_ACTION_COMPILE_SOURCE_TO_EXECUTABLE, true, true, comgr_compile},
    {AMD_COMGR_ACTION_UNBUNDLE, false, false, comgr_unbundle},
    {AMD_COMGR_ACTION_COMPILE_SPIRV_TO_RELOCATABLE, false, false, refuse_spirv},
    {AMD_COMGR_ACTION_TRANSLATE_SPIRV_TO_BC, false, false, refuse_spirv},
};

static const struct action *find_action(amd_comgr_action_kind_t kind)
{
    for (size_t i = 0; i < sizeof actions / sizeof actions[0]; i++)
        if (actions[i].kind == kind)
            return &actions[i];
    return NULL;
}

/* AMD_COMGR_REDIRECT_LOGS names a stream or a file that gets the log instead of the caller. */
static bool redirect_log(const struct comgr_buffer *log)
{
    const char *where = getenv("AMD_COMGR_REDIRECT_LOGS");
    if (where == NULL || where[0] == '\0' || strcmp(where, "0") == 0)
        return false;
    bool out = strcmp(where, "stdout") == 0 || strcmp(where, "-") == 0;
    bool err = strcmp(where, "stderr") == 0;
    FILE *file = out ? stdout : err ? stderr : fopen(where, "a");
    if (file == NULL)
        return false;
    if (log->text != NULL)
        fputs(log->text, file);
    fflush(file);
    if (!out && !err)
        fclose(file);
    return true;
}

static amd_comgr_status_t add_log(struct comgr_work *work)
{
    bool redirected = redirect_log(&work->log);
    if (!work->info->logging)
        return AMD_COMGR_STATUS_SUCCESS;
    size_t size = redirected || work->log.text == NULL ? 0 : work->log.size;
    uint8_t *bytes = malloc(size + 1);
    struct comgr_data *data;
    if (bytes == NULL || work->log.failed)
        goto free_bytes;
    if (size != 0)
        memcpy(bytes, work->log.text, size);
    if (comgr_data_create(AMD_COMGR_DATA_KIND_LOG, "comgr.log", bytes, size, &data) !=
        AMD_COMGR_STATUS_SUCCESS)
        goto free_bytes;
    amd_comgr_status_t status = comgr_data_set_append(work->result, data);
    comgr_data_drop(data);
    return status;
free_bytes:
    free(bytes);
    return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
}

/* What runs a compiler or linker is looked for among the results of earlier runs. */
static amd_comgr_status_t perform(const struct action *action, struct comgr_work *work)
{
    bool runs = action->perform == comgr_compile || action->perform == comgr_link_bitcode ||
                action->perform == comgr_link_code;
    if (!runs)
        return action->perform(work);
    amd_comgr_status_t status = comgr_work_find_tools(work);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        return status;
    if (comgr_cache_open(work) && comgr_cache_get(work))
        return AMD_COMGR_STATUS_SUCCESS;
    status = action->perform(work);
    if (status == AMD_COMGR_STATUS_SUCCESS)
        comgr_cache_put(work);
    return status;
}

amd_comgr_status_t comgr_perform(amd_comgr_action_kind_t kind, const struct comgr_action_info *info,
                                 const struct comgr_data_set *input, struct comgr_data_set *result)
{
    const struct action *action = find_action(kind);
    if (action == NULL || info == NULL || input == NULL || result == NULL || input == result ||
        (action->needs_isa && info->isa_name[0] == '\0') ||
        (action->needs_language && info->language == AMD_COMGR_LANGUAGE_NONE))
        return AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
    comgr_data_set_clear(result);
    struct comgr_work work = {
        .kind = kind, .info = info, .input = input, .result = result, .cache_folder = -1};
    amd_comgr_status_t status = perform(action, &work);
    amd_comgr_status_t log_status = add_log(&work);
    comgr_work_close(&work);
    comgr_cache_close(&work);
    comgr_texts_clear(&work.files_read);
    free(work.log.text);
    return status != AMD_COMGR_STATUS_SUCCESS ? status : log_status;
}
