/* SPDX-License-Identifier: MIT
 * Stream capture: commands of a capturing stream become graph nodes instead of running.
 */
#ifndef CAIRN_HIP_CAPTURE_H
#define CAIRN_HIP_CAPTURE_H

#include "hip/command.h"

struct ihipEvent_t;
struct ihipGraph;
struct ihipStream_t;

/* The stream captures in all of these but hip_capture_wait, where either of the two may. */
hipError_t hip_capture_add(struct ihipStream_t *stream, const struct hip_command *command);
/* hipMallocAsync: memory of the graph. */
hipError_t hip_capture_alloc(struct ihipStream_t *stream, size_t size, void **out);
/* An event from outside of the capture: a node that records it or waits for it. */
hipError_t hip_capture_event(struct ihipStream_t *stream, hipGraphNodeType type,
                             struct ihipEvent_t *event);
hipError_t hip_capture_record(struct ihipStream_t *stream, struct ihipEvent_t *event);
/* False: the event stands for no point of a capture that goes on. */
bool hip_capture_wait(struct ihipStream_t *stream, struct ihipEvent_t *event, hipError_t *error);
/* The same; if it does, its capture is invalid now. */
bool hip_capture_invalidate_by_event(struct ihipEvent_t *event);
/* A graph launched into a capturing stream; hip_graph_lock held. */
hipError_t hip_capture_add_graph_locked(struct ihipStream_t *stream, struct ihipGraph *graph);
/* Called by functions that are not safe while streams capture, that wait for a device, or that copy
 * on the null stream's behalf. If a capture forbids it the call fails and the capture is invalid.
 */
hipError_t hip_capture_forbids_unsafe(void);
hipError_t hip_capture_forbids_device_wait(void);
hipError_t hip_capture_forbids_sync_copy(void);
/* A call on the stream that capture forbids was made. */
void hip_capture_invalidate(struct ihipStream_t *stream);
/* The stream goes away; its capture, if any, with it. */
void hip_capture_abandon(struct ihipStream_t *stream);

#endif
