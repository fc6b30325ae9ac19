// SPDX-License-Identifier: MIT
// The short vectors char1 ... double4. In C they are plain structures; in C++ they are
// HIP_vector_type<T, n> with element-wise operators. Size and alignment follow ROCm: one, two and
// four elements align to their size, three to one element.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_VECTOR_TYPES_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_VECTOR_TYPES_H

#include <hip/amd_detail/host_defines.h>

#ifdef __cplusplus

#if !defined(__HIPCC_RTC__)
#include <cstddef>
#include <type_traits>
#endif

#define __HIP_VEC_FN __host__ __device__ inline constexpr
#if __cplusplus >= 201402L
#define __HIP_VEC_SET __host__ __device__ inline constexpr
#else
#define __HIP_VEC_SET __host__ __device__ inline
#endif

template <typename T, unsigned int n> struct HIP_vector_base;

#if defined(__clang__)
#define __HIP_VEC_NATIVE(N) using Native_vec_ = T __attribute__((ext_vector_type(N)));
#else
#define __HIP_VEC_NATIVE(N) typedef T Native_vec_[N];
#endif

template <typename T> struct alignas(sizeof(T)) HIP_vector_base<T, 1> {
    __HIP_VEC_NATIVE(1)
    union {
        struct {
            T x;
        };
        Native_vec_ data;
    };
    using value_type = T;
    HIP_vector_base() = default;
    __host__ __device__ constexpr explicit HIP_vector_base(T a) noexcept : x(a)
    {
    }
};

template <typename T> struct alignas(2 * sizeof(T)) HIP_vector_base<T, 2> {
    __HIP_VEC_NATIVE(2)
    union {
        struct {
            T x, y;
        };
        Native_vec_ data;
    };
    using value_type = T;
    HIP_vector_base() = default;
    __host__ __device__ constexpr explicit HIP_vector_base(T a) noexcept : x(a), y(a)
    {
    }
    __host__ __device__ constexpr HIP_vector_base(T a, T b) noexcept : x(a), y(b)
    {
    }
};

template <typename T> struct HIP_vector_base<T, 3> {
    struct Native_vec_ {
        T d[3];
        __host__ __device__ T &operator[](unsigned int i)
        {
            return d[i];
        }
        __host__ __device__ constexpr const T &operator[](unsigned int i) const
        {
            return d[i];
        }
    };
    union {
        struct {
            T x, y, z;
        };
        Native_vec_ data;
    };
    using value_type = T;
    HIP_vector_base() = default;
    __host__ __device__ constexpr explicit HIP_vector_base(T a) noexcept : x(a), y(a), z(a)
    {
    }
    __host__ __device__ constexpr HIP_vector_base(T a, T b, T c) noexcept : x(a), y(b), z(c)
    {
    }
};

template <typename T> struct alignas(4 * sizeof(T)) HIP_vector_base<T, 4> {
    __HIP_VEC_NATIVE(4)
    union {
        struct {
            T x, y, z, w;
        };
        Native_vec_ data;
    };
    using value_type = T;
    HIP_vector_base() = default;
    __host__ __device__ constexpr explicit HIP_vector_base(T a) noexcept : x(a), y(a), z(a), w(a)
    {
    }
    __host__ __device__ constexpr HIP_vector_base(T a, T b, T c, T d) noexcept
        : x(a), y(b), z(c), w(d)
    {
    }
};
#undef __HIP_VEC_NATIVE

namespace __hip_internal
{
#if defined(__HIPCC_RTC__)
template <class From, class To> struct converts : bool_constant<__is_convertible(From, To)> {
};
#else
template <class From, class To>
struct converts : bool_constant<std::is_convertible<From, To>::value> {
};
#endif
template <class T> struct is_vector : false_type {
};
} // namespace __hip_internal

template <typename T, unsigned int n> struct HIP_vector_type : public HIP_vector_base<T, n> {
    using HIP_vector_base<T, n>::data;

    HIP_vector_type() = default;
    HIP_vector_type(const HIP_vector_type &) = default;
    HIP_vector_type(HIP_vector_type &&) = default;
    HIP_vector_type &operator=(const HIP_vector_type &) = default;
    HIP_vector_type &operator=(HIP_vector_type &&) = default;
    ~HIP_vector_type() = default;

    // One scalar fills all elements; only for one element does that happen without being asked for.
    template <typename U, unsigned int m = n,
              typename __hip_internal::enable_if<(m > 1) && __hip_internal::converts<U, T>::value,
                                                 int>::type = 0>
    __host__ __device__ constexpr explicit HIP_vector_type(U a) noexcept
        : HIP_vector_base<T, n>(static_cast<T>(a))
    {
    }
    template <typename U, unsigned int m = n,
              typename __hip_internal::enable_if<(m == 1) && __hip_internal::converts<U, T>::value,
                                                 int>::type = 0>
    __host__ __device__ constexpr HIP_vector_type(U a) noexcept
        : HIP_vector_base<T, n>(static_cast<T>(a))
    {
    }

    template <typename... Us,
              typename __hip_internal::enable_if<(n > 1) && sizeof...(Us) == n, int>::type = 0>
    __host__ __device__ constexpr HIP_vector_type(Us... a) noexcept
        : HIP_vector_base<T, n>(static_cast<T>(a)...)
    {
    }

    __host__ __device__ T &operator[](unsigned int i)
    {
        return (&this->x)[i];
    }
    __host__ __device__ const T &operator[](unsigned int i) const
    {
        return (&this->x)[i];
    }
};

namespace __hip_internal
{
template <class T, unsigned int n> struct is_vector<HIP_vector_type<T, n>> : true_type {
};
} // namespace __hip_internal

// For which element types there is an operator: bits only in integers, no minus in unsigned ones,
// and of the assignments with a number only the four of arithmetic, as in ROCm.
namespace __hip_internal
{
template <class T> struct any_type : true_type {
};
template <class T, bool = is_integral<T>::value> struct has_negative : true_type {
};
template <class T> struct has_negative<T, true> : bool_constant<(T(-1) < T(0))> {
};
} // namespace __hip_internal
#define __HIP_VEC_OF(KIND)                                                                         \
    typename __hip_internal::enable_if<__hip_internal::KIND<T>::value, int>::type = 0

// Each operator is written four times over, once per length; no loop, so that it is a constant
// expression everywhere.
#define __HIP_VEC_BINARY(OP, KIND)                                                                 \
    template <typename T, __HIP_VEC_OF(KIND)>                                                      \
    __HIP_VEC_FN HIP_vector_type<T, 1> operator OP(const HIP_vector_type<T, 1> &a,                 \
                                                   const HIP_vector_type<T, 1> &b)                 \
    {                                                                                              \
        return HIP_vector_type<T, 1>(a.x OP b.x);                                                  \
    }                                                                                              \
    template <typename T, __HIP_VEC_OF(KIND)>                                                      \
    __HIP_VEC_FN HIP_vector_type<T, 2> operator OP(const HIP_vector_type<T, 2> &a,                 \
                                                   const HIP_vector_type<T, 2> &b)                 \
    {                                                                                              \
        return HIP_vector_type<T, 2>(a.x OP b.x, a.y OP b.y);                                      \
    }                                                                                              \
    template <typename T, __HIP_VEC_OF(KIND)>                                                      \
    __HIP_VEC_FN HIP_vector_type<T, 3> operator OP(const HIP_vector_type<T, 3> &a,                 \
                                                   const HIP_vector_type<T, 3> &b)                 \
    {                                                                                              \
        return HIP_vector_type<T, 3>(a.x OP b.x, a.y OP b.y, a.z OP b.z);                          \
    }                                                                                              \
    template <typename T, __HIP_VEC_OF(KIND)>                                                      \
    __HIP_VEC_FN HIP_vector_type<T, 4> operator OP(const HIP_vector_type<T, 4> &a,                 \
                                                   const HIP_vector_type<T, 4> &b)                 \
    {                                                                                              \
        return HIP_vector_type<T, 4>(a.x OP b.x, a.y OP b.y, a.z OP b.z, a.w OP b.w);              \
    }                                                                                              \
    template <typename T, unsigned int n, typename U, __HIP_VEC_OF(KIND),                          \
              typename __hip_internal::enable_if<__hip_internal::converts<U, T>::value &&          \
                                                     !__hip_internal::is_vector<U>::value,         \
                                                 int>::type = 0>                                   \
    __HIP_VEC_FN HIP_vector_type<T, n> operator OP(const HIP_vector_type<T, n> &a, U b)            \
    {                                                                                              \
        return a OP HIP_vector_type<T, n>(static_cast<T>(b));                                      \
    }                                                                                              \
    template <typename T, unsigned int n, typename U, __HIP_VEC_OF(KIND),                          \
              typename __hip_internal::enable_if<__hip_internal::converts<U, T>::value &&          \
                                                     !__hip_internal::is_vector<U>::value,         \
                                                 int>::type = 0>                                   \
    __HIP_VEC_FN HIP_vector_type<T, n> operator OP(U a, const HIP_vector_type<T, n> &b)            \
    {                                                                                              \
        return HIP_vector_type<T, n>(static_cast<T>(a)) OP b;                                      \
    }                                                                                              \
    template <typename T, unsigned int n, __HIP_VEC_OF(KIND)>                                      \
    __HIP_VEC_SET HIP_vector_type<T, n> &operator OP## =                                           \
        (HIP_vector_type<T, n> & a, const HIP_vector_type<T, n> &b)                                \
    {                                                                                              \
        return a = a OP b;                                                                         \
    }
#define __HIP_VEC_SCALAR(OP)                                                                       \
    template <typename T, unsigned int n, typename U,                                              \
              typename __hip_internal::enable_if<__hip_internal::converts<U, T>::value &&          \
                                                     !__hip_internal::is_vector<U>::value,         \
                                                 int>::type = 0>                                   \
    __HIP_VEC_SET HIP_vector_type<T, n> &operator OP## = (HIP_vector_type<T, n> & a, U b)          \
    {                                                                                              \
        return a = a OP HIP_vector_type<T, n>(static_cast<T>(b));                                  \
    }
__HIP_VEC_BINARY(+, any_type)
__HIP_VEC_SCALAR(+)
__HIP_VEC_BINARY(-, any_type)
__HIP_VEC_SCALAR(-)
__HIP_VEC_BINARY(*, any_type)
__HIP_VEC_SCALAR(*)
__HIP_VEC_BINARY(/, any_type)
__HIP_VEC_SCALAR(/)
__HIP_VEC_BINARY(%, is_integral)
__HIP_VEC_BINARY(&, is_integral)
__HIP_VEC_BINARY(|, is_integral)
__HIP_VEC_BINARY(^, is_integral)
__HIP_VEC_BINARY(<<, is_integral)
__HIP_VEC_BINARY(>>, is_integral)
#undef __HIP_VEC_BINARY
#undef __HIP_VEC_SCALAR

#define __HIP_VEC_UNARY(OP, KIND)                                                                  \
    template <typename T, __HIP_VEC_OF(KIND)>                                                      \
    __HIP_VEC_FN HIP_vector_type<T, 1> operator OP(const HIP_vector_type<T, 1> &a)                 \
    {                                                                                              \
        return HIP_vector_type<T, 1>(OP a.x);                                                      \
    }                                                                                              \
    template <typename T, __HIP_VEC_OF(KIND)>                                                      \
    __HIP_VEC_FN HIP_vector_type<T, 2> operator OP(const HIP_vector_type<T, 2> &a)                 \
    {                                                                                              \
        return HIP_vector_type<T, 2>(OP a.x, OP a.y);                                              \
    }                                                                                              \
    template <typename T, __HIP_VEC_OF(KIND)>                                                      \
    __HIP_VEC_FN HIP_vector_type<T, 3> operator OP(const HIP_vector_type<T, 3> &a)                 \
    {                                                                                              \
        return HIP_vector_type<T, 3>(OP a.x, OP a.y, OP a.z);                                      \
    }                                                                                              \
    template <typename T, __HIP_VEC_OF(KIND)>                                                      \
    __HIP_VEC_FN HIP_vector_type<T, 4> operator OP(const HIP_vector_type<T, 4> &a)                 \
    {                                                                                              \
        return HIP_vector_type<T, 4>(OP a.x, OP a.y, OP a.z, OP a.w);                              \
    }
__HIP_VEC_UNARY(-, has_negative)
__HIP_VEC_UNARY(+, any_type)
__HIP_VEC_UNARY(~, is_integral)
#undef __HIP_VEC_UNARY
#undef __HIP_VEC_OF

#define __HIP_VEC_STEP(OP, BY)                                                                     \
    template <typename T, unsigned int n>                                                          \
    __HIP_VEC_SET HIP_vector_type<T, n> &operator OP(HIP_vector_type<T, n> &a)                     \
    {                                                                                              \
        return a = a BY HIP_vector_type<T, n>(static_cast<T>(1));                                  \
    }                                                                                              \
    template <typename T, unsigned int n>                                                          \
    __HIP_VEC_SET HIP_vector_type<T, n> operator OP(HIP_vector_type<T, n> &a, int)                 \
    {                                                                                              \
        HIP_vector_type<T, n> old = a;                                                             \
        a = a BY HIP_vector_type<T, n>(static_cast<T>(1));                                         \
        return old;                                                                                \
    }
__HIP_VEC_STEP(++, +)
__HIP_VEC_STEP(--, -)
#undef __HIP_VEC_STEP

template <typename T>
__HIP_VEC_FN bool operator==(const HIP_vector_type<T, 1> &a, const HIP_vector_type<T, 1> &b)
{
    return a.x == b.x;
}
template <typename T>
__HIP_VEC_FN bool operator==(const HIP_vector_type<T, 2> &a, const HIP_vector_type<T, 2> &b)
{
    return a.x == b.x && a.y == b.y;
}
template <typename T>
__HIP_VEC_FN bool operator==(const HIP_vector_type<T, 3> &a, const HIP_vector_type<T, 3> &b)
{
    return a.x == b.x && a.y == b.y && a.z == b.z;
}
template <typename T>
__HIP_VEC_FN bool operator==(const HIP_vector_type<T, 4> &a, const HIP_vector_type<T, 4> &b)
{
    return a.x == b.x && a.y == b.y && a.z == b.z && a.w == b.w;
}
template <typename T, unsigned int n, typename U,
          typename __hip_internal::enable_if<__hip_internal::converts<U, T>::value, int>::type = 0>
__HIP_VEC_FN bool operator==(const HIP_vector_type<T, n> &a, U b)
{
    return a == HIP_vector_type<T, n>(static_cast<T>(b));
}
template <typename T, unsigned int n, typename U,
          typename __hip_internal::enable_if<__hip_internal::converts<U, T>::value, int>::type = 0>
__HIP_VEC_FN bool operator==(U a, const HIP_vector_type<T, n> &b)
{
    return HIP_vector_type<T, n>(static_cast<T>(a)) == b;
}
template <typename T, unsigned int n>
__HIP_VEC_FN bool operator!=(const HIP_vector_type<T, n> &a, const HIP_vector_type<T, n> &b)
{
    return !(a == b);
}
template <typename T, unsigned int n, typename U,
          typename __hip_internal::enable_if<__hip_internal::converts<U, T>::value, int>::type = 0>
__HIP_VEC_FN bool operator!=(const HIP_vector_type<T, n> &a, U b)
{
    return !(a == b);
}
template <typename T, unsigned int n, typename U,
          typename __hip_internal::enable_if<__hip_internal::converts<U, T>::value, int>::type = 0>
__HIP_VEC_FN bool operator!=(U a, const HIP_vector_type<T, n> &b)
{
    return !(a == b);
}

#define __HIP_VEC_NAMES(T, NAME)                                                                   \
    using NAME##1 = HIP_vector_type<T, 1>;                                                         \
    using NAME##2 = HIP_vector_type<T, 2>;                                                         \
    using NAME##3 = HIP_vector_type<T, 3>;                                                         \
    using NAME##4 = HIP_vector_type<T, 4>;                                                         \
    static __HIP_VEC_FN NAME##1 make_##NAME##1(T x)                                                \
    {                                                                                              \
        return NAME##1(x);                                                                         \
    }                                                                                              \
    static __HIP_VEC_FN NAME##2 make_##NAME##2(T x, T y)                                           \
    {                                                                                              \
        return NAME##2(x, y);                                                                      \
    }                                                                                              \
    static __HIP_VEC_FN NAME##3 make_##NAME##3(T x, T y, T z)                                      \
    {                                                                                              \
        return NAME##3(x, y, z);                                                                   \
    }                                                                                              \
    static __HIP_VEC_FN NAME##4 make_##NAME##4(T x, T y, T z, T w)                                 \
    {                                                                                              \
        return NAME##4(x, y, z, w);                                                                \
    }

#else

#define __HIP_VEC_NAMES(T, NAME)                                                                   \
    typedef struct __attribute__((aligned(sizeof(T)))) {                                           \
        T x;                                                                                       \
    } NAME##1;                                                                                     \
    typedef struct __attribute__((aligned(2 * sizeof(T)))) {                                       \
        T x, y;                                                                                    \
    } NAME##2;                                                                                     \
    typedef struct {                                                                               \
        T x, y, z;                                                                                 \
    } NAME##3;                                                                                     \
    typedef struct __attribute__((aligned(4 * sizeof(T)))) {                                       \
        T x, y, z, w;                                                                              \
    } NAME##4;                                                                                     \
    static inline NAME##1 make_##NAME##1(T x)                                                      \
    {                                                                                              \
        NAME##1 v = {x};                                                                           \
        return v;                                                                                  \
    }                                                                                              \
    static inline NAME##2 make_##NAME##2(T x, T y)                                                 \
    {                                                                                              \
        NAME##2 v = {x, y};                                                                        \
        return v;                                                                                  \
    }                                                                                              \
    static inline NAME##3 make_##NAME##3(T x, T y, T z)                                            \
    {                                                                                              \
        NAME##3 v = {x, y, z};                                                                     \
        return v;                                                                                  \
    }                                                                                              \
    static inline NAME##4 make_##NAME##4(T x, T y, T z, T w)                                       \
    {                                                                                              \
        NAME##4 v = {x, y, z, w};                                                                  \
        return v;                                                                                  \
    }

#endif

__HIP_VEC_NAMES(char, char)
__HIP_VEC_NAMES(unsigned char, uchar)
__HIP_VEC_NAMES(short, short)
__HIP_VEC_NAMES(unsigned short, ushort)
__HIP_VEC_NAMES(int, int)
__HIP_VEC_NAMES(unsigned int, uint)
__HIP_VEC_NAMES(long, long)
__HIP_VEC_NAMES(unsigned long, ulong)
__HIP_VEC_NAMES(long long, longlong)
__HIP_VEC_NAMES(unsigned long long, ulonglong)
__HIP_VEC_NAMES(float, float)
__HIP_VEC_NAMES(double, double)
#undef __HIP_VEC_NAMES

#endif
