// SPDX-License-Identifier: MIT
// header: C++
// Half precision for host compilers without _Float16 in C++ (g++ before 13): storage, and
// conversion from and to float.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_FP16_GCC_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_FP16_GCC_H

#if defined(__cplusplus)

#include <cstring>

struct __half_raw {
    unsigned short x;
};

struct __half2_raw {
    unsigned short x, y;
};

// To nearest even. The float's own denormals are far below half of the smallest half.
static inline unsigned short __hip_half_bits(float value)
{
    unsigned int bits;
    std::memcpy(&bits, &value, sizeof bits);
    unsigned short sign = (unsigned short)(bits >> 16 & 0x8000);
    unsigned int magnitude = bits & 0x7fffffff;
    if (magnitude > 0x7f800000)
        return (unsigned short)(sign | 0x7e00);
    int exponent = (int)(magnitude >> 23) - 127;
    if (exponent >= 16)
        return (unsigned short)(sign | 0x7c00);
    if (exponent < -25)
        return sign;
    unsigned int mantissa = (magnitude & 0x7fffff) | 0x800000;
    int shift = exponent < -14 ? -1 - exponent : 13;
    unsigned int kept = mantissa >> shift, rest = mantissa & ((1u << shift) - 1),
                 half = 1u << (shift - 1);
    kept += rest > half || (rest == half && (kept & 1));
    int field = exponent < -14 ? 0 : exponent + 14;
    return (unsigned short)(sign | (unsigned short)(((unsigned int)field << 10) + kept));
}

static inline float __hip_half_float(unsigned short half)
{
    unsigned int sign = (unsigned int)(half & 0x8000) << 16, field = half >> 10 & 31,
                 fraction = half & 0x3ff;
    unsigned int bits;
    if (field == 0) {
        float small = (float)fraction / 16777216.0f;
        std::memcpy(&bits, &small, sizeof bits);
    } else {
        bits = (field == 31 ? 255u : field + 112) << 23 | fraction << 13;
    }
    bits |= sign;
    float value;
    std::memcpy(&value, &bits, sizeof value);
    return value;
}

struct __half {
  protected:
    unsigned short __x;

  public:
    __half() = default;
    __half(const __half_raw &r) : __x(r.x)
    {
    }
#if !defined(__HIP_NO_HALF_CONVERSIONS__)
    __half(float v) : __x(__hip_half_bits(v))
    {
    }
    __half(double v) : __x(__hip_half_bits((float)v))
    {
    }
    operator float() const
    {
        return __hip_half_float(__x);
    }
#endif
    operator __half_raw() const
    {
        __half_raw r = {__x};
        return r;
    }
};

struct alignas(4) __half2 {
    __half x, y;
    __half2() = default;
    __half2(const __half &a, const __half &b) : x(a), y(b)
    {
    }
};

typedef __half half;
typedef __half2 half2;

static inline __half __float2half(float v)
{
    __half_raw r = {__hip_half_bits(v)};
    return r;
}
static inline float __half2float(__half v)
{
    return __hip_half_float(static_cast<__half_raw>(v).x);
}
static inline __half2 __floats2half2_rn(float a, float b)
{
    return __half2(__float2half(a), __float2half(b));
}
static inline float __low2float(__half2 v)
{
    return __half2float(v.x);
}
static inline float __high2float(__half2 v)
{
    return __half2float(v.y);
}

#endif
#endif
