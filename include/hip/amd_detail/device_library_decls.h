// SPDX-License-Identifier: MIT
// Functions of the device library (amdgcn/bitcode/ockl.bc and ocml.bc) that the headers call beside
// those that clang declares.
#ifndef HIP_INCLUDE_HIP_AMD_DETAIL_DEVICE_LIBRARY_DECLS_H
#define HIP_INCLUDE_HIP_AMD_DETAIL_DEVICE_LIBRARY_DECLS_H

#include <hip/amd_detail/host_defines.h>

typedef unsigned char uchar;
typedef unsigned short ushort;
typedef unsigned int uint;
typedef unsigned long ulong;
typedef unsigned long long ullong;

#if defined(__clang__) && defined(__HIP__)
extern "C" {
__device__ __attribute__((const)) __SIZE_TYPE__ __ockl_get_local_id(unsigned int dim);
__device__ __attribute__((const)) __SIZE_TYPE__ __ockl_get_group_id(unsigned int dim);
__device__ __attribute__((const)) __SIZE_TYPE__ __ockl_get_local_size(unsigned int dim);
__device__ __attribute__((const)) __SIZE_TYPE__ __ockl_get_num_groups(unsigned int dim);
__device__ __attribute__((const)) __SIZE_TYPE__ __ockl_get_global_id(unsigned int dim);

__device__ __attribute__((convergent)) bool __ockl_wfany_i32(int e);
__device__ __attribute__((convergent)) bool __ockl_wfall_i32(int e);
__device__ unsigned int __ockl_activelane_u32(void);
__device__ __attribute__((const)) unsigned int __ockl_lane_u32(void);

__device__ __attribute__((const)) unsigned int __ockl_mul24_u32(unsigned int a, unsigned int b);
__device__ __attribute__((const)) int __ockl_mul24_i32(int a, int b);
__device__ __attribute__((const)) unsigned int __ockl_mul_hi_u32(unsigned int a, unsigned int b);
__device__ __attribute__((const)) int __ockl_mul_hi_i32(int a, int b);
__device__ __attribute__((const)) unsigned int __ockl_sadd_u32(unsigned int a, unsigned int b,
                                                               unsigned int c);
__device__ __attribute__((const)) uchar __ockl_clz_u8(uchar a);
__device__ __attribute__((const)) ushort __ockl_clz_u16(ushort a);
__device__ __attribute__((const)) unsigned int __ockl_clz_u32(unsigned int a);
__device__ __attribute__((const)) unsigned long __ockl_clz_u64(unsigned long a);

__device__ __attribute__((const)) float __ocml_cvtrtn_f32_f64(double x);
__device__ __attribute__((const)) float __ocml_cvtrtp_f32_f64(double x);
__device__ __attribute__((const)) float __ocml_cvtrtz_f32_f64(double x);
__device__ __attribute__((const)) float __ocml_cvtrtn_f32_s32(int x);
__device__ __attribute__((const)) float __ocml_cvtrtp_f32_s32(int x);
__device__ __attribute__((const)) float __ocml_cvtrtz_f32_s32(int x);
__device__ __attribute__((const)) float __ocml_cvtrtn_f32_u32(unsigned int x);
__device__ __attribute__((const)) float __ocml_cvtrtp_f32_u32(unsigned int x);
__device__ __attribute__((const)) float __ocml_cvtrtz_f32_u32(unsigned int x);
__device__ __attribute__((const)) float __ocml_cvtrtn_f32_s64(long x);
__device__ __attribute__((const)) float __ocml_cvtrtp_f32_s64(long x);
__device__ __attribute__((const)) float __ocml_cvtrtz_f32_s64(long x);
__device__ __attribute__((const)) float __ocml_cvtrtn_f32_u64(unsigned long x);
__device__ __attribute__((const)) float __ocml_cvtrtp_f32_u64(unsigned long x);
__device__ __attribute__((const)) float __ocml_cvtrtz_f32_u64(unsigned long x);
__device__ __attribute__((const)) double __ocml_cvtrtn_f64_s64(long x);
__device__ __attribute__((const)) double __ocml_cvtrtp_f64_s64(long x);
__device__ __attribute__((const)) double __ocml_cvtrtz_f64_s64(long x);
__device__ __attribute__((const)) double __ocml_cvtrtn_f64_u64(unsigned long x);
__device__ __attribute__((const)) double __ocml_cvtrtp_f64_u64(unsigned long x);
__device__ __attribute__((const)) double __ocml_cvtrtz_f64_u64(unsigned long x);

__device__ unsigned long long __ockl_steadyctr_u64(void);
__device__ __attribute__((convergent)) void __ockl_gws_init(unsigned int members_minus_1,
                                                            unsigned int resource);
__device__ __attribute__((convergent)) void __ockl_gws_barrier(unsigned int members_minus_1,
                                                               unsigned int resource);
__device__ __attribute__((const)) int __ockl_grid_is_valid(void);
__device__ __attribute__((convergent)) void __ockl_grid_sync(void);
__device__ __attribute__((const)) unsigned int __ockl_multi_grid_num_grids(void);
__device__ __attribute__((const)) unsigned int __ockl_multi_grid_grid_rank(void);
__device__ __attribute__((const)) unsigned int __ockl_multi_grid_size(void);
__device__ __attribute__((const)) unsigned int __ockl_multi_grid_thread_rank(void);
__device__ __attribute__((const)) int __ockl_multi_grid_is_valid(void);
__device__ __attribute__((convergent)) void __ockl_multi_grid_sync(void);
__device__ void __ockl_atomic_add_noret_f32(float *p, float v);
__device__ __attribute__((convergent)) int __ockl_wgred_add_i32(int a);
__device__ __attribute__((convergent)) int __ockl_wgred_and_i32(int a);
__device__ __attribute__((convergent)) int __ockl_wgred_or_i32(int a);

__device__ unsigned long __ockl_fprintf_stderr_begin(void);
__device__ unsigned long __ockl_fprintf_append_args(unsigned long message, unsigned int count,
                                                    unsigned long a0, unsigned long a1,
                                                    unsigned long a2, unsigned long a3,
                                                    unsigned long a4, unsigned long a5,
                                                    unsigned long a6, unsigned int is_last);
__device__ unsigned long __ockl_fprintf_append_string_n(unsigned long message, const char *text,
                                                        unsigned long length, unsigned int is_last);
}

#define __CLK_LOCAL_MEM_FENCE  0x01
#define __CLK_GLOBAL_MEM_FENCE 0x02
typedef unsigned int __cl_mem_fence_flags;
#endif

#endif
