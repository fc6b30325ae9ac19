/* SPDX-License-Identifier: MIT
 * Sharing buffers and images with OpenGL. No OpenGL driver shares with Cairn's devices: these
 * return hipErrorNotSupported. OpenGL's GLuint and GLenum are plain unsigned integers.
 */
#ifndef HIP_INCLUDE_HIP_HIP_GL_INTEROP_H
#define HIP_INCLUDE_HIP_HIP_GL_INTEROP_H

#include <hip/hip_runtime_api.h>

typedef enum hipGLDeviceList {
    hipGLDeviceListAll = 1,
    hipGLDeviceListCurrentFrame = 2,
    hipGLDeviceListNextFrame = 3
} hipGLDeviceList;

#ifdef __cplusplus
extern "C" {
#endif

HIP_PUBLIC_API hipError_t hipGLGetDevices(unsigned int *count, int *devices, unsigned int max,
                                          hipGLDeviceList list);
HIP_PUBLIC_API hipError_t hipGraphicsGLRegisterBuffer(hipGraphicsResource **resource,
                                                      unsigned int buffer, unsigned int flags);
HIP_PUBLIC_API hipError_t hipGraphicsGLRegisterImage(hipGraphicsResource **resource,
                                                     unsigned int image, unsigned int target,
                                                     unsigned int flags);

#ifdef __cplusplus
}
#endif

#endif
