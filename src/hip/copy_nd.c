/* SPDX-License-Identifier: MIT
 * Two- and three-dimensional copies between pitched memory and arrays.
 */
#include "hip/copy.h"

#include "hip/array.h"
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

hipError_t hip_copy_pitched(const struct hip_command *command, hipStream_t handle, bool sync)
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

struct hip_command hip_copy_between(const struct hip_copy_side *dst,
                                    const struct hip_copy_side *src, const hipExtent *extent)
{
    return (struct hip_command){.kind = HIP_COMMAND_COPY,
                                .copy = {.dst = dst->at,
                                         .src = src->at,
                                         .width = extent->width,
                                         .height = extent->height,
                                         .depth = extent->depth,
                                         .dst_pitch = dst->pitch,
                                         .src_pitch = src->pitch,
                                         .dst_slice = dst->slice,
                                         .src_slice = src->slice}};
}

/* The place of `at` in pitched memory. False: the numbers do not fit an address, or lead out of the
 * allocation that they start in. Who has one slice
 * need not say how many rows it has: a size without a number is too large only for the others. */
static bool place_of(const void *memory, const hipPos *at, size_t pitch, size_t rows,
                     struct hip_copy_side *out)
{
    size_t slice, skipped, row, offset, end;
    if (!cairn_size_mul(pitch, rows, &slice))
        slice = SIZE_MAX;
    if (!cairn_size_mul(slice, at->z, &skipped) || !cairn_size_mul(pitch, at->y, &row) ||
        !cairn_size_add(skipped, row, &offset) || !cairn_size_add(offset, at->x, &offset) ||
        !cairn_size_add((uintptr_t)memory, offset, &end) ||
        (offset != 0 && hip_memory_check(memory, offset + 1) != hipSuccess))
        return false;
    *out = (struct hip_copy_side){.at = (char *)end, .pitch = pitch, .slice = slice};
    return true;
}

static bool within(size_t at, size_t count, size_t size)
{
    return at <= size && count <= size - at;
}

hipError_t hip_copy_array_side(hipArray_const_t handle, const hipPos *at, const hipExtent *extent,
                               struct hip_copy_side *out)
{
    struct hipArray array;
    if (!hip_array_find(handle, &array))
        return hipErrorInvalidHandle;
    const struct hip_image *image = &array.image;
    size_t rows = array.extent.height != 0 ? array.extent.height : 1;
    size_t slices = array.extent.depth != 0 ? array.extent.depth : 1;
    if (!within(at->x, extent->width, array.extent.width * image->texel.bytes) ||
        !within(at->y, extent->height, rows) || !within(at->z, extent->depth, slices))
        return hipErrorInvalidValue;
    *out = (struct hip_copy_side){.at = hip_image_level(image, array.level) + at->z * image->slice +
                                        at->y * image->pitch + at->x,
                                  .pitch = image->pitch,
                                  .slice = image->slice};
    return hipSuccess;
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
    return hip_copy_check_kind(kind) ?: hip_copy_pitched(&command, stream, sync);
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

/* Where one side of a driver's descriptor lies. Sizes of 0 follow from the extent. */
struct drv_side {
    hipMemoryType type;
    const void *host;
    hipDeviceptr_t device;
    hipArray_t array;
    hipPos at;
    size_t pitch, height;
};

static hipError_t side_of_drv(const struct drv_side *side, const hipExtent *extent,
                              struct hip_copy_side *out)
{
    const void *memory = side->type == hipMemoryTypeHost ? side->host : side->device;
    size_t pitch = side->pitch != 0 ? side->pitch : extent->width, end;
    size_t height = side->height != 0 ? side->height : extent->height;
    switch (side->type) {
    case hipMemoryTypeArray:
        return side->array != NULL ? hip_copy_array_side(side->array, &side->at, extent, out)
                                   : hipErrorInvalidValue;
    case hipMemoryTypeHost:
    case hipMemoryTypeDevice:
    case hipMemoryTypeUnified:
    case hipMemoryTypeManaged:
        break;
    default:
        return hipErrorInvalidValue;
    }
    if (pitch >= INT_MAX)
        return hipErrorInvalidValue;
    if (extent->width == 0 || extent->height == 0 || extent->depth == 0) {
        *out = (struct hip_copy_side){0};
        return hipSuccess;
    }
    if (memory == NULL || !cairn_size_add(extent->width, side->at.x, &end) || end > pitch ||
        !place_of(memory, &side->at, pitch, height, out))
        return hipErrorInvalidValue;
    return hipSuccess;
}

static hipError_t between_drv(const struct drv_side *dst, const struct drv_side *src,
                              const hipExtent *extent, struct hip_command *out)
{
    struct hip_copy_side to, from;
    hipError_t error = side_of_drv(dst, extent, &to) ?: side_of_drv(src, extent, &from);
    if (error == hipSuccess)
        *out = hip_copy_between(&to, &from, extent);
    return error;
}

static hipError_t of_param_2d(const hip_Memcpy2D *parms, struct hip_command *out)
{
    if (parms == NULL)
        return hipErrorInvalidValue;
    const struct drv_side dst = {.type = parms->dstMemoryType,
                                 .host = parms->dstHost,
                                 .device = parms->dstDevice,
                                 .array = parms->dstArray,
                                 .at = {parms->dstXInBytes, parms->dstY, 0},
                                 .pitch = parms->dstPitch};
    const struct drv_side src = {.type = parms->srcMemoryType,
                                 .host = parms->srcHost,
                                 .device = parms->srcDevice,
                                 .array = parms->srcArray,
                                 .at = {parms->srcXInBytes, parms->srcY, 0},
                                 .pitch = parms->srcPitch};
    const hipExtent extent = {parms->WidthInBytes, parms->Height, 1};
    return between_drv(&dst, &src, &extent, out);
}

static hipError_t copy_param_2d(const hip_Memcpy2D *parms, hipStream_t stream, bool sync)
{
    struct hip_command command;
    return of_param_2d(parms, &command) ?: hip_copy_pitched(&command, stream, sync);
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

/* Pitched memory; positions in bytes. */
static hipError_t side_of_pitched(const hipPitchedPtr *memory, const hipPos *at,
                                  const hipExtent *extent, struct hip_copy_side *out)
{
    size_t end;
    if (extent->width != 0 && extent->height != 0 && extent->depth != 0 &&
        (!cairn_size_add(at->x, extent->width, &end) || end > memory->pitch))
        return hipErrorInvalidPitchValue;
    if (!place_of(memory->ptr, at, memory->pitch, memory->ysize, out))
        return hipErrorInvalidValue;
    return hipSuccess;
}

/* Where an array takes part, extents are in its elements, and so are positions in it. */
static hipError_t find_element(const hipMemcpy3DParms *parms, size_t *bytes)
{
    struct hipArray src, dst;
    bool from = parms->srcArray != NULL, to = parms->dstArray != NULL;
    *bytes = 1;
    if (from == (parms->srcPtr.ptr != NULL) || to == (parms->dstPtr.ptr != NULL))
        return hipErrorInvalidValue;
    if ((from && !hip_array_find(parms->srcArray, &src)) ||
        (to && !hip_array_find(parms->dstArray, &dst)))
        return hipErrorInvalidHandle;
    if (from && to && src.image.texel.bytes != dst.image.texel.bytes)
        return hipErrorInvalidValue;
    if (from || to)
        *bytes = from ? src.image.texel.bytes : dst.image.texel.bytes;
    return hipSuccess;
}

static hipError_t side_of_3d(hipArray_t array, const hipPitchedPtr *memory, hipPos at,
                             const hipExtent *extent, size_t element, struct hip_copy_side *out)
{
    if (array == NULL)
        return side_of_pitched(memory, &at, extent, out);
    if (!cairn_size_mul(at.x, element, &at.x))
        return hipErrorInvalidValue;
    return hip_copy_array_side(array, &at, extent, out);
}

hipError_t hip_copy_of_3d(const hipMemcpy3DParms *parms, struct hip_command *out)
{
    size_t element;
    struct hip_copy_side dst, src;
    if (parms == NULL)
        return hipErrorInvalidValue;
    hipExtent extent = parms->extent;
    hipError_t error = find_element(parms, &element) ?: hip_copy_check_kind(parms->kind);
    if (error == hipSuccess && !cairn_size_mul(extent.width, element, &extent.width))
        error = hipErrorInvalidValue;
    if (error == hipSuccess)
        error = side_of_3d(parms->srcArray, &parms->srcPtr, parms->srcPos, &extent, element, &src)
                    ?: side_of_3d(parms->dstArray, &parms->dstPtr, parms->dstPos, &extent, element,
                                  &dst);
    if (error == hipSuccess)
        *out = hip_copy_between(&dst, &src, &extent);
    return error;
}

static hipError_t copy_3d(const hipMemcpy3DParms *parms, hipStream_t stream, bool sync)
{
    struct hip_command command;
    return hip_copy_of_3d(parms, &command) ?: hip_copy_pitched(&command, stream, sync);
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
    if (parms == NULL)
        return hipErrorInvalidValue;
    const struct drv_side dst = {.type = parms->dstMemoryType,
                                 .host = parms->dstHost,
                                 .device = parms->dstDevice,
                                 .array = parms->dstArray,
                                 .at = {parms->dstXInBytes, parms->dstY, parms->dstZ},
                                 .pitch = parms->dstPitch,
                                 .height = parms->dstHeight};
    const struct drv_side src = {.type = parms->srcMemoryType,
                                 .host = parms->srcHost,
                                 .device = parms->srcDevice,
                                 .array = parms->srcArray,
                                 .at = {parms->srcXInBytes, parms->srcY, parms->srcZ},
                                 .pitch = parms->srcPitch,
                                 .height = parms->srcHeight};
    const hipExtent extent = {parms->WidthInBytes, parms->Height, parms->Depth};
    return between_drv(&dst, &src, &extent, out);
}

static hipError_t copy_drv_3d(const HIP_MEMCPY3D *parms, hipStream_t stream, bool sync)
{
    struct hip_command command;
    return hip_copy_of_drv_3d(parms, &command) ?: hip_copy_pitched(&command, stream, sync);
}

hipError_t hipDrvMemcpy3D(const HIP_MEMCPY3D *copy)
{
    return hip_return(hip_ready() ?: copy_drv_3d(copy, NULL, true));
}

hipError_t hipDrvMemcpy3DAsync(const HIP_MEMCPY3D *copy, hipStream_t stream)
{
    return hip_return(hip_ready() ?: copy_drv_3d(copy, stream, false));
}
