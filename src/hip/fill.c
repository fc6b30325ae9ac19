/* SPDX-License-Identifier: MIT
 * hipMemset and its relatives: bytes, 16- and 32-bit values, rows and slices.
 */
#include "hip/copy.h"

#include "hip/capture.h"
#include "hip/memory.h"

static hipError_t check(const struct hip_fill *fill)
{
    size_t row, rows, slices, total;
    if (fill->width == 0 || fill->height == 0 || fill->depth == 0)
        return hipSuccess;
    if (fill->dst == NULL || (uintptr_t)fill->dst % fill->element_bytes != 0 ||
        !cairn_size_mul(fill->width, fill->element_bytes, &row))
        return hipErrorInvalidValue;
    if ((fill->height > 1 || fill->depth > 1) && row > fill->pitch)
        return hipErrorInvalidValue;
    if (!cairn_size_mul(fill->height - 1, fill->pitch, &rows) ||
        !cairn_size_mul(fill->depth - 1, fill->slice, &slices) ||
        !cairn_size_add(rows, slices, &total) || !cairn_size_add(total, row, &total))
        return hipErrorInvalidValue;
    if (!hip_memory_is_known(fill->dst))
        return hipErrorInvalidValue;
    return hip_memory_check(fill->dst, total) ?: hip_memory_may_write(fill->dst);
}

static bool is_device_memory(const void *address)
{
    struct hip_allocation row;
    return hip_memory_find(address, &row) && row.kind == HIP_MEMORY_DEVICE;
}

/* hipMemset waits only for memory that the host may look at without asking (CUDA's documented rule,
 * which ROCm follows). */
static hipError_t run(struct hip_fill fill, hipStream_t handle, bool sync)
{
    struct ihipStream_t *stream;
    struct hip_command command = {.kind = HIP_COMMAND_FILL, .fill = fill};
    hipError_t error = check(&fill);
    if (error == hipSuccess)
        error = hip_stream_find(handle, &stream);
    if (error != hipSuccess || fill.width == 0 || fill.height == 0 || fill.depth == 0)
        return error;
    if (sync && !is_device_memory(fill.dst))
        return hip_stream_do(stream, &command);
    error = sync ? hip_capture_forbids_sync_copy() : hipSuccess;
    return error != hipSuccess ? error
           : sync              ? hip_stream_submit(stream, &command, NULL)
                               : hip_stream_enqueue(stream, &command, NULL);
}

static hipError_t fill_1d(void *dst, uint32_t value, uint32_t element_bytes, size_t count,
                          hipStream_t stream, bool sync)
{
    struct hip_fill fill = {.dst = dst,
                            .width = count,
                            .height = 1,
                            .depth = 1,
                            .value = value,
                            .element_bytes = element_bytes};
    return run(fill, stream, sync);
}

static hipError_t fill_3d(hipPitchedPtr memory, int value, hipExtent extent, hipStream_t stream,
                          bool sync)
{
    struct hip_fill fill = {.dst = memory.ptr,
                            .width = extent.width,
                            .height = extent.height,
                            .depth = extent.depth,
                            .pitch = memory.pitch,
                            .slice = memory.pitch * memory.ysize,
                            .value = (uint32_t)value,
                            .element_bytes = 1};
    if (extent.width > memory.pitch && extent.height != 0 && extent.depth != 0)
        return hipErrorInvalidValue;
    return run(fill, stream, sync);
}

static hipError_t fill_2d(void *dst, size_t pitch, int value, size_t width, size_t height,
                          hipStream_t stream, bool sync)
{
    hipPitchedPtr memory = make_hipPitchedPtr(dst, pitch, width, height);
    return fill_3d(memory, value, make_hipExtent(width, height, 1), stream, sync);
}

hipError_t hip_fill_of_memset(const hipMemsetParams *parms, struct hip_command *out)
{
    if (parms == NULL || parms->dst == NULL ||
        (parms->elementSize != 1 && parms->elementSize != 2 && parms->elementSize != 4))
        return hipErrorInvalidValue;
    struct hip_fill fill = {.dst = parms->dst,
                            .width = parms->width,
                            .height = parms->height,
                            .depth = 1,
                            .pitch = parms->pitch,
                            .value = parms->value,
                            .element_bytes = parms->elementSize};
    *out = (struct hip_command){.kind = HIP_COMMAND_FILL, .fill = fill};
    return check(&fill);
}

static hipStream_t spt(hipStream_t stream)
{
    return stream == NULL ? hipStreamPerThread : stream;
}

hipError_t hipMemset(void *dst, int value, size_t size)
{
    return hip_return(hip_ready() ?: fill_1d(dst, (uint32_t)value, 1, size, NULL, true));
}

hipError_t hipMemset_spt(void *dst, int value, size_t size)
{
    return hip_return(hip_ready()
                          ?: fill_1d(dst, (uint32_t)value, 1, size, hipStreamPerThread, true));
}

hipError_t hipMemsetAsync(void *dst, int value, size_t size, hipStream_t stream)
{
    return hip_return(hip_ready() ?: fill_1d(dst, (uint32_t)value, 1, size, stream, false));
}

hipError_t hipMemsetAsync_spt(void *dst, int value, size_t size, hipStream_t stream)
{
    return hipMemsetAsync(dst, value, size, spt(stream));
}

hipError_t hipMemsetD8(hipDeviceptr_t dst, unsigned char value, size_t count)
{
    return hip_return(hip_ready() ?: fill_1d(dst, value, 1, count, NULL, true));
}

hipError_t hipMemsetD8Async(hipDeviceptr_t dst, unsigned char value, size_t count,
                            hipStream_t stream)
{
    return hip_return(hip_ready() ?: fill_1d(dst, value, 1, count, stream, false));
}

hipError_t hipMemsetD16(hipDeviceptr_t dst, unsigned short value, size_t count)
{
    return hip_return(hip_ready() ?: fill_1d(dst, value, 2, count, NULL, true));
}

hipError_t hipMemsetD16Async(hipDeviceptr_t dst, unsigned short value, size_t count,
                             hipStream_t stream)
{
    return hip_return(hip_ready() ?: fill_1d(dst, value, 2, count, stream, false));
}

hipError_t hipMemsetD32(hipDeviceptr_t dst, int value, size_t count)
{
    return hip_return(hip_ready() ?: fill_1d(dst, (uint32_t)value, 4, count, NULL, true));
}

hipError_t hipMemsetD32Async(hipDeviceptr_t dst, int value, size_t count, hipStream_t stream)
{
    return hip_return(hip_ready() ?: fill_1d(dst, (uint32_t)value, 4, count, stream, false));
}

hipError_t hipMemset2D(void *dst, size_t pitch, int value, size_t width, size_t height)
{
    return hip_return(hip_ready() ?: fill_2d(dst, pitch, value, width, height, NULL, true));
}

hipError_t hipMemset2D_spt(void *dst, size_t pitch, int value, size_t width, size_t height)
{
    return hip_return(hip_ready()
                          ?: fill_2d(dst, pitch, value, width, height, hipStreamPerThread, true));
}

hipError_t hipMemset2DAsync(void *dst, size_t pitch, int value, size_t width, size_t height,
                            hipStream_t stream)
{
    return hip_return(hip_ready() ?: fill_2d(dst, pitch, value, width, height, stream, false));
}

hipError_t hipMemset2DAsync_spt(void *dst, size_t pitch, int value, size_t width, size_t height,
                                hipStream_t stream)
{
    return hipMemset2DAsync(dst, pitch, value, width, height, spt(stream));
}

hipError_t hipMemset3D(hipPitchedPtr memory, int value, hipExtent extent)
{
    return hip_return(hip_ready() ?: fill_3d(memory, value, extent, NULL, true));
}

hipError_t hipMemset3D_spt(hipPitchedPtr memory, int value, hipExtent extent)
{
    return hip_return(hip_ready() ?: fill_3d(memory, value, extent, hipStreamPerThread, true));
}

hipError_t hipMemset3DAsync(hipPitchedPtr memory, int value, hipExtent extent, hipStream_t stream)
{
    return hip_return(hip_ready() ?: fill_3d(memory, value, extent, stream, false));
}

hipError_t hipMemset3DAsync_spt(hipPitchedPtr memory, int value, hipExtent extent,
                                hipStream_t stream)
{
    return hipMemset3DAsync(memory, value, extent, spt(stream));
}
