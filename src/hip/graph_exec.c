/* SPDX-License-Identifier: MIT
 * Executable graphs: instantiation, launch, update. A launch puts the nodes into the stream one
 * after another in an order that respects the edges.
 */
#include "hip/capture.h"
#include "hip/copy.h"
#include "hip/graph.h"

#include <stdlib.h>
#include <string.h>

static const unsigned long long known_flags =
    hipGraphInstantiateFlagAutoFreeOnLaunch | hipGraphInstantiateFlagUpload |
    hipGraphInstantiateFlagDeviceLaunch | hipGraphInstantiateFlagUseNodePriority;

/* ---- instantiation ---- */

/* The allocation nodes of a graph, and of those in it, whose memory nobody has freed. */
static bool leaves_memory(const struct ihipGraph *graph, bool free_it)
{
    bool found = false;
    for (const struct hipGraphNode *n = graph->first; n != NULL; n = n->next) {
        if (n->child != NULL)
            found = leaves_memory(n->child, free_it) || found;
        if (n->memory == NULL || !hip_graph_memory_is_used(n->memory))
            continue;
        found = true;
        if (free_it)
            hip_graph_memory_unuse(n->memory);
    }
    return found;
}

/* What an earlier launch allocated must be free, or is freed if the program asked for that. */
static hipError_t check_memory(struct hipGraphExec *exec)
{
    bool frees = (exec->flags & hipGraphInstantiateFlagAutoFreeOnLaunch) != 0;
    if (exec->launched && leaves_memory(exec->graph, frees) && !frees)
        return hipErrorInvalidValue;
    exec->launched = true;
    return hipSuccess;
}

static hipError_t instantiate(hipGraphExec_t *out, hipGraph_t graph, unsigned long long flags)
{
    hipError_t error = hipErrorInvalidValue;
    if (out == NULL || (flags & ~known_flags) != 0)
        return error;
    if ((flags & (flags - 1)) != 0)
        return error; /* as in ROCm 6.4, one at a time */
    if ((flags & hipGraphInstantiateFlagDeviceLaunch) != 0)
        return hipErrorNotSupported;
    pthread_mutex_lock(&hip_graph_lock);
    if (hip_graph_is_locked(graph))
        error = hip_exec_create_locked(graph, flags, out);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphInstantiate(hipGraphExec_t *exec, hipGraph_t graph, hipGraphNode_t *error_node,
                               char *log_buffer, size_t buffer_size)
{
    if (error_node != NULL)
        *error_node = NULL;
    if (log_buffer != NULL && buffer_size > 0)
        log_buffer[0] = '\0';
    return hip_return(hip_ready() ?: instantiate(exec, graph, 0));
}

hipError_t hipGraphInstantiateWithFlags(hipGraphExec_t *exec, hipGraph_t graph,
                                        unsigned long long flags)
{
    const unsigned long long others =
        hipGraphInstantiateFlagUpload | hipGraphInstantiateFlagDeviceLaunch;
    if ((flags & others) != 0) /* of hipGraphInstantiateWithParams only */
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: instantiate(exec, graph, flags));
}

static hipError_t instantiate_params(hipGraphExec_t *exec, hipGraph_t graph,
                                     hipGraphInstantiateParams *params)
{
    if (params == NULL)
        return hipErrorInvalidValue;
    hipError_t error = instantiate(exec, graph, params->flags);
    params->errNode_out = NULL;
    params->result_out =
        error == hipSuccess ? hipGraphInstantiateSuccess : hipGraphInstantiateError;
    return error;
}

hipError_t hipGraphInstantiateWithParams(hipGraphExec_t *exec, hipGraph_t graph,
                                         hipGraphInstantiateParams *params)
{
    return hip_return(hip_ready() ?: instantiate_params(exec, graph, params));
}

static hipError_t exec_flags(hipGraphExec_t exec, unsigned long long *flags)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    if (flags != NULL && hip_exec_is_locked(exec)) {
        *flags = exec->flags;
        error = hipSuccess;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphExecGetFlags(hipGraphExec_t exec, unsigned long long *flags)
{
    return hip_return(hip_ready() ?: exec_flags(exec, flags));
}

/* ---- launch ---- */

static hipError_t run_graph_locked(struct ihipGraph *graph, struct ihipStream_t *stream);

static hipError_t submit_command(struct ihipStream_t *stream, struct hip_command command)
{
    hip_command_hold(&command);
    hipError_t error = hip_stream_submit(stream, &command, NULL);
    if (error != hipSuccess)
        hip_command_finish(&command);
    return error;
}

static hipError_t run_node_locked(struct hipGraphNode *node, struct ihipStream_t *stream)
{
    struct ihipEvent_t *event;
    hipError_t error;
    if (node->disabled)
        return hipSuccess;
    switch (node->type) {
    case hipGraphNodeTypeGraph:
        /* A graph that was added to itself holds a copy in which this node has no child. */
        return node->child == NULL ? hipSuccess : run_graph_locked(node->child, stream);
    case hipGraphNodeTypeEventRecord:
        error = hip_event_find(node->event, &event);
        return error != hipSuccess ? error : hip_event_record(event, stream);
    case hipGraphNodeTypeWaitEvent:
        error = hip_event_find(node->event, &event);
        return error != hipSuccess ? error : hip_event_stream_wait(stream, event);
    case hipGraphNodeTypeMemAlloc:
        if (node->memory != NULL)
            hip_graph_memory_use(node->memory);
        return hipSuccess;
    case hipGraphNodeTypeMemFree:
        return hip_graph_memory_free_node(stream, node->params.alloc.dptr);
    default:
        if (node->command.kind == HIP_COMMAND_MARKER)
            return hipSuccess; /* empty, or memory that is there already */
        return submit_command(stream, node->command);
    }
}

static hipError_t run_graph_locked(struct ihipGraph *graph, struct ihipStream_t *stream)
{
    struct hipGraphNode **order;
    hipError_t error = hip_graph_sort_locked(graph, &order);
    if (error != hipSuccess)
        return error;
    for (uint32_t i = 0; i < graph->node_count && error == hipSuccess; i++)
        error = run_node_locked(order[i], stream);
    free(order);
    return error;
}

/* A copy to the program's own memory is over when the call is, as with hipMemcpyAsync. */
static bool copies_to_pageable(const struct ihipGraph *graph)
{
    for (const struct hipGraphNode *n = graph->first; n != NULL; n = n->next) {
        if (n->disabled)
            continue;
        if (n->command.kind == HIP_COMMAND_COPY && hip_copy_is_pageable(n->command.copy.dst))
            return true;
        if (n->child != NULL && copies_to_pageable(n->child))
            return true;
    }
    return false;
}

static hipError_t wait_for_last(struct ihipStream_t *stream)
{
    struct hip_op *op;
    hipError_t error = hip_stream_mark(stream, &op);
    if (op != NULL) {
        hip_op_wait(op);
        hip_op_release(op);
    }
    return error;
}

/* A launch into a capturing stream becomes a child graph of what is captured. */
static hipError_t launch(hipGraphExec_t exec, hipStream_t handle)
{
    struct ihipStream_t *stream;
    bool wait = false;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    pthread_mutex_lock(&hip_graph_lock);
    if (!hip_exec_is_locked(exec)) {
        error = hipErrorInvalidValue;
    } else if (atomic_load(&stream->capture) != NULL) {
        error = hip_capture_add_graph_locked(stream, exec->graph);
    } else {
        error = check_memory(exec);
        if (error == hipSuccess)
            error = run_graph_locked(exec->graph, stream);
        wait = error == hipSuccess && copies_to_pageable(exec->graph);
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return wait ? wait_for_last(stream) : error;
}

hipError_t hipGraphLaunch(hipGraphExec_t exec, hipStream_t stream)
{
    return hip_return(hip_ready() ?: launch(exec, stream));
}

hipError_t hipGraphLaunch_spt(hipGraphExec_t exec, hipStream_t stream)
{
    return hipGraphLaunch(exec, stream == NULL ? hipStreamPerThread : stream);
}

/* Nothing is left to upload: the nodes are ready as they are. */
static hipError_t upload(hipGraphExec_t exec, hipStream_t handle)
{
    struct ihipStream_t *stream;
    hipError_t error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    pthread_mutex_lock(&hip_graph_lock);
    bool known = hip_exec_is_locked(exec);
    pthread_mutex_unlock(&hip_graph_lock);
    return known ? hipSuccess : hipErrorInvalidValue;
}

hipError_t hipGraphUpload(hipGraphExec_t exec, hipStream_t stream)
{
    return hip_return(hip_ready() ?: upload(exec, stream));
}

/* ---- update ---- */

/* Position of a node in its graph's list. */
static uint32_t index_of(const struct hipGraphNode *node)
{
    uint32_t index = 0;
    for (const struct hipGraphNode *n = node->graph->first; n != node; n = n->next)
        index++;
    return index;
}

static bool same_deps(const struct hipGraphNode *a, const struct hipGraphNode *b)
{
    if (a->dep_count != b->dep_count)
        return false;
    for (uint32_t i = 0; i < a->dep_count; i++) {
        bool found = false;
        for (uint32_t k = 0; k < b->dep_count; k++)
            found = found || index_of(a->deps[i]) == index_of(b->deps[k]);
        if (!found)
            return false;
    }
    return true;
}

static hipGraphExecUpdateResult compare(struct ihipGraph *have, struct ihipGraph *want,
                                        struct hipGraphNode **culprit)
{
    struct hipGraphNode *a = have->first, *b = want->first;
    *culprit = NULL;
    if (have->node_count != want->node_count)
        return hipGraphExecUpdateErrorTopologyChanged;
    for (; a != NULL; a = a->next, b = b->next) {
        *culprit = b;
        if (a->type != b->type)
            return hipGraphExecUpdateErrorNodeTypeChanged;
        if (!same_deps(a, b))
            return hipGraphExecUpdateErrorTopologyChanged;
        if (a->type == hipGraphNodeTypeMemcpy && a->params.copy.kind != b->params.copy.kind)
            return hipGraphExecUpdateErrorParametersChanged;
        if (a->type == hipGraphNodeTypeMemAlloc || a->type == hipGraphNodeTypeMemFree)
            return hipGraphExecUpdateErrorNotSupported;
    }
    *culprit = NULL;
    return hipGraphExecUpdateSuccess;
}

bool hip_graph_same_shape_locked(struct ihipGraph *a, struct ihipGraph *b)
{
    struct hipGraphNode *culprit;
    return compare(a, b, &culprit) == hipGraphExecUpdateSuccess;
}

static hipError_t update_locked(struct hipGraphExec *exec, struct ihipGraph *graph,
                                struct hipGraphNode **culprit, hipGraphExecUpdateResult *result)
{
    hipError_t error = hipSuccess;
    *result = compare(exec->graph, graph, culprit);
    if (*result != hipGraphExecUpdateSuccess)
        return hipErrorGraphExecUpdateFailure;
    struct hipGraphNode *b = graph->first;
    for (struct hipGraphNode *a = exec->graph->first; a != NULL && error == hipSuccess;
         a = a->next, b = b->next) {
        error = hip_node_copy(a, b);
        a->origin = b;
    }
    return error;
}

static hipError_t update(hipGraphExec_t exec, hipGraph_t graph, hipGraphNode_t *error_node,
                         hipGraphExecUpdateResult *result)
{
    struct hipGraphNode *culprit = NULL;
    hipGraphExecUpdateResult what = hipGraphExecUpdateError;
    hipError_t error = hipErrorInvalidValue;
    if (error_node == NULL || result == NULL)
        return error;
    pthread_mutex_lock(&hip_graph_lock);
    if (hip_exec_is_locked(exec) && hip_graph_is_locked(graph))
        error = update_locked(exec, graph, &culprit, &what);
    pthread_mutex_unlock(&hip_graph_lock);
    *error_node = culprit;
    *result = what;
    return error;
}

hipError_t hipGraphExecUpdate(hipGraphExec_t exec, hipGraph_t graph, hipGraphNode_t *error_node,
                              hipGraphExecUpdateResult *result)
{
    return hip_return(hip_ready() ?: update(exec, graph, error_node, result));
}

/* ---- switching nodes off ---- */

static bool can_be_disabled(hipGraphNodeType type)
{
    return type == hipGraphNodeTypeKernel || type == hipGraphNodeTypeMemcpy ||
           type == hipGraphNodeTypeMemset;
}

static hipError_t enabled(hipGraphExec_t exec, hipGraphNode_t node, const unsigned *set,
                          unsigned *get)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    if (hip_exec_is_locked(exec) && hip_node_is_locked(node) && can_be_disabled(node->type)) {
        struct hipGraphNode *found = hip_exec_node_locked(exec, node);
        if (found != NULL && set != NULL)
            found->disabled = *set == 0;
        if (found != NULL && get != NULL)
            *get = !found->disabled;
        error = found != NULL ? hipSuccess : hipErrorInvalidValue;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphNodeSetEnabled(hipGraphExec_t exec, hipGraphNode_t node, unsigned int is_enabled)
{
    return hip_return(hip_ready() ?: enabled(exec, node, &is_enabled, NULL));
}

hipError_t hipGraphNodeGetEnabled(hipGraphExec_t exec, hipGraphNode_t node,
                                  unsigned int *is_enabled)
{
    if (is_enabled == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: enabled(exec, node, NULL, is_enabled));
}
