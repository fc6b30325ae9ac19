/* SPDX-License-Identifier: MIT
 * Life of the software GPU, and how a dispatch gets onto it. Worker threads are started with the
 * first dispatch that is not small.
 */
#include "device/soft/soft_priv.h"

#include "base/option.h"
#include "device/device_priv.h"
#include "device/memory_priv.h"
#include "device/soft/engine.h"
#include "device/soft/host_cache.h"
#include "device/stats.h"
#include "interp/interp.h"

#include <stdlib.h>

enum {
    /* A dispatch of so many workgroups is first run by the calling thread: so long, then the
     * workers are woken, which takes about as long; a workgroup of it so many instructions. */
    SMALL_GROUPS = 32,
    SMALL_NS = 20000,
    SMALL_SLICE = 4096,
    RESIDENT_SHARE = 4, /* of the machine's memory */
    HANDLER_NS = 10000, /* how long our fault handler is taken to be still in place */
};

enum cairn_status cairn_soft_create(struct cairn_device *device, struct cairn_soft **out)
{
    enum cairn_status status = cairn_interp_install_handler();
    if (status != CAIRN_OK)
        return status;
    struct cairn_soft *soft = calloc(1, sizeof *soft);
    if (soft == NULL)
        return CAIRN_ERR_NO_MEMORY;
    soft->workers = calloc(device->info.worker_threads, sizeof(struct cairn_soft_worker *));
    if (soft->workers == NULL) {
        free(soft);
        return CAIRN_ERR_NO_MEMORY;
    }
    soft->device = device;
    soft->resident_limit = cairn_machine_memory_bytes() / RESIDENT_SHARE;
    pthread_mutex_init(&soft->lock, NULL);
    pthread_cond_init(&soft->work, NULL);
    pthread_cond_init(&soft->doze, NULL);
    *out = soft;
    return CAIRN_OK;
}

void cairn_soft_stop(struct cairn_soft *soft)
{
    pthread_mutex_lock(&soft->lock);
    soft->stopping = true;
    pthread_cond_broadcast(&soft->work);
    pthread_cond_broadcast(&soft->doze);
    pthread_mutex_unlock(&soft->lock);
    for (uint32_t i = 0; i < soft->worker_count; i++) {
        pthread_join(soft->workers[i]->thread, NULL);
        cairn_soft_worker_destroy(soft->workers[i]);
    }
    soft->worker_count = 0;
    atomic_store_explicit(&soft->has_workers, false, memory_order_relaxed);
}

void cairn_soft_destroy(struct cairn_soft *soft)
{
    while (soft->free_slots != NULL) {
        struct cairn_slot *slot = soft->free_slots;
        soft->free_slots = slot->next;
        cairn_slot_destroy(slot);
    }
    pthread_cond_destroy(&soft->doze);
    pthread_cond_destroy(&soft->work);
    pthread_mutex_destroy(&soft->lock);
    free(soft->workers);
    free(soft);
}

struct cairn_soft_worker *cairn_soft_worker_create(struct cairn_soft *soft)
{
    struct cairn_soft_worker *worker = calloc(1, sizeof *worker);
    if (worker != NULL)
        worker->soft = soft;
    return worker;
}

void cairn_soft_worker_destroy(struct cairn_soft_worker *worker)
{
    if (worker == NULL)
        return;
    if (worker->spare != NULL)
        cairn_soft_drop_slot(worker->soft, worker->spare);
    free(worker->rest);
    free(worker);
}

/* All workgroups of a cooperative dispatch must be resident at once. */
static bool fits_resident(const struct cairn_soft *soft, const struct cairn_dispatch *dispatch)
{
    uint64_t bytes;
    return !__builtin_mul_overflow(dispatch->total, cairn_slot_bytes(&dispatch->needs), &bytes) &&
           bytes <= soft->resident_limit;
}

/* Runs a small dispatch on this thread for a moment; what is left goes to the workers. */
static void run_here(struct cairn_soft_worker *worker, struct cairn_dispatch *dispatch)
{
    struct cairn_soft *soft = worker->soft;
    unsigned instructions = SMALL_SLICE / dispatch->needs.waves;
    pthread_mutex_lock(&soft->lock);
    bool ready = cairn_soft_get_spare_locked(worker, dispatch);
    pthread_mutex_unlock(&soft->lock);
    uint64_t start = atomic_load_explicit(&dispatch->start_ns, memory_order_relaxed);
    if (ready)
        cairn_soft_run_fresh(worker, dispatch, instructions, start + SMALL_NS);
}

static bool start_workers(struct cairn_soft *soft)
{
    if (atomic_load_explicit(&soft->has_workers, memory_order_relaxed))
        return true;
    pthread_mutex_lock(&soft->lock);
    bool started = soft->worker_count > 0 || cairn_soft_start_workers_locked(soft);
    pthread_mutex_unlock(&soft->lock);
    atomic_store_explicit(&soft->has_workers, started, memory_order_relaxed);
    return started;
}

/* Again and again: applications (and test frameworks) put in handlers of their own. Looking is a
 * system call, which takes half as long as a small dispatch: not for dispatches close together. */
static bool handler_is_in_place(struct cairn_soft *soft, const struct cairn_dispatch *dispatch)
{
    uint64_t now = atomic_load_explicit(&dispatch->start_ns, memory_order_relaxed);
    uint64_t last = atomic_load_explicit(&soft->handler_seen_ns, memory_order_relaxed);
    if (now - last < HANDLER_NS)
        return true;
    if (cairn_interp_install_handler() != CAIRN_OK)
        return false;
    atomic_store_explicit(&soft->handler_seen_ns, now, memory_order_relaxed);
    return true;
}

/* Bytes a work-item by which the dispatch touches more memory than the last cache holds. */
static uint32_t stream_from(const struct cairn_launch *launch)
{
    uint64_t items = (uint64_t)launch->grid[0] * launch->grid[1] * launch->grid[2];
    uint64_t wanted = cairn_option_u64(CAIRN_OPTION_STREAM_BYTES);
    uint64_t bytes = (wanted != 0 ? wanted : cairn_host_cache_bytes()) / items;
    bytes = bytes > 0 ? bytes : 1;
    return bytes < UINT32_MAX ? (uint32_t)bytes : UINT32_MAX;
}

enum cairn_status cairn_soft_start(struct cairn_soft *soft, struct cairn_soft_worker *worker,
                                   struct cairn_dispatch *dispatch)
{
    if (!handler_is_in_place(soft, dispatch) || !start_workers(soft) ||
        (dispatch->cooperative && !fits_resident(soft, dispatch)))
        return CAIRN_ERR_NO_MEMORY;
    dispatch->kernel = cairn_engine_find(&dispatch->launch, cairn_code_name);
    if (dispatch->kernel != NULL)
        dispatch->launch.stream_from = stream_from(&dispatch->launch);
    /* One more than its workgroups: this thread is in it until it has handed it over. */
    atomic_store_explicit(&dispatch->pending, dispatch->total + 1, memory_order_relaxed);
    if (worker != NULL && dispatch->total <= SMALL_GROUPS)
        run_here(worker, dispatch);
    if (atomic_load_explicit(&dispatch->pending, memory_order_relaxed) > 1)
        cairn_soft_activate(soft, dispatch);
    else
        cairn_stats_add(CAIRN_COUNT_SMALL_DISPATCHES, 1);
    cairn_soft_leave(soft, dispatch, 1);
    return CAIRN_OK;
}
