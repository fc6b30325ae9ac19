/* SPDX-License-Identifier: MIT */
/* Where a work-item is: its ids and the sizes around it. Code objects of version 5 and later carry
 * the sizes in the hidden kernel arguments (AMDGPU usage, "Code Object V5 Metadata": block counts
 * at 0, group sizes at 12, remainders at 18, global offsets at 40, dimensions at 64); older ones
 * read the dispatch packet (HSA runtime specification, 2.9.6). */
#include "ockl.h"

#define ABI_WITH_IMPLICIT_SIZES 500

enum { PACKET_GROUP_SIZE = 4, PACKET_GRID_SIZE = 12, PACKET_SETUP = 2 };
enum {
    HIDDEN_BLOCK_COUNT = 0,
    HIDDEN_GROUP_SIZE = 12,
    HIDDEN_REMAINDER = 18,
    HIDDEN_OFFSET = 40,
    HIDDEN_DIMS = 64
};

INLINE const CONSTANT u8 *implicit(void)
{
    return (const CONSTANT u8 *)__builtin_amdgcn_implicitarg_ptr();
}

INLINE const CONSTANT u8 *packet(void)
{
    return (const CONSTANT u8 *)__builtin_amdgcn_dispatch_ptr();
}

INLINE u32 packet_group_size(u32 dim)
{
    return *(const CONSTANT u16 *)(packet() + PACKET_GROUP_SIZE + 2 * dim);
}

INLINE u32 packet_grid_size(u32 dim)
{
    return *(const CONSTANT u32 *)(packet() + PACKET_GRID_SIZE + 4 * dim);
}

ALWAYS CONST_FN u64 __ockl_get_local_id(u32 dim)
{
    switch (dim) {
    case 0:
        return __builtin_amdgcn_workitem_id_x();
    case 1:
        return __builtin_amdgcn_workitem_id_y();
    case 2:
        return __builtin_amdgcn_workitem_id_z();
    default:
        return 0;
    }
}

ALWAYS CONST_FN u64 __ockl_get_group_id(u32 dim)
{
    switch (dim) {
    case 0:
        return (u32)__builtin_amdgcn_workgroup_id_x();
    case 1:
        return (u32)__builtin_amdgcn_workgroup_id_y();
    case 2:
        return (u32)__builtin_amdgcn_workgroup_id_z();
    default:
        return 0;
    }
}

ALWAYS CONST_FN u64 __ockl_get_enqueued_local_size(u32 dim)
{
    if (dim > 2)
        return 1;
    if (__oclc_ABI_version >= ABI_WITH_IMPLICIT_SIZES)
        return *(const CONSTANT u16 *)(implicit() + HIDDEN_GROUP_SIZE + 2 * dim);
    return packet_group_size(dim);
}

/* The last workgroup of a dimension may be smaller: then it is the one after the counted full ones.
 */
ALWAYS CONST_FN u64 __ockl_get_local_size(u32 dim)
{
    u32 group = (u32)__ockl_get_group_id(dim);
    if (dim > 2)
        return 1;
    if (__oclc_ABI_version >= ABI_WITH_IMPLICIT_SIZES) {
        u32 full = *(const CONSTANT u32 *)(implicit() + HIDDEN_BLOCK_COUNT + 4 * dim);
        u32 at = group < full ? HIDDEN_GROUP_SIZE : HIDDEN_REMAINDER;
        return *(const CONSTANT u16 *)(implicit() + at + 2 * dim);
    }
    u32 size = packet_group_size(dim);
    u32 left = packet_grid_size(dim) - group * size;
    return left < size ? left : size;
}

ALWAYS CONST_FN u64 __ockl_get_num_groups(u32 dim)
{
    if (dim > 2)
        return 1;
    if (__oclc_ABI_version >= ABI_WITH_IMPLICIT_SIZES) {
        u32 full = *(const CONSTANT u32 *)(implicit() + HIDDEN_BLOCK_COUNT + 4 * dim);
        return full + (*(const CONSTANT u16 *)(implicit() + HIDDEN_REMAINDER + 2 * dim) != 0);
    }
    u32 size = packet_group_size(dim);
    u32 grid = packet_grid_size(dim);
    return grid / size + (grid % size != 0);
}

ALWAYS CONST_FN u64 __ockl_get_global_size(u32 dim)
{
    if (dim > 2)
        return 1;
    if (__oclc_ABI_version >= ABI_WITH_IMPLICIT_SIZES) {
        u32 full = *(const CONSTANT u32 *)(implicit() + HIDDEN_BLOCK_COUNT + 4 * dim);
        return (u64)full * *(const CONSTANT u16 *)(implicit() + HIDDEN_GROUP_SIZE + 2 * dim) +
               *(const CONSTANT u16 *)(implicit() + HIDDEN_REMAINDER + 2 * dim);
    }
    return packet_grid_size(dim);
}

ALWAYS CONST_FN u64 __ockl_get_global_offset(u32 dim)
{
    if (dim > 2)
        return 0;
    u32 at = __oclc_ABI_version >= ABI_WITH_IMPLICIT_SIZES ? HIDDEN_OFFSET : 0;
    return *(const CONSTANT u64 *)(implicit() + at + 8 * dim);
}

ALWAYS CONST_FN u64 __ockl_get_global_id(u32 dim)
{
    if (dim > 2)
        return 0;
    u32 base = (u32)__ockl_get_group_id(dim) * (u32)__ockl_get_enqueued_local_size(dim);
    return base + (u32)__ockl_get_local_id(dim) + __ockl_get_global_offset(dim);
}

ALWAYS CONST_FN u32 __ockl_get_work_dim(void)
{
    if (__oclc_ABI_version >= ABI_WITH_IMPLICIT_SIZES)
        return *(const CONSTANT u16 *)(implicit() + HIDDEN_DIMS);
    return *(const CONSTANT u16 *)(packet() + PACKET_SETUP) & 3;
}

ALWAYS CONST_FN u64 __ockl_get_local_linear_id(void)
{
    u32 x = __builtin_amdgcn_workitem_id_x(), y = __builtin_amdgcn_workitem_id_y();
    u32 z = __builtin_amdgcn_workitem_id_z();
    return (z * (u32)__ockl_get_local_size(1) + y) * (u32)__ockl_get_local_size(0) + x;
}

ALWAYS CONST_FN u64 __ockl_get_global_linear_id(void)
{
    u64 id[3];
    for (u32 dim = 0; dim < 3; dim++)
        id[dim] = __ockl_get_group_id(dim) * __ockl_get_enqueued_local_size(dim) +
                  __ockl_get_local_id(dim);
    return (id[2] * __ockl_get_global_size(1) + id[1]) * __ockl_get_global_size(0) + id[0];
}
