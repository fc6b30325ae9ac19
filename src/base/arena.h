/* SPDX-License-Identifier: MIT
 * An arena: many small allocations that die together. Not thread-safe; one owner.
 */
#ifndef CAIRN_BASE_ARENA_H
#define CAIRN_BASE_ARENA_H

#include <stddef.h>

struct cairn_arena_block;

struct cairn_arena {
    struct cairn_arena_block *blocks; /* zero-initialise; newest first */
};

/* `size` zeroed bytes, aligned for any object; NULL when memory is out or the size is absurd. */
void *cairn_arena_alloc(struct cairn_arena *arena, size_t size);
/* The same for `count` elements; the product is checked. */
void *cairn_arena_alloc_array(struct cairn_arena *arena, size_t count, size_t size);
/* A terminated copy of `length` bytes. */
char *cairn_arena_copy_text(struct cairn_arena *arena, const char *text, size_t length);
void cairn_arena_destroy(struct cairn_arena *arena);

#endif
