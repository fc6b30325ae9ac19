/* SPDX-License-Identifier: MIT */
/* Makes the heap that AMD's device library manages in kernels ready, when AMD's HIP runtime asks
 * for it: kernels that AMD's compiler made find it through hidden_heap_v1. This library's own
 * malloc is a host call and does not use it. Layout: AMD device libraries, ockl/src/dm.cl of ROCm 6
 * and 7 (16 kinds of blocks with lines of 128 bytes, the counts of recordable slabs at 4096, the
 * first slabs at 108544; 128 KiB in all). */
#include "ockl.h"

enum {
    HEAP_BYTES = 128 * 1024,
    HEAP_ITEMS = 256, /* the runtime starts one workgroup of so many */
    HEAP_KINDS = 16,
    HEAP_LINE = 128,
    HEAP_RECORDABLE = 4096,
    HEAP_RECORDS = 256,
    HEAP_FIRST_SLABS = 108544,
    SLAB_SHIFT = 21
};

void __ockl_dm_init_v1(u64 heap, u64 slabs, u32 needs_clearing, u32 slab_count)
{
    u8 GLOBAL *base = (u8 GLOBAL *)heap;
    u32 item = (u32)__ockl_get_local_id(0);
    for (u32 at = 16 * item; needs_clearing && at < HEAP_BYTES; at += 16 * HEAP_ITEMS)
        *(u64x2 GLOBAL *)(base + at) = (u64x2)0;
    __scoped_atomic_thread_fence(__ATOMIC_RELEASE, SCOPE_AGENT);
    __builtin_amdgcn_s_barrier();
    if (item < HEAP_KINDS)
        *(u32 GLOBAL *)(base + HEAP_RECORDABLE + item * HEAP_LINE) = HEAP_RECORDS;
    if (item == 0) {
        u64 GLOBAL *first = (u64 GLOBAL *)(base + HEAP_FIRST_SLABS);
        first[0] = slabs;
        first[1] = slabs + ((u64)slab_count << SLAB_SHIFT);
        first[2] = slabs;
    }
}
