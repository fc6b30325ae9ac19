/* SPDX-License-Identifier: MIT
 * hipGraph*: making graphs, asking about nodes and edges, user objects.
 */
#include "hip/graph.h"

#include <stdlib.h>
#include <string.h>

/* ---- graphs ---- */

static hipError_t create(hipGraph_t *out, unsigned flags)
{
    if (out == NULL || flags != 0)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    hipError_t error = hip_graph_create_locked(out);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphCreate(hipGraph_t *graph, unsigned int flags)
{
    return hip_return(hip_ready() ?: create(graph, flags));
}

static hipError_t destroy(hipGraph_t graph)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    if (graph != NULL && !hip_graph_is_locked(graph)) {
        error = hipErrorIllegalState; /* destroyed before */
    } else if (graph != NULL && !graph->is_child) {
        hip_graph_destroy_locked(graph);
        error = hipSuccess;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphDestroy(hipGraph_t graph)
{
    return hip_return(hip_ready() ?: destroy(graph));
}

static hipError_t clone_graph(hipGraph_t *out, hipGraph_t from)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    if (out != NULL && hip_graph_is_locked(from))
        error =
            hip_graph_has_memory(from) ? hipErrorNotSupported : hip_graph_clone_locked(from, out);
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphClone(hipGraph_t *clone, hipGraph_t original)
{
    return hip_return(hip_ready() ?: clone_graph(clone, original));
}

/* ---- nodes and edges: each list is written up to *count and *count set to its length ---- */

struct list {
    hipGraphNode_t *nodes; /* NULL: only count */
    size_t room, used;
};

static void put(struct list *list, struct hipGraphNode *node)
{
    if (list->nodes != NULL && list->used < list->room)
        list->nodes[list->used] = node;
    list->used++;
}

static void finish(struct list *list, size_t *count)
{
    for (size_t i = list->used; list->nodes != NULL && i < list->room; i++)
        list->nodes[i] = NULL;
    *count = list->nodes == NULL || list->used < list->room ? list->used : list->room;
}

static hipError_t list_nodes(hipGraph_t graph, hipGraphNode_t *nodes, size_t *count, bool roots)
{
    hipError_t error = hipErrorInvalidValue;
    if (count == NULL)
        return error;
    struct list list = {nodes, *count, 0};
    pthread_mutex_lock(&hip_graph_lock);
    if (hip_graph_is_locked(graph)) {
        for (struct hipGraphNode *n = graph->first; n != NULL; n = n->next)
            if (!roots || n->dep_count == 0)
                put(&list, n);
        finish(&list, count);
        error = hipSuccess;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphGetNodes(hipGraph_t graph, hipGraphNode_t *nodes, size_t *num_nodes)
{
    return hip_return(hip_ready() ?: list_nodes(graph, nodes, num_nodes, false));
}

hipError_t hipGraphGetRootNodes(hipGraph_t graph, hipGraphNode_t *nodes, size_t *num_nodes)
{
    return hip_return(hip_ready() ?: list_nodes(graph, nodes, num_nodes, true));
}

static bool depends_on(const struct hipGraphNode *node, const struct hipGraphNode *on)
{
    for (uint32_t i = 0; i < node->dep_count; i++)
        if (node->deps[i] == on)
            return true;
    return false;
}

static hipError_t list_neighbours(hipGraphNode_t node, hipGraphNode_t *out, size_t *count,
                                  bool dependents)
{
    hipError_t error = hipErrorInvalidValue;
    if (count == NULL)
        return error;
    struct list list = {out, *count, 0};
    pthread_mutex_lock(&hip_graph_lock);
    if (hip_node_is_locked(node)) {
        for (struct hipGraphNode *n = node->graph->first; n != NULL; n = n->next)
            if (dependents ? depends_on(n, node) : depends_on(node, n))
                put(&list, n);
        finish(&list, count);
        error = hipSuccess;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphNodeGetDependencies(hipGraphNode_t node, hipGraphNode_t *dependencies,
                                       size_t *num_dependencies)
{
    return hip_return(hip_ready() ?: list_neighbours(node, dependencies, num_dependencies, false));
}

hipError_t hipGraphNodeGetDependentNodes(hipGraphNode_t node, hipGraphNode_t *dependents,
                                         size_t *num_dependents)
{
    return hip_return(hip_ready() ?: list_neighbours(node, dependents, num_dependents, true));
}

static hipError_t list_edges(hipGraph_t graph, hipGraphNode_t *from, hipGraphNode_t *to,
                             size_t *count)
{
    hipError_t error = hipErrorInvalidValue;
    if (count == NULL || (from == NULL) != (to == NULL))
        return error;
    struct list froms = {from, *count, 0}, tos = {to, *count, 0};
    pthread_mutex_lock(&hip_graph_lock);
    if (hip_graph_is_locked(graph)) {
        for (struct hipGraphNode *n = graph->first; n != NULL; n = n->next) {
            for (uint32_t i = 0; i < n->dep_count; i++) {
                put(&froms, n->deps[i]);
                put(&tos, n);
            }
        }
        finish(&froms, count);
        finish(&tos, count);
        error = hipSuccess;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphGetEdges(hipGraph_t graph, hipGraphNode_t *from, hipGraphNode_t *to,
                            size_t *num_edges)
{
    return hip_return(hip_ready() ?: list_edges(graph, from, to, num_edges));
}

static bool valid_edges(hipGraph_t graph, const hipGraphNode_t *from, const hipGraphNode_t *to,
                        size_t count)
{
    if (!hip_graph_is_locked(graph) || (count > 0 && (from == NULL || to == NULL)))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!hip_node_is_locked(from[i]) || !hip_node_is_locked(to[i]) || from[i] == to[i] ||
            from[i]->graph != graph || to[i]->graph != graph)
            return false;
    return true;
}

static hipError_t add_edges(hipGraph_t graph, const hipGraphNode_t *from, const hipGraphNode_t *to,
                            size_t count)
{
    pthread_mutex_lock(&hip_graph_lock);
    hipError_t error = valid_edges(graph, from, to, count) ? hipSuccess : hipErrorInvalidValue;
    for (size_t i = 0; i < count && error == hipSuccess; i++) {
        if (depends_on(to[i], from[i]))
            error = hipErrorInvalidValue;
        else if (!hip_node_depend_locked(to[i], from[i]))
            error = hipErrorOutOfMemory;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphAddDependencies(hipGraph_t graph, const hipGraphNode_t *from,
                                   const hipGraphNode_t *to, size_t num_dependencies)
{
    return hip_return(hip_ready() ?: add_edges(graph, from, to, num_dependencies));
}

static hipError_t remove_edges(hipGraph_t graph, const hipGraphNode_t *from,
                               const hipGraphNode_t *to, size_t count)
{
    pthread_mutex_lock(&hip_graph_lock);
    hipError_t error = valid_edges(graph, from, to, count) ? hipSuccess : hipErrorInvalidValue;
    for (size_t i = 0; i < count && error == hipSuccess; i++) {
        struct hipGraphNode *node = to[i];
        if (!depends_on(node, from[i])) {
            error = hipErrorInvalidValue;
            break;
        }
        for (uint32_t k = 0; k < node->dep_count; k++)
            if (node->deps[k] == from[i])
                node->deps[k--] = node->deps[--node->dep_count];
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphRemoveDependencies(hipGraph_t graph, const hipGraphNode_t *from,
                                      const hipGraphNode_t *to, size_t num_dependencies)
{
    return hip_return(hip_ready() ?: remove_edges(graph, from, to, num_dependencies));
}

static hipError_t node_type(hipGraphNode_t node, hipGraphNodeType *type)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    if (type != NULL && hip_node_is_locked(node)) {
        bool is_symbol = node->type == hipGraphNodeTypeMemcpyToSymbol ||
                         node->type == hipGraphNodeTypeMemcpyFromSymbol;
        *type = is_symbol ? hipGraphNodeTypeMemcpy : node->type;
        error = hipSuccess;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphNodeGetType(hipGraphNode_t node, hipGraphNodeType *type)
{
    return hip_return(hip_ready() ?: node_type(node, type));
}

static hipError_t destroy_node(hipGraphNode_t node)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    if (hip_node_is_locked(node)) {
        error = hip_node_is_memory(node) ? hipErrorNotSupported : hipSuccess;
        if (error == hipSuccess)
            hip_node_remove_locked(node);
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphDestroyNode(hipGraphNode_t node)
{
    return hip_return(hip_ready() ?: destroy_node(node));
}

/* ---- attributes of kernel nodes ---- */

static bool is_kernel(hipGraphNode_t node)
{
    return hip_node_is_locked(node) && node->type == hipGraphNodeTypeKernel;
}

/* A window is kept for the program: the software device has no cache to set apart. */
static hipError_t set_attribute(struct hipGraphNode *node, hipLaunchAttributeID id,
                                const hipLaunchAttributeValue *value)
{
    switch (id) {
    case hipLaunchAttributeAccessPolicyWindow:
        if (value->accessPolicyWindow.hitRatio < 0 || value->accessPolicyWindow.hitRatio > 1 ||
            (unsigned)value->accessPolicyWindow.hitProp > hipAccessPropertyPersisting ||
            (unsigned)value->accessPolicyWindow.missProp > hipAccessPropertyStreaming ||
            value->accessPolicyWindow.num_bytes >
                (size_t)hip_current_device()->props.accessPolicyMaxWindowSize)
            return hipErrorInvalidValue;
        node->window = value->accessPolicyWindow;
        return hipSuccess;
    case hipLaunchAttributeCooperative:
        node->cooperative = value->cooperative;
        node->command.kernel.cooperative = value->cooperative != 0;
        return hipSuccess;
    case hipLaunchAttributePriority:
        node->priority = value->priority;
        return hipSuccess;
    default:
        return hipErrorInvalidValue;
    }
}

static hipError_t get_attribute(const struct hipGraphNode *node, hipLaunchAttributeID id,
                                hipLaunchAttributeValue *value)
{
    switch (id) {
    case hipLaunchAttributeAccessPolicyWindow:
        value->accessPolicyWindow = node->window;
        return hipSuccess;
    case hipLaunchAttributeCooperative:
        value->cooperative = node->cooperative;
        return hipSuccess;
    case hipLaunchAttributePriority:
        value->priority = node->priority;
        return hipSuccess;
    default:
        return hipErrorInvalidValue;
    }
}

static hipError_t kernel_attribute(hipGraphNode_t node, hipLaunchAttributeID id,
                                   const hipLaunchAttributeValue *set, hipLaunchAttributeValue *get)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    if ((set != NULL || get != NULL) && is_kernel(node))
        error = set != NULL ? set_attribute(node, id, set) : get_attribute(node, id, get);
    if (error == hipSuccess && set != NULL)
        node->attribute = (int)id;
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphKernelNodeSetAttribute(hipGraphNode_t node, hipKernelNodeAttrID attribute,
                                          const hipKernelNodeAttrValue *value)
{
    return hip_return(hip_ready() ?: kernel_attribute(node, attribute, value, NULL));
}

hipError_t hipGraphKernelNodeGetAttribute(hipGraphNode_t node, hipKernelNodeAttrID attribute,
                                          hipKernelNodeAttrValue *value)
{
    return hip_return(hip_ready() ?: kernel_attribute(node, attribute, NULL, value));
}

/* As in ROCm, a node that has been given one attribute does not take another. */
static hipError_t copy_attributes(hipGraphNode_t from, hipGraphNode_t to)
{
    hipError_t error = hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    if (is_kernel(from) && is_kernel(to) && to->attribute != 0 &&
        to->attribute != from->attribute) {
        error = hipErrorInvalidContext;
    } else if (is_kernel(from) && is_kernel(to)) {
        to->attribute = from->attribute;
        to->priority = from->priority;
        to->window = from->window;
        to->cooperative = from->cooperative;
        to->command.kernel.cooperative = from->command.kernel.cooperative;
        error = hipSuccess;
    }
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphKernelNodeCopyAttributes(hipGraphNode_t src, hipGraphNode_t dst)
{
    return hip_return(hip_ready() ?: copy_attributes(src, dst));
}
