// SPDX-License-Identifier: MIT
// How an element of a texture or surface, char to float4, is made of the four 32-bit channels that
// image instructions return, and back; and which types are elements.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_TEXEL_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_TEXEL_H

#if defined(__cplusplus)

#include <hip/amd_detail/ockl_image.h>
#include <hip/texture_types.h>

// `element`: it may be the type of a channel. `unit`: it may be read as a float of 0 to 1.
template <class T> struct __hip_tex_channel {
    static constexpr bool element = false, unit = false;
};
#define __HIP_CHANNEL(TYPE, UNIT)                                                                  \
    template <> struct __hip_tex_channel<TYPE> {                                                   \
        static constexpr bool element = true, unit = UNIT;                                         \
    };
__HIP_CHANNEL(char, true)
__HIP_CHANNEL(signed char, true)
__HIP_CHANNEL(unsigned char, true)
__HIP_CHANNEL(short, true)
__HIP_CHANNEL(unsigned short, true)
__HIP_CHANNEL(int, false)
__HIP_CHANNEL(unsigned int, false)
__HIP_CHANNEL(float, false)
#undef __HIP_CHANNEL

// Channel type and number of channels of an element.
template <class T> struct __hip_tex_element {
    using channel = T;
    static constexpr unsigned int rank = 1;
    static constexpr bool valid = __hip_tex_channel<T>::element;
    template <class S> using with = S;
};
template <class T, unsigned int n> struct __hip_tex_element<HIP_vector_type<T, n>> {
    using channel = T;
    static constexpr unsigned int rank = n;
    static constexpr bool valid = __hip_tex_channel<T>::element && n != 3;
    template <class S> using with = HIP_vector_type<S, n>;
};

template <bool valid, class T> struct __hip_tex_if;
template <class T> struct __hip_tex_if<true, T> {
    using type = T;
};
// T, if it is an element.
template <class T>
using __hip_tex_valid_t = typename __hip_tex_if<__hip_tex_element<T>::valid, T>::type;

// What a texture reference of T returns: T, or float in its place.
template <class T, enum hipTextureReadMode mode> struct __hip_tex_ret {
    static_assert(__hip_tex_element<T>::valid, "not the element of a texture");
    using type = T;
};
template <class T> struct __hip_tex_ret<T, hipReadModeNormalizedFloat> {
    static_assert(__hip_tex_channel<typename __hip_tex_element<T>::channel>::unit,
                  "only 8- and 16-bit integers are read as floats");
    using type = typename __hip_tex_element<T>::template with<float>;
};
template <class T, enum hipTextureReadMode mode>
using __hip_tex_ret_t = typename __hip_tex_ret<T, mode>::type;

template <class T> __device__ __forceinline__ T __hip_tex_from_channel(float channel)
{
    if constexpr (sizeof(T) == sizeof(float))
        return __builtin_bit_cast(T, channel);
    else
        return static_cast<T>(__builtin_bit_cast(int, channel));
}

template <class T> __device__ __forceinline__ float __hip_tex_to_channel(T value)
{
    if constexpr (sizeof(T) == sizeof(float))
        return __builtin_bit_cast(float, value);
    else
        return __builtin_bit_cast(float, static_cast<int>(value));
}

template <class T> __device__ __forceinline__ T __hip_texel_to(__HIP_TEXEL texel)
{
    using element = __hip_tex_element<T>;
    using channel = typename element::channel;
    if constexpr (__is_same(T, channel)) {
        return __hip_tex_from_channel<channel>(texel.x);
    } else {
        T out;
        out.x = __hip_tex_from_channel<channel>(texel.x);
        if constexpr (element::rank > 1)
            out.y = __hip_tex_from_channel<channel>(texel.y);
        if constexpr (element::rank > 2) {
            out.z = __hip_tex_from_channel<channel>(texel.z);
            out.w = __hip_tex_from_channel<channel>(texel.w);
        }
        return out;
    }
}

template <class T> __device__ __forceinline__ __HIP_TEXEL __hip_texel_of(const T &value)
{
    using element = __hip_tex_element<T>;
    __HIP_TEXEL texel = {0, 0, 0, 0};
    if constexpr (__is_same(T, typename element::channel)) {
        texel.x = __hip_tex_to_channel(value);
    } else {
        texel.x = __hip_tex_to_channel(value.x);
        if constexpr (element::rank > 1)
            texel.y = __hip_tex_to_channel(value.y);
        if constexpr (element::rank > 2) {
            texel.z = __hip_tex_to_channel(value.z);
            texel.w = __hip_tex_to_channel(value.w);
        }
    }
    return texel;
}

#endif

#endif
