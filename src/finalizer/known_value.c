/* SPDX-License-Identifier: MIT
 * Interning by a hash table, and the integer instructions of src/machine as functions of one lane.
 */
#include "finalizer/known_value.h"

#include "isa/isa.h"
#include "machine/sem_int.h"
#include "machine/sem_sad.h"

#include <stdlib.h>
#include <string.h>

/* ---- interning */

enum { MOST_WORDS = 1 << 22 }; /* of a pool: 16 MiB */

void cairn_known_pool_close(struct cairn_known_pool *pool)
{
    free(pool->words);
    free(pool->slot);
    pool->words = pool->slot = NULL;
}

static uint64_t hash_of(const struct cairn_known_pool *pool, const uint32_t *words)
{
    uint64_t hash = 0x9e3779b97f4a7c15;
    for (uint32_t i = 0; i < pool->words_each; i++)
        hash = (hash ^ words[i]) * 0xff51afd7ed558ccd;
    return hash ^ hash >> 32;
}

static void place(struct cairn_known_pool *pool, uint32_t id)
{
    uint64_t at = hash_of(pool, cairn_known_words(pool, id));
    while (pool->slot[at % pool->slots] != 0)
        at++;
    pool->slot[at % pool->slots] = id;
}

static bool grow(struct cairn_known_pool *pool)
{
    uint32_t room = pool->room == 0 ? 64 : 2 * pool->room;
    if ((uint64_t)room * pool->words_each > MOST_WORDS)
        return false;
    uint32_t *words = realloc(pool->words, (size_t)room * pool->words_each * sizeof *words);
    if (words == NULL)
        return false;
    pool->words = words;
    uint32_t *slot = calloc((size_t)2 * room, sizeof *slot);
    if (slot == NULL)
        return false;
    free(pool->slot);
    pool->slot = slot;
    pool->slots = 2 * room;
    pool->room = room;
    for (uint32_t id = 1; id <= pool->count; id++)
        place(pool, id);
    return true;
}

uint32_t cairn_known_intern(struct cairn_known_pool *pool, const uint32_t *words)
{
    size_t bytes = pool->words_each * sizeof *words;
    if (pool->count == pool->room && !grow(pool))
        return 0;
    uint64_t at = hash_of(pool, words);
    for (; pool->slot[at % pool->slots] != 0; at++)
        if (memcmp(cairn_known_words(pool, pool->slot[at % pool->slots]), words, bytes) == 0)
            return pool->slot[at % pool->slots];
    uint32_t id = ++pool->count;
    memcpy(pool->words + (size_t)(id - 1) * pool->words_each, words, bytes);
    return pool->slot[at % pool->slots] = id;
}

/* ---- instructions */

#define IS_32(T)                                                                                   \
    (CAIRN_TYPE_##T == CAIRN_TYPE_B32 || CAIRN_TYPE_##T == CAIRN_TYPE_U32 ||                       \
     CAIRN_TYPE_##T == CAIRN_TYPE_I32)
#define VALUE(op, call)                                                                            \
    static uint32_t value_##op(uint32_t a, uint32_t b, uint32_t c)                                 \
    {                                                                                              \
        (void)a, (void)b, (void)c;                                                                 \
        return (uint32_t)(call);                                                                   \
    }
#define SIGNED_I16(x) (int16_t)(x)
#define SIGNED_U16(x) (uint16_t)(x)
#define SIGNED_I32(x) (int32_t)(x)
#define SIGNED_U32(x) (uint32_t)(x)
#define SIGNED_I64(x) (int64_t)(x)
#define SIGNED_U64(x) (uint64_t)(x)

#define VALU1(op, D, A, fn)            VALUE(op, fn(a))
#define VALU2(op, D, A, B, fn)         VALUE(op, fn(a, b))
#define VALU3(op, D, A, B, C, fn)      VALUE(op, fn(a, b, c))
#define VALU2C(op, D, A, B, fn, s)     VALUE(op, fn(a, b))
#define VALU3C(op, D, A, B, C, fn, s)  VALUE(op, fn(a, b, c))
#define VALU2KC(op, D, A, B, fn, s)    VALUE(op, fn(a, b))
#define VALU3K(op, D, A, B, C, fn)     VALUE(op, fn(a, b, c))
#define VALU3KC(op, D, A, B, C, fn, s) VALUE(op, fn(a, b, c))
#define VCARRY_false(op, fn)           VALUE(op, fn(a, b, false).value)
#define VCARRY_true(op, fn)
#define VCARRY(op, takes, fn, limit) VCARRY_##takes(op, fn)
#define VCMP(op, T, test)                                                                          \
    static bool test_##op(uint32_t a_bits, uint32_t b_bits)                                        \
    {                                                                                              \
        __auto_type a = SIGNED_##T(a_bits);                                                        \
        __auto_type b = SIGNED_##T(b_bits);                                                        \
        (void)a, (void)b;                                                                          \
        return (test);                                                                             \
    }
#define VCMPX(op, T, like)
#include "machine/valu_int.def"
#undef VALU1
#undef VALU2
#undef VALU3
#undef VALU2C
#undef VALU3C
#undef VALU2KC
#undef VALU3K
#undef VALU3KC
#undef VCARRY_false
#undef VCARRY_true
#undef VCARRY
#undef VCMP
#undef VCMPX

#define ROW(op, n, narrow) [CAIRN_OP_##op] = {(narrow) ? n : 0, value_##op, NULL},
static const struct cairn_known_row rows[CAIRN_OP_COUNT] = {
#define VALU1(op, D, A, fn)            ROW(op, 1, IS_32(D) && IS_32(A))
#define VALU2(op, D, A, B, fn)         ROW(op, 2, IS_32(D) && IS_32(A) && IS_32(B))
#define VALU3(op, D, A, B, C, fn)      ROW(op, 3, IS_32(D) && IS_32(A) && IS_32(B) && IS_32(C))
#define VALU2C(op, D, A, B, fn, s)     VALU2(op, D, A, B, fn)
#define VALU3C(op, D, A, B, C, fn, s)  VALU3(op, D, A, B, C, fn)
#define VALU2KC(op, D, A, B, fn, s)    ROW(op, 2, false)
#define VALU3K(op, D, A, B, C, fn)     ROW(op, 3, false)
#define VALU3KC(op, D, A, B, C, fn, s) ROW(op, 3, false)
#define VCARRY_false(op)               ROW(op, 2, true)
#define VCARRY_true(op)
#define VCARRY(op, takes, fn, limit) VCARRY_##takes(op)
#define VCMP(op, T, test)            [CAIRN_OP_##op] = {IS_32(T) ? 2 : 0, NULL, test_##op},
#define VCMPX(op, T, like)           [CAIRN_OP_##op] = {IS_32(T) ? 2 : 0, NULL, test_##like},
#include "machine/valu_int.def"
};

const struct cairn_known_row *cairn_known_row_of(unsigned op)
{
    return op < CAIRN_OP_COUNT && rows[op].sources != 0 ? &rows[op] : NULL;
}
