/* SPDX-License-Identifier: MIT
 * What a thread found last: handles and kernels that were looked up under a lock once need none the
 * next time. Everything that makes a handle stale calls hip_recent_forget, which empties all
 * threads' tables at once.
 */
#ifndef CAIRN_HIP_RECENT_H
#define CAIRN_HIP_RECENT_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

enum hip_recent_kind { HIP_RECENT_STREAM, HIP_RECENT_FUNCTION, HIP_RECENT_KERNEL };

enum { HIP_RECENT_ROWS = 32 };

struct hip_recent {
    struct hip_recent_row {
        const void *key; /* NULL: free */
        void *value;
        uint64_t epoch;
        enum hip_recent_kind kind;
    } rows[HIP_RECENT_ROWS];
};

/* Raised whenever something that may be in a table goes away; release pairs with the acquire of
 * hip_recent_epoch. */
extern _Atomic uint64_t hip_recent_now;

/* To be read before the look-up whose result is kept. */
static inline uint64_t hip_recent_epoch(void)
{
    return atomic_load_explicit(&hip_recent_now, memory_order_acquire);
}

static inline void hip_recent_forget(void)
{
    atomic_fetch_add_explicit(&hip_recent_now, 1, memory_order_release);
}

static inline struct hip_recent_row *hip_recent_row(struct hip_recent *recent, const void *key)
{
    uint64_t mixed = (uint64_t)(uintptr_t)key * UINT64_C(0x9E3779B97F4A7C15);
    return &recent->rows[mixed >> 59];
}

/* NULL: not there. */
static inline void *hip_recent_get(struct hip_recent *recent, enum hip_recent_kind kind,
                                   const void *key)
{
    const struct hip_recent_row *row = hip_recent_row(recent, key);
    return row->key == key && row->kind == kind && row->epoch == hip_recent_epoch() ? row->value
                                                                                    : NULL;
}

static inline void hip_recent_put(struct hip_recent *recent, enum hip_recent_kind kind,
                                  const void *key, void *value, uint64_t epoch)
{
    *hip_recent_row(recent, key) = (struct hip_recent_row){key, value, epoch, kind};
}

_Static_assert(HIP_RECENT_ROWS == 1 << (64 - 59), "hip_recent_row");

#endif
