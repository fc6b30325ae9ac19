/* SPDX-License-Identifier: MIT
 * Code: fat binaries that the compiler registers, modules that programs load, and the kernels and
 * variables in them. A code object is parsed and loaded on a device when something of it is first
 * used there, so that registering thousands of kernels costs next to nothing.
 */
#ifndef CAIRN_HIP_MODULE_H
#define CAIRN_HIP_MODULE_H

#include "hip/runtime.h"

/* A kernel on one device; the opaque type behind hipFunction_t. */
struct ihipModuleSymbol_t {
    const char *name; /* as in the metadata, without ".kd" */
    struct hip_device *device;
    const struct cairn_kernel_info *info;
    const struct cairn_obj *obj; /* that it is in */
    uint64_t kernel_object;
    uint32_t static_lds, private_bytes, kernarg_bytes;
    uint32_t explicit_bytes; /* of the kernarg segment before the hidden arguments */
    uint32_t explicit_count;
    bool needs_hostcall;
    bool needs_printf_buffer;    /* built with -mprintf-kind=buffered, or OpenCL C */
    _Atomic int max_dynamic_lds; /* hipFuncSetAttribute */
};

/* One code object, loaded on one device. */
struct hip_code {
    struct hip_device *device;
    struct cairn_obj *obj;
    hsa_executable_t executable;
    hsa_code_object_reader_t reader;
    pthread_mutex_t lock;                  /* guards functions */
    struct ihipModuleSymbol_t **functions; /* index as obj->kernels; NULL: not used yet */
};

/* Loads the code object that fits `device` best. `bytes` (a bundle or an ELF) must stay until the
 * bundle is destroyed. NoBinaryForGpu: none fits; InvalidImage: malformed. */
hipError_t hip_code_load(struct hip_device *device, const struct cairn_bundle *bundle,
                         struct hip_code **out);
void hip_code_unload(struct hip_code *code);
hipError_t hip_code_function(struct hip_code *code, const char *name,
                             struct ihipModuleSymbol_t **out);
/* NotFound: no such variable. */
hipError_t hip_code_variable(struct hip_code *code, const char *name, void **address, size_t *size);

/* A live hipFunction_t, or NULL. */
struct ihipModuleSymbol_t *hip_function_check(hipFunction_t function);

/* What the compiler registered for a host address (fatbin.c). */
hipError_t hip_registered_function(const void *host, struct hip_device *device,
                                   struct ihipModuleSymbol_t **out);
const char *hip_registered_name(const void *host);
hipError_t hip_registered_variable(const void *host, struct hip_device *device, void **address,
                                   size_t *size);
/* Either a registered host address or a hipFunction_t. */
hipError_t hip_function_of(const void *function, struct hip_device *device,
                           struct ihipModuleSymbol_t **out);
/* Bytes of a bundle or ELF whose length the caller does not know: bounded by the mapping. */
hipError_t hip_image_bytes(const void *image, struct cairn_bytes *out);

#endif
