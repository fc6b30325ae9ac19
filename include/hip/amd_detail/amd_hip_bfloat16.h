// SPDX-License-Identifier: MIT
// hip_bfloat16, the older bfloat16 of ROCm: one public field, explicit conversion from float,
// implicit conversion to it.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_HIP_BFLOAT16_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_HIP_BFLOAT16_H

#include <hip/amd_detail/host_defines.h>
#if !defined(__HIPCC_RTC__)
#include <stdint.h>
#endif

#if !defined(__cplusplus)

typedef struct {
    uint16_t data;
} hip_bfloat16;

#else

#if !defined(__HIPCC_RTC__)
#include <cstring>
#include <ostream>
#endif

struct hip_bfloat16 {
    __hip_internal::uint16_t data;

    enum truncate_t { truncate };

    hip_bfloat16() = default;
    explicit __host__ __device__ hip_bfloat16(float f) : data(float_to_bfloat16(f))
    {
    }
    explicit __host__ __device__ hip_bfloat16(float f, truncate_t)
        : data(truncate_float_to_bfloat16(f))
    {
    }
    __host__ __device__ operator float() const
    {
        unsigned int wide = (unsigned int)data << 16;
        float f;
        __builtin_memcpy(&f, &wide, sizeof f);
        return f;
    }
    __host__ __device__ hip_bfloat16 &operator=(const float &f)
    {
        data = float_to_bfloat16(f);
        return *this;
    }
    static __host__ __device__ hip_bfloat16 round_to_bfloat16(float f)
    {
        return hip_bfloat16(f);
    }
    static __host__ __device__ hip_bfloat16 round_to_bfloat16(float f, truncate_t)
    {
        return hip_bfloat16(f, truncate);
    }

  private:
    // To nearest even; a NaN stays one.
    static __host__ __device__ __hip_internal::uint16_t float_to_bfloat16(float f)
    {
        unsigned int u;
        __builtin_memcpy(&u, &f, sizeof u);
        if ((u & 0x7fffffffu) > 0x7f800000u)
            return (__hip_internal::uint16_t)((u >> 16) | 0x40);
        return (__hip_internal::uint16_t)((u + 0x7fff + ((u >> 16) & 1)) >> 16);
    }
    static __host__ __device__ __hip_internal::uint16_t truncate_float_to_bfloat16(float f)
    {
        unsigned int u;
        __builtin_memcpy(&u, &f, sizeof u);
        bool low_nan = (u & 0x7fffffffu) > 0x7f800000u;
        return (__hip_internal::uint16_t)((u >> 16) | (low_nan ? 0x40 : 0));
    }
};
static_assert(sizeof(hip_bfloat16) == 2, "two bytes");

#if !defined(__HIPCC_RTC__)
inline std::ostream &operator<<(std::ostream &out, const hip_bfloat16 &a)
{
    return out << (float)a;
}
#endif

#define __HIP_BFLOAT16_FN inline __host__ __device__
#define __HIP_BFLOAT16_OPERATOR(OP)                                                                \
    __HIP_BFLOAT16_FN hip_bfloat16 operator OP(hip_bfloat16 a, hip_bfloat16 b)                     \
    {                                                                                              \
        return hip_bfloat16((float)a OP(float) b);                                                 \
    }                                                                                              \
    __HIP_BFLOAT16_FN hip_bfloat16 &operator OP## = (hip_bfloat16 & a, hip_bfloat16 b)             \
    {                                                                                              \
        return a = a OP b;                                                                         \
    }
__HIP_BFLOAT16_OPERATOR(+)
__HIP_BFLOAT16_OPERATOR(-)
__HIP_BFLOAT16_OPERATOR(*)
__HIP_BFLOAT16_OPERATOR(/)
#undef __HIP_BFLOAT16_OPERATOR
#define __HIP_BFLOAT16_COMPARE(OP)                                                                 \
    __HIP_BFLOAT16_FN bool operator OP(hip_bfloat16 a, hip_bfloat16 b)                             \
    {                                                                                              \
        return (float)a OP(float) b;                                                               \
    }
__HIP_BFLOAT16_COMPARE(==)
__HIP_BFLOAT16_COMPARE(!=)
__HIP_BFLOAT16_COMPARE(<)
__HIP_BFLOAT16_COMPARE(<=)
__HIP_BFLOAT16_COMPARE(>)
__HIP_BFLOAT16_COMPARE(>=)
#undef __HIP_BFLOAT16_COMPARE
__HIP_BFLOAT16_FN hip_bfloat16 operator+(hip_bfloat16 a)
{
    return a;
}
__HIP_BFLOAT16_FN hip_bfloat16 operator-(hip_bfloat16 a)
{
    a.data ^= 0x8000;
    return a;
}
__HIP_BFLOAT16_FN hip_bfloat16 &operator++(hip_bfloat16 &a)
{
    return a += hip_bfloat16(1.0f);
}
__HIP_BFLOAT16_FN hip_bfloat16 &operator--(hip_bfloat16 &a)
{
    return a -= hip_bfloat16(1.0f);
}
__HIP_BFLOAT16_FN hip_bfloat16 operator++(hip_bfloat16 &a, int)
{
    hip_bfloat16 old = a;
    ++a;
    return old;
}
__HIP_BFLOAT16_FN hip_bfloat16 operator--(hip_bfloat16 &a, int)
{
    hip_bfloat16 old = a;
    --a;
    return old;
}
#undef __HIP_BFLOAT16_FN

namespace std
{
constexpr __host__ __device__ bool isinf(hip_bfloat16 a)
{
    return (a.data & 0x7fff) == 0x7f80;
}
constexpr __host__ __device__ bool isnan(hip_bfloat16 a)
{
    return (a.data & 0x7fff) > 0x7f80;
}
constexpr __host__ __device__ bool iszero(hip_bfloat16 a)
{
    return (a.data & 0x7fff) == 0;
}
} // namespace std

#endif
#endif
