// SPDX-License-Identifier: MIT
// The image functions of the device library (amdgcn/bitcode/ockl.bc) that textures and surfaces are
// made of. `i` is the address of an image descriptor, `s` of a sampler.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_OCKL_IMAGE_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_OCKL_IMAGE_H

#if defined(__cplusplus)

#include <hip/amd_detail/amd_hip_vector_types.h>

#define ADDRESS_SPACE_CONSTANT __attribute__((address_space(4)))

#define __HIP_IMAGE   unsigned int ADDRESS_SPACE_CONSTANT *i
#define __HIP_SAMPLER unsigned int ADDRESS_SPACE_CONSTANT *s
#define __HIP_TEXEL   float4::Native_vec_
#define __HIP_F2      float2::Native_vec_
#define __HIP_F4      float4::Native_vec_
#define __HIP_I2      int2::Native_vec_
#define __HIP_I4      int4::Native_vec_

extern "C" {

__device__ __HIP_TEXEL __ockl_image_load_1Db(__HIP_IMAGE, int c);
__device__ void __ockl_image_store_1Db(__HIP_IMAGE, int c, __HIP_TEXEL p);

// Loads and stores, of the image or of one of its levels `l`. `f` is a face of a cube.
#define __HIP_ACCESS(NAME, ...)                                                                    \
    __device__ __HIP_TEXEL __ockl_image_load_##NAME(__HIP_IMAGE, __VA_ARGS__);                     \
    __device__ __HIP_TEXEL __ockl_image_load_lod_##NAME(__HIP_IMAGE, __VA_ARGS__, int l);          \
    __device__ void __ockl_image_store_##NAME(__HIP_IMAGE, __VA_ARGS__, __HIP_TEXEL p);            \
    __device__ void __ockl_image_store_lod_##NAME(__HIP_IMAGE, __VA_ARGS__, int l, __HIP_TEXEL p);
__HIP_ACCESS(1D, int c)
__HIP_ACCESS(1Da, __HIP_I2 c)
__HIP_ACCESS(2D, __HIP_I2 c)
__HIP_ACCESS(2Da, __HIP_I4 c)
__HIP_ACCESS(3D, __HIP_I4 c)
__HIP_ACCESS(CM, __HIP_I2 c, int f)
__HIP_ACCESS(CMa, __HIP_I4 c, int f)
#undef __HIP_ACCESS

// Samples at a place, of a level, and with derivatives of the place.
#define __HIP_SAMPLE(NAME, PLACE, STEP)                                                            \
    __device__ __HIP_TEXEL __ockl_image_sample_##NAME(__HIP_IMAGE, __HIP_SAMPLER, PLACE c);        \
    __device__ __HIP_TEXEL __ockl_image_sample_lod_##NAME(__HIP_IMAGE, __HIP_SAMPLER, PLACE c,     \
                                                          float l);                                \
    __device__ __HIP_TEXEL __ockl_image_sample_grad_##NAME(__HIP_IMAGE, __HIP_SAMPLER, PLACE c,    \
                                                           STEP dx, STEP dy);
__HIP_SAMPLE(1D, float, float)
__HIP_SAMPLE(1Da, __HIP_F2, float)
__HIP_SAMPLE(2D, __HIP_F2, __HIP_F2)
__HIP_SAMPLE(2Da, __HIP_F4, __HIP_F2)
__HIP_SAMPLE(3D, __HIP_F4, __HIP_F4)
__HIP_SAMPLE(CM, __HIP_F4, __HIP_F4)
__HIP_SAMPLE(CMa, __HIP_F4, __HIP_F4)
#undef __HIP_SAMPLE

#define __HIP_GATHER(CHANNEL)                                                                      \
    __device__ __HIP_TEXEL __ockl_image_gather4##CHANNEL##_2D(__HIP_IMAGE, __HIP_SAMPLER,          \
                                                              __HIP_F2 c);
__HIP_GATHER(r)
__HIP_GATHER(g)
__HIP_GATHER(b)
__HIP_GATHER(a)
#undef __HIP_GATHER

#define __HIP_QUERY(NAME)                                                                          \
    __device__ int __ockl_image_channel_data_type_##NAME(__HIP_IMAGE);                             \
    __device__ int __ockl_image_channel_order_##NAME(__HIP_IMAGE);
__HIP_QUERY(1D)
__HIP_QUERY(1Da)
__HIP_QUERY(1Db)
__HIP_QUERY(2D)
__HIP_QUERY(2Da)
__HIP_QUERY(2Dad)
__HIP_QUERY(2Dd)
__HIP_QUERY(3D)
__HIP_QUERY(CM)
__HIP_QUERY(CMa)
#undef __HIP_QUERY

__device__ int __ockl_image_width_1D(__HIP_IMAGE);
}

#endif

#endif
