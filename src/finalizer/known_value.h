/* SPDX-License-Identifier: MIT
 * Values of all lanes of a workgroup, interned, and integer instructions on them; for known_step.c.
 */
#ifndef CAIRN_FINALIZER_KNOWN_VALUE_H
#define CAIRN_FINALIZER_KNOWN_VALUE_H

#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CAIRN_KNOWN_LANES = 1024 };

/* Arrays of `words` words, numbered from 1. */
struct cairn_known_pool {
    uint32_t *words;
    uint32_t *slot; /* hash table of numbers */
    uint32_t words_each, count, room, slots;
};

void cairn_known_pool_close(struct cairn_known_pool *pool);
/* The number of these words; 0: there are too many, or no memory. */
uint32_t cairn_known_intern(struct cairn_known_pool *pool, const uint32_t *words);
static inline const uint32_t *cairn_known_words(const struct cairn_known_pool *pool, uint32_t id)
{
    return pool->words + (size_t)(id - 1) * pool->words_each;
}

/* What a vector instruction does to one lane. */
struct cairn_known_row {
    uint8_t sources;
    uint32_t (*value)(uint32_t a, uint32_t b, uint32_t c);
    bool (*test)(uint32_t a, uint32_t b); /* comparisons */
};
/* NULL: not one of those that are followed. All operands have 32 bits. */
const struct cairn_known_row *cairn_known_row_of(unsigned op);

#endif
