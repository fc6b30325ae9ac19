/* SPDX-License-Identifier: MIT
 * Allocation, plain copies and fills, pointer queries, managed memory, pools and virtual memory.
 */
#ifndef HIP_INCLUDE_HIP_API_FUNCTIONS_MEMORY_H
#define HIP_INCLUDE_HIP_API_FUNCTIONS_MEMORY_H

#include <hip/api/types_memory.h>
#include <hip/api/types_stream.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- allocation, fills, queries ---- */

hipError_t hipDeviceGetSharedMemConfig(hipSharedMemConfig *config);
hipError_t hipDeviceSetSharedMemConfig(hipSharedMemConfig config);
hipError_t hipDeviceTotalMem(size_t *bytes, hipDevice_t device);
hipError_t hipDrvPointerGetAttributes(unsigned int num_attributes, hipPointer_attribute *attributes,
                                      void **data, hipDeviceptr_t ptr);
hipError_t hipExtMallocWithFlags(void **ptr, size_t size, unsigned int flags);
hipError_t hipFree(void *ptr);
HIP_DEPRECATED("use hipHostFree")
hipError_t hipFreeHost(void *ptr);
hipError_t hipGetSymbolAddress(void **ptr, const void *symbol);
hipError_t hipGetSymbolSize(size_t *size, const void *symbol);
HIP_DEPRECATED("use hipHostMalloc")
hipError_t hipHostAlloc(void **ptr, size_t size, unsigned int flags);
hipError_t hipHostFree(void *ptr);
hipError_t hipHostGetDevicePointer(void **ptr, void *host_ptr, unsigned int flags);
hipError_t hipHostGetFlags(unsigned int *flags_ptr, void *host_ptr);
hipError_t hipHostMalloc(void **ptr, size_t size, unsigned int flags);
hipError_t hipHostRegister(void *host_ptr, size_t size, unsigned int flags);
hipError_t hipHostUnregister(void *host_ptr);
hipError_t hipMalloc(void **ptr, size_t size);
hipError_t hipMalloc3D(hipPitchedPtr *pitched_dev_ptr, hipExtent extent);
HIP_DEPRECATED("use hipHostMalloc")
hipError_t hipMallocHost(void **ptr, size_t size);
hipError_t hipMallocManaged(void **ptr, size_t size,
                            unsigned int flags __dparm(hipMemAttachGlobal));
hipError_t hipMallocPitch(void **ptr, size_t *pitch, size_t width, size_t height);
hipError_t hipMemAdvise(const void *ptr, size_t count, hipMemoryAdvise advice, int device);
HIP_DEPRECATED("use hipHostMalloc")
hipError_t hipMemAllocHost(void **ptr, size_t size);
hipError_t hipMemAllocPitch(hipDeviceptr_t *ptr, size_t *pitch, size_t width_in_bytes,
                            size_t height, unsigned int element_size_bytes);
hipError_t hipMemGetAddressRange(hipDeviceptr_t *base, size_t *size, hipDeviceptr_t ptr);
hipError_t hipMemGetInfo(size_t *free, size_t *total);
hipError_t hipMemPrefetchAsync(const void *ptr, size_t count, int device,
                               hipStream_t stream __dparm(0));
hipError_t hipMemPtrGetInfo(void *ptr, size_t *size);
hipError_t hipMemRangeGetAttribute(void *data, size_t data_size, hipMemRangeAttribute attribute,
                                   const void *ptr, size_t count);
hipError_t hipMemRangeGetAttributes(void **data, size_t *data_sizes,
                                    hipMemRangeAttribute *attributes, size_t num_attributes,
                                    const void *ptr, size_t count);
hipError_t hipMemset(void *dst, int value, size_t size);
hipError_t hipMemset2D(void *dst, size_t pitch, int value, size_t width, size_t height);
hipError_t hipMemset2DAsync(void *dst, size_t pitch, int value, size_t width, size_t height,
                            hipStream_t stream __dparm(0));
hipError_t hipMemset3D(hipPitchedPtr pitched_dev_ptr, int value, hipExtent extent);
hipError_t hipMemset3DAsync(hipPitchedPtr pitched_dev_ptr, int value, hipExtent extent,
                            hipStream_t stream __dparm(0));
hipError_t hipMemsetAsync(void *dst, int value, size_t size, hipStream_t stream __dparm(0));
hipError_t hipMemsetD16(hipDeviceptr_t dst, unsigned short value, size_t count);
hipError_t hipMemsetD16Async(hipDeviceptr_t dst, unsigned short value, size_t count,
                             hipStream_t stream __dparm(0));
hipError_t hipMemsetD32(hipDeviceptr_t dst, int value, size_t count);
hipError_t hipMemsetD32Async(hipDeviceptr_t dst, int value, size_t count,
                             hipStream_t stream __dparm(0));
hipError_t hipMemsetD8(hipDeviceptr_t dst, unsigned char value, size_t count);
hipError_t hipMemsetD8Async(hipDeviceptr_t dst, unsigned char value, size_t count,
                            hipStream_t stream __dparm(0));
hipError_t hipPointerGetAttribute(void *data, hipPointer_attribute attribute, hipDeviceptr_t ptr);
hipError_t hipPointerGetAttributes(hipPointerAttribute_t *attributes, const void *ptr);
hipError_t hipPointerSetAttribute(const void *value, hipPointer_attribute attribute,
                                  hipDeviceptr_t ptr);
hipError_t hipStreamAttachMemAsync(hipStream_t stream, void *ptr, size_t length __dparm(0),
                                   unsigned int flags __dparm(hipMemAttachSingle));
hipError_t hipStreamBatchMemOp(hipStream_t stream, unsigned int count,
                               hipStreamBatchMemOpParams *param_array, unsigned int flags);

/* ---- copies ---- */

hipError_t hipMemcpy(void *dst, const void *src, size_t size, hipMemcpyKind kind);
hipError_t hipMemcpyAsync(void *dst, const void *src, size_t size, hipMemcpyKind kind,
                          hipStream_t stream __dparm(0));
hipError_t hipMemcpyDtoD(hipDeviceptr_t dst, hipDeviceptr_t src, size_t size);
hipError_t hipMemcpyDtoDAsync(hipDeviceptr_t dst, hipDeviceptr_t src, size_t size,
                              hipStream_t stream);
hipError_t hipMemcpyDtoH(void *dst, hipDeviceptr_t src, size_t size);
hipError_t hipMemcpyDtoHAsync(void *dst, hipDeviceptr_t src, size_t size, hipStream_t stream);
hipError_t hipMemcpyFromSymbol(void *dst, const void *symbol, size_t size, size_t offset __dparm(0),
                               hipMemcpyKind kind __dparm(hipMemcpyDeviceToHost));
hipError_t hipMemcpyFromSymbolAsync(void *dst, const void *symbol, size_t size, size_t offset,
                                    hipMemcpyKind kind, hipStream_t stream __dparm(0));
hipError_t hipMemcpyHtoD(hipDeviceptr_t dst, const void *src, size_t size);
hipError_t hipMemcpyHtoDAsync(hipDeviceptr_t dst, const void *src, size_t size, hipStream_t stream);
hipError_t hipMemcpyPeer(void *dst, int dst_device, const void *src, int src_device, size_t size);
hipError_t hipMemcpyPeerAsync(void *dst, int dst_device, const void *src, int src_device,
                              size_t size, hipStream_t stream __dparm(0));
hipError_t hipMemcpyToSymbol(const void *symbol, const void *src, size_t size,
                             size_t offset __dparm(0),
                             hipMemcpyKind kind __dparm(hipMemcpyHostToDevice));
hipError_t hipMemcpyToSymbolAsync(const void *symbol, const void *src, size_t size, size_t offset,
                                  hipMemcpyKind kind, hipStream_t stream __dparm(0));
hipError_t hipMemcpyWithStream(void *dst, const void *src, size_t size, hipMemcpyKind kind,
                               hipStream_t stream);

/* ---- pools, virtual memory, other processes ---- */

hipError_t hipDeviceGetDefaultMemPool(hipMemPool_t *pool, int device);
hipError_t hipDeviceGetMemPool(hipMemPool_t *pool, int device);
hipError_t hipDeviceSetMemPool(int device, hipMemPool_t pool);
hipError_t hipFreeAsync(void *ptr, hipStream_t stream);
hipError_t hipIpcCloseMemHandle(void *ptr);
hipError_t hipIpcGetEventHandle(hipIpcEventHandle_t *handle, hipEvent_t event);
hipError_t hipIpcGetMemHandle(hipIpcMemHandle_t *handle, void *ptr);
hipError_t hipIpcOpenEventHandle(hipEvent_t *event, hipIpcEventHandle_t handle);
hipError_t hipIpcOpenMemHandle(void **ptr, hipIpcMemHandle_t handle, unsigned int flags);
hipError_t hipMallocAsync(void **ptr, size_t size, hipStream_t stream);
hipError_t hipMallocFromPoolAsync(void **ptr, size_t size, hipMemPool_t pool, hipStream_t stream);
hipError_t hipMemAddressFree(void *ptr, size_t size);
hipError_t hipMemAddressReserve(void **ptr, size_t size, size_t alignment, void *addr,
                                unsigned long long flags);
hipError_t hipMemCreate(hipMemGenericAllocationHandle_t *handle, size_t size,
                        const hipMemAllocationProp *prop, unsigned long long flags);
hipError_t hipMemExportToShareableHandle(void *shareable_handle,
                                         hipMemGenericAllocationHandle_t handle,
                                         hipMemAllocationHandleType handle_type,
                                         unsigned long long flags);
hipError_t hipMemGetAccess(unsigned long long *flags, const hipMemLocation *location, void *ptr);
hipError_t hipMemGetAllocationGranularity(size_t *granularity, const hipMemAllocationProp *prop,
                                          hipMemAllocationGranularity_flags option);
hipError_t hipMemGetAllocationPropertiesFromHandle(hipMemAllocationProp *prop,
                                                   hipMemGenericAllocationHandle_t handle);
hipError_t hipMemImportFromShareableHandle(hipMemGenericAllocationHandle_t *handle, void *os_handle,
                                           hipMemAllocationHandleType sh_handle_type);
hipError_t hipMemMap(void *ptr, size_t size, size_t offset, hipMemGenericAllocationHandle_t handle,
                     unsigned long long flags);
hipError_t hipMemPoolCreate(hipMemPool_t *pool, const hipMemPoolProps *pool_props);
hipError_t hipMemPoolDestroy(hipMemPool_t pool);
hipError_t hipMemPoolExportPointer(hipMemPoolPtrExportData *export_data, void *ptr);
hipError_t hipMemPoolExportToShareableHandle(void *shared_handle, hipMemPool_t pool,
                                             hipMemAllocationHandleType handle_type,
                                             unsigned int flags);
hipError_t hipMemPoolGetAccess(hipMemAccessFlags *flags, hipMemPool_t pool,
                               hipMemLocation *location);
hipError_t hipMemPoolGetAttribute(hipMemPool_t pool, hipMemPoolAttr attribute, void *value);
hipError_t hipMemPoolImportFromShareableHandle(hipMemPool_t *pool, void *shared_handle,
                                               hipMemAllocationHandleType handle_type,
                                               unsigned int flags);
hipError_t hipMemPoolImportPointer(void **ptr, hipMemPool_t pool,
                                   hipMemPoolPtrExportData *export_data);
hipError_t hipMemPoolSetAccess(hipMemPool_t pool, const hipMemAccessDesc *desc_list, size_t count);
hipError_t hipMemPoolSetAttribute(hipMemPool_t pool, hipMemPoolAttr attribute, void *value);
hipError_t hipMemPoolTrimTo(hipMemPool_t pool, size_t min_bytes_to_hold);
hipError_t hipMemRelease(hipMemGenericAllocationHandle_t handle);
hipError_t hipMemRetainAllocationHandle(hipMemGenericAllocationHandle_t *handle, void *addr);
hipError_t hipMemSetAccess(void *ptr, size_t size, const hipMemAccessDesc *desc, size_t count);
hipError_t hipMemUnmap(void *ptr, size_t size);

#ifdef __cplusplus
}
#endif

#endif
