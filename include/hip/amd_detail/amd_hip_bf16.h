// SPDX-License-Identifier: MIT
// header: C++
// bfloat16 by CUDA's names: __hip_bfloat16 and __hip_bfloat162. A value is the upper half of a
// float; every operation goes through float and rounds to nearest even.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_BF16_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_BF16_H

#include <hip/amd_detail/host_defines.h>
#include <hip/amd_detail/amd_hip_vector_types.h>
#if defined(__clang__) && defined(__HIP__)
#include <hip/amd_detail/amd_warp_functions.h>
#include <hip/amd_detail/amd_warp_sync_functions.h>
#endif
#if !defined(__HIPCC_RTC__)
#include <math.h>
#include <string.h>
#endif

#if defined(__cplusplus)

#define __HIP_BF16_FN static __host__ __device__ inline

struct __hip_bfloat16_raw {
    unsigned short x;
};

struct __hip_bfloat162_raw {
    unsigned short x, y;
};

namespace __hip_internal
{
__HIP_BF16_FN float bf16_to_float(unsigned short bits)
{
    unsigned int wide = (unsigned int)bits << 16;
    float f;
    __builtin_memcpy(&f, &wide, sizeof f);
    return f;
}
__HIP_BF16_FN unsigned short bf16_from_float(float f)
{
    unsigned int u;
    __builtin_memcpy(&u, &f, sizeof u);
    if ((u & 0x7fffffffu) > 0x7f800000u)
        return (unsigned short)((u >> 16) | 0x40);
    return (unsigned short)((u + 0x7fff + ((u >> 16) & 1)) >> 16);
}
// Rounds to odd in float first, so that the second rounding is the only one that counts.
__HIP_BF16_FN unsigned short bf16_from_double(double d)
{
    float f = (float)d;
    unsigned int u;
    __builtin_memcpy(&u, &f, sizeof u);
    if (f == f && (double)f != d && !(u & 1)) {
        bool away = __builtin_fabs((double)f) > __builtin_fabs(d);
        u = away ? u - 1 : u + 1;
        __builtin_memcpy(&f, &u, sizeof f);
    }
    return bf16_from_float(f);
}
} // namespace __hip_internal

struct __attribute__((aligned(2))) __hip_bfloat16 {
  protected:
    unsigned short __x;

  public:
    __hip_bfloat16() = default;
    __host__ __device__ constexpr __hip_bfloat16(const __hip_bfloat16_raw &r) : __x(r.x)
    {
    }
    __host__ __device__ __hip_bfloat16(float v) : __x(__hip_internal::bf16_from_float(v))
    {
    }
    __host__ __device__ __hip_bfloat16(double v) : __x(__hip_internal::bf16_from_double(v))
    {
    }
    template <typename T, typename __hip_internal::enable_if<__hip_internal::is_integral<T>::value,
                                                             int>::type = 0>
    __host__ __device__ __hip_bfloat16(T v) : __x(__hip_internal::bf16_from_double((double)v))
    {
    }
    __host__ __device__ __hip_bfloat16 &operator=(const __hip_bfloat16_raw &r)
    {
        __x = r.x;
        return *this;
    }
    __host__ __device__ constexpr operator __hip_bfloat16_raw() const
    {
        return __hip_bfloat16_raw{__x};
    }
    __host__ __device__ operator float() const
    {
        return __hip_internal::bf16_to_float(__x);
    }
    __host__ __device__ explicit operator bool() const
    {
        return (__x & 0x7fff) != 0;
    }
    template <typename T,
              typename __hip_internal::enable_if<__hip_internal::is_integral<T>::value &&
                                                     !__hip_internal::is_same<T, bool>::value,
                                                 int>::type = 0>
    __host__ __device__ explicit operator T() const
    {
        return (T)__hip_internal::bf16_to_float(__x);
    }
    __host__ __device__ explicit operator double() const
    {
        return __hip_internal::bf16_to_float(__x);
    }
};

struct __attribute__((aligned(4))) __hip_bfloat162 {
    __hip_bfloat16 x, y;

    __hip_bfloat162() = default;
    __host__ __device__ __hip_bfloat162(const __hip_bfloat16 &a, const __hip_bfloat16 &b)
        : x(a), y(b)
    {
    }
    __host__ __device__ __hip_bfloat162(const __hip_bfloat162_raw &r)
        : x(__hip_bfloat16_raw{r.x}), y(__hip_bfloat16_raw{r.y})
    {
    }
    __host__ __device__ operator __hip_bfloat162_raw() const
    {
        return __hip_bfloat162_raw{((__hip_bfloat16_raw)x).x, ((__hip_bfloat16_raw)y).x};
    }
    __host__ __device__ operator float2() const
    {
        return float2((float)x, (float)y);
    }
};

// ---- conversions

__HIP_BF16_FN __hip_bfloat16 __float2bfloat16(float a)
{
    return __hip_bfloat16(a);
}
__HIP_BF16_FN __hip_bfloat16 __float2bfloat16_rn(float a)
{
    return __hip_bfloat16(a);
}
__HIP_BF16_FN __hip_bfloat16 __double2bfloat16(double a)
{
    return __hip_bfloat16(a);
}
__HIP_BF16_FN float __bfloat162float(__hip_bfloat16 a)
{
    return (float)a;
}
__HIP_BF16_FN unsigned short __bfloat16_as_ushort(__hip_bfloat16 a)
{
    return ((__hip_bfloat16_raw)a).x;
}
__HIP_BF16_FN short __bfloat16_as_short(__hip_bfloat16 a)
{
    return (short)__bfloat16_as_ushort(a);
}
__HIP_BF16_FN __hip_bfloat16 __ushort_as_bfloat16(unsigned short a)
{
    return __hip_bfloat16(__hip_bfloat16_raw{a});
}
__HIP_BF16_FN __hip_bfloat16 __short_as_bfloat16(short a)
{
    return __ushort_as_bfloat16((unsigned short)a);
}
__HIP_BF16_FN __hip_bfloat162 __floats2bfloat162_rn(float a, float b)
{
    return __hip_bfloat162(a, b);
}
__HIP_BF16_FN __hip_bfloat162 __float22bfloat162_rn(float2 a)
{
    return __hip_bfloat162(a.x, a.y);
}
__HIP_BF16_FN __hip_bfloat162 __float2bfloat162_rn(float a)
{
    return __hip_bfloat162(a, a);
}
__HIP_BF16_FN float2 __bfloat1622float2(__hip_bfloat162 a)
{
    return float2((float)a.x, (float)a.y);
}
__HIP_BF16_FN __hip_bfloat162 __bfloat162bfloat162(__hip_bfloat16 a)
{
    return __hip_bfloat162(a, a);
}
__HIP_BF16_FN __hip_bfloat162 __halves2bfloat162(__hip_bfloat16 a, __hip_bfloat16 b)
{
    return __hip_bfloat162(a, b);
}
__HIP_BF16_FN __hip_bfloat16 __low2bfloat16(__hip_bfloat162 a)
{
    return a.x;
}
__HIP_BF16_FN __hip_bfloat16 __high2bfloat16(__hip_bfloat162 a)
{
    return a.y;
}
__HIP_BF16_FN __hip_bfloat162 __low2bfloat162(__hip_bfloat162 a)
{
    return __hip_bfloat162(a.x, a.x);
}
__HIP_BF16_FN __hip_bfloat162 __high2bfloat162(__hip_bfloat162 a)
{
    return __hip_bfloat162(a.y, a.y);
}
__HIP_BF16_FN __hip_bfloat162 __lows2bfloat162(__hip_bfloat162 a, __hip_bfloat162 b)
{
    return __hip_bfloat162(a.x, b.x);
}
__HIP_BF16_FN __hip_bfloat162 __highs2bfloat162(__hip_bfloat162 a, __hip_bfloat162 b)
{
    return __hip_bfloat162(a.y, b.y);
}
__HIP_BF16_FN __hip_bfloat162 __lowhigh2highlow(__hip_bfloat162 a)
{
    return __hip_bfloat162(a.y, a.x);
}
__HIP_BF16_FN float __low2float(__hip_bfloat162 a)
{
    return (float)a.x;
}
__HIP_BF16_FN float __high2float(__hip_bfloat162 a)
{
    return (float)a.y;
}

#define HIPRT_INF_BF16        __ushort_as_bfloat16((unsigned short)0x7f80)
#define HIPRT_MAX_NORMAL_BF16 __ushort_as_bfloat16((unsigned short)0x7f7f)
#define HIPRT_MIN_DENORM_BF16 __ushort_as_bfloat16((unsigned short)0x0001)
#define HIPRT_NAN_BF16        __ushort_as_bfloat16((unsigned short)0x7fff)
#define HIPRT_NEG_ZERO_BF16   __ushort_as_bfloat16((unsigned short)0x8000)
#define HIPRT_ONE_BF16        __ushort_as_bfloat16((unsigned short)0x3f80)
#define HIPRT_ZERO_BF16       __ushort_as_bfloat16((unsigned short)0x0000)

// ---- arithmetic and comparisons

#define __HIP_BF16_BINARY(NAME, NAME2, OP)                                                         \
    __HIP_BF16_FN __hip_bfloat16 __h##NAME(__hip_bfloat16 a, __hip_bfloat16 b)                     \
    {                                                                                              \
        return __hip_bfloat16((float)a OP(float) b);                                               \
    }                                                                                              \
    __HIP_BF16_FN __hip_bfloat162 NAME2(__hip_bfloat162 a, __hip_bfloat162 b)                      \
    {                                                                                              \
        return __hip_bfloat162(__h##NAME(a.x, b.x), __h##NAME(a.y, b.y));                          \
    }                                                                                              \
    __HIP_BF16_FN __hip_bfloat16 operator OP(const __hip_bfloat16 &a, const __hip_bfloat16 &b)     \
    {                                                                                              \
        return __h##NAME(a, b);                                                                    \
    }                                                                                              \
    __HIP_BF16_FN __hip_bfloat162 operator OP(const __hip_bfloat162 &a, const __hip_bfloat162 &b)  \
    {                                                                                              \
        return NAME2(a, b);                                                                        \
    }                                                                                              \
    __HIP_BF16_FN __hip_bfloat16 &operator OP## = (__hip_bfloat16 & a, const __hip_bfloat16 &b)    \
    {                                                                                              \
        return a = __h##NAME(a, b);                                                                \
    }                                                                                              \
    __HIP_BF16_FN __hip_bfloat162 &operator OP## = (__hip_bfloat162 & a, const __hip_bfloat162 &b) \
    {                                                                                              \
        return a = NAME2(a, b);                                                                    \
    }
__HIP_BF16_BINARY(add, __hadd2, +)
__HIP_BF16_BINARY(sub, __hsub2, -)
__HIP_BF16_BINARY(mul, __hmul2, *)
__HIP_BF16_BINARY(div, __h2div, /)
#undef __HIP_BF16_BINARY

__HIP_BF16_FN __hip_bfloat16 __hneg(__hip_bfloat16 a)
{
    return __ushort_as_bfloat16(__bfloat16_as_ushort(a) ^ 0x8000);
}
__HIP_BF16_FN __hip_bfloat162 __hneg2(__hip_bfloat162 a)
{
    return __hip_bfloat162(__hneg(a.x), __hneg(a.y));
}
__HIP_BF16_FN __hip_bfloat16 __habs(__hip_bfloat16 a)
{
    return __ushort_as_bfloat16(__bfloat16_as_ushort(a) & 0x7fff);
}
__HIP_BF16_FN __hip_bfloat162 __habs2(__hip_bfloat162 a)
{
    return __hip_bfloat162(__habs(a.x), __habs(a.y));
}
// The product of two bfloat16 is exact in double.
__HIP_BF16_FN __hip_bfloat16 __hfma(__hip_bfloat16 a, __hip_bfloat16 b, __hip_bfloat16 c)
{
    return __hip_bfloat16((double)a * (double)b + (double)c);
}
__HIP_BF16_FN __hip_bfloat162 __hfma2(__hip_bfloat162 a, __hip_bfloat162 b, __hip_bfloat162 c)
{
    return __hip_bfloat162(__hfma(a.x, b.x, c.x), __hfma(a.y, b.y, c.y));
}
__HIP_BF16_FN __hip_bfloat16 operator+(const __hip_bfloat16 &a)
{
    return a;
}
__HIP_BF16_FN __hip_bfloat16 operator-(const __hip_bfloat16 &a)
{
    return __hneg(a);
}
__HIP_BF16_FN __hip_bfloat162 operator+(const __hip_bfloat162 &a)
{
    return a;
}
__HIP_BF16_FN __hip_bfloat162 operator-(const __hip_bfloat162 &a)
{
    return __hneg2(a);
}
#define __HIP_BF16_STEP(T, OP, NAME, ONE)                                                          \
    __HIP_BF16_FN T &operator OP(T &a)                                                             \
    {                                                                                              \
        return a = NAME(a, ONE);                                                                   \
    }                                                                                              \
    __HIP_BF16_FN T operator OP(T &a, int)                                                         \
    {                                                                                              \
        T old = a;                                                                                 \
        a = NAME(a, ONE);                                                                          \
        return old;                                                                                \
    }
__HIP_BF16_STEP(__hip_bfloat16, ++, __hadd, HIPRT_ONE_BF16)
__HIP_BF16_STEP(__hip_bfloat16, --, __hsub, HIPRT_ONE_BF16)
__HIP_BF16_STEP(__hip_bfloat162, ++, __hadd2, __bfloat162bfloat162(HIPRT_ONE_BF16))
__HIP_BF16_STEP(__hip_bfloat162, --, __hsub2, __bfloat162bfloat162(HIPRT_ONE_BF16))
#undef __HIP_BF16_STEP

__HIP_BF16_FN bool __hisnan(__hip_bfloat16 a)
{
    return (__bfloat16_as_ushort(a) & 0x7fff) > 0x7f80;
}
__HIP_BF16_FN int __hisinf(__hip_bfloat16 a)
{
    unsigned short bits = __bfloat16_as_ushort(a);
    return (bits & 0x7fff) == 0x7f80 ? (bits & 0x8000 ? -1 : 1) : 0;
}
__HIP_BF16_FN __hip_bfloat162 __hisnan2(__hip_bfloat162 a)
{
    return __hip_bfloat162((float)__hisnan(a.x), (float)__hisnan(a.y));
}

#define __HIP_BF16_RELATION(NAME, OP)                                                              \
    __HIP_BF16_FN bool __h##NAME(__hip_bfloat16 a, __hip_bfloat16 b)                               \
    {                                                                                              \
        return (float)a OP(float) b && !__hisnan(a) && !__hisnan(b);                               \
    }                                                                                              \
    __HIP_BF16_FN bool __h##NAME##u(__hip_bfloat16 a, __hip_bfloat16 b)                            \
    {                                                                                              \
        return (float)a OP(float) b || __hisnan(a) || __hisnan(b);                                 \
    }                                                                                              \
    __HIP_BF16_FN __hip_bfloat162 __h##NAME##2(__hip_bfloat162 a, __hip_bfloat162 b)               \
    {                                                                                              \
        return __hip_bfloat162((float)__h##NAME(a.x, b.x), (float)__h##NAME(a.y, b.y));            \
    }                                                                                              \
    __HIP_BF16_FN bool __hb##NAME##2(__hip_bfloat162 a, __hip_bfloat162 b)                         \
    {                                                                                              \
        return __h##NAME(a.x, b.x) && __h##NAME(a.y, b.y);                                         \
    }                                                                                              \
    __HIP_BF16_FN bool __hb##NAME##u2(__hip_bfloat162 a, __hip_bfloat162 b)                        \
    {                                                                                              \
        return __h##NAME##u(a.x, b.x) && __h##NAME##u(a.y, b.y);                                   \
    }                                                                                              \
    __HIP_BF16_FN bool operator OP(const __hip_bfloat16 &a, const __hip_bfloat16 &b)               \
    {                                                                                              \
        return (float)a OP(float) b;                                                               \
    }
__HIP_BF16_RELATION(eq, ==)
__HIP_BF16_RELATION(ne, !=)
__HIP_BF16_RELATION(lt, <)
__HIP_BF16_RELATION(le, <=)
__HIP_BF16_RELATION(gt, >)
__HIP_BF16_RELATION(ge, >=)
#undef __HIP_BF16_RELATION
__HIP_BF16_FN bool operator==(const __hip_bfloat162 &a, const __hip_bfloat162 &b)
{
    return __hbeq2(a, b);
}
__HIP_BF16_FN bool operator!=(const __hip_bfloat162 &a, const __hip_bfloat162 &b)
{
    return !(a == b);
}
__HIP_BF16_FN bool operator<(const __hip_bfloat162 &a, const __hip_bfloat162 &b)
{
    return __hblt2(a, b);
}
__HIP_BF16_FN bool operator<=(const __hip_bfloat162 &a, const __hip_bfloat162 &b)
{
    return __hble2(a, b);
}
__HIP_BF16_FN bool operator>(const __hip_bfloat162 &a, const __hip_bfloat162 &b)
{
    return __hbgt2(a, b);
}
__HIP_BF16_FN bool operator>=(const __hip_bfloat162 &a, const __hip_bfloat162 &b)
{
    return __hbge2(a, b);
}
__HIP_BF16_FN __hip_bfloat16 __hmax(__hip_bfloat16 a, __hip_bfloat16 b)
{
    return __hisnan(a) ? b : __hisnan(b) || (float)a > (float)b ? a : b;
}
__HIP_BF16_FN __hip_bfloat16 __hmin(__hip_bfloat16 a, __hip_bfloat16 b)
{
    return __hisnan(a) ? b : __hisnan(b) || (float)a < (float)b ? a : b;
}
__HIP_BF16_FN __hip_bfloat162 __hmax2(__hip_bfloat162 a, __hip_bfloat162 b)
{
    return __hip_bfloat162(__hmax(a.x, b.x), __hmax(a.y, b.y));
}
__HIP_BF16_FN __hip_bfloat162 __hmin2(__hip_bfloat162 a, __hip_bfloat162 b)
{
    return __hip_bfloat162(__hmin(a.x, b.x), __hmin(a.y, b.y));
}

#if defined(__clang__) && defined(__HIP__)

#define __HIP_BF16_DEVICE static __device__ inline

#define __HIP_BF16_MATH(NAME, FUNCTION)                                                            \
    __HIP_BF16_DEVICE __hip_bfloat16 h##NAME(__hip_bfloat16 a)                                     \
    {                                                                                              \
        return __hip_bfloat16((float)FUNCTION((float)a));                                          \
    }                                                                                              \
    __HIP_BF16_DEVICE __hip_bfloat162 h2##NAME(__hip_bfloat162 a)                                  \
    {                                                                                              \
        return __hip_bfloat162(h##NAME(a.x), h##NAME(a.y));                                        \
    }
__HIP_BF16_MATH(ceil, __builtin_ceilf)
__HIP_BF16_MATH(floor, __builtin_floorf)
__HIP_BF16_MATH(trunc, __builtin_truncf)
__HIP_BF16_MATH(rint, __builtin_rintf)
__HIP_BF16_MATH(sqrt, __builtin_sqrtf)
__HIP_BF16_MATH(rsqrt, __ocml_rsqrt_f32)
__HIP_BF16_MATH(sin, __ocml_sin_f32)
__HIP_BF16_MATH(cos, __ocml_cos_f32)
__HIP_BF16_MATH(exp, __ocml_exp_f32)
__HIP_BF16_MATH(exp2, __ocml_exp2_f32)
__HIP_BF16_MATH(exp10, __ocml_exp10_f32)
__HIP_BF16_MATH(log, __ocml_log_f32)
__HIP_BF16_MATH(log2, __ocml_log2_f32)
__HIP_BF16_MATH(log10, __ocml_log10_f32)
__HIP_BF16_MATH(tanh, __ocml_tanh_f32)
__HIP_BF16_MATH(rcp, 1.0f /)
#undef __HIP_BF16_MATH

#define __HIP_BF16_SHUFFLE(NAME, SELECTOR)                                                         \
    __HIP_BF16_DEVICE __hip_bfloat16 NAME(__hip_bfloat16 var, SELECTOR by, int width = warpSize)   \
    {                                                                                              \
        return __ushort_as_bfloat16(                                                               \
            (unsigned short)::NAME((int)__bfloat16_as_ushort(var), by, width));                    \
    }                                                                                              \
    __HIP_BF16_DEVICE __hip_bfloat162 NAME(__hip_bfloat162 var, SELECTOR by, int width = warpSize) \
    {                                                                                              \
        return __builtin_bit_cast(__hip_bfloat162,                                                 \
                                  ::NAME(__builtin_bit_cast(int, var), by, width));                \
    }
__HIP_BF16_SHUFFLE(__shfl, int)
__HIP_BF16_SHUFFLE(__shfl_up, unsigned int)
__HIP_BF16_SHUFFLE(__shfl_down, unsigned int)
__HIP_BF16_SHUFFLE(__shfl_xor, int)
#undef __HIP_BF16_SHUFFLE

// Adds both parts at once, by compare and swap of the whole word.
__HIP_BF16_DEVICE __hip_bfloat162 unsafeAtomicAdd(__hip_bfloat162 *address, __hip_bfloat162 value)
{
    unsigned int *word = reinterpret_cast<unsigned int *>(address);
    unsigned int old = __hip_atomic_load(word, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT);
    while (!__hip_atomic_compare_exchange_strong(
        word, &old,
        __builtin_bit_cast(unsigned int, __hadd2(__builtin_bit_cast(__hip_bfloat162, old), value)),
        __ATOMIC_RELAXED, __ATOMIC_RELAXED, __HIP_MEMORY_SCOPE_AGENT))
        ;
    return __builtin_bit_cast(__hip_bfloat162, old);
}
__HIP_BF16_DEVICE __hip_bfloat162 atomicAdd(__hip_bfloat162 *address, __hip_bfloat162 value)
{
    return unsafeAtomicAdd(address, value);
}

#undef __HIP_BF16_DEVICE
#endif

#undef __HIP_BF16_FN

#endif
#endif
