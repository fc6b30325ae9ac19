/* SPDX-License-Identifier: MIT
 * The table of allocations: an array sorted by address, one for the process.
 */
#include "hip/memory.h"

#include <stdlib.h>
#include <string.h>

static pthread_rwlock_t table_lock = PTHREAD_RWLOCK_INITIALIZER;
/* Guarded by table_lock. */
static struct hip_allocation *rows;
static size_t row_count, row_capacity;
static uint64_t next_id = 1;
static _Atomic size_t mapped_rows; /* of them, for who has no lock */

/* Index of the first row whose base is above `address`. */
static size_t above_locked(uint64_t address)
{
    size_t low = 0, high = row_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (rows[middle].base <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct hip_allocation *containing_locked(uint64_t address)
{
    size_t index = above_locked(address);
    if (index == 0)
        return NULL;
    struct hip_allocation *row = &rows[index - 1];
    return address - row->base < row->size ? row : NULL;
}

static bool make_room_locked(void)
{
    if (row_count < row_capacity)
        return true;
    size_t capacity = row_capacity == 0 ? 64 : row_capacity * 2;
    struct hip_allocation *grown = realloc(rows, capacity * sizeof *rows);
    if (grown == NULL)
        return false;
    rows = grown;
    row_capacity = capacity;
    return true;
}

struct hip_allocation hip_memory_row(const void *address, size_t size, enum hip_memory_kind kind,
                                     int device)
{
    return (struct hip_allocation){
        .base = (uintptr_t)address,
        .size = size,
        .kind = kind,
        .device = device,
        .device_base = (void *)address,
        .advice = {.preferred = hipInvalidDeviceId, .prefetched = hipInvalidDeviceId}};
}

bool hip_memory_add(const struct hip_allocation *row)
{
    pthread_rwlock_wrlock(&table_lock);
    bool added = make_room_locked();
    if (added) {
        size_t index = above_locked(row->base);
        memmove(&rows[index + 1], &rows[index], (row_count - index) * sizeof *rows);
        rows[index] = *row;
        rows[index].id = next_id++;
        row_count++;
        if (row->origin == HIP_ORIGIN_MAPPED)
            atomic_fetch_add(&mapped_rows, 1);
    }
    pthread_rwlock_unlock(&table_lock);
    return added;
}

bool hip_memory_remove(uint64_t base, struct hip_allocation *out)
{
    pthread_rwlock_wrlock(&table_lock);
    size_t index = above_locked(base);
    bool found = index > 0 && rows[index - 1].base == base;
    if (found) {
        *out = rows[index - 1];
        free(out->advised);
        out->advised = NULL;
        if (out->origin == HIP_ORIGIN_MAPPED)
            atomic_fetch_sub(&mapped_rows, 1);
        memmove(&rows[index - 1], &rows[index], (row_count - index) * sizeof *rows);
        row_count--;
    }
    pthread_rwlock_unlock(&table_lock);
    return found;
}

bool hip_memory_find(const void *address, struct hip_allocation *out)
{
    pthread_rwlock_rdlock(&table_lock);
    const struct hip_allocation *row = containing_locked((uint64_t)(uintptr_t)address);
    if (row != NULL)
        *out = *row;
    pthread_rwlock_unlock(&table_lock);
    return row != NULL;
}

bool hip_memory_overlap(const void *address, size_t size, struct hip_allocation *out)
{
    uint64_t base = (uint64_t)(uintptr_t)address;
    pthread_rwlock_rdlock(&table_lock);
    const struct hip_allocation *row = containing_locked(base);
    size_t next = above_locked(base);
    if (row == NULL && next < row_count && rows[next].base - base < size)
        row = &rows[next];
    if (row != NULL)
        *out = *row;
    pthread_rwlock_unlock(&table_lock);
    return row != NULL;
}

bool hip_memory_next(uint64_t address, struct hip_allocation *out)
{
    pthread_rwlock_rdlock(&table_lock);
    size_t next = above_locked(address);
    bool found = next < row_count;
    if (found)
        *out = rows[next];
    pthread_rwlock_unlock(&table_lock);
    return found;
}

bool hip_memory_update(const void *address, void (*change)(struct hip_allocation *, void *),
                       void *data)
{
    pthread_rwlock_wrlock(&table_lock);
    struct hip_allocation *row = containing_locked((uint64_t)(uintptr_t)address);
    if (row != NULL)
        change(row, data);
    pthread_rwlock_unlock(&table_lock);
    return row != NULL;
}

/* Mappings side by side are one range. */
hipError_t hip_memory_check(const void *address, size_t size)
{
    struct hip_allocation row;
    uint64_t at = (uintptr_t)address;
    if (!hip_memory_find(address, &row))
        return hipSuccess;
    while (size > row.size - (at - row.base)) {
        size -= row.size - (at - row.base);
        at = row.base + row.size;
        if (row.origin != HIP_ORIGIN_MAPPED || !hip_memory_find((const void *)at, &row) ||
            row.origin != HIP_ORIGIN_MAPPED)
            return hipErrorInvalidValue;
    }
    return hipSuccess;
}

bool hip_memory_has_mappings(void)
{
    return atomic_load_explicit(&mapped_rows, memory_order_relaxed) != 0;
}

bool hip_memory_is_known(const void *address)
{
    struct hip_allocation row;
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    if (hip_memory_find(address, &row))
        return true;
    return hsa_amd_pointer_info(address, &info, NULL, NULL, NULL) == HSA_STATUS_SUCCESS &&
           info.type != HSA_EXT_POINTER_TYPE_UNKNOWN;
}
