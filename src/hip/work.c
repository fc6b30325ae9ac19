/* SPDX-License-Identifier: MIT
 * The host side of a stream: a thread, started when first needed, that does copies, fills and
 * callbacks in the stream's order.
 */
#include "hip/stream.h"

static bool always_runs(const struct hip_command *command)
{
    return command->kind == HIP_COMMAND_CALLBACK || command->kind == HIP_COMMAND_FREE;
}

void hip_work_run(struct hip_op *op)
{
    for (uint32_t i = 0; i < op->dep_count; i++)
        hip_op_wait(op->deps[i]);
    hipError_t error = (hipError_t)atomic_load(&op->stream->error);
    op->start = hip_now();
    if (error == hipSuccess || always_runs(&op->command))
        error = hip_command_run(&op->command, error);
    hip_command_finish(&op->command);
    hip_op_complete(op, error);
}

static struct hip_op *next_work(struct ihipStream_t *stream)
{
    pthread_mutex_lock(&stream->work_lock);
    while (stream->work_first == NULL && !stream->stop_worker)
        pthread_cond_wait(&stream->work_ready, &stream->work_lock);
    struct hip_op *op = stream->work_first;
    if (op != NULL) {
        stream->work_first = op->next_work;
        if (stream->work_first == NULL)
            stream->work_last = NULL;
    }
    pthread_mutex_unlock(&stream->work_lock);
    return op;
}

static void *work(void *data)
{
    struct ihipStream_t *stream = data;
    struct hip_op *op;
    while ((op = next_work(stream)) != NULL) {
        hip_work_run(op);
        hip_op_release(op);
    }
    return NULL;
}

hipError_t hip_work_submit(struct ihipStream_t *stream, struct hip_op *op)
{
    hipError_t error = hipSuccess;
    pthread_mutex_lock(&stream->work_lock);
    if (!stream->has_worker) {
        if (pthread_create(&stream->worker, NULL, work, stream) != 0)
            error = hipErrorOperatingSystem;
        stream->has_worker = error == hipSuccess;
    }
    if (error == hipSuccess) {
        hip_op_hold(op);
        op->next_work = NULL;
        if (stream->work_last != NULL)
            stream->work_last->next_work = op;
        else
            stream->work_first = op;
        stream->work_last = op;
        pthread_cond_signal(&stream->work_ready);
    }
    pthread_mutex_unlock(&stream->work_lock);
    return error;
}

void hip_work_stop(struct ihipStream_t *stream)
{
    pthread_mutex_lock(&stream->work_lock);
    bool has_worker = stream->has_worker;
    stream->stop_worker = true;
    pthread_cond_signal(&stream->work_ready);
    pthread_mutex_unlock(&stream->work_lock);
    if (has_worker)
        pthread_join(stream->worker, NULL);
}
