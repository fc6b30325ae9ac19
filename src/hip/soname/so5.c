/* SPDX-License-Identifier: MIT
 * libamdhip64.so.5, for programs that were linked with ROCm 5: memory types and graph node types
 * had other numbers, five structs other layouts, and the callbacks of the old tracer were
 * exported. Facts: measured with Debian 12's libamdhip64-dev 5.2.3 (docs/HIP.md lists them).
 */
#include "next.h"

#include <stdint.h>
#include <stdio.h>

/* ---- memory types: Host 0, Device 1, Array 2, Unified 3 */

static int old_type(hipMemoryType type)
{
    switch (type) {
    case hipMemoryTypeHost:
        return 0;
    case hipMemoryTypeDevice:
        return 1;
    case hipMemoryTypeArray:
        return 2;
    default:
        return 3;
    }
}

static hipMemoryType new_type(int type)
{
    static const hipMemoryType types[] = {hipMemoryTypeHost, hipMemoryTypeDevice,
                                          hipMemoryTypeArray, hipMemoryTypeUnified};
    return type >= 0 && type < 4 ? types[type] : (hipMemoryType)-1; /* no type */
}

/* ROCm 5 knows no unregistered memory: such a pointer is an error. */
EXPORT hipError_t hipPointerGetAttributes(hipPointerAttribute_t *attributes, const void *pointer)
{
    hipError_t error = NEXT(hipPointerGetAttributes)(attributes, pointer);
    if (error != hipSuccess)
        return error;
    if (attributes->type == hipMemoryTypeUnregistered)
        return hipErrorInvalidValue;
    attributes->type = (hipMemoryType)old_type(attributes->type);
    return hipSuccess;
}

EXPORT hipError_t hipPointerGetAttribute(void *data, hipPointer_attribute attribute,
                                         hipDeviceptr_t pointer)
{
    hipError_t error = NEXT(hipPointerGetAttribute)(data, attribute, pointer);
    if (error == hipSuccess && attribute == HIP_POINTER_ATTRIBUTE_MEMORY_TYPE)
        *(int *)data = old_type(*(hipMemoryType *)data);
    return error;
}

EXPORT hipError_t hipDrvPointerGetAttributes(unsigned int count, hipPointer_attribute *attributes,
                                             void **data, hipDeviceptr_t pointer)
{
    hipError_t error = NEXT(hipDrvPointerGetAttributes)(count, attributes, data, pointer);
    for (unsigned int i = 0; error == hipSuccess && i < count; i++)
        if (attributes[i] == HIP_POINTER_ATTRIBUTE_MEMORY_TYPE)
            *(int *)data[i] = old_type(*(hipMemoryType *)data[i]);
    return error;
}

static const hip_Memcpy2D *convert_2d(const hip_Memcpy2D *copy, hip_Memcpy2D *out)
{
    if (copy == NULL)
        return NULL;
    *out = *copy;
    out->srcMemoryType = new_type((int)copy->srcMemoryType);
    out->dstMemoryType = new_type((int)copy->dstMemoryType);
    return out;
}

EXPORT hipError_t hipMemcpyParam2D(const hip_Memcpy2D *copy)
{
    hip_Memcpy2D converted;
    return NEXT(hipMemcpyParam2D)(convert_2d(copy, &converted));
}

EXPORT hipError_t hipMemcpyParam2DAsync(const hip_Memcpy2D *copy, hipStream_t stream)
{
    hip_Memcpy2D converted;
    return NEXT(hipMemcpyParam2DAsync)(convert_2d(copy, &converted), stream);
}

EXPORT hipError_t hipDrvMemcpy2DUnaligned(const hip_Memcpy2D *copy)
{
    hip_Memcpy2D converted;
    return NEXT(hipDrvMemcpy2DUnaligned)(convert_2d(copy, &converted));
}

/* ---- HIP_MEMCPY3D: its sizes had 32 bits */

struct memcpy3d {
    uint32_t src_x, src_y, src_z, src_lod;
    int src_type;
    const void *src_host;
    hipDeviceptr_t src_device;
    hipArray_t src_array;
    uint32_t src_pitch, src_height;
    uint32_t dst_x, dst_y, dst_z, dst_lod;
    int dst_type;
    void *dst_host;
    hipDeviceptr_t dst_device;
    hipArray_t dst_array;
    uint32_t dst_pitch, dst_height;
    uint32_t width, height, depth;
};
_Static_assert(sizeof(struct memcpy3d) == 128 && offsetof(struct memcpy3d, dst_x) == 56 &&
                   offsetof(struct memcpy3d, width) == 112,
               "HIP_MEMCPY3D of ROCm 5");

static HIP_MEMCPY3D convert_3d(const struct memcpy3d *copy)
{
    return (HIP_MEMCPY3D){.srcXInBytes = copy->src_x,
                          .srcY = copy->src_y,
                          .srcZ = copy->src_z,
                          .srcLOD = copy->src_lod,
                          .srcMemoryType = new_type(copy->src_type),
                          .srcHost = copy->src_host,
                          .srcDevice = copy->src_device,
                          .srcArray = copy->src_array,
                          .srcPitch = copy->src_pitch,
                          .srcHeight = copy->src_height,
                          .dstXInBytes = copy->dst_x,
                          .dstY = copy->dst_y,
                          .dstZ = copy->dst_z,
                          .dstLOD = copy->dst_lod,
                          .dstMemoryType = new_type(copy->dst_type),
                          .dstHost = copy->dst_host,
                          .dstDevice = copy->dst_device,
                          .dstArray = copy->dst_array,
                          .dstPitch = copy->dst_pitch,
                          .dstHeight = copy->dst_height,
                          .WidthInBytes = copy->width,
                          .Height = copy->height,
                          .Depth = copy->depth};
}

EXPORT hipError_t hipDrvMemcpy3D(const HIP_MEMCPY3D *copy)
{
    if (copy == NULL)
        return NEXT(hipDrvMemcpy3D)(NULL);
    HIP_MEMCPY3D converted = convert_3d((const void *)copy);
    return NEXT(hipDrvMemcpy3D)(&converted);
}

EXPORT hipError_t hipDrvMemcpy3DAsync(const HIP_MEMCPY3D *copy, hipStream_t stream)
{
    if (copy == NULL)
        return NEXT(hipDrvMemcpy3DAsync)(NULL, stream);
    HIP_MEMCPY3D converted = convert_3d((const void *)copy);
    return NEXT(hipDrvMemcpy3DAsync)(&converted, stream);
}

/* ---- graph node types: one more, up to MemcpyToSymbol; there was an enumerator 0 of its own */

EXPORT hipError_t hipGraphNodeGetType(hipGraphNode_t node, hipGraphNodeType *type)
{
    hipError_t error = NEXT(hipGraphNodeGetType)(node, type);
    if (error != hipSuccess)
        return error;
    if (*type == hipGraphNodeTypeMemcpyFromSymbol)
        *type = (hipGraphNodeType)10;
    else if (*type == hipGraphNodeTypeMemcpyToSymbol)
        *type = (hipGraphNodeType)11;
    else if (*type <= hipGraphNodeTypeEventRecord)
        *type = (hipGraphNodeType)(*type + 1);
    return hipSuccess;
}

/* ---- hipMemAllocationProp: other order */

struct allocation_prop {
    unsigned char compression;
    hipMemLocation location;
    hipMemAllocationHandleType handle_type;
    hipMemAllocationType type;
    unsigned short usage;
    void *win32_handle_data;
};
_Static_assert(sizeof(struct allocation_prop) == 32 && offsetof(struct allocation_prop, type) == 16,
               "hipMemAllocationProp of ROCm 5");

static hipMemAllocationProp convert_prop(const struct allocation_prop *prop)
{
    hipMemAllocationProp out = {.type = prop->type,
                                .requestedHandleType = prop->handle_type,
                                .location = prop->location,
                                .win32HandleMetaData = prop->win32_handle_data};
    out.allocFlags.compressionType = prop->compression;
    out.allocFlags.usage = prop->usage;
    return out;
}

EXPORT hipError_t hipMemCreate(hipMemGenericAllocationHandle_t *handle, size_t size,
                               const hipMemAllocationProp *prop, unsigned long long flags)
{
    if (prop == NULL)
        return NEXT(hipMemCreate)(handle, size, NULL, flags);
    hipMemAllocationProp converted = convert_prop((const void *)prop);
    return NEXT(hipMemCreate)(handle, size, &converted, flags);
}

EXPORT hipError_t hipMemGetAllocationGranularity(size_t *granularity,
                                                 const hipMemAllocationProp *prop,
                                                 hipMemAllocationGranularity_flags option)
{
    if (prop == NULL)
        return NEXT(hipMemGetAllocationGranularity)(granularity, NULL, option);
    hipMemAllocationProp converted = convert_prop((const void *)prop);
    return NEXT(hipMemGetAllocationGranularity)(granularity, &converted, option);
}

EXPORT hipError_t hipMemGetAllocationPropertiesFromHandle(hipMemAllocationProp *prop,
                                                          hipMemGenericAllocationHandle_t handle)
{
    hipMemAllocationProp now;
    hipError_t error =
        NEXT(hipMemGetAllocationPropertiesFromHandle)(prop != NULL ? &now : NULL, handle);
    if (error == hipSuccess)
        *(struct allocation_prop *)prop =
            (struct allocation_prop){.compression = now.allocFlags.compressionType,
                                     .location = now.location,
                                     .handle_type = now.requestedHandleType,
                                     .type = now.type,
                                     .usage = now.allocFlags.usage,
                                     .win32_handle_data = now.win32HandleMetaData};
    return error;
}

/* ---- parameters of external semaphores: shorter, for signals and waits alike, and in arrays */

struct semaphore_params {
    uint64_t fence;
    uint32_t unused[14];
    uint32_t flags;
    uint32_t reserved[16];
};
_Static_assert(sizeof(struct semaphore_params) == 136 &&
                   offsetof(struct semaphore_params, flags) == 64,
               "hipExternalSemaphoreSignalParams and hipExternalSemaphoreWaitParams of ROCm 5");

#define SEMAPHORES(name, type)                                                                     \
    EXPORT hipError_t name(const hipExternalSemaphore_t *semaphores, const type *params,           \
                           unsigned int count, hipStream_t stream)                                 \
    {                                                                                              \
        const struct semaphore_params *old = (const void *)params;                                 \
        if (semaphores == NULL || params == NULL || count == 0)                                    \
            return NEXT(name)(semaphores, params, count, stream);                                  \
        hipError_t error = hipSuccess;                                                             \
        for (unsigned int i = 0; i < count && error == hipSuccess; i++) {                          \
            const type now = {.params.fence.value = old[i].fence, .flags = old[i].flags};          \
            error = NEXT(name)(&semaphores[i], &now, 1, stream);                                   \
        }                                                                                          \
        return error;                                                                              \
    }
SEMAPHORES(hipSignalExternalSemaphoresAsync, hipExternalSemaphoreSignalParams)
SEMAPHORES(hipWaitExternalSemaphoresAsync, hipExternalSemaphoreWaitParams)

/* ---- functions that ROCm 6 no longer has */

static hipError_t is_gone(const char *name)
{
    fprintf(stderr, "cairn: hip: %s, of ROCm 5's tracer, is not supported\n", name);
    return hipErrorNotSupported;
}

#define GONE(name)                                                                                 \
    EXPORT hipError_t name(void);                                                                  \
    EXPORT hipError_t name(void)                                                                   \
    {                                                                                              \
        return is_gone(#name);                                                                     \
    }
GONE(hipEnableActivityCallback)
GONE(hipInitActivityCallback)
GONE(hipRegisterActivityCallback)
GONE(hipRegisterApiCallback)
GONE(hipRemoveActivityCallback)
GONE(hipRemoveApiCallback)

/* hip_impl::hipLaunchKernelGGLImpl: by host address, with packed arguments. */
EXPORT void launch_ggl(
    uintptr_t function, const dim3 *blocks, const dim3 *threads, uint32_t lds_bytes,
    hipStream_t stream,
    void **packed) __asm__("_ZN8hip_impl22hipLaunchKernelGGLImplEmRK4dim3S2_jP12ihipStream_tPPv");
EXPORT void launch_ggl(uintptr_t function, const dim3 *blocks, const dim3 *threads,
                       uint32_t lds_bytes, hipStream_t stream, void **packed)
{
    hipFunction_t handle;
    if (NEXT(hipGetFuncBySymbol)(&handle, (const void *)function) == hipSuccess)
        (void)NEXT(hipModuleLaunchKernel)(handle, blocks->x, blocks->y, blocks->z, threads->x,
                                          threads->y, threads->z, lds_bytes, stream, NULL, packed);
}
