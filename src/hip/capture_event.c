/* SPDX-License-Identifier: MIT
 * Events of stream capture: an event recorded by a stream that captures stands for the stream's
 * frontier, and a stream that waits for it joins the capture.
 */
#include "hip/capture_priv.h"
#include "hip/event.h"

#include <stdlib.h>

/* What an event recorded during capture stands for. The slot is free again when its capture is
 * over; the record's number tells an event whether it is still meant. */
struct captured_event {
    struct hip_capture *capture; /* NULL: free */
    unsigned long long record;
    struct hip_frontier frontier;
};

static struct captured_event *events;
static size_t event_count, event_capacity; /* guarded by hip_graph_lock */

static struct captured_event *event_slot(size_t *index)
{
    for (size_t i = 0; i < event_count; i++) {
        if (events[i].capture == NULL) {
            *index = i;
            return &events[i];
        }
    }
    if (event_count == event_capacity) {
        size_t capacity = event_capacity * 2 + 16;
        struct captured_event *grown = realloc(events, capacity * sizeof *grown);
        if (grown == NULL)
            return NULL;
        events = grown;
        event_capacity = capacity;
    }
    *index = event_count;
    events[event_count] = (struct captured_event){0};
    return &events[event_count++];
}

hipError_t hip_capture_record(struct ihipStream_t *stream, struct ihipEvent_t *event)
{
    static unsigned long long last_record; /* guarded by hip_graph_lock */
    hipError_t error = hipErrorIllegalState;
    size_t index;
    pthread_mutex_lock(&hip_graph_lock);
    struct hip_capture *capture = atomic_load(&stream->capture);
    struct captured_event *slot = capture == NULL ? NULL : event_slot(&index);
    if (slot != NULL) {
        const struct hip_frontier *from = &hip_capture_member(capture, stream)->frontier;
        bool copied = true;
        slot->capture = capture;
        slot->record = ++last_record;
        for (size_t i = 0; i < from->count; i++)
            copied = copied && hip_frontier_add(&slot->frontier, from->nodes[i]);
        error = copied ? hipSuccess : hipErrorOutOfMemory;
        event->captured = slot->record;
        event->captured_index = index;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

/* NULL: the event stands for nothing, or for a point of a capture that is over. */
static struct captured_event *slot_of_locked(struct ihipEvent_t *event)
{
    if (event->captured == 0)
        return NULL;
    struct captured_event *slot = &events[event->captured_index];
    if (slot->capture != NULL && slot->record == event->captured)
        return slot;
    event->captured = 0;
    return NULL;
}

static hipError_t wait_locked(struct ihipStream_t *stream, const struct captured_event *slot)
{
    struct hip_capture *current = atomic_load(&stream->capture);
    struct hip_capture *capture = slot->capture;
    if (current != NULL && current != capture)
        return hipErrorStreamCaptureMerge;
    if (stream->is_null)
        return hipErrorInvalidHandle; /* the null stream cannot capture */
    struct hip_capture_member *member = current != NULL ? hip_capture_member(capture, stream)
                                                        : hip_capture_join_locked(capture, stream);
    if (member == NULL)
        return hipErrorOutOfMemory;
    for (size_t i = 0; i < slot->frontier.count; i++)
        if (!hip_frontier_add(&member->frontier, slot->frontier.nodes[i]))
            return hipErrorOutOfMemory;
    return hipSuccess;
}

bool hip_capture_wait(struct ihipStream_t *stream, struct ihipEvent_t *event, hipError_t *error)
{
    pthread_mutex_lock(&hip_graph_lock);
    const struct captured_event *slot = slot_of_locked(event);
    if (slot != NULL)
        *error = wait_locked(stream, slot);
    pthread_mutex_unlock(&hip_graph_lock);
    return slot != NULL;
}

bool hip_capture_invalidate_by_event(struct ihipEvent_t *event)
{
    pthread_mutex_lock(&hip_graph_lock);
    const struct captured_event *slot = slot_of_locked(event);
    if (slot != NULL)
        slot->capture->invalid = true;
    pthread_mutex_unlock(&hip_graph_lock);
    return slot != NULL;
}

void hip_capture_forget_events_locked(const struct hip_capture *capture)
{
    for (size_t i = 0; i < event_count; i++) {
        if (events[i].capture != capture)
            continue;
        free(events[i].frontier.nodes);
        events[i] = (struct captured_event){0};
    }
}
