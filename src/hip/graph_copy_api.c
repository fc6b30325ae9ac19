/* SPDX-License-Identifier: MIT
 * Graph nodes that copy and fill.
 */
#include "hip/copy.h"
#include "hip/graph.h"
#include "hip/memory.h"
#include "hip/module.h"

hipError_t hip_node_set_copy_any(struct hipGraphNode *node, const void *params)
{
    return params == NULL ? hipErrorInvalidValue : hip_node_set_copy(node, params);
}

hipError_t hip_node_set_fill_any(struct hipGraphNode *node, const void *params)
{
    return params == NULL ? hipErrorInvalidValue : hip_node_set_fill(node, params);
}

struct plain_copy {
    void *dst;
    const void *src;
    size_t size;
    hipMemcpyKind kind;
};

static hipError_t set_copy_1d(struct hipGraphNode *node, const void *params)
{
    const struct plain_copy *copy = params;
    return hip_node_set_copy_1d(node, copy->dst, copy->src, copy->size, copy->kind);
}

static bool overlap(const struct plain_copy *copy)
{
    uintptr_t dst = (uintptr_t)copy->dst, src = (uintptr_t)copy->src;
    return dst < src ? src - dst < copy->size : dst - src < copy->size;
}

/* As set_copy_1d, for a node that is there: ROCm refuses copies of memory to itself. */
static hipError_t change_copy_1d(struct hipGraphNode *node, const void *params)
{
    const struct plain_copy *copy = params;
    return overlap(copy) ? hipErrorInvalidValue : set_copy_1d(node, params);
}

static bool keeps_direction(const struct hipGraphNode *node, hipMemcpyKind kind)
{
    return node->was_captured || node->params.copy.kind == kind;
}

/* The direction of an instantiated copy stays as it is, where a node was given one. */
static hipError_t change_exec_copy_1d(struct hipGraphNode *node, const void *params)
{
    const struct plain_copy *copy = params;
    return keeps_direction(node, copy->kind) ? change_copy_1d(node, params) : hipErrorInvalidValue;
}

hipError_t hip_node_change_exec_fill(struct hipGraphNode *node, const void *params)
{
    const hipMemsetParams *fill = params, *before = &node->params.fill;
    if (fill != NULL && fill->height > 1 &&
        (fill->height != before->height ||
         fill->width * fill->elementSize != before->width * before->elementSize))
        return hipErrorInvalidValue;
    return hip_node_set_fill_any(node, params);
}

hipError_t hip_node_change_exec_copy(struct hipGraphNode *node, const void *params)
{
    const hipMemcpy3DParms *copy = params;
    if (copy == NULL || !keeps_direction(node, copy->kind) ||
        hip_memory_check(copy->dstPtr.ptr, copy->extent.width) != hipSuccess ||
        hip_memory_check(copy->srcPtr.ptr, copy->extent.width) != hipSuccess)
        return hipErrorInvalidValue;
    return hip_node_set_copy(node, copy);
}

static size_t spanned(const struct hip_copy *copy, size_t pitch, size_t slice)
{
    if (copy->width == 0 || copy->height == 0 || copy->depth == 0)
        return 0;
    return (copy->depth - 1) * slice + (copy->height - 1) * pitch + copy->width;
}

/* Rows stay inside the heights that were given, all of it inside the allocations. */
static hipError_t check_drv_copy(const HIP_MEMCPY3D *params, const struct hip_command *command)
{
    const struct hip_copy *copy = &command->copy;
    if ((params->srcHeight != 0 && params->srcY + params->Height > params->srcHeight) ||
        (params->dstHeight != 0 && params->dstY + params->Height > params->dstHeight))
        return hipErrorInvalidValue;
    if (command->kind != HIP_COMMAND_COPY)
        return hipSuccess;
    return hip_memory_check(copy->src, spanned(copy, copy->src_pitch, copy->src_slice))
               ?: hip_memory_check(copy->dst, spanned(copy, copy->dst_pitch, copy->dst_slice));
}

static hipError_t set_drv_copy(struct hipGraphNode *node, const void *params)
{
    struct hip_command command;
    hipError_t error = hip_copy_of_drv_3d(params, &command);
    if (error == hipSuccess)
        error = check_drv_copy(params, &command);
    return error != hipSuccess ? error : hip_node_set_command(node, &command);
}

/* ---- copies ---- */

hipError_t hipGraphAddMemcpyNode(hipGraphNode_t *node, hipGraph_t graph,
                                 const hipGraphNode_t *dependencies, size_t count,
                                 const hipMemcpy3DParms *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_new(node, graph, dependencies, count, hipGraphNodeTypeMemcpy,
                                          hip_node_set_copy_any, params));
}

hipError_t hipGraphMemcpyNodeGetParams(hipGraphNode_t node, hipMemcpy3DParms *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_get(node, hipGraphNodeTypeMemcpy, params, sizeof *params));
}

hipError_t hipGraphMemcpyNodeSetParams(hipGraphNode_t node, const hipMemcpy3DParms *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_change(NULL, false, node, hipGraphNodeTypeMemcpy,
                                             hip_node_set_copy_any, params));
}

hipError_t hipGraphExecMemcpyNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                           hipMemcpy3DParms *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_change(exec, true, node, hipGraphNodeTypeMemcpy,
                                             hip_node_change_exec_copy, params));
}

hipError_t hipGraphAddMemcpyNode1D(hipGraphNode_t *node, hipGraph_t graph,
                                   const hipGraphNode_t *dependencies, size_t count, void *dst,
                                   const void *src, size_t size, hipMemcpyKind kind)
{
    const struct plain_copy copy = {dst, src, size, kind};
    return hip_return(hip_ready()
                          ?: hip_node_new(node, graph, dependencies, count, hipGraphNodeTypeMemcpy,
                                          set_copy_1d, &copy));
}

hipError_t hipGraphMemcpyNodeSetParams1D(hipGraphNode_t node, void *dst, const void *src,
                                         size_t size, hipMemcpyKind kind)
{
    const struct plain_copy copy = {dst, src, size, kind};
    return hip_return(
        hip_ready()
            ?: hip_node_change(NULL, false, node, hipGraphNodeTypeMemcpy, change_copy_1d, &copy));
}

hipError_t hipGraphExecMemcpyNodeSetParams1D(hipGraphExec_t exec, hipGraphNode_t node, void *dst,
                                             const void *src, size_t size, hipMemcpyKind kind)
{
    const struct plain_copy copy = {dst, src, size, kind};
    return hip_return(hip_ready()
                          ?: hip_node_change(exec, true, node, hipGraphNodeTypeMemcpy,
                                             change_exec_copy_1d, &copy));
}

hipError_t hipDrvGraphAddMemcpyNode(hipGraphNode_t *node, hipGraph_t graph,
                                    const hipGraphNode_t *dependencies, size_t count,
                                    const HIP_MEMCPY3D *params, hipCtx_t ctx)
{
    return hip_return(hip_ready()
                          ?: hip_node_new(node, graph, dependencies, count, hipGraphNodeTypeMemcpy,
                                          set_drv_copy, params));
}

hipError_t hipDrvGraphMemcpyNodeSetParams(hipGraphNode_t node, const HIP_MEMCPY3D *params)
{
    return hip_return(
        hip_ready()
            ?: hip_node_change(NULL, false, node, hipGraphNodeTypeMemcpy, set_drv_copy, params));
}

hipError_t hipDrvGraphExecMemcpyNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                              const HIP_MEMCPY3D *params, hipCtx_t ctx)
{
    return hip_return(
        hip_ready()
            ?: hip_node_change(exec, true, node, hipGraphNodeTypeMemcpy, set_drv_copy, params));
}

static hipMemoryType side_of(hipMemcpyKind kind, bool is_source)
{
    switch (kind) {
    case hipMemcpyHostToHost:
        return hipMemoryTypeHost;
    case hipMemcpyHostToDevice:
        return is_source ? hipMemoryTypeHost : hipMemoryTypeDevice;
    case hipMemcpyDeviceToHost:
        return is_source ? hipMemoryTypeDevice : hipMemoryTypeHost;
    case hipMemcpyDeviceToDevice:
        return hipMemoryTypeDevice;
    default:
        return hipMemoryTypeUnified;
    }
}

/* Unified memory is named as device memory. */
static HIP_MEMCPY3D drv_of(const hipMemcpy3DParms *p)
{
    hipMemoryType src = side_of(p->kind, true), dst = side_of(p->kind, false);
    return (HIP_MEMCPY3D){
        .srcXInBytes = p->srcPos.x,
        .srcY = p->srcPos.y,
        .srcZ = p->srcPos.z,
        .srcMemoryType = src,
        .srcHost = src == hipMemoryTypeHost ? p->srcPtr.ptr : NULL,
        .srcDevice = src == hipMemoryTypeHost ? NULL : p->srcPtr.ptr,
        .srcPitch = p->srcPtr.pitch,
        .srcHeight = p->srcPtr.ysize,
        .dstXInBytes = p->dstPos.x,
        .dstY = p->dstPos.y,
        .dstZ = p->dstPos.z,
        .dstMemoryType = dst,
        .dstHost = dst == hipMemoryTypeHost ? p->dstPtr.ptr : NULL,
        .dstDevice = dst == hipMemoryTypeHost ? NULL : p->dstPtr.ptr,
        .dstPitch = p->dstPtr.pitch,
        .dstHeight = p->dstPtr.ysize,
        .WidthInBytes = p->extent.width,
        .Height = p->extent.height,
        .Depth = p->extent.depth,
    };
}

static hipError_t drv_params(hipGraphNode_t node, HIP_MEMCPY3D *out)
{
    hipMemcpy3DParms params;
    if (out == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_node_get(node, hipGraphNodeTypeMemcpy, &params, sizeof params);
    if (error == hipSuccess)
        *out = drv_of(&params);
    return error;
}

hipError_t hipDrvGraphMemcpyNodeGetParams(hipGraphNode_t node, HIP_MEMCPY3D *params)
{
    return hip_return(hip_ready() ?: drv_params(node, params));
}

/* ---- copies with device variables ---- */

static hipError_t symbol_at(const void *symbol, size_t size, size_t offset, void **out)
{
    size_t bytes, end;
    if (hip_registered_variable(symbol, hip_current_device(), out, &bytes) != hipSuccess)
        return hipErrorInvalidSymbol;
    if (!cairn_size_add(size, offset, &end) || end > bytes)
        return hipErrorInvalidValue;
    *out = (char *)*out + offset;
    return hipSuccess;
}

/* A bad graph or node is told before a bad name. */
static bool is_live(hipGraph_t graph, hipGraphNode_t node)
{
    pthread_mutex_lock(&hip_graph_lock);
    bool live = node != NULL ? hip_node_is_locked(node) : hip_graph_is_locked(graph);
    pthread_mutex_unlock(&hip_graph_lock);
    return live;
}

static hipError_t add_symbol(hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *deps,
                             size_t count, hipGraphNodeType type, struct plain_copy copy,
                             const void *symbol, size_t offset)
{
    void *address;
    const void *other = type == hipGraphNodeTypeMemcpyToSymbol ? copy.src : copy.dst;
    if (node == NULL || other == NULL || copy.size == 0 || (count > 0 && deps == NULL) ||
        !is_live(graph, NULL))
        return hipErrorInvalidValue;
    hipError_t error = symbol_at(symbol, copy.size, offset, &address);
    if (error != hipSuccess)
        return error;
    if (type == hipGraphNodeTypeMemcpyToSymbol)
        copy.dst = address;
    else
        copy.src = address;
    return hip_node_new(node, graph, deps, count, type, set_copy_1d, &copy);
}

static hipError_t change_symbol(hipGraphExec_t exec, bool in_exec, hipGraphNode_t node,
                                hipGraphNodeType type, struct plain_copy copy, const void *symbol,
                                size_t offset)
{
    void *address;
    size_t size;
    const void *other = type == hipGraphNodeTypeMemcpyToSymbol ? copy.src : copy.dst;
    if (symbol == NULL)
        return hipErrorInvalidSymbol;
    if (other == NULL || other == symbol || copy.size == 0 || !is_live(NULL, node))
        return hipErrorInvalidValue;
    hipError_t error = symbol_at(symbol, copy.size, offset, &address);
    if (error != hipSuccess)
        return error;
    if (hip_registered_variable(other, hip_current_device(), &(void *){NULL}, &size) == hipSuccess)
        return hipErrorInvalidValue; /* the name of a variable is no memory */
    if (copy.kind == hipMemcpyDeviceToDevice && hip_copy_is_pageable(other))
        return hipErrorInvalidValue;
    if (type == hipGraphNodeTypeMemcpyToSymbol)
        copy.dst = address;
    else
        copy.src = address;
    return hip_node_change(exec, in_exec, node, type,
                           in_exec ? change_exec_copy_1d : change_copy_1d, &copy);
}

hipError_t hipGraphAddMemcpyNodeToSymbol(hipGraphNode_t *node, hipGraph_t graph,
                                         const hipGraphNode_t *dependencies, size_t count,
                                         const void *symbol, const void *src, size_t size,
                                         size_t offset, hipMemcpyKind kind)
{
    const struct plain_copy copy = {NULL, src, size, kind};
    return hip_return(hip_ready()
                          ?: add_symbol(node, graph, dependencies, count,
                                        hipGraphNodeTypeMemcpyToSymbol, copy, symbol, offset));
}

hipError_t hipGraphAddMemcpyNodeFromSymbol(hipGraphNode_t *node, hipGraph_t graph,
                                           const hipGraphNode_t *dependencies, size_t count,
                                           void *dst, const void *symbol, size_t size,
                                           size_t offset, hipMemcpyKind kind)
{
    const struct plain_copy copy = {dst, NULL, size, kind};
    return hip_return(hip_ready()
                          ?: add_symbol(node, graph, dependencies, count,
                                        hipGraphNodeTypeMemcpyFromSymbol, copy, symbol, offset));
}

hipError_t hipGraphMemcpyNodeSetParamsToSymbol(hipGraphNode_t node, const void *symbol,
                                               const void *src, size_t size, size_t offset,
                                               hipMemcpyKind kind)
{
    const struct plain_copy copy = {NULL, src, size, kind};
    return hip_return(hip_ready()
                          ?: change_symbol(NULL, false, node, hipGraphNodeTypeMemcpyToSymbol, copy,
                                           symbol, offset));
}

hipError_t hipGraphMemcpyNodeSetParamsFromSymbol(hipGraphNode_t node, void *dst, const void *symbol,
                                                 size_t size, size_t offset, hipMemcpyKind kind)
{
    const struct plain_copy copy = {dst, NULL, size, kind};
    return hip_return(hip_ready()
                          ?: change_symbol(NULL, false, node, hipGraphNodeTypeMemcpyFromSymbol,
                                           copy, symbol, offset));
}

hipError_t hipGraphExecMemcpyNodeSetParamsToSymbol(hipGraphExec_t exec, hipGraphNode_t node,
                                                   const void *symbol, const void *src, size_t size,
                                                   size_t offset, hipMemcpyKind kind)
{
    const struct plain_copy copy = {NULL, src, size, kind};
    return hip_return(hip_ready()
                          ?: change_symbol(exec, true, node, hipGraphNodeTypeMemcpyToSymbol, copy,
                                           symbol, offset));
}

hipError_t hipGraphExecMemcpyNodeSetParamsFromSymbol(hipGraphExec_t exec, hipGraphNode_t node,
                                                     void *dst, const void *symbol, size_t size,
                                                     size_t offset, hipMemcpyKind kind)
{
    const struct plain_copy copy = {dst, NULL, size, kind};
    return hip_return(hip_ready()
                          ?: change_symbol(exec, true, node, hipGraphNodeTypeMemcpyFromSymbol, copy,
                                           symbol, offset));
}

/* ---- fills ---- */

hipError_t hipGraphAddMemsetNode(hipGraphNode_t *node, hipGraph_t graph,
                                 const hipGraphNode_t *dependencies, size_t count,
                                 const hipMemsetParams *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_new(node, graph, dependencies, count, hipGraphNodeTypeMemset,
                                          hip_node_set_fill_any, params));
}

hipError_t hipGraphMemsetNodeGetParams(hipGraphNode_t node, hipMemsetParams *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_get(node, hipGraphNodeTypeMemset, params, sizeof *params));
}

hipError_t hipGraphMemsetNodeSetParams(hipGraphNode_t node, const hipMemsetParams *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_change(NULL, false, node, hipGraphNodeTypeMemset,
                                             hip_node_set_fill_any, params));
}

hipError_t hipGraphExecMemsetNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                           const hipMemsetParams *params)
{
    return hip_return(hip_ready()
                          ?: hip_node_change(exec, true, node, hipGraphNodeTypeMemset,
                                             hip_node_change_exec_fill, params));
}

static hipMemsetParams of_drv(const HIP_MEMSET_NODE_PARAMS *params)
{
    return (hipMemsetParams){.dst = params->dst,
                             .elementSize = params->elementSize,
                             .height = params->height,
                             .pitch = params->pitch,
                             .value = params->value,
                             .width = params->width};
}

hipError_t hipDrvGraphAddMemsetNode(hipGraphNode_t *node, hipGraph_t graph,
                                    const hipGraphNode_t *dependencies, size_t count,
                                    const HIP_MEMSET_NODE_PARAMS *params, hipCtx_t ctx)
{
    if (params == NULL)
        return hip_return(hipErrorInvalidValue);
    hipMemsetParams plain = of_drv(params);
    return hipGraphAddMemsetNode(node, graph, dependencies, count, &plain);
}

hipError_t hipDrvGraphExecMemsetNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                              const HIP_MEMSET_NODE_PARAMS *params, hipCtx_t ctx)
{
    if (params == NULL)
        return hip_return(hipErrorInvalidValue);
    hipMemsetParams plain = of_drv(params);
    return hipGraphExecMemsetNodeSetParams(exec, node, &plain);
}
