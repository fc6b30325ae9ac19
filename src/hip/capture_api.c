/* SPDX-License-Identifier: MIT
 * Stream capture as programs call it: beginning, ending, asking, changing what comes next.
 */
#include "hip/capture_priv.h"

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
        error = hip_capture_begin_locked(stream, mode, graph, &capture);
    for (size_t i = 0; i < count && error == hipSuccess; i++)
        if (!hip_frontier_add(&capture->members->frontier, deps[i]))
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
    struct hip_capture_member *origin = hip_capture_member(capture, capture->origin);
    for (struct hipGraphNode *n = capture->graph->first; n != NULL; n = n->next)
        n->mark = 0;
    for (struct hipGraphNode *n = capture->graph->first; n != NULL; n = n->next)
        if (n->set_aside)
            mark_from(n);
    for (size_t i = 0; i < origin->frontier.count; i++)
        mark_from(origin->frontier.nodes[i]);
    for (struct hip_capture_member *m = capture->members; m != NULL; m = m->next)
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
    hip_capture_forget_events_locked(capture);
    hip_capture_destroy_locked(capture);
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
    if (capture == NULL || capture->invalid)
        return;
    struct hip_frontier *frontier = &hip_capture_member(capture, stream)->frontier;
    if (out->id != NULL)
        *out->id = capture->id;
    if (out->graph != NULL)
        *out->graph = capture->graph;
    if (out->deps != NULL)
        *out->deps = frontier->nodes;
    if (out->count != NULL)
        *out->count = frontier->count;
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
    if (stream->is_null && hip_capture_blocks_null_locked())
        error = hipErrorStreamCaptureImplicit;
    else
        info_locked(stream, &out);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

/* What no later node depends on by the program's own wish need not be joined. */
static void set_aside(struct hip_frontier *frontier)
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
        struct hip_frontier *frontier = &hip_capture_member(capture, stream)->frontier;
        if (flags == hipStreamSetCaptureDependencies)
            set_aside(frontier);
        for (size_t i = 0; i < count && error == hipSuccess; i++)
            error = hip_frontier_add(frontier, deps[i]) ? hipSuccess : hipErrorOutOfMemory;
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
    if (dependency_data != NULL)
        return hip_return(hipErrorNotSupported);
    if (graph == NULL || (dependencies == NULL) != (count == 0))
        return hip_return(hipErrorInvalidValue);
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
