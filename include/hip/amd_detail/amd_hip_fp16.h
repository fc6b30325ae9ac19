// SPDX-License-Identifier: MIT
// header: C++
// Half precision: __half and __half2, their arithmetic, comparisons, conversions and math. A half
// is a _Float16; arithmetic works on the host, too, the math functions in kernels only.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_FP16_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_FP16_H

#include <hip/amd_detail/host_defines.h>
#include <hip/amd_detail/amd_hip_vector_types.h>
#if !defined(__HIPCC_RTC__)
#include <stdint.h>
#endif
#if defined(__clang__) && defined(__HIP__)
#include <hip/amd_detail/amd_warp_functions.h>
#include <hip/amd_detail/amd_warp_sync_functions.h>
#endif

#if defined(__cplusplus) && !defined(__clang__) && __GNUC__ < 13
#include <hip/amd_detail/hip_fp16_gcc.h>
#elif defined(__cplusplus)

#if defined(__clang__)
typedef _Float16 _Float16_2 __attribute__((ext_vector_type(2)));
#else
typedef _Float16 _Float16_2 __attribute__((vector_size(4)));
#endif

struct __half_raw {
    union {
        unsigned short x;
        _Float16 data;
    };
};

struct __half2_raw {
    union {
        struct {
            unsigned short x, y;
        };
        _Float16_2 data;
    };
};

#define __HALF_FN static __host__ __device__ inline

struct __half {
  protected:
    union {
        _Float16 data;
        unsigned short __x;
    };

  public:
    __half() = default;
    __half(const __half &) = default;
    __half(__half &&) = default;
    __half &operator=(const __half &) = default;
    __half &operator=(__half &&) = default;
    __host__ __device__ constexpr __half(const __half_raw &r) : data(r.data)
    {
    }
    __host__ __device__ constexpr __half(_Float16 v) : data(v)
    {
    }
#if !defined(__HIP_NO_HALF_CONVERSIONS__)
    template <typename T, typename __hip_internal::enable_if<
                              __hip_internal::is_arithmetic<T>::value, int>::type = 0>
    __host__ __device__ constexpr __half(T v) : data(static_cast<_Float16>(v))
    {
    }
    template <typename T, typename __hip_internal::enable_if<
                              __hip_internal::is_arithmetic<T>::value, int>::type = 0>
    __host__ __device__ operator T() const
    {
        return static_cast<T>(data);
    }
    template <typename T, typename __hip_internal::enable_if<
                              __hip_internal::is_arithmetic<T>::value, int>::type = 0>
    __host__ __device__ __half &operator=(T v)
    {
        data = static_cast<_Float16>(v);
        return *this;
    }
#endif
    __host__ __device__ __half &operator=(const __half_raw &r)
    {
        data = r.data;
        return *this;
    }
    __host__ __device__ __half &operator=(const volatile __half_raw &r)
    {
        data = r.data;
        return *this;
    }
    __host__ __device__ __half &operator=(volatile __half_raw &&r)
    {
        data = r.data;
        return *this;
    }
    __host__ __device__ volatile __half &operator=(const __half_raw &r) volatile
    {
        data = r.data;
        return *this;
    }
    __host__ __device__ constexpr operator __half_raw() const
    {
        __half_raw r{};
        r.data = data;
        return r;
    }
    __host__ __device__ operator __half_raw() const volatile
    {
        __half_raw r{};
        r.data = data;
        return r;
    }
    __host__ __device__ constexpr operator _Float16() const
    {
        return data;
    }

#if !defined(__HIP_NO_HALF_OPERATORS__)
    __host__ __device__ __half &operator+=(const __half &b)
    {
        data += b.data;
        return *this;
    }
    __host__ __device__ __half &operator-=(const __half &b)
    {
        data -= b.data;
        return *this;
    }
    __host__ __device__ __half &operator*=(const __half &b)
    {
        data *= b.data;
        return *this;
    }
    __host__ __device__ __half &operator/=(const __half &b)
    {
        data /= b.data;
        return *this;
    }
    __host__ __device__ __half &operator++()
    {
        data += (_Float16)1;
        return *this;
    }
    __host__ __device__ __half operator++(int)
    {
        __half old = *this;
        data += (_Float16)1;
        return old;
    }
    __host__ __device__ __half &operator--()
    {
        data -= (_Float16)1;
        return *this;
    }
    __host__ __device__ __half operator--(int)
    {
        __half old = *this;
        data -= (_Float16)1;
        return old;
    }
    __host__ __device__ __half operator+() const
    {
        return *this;
    }
    __host__ __device__ __half operator-() const
    {
        return __half(-data);
    }
    // Friends, so that a call with two halves never sees the conversions above.
#define __HALF_OPERATOR(OP)                                                                        \
    friend __host__ __device__ inline __half operator OP(const __half &a, const __half &b)         \
    {                                                                                              \
        return __half((_Float16)(a.data OP b.data));                                               \
    }
#define __HALF_COMPARE(OP)                                                                         \
    friend __host__ __device__ inline bool operator OP(const __half &a, const __half &b)           \
    {                                                                                              \
        return a.data OP b.data;                                                                   \
    }
    __HALF_OPERATOR(+)
    __HALF_OPERATOR(-)
    __HALF_OPERATOR(*)
    __HALF_OPERATOR(/)
    __HALF_COMPARE(==)
    __HALF_COMPARE(!=)
    __HALF_COMPARE(<)
    __HALF_COMPARE(<=)
    __HALF_COMPARE(>)
    __HALF_COMPARE(>=)
#undef __HALF_OPERATOR
#undef __HALF_COMPARE
#endif
};
static_assert(sizeof(__half) == 2, "a half is two bytes");

__HALF_FN _Float16 __hip_half_value(__half a)
{
    return a.operator _Float16();
}

struct alignas(4) __half2 {
  public:
    union {
        struct {
            __half x, y;
        };
        _Float16_2 data;
    };

    __half2() = default;
    __half2(const __half2 &) = default;
    __half2(__half2 &&) = default;
    __half2 &operator=(const __half2 &) = default;
    __half2 &operator=(__half2 &&) = default;
    __host__ __device__ constexpr __half2(const __half &a, const __half &b) : x(a), y(b)
    {
    }
    __host__ __device__ constexpr __half2(const __half2_raw &r) : data(r.data)
    {
    }
    // Implicit, so that a number becomes both halves, as it does for the vector type.
    __host__ __device__ constexpr __half2(_Float16_2 v) : data(v)
    {
    }
    __host__ __device__ operator __half2_raw() const
    {
        __half2_raw r;
        r.data = data;
        return r;
    }
    __host__ __device__ operator _Float16_2() const
    {
        return data;
    }

#if !defined(__HIP_NO_HALF_OPERATORS__)
    __host__ __device__ __half2 operator+() const
    {
        return *this;
    }
    __host__ __device__ __half2 operator-() const
    {
        return __half2(-data);
    }
    // Friends, so that they are found for this type only.
#define __HALF2_OPERATOR(OP)                                                                       \
    friend __host__ __device__ inline __half2 operator OP(const __half2 &a, const __half2 &b)      \
    {                                                                                              \
        return __half2(a.data OP b.data);                                                          \
    }                                                                                              \
    __host__ __device__ __half2 &operator OP## = (const __half2 &b)                                \
    {                                                                                              \
        data = data OP b.data;                                                                     \
        return *this;                                                                              \
    }
    __HALF2_OPERATOR(+)
    __HALF2_OPERATOR(-)
    __HALF2_OPERATOR(*)
    __HALF2_OPERATOR(/)
#undef __HALF2_OPERATOR
#define __HALF2_STEP(OP, BY)                                                                       \
    __host__ __device__ __half2 &operator OP()                                                     \
    {                                                                                              \
        data = data BY _Float16_2{(_Float16)1, (_Float16)1};                                       \
        return *this;                                                                              \
    }                                                                                              \
    __host__ __device__ __half2 operator OP(int)                                                   \
    {                                                                                              \
        __half2 old = *this;                                                                       \
        OP *this;                                                                                  \
        return old;                                                                                \
    }
    __HALF2_STEP(++, +)
    __HALF2_STEP(--, -)
#undef __HALF2_STEP
#define __HALF2_COMPARE(OP)                                                                        \
    friend __host__ __device__ inline bool operator OP(const __half2 &a, const __half2 &b)         \
    {                                                                                              \
        return a.data[0] OP b.data[0] && a.data[1] OP b.data[1];                                   \
    }
    __HALF2_COMPARE(==)
    __HALF2_COMPARE(<)
    __HALF2_COMPARE(>)
#undef __HALF2_COMPARE
    // As ROCm has them: the negation of the others, true where the halves do not agree.
    friend __host__ __device__ inline bool operator<=(const __half2 &a, const __half2 &b)
    {
        return !(a > b);
    }
    friend __host__ __device__ inline bool operator>=(const __half2 &a, const __half2 &b)
    {
        return !(a < b);
    }
    friend __host__ __device__ inline bool operator!=(const __half2 &a, const __half2 &b)
    {
        return !(a == b);
    }
#endif
};

typedef __half half;
typedef __half2 half2;

// ---- conversions

#define __HALF_VALUE(a) __hip_half_value(a)

__HALF_FN __half __float2half(float a)
{
    return __half((_Float16)a);
}
__HALF_FN __half __float2half_rn(float a)
{
    return __half((_Float16)a);
}
__HALF_FN __half __double2half(double a)
{
    return __half((_Float16)a);
}
__HALF_FN float __half2float(__half a)
{
    return (float)__HALF_VALUE(a);
}
__HALF_FN unsigned short __half_as_ushort(__half a)
{
    return static_cast<__half_raw>(a).x;
}
__HALF_FN short __half_as_short(__half a)
{
    return (short)static_cast<__half_raw>(a).x;
}
__HALF_FN __half __ushort_as_half(unsigned short a)
{
    __half_raw r;
    r.x = a;
    return __half(r);
}
__HALF_FN __half __short_as_half(short a)
{
    return __ushort_as_half((unsigned short)a);
}
__HALF_FN __half2 __floats2half2_rn(float a, float b)
{
    return __half2(__float2half(a), __float2half(b));
}
__HALF_FN __half2 __float2half2_rn(float a)
{
    return __floats2half2_rn(a, a);
}
__HALF_FN __half2 __float22half2_rn(float2 a)
{
    return __floats2half2_rn(a.x, a.y);
}
__HALF_FN float2 __half22float2(__half2 a)
{
    return make_float2(__half2float(a.x), __half2float(a.y));
}
__HALF_FN float __low2float(__half2 a)
{
    return __half2float(a.x);
}
__HALF_FN float __high2float(__half2 a)
{
    return __half2float(a.y);
}
__HALF_FN __half __low2half(__half2 a)
{
    return a.x;
}
__HALF_FN __half __high2half(__half2 a)
{
    return a.y;
}
__HALF_FN __half2 __low2half2(__half2 a)
{
    return __half2(a.x, a.x);
}
__HALF_FN __half2 __high2half2(__half2 a)
{
    return __half2(a.y, a.y);
}
__HALF_FN __half2 __lows2half2(__half2 a, __half2 b)
{
    return __half2(a.x, b.x);
}
__HALF_FN __half2 __highs2half2(__half2 a, __half2 b)
{
    return __half2(a.y, b.y);
}
__HALF_FN __half2 __lowhigh2highlow(__half2 a)
{
    return __half2(a.y, a.x);
}
__HALF_FN __half2 __half2half2(__half a)
{
    return __half2(a, a);
}
__HALF_FN __half2 __halves2half2(__half a, __half b)
{
    return __half2(a, b);
}
__HALF_FN __half2 make_half2(__half a, __half b)
{
    return __half2(a, b);
}

// ---- arithmetic and comparisons

#define __HALF_BINARY(NAME, OP)                                                                    \
    __HALF_FN __half __h##NAME(__half a, __half b)                                                 \
    {                                                                                              \
        return __half((_Float16)(__HALF_VALUE(a) OP __HALF_VALUE(b)));                             \
    }                                                                                              \
    __HALF_FN __half2 __h##NAME##2(__half2 a, __half2 b)                                           \
    {                                                                                              \
        return __half2(a.data OP b.data);                                                          \
    }
__HALF_BINARY(add, +)
__HALF_BINARY(sub, -)
__HALF_BINARY(mul, *)
__HALF_BINARY(div, /)
#undef __HALF_BINARY
__HALF_FN __half2 __h2div(__half2 a, __half2 b)
{
    return __hdiv2(a, b);
}
__HALF_FN __half __hadd_rn(__half a, __half b)
{
    return __hadd(a, b);
}
__HALF_FN __half __hsub_rn(__half a, __half b)
{
    return __hsub(a, b);
}
__HALF_FN __half __hmul_rn(__half a, __half b)
{
    return __hmul(a, b);
}
__HALF_FN __half __hneg(__half a)
{
    return __half((_Float16)-__HALF_VALUE(a));
}
__HALF_FN __half2 __hneg2(__half2 a)
{
    return __half2(__hneg(a.x), __hneg(a.y));
}
__HALF_FN __half __habs(__half a)
{
    return __ushort_as_half(__half_as_ushort(a) & 0x7fff);
}
__HALF_FN __half2 __habs2(__half2 a)
{
    return __half2(__habs(a.x), __habs(a.y));
}
__HALF_FN __half __hfma(__half a, __half b, __half c)
{
#if defined(__HIP_DEVICE_COMPILE__) && __HIP_DEVICE_COMPILE__
    return __half(__builtin_fmaf16(__HALF_VALUE(a), __HALF_VALUE(b), __HALF_VALUE(c)));
#else
    // The product is exact in double; one more rounding can differ only when the sum is a tie of
    // halves.
    return __half(
        (_Float16)((double)__HALF_VALUE(a) * (double)__HALF_VALUE(b) + (double)__HALF_VALUE(c)));
#endif
}
__HALF_FN __half2 __hfma2(__half2 a, __half2 b, __half2 c)
{
#if defined(__HIP_DEVICE_COMPILE__) && __HIP_DEVICE_COMPILE__
    return __half2(__builtin_elementwise_fma(a.data, b.data, c.data));
#else
    return __half2(__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y));
#endif
}
__HALF_FN __half __clamp_01(__half a)
{
    float v = __half2float(a);
    return v > 0.0f ? (v < 1.0f ? a : __float2half(1.0f)) : __float2half(0.0f);
}
#define __HALF_SATURATED(NAME)                                                                     \
    __HALF_FN __half __h##NAME##_sat(__half a, __half b)                                           \
    {                                                                                              \
        return __clamp_01(__h##NAME(a, b));                                                        \
    }                                                                                              \
    __HALF_FN __half2 __h##NAME##2_sat(__half2 a, __half2 b)                                       \
    {                                                                                              \
        return __half2(__h##NAME##_sat(a.x, b.x), __h##NAME##_sat(a.y, b.y));                      \
    }
__HALF_SATURATED(add)
__HALF_SATURATED(sub)
__HALF_SATURATED(mul)
#undef __HALF_SATURATED
__HALF_FN __half __hfma_sat(__half a, __half b, __half c)
{
    return __clamp_01(__hfma(a, b, c));
}
__HALF_FN __half2 __hfma2_sat(__half2 a, __half2 b, __half2 c)
{
    return __half2(__hfma_sat(a.x, b.x, c.x), __hfma_sat(a.y, b.y, c.y));
}

__HALF_FN bool __hisnan(__half a)
{
    return __HALF_VALUE(a) != __HALF_VALUE(a);
}
__HALF_FN int __hisinf(__half a)
{
    return (__half_as_ushort(a) & 0x7fff) == 0x7c00;
}
__HALF_FN __half2 __hisnan2(__half2 a)
{
    return __half2(__half((_Float16)__hisnan(a.x)), __half((_Float16)__hisnan(a.y)));
}

__HALF_FN __half2 __hisinf2(__half2 a)
{
    return __half2(__half((_Float16)__hisinf(a.x)), __half((_Float16)__hisinf(a.y)));
}

// NAME: ordered, false on NaN; NAMEu: true on NaN; NAME2: 1 or 0 for each half; b: both.
#define __HALF_RELATION(NAME, OP)                                                                  \
    __HALF_FN bool __h##NAME(__half a, __half b)                                                   \
    {                                                                                              \
        return __HALF_VALUE(a) OP __HALF_VALUE(b) && !__hisnan(a) && !__hisnan(b);                 \
    }                                                                                              \
    __HALF_FN bool __h##NAME##u(__half a, __half b)                                                \
    {                                                                                              \
        return __HALF_VALUE(a) OP __HALF_VALUE(b) || __hisnan(a) || __hisnan(b);                   \
    }                                                                                              \
    __HALF_FN __half2 __h##NAME##2(__half2 a, __half2 b)                                           \
    {                                                                                              \
        return __half2(__half((_Float16)__h##NAME(a.x, b.x)),                                      \
                       __half((_Float16)__h##NAME(a.y, b.y)));                                     \
    }                                                                                              \
    __HALF_FN __half2 __h##NAME##u2(__half2 a, __half2 b)                                          \
    {                                                                                              \
        return __half2(__half((_Float16)__h##NAME##u(a.x, b.x)),                                   \
                       __half((_Float16)__h##NAME##u(a.y, b.y)));                                  \
    }                                                                                              \
    __HALF_FN bool __hb##NAME##2(__half2 a, __half2 b)                                             \
    {                                                                                              \
        return __h##NAME(a.x, b.x) && __h##NAME(a.y, b.y);                                         \
    }                                                                                              \
    __HALF_FN bool __hb##NAME##u2(__half2 a, __half2 b)                                            \
    {                                                                                              \
        return __h##NAME##u(a.x, b.x) && __h##NAME##u(a.y, b.y);                                   \
    }
__HALF_RELATION(eq, ==)
__HALF_RELATION(ne, !=)
__HALF_RELATION(lt, <)
__HALF_RELATION(le, <=)
__HALF_RELATION(gt, >)
__HALF_RELATION(ge, >=)
#undef __HALF_RELATION

// The number when one argument is NaN; the _nan forms give NaN then.
__HALF_FN __half __hmax(__half a, __half b)
{
    return __hisnan(a) ? b : __hisnan(b) || __hgt(a, b) ? a : b;
}
__HALF_FN __half __hmin(__half a, __half b)
{
    return __hisnan(a) ? b : __hisnan(b) || __hlt(a, b) ? a : b;
}
__HALF_FN __half __hmax_nan(__half a, __half b)
{
    return __hisnan(a) ? a : __hisnan(b) ? b : __hmax(a, b);
}
__HALF_FN __half __hmin_nan(__half a, __half b)
{
    return __hisnan(a) ? a : __hisnan(b) ? b : __hmin(a, b);
}
__HALF_FN __half2 __hmax2(__half2 a, __half2 b)
{
    return __half2(__hmax(a.x, b.x), __hmax(a.y, b.y));
}
__HALF_FN __half2 __hmin2(__half2 a, __half2 b)
{
    return __half2(__hmin(a.x, b.x), __hmin(a.y, b.y));
}

// The half nearest to `a`, or its neighbour where that lies on the wrong side.
__HALF_FN __half __float2half_rd(float a)
{
    __half r = __float2half(a);
    if (!(__half2float(r) > a))
        return r;
    unsigned short bits = __half_as_ushort(r);
    return __ushort_as_half((unsigned short)(bits == 0       ? 0x8001
                                             : bits & 0x8000 ? bits + 1
                                                             : bits - 1));
}
__HALF_FN __half __float2half_ru(float a)
{
    return __hneg(__float2half_rd(-a));
}
__HALF_FN __half __float2half_rz(float a)
{
    return a < 0 ? __float2half_ru(a) : __float2half_rd(a);
}

#if defined(__clang__) && defined(__HIP__)

#define __HALF_DEVICE static __device__ inline

// Integers: a half goes through float exactly. An integer goes through float with the same
// direction, which composes.
#define __HALF_TO_INTEGER(NAME, T)                                                                 \
    __HALF_DEVICE T __half2##NAME##_rn(__half a)                                                   \
    {                                                                                              \
        return (T)__builtin_rintf(__half2float(a));                                                \
    }                                                                                              \
    __HALF_DEVICE T __half2##NAME##_rd(__half a)                                                   \
    {                                                                                              \
        return (T)__builtin_floorf(__half2float(a));                                               \
    }                                                                                              \
    __HALF_DEVICE T __half2##NAME##_ru(__half a)                                                   \
    {                                                                                              \
        return (T)__builtin_ceilf(__half2float(a));                                                \
    }                                                                                              \
    __HALF_DEVICE T __half2##NAME##_rz(__half a)                                                   \
    {                                                                                              \
        return (T)__half2float(a);                                                                 \
    }
__HALF_TO_INTEGER(short, short)
__HALF_TO_INTEGER(ushort, unsigned short)
__HALF_TO_INTEGER(int, int)
__HALF_TO_INTEGER(uint, unsigned int)
__HALF_TO_INTEGER(ll, long long)
__HALF_TO_INTEGER(ull, unsigned long long)
#undef __HALF_TO_INTEGER

#define __HALF_FROM_INTEGER(NAME, T, SUFFIX)                                                       \
    __HALF_DEVICE __half __##NAME##2half_rn(T a)                                                   \
    {                                                                                              \
        return __half((_Float16)a);                                                                \
    }                                                                                              \
    __HALF_DEVICE __half __##NAME##2half_rd(T a)                                                   \
    {                                                                                              \
        return __half(__ocml_cvtrtn_f16_f32(__ocml_cvtrtn_f32_##SUFFIX(a)));                       \
    }                                                                                              \
    __HALF_DEVICE __half __##NAME##2half_ru(T a)                                                   \
    {                                                                                              \
        return __half(__ocml_cvtrtp_f16_f32(__ocml_cvtrtp_f32_##SUFFIX(a)));                       \
    }                                                                                              \
    __HALF_DEVICE __half __##NAME##2half_rz(T a)                                                   \
    {                                                                                              \
        return __half(__ocml_cvtrtz_f16_f32(__ocml_cvtrtz_f32_##SUFFIX(a)));                       \
    }
__HALF_FROM_INTEGER(short, short, s32)
__HALF_FROM_INTEGER(ushort, unsigned short, u32)
__HALF_FROM_INTEGER(int, int, s32)
__HALF_FROM_INTEGER(uint, unsigned int, u32)
__HALF_FROM_INTEGER(ll, long long, s64)
__HALF_FROM_INTEGER(ull, unsigned long long, u64)
#undef __HALF_FROM_INTEGER

#define __HALF_MATH(NAME, FUNCTION)                                                                \
    __HALF_DEVICE __half h##NAME(__half a)                                                         \
    {                                                                                              \
        return __half(FUNCTION(__HALF_VALUE(a)));                                                  \
    }                                                                                              \
    __HALF_DEVICE __half2 h2##NAME(__half2 a)                                                      \
    {                                                                                              \
        return __half2(h##NAME(a.x), h##NAME(a.y));                                                \
    }
__HALF_MATH(ceil, __builtin_ceilf16)
__HALF_MATH(floor, __builtin_floorf16)
__HALF_MATH(trunc, __builtin_truncf16)
__HALF_MATH(rint, __builtin_rintf16)
__HALF_MATH(sqrt, __ocml_sqrt_f16)
__HALF_MATH(rsqrt, __ocml_rsqrt_f16)
__HALF_MATH(sin, __ocml_sin_f16)
__HALF_MATH(cos, __ocml_cos_f16)
__HALF_MATH(exp, __ocml_exp_f16)
__HALF_MATH(exp2, __ocml_exp2_f16)
__HALF_MATH(exp10, __ocml_exp10_f16)
__HALF_MATH(log, __ocml_log_f16)
__HALF_MATH(log2, __ocml_log2_f16)
__HALF_MATH(log10, __ocml_log10_f16)
#undef __HALF_MATH
__HALF_DEVICE __half hrcp(__half a)
{
    return __half((_Float16)((_Float16)1 / __HALF_VALUE(a)));
}
__HALF_DEVICE __half2 h2rcp(__half2 a)
{
    return __half2(hrcp(a.x), hrcp(a.y));
}
__HALF_DEVICE __half htanh(__half a)
{
    return __float2half(tanhf(__half2float(a)));
}
__HALF_DEVICE __half2 h2tanh(__half2 a)
{
    return __half2(htanh(a.x), htanh(a.y));
}

#define __HALF_SHUFFLE(NAME, T, BITS, SELECTOR)                                                    \
    __HALF_DEVICE __half NAME(__half var, SELECTOR by, int width = warpSize)                       \
    {                                                                                              \
        return __ushort_as_half((unsigned short)::NAME((int)__half_as_ushort(var), by, width));    \
    }                                                                                              \
    __HALF_DEVICE __half2 NAME(__half2 var, SELECTOR by, int width = warpSize)                     \
    {                                                                                              \
        return __builtin_bit_cast(__half2, ::NAME(__builtin_bit_cast(int, var), by, width));       \
    }
__HALF_SHUFFLE(__shfl, , , int)
__HALF_SHUFFLE(__shfl_up, , , unsigned int)
__HALF_SHUFFLE(__shfl_down, , , unsigned int)
__HALF_SHUFFLE(__shfl_xor, , , int)
#undef __HALF_SHUFFLE

__HALF_DEVICE float amd_mixed_dot(__half2 a, __half2 b, float c, bool saturate)
{
    float r = __builtin_fmaf(__half2float(a.x), __half2float(b.x),
                             __builtin_fmaf(__half2float(a.y), __half2float(b.y), c));
    return saturate ? __builtin_fminf(__builtin_fmaxf(r, 0.0f), 1.0f) : r;
}

// Adds both halves at once, by compare and swap of the whole word.
__HALF_DEVICE __half2 unsafeAtomicAdd(__half2 *address, __half2 value)
{
    unsigned int *word = reinterpret_cast<unsigned int *>(address);
    unsigned int old = __hip_atomic_load(word, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
    while (!__hip_atomic_compare_exchange_strong(
        word, &old,
        __builtin_bit_cast(unsigned int, __hadd2(__builtin_bit_cast(__half2, old), value)),
        __ATOMIC_RELAXED, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT))
        ;
    return __builtin_bit_cast(__half2, old);
}
__HALF_DEVICE __half2 atomicAdd(__half2 *address, __half2 value)
{
    return unsafeAtomicAdd(address, value);
}

#undef __HALF_DEVICE
#endif

#undef __HALF_FN
#undef __HALF_VALUE

#endif
#endif
