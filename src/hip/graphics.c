/* SPDX-License-Identifier: MIT
 * Graphics interoperability. There is no graphics driver whose resources a kernel could reach, so
 * registering says that it is not supported, and no handle is a registered resource.
 */
#include "hip/runtime.h"
#include "hip/symbols.h"

#include <hip/hip_gl_interop.h>

static const unsigned known_flags =
    hipGraphicsRegisterFlagsReadOnly | hipGraphicsRegisterFlagsWriteDiscard |
    hipGraphicsRegisterFlagsSurfaceLoadStore | hipGraphicsRegisterFlagsTextureGather;

/* No OpenGL context belongs to one of the devices. */
hipError_t hipGLGetDevices(unsigned *count, int *devices, unsigned max, hipGLDeviceList list)
{
    if (count == NULL || devices == NULL || max == 0 || list < hipGLDeviceListAll ||
        list > hipGLDeviceListNextFrame)
        return hip_return(hipErrorInvalidValue);
    *count = 0;
    return hip_return((hipError_t)hip_not_supported("hipGLGetDevices"));
}

hipError_t hipGraphicsGLRegisterBuffer(hipGraphicsResource **resource, unsigned buffer,
                                       unsigned flags)
{
    if (resource == NULL || (flags & ~known_flags) != 0)
        return hip_return(hipErrorInvalidValue);
    return hip_return((hipError_t)hip_not_supported("hipGraphicsGLRegisterBuffer"));
}

hipError_t hipGraphicsGLRegisterImage(hipGraphicsResource **resource, unsigned image,
                                      unsigned target, unsigned flags)
{
    if (resource == NULL || (flags & ~known_flags) != 0)
        return hip_return(hipErrorInvalidValue);
    return hip_return((hipError_t)hip_not_supported("hipGraphicsGLRegisterImage"));
}

static hipError_t none_registered(int count, const hipGraphicsResource_t *resources)
{
    return count <= 0 || resources == NULL ? hipErrorInvalidValue : hipErrorInvalidHandle;
}

hipError_t hipGraphicsMapResources(int count, hipGraphicsResource_t *resources, hipStream_t stream)
{
    return hip_return(hip_ready() ?: none_registered(count, resources));
}

hipError_t hipGraphicsUnmapResources(int count, hipGraphicsResource_t *resources,
                                     hipStream_t stream)
{
    return hip_return(hip_ready() ?: none_registered(count, resources));
}

hipError_t hipGraphicsResourceGetMappedPointer(void **ptr, size_t *size,
                                               hipGraphicsResource_t resource)
{
    bool valid = ptr != NULL && size != NULL && resource != NULL;
    return hip_return(hip_ready() ?: valid ? hipErrorInvalidHandle : hipErrorInvalidValue);
}

hipError_t hipGraphicsSubResourceGetMappedArray(hipArray_t *array, hipGraphicsResource_t resource,
                                                unsigned int index, unsigned int level)
{
    bool valid = array != NULL && resource != NULL;
    return hip_return(hip_ready() ?: valid ? hipErrorInvalidHandle : hipErrorInvalidValue);
}

hipError_t hipGraphicsUnregisterResource(hipGraphicsResource_t resource)
{
    return hip_return(hip_ready()
                          ?: resource != NULL ? hipErrorInvalidHandle
                                              : hipErrorInvalidValue);
}
