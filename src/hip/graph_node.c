/* SPDX-License-Identifier: MIT
 * Adding nodes with their parameters, and changing and reading them, whatever they do.
 */
#include "hip/graph.h"

#include <string.h>

hipError_t hip_node_new(hipGraphNode_t *out, hipGraph_t graph, const hipGraphNode_t *deps,
                        size_t count, hipGraphNodeType type, hip_node_set_fn set,
                        const void *params)
{
    struct hipGraphNode *node;
    if (out == NULL)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    hipError_t error = hip_graph_is_locked(graph) ? hipSuccess : hipErrorInvalidValue;
    if (error == hipSuccess)
        error = hip_node_add_locked(graph, type, deps, count, &node);
    if (error == hipSuccess && set != NULL) {
        error = set(node, params);
        if (error != hipSuccess)
            hip_node_remove_locked(node);
    }
    if (error == hipSuccess)
        *out = node;
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

static bool is_copy(hipGraphNodeType type)
{
    return type == hipGraphNodeTypeMemcpy || type == hipGraphNodeTypeMemcpyFromSymbol ||
           type == hipGraphNodeTypeMemcpyToSymbol;
}

static bool fits(const struct hipGraphNode *node, hipGraphNodeType type)
{
    return node->type == type || (is_copy(node->type) && is_copy(type));
}

/* The node itself, or with `exec` its counterpart there. */
hipError_t hip_node_find_locked(hipGraphExec_t exec, bool in_exec, hipGraphNode_t handle,
                                hipGraphNodeType type, struct hipGraphNode **out)
{
    if (in_exec && !hip_exec_is_locked(exec))
        return hipErrorInvalidValue;
    if (!hip_node_is_locked(handle) || !fits(handle, type))
        return hipErrorInvalidValue;
    *out = in_exec ? hip_exec_node_locked(exec, handle) : handle;
    return *out == NULL ? hipErrorInvalidValue : hipSuccess;
}

hipError_t hip_node_change(hipGraphExec_t exec, bool in_exec, hipGraphNode_t handle,
                           hipGraphNodeType type, hip_node_set_fn set, const void *params)
{
    struct hipGraphNode *node;
    pthread_mutex_lock(&hip_graph_lock);
    hipError_t error = hip_node_find_locked(exec, in_exec, handle, type, &node);
    if (error == hipSuccess && set != NULL)
        error = set(node, params);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hip_node_get(hipGraphNode_t handle, hipGraphNodeType type, void *out, size_t size)
{
    struct hipGraphNode *node;
    if (out == NULL)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    hipError_t error = hip_node_find_locked(NULL, false, handle, type, &node);
    if (error == hipSuccess)
        memcpy(out, &node->params, size);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}
