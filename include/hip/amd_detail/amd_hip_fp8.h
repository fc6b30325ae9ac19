// SPDX-License-Identifier: MIT
// header: C++
// 8-bit floating point: E4M3 and E5M2 as the Open Compute Project defines them, and AMD's variants
// without negative zero (FNUZ; one more bias, NaN is 0x80). All conversions round to nearest even
// in one step.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_FP8_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_FP8_H

#include <hip/amd_detail/amd_hip_bf16.h>
#include <hip/amd_detail/amd_hip_fp16.h>
#include <hip/amd_detail/amd_hip_vector_types.h>

// Needs a compiler that knows _Float16.
#if defined(__cplusplus) && (defined(__clang__) || __GNUC__ >= 13)

// Which of the two families the target's instructions know. Ours are software and do both.
#define HIP_FP8_TYPE_OCP      1
#define HIP_FP8_TYPE_FNUZ     1
#define HIP_FP8_CVT_FAST_PATH 0

typedef unsigned char __hip_fp8_storage_t;
typedef unsigned short __hip_fp8x2_storage_t;
typedef unsigned int __hip_fp8x4_storage_t;

enum __hip_saturation_t { __HIP_NOSAT = 0, __HIP_SATFINITE = 1 };
enum __hip_fp8_interpretation_t {
    __HIP_E4M3 = 0,
    __HIP_E5M2 = 1,
    __HIP_E4M3_FNUZ = 2,
    __HIP_E5M2_FNUZ = 3
};

#define __HIP_FP8_FN static __host__ __device__ inline

namespace __hip_internal
{
struct fp8_format {
    int mantissa, bias;
    unsigned int largest; // code of the largest finite value
    unsigned int nan;
    int infinity; // code, or -1
    bool fnuz;
};
__HIP_FP8_FN fp8_format fp8_format_of(__hip_fp8_interpretation_t kind)
{
    switch (kind) {
    case __HIP_E4M3:
        return {3, 7, 0x7e, 0x7f, -1, false};
    case __HIP_E5M2:
        return {2, 15, 0x7b, 0x7f, 0x7c, false};
    case __HIP_E4M3_FNUZ:
        return {3, 8, 0x7f, 0x80, -1, true};
    default:
        return {2, 16, 0x7f, 0x80, -1, true};
    }
}

__HIP_FP8_FN unsigned char fp8_encode(double value, __hip_saturation_t saturate,
                                      __hip_fp8_interpretation_t kind)
{
    fp8_format format = fp8_format_of(kind);
    unsigned long long bits;
    __builtin_memcpy(&bits, &value, sizeof bits);
    unsigned int sign = (unsigned int)(bits >> 56) & 0x80;
    if (value != value)
        return (unsigned char)(format.fnuz ? format.nan : format.nan | sign);
    int exponent = (int)((bits >> 52) & 0x7ff) - 1023;
    unsigned long long mantissa = (bits & 0xfffffffffffffull) | (1ull << 52);
    unsigned int code = 0;
    if (exponent == 1024) {
        code = format.largest + 1;
    } else if (exponent >= -1022) {
        int below = 1 - format.bias - exponent;
        int shift = 52 - format.mantissa + (below > 0 ? below : 0);
        if (shift < 54) {
            unsigned long long half = 1ull << (shift - 1), kept = mantissa >> shift;
            unsigned long long rest = mantissa & ((1ull << shift) - 1);
            kept += rest > half || (rest == half && (kept & 1));
            int field = below > 0 ? 0 : exponent + format.bias - 1;
            unsigned long long full = ((unsigned long long)field << format.mantissa) + kept;
            code = full > 0xff ? 0xff : (unsigned int)full;
        }
    }
    // AMD's formats have no infinity to saturate: it becomes NaN in either mode.
    if (exponent == 1024 && format.fnuz)
        return (unsigned char)format.nan;
    if (code > format.largest) {
        if (saturate == __HIP_SATFINITE)
            code = format.largest;
        else if (format.infinity >= 0)
            code = (unsigned int)format.infinity;
        else
            return (unsigned char)(format.fnuz ? format.nan : format.nan | sign);
    }
    return (unsigned char)(format.fnuz && code == 0 ? 0 : code | sign);
}

__HIP_FP8_FN float fp8_decode(unsigned char code, __hip_fp8_interpretation_t kind)
{
    fp8_format format = fp8_format_of(kind);
    unsigned int magnitude = code & 0x7f;
    if (format.fnuz ? code == 0x80
                    : magnitude > format.largest && (int)magnitude != format.infinity)
        return __builtin_nanf("");
    float sign = code & 0x80 ? -1.0f : 1.0f;
    if ((int)magnitude == format.infinity)
        return sign * __builtin_inff();
    int field = (int)(magnitude >> format.mantissa);
    int fraction = (int)(magnitude & ((1u << format.mantissa) - 1));
    int exponent = (field ? field : 1) - format.bias - format.mantissa;
    unsigned int scale_bits = (unsigned int)(exponent + 127) << 23;
    float scale;
    __builtin_memcpy(&scale, &scale_bits, sizeof scale);
    return sign * (float)(field ? fraction + (1 << format.mantissa) : fraction) * scale;
}

// Toward zero, cut to the range of T; NaN is 0. `limit` is 2 to the number of T's value bits.
template <typename T>
__HIP_FP8_FN T fp8_to_integer(unsigned char code, __hip_fp8_interpretation_t kind)
{
    constexpr bool is_signed = (T)-1 < (T)0;
    constexpr T largest = is_signed ? (T)(((1ull << (8 * sizeof(T) - 2)) - 1) * 2 + 1) : (T) ~(T)0;
    constexpr float limit = (float)(1ull << (8 * sizeof(T) - 1)) * (is_signed ? 1.0f : 2.0f);
    float value = fp8_decode(code, kind);
    if (value != value)
        return 0;
    if (value >= limit)
        return largest;
    float lowest = is_signed ? -limit : 0.0f;
    return value <= lowest ? (T)lowest : (T)value;
}
} // namespace __hip_internal

__HIP_FP8_FN __hip_fp8_storage_t __hip_cvt_double_to_fp8(double v, __hip_saturation_t sat,
                                                         __hip_fp8_interpretation_t kind)
{
    return __hip_internal::fp8_encode(v, sat, kind);
}
__HIP_FP8_FN __hip_fp8_storage_t __hip_cvt_float_to_fp8(float v, __hip_saturation_t sat,
                                                        __hip_fp8_interpretation_t kind)
{
    return __hip_internal::fp8_encode(v, sat, kind);
}
__HIP_FP8_FN __hip_fp8_storage_t __hip_cvt_halfraw_to_fp8(__half_raw v, __hip_saturation_t sat,
                                                          __hip_fp8_interpretation_t kind)
{
    return __hip_internal::fp8_encode(__half2float(__half(v)), sat, kind);
}
__HIP_FP8_FN __hip_fp8_storage_t __hip_cvt_bfloat16raw_to_fp8(__hip_bfloat16_raw v,
                                                              __hip_saturation_t sat,
                                                              __hip_fp8_interpretation_t kind)
{
    return __hip_internal::fp8_encode(__hip_internal::bf16_to_float(v.x), sat, kind);
}
__HIP_FP8_FN __hip_fp8x2_storage_t __hip_cvt_double2_to_fp8x2(double2 v, __hip_saturation_t sat,
                                                              __hip_fp8_interpretation_t kind)
{
    return (__hip_fp8x2_storage_t)(__hip_internal::fp8_encode(v.x, sat, kind) |
                                   __hip_internal::fp8_encode(v.y, sat, kind) << 8);
}
__HIP_FP8_FN __hip_fp8x2_storage_t __hip_cvt_float2_to_fp8x2(float2 v, __hip_saturation_t sat,
                                                             __hip_fp8_interpretation_t kind)
{
    return __hip_cvt_double2_to_fp8x2(double2(v.x, v.y), sat, kind);
}
__HIP_FP8_FN __hip_fp8x2_storage_t __hip_cvt_halfraw2_to_fp8x2(__half2_raw v,
                                                               __hip_saturation_t sat,
                                                               __hip_fp8_interpretation_t kind)
{
    return __hip_cvt_double2_to_fp8x2(double2((float)v.data[0], (float)v.data[1]), sat, kind);
}
__HIP_FP8_FN __hip_fp8x2_storage_t __hip_cvt_bfloat16raw2_to_fp8x2(__hip_bfloat162_raw v,
                                                                   __hip_saturation_t sat,
                                                                   __hip_fp8_interpretation_t kind)
{
    return __hip_cvt_double2_to_fp8x2(
        double2(__hip_internal::bf16_to_float(v.x), __hip_internal::bf16_to_float(v.y)), sat, kind);
}
__HIP_FP8_FN __half_raw __hip_cvt_fp8_to_halfraw(__hip_fp8_storage_t v,
                                                 __hip_fp8_interpretation_t kind)
{
    return (__half_raw)__float2half(__hip_internal::fp8_decode(v, kind));
}
__HIP_FP8_FN __half2_raw __hip_cvt_fp8x2_to_halfraw2(__hip_fp8x2_storage_t v,
                                                     __hip_fp8_interpretation_t kind)
{
    __half2_raw r;
    r.data[0] = (_Float16)__hip_internal::fp8_decode((unsigned char)v, kind);
    r.data[1] = (_Float16)__hip_internal::fp8_decode((unsigned char)(v >> 8), kind);
    return r;
}

// The types: one value, two and four of them, for each format. Conversions are implicit both ways,
// as in AMD's header; integers are cut to their range and NaN becomes 0.
#define __HIP_FP8_TO_INTEGER(T, KIND)                                                              \
    __host__ __device__ operator T() const                                                         \
    {                                                                                              \
        return __hip_internal::fp8_to_integer<T>(__x, KIND);                                       \
    }
#define __HIP_FP8_TYPES(NAME, NAME2, NAME4, KIND)                                                  \
    struct NAME {                                                                                  \
        __hip_fp8_storage_t __x;                                                                   \
        static constexpr __hip_saturation_t __default_saturation = __HIP_SATFINITE;                \
        static constexpr __hip_fp8_interpretation_t __default_interpret = KIND;                    \
        NAME() = default;                                                                          \
        template <typename T, typename __hip_internal::enable_if<                                  \
                                  __hip_internal::is_arithmetic<T>::value, int>::type = 0>         \
        __host__ __device__ NAME(T v)                                                              \
            : __x(__hip_internal::fp8_encode((double)v, __HIP_SATFINITE, KIND))                    \
        {                                                                                          \
        }                                                                                          \
        __host__ __device__ NAME(__half v)                                                         \
            : __x(__hip_internal::fp8_encode(__half2float(v), __HIP_SATFINITE, KIND))              \
        {                                                                                          \
        }                                                                                          \
        __host__ __device__ NAME(__hip_bfloat16 v)                                                 \
            : __x(__hip_internal::fp8_encode((float)v, __HIP_SATFINITE, KIND))                     \
        {                                                                                          \
        }                                                                                          \
        __host__ __device__ operator float() const                                                 \
        {                                                                                          \
            return __hip_internal::fp8_decode(__x, KIND);                                          \
        }                                                                                          \
        __host__ __device__ operator double() const                                                \
        {                                                                                          \
            return __hip_internal::fp8_decode(__x, KIND);                                          \
        }                                                                                          \
        __host__ __device__ operator __half() const                                                \
        {                                                                                          \
            return __float2half(__hip_internal::fp8_decode(__x, KIND));                            \
        }                                                                                          \
        __host__ __device__ operator __hip_bfloat16() const                                        \
        {                                                                                          \
            return __hip_bfloat16(__hip_internal::fp8_decode(__x, KIND));                          \
        }                                                                                          \
        __host__ __device__ operator bool() const                                                  \
        {                                                                                          \
            return __hip_internal::fp8_decode(__x, KIND) != 0;                                     \
        }                                                                                          \
        __HIP_FP8_TO_INTEGER(char, KIND)                                                           \
        __HIP_FP8_TO_INTEGER(signed char, KIND)                                                    \
        __HIP_FP8_TO_INTEGER(unsigned char, KIND)                                                  \
        __HIP_FP8_TO_INTEGER(short, KIND)                                                          \
        __HIP_FP8_TO_INTEGER(unsigned short, KIND)                                                 \
        __HIP_FP8_TO_INTEGER(int, KIND)                                                            \
        __HIP_FP8_TO_INTEGER(unsigned int, KIND)                                                   \
        __HIP_FP8_TO_INTEGER(long, KIND)                                                           \
        __HIP_FP8_TO_INTEGER(unsigned long, KIND)                                                  \
        __HIP_FP8_TO_INTEGER(long long, KIND)                                                      \
        __HIP_FP8_TO_INTEGER(unsigned long long, KIND)                                             \
    };                                                                                             \
    struct NAME2 {                                                                                 \
        __hip_fp8x2_storage_t __x;                                                                 \
        static constexpr __hip_saturation_t __default_saturation = __HIP_SATFINITE;                \
        static constexpr __hip_fp8_interpretation_t __default_interpret = KIND;                    \
        NAME2() = default;                                                                         \
        __host__ __device__ NAME2(double2 v)                                                       \
            : __x(__hip_cvt_double2_to_fp8x2(v, __HIP_SATFINITE, KIND))                            \
        {                                                                                          \
        }                                                                                          \
        __host__ __device__ NAME2(float2 v)                                                        \
            : __x(__hip_cvt_float2_to_fp8x2(v, __HIP_SATFINITE, KIND))                             \
        {                                                                                          \
        }                                                                                          \
        __host__ __device__ NAME2(__half2 v)                                                       \
            : __x(__hip_cvt_halfraw2_to_fp8x2(v, __HIP_SATFINITE, KIND))                           \
        {                                                                                          \
        }                                                                                          \
        __host__ __device__ NAME2(__hip_bfloat162 v)                                               \
            : __x(__hip_cvt_bfloat16raw2_to_fp8x2(v, __HIP_SATFINITE, KIND))                       \
        {                                                                                          \
        }                                                                                          \
        __host__ __device__ operator float2() const                                                \
        {                                                                                          \
            return float2(__hip_internal::fp8_decode((unsigned char)__x, KIND),                    \
                          __hip_internal::fp8_decode((unsigned char)(__x >> 8), KIND));            \
        }                                                                                          \
        __host__ __device__ operator __half2() const                                               \
        {                                                                                          \
            return __half2(__hip_cvt_fp8x2_to_halfraw2(__x, KIND));                                \
        }                                                                                          \
    };                                                                                             \
    struct NAME4 {                                                                                 \
        __hip_fp8x4_storage_t __x;                                                                 \
        static constexpr __hip_saturation_t __default_saturation = __HIP_SATFINITE;                \
        static constexpr __hip_fp8_interpretation_t __default_interpret = KIND;                    \
        NAME4() = default;                                                                         \
        __host__ __device__ NAME4(double4 v)                                                       \
            : __x(NAME2(double2(v.x, v.y)).__x | (unsigned int)NAME2(double2(v.z, v.w)).__x << 16) \
        {                                                                                          \
        }                                                                                          \
        __host__ __device__ NAME4(float4 v) : NAME4(double4(v.x, v.y, v.z, v.w))                   \
        {                                                                                          \
        }                                                                                          \
        __host__ __device__ NAME4(__half2 low, __half2 high)                                       \
            : __x(NAME2(low).__x | (unsigned int)NAME2(high).__x << 16)                            \
        {                                                                                          \
        }                                                                                          \
        __host__ __device__ NAME4(__hip_bfloat162 low, __hip_bfloat162 high)                       \
            : __x(NAME2(low).__x | (unsigned int)NAME2(high).__x << 16)                            \
        {                                                                                          \
        }                                                                                          \
        __host__ __device__ operator float4() const                                                \
        {                                                                                          \
            return float4(__hip_internal::fp8_decode((unsigned char)__x, KIND),                    \
                          __hip_internal::fp8_decode((unsigned char)(__x >> 8), KIND),             \
                          __hip_internal::fp8_decode((unsigned char)(__x >> 16), KIND),            \
                          __hip_internal::fp8_decode((unsigned char)(__x >> 24), KIND));           \
        }                                                                                          \
    };
__HIP_FP8_TYPES(__hip_fp8_e4m3, __hip_fp8x2_e4m3, __hip_fp8x4_e4m3, __HIP_E4M3)
__HIP_FP8_TYPES(__hip_fp8_e5m2, __hip_fp8x2_e5m2, __hip_fp8x4_e5m2, __HIP_E5M2)
__HIP_FP8_TYPES(__hip_fp8_e4m3_fnuz, __hip_fp8x2_e4m3_fnuz, __hip_fp8x4_e4m3_fnuz, __HIP_E4M3_FNUZ)
__HIP_FP8_TYPES(__hip_fp8_e5m2_fnuz, __hip_fp8x2_e5m2_fnuz, __hip_fp8x4_e5m2_fnuz, __HIP_E5M2_FNUZ)
#undef __HIP_FP8_TO_INTEGER
#undef __HIP_FP8_TYPES
#undef __HIP_FP8_FN

#endif
#endif
