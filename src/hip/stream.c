/* SPDX-License-Identifier: MIT
 * Streams: their order, the legacy rule of the null stream, waiting. The API functions are in
 * stream_api.c.
 */
#include "hip/stream.h"

#include "hip/capture.h"
#include "hip/hostcall.h"
#include "hip/trace.h"

#include <stdlib.h>

enum { INLINE_BYTES = 256 * 1024 }; /* smaller copies of an idle stream are done by the caller */

/* Live stream handles, so that a stale one is an error and not a crash. */
static pthread_rwlock_t handles_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct hip_map handles; /* guarded by handles_lock */

/* ---- create, destroy, find ---- */

hipError_t hip_stream_create(struct hip_device *device, unsigned flags, int priority,
                             struct ihipStream_t **out)
{
    static _Atomic uint64_t last_number;
    struct ihipStream_t *stream = calloc(1, sizeof *stream);
    if (stream == NULL)
        return hipErrorOutOfMemory;
    stream->number = atomic_fetch_add(&last_number, 1) + 1;
    stream->device = device;
    stream->flags = flags;
    stream->priority = priority;
    hip_cu_mask_set(stream, 0, NULL);
    pthread_mutex_init(&stream->work_lock, NULL);
    pthread_cond_init(&stream->work_ready, NULL);
    pthread_rwlock_wrlock(&handles_lock);
    bool known = hip_map_put(&handles, stream, stream);
    pthread_rwlock_unlock(&handles_lock);
    if (!known) {
        free(stream);
        return hipErrorOutOfMemory;
    }
    pthread_mutex_lock(&device->lock);
    stream->next = device->streams;
    device->streams = stream;
    pthread_mutex_unlock(&device->lock);
    atomic_store(&device->active, true);
    *out = stream;
    return hipSuccess;
}

static void unlink_stream(struct ihipStream_t *stream)
{
    pthread_mutex_lock(&stream->device->lock);
    struct ihipStream_t **link = &stream->device->streams;
    while (*link != NULL && *link != stream)
        link = &(*link)->next;
    if (*link == stream)
        *link = stream->next;
    pthread_mutex_unlock(&stream->device->lock);
}

void hip_stream_destroy(struct ihipStream_t *stream)
{
    (void)hip_stream_wait(stream);
    pthread_rwlock_wrlock(&handles_lock);
    hip_map_remove(&handles, stream);
    hip_recent_forget();
    pthread_rwlock_unlock(&handles_lock);
    unlink_stream(stream);
    hip_work_stop(stream);
    hip_queue_bury_dead(stream->device);
    if (stream->queue != NULL)
        hsa_queue_destroy(stream->queue);
    for (uint32_t i = 0; i < stream->wait_count; i++)
        hip_op_release(stream->waits[i]);
    free(stream->waits);
    while (stream->spare != NULL) {
        struct hip_op *op = stream->spare;
        stream->spare = op->next;
        hip_op_discard(op);
    }
    pthread_mutex_destroy(&stream->work_lock);
    pthread_cond_destroy(&stream->work_ready);
    free(stream);
}

hipError_t hip_stream_null(struct hip_device *device, struct ihipStream_t **out)
{
    pthread_mutex_lock(&device->lock);
    struct ihipStream_t *stream = device->null_stream;
    pthread_mutex_unlock(&device->lock);
    if (stream == NULL) {
        hipError_t error = hip_stream_create(device, hipStreamDefault, 0, &stream);
        if (error != hipSuccess)
            return error;
        stream->is_null = true;
        pthread_mutex_lock(&device->lock);
        struct ihipStream_t *other = device->null_stream;
        if (other == NULL)
            device->null_stream = stream;
        pthread_mutex_unlock(&device->lock);
        if (other != NULL) {
            hip_stream_destroy(stream);
            stream = other;
        }
    }
    *out = stream;
    return hipSuccess;
}

static hipError_t per_thread_stream(struct ihipStream_t **out)
{
    struct hip_thread *thread = hip_thread();
    struct hip_device *device = hip_current_device();
    struct ihipStream_t **stream = &thread->streams[thread->device];
    unsigned resets = atomic_load_explicit(&device->resets, memory_order_relaxed);
    if (*stream == NULL || thread->stream_resets[thread->device] != resets) {
        hip_thread_drop_stream(thread, thread->device);
        hipError_t error = hip_stream_create(device, hipStreamDefault, 0, stream);
        if (error != hipSuccess)
            return error;
        (*stream)->is_of_thread = true;
        thread->stream_resets[thread->device] = resets;
        hip_thread_watch_end();
    }
    *out = *stream;
    return hipSuccess;
}

bool hip_stream_is_null(hipStream_t handle)
{
    return handle == NULL || handle == hipStreamLegacy;
}

hipError_t hip_stream_find(hipStream_t handle, struct ihipStream_t **out)
{
    if (hip_stream_is_null(handle))
        return hip_stream_null(hip_current_device(), out);
    if (handle == hipStreamPerThread)
        return per_thread_stream(out);
    struct hip_recent *recent = &hip_thread()->recent;
    *out = hip_recent_get(recent, HIP_RECENT_STREAM, handle);
    if (*out != NULL)
        return hipSuccess;
    uint64_t epoch = hip_recent_epoch();
    pthread_rwlock_rdlock(&handles_lock);
    *out = hip_map_get(&handles, handle);
    pthread_rwlock_unlock(&handles_lock);
    if (*out == NULL)
        return hipErrorContextIsDestroyed;
    hip_recent_put(recent, HIP_RECENT_STREAM, handle, *out, epoch);
    return hipSuccess;
}

/* ---- order ---- */

static void reap_locked(struct ihipStream_t *stream)
{
    while (stream->first != NULL && hip_op_done(stream->first)) {
        struct hip_op *op = stream->first;
        stream->first = op->next;
        if (stream->first == NULL)
            stream->last = NULL;
        if (op->traced)
            hip_trace_op_end(op);
        hip_op_drop_locked(stream, op);
    }
}

static bool is_blocking(const struct ihipStream_t *stream)
{
    return (stream->flags & hipStreamNonBlocking) == 0;
}

/* The legacy null stream waits for all blocking streams, and they wait for it. */
static bool depend_on_others_locked(struct ihipStream_t *stream, struct hip_op *op)
{
    struct hip_device *device = stream->device;
    if (!stream->is_null)
        return !is_blocking(stream) || device->null_stream == NULL ||
               hip_op_depend(op, device->null_stream->last);
    for (struct ihipStream_t *other = device->streams; other != NULL; other = other->next)
        if (other != stream && is_blocking(other) && !hip_op_depend(op, other->last))
            return false;
    return true;
}

static void drop_waits_locked(struct ihipStream_t *stream)
{
    for (uint32_t i = 0; i < stream->wait_count; i++)
        hip_op_release(stream->waits[i]);
    stream->wait_count = 0;
}

/* Dependencies of the next operation: what hipStreamWaitEvent asked for, other streams by the
 * legacy rule, and the operation before it unless the queue's own order sees to that. */
static bool collect_deps_locked(struct ihipStream_t *stream, struct hip_op *op, bool in_queue)
{
    for (uint32_t i = 0; i < stream->wait_count; i++)
        if (!hip_op_depend(op, stream->waits[i]))
            return false;
    if (!depend_on_others_locked(stream, op))
        return false;
    if (stream->last != NULL && !(in_queue && stream->last->in_queue) &&
        !hip_op_depend(op, stream->last))
        return false;
    drop_waits_locked(stream);
    return true;
}

static void append_locked(struct ihipStream_t *stream, struct hip_op *op)
{
    op->next = NULL;
    op->order = ++stream->last_order;
    if (stream->last != NULL)
        stream->last->next = op;
    else
        stream->first = op;
    stream->last = op;
}

static bool goes_to_queue(const struct hip_command *command)
{
    return command->kind == HIP_COMMAND_KERNEL || command->kind == HIP_COMMAND_MARKER;
}

/* Small work of an idle stream is done on the spot: handing it to a thread costs more. */
static bool run_by_caller(const struct hip_command *command, const struct hip_op *op)
{
    size_t bytes;
    if (op->dep_count != 0)
        return false;
    switch (command->kind) {
    case HIP_COMMAND_COPY:
        bytes = command->copy.width * command->copy.height * command->copy.depth;
        break;
    case HIP_COMMAND_FILL:
        bytes = command->fill.width * command->fill.height * command->fill.depth *
                command->fill.element_bytes;
        break;
    case HIP_COMMAND_FREE:
    case HIP_COMMAND_WRITE:
        bytes = 0;
        break;
    default:
        return false;
    }
    return bytes <= INLINE_BYTES;
}

enum where { BY_DEFAULT, BY_CALLER };

/* Of a kernel only what messages need: its arguments are in the queue's packet. */
static void keep_command(struct hip_op *op, const struct hip_command *command)
{
    if (command->kind != HIP_COMMAND_KERNEL) {
        op->command = *command;
        return;
    }
    op->command.kind = command->kind;
    op->command.kernel.function = command->kernel.function;
}

/* Appends the operation to the stream and starts it. The pending list has one reference; the caller
 * gets another, unless `out` is NULL, which is for what the queue runs. *run_now: the caller must
 * run it. */
static hipError_t begin_locked(struct ihipStream_t *stream, const struct hip_command *command,
                               enum where where, struct hip_op **out, bool *run_now)
{
    bool in_queue = goes_to_queue(command);
    reap_locked(stream);
    hipError_t error = (hipError_t)atomic_load(&stream->error);
    if (error != hipSuccess)
        return error;
    struct hip_op *op = hip_op_take_locked(stream);
    if (op == NULL)
        return hipErrorOutOfMemory;
    keep_command(op, command);
    if (atomic_load_explicit(&hip_tracer, memory_order_relaxed) != NULL)
        hip_trace_op_begin(op);
    error = collect_deps_locked(stream, op, in_queue) ? hipSuccess : hipErrorOutOfMemory;
    *run_now = !in_queue && (where == BY_CALLER || run_by_caller(command, op));
    if (error == hipSuccess && in_queue)
        error = hip_queue_submit_locked(stream, op, command);
    else if (error == hipSuccess && !*run_now)
        error = hip_work_submit(stream, op);
    if (error != hipSuccess) {
        hip_op_release(op);
        return error;
    }
    append_locked(stream, op);
    if (out != NULL) {
        hip_op_hold(op);
        *out = op;
    }
    return hipSuccess;
}

static hipError_t submit(struct ihipStream_t *stream, const struct hip_command *command,
                         enum where where, struct hip_op **out)
{
    struct hip_op *op = NULL;
    bool run_now = false;
    hip_queue_lock_with_room(stream);
    bool keeps = out != NULL || !goes_to_queue(command);
    hipError_t error = begin_locked(stream, command, where, keeps ? &op : NULL, &run_now);
    pthread_mutex_unlock(&stream->device->lock);
    if (error != hipSuccess || !keeps)
        return error;
    if (run_now)
        hip_work_run(op);
    if (out != NULL)
        *out = op;
    else
        hip_op_release(op);
    return hipSuccess;
}

hipError_t hip_stream_submit(struct ihipStream_t *stream, const struct hip_command *command,
                             struct hip_op **out)
{
    return submit(stream, command, BY_DEFAULT, out);
}

hipError_t hip_stream_enqueue(struct ihipStream_t *stream, const struct hip_command *command,
                              struct hip_op **out)
{
    if (atomic_load(&stream->capture) != NULL) {
        if (out != NULL)
            *out = NULL;
        return hip_capture_add(stream, command);
    }
    return submit(stream, command, BY_DEFAULT, out);
}

hipError_t hip_stream_do(struct ihipStream_t *stream, const struct hip_command *command)
{
    struct hip_op *op = NULL;
    hipError_t error = hip_capture_forbids_sync_copy();
    if (error != hipSuccess)
        return error;
    error = submit(stream, command, BY_CALLER, &op);
    if (error != hipSuccess) {
        /* This call waits, so it reports the error of earlier work and clears it. */
        int reported = error;
        atomic_compare_exchange_strong(&stream->error, &reported, hipSuccess);
        return error;
    }
    hip_op_wait(op);
    hip_op_release(op);
    return hip_stream_wait(stream);
}

/* ---- waiting ---- */

static bool others_pending_locked(struct ihipStream_t *stream)
{
    struct hip_device *device = stream->device;
    if (!stream->is_null)
        return is_blocking(stream) && device->null_stream != NULL &&
               device->null_stream->last != NULL && !hip_op_done(device->null_stream->last);
    for (struct ihipStream_t *other = device->streams; other != NULL; other = other->next)
        if (other != stream && is_blocking(other) && other->last != NULL &&
            !hip_op_done(other->last))
            return true;
    return false;
}

hipError_t hip_stream_mark(struct ihipStream_t *stream, struct hip_op **out)
{
    struct hip_command marker = {.kind = HIP_COMMAND_MARKER};
    hipError_t error = hipSuccess;
    bool run_now;
    *out = NULL;
    hip_queue_lock_with_room(stream);
    reap_locked(stream);
    if (stream->wait_count > 0 || others_pending_locked(stream)) {
        error = begin_locked(stream, &marker, BY_DEFAULT, out, &run_now);
    } else if (stream->last != NULL) {
        hip_op_hold(stream->last);
        *out = stream->last;
    }
    pthread_mutex_unlock(&stream->device->lock);
    return error;
}

/* The stream's error, cleared. `waited`: for what may be recycled now. */
static hipError_t settle(struct ihipStream_t *stream, bool waited)
{
    if (waited) {
        pthread_mutex_lock(&stream->device->lock);
        reap_locked(stream);
        pthread_mutex_unlock(&stream->device->lock);
    }
    hip_hostcall_flush(stream->device);
    if (atomic_load_explicit(&stream->error, memory_order_relaxed) == hipSuccess)
        return hipSuccess;
    return (hipError_t)atomic_exchange(&stream->error, hipSuccess);
}

hipError_t hip_stream_wait(struct ihipStream_t *stream)
{
    struct hip_op *op = NULL;
    hipError_t error = hip_stream_mark(stream, &op);
    if (op != NULL) {
        hip_op_wait(op);
        hip_op_release(op);
    }
    return settle(stream, op != NULL) ?: error;
}

hipError_t hip_stream_query(struct ihipStream_t *stream)
{
    struct hip_op *op = NULL;
    hipError_t error = hip_stream_mark(stream, &op);
    if (op != NULL) {
        bool done = hip_op_done(op);
        hip_op_release(op);
        if (!done)
            return hipErrorNotReady;
    }
    return settle(stream, op != NULL) ?: error;
}

/* The last operations of all streams of a device, with references. */
static uint32_t last_ops(struct hip_device *device, struct hip_op ***out)
{
    uint32_t count = 0, i = 0;
    pthread_mutex_lock(&device->lock);
    for (struct ihipStream_t *s = device->streams; s != NULL; s = s->next)
        count += 1 + s->wait_count;
    struct hip_op **ops = calloc(count + 1, sizeof *ops);
    for (struct ihipStream_t *s = device->streams; s != NULL && ops != NULL; s = s->next) {
        if (s->last != NULL)
            ops[i++] = s->last;
        for (uint32_t w = 0; w < s->wait_count; w++)
            ops[i++] = s->waits[w];
    }
    for (uint32_t k = 0; k < i; k++)
        hip_op_hold(ops[k]);
    pthread_mutex_unlock(&device->lock);
    *out = ops;
    return i;
}

void hip_device_drain(struct hip_device *device)
{
    struct hip_op **ops;
    uint32_t count = last_ops(device, &ops);
    for (uint32_t i = 0; i < count; i++) {
        hip_op_wait(ops[i]);
        hip_op_release(ops[i]);
    }
    free(ops);
    hip_hostcall_flush(device);
}

hipError_t hip_device_wait(struct hip_device *device)
{
    hipError_t first = hipSuccess;
    hip_device_drain(device);
    pthread_mutex_lock(&device->lock);
    for (struct ihipStream_t *s = device->streams; s != NULL; s = s->next) {
        reap_locked(s);
        if (s->last != NULL)
            continue; /* work that came after the drain reports its own error */
        hipError_t error = (hipError_t)atomic_exchange(&s->error, hipSuccess);
        if (first == hipSuccess)
            first = error;
    }
    pthread_mutex_unlock(&device->lock);
    hip_queue_bury_dead(device);
    return first;
}

hipError_t hip_stream_wait_for(struct ihipStream_t *stream, struct hip_op *op)
{
    hipError_t error = hipSuccess;
    if (op == NULL || hip_op_done(op))
        return hipSuccess;
    pthread_mutex_lock(&stream->device->lock);
    if (stream->wait_count == stream->wait_capacity) {
        uint32_t capacity = stream->wait_capacity == 0 ? 4 : stream->wait_capacity * 2;
        struct hip_op **waits = realloc(stream->waits, capacity * sizeof *waits);
        if (waits == NULL) {
            error = hipErrorOutOfMemory;
        } else {
            stream->waits = waits;
            stream->wait_capacity = capacity;
        }
    }
    if (error == hipSuccess) {
        hip_op_hold(op);
        stream->waits[stream->wait_count++] = op;
    }
    pthread_mutex_unlock(&stream->device->lock);
    return error;
}
