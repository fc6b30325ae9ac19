/* SPDX-License-Identifier: MIT
 * Reservations and what is mapped in them: each reservation is an extent of the window with a
 * sorted list of mappings. All of it is guarded by the memory lock.
 */
#include "device/vmem.h"

#include "base/bytes.h"
#include "base/log.h"
#include "device/memory_priv.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE_BYTES = 4096 };

struct mapping {
    uint64_t start, size, offset;
    struct cairn_backing *backing; /* one reference */
    void *user;
    uint8_t rights[CAIRN_RIGHTS_COUNT]; /* enum cairn_right */
};

struct cairn_mappings {
    uint32_t count, capacity;
    struct mapping *list; /* ascending, apart */
};

static bool is_page_range(uint64_t start, uint64_t size)
{
    return size != 0 && start % PAGE_BYTES == 0 && size % PAGE_BYTES == 0 &&
           size <= UINT64_MAX - start;
}

static struct cairn_extent *reservation_around(struct cairn_extents *extents, uint64_t address)
{
    struct cairn_extent *extent = cairn_extents_find(extents, address);
    return extent != NULL && extent->used && extent->mappings != NULL ? extent : NULL;
}

/* Index of the first mapping that ends after `address`. */
static uint32_t first_after(const struct cairn_mappings *mappings, uint64_t address)
{
    uint32_t low = 0, high = mappings->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (mappings->list[middle].start + mappings->list[middle].size <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static struct mapping *mapping_around(const struct cairn_mappings *mappings, uint64_t address)
{
    uint32_t at = first_after(mappings, address);
    return at < mappings->count && mappings->list[at].start <= address ? &mappings->list[at] : NULL;
}

static int protection_of(const struct mapping *mapping)
{
    int protection = PROT_NONE;
    for (uint32_t i = 0; i < CAIRN_RIGHTS_COUNT; i++) {
        if (mapping->rights[i] >= CAIRN_RIGHT_READ)
            protection |= PROT_READ;
        if (mapping->rights[i] >= CAIRN_RIGHT_WRITE)
            protection |= PROT_WRITE;
    }
    return protection;
}

/* ---- reservations ---- */

static struct cairn_extent *take(struct cairn_extents *extents, uint64_t size, uint64_t alignment,
                                 uint64_t wanted)
{
    struct cairn_extent *extent = NULL;
    if (wanted != 0 && wanted % alignment == 0)
        extent = cairn_extents_take_at(extents, wanted, size);
    return extent != NULL ? extent : cairn_extents_take(extents, size, alignment);
}

enum cairn_status cairn_vmem_reserve(uint64_t size, uint64_t alignment, uint64_t wanted, void **out)
{
    if (alignment == 0)
        alignment = PAGE_BYTES;
    if (!is_page_range(0, size) || alignment % PAGE_BYTES != 0 ||
        (alignment & (alignment - 1)) != 0)
        return CAIRN_ERR_INVALID_ARGUMENT;
    struct cairn_mappings *mappings = calloc(1, sizeof *mappings);
    if (mappings == NULL)
        return CAIRN_ERR_NO_MEMORY;
    struct cairn_extents *extents = cairn_memory_lock();
    struct cairn_extent *extent = take(extents, size, alignment, wanted);
    if (extent != NULL) {
        extent->mapped_bytes = 0;
        extent->charged = false;
        extent->allocation = (struct cairn_allocation){0};
        extent->mappings = mappings;
        *out = (void *)extent->start;
    }
    cairn_memory_unlock();
    if (extent == NULL)
        free(mappings);
    return extent != NULL ? CAIRN_OK : CAIRN_ERR_NO_MEMORY;
}

enum cairn_status cairn_vmem_unreserve(void *address, uint64_t size)
{
    enum cairn_status status = CAIRN_OK;
    struct cairn_extents *extents = cairn_memory_lock();
    struct cairn_extent *extent = reservation_around(extents, (uint64_t)address);
    if (extent == NULL || extent->start != (uint64_t)address)
        status = CAIRN_ERR_NOT_FOUND;
    else if (extent->size != size)
        status = CAIRN_ERR_OUT_OF_RANGE;
    else if (extent->mappings->count != 0)
        status = CAIRN_ERR_BUSY;
    if (status == CAIRN_OK) {
        cairn_mappings_destroy_locked(extent);
        cairn_extents_give(extents, extent);
    }
    cairn_memory_unlock();
    return status;
}

void cairn_mappings_destroy_locked(struct cairn_extent *extent)
{
    struct cairn_mappings *mappings = extent->mappings;
    for (uint32_t i = 0; i < mappings->count; i++) {
        cairn_memory_hide(mappings->list[i].start, mappings->list[i].size);
        cairn_backing_release_locked(mappings->list[i].backing);
    }
    free(mappings->list);
    free(mappings);
    extent->mappings = NULL;
}

/* ---- mappings ---- */

static bool make_room(struct cairn_mappings *mappings)
{
    if (mappings->count < mappings->capacity)
        return true;
    uint32_t capacity = mappings->capacity == 0 ? 4 : mappings->capacity * 2;
    struct mapping *grown = realloc(mappings->list, capacity * sizeof *grown);
    if (grown == NULL)
        return false;
    mappings->list = grown;
    mappings->capacity = capacity;
    return true;
}

static enum cairn_status map_locked(struct cairn_extents *extents, const struct mapping *wanted)
{
    struct cairn_extent *extent = reservation_around(extents, wanted->start);
    if (extent == NULL || wanted->size > extent->start + extent->size - wanted->start)
        return CAIRN_ERR_NOT_FOUND;
    if (wanted->offset > wanted->backing->size_bytes ||
        wanted->size > wanted->backing->size_bytes - wanted->offset)
        return CAIRN_ERR_OUT_OF_RANGE;
    struct cairn_mappings *mappings = extent->mappings;
    uint32_t at = first_after(mappings, wanted->start);
    if (at < mappings->count && mappings->list[at].start < wanted->start + wanted->size)
        return CAIRN_ERR_BUSY;
    if (!make_room(mappings) ||
        mmap((void *)wanted->start, wanted->size, PROT_NONE, MAP_SHARED | MAP_FIXED,
             wanted->backing->file, (off_t)wanted->offset) == MAP_FAILED)
        return CAIRN_ERR_NO_MEMORY;
    memmove(&mappings->list[at + 1], &mappings->list[at],
            (mappings->count - at) * sizeof *mappings->list);
    mappings->list[at] = *wanted;
    mappings->count++;
    wanted->backing->references++;
    return CAIRN_OK;
}

enum cairn_status cairn_vmem_map(void *address, uint64_t size, uint64_t offset,
                                 struct cairn_backing *backing)
{
    const struct mapping wanted = {
        .start = (uint64_t)address, .size = size, .offset = offset, .backing = backing};
    if (!is_page_range(wanted.start, size) || offset % PAGE_BYTES != 0)
        return CAIRN_ERR_INVALID_ARGUMENT;
    enum cairn_status status = map_locked(cairn_memory_lock(), &wanted);
    cairn_memory_unlock();
    return status;
}

/* The mappings that [address, address+size) is made of, without gaps: *first and how many. */
static enum cairn_status whole_mappings(struct cairn_extents *extents, uint64_t address,
                                        uint64_t size, struct cairn_mappings **mappings,
                                        uint32_t *first, uint32_t *count)
{
    struct cairn_extent *extent = reservation_around(extents, address);
    if (extent == NULL)
        return CAIRN_ERR_NOT_FOUND;
    const struct mapping *list = extent->mappings->list;
    uint32_t at = first_after(extent->mappings, address), end = at;
    if (at == extent->mappings->count || list[at].start != address)
        return CAIRN_ERR_NOT_FOUND;
    uint64_t covered = 0;
    while (covered < size && end < extent->mappings->count && list[end].start == address + covered)
        covered += list[end++].size;
    if (covered != size || size == 0)
        return CAIRN_ERR_OUT_OF_RANGE;
    *mappings = extent->mappings;
    *first = at;
    *count = end - at;
    return CAIRN_OK;
}

enum cairn_status cairn_vmem_unmap(void *address, uint64_t size)
{
    struct cairn_mappings *mappings;
    uint32_t first, count;
    enum cairn_status status =
        whole_mappings(cairn_memory_lock(), (uint64_t)address, size, &mappings, &first, &count);
    if (status == CAIRN_OK) {
        cairn_memory_hide((uint64_t)address, size);
        for (uint32_t i = first; i < first + count; i++)
            cairn_backing_release_locked(mappings->list[i].backing);
        memmove(&mappings->list[first], &mappings->list[first + count],
                (mappings->count - first - count) * sizeof *mappings->list);
        mappings->count -= count;
    }
    cairn_memory_unlock();
    return status;
}

static enum cairn_status change_rights(struct mapping *mapping,
                                       const struct cairn_right_change *changes, size_t count)
{
    struct mapping changed = *mapping;
    for (size_t i = 0; i < count; i++)
        changed.rights[changes[i].agent] = (uint8_t)changes[i].right;
    if (mprotect((void *)mapping->start, mapping->size, protection_of(&changed)) != 0) {
        cairn_log(CAIRN_LOG_ERROR, "cannot change the rights of %llu bytes at 0x%llx: %s",
                  (unsigned long long)mapping->size, (unsigned long long)mapping->start,
                  strerror(errno));
        return CAIRN_ERR_NO_MEMORY;
    }
    *mapping = changed;
    return CAIRN_OK;
}

enum cairn_status cairn_vmem_set_rights(void *address, uint64_t size,
                                        const struct cairn_right_change *changes, size_t count)
{
    struct cairn_mappings *mappings;
    uint32_t first, mapping_count;
    for (size_t i = 0; i < count; i++)
        if (changes[i].agent >= CAIRN_RIGHTS_COUNT)
            return CAIRN_ERR_INVALID_ARGUMENT;
    enum cairn_status status = whole_mappings(cairn_memory_lock(), (uint64_t)address, size,
                                              &mappings, &first, &mapping_count);
    for (uint32_t i = 0; status == CAIRN_OK && i < mapping_count; i++)
        status = change_rights(&mappings->list[first + i], changes, count);
    cairn_memory_unlock();
    return status;
}

/* ---- questions ---- */

static struct mapping *find(struct cairn_extents *extents, uint64_t address)
{
    const struct cairn_extent *extent = reservation_around(extents, address);
    return extent != NULL ? mapping_around(extent->mappings, address) : NULL;
}

enum cairn_status cairn_vmem_right(const void *address, uint32_t agent, enum cairn_right *out)
{
    if (agent >= CAIRN_RIGHTS_COUNT)
        return CAIRN_ERR_INVALID_ARGUMENT;
    const struct mapping *mapping = find(cairn_memory_lock(), (uint64_t)address);
    if (mapping != NULL)
        *out = (enum cairn_right)mapping->rights[agent];
    cairn_memory_unlock();
    return mapping != NULL ? CAIRN_OK : CAIRN_ERR_NOT_FOUND;
}

enum cairn_status cairn_vmem_backing(const void *address, struct cairn_backing **out)
{
    const struct mapping *mapping = find(cairn_memory_lock(), (uint64_t)address);
    if (mapping != NULL) {
        mapping->backing->references++;
        *out = mapping->backing;
    }
    cairn_memory_unlock();
    return mapping != NULL ? CAIRN_OK : CAIRN_ERR_NOT_FOUND;
}

bool cairn_mappings_find_locked(const struct cairn_extent *extent, uint64_t address,
                                struct cairn_allocation *out)
{
    const struct mapping *mapping = mapping_around(extent->mappings, address);
    if (mapping == NULL)
        return false;
    int protection = protection_of(mapping);
    *out = (struct cairn_allocation){.address = mapping->start,
                                     .size_bytes = mapping->size,
                                     .kind = mapping->backing->kind,
                                     .device = mapping->backing->device,
                                     .flags = mapping->backing->flags,
                                     .user = mapping->user,
                                     .mapped = true,
                                     .no_read = (protection & PROT_READ) == 0,
                                     .no_write = (protection & PROT_WRITE) == 0};
    return true;
}

bool cairn_mappings_set_user_locked(struct cairn_extent *extent, uint64_t address, void *user)
{
    struct mapping *mapping = mapping_around(extent->mappings, address);
    if (mapping != NULL)
        mapping->user = user;
    return mapping != NULL;
}
