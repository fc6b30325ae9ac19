/* SPDX-License-Identifier: MIT
 * Events, for streams, launches and graphs.
 */
#ifndef CAIRN_HIP_EVENT_H
#define CAIRN_HIP_EVENT_H

#include "hip/stream.h"

struct hip_shared_event;

struct ihipEvent_t {
    unsigned flags;
    struct hip_shared_event *shared; /* hipEventInterprocess; set once */
    pthread_mutex_t lock;            /* guards the rest */
    struct hip_device *device;
    hipStream_t stream; /* the last hipEventRecord's, unless the null stream; may be gone */
    uint64_t stream_number;
    struct hip_op *op; /* a reference; NULL: never recorded, or over and its time kept */
    bool recorded, at_start;
    uint64_t time;               /* HSA ticks, valid when op is NULL */
    unsigned long long captured; /* number of the record in a capture; 0: recorded in real time */
    size_t captured_index;
};

/* An event on counters that another process made; takes the reference on success. */
hipError_t hip_event_create_shared(struct hip_shared_event *shared, hipEvent_t *out);
hipError_t hip_event_find(hipEvent_t handle, struct ihipEvent_t **out);
/* Takes the reference to `op` (NULL: happened now). */
void hip_event_set(struct ihipEvent_t *event, struct hip_device *device, struct hip_op *op,
                   bool at_start);
hipError_t hip_event_record(struct ihipEvent_t *event, struct ihipStream_t *stream);
hipError_t hip_event_stream_wait(struct ihipStream_t *stream, struct ihipEvent_t *event);

/* ---- events of several processes (ipc_event.c); these have `shared` ---- */

hipError_t hip_shared_event_create(struct hip_shared_event **out);
void hip_shared_event_release(struct hip_shared_event *shared); /* NULL allowed */
hipError_t hip_shared_event_record(struct hip_shared_event *shared, struct ihipStream_t *stream);
hipError_t hip_shared_event_stream_wait(struct hip_shared_event *shared,
                                        struct ihipStream_t *stream);
/* hipSuccess or hipErrorNotReady. */
hipError_t hip_shared_event_query(const struct hip_shared_event *shared);
void hip_shared_event_wait(const struct hip_shared_event *shared);

#endif
