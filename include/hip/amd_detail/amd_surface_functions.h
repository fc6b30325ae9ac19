// SPDX-License-Identifier: MIT
// surf1Dread ... surfCubemapLayeredwrite. Along x a place is given in bytes, along the other axes
// in elements. Outside of the surface reads are 0 and writes vanish (hipBoundaryModeZero).
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_SURFACE_FUNCTIONS_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_SURFACE_FUNCTIONS_H

#if defined(__cplusplus)

#include <hip/amd_detail/amd_texel.h>
#include <hip/surface_types.h>

#define __HIP_SURF_FN static __device__ __forceinline__ __hip_img_chk__

// Bytes of an element as a power of two, from the channel's type and the channels' order (the
// numbers of hsa_ext_image.h).
static __device__ __forceinline__ int __hip_surf_shift(int type, int order)
{
    bool two = type == 1 || type == 3 || type == 9 || type == 12 || type == 14;
    bool four = type == 10 || type == 13 || type == 15;
    return (four ? 2 : (two ? 1 : 0)) + (order == 8 ? 2 : (order == 3 ? 1 : 0));
}

// Bytes of what is left of x = 0 stay there: the shift keeps the sign.
static __device__ __forceinline__ int __hipGetPixelAddr(int x, int format, int order)
{
    return x >> __hip_surf_shift(format, order);
}

#define __HIP_SURF_BEGIN                                                                           \
    unsigned int ADDRESS_SPACE_CONSTANT *i = (unsigned int ADDRESS_SPACE_CONSTANT *)surfObj;       \
    x = __hipGetPixelAddr(x, __ockl_image_channel_data_type_2D(i),                                 \
                          __ockl_image_channel_order_2D(i));

#define __HIP_SURF_UNPACK(...) __VA_ARGS__

// X(function, parameters behind x, suffix of the device library, place)
#define __HIP_SURF_FUNCTIONS(X)                                                                    \
    X(surf2D, (int x, int y), 2D, (int2(x, y).data))                                               \
    X(surf3D, (int x, int y, int z), 3D, (int4(x, y, z, 0).data))                                  \
    X(surf1DLayered, (int x, int layer), 1Da, (int2(x, layer).data))                               \
    X(surf2DLayered, (int x, int y, int layer), 2Da, (int4(x, y, layer, 0).data))                  \
    X(surfCubemap, (int x, int y, int face), CM, (int2(x, y).data, face))                          \
    X(surfCubemapLayered, (int x, int y, int face, int layer), CMa,                                \
      (int4(x, y, layer, 0).data, face))

#define __HIP_SURF(NAME, PARAMETERS, SUFFIX, PLACE)                                                \
    template <class T, class = __hip_tex_valid_t<T>>                                               \
    __HIP_SURF_FN void NAME##read(T *data, hipSurfaceObject_t surfObj,                             \
                                  __HIP_SURF_UNPACK PARAMETERS)                                    \
    {                                                                                              \
        __HIP_SURF_BEGIN                                                                           \
        *data = __hip_texel_to<T>(__ockl_image_load_##SUFFIX(i, __HIP_SURF_UNPACK PLACE));         \
    }                                                                                              \
    template <class T, class = __hip_tex_valid_t<T>>                                               \
    __HIP_SURF_FN void NAME##write(T data, hipSurfaceObject_t surfObj,                             \
                                   __HIP_SURF_UNPACK PARAMETERS)                                   \
    {                                                                                              \
        __HIP_SURF_BEGIN                                                                           \
        __ockl_image_store_##SUFFIX(i, __HIP_SURF_UNPACK PLACE, __hip_texel_of(data));             \
    }
__HIP_SURF_FUNCTIONS(__HIP_SURF)

// ROCm's header has the data of this one by pointer.
template <class T, class = __hip_tex_valid_t<T>>
__HIP_SURF_FN void surfCubemapLayeredwrite(T *data, hipSurfaceObject_t surfObj, int x, int y,
                                           int face, int layer)
{
    surfCubemapLayeredwrite(*data, surfObj, x, y, face, layer);
}

template <class T, class = __hip_tex_valid_t<T>>
__HIP_SURF_FN void surf1Dread(T *data, hipSurfaceObject_t surfObj, int x,
                              int boundaryMode = hipBoundaryModeZero)
{
    __HIP_SURF_BEGIN
    int width = __ockl_image_width_1D(i);
    if (boundaryMode == hipBoundaryModeClamp)
        x = x < 0 ? 0 : (x < width ? x : width - 1);
    else if (boundaryMode == hipBoundaryModeTrap && (x < 0 || x >= width))
        __builtin_trap();
    *data = __hip_texel_to<T>(__ockl_image_load_1D(i, x));
}

template <class T, class = __hip_tex_valid_t<T>>
__HIP_SURF_FN void surf1Dwrite(T data, hipSurfaceObject_t surfObj, int x)
{
    __HIP_SURF_BEGIN
    __ockl_image_store_1D(i, x, __hip_texel_of(data));
}

#undef __HIP_SURF
#undef __HIP_SURF_FUNCTIONS
#undef __HIP_SURF_UNPACK
#undef __HIP_SURF_BEGIN

#endif

#endif
