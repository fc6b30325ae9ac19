/* SPDX-License-Identifier: MIT
 * hipStream*: the API functions over stream.c. Functions ending in _spt mean the calling thread's
 * own stream where the plain ones mean the null stream.
 */
#include "hip/stream.h"

#include "hip/capture.h"
#include "hip/pool.h"

enum { PRIORITY_LOW = 1, PRIORITY_HIGH = -1 };

static hipError_t create(hipStream_t *out, unsigned flags, int priority)
{
    if (out == NULL || (flags & ~(unsigned)hipStreamNonBlocking) != 0)
        return hipErrorInvalidValue;
    if (priority > PRIORITY_LOW)
        priority = PRIORITY_LOW;
    if (priority < PRIORITY_HIGH)
        priority = PRIORITY_HIGH;
    return hip_stream_create(hip_current_device(), flags, priority, out);
}

hipError_t hipStreamCreate(hipStream_t *stream)
{
    return hip_return(hip_ready() ?: create(stream, hipStreamDefault, 0));
}

hipError_t hipStreamCreateWithFlags(hipStream_t *stream, unsigned int flags)
{
    return hip_return(hip_ready() ?: create(stream, flags, 0));
}

hipError_t hipStreamCreateWithPriority(hipStream_t *stream, unsigned int flags, int priority)
{
    return hip_return(hip_ready() ?: create(stream, flags, priority));
}

hipError_t hipDeviceGetStreamPriorityRange(int *least_priority, int *greatest_priority)
{
    hipError_t error = hip_ready();
    if (error == hipSuccess && least_priority != NULL)
        *least_priority = PRIORITY_LOW;
    if (error == hipSuccess && greatest_priority != NULL)
        *greatest_priority = PRIORITY_HIGH;
    return hip_return(error);
}

static hipError_t destroy(hipStream_t handle)
{
    struct ihipStream_t *stream;
    if (hip_stream_is_null(handle) || handle == hipStreamPerThread)
        return hipErrorInvalidHandle;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    hip_capture_abandon(stream);
    hip_stream_destroy(stream);
    return hipSuccess;
}

hipError_t hipStreamDestroy(hipStream_t stream)
{
    return hip_return(hip_ready() ?: destroy(stream));
}

/* Waiting is an error while the stream records a graph. */
static hipError_t with_stream(hipStream_t handle, hipError_t (*use)(struct ihipStream_t *))
{
    struct ihipStream_t *stream;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    if (atomic_load(&stream->capture) != NULL) {
        hip_capture_invalidate(stream);
        return hipErrorStreamCaptureUnsupported;
    }
    if (!stream->is_null && (error = hip_capture_forbids_unsafe()) != hipSuccess)
        return error;
    return use(stream);
}

static hipStream_t spt(hipStream_t stream)
{
    return stream == NULL ? hipStreamPerThread : stream;
}

static hipError_t wait_and_settle(struct ihipStream_t *stream)
{
    hipError_t error = hip_stream_wait(stream);
    hip_pools_settle(stream->device);
    return error;
}

hipError_t hipStreamSynchronize(hipStream_t stream)
{
    return hip_return(hip_ready() ?: with_stream(stream, wait_and_settle));
}

hipError_t hipStreamSynchronize_spt(hipStream_t stream)
{
    return hipStreamSynchronize(spt(stream));
}

hipError_t hipStreamQuery(hipStream_t stream)
{
    return hip_return(hip_ready() ?: with_stream(stream, hip_stream_query));
}

hipError_t hipStreamQuery_spt(hipStream_t stream)
{
    return hipStreamQuery(spt(stream));
}

/* ---- what a stream is ---- */

/* The null stream has no flags to tell: hipErrorInvalidValue, as ROCm answers (the other getters
 * know it). */
static hipError_t get_flags(hipStream_t handle, unsigned int *flags)
{
    struct ihipStream_t *stream;
    if (flags == NULL || handle == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error == hipSuccess)
        *flags = stream->flags;
    return error;
}

hipError_t hipStreamGetFlags(hipStream_t stream, unsigned int *flags)
{
    return hip_return(hip_ready() ?: get_flags(stream, flags));
}

hipError_t hipStreamGetFlags_spt(hipStream_t stream, unsigned int *flags)
{
    return hipStreamGetFlags(spt(stream), flags);
}

static hipError_t get_priority(hipStream_t handle, int *priority)
{
    struct ihipStream_t *stream;
    if (priority == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error == hipSuccess)
        *priority = stream->priority;
    return error;
}

hipError_t hipStreamGetPriority(hipStream_t stream, int *priority)
{
    return hip_return(hip_ready() ?: get_priority(stream, priority));
}

hipError_t hipStreamGetPriority_spt(hipStream_t stream, int *priority)
{
    return hipStreamGetPriority(spt(stream), priority);
}

static hipError_t get_device(hipStream_t handle, hipDevice_t *device)
{
    struct ihipStream_t *stream;
    if (device == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error == hipSuccess)
        *device = stream->device->ordinal;
    return error;
}

hipError_t hipStreamGetDevice(hipStream_t stream, hipDevice_t *device)
{
    return hip_return(hip_ready() ?: get_device(stream, device));
}

int hipGetStreamDeviceId(hipStream_t stream)
{
    hipDevice_t device = -1;
    hipError_t error = hip_ready() ?: get_device(stream, &device);
    return error == hipSuccess ? device : -1;
}

/* ---- callbacks and values in memory ---- */

static hipError_t enqueue(hipStream_t handle, const struct hip_command *command)
{
    struct ihipStream_t *stream;
    hipError_t error = hip_stream_find(handle, &stream);
    return error != hipSuccess ? error : hip_stream_enqueue(stream, command, NULL);
}

hipError_t hipLaunchHostFunc(hipStream_t stream, hipHostFn_t function, void *user)
{
    struct hip_command command = {.kind = HIP_COMMAND_HOST,
                                  .host = {.function = function, .user = user}};
    if (function == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: enqueue(stream, &command));
}

hipError_t hipLaunchHostFunc_spt(hipStream_t stream, hipHostFn_t function, void *user)
{
    return hipLaunchHostFunc(spt(stream), function, user);
}

hipError_t hipStreamAddCallback(hipStream_t stream, hipStreamCallback_t callback, void *user,
                                unsigned int flags)
{
    struct hip_command command = {.kind = HIP_COMMAND_CALLBACK,
                                  .host = {.callback = callback, .stream = stream, .user = user}};
    if (callback == NULL || flags != 0)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: enqueue(stream, &command));
}

hipError_t hipStreamAddCallback_spt(hipStream_t stream, hipStreamCallback_t callback, void *user,
                                    unsigned int flags)
{
    return hipStreamAddCallback(spt(stream), callback, user, flags);
}

static hipError_t value_command(enum hip_command_kind kind, void *ptr, uint64_t value,
                                uint64_t mask, uint32_t bytes, unsigned condition,
                                struct hip_command *out)
{
    if (ptr == NULL || (uintptr_t)ptr % bytes != 0 || condition > hipStreamWaitValueNor)
        return hipErrorInvalidValue;
    *out = (struct hip_command){
        .kind = kind,
        .value = {
            .address = ptr, .value = value, .mask = mask, .bytes = bytes, .condition = condition}};
    return hipSuccess;
}

static hipError_t value_op(enum hip_command_kind kind, hipStream_t stream, void *ptr,
                           uint64_t value, uint64_t mask, uint32_t bytes, unsigned condition)
{
    struct hip_command command;
    return value_command(kind, ptr, value, mask, bytes, condition, &command)
               ?: enqueue(stream, &command);
}

hipError_t hipStreamWaitValue32(hipStream_t stream, void *ptr, uint32_t value, unsigned int flags,
                                uint32_t mask)
{
    return hip_return(hip_ready()
                          ?: value_op(HIP_COMMAND_WAIT, stream, ptr, value, mask, 4, flags));
}

hipError_t hipStreamWaitValue64(hipStream_t stream, void *ptr, uint64_t value, unsigned int flags,
                                uint64_t mask)
{
    return hip_return(hip_ready()
                          ?: value_op(HIP_COMMAND_WAIT, stream, ptr, value, mask, 8, flags));
}

hipError_t hipStreamWriteValue32(hipStream_t stream, void *ptr, uint32_t value, unsigned int flags)
{
    return hip_return(hip_ready()
                          ?: value_op(HIP_COMMAND_WRITE, stream, ptr, value, UINT32_MAX, 4, 0));
}

hipError_t hipStreamWriteValue64(hipStream_t stream, void *ptr, uint64_t value, unsigned int flags)
{
    return hip_return(hip_ready()
                          ?: value_op(HIP_COMMAND_WRITE, stream, ptr, value, UINT64_MAX, 8, 0));
}

hipError_t hip_command_of_mem_op(const hipStreamBatchMemOpParams *op, struct hip_command *out)
{
    switch (op->operation) {
    case hipStreamMemOpWaitValue32:
        return value_command(HIP_COMMAND_WAIT, op->waitValue.address, op->waitValue.value,
                             UINT32_MAX, 4, op->waitValue.flags, out);
    case hipStreamMemOpWaitValue64:
        return value_command(HIP_COMMAND_WAIT, op->waitValue.address, op->waitValue.value64,
                             UINT64_MAX, 8, op->waitValue.flags, out);
    case hipStreamMemOpWriteValue32:
        return value_command(HIP_COMMAND_WRITE, op->writeValue.address, op->writeValue.value,
                             UINT32_MAX, 4, 0, out);
    case hipStreamMemOpWriteValue64:
        return value_command(HIP_COMMAND_WRITE, op->writeValue.address, op->writeValue.value64,
                             UINT64_MAX, 8, 0, out);
    case hipStreamMemOpBarrier:
    case hipStreamMemOpFlushRemoteWrites:
        return hipErrorNotSupported; /* as in ROCm 6.4 */
    default:
        return hipErrorInvalidValue;
    }
}

static hipError_t batch_op(hipStream_t stream, const hipStreamBatchMemOpParams *op)
{
    struct hip_command command;
    return hip_command_of_mem_op(op, &command) ?: enqueue(stream, &command);
}

static hipError_t batch(hipStream_t stream, unsigned count, const hipStreamBatchMemOpParams *ops)
{
    hipError_t error = hipSuccess;
    if (ops == NULL || count == 0 || count > 256)
        return hipErrorInvalidValue;
    for (unsigned i = 0; i < count && error == hipSuccess; i++)
        error = batch_op(stream, &ops[i]);
    return error;
}

hipError_t hipStreamBatchMemOp(hipStream_t stream, unsigned int count,
                               hipStreamBatchMemOpParams *ops, unsigned int flags)
{
    if (flags != 0)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: batch(stream, count, ops));
}

/* ---- compute unit masks ---- */

static hipError_t create_masked(hipStream_t *out, uint32_t words, const uint32_t *mask)
{
    hipError_t error = create(out, hipStreamDefault, 0);
    if (error == hipSuccess)
        hip_cu_mask_set(*out, words, mask);
    return error;
}

hipError_t hipExtStreamCreateWithCUMask(hipStream_t *stream, uint32_t words, const uint32_t *mask)
{
    if (stream == NULL)
        return hip_return(hipErrorInvalidHandle);
    if (words == 0 || mask == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: create_masked(stream, words, mask));
}

static hipError_t get_mask(hipStream_t handle, uint32_t words, uint32_t *mask)
{
    struct ihipStream_t *stream;
    return hip_stream_find(handle, &stream) ?: hip_cu_mask_get(stream, words, mask);
}

hipError_t hipExtStreamGetCUMask(hipStream_t stream, uint32_t words, uint32_t *mask)
{
    return hip_return(hip_ready() ?: get_mask(stream, words, mask));
}
