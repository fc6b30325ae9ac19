/* SPDX-License-Identifier: MIT
 * Stream capture. A capture has an origin stream and those that joined it by waiting for its
 * events; each has a frontier, the nodes that its next node depends on. hip_graph_lock guards
 * captures.
 */
#include "hip/capture.h"

#include "hip/graph.h"

#include <stdlib.h>
#include <string.h>

struct frontier {
    struct hipGraphNode **nodes;
    size_t count, capacity;
};

struct member {
    struct member *next;
    struct ihipStream_t *stream;
    struct frontier frontier;
};

struct hip_capture {
    struct hip_capture *next;
    struct ihipGraph *graph;
    struct ihipStream_t *origin;
    struct member *members; /* with the origin */
    hipStreamCaptureMode mode;
    pthread_t thread;
    unsigned long long id;
    bool invalid;
    bool own_graph; /* false: the program gave it */
};

/* What an event recorded during capture stands for. The slot is free again when its capture is
 * over; the record's number tells an event whether it is still meant. */
struct captured_event {
    struct hip_capture *capture; /* NULL: free */
    unsigned long long record;
    struct frontier frontier;
};

static struct hip_capture *captures; /* all; guarded by hip_graph_lock */
static _Atomic int capture_count;    /* of them, for who has no lock */

/* ---- frontiers ---- */

static bool frontier_add(struct frontier *frontier, struct hipGraphNode *node)
{
    for (size_t i = 0; i < frontier->count; i++)
        if (frontier->nodes[i] == node)
            return true;
    if (frontier->count == frontier->capacity) {
        size_t capacity = frontier->capacity * 2 + 4;
        struct hipGraphNode **grown =
            realloc(frontier->nodes, capacity * sizeof(struct hipGraphNode *));
        if (grown == NULL)
            return false;
        frontier->nodes = grown;
        frontier->capacity = capacity;
    }
    frontier->nodes[frontier->count++] = node;
    return true;
}

static struct member *member_of(struct hip_capture *capture, struct ihipStream_t *stream)
{
    struct member *member = capture->members;
    while (member != NULL && member->stream != stream)
        member = member->next;
    return member;
}

static struct member *join(struct hip_capture *capture, struct ihipStream_t *stream)
{
    struct member *member = calloc(1, sizeof *member);
    if (member == NULL)
        return NULL;
    member->stream = stream;
    member->next = capture->members;
    capture->members = member;
    atomic_store(&stream->capture, capture);
    return member;
}

static void destroy_capture(struct hip_capture *capture)
{
    struct hip_capture **link = &captures;
    while (*link != NULL && *link != capture)
        link = &(*link)->next;
    if (*link == capture) {
        *link = capture->next;
        atomic_fetch_sub(&capture_count, 1);
    }
    while (capture->members != NULL) {
        struct member *member = capture->members;
        capture->members = member->next;
        atomic_store(&member->stream->capture, NULL);
        free(member->frontier.nodes);
        free(member);
    }
    free(capture);
}

/* ---- commands ---- */

static hipGraphNodeType type_of(const struct hip_command *command)
{
    switch (command->kind) {
    case HIP_COMMAND_KERNEL:
        return hipGraphNodeTypeKernel;
    case HIP_COMMAND_COPY:
        return hipGraphNodeTypeMemcpy;
    case HIP_COMMAND_FILL:
        return hipGraphNodeTypeMemset;
    case HIP_COMMAND_HOST:
    case HIP_COMMAND_CALLBACK:
        return hipGraphNodeTypeHost;
    case HIP_COMMAND_FREE:
        return hipGraphNodeTypeMemFree;
    case HIP_COMMAND_WRITE:
    case HIP_COMMAND_WAIT:
        return hipGraphNodeTypeBatchMemOp;
    default:
        return hipGraphNodeTypeEmpty;
    }
}

static hipError_t fill_node(struct hipGraphNode *node, const struct hip_command *command)
{
    if (command->kind == HIP_COMMAND_FREE) {
        node->params.alloc.dptr = command->memory;
        return hipSuccess;
    }
    return hip_node_set_command(node, command);
}

static hipError_t add_locked(struct hip_capture *capture, struct member *member,
                             const struct hip_command *command)
{
    struct hipGraphNode *node;
    struct frontier *frontier = &member->frontier;
    hipError_t error = hip_node_add_locked(capture->graph, type_of(command), frontier->nodes,
                                           frontier->count, &node);
    if (error != hipSuccess)
        return error;
    error = fill_node(node, command);
    if (error != hipSuccess) {
        hip_node_remove_locked(node);
        return error;
    }
    frontier->count = 0;
    return frontier_add(frontier, node) ? hipSuccess : hipErrorOutOfMemory;
}

static hipError_t add_child_locked(struct hip_capture *capture, struct member *member,
                                   struct ihipGraph *graph)
{
    struct hipGraphNode *node;
    struct frontier *frontier = &member->frontier;
    hipError_t error = hip_node_add_locked(capture->graph, hipGraphNodeTypeGraph, frontier->nodes,
                                           frontier->count, &node);
    if (error != hipSuccess)
        return error;
    error = hip_node_set_child(node, graph);
    if (error != hipSuccess) {
        hip_node_remove_locked(node);
        return error;
    }
    frontier->count = 0;
    return frontier_add(frontier, node) ? hipSuccess : hipErrorOutOfMemory;
}

static hipError_t alloc_locked(struct hip_capture *capture, struct member *member, size_t size,
                               void **out)
{
    struct hipGraphNode *node;
    struct frontier *frontier = &member->frontier;
    hipError_t error = hip_node_add_locked(capture->graph, hipGraphNodeTypeMemAlloc,
                                           frontier->nodes, frontier->count, &node);
    if (error != hipSuccess)
        return error;
    error = hip_graph_memory_create(member->stream->device, size, &node->memory);
    if (error != hipSuccess) {
        hip_node_remove_locked(node);
        return error;
    }
    *out = hip_graph_memory_address(node->memory);
    node->params.alloc = (hipMemAllocNodeParams){
        .poolProps = {.allocType = hipMemAllocationTypePinned,
                      .location = {hipMemLocationTypeDevice, member->stream->device->ordinal}},
        .bytesize = size,
        .dptr = *out};
    frontier->count = 0;
    return frontier_add(frontier, node) ? hipSuccess : hipErrorOutOfMemory;
}

hipError_t hip_capture_alloc(struct ihipStream_t *stream, size_t size, void **out)
{
    hipError_t error = hipErrorIllegalState;
    pthread_mutex_lock(&hip_graph_lock);
    struct hip_capture *capture = atomic_load(&stream->capture);
    if (capture != NULL)
        error = capture->invalid ? hipErrorStreamCaptureInvalidated
                                 : alloc_locked(capture, member_of(capture, stream), size, out);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hip_capture_add_graph_locked(struct ihipStream_t *stream, struct ihipGraph *graph)
{
    struct hip_capture *capture = atomic_load(&stream->capture);
    if (capture == NULL)
        return hipErrorIllegalState;
    return capture->invalid ? hipErrorStreamCaptureInvalidated
                            : add_child_locked(capture, member_of(capture, stream), graph);
}

hipError_t hip_capture_add(struct ihipStream_t *stream, const struct hip_command *command)
{
    hipError_t error = hipErrorIllegalState;
    pthread_mutex_lock(&hip_graph_lock);
    struct hip_capture *capture = atomic_load(&stream->capture);
    if (capture != NULL)
        error = capture->invalid ? hipErrorStreamCaptureInvalidated
                                 : add_locked(capture, member_of(capture, stream), command);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

/* ---- events ---- */

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
        const struct frontier *from = &member_of(capture, stream)->frontier;
        bool copied = true;
        slot->capture = capture;
        slot->record = ++last_record;
        for (size_t i = 0; i < from->count; i++)
            copied = copied && frontier_add(&slot->frontier, from->nodes[i]);
        error = copied ? hipSuccess : hipErrorOutOfMemory;
        event->captured = slot->record;
        event->captured_index = index;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

static hipError_t wait_locked(struct ihipStream_t *stream, struct ihipEvent_t *event)
{
    struct hip_capture *current = atomic_load(&stream->capture);
    struct captured_event *slot = &events[event->captured_index];
    struct hip_capture *capture = slot->capture;
    if (capture == NULL || slot->record != event->captured)
        return hipErrorCapturedEvent; /* of a capture that is over */
    if (current != NULL && current != capture)
        return hipErrorStreamCaptureMerge;
    if (stream->is_null)
        return hipErrorStreamCaptureImplicit;
    struct member *member = current != NULL ? member_of(capture, stream) : join(capture, stream);
    if (member == NULL)
        return hipErrorOutOfMemory;
    for (size_t i = 0; i < slot->frontier.count; i++)
        if (!frontier_add(&member->frontier, slot->frontier.nodes[i]))
            return hipErrorOutOfMemory;
    return hipSuccess;
}

hipError_t hip_capture_wait(struct ihipStream_t *stream, struct ihipEvent_t *event)
{
    hipError_t error = hipErrorStreamCaptureIsolation; /* an event from outside the capture */
    pthread_mutex_lock(&hip_graph_lock);
    if (event->captured != 0)
        error = wait_locked(stream, event);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

/* ---- what may not be called meanwhile ---- */

/* hipThreadExchangeStreamCaptureMode: in which captures the calling thread's calls count. */
static bool counts(const struct hip_capture *capture, bool any)
{
    bool mine = pthread_equal(capture->thread, pthread_self());
    if (any)
        return true;
    switch (hip_thread()->capture_mode) {
    case hipStreamCaptureModeGlobal:
        return capture->mode == hipStreamCaptureModeGlobal ||
               (mine && capture->mode == hipStreamCaptureModeThreadLocal);
    case hipStreamCaptureModeThreadLocal:
        return mine && capture->mode != hipStreamCaptureModeRelaxed;
    default:
        return false;
    }
}

static hipError_t forbid(bool any, hipError_t error)
{
    bool forbidden = false;
    if (atomic_load_explicit(&capture_count, memory_order_relaxed) == 0)
        return hipSuccess;
    pthread_mutex_lock(&hip_graph_lock);
    for (struct hip_capture *c = captures; c != NULL; c = c->next) {
        if (counts(c, any)) {
            c->invalid = true;
            forbidden = true;
        }
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return forbidden ? error : hipSuccess;
}

hipError_t hip_capture_forbids_unsafe(void)
{
    return forbid(false, hipErrorStreamCaptureUnsupported);
}

hipError_t hip_capture_forbids_device_wait(void)
{
    return forbid(true, hipErrorStreamCaptureUnsupported);
}

hipError_t hip_capture_forbids_sync_copy(void)
{
    return forbid(true, hipErrorStreamCaptureImplicit);
}

/* ---- beginning and ending ---- */

void hip_capture_invalidate(struct ihipStream_t *stream)
{
    pthread_mutex_lock(&hip_graph_lock);
    struct hip_capture *capture = atomic_load(&stream->capture);
    if (capture != NULL)
        capture->invalid = true;
    pthread_mutex_unlock(&hip_graph_lock);
}

static void forget_events(const struct hip_capture *capture)
{
    for (size_t i = 0; i < event_count; i++) {
        if (events[i].capture != capture)
            continue;
        free(events[i].frontier.nodes);
        events[i] = (struct captured_event){0};
    }
}

void hip_capture_abandon(struct ihipStream_t *stream)
{
    pthread_mutex_lock(&hip_graph_lock);
    struct hip_capture *capture = atomic_load(&stream->capture);
    if (capture != NULL) {
        if (capture->own_graph)
            hip_graph_destroy_locked(capture->graph);
        forget_events(capture);
        destroy_capture(capture);
    }
    pthread_mutex_unlock(&hip_graph_lock);
}

static hipError_t begin_locked(struct ihipStream_t *stream, hipStreamCaptureMode mode,
                               struct ihipGraph *graph, struct hip_capture **out)
{
    static unsigned long long last_id; /* guarded by hip_graph_lock */
    if (atomic_load(&stream->capture) != NULL)
        return hipErrorIllegalState;
    struct hip_capture *capture = calloc(1, sizeof *capture);
    if (capture == NULL)
        return hipErrorOutOfMemory;
    capture->graph = graph;
    hipError_t error = hipSuccess;
    if (graph == NULL) {
        capture->own_graph = true;
        error = hip_graph_create_locked(&capture->graph);
    }
    if (error == hipSuccess && join(capture, stream) == NULL)
        error = hipErrorOutOfMemory;
    if (error != hipSuccess) {
        free(capture);
        return error;
    }
    capture->origin = stream;
    capture->mode = mode;
    capture->thread = pthread_self();
    capture->id = ++last_id;
    capture->next = captures;
    captures = capture;
    atomic_fetch_add(&capture_count, 1);
    *out = capture;
    return hipSuccess;
}

static hipError_t begin(hipStream_t handle, hipStreamCaptureMode mode, hipGraph_t graph,
                        bool to_graph, const hipGraphNode_t *deps, size_t count)
{
    struct ihipStream_t *stream;
    struct hip_capture *capture;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    if (stream->is_null)
        return hipErrorStreamCaptureUnsupported;
    if ((unsigned)mode > hipStreamCaptureModeRelaxed || (count > 0 && deps == NULL))
        return hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    if (to_graph && !hip_graph_is_locked(graph))
        error = hipErrorInvalidValue;
    for (size_t i = 0; i < count && error == hipSuccess; i++)
        if (!hip_node_is_locked(deps[i]) || deps[i]->graph != graph)
            error = hipErrorInvalidValue;
    if (error == hipSuccess)
        error = begin_locked(stream, mode, graph, &capture);
    for (size_t i = 0; i < count && error == hipSuccess; i++)
        if (!frontier_add(&capture->members->frontier, deps[i]))
            error = hipErrorOutOfMemory;
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

/* Every node must lead to the origin's frontier, or a stream was not joined again. */
static void mark_from(struct hipGraphNode *node)
{
    if (node->mark == 3)
        return;
    node->mark = 3;
    for (uint32_t i = 0; i < node->dep_count; i++)
        mark_from(node->deps[i]);
}

static bool all_joined(struct hip_capture *capture)
{
    struct member *origin = member_of(capture, capture->origin);
    for (struct hipGraphNode *n = capture->graph->first; n != NULL; n = n->next)
        n->mark = 0;
    for (struct hipGraphNode *n = capture->graph->first; n != NULL; n = n->next)
        if (n->set_aside)
            mark_from(n);
    for (size_t i = 0; i < origin->frontier.count; i++)
        mark_from(origin->frontier.nodes[i]);
    for (struct member *m = capture->members; m != NULL; m = m->next)
        for (size_t i = 0; i < m->frontier.count; i++)
            if (m->frontier.nodes[i]->mark != 3)
                return false;
    return true;
}

static hipError_t end_locked(struct ihipStream_t *stream, hipGraph_t *out)
{
    struct hip_capture *capture = atomic_load(&stream->capture);
    hipError_t error = hipSuccess;
    if (capture == NULL)
        return hipErrorIllegalState;
    if (capture->origin != stream)
        return hipErrorStreamCaptureUnmatched;
    if (capture->mode != hipStreamCaptureModeRelaxed &&
        !pthread_equal(capture->thread, pthread_self()))
        return hipErrorStreamCaptureWrongThread;
    if (capture->invalid)
        error = hipErrorStreamCaptureInvalidated;
    else if (!all_joined(capture))
        error = hipErrorStreamCaptureUnjoined;
    *out = error == hipSuccess ? capture->graph : NULL;
    if (error != hipSuccess && capture->own_graph)
        hip_graph_destroy_locked(capture->graph);
    forget_events(capture);
    destroy_capture(capture);
    return error;
}

static hipError_t end(hipStream_t handle, hipGraph_t *out)
{
    struct ihipStream_t *stream;
    if (out == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    pthread_mutex_lock(&hip_graph_lock);
    error = end_locked(stream, out);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

/* ---- asking ---- */

struct capture_info {
    hipStreamCaptureStatus *status;
    unsigned long long *id;
    hipGraph_t *graph;
    const hipGraphNode_t **deps;
    size_t *count;
};

static void info_locked(struct ihipStream_t *stream, const struct capture_info *out)
{
    struct hip_capture *capture = atomic_load(&stream->capture);
    *out->status = capture == NULL    ? hipStreamCaptureStatusNone
                   : capture->invalid ? hipStreamCaptureStatusInvalidated
                                      : hipStreamCaptureStatusActive;
    if (capture == NULL)
        return;
    struct frontier *frontier = &member_of(capture, stream)->frontier;
    if (out->id != NULL)
        *out->id = capture->id;
    if (out->graph != NULL)
        *out->graph = capture->graph;
    if (out->deps != NULL)
        *out->deps = frontier->nodes;
    if (out->count != NULL)
        *out->count = frontier->count;
}

/* The null stream would wait for a stream that captures. */
static bool waits_for_capture_locked(void)
{
    for (const struct hip_capture *c = captures; c != NULL; c = c->next)
        for (const struct member *m = c->members; m != NULL; m = m->next)
            if ((m->stream->flags & hipStreamNonBlocking) == 0)
                return true;
    return false;
}

static hipError_t info(hipStream_t handle, struct capture_info out)
{
    struct ihipStream_t *stream;
    if (out.status == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    pthread_mutex_lock(&hip_graph_lock);
    if (stream->is_null && waits_for_capture_locked())
        error = hipErrorStreamCaptureImplicit;
    else
        info_locked(stream, &out);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

/* What no later node depends on by the program's own wish need not be joined. */
static void set_aside(struct frontier *frontier)
{
    for (size_t i = 0; i < frontier->count; i++)
        frontier->nodes[i]->set_aside = true;
    frontier->count = 0;
}

static hipError_t update_deps(hipStream_t handle, hipGraphNode_t *deps, size_t count,
                              unsigned flags)
{
    struct ihipStream_t *stream;
    if (flags > hipStreamSetCaptureDependencies || (count > 0 && deps == NULL))
        return hipErrorInvalidValue;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    pthread_mutex_lock(&hip_graph_lock);
    struct hip_capture *capture = atomic_load(&stream->capture);
    error = capture == NULL ? hipErrorIllegalState : hipSuccess;
    for (size_t i = 0; i < count && error == hipSuccess; i++)
        if (!hip_node_is_locked(deps[i]) || deps[i]->graph != capture->graph)
            error = hipErrorInvalidValue;
    if (error == hipSuccess) {
        struct frontier *frontier = &member_of(capture, stream)->frontier;
        if (flags == hipStreamSetCaptureDependencies)
            set_aside(frontier);
        for (size_t i = 0; i < count && error == hipSuccess; i++)
            error = frontier_add(frontier, deps[i]) ? hipSuccess : hipErrorOutOfMemory;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

/* ---- the API ---- */

static hipStream_t spt(hipStream_t stream)
{
    return stream == NULL ? hipStreamPerThread : stream;
}

hipError_t hipStreamBeginCapture(hipStream_t stream, hipStreamCaptureMode mode)
{
    return hip_return(hip_ready() ?: begin(stream, mode, NULL, false, NULL, 0));
}

hipError_t hipStreamBeginCapture_spt(hipStream_t stream, hipStreamCaptureMode mode)
{
    return hipStreamBeginCapture(spt(stream), mode);
}

hipError_t hipStreamBeginCaptureToGraph(hipStream_t stream, hipGraph_t graph,
                                        const hipGraphNode_t *dependencies,
                                        const hipGraphEdgeData *dependency_data, size_t count,
                                        hipStreamCaptureMode mode)
{
    return hip_return(hip_ready() ?: begin(stream, mode, graph, true, dependencies, count));
}

hipError_t hipStreamEndCapture(hipStream_t stream, hipGraph_t *graph)
{
    return hip_return(hip_ready() ?: end(stream, graph));
}

hipError_t hipStreamEndCapture_spt(hipStream_t stream, hipGraph_t *graph)
{
    return hipStreamEndCapture(spt(stream), graph);
}

hipError_t hipStreamIsCapturing(hipStream_t stream, hipStreamCaptureStatus *status)
{
    return hip_return(hip_ready() ?: info(stream, (struct capture_info){.status = status}));
}

hipError_t hipStreamIsCapturing_spt(hipStream_t stream, hipStreamCaptureStatus *status)
{
    return hipStreamIsCapturing(spt(stream), status);
}

hipError_t hipStreamGetCaptureInfo(hipStream_t stream, hipStreamCaptureStatus *status,
                                   unsigned long long *id)
{
    return hip_return(hip_ready()
                          ?: info(stream, (struct capture_info){.status = status, .id = id}));
}

hipError_t hipStreamGetCaptureInfo_spt(hipStream_t stream, hipStreamCaptureStatus *status,
                                       unsigned long long *id)
{
    return hipStreamGetCaptureInfo(spt(stream), status, id);
}

hipError_t hipStreamGetCaptureInfo_v2(hipStream_t stream, hipStreamCaptureStatus *status,
                                      unsigned long long *id, hipGraph_t *graph,
                                      const hipGraphNode_t **dependencies, size_t *count)
{
    return hip_return(
        hip_ready() ?: info(stream, (struct capture_info){status, id, graph, dependencies, count}));
}

hipError_t hipStreamGetCaptureInfo_v2_spt(hipStream_t stream, hipStreamCaptureStatus *status,
                                          unsigned long long *id, hipGraph_t *graph,
                                          const hipGraphNode_t **dependencies, size_t *count)
{
    return hipStreamGetCaptureInfo_v2(spt(stream), status, id, graph, dependencies, count);
}

hipError_t hipStreamUpdateCaptureDependencies(hipStream_t stream, hipGraphNode_t *dependencies,
                                              size_t count, unsigned int flags)
{
    return hip_return(hip_ready() ?: update_deps(stream, dependencies, count, flags));
}

static hipError_t exchange_mode(hipStreamCaptureMode *mode)
{
    struct hip_thread *thread = hip_thread();
    if (mode == NULL || (unsigned)*mode > hipStreamCaptureModeRelaxed)
        return hipErrorInvalidValue;
    hipStreamCaptureMode old = thread->capture_mode;
    thread->capture_mode = *mode;
    *mode = old;
    return hipSuccess;
}

hipError_t hipThreadExchangeStreamCaptureMode(hipStreamCaptureMode *mode)
{
    return hip_return(exchange_mode(mode));
}
