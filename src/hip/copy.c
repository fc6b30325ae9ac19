/* SPDX-License-Identifier: MIT
 * hipMemcpy and its one-dimensional relatives. All memory has one address space, so the kind of a
 * copy is checked and otherwise not needed.
 */
#include "hip/copy.h"

#include "hip/capture.h"
#include "hip/memory.h"
#include "hip/module.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum { STAGING_BYTES = 1024 * 1024 };

static bool known_kind(hipMemcpyKind kind)
{
    return (unsigned)kind <= hipMemcpyDefault || kind == hipMemcpyDeviceToDeviceNoCU;
}

hipError_t hip_copy_check_kind(hipMemcpyKind kind)
{
    return known_kind(kind) ? hipSuccess : hipErrorInvalidMemcpyDirection;
}

static hipError_t describe(void *dst, const void *src, size_t size, hipMemcpyKind kind,
                           struct hip_command *command)
{
    if (dst == NULL || src == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_copy_check_kind(kind);
    if (error == hipSuccess)
        error = hip_memory_check(dst, size) ?: hip_memory_check(src, size);
    if (error == hipSuccess)
        error = hip_memory_may_write(dst) ?: hip_memory_may_read(src);
    *command = (struct hip_command){.kind = HIP_COMMAND_COPY,
                                    .copy = {.dst = dst,
                                             .src = src,
                                             .width = size,
                                             .height = 1,
                                             .depth = 1,
                                             .dst_pitch = size,
                                             .src_pitch = size,
                                             .dst_slice = size,
                                             .src_slice = size}};
    return error;
}

/* ---- asynchronous copies and the program's pageable memory ---- */

bool hip_copy_is_pageable(const void *address)
{
    struct hip_allocation row;
    return !hip_memory_find(address, &row);
}

static bool is_device_memory(const void *address)
{
    struct hip_allocation row;
    return hip_memory_find(address, &row) && row.kind == HIP_MEMORY_DEVICE;
}

static size_t last_byte(const struct hip_copy *copy)
{
    return (copy->depth - 1) * copy->src_slice + (copy->height - 1) * copy->src_pitch + copy->width;
}

/* Copies the program's memory aside, through the kernel: a bad address is an error, not a fault. A
 * kernel that refuses the call itself (seccomp) leaves plain copying. */
static hipError_t read_pageable(void *dst, const void *src, size_t size)
{
    struct iovec to = {.iov_base = dst, .iov_len = size};
    struct iovec from = {.iov_base = (void *)src, .iov_len = size};
    ssize_t got = process_vm_readv(getpid(), &to, 1, &from, 1, 0);
    if (got == (ssize_t)size)
        return hipSuccess;
    if (got < 0 && errno != EFAULT) {
        memcpy(dst, src, size);
        return hipSuccess;
    }
    cairn_log(CAIRN_LOG_ERROR, "hip: copy of %zu bytes from %p: not mapped", size, src);
    return hipErrorInvalidValue;
}

/* Programs may change or drop an unpinned source as soon as the call returns, and read an unpinned
 * destination then (CUDA's documented rule, which ROCm follows). So a small source is copied aside,
 * and the rest is waited for; so is a copy from host to host, pinned or not. */
hipError_t hip_copy_async(struct ihipStream_t *stream, struct hip_command *command)
{
    struct hip_copy *copy = &command->copy;
    struct hip_op *op = NULL;
    if (copy->width == 0 || copy->height == 0 || copy->depth == 0)
        return hipSuccess;
    if (atomic_load(&stream->capture) != NULL)
        return hip_stream_enqueue(stream, command, NULL);
    bool wait = !is_device_memory(copy->dst) && !is_device_memory(copy->src);
    wait = wait || hip_copy_is_pageable(copy->dst);
    if (!wait && hip_copy_is_pageable(copy->src)) {
        size_t size = last_byte(copy);
        copy->staging = size <= STAGING_BYTES ? malloc(size) : NULL;
        wait = copy->staging == NULL;
        if (!wait) {
            hipError_t error = read_pageable(copy->staging, copy->src, size);
            if (error != hipSuccess) {
                hip_command_finish(command);
                return error;
            }
            copy->src = copy->staging;
        }
    }
    hipError_t error = hip_stream_submit(stream, command, wait ? &op : NULL);
    if (error != hipSuccess)
        hip_command_finish(command);
    if (op != NULL) {
        hip_op_wait(op);
        int reported = atomic_load(&op->error);
        error = (hipError_t)reported;
        hip_op_release(op);
        if (error != hipSuccess) /* this call has told it */
            atomic_compare_exchange_strong(&stream->error, &reported, hipSuccess);
    }
    return error;
}

static bool wants_waiting(const void *address)
{
    struct hip_allocation row;
    return hip_memory_find(address, &row) && row.sync_ops;
}

/* Between device memory the host has nothing to wait for, and ROCm does not, unless the program
 * asked for it (HIP_POINTER_ATTRIBUTE_SYNC_MEMOPS). */
hipError_t hip_copy_sync(struct ihipStream_t *stream, struct hip_command *command)
{
    const struct hip_copy *copy = &command->copy;
    if (copy->width == 0 || copy->height == 0 || copy->depth == 0)
        return hipSuccess;
    hipError_t error = hip_capture_forbids_sync_copy();
    if (error != hipSuccess)
        return error;
    if (is_device_memory(copy->dst) && is_device_memory(copy->src) && !wants_waiting(copy->dst) &&
        !wants_waiting(copy->src))
        return hip_stream_submit(stream, command, NULL);
    return hip_stream_do(stream, command);
}

static hipError_t copy_on(void *dst, const void *src, size_t size, hipMemcpyKind kind,
                          hipStream_t handle, bool sync)
{
    struct ihipStream_t *stream;
    struct hip_command command;
    if (size == 0)
        return hipSuccess;
    hipError_t error = describe(dst, src, size, kind, &command);
    if (error == hipSuccess)
        error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    return sync ? hip_copy_sync(stream, &command) : hip_copy_async(stream, &command);
}

/* ---- plain copies ---- */

hipError_t hipMemcpy(void *dst, const void *src, size_t size, hipMemcpyKind kind)
{
    return hip_return(hip_ready() ?: copy_on(dst, src, size, kind, NULL, true));
}

hipError_t hipMemcpy_spt(void *dst, const void *src, size_t size, hipMemcpyKind kind)
{
    return hip_return(hip_ready() ?: copy_on(dst, src, size, kind, hipStreamPerThread, true));
}

/* Waits, but for a stream that captures: there it is a node like any other. */
static hipError_t copy_with_stream(void *dst, const void *src, size_t size, hipMemcpyKind kind,
                                   hipStream_t handle)
{
    struct ihipStream_t *stream;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    return copy_on(dst, src, size, kind, handle, atomic_load(&stream->capture) == NULL);
}

hipError_t hipMemcpyWithStream(void *dst, const void *src, size_t size, hipMemcpyKind kind,
                               hipStream_t stream)
{
    return hip_return(hip_ready() ?: copy_with_stream(dst, src, size, kind, stream));
}

hipError_t hipMemcpyAsync(void *dst, const void *src, size_t size, hipMemcpyKind kind,
                          hipStream_t stream)
{
    return hip_return(hip_ready() ?: copy_on(dst, src, size, kind, stream, false));
}

hipError_t hipMemcpyAsync_spt(void *dst, const void *src, size_t size, hipMemcpyKind kind,
                              hipStream_t stream)
{
    return hipMemcpyAsync(dst, src, size, kind, stream == NULL ? hipStreamPerThread : stream);
}

hipError_t hipMemcpyHtoD(hipDeviceptr_t dst, const void *src, size_t size)
{
    return hipMemcpy(dst, src, size, hipMemcpyHostToDevice);
}

hipError_t hipMemcpyDtoH(void *dst, hipDeviceptr_t src, size_t size)
{
    return hipMemcpy(dst, src, size, hipMemcpyDeviceToHost);
}

hipError_t hipMemcpyDtoD(hipDeviceptr_t dst, hipDeviceptr_t src, size_t size)
{
    return hipMemcpy(dst, src, size, hipMemcpyDeviceToDevice);
}

hipError_t hipMemcpyHtoDAsync(hipDeviceptr_t dst, const void *src, size_t size, hipStream_t stream)
{
    return hipMemcpyAsync(dst, src, size, hipMemcpyHostToDevice, stream);
}

hipError_t hipMemcpyDtoHAsync(void *dst, hipDeviceptr_t src, size_t size, hipStream_t stream)
{
    return hipMemcpyAsync(dst, src, size, hipMemcpyDeviceToHost, stream);
}

hipError_t hipMemcpyDtoDAsync(hipDeviceptr_t dst, hipDeviceptr_t src, size_t size,
                              hipStream_t stream)
{
    return hipMemcpyAsync(dst, src, size, hipMemcpyDeviceToDevice, stream);
}

/* ---- between devices ---- */

static hipError_t check_devices(int dst_device, int src_device)
{
    if (hip_device_at(dst_device) == NULL || hip_device_at(src_device) == NULL)
        return hipErrorInvalidDevice;
    return hipSuccess;
}

hipError_t hipMemcpyPeer(void *dst, int dst_device, const void *src, int src_device, size_t size)
{
    return hip_return(hip_ready() ?: check_devices(dst_device, src_device)
                                         ?: copy_on(dst, src, size, hipMemcpyDeviceToDevice, NULL,
                                                    true));
}

hipError_t hipMemcpyPeerAsync(void *dst, int dst_device, const void *src, int src_device,
                              size_t size, hipStream_t stream)
{
    return hip_return(hip_ready() ?: check_devices(dst_device, src_device)
                                         ?: copy_on(dst, src, size, hipMemcpyDeviceToDevice, stream,
                                                    false));
}

/* ---- device variables ---- */

static hipError_t symbol_range(const void *symbol, size_t size, size_t offset, void **address)
{
    size_t bytes, end;
    hipError_t error = hip_registered_variable(symbol, hip_current_device(), address, &bytes);
    if (error != hipSuccess)
        return error;
    if (!cairn_size_add(size, offset, &end) || end > bytes)
        return hipErrorInvalidValue;
    *address = (char *)*address + offset;
    return hipSuccess;
}

static hipError_t copy_symbol(const void *symbol, void *host, size_t size, size_t offset,
                              hipMemcpyKind kind, hipStream_t stream, bool to_symbol, bool sync)
{
    void *address;
    hipMemcpyKind wrong = to_symbol ? hipMemcpyDeviceToHost : hipMemcpyHostToDevice;
    hipError_t error = hip_copy_check_kind(kind);
    if (kind == wrong || kind == hipMemcpyHostToHost)
        error = hipErrorInvalidMemcpyDirection;
    if (error == hipSuccess)
        error = symbol_range(symbol, size, offset, &address);
    if (error != hipSuccess)
        return error;
    return to_symbol ? copy_on(address, host, size, kind, stream, sync)
                     : copy_on(host, address, size, kind, stream, sync);
}

hipError_t hipMemcpyToSymbol(const void *symbol, const void *src, size_t size, size_t offset,
                             hipMemcpyKind kind)
{
    return hip_return(
        hip_ready() ?: copy_symbol(symbol, (void *)src, size, offset, kind, NULL, true, true));
}

hipError_t hipMemcpyToSymbol_spt(const void *symbol, const void *src, size_t size, size_t offset,
                                 hipMemcpyKind kind)
{
    return hip_return(hip_ready()
                          ?: copy_symbol(symbol, (void *)src, size, offset, kind,
                                         hipStreamPerThread, true, true));
}

hipError_t hipMemcpyToSymbolAsync(const void *symbol, const void *src, size_t size, size_t offset,
                                  hipMemcpyKind kind, hipStream_t stream)
{
    return hip_return(
        hip_ready() ?: copy_symbol(symbol, (void *)src, size, offset, kind, stream, true, false));
}

hipError_t hipMemcpyToSymbolAsync_spt(const void *symbol, const void *src, size_t size,
                                      size_t offset, hipMemcpyKind kind, hipStream_t stream)
{
    return hipMemcpyToSymbolAsync(symbol, src, size, offset, kind,
                                  stream == NULL ? hipStreamPerThread : stream);
}

hipError_t hipMemcpyFromSymbol(void *dst, const void *symbol, size_t size, size_t offset,
                               hipMemcpyKind kind)
{
    return hip_return(hip_ready()
                          ?: copy_symbol(symbol, dst, size, offset, kind, NULL, false, true));
}

hipError_t hipMemcpyFromSymbol_spt(void *dst, const void *symbol, size_t size, size_t offset,
                                   hipMemcpyKind kind)
{
    return hip_return(
        hip_ready()
            ?: copy_symbol(symbol, dst, size, offset, kind, hipStreamPerThread, false, true));
}

hipError_t hipMemcpyFromSymbolAsync(void *dst, const void *symbol, size_t size, size_t offset,
                                    hipMemcpyKind kind, hipStream_t stream)
{
    return hip_return(hip_ready()
                          ?: copy_symbol(symbol, dst, size, offset, kind, stream, false, false));
}

hipError_t hipMemcpyFromSymbolAsync_spt(void *dst, const void *symbol, size_t size, size_t offset,
                                        hipMemcpyKind kind, hipStream_t stream)
{
    return hipMemcpyFromSymbolAsync(dst, symbol, size, offset, kind,
                                    stream == NULL ? hipStreamPerThread : stream);
}

static hipError_t symbol_query(const void *symbol, void **address, size_t *size)
{
    void *found;
    size_t bytes;
    if (address == NULL && size == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_registered_variable(symbol, hip_current_device(), &found, &bytes);
    if (error == hipSuccess && address != NULL)
        *address = found;
    if (error == hipSuccess && size != NULL)
        *size = bytes;
    return error;
}

hipError_t hipGetSymbolAddress(void **ptr, const void *symbol)
{
    return hip_return(hip_ready() ?: symbol_query(symbol, ptr, NULL));
}

hipError_t hipGetSymbolSize(size_t *size, const void *symbol)
{
    return hip_return(hip_ready() ?: symbol_query(symbol, NULL, size));
}
