// SPDX-License-Identifier: MIT
// tex1D ... texCubemapLayeredGrad of texture objects and of texture references. A texture object is
// the address of an image descriptor with a sampler behind it.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_TEXTURE_FUNCTIONS_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_TEXTURE_FUNCTIONS_H

#if defined(__cplusplus)

#include <hip/amd_detail/amd_texel.h>

#define __HIP_TEX_FN static __device__ __forceinline__ __hip_img_chk__

// X(function, kind of texture, its parameters, their names, the call)
#define __HIP_TEX_FUNCTIONS(X)                                                                     \
    X(tex1Dfetch, 1D, (int x), (x), __ockl_image_load_1Db(i, x))                                   \
    X(tex1D, 1D, (float x), (x), __ockl_image_sample_1D(i, s, x))                                  \
    X(tex2D, 2D, (float x, float y), (x, y), __ockl_image_sample_2D(i, s, float2(x, y).data))      \
    X(tex3D, 3D, (float x, float y, float z), (x, y, z),                                           \
      __ockl_image_sample_3D(i, s, float4(x, y, z, 0.0f).data))                                    \
    X(tex1DLayered, 1DLayered, (float x, int layer), (x, layer),                                   \
      __ockl_image_sample_1Da(i, s, float2(x, (float)layer).data))                                 \
    X(tex2DLayered, 2DLayered, (float x, float y, int layer), (x, y, layer),                       \
      __ockl_image_sample_2Da(i, s, float4(x, y, (float)layer, 0.0f).data))                        \
    X(texCubemap, Cubemap, (float x, float y, float z), (x, y, z),                                 \
      __ockl_image_sample_CM(i, s, float4(x, y, z, 0.0f).data))                                    \
    X(texCubemapLayered, CubemapLayered, (float x, float y, float z, int layer), (x, y, z, layer), \
      __ockl_image_sample_CMa(i, s, float4(x, y, z, (float)layer).data))                           \
    X(tex1DLod, 1D, (float x, float level), (x, level),                                            \
      __ockl_image_sample_lod_1D(i, s, x, level))                                                  \
    X(tex2DLod, 2D, (float x, float y, float level), (x, y, level),                                \
      __ockl_image_sample_lod_2D(i, s, float2(x, y).data, level))                                  \
    X(tex3DLod, 3D, (float x, float y, float z, float level), (x, y, z, level),                    \
      __ockl_image_sample_lod_3D(i, s, float4(x, y, z, 0.0f).data, level))                         \
    X(tex1DLayeredLod, 1DLayered, (float x, int layer, float level), (x, layer, level),            \
      __ockl_image_sample_lod_1Da(i, s, float2(x, (float)layer).data, level))                      \
    X(tex2DLayeredLod, 2DLayered, (float x, float y, int layer, float level),                      \
      (x, y, layer, level),                                                                        \
      __ockl_image_sample_lod_2Da(i, s, float4(x, y, (float)layer, 0.0f).data, level))             \
    X(texCubemapLod, Cubemap, (float x, float y, float z, float level), (x, y, z, level),          \
      __ockl_image_sample_lod_CM(i, s, float4(x, y, z, 0.0f).data, level))                         \
    X(texCubemapLayeredLod, CubemapLayered, (float x, float y, float z, int layer, float level),   \
      (x, y, z, layer, level),                                                                     \
      __ockl_image_sample_lod_CMa(i, s, float4(x, y, z, (float)layer).data, level))                \
    X(tex1DGrad, 1D, (float x, float dPdx, float dPdy), (x, dPdx, dPdy),                           \
      __ockl_image_sample_grad_1D(i, s, x, dPdx, dPdy))                                            \
    X(tex2DGrad, 2D, (float x, float y, float2 dPdx, float2 dPdy), (x, y, dPdx, dPdy),             \
      __ockl_image_sample_grad_2D(i, s, float2(x, y).data, dPdx.data, dPdy.data))                  \
    X(tex3DGrad, 3D, (float x, float y, float z, float4 dPdx, float4 dPdy), (x, y, z, dPdx, dPdy), \
      __ockl_image_sample_grad_3D(i, s, float4(x, y, z, 0.0f).data, dPdx.data, dPdy.data))         \
    X(tex1DLayeredGrad, 1DLayered, (float x, int layer, float dPdx, float dPdy),                   \
      (x, layer, dPdx, dPdy),                                                                      \
      __ockl_image_sample_grad_1Da(i, s, float2(x, (float)layer).data, dPdx, dPdy))                \
    X(tex2DLayeredGrad, 2DLayered, (float x, float y, int layer, float2 dPdx, float2 dPdy),        \
      (x, y, layer, dPdx, dPdy),                                                                   \
      __ockl_image_sample_grad_2Da(i, s, float4(x, y, (float)layer, 0.0f).data, dPdx.data,         \
                                   dPdy.data))                                                     \
    X(texCubemapGrad, Cubemap, (float x, float y, float z, float4 dPdx, float4 dPdy),              \
      (x, y, z, dPdx, dPdy),                                                                       \
      __ockl_image_sample_grad_CM(i, s, float4(x, y, z, 0.0f).data, dPdx.data, dPdy.data))         \
    X(texCubemapLayeredGrad, CubemapLayered,                                                       \
      (float x, float y, float z, int layer, float4 dPdx, float4 dPdy),                            \
      (x, y, z, layer, dPdx, dPdy),                                                                \
      __ockl_image_sample_grad_CMa(i, s, float4(x, y, z, (float)layer).data, dPdx.data,            \
                                   dPdy.data))

#define __HIP_TEX_UNPACK(...) __VA_ARGS__

#define __HIP_TEX_DESCRIPTORS(OBJECT)                                                              \
    unsigned int ADDRESS_SPACE_CONSTANT *i = (unsigned int ADDRESS_SPACE_CONSTANT *)(OBJECT);      \
    [[maybe_unused]] unsigned int ADDRESS_SPACE_CONSTANT *s = i + HIP_SAMPLER_OBJECT_OFFSET_DWORD;

// ---- texture objects: the result returned, or stored

#define __HIP_TEX_OBJECT(NAME, KIND, PARAMETERS, ARGUMENTS, CALL)                                  \
    template <class T>                                                                             \
    __HIP_TEX_FN __hip_tex_valid_t<T> NAME(hipTextureObject_t textureObject,                       \
                                           __HIP_TEX_UNPACK PARAMETERS)                            \
    {                                                                                              \
        __HIP_TEX_DESCRIPTORS(textureObject)                                                       \
        return __hip_texel_to<T>(CALL);                                                            \
    }                                                                                              \
    template <class T>                                                                             \
    __HIP_TEX_FN void NAME(T *ptr, hipTextureObject_t textureObject, __HIP_TEX_UNPACK PARAMETERS)  \
    {                                                                                              \
        *ptr = NAME<T>(textureObject, __HIP_TEX_UNPACK ARGUMENTS);                                 \
    }
__HIP_TEX_FUNCTIONS(__HIP_TEX_OBJECT)

// ---- texture references

#define __HIP_TEX_REFERENCE(NAME, KIND, PARAMETERS, ARGUMENTS, CALL)                               \
    template <class T, enum hipTextureReadMode mode>                                               \
    __HIP_TEX_FN __hip_tex_ret_t<T, mode> NAME(texture<T, hipTextureType##KIND, mode> t,           \
                                               __HIP_TEX_UNPACK PARAMETERS)                        \
    {                                                                                              \
        __HIP_TEX_DESCRIPTORS(t.textureObject)                                                     \
        return __hip_texel_to<__hip_tex_ret_t<T, mode>>(CALL);                                     \
    }
__HIP_TEX_FUNCTIONS(__HIP_TEX_REFERENCE)

// ---- gathers: channel `comp` of the four texels around a place

__HIP_TEX_FN __HIP_TEXEL __hip_tex_gather(hipTextureObject_t object, float x, float y, int comp)
{
    __HIP_TEX_DESCRIPTORS(object)
    switch (comp) {
    case 1:
        return __ockl_image_gather4g_2D(i, s, float2(x, y).data);
    case 2:
        return __ockl_image_gather4b_2D(i, s, float2(x, y).data);
    case 3:
        return __ockl_image_gather4a_2D(i, s, float2(x, y).data);
    default:
        return __ockl_image_gather4r_2D(i, s, float2(x, y).data);
    }
}

template <class T>
__HIP_TEX_FN __hip_tex_valid_t<T> tex2Dgather(hipTextureObject_t textureObject, float x, float y,
                                              int comp = 0)
{
    return __hip_texel_to<T>(__hip_tex_gather(textureObject, x, y, comp));
}

template <class T>
__HIP_TEX_FN void tex2Dgather(T *ptr, hipTextureObject_t textureObject, float x, float y,
                              int comp = 0)
{
    *ptr = tex2Dgather<T>(textureObject, x, y, comp);
}

template <class T, enum hipTextureReadMode mode>
__HIP_TEX_FN HIP_vector_type<typename __hip_tex_element<__hip_tex_ret_t<T, mode>>::channel, 4>
tex2Dgather(texture<T, hipTextureType2D, mode> t, float x, float y, int comp = 0)
{
    using four = HIP_vector_type<typename __hip_tex_element<__hip_tex_ret_t<T, mode>>::channel, 4>;
    return __hip_texel_to<four>(__hip_tex_gather(t.textureObject, x, y, comp));
}

#undef __HIP_TEX_OBJECT
#undef __HIP_TEX_REFERENCE
#undef __HIP_TEX_FUNCTIONS
#undef __HIP_TEX_UNPACK
#undef __HIP_TEX_DESCRIPTORS

#endif

#endif
