/* SPDX-License-Identifier: MIT
 * Copies with arrays by position: two-dimensional boxes, and byte ranges of rows. Offsets along x
 * and widths are in bytes.
 */
#include "hip/array.h"
#include "hip/copy.h"

/* ---- boxes ---- */

/* Both sides of a copy between an array and pitched memory, or between two arrays. */
struct box_copy {
    hipArray_const_t array;
    size_t x, y;
    char *memory;
    size_t pitch;
    size_t width, height;
    bool to_array;
};

static hipError_t copy_box(const struct box_copy *box, hipMemcpyKind kind, hipStream_t stream,
                           bool sync)
{
    struct hip_copy_side array, memory = {.at = box->memory, .pitch = box->pitch};
    const hipExtent extent = {box->width, box->height, 1};
    const hipPos at = {box->x, box->y, 0};
    struct hipArray known;
    if (!hip_array_find(box->array, &known))
        return hipErrorInvalidHandle;
    if (box->memory == NULL)
        return hipErrorInvalidValue;
    if (box->width > box->pitch && box->height != 0)
        return hipErrorInvalidPitchValue;
    hipError_t error =
        hip_copy_check_kind(kind) ?: hip_copy_array_side(box->array, &at, &extent, &array);
    if (error != hipSuccess || box->width == 0 || box->height == 0)
        return error;
    memory.slice = memory.pitch * box->height;
    struct hip_command command = box->to_array ? hip_copy_between(&array, &memory, &extent)
                                               : hip_copy_between(&memory, &array, &extent);
    return hip_copy_pitched(&command, stream, sync);
}

static hipError_t copy_to(hipArray_t dst, size_t x, size_t y, const void *src, size_t pitch,
                          size_t width, size_t height, hipMemcpyKind kind, hipStream_t stream,
                          bool sync)
{
    const struct box_copy box = {.array = dst,
                                 .x = x,
                                 .y = y,
                                 .memory = (char *)(uintptr_t)src,
                                 .pitch = pitch,
                                 .width = width,
                                 .height = height,
                                 .to_array = true};
    return hip_return(hip_ready() ?: copy_box(&box, kind, stream, sync));
}

static hipError_t copy_from(void *dst, size_t pitch, hipArray_const_t src, size_t x, size_t y,
                            size_t width, size_t height, hipMemcpyKind kind, hipStream_t stream,
                            bool sync)
{
    const struct box_copy box = {.array = src,
                                 .x = x,
                                 .y = y,
                                 .memory = dst,
                                 .pitch = pitch,
                                 .width = width,
                                 .height = height};
    return hip_return(hip_ready() ?: copy_box(&box, kind, stream, sync));
}

static hipStream_t or_per_thread(hipStream_t stream)
{
    return stream == NULL ? hipStreamPerThread : stream;
}

hipError_t hipMemcpy2DToArray(hipArray_t dst, size_t w_offset, size_t offset, const void *src,
                              size_t src_pitch, size_t width, size_t height, hipMemcpyKind kind)
{
    return copy_to(dst, w_offset, offset, src, src_pitch, width, height, kind, NULL, true);
}

hipError_t hipMemcpy2DToArray_spt(hipArray_t dst, size_t w_offset, size_t offset, const void *src,
                                  size_t src_pitch, size_t width, size_t height, hipMemcpyKind kind)
{
    return copy_to(dst, w_offset, offset, src, src_pitch, width, height, kind, hipStreamPerThread,
                   true);
}

hipError_t hipMemcpy2DToArrayAsync(hipArray_t dst, size_t w_offset, size_t offset, const void *src,
                                   size_t src_pitch, size_t width, size_t height,
                                   hipMemcpyKind kind, hipStream_t stream)
{
    return copy_to(dst, w_offset, offset, src, src_pitch, width, height, kind, stream, false);
}

hipError_t hipMemcpy2DToArrayAsync_spt(hipArray_t dst, size_t w_offset, size_t offset,
                                       const void *src, size_t src_pitch, size_t width,
                                       size_t height, hipMemcpyKind kind, hipStream_t stream)
{
    return copy_to(dst, w_offset, offset, src, src_pitch, width, height, kind,
                   or_per_thread(stream), false);
}

hipError_t hipMemcpy2DFromArray(void *dst, size_t dst_pitch, hipArray_const_t src, size_t w_offset,
                                size_t offset, size_t width, size_t height, hipMemcpyKind kind)
{
    return copy_from(dst, dst_pitch, src, w_offset, offset, width, height, kind, NULL, true);
}

hipError_t hipMemcpy2DFromArray_spt(void *dst, size_t dst_pitch, hipArray_const_t src,
                                    size_t w_offset, size_t offset, size_t width, size_t height,
                                    hipMemcpyKind kind)
{
    return copy_from(dst, dst_pitch, src, w_offset, offset, width, height, kind, hipStreamPerThread,
                     true);
}

hipError_t hipMemcpy2DFromArrayAsync(void *dst, size_t dst_pitch, hipArray_const_t src,
                                     size_t w_offset, size_t offset, size_t width, size_t height,
                                     hipMemcpyKind kind, hipStream_t stream)
{
    return copy_from(dst, dst_pitch, src, w_offset, offset, width, height, kind, stream, false);
}

hipError_t hipMemcpy2DFromArrayAsync_spt(void *dst, size_t dst_pitch, hipArray_const_t src,
                                         size_t w_offset_src, size_t offset_src, size_t width,
                                         size_t height, hipMemcpyKind kind, hipStream_t stream)
{
    return copy_from(dst, dst_pitch, src, w_offset_src, offset_src, width, height, kind,
                     or_per_thread(stream), false);
}

/* Arrays of different elements are copied as the bytes that they are. */
static hipError_t copy_arrays(hipArray_const_t dst, hipPos dst_at, hipArray_const_t src,
                              hipPos src_at, hipExtent extent, hipMemcpyKind kind)
{
    struct hip_copy_side to, from;
    hipError_t error = hip_copy_array_side(dst, &dst_at, &extent, &to)
                           ?: hip_copy_array_side(src, &src_at, &extent, &from)
                           ?: hip_copy_check_kind(kind);
    if (error != hipSuccess || extent.width == 0 || extent.height == 0)
        return error;
    if (kind == hipMemcpyHostToDevice || kind == hipMemcpyDeviceToHost)
        return hipErrorInvalidMemcpyDirection;
    struct hip_command command = hip_copy_between(&to, &from, &extent);
    return hip_copy_pitched(&command, NULL, true);
}

hipError_t hipMemcpy2DArrayToArray(hipArray_t dst, size_t w_offset_dst, size_t offset_dst,
                                   hipArray_const_t src, size_t w_offset_src, size_t offset_src,
                                   size_t width, size_t height, hipMemcpyKind kind)
{
    return hip_return(hip_ready()
                          ?: copy_arrays(dst, (hipPos){w_offset_dst, offset_dst, 0}, src,
                                         (hipPos){w_offset_src, offset_src, 0},
                                         (hipExtent){width, height, 1}, kind));
}

/* ---- byte ranges: from a place in a row on through the rows that follow ---- */

/* The next piece of at most `left` bytes that is a box: the rest of a row, or whole rows. */
static hipExtent next_piece(size_t row_bytes, size_t x, size_t left)
{
    if (x == 0 && left >= row_bytes)
        return (hipExtent){row_bytes, left / row_bytes, 1};
    return (hipExtent){left < row_bytes - x ? left : row_bytes - x, 1, 1};
}

/* Checks the whole range before anything is copied. */
static hipError_t check_range(const struct hipArray *array, size_t x, size_t y, size_t count)
{
    size_t row = array->extent.width * array->image.texel.bytes;
    size_t rows = array->extent.height != 0 ? array->extent.height : 1;
    if (x >= row || y >= rows || count > (rows - y) * row - x)
        return hipErrorInvalidValue;
    return hipSuccess;
}

static hipError_t copy_range(hipArray_const_t handle, size_t x, size_t y, char *memory,
                             size_t count, hipMemcpyKind kind, hipStream_t stream, bool to_array)
{
    struct hipArray array;
    if (!hip_array_find(handle, &array))
        return hipErrorInvalidHandle;
    if (memory == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_copy_check_kind(kind);
    if (error == hipSuccess && count != 0)
        error = check_range(&array, x, y, count);
    while (count != 0 && error == hipSuccess) {
        hipExtent piece = next_piece(array.extent.width * array.image.texel.bytes, x, count);
        const struct box_copy box = {.array = handle,
                                     .x = x,
                                     .y = y,
                                     .memory = memory,
                                     .pitch = piece.width,
                                     .width = piece.width,
                                     .height = piece.height,
                                     .to_array = to_array};
        error = copy_box(&box, kind, stream, true);
        memory += piece.width * piece.height;
        count -= piece.width * piece.height;
        y += piece.height;
        x = 0;
    }
    return error;
}

hipError_t hipMemcpyToArray(hipArray_t dst, size_t w_offset, size_t offset, const void *src,
                            size_t count, hipMemcpyKind kind)
{
    return hip_return(
        hip_ready()
            ?: copy_range(dst, w_offset, offset, (char *)(uintptr_t)src, count, kind, NULL, true));
}

hipError_t hipMemcpyFromArray(void *dst, hipArray_const_t src_array, size_t w_offset, size_t offset,
                              size_t count, hipMemcpyKind kind)
{
    return hip_return(
        hip_ready() ?: copy_range(src_array, w_offset, offset, dst, count, kind, NULL, false));
}

hipError_t hipMemcpyFromArray_spt(void *dst, hipArray_const_t src, size_t w_offset_src,
                                  size_t offset, size_t count, hipMemcpyKind kind)
{
    return hip_return(
        hip_ready()
            ?: copy_range(src, w_offset_src, offset, dst, count, kind, hipStreamPerThread, false));
}

/* ---- the driver's: a range of one row of a one-dimensional array ---- */

static hipError_t copy_row(hipArray_const_t array, size_t offset, char *memory, size_t count,
                           hipStream_t stream, bool sync, bool to_array)
{
    const struct box_copy box = {.array = array,
                                 .x = offset,
                                 .memory = memory,
                                 .pitch = count,
                                 .width = count,
                                 .height = 1,
                                 .to_array = to_array};
    if (array == NULL || memory == NULL)
        return hipErrorInvalidValue;
    return copy_box(&box, hipMemcpyDefault, stream, sync);
}

hipError_t hipMemcpyAtoA(hipArray_t dst_array, size_t dst_offset, hipArray_t src_array,
                         size_t src_offset, size_t size)
{
    if (dst_array == NULL || src_array == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready()
                          ?: copy_arrays(dst_array, (hipPos){dst_offset, 0, 0}, src_array,
                                         (hipPos){src_offset, 0, 0}, (hipExtent){size, 1, 1},
                                         hipMemcpyDeviceToDevice));
}

hipError_t hipMemcpyAtoD(hipDeviceptr_t dst_device, hipArray_t src_array, size_t src_offset,
                         size_t size)
{
    return hip_return(hip_ready()
                          ?: copy_row(src_array, src_offset, dst_device, size, NULL, true, false));
}

hipError_t hipMemcpyDtoA(hipArray_t dst_array, size_t dst_offset, hipDeviceptr_t src_device,
                         size_t size)
{
    return hip_return(hip_ready()
                          ?: copy_row(dst_array, dst_offset, src_device, size, NULL, true, true));
}

hipError_t hipMemcpyAtoH(void *dst, hipArray_t src_array, size_t src_offset, size_t count)
{
    return hip_return(hip_ready()
                          ?: copy_row(src_array, src_offset, dst, count, NULL, true, false));
}

hipError_t hipMemcpyAtoHAsync(void *dst_host, hipArray_t src_array, size_t src_offset, size_t size,
                              hipStream_t stream)
{
    return hip_return(hip_ready()
                          ?: copy_row(src_array, src_offset, dst_host, size, stream, false, false));
}

hipError_t hipMemcpyHtoA(hipArray_t dst_array, size_t dst_offset, const void *src_host,
                         size_t count)
{
    return hip_return(hip_ready()
                          ?: copy_row(dst_array, dst_offset, (char *)(uintptr_t)src_host, count,
                                      NULL, true, true));
}

hipError_t hipMemcpyHtoAAsync(hipArray_t dst_array, size_t dst_offset, const void *src_host,
                              size_t size, hipStream_t stream)
{
    return hip_return(hip_ready()
                          ?: copy_row(dst_array, dst_offset, (char *)(uintptr_t)src_host, size,
                                      stream, false, true));
}
