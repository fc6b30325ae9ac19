/* SPDX-License-Identifier: MIT
 * hipModule*: modules that a program loads itself, their kernels and variables.
 */
#include "hip/module.h"

#include "hip/jit.h"
#include "hip/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct ihipModule_t {
    uint8_t *bytes; /* our copy of the image */
    struct cairn_bundle *bundle;
    struct hip_code *code;
};

static pthread_rwlock_t handles_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct hip_map handles; /* live modules; guarded by handles_lock */

static struct ihipModule_t *find(hipModule_t module)
{
    pthread_rwlock_rdlock(&handles_lock);
    struct ihipModule_t *found = module == NULL ? NULL : hip_map_get(&handles, module);
    pthread_rwlock_unlock(&handles_lock);
    return found;
}

static void destroy(struct ihipModule_t *module)
{
    if (module->code != NULL)
        hip_code_unload(module->code);
    if (module->bundle != NULL)
        cairn_bundle_destroy(module->bundle);
    free(module->bytes);
    free(module);
}

/* Options of hipModuleLoadDataEx; they mean something for bitcode only. */
struct jit_options {
    unsigned int count;
    hipJitOption *options;
    void **values;
};

/* Puts the code object that bitcode becomes in its place. */
static hipError_t compile_bitcode(const struct jit_options *jit, uint8_t **bytes, size_t *size)
{
    size_t bitcode;
    uint8_t *code;
    if (!hip_bitcode_size(*bytes, *size, &bitcode))
        return hipSuccess;
    hipError_t error = hip_bitcode_compile(cairn_bytes_of(*bytes, bitcode), jit->count,
                                           jit->options, jit->values, &code, size);
    if (error == hipSuccess) {
        free(*bytes);
        *bytes = code;
    }
    return error;
}

/* Takes `bytes`, which came from malloc. */
static hipError_t load(uint8_t *bytes, size_t size, const struct jit_options *jit, hipModule_t *out)
{
    hipError_t error = compile_bitcode(jit, &bytes, &size);
    if (error != hipSuccess) {
        free(bytes);
        return error;
    }
    error = hipErrorOutOfMemory;
    struct ihipModule_t *module = calloc(1, sizeof *module);
    if (module == NULL) {
        free(bytes);
        return error;
    }
    module->bytes = bytes;
    if (cairn_bundle_create(cairn_bytes_of(bytes, size), &module->bundle) != CAIRN_OK)
        error = hipErrorInvalidImage;
    else
        error = hip_code_load(hip_current_device(), module->bundle, &module->code);
    if (error == hipSuccess) {
        pthread_rwlock_wrlock(&handles_lock);
        if (!hip_map_put(&handles, module, module))
            error = hipErrorOutOfMemory;
        pthread_rwlock_unlock(&handles_lock);
    }
    if (error != hipSuccess) {
        destroy(module);
        return error;
    }
    *out = module;
    return hipSuccess;
}

static hipError_t read_file(const char *path, uint8_t **out, size_t *size)
{
    struct stat status;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        cairn_log(CAIRN_LOG_ERROR, "hip: cannot open module %s: %s", path, strerror(errno));
        return hipErrorFileNotFound;
    }
    hipError_t error = hipErrorFileNotFound;
    uint8_t *bytes = NULL;
    if (fstat(file, &status) != 0 || !S_ISREG(status.st_mode))
        goto close_file;
    error = hipErrorOutOfMemory;
    bytes = malloc((size_t)status.st_size + 1);
    if (bytes == NULL)
        goto close_file;
    size_t got = 0;
    ssize_t step;
    while (got < (size_t)status.st_size &&
           (step = read(file, bytes + got, (size_t)status.st_size - got)) > 0)
        got += (size_t)step;
    *out = bytes;
    *size = got;
    error = hipSuccess;
close_file:
    close(file);
    return error;
}

static const struct jit_options no_options;

static hipError_t load_file(hipModule_t *module, const char *path)
{
    uint8_t *bytes;
    size_t size;
    if (module == NULL || path == NULL)
        return hipErrorInvalidValue;
    hipError_t error = read_file(path, &bytes, &size);
    return error != hipSuccess ? error : load(bytes, size, &no_options, module);
}

static hipError_t load_data(hipModule_t *module, const void *image, const struct jit_options *jit)
{
    struct cairn_bytes bytes;
    if (module == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_image_bytes(image, &bytes);
    if (error != hipSuccess)
        return error;
    uint8_t *copy = malloc(bytes.left + 1);
    if (copy == NULL)
        return hipErrorOutOfMemory;
    memcpy(copy, bytes.at, bytes.left);
    return load(copy, bytes.left, jit, module);
}

static hipError_t unload(hipModule_t handle)
{
    if (handle == NULL)
        return hipErrorInvalidResourceHandle;
    pthread_rwlock_wrlock(&handles_lock);
    struct ihipModule_t *module = hip_map_remove(&handles, handle);
    pthread_rwlock_unlock(&handles_lock);
    if (module == NULL)
        return hipErrorNotFound;
    hip_device_drain(module->code->device);
    destroy(module);
    return hipSuccess;
}

static hipError_t get_function(hipFunction_t *function, hipModule_t handle, const char *name)
{
    if (function == NULL || name == NULL || name[0] == '\0')
        return hipErrorInvalidValue;
    struct ihipModule_t *module = find(handle);
    if (module == NULL)
        return hipErrorInvalidHandle;
    hipError_t error = hip_code_function(module->code, name, function);
    if (error == hipErrorNotFound)
        cairn_log(CAIRN_LOG_INFO, "hip: the module has no kernel %s", name);
    return error;
}

static hipError_t get_global(hipDeviceptr_t *ptr, size_t *bytes, hipModule_t handle,
                             const char *name)
{
    void *address;
    size_t size;
    if ((ptr == NULL && bytes == NULL) || name == NULL || name[0] == '\0')
        return hipErrorInvalidValue;
    struct ihipModule_t *module = find(handle);
    if (module == NULL)
        return hipErrorInvalidHandle;
    hipError_t error = hip_code_variable(module->code, name, &address, &size);
    if (error != hipSuccess)
        return error;
    if (ptr != NULL)
        *ptr = address;
    if (bytes != NULL)
        *bytes = size;
    return hipSuccess;
}

hipError_t hipModuleLoad(hipModule_t *module, const char *path)
{
    return hip_return(hip_ready() ?: load_file(module, path));
}

hipError_t hipModuleLoadData(hipModule_t *module, const void *image)
{
    return hip_return(hip_ready() ?: load_data(module, image, &no_options));
}

hipError_t hipModuleLoadDataEx(hipModule_t *module, const void *image, unsigned int num_options,
                               hipJitOption *options, void **option_values)
{
    const struct jit_options jit = {num_options, options, option_values};
    return hip_return(hip_ready() ?: load_data(module, image, &jit));
}

hipError_t hipModuleUnload(hipModule_t module)
{
    return hip_return(hip_ready() ?: unload(module));
}

hipError_t hipModuleGetFunction(hipFunction_t *function, hipModule_t module, const char *name)
{
    return hip_return(hip_ready() ?: get_function(function, module, name));
}

hipError_t hipModuleGetGlobal(hipDeviceptr_t *ptr, size_t *bytes, hipModule_t module,
                              const char *name)
{
    return hip_return(hip_ready() ?: get_global(ptr, bytes, module, name));
}

static hipError_t func_by_symbol(hipFunction_t *function, const void *symbol)
{
    if (function == NULL || symbol == NULL)
        return hipErrorInvalidValue;
    return hip_registered_function(symbol, hip_current_device(), function);
}

hipError_t hipGetFuncBySymbol(hipFunction_t *function, const void *symbol)
{
    return hip_return(hip_ready() ?: func_by_symbol(function, symbol));
}

const char *hipKernelNameRef(const hipFunction_t function)
{
    struct ihipModuleSymbol_t *found = hip_function_check(function);
    return found == NULL ? NULL : found->name;
}

const char *hipKernelNameRefByPtr(const void *host_function, hipStream_t stream)
{
    return host_function == NULL ? NULL : hip_registered_name(host_function);
}
