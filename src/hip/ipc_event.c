/* SPDX-License-Identifier: MIT
 * Events of several processes: two counters that they share, of records and of records that have
 * happened. A wait is for the records that there were when it was asked for, so that an event may
 * be recorded again meanwhile. HSA's signals are the counters.
 */
#include "hip/event.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PROCESS_SHIFT = 32 }; /* the creator's process id, above the number of records */

struct hip_shared_event {
    _Atomic int references;
    hsa_signal_t recorded; /* low half: records so far; high half: process id of the creator */
    hsa_signal_t done;     /* records so far that happened */
};

struct event_name {
    hsa_amd_ipc_signal_t recorded, done;
};
_Static_assert(sizeof(struct event_name) == sizeof(hipIpcEventHandle_t), "64 bytes");

static hipError_t wrap(hsa_signal_t recorded, hsa_signal_t done, struct hip_shared_event **out)
{
    struct hip_shared_event *shared = calloc(1, sizeof *shared);
    if (shared == NULL) {
        hsa_signal_destroy(recorded);
        hsa_signal_destroy(done);
        return hipErrorOutOfMemory;
    }
    shared->recorded = recorded;
    shared->done = done;
    atomic_init(&shared->references, 1);
    *out = shared;
    return hipSuccess;
}

hipError_t hip_shared_event_create(struct hip_shared_event **out)
{
    hsa_signal_t recorded, done;
    hsa_signal_value_t start = (hsa_signal_value_t)((uint64_t)getpid() << PROCESS_SHIFT);
    if (hsa_amd_signal_create(start, 0, NULL, HSA_AMD_SIGNAL_IPC, &recorded) != HSA_STATUS_SUCCESS)
        return hipErrorOutOfMemory;
    if (hsa_amd_signal_create(0, 0, NULL, HSA_AMD_SIGNAL_IPC, &done) != HSA_STATUS_SUCCESS) {
        hsa_signal_destroy(recorded);
        return hipErrorOutOfMemory;
    }
    return wrap(recorded, done, out);
}

void hip_shared_event_release(struct hip_shared_event *shared)
{
    /* release pairs with the acquire of whoever drops the last reference */
    if (shared == NULL ||
        atomic_fetch_sub_explicit(&shared->references, 1, memory_order_acq_rel) != 1)
        return;
    hsa_signal_destroy(shared->recorded);
    hsa_signal_destroy(shared->done);
    free(shared);
}

static void hold(void *data)
{
    struct hip_shared_event *shared = data;
    atomic_fetch_add(&shared->references, 1);
}

static void drop(void *data)
{
    hip_shared_event_release(data);
}

static uint32_t records_of(const struct hip_shared_event *shared)
{
    return (uint32_t)hsa_signal_load_scacquire(shared->recorded);
}

/* ---- commands ---- */

static hipError_t run_done(void *data, uint64_t record)
{
    struct hip_shared_event *shared = data;
    hsa_signal_value_t seen = hsa_signal_load_scacquire(shared->done);
    while ((uint64_t)seen < record) {
        hsa_signal_value_t before =
            hsa_signal_cas_scacq_screl(shared->done, seen, (hsa_signal_value_t)record);
        if (before == seen)
            break;
        seen = before;
    }
    return hipSuccess;
}

static void wait_for(const struct hip_shared_event *shared, uint64_t record)
{
    hsa_signal_value_t target = (hsa_signal_value_t)record;
    while (hsa_signal_wait_scacquire(shared->done, HSA_SIGNAL_CONDITION_GTE, target, UINT64_MAX,
                                     HSA_WAIT_STATE_BLOCKED) < target)
        ;
}

static hipError_t run_wait(void *data, uint64_t record)
{
    wait_for(data, record);
    return hipSuccess;
}

static hipError_t enqueue(struct hip_shared_event *shared, struct ihipStream_t *stream,
                          hipError_t (*run)(void *, uint64_t), uint64_t record)
{
    const struct hip_command command = {
        .kind = HIP_COMMAND_NATIVE,
        .native = {.run = run, .hold = hold, .drop = drop, .data = shared, .value = record}};
    hold(shared);
    hipError_t error = hip_stream_enqueue(stream, &command, NULL);
    if (error != hipSuccess)
        drop(shared);
    return error;
}

/* The record counts from now on, and has happened when the stream gets there. */
hipError_t hip_shared_event_record(struct hip_shared_event *shared, struct ihipStream_t *stream)
{
    hsa_signal_value_t before, seen = hsa_signal_load_scacquire(shared->recorded);
    while ((before = hsa_signal_cas_scacq_screl(shared->recorded, seen, seen + 1)) != seen)
        seen = before;
    uint32_t record = (uint32_t)seen + 1;
    hipError_t error = enqueue(shared, stream, run_done, record);
    if (error != hipSuccess)
        (void)run_done(shared, record); /* nobody is to wait for it */
    return error;
}

hipError_t hip_shared_event_stream_wait(struct hip_shared_event *shared,
                                        struct ihipStream_t *stream)
{
    if (hip_shared_event_query(shared) == hipSuccess)
        return hipSuccess;
    return enqueue(shared, stream, run_wait, records_of(shared));
}

hipError_t hip_shared_event_query(const struct hip_shared_event *shared)
{
    bool done = hsa_signal_load_scacquire(shared->done) >= records_of(shared);
    return done ? hipSuccess : hipErrorNotReady;
}

void hip_shared_event_wait(const struct hip_shared_event *shared)
{
    wait_for(shared, records_of(shared));
}

/* ---- the API ---- */

static hipError_t get_handle(hipIpcEventHandle_t *out, hipEvent_t handle)
{
    struct ihipEvent_t *event;
    struct event_name name;
    if (out == NULL || hip_event_find(handle, &event) != hipSuccess)
        return hipErrorInvalidValue;
    if (event->shared == NULL)
        return hipErrorInvalidConfiguration;
    hsa_status_t status = hsa_amd_ipc_signal_create(event->shared->recorded, &name.recorded);
    if (status == HSA_STATUS_SUCCESS)
        status = hsa_amd_ipc_signal_create(event->shared->done, &name.done);
    if (status != HSA_STATUS_SUCCESS)
        return hip_error_of_hsa(status, hipErrorInvalidValue);
    memcpy(out, &name, sizeof name);
    return hipSuccess;
}

hipError_t hipIpcGetEventHandle(hipIpcEventHandle_t *handle, hipEvent_t event)
{
    return hip_return(hip_ready() ?: get_handle(handle, event));
}

static hipError_t attach(const hipIpcEventHandle_t *handle, struct hip_shared_event **out)
{
    hsa_signal_t recorded, done;
    struct event_name name;
    memcpy(&name, handle, sizeof name);
    if (hsa_amd_ipc_signal_attach(&name.recorded, &recorded) != HSA_STATUS_SUCCESS)
        return hipErrorInvalidValue;
    if (hsa_amd_ipc_signal_attach(&name.done, &done) != HSA_STATUS_SUCCESS) {
        hsa_signal_destroy(recorded);
        return hipErrorInvalidValue;
    }
    return wrap(recorded, done, out);
}

/* A process does not open its own events. */
static hipError_t open_handle(hipEvent_t *out, const hipIpcEventHandle_t *handle)
{
    struct hip_shared_event *shared;
    if (out == NULL)
        return hipErrorInvalidValue;
    hipError_t error = attach(handle, &shared);
    if (error != hipSuccess)
        return error;
    uint64_t owner = (uint64_t)hsa_signal_load_scacquire(shared->recorded) >> PROCESS_SHIFT;
    if (owner == (uint64_t)getpid())
        error = hipErrorInvalidContext;
    else
        error = hip_event_create_shared(shared, out);
    if (error != hipSuccess)
        hip_shared_event_release(shared);
    return error;
}

hipError_t hipIpcOpenEventHandle(hipEvent_t *event, hipIpcEventHandle_t handle)
{
    return hip_return(hip_ready() ?: open_handle(event, &handle));
}
