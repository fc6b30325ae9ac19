/* SPDX-License-Identifier: MIT */
/* OpenCL C's work-item functions and barriers (OpenCL C 2.0 specification, 6.13.1 and 6.13.8),
 * under the names that clang gives them: built-ins are overloadable, so they are mangled as in C++.
 * The rest of OpenCL's built-ins is not here. */
#include "ockl/ockl.h"

CONST_FN u64 __ockl_get_enqueued_local_size(u32 dim);
CONST_FN u64 __ockl_get_global_offset(u32 dim);
CONST_FN u32 __ockl_get_work_dim(void);

#define OF_DIMENSION(name, mangled)                                                                \
    u64 cl_##name(u32 dim) __asm__(mangled);                                                       \
    ALWAYS CONST_FN u64 cl_##name(u32 dim)                                                         \
    {                                                                                              \
        return __ockl_##name(dim);                                                                 \
    }
OF_DIMENSION(get_global_id, "_Z13get_global_idj")
OF_DIMENSION(get_local_id, "_Z12get_local_idj")
OF_DIMENSION(get_group_id, "_Z12get_group_idj")
OF_DIMENSION(get_global_size, "_Z15get_global_sizej")
OF_DIMENSION(get_local_size, "_Z14get_local_sizej")
OF_DIMENSION(get_num_groups, "_Z14get_num_groupsj")
OF_DIMENSION(get_global_offset, "_Z17get_global_offsetj")
OF_DIMENSION(get_enqueued_local_size, "_Z23get_enqueued_local_sizej")

#define OF_NOTHING(type, name, mangled, value)                                                     \
    type cl_##name(void) __asm__(mangled);                                                         \
    ALWAYS CONST_FN type cl_##name(void)                                                           \
    {                                                                                              \
        return value;                                                                              \
    }
OF_NOTHING(u32, get_work_dim, "_Z12get_work_dimv", __ockl_get_work_dim())
OF_NOTHING(u64, get_global_linear_id, "_Z20get_global_linear_idv", __ockl_get_global_linear_id())
OF_NOTHING(u64, get_local_linear_id, "_Z19get_local_linear_idv", __ockl_get_local_linear_id())

/* Subgroups are waves (cl_khr_subgroups, 9.17.2.1); the last one of a workgroup may be smaller. */
INLINE u32 wave_size(void)
{
    return __oclc_wavefrontsize64 ? 64 : 32;
}

INLINE u32 group_items(void)
{
    return (u32)(__ockl_get_local_size(0) * __ockl_get_local_size(1) * __ockl_get_local_size(2));
}

INLINE u32 wave_of_item(void)
{
    return (u32)__ockl_get_local_linear_id() / wave_size();
}

INLINE u32 items_in_wave(void)
{
    u32 before = wave_of_item() * wave_size(), left = group_items() - before;
    return left < wave_size() ? left : wave_size();
}

OF_NOTHING(u32, get_sub_group_id, "_Z16get_sub_group_idv", wave_of_item())
OF_NOTHING(u32, get_sub_group_local_id, "_Z22get_sub_group_local_idv", __ockl_lane_u32())
OF_NOTHING(u32, get_sub_group_size, "_Z18get_sub_group_sizev", items_in_wave())
OF_NOTHING(u32, get_max_sub_group_size, "_Z22get_max_sub_group_sizev", wave_size())
OF_NOTHING(u32, get_num_sub_groups, "_Z18get_num_sub_groupsv",
           (group_items() + wave_size() - 1) / wave_size())

/* Scopes as clang's memory_scope counts them. */
enum { SCOPE_WORK_ITEM, SCOPE_WORK_GROUP, SCOPE_DEVICE, SCOPE_ALL_DEVICES };

INLINE void fence(u32 scope)
{
    if (scope == SCOPE_ALL_DEVICES)
        __scoped_atomic_thread_fence(__ATOMIC_SEQ_CST, SCOPE_SYSTEM);
    else if (scope == SCOPE_DEVICE)
        __scoped_atomic_thread_fence(__ATOMIC_SEQ_CST, SCOPE_AGENT);
    else if (scope != SCOPE_WORK_ITEM)
        __scoped_atomic_thread_fence(__ATOMIC_SEQ_CST, SCOPE_GROUP);
}

/* Which memories the flags name makes no difference here: the fence orders all. */
void cl_work_group_barrier_scope(u32 flags,
                                 u32 scope) __asm__("_Z18work_group_barrierj12memory_scope");
ALWAYS void cl_work_group_barrier_scope(u32 flags, u32 scope)
{
    fence(scope);
    __builtin_amdgcn_s_barrier();
    fence(scope);
}

void cl_barrier(u32 flags) __asm__("_Z7barrierj");
ALWAYS void cl_barrier(u32 flags)
{
    cl_work_group_barrier_scope(flags, SCOPE_WORK_GROUP);
}

void cl_work_group_barrier(u32 flags) __asm__("_Z18work_group_barrierj");
ALWAYS void cl_work_group_barrier(u32 flags)
{
    cl_work_group_barrier_scope(flags, SCOPE_WORK_GROUP);
}

void cl_mem_fence(u32 flags) __asm__("_Z9mem_fencej");
ALWAYS void cl_mem_fence(u32 flags)
{
    fence(SCOPE_WORK_GROUP);
}
