/* SPDX-License-Identifier: MIT
 * Whose turn it is: queues share a device by the number of turns that they had, weighted by their
 * priority, and each within the workers that it may have at once. What a turn is made of is
 * sched.c's to say.
 */
#include "device/soft/soft_priv.h"

static bool may_run_locked(const struct cairn_dispatch *dispatch)
{
    const struct cairn_queue_share *share = dispatch->share;
    return atomic_load_explicit(&share->running, memory_order_relaxed) <
               atomic_load_explicit(&share->workers, memory_order_relaxed) &&
           (dispatch->working.first != NULL || dispatch->waiting.first != NULL ||
            cairn_soft_has_tickets(dispatch));
}

static bool take_turn_locked(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                             struct cairn_soft_item *out)
{
    struct cairn_queue_share *share = dispatch->share;
    if (!cairn_soft_pick_locked(worker, dispatch, out))
        return false;
    worker->soft->cursor = dispatch->next;
    worker->soft->pass = share->pass;
    share->pass += atomic_load_explicit(&share->stride, memory_order_relaxed);
    atomic_fetch_add_explicit(&share->running, 1, memory_order_relaxed);
    worker->share = share;
    return true;
}

/* The next turn is the queue's whose turns so far amount to the least; among its own dispatches,
 * and among queues that had the same, it goes around the ring. */
bool cairn_soft_next_locked(struct cairn_soft_worker *worker, struct cairn_soft_item *out)
{
    struct cairn_soft *soft = worker->soft;
    uint32_t count = atomic_load_explicit(&soft->active_count, memory_order_relaxed);
    struct cairn_dispatch *at = soft->cursor, *best = NULL;
    for (uint32_t i = 0; i < count; i++, at = at->next)
        if (may_run_locked(at) && (best == NULL || at->share->pass < best->share->pass))
            best = at;
    if (best == NULL || take_turn_locked(worker, best, out))
        return best != NULL;
    for (uint32_t i = 0; i < count; i++, at = at->next) /* that one has no slot, or is ending */
        if (may_run_locked(at) && take_turn_locked(worker, at, out))
            return true;
    return false;
}

void cairn_soft_end_turn_locked(struct cairn_soft_worker *worker)
{
    if (worker->share != NULL)
        atomic_fetch_sub_explicit(&worker->share->running, 1, memory_order_relaxed);
    worker->share = NULL;
}

/* A queue that had nothing to do does not save up turns. */
void cairn_soft_join_locked(struct cairn_soft *soft, struct cairn_queue_share *share)
{
    if (share->pass < soft->pass)
        share->pass = soft->pass;
}

void cairn_soft_look(struct cairn_soft *soft)
{
    pthread_mutex_lock(&soft->lock);
    pthread_cond_broadcast(&soft->work);
    pthread_mutex_unlock(&soft->lock);
}
