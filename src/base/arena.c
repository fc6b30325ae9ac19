/* SPDX-License-Identifier: MIT
 * Arena blocks are a linked list; a request that does not fit the newest block gets a block of its
 * own.
 */
#include "base/arena.h"

#include "base/bytes.h"

#include <stdalign.h>
#include <stdlib.h>

enum { BLOCK_BYTES = 4096 };

struct cairn_arena_block {
    struct cairn_arena_block *next;
    size_t used, size;
    alignas(max_align_t) unsigned char data[];
};

static struct cairn_arena_block *block_create(size_t size)
{
    size_t total;
    if (!cairn_size_add(size, sizeof(struct cairn_arena_block), &total))
        return NULL;
    struct cairn_arena_block *block = calloc(1, total);
    if (block != NULL)
        block->size = size;
    return block;
}

void *cairn_arena_alloc(struct cairn_arena *arena, size_t size)
{
    size_t padded;
    if (!cairn_size_add(size, alignof(max_align_t) - 1, &padded))
        return NULL;
    padded &= ~(alignof(max_align_t) - 1);
    struct cairn_arena_block *block = arena->blocks;
    if (block == NULL || block->size - block->used < padded) {
        block = block_create(padded > BLOCK_BYTES ? padded : BLOCK_BYTES);
        if (block == NULL)
            return NULL;
        block->next = arena->blocks;
        arena->blocks = block;
    }
    void *at = block->data + block->used;
    block->used += padded;
    return at;
}

void *cairn_arena_alloc_array(struct cairn_arena *arena, size_t count, size_t size)
{
    size_t total;
    return cairn_size_mul(count, size, &total) ? cairn_arena_alloc(arena, total) : NULL;
}

char *cairn_arena_copy_text(struct cairn_arena *arena, const char *text, size_t length)
{
    char *copy = length == SIZE_MAX ? NULL : cairn_arena_alloc(arena, length + 1);
    if (copy != NULL && length != 0)
        memcpy(copy, text, length);
    return copy;
}

void cairn_arena_destroy(struct cairn_arena *arena)
{
    while (arena->blocks != NULL) {
        struct cairn_arena_block *block = arena->blocks;
        arena->blocks = block->next;
        free(block);
    }
}
