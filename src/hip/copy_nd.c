/* SPDX-License-Identifier: MIT
 * Two- and three-dimensional copies between pitched memory. Arrays need a texture unit, which the
 * chips served have not: copies with them are not supported.
 */
#include "hip/copy.h"

#include "hip/memory.h"

#include <limits.h>
#include <string.h>

/* Bytes from the first to one past the last. */
static bool extent_of(size_t width, size_t height, size_t depth, size_t pitch, size_t slice,
                      size_t *out)
{
    size_t rows, slices;
    if (width == 0 || height == 0 || depth == 0) {
        *out = 0;
        return true;
    }
    return cairn_size_mul(height - 1, pitch, &rows) && cairn_size_mul(depth - 1, slice, &slices) &&
           cairn_size_add(rows, slices, out) && cairn_size_add(*out, width, out);
}

static hipError_t check(const struct hip_copy *copy)
{
    size_t dst_bytes, src_bytes;
    if (copy->width == 0 || copy->height == 0 || copy->depth == 0)
        return hipSuccess;
    if (copy->dst == NULL || copy->src == NULL)
        return hipErrorInvalidValue;
    if ((copy->height > 1 || copy->depth > 1) &&
        (copy->width > copy->dst_pitch || copy->width > copy->src_pitch))
        return hipErrorInvalidPitchValue;
    if (!extent_of(copy->width, copy->height, copy->depth, copy->dst_pitch, copy->dst_slice,
                   &dst_bytes) ||
        !extent_of(copy->width, copy->height, copy->depth, copy->src_pitch, copy->src_slice,
                   &src_bytes))
        return hipErrorInvalidValue;
    return hip_memory_check(copy->dst, dst_bytes) ?: hip_memory_check(copy->src, src_bytes);
}

static hipError_t run(const struct hip_command *command, hipStream_t handle, bool sync)
{
    struct ihipStream_t *stream;
    struct hip_command copy = *command;
    hipError_t error = check(&copy.copy);
    if (error == hipSuccess)
        error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    return sync ? hip_copy_sync(stream, &copy) : hip_copy_async(stream, &copy);
}

/* ---- two dimensions ---- */

static hipError_t copy_2d(void *dst, size_t dst_pitch, const void *src, size_t src_pitch,
                          size_t width, size_t height, hipMemcpyKind kind, hipStream_t stream,
                          bool sync)
{
    struct hip_command command = {.kind = HIP_COMMAND_COPY,
                                  .copy = {.dst = dst,
                                           .src = src,
                                           .width = width,
                                           .height = height,
                                           .depth = 1,
                                           .dst_pitch = dst_pitch,
                                           .src_pitch = src_pitch,
                                           .dst_slice = dst_pitch * height,
                                           .src_slice = src_pitch * height}};
    if (width != 0 && height != 0 && (width > dst_pitch || width > src_pitch))
        return hipErrorInvalidPitchValue;
    return hip_copy_check_kind(kind) ?: run(&command, stream, sync);
}

hipError_t hipMemcpy2D(void *dst, size_t dst_pitch, const void *src, size_t src_pitch, size_t width,
                       size_t height, hipMemcpyKind kind)
{
    return hip_return(
        hip_ready() ?: copy_2d(dst, dst_pitch, src, src_pitch, width, height, kind, NULL, true));
}

hipError_t hipMemcpy2D_spt(void *dst, size_t dst_pitch, const void *src, size_t src_pitch,
                           size_t width, size_t height, hipMemcpyKind kind)
{
    return hip_return(hip_ready()
                          ?: copy_2d(dst, dst_pitch, src, src_pitch, width, height, kind,
                                     hipStreamPerThread, true));
}

hipError_t hipMemcpy2DAsync(void *dst, size_t dst_pitch, const void *src, size_t src_pitch,
                            size_t width, size_t height, hipMemcpyKind kind, hipStream_t stream)
{
    return hip_return(
        hip_ready() ?: copy_2d(dst, dst_pitch, src, src_pitch, width, height, kind, stream, false));
}

hipError_t hipMemcpy2DAsync_spt(void *dst, size_t dst_pitch, const void *src, size_t src_pitch,
                                size_t width, size_t height, hipMemcpyKind kind, hipStream_t stream)
{
    return hipMemcpy2DAsync(dst, dst_pitch, src, src_pitch, width, height, kind,
                            stream == NULL ? hipStreamPerThread : stream);
}

/* Which of host and device pointer a descriptor means. */
static bool pick(hipMemoryType type, const void *host, const void *device, const void **out)
{
    switch (type) {
    case hipMemoryTypeHost:
        *out = host;
        return true;
    case hipMemoryTypeDevice:
    case hipMemoryTypeUnified:
    case hipMemoryTypeManaged:
        *out = device;
        return true;
    default:
        return false;
    }
}

static hipError_t of_param_2d(const hip_Memcpy2D *parms, struct hip_command *out)
{
    const void *src, *dst;
    if (parms == NULL)
        return hipErrorInvalidValue;
    if (parms->srcMemoryType == hipMemoryTypeArray || parms->dstMemoryType == hipMemoryTypeArray)
        return hipErrorNotSupported;
    if (!pick(parms->srcMemoryType, parms->srcHost, parms->srcDevice, &src) ||
        !pick(parms->dstMemoryType, parms->dstHost, parms->dstDevice, &dst))
        return hipErrorInvalidValue;
    size_t src_pitch = parms->srcPitch != 0 ? parms->srcPitch : parms->WidthInBytes;
    size_t dst_pitch = parms->dstPitch != 0 ? parms->dstPitch : parms->WidthInBytes;
    if (src_pitch >= INT_MAX || dst_pitch >= INT_MAX ||
        parms->WidthInBytes + parms->srcXInBytes > src_pitch ||
        parms->WidthInBytes + parms->dstXInBytes > dst_pitch)
        return hipErrorInvalidValue;
    if (parms->WidthInBytes != 0 && parms->Height != 0 && (src == NULL || dst == NULL))
        return hipErrorInvalidValue;
    *out = (struct hip_command){
        .kind = HIP_COMMAND_COPY,
        .copy = {.dst = (char *)dst + parms->dstY * dst_pitch + parms->dstXInBytes,
                 .src = (const char *)src + parms->srcY * src_pitch + parms->srcXInBytes,
                 .width = parms->WidthInBytes,
                 .height = parms->Height,
                 .depth = 1,
                 .dst_pitch = dst_pitch,
                 .src_pitch = src_pitch,
                 .dst_slice = dst_pitch * parms->Height,
                 .src_slice = src_pitch * parms->Height}};
    return hipSuccess;
}

static hipError_t copy_param_2d(const hip_Memcpy2D *parms, hipStream_t stream, bool sync)
{
    struct hip_command command;
    return of_param_2d(parms, &command) ?: run(&command, stream, sync);
}

hipError_t hipMemcpyParam2D(const hip_Memcpy2D *copy)
{
    return hip_return(hip_ready() ?: copy_param_2d(copy, NULL, true));
}

hipError_t hipMemcpyParam2DAsync(const hip_Memcpy2D *copy, hipStream_t stream)
{
    return hip_return(hip_ready() ?: copy_param_2d(copy, stream, false));
}

hipError_t hipDrvMemcpy2DUnaligned(const hip_Memcpy2D *copy)
{
    return hipMemcpyParam2D(copy);
}

/* ---- three dimensions ---- */

static char *at(const hipPitchedPtr *memory, const hipPos *position)
{
    size_t slice = memory->pitch * memory->ysize;
    return (char *)memory->ptr + position->z * slice + position->y * memory->pitch + position->x;
}

hipError_t hip_copy_of_3d(const hipMemcpy3DParms *parms, struct hip_command *out)
{
    if (parms == NULL)
        return hipErrorInvalidValue;
    if (parms->srcArray != NULL || parms->dstArray != NULL)
        return hipErrorNotSupported;
    if (parms->srcPtr.ptr == NULL || parms->dstPtr.ptr == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_copy_check_kind(parms->kind);
    if (error != hipSuccess)
        return error;
    const hipExtent *extent = &parms->extent;
    if (extent->width != 0 && extent->height != 0 && extent->depth != 0 &&
        (parms->srcPos.x + extent->width > parms->srcPtr.pitch ||
         parms->dstPos.x + extent->width > parms->dstPtr.pitch))
        return hipErrorInvalidPitchValue;
    *out = (struct hip_command){.kind = HIP_COMMAND_COPY,
                                .copy = {.dst = at(&parms->dstPtr, &parms->dstPos),
                                         .src = at(&parms->srcPtr, &parms->srcPos),
                                         .width = extent->width,
                                         .height = extent->height,
                                         .depth = extent->depth,
                                         .dst_pitch = parms->dstPtr.pitch,
                                         .src_pitch = parms->srcPtr.pitch,
                                         .dst_slice = parms->dstPtr.pitch * parms->dstPtr.ysize,
                                         .src_slice = parms->srcPtr.pitch * parms->srcPtr.ysize}};
    return hipSuccess;
}

static hipError_t copy_3d(const hipMemcpy3DParms *parms, hipStream_t stream, bool sync)
{
    struct hip_command command;
    return hip_copy_of_3d(parms, &command) ?: run(&command, stream, sync);
}

hipError_t hipMemcpy3D(const struct hipMemcpy3DParms *copy)
{
    return hip_return(hip_ready() ?: copy_3d(copy, NULL, true));
}

hipError_t hipMemcpy3D_spt(const struct hipMemcpy3DParms *copy)
{
    return hip_return(hip_ready() ?: copy_3d(copy, hipStreamPerThread, true));
}

hipError_t hipMemcpy3DAsync(const struct hipMemcpy3DParms *copy, hipStream_t stream)
{
    return hip_return(hip_ready() ?: copy_3d(copy, stream, false));
}

hipError_t hipMemcpy3DAsync_spt(const hipMemcpy3DParms *copy, hipStream_t stream)
{
    return hipMemcpy3DAsync(copy, stream == NULL ? hipStreamPerThread : stream);
}

hipError_t hip_copy_of_drv_3d(const HIP_MEMCPY3D *parms, struct hip_command *out)
{
    const void *src, *dst;
    if (parms == NULL)
        return hipErrorInvalidValue;
    if (parms->srcMemoryType == hipMemoryTypeArray || parms->dstMemoryType == hipMemoryTypeArray)
        return hipErrorNotSupported;
    if (!pick(parms->srcMemoryType, parms->srcHost, parms->srcDevice, &src) ||
        !pick(parms->dstMemoryType, parms->dstHost, parms->dstDevice, &dst) || src == NULL ||
        dst == NULL)
        return hipErrorInvalidValue;
    size_t src_pitch = parms->srcPitch != 0 ? parms->srcPitch : parms->WidthInBytes;
    size_t dst_pitch = parms->dstPitch != 0 ? parms->dstPitch : parms->WidthInBytes;
    size_t src_height = parms->srcHeight != 0 ? parms->srcHeight : parms->Height;
    size_t dst_height = parms->dstHeight != 0 ? parms->dstHeight : parms->Height;
    if (src_pitch >= INT_MAX || dst_pitch >= INT_MAX ||
        parms->WidthInBytes + parms->srcXInBytes > src_pitch ||
        parms->WidthInBytes + parms->dstXInBytes > dst_pitch)
        return hipErrorInvalidValue;
    size_t src_slice = src_pitch * src_height, dst_slice = dst_pitch * dst_height;
    *out = (struct hip_command){.kind = HIP_COMMAND_COPY,
                                .copy = {.dst = (char *)dst + parms->dstZ * dst_slice +
                                                parms->dstY * dst_pitch + parms->dstXInBytes,
                                         .src = (const char *)src + parms->srcZ * src_slice +
                                                parms->srcY * src_pitch + parms->srcXInBytes,
                                         .width = parms->WidthInBytes,
                                         .height = parms->Height,
                                         .depth = parms->Depth,
                                         .dst_pitch = dst_pitch,
                                         .src_pitch = src_pitch,
                                         .dst_slice = dst_slice,
                                         .src_slice = src_slice}};
    return hipSuccess;
}

static hipError_t copy_drv_3d(const HIP_MEMCPY3D *parms, hipStream_t stream, bool sync)
{
    struct hip_command command;
    return hip_copy_of_drv_3d(parms, &command) ?: run(&command, stream, sync);
}

hipError_t hipDrvMemcpy3D(const HIP_MEMCPY3D *copy)
{
    return hip_return(hip_ready() ?: copy_drv_3d(copy, NULL, true));
}

hipError_t hipDrvMemcpy3DAsync(const HIP_MEMCPY3D *copy, hipStream_t stream)
{
    return hip_return(hip_ready() ?: copy_drv_3d(copy, stream, false));
}
