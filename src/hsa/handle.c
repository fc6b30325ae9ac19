/* SPDX-License-Identifier: MIT
 * The table of live handles: open addressing with linear probing, deletion by shifting back.
 */
#include "hsa_priv.h"

#include <stdlib.h>

enum { FIRST_CAPACITY = 256 };

static size_t slot_of(const struct handle_table *table, uint64_t handle)
{
    return (size_t)((handle >> 3) * UINT64_C(0x9e3779b97f4a7c15) >> 20) & (table->capacity - 1);
}

/* Index of the entry or of the free slot where it would go; the table is never full. */
static size_t probe(const struct handle_table *table, enum handle_kind kind, uint64_t handle)
{
    size_t at = slot_of(table, handle);
    while (table->slots[at].kind != HANDLE_NONE &&
           (table->slots[at].handle != handle || table->slots[at].kind != kind))
        at = (at + 1) & (table->capacity - 1);
    return at;
}

static enum cairn_status grow_locked(struct handle_table *table)
{
    struct handle_table bigger = *table;
    bigger.capacity = table->capacity == 0 ? FIRST_CAPACITY : table->capacity * 2;
    bigger.slots = calloc(bigger.capacity, sizeof *bigger.slots);
    if (bigger.slots == NULL)
        return CAIRN_ERR_NO_MEMORY;
    for (size_t i = 0; i < table->capacity; i++)
        if (table->slots[i].kind != HANDLE_NONE)
            bigger.slots[probe(&bigger, table->slots[i].kind, table->slots[i].handle)] =
                table->slots[i];
    free(table->slots);
    table->slots = bigger.slots;
    table->capacity = bigger.capacity;
    return CAIRN_OK;
}

enum cairn_status cairn_hsa_handle_add(enum handle_kind kind, uint64_t handle, void *object)
{
    struct handle_table *table = &cairn_hsa_process.handles;
    enum cairn_status status = CAIRN_OK;
    pthread_rwlock_wrlock(&table->lock);
    if (table->used * 2 >= table->capacity)
        status = grow_locked(table);
    if (status == CAIRN_OK) {
        size_t at = probe(table, kind, handle);
        if (table->slots[at].kind == HANDLE_NONE)
            table->used++;
        table->slots[at] = (struct handle_slot){.handle = handle, .kind = kind, .object = object};
    }
    pthread_rwlock_unlock(&table->lock);
    return status;
}

void *cairn_hsa_handle_find(enum handle_kind kind, uint64_t handle)
{
    struct handle_table *table = &cairn_hsa_process.handles;
    void *object = NULL;
    if (handle == 0)
        return NULL;
    pthread_rwlock_rdlock(&table->lock);
    if (table->capacity != 0)
        object = table->slots[probe(table, kind, handle)].object;
    pthread_rwlock_unlock(&table->lock);
    return object;
}

/* Closes the gap at `hole` so that no probe sequence is cut. */
static void shift_back_locked(struct handle_table *table, size_t hole)
{
    size_t mask = table->capacity - 1;
    for (size_t at = (hole + 1) & mask; table->slots[at].kind != HANDLE_NONE;
         at = (at + 1) & mask) {
        size_t home = slot_of(table, table->slots[at].handle);
        if (((at - home) & mask) < ((at - hole) & mask))
            continue;
        table->slots[hole] = table->slots[at];
        hole = at;
    }
    table->slots[hole] = (struct handle_slot){.kind = HANDLE_NONE};
}

void *cairn_hsa_handle_remove(enum handle_kind kind, uint64_t handle)
{
    struct handle_table *table = &cairn_hsa_process.handles;
    void *object = NULL;
    pthread_rwlock_wrlock(&table->lock);
    if (table->capacity != 0 && handle != 0) {
        size_t at = probe(table, kind, handle);
        object = table->slots[at].object;
        if (table->slots[at].kind != HANDLE_NONE) {
            shift_back_locked(table, at);
            table->used--;
        }
    }
    pthread_rwlock_unlock(&table->lock);
    return object;
}

void *cairn_hsa_handle_any(enum handle_kind kind, uint64_t *handle)
{
    struct handle_table *table = &cairn_hsa_process.handles;
    void *object = NULL;
    pthread_rwlock_rdlock(&table->lock);
    for (size_t i = 0; i < table->capacity && object == NULL; i++)
        if (table->slots[i].kind == kind) {
            object = table->slots[i].object;
            *handle = table->slots[i].handle;
        }
    pthread_rwlock_unlock(&table->lock);
    return object;
}

void cairn_hsa_handle_clear(void)
{
    struct handle_table *table = &cairn_hsa_process.handles;
    pthread_rwlock_wrlock(&table->lock);
    free(table->slots);
    table->slots = NULL;
    table->capacity = table->used = 0;
    pthread_rwlock_unlock(&table->lock);
}
