/* SPDX-License-Identifier: MIT
 * What runs next: the ring of active dispatches, their parked workgroups, and the memory that
 * bounds how many workgroups are resident.
 *
 * Dispatches take turns (turns.c). Within one, new workgroups are started in order. A workgroup
 * that is not done after a while is parked: as working, or as waiting if it got nowhere. Every
 * second turn goes to a waiting one, and costs little if it still waits. The other turns alternate
 * between passes over all working ones and starting a quarter as many new ones, until as many work
 * as the chip itself would hold: no program can wait for more to start. If none works, new ones are
 * started once a pass over all waiting ones was in vain. So whatever a workgroup waits for gets its
 * turn: an earlier workgroup (it is resident), all others (grid barrier: residents grow until all
 * have started), or the host.
 */
#include "device/soft/soft_priv.h"

#include "device/device_priv.h"

#include <stdlib.h>

enum { QUOTA_SHARE = 4, FREE_SLOTS_LIMIT = 64, FREE_SLOT_BYTES = 1 << 20 };

bool cairn_soft_enter(struct cairn_dispatch *dispatch)
{
    uint64_t pending = atomic_load_explicit(&dispatch->pending, memory_order_relaxed);
    while (pending != 0)
        if (atomic_compare_exchange_weak_explicit(&dispatch->pending, &pending, pending + 1,
                                                  memory_order_acquire, memory_order_relaxed))
            return true;
    return false;
}

static void retire(struct cairn_soft *soft, struct cairn_dispatch *dispatch)
{
    pthread_mutex_lock(&soft->lock);
    if (dispatch->next != NULL) {
        if (soft->cursor == dispatch)
            soft->cursor = dispatch->next != dispatch ? dispatch->next : NULL;
        dispatch->previous->next = dispatch->next;
        dispatch->next->previous = dispatch->previous;
        dispatch->next = dispatch->previous = NULL;
        atomic_fetch_sub_explicit(&soft->active_count, 1, memory_order_relaxed);
    }
    pthread_mutex_unlock(&soft->lock);
    cairn_dispatch_done(dispatch);
}

/* Acquire-release: what every worker did for the dispatch is seen by the one that completes it. */
void cairn_soft_leave(struct cairn_soft *soft, struct cairn_dispatch *dispatch, uint64_t count)
{
    if (atomic_fetch_sub_explicit(&dispatch->pending, count, memory_order_acq_rel) == count)
        retire(soft, dispatch);
}

void cairn_soft_activate(struct cairn_soft *soft, struct cairn_dispatch *dispatch)
{
    pthread_mutex_lock(&soft->lock);
    if (soft->cursor == NULL) {
        dispatch->next = dispatch->previous = dispatch;
        soft->cursor = dispatch;
    } else { /* at the end of the ring: before the cursor */
        dispatch->next = soft->cursor;
        dispatch->previous = soft->cursor->previous;
        dispatch->previous->next = dispatch;
        soft->cursor->previous = dispatch;
    }
    cairn_soft_join_locked(soft, dispatch->share);
    atomic_fetch_add_explicit(&soft->active_count, 1, memory_order_relaxed);
    atomic_store_explicit(&soft->idle_streak, 0, memory_order_relaxed);
    if (soft->sleepers > 0)
        pthread_cond_broadcast(&soft->work);
    pthread_cond_broadcast(&soft->doze);
    pthread_mutex_unlock(&soft->lock);
}

bool cairn_soft_reserve(struct cairn_soft *soft, struct cairn_slot *slot,
                        const struct cairn_dispatch *dispatch)
{
    size_t before = slot->block_bytes;
    bool done = cairn_slot_reserve(slot, &dispatch->launch, &dispatch->needs);
    atomic_fetch_add_explicit(&soft->resident_bytes, slot->block_bytes - before,
                              memory_order_relaxed);
    return done;
}

static bool has_rest(const struct cairn_dispatch *dispatch)
{
    return atomic_load_explicit(&dispatch->rest_count, memory_order_relaxed) != 0;
}

/* Whether one more slot may be made: always for a dispatch that has nothing parked, for workgroups
 * that are late, and up to two for each worker, beyond it while memory allows. */
static bool may_make_slot_locked(const struct cairn_soft *soft,
                                 const struct cairn_dispatch *dispatch)
{
    uint64_t resident = atomic_load_explicit(&soft->resident_bytes, memory_order_relaxed);
    uint64_t limit = atomic_load_explicit(&soft->resident_limit, memory_order_relaxed);
    uint32_t parked = atomic_load_explicit(&dispatch->parked_count, memory_order_relaxed);
    return parked == 0 || soft->slot_count < 2 * soft->device->info.worker_threads ||
           resident + cairn_slot_bytes(&dispatch->needs) <= limit || has_rest(dispatch);
}

bool cairn_soft_get_spare_locked(struct cairn_soft_worker *worker,
                                 const struct cairn_dispatch *dispatch)
{
    struct cairn_soft *soft = worker->soft;
    if (worker->spare != NULL)
        return true;
    worker->spare = soft->free_slots;
    if (worker->spare != NULL) {
        soft->free_slots = worker->spare->next;
        soft->free_count--;
    } else if (may_make_slot_locked(soft, dispatch)) {
        worker->spare = cairn_slot_create();
        soft->slot_count += worker->spare != NULL;
    }
    return worker->spare != NULL;
}

void cairn_soft_drop_slot(struct cairn_soft *soft, struct cairn_slot *slot)
{
    atomic_fetch_sub_explicit(&soft->resident_bytes, slot->block_bytes, memory_order_relaxed);
    cairn_slot_destroy(slot);
}

static void put_free(struct cairn_soft *soft, struct cairn_slot *slot)
{
    pthread_mutex_lock(&soft->lock);
    bool keep = soft->free_count < soft->device->info.worker_threads ||
                (soft->free_count < FREE_SLOTS_LIMIT && slot->block_bytes <= FREE_SLOT_BYTES);
    if (keep) {
        slot->next = soft->free_slots;
        soft->free_slots = slot;
        soft->free_count++;
    } else {
        soft->slot_count--;
    }
    pthread_mutex_unlock(&soft->lock);
    if (!keep)
        cairn_soft_drop_slot(soft, slot);
}

void cairn_soft_put_spare(struct cairn_soft_worker *worker, struct cairn_slot *slot)
{
    if (worker->spare == NULL)
        worker->spare = slot;
    else
        put_free(worker->soft, slot);
}

static void push(struct cairn_slot_list *list, struct cairn_slot *slot)
{
    slot->next = NULL;
    if (list->last != NULL)
        list->last->next = slot;
    else
        list->first = slot;
    list->last = slot;
    list->count++;
}

static struct cairn_slot *pop(struct cairn_slot_list *list)
{
    struct cairn_slot *slot = list->first;
    list->first = slot->next;
    if (slot->next == NULL)
        list->last = NULL;
    list->count--;
    return slot;
}

void cairn_soft_park(struct cairn_soft *soft, struct cairn_dispatch *dispatch,
                     struct cairn_slot *slot)
{
    pthread_mutex_lock(&soft->lock);
    if (slot->waits)
        atomic_store_explicit(&dispatch->waits, true, memory_order_relaxed);
    if (slot->waits)
        cairn_waiting_add(&dispatch->waiting, slot);
    else
        push(&dispatch->working, slot);
    atomic_fetch_add_explicit(&dispatch->parked_count, 1, memory_order_relaxed);
    /* The worker that parks it looks for work next: one alone wakes nobody. */
    if (atomic_fetch_add_explicit(&soft->parked_total, 1, memory_order_relaxed) > 0 &&
        soft->sleepers > 0)
        pthread_cond_signal(&soft->work);
    pthread_mutex_unlock(&soft->lock);
}

bool cairn_soft_take_rest(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                          uint64_t most, uint64_t *first, uint64_t *end)
{
    struct cairn_ticket_rest *empty = NULL;
    pthread_mutex_lock(&worker->soft->lock);
    struct cairn_ticket_rest *rest = dispatch->rests;
    if (rest != NULL) {
        *first = rest->first;
        *end = rest->end - rest->first > most ? rest->first + most : rest->end;
        rest->first = *end;
        if (rest->first == rest->end) {
            dispatch->rests = rest->next;
            atomic_fetch_sub_explicit(&dispatch->rest_count, 1, memory_order_relaxed);
            empty = rest;
        }
    }
    pthread_mutex_unlock(&worker->soft->lock);
    if (empty != NULL && worker->rest == NULL)
        worker->rest = empty;
    else
        free(empty);
    return rest != NULL;
}

/* Under the lock, under which a cancel takes what was given back: one of the two sees the other. */
uint64_t cairn_soft_give_rest(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                              uint64_t first, uint64_t end)
{
    struct cairn_soft *soft = worker->soft;
    uint64_t dropped = 0;
    pthread_mutex_lock(&soft->lock);
    if (atomic_load_explicit(&dispatch->launch.stop, memory_order_relaxed) != 0) {
        dropped = end - first;
    } else {
        struct cairn_ticket_rest **at = &dispatch->rests, *rest = worker->rest;
        while (*at != NULL && (*at)->first < first)
            at = &(*at)->next;
        *rest = (struct cairn_ticket_rest){*at, first, end};
        *at = rest;
        worker->rest = NULL;
        atomic_fetch_add_explicit(&dispatch->rest_count, 1, memory_order_relaxed);
        if (soft->sleepers > 0)
            pthread_cond_broadcast(&soft->work);
    }
    pthread_mutex_unlock(&soft->lock);
    return dropped;
}

void cairn_soft_ended(struct cairn_dispatch *dispatch, uint64_t ticket)
{
    uint64_t lowest = atomic_load_explicit(&dispatch->ended, memory_order_relaxed);
    while (lowest == 0 || lowest > ticket + 1)
        if (atomic_compare_exchange_weak_explicit(&dispatch->ended, &lowest, ticket + 1,
                                                  memory_order_relaxed, memory_order_relaxed))
            break;
}

static struct cairn_slot *take_waiting_locked(struct cairn_dispatch *dispatch)
{
    if (atomic_load_explicit(&dispatch->ended, memory_order_relaxed) != 0) {
        uint64_t ended = atomic_exchange_explicit(&dispatch->ended, 0, memory_order_relaxed);
        dispatch->vain = 0;
        cairn_waiting_turn_after(&dispatch->waiting, ended - 1);
    }
    dispatch->vain++;
    return cairn_waiting_take(&dispatch->waiting);
}

static struct cairn_slot *unpark_locked(struct cairn_soft *soft, struct cairn_dispatch *dispatch)
{
    struct cairn_slot *slot;
    if (dispatch->working.first == NULL ||
        (dispatch->waiting_turn && dispatch->waiting.first != NULL)) {
        slot = take_waiting_locked(dispatch);
    } else {
        slot = pop(&dispatch->working);
        if (dispatch->turns > 0 && --dispatch->turns == 0)
            dispatch->quota = dispatch->working.count / QUOTA_SHARE + 1;
    }
    atomic_fetch_sub_explicit(&soft->parked_total, 1, memory_order_relaxed);
    atomic_fetch_sub_explicit(&dispatch->parked_count, 1, memory_order_relaxed);
    return slot;
}

bool cairn_soft_has_tickets(const struct cairn_dispatch *dispatch)
{
    return atomic_load_explicit(&dispatch->next_ticket, memory_order_relaxed) < dispatch->total ||
           has_rest(dispatch);
}

/* A new workgroup now, by the alternation described at the top? */
static bool fresh_turn_locked(struct cairn_dispatch *dispatch)
{
    if (dispatch->waiting_turn && dispatch->waiting.first != NULL)
        return false;
    if (dispatch->working.first == NULL) /* what has just ended may have freed one that waits */
        return dispatch->waiting.first == NULL ||
               (dispatch->vain >= dispatch->waiting.count &&
                atomic_load_explicit(&dispatch->ended, memory_order_relaxed) == 0);
    if (dispatch->turns > 0 ||
        (dispatch->working.count >= dispatch->capacity && !has_rest(dispatch)))
        return false;
    if (dispatch->quota > 0) {
        dispatch->quota--;
        return true;
    }
    dispatch->turns = dispatch->working.count;
    return false;
}

bool cairn_soft_pick_locked(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                            struct cairn_soft_item *out)
{
    bool parked = dispatch->working.first != NULL || dispatch->waiting.first != NULL;
    if (!parked && !cairn_soft_has_tickets(dispatch))
        return false;
    bool fresh = cairn_soft_has_tickets(dispatch) && fresh_turn_locked(dispatch) &&
                 cairn_soft_get_spare_locked(worker, dispatch);
    if ((!fresh && !parked) || !cairn_soft_enter(dispatch))
        return false;
    out->dispatch = dispatch;
    out->parked = fresh ? NULL : unpark_locked(worker->soft, dispatch);
    dispatch->waiting_turn = !dispatch->waiting_turn;
    return true;
}

void cairn_soft_cancel(struct cairn_soft *soft, struct cairn_dispatch *dispatch)
{
    if (!cairn_soft_enter(dispatch))
        return;
    atomic_store_explicit(&dispatch->launch.stop, 1, memory_order_relaxed);
    uint64_t next =
        atomic_exchange_explicit(&dispatch->next_ticket, dispatch->total, memory_order_relaxed);
    uint64_t dropped = next < dispatch->total ? dispatch->total - next : 0;
    pthread_mutex_lock(&soft->lock);
    struct cairn_slot_list working = dispatch->working;
    struct cairn_waiting waiting = dispatch->waiting;
    dispatch->working = (struct cairn_slot_list){0};
    dispatch->waiting = (struct cairn_waiting){0};
    struct cairn_ticket_rest *rests = dispatch->rests;
    dispatch->rests = NULL;
    atomic_store_explicit(&dispatch->rest_count, 0, memory_order_relaxed);
    uint32_t count = atomic_exchange_explicit(&dispatch->parked_count, 0, memory_order_relaxed);
    atomic_fetch_sub_explicit(&soft->parked_total, count, memory_order_relaxed);
    pthread_mutex_unlock(&soft->lock);
    while (working.first != NULL)
        put_free(soft, pop(&working));
    while (waiting.first != NULL)
        put_free(soft, cairn_waiting_take(&waiting));
    while (rests != NULL) {
        struct cairn_ticket_rest *rest = rests;
        rests = rest->next;
        dropped += rest->end - rest->first;
        free(rest);
    }
    cairn_soft_leave(soft, dispatch, dropped + count + 1);
}
