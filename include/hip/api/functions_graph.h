/* SPDX-License-Identifier: MIT
 * Graphs, stream capture, and memory and semaphores of other APIs.
 */
#ifndef HIP_INCLUDE_HIP_API_FUNCTIONS_GRAPH_H
#define HIP_INCLUDE_HIP_API_FUNCTIONS_GRAPH_H

#include <hip/api/types_graph.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- graphs and capture ---- */

hipError_t hipDeviceGetGraphMemAttribute(int device, hipGraphMemAttributeType attribute,
                                         void *value);
hipError_t hipDeviceGraphMemTrim(int device);
hipError_t hipDeviceSetGraphMemAttribute(int device, hipGraphMemAttributeType attribute,
                                         void *value);
hipError_t hipDrvGraphAddMemFreeNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                     const hipGraphNode_t *dependencies, size_t num_dependencies,
                                     hipDeviceptr_t ptr);
hipError_t hipDrvGraphAddMemcpyNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                    const hipGraphNode_t *dependencies, size_t num_dependencies,
                                    const HIP_MEMCPY3D *copy_params, hipCtx_t ctx);
hipError_t hipDrvGraphAddMemsetNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                    const hipGraphNode_t *dependencies, size_t num_dependencies,
                                    const HIP_MEMSET_NODE_PARAMS *memset_params, hipCtx_t ctx);
hipError_t hipDrvGraphExecMemcpyNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                              const HIP_MEMCPY3D *copy_params, hipCtx_t ctx);
hipError_t hipDrvGraphExecMemsetNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                              const HIP_MEMSET_NODE_PARAMS *memset_params,
                                              hipCtx_t ctx);
hipError_t hipDrvGraphMemcpyNodeGetParams(hipGraphNode_t node, HIP_MEMCPY3D *node_params);
hipError_t hipDrvGraphMemcpyNodeSetParams(hipGraphNode_t node, const HIP_MEMCPY3D *node_params);
hipError_t hipGraphAddBatchMemOpNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                     const hipGraphNode_t *dependencies, size_t num_dependencies,
                                     const hipBatchMemOpNodeParams *node_params);
hipError_t hipGraphAddChildGraphNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                     const hipGraphNode_t *dependencies, size_t num_dependencies,
                                     hipGraph_t child_graph);
hipError_t hipGraphAddDependencies(hipGraph_t graph, const hipGraphNode_t *from,
                                   const hipGraphNode_t *to, size_t count);
hipError_t hipGraphAddEmptyNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                const hipGraphNode_t *dependencies, size_t num_dependencies);
hipError_t hipGraphAddEventRecordNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                      const hipGraphNode_t *dependencies, size_t num_dependencies,
                                      hipEvent_t event);
hipError_t hipGraphAddEventWaitNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                    const hipGraphNode_t *dependencies, size_t num_dependencies,
                                    hipEvent_t event);
hipError_t hipGraphAddHostNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                               const hipGraphNode_t *dependencies, size_t num_dependencies,
                               const hipHostNodeParams *node_params);
hipError_t hipGraphAddKernelNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                 const hipGraphNode_t *dependencies, size_t num_dependencies,
                                 const hipKernelNodeParams *node_params);
hipError_t hipGraphAddMemAllocNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                   const hipGraphNode_t *dependencies, size_t num_dependencies,
                                   hipMemAllocNodeParams *node_params);
hipError_t hipGraphAddMemFreeNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                  const hipGraphNode_t *dependencies, size_t num_dependencies,
                                  void *ptr);
hipError_t hipGraphAddMemcpyNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                 const hipGraphNode_t *dependencies, size_t num_dependencies,
                                 const hipMemcpy3DParms *copy_params);
hipError_t hipGraphAddMemcpyNode1D(hipGraphNode_t *graph_node, hipGraph_t graph,
                                   const hipGraphNode_t *dependencies, size_t num_dependencies,
                                   void *dst, const void *src, size_t count, hipMemcpyKind kind);
hipError_t hipGraphAddMemcpyNodeFromSymbol(hipGraphNode_t *graph_node, hipGraph_t graph,
                                           const hipGraphNode_t *dependencies,
                                           size_t num_dependencies, void *dst, const void *symbol,
                                           size_t count, size_t offset, hipMemcpyKind kind);
hipError_t hipGraphAddMemcpyNodeToSymbol(hipGraphNode_t *graph_node, hipGraph_t graph,
                                         const hipGraphNode_t *dependencies,
                                         size_t num_dependencies, const void *symbol,
                                         const void *src, size_t count, size_t offset,
                                         hipMemcpyKind kind);
hipError_t hipGraphAddMemsetNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                                 const hipGraphNode_t *dependencies, size_t num_dependencies,
                                 const hipMemsetParams *memset_params);
hipError_t hipGraphAddNode(hipGraphNode_t *graph_node, hipGraph_t graph,
                           const hipGraphNode_t *dependencies, size_t num_dependencies,
                           hipGraphNodeParams *node_params);
hipError_t hipGraphBatchMemOpNodeGetParams(hipGraphNode_t node,
                                           hipBatchMemOpNodeParams *node_params);
hipError_t hipGraphBatchMemOpNodeSetParams(hipGraphNode_t node,
                                           hipBatchMemOpNodeParams *node_params);
hipError_t hipGraphChildGraphNodeGetGraph(hipGraphNode_t node, hipGraph_t *graph);
hipError_t hipGraphClone(hipGraph_t *graph_clone, hipGraph_t original_graph);
hipError_t hipGraphCreate(hipGraph_t *graph, unsigned int flags);
hipError_t hipGraphDebugDotPrint(hipGraph_t graph, const char *path, unsigned int flags);
hipError_t hipGraphDestroy(hipGraph_t graph);
hipError_t hipGraphDestroyNode(hipGraphNode_t node);
hipError_t hipGraphEventRecordNodeGetEvent(hipGraphNode_t node, hipEvent_t *event);
hipError_t hipGraphEventRecordNodeSetEvent(hipGraphNode_t node, hipEvent_t event);
hipError_t hipGraphEventWaitNodeGetEvent(hipGraphNode_t node, hipEvent_t *event);
hipError_t hipGraphEventWaitNodeSetEvent(hipGraphNode_t node, hipEvent_t event);
hipError_t hipGraphExecBatchMemOpNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                               const hipBatchMemOpNodeParams *node_params);
hipError_t hipGraphExecChildGraphNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                               hipGraph_t child_graph);
hipError_t hipGraphExecDestroy(hipGraphExec_t exec);
hipError_t hipGraphExecEventRecordNodeSetEvent(hipGraphExec_t exec, hipGraphNode_t node,
                                               hipEvent_t event);
hipError_t hipGraphExecEventWaitNodeSetEvent(hipGraphExec_t exec, hipGraphNode_t node,
                                             hipEvent_t event);
hipError_t hipGraphExecGetFlags(hipGraphExec_t exec, unsigned long long *flags);
hipError_t hipGraphExecHostNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                         const hipHostNodeParams *node_params);
hipError_t hipGraphExecKernelNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                           const hipKernelNodeParams *node_params);
hipError_t hipGraphExecMemcpyNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                           hipMemcpy3DParms *node_params);
hipError_t hipGraphExecMemcpyNodeSetParams1D(hipGraphExec_t exec, hipGraphNode_t node, void *dst,
                                             const void *src, size_t count, hipMemcpyKind kind);
hipError_t hipGraphExecMemcpyNodeSetParamsFromSymbol(hipGraphExec_t exec, hipGraphNode_t node,
                                                     void *dst, const void *symbol, size_t count,
                                                     size_t offset, hipMemcpyKind kind);
hipError_t hipGraphExecMemcpyNodeSetParamsToSymbol(hipGraphExec_t exec, hipGraphNode_t node,
                                                   const void *symbol, const void *src,
                                                   size_t count, size_t offset, hipMemcpyKind kind);
hipError_t hipGraphExecMemsetNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                           const hipMemsetParams *node_params);
hipError_t hipGraphExecNodeSetParams(hipGraphExec_t exec, hipGraphNode_t node,
                                     hipGraphNodeParams *node_params);
hipError_t hipGraphExecUpdate(hipGraphExec_t exec, hipGraph_t graph, hipGraphNode_t *error_node,
                              hipGraphExecUpdateResult *update_result);
hipError_t hipGraphGetEdges(hipGraph_t graph, hipGraphNode_t *from, hipGraphNode_t *to,
                            size_t *num_edges);
hipError_t hipGraphGetNodes(hipGraph_t graph, hipGraphNode_t *nodes, size_t *num_nodes);
hipError_t hipGraphGetRootNodes(hipGraph_t graph, hipGraphNode_t *root_nodes,
                                size_t *num_root_nodes);
hipError_t hipGraphHostNodeGetParams(hipGraphNode_t node, hipHostNodeParams *node_params);
hipError_t hipGraphHostNodeSetParams(hipGraphNode_t node, const hipHostNodeParams *node_params);
hipError_t hipGraphInstantiate(hipGraphExec_t *exec, hipGraph_t graph, hipGraphNode_t *error_node,
                               char *log_buffer, size_t buffer_size);
hipError_t hipGraphInstantiateWithFlags(hipGraphExec_t *exec, hipGraph_t graph,
                                        unsigned long long flags);
hipError_t hipGraphInstantiateWithParams(hipGraphExec_t *exec, hipGraph_t graph,
                                         hipGraphInstantiateParams *instantiate_params);
hipError_t hipGraphKernelNodeCopyAttributes(hipGraphNode_t src, hipGraphNode_t dst);
hipError_t hipGraphKernelNodeGetAttribute(hipGraphNode_t node, hipKernelNodeAttrID attribute,
                                          hipKernelNodeAttrValue *value);
hipError_t hipGraphKernelNodeGetParams(hipGraphNode_t node, hipKernelNodeParams *node_params);
hipError_t hipGraphKernelNodeSetAttribute(hipGraphNode_t node, hipKernelNodeAttrID attribute,
                                          const hipKernelNodeAttrValue *value);
hipError_t hipGraphKernelNodeSetParams(hipGraphNode_t node, const hipKernelNodeParams *node_params);
hipError_t hipGraphLaunch(hipGraphExec_t exec, hipStream_t stream);
hipError_t hipGraphMemAllocNodeGetParams(hipGraphNode_t node, hipMemAllocNodeParams *node_params);
hipError_t hipGraphMemFreeNodeGetParams(hipGraphNode_t node, void *ptr);
hipError_t hipGraphMemcpyNodeGetParams(hipGraphNode_t node, hipMemcpy3DParms *node_params);
hipError_t hipGraphMemcpyNodeSetParams(hipGraphNode_t node, const hipMemcpy3DParms *node_params);
hipError_t hipGraphMemcpyNodeSetParams1D(hipGraphNode_t node, void *dst, const void *src,
                                         size_t count, hipMemcpyKind kind);
hipError_t hipGraphMemcpyNodeSetParamsFromSymbol(hipGraphNode_t node, void *dst, const void *symbol,
                                                 size_t count, size_t offset, hipMemcpyKind kind);
hipError_t hipGraphMemcpyNodeSetParamsToSymbol(hipGraphNode_t node, const void *symbol,
                                               const void *src, size_t count, size_t offset,
                                               hipMemcpyKind kind);
hipError_t hipGraphMemsetNodeGetParams(hipGraphNode_t node, hipMemsetParams *node_params);
hipError_t hipGraphMemsetNodeSetParams(hipGraphNode_t node, const hipMemsetParams *node_params);
hipError_t hipGraphNodeFindInClone(hipGraphNode_t *node, hipGraphNode_t original_node,
                                   hipGraph_t cloned_graph);
hipError_t hipGraphNodeGetDependencies(hipGraphNode_t node, hipGraphNode_t *dependencies,
                                       size_t *num_dependencies);
hipError_t hipGraphNodeGetDependentNodes(hipGraphNode_t node, hipGraphNode_t *dependent_nodes,
                                         size_t *num_dependent_nodes);
hipError_t hipGraphNodeGetEnabled(hipGraphExec_t exec, hipGraphNode_t node,
                                  unsigned int *is_enabled);
hipError_t hipGraphNodeGetType(hipGraphNode_t node, hipGraphNodeType *type);
hipError_t hipGraphNodeSetEnabled(hipGraphExec_t exec, hipGraphNode_t node,
                                  unsigned int is_enabled);
hipError_t hipGraphNodeSetParams(hipGraphNode_t node, hipGraphNodeParams *node_params);
hipError_t hipGraphReleaseUserObject(hipGraph_t graph, hipUserObject_t object,
                                     unsigned int count __dparm(1));
hipError_t hipGraphRemoveDependencies(hipGraph_t graph, const hipGraphNode_t *from,
                                      const hipGraphNode_t *to, size_t count);
hipError_t hipGraphRetainUserObject(hipGraph_t graph, hipUserObject_t object,
                                    unsigned int count __dparm(1), unsigned int flags __dparm(0));
hipError_t hipGraphUpload(hipGraphExec_t exec, hipStream_t stream);
hipError_t hipStreamBeginCapture(hipStream_t stream, hipStreamCaptureMode mode);
hipError_t hipStreamBeginCaptureToGraph(hipStream_t stream, hipGraph_t graph,
                                        const hipGraphNode_t *dependencies,
                                        const hipGraphEdgeData *dependency_data, size_t count,
                                        hipStreamCaptureMode mode);
hipError_t hipStreamEndCapture(hipStream_t stream, hipGraph_t *graph);
hipError_t hipStreamGetCaptureInfo(hipStream_t stream, hipStreamCaptureStatus *capture_status,
                                   unsigned long long *id);
hipError_t hipStreamGetCaptureInfo_v2(hipStream_t stream, hipStreamCaptureStatus *capture_status,
                                      unsigned long long *id __dparm(0),
                                      hipGraph_t *graph __dparm(0),
                                      const hipGraphNode_t **dependencies __dparm(0),
                                      size_t *num_dependencies __dparm(0));
hipError_t hipStreamIsCapturing(hipStream_t stream, hipStreamCaptureStatus *capture_status);
hipError_t hipStreamUpdateCaptureDependencies(hipStream_t stream, hipGraphNode_t *dependencies,
                                              size_t num_dependencies,
                                              unsigned int flags __dparm(0));
hipError_t hipThreadExchangeStreamCaptureMode(hipStreamCaptureMode *mode);
hipError_t hipUserObjectCreate(hipUserObject_t *object, void *ptr, hipHostFn_t destroy,
                               unsigned int initial_refcount, unsigned int flags);
hipError_t hipUserObjectRelease(hipUserObject_t object, unsigned int count __dparm(1));
hipError_t hipUserObjectRetain(hipUserObject_t object, unsigned int count __dparm(1));

/* ---- other APIs ---- */

hipError_t hipDestroyExternalMemory(hipExternalMemory_t ext_mem);
hipError_t hipDestroyExternalSemaphore(hipExternalSemaphore_t ext_sem);
hipError_t hipExternalMemoryGetMappedBuffer(void **ptr, hipExternalMemory_t ext_mem,
                                            const hipExternalMemoryBufferDesc *buffer_desc);
hipError_t hipGraphicsMapResources(int count, hipGraphicsResource_t *resource,
                                   hipStream_t stream __dparm(0));
hipError_t hipGraphicsResourceGetMappedPointer(void **ptr, size_t *size,
                                               hipGraphicsResource_t resource);
hipError_t hipGraphicsSubResourceGetMappedArray(hipArray_t *array, hipGraphicsResource_t resource,
                                                unsigned int array_index, unsigned int mip_level);
hipError_t hipGraphicsUnmapResources(int count, hipGraphicsResource_t *resource,
                                     hipStream_t stream __dparm(0));
hipError_t hipGraphicsUnregisterResource(hipGraphicsResource_t resource);
hipError_t hipImportExternalMemory(hipExternalMemory_t *ext_mem,
                                   const hipExternalMemoryHandleDesc *mem_handle_desc);
hipError_t hipImportExternalSemaphore(hipExternalSemaphore_t *ext_sem,
                                      const hipExternalSemaphoreHandleDesc *sem_handle_desc);
hipError_t hipSignalExternalSemaphoresAsync(const hipExternalSemaphore_t *semaphores,
                                            const hipExternalSemaphoreSignalParams *params,
                                            unsigned int count, hipStream_t stream);
hipError_t hipWaitExternalSemaphoresAsync(const hipExternalSemaphore_t *semaphores,
                                          const hipExternalSemaphoreWaitParams *params,
                                          unsigned int count, hipStream_t stream);

#ifdef __cplusplus
}
#endif

#endif
