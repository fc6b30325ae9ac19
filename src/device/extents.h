/* SPDX-License-Identifier: MIT
 * Which parts of an address range are taken: a balanced tree of extents that cover the range
 * without gaps, each free or used. It places and finds; it maps nothing and takes no lock.
 */
#ifndef CAIRN_DEVICE_EXTENTS_H
#define CAIRN_DEVICE_EXTENTS_H

#include "device/device.h"

struct cairn_mappings;

struct cairn_extent {
    uint64_t start, size; /* bytes */
    bool used;
    bool charged;          /* used: `mapped_bytes` count against VRAM or machine */
    uint64_t mapped_bytes; /* used: accessible from the start on; the rest is guard */
    struct cairn_allocation allocation;
    struct cairn_backing *backing;   /* the pages are a file's; NULL: anonymous */
    struct cairn_mappings *mappings; /* an address reservation: what is mapped there; else NULL */
    /* The tree: a treap ordered by start; max_free is over the whole subtree. */
    uint64_t max_free;
    uint32_t priority;
    struct cairn_extent *left, *right;
};

struct cairn_extents {
    uint64_t base, size;
    uint64_t cursor; /* the search for space starts here, so that freed addresses rest for long */
    uint64_t used_count;
    uint32_t seed;
    struct cairn_extent *root;
};

/* `base` and `size` are multiples of the page; false: no memory. */
bool cairn_extents_init(struct cairn_extents *extents, uint64_t base, uint64_t size);
void cairn_extents_clear(struct cairn_extents *extents);
/* A used extent of `size` bytes at a multiple of `alignment` (a power of two), or NULL if there is
 * no room (or no memory for the tree). */
struct cairn_extent *cairn_extents_take(struct cairn_extents *extents, uint64_t size,
                                        uint64_t alignment);
/* The same at a given multiple of the page. */
struct cairn_extent *cairn_extents_take_at(struct cairn_extents *extents, uint64_t start,
                                           uint64_t size);
/* Makes a used extent free again; it is gone after it. */
void cairn_extents_give(struct cairn_extents *extents, struct cairn_extent *extent);
/* The extent, free or used, that contains `address`; NULL outside of the range. */
struct cairn_extent *cairn_extents_find(const struct cairn_extents *extents, uint64_t address);
/* The first used extent at or after `address`, or NULL. */
struct cairn_extent *cairn_extents_next_used(const struct cairn_extents *extents, uint64_t address);

#endif
