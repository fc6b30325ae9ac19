/* SPDX-License-Identifier: MIT
 * Stream capture: which captures there are, what their streams add to the graph, and which calls
 * may not be made meanwhile.
 */
#include "hip/capture_priv.h"

#include <stdlib.h>

static struct hip_capture *captures; /* all; guarded by hip_graph_lock */
static _Atomic int capture_count;    /* of them, for who has no lock */

/* ---- frontiers ---- */

bool hip_frontier_add(struct hip_frontier *frontier, struct hipGraphNode *node)
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

struct hip_capture_member *hip_capture_member(struct hip_capture *capture,
                                              struct ihipStream_t *stream)
{
    struct hip_capture_member *member = capture->members;
    while (member != NULL && member->stream != stream)
        member = member->next;
    return member;
}

struct hip_capture_member *hip_capture_join_locked(struct hip_capture *capture,
                                                   struct ihipStream_t *stream)
{
    struct hip_capture_member *member = calloc(1, sizeof *member);
    if (member == NULL)
        return NULL;
    member->stream = stream;
    member->next = capture->members;
    capture->members = member;
    atomic_store(&stream->capture, capture);
    return member;
}

void hip_capture_destroy_locked(struct hip_capture *capture)
{
    struct hip_capture **link = &captures;
    while (*link != NULL && *link != capture)
        link = &(*link)->next;
    if (*link == capture) {
        *link = capture->next;
        atomic_fetch_sub(&capture_count, 1);
    }
    while (capture->members != NULL) {
        struct hip_capture_member *member = capture->members;
        capture->members = member->next;
        atomic_store(&member->stream->capture, NULL);
        free(member->frontier.nodes);
        free(member);
    }
    free(capture);
}

hipError_t hip_capture_begin_locked(struct ihipStream_t *stream, hipStreamCaptureMode mode,
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
    if (error == hipSuccess && hip_capture_join_locked(capture, stream) == NULL)
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

static hipError_t add_locked(struct hip_capture *capture, struct hip_capture_member *member,
                             const struct hip_command *command)
{
    struct hipGraphNode *node;
    struct hip_frontier *frontier = &member->frontier;
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
    return hip_frontier_add(frontier, node) ? hipSuccess : hipErrorOutOfMemory;
}

static hipError_t add_child_locked(struct hip_capture *capture, struct hip_capture_member *member,
                                   struct ihipGraph *graph)
{
    struct hipGraphNode *node;
    struct hip_frontier *frontier = &member->frontier;
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
    return hip_frontier_add(frontier, node) ? hipSuccess : hipErrorOutOfMemory;
}

static hipError_t alloc_locked(struct hip_capture *capture, struct hip_capture_member *member,
                               size_t size, void **out)
{
    struct hipGraphNode *node;
    struct hip_frontier *frontier = &member->frontier;
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
    return hip_frontier_add(frontier, node) ? hipSuccess : hipErrorOutOfMemory;
}

static hipError_t event_locked(struct hip_capture *capture, struct hip_capture_member *member,
                               hipGraphNodeType type, struct ihipEvent_t *event)
{
    struct hipGraphNode *node;
    struct hip_frontier *frontier = &member->frontier;
    hipError_t error =
        hip_node_add_locked(capture->graph, type, frontier->nodes, frontier->count, &node);
    if (error != hipSuccess)
        return error;
    error = hip_node_set_event(node, event);
    if (error != hipSuccess) {
        hip_node_remove_locked(node);
        return error;
    }
    frontier->count = 0;
    return hip_frontier_add(frontier, node) ? hipSuccess : hipErrorOutOfMemory;
}

hipError_t hip_capture_event(struct ihipStream_t *stream, hipGraphNodeType type,
                             struct ihipEvent_t *event)
{
    hipError_t error = hipErrorIllegalState;
    pthread_mutex_lock(&hip_graph_lock);
    struct hip_capture *capture = atomic_load(&stream->capture);
    if (capture != NULL)
        error = capture->invalid
                    ? hipErrorStreamCaptureInvalidated
                    : event_locked(capture, hip_capture_member(capture, stream), type, event);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hip_capture_alloc(struct ihipStream_t *stream, size_t size, void **out)
{
    hipError_t error = hipErrorIllegalState;
    pthread_mutex_lock(&hip_graph_lock);
    struct hip_capture *capture = atomic_load(&stream->capture);
    if (capture != NULL)
        error = capture->invalid
                    ? hipErrorStreamCaptureInvalidated
                    : alloc_locked(capture, hip_capture_member(capture, stream), size, out);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hip_capture_add_graph_locked(struct ihipStream_t *stream, struct ihipGraph *graph)
{
    struct hip_capture *capture = atomic_load(&stream->capture);
    if (capture == NULL)
        return hipErrorIllegalState;
    return capture->invalid ? hipErrorStreamCaptureInvalidated
                            : add_child_locked(capture, hip_capture_member(capture, stream), graph);
}

hipError_t hip_capture_add(struct ihipStream_t *stream, const struct hip_command *command)
{
    hipError_t error = hipErrorIllegalState;
    pthread_mutex_lock(&hip_graph_lock);
    struct hip_capture *capture = atomic_load(&stream->capture);
    if (capture != NULL)
        error = capture->invalid
                    ? hipErrorStreamCaptureInvalidated
                    : add_locked(capture, hip_capture_member(capture, stream), command);
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

void hip_capture_invalidate(struct ihipStream_t *stream)
{
    pthread_mutex_lock(&hip_graph_lock);
    struct hip_capture *capture = atomic_load(&stream->capture);
    if (capture != NULL)
        capture->invalid = true;
    pthread_mutex_unlock(&hip_graph_lock);
}

void hip_capture_abandon(struct ihipStream_t *stream)
{
    pthread_mutex_lock(&hip_graph_lock);
    struct hip_capture *capture = atomic_load(&stream->capture);
    if (capture != NULL) {
        if (capture->own_graph)
            hip_graph_destroy_locked(capture->graph);
        hip_capture_forget_events_locked(capture);
        hip_capture_destroy_locked(capture);
    }
    pthread_mutex_unlock(&hip_graph_lock);
}

bool hip_capture_blocks_null_locked(void)
{
    for (const struct hip_capture *c = captures; c != NULL; c = c->next)
        for (const struct hip_capture_member *m = c->members; m != NULL; m = m->next)
            if ((m->stream->flags & hipStreamNonBlocking) == 0)
                return true;
    return false;
}
