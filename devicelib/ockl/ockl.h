/* SPDX-License-Identifier: MIT */
/* Functions of ockl that other files of ockl call. The full list is what AMD's device library
 * exports (measured in rocm-device-libs 5.2.3); programs reach them through the HIP headers or
 * through calls that the compiler makes. */
#ifndef CAIRN_DEVICELIB_OCKL_H
#define CAIRN_DEVICELIB_OCKL_H

#include "device.h"

CONST_FN u64 __ockl_get_local_id(u32 dim);
CONST_FN u64 __ockl_get_group_id(u32 dim);
CONST_FN u64 __ockl_get_local_size(u32 dim);
CONST_FN u64 __ockl_get_num_groups(u32 dim);
CONST_FN u64 __ockl_get_global_id(u32 dim);
CONST_FN u64 __ockl_get_global_size(u32 dim);
CONST_FN u64 __ockl_get_local_linear_id(void);
CONST_FN u64 __ockl_get_global_linear_id(void);
CONST_FN u32 __ockl_lane_u32(void);
u32 __ockl_activelane_u32(void);
u64x2 __ockl_hostcall_internal(void *buffer, u32 service, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4,
                               u64 a5, u64 a6, u64 a7);
u64x2 __ockl_hostcall_preview(u32 service, u64 a0, u64 a1, u64 a2, u64 a3, u64 a4, u64 a5, u64 a6,
                              u64 a7);
void __ockl_hsa_signal_add(u64 signal, i64 value, i32 order);
u64 __ockl_devmem_request(u64 address, u64 size);

#endif
