/* SPDX-License-Identifier: MIT
 * The list of ranges with attributes of shared virtual memory: finding, cutting, and registering
 * them with the device.
 */
#include "svm_priv.h"

#include <stdlib.h>
#include <string.h>

const struct attributes cairn_hsa_svm_defaults = {.granularity = DEFAULT_GRANULARITY};

struct svm_ranges *cairn_hsa_svm_ranges_locked(void)
{
    struct process *process = &cairn_hsa_process;
    if (process->svm == NULL)
        process->svm = calloc(1, sizeof *process->svm);
    return process->svm;
}

/* ---- the list ---- */

static bool make_room_locked(struct svm_ranges *ranges, size_t more)
{
    if (ranges->count + more <= ranges->capacity)
        return true;
    size_t capacity = (ranges->count + more) * 2;
    struct svm_range *grown = realloc(ranges->list, capacity * sizeof *grown);
    if (grown == NULL)
        return false;
    ranges->list = grown;
    ranges->capacity = capacity;
    return true;
}

static void insert_locked(struct svm_ranges *ranges, size_t at, struct svm_range range)
{
    memmove(&ranges->list[at + 1], &ranges->list[at], (ranges->count - at) * sizeof range);
    ranges->list[at] = range;
    ranges->count++;
}

/* Index of the first range that ends after `address`. */
size_t cairn_hsa_svm_first_after(const struct svm_ranges *ranges, uint64_t address)
{
    size_t low = 0, high = ranges->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (ranges->list[middle].end <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* ---- what kernels reach ---- */

enum cairn_status cairn_hsa_svm_register_locked(struct svm_range *range, bool on)
{
    void *address = (void *)(uintptr_t)range->start; // NOLINT
    enum cairn_status status = CAIRN_OK;
    if (on != range->registered)
        status = on ? cairn_memory_register(address, range->end - range->start, 0)
                    : cairn_memory_unregister_sized(address, range->end - range->start);
    if (status == CAIRN_OK)
        range->registered = on;
    return status;
}

/* ---- cutting ---- */

/* Cuts the range that contains `address` behind its start in two, whose registrations are there
 * before that of the whole goes: running kernels keep what they have. There is room. */
static enum cairn_status cut_locked(struct svm_ranges *ranges, uint64_t address)
{
    size_t at = cairn_hsa_svm_first_after(ranges, address);
    if (at == ranges->count || ranges->list[at].start >= address)
        return CAIRN_OK;
    struct svm_range whole = ranges->list[at], front = whole, back = whole;
    front.end = back.start = address;
    front.registered = back.registered = false;
    enum cairn_status status = cairn_hsa_svm_register_locked(&front, whole.registered);
    if (status == CAIRN_OK)
        status = cairn_hsa_svm_register_locked(&back, whole.registered);
    if (status != CAIRN_OK) {
        (void)!cairn_hsa_svm_register_locked(&front, false);
        return status;
    }
    (void)!cairn_hsa_svm_register_locked(&whole, false);
    ranges->list[at] = front;
    insert_locked(ranges, at + 1, back);
    return CAIRN_OK;
}

/* Makes [start, end) a row of ranges without gaps, from index *first on. */
enum cairn_status cairn_hsa_svm_carve_locked(struct svm_ranges *ranges, uint64_t start,
                                             uint64_t end, size_t *first)
{
    if (!make_room_locked(ranges, 2))
        return CAIRN_ERR_NO_MEMORY;
    enum cairn_status status = cut_locked(ranges, start);
    if (status == CAIRN_OK)
        status = cut_locked(ranges, end);
    if (status != CAIRN_OK)
        return status;
    size_t at = *first = cairn_hsa_svm_first_after(ranges, start);
    for (uint64_t done = start; done < end; done = ranges->list[at++].end) {
        uint64_t next = at < ranges->count ? ranges->list[at].start : end;
        if (next == done)
            continue;
        if (!make_room_locked(ranges, 1))
            return CAIRN_ERR_NO_MEMORY;
        insert_locked(ranges, at,
                      (struct svm_range){.start = done,
                                         .end = next < end ? next : end,
                                         .attributes = cairn_hsa_svm_defaults});
    }
    return CAIRN_OK;
}
