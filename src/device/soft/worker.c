/* SPDX-License-Identifier: MIT
 * Worker threads: each asks the scheduler what is next, runs it for a while, and parks what is not
 * finished. They sleep when nothing is active and doze when all that is active only waits.
 */
#include "device/soft/soft_priv.h"

#include "base/log.h"
#include "device/device_priv.h"
#include "device/stats.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum {
    SLICE_NS = 2000000,
    DOZE_FIRST_NS = 20000,
    DOZE_STEPS = 5, /* doubled so often, at most: 0.64 ms */
};

/* Instructions of each wave before its workgroup is parked: of a new one, and of a resumed one or
 * when other dispatches wait. */
enum { LONG_SLICE = 64 << 10, SHORT_SLICE = 16 << 10 };

static uint64_t count_instructions(const struct cairn_slot *slot)
{
    uint64_t sum = 0;
    for (uint32_t i = 0; i < slot->group.wave_count; i++)
        sum += slot->group.waves[i].instructions;
    return sum;
}

/* Runs what is in `slot`; true: the workgroup is over (ended or stopped) and the slot is free. */
static bool run_slot(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                     struct cairn_slot *slot, unsigned instructions)
{
    struct cairn_soft *soft = worker->soft;
    bool idle;
    enum cairn_group_end end = cairn_soft_run_group(dispatch, slot, instructions, &idle);
    worker->idle_runs = idle ? worker->idle_runs + 1 : 0;
    if (idle)
        atomic_fetch_add_explicit(&soft->idle_streak, 1, memory_order_relaxed);
    else if (atomic_load_explicit(&soft->idle_streak, memory_order_relaxed) != 0)
        atomic_store_explicit(&soft->idle_streak, 0, memory_order_relaxed);
    if (idle)
        cairn_signals_look(); /* the host may be what it waits for */
    if (end == CAIRN_GROUP_PARKED) {
        cairn_soft_park(soft, dispatch, slot);
        return false;
    }
    if (atomic_load_explicit(&dispatch->parked_count, memory_order_relaxed) != 0)
        cairn_soft_ended(dispatch, slot->ticket);
    worker->waves += slot->group.wave_count;
    worker->instructions += count_instructions(slot);
    return true;
}

/* Leaves the dispatch with `ended` workgroups done, and tells it what they took. */
static void leave(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch, uint64_t ended)
{
    if (worker->waves > 0) {
        atomic_fetch_add_explicit(&dispatch->waves, worker->waves, memory_order_relaxed);
        atomic_fetch_add_explicit(&dispatch->instructions, worker->instructions,
                                  memory_order_relaxed);
        worker->waves = worker->instructions = 0;
    }
    if (ended > 0)
        cairn_soft_leave(worker->soft, dispatch, ended);
}

static bool others_wait(const struct cairn_soft *soft)
{
    return atomic_load_explicit(&soft->active_count, memory_order_relaxed) > 1;
}

/* The next ticket, or UINT64_MAX. The first one starts the dispatch's clock. */
static uint64_t take_ticket(struct cairn_dispatch *dispatch)
{
    if (atomic_load_explicit(&dispatch->next_ticket, memory_order_relaxed) >= dispatch->total)
        return UINT64_MAX;
    uint64_t ticket = atomic_fetch_add_explicit(&dispatch->next_ticket, 1, memory_order_relaxed);
    if (ticket == 0)
        atomic_store_explicit(&dispatch->start_ns, cairn_clock_now(), memory_order_relaxed);
    return ticket < dispatch->total ? ticket : UINT64_MAX;
}

void cairn_soft_run_fresh(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                          unsigned instructions, uint64_t until_ns)
{
    uint64_t finished = 0;
    if (!cairn_soft_reserve(worker->soft, worker->spare, dispatch)) {
        /* Others may still finish theirs and give memory back; alone it will never work. */
        if (atomic_load_explicit(&dispatch->parked_count, memory_order_relaxed) == 0)
            cairn_dispatch_fail(dispatch, CAIRN_QUEUE_OUT_OF_RESOURCES, NULL,
                                "no memory for the registers, scratch and LDS of a workgroup");
        return;
    }
    for (;;) {
        uint64_t ticket = take_ticket(dispatch);
        if (ticket == UINT64_MAX)
            break;
        struct cairn_slot *slot = worker->spare;
        cairn_slot_place(slot, &dispatch->launch, &dispatch->needs, ticket);
        worker->spare = NULL;
        if (!run_slot(worker, dispatch, slot, instructions))
            break;
        worker->spare = slot;
        finished++;
        if (atomic_load_explicit(&dispatch->parked_count, memory_order_relaxed) != 0 ||
            (until_ns != UINT64_MAX ? cairn_clock_now() > until_ns : others_wait(worker->soft)))
            break;
    }
    leave(worker, dispatch, finished);
}

void cairn_soft_run_item(struct cairn_soft_worker *worker, const struct cairn_soft_item *item)
{
    struct cairn_dispatch *dispatch = item->dispatch;
    uint64_t ended = 0;
    if (item->parked != NULL) {
        if (run_slot(worker, dispatch, item->parked, SHORT_SLICE)) {
            cairn_soft_put_spare(worker, item->parked);
            ended = 1;
        }
    } else if (others_wait(worker->soft)) {
        cairn_soft_run_fresh(worker, dispatch, SHORT_SLICE, cairn_clock_now() + SLICE_NS);
    } else {
        cairn_soft_run_fresh(worker, dispatch, LONG_SLICE, UINT64_MAX);
    }
    leave(worker, dispatch, ended + 1);
}

/* How long to doze before looking at parked workgroups again; 0: not at all. Each worker dozes once
 * a pass over all of them, the longer the more passes were in vain. */
static uint64_t doze_ns(struct cairn_soft_worker *worker)
{
    struct cairn_soft *soft = worker->soft;
    uint32_t streak = atomic_load_explicit(&soft->idle_streak, memory_order_relaxed);
    uint32_t parked = atomic_load_explicit(&soft->parked_total, memory_order_relaxed);
    if (worker->idle_runs <= parked || streak <= parked)
        return 0;
    uint32_t passes = streak / (parked + 1);
    worker->idle_runs = 0;
    return (uint64_t)DOZE_FIRST_NS << (passes < DOZE_STEPS ? passes : DOZE_STEPS);
}

static void doze_locked(struct cairn_soft *soft, uint64_t ns)
{
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += (long)ns;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    pthread_cond_timedwait(&soft->doze, &soft->lock, &until);
}

/* Waits for something to run; false: the device is closing. */
static bool wait_for_item(struct cairn_soft_worker *worker, struct cairn_soft_item *out)
{
    struct cairn_soft *soft = worker->soft;
    bool found = false;
    pthread_mutex_lock(&soft->lock);
    uint64_t doze = doze_ns(worker);
    if (doze > 0 && !soft->stopping)
        doze_locked(soft, doze);
    while (!soft->stopping && !(found = cairn_soft_next_locked(worker, out))) {
        soft->sleepers++;
        pthread_cond_wait(&soft->work, &soft->lock);
        soft->sleepers--;
    }
    pthread_mutex_unlock(&soft->lock);
    return found;
}

static void *worker_main(void *argument)
{
    struct cairn_soft_worker *worker = argument;
    struct cairn_soft_item item;
    while (wait_for_item(worker, &item))
        cairn_soft_run_item(worker, &item);
    return NULL;
}

/* Signals meant for the application's threads are not taken by ours. */
static bool start_thread(pthread_t *thread, struct cairn_soft_worker *worker)
{
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGTRAP);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(thread, NULL, worker_main, worker);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    return error == 0;
}

bool cairn_soft_start_workers_locked(struct cairn_soft *soft)
{
    uint32_t wanted = soft->device->info.worker_threads;
    while (soft->worker_count < wanted) {
        struct cairn_soft_worker *worker = cairn_soft_worker_create(soft);
        if (worker == NULL || !start_thread(&worker->thread, worker)) {
            free(worker);
            break;
        }
        char name[16];
        snprintf(name, sizeof name, "cairn-w%u", soft->worker_count % 10000);
        pthread_setname_np(worker->thread, name);
        soft->workers[soft->worker_count++] = worker;
    }
    if (soft->worker_count < wanted)
        cairn_log(CAIRN_LOG_WARN, "device %u: only %u of %u worker threads could be started",
                  soft->device->info.ordinal, soft->worker_count, wanted);
    return soft->worker_count > 0;
}
