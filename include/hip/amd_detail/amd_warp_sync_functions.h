// SPDX-License-Identifier: MIT
// The _sync forms: every active lane passes a 64-bit mask of the lanes that take part. Lanes with
// different masks run one group after another, so groups that meet at the same call do not mix (HIP
// documentation, "Warp sync functions").
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_WARP_SYNC_FUNCTIONS_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_WARP_SYNC_FUNCTIONS_H

#include <hip/amd_detail/amd_warp_functions.h>

#if defined(__clang__) && defined(__HIP__) && !defined(HIP_DISABLE_WARP_SYNC_BUILTINS)

#define __HIP_SYNC_FN static __device__ inline __attribute__((convergent))

template <typename T> __HIP_SYNC_FN T __hip_readfirstlane(T v)
{
    static_assert(sizeof(T) == 1 || sizeof(T) == 2 || sizeof(T) == 4 || sizeof(T) == 8,
                  "an arithmetic type");
    if constexpr (sizeof(T) == 1) {
        return __builtin_bit_cast(
            T, (char)__builtin_amdgcn_readfirstlane(__builtin_bit_cast(char, v)));
    } else if constexpr (sizeof(T) == 2) {
        return __builtin_bit_cast(
            T, (short)__builtin_amdgcn_readfirstlane(__builtin_bit_cast(short, v)));
    } else if constexpr (sizeof(T) == 4) {
        return __builtin_bit_cast(T, __builtin_amdgcn_readfirstlane(__builtin_bit_cast(int, v)));
    } else {
        unsigned long long bits = __builtin_bit_cast(unsigned long long, v);
        unsigned int lo = (unsigned int)__builtin_amdgcn_readfirstlane((int)(unsigned int)bits);
        unsigned int hi =
            (unsigned int)__builtin_amdgcn_readfirstlane((int)(unsigned int)(bits >> 32));
        return __builtin_bit_cast(T, ((unsigned long long)hi << 32) | lo);
    }
}

// Runs f() once for each distinct mask among the active lanes, with just those lanes active.
template <typename R, typename F> __HIP_SYNC_FN R __hip_for_each_mask(unsigned long long mask, F f)
{
    R result{};
    bool waiting = true;
    while (__any(waiting)) {
        if (waiting) {
            if (__hip_readfirstlane(mask) == mask) {
                result = f();
                waiting = false;
            }
        }
    }
    return result;
}

#define __HIP_CHECK_MASK(MASK_T)                                                                   \
    static_assert(__hip_internal::is_integral<MASK_T>::value && sizeof(MASK_T) == 8,               \
                  "the mask must be a 64-bit integer, one bit a lane")

template <typename MaskT> __HIP_SYNC_FN unsigned long long __ballot_sync(MaskT mask, int predicate)
{
    __HIP_CHECK_MASK(MaskT);
    return __hip_for_each_mask<unsigned long long>(mask, [=] { return __ballot(predicate); }) &
           mask;
}
template <typename MaskT> __HIP_SYNC_FN int __all_sync(MaskT mask, int predicate)
{
    __HIP_CHECK_MASK(MaskT);
    return __ballot_sync(mask, predicate) ==
           (mask & __hip_for_each_mask<unsigned long long>(mask, [] { return __activemask(); }));
}
template <typename MaskT> __HIP_SYNC_FN int __any_sync(MaskT mask, int predicate)
{
    __HIP_CHECK_MASK(MaskT);
    return __ballot_sync(mask, predicate) != 0;
}
__HIP_SYNC_FN void __syncwarp(unsigned long long mask = ~0ull)
{
    __builtin_amdgcn_fence(__ATOMIC_RELEASE, "wavefront");
    __builtin_amdgcn_wave_barrier();
    __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "wavefront");
}

// The lanes that hold the same value as this one.
template <typename T> __HIP_SYNC_FN unsigned long long __match_any(T value)
{
    unsigned long long same = 0;
    bool waiting = true;
    while (__any(waiting)) {
        if (waiting) {
            T first = __hip_readfirstlane(value);
            if (first == value) {
                same = __activemask();
                waiting = false;
            }
        }
    }
    return same;
}
template <typename MaskT, typename T>
__HIP_SYNC_FN unsigned long long __match_any_sync(MaskT mask, T value)
{
    __HIP_CHECK_MASK(MaskT);
    return __hip_for_each_mask<unsigned long long>(mask, [=] { return __match_any(value); }) & mask;
}
// All the active lanes if they hold one value, else none.
template <typename T> __HIP_SYNC_FN unsigned long long __match_all(T value, int *pred)
{
    T first = __hip_readfirstlane(value);
    bool same = __all(first == value);
    *pred = same;
    return same ? __activemask() : 0;
}
template <typename MaskT, typename T>
__HIP_SYNC_FN unsigned long long __match_all_sync(MaskT mask, T value, int *pred)
{
    __HIP_CHECK_MASK(MaskT);
    return __hip_for_each_mask<unsigned long long>(mask, [=] { return __match_all(value, pred); }) &
           mask;
}

template <typename MaskT, typename T>
__HIP_SYNC_FN T __shfl_sync(MaskT mask, T var, int src_lane, int width = warpSize)
{
    __HIP_CHECK_MASK(MaskT);
    return __hip_for_each_mask<T>(mask, [=] { return __shfl(var, src_lane, width); });
}
template <typename MaskT, typename T>
__HIP_SYNC_FN T __shfl_up_sync(MaskT mask, T var, unsigned int delta, int width = warpSize)
{
    __HIP_CHECK_MASK(MaskT);
    return __hip_for_each_mask<T>(mask, [=] { return __shfl_up(var, delta, width); });
}
template <typename MaskT, typename T>
__HIP_SYNC_FN T __shfl_down_sync(MaskT mask, T var, unsigned int delta, int width = warpSize)
{
    __HIP_CHECK_MASK(MaskT);
    return __hip_for_each_mask<T>(mask, [=] { return __shfl_down(var, delta, width); });
}
template <typename MaskT, typename T>
__HIP_SYNC_FN T __shfl_xor_sync(MaskT mask, T var, int lane_mask, int width = warpSize)
{
    __HIP_CHECK_MASK(MaskT);
    return __hip_for_each_mask<T>(mask, [=] { return __shfl_xor(var, lane_mask, width); });
}

// ---- reductions over the lanes of the mask; every one of them gets the result

template <typename T, typename F>
__HIP_SYNC_FN T __hip_reduce(unsigned long long mask, T value, F f)
{
    return __hip_for_each_mask<T>(mask, [=] {
        unsigned long long left = __activemask() & mask;
        T total = __shfl(value, __builtin_ctzll(left));
        for (left &= left - 1; left != 0; left &= left - 1)
            total = f(total, __shfl(value, __builtin_ctzll(left)));
        return total;
    });
}
#define __HIP_REDUCE(NAME, EXPRESSION)                                                             \
    template <typename MaskT, typename T>                                                          \
    __HIP_SYNC_FN T __reduce_##NAME##_sync(MaskT mask, T value)                                    \
    {                                                                                              \
        __HIP_CHECK_MASK(MaskT);                                                                   \
        return __hip_reduce(mask, value, [](T a, T b) -> T { return EXPRESSION; });                \
    }
__HIP_REDUCE(add, a + b)
__HIP_REDUCE(min, a < b ? a : b)
__HIP_REDUCE(max, a > b ? a : b)
__HIP_REDUCE(and, a &b)
__HIP_REDUCE(or, a | b)
__HIP_REDUCE(xor, a ^ b)
#undef __HIP_REDUCE
#undef __HIP_CHECK_MASK

#endif
#endif
