/* SPDX-License-Identifier: MIT
 * Events, for streams, launches and graphs.
 */
#ifndef CAIRN_HIP_EVENT_H
#define CAIRN_HIP_EVENT_H

#include "hip/stream.h"

struct ihipEvent_t {
    unsigned flags;
    pthread_mutex_t lock; /* guards the rest */
    struct hip_device *device;
    struct hip_op *op; /* a reference; NULL: never recorded, or over and its time kept */
    bool recorded, at_start;
    uint64_t time;               /* HSA ticks, valid when op is NULL */
    unsigned long long captured; /* number of the record in a capture; 0: recorded in real time */
    size_t captured_index;
};

hipError_t hip_event_find(hipEvent_t handle, struct ihipEvent_t **out);
/* Takes the reference to `op` (NULL: happened now). */
void hip_event_set(struct ihipEvent_t *event, struct hip_device *device, struct hip_op *op,
                   bool at_start);
hipError_t hip_event_record(struct ihipEvent_t *event, struct ihipStream_t *stream);
hipError_t hip_event_stream_wait(struct ihipStream_t *stream, struct ihipEvent_t *event);

#endif
