/* SPDX-License-Identifier: MIT
 * The table of live handles: a slot number and a count of how often the slot was used.
 */
#include "comgr/handle.h"

#include <pthread.h>
#include <stdlib.h>

enum { SLOT_BITS = 20, SLOTS_MAX = 1 << SLOT_BITS, USES_MAX = (1 << (32 - SLOT_BITS)) - 1 };

struct slot {
    void *object;
    uint32_t next; /* free slots: the next free one, SLOTS_MAX at the end */
    uint16_t uses; /* of this slot, from 1; wraps */
    uint16_t type;
};

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
/* Guarded by lock. */
static struct slot *slots;
static uint32_t slot_count, slot_room, first_free = SLOTS_MAX;

static uint32_t take_slot_locked(void)
{
    if (first_free != SLOTS_MAX) {
        uint32_t slot = first_free;
        first_free = slots[slot].next;
        return slot;
    }
    if (slot_count == slot_room) {
        uint32_t room = slot_room == 0 ? 256 : 2 * slot_room;
        struct slot *bigger = room <= SLOTS_MAX ? realloc(slots, room * sizeof *slots) : NULL;
        if (bigger == NULL)
            return SLOTS_MAX;
        slots = bigger;
        slot_room = room;
    }
    slots[slot_count].uses = 0;
    return slot_count++;
}

bool comgr_handle_add(enum comgr_type type, void *object, uint64_t *out)
{
    pthread_rwlock_wrlock(&lock);
    uint32_t index = take_slot_locked();
    bool added = index != SLOTS_MAX;
    if (added) {
        struct slot *slot = &slots[index];
        slot->uses = slot->uses == USES_MAX ? 1 : slot->uses + 1;
        slot->object = object;
        slot->type = (uint16_t)type;
        *out = (uint64_t)slot->uses << SLOT_BITS | index;
    }
    pthread_rwlock_unlock(&lock);
    return added;
}

static struct slot *find_locked(uint64_t handle)
{
    uint32_t index = (uint32_t)handle & (SLOTS_MAX - 1);
    uint32_t uses = (uint32_t)handle >> SLOT_BITS;
    if (index >= slot_count || slots[index].uses != uses || slots[index].type == COMGR_FREE)
        return NULL;
    return &slots[index];
}

void *comgr_handle_find(enum comgr_type type, uint64_t handle)
{
    pthread_rwlock_rdlock(&lock);
    const struct slot *slot = find_locked(handle);
    void *object = slot != NULL && slot->type == type ? slot->object : NULL;
    pthread_rwlock_unlock(&lock);
    return object;
}

static void free_slot_locked(struct slot *slot)
{
    slot->type = COMGR_FREE;
    slot->object = NULL;
    slot->next = first_free;
    first_free = (uint32_t)(slot - slots);
}

void comgr_handle_remove(uint64_t handle)
{
    pthread_rwlock_wrlock(&lock);
    struct slot *slot = find_locked(handle);
    if (slot != NULL)
        free_slot_locked(slot);
    pthread_rwlock_unlock(&lock);
}

void *comgr_handle_take(enum comgr_type type, uint64_t handle)
{
    void *object = NULL;
    pthread_rwlock_wrlock(&lock);
    struct slot *slot = find_locked(handle);
    if (slot != NULL && slot->type == type) {
        object = slot->object;
        free_slot_locked(slot);
    }
    pthread_rwlock_unlock(&lock);
    return object;
}
