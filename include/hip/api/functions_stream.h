/* SPDX-License-Identifier: MIT
 * Streams, events, modules, kernels and launches, occupancy.
 */
#ifndef HIP_INCLUDE_HIP_API_FUNCTIONS_STREAM_H
#define HIP_INCLUDE_HIP_API_FUNCTIONS_STREAM_H

#include <hip/api/types_stream.h>
#include <hip/linker_types.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- streams and events ---- */

hipError_t hipDeviceGetStreamPriorityRange(int *least_priority, int *greatest_priority);
hipError_t hipEventCreate(hipEvent_t *event);
hipError_t hipEventCreateWithFlags(hipEvent_t *event, unsigned int flags);
hipError_t hipEventDestroy(hipEvent_t event);
hipError_t hipEventElapsedTime(float *milliseconds, hipEvent_t start, hipEvent_t stop);
hipError_t hipEventQuery(hipEvent_t event);
hipError_t hipEventRecord(hipEvent_t event, hipStream_t stream __dparm(0));
hipError_t hipEventRecordWithFlags(hipEvent_t event, hipStream_t stream,
                                   unsigned int flags __dparm(0));
hipError_t hipEventSynchronize(hipEvent_t event);
hipError_t hipExtStreamCreateWithCUMask(hipStream_t *stream, uint32_t words, const uint32_t *mask);
hipError_t hipExtStreamGetCUMask(hipStream_t stream, uint32_t words, uint32_t *mask);
int hipGetStreamDeviceId(hipStream_t stream);
hipError_t hipStreamAddCallback(hipStream_t stream, hipStreamCallback_t callback, void *user,
                                unsigned int flags);
hipError_t hipStreamCreate(hipStream_t *stream);
hipError_t hipStreamCreateWithFlags(hipStream_t *stream, unsigned int flags);
hipError_t hipStreamCreateWithPriority(hipStream_t *stream, unsigned int flags, int priority);
hipError_t hipStreamDestroy(hipStream_t stream);
hipError_t hipStreamGetDevice(hipStream_t stream, hipDevice_t *device);
hipError_t hipStreamGetFlags(hipStream_t stream, unsigned int *flags);
hipError_t hipStreamGetPriority(hipStream_t stream, int *priority);
hipError_t hipStreamQuery(hipStream_t stream);
hipError_t hipStreamSynchronize(hipStream_t stream);
hipError_t hipStreamWaitEvent(hipStream_t stream, hipEvent_t event, unsigned int flags __dparm(0));
hipError_t hipStreamWaitValue32(hipStream_t stream, void *ptr, uint32_t value, unsigned int flags,
                                uint32_t mask __dparm(0xFFFFFFFF));
hipError_t hipStreamWaitValue64(hipStream_t stream, void *ptr, uint64_t value, unsigned int flags,
                                uint64_t mask __dparm(0xFFFFFFFFFFFFFFFF));
hipError_t hipStreamWriteValue32(hipStream_t stream, void *ptr, uint32_t value, unsigned int flags);
hipError_t hipStreamWriteValue64(hipStream_t stream, void *ptr, uint64_t value, unsigned int flags);

/* ---- modules and launches ---- */

const char *hipApiName(uint32_t id);
hipError_t hipConfigureCall(dim3 grid, dim3 block, size_t lds_bytes __dparm(0),
                            hipStream_t stream __dparm(0));
hipError_t hipExtGetLinkTypeAndHopCount(int device1, int device2, uint32_t *linktype,
                                        uint32_t *hopcount);
hipError_t hipExtLaunchKernel(const void *function, dim3 num_blocks, dim3 block, void **args,
                              size_t lds_bytes, hipStream_t stream, hipEvent_t start_event,
                              hipEvent_t stop_event, int flags);
hipError_t hipExtLaunchMultiKernelMultiDevice(hipLaunchParams *launches, int count,
                                              unsigned int flags);
hipError_t hipFuncGetAttribute(int *value, hipFunction_attribute attribute, hipFunction_t function);
hipError_t hipFuncGetAttributes(struct hipFuncAttributes *attribute, const void *function);
hipError_t hipFuncSetAttribute(const void *function, hipFuncAttribute attribute, int value);
hipError_t hipFuncSetCacheConfig(const void *function, hipFuncCache_t config);
hipError_t hipFuncSetSharedMemConfig(const void *function, hipSharedMemConfig config);
hipError_t hipGetFuncBySymbol(hipFunction_t *function, const void *symbol);
hipError_t hipGetProcAddress(const char *symbol, void **pfn, int hip_version, uint64_t flags,
                             hipDriverProcAddressQueryResult *symbol_status);
const char *hipKernelNameRef(const hipFunction_t function);
const char *hipKernelNameRefByPtr(const void *host_function, hipStream_t stream);
hipError_t hipLaunchByPtr(const void *function);
hipError_t hipLaunchCooperativeKernel(const void *function, dim3 grid, dim3 block_x, void **params,
                                      unsigned int lds_bytes, hipStream_t stream);
hipError_t hipLaunchCooperativeKernelMultiDevice(hipLaunchParams *launches, int count,
                                                 unsigned int flags);
hipError_t hipLaunchHostFunc(hipStream_t stream, hipHostFn_t function, void *user);
hipError_t hipLaunchKernel(const void *function, dim3 num_blocks, dim3 block, void **args,
                           size_t lds_bytes __dparm(0), hipStream_t stream __dparm(0));
hipError_t hipLinkAddData(hipLinkState_t state, hipJitInputType type, void *data, size_t size,
                          const char *name, unsigned int num_options, hipJitOption *options,
                          void **option_values);
hipError_t hipLinkAddFile(hipLinkState_t state, hipJitInputType type, const char *path,
                          unsigned int num_options, hipJitOption *options, void **option_values);
hipError_t hipLinkComplete(hipLinkState_t state, void **hip_bin_out, size_t *size_out);
hipError_t hipLinkCreate(unsigned int num_options, hipJitOption *options, void **option_values,
                         hipLinkState_t *state_out);
hipError_t hipLinkDestroy(hipLinkState_t state);
hipError_t hipModuleGetFunction(hipFunction_t *function, hipModule_t module, const char *name);
hipError_t hipModuleGetGlobal(hipDeviceptr_t *ptr, size_t *bytes, hipModule_t module,
                              const char *name);
hipError_t hipModuleLaunchCooperativeKernel(hipFunction_t function, unsigned int grid_x,
                                            unsigned int grid_y, unsigned int grid_z,
                                            unsigned int block_x, unsigned int block_y,
                                            unsigned int block_z, unsigned int lds_bytes,
                                            hipStream_t stream, void **params);
hipError_t hipModuleLaunchCooperativeKernelMultiDevice(hipFunctionLaunchParams *launches,
                                                       unsigned int count, unsigned int flags);
hipError_t hipModuleLaunchKernel(hipFunction_t function, unsigned int grid_x, unsigned int grid_y,
                                 unsigned int grid_z, unsigned int block_x, unsigned int block_y,
                                 unsigned int block_z, unsigned int lds_bytes, hipStream_t stream,
                                 void **params, void **extra);
hipError_t hipModuleLoad(hipModule_t *module, const char *path);
hipError_t hipModuleLoadData(hipModule_t *module, const void *image);
hipError_t hipModuleLoadDataEx(hipModule_t *module, const void *image, unsigned int num_options,
                               hipJitOption *options, void **option_values);
hipError_t hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(int *num_blocks,
                                                              hipFunction_t function,
                                                              int block_size, size_t lds_bytes);
hipError_t hipModuleOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int *num_blocks, hipFunction_t function, int block_size, size_t lds_bytes, unsigned int flags);
hipError_t hipModuleOccupancyMaxPotentialBlockSize(int *grid_size, int *block_size,
                                                   hipFunction_t function, size_t lds_bytes,
                                                   int block_size_limit);
hipError_t hipModuleOccupancyMaxPotentialBlockSizeWithFlags(int *grid_size, int *block_size,
                                                            hipFunction_t function,
                                                            size_t lds_bytes, int block_size_limit,
                                                            unsigned int flags);
hipError_t hipModuleUnload(hipModule_t module);
hipError_t hipOccupancyMaxActiveBlocksPerMultiprocessor(int *num_blocks, const void *function,
                                                        int block_size, size_t lds_bytes);
hipError_t hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int *num_blocks, const void *function, int block_size, size_t lds_bytes,
    unsigned int flags __dparm(hipOccupancyDefault));
hipError_t hipOccupancyMaxPotentialBlockSize(int *grid_size, int *block_size, const void *function,
                                             size_t lds_bytes, int block_size_limit);
hipError_t __hipPopCallConfiguration(dim3 *grid, dim3 *block, size_t *lds_bytes,
                                     hipStream_t *stream);
hipError_t __hipPushCallConfiguration(dim3 grid, dim3 block, size_t lds_bytes __dparm(0),
                                      hipStream_t stream __dparm(0));
hipError_t hipSetupArgument(const void *arg, size_t size, size_t offset);

#ifdef __cplusplus
}
#endif

#endif
