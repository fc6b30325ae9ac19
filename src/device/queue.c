/* SPDX-License-Identifier: MIT
 * Making, finding and ending queues. All queue blocks lie in one array of guest-visible memory, so
 * that a queue or a doorbell is found by its address alone and nothing that guest code writes can
 * mislead us.
 */
#include "device/queue_priv.h"

#include "base/log.h"
#include "device/device_priv.h"
#include "device/futex.h"
#include "device/memory_priv.h"
#include "device/soft/soft.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MAX_QUEUES = 1024, MAX_QUEUE_PACKETS = 1 << 20 };
enum { QUEUE_TYPE_MULTI = 0, QUEUE_TYPE_SINGLE = 1, QUEUE_TYPE_COOPERATIVE = 2 };
enum { FEATURE_KERNEL_DISPATCH = 1 };

static const uint32_t strides[] = {
    [CAIRN_PRIORITY_LOW] = 16, [CAIRN_PRIORITY_NORMAL] = 4, [CAIRN_PRIORITY_HIGH] = 1};

static struct {
    pthread_mutex_t lock;       /* guards creation, destruction and next_id */
    struct cairn_queue *blocks; /* MAX_QUEUES of them; NULL until the first queue */
    struct cairn_queue_state *states[MAX_QUEUES]; /* made when first needed, never freed */
    uint64_t next_id;
} queues = {.lock = PTHREAD_MUTEX_INITIALIZER};

static struct cairn_queue_state *state_of(const struct cairn_queue *queue)
{
    uint64_t offset = (uint64_t)queue - (uint64_t)queues.blocks;
    if (queues.blocks == NULL || offset >= MAX_QUEUES * sizeof(struct cairn_queue) ||
        offset % sizeof(struct cairn_queue) != 0)
        return NULL;
    struct cairn_queue_state *state = queues.states[offset / sizeof(struct cairn_queue)];
    if (state == NULL)
        return NULL;
    uint32_t life = atomic_load_explicit(&state->life, memory_order_acquire);
    return life == QUEUE_LIVE || life == QUEUE_ABANDONED ? state : NULL;
}

static enum cairn_status blocks_make_locked(void)
{
    void *at;
    if (queues.blocks != NULL)
        return CAIRN_OK;
    enum cairn_status status = cairn_memory_alloc(
        NULL, CAIRN_MEMORY_HOST, MAX_QUEUES * sizeof(struct cairn_queue), 0, 0, &at);
    if (status == CAIRN_OK)
        queues.blocks = at;
    return status;
}

/* A state that no queue uses, with its place in the array of blocks. */
static enum cairn_status state_take_locked(struct cairn_queue_state **out)
{
    enum cairn_status status = blocks_make_locked();
    if (status != CAIRN_OK)
        return status;
    for (uint32_t i = 0; i < MAX_QUEUES; i++) {
        struct cairn_queue_state *state = queues.states[i];
        if (state == NULL) {
            state = calloc(1, sizeof *state);
            if (state == NULL)
                return CAIRN_ERR_NO_MEMORY;
            pthread_mutex_init(&state->error_lock, NULL);
            queues.states[i] = state;
        }
        if (atomic_load_explicit(&state->life, memory_order_relaxed) == QUEUE_FREE) {
            state->shared = &queues.blocks[i];
            *out = state;
            return CAIRN_OK;
        }
    }
    cairn_log(CAIRN_LOG_ERROR, "more than %d queues", MAX_QUEUES);
    return CAIRN_ERR_NO_MEMORY;
}

static void describe(struct cairn_queue_state *state, uint64_t id)
{
    const struct cairn_queue_params *params = &state->params;
    const struct cairn_gfx *gfx = params->device->info.gfx;
    struct cairn_queue *shared = state->shared;
    memset(shared, 0, sizeof *shared);
    shared->doorbell.kind = -1;
    shared->doorbell.queue_ptr = (uint64_t)shared;
    struct aql_queue *amd = &shared->amd;
    amd->type = params->cooperative
                    ? QUEUE_TYPE_COOPERATIVE
                    : (params->single_producer ? QUEUE_TYPE_SINGLE : QUEUE_TYPE_MULTI);
    amd->features = FEATURE_KERNEL_DISPATCH;
    amd->base_address = (uint64_t)state->ring;
    amd->doorbell_signal = (uint64_t)&shared->doorbell;
    amd->size_packets = params->size_packets;
    amd->id = id;
    amd->private_aperture_base_hi = (uint32_t)(cairn_memory_space(false)->private_aperture >> 32);
    amd->max_cu_id = gfx->compute_units - 1;
    amd->max_wave_id = gfx->simds_per_cu * gfx->waves_per_simd - 1;
    amd->read_dispatch_id_field_base_byte_offset = offsetof(struct aql_queue, read_dispatch_id);
    amd->queue_properties = AQL_QUEUE_PROPERTY_PTR64 | AQL_QUEUE_PROPERTY_PROFILING;
}

static void reset(struct cairn_queue_state *state)
{
    atomic_store_explicit(&state->share.stride, strides[CAIRN_PRIORITY_NORMAL],
                          memory_order_relaxed);
    atomic_store_explicit(&state->share.workers, UINT32_MAX, memory_order_relaxed);
    state->share.pass = 0;
    memset(&state->gws, 0, sizeof state->gws);
    atomic_store_explicit(&state->units.count, 0, memory_order_relaxed);
    state->mask = state->params.size_packets - 1;
    state->read_index = 0;
    pthread_mutex_init(&state->owner, NULL); /* the last user may have been a process that forked */
    state->destroy_self = false;
    state->error = CAIRN_QUEUE_OK;
    state->has_fault = false;
    state->text[0] = '\0';
    atomic_store_explicit(&state->stop, 0, memory_order_relaxed);
    atomic_store_explicit(&state->failed, 0, memory_order_relaxed);
    atomic_store_explicit(&state->halted, 0, memory_order_relaxed);
    atomic_store_explicit(&state->in_flight, 0, memory_order_relaxed);
    atomic_store_explicit(&state->free_dispatches, UINT64_MAX, memory_order_relaxed);
    for (uint32_t i = 0; i < state->params.size_packets; i++)
        atomic_store_explicit(&state->ring[i].header_and_setup, AQL_INVALID, memory_order_relaxed);
}

static enum cairn_status start_thread(struct cairn_queue_state *state)
{
    sigset_t all, before;
    sigfillset(&all);
    sigdelset(&all, SIGSEGV);
    sigdelset(&all, SIGBUS);
    sigdelset(&all, SIGFPE);
    sigdelset(&all, SIGILL);
    sigdelset(&all, SIGTRAP);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&state->thread, NULL, cairn_queue_main, state);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    if (error != 0) {
        cairn_log(CAIRN_LOG_ERROR, "cannot start the thread of a queue: %s", strerror(error));
        return CAIRN_ERR_NO_MEMORY;
    }
    pthread_setname_np(state->thread, "cairn-queue");
    return CAIRN_OK;
}

static enum cairn_status create_locked(const struct cairn_queue_params *params,
                                       struct cairn_queue_state **out)
{
    struct cairn_queue_state *state;
    void *ring;
    enum cairn_status status = state_take_locked(&state);
    if (status != CAIRN_OK)
        return status;
    status = cairn_memory_alloc(NULL, CAIRN_MEMORY_HOST,
                                (uint64_t)params->size_packets * AQL_PACKET_BYTES, 0, 0, &ring);
    if (status != CAIRN_OK)
        return status;
    state->params = *params;
    state->ring = ring;
    state->worker = cairn_soft_worker_create(params->device->soft);
    if (state->worker == NULL) {
        status = CAIRN_ERR_NO_MEMORY;
        goto free_ring;
    }
    reset(state);
    describe(state, queues.next_id++);
    status = start_thread(state);
    if (status != CAIRN_OK)
        goto free_worker;
    atomic_store_explicit(&state->life, QUEUE_LIVE, memory_order_release);
    *out = state;
    return CAIRN_OK;
free_worker:
    cairn_soft_worker_destroy(state->worker);
free_ring:
    (void)!cairn_memory_free(ring);
    return status;
}

enum cairn_status cairn_queue_create(const struct cairn_queue_params *params,
                                     struct cairn_queue **out)
{
    struct cairn_queue_state *state = NULL;
    if (params->device == NULL || params->size_packets == 0 ||
        params->size_packets > MAX_QUEUE_PACKETS ||
        (params->size_packets & (params->size_packets - 1)) != 0)
        return CAIRN_ERR_INVALID_ARGUMENT;
    pthread_mutex_lock(&queues.lock);
    enum cairn_status status = create_locked(params, &state);
    pthread_mutex_unlock(&queues.lock);
    if (status == CAIRN_OK)
        *out = state->shared;
    return status;
}

/* Gives back what the queue holds; its thread has ended or is about to. */
void cairn_queue_release(struct cairn_queue_state *state)
{
    cairn_soft_worker_destroy(state->worker);
    state->worker = NULL;
    pthread_mutex_lock(&queues.lock);
    state->shared->doorbell.kind = 0;
    (void)!cairn_memory_free(state->ring);
    state->ring = NULL;
    atomic_store_explicit(&state->life, QUEUE_FREE, memory_order_release);
    pthread_mutex_unlock(&queues.lock);
    cairn_futex_wake_all(&state->life);
}

static void destroy_state(struct cairn_queue_state *state)
{
    uint32_t life = QUEUE_ABANDONED;
    if (atomic_compare_exchange_strong_explicit(&state->life, &life, QUEUE_FREE,
                                                memory_order_acq_rel, memory_order_acquire))
        return;
    life = QUEUE_LIVE;
    if (!atomic_compare_exchange_strong_explicit(&state->life, &life, QUEUE_ENDING,
                                                 memory_order_acq_rel, memory_order_acquire))
        return;
    atomic_store_explicit(&state->stop, 1, memory_order_relaxed);
    if (pthread_equal(pthread_self(), state->thread)) {
        pthread_detach(state->thread);
        state->destroy_self = true;
        return;
    }
    cairn_queue_wake(state);
    pthread_join(state->thread, NULL);
    cairn_queue_release(state);
}

void cairn_queue_destroy(struct cairn_queue *queue)
{
    struct cairn_queue_state *state = state_of(queue);
    if (state != NULL)
        destroy_state(state);
}

void cairn_queue_inactivate(struct cairn_queue *queue)
{
    struct cairn_queue_state *state = state_of(queue);
    if (state == NULL || atomic_load_explicit(&state->life, memory_order_acquire) != QUEUE_LIVE)
        return;
    atomic_store_explicit(&state->stop, 1, memory_order_relaxed);
    if (pthread_equal(pthread_self(), state->thread))
        return;
    cairn_queue_wake(state);
    while (atomic_load_explicit(&state->halted, memory_order_acquire) == 0)
        cairn_futex_wait(&state->halted, 0, UINT64_MAX);
}

void cairn_queue_set_priority(struct cairn_queue *queue, enum cairn_queue_priority priority)
{
    struct cairn_queue_state *state = state_of(queue);
    if (state != NULL)
        atomic_store_explicit(&state->share.stride, strides[priority], memory_order_relaxed);
}

void cairn_queue_set_units(struct cairn_queue *queue, const uint32_t *mask, uint32_t words)
{
    struct cairn_queue_state *state = state_of(queue);
    if (state == NULL)
        return;
    const struct cairn_device_info *info = &state->params.device->info;
    uint32_t all = info->gfx->compute_units, count = 0;
    for (uint32_t i = 0; i < all && i < 32 * words && count < CAIRN_UNITS_MAX; i++)
        if ((mask[i / 32] >> (i % 32) & 1) != 0)
            atomic_store_explicit(&state->units.unit[count++], (uint16_t)i, memory_order_relaxed);
    atomic_store_explicit(&state->units.count, count, memory_order_relaxed);
    uint32_t workers = (uint32_t)(((uint64_t)info->worker_threads * count + all - 1) / all);
    if (count == all)
        workers = UINT32_MAX;
    atomic_store_explicit(&state->share.workers, workers > 0 ? workers : 1, memory_order_relaxed);
    cairn_soft_look(state->params.device->soft);
}

void cairn_queue_wake(struct cairn_queue_state *state)
{
    atomic_fetch_add_explicit(&state->bell, 1, memory_order_seq_cst);
    if (atomic_load_explicit(&state->sleeping, memory_order_seq_cst) != 0)
        cairn_futex_wake_all(&state->bell);
}

void cairn_queue_ring(struct cairn_queue *queue)
{
    struct cairn_queue_state *state = state_of(queue);
    if (state == NULL)
        return;
    if (atomic_load_explicit(&state->life, memory_order_relaxed) == QUEUE_LIVE)
        cairn_queue_process_here(state);
}

struct cairn_queue *cairn_queue_of_doorbell(const struct cairn_signal *doorbell)
{
    struct cairn_queue *queue =
        (struct cairn_queue *)((uint64_t)doorbell - offsetof(struct cairn_queue, doorbell));
    return state_of(queue) != NULL ? queue : NULL;
}

void *cairn_queue_amd(struct cairn_queue *queue)
{
    return &queue->amd;
}

void cairn_queues_close(void)
{
    for (uint32_t i = 0; i < MAX_QUEUES; i++) {
        struct cairn_queue_state *state = queues.states[i];
        if (state == NULL)
            continue;
        destroy_state(state);
        while (atomic_load_explicit(&state->life, memory_order_acquire) == QUEUE_ENDING)
            cairn_futex_wait(&state->life, QUEUE_ENDING, UINT64_MAX);
    }
    queues.blocks = NULL; /* freed with all memory */
}

void cairn_queues_fork_prepare(void)
{
    pthread_mutex_lock(&queues.lock);
}

void cairn_queues_fork_parent(void)
{
    pthread_mutex_unlock(&queues.lock);
}

void cairn_queues_fork_child(void)
{
    queues.lock = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    for (uint32_t i = 0; i < MAX_QUEUES; i++)
        if (queues.states[i] != NULL &&
            atomic_load_explicit(&queues.states[i]->life, memory_order_relaxed) == QUEUE_LIVE)
            atomic_store_explicit(&queues.states[i]->life, QUEUE_ABANDONED, memory_order_relaxed);
}
