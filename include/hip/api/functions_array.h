/* SPDX-License-Identifier: MIT
 * Two- and three-dimensional copies, arrays, textures and surfaces.
 */
#ifndef HIP_INCLUDE_HIP_API_FUNCTIONS_ARRAY_H
#define HIP_INCLUDE_HIP_API_FUNCTIONS_ARRAY_H

#include <hip/api/types_memory.h>
#include <hip/api/types_stream.h>
#include <hip/surface_types.h>
#include <hip/texture_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- pitched copies and arrays ---- */

hipError_t hipArray3DCreate(hipArray_t *array, const HIP_ARRAY3D_DESCRIPTOR *allocate_array);
hipError_t hipArray3DGetDescriptor(HIP_ARRAY3D_DESCRIPTOR *array_descriptor, hipArray_t array);
hipError_t hipArrayCreate(hipArray_t *handle, const HIP_ARRAY_DESCRIPTOR *allocate_array);
hipError_t hipArrayDestroy(hipArray_t array);
hipError_t hipArrayGetDescriptor(HIP_ARRAY_DESCRIPTOR *array_descriptor, hipArray_t array);
hipError_t hipArrayGetInfo(hipChannelFormatDesc *desc, hipExtent *extent, unsigned int *flags,
                           hipArray_t array);
hipError_t hipDrvMemcpy2DUnaligned(const hip_Memcpy2D *copy);
hipError_t hipDrvMemcpy3D(const HIP_MEMCPY3D *copy);
hipError_t hipDrvMemcpy3DAsync(const HIP_MEMCPY3D *copy, hipStream_t stream);
hipError_t hipFreeArray(hipArray_t array);
hipError_t hipMalloc3DArray(hipArray_t *array, const struct hipChannelFormatDesc *desc,
                            struct hipExtent extent, unsigned int flags);
hipError_t hipMallocArray(hipArray_t *array, const hipChannelFormatDesc *desc, size_t width,
                          size_t height __dparm(0), unsigned int flags __dparm(hipArrayDefault));
hipError_t hipMemMapArrayAsync(hipArrayMapInfo *map_info_list, unsigned int count,
                               hipStream_t stream);
hipError_t hipMemcpy2D(void *dst, size_t dst_pitch, const void *src, size_t src_pitch, size_t width,
                       size_t height, hipMemcpyKind kind);
hipError_t hipMemcpy2DArrayToArray(hipArray_t dst, size_t w_offset_dst, size_t offset_dst,
                                   hipArray_const_t src, size_t w_offset_src, size_t offset_src,
                                   size_t width, size_t height, hipMemcpyKind kind);
hipError_t hipMemcpy2DAsync(void *dst, size_t dst_pitch, const void *src, size_t src_pitch,
                            size_t width, size_t height, hipMemcpyKind kind,
                            hipStream_t stream __dparm(0));
hipError_t hipMemcpy2DFromArray(void *dst, size_t dst_pitch, hipArray_const_t src, size_t w_offset,
                                size_t offset, size_t width, size_t height, hipMemcpyKind kind);
hipError_t hipMemcpy2DFromArrayAsync(void *dst, size_t dst_pitch, hipArray_const_t src,
                                     size_t w_offset, size_t offset, size_t width, size_t height,
                                     hipMemcpyKind kind, hipStream_t stream __dparm(0));
hipError_t hipMemcpy2DToArray(hipArray_t dst, size_t w_offset, size_t offset, const void *src,
                              size_t src_pitch, size_t width, size_t height, hipMemcpyKind kind);
hipError_t hipMemcpy2DToArrayAsync(hipArray_t dst, size_t w_offset, size_t offset, const void *src,
                                   size_t src_pitch, size_t width, size_t height,
                                   hipMemcpyKind kind, hipStream_t stream __dparm(0));
hipError_t hipMemcpy3D(const struct hipMemcpy3DParms *copy);
hipError_t hipMemcpy3DAsync(const struct hipMemcpy3DParms *copy, hipStream_t stream __dparm(0));
hipError_t hipMemcpyAtoA(hipArray_t dst_array, size_t dst_offset, hipArray_t src_array,
                         size_t src_offset, size_t size);
hipError_t hipMemcpyAtoD(hipDeviceptr_t dst_device, hipArray_t src_array, size_t src_offset,
                         size_t size);
hipError_t hipMemcpyAtoH(void *dst, hipArray_t src_array, size_t src_offset, size_t count);
hipError_t hipMemcpyAtoHAsync(void *dst_host, hipArray_t src_array, size_t src_offset, size_t size,
                              hipStream_t stream);
hipError_t hipMemcpyDtoA(hipArray_t dst_array, size_t dst_offset, hipDeviceptr_t src_device,
                         size_t size);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipMemcpyFromArray(void *dst, hipArray_const_t src_array, size_t w_offset, size_t offset,
                              size_t count, hipMemcpyKind kind);
hipError_t hipMemcpyHtoA(hipArray_t dst_array, size_t dst_offset, const void *src_host,
                         size_t count);
hipError_t hipMemcpyHtoAAsync(hipArray_t dst_array, size_t dst_offset, const void *src_host,
                              size_t size, hipStream_t stream);
hipError_t hipMemcpyParam2D(const hip_Memcpy2D *copy);
hipError_t hipMemcpyParam2DAsync(const hip_Memcpy2D *copy, hipStream_t stream __dparm(0));
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipMemcpyToArray(hipArray_t dst, size_t w_offset, size_t offset, const void *src,
                            size_t count, hipMemcpyKind kind);

/* ---- textures and surfaces ---- */

HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipBindTexture(size_t *offset, const textureReference *texture, const void *ptr,
                          const hipChannelFormatDesc *desc, size_t size __dparm(UINT_MAX));
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipBindTexture2D(size_t *offset, const textureReference *texture, const void *ptr,
                            const hipChannelFormatDesc *desc, size_t width, size_t height,
                            size_t pitch);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipBindTextureToArray(const textureReference *texture, hipArray_const_t array,
                                 const hipChannelFormatDesc *desc);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipBindTextureToMipmappedArray(const textureReference *texture,
                                          hipMipmappedArray_const_t mipmapped_array,
                                          const hipChannelFormatDesc *desc);
hipError_t hipCreateSurfaceObject(hipSurfaceObject_t *surf_object, const hipResourceDesc *res_desc);
hipError_t hipCreateTextureObject(hipTextureObject_t *tex_object, const hipResourceDesc *res_desc,
                                  const hipTextureDesc *tex_desc,
                                  const struct hipResourceViewDesc *res_view_desc);
hipError_t hipDestroySurfaceObject(hipSurfaceObject_t surface_object);
hipError_t hipDestroyTextureObject(hipTextureObject_t texture_object);
hipError_t hipFreeMipmappedArray(hipMipmappedArray_t mipmapped_array);
hipError_t hipGetChannelDesc(hipChannelFormatDesc *desc, hipArray_const_t array);
hipError_t hipGetMipmappedArrayLevel(hipArray_t *level_array,
                                     hipMipmappedArray_const_t mipmapped_array, unsigned int level);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipGetTextureAlignmentOffset(size_t *offset, const textureReference *texture);
hipError_t hipGetTextureObjectResourceDesc(hipResourceDesc *res_desc,
                                           hipTextureObject_t texture_object);
hipError_t hipGetTextureObjectResourceViewDesc(struct hipResourceViewDesc *res_view_desc,
                                               hipTextureObject_t texture_object);
hipError_t hipGetTextureObjectTextureDesc(hipTextureDesc *tex_desc,
                                          hipTextureObject_t texture_object);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipGetTextureReference(const textureReference **texture, const void *symbol);
hipError_t hipMallocMipmappedArray(hipMipmappedArray_t *mipmapped_array,
                                   const struct hipChannelFormatDesc *desc, struct hipExtent extent,
                                   unsigned int num_levels, unsigned int flags __dparm(0));
hipError_t hipMipmappedArrayCreate(hipMipmappedArray_t *handle,
                                   HIP_ARRAY3D_DESCRIPTOR *mipmapped_array_desc,
                                   unsigned int num_mipmap_levels);
hipError_t hipMipmappedArrayDestroy(hipMipmappedArray_t mipmapped_array);
hipError_t hipMipmappedArrayGetLevel(hipArray_t *level_array, hipMipmappedArray_t mip_mapped_array,
                                     unsigned int level);
hipError_t hipModuleGetTexRef(textureReference **texture, hipModule_t module, const char *name);
hipError_t hipTexObjectCreate(hipTextureObject_t *tex_object, const HIP_RESOURCE_DESC *res_desc,
                              const HIP_TEXTURE_DESC *tex_desc,
                              const HIP_RESOURCE_VIEW_DESC *res_view_desc);
hipError_t hipTexObjectDestroy(hipTextureObject_t tex_object);
hipError_t hipTexObjectGetResourceDesc(HIP_RESOURCE_DESC *res_desc, hipTextureObject_t tex_object);
hipError_t hipTexObjectGetResourceViewDesc(HIP_RESOURCE_VIEW_DESC *res_view_desc,
                                           hipTextureObject_t tex_object);
hipError_t hipTexObjectGetTextureDesc(HIP_TEXTURE_DESC *tex_desc, hipTextureObject_t tex_object);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetAddress(hipDeviceptr_t *ptr, const textureReference *texture);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetAddressMode(enum hipTextureAddressMode *mode,
                                   const textureReference *texture, int dim);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetArray(hipArray_t *array, const textureReference *texture);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetBorderColor(float *border_color, const textureReference *texture);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetFilterMode(enum hipTextureFilterMode *mode, const textureReference *texture);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetFlags(unsigned int *flags, const textureReference *texture);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetFormat(hipArray_Format *format, int *num_channels,
                              const textureReference *texture);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetMaxAnisotropy(int *value, const textureReference *texture);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetMipMappedArray(hipMipmappedArray_t *array, const textureReference *texture);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetMipmapFilterMode(enum hipTextureFilterMode *mode,
                                        const textureReference *texture);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetMipmapLevelBias(float *value, const textureReference *texture);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefGetMipmapLevelClamp(float *pmin_mipmap_level_clamp,
                                        float *pmax_mipmap_level_clamp,
                                        const textureReference *texture);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetAddress(size_t *byte_offset, textureReference *texture, hipDeviceptr_t ptr,
                               size_t bytes);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetAddress2D(textureReference *texture, const HIP_ARRAY_DESCRIPTOR *desc,
                                 hipDeviceptr_t ptr, size_t pitch);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetAddressMode(textureReference *texture, int dim,
                                   enum hipTextureAddressMode mode);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetArray(textureReference *texture, hipArray_const_t array, unsigned int flags);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetBorderColor(textureReference *texture, float *border_color);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetFilterMode(textureReference *texture, enum hipTextureFilterMode mode);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetFlags(textureReference *texture, unsigned int flags);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetFormat(textureReference *texture, hipArray_Format format,
                              int num_packed_components);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetMaxAnisotropy(textureReference *texture, unsigned int value);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetMipmapFilterMode(textureReference *texture, enum hipTextureFilterMode mode);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetMipmapLevelBias(textureReference *texture, float value);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetMipmapLevelClamp(textureReference *texture, float min_mip_map_level_clamp,
                                        float max_mip_map_level_clamp);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipTexRefSetMipmappedArray(textureReference *texture,
                                      struct hipMipmappedArray *mipmapped_array,
                                      unsigned int flags);
HIP_DEPRECATED(HIP_DEPRECATED_MSG)
hipError_t hipUnbindTexture(const textureReference *texture);

#ifdef __cplusplus
}
#endif

#endif
