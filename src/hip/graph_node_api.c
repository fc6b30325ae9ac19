/* SPDX-License-Identifier: MIT
 * hipGraphAdd*Node, and getting and setting the parameters of nodes.
 */
#include "hip/copy.h"
#include "hip/graph.h"
#include "hip/memory.h"
#include "hip/module.h"

#include <stdlib.h>
#include <string.h>

/* ---- one adapter for each kind of parameters ---- */

static hipError_t set_kernel(struct hipGraphNode *node, const void *params)
{
    return hip_node_set_kernel(node, params);
}

static hipError_t set_host(struct hipGraphNode *node, const void *params)
{
    return hip_node_set_host(node, params);
}

static hipError_t set_event(struct hipGraphNode *node, const void *params)
{
    return hip_node_set_event(node, (hipEvent_t)params);
}

static hipError_t set_child(struct hipGraphNode *node, const void *params)
{
    struct ihipGraph *child = (struct ihipGraph *)params;
    return hip_graph_is_locked(child) ? hip_node_set_child(node, child) : hipErrorInvalidValue;
}

static hipError_t set_alloc(struct hipGraphNode *node, const void *params)
{
    const hipMemAllocNodeParams *alloc = params;
    struct hip_device *device = hip_device_at(alloc->poolProps.location.id);
    if (device == NULL || alloc->bytesize == 0 ||
        alloc->poolProps.allocType != hipMemAllocationTypePinned ||
        alloc->poolProps.location.type != hipMemLocationTypeDevice ||
        alloc->accessDescCount > (size_t)hip_process.device_count)
        return hipErrorInvalidValue;
    struct hip_graph_memory *memory;
    hipError_t error = hip_graph_memory_create(device, alloc->bytesize, &memory);
    if (error != hipSuccess)
        return error;
    node->memory = memory;
    node->params.alloc = *alloc;
    node->params.alloc.dptr = hip_graph_memory_address(memory);
    return hipSuccess;
}

/* The memory stays until the graph goes, so that every launch finds it at the same address. */
static hipError_t set_free(struct hipGraphNode *node, const void *params)
{
    hipError_t error = hip_graph_memory_claim((void *)params);
    if (error == hipSuccess)
        node->params.alloc.dptr = (void *)params;
    node->claims = error == hipSuccess;
    return error;
}

/* In an executable graph: by one of the same shape. */
static hipError_t change_child(struct hipGraphNode *node, const void *params)
{
    struct ihipGraph *child = (struct ihipGraph *)params;
    if (!hip_graph_is_locked(child) || node->child == NULL)
        return hipErrorInvalidValue;
    if (!hip_graph_same_shape_locked(node->child, child))
        return hipErrorUnknown; /* ROCm's answer */
    return hip_node_set_child(node, child);
}

/* ---- kernels ---- */

hipError_t hipGraphAddKernelNode(hipGraphNode_t *node, hipGraph_t graph,
                                 const hipGraphNode_t *dependencies, size_t count,
                                 const hipKernelNodeParams *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_new(node, graph, dependencies, count, hipGraphNodeTypeKernel,
                                          set_kernel, params));
}

hipError_t hipGraphKernelNodeGetParams(hipGraphNode_t node, hipKernelNodeParams *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_get(node, hipGraphNodeTypeKernel, params, sizeof *params));
}

hipError_t hipGraphKernelNodeSetParams(hipGraphNode_t node, const hipKernelNodeParams *params)
{
    return hip_return(
        hip_ready()
            ?: hip_node_change(NULL, false, node, hipGraphNodeTypeKernel, set_kernel, params));
}

hipError_t hipGraphExecKernelNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                           const hipKernelNodeParams *params)
{
    return hip_return(
        hip_ready()
            ?: hip_node_change(exec, true, node, hipGraphNodeTypeKernel, set_kernel, params));
}

/* ---- host functions ---- */

hipError_t hipGraphAddHostNode(hipGraphNode_t *node, hipGraph_t graph,
                               const hipGraphNode_t *dependencies, size_t count,
                               const hipHostNodeParams *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_new(node, graph, dependencies, count, hipGraphNodeTypeHost,
                                          set_host, params));
}

hipError_t hipGraphHostNodeGetParams(hipGraphNode_t node, hipHostNodeParams *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_get(node, hipGraphNodeTypeHost, params, sizeof *params));
}

hipError_t hipGraphHostNodeSetParams(hipGraphNode_t node, const hipHostNodeParams *params)
{
    return hip_return(
        hip_ready() ?: hip_node_change(NULL, false, node, hipGraphNodeTypeHost, set_host, params));
}

hipError_t hipGraphExecHostNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                         const hipHostNodeParams *params)
{
    return hip_return(
        hip_ready() ?: hip_node_change(exec, true, node, hipGraphNodeTypeHost, set_host, params));
}

/* ---- events ---- */

static hipError_t get_event(hipGraphNode_t node, hipGraphNodeType type, hipEvent_t *event)
{
    struct hipGraphNode *found;
    if (event == NULL)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    hipError_t error = hip_node_find_locked(NULL, false, node, type, &found);
    if (error == hipSuccess)
        *event = found->event;
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphAddEventRecordNode(hipGraphNode_t *node, hipGraph_t graph,
                                      const hipGraphNode_t *dependencies, size_t count,
                                      hipEvent_t event)
{
    return hip_return(hip_ready()
                          ?: hip_node_new(node, graph, dependencies, count,
                                          hipGraphNodeTypeEventRecord, set_event, event));
}

hipError_t hipGraphEventRecordNodeGetEvent(hipGraphNode_t node, hipEvent_t *event)
{
    return hip_return(hip_ready() ?: get_event(node, hipGraphNodeTypeEventRecord, event));
}

hipError_t hipGraphEventRecordNodeSetEvent(hipGraphNode_t node, hipEvent_t event)
{
    return hip_return(
        hip_ready()
            ?: hip_node_change(NULL, false, node, hipGraphNodeTypeEventRecord, set_event, event));
}

hipError_t hipGraphExecEventRecordNodeSetEvent(hipGraphExec_t exec, hipGraphNode_t node,
                                               hipEvent_t event)
{
    return hip_return(
        hip_ready()
            ?: hip_node_change(exec, true, node, hipGraphNodeTypeEventRecord, set_event, event));
}

hipError_t hipGraphAddEventWaitNode(hipGraphNode_t *node, hipGraph_t graph,
                                    const hipGraphNode_t *dependencies, size_t count,
                                    hipEvent_t event)
{
    return hip_return(hip_ready()
                          ?: hip_node_new(node, graph, dependencies, count,
                                          hipGraphNodeTypeWaitEvent, set_event, event));
}

hipError_t hipGraphEventWaitNodeGetEvent(hipGraphNode_t node, hipEvent_t *event)
{
    return hip_return(hip_ready() ?: get_event(node, hipGraphNodeTypeWaitEvent, event));
}

hipError_t hipGraphEventWaitNodeSetEvent(hipGraphNode_t node, hipEvent_t event)
{
    return hip_return(
        hip_ready()
            ?: hip_node_change(NULL, false, node, hipGraphNodeTypeWaitEvent, set_event, event));
}

hipError_t hipGraphExecEventWaitNodeSetEvent(hipGraphExec_t exec, hipGraphNode_t node,
                                             hipEvent_t event)
{
    return hip_return(
        hip_ready()
            ?: hip_node_change(exec, true, node, hipGraphNodeTypeWaitEvent, set_event, event));
}

/* ---- graphs in graphs, nothing, memory ---- */

hipError_t hipGraphAddChildGraphNode(hipGraphNode_t *node, hipGraph_t graph,
                                     const hipGraphNode_t *dependencies, size_t count,
                                     hipGraph_t child)
{
    return hip_return(hip_ready()
                          ?: hip_node_new(node, graph, dependencies, count, hipGraphNodeTypeGraph,
                                          set_child, child));
}

static hipError_t get_child(hipGraphNode_t node, hipGraph_t *graph)
{
    struct hipGraphNode *found;
    if (graph == NULL)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&hip_graph_lock);
    hipError_t error = hip_node_find_locked(NULL, false, node, hipGraphNodeTypeGraph, &found);
    if (error == hipSuccess)
        *graph = found->child;
    pthread_mutex_unlock(&hip_graph_lock);
    return error;
}

hipError_t hipGraphChildGraphNodeGetGraph(hipGraphNode_t node, hipGraph_t *graph)
{
    return hip_return(hip_ready() ?: get_child(node, graph));
}

hipError_t hipGraphExecChildGraphNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                               hipGraph_t child)
{
    return hip_return(
        hip_ready()
            ?: hip_node_change(exec, true, node, hipGraphNodeTypeGraph, change_child, child));
}

hipError_t hipGraphAddEmptyNode(hipGraphNode_t *node, hipGraph_t graph,
                                const hipGraphNode_t *dependencies, size_t count)
{
    return hip_return(
        hip_ready()
            ?: hip_node_new(node, graph, dependencies, count, hipGraphNodeTypeEmpty, NULL, NULL));
}

static hipError_t add_alloc(hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *deps,
                            size_t count, hipMemAllocNodeParams *params)
{
    if (params == NULL)
        return hipErrorInvalidValue;
    params->dptr = NULL;
    hipError_t error =
        hip_node_new(node, graph, deps, count, hipGraphNodeTypeMemAlloc, set_alloc, params);
    if (error == hipSuccess)
        params->dptr = hip_graph_memory_address((*node)->memory);
    return error;
}

hipError_t hipGraphAddMemAllocNode(hipGraphNode_t *node, hipGraph_t graph,
                                   const hipGraphNode_t *dependencies, size_t count,
                                   hipMemAllocNodeParams *params)
{
    return hip_return(hip_ready() ?: add_alloc(node, graph, dependencies, count, params));
}

hipError_t hipGraphMemAllocNodeGetParams(hipGraphNode_t node, hipMemAllocNodeParams *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_get(node, hipGraphNodeTypeMemAlloc, params, sizeof *params));
}

hipError_t hipGraphAddMemFreeNode(hipGraphNode_t *node, hipGraph_t graph,
                                  const hipGraphNode_t *dependencies, size_t count, void *ptr)
{
    if (ptr == NULL || (dependencies == NULL) != (count == 0))
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready()
                          ?: hip_node_new(node, graph, dependencies, count, hipGraphNodeTypeMemFree,
                                          set_free, ptr));
}

hipError_t hipDrvGraphAddMemFreeNode(hipGraphNode_t *node, hipGraph_t graph,
                                     const hipGraphNode_t *dependencies, size_t count,
                                     hipDeviceptr_t ptr)
{
    return hipGraphAddMemFreeNode(node, graph, dependencies, count, ptr);
}

static hipError_t get_freed(hipGraphNode_t node, void **ptr)
{
    hipMemAllocNodeParams params;
    hipError_t error = hip_node_get(node, hipGraphNodeTypeMemFree, &params, sizeof params);
    if (error == hipSuccess && ptr == NULL)
        error = hipErrorInvalidValue;
    if (error == hipSuccess)
        *ptr = params.dptr;
    return error;
}

hipError_t hipGraphMemFreeNodeGetParams(hipGraphNode_t node, void *ptr)
{
    return hip_return(hip_ready() ?: get_freed(node, ptr));
}

/* ---- any kind of node ---- */

/* Which set function and which member of the parameters belong to a type. */
static bool by_type(hipGraphNodeParams *params, hip_node_set_fn *set, const void **member)
{
    switch (params->type) {
    case hipGraphNodeTypeKernel:
        *set = set_kernel;
        *member = &params->kernel;
        return true;
    case hipGraphNodeTypeMemcpy:
        *set = hip_node_set_copy_any;
        *member = &params->memcpy.copyParams;
        return true;
    case hipGraphNodeTypeMemset:
        *set = hip_node_set_fill_any;
        *member = &params->memset;
        return true;
    case hipGraphNodeTypeHost:
        *set = set_host;
        *member = &params->host;
        return true;
    case hipGraphNodeTypeGraph:
        *set = set_child;
        *member = params->graph.graph;
        return true;
    case hipGraphNodeTypeWaitEvent:
        *set = set_event;
        *member = params->eventWait.event;
        return true;
    case hipGraphNodeTypeEventRecord:
        *set = set_event;
        *member = params->eventRecord.event;
        return true;
    case hipGraphNodeTypeMemFree:
        *set = set_free;
        *member = params->free.dptr;
        return true;
    case hipGraphNodeTypeEmpty:
        *set = NULL;
        *member = NULL;
        return true;
    default:
        return false;
    }
}

/* Of the known types only semaphores are left, which graphs get by capture. */
static hipError_t refuse_type(hipGraphNodeType type)
{
    return type == hipGraphNodeTypeExtSemaphoreSignal || type == hipGraphNodeTypeExtSemaphoreWait
               ? hipErrorNotSupported
               : hipErrorInvalidValue;
}

static hipError_t add_any(hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *deps,
                          size_t count, hipGraphNodeParams *params)
{
    hip_node_set_fn set;
    const void *member;
    if (params == NULL)
        return hipErrorInvalidValue;
    if (params->type == hipGraphNodeTypeMemAlloc)
        return add_alloc(node, graph, deps, count, &params->alloc);
    if (!by_type(params, &set, &member))
        return refuse_type(params->type);
    return hip_node_new(node, graph, deps, count, params->type, set, member);
}

hipError_t hipGraphAddNode(hipGraphNode_t *node, hipGraph_t graph,
                           const hipGraphNode_t *dependencies, size_t count,
                           hipGraphNodeParams *params)
{
    return hip_return(hip_ready() ?: add_any(node, graph, dependencies, count, params));
}

static hipError_t change_any(hipGraphExec_t exec, bool in_exec, hipGraphNode_t node,
                             hipGraphNodeParams *params)
{
    hip_node_set_fn set;
    const void *member;
    if (params == NULL)
        return hipErrorInvalidValue;
    if (!by_type(params, &set, &member))
        return refuse_type(params->type);
    if (in_exec && params->type == hipGraphNodeTypeGraph)
        set = change_child;
    if (in_exec && params->type == hipGraphNodeTypeMemcpy)
        set = hip_node_change_exec_copy;
    if (in_exec && params->type == hipGraphNodeTypeMemset)
        set = hip_node_change_exec_fill;
    return hip_node_change(exec, in_exec, node, params->type, set, member);
}

hipError_t hipGraphNodeSetParams(hipGraphNode_t node, hipGraphNodeParams *params)
{
    return hip_return(hip_ready() ?: change_any(NULL, false, node, params));
}

hipError_t hipGraphExecNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                     hipGraphNodeParams *params)
{
    return hip_return(hip_ready() ?: change_any(exec, true, node, params));
}
