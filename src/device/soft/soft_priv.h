/* SPDX-License-Identifier: MIT
 * The scheduler of one software GPU. Locks: `lock` guards the ring of active dispatches, their
 * parked workgroups, the free slots and the workers' sleep; everything else is atomic or owned by
 * one thread.
 */
#ifndef CAIRN_DEVICE_SOFT_SOFT_PRIV_H
#define CAIRN_DEVICE_SOFT_SOFT_PRIV_H

#include "device/soft/slot.h"
#include "device/soft/soft.h"

#include <pthread.h>

struct cairn_soft_worker {
    struct cairn_soft *soft;
    struct cairn_slot *spare; /* owned, no workgroup in it; may be NULL */
    pthread_t thread;
    struct cairn_ticket_rest *rest;  /* owned, for tickets to give back; may be NULL */
    uint64_t waves, instructions;    /* of workgroups ended since it entered a dispatch */
    struct cairn_queue_share *share; /* of what it runs; NULL: nothing */
    uint32_t idle_runs;              /* in a row that found only waiting waves */
};

struct cairn_soft {
    struct cairn_device *device;
    pthread_mutex_t lock;
    pthread_cond_t work;           /* there may be something to run, or `stopping` */
    pthread_cond_t doze;           /* there is something new to run, or `stopping` */
    struct cairn_dispatch *cursor; /* who comes first in the ring of active dispatches */
    uint64_t pass;                 /* of the queue that had the last turn, before it */
    _Atomic uint32_t active_count;
    _Atomic uint32_t parked_total;
    uint32_t sleepers;
    struct cairn_slot *free_slots;
    uint32_t free_count, slot_count;
    bool stopping;
    uint32_t worker_count; /* started */
    struct cairn_soft_worker **workers;
    _Atomic bool has_workers;         /* a hint that saves the lock */
    _Atomic uint64_t handler_seen_ns; /* when our fault handler was last in place */
    /* Runs in a row that ended with nothing but waiting: then workers doze, so that the host gets
     * the CPU for what the waves wait for. */
    _Atomic uint32_t idle_streak;
    _Atomic uint64_t resident_bytes, resident_limit;
};

/* What a worker is to do next. */
struct cairn_soft_item {
    struct cairn_dispatch *dispatch; /* entered */
    struct cairn_slot *parked;       /* to resume; NULL: start new workgroups */
};

/* Workgroups that a worker has claimed. */
struct cairn_soft_run {
    uint64_t next, end;           /* tickets that are not started */
    uint64_t ended;               /* workgroups, but for the one that is in the slot */
    uint64_t waves, instructions; /* of these */
    uint64_t most;                /* instructions after which the worker looks at the time */
    uint64_t longest;             /* instructions of a wave of any workgroup so far */
};

enum cairn_group_end { CAIRN_GROUP_DONE, CAIRN_GROUP_PARKED, CAIRN_GROUP_STOPPED };

/* sched.c */
/* Something of `dispatch` to run now, if there is. */
bool cairn_soft_pick_locked(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                            struct cairn_soft_item *out);
bool cairn_soft_get_spare_locked(struct cairn_soft_worker *worker,
                                 const struct cairn_dispatch *dispatch);
void cairn_soft_put_spare(struct cairn_soft_worker *worker, struct cairn_slot *slot);
void cairn_soft_drop_slot(struct cairn_soft *soft, struct cairn_slot *slot);
void cairn_soft_park(struct cairn_soft *soft, struct cairn_dispatch *dispatch,
                     struct cairn_slot *slot);
/* Tells the scheduler that a workgroup has ended: others may have waited for it. */
void cairn_soft_ended(struct cairn_dispatch *dispatch, uint64_t ticket);
/* Are there workgroups to start? */
bool cairn_soft_has_tickets(const struct cairn_dispatch *dispatch);
/* Takes up to `most` tickets of what was given back; false: there are none. */
bool cairn_soft_take_rest(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                          uint64_t most, uint64_t *first, uint64_t *end);
/* Gives back tickets that were claimed together, with worker->rest. Returns how many were dropped
 * instead, since the dispatch was cancelled: they count as ended. */
uint64_t cairn_soft_give_rest(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                              uint64_t first, uint64_t end);
void cairn_soft_activate(struct cairn_soft *soft, struct cairn_dispatch *dispatch);
bool cairn_soft_enter(struct cairn_dispatch *dispatch);
void cairn_soft_leave(struct cairn_soft *soft, struct cairn_dispatch *dispatch, uint64_t count);
bool cairn_soft_reserve(struct cairn_soft *soft, struct cairn_slot *slot,
                        const struct cairn_dispatch *dispatch);

/* turns.c */
bool cairn_soft_next_locked(struct cairn_soft_worker *worker, struct cairn_soft_item *out);
/* Of the item that the worker got last. */
void cairn_soft_end_turn_locked(struct cairn_soft_worker *worker);
/* A dispatch of this queue becomes active. */
void cairn_soft_join_locked(struct cairn_soft *soft, struct cairn_queue_share *share);

/* run.c: runs a placed workgroup until it has ended, each wave has executed so many instructions,
 * or its waves only wait; *idle: and they say so (s_sleep). Where it ends at once, may go on with
 * those that `run` has next: what comes back is the end of the last one, which is in the slot. */
enum cairn_group_end cairn_soft_run_group(struct cairn_dispatch *dispatch, struct cairn_slot *slot,
                                          struct cairn_soft_run *run, unsigned instructions,
                                          bool *idle);

/* worker.c */
void cairn_soft_run_item(struct cairn_soft_worker *worker, const struct cairn_soft_item *item);
/* Starts workgroups until there are none left, one is parked, or until_ns (UINT64_MAX: until other
 * dispatches wait). */
void cairn_soft_run_fresh(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                          unsigned instructions, uint64_t until_ns);
bool cairn_soft_start_workers_locked(struct cairn_soft *soft);

#endif
