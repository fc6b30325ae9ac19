/* SPDX-License-Identifier: MIT
 * Linking bitcode at run time: inputs are collected, then linked, and code is generated for the
 * current device.
 */
#include "hiprtc/hiprtc_priv.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ISA_BYTES = 320 };

struct ihiprtcLinkState {
    amd_comgr_data_set_t input;
    bool has_input; /* the set exists */
    struct hiprtc_bytes code;
    unsigned optimization_level;
    char *info_log, *error_log; /* the caller's buffers, or NULL */
    size_t info_log_size, error_log_size;
    const char **llvm_options; /* the caller's */
    size_t llvm_option_count;
    struct hiprtc_texts options;
};

/* There are 32 kinds: a larger number than this is a mistake, and no arrays are behind it. */
enum { MOST_OPTIONS = 64 };

/* ---- options: values are numbers in the place of pointers, or pointers ---- */

static bool take_option(struct ihiprtcLinkState *state, hiprtcJIT_option option, void *value)
{
    switch (option) {
    case HIPRTC_JIT_INFO_LOG_BUFFER:
        state->info_log = value;
        return value != NULL;
    case HIPRTC_JIT_INFO_LOG_BUFFER_SIZE_BYTES:
        state->info_log_size = (size_t)(uintptr_t)value;
        return true;
    case HIPRTC_JIT_ERROR_LOG_BUFFER:
        state->error_log = value;
        return value != NULL;
    case HIPRTC_JIT_ERROR_LOG_BUFFER_SIZE_BYTES:
        state->error_log_size = (size_t)(uintptr_t)value;
        return true;
    case HIPRTC_JIT_OPTIMIZATION_LEVEL:
        state->optimization_level = (unsigned)(uintptr_t)value;
        return state->optimization_level <= 4;
    case HIPRTC_JIT_IR_TO_ISA_OPT_EXT:
        state->llvm_options = value;
        return value != NULL;
    case HIPRTC_JIT_IR_TO_ISA_OPT_COUNT_EXT:
        state->llvm_option_count = (size_t)(uintptr_t)value;
        return true;
    case HIPRTC_JIT_GLOBAL_SYMBOL_NAMES:
    case HIPRTC_JIT_GLOBAL_SYMBOL_ADDRESS:
        return value != NULL;
    default:
        return true;
    }
}

/* Copied now: the caller's arrays need not live longer than the call. */
static bool copy_options(struct ihiprtcLinkState *state)
{
    char level[8];
    unsigned number = state->optimization_level;
    snprintf(level, sizeof level, "-O%u", number > 3 ? 3 : number);
    hiprtc_texts_add(&state->options, level);
    for (size_t i = 0; state->llvm_options != NULL && i < state->llvm_option_count; i++)
        hiprtc_texts_add(&state->options, state->llvm_options[i]);
    return !state->options.failed;
}

static void destroy(struct ihiprtcLinkState *state)
{
    const struct hiprtc_comgr *comgr = hiprtc_comgr();
    if (state->has_input)
        comgr->destroy_data_set(state->input);
    hiprtc_bytes_free(&state->code);
    hiprtc_texts_free(&state->options);
    free(state);
}

hiprtcResult hiprtcLinkCreate(unsigned int num_options, hiprtcJIT_option *options, void **values,
                              hiprtcLinkState *out)
{
    if (out == NULL || (num_options != 0 && (options == NULL || values == NULL)))
        return HIPRTC_ERROR_INVALID_INPUT;
    const struct hiprtc_comgr *comgr = hiprtc_comgr();
    if (comgr == NULL)
        return HIPRTC_ERROR_INTERNAL_ERROR;
    struct ihiprtcLinkState *state = calloc(1, sizeof *state);
    if (state == NULL)
        return HIPRTC_ERROR_OUT_OF_MEMORY;
    hiprtcResult result = HIPRTC_ERROR_INVALID_OPTION;
    state->optimization_level = 3;
    if (num_options > MOST_OPTIONS)
        goto destroy_state;
    for (unsigned i = 0; i < num_options; i++)
        if (!take_option(state, options[i], values[i]))
            goto destroy_state;
    result = HIPRTC_ERROR_OUT_OF_MEMORY;
    if (!copy_options(state))
        goto destroy_state;
    state->has_input = comgr->create_data_set(&state->input) == AMD_COMGR_STATUS_SUCCESS;
    if (!state->has_input || !hiprtc_handle_add(state))
        goto destroy_state;
    *out = state;
    return HIPRTC_SUCCESS;
destroy_state:
    destroy(state);
    return result;
}

hiprtcResult hiprtcLinkDestroy(hiprtcLinkState state)
{
    if (!hiprtc_handle_is_live(state))
        return HIPRTC_ERROR_INVALID_INPUT;
    hiprtc_handle_remove(state);
    destroy(state);
    return HIPRTC_SUCCESS;
}

/* ---- inputs ---- */

static bool input_kind(hiprtcJITInputType type, amd_comgr_data_kind_t *out)
{
    switch (type) {
    case HIPRTC_JIT_INPUT_LLVM_BITCODE:
        *out = AMD_COMGR_DATA_KIND_BC;
        return true;
    case HIPRTC_JIT_INPUT_LLVM_BUNDLED_BITCODE:
        *out = AMD_COMGR_DATA_KIND_BC_BUNDLE;
        return true;
    case HIPRTC_JIT_INPUT_LLVM_ARCHIVES_OF_BUNDLED_BITCODE:
        *out = AMD_COMGR_DATA_KIND_AR_BUNDLE;
        return true;
    default:
        return false;
    }
}

/* Bundled bitcode may also be bare. */
static amd_comgr_data_kind_t kind_of(amd_comgr_data_kind_t kind, const void *bytes, size_t size)
{
    bool bare = size >= 4 && memcmp(bytes, "BC\xc0\xde", 4) == 0;
    return kind == AMD_COMGR_DATA_KIND_BC_BUNDLE && bare ? AMD_COMGR_DATA_KIND_BC : kind;
}

hiprtcResult hiprtcLinkAddData(hiprtcLinkState state, hiprtcJITInputType type, void *image,
                               size_t image_size, const char *name, unsigned int num_options,
                               hiprtcJIT_option *options, void **values)
{
    amd_comgr_data_kind_t kind;
    if (image == NULL || image_size == 0 || !input_kind(type, &kind) ||
        !hiprtc_handle_is_live(state))
        return HIPRTC_ERROR_INVALID_INPUT;
    amd_comgr_status_t status = hiprtc_add_data(
        hiprtc_comgr(), state->input, kind_of(kind, image, image_size),
        name != NULL && name[0] != '\0' ? name : "LinkerProgram", image, image_size);
    return status == AMD_COMGR_STATUS_SUCCESS ? HIPRTC_SUCCESS
                                              : HIPRTC_ERROR_PROGRAM_CREATION_FAILURE;
}

/* The whole file into malloc'ed memory; NULL: it cannot be read. */
static char *read_file(const char *path, size_t *size)
{
    struct stat facts;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return NULL;
    char *bytes = NULL;
    if (fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode))
        bytes = malloc((size_t)facts.st_size + 1);
    size_t done = 0;
    ssize_t got = 1;
    while (bytes != NULL && done < (size_t)facts.st_size &&
           (got = read(fd, bytes + done, (size_t)facts.st_size - done)) > 0)
        done += (size_t)got;
    close(fd);
    if (bytes != NULL && done != (size_t)facts.st_size) {
        free(bytes);
        return NULL;
    }
    *size = done;
    return bytes;
}

hiprtcResult hiprtcLinkAddFile(hiprtcLinkState state, hiprtcJITInputType type, const char *path,
                               unsigned int num_options, hiprtcJIT_option *options, void **values)
{
    amd_comgr_data_kind_t kind;
    size_t size;
    if (path == NULL || !input_kind(type, &kind) || !hiprtc_handle_is_live(state))
        return HIPRTC_ERROR_INVALID_INPUT;
    char *bytes = read_file(path, &size);
    if (bytes == NULL)
        return HIPRTC_ERROR_PROGRAM_CREATION_FAILURE;
    const char *name = strrchr(path, '/') != NULL ? strrchr(path, '/') + 1 : path;
    hiprtcResult result =
        hiprtcLinkAddData(state, type, bytes, size, name, num_options, options, values);
    free(bytes);
    return result == HIPRTC_ERROR_INVALID_INPUT ? HIPRTC_ERROR_PROGRAM_CREATION_FAILURE : result;
}

/* ---- linking ---- */

static void give_log(char *buffer, size_t size, const struct hiprtc_bytes *log)
{
    if (buffer == NULL || size == 0)
        return;
    size_t length = log->size < size - 1 ? log->size : size - 1;
    if (length != 0)
        memcpy(buffer, log->at, length);
    buffer[length] = '\0';
}

hiprtcResult hiprtcLinkComplete(hiprtcLinkState state, void **bin_out, size_t *size_out)
{
    char isa[ISA_BYTES];
    struct hiprtc_bytes log = {0};
    if (bin_out == NULL || size_out == NULL || !hiprtc_handle_is_live(state))
        return HIPRTC_ERROR_INVALID_INPUT;
    if (!hiprtc_device_isa(isa, sizeof isa))
        return HIPRTC_ERROR_LINKING;
    const struct hiprtc_step steps[] = {
        {AMD_COMGR_ACTION_LINK_BC_TO_BC, AMD_COMGR_LANGUAGE_HIP, NULL},
        {AMD_COMGR_ACTION_CODEGEN_BC_TO_RELOCATABLE, AMD_COMGR_LANGUAGE_NONE, &state->options},
        {AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_EXECUTABLE, AMD_COMGR_LANGUAGE_NONE, NULL},
    };
    hiprtc_bytes_free(&state->code);
    amd_comgr_status_t status =
        hiprtc_perform(hiprtc_comgr(), isa, steps, sizeof steps / sizeof steps[0], state->input,
                       AMD_COMGR_DATA_KIND_EXECUTABLE, &state->code, &log);
    bool good = status == AMD_COMGR_STATUS_SUCCESS;
    give_log(good ? state->info_log : state->error_log,
             good ? state->info_log_size : state->error_log_size, &log);
    hiprtc_bytes_free(&log);
    if (!good)
        return status == AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES ? HIPRTC_ERROR_OUT_OF_MEMORY
                                                                 : HIPRTC_ERROR_LINKING;
    *bin_out = state->code.at;
    *size_out = state->code.size;
    return HIPRTC_SUCCESS;
}
