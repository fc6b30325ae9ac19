/* SPDX-License-Identifier: MIT
 * Twins of the stream functions whose null stream is the calling thread's own stream. Programs get
 * them by defining HIP_API_PER_THREAD_DEFAULT_STREAM (clang: -fgpu-default-stream=per-thread).
 */
#ifndef HIP_INCLUDE_HIP_API_FUNCTIONS_PER_THREAD_H
#define HIP_INCLUDE_HIP_API_FUNCTIONS_PER_THREAD_H

#include <hip/api/types_graph.h>

#ifdef __cplusplus
extern "C" {
#endif

hipError_t hipEventRecord_spt(hipEvent_t event, hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipGraphLaunch_spt(hipGraphExec_t exec, hipStream_t stream);
hipError_t hipLaunchCooperativeKernel_spt(const void *function, dim3 grid, dim3 block,
                                          void **params, uint32_t lds_bytes,
                                          hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipLaunchHostFunc_spt(hipStream_t stream, hipHostFn_t function, void *user);
hipError_t hipLaunchKernel_spt(const void *function, dim3 num_blocks, dim3 block, void **args,
                               size_t lds_bytes, hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipMemcpy2DAsync_spt(void *dst, size_t dst_pitch, const void *src, size_t src_pitch,
                                size_t width, size_t height, hipMemcpyKind kind,
                                hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipMemcpy2DFromArrayAsync_spt(void *dst, size_t dst_pitch, hipArray_const_t src,
                                         size_t w_offset_src, size_t offset_src, size_t width,
                                         size_t height, hipMemcpyKind kind,
                                         hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipMemcpy2DFromArray_spt(void *dst, size_t dst_pitch, hipArray_const_t src,
                                    size_t w_offset, size_t offset, size_t width, size_t height,
                                    hipMemcpyKind kind);
hipError_t hipMemcpy2DToArrayAsync_spt(hipArray_t dst, size_t w_offset, size_t offset,
                                       const void *src, size_t src_pitch, size_t width,
                                       size_t height, hipMemcpyKind kind,
                                       hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipMemcpy2DToArray_spt(hipArray_t dst, size_t w_offset, size_t offset, const void *src,
                                  size_t src_pitch, size_t width, size_t height,
                                  hipMemcpyKind kind);
hipError_t hipMemcpy2D_spt(void *dst, size_t dst_pitch, const void *src, size_t src_pitch,
                           size_t width, size_t height, hipMemcpyKind kind);
hipError_t hipMemcpy3DAsync_spt(const hipMemcpy3DParms *copy,
                                hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipMemcpy3D_spt(const struct hipMemcpy3DParms *copy);
hipError_t hipMemcpyAsync_spt(void *dst, const void *src, size_t size, hipMemcpyKind kind,
                              hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipMemcpyFromArray_spt(void *dst, hipArray_const_t src, size_t w_offset_src,
                                  size_t offset, size_t count, hipMemcpyKind kind);
hipError_t hipMemcpyFromSymbolAsync_spt(void *dst, const void *symbol, size_t size, size_t offset,
                                        hipMemcpyKind kind,
                                        hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipMemcpyFromSymbol_spt(void *dst, const void *symbol, size_t size,
                                   size_t offset __dparm(0),
                                   hipMemcpyKind kind __dparm(hipMemcpyDeviceToHost));
hipError_t hipMemcpyToSymbolAsync_spt(const void *symbol, const void *src, size_t size,
                                      size_t offset, hipMemcpyKind kind,
                                      hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipMemcpyToSymbol_spt(const void *symbol, const void *src, size_t size,
                                 size_t offset __dparm(0),
                                 hipMemcpyKind kind __dparm(hipMemcpyHostToDevice));
hipError_t hipMemcpy_spt(void *dst, const void *src, size_t size, hipMemcpyKind kind);
hipError_t hipMemset2DAsync_spt(void *dst, size_t pitch, int value, size_t width, size_t height,
                                hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipMemset2D_spt(void *dst, size_t pitch, int value, size_t width, size_t height);
hipError_t hipMemset3DAsync_spt(hipPitchedPtr pitched_dev_ptr, int value, hipExtent extent,
                                hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipMemset3D_spt(hipPitchedPtr pitched_dev_ptr, int value, hipExtent extent);
hipError_t hipMemsetAsync_spt(void *dst, int value, size_t size,
                              hipStream_t stream __dparm(hipStreamPerThread));
hipError_t hipMemset_spt(void *dst, int value, size_t size);
hipError_t hipStreamAddCallback_spt(hipStream_t stream, hipStreamCallback_t callback, void *user,
                                    unsigned int flags);
hipError_t hipStreamBeginCapture_spt(hipStream_t stream, hipStreamCaptureMode mode);
hipError_t hipStreamEndCapture_spt(hipStream_t stream, hipGraph_t *graph);
hipError_t hipStreamGetCaptureInfo_spt(hipStream_t stream, hipStreamCaptureStatus *capture_status,
                                       unsigned long long *id);
hipError_t hipStreamGetCaptureInfo_v2_spt(hipStream_t stream,
                                          hipStreamCaptureStatus *capture_status,
                                          unsigned long long *id, hipGraph_t *graph,
                                          const hipGraphNode_t **dependencies,
                                          size_t *num_dependencies);
hipError_t hipStreamGetFlags_spt(hipStream_t stream, unsigned int *flags);
hipError_t hipStreamGetPriority_spt(hipStream_t stream, int *priority);
hipError_t hipStreamIsCapturing_spt(hipStream_t stream, hipStreamCaptureStatus *capture_status);
hipError_t hipStreamQuery_spt(hipStream_t stream);
hipError_t hipStreamSynchronize_spt(hipStream_t stream);
hipError_t hipStreamWaitEvent_spt(hipStream_t stream, hipEvent_t event,
                                  unsigned int flags __dparm(0));

#ifdef __cplusplus
}
#endif

#if defined(HIP_API_PER_THREAD_DEFAULT_STREAM)
#define hipEventRecord             hipEventRecord_spt
#define hipGraphLaunch             hipGraphLaunch_spt
#define hipLaunchCooperativeKernel hipLaunchCooperativeKernel_spt
#define hipLaunchHostFunc          hipLaunchHostFunc_spt
#define hipLaunchKernel            hipLaunchKernel_spt
#define hipMemcpy                  hipMemcpy_spt
#define hipMemcpy2D                hipMemcpy2D_spt
#define hipMemcpy2DAsync           hipMemcpy2DAsync_spt
#define hipMemcpy2DFromArray       hipMemcpy2DFromArray_spt
#define hipMemcpy2DFromArrayAsync  hipMemcpy2DFromArrayAsync_spt
#define hipMemcpy2DToArray         hipMemcpy2DToArray_spt
#define hipMemcpy2DToArrayAsync    hipMemcpy2DToArrayAsync_spt
#define hipMemcpy3D                hipMemcpy3D_spt
#define hipMemcpy3DAsync           hipMemcpy3DAsync_spt
#define hipMemcpyAsync             hipMemcpyAsync_spt
#define hipMemcpyFromArray         hipMemcpyFromArray_spt
#define hipMemcpyFromSymbol        hipMemcpyFromSymbol_spt
#define hipMemcpyFromSymbolAsync   hipMemcpyFromSymbolAsync_spt
#define hipMemcpyToSymbol          hipMemcpyToSymbol_spt
#define hipMemcpyToSymbolAsync     hipMemcpyToSymbolAsync_spt
#define hipMemset                  hipMemset_spt
#define hipMemset2D                hipMemset2D_spt
#define hipMemset2DAsync           hipMemset2DAsync_spt
#define hipMemset3D                hipMemset3D_spt
#define hipMemset3DAsync           hipMemset3DAsync_spt
#define hipMemsetAsync             hipMemsetAsync_spt
#define hipStreamAddCallback       hipStreamAddCallback_spt
#define hipStreamBeginCapture      hipStreamBeginCapture_spt
#define hipStreamEndCapture        hipStreamEndCapture_spt
#define hipStreamGetCaptureInfo    hipStreamGetCaptureInfo_spt
#define hipStreamGetCaptureInfo_v2 hipStreamGetCaptureInfo_v2_spt
#define hipStreamGetFlags          hipStreamGetFlags_spt
#define hipStreamGetPriority       hipStreamGetPriority_spt
#define hipStreamIsCapturing       hipStreamIsCapturing_spt
#define hipStreamQuery             hipStreamQuery_spt
#define hipStreamSynchronize       hipStreamSynchronize_spt
#define hipStreamWaitEvent         hipStreamWaitEvent_spt
#endif

#endif
