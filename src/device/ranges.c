/* SPDX-License-Identifier: MIT
 * Application memory that was registered for kernels. Changes are made under the memory lock; the
 * question "is it covered?" comes from running waves, also inside a signal handler, and so takes no
 * lock: the ranges are a sorted array in memory that never moves, guarded by a sequence count.
 */
#include "device/memory_priv.h"

#include "base/log.h"
#include "device/soft/slot.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { MAX_RANGES = 1 << 18, LOWEST_ADDRESS = 1 << 16 };
static const uint64_t address_limit = (uint64_t)1 << 47, aperture_bytes = (uint64_t)1 << 32;

/* What waves read: starts ascending, and the greatest end among this and all earlier ranges. A
 * range that contains [a, a+n) exists just when the last entry with start <= a has end >= a+n. */
struct published_range {
    _Atomic uint64_t start, greatest_end;
};

/* What goes with it, for the host side only. */
struct range {
    uint64_t start, size, flags, uses;
    void *user;
};

static struct {
    struct published_range *published; /* MAX_RANGES, mapped once, filled as needed */
    struct range *ranges;
    uint32_t capacity;
    _Atomic uint32_t count;
    _Atomic uint32_t sequence; /* odd while the writer changes `published` */
} table;

static bool make_room(void)
{
    uint32_t count = atomic_load_explicit(&table.count, memory_order_relaxed);
    if (table.published == NULL) {
        void *at = mmap(NULL, MAX_RANGES * sizeof *table.published, PROT_READ | PROT_WRITE,
                        MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (at == MAP_FAILED)
            return false;
        table.published = at;
    }
    if (count < table.capacity)
        return true;
    uint32_t capacity = table.capacity == 0 ? 64 : table.capacity * 2;
    if (capacity > MAX_RANGES)
        return false;
    struct range *grown = realloc(table.ranges, capacity * sizeof *grown);
    if (grown == NULL)
        return false;
    table.ranges = grown;
    table.capacity = capacity;
    return true;
}

/* Writes entries [first, count) again after a change of `ranges`. The sequence count is written
 * with read-modify-write operations in acquire-release order: they pair with the loads in covers.
 */
static void publish(uint32_t first, uint32_t count)
{
    atomic_fetch_add_explicit(&table.sequence, 1, memory_order_acq_rel);
    uint64_t end = first == 0 ? 0
                              : atomic_load_explicit(&table.published[first - 1].greatest_end,
                                                     memory_order_relaxed);
    for (uint32_t i = first; i < count; i++) {
        uint64_t own_end = table.ranges[i].start + table.ranges[i].size;
        if (own_end > end)
            end = own_end;
        atomic_store_explicit(&table.published[i].start, table.ranges[i].start,
                              memory_order_release);
        atomic_store_explicit(&table.published[i].greatest_end, end, memory_order_release);
    }
    atomic_store_explicit(&table.count, count, memory_order_release);
    atomic_fetch_add_explicit(&table.sequence, 1, memory_order_release);
}

/* The number of ranges that start at or before `address`. */
static uint32_t starts_up_to(uint64_t address)
{
    uint32_t low = 0, high = atomic_load_explicit(&table.count, memory_order_relaxed);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (table.ranges[middle].start <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The range that starts at `address`, of this size, or whatever its size if that is 0 (the newest
 * of them). */
static struct range *range_of(uint64_t address, uint64_t size)
{
    for (uint32_t i = starts_up_to(address); i > 0 && table.ranges[i - 1].start == address; i--)
        if (size == 0 || table.ranges[i - 1].size == size)
            return &table.ranges[i - 1];
    return NULL;
}

static struct range *range_at(uint64_t address)
{
    return range_of(address, 0);
}

static bool is_mapped(uint64_t address, uint64_t size)
{
    uint64_t page = 4096, first = address & ~(page - 1);
    return msync((void *)first, address + size - first, MS_ASYNC) == 0 || errno != ENOMEM;
}

enum cairn_status cairn_ranges_add(uint64_t address, uint64_t size, uint64_t flags)
{
    if (address == 0 || size == 0 || size > UINT64_MAX - address)
        return CAIRN_ERR_INVALID_ARGUMENT;
    struct range *same = range_of(address, size);
    if (same != NULL) {
        same->uses++;
        return CAIRN_OK;
    }
    if (!is_mapped(address, size)) {
        cairn_log(CAIRN_LOG_ERROR, "cannot register 0x%llx+%llu: part of it is not mapped",
                  (unsigned long long)address, (unsigned long long)size);
        return CAIRN_ERR_INVALID_ARGUMENT;
    }
    if (!make_room())
        return CAIRN_ERR_NO_MEMORY;
    uint32_t at = starts_up_to(address);
    uint32_t count = atomic_load_explicit(&table.count, memory_order_relaxed);
    memmove(&table.ranges[at + 1], &table.ranges[at], (count - at) * sizeof *table.ranges);
    table.ranges[at] =
        (struct range){.start = address, .size = size, .flags = flags, .uses = 1, .user = NULL};
    publish(at, count + 1);
    return CAIRN_OK;
}

enum cairn_status cairn_ranges_remove(uint64_t address, uint64_t size)
{
    struct range *range = range_of(address, size);
    if (range == NULL)
        return CAIRN_ERR_NOT_FOUND;
    if (--range->uses > 0)
        return CAIRN_OK;
    uint32_t at = (uint32_t)(range - table.ranges);
    uint32_t count = atomic_load_explicit(&table.count, memory_order_relaxed);
    memmove(range, range + 1, (count - at - 1) * sizeof *range);
    publish(at, count - 1);
    return CAIRN_OK;
}

static bool covers_once(uint64_t address, uint64_t size)
{
    uint32_t low = 0, high = atomic_load_explicit(&table.count, memory_order_acquire);
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (atomic_load_explicit(&table.published[middle].start, memory_order_acquire) <= address)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return false;
    uint64_t end =
        atomic_load_explicit(&table.published[low - 1].greatest_end, memory_order_acquire);
    return address < end && size <= end - address;
}

bool cairn_ranges_covers(const struct cairn_address_space *space, uint64_t address, uint64_t size)
{
    (void)space;
    for (;;) {
        uint32_t before = atomic_load_explicit(&table.sequence, memory_order_acquire);
        bool covered = covers_once(address, size);
        uint32_t after = atomic_load_explicit(&table.sequence, memory_order_acquire);
        if (before == after && before % 2 == 0)
            return covered;
    }
}

bool cairn_ranges_covers_process(const struct cairn_address_space *space, uint64_t address,
                                 uint64_t size)
{
    if (address < LOWEST_ADDRESS || address >= address_limit || size > address_limit - address)
        return false;
    return address - space->private_aperture >= aperture_bytes && !cairn_slot_owns(address);
}

/* The smallest-index range that contains `address`, newest start first. */
static struct range *range_around(uint64_t address)
{
    for (uint32_t i = starts_up_to(address); i > 0; i--) {
        struct range *range = &table.ranges[i - 1];
        if (address - range->start < range->size)
            return range;
        if (atomic_load_explicit(&table.published[i - 1].greatest_end, memory_order_relaxed) <=
            address)
            return NULL;
    }
    return NULL;
}

bool cairn_ranges_find_locked(uint64_t address, struct cairn_allocation *out)
{
    const struct range *range = range_around(address);
    if (range == NULL)
        return false;
    *out = (struct cairn_allocation){.address = range->start,
                                     .size_bytes = range->size,
                                     .kind = CAIRN_MEMORY_HOST,
                                     .flags = range->flags,
                                     .user = range->user,
                                     .registered = true};
    return true;
}

bool cairn_ranges_set_user_locked(uint64_t address, void *user)
{
    struct range *range = range_at(address);
    if (range != NULL)
        range->user = user;
    return range != NULL;
}

void cairn_ranges_clear(void)
{
    if (table.published != NULL)
        publish(0, 0);
}
