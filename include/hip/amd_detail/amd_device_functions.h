// SPDX-License-Identifier: MIT
// Device-side intrinsics: bits and integers, conversions with a rounding mode, clocks, fences and
// barriers. Names and meanings are HIP's (HIP documentation, "HIP math API: integer intrinsics" and
// "C++ language extensions").
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_DEVICE_FUNCTIONS_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_DEVICE_FUNCTIONS_H

#include <hip/amd_detail/amd_hip_common.h>
#include <hip/amd_detail/device_library_decls.h>
#include <hip/amd_detail/hip_assert.h>
#include <hip/amd_detail/host_defines.h>
#include <hip/hip_vector_types.h>
#if !defined(__HIPCC_RTC__)
#include <stddef.h>
#include <stdint.h>
#endif

#if __HIP_CLANG_ONLY__

#define __HIP_FN static __device__ inline

extern "C" __device__ int printf(const char *format, ...);

// ---- bits

__HIP_FN unsigned int __popc(unsigned int x)
{
    return __builtin_popcount(x);
}
__HIP_FN unsigned int __popcll(unsigned long long x)
{
    return __builtin_popcountll(x);
}
__HIP_FN int __clz(int x)
{
    return x == 0 ? 32 : __builtin_clz((unsigned int)x);
}
__HIP_FN int __clzll(long long x)
{
    return x == 0 ? 64 : __builtin_clzll((unsigned long long)x);
}
__HIP_FN int __ffs(unsigned int x)
{
    return x == 0 ? 0 : __builtin_ctz(x) + 1;
}
__HIP_FN int __ffs(int x)
{
    return __ffs((unsigned int)x);
}
__HIP_FN int __ffsll(unsigned long long x)
{
    return x == 0 ? 0 : __builtin_ctzll(x) + 1;
}
__HIP_FN int __ffsll(unsigned long x)
{
    return __ffsll((unsigned long long)x);
}
__HIP_FN int __ffsll(long long x)
{
    return __ffsll((unsigned long long)x);
}
__HIP_FN int __ffsll(long x)
{
    return __ffsll((unsigned long long)x);
}
__HIP_FN unsigned int __brev(unsigned int x)
{
    return __builtin_bitreverse32(x);
}
__HIP_FN unsigned long long __brevll(unsigned long long x)
{
    return __builtin_bitreverse64(x);
}
__HIP_FN unsigned int __lastbit_u32_u32(unsigned int x)
{
    return x == 0 ? -1 : __builtin_ctz(x);
}
__HIP_FN unsigned int __lastbit_u32_u64(uint64_t x)
{
    return x == 0 ? -1 : __builtin_ctzll(x);
}

// The position of a set bit counted from `base`: the first at or above it for offset 1, at or below
// it for -1, `base` itself for 0, and so on; -1 when there is none.
__HIP_FN int __hip_find_nth_set(uint64_t mask, int bits, int base, int offset)
{
    if (offset == 0) {
        if ((mask >> base) & 1)
            return base;
        return -1;
    }
    int step = offset > 0 ? 1 : -1;
    int left = offset > 0 ? offset : -offset;
    for (int at = base; at >= 0 && at < bits; at += step)
        if (((mask >> at) & 1) && --left == 0)
            return at;
    return -1;
}
__HIP_FN int32_t __fns64(uint64_t mask, uint32_t base, int32_t offset)
{
    return __hip_find_nth_set(mask, 64, (int)base, offset);
}
__HIP_FN int32_t __fns32(uint64_t mask, uint32_t base, int32_t offset)
{
    return __hip_find_nth_set(mask & 0xffffffffull, 32, (int)base, offset);
}
__HIP_FN int32_t __fns(unsigned int mask, unsigned int base, int offset)
{
    return __fns32(mask, base, offset);
}

__HIP_FN unsigned int __bitextract_u32(unsigned int v, unsigned int offset, unsigned int width)
{
    unsigned int at = offset & 31, w = width & 31;
    return w == 0 ? 0 : (v << ((32 - at - w) & 31)) >> (32 - w);
}
__HIP_FN uint64_t __bitextract_u64(uint64_t v, unsigned int offset, unsigned int width)
{
    uint64_t at = offset & 63, w = width & 63;
    return w == 0 ? 0 : (v << ((64 - at - w) & 63)) >> (64 - w);
}
__HIP_FN unsigned int __bitinsert_u32(unsigned int v, unsigned int bits, unsigned int offset,
                                      unsigned int width)
{
    unsigned int mask = (1u << (width & 31)) - 1;
    return (v & ~(mask << (offset & 31))) | ((bits & mask) << (offset & 31));
}
__HIP_FN uint64_t __bitinsert_u64(uint64_t v, uint64_t bits, unsigned int offset,
                                  unsigned int width)
{
    uint64_t mask = (1ull << (width & 63)) - 1;
    return (v & ~(mask << (offset & 63))) | ((bits & mask) << (offset & 63));
}

__HIP_FN unsigned int __funnelshift_l(unsigned int lo, unsigned int hi, unsigned int shift)
{
    return __builtin_elementwise_fshl(hi, lo, shift & 31);
}
__HIP_FN unsigned int __funnelshift_lc(unsigned int lo, unsigned int hi, unsigned int shift)
{
    return shift >= 32 ? lo : __builtin_elementwise_fshl(hi, lo, shift);
}
__HIP_FN unsigned int __funnelshift_r(unsigned int lo, unsigned int hi, unsigned int shift)
{
    return __builtin_elementwise_fshr(hi, lo, shift & 31);
}
__HIP_FN unsigned int __funnelshift_rc(unsigned int lo, unsigned int hi, unsigned int shift)
{
    return shift >= 32 ? hi : __builtin_elementwise_fshr(hi, lo, shift);
}

__HIP_FN unsigned int __byte_perm(unsigned int x, unsigned int y, unsigned int s)
{
    uint64_t both = ((uint64_t)y << 32) | x;
    unsigned int r = 0;
    for (int i = 0; i < 4; ++i)
        r |= (unsigned int)((both >> (8 * ((s >> (4 * i)) & 7))) & 255) << (8 * i);
    return r;
}

// ---- integers

__HIP_FN int __hadd(int x, int y)
{
    return (int)(((long long)x + y) >> 1);
}
__HIP_FN int __rhadd(int x, int y)
{
    return (int)(((long long)x + y + 1) >> 1);
}
__HIP_FN unsigned int __uhadd(unsigned int x, unsigned int y)
{
    return (unsigned int)(((unsigned long long)x + y) >> 1);
}
__HIP_FN unsigned int __urhadd(unsigned int x, unsigned int y)
{
    return (unsigned int)(((unsigned long long)x + y + 1) >> 1);
}
__HIP_FN int __mul24(int x, int y)
{
    return ((int)((unsigned int)x << 8) >> 8) * ((int)((unsigned int)y << 8) >> 8);
}
__HIP_FN int __umul24(unsigned int x, unsigned int y)
{
    return (int)((x & 0xffffff) * (y & 0xffffff));
}
__HIP_FN int __mulhi(int x, int y)
{
    return (int)(((long long)x * y) >> 32);
}
__HIP_FN unsigned int __umulhi(unsigned int x, unsigned int y)
{
    return (unsigned int)(((unsigned long long)x * y) >> 32);
}
__HIP_FN long long __mul64hi(long long x, long long y)
{
    return (long long)(((__int128)x * y) >> 64);
}
__HIP_FN unsigned long long __umul64hi(unsigned long long x, unsigned long long y)
{
    return (unsigned long long)(((unsigned __int128)x * y) >> 64);
}
__HIP_FN unsigned int __sad(int x, int y, unsigned int z)
{
    return (x > y ? (unsigned int)x - (unsigned int)y : (unsigned int)y - (unsigned int)x) + z;
}
__HIP_FN unsigned int __usad(unsigned int x, unsigned int y, unsigned int z)
{
    return (x > y ? x - y : y - x) + z;
}

__HIP_FN char4 __hip_hc_add8pk(char4 a, char4 b)
{
    return make_char4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
}
__HIP_FN char4 __hip_hc_sub8pk(char4 a, char4 b)
{
    return make_char4(a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w);
}
__HIP_FN char4 __hip_hc_mul8pk(char4 a, char4 b)
{
    return make_char4(a.x * b.x, a.y * b.y, a.z * b.z, a.w * b.w);
}

// ---- the same bits as another type

__HIP_FN int __float_as_int(float x)
{
    return __builtin_bit_cast(int, x);
}
__HIP_FN unsigned int __float_as_uint(float x)
{
    return __builtin_bit_cast(unsigned int, x);
}
__HIP_FN float __int_as_float(int x)
{
    return __builtin_bit_cast(float, x);
}
__HIP_FN float __uint_as_float(unsigned int x)
{
    return __builtin_bit_cast(float, x);
}
__HIP_FN long long __double_as_longlong(double x)
{
    return __builtin_bit_cast(long long, x);
}
__HIP_FN double __longlong_as_double(long long x)
{
    return __builtin_bit_cast(double, x);
}
__HIP_FN int __double2hiint(double x)
{
    return (int)(__builtin_bit_cast(unsigned long long, x) >> 32);
}
__HIP_FN int __double2loint(double x)
{
    return (int)__builtin_bit_cast(unsigned long long, x);
}
__HIP_FN double __hiloint2double(int hi, int lo)
{
    return __builtin_bit_cast(double,
                              ((unsigned long long)(unsigned int)hi << 32) | (unsigned int)lo);
}

// ---- conversions: _rd down, _rn nearest even, _ru up, _rz toward zero

#define __HIP_TO_INTEGER(FROM, F, NAME, TO, FLOOR, RINT, CEIL)                                     \
    __HIP_FN TO __##FROM##2##NAME##_rd(F x)                                                        \
    {                                                                                              \
        return (TO)FLOOR(x);                                                                       \
    }                                                                                              \
    __HIP_FN TO __##FROM##2##NAME##_rn(F x)                                                        \
    {                                                                                              \
        return (TO)RINT(x);                                                                        \
    }                                                                                              \
    __HIP_FN TO __##FROM##2##NAME##_ru(F x)                                                        \
    {                                                                                              \
        return (TO)CEIL(x);                                                                        \
    }                                                                                              \
    __HIP_FN TO __##FROM##2##NAME##_rz(F x)                                                        \
    {                                                                                              \
        return (TO)x;                                                                              \
    }
__HIP_TO_INTEGER(float, float, int, int, __builtin_floorf, __builtin_rintf, __builtin_ceilf)
__HIP_TO_INTEGER(float, float, uint, unsigned int, __builtin_floorf, __builtin_rintf,
                 __builtin_ceilf)
__HIP_TO_INTEGER(float, float, ll, long long, __builtin_floorf, __builtin_rintf, __builtin_ceilf)
__HIP_TO_INTEGER(float, float, ull, unsigned long long, __builtin_floorf, __builtin_rintf,
                 __builtin_ceilf)
__HIP_TO_INTEGER(double, double, int, int, __builtin_floor, __builtin_rint, __builtin_ceil)
__HIP_TO_INTEGER(double, double, uint, unsigned int, __builtin_floor, __builtin_rint,
                 __builtin_ceil)
__HIP_TO_INTEGER(double, double, ll, long long, __builtin_floor, __builtin_rint, __builtin_ceil)
__HIP_TO_INTEGER(double, double, ull, unsigned long long, __builtin_floor, __builtin_rint,
                 __builtin_ceil)
#undef __HIP_TO_INTEGER

#define __HIP_TO_FLOAT(FROM, F, TO, SUFFIX)                                                        \
    __HIP_FN TO __##FROM##2##TO##_rd(F x)                                                          \
    {                                                                                              \
        return __ocml_cvtrtn_##SUFFIX(x);                                                          \
    }                                                                                              \
    __HIP_FN TO __##FROM##2##TO##_rn(F x)                                                          \
    {                                                                                              \
        return (TO)x;                                                                              \
    }                                                                                              \
    __HIP_FN TO __##FROM##2##TO##_ru(F x)                                                          \
    {                                                                                              \
        return __ocml_cvtrtp_##SUFFIX(x);                                                          \
    }                                                                                              \
    __HIP_FN TO __##FROM##2##TO##_rz(F x)                                                          \
    {                                                                                              \
        return __ocml_cvtrtz_##SUFFIX(x);                                                          \
    }
__HIP_TO_FLOAT(double, double, float, f32_f64)
__HIP_TO_FLOAT(int, int, float, f32_s32)
__HIP_TO_FLOAT(uint, unsigned int, float, f32_u32)
__HIP_TO_FLOAT(ll, long long, float, f32_s64)
__HIP_TO_FLOAT(ull, unsigned long long, float, f32_u64)
__HIP_TO_FLOAT(ll, long long, double, f64_s64)
__HIP_TO_FLOAT(ull, unsigned long long, double, f64_u64)
#undef __HIP_TO_FLOAT

__HIP_FN double __int2double_rn(int x)
{
    return x;
}
__HIP_FN double __uint2double_rn(unsigned int x)
{
    return x;
}

// ---- clocks and the processor

__HIP_FN long long __clock64()
{
    return (long long)__builtin_readcyclecounter();
}
__HIP_FN long long __clock()
{
    return __clock64();
}
__HIP_FN long long clock64()
{
    return __clock64();
}
__HIP_FN long long clock()
{
    return __clock64();
}
// Ticks at the constant rate that hipDeviceAttributeWallClockRate gives.
__HIP_FN long long wall_clock64()
{
    return (long long)__ockl_steadyctr_u64();
}

__HIP_FN void __named_sync()
{
    __builtin_amdgcn_s_barrier();
}

__HIP_FN unsigned int __mbcnt_lo(unsigned int mask, unsigned int add)
{
    return __builtin_amdgcn_mbcnt_lo(mask, add);
}
__HIP_FN unsigned int __mbcnt_hi(unsigned int mask, unsigned int add)
{
    return __builtin_amdgcn_mbcnt_hi(mask, add);
}

// The active lanes above this one and below it; the bit of this lane.
__HIP_FN uint64_t __lanemask_gt()
{
    return __builtin_amdgcn_ballot_w64(true) & (~1ull << __ockl_lane_u32());
}
__HIP_FN uint64_t __lanemask_lt()
{
    return __builtin_amdgcn_ballot_w64(true) & ((1ull << __ockl_lane_u32()) - 1);
}
__HIP_FN uint64_t __lanemask_eq()
{
    return 1ull << __ockl_lane_u32();
}

// HW_ID of gfx9 (s_getreg 4): compute unit in bits 11:8, shader array in 12, shader engine in 15:13
// (GCN3 ISA, "Hardware ID register").
__HIP_FN unsigned int __smid(void)
{
#if defined(__GFX8__) || defined(__GFX9__)
    unsigned int cu = __builtin_amdgcn_s_getreg((3 << 11) | (8 << 6) | 4);
    unsigned int se = __builtin_amdgcn_s_getreg((2 << 11) | (13 << 6) | 4);
    return (se << 4) + cu;
#else
    return 0;
#endif
}

__HIP_FN void __trap()
{
    __builtin_trap();
}
__HIP_FN void abort()
{
    __builtin_trap();
}
__HIP_FN void __nanosleep(unsigned int)
{
    __builtin_amdgcn_s_sleep(1);
}

// ---- fences and barriers

__HIP_FN void __threadfence()
{
    __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, "agent");
}
__HIP_FN void __threadfence_block()
{
    __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, "workgroup");
}
__HIP_FN void __threadfence_system()
{
    __builtin_amdgcn_fence(__ATOMIC_SEQ_CST, "");
}

__HIP_FN void __work_group_barrier(__cl_mem_fence_flags flags)
{
    if (flags) {
        __builtin_amdgcn_fence(__ATOMIC_RELEASE, "workgroup");
        __builtin_amdgcn_s_barrier();
        __builtin_amdgcn_fence(__ATOMIC_ACQUIRE, "workgroup");
    } else {
        __builtin_amdgcn_s_barrier();
    }
}
__HIP_FN void __barrier(int flags)
{
    __work_group_barrier((__cl_mem_fence_flags)flags);
}
__HIP_FN __attribute__((convergent)) void __syncthreads()
{
    __work_group_barrier(__CLK_LOCAL_MEM_FENCE | __CLK_GLOBAL_MEM_FENCE);
}
__HIP_FN __attribute__((convergent)) int __syncthreads_count(int predicate)
{
    return __ockl_wgred_add_i32(!!predicate);
}
__HIP_FN __attribute__((convergent)) int __syncthreads_and(int predicate)
{
    return __ockl_wgred_and_i32(!!predicate);
}
__HIP_FN __attribute__((convergent)) int __syncthreads_or(int predicate)
{
    return __ockl_wgred_or_i32(!!predicate);
}

// ---- memory

__HIP_FN void *__local_to_generic(void *p)
{
    return p;
}

// The first byte behind the kernel's static LDS: where dynamic LDS begins.
__HIP_FN void *__get_dynamicgroupbaseptr()
{
    extern __shared__ __attribute__((aligned(16))) char __hip_dynamic_lds[];
    return (void *)__hip_dynamic_lds;
}

__HIP_FN void *__hip_hc_memcpy(void *to, const void *from, __SIZE_TYPE__ size)
{
    unsigned char *d = (unsigned char *)to;
    const unsigned char *s = (const unsigned char *)from;
    for (__SIZE_TYPE__ i = 0; i < size; ++i)
        d[i] = s[i];
    return to;
}
__HIP_FN void *__hip_hc_memset(void *to, unsigned char value, __SIZE_TYPE__ size)
{
    unsigned char *d = (unsigned char *)to;
    for (__SIZE_TYPE__ i = 0; i < size; ++i)
        d[i] = value;
    return to;
}
#if !defined(__OPENMP_AMDGCN__)
__HIP_FN void *memcpy(void *to, const void *from, __SIZE_TYPE__ size)
{
    return __builtin_memcpy(to, from, size);
}
__HIP_FN void *memmove(void *to, const void *from, __SIZE_TYPE__ size)
{
    return __builtin_memmove(to, from, size);
}
__HIP_FN void *memset(void *to, int value, __SIZE_TYPE__ size)
{
    return __builtin_memset(to, value, size);
}
#endif

#define HIP_DYNAMIC_SHARED(type, var) extern __shared__ type var[];
#define HIP_DYNAMIC_SHARED_ATTRIBUTE

#include <hip/amd_detail/amd_warp_functions.h>
#include <hip/amd_detail/amd_warp_sync_functions.h>

#undef __HIP_FN

#endif
#endif
