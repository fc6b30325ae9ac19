/* SPDX-License-Identifier: MIT
 * Errors: names and texts, the thread's last error, what HSA's codes mean for HIP.
 */
#include "hip/runtime.h"
#include "hip/symbols.h"

#include <string.h>

const char *hip_error_name(hipError_t error)
{
    switch (error) {
    case hipSuccess:
        return "hipSuccess";
#define ERROR(name, text)                                                                          \
    case hipError##name:                                                                           \
        return "hipError" #name;
#include "hip/error.def"
#undef ERROR
    case hipErrorTbd:
        return "hipErrorTbd";
    default:
        return "hipErrorUnknown";
    }
}

static const char *error_text(hipError_t error)
{
    switch (error) {
    case hipSuccess:
        return "no error";
#define ERROR(name, text)                                                                          \
    case hipError##name:                                                                           \
        return text;
#include "hip/error.def"
#undef ERROR
    default:
        return "unknown error";
    }
}

hipError_t hip_return(hipError_t error)
{
    struct hip_thread *thread = hip_thread();
    thread->last = error;
    if (error != hipSuccess && error != hipErrorNotReady)
        thread->failure = error;
    return error;
}

hipError_t hip_last_failure(void)
{
    hipError_t error = hip_thread()->failure;
    hip_thread()->failure = hipSuccess;
    return error;
}

hipError_t hip_peek_failure(void)
{
    return hip_thread()->failure;
}

int hip_not_supported(const char *name)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    static struct hip_map seen; /* guarded by lock; keys are the names' addresses */
    pthread_mutex_lock(&lock);
    bool first = hip_map_get(&seen, name) == NULL && hip_map_put(&seen, name, (void *)name);
    pthread_mutex_unlock(&lock);
    if (first)
        cairn_log(CAIRN_LOG_WARN, "hip: %s is not supported", name);
    return hip_return(hipErrorNotSupported);
}

hipError_t hip_error_of_hsa(hsa_status_t status, hipError_t otherwise)
{
    switch ((int)status) {
    case HSA_STATUS_SUCCESS:
        return hipSuccess;
    case HSA_STATUS_ERROR_OUT_OF_RESOURCES:
        return hipErrorOutOfMemory;
    case HSA_STATUS_ERROR_INVALID_ARGUMENT:
        return hipErrorInvalidValue;
    case HSA_STATUS_ERROR_INVALID_AGENT:
        return hipErrorInvalidDevice;
    case HSA_STATUS_ERROR_NOT_INITIALIZED:
        return hipErrorNotInitialized;
    case HSA_STATUS_ERROR_INVALID_CODE_OBJECT:
        return hipErrorInvalidImage;
    case HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS:
    case HSA_STATUS_ERROR_INVALID_ISA:
    case HSA_STATUS_ERROR_INVALID_ISA_NAME:
        return hipErrorNoBinaryForGpu;
    case HSA_STATUS_ERROR_VARIABLE_UNDEFINED:
        return hipErrorSharedObjectSymbolNotFound;
    case HSA_STATUS_ERROR_INVALID_SYMBOL_NAME:
        return hipErrorNotFound;
    default:
        return otherwise;
    }
}

/* ---- the API ---- */

const char *hipGetErrorName(hipError_t error)
{
    return hip_error_name(error);
}

const char *hipGetErrorString(hipError_t error)
{
    return error_text(error);
}

static hipError_t known_text(hipError_t error, const char *found, const char *unknown,
                             const char **out)
{
    if (out == NULL)
        return hipErrorInvalidValue;
    *out = found;
    bool known = error == hipErrorUnknown || strcmp(found, unknown) != 0;
    return known ? hipSuccess : hipErrorInvalidValue;
}

hipError_t hipDrvGetErrorName(hipError_t error, const char **text)
{
    return known_text(error, hip_error_name(error), "hipErrorUnknown", text);
}

hipError_t hipDrvGetErrorString(hipError_t error, const char **text)
{
    return known_text(error, error_text(error), "unknown error", text);
}

hipError_t hipGetLastError(void)
{
    hipError_t error = hip_thread()->last;
    hip_thread()->last = hipSuccess;
    return error;
}

hipError_t hipExtGetLastError(void)
{
    return hipGetLastError();
}

hipError_t hipPeekAtLastError(void)
{
    return hip_thread()->last;
}
