/* SPDX-License-Identifier: MIT
 * hipCreateChannelDesc: the channel format of an element type. Plain arithmetic types are known
 * here; vector types are recognised by their fields x, y, z, w, so this header needs none of
 * theirs.
 */
#ifndef HIP_INCLUDE_HIP_CHANNEL_DESCRIPTOR_H
#define HIP_INCLUDE_HIP_CHANNEL_DESCRIPTOR_H

#include <hip/driver_types.h>

#ifdef __cplusplus

extern "C" HIP_PUBLIC_API hipChannelFormatDesc hipCreateChannelDesc(int x, int y, int z, int w,
                                                                    hipChannelFormatKind f);

namespace hip_impl
{

/* Kind and bits of one component; `kind` is None for what cannot be an element. */
template <class T> struct channel_scalar {
    static constexpr hipChannelFormatKind kind = hipChannelFormatKindNone;
    static constexpr int bits = 0;
};

#define HIP_CHANNEL_SCALAR(type, format)                                                           \
    template <> struct channel_scalar<type> {                                                      \
        static constexpr hipChannelFormatKind kind = format;                                       \
        static constexpr int bits = (int)sizeof(type) * 8;                                         \
    };
HIP_CHANNEL_SCALAR(char, hipChannelFormatKindSigned)
HIP_CHANNEL_SCALAR(signed char, hipChannelFormatKindSigned)
HIP_CHANNEL_SCALAR(short, hipChannelFormatKindSigned)
HIP_CHANNEL_SCALAR(int, hipChannelFormatKindSigned)
HIP_CHANNEL_SCALAR(unsigned char, hipChannelFormatKindUnsigned)
HIP_CHANNEL_SCALAR(unsigned short, hipChannelFormatKindUnsigned)
HIP_CHANNEL_SCALAR(unsigned int, hipChannelFormatKindUnsigned)
HIP_CHANNEL_SCALAR(float, hipChannelFormatKindFloat)
#if !defined(__LP64__) /* no channel has 64 bits */
HIP_CHANNEL_SCALAR(long, hipChannelFormatKindSigned)
HIP_CHANNEL_SCALAR(unsigned long, hipChannelFormatKindUnsigned)
#endif
#undef HIP_CHANNEL_SCALAR

template <class T> struct channel_plain {
    typedef T type;
};
template <class T> struct channel_plain<T &> {
    typedef T type;
};
template <class T> struct channel_plain<const T> {
    typedef T type;
};

/* Components of T by its size: a vector type is made of 1 to 4 equal fields, the first called x. */
template <class T, class X> inline hipChannelFormatDesc channel_of(X *)
{
    typedef typename channel_plain<X>::type scalar;
    constexpr int count = (int)(sizeof(T) / sizeof(scalar));
    constexpr int bits = channel_scalar<scalar>::bits;
    return hipCreateChannelDesc(bits, count > 1 ? bits : 0, count > 2 ? bits : 0,
                                count > 3 ? bits : 0, channel_scalar<scalar>::kind);
}

template <class T>
inline auto channel_vector(T *value) -> decltype(value->x, hipChannelFormatDesc())
{
    typedef typename channel_plain<decltype(value->x)>::type scalar;
    return channel_of<T>((scalar *)nullptr);
}

inline hipChannelFormatDesc channel_vector(...)
{
    return hipCreateChannelDesc(0, 0, 0, 0, hipChannelFormatKindNone);
}

template <class T, hipChannelFormatKind kind = channel_scalar<T>::kind> struct channel_maker {
    static inline hipChannelFormatDesc make()
    {
        return hipCreateChannelDesc(channel_scalar<T>::bits, 0, 0, 0, kind);
    }
};

template <class T> struct channel_maker<T, hipChannelFormatKindNone> {
    static inline hipChannelFormatDesc make()
    {
        return channel_vector((T *)nullptr);
    }
};

} // namespace hip_impl

template <typename T> static inline hipChannelFormatDesc hipCreateChannelDesc()
{
    return hip_impl::channel_maker<T>::make();
}

static inline hipChannelFormatDesc hipCreateChannelDescHalf1()
{
    return hipCreateChannelDesc(16, 0, 0, 0, hipChannelFormatKindFloat);
}

static inline hipChannelFormatDesc hipCreateChannelDescHalf()
{
    return hipCreateChannelDescHalf1();
}

static inline hipChannelFormatDesc hipCreateChannelDescHalf2()
{
    return hipCreateChannelDesc(16, 16, 0, 0, hipChannelFormatKindFloat);
}

static inline hipChannelFormatDesc hipCreateChannelDescHalf4()
{
    return hipCreateChannelDesc(16, 16, 16, 16, hipChannelFormatKindFloat);
}

#endif

#endif
