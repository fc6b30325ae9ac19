// SPDX-License-Identifier: MIT
// Functions across the lanes of a wave: votes and shuffles. A shuffle works in groups of `width`
// lanes, a power of two; a lane whose source falls outside its group gets its own value (HIP
// documentation, "Warp shuffle functions").
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_WARP_FUNCTIONS_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_WARP_FUNCTIONS_H

#include <hip/amd_detail/device_library_decls.h>

#if defined(__clang__) && defined(__HIP__)

#define __HIP_WARP_FN static __device__ inline

__device__ static constexpr int warpSize = __AMDGCN_WAVEFRONT_SIZE;

// ---- moves between lanes, 32 bits at a time

__HIP_WARP_FN unsigned int __hip_ds_bpermute(int byte_index, unsigned int v)
{
    return (unsigned int)__builtin_amdgcn_ds_bpermute(byte_index, (int)v);
}
__HIP_WARP_FN float __hip_ds_bpermutef(int byte_index, float v)
{
    return __builtin_bit_cast(float,
                              __hip_ds_bpermute(byte_index, __builtin_bit_cast(unsigned int, v)));
}
__HIP_WARP_FN unsigned int __hip_ds_permute(int byte_index, unsigned int v)
{
    return (unsigned int)__builtin_amdgcn_ds_permute(byte_index, (int)v);
}
__HIP_WARP_FN float __hip_ds_permutef(int byte_index, float v)
{
    return __builtin_bit_cast(float,
                              __hip_ds_permute(byte_index, __builtin_bit_cast(unsigned int, v)));
}
template <int pattern> __HIP_WARP_FN unsigned int __hip_ds_swizzle_N(unsigned int v)
{
    return (unsigned int)__builtin_amdgcn_ds_swizzle((int)v, pattern);
}
template <int pattern> __HIP_WARP_FN float __hip_ds_swizzlef_N(float v)
{
    return __builtin_bit_cast(float,
                              __hip_ds_swizzle_N<pattern>(__builtin_bit_cast(unsigned int, v)));
}
template <int control, int row_mask, int bank_mask, bool bound_control>
__HIP_WARP_FN int __hip_move_dpp_N(int v)
{
    return __builtin_amdgcn_mov_dpp(v, control, row_mask, bank_mask, bound_control);
}
#define __hip_ds_swizzle(src, pattern)  __hip_ds_swizzle_N<(pattern)>((src))
#define __hip_ds_swizzlef(src, pattern) __hip_ds_swizzlef_N<(pattern)>((src))
#define __hip_move_dpp(src, dpp_ctrl, row_mask, bank_mask, bound_ctrl)                             \
    __hip_move_dpp_N<(dpp_ctrl), (row_mask), (bank_mask), (bound_ctrl)>((src))

// ---- votes

__HIP_WARP_FN __attribute__((convergent)) unsigned long long __ballot(int predicate)
{
    return __builtin_amdgcn_ballot_w64(predicate != 0);
}
__HIP_WARP_FN __attribute__((convergent)) unsigned long long __ballot64(int predicate)
{
    return __builtin_amdgcn_ballot_w64(predicate != 0);
}
__HIP_WARP_FN __attribute__((convergent)) int __all(int predicate)
{
    return __builtin_amdgcn_ballot_w64(predicate == 0) == 0;
}
__HIP_WARP_FN __attribute__((convergent)) int __any(int predicate)
{
    return __builtin_amdgcn_ballot_w64(predicate != 0) != 0;
}
__HIP_WARP_FN __attribute__((convergent)) unsigned long long __activemask()
{
    return __builtin_amdgcn_ballot_w64(true);
}
__HIP_WARP_FN unsigned int __lane_id()
{
    unsigned int low = __builtin_amdgcn_mbcnt_lo(~0u, 0);
    return __AMDGCN_WAVEFRONT_SIZE == 64 ? __builtin_amdgcn_mbcnt_hi(~0u, low) : low;
}
__HIP_WARP_FN unsigned int __hip_lane_id()
{
    return __lane_id();
}

// ---- shuffles

// The value that lane `lane` holds; any type of 4 or 8 bytes.
template <typename T> __HIP_WARP_FN __attribute__((convergent)) T __hip_from_lane(T v, int lane)
{
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "shuffles move 4 or 8 bytes");
    if constexpr (sizeof(T) == 4) {
        return __builtin_bit_cast(
            T, __builtin_amdgcn_ds_bpermute(lane << 2, __builtin_bit_cast(int, v)));
    } else {
        unsigned long long bits = __builtin_bit_cast(unsigned long long, v);
        unsigned int lo =
            (unsigned int)__builtin_amdgcn_ds_bpermute(lane << 2, (int)(unsigned int)bits);
        unsigned int hi =
            (unsigned int)__builtin_amdgcn_ds_bpermute(lane << 2, (int)(unsigned int)(bits >> 32));
        return __builtin_bit_cast(T, ((unsigned long long)hi << 32) | lo);
    }
}

__HIP_WARP_FN int __hip_shfl_index(int src_lane, int width)
{
    int self = (int)__lane_id();
    return (src_lane & (width - 1)) + (self & ~(width - 1));
}
__HIP_WARP_FN int __hip_shfl_up_index(unsigned int delta, int width)
{
    int self = (int)__lane_id();
    int index = self - (int)delta;
    return index < (self & ~(width - 1)) ? self : index;
}
__HIP_WARP_FN int __hip_shfl_down_index(unsigned int delta, int width)
{
    int self = (int)__lane_id();
    return (int)((self & (width - 1)) + delta) >= width ? self : self + (int)delta;
}
__HIP_WARP_FN int __hip_shfl_xor_index(int mask, int width)
{
    int self = (int)__lane_id();
    int index = self ^ mask;
    return index >= ((self + width) & ~(width - 1)) ? self : index;
}

#define __HIP_SHUFFLES(T)                                                                          \
    __HIP_WARP_FN __attribute__((convergent)) T __shfl(__maybe_undef T var, int src_lane,          \
                                                       int width = warpSize)                       \
    {                                                                                              \
        return __hip_from_lane(var, __hip_shfl_index(src_lane, width));                            \
    }                                                                                              \
    __HIP_WARP_FN __attribute__((convergent)) T __shfl_up(                                         \
        __maybe_undef T var, unsigned int lane_delta, int width = warpSize)                        \
    {                                                                                              \
        return __hip_from_lane(var, __hip_shfl_up_index(lane_delta, width));                       \
    }                                                                                              \
    __HIP_WARP_FN __attribute__((convergent)) T __shfl_down(                                       \
        __maybe_undef T var, unsigned int lane_delta, int width = warpSize)                        \
    {                                                                                              \
        return __hip_from_lane(var, __hip_shfl_down_index(lane_delta, width));                     \
    }                                                                                              \
    __HIP_WARP_FN __attribute__((convergent)) T __shfl_xor(__maybe_undef T var, int lane_mask,     \
                                                           int width = warpSize)                   \
    {                                                                                              \
        return __hip_from_lane(var, __hip_shfl_xor_index(lane_mask, width));                       \
    }
__HIP_SHUFFLES(int)
__HIP_SHUFFLES(unsigned int)
__HIP_SHUFFLES(long)
__HIP_SHUFFLES(unsigned long)
__HIP_SHUFFLES(long long)
__HIP_SHUFFLES(unsigned long long)
__HIP_SHUFFLES(float)
__HIP_SHUFFLES(double)
#undef __HIP_SHUFFLES

#endif
#endif
