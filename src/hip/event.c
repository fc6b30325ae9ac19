/* SPDX-License-Identifier: MIT
 * Events: a point in a stream. An event refers to the stream's last operation at the time of
 * recording, and its time is that operation's end; on an idle stream it is the time of recording.
 */
#include "hip/event.h"

#include "hip/capture.h"
#include "hip/pool.h"

#include <stdlib.h>

static pthread_rwlock_t handles_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct hip_map handles; /* guarded by handles_lock */

enum {
    CREATE_FLAGS = hipEventBlockingSync | hipEventDisableTiming | hipEventInterprocess,
};

hipError_t hip_event_find(hipEvent_t handle, struct ihipEvent_t **out)
{
    pthread_rwlock_rdlock(&handles_lock);
    *out = handle == NULL ? NULL : hip_map_get(&handles, handle);
    pthread_rwlock_unlock(&handles_lock);
    return *out == NULL ? hipErrorInvalidHandle : hipSuccess;
}

/* Takes the reference to `shared` on success. */
static hipError_t add_event(unsigned flags, struct hip_shared_event *shared, hipEvent_t *out)
{
    struct ihipEvent_t *event = calloc(1, sizeof *event);
    if (event == NULL)
        return hipErrorOutOfMemory;
    event->flags = flags;
    event->shared = shared;
    event->device = hip_current_device();
    pthread_mutex_init(&event->lock, NULL);
    pthread_rwlock_wrlock(&handles_lock);
    bool known = hip_map_put(&handles, event, event);
    pthread_rwlock_unlock(&handles_lock);
    if (!known) {
        free(event);
        return hipErrorOutOfMemory;
    }
    *out = event;
    return hipSuccess;
}

hipError_t hip_event_create_shared(struct hip_shared_event *shared, hipEvent_t *out)
{
    return add_event(hipEventInterprocess | hipEventDisableTiming, shared, out);
}

static hipError_t create(hipEvent_t *out, unsigned flags)
{
    const unsigned release =
        hipEventReleaseToDevice | hipEventReleaseToSystem | (unsigned)hipEventDisableSystemFence;
    struct hip_shared_event *shared = NULL;
    hipError_t error = hipSuccess;
    if (out == NULL || (flags & ~(CREATE_FLAGS | release)) != 0)
        return hipErrorInvalidValue;
    if (((flags & release) & ((flags & release) - 1)) != 0)
        return hipErrorInvalidValue; /* one way of releasing, at most */
    if ((flags & hipEventInterprocess) != 0 && (flags & hipEventDisableTiming) == 0)
        return hipErrorInvalidValue;
    if ((flags & hipEventInterprocess) != 0)
        error = hip_shared_event_create(&shared);
    if (error == hipSuccess)
        error = add_event(flags, shared, out);
    if (error != hipSuccess)
        hip_shared_event_release(shared);
    return error;
}

static hipError_t destroy(hipEvent_t handle)
{
    pthread_rwlock_wrlock(&handles_lock);
    struct ihipEvent_t *event = handle == NULL ? NULL : hip_map_remove(&handles, handle);
    pthread_rwlock_unlock(&handles_lock);
    if (event == NULL)
        return handle == NULL ? hipErrorInvalidHandle : hipErrorContextIsDestroyed;
    hip_op_release(event->op);
    hip_shared_event_release(event->shared);
    pthread_mutex_destroy(&event->lock);
    free(event);
    return hipSuccess;
}

/* ---- recording ---- */

void hip_event_set(struct ihipEvent_t *event, struct hip_device *device, struct hip_op *op,
                   bool at_start)
{
    pthread_mutex_lock(&event->lock);
    struct hip_op *old = event->op;
    event->op = op;
    event->device = device;
    event->at_start = at_start;
    event->recorded = true;
    event->captured = 0;
    event->time = op == NULL ? hip_now() : 0;
    pthread_mutex_unlock(&event->lock);
    hip_op_release(old);
}

hipError_t hip_event_record(struct ihipEvent_t *event, struct ihipStream_t *stream)
{
    struct hip_op *op = NULL;
    if (atomic_load(&stream->capture) != NULL)
        return hip_capture_record(stream, event);
    if (event->shared != NULL)
        return hip_shared_event_record(event->shared, stream);
    hipError_t error = hip_stream_mark(stream, &op);
    if (error == hipSuccess)
        hip_event_set(event, stream->device, op, false);
    return error;
}

static hipError_t record(hipEvent_t handle, hipStream_t stream_handle, unsigned flags)
{
    struct ihipEvent_t *event;
    struct ihipStream_t *stream;
    hipError_t error = hip_event_find(handle, &event);
    if (error == hipSuccess)
        error = hip_stream_find(stream_handle, &stream);
    if (error != hipSuccess)
        return error;
    bool captures = atomic_load(&stream->capture) != NULL;
    if (flags == hipEventRecordExternal && captures)
        return hip_capture_event(stream, hipGraphNodeTypeEventRecord, event);
    if (!captures && event->device != stream->device)
        return hipErrorInvalidHandle;
    pthread_mutex_lock(&event->lock);
    event->stream = stream->is_null ? NULL : stream;
    event->stream_number = stream->number;
    pthread_mutex_unlock(&event->lock);
    return hip_event_record(event, stream);
}

/* The stream of the last hipEventRecord captures now. */
static struct ihipStream_t *stream_that_captures(struct ihipEvent_t *event)
{
    struct ihipStream_t *stream;
    pthread_mutex_lock(&event->lock);
    hipStream_t handle = event->stream;
    uint64_t number = event->stream_number;
    pthread_mutex_unlock(&event->lock);
    if (handle == NULL || hip_stream_find(handle, &stream) != hipSuccess)
        return NULL;
    return stream->number != number || atomic_load(&stream->capture) == NULL ? NULL : stream;
}

/* Asking an event of a capture, or of a stream that captures now, ends that capture, as in ROCm. */
static hipError_t captured(struct ihipEvent_t *event)
{
    if (event->captured != 0 && hip_capture_invalidate_by_event(event))
        return hipErrorCapturedEvent;
    struct ihipStream_t *stream = stream_that_captures(event);
    if (stream == NULL)
        return hipSuccess;
    hip_capture_invalidate(stream);
    return hipErrorCapturedEvent;
}

/* The event's operation with a reference, or NULL when it is over. */
static struct hip_op *take_op(struct ihipEvent_t *event, bool *recorded)
{
    pthread_mutex_lock(&event->lock);
    struct hip_op *op = event->op;
    if (op != NULL)
        hip_op_hold(op);
    *recorded = event->recorded;
    pthread_mutex_unlock(&event->lock);
    return op;
}

hipError_t hip_event_stream_wait(struct ihipStream_t *stream, struct ihipEvent_t *event)
{
    bool recorded;
    hipError_t error = hipSuccess;
    if (event->captured != 0 && hip_capture_wait(stream, event, &error))
        return error;
    if (event->shared != NULL)
        return hip_shared_event_stream_wait(event->shared, stream);
    struct hip_op *op = take_op(event, &recorded);
    error = hip_stream_wait_for(stream, op);
    hip_op_release(op);
    return error;
}

/* A stream that captures may wait for an event from outside: it does so itself, the graph does not
 * (ROCm's answer; CUDA's is StreamCaptureIsolation). */
static hipError_t stream_wait(hipStream_t stream_handle, hipEvent_t handle, unsigned flags)
{
    struct ihipEvent_t *event;
    struct ihipStream_t *stream;
    if (flags > hipEventWaitExternal)
        return hipErrorInvalidValue;
    hipError_t error = hip_event_find(handle, &event);
    if (error == hipSuccess && hip_stream_find(stream_handle, &stream) != hipSuccess)
        error = hipErrorInvalidHandle;
    if (error != hipSuccess)
        return error;
    if (flags == hipEventWaitExternal && atomic_load(&stream->capture) != NULL)
        return hip_capture_event(stream, hipGraphNodeTypeWaitEvent, event);
    if (event->captured == 0 && stream_that_captures(event) != NULL)
        return hipErrorStreamCaptureIsolation;
    return hip_event_stream_wait(stream, event);
}

/* ---- waiting and time ---- */

static hipError_t synchronize(hipEvent_t handle)
{
    struct ihipEvent_t *event;
    bool recorded;
    hipError_t error = hip_event_find(handle, &event) ?: captured(event);
    if (error == hipSuccess && event->stream != NULL)
        error = hip_capture_forbids_unsafe();
    if (error != hipSuccess)
        return error;
    if (event->shared != NULL)
        hip_shared_event_wait(event->shared);
    struct hip_op *op = take_op(event, &recorded);
    if (op != NULL) {
        hip_op_wait(op);
        error = (hipError_t)atomic_load(&op->error);
        hip_op_release(op);
    }
    hip_pools_settle(event->device);
    return error;
}

static hipError_t query(hipEvent_t handle)
{
    struct ihipEvent_t *event;
    bool recorded;
    hipError_t error = hip_event_find(handle, &event) ?: captured(event);
    if (error != hipSuccess)
        return error;
    if (event->shared != NULL)
        return hip_shared_event_query(event->shared);
    struct hip_op *op = take_op(event, &recorded);
    if (op == NULL)
        return hipSuccess;
    error = hip_op_done(op) ? (hipError_t)atomic_load(&op->error) : hipErrorNotReady;
    hip_op_release(op);
    return error;
}

/* NotReady until the event happened. The time is kept, so that the operation can be recycled. */
static hipError_t time_of(struct ihipEvent_t *event, uint64_t *ticks)
{
    uint64_t start, end;
    hipError_t error = hipSuccess;
    pthread_mutex_lock(&event->lock);
    if (!event->recorded || (event->flags & hipEventDisableTiming) != 0) {
        error = hipErrorInvalidHandle;
    } else if (event->op != NULL && !hip_op_done(event->op)) {
        error = hipErrorNotReady;
    } else if (event->op != NULL) {
        hip_op_times(event->op, &start, &end);
        event->time = event->at_start ? start : end;
        if (event->time == 0)
            event->time = hip_now(); /* a packet without times: seen now */
        hip_op_release(event->op);
        event->op = NULL;
    }
    *ticks = event->time;
    pthread_mutex_unlock(&event->lock);
    return error;
}

static hipError_t elapsed(float *milliseconds, hipEvent_t start_handle, hipEvent_t stop_handle)
{
    struct ihipEvent_t *start, *stop;
    uint64_t from = 0, to = 0;
    if (milliseconds == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_event_find(start_handle, &start);
    if (error == hipSuccess)
        error = hip_event_find(stop_handle, &stop);
    if (error != hipSuccess)
        return error;
    if (start->device != stop->device)
        return hipErrorInvalidHandle;
    error = time_of(start, &from);
    if (error == hipSuccess)
        error = time_of(stop, &to);
    if (error != hipSuccess)
        return error;
    double ticks = to >= from ? (double)(to - from) : -(double)(from - to);
    *milliseconds = (float)(ticks * 1000.0 / (double)hip_process.ticks_per_second);
    return hipSuccess;
}

/* ---- the API ---- */

hipError_t hipEventCreateWithFlags(hipEvent_t *event, unsigned int flags)
{
    return hip_return(hip_ready() ?: create(event, flags));
}

hipError_t hipEventCreate(hipEvent_t *event)
{
    return hipEventCreateWithFlags(event, hipEventDefault);
}

hipError_t hipEventDestroy(hipEvent_t event)
{
    return hip_return(hip_ready() ?: destroy(event));
}

hipError_t hipEventRecord(hipEvent_t event, hipStream_t stream)
{
    return hip_return(hip_ready() ?: record(event, stream, hipEventRecordDefault));
}

hipError_t hipEventRecordWithFlags(hipEvent_t event, hipStream_t stream, unsigned int flags)
{
    if (flags > hipEventRecordExternal)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: record(event, stream, flags));
}

hipError_t hipEventRecord_spt(hipEvent_t event, hipStream_t stream)
{
    return hipEventRecord(event, stream == NULL ? hipStreamPerThread : stream);
}

hipError_t hipEventSynchronize(hipEvent_t event)
{
    return hip_return(hip_ready() ?: synchronize(event));
}

hipError_t hipEventQuery(hipEvent_t event)
{
    return hip_return(hip_ready() ?: query(event));
}

hipError_t hipEventElapsedTime(float *milliseconds, hipEvent_t start, hipEvent_t stop)
{
    return hip_return(hip_ready() ?: elapsed(milliseconds, start, stop));
}

hipError_t hipStreamWaitEvent(hipStream_t stream, hipEvent_t event, unsigned int flags)
{
    return hip_return(hip_ready() ?: stream_wait(stream, event, flags));
}

hipError_t hipStreamWaitEvent_spt(hipStream_t stream, hipEvent_t event, unsigned int flags)
{
    return hipStreamWaitEvent(stream == NULL ? hipStreamPerThread : stream, event, flags);
}
