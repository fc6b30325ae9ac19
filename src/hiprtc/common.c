/* SPDX-License-Identifier: MIT
 * Small parts of hiprtc: growing texts, live handles, the device to compile for, error names.
 */
#include "hiprtc/hiprtc_priv.h"

#include "base/log.h"
#include "hip/hip_runtime_api.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void hiprtc_bytes_add(struct hiprtc_bytes *bytes, const void *from, size_t size)
{
    size_t need;
    if (bytes->failed || __builtin_add_overflow(bytes->size, size, &need) ||
        __builtin_add_overflow(need, 1, &need)) {
        bytes->failed = true;
        return;
    }
    if (need > bytes->room) {
        size_t room = 2 * bytes->room > need ? 2 * bytes->room : need;
        char *bigger = realloc(bytes->at, room);
        if (bigger == NULL) {
            bytes->failed = true;
            return;
        }
        bytes->at = bigger;
        bytes->room = room;
    }
    if (size != 0)
        memcpy(bytes->at + bytes->size, from, size);
    bytes->size += size;
    bytes->at[bytes->size] = '\0';
}

void hiprtc_bytes_add_text(struct hiprtc_bytes *bytes, const char *text)
{
    hiprtc_bytes_add(bytes, text, strlen(text));
}

void hiprtc_bytes_free(struct hiprtc_bytes *bytes)
{
    free(bytes->at);
    *bytes = (struct hiprtc_bytes){0};
}

void hiprtc_texts_add(struct hiprtc_texts *list, const char *text)
{
    if (list->count == list->room) {
        size_t room = list->room == 0 ? 16 : 2 * list->room;
        char **items = realloc(list->items, room * sizeof *items);
        if (items == NULL) {
            list->failed = true;
            return;
        }
        list->items = items;
        list->room = room;
    }
    char *copy = strdup(text);
    if (copy == NULL)
        list->failed = true;
    else
        list->items[list->count++] = copy;
}

void hiprtc_texts_free(struct hiprtc_texts *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct hiprtc_texts){0};
}

/* ---- handles ---- */

static pthread_mutex_t handles_lock = PTHREAD_MUTEX_INITIALIZER;
/* Guarded by handles_lock. Few live at once, so a list does. */
static const void **handles;
static size_t handle_count, handle_room;

static size_t find_locked(const void *object)
{
    size_t i = 0;
    while (i < handle_count && handles[i] != object)
        i++;
    return i;
}

bool hiprtc_handle_add(const void *object)
{
    pthread_mutex_lock(&handles_lock);
    bool fits = handle_count < handle_room;
    if (!fits) {
        size_t room = handle_room == 0 ? 16 : 2 * handle_room;
        const void **bigger = realloc(handles, room * sizeof *handles);
        fits = bigger != NULL;
        if (fits) {
            handles = bigger;
            handle_room = room;
        }
    }
    if (fits)
        handles[handle_count++] = object;
    pthread_mutex_unlock(&handles_lock);
    return fits;
}

bool hiprtc_handle_is_live(const void *object)
{
    pthread_mutex_lock(&handles_lock);
    bool live = object != NULL && find_locked(object) < handle_count;
    pthread_mutex_unlock(&handles_lock);
    return live;
}

void hiprtc_handle_remove(const void *object)
{
    pthread_mutex_lock(&handles_lock);
    size_t i = find_locked(object);
    if (i < handle_count)
        handles[i] = handles[--handle_count];
    pthread_mutex_unlock(&handles_lock);
}

/* ---- the device ---- */

/* The runtime is not linked: libhiprtc also serves programs that have none and name their chip. */
bool hiprtc_device_isa(char *out, size_t size)
{
    void *library = dlopen("libamdhip64.so.6", RTLD_LAZY);
    if (library == NULL)
        library = dlopen("libamdhip64.so", RTLD_LAZY);
    if (library == NULL) {
        cairn_log(CAIRN_LOG_WARN, "hiprtc: no chip named and no HIP runtime to ask: %s", dlerror());
        return false;
    }
    __typeof__(&hipGetDevice) get_device =
        (__typeof__(&hipGetDevice))dlsym(library, "hipGetDevice");
    hipError_t (*get_properties)(hipDeviceProp_t *, int) =
        (hipError_t (*)(hipDeviceProp_t *, int))dlsym(library, "hipGetDevicePropertiesR0600");
    int device;
    bool good = get_device != NULL && get_properties != NULL && get_device(&device) == hipSuccess;
    hipDeviceProp_t *properties = good ? calloc(1, sizeof *properties) : NULL;
    good = properties != NULL && get_properties(properties, device) == hipSuccess;
    if (good)
        good = snprintf(out, size, "amdgcn-amd-amdhsa--%s", properties->gcnArchName) < (int)size;
    free(properties);
    dlclose(library);
    return good;
}

/* ---- results ---- */

hiprtcResult hiprtc_result_of(amd_comgr_status_t status)
{
    switch (status) {
    case AMD_COMGR_STATUS_SUCCESS:
        return HIPRTC_SUCCESS;
    case AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES:
        return HIPRTC_ERROR_OUT_OF_MEMORY;
    default:
        return HIPRTC_ERROR_COMPILATION;
    }
}

const char *hiprtcGetErrorString(hiprtcResult result)
{
    switch (result) {
#define NAME(value)                                                                                \
    case value:                                                                                    \
        return #value
        NAME(HIPRTC_SUCCESS);
        NAME(HIPRTC_ERROR_OUT_OF_MEMORY);
        NAME(HIPRTC_ERROR_PROGRAM_CREATION_FAILURE);
        NAME(HIPRTC_ERROR_INVALID_INPUT);
        NAME(HIPRTC_ERROR_INVALID_PROGRAM);
        NAME(HIPRTC_ERROR_INVALID_OPTION);
        NAME(HIPRTC_ERROR_COMPILATION);
        NAME(HIPRTC_ERROR_BUILTIN_OPERATION_FAILURE);
        NAME(HIPRTC_ERROR_NO_NAME_EXPRESSIONS_AFTER_COMPILATION);
        NAME(HIPRTC_ERROR_NO_LOWERED_NAMES_BEFORE_COMPILATION);
        NAME(HIPRTC_ERROR_NAME_EXPRESSION_NOT_VALID);
        NAME(HIPRTC_ERROR_INTERNAL_ERROR);
        NAME(HIPRTC_ERROR_LINKING);
#undef NAME
    }
    return NULL;
}

/* The interface's version as ROCm 5 and 6 state it. */
hiprtcResult hiprtcVersion(int *major, int *minor)
{
    if (major == NULL || minor == NULL)
        return HIPRTC_ERROR_INVALID_INPUT;
    *major = 9;
    *minor = 0;
    return HIPRTC_SUCCESS;
}
