/* SPDX-License-Identifier: MIT */
/* Barriers wider than a workgroup, for cooperative launches. The runtime passes a block in the
 * hidden argument "multigrid_sync_arg" (AMD device libraries, ockl cg): pointer to the counter pair
 * shared by all grids, this grid's number, the count of grids, work-items in the grids before,
 * work-items in all, and this grid's own counter pair. Counters start at zero. */
#include "ockl.h"

struct sync_pair {
    u32 arrived;
    u32 generation;
};

struct grid_block {
    struct sync_pair GLOBAL *all;
    u32 grid_id;
    u32 num_grids;
    u64 items_before;
    u64 items_all;
    struct sync_pair own;
    u32 num_groups;
};
_Static_assert(__builtin_offsetof(struct grid_block, own) == 32, "multigrid block");

INLINE struct grid_block GLOBAL *block(void)
{
    const CONSTANT u64 *hidden = (const CONSTANT u64 *)__builtin_amdgcn_implicitarg_ptr();
    return (struct grid_block GLOBAL *)(__oclc_ABI_version >= 500 ? hidden[11] : hidden[6]);
}

/* The last of `members` to arrive opens the next generation; the others sleep until they see it.
 * Pairs with itself: the release of each arrival is acquired by the last one, whose release of
 * `generation` is acquired by all. */
INLINE void meet(struct sync_pair GLOBAL *p, u32 members)
{
    u32 seen = __scoped_atomic_load_n(&p->generation, __ATOMIC_RELAXED, SCOPE_SYSTEM);
    if (__scoped_atomic_fetch_add(&p->arrived, 1, __ATOMIC_ACQ_REL, SCOPE_SYSTEM) == members - 1) {
        __scoped_atomic_store_n(&p->arrived, 0, __ATOMIC_RELAXED, SCOPE_SYSTEM);
        __scoped_atomic_store_n(&p->generation, seen + 1, __ATOMIC_RELEASE, SCOPE_SYSTEM);
        return;
    }
    while (__scoped_atomic_load_n(&p->generation, __ATOMIC_ACQUIRE, SCOPE_SYSTEM) == seen)
        __builtin_amdgcn_s_sleep(2);
}

INLINE u32 groups_in_grid(void)
{
    return (u32)__ockl_get_num_groups(0) * (u32)__ockl_get_num_groups(1) *
           (u32)__ockl_get_num_groups(2);
}

INLINE u32 is_first_item(void)
{
    return (__builtin_amdgcn_workitem_id_x() | __builtin_amdgcn_workitem_id_y() |
            __builtin_amdgcn_workitem_id_z()) == 0;
}

INLINE u32 is_first_group(void)
{
    return (__builtin_amdgcn_workgroup_id_x() | __builtin_amdgcn_workgroup_id_y() |
            __builtin_amdgcn_workgroup_id_z()) == 0;
}

__attribute__((target("gws"))) void __ockl_gws_init(u32 members_minus_1, u32 resource)
{
    __builtin_amdgcn_ds_gws_init(members_minus_1, resource);
}

__attribute__((target("gws"))) void __ockl_gws_barrier(u32 members_minus_1, u32 resource)
{
    __builtin_amdgcn_ds_gws_barrier(members_minus_1, resource);
}

CONST_FN i32 __ockl_grid_is_valid(void)
{
    return block() != 0;
}

void __ockl_grid_sync(void)
{
    __scoped_atomic_thread_fence(__ATOMIC_SEQ_CST, SCOPE_AGENT);
    __builtin_amdgcn_s_barrier();
    if (is_first_item())
        meet(&block()->own, groups_in_grid());
    __builtin_amdgcn_s_barrier();
    __scoped_atomic_thread_fence(__ATOMIC_ACQUIRE, SCOPE_AGENT);
}

CONST_FN u32 __ockl_multi_grid_num_grids(void)
{
    return block()->num_grids;
}

CONST_FN u32 __ockl_multi_grid_grid_rank(void)
{
    return block()->grid_id;
}

CONST_FN u32 __ockl_multi_grid_size(void)
{
    return (u32)block()->items_all;
}

CONST_FN u32 __ockl_multi_grid_thread_rank(void)
{
    return (u32)(block()->items_before + __ockl_get_global_linear_id());
}

CONST_FN i32 __ockl_multi_grid_is_valid(void)
{
    return block() != 0 && block()->all != 0;
}

/* First the grid meets, then one work-item of each grid, then the grid again so that nobody runs
 * ahead. */
void __ockl_multi_grid_sync(void)
{
    __scoped_atomic_thread_fence(__ATOMIC_SEQ_CST, SCOPE_SYSTEM);
    __builtin_amdgcn_s_barrier();
    if (is_first_item()) {
        meet(&block()->own, groups_in_grid());
        if (is_first_group())
            meet(block()->all, block()->num_grids);
        meet(&block()->own, groups_in_grid());
    }
    __builtin_amdgcn_s_barrier();
    __scoped_atomic_thread_fence(__ATOMIC_ACQUIRE, SCOPE_SYSTEM);
}
