/* SPDX-License-Identifier: MIT */
/* Reductions over a whole workgroup, behind __syncthreads_count, _and and _or. Each wave reduces by
 * itself; its first active lane then adds to one word of LDS. */
#include "ockl.h"

i32 __ockl_wfred_add_i32(i32 x);
i32 __ockl_wfred_and_i32(i32 x);
i32 __ockl_wfred_or_i32(i32 x);

static LOCAL i32 total __attribute__((loader_uninitialized));

INLINE void group_barrier(void)
{
    __scoped_atomic_thread_fence(__ATOMIC_RELEASE, SCOPE_GROUP);
    __builtin_amdgcn_s_barrier();
    __scoped_atomic_thread_fence(__ATOMIC_ACQUIRE, SCOPE_GROUP);
}

#define GROUP_OP(OP, IDENTITY)                                                                     \
    i32 __ockl_wgred_##OP##_i32(i32 x)                                                             \
    {                                                                                              \
        i32 mine = __ockl_wfred_##OP##_i32(x);                                                     \
        if (__ockl_get_local_linear_id() == 0)                                                     \
            __scoped_atomic_store_n(&total, IDENTITY, __ATOMIC_RELAXED, SCOPE_GROUP);              \
        group_barrier();                                                                           \
        if (__ockl_activelane_u32() == 0)                                                          \
            __scoped_atomic_fetch_##OP(&total, mine, __ATOMIC_RELAXED, SCOPE_GROUP);               \
        group_barrier();                                                                           \
        i32 result = __scoped_atomic_load_n(&total, __ATOMIC_RELAXED, SCOPE_GROUP);                \
        group_barrier();                                                                           \
        return result;                                                                             \
    }

GROUP_OP(add, 0)
GROUP_OP(and, -1)
GROUP_OP(or, 0)
