/* SPDX-License-Identifier: MIT
 * Graph nodes that copy and fill.
 */
#include "hip/copy.h"
#include "hip/graph.h"
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

static hipError_t set_drv_copy(struct hipGraphNode *node, const void *params)
{
    struct hip_command command;
    hipError_t error = hip_copy_of_drv_3d(params, &command);
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
                                             hip_node_set_copy_any, params));
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
            ?: hip_node_change(NULL, false, node, hipGraphNodeTypeMemcpy, set_copy_1d, &copy));
}

hipError_t hipGraphExecMemcpyNodeSetParams1D(hipGraphExec_t exec, hipGraphNode_t node, void *dst,
                                             const void *src, size_t size, hipMemcpyKind kind)
{
    const struct plain_copy copy = {dst, src, size, kind};
    return hip_return(
        hip_ready()
            ?: hip_node_change(exec, true, node, hipGraphNodeTypeMemcpy, set_copy_1d, &copy));
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

static hipError_t add_symbol(hipGraphNode_t *node, hipGraph_t graph, const hipGraphNode_t *deps,
                             size_t count, hipGraphNodeType type, struct plain_copy copy,
                             const void *symbol, size_t offset)
{
    void *address;
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
    hipError_t error = symbol_at(symbol, copy.size, offset, &address);
    if (error != hipSuccess)
        return error;
    if (type == hipGraphNodeTypeMemcpyToSymbol)
        copy.dst = address;
    else
        copy.src = address;
    return hip_node_change(exec, in_exec, node, type, set_copy_1d, &copy);
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
                                             hip_node_set_fill_any, params));
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
