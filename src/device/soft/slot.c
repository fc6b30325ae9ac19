/* SPDX-License-Identifier: MIT
 * Slots and the LDS arenas in them. An arena is a 4 GiB-aligned reservation of 4 GiB that begins
 * with the LDS, so that the high half of an LDS address is the shared aperture and nothing else can
 * lie in that aperture. All else in it, and in the one before it, reads as zeros and cannot be
 * written: finalized code loads from LDS at any 32-bit offset, without a check. Arenas are never
 * given back, only used again.
 */
#include "device/soft/slot.h"

#include "base/bytes.h"
#include "base/log.h"
#include "device/memory_priv.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

enum { PAGE_BYTES = 4096, ARENAS_AT_ONCE = 16, BLOCK_ALIGNMENT = 64, MAX_RESERVATIONS = 1024 };
static const uint64_t arena_bytes = (uint64_t)1 << 32;

static struct {
    pthread_mutex_t lock; /* guards what follows */
    uint64_t *free_list;
    size_t free_count, capacity;
    /* All reservations, for readers without the lock: the count is stored last. */
    uint64_t reserved[MAX_RESERVATIONS];
    _Atomic uint32_t reserved_count;
    uint64_t empty; /* what workgroups without LDS get: nothing but zeros */
} arenas = {.lock = PTHREAD_MUTEX_INITIALIZER};

static bool more_arenas_locked(void)
{
    uint32_t count = atomic_load_explicit(&arenas.reserved_count, memory_order_relaxed);
    if (count == MAX_RESERVATIONS)
        return false;
    uint64_t *grown = realloc(arenas.free_list, (arenas.capacity + ARENAS_AT_ONCE) * sizeof *grown);
    if (grown == NULL)
        return false;
    arenas.free_list = grown;
    uint64_t base = cairn_address_reserve(ARENAS_AT_ONCE * arena_bytes, arena_bytes);
    if (base == 0)
        return false;
    if (mprotect((void *)base, ARENAS_AT_ONCE * arena_bytes, PROT_READ) != 0) {
        munmap((void *)base, ARENAS_AT_ONCE * arena_bytes);
        return false;
    }
    madvise((void *)base, ARENAS_AT_ONCE * arena_bytes, MADV_DONTDUMP); /* readable, but empty */
    arenas.reserved[count] = base;
    atomic_store_explicit(&arenas.reserved_count, count + 1, memory_order_release);
    arenas.capacity += ARENAS_AT_ONCE;
    for (uint64_t i = ARENAS_AT_ONCE - 1; i > 0; i--) /* the first has none before it */
        arenas.free_list[arenas.free_count++] = base + i * arena_bytes;
    if (arenas.empty == 0)
        arenas.empty = arenas.free_list[--arenas.free_count];
    return true;
}

bool cairn_slot_owns(uint64_t address)
{
    uint32_t count = atomic_load_explicit(&arenas.reserved_count, memory_order_acquire);
    for (uint32_t i = 0; i < count; i++)
        if (address - arenas.reserved[i] < ARENAS_AT_ONCE * arena_bytes)
            return true;
    return false;
}

static uint64_t arena_take(void)
{
    uint64_t arena = 0;
    pthread_mutex_lock(&arenas.lock);
    if (arenas.free_count > 0 || more_arenas_locked())
        arena = arenas.free_list[--arenas.free_count];
    pthread_mutex_unlock(&arenas.lock);
    return arena;
}

static void arena_give(uint64_t arena)
{
    pthread_mutex_lock(&arenas.lock);
    arenas.free_list[arenas.free_count++] = arena;
    pthread_mutex_unlock(&arenas.lock);
}

static uint64_t arena_empty(void)
{
    pthread_mutex_lock(&arenas.lock);
    if (arenas.empty == 0)
        more_arenas_locked();
    uint64_t empty = arenas.empty;
    pthread_mutex_unlock(&arenas.lock);
    return empty;
}

void cairn_slots_fork_child(void)
{
    arenas.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
}

struct cairn_slot *cairn_slot_create(void)
{
    return calloc(1, sizeof(struct cairn_slot));
}

void cairn_slot_destroy(struct cairn_slot *slot)
{
    if (slot == NULL)
        return;
    if (slot->lds != NULL) {
        mmap(slot->lds, slot->lds_bytes, PROT_READ,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED, -1, 0);
        arena_give((uint64_t)slot->lds);
    }
    free(slot->block);
    free(slot);
}

size_t cairn_slot_bytes(const struct cairn_workgroup_needs *needs)
{
    return cairn_align_up(needs->wave_bytes, BLOCK_ALIGNMENT) +
           cairn_align_up(needs->vgpr_bytes, BLOCK_ALIGNMENT) +
           cairn_align_up(needs->scratch_bytes, BLOCK_ALIGNMENT) + needs->mold_bytes +
           BLOCK_ALIGNMENT;
}

/* What lies behind the allocation reads as zeros. */
static void clear_behind(struct cairn_slot *slot, uint32_t lds_bytes)
{
    if (lds_bytes < slot->lds_used)
        memset(slot->lds + lds_bytes, 0, slot->lds_used - lds_bytes);
    slot->lds_used = lds_bytes;
}

static bool reserve_lds(struct cairn_slot *slot, const struct cairn_launch *launch)
{
    if (launch->lds_bytes == 0) {
        if (slot->no_lds == NULL)
            slot->no_lds = (uint8_t *)arena_empty();
        return slot->no_lds != NULL;
    }
    if (launch->lds_bytes <= slot->lds_bytes)
        return true;
    uint64_t arena = slot->lds != NULL ? (uint64_t)slot->lds : arena_take();
    uint32_t bytes = (uint32_t)cairn_align_up(launch->gfx->lds_bytes, PAGE_BYTES);
    if (arena == 0)
        return false;
    if (mprotect((void *)arena, bytes, PROT_READ | PROT_WRITE) != 0) {
        if (slot->lds == NULL)
            arena_give(arena);
        return false;
    }
    slot->lds = (uint8_t *)arena;
    slot->lds_bytes = bytes;
    return true;
}

bool cairn_slot_reserve(struct cairn_slot *slot, const struct cairn_launch *launch,
                        const struct cairn_workgroup_needs *needs)
{
    size_t bytes = cairn_slot_bytes(needs);
    slot->mold.waves = NULL;
    slot->placed = 0;
    if (!reserve_lds(slot, launch))
        return false;
    if (bytes <= slot->block_bytes)
        return true;
    void *block;
    if (posix_memalign(&block, BLOCK_ALIGNMENT, bytes) != 0)
        return false;
    free(slot->block);
    slot->block = block;
    slot->block_bytes = bytes;
    return true;
}

/* The ids of workgroup number `ticket`, mostly the one after that which is in the slot. */
static void id_of_ticket(const struct cairn_slot *slot, const struct cairn_launch *launch,
                         uint64_t ticket, uint32_t id[3])
{
    if (slot->placed > 0 && ticket == slot->ticket + 1) {
        memcpy(id, slot->group.id, 3 * sizeof id[0]);
        if (++id[0] < launch->workgroups[0])
            return;
        id[0] = 0;
        if (++id[1] < launch->workgroups[1])
            return;
        id[1] = 0;
        id[2]++;
        return;
    }
    uint64_t row = ticket / launch->workgroups[0];
    id[0] = (uint32_t)(ticket % launch->workgroups[0]);
    id[1] = (uint32_t)(row % launch->workgroups[1]);
    id[2] = (uint32_t)(row / launch->workgroups[1]);
}

/* The second workgroup is the first that a mold pays for: small dispatches have only one. */
static void init_group(struct cairn_slot *slot, const struct cairn_launch *launch,
                       const struct cairn_workgroup_needs *needs, const uint32_t id[3])
{
    bool whole = cairn_workgroup_is_whole(launch, id);
    if (whole && slot->mold.waves != NULL) {
        cairn_mold_place(&slot->mold, &slot->group, id);
        return;
    }
    uint8_t *vgprs = slot->block + cairn_align_up(needs->wave_bytes, BLOCK_ALIGNMENT);
    uint8_t *scratch = vgprs + cairn_align_up(needs->vgpr_bytes, BLOCK_ALIGNMENT);
    uint8_t *mold = scratch + cairn_align_up(needs->scratch_bytes, BLOCK_ALIGNMENT);
    void *lds = launch->lds_bytes != 0 ? slot->lds : slot->no_lds;
    cairn_workgroup_init(&slot->group, launch, id, slot->block, vgprs, scratch, lds, false);
    if (whole && slot->placed > 0)
        cairn_mold_take(&slot->mold, &slot->group, mold);
}

void cairn_slot_place(struct cairn_slot *slot, const struct cairn_launch *launch,
                      const struct cairn_workgroup_needs *needs, uint64_t ticket)
{
    uint32_t id[3];
    id_of_ticket(slot, launch, ticket, id);
    if (launch->lds_bytes != 0)
        clear_behind(slot, launch->lds_bytes);
    init_group(slot, launch, needs, id);
    slot->ticket = ticket;
    slot->placed++;
    slot->live_waves = slot->group.wave_count;
    slot->first_wave = 0;
    slot->waits = slot->settles = slot->begun = slot->merged = slot->watched = false;
    slot->interpreted = false;
}
