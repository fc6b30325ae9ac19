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

/* Consecutive workgroups are claimed together, so many that they take about CLAIM_NS: few enough
 * for nobody to wait long for one of them, enough for what a claim costs and for the hardware to
 * see that memory is read in order. The last ones are dealt out finer: each gets a part of SHARES.
 */
enum { CLAIM_NS = 64000, SHARES = 4 };
/* A claim that has executed so many more than is usual looks at the clock. */
enum { LOOK_INSTRUCTIONS = 1 << 16 };
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

/* Runs what is in `slot`, and of `run` what comes next; true: the last workgroup is over (ended or
 * stopped) and the slot is free. */
static bool run_slot(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                     struct cairn_slot *slot, struct cairn_soft_run *run, unsigned instructions)
{
    struct cairn_soft *soft = worker->soft;
    bool idle;
    enum cairn_group_end end = cairn_soft_run_group(dispatch, slot, run, instructions, &idle);
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
    run->ended++;
    run->waves += slot->group.wave_count;
    run->instructions += count_instructions(slot);
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

/* How many new workgroups may be claimed at once: a part of what each worker would still get, so
 * that all end together. */
static uint64_t fair_share(const struct cairn_soft_worker *worker,
                           const struct cairn_dispatch *dispatch, uint64_t left)
{
    uint64_t share = left / (SHARES * worker->soft->device->info.worker_threads);
    bool alone = atomic_load_explicit(&dispatch->waits, memory_order_relaxed) ||
                 atomic_load_explicit(&dispatch->parked_count, memory_order_relaxed) != 0;
    return alone || share == 0 ? 1 : share;
}

/* Claims up to `most` workgroups; false: there are none. The first one starts the dispatch's clock.
 * A claim of more than one needs something to give its rest back with. */
static bool claim(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch, uint64_t most,
                  struct cairn_soft_run *run)
{
    uint64_t next = atomic_load_explicit(&dispatch->next_ticket, memory_order_relaxed);
    uint64_t share =
        fair_share(worker, dispatch, next < dispatch->total ? dispatch->total - next : 0);
    uint64_t count = share < most ? share : most;
    if (count > 1 && worker->rest == NULL && (worker->rest = malloc(sizeof *worker->rest)) == NULL)
        count = 1;
    if (atomic_load_explicit(&dispatch->rest_count, memory_order_relaxed) != 0 &&
        cairn_soft_take_rest(worker, dispatch, count, &run->next, &run->end))
        return true;
    if (next >= dispatch->total)
        return false;
    next = atomic_fetch_add_explicit(&dispatch->next_ticket, count, memory_order_relaxed);
    if (next == 0)
        atomic_store_explicit(&dispatch->start_ns, cairn_clock_now(), memory_order_relaxed);
    if (next >= dispatch->total)
        return false;
    run->next = next;
    run->end = count < dispatch->total - next ? next + count : dispatch->total;
    return true;
}

/* Runs claimed workgroups; false: one is parked. What is left in `run` is not started: another one
 * waits for its turn, or it takes too long. */
static bool run_claim(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                      struct cairn_soft_run *run, unsigned instructions, uint64_t until_ns)
{
    struct cairn_slot *slot = worker->spare;
    bool over = true;
    worker->spare = NULL;
    do {
        cairn_slot_place(slot, &dispatch->launch, &dispatch->needs, run->next++);
        over = run_slot(worker, dispatch, slot, run, instructions);
    } while (over && run->next < run->end &&
             atomic_load_explicit(&dispatch->parked_count, memory_order_relaxed) == 0 &&
             atomic_load_explicit(&dispatch->launch.stop, memory_order_relaxed) == 0 &&
             cairn_clock_now() < until_ns);
    if (over)
        worker->spare = slot;
    if (run->next < run->end)
        run->ended += cairn_soft_give_rest(worker, dispatch, run->next, run->end);
    return over;
}

/* How long claims should be, for a worker that stops at `until_ns`. */
static uint64_t aim_of(uint64_t now, uint64_t until_ns)
{
    uint64_t left = until_ns > now ? until_ns - now : 0;
    return left / 4 < CLAIM_NS ? left / 4 : CLAIM_NS;
}

/* Runs one claim after the other: the first is of one workgroup, later ones of as many as take
 * about as long as they should. Returns how many workgroups are over. Where there is but one claim,
 * the clock is not looked at: that would show in what an empty launch costs. */
static uint64_t run_claims(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                           unsigned instructions, uint64_t until_ns)
{
    struct cairn_soft_run run = {.most = LOOK_INSTRUCTIONS};
    uint64_t start = 0, aim_ns = 0, most = 1;
    while (claim(worker, dispatch, most, &run)) {
        uint64_t count = run.end - run.next, before = run.ended;
        if (start == 0 && cairn_soft_has_tickets(dispatch)) {
            start = cairn_clock_now();
            aim_ns = aim_of(start, until_ns);
        }
        bool over = run_claim(worker, dispatch, &run, instructions,
                              start != 0 ? start + 2 * aim_ns : UINT64_MAX);
        if (!over || start == 0 || !cairn_soft_has_tickets(dispatch) ||
            atomic_load_explicit(&dispatch->parked_count, memory_order_relaxed) != 0)
            break;
        uint64_t now = cairn_clock_now(), took = now - start;
        if (until_ns != UINT64_MAX ? now > until_ns : others_wait(worker->soft))
            break;
        if (run.ended - before == count && took < aim_ns / 2)
            most = 2 * count;
        else if (took > aim_ns)
            most = count / 2 + 1;
        /* Much longer workgroups than those before are noticed on the way. */
        run.most =
            run.instructions + 4 * (run.instructions / (run.ended + 1)) * most + LOOK_INSTRUCTIONS;
        start = now;
    }
    worker->waves += run.waves;
    worker->instructions += run.instructions;
    return run.ended;
}

void cairn_soft_run_fresh(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                          unsigned instructions, uint64_t until_ns)
{
    if (cairn_soft_reserve(worker->soft, worker->spare, dispatch)) {
        leave(worker, dispatch, run_claims(worker, dispatch, instructions, until_ns));
        return;
    }
    /* Others may still finish theirs and give memory back; alone it will never work. */
    if (atomic_load_explicit(&dispatch->parked_count, memory_order_relaxed) == 0)
        cairn_dispatch_fail(dispatch, CAIRN_QUEUE_OUT_OF_RESOURCES, NULL,
                            "no memory for the registers, scratch and LDS of a workgroup");
}

static uint64_t run_parked(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch,
                           struct cairn_slot *slot)
{
    struct cairn_soft_run run = {0};
    if (run_slot(worker, dispatch, slot, &run, SHORT_SLICE))
        cairn_soft_put_spare(worker, slot);
    worker->waves += run.waves;
    worker->instructions += run.instructions;
    return run.ended;
}

void cairn_soft_run_item(struct cairn_soft_worker *worker, const struct cairn_soft_item *item)
{
    struct cairn_dispatch *dispatch = item->dispatch;
    uint64_t ended = 0;
    if (item->parked != NULL)
        ended = run_parked(worker, dispatch, item->parked);
    else if (others_wait(worker->soft))
        cairn_soft_run_fresh(worker, dispatch, SHORT_SLICE, cairn_clock_now() + SLICE_NS);
    else
        cairn_soft_run_fresh(worker, dispatch, LONG_SLICE, UINT64_MAX);
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
    cairn_soft_end_turn_locked(worker);
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
