/* SPDX-License-Identifier: MIT
 * The queue side of a stream: AQL packets for kernels and for waiting on other operations, and what
 * happens when HSA reports that the queue is in error.
 */
#include "hip/module.h"
#include "hip/stream.h"
#include "hip/printf_buffer.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { QUEUE_PACKETS = 1024, BARRIER_DEPS = 5, ROOM_WAIT_NS = 50000 };
/* What nearly every operation gets by with: one and its barriers. */
enum { OPERATION_PACKETS = 16 };

struct hip_dead_queue {
    struct hip_dead_queue *next;
    hsa_queue_t *queue;
};

/* ---- errors ---- */

static hipError_t error_of_queue(struct hip_device *device, hsa_status_t status)
{
    switch ((int)status) {
    case HSA_STATUS_ERROR_MEMORY_FAULT:
    case HSA_STATUS_ERROR_MEMORY_APERTURE_VIOLATION:
        return hipErrorIllegalAddress;
    case HSA_STATUS_ERROR_EXCEPTION:
        return atomic_exchange(&device->assert_seen, false) ? hipErrorAssert
                                                            : hipErrorLaunchFailure;
    case HSA_STATUS_ERROR_INVALID_ALLOCATION:
    case HSA_STATUS_ERROR_OUT_OF_RESOURCES:
    case HSA_STATUS_ERROR_OUT_OF_REGISTERS:
        return hipErrorLaunchOutOfResources;
    case HSA_STATUS_ERROR_INVALID_CODE_OBJECT:
        return hipErrorInvalidImage;
    case HSA_STATUS_ERROR_INVALID_ARGUMENT:
        return hipErrorInvalidConfiguration;
    case HSA_STATUS_ERROR: /* the watchdog's; nothing else stops a queue without a reason */
        return hipErrorLaunchTimeOut;
    default:
        return hipErrorLaunchFailure;
    }
}

static const char *failed_kernel(const struct ihipStream_t *stream)
{
    for (const struct hip_op *op = stream->first; op != NULL; op = op->next)
        if (op->in_queue && !hip_op_done(op) && op->command.kind == HIP_COMMAND_KERNEL)
            return op->command.kernel.function->name;
    return "(no kernel)";
}

static void fail_pending_locked(struct ihipStream_t *stream, hipError_t error)
{
    for (struct hip_op *op = stream->first; op != NULL; op = op->next) {
        if (!op->in_queue || hip_op_done(op))
            continue;
        atomic_store_explicit(&op->error, error, memory_order_relaxed);
        hsa_signal_store_screlease(op->signal, 0);
    }
}

/* HSA calls this once when a queue stops. The queue itself is destroyed later, by a thread that is
 * not HSA's own. */
static void queue_failed(hsa_status_t status, hsa_queue_t *queue, void *data)
{
    struct ihipStream_t *stream = data;
    struct hip_device *device = stream->device;
    const char *text = "";
    hipError_t error = error_of_queue(device, status);
    atomic_store(&stream->queue_error, error);
    hsa_status_string(status, &text);
    pthread_mutex_lock(&device->lock);
    if (stream->queue == queue) {
        cairn_log(CAIRN_LOG_ERROR, "hip: kernel %s on device %d: %s (%s)", failed_kernel(stream),
                  device->ordinal, hip_error_name(error), text);
        int none = hipSuccess;
        atomic_compare_exchange_strong(&stream->error, &none, error);
        struct hip_dead_queue *dead = malloc(sizeof *dead);
        if (dead != NULL) {
            *dead = (struct hip_dead_queue){device->dead_queues, queue};
            device->dead_queues = dead;
        }
        stream->queue = NULL;
        fail_pending_locked(stream, error);
    }
    pthread_mutex_unlock(&device->lock);
}

void hip_queue_bury_dead(struct hip_device *device)
{
    pthread_mutex_lock(&device->lock);
    struct hip_dead_queue *dead = device->dead_queues;
    device->dead_queues = NULL;
    pthread_mutex_unlock(&device->lock);
    while (dead != NULL) {
        struct hip_dead_queue *next = dead->next;
        hsa_queue_destroy(dead->queue);
        free(dead);
        dead = next;
    }
}

/* ---- packets ---- */

static hsa_amd_queue_priority_t hsa_priority(int priority)
{
    if (priority < 0)
        return HSA_AMD_QUEUE_PRIORITY_HIGH;
    return priority > 0 ? HSA_AMD_QUEUE_PRIORITY_LOW : HSA_AMD_QUEUE_PRIORITY_NORMAL;
}

static hipError_t open_queue_locked(struct ihipStream_t *stream)
{
    if (stream->queue != NULL)
        return hipSuccess;
    uint32_t size = QUEUE_PACKETS;
    if (stream->device->queue_size_max != 0 && size > stream->device->queue_size_max)
        size = stream->device->queue_size_max;
    atomic_store(&stream->queue_error, hipSuccess);
    hsa_status_t status =
        hsa_queue_create(stream->device->agent, size, HSA_QUEUE_TYPE_MULTI, queue_failed, stream,
                         UINT32_MAX, UINT32_MAX, &stream->queue);
    if (status != HSA_STATUS_SUCCESS) {
        stream->queue = NULL;
        cairn_log(CAIRN_LOG_ERROR, "hip: no queue on device %d: HSA status 0x%x",
                  stream->device->ordinal, (unsigned)status);
        return hipErrorOutOfMemory;
    }
    stream->packets_put = stream->packets_read = 0;
    hsa_amd_profiling_set_profiler_enabled(stream->queue, 1);
    if (stream->priority != 0)
        hsa_amd_queue_set_priority(stream->queue, hsa_priority(stream->priority));
    if (stream->has_cu_mask)
        hsa_amd_queue_cu_set_mask(stream->queue, 32 * HIP_CU_MASK_WORDS, stream->cu_mask);
    return hipSuccess;
}

/* Room for so many packets. */
static bool has_room_locked(struct ihipStream_t *stream, uint32_t count)
{
    uint64_t most = stream->queue->size - count;
    if (stream->packets_put - stream->packets_read <= most)
        return true;
    stream->packets_read = hsa_queue_load_read_index_scacquire(stream->queue);
    return stream->packets_put - stream->packets_read <= most;
}

void hip_queue_lock_with_room(struct ihipStream_t *stream)
{
    pthread_mutex_lock(&stream->device->lock);
    while (stream->queue != NULL && !has_room_locked(stream, OPERATION_PACKETS)) {
        pthread_mutex_unlock(&stream->device->lock);
        nanosleep(&(struct timespec){.tv_nsec = ROOM_WAIT_NS}, NULL);
        pthread_mutex_lock(&stream->device->lock);
    }
}

/* A free slot, waiting for room; NULL if the queue failed meanwhile. Nobody else puts packets in.
 */
static void *claim_slot_locked(struct ihipStream_t *stream, uint64_t *index)
{
    hsa_queue_t *queue = stream->queue;
    while (!has_room_locked(stream, 1)) {
        if (atomic_load(&stream->queue_error) != hipSuccess)
            return NULL;
        nanosleep(&(struct timespec){.tv_nsec = ROOM_WAIT_NS}, NULL);
    }
    *index = stream->packets_put++;
    hsa_queue_store_write_index_relaxed(queue, stream->packets_put);
    return (char *)queue->base_address + (*index & (queue->size - 1)) * 64;
}

/* The packet becomes the processor's with the release store of its first word. */
static void publish(struct ihipStream_t *stream, void *slot, uint64_t index, uint16_t header,
                    uint16_t setup)
{
    __atomic_store_n((uint32_t *)slot, header | (uint32_t)setup << 16, __ATOMIC_RELEASE);
    hsa_signal_store_screlease(stream->queue->doorbell_signal, (hsa_signal_value_t)index);
}

static uint16_t header_of(hsa_packet_type_t type, bool barrier)
{
    return (uint16_t)(type << HSA_PACKET_HEADER_TYPE |
                      (unsigned)barrier << HSA_PACKET_HEADER_BARRIER |
                      HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_SCACQUIRE_FENCE_SCOPE |
                      HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_SCRELEASE_FENCE_SCOPE);
}

static bool put_barrier(struct ihipStream_t *stream, struct hip_op *const *deps, uint32_t count,
                        hsa_signal_t completion)
{
    uint64_t index;
    hsa_barrier_and_packet_t packet = {.completion_signal = completion};
    for (uint32_t i = 0; i < count; i++)
        packet.dep_signal[i] = deps[i]->signal;
    char *slot = claim_slot_locked(stream, &index);
    if (slot == NULL)
        return false;
    memcpy(slot + 4, (char *)&packet + 4, sizeof packet - 4);
    publish(stream, slot, index, header_of(HSA_PACKET_TYPE_BARRIER_AND, true), 0);
    return true;
}

static bool put_deps(struct ihipStream_t *stream, struct hip_op *op)
{
    for (uint32_t i = 0; i < op->dep_count; i += BARRIER_DEPS) {
        uint32_t count = op->dep_count - i < BARRIER_DEPS ? op->dep_count - i : BARRIER_DEPS;
        if (!put_barrier(stream, op->deps + i, count, (hsa_signal_t){0}))
            return false;
    }
    return true;
}

static bool put_kernel(struct ihipStream_t *stream, struct hip_op *op, bool any_order,
                       hsa_kernel_dispatch_packet_t *packet)
{
    uint64_t index;
    bool barrier = !any_order || op->dep_count > 0;
    packet->completion_signal = op->signal;
    char *slot = claim_slot_locked(stream, &index);
    if (slot == NULL)
        return false;
    memcpy(slot + 4, (char *)packet + 4, sizeof *packet - 4);
    publish(stream, slot, index, header_of(HSA_PACKET_TYPE_KERNEL_DISPATCH, barrier),
            packet->setup);
    return true;
}

hipError_t hip_queue_submit_locked(struct ihipStream_t *stream, struct hip_op *op,
                                   const struct hip_command *command)
{
    hsa_kernel_dispatch_packet_t packet = {0};
    hipError_t error = open_queue_locked(stream);
    if (error != hipSuccess)
        return error;
    bool is_kernel = command->kind == HIP_COMMAND_KERNEL;
    if (is_kernel) {
        error = hip_launch_prepare(stream->device, &command->kernel, &op->kernarg, &packet);
        if (error == hipSuccess && command->kernel.function->needs_printf_buffer)
            error = hip_printf_attach(op, command->kernel.function, packet.kernarg_address);
        if (error != hipSuccess)
            return error;
    }
    op->in_queue = true;
    bool put = put_deps(stream, op) &&
               (is_kernel ? put_kernel(stream, op, command->kernel.any_order, &packet)
                          : put_barrier(stream, NULL, 0, op->signal));
    return put ? hipSuccess : (hipError_t)atomic_load(&stream->queue_error);
}
