/* SPDX-License-Identifier: MIT
 * Asynchronous copies. A copy whose dependencies are met and that is small runs at once on the
 * caller's thread; all others are jobs. One thread alone waits for dependencies (so that nobody
 * looks at a signal after its job is done) and hands ready jobs to the copy threads; a job that
 * waits does not hold back the jobs behind it. Whoever waits for a completion signal takes the job
 * itself if no copy thread has: its core has the data, and nobody need be woken. The completion
 * signal is decremented at the end; a failed copy, or one whose dependency failed (is negative),
 * sets it to -1 instead.
 */
#include "hsa_priv.h"

#include "base/log.h"

#include <stdlib.h>
#include <string.h>

enum { COPY_THREADS = 2, INLINE_BYTES = 1 << 20, MAX_WAITS = 256 };

/* One row is rows of `row_bytes`, `rows` a slice, `slices` of them; a plain copy is one row. */
struct shape {
    char *dst;
    const char *src;
    size_t row_bytes, rows, slices;
    size_t dst_pitch, dst_slice, src_pitch, src_slice;
};

struct job {
    struct shape shape;
    struct cairn_signal *completion; /* NULL: none */
    uint32_t dep_count, next_dep;    /* those before next_dep are met */
    bool failed;                     /* a dependency is negative */
    void (*work)(void *data);        /* instead of copying; owns `data` */
    void *data;
    struct job *next;
    struct cairn_signal *deps[];
};

struct job_list {
    struct job *first, **end;
};

struct copier {
    pthread_mutex_t lock;      /* guards waiting, ready, stopping */
    pthread_cond_t ready_cond; /* ready grew, or stopping */
    struct job_list waiting, ready;
    bool stopping;
    struct cairn_signal *wake; /* its value counts changes of `waiting` and `stopping` */
    uint32_t thread_count;     /* copy threads */
    pthread_t copy_threads[COPY_THREADS], wait_thread;
};

static void append(struct job_list *list, struct job *job)
{
    job->next = NULL;
    *list->end = job;
    list->end = &job->next;
}

/* `at` points at the link that holds the job. */
static struct job *unlink_job(struct job_list *list, struct job **at)
{
    struct job *job = *at;
    *at = job->next;
    if (list->end == &job->next)
        list->end = at;
    return job;
}

static void free_jobs(struct job_list *list)
{
    while (list->first != NULL) {
        struct job *job = unlink_job(list, &list->first);
        free(job->data);
        free(job);
    }
}

static size_t bytes_of(const struct shape *shape)
{
    return shape->row_bytes * shape->rows * shape->slices;
}

static void run_shape(const struct shape *s)
{
    for (size_t slice = 0; slice < s->slices; slice++)
        for (size_t row = 0; row < s->rows; row++)
            memmove(s->dst + slice * s->dst_slice + row * s->dst_pitch,
                    s->src + slice * s->src_slice + row * s->src_pitch, s->row_bytes);
}

static void finish(struct cairn_signal *completion, uint64_t start, bool failed)
{
    if (completion == NULL)
        return;
    completion->start_ts = start;
    completion->end_ts = cairn_clock_now();
    if (failed)
        cairn_signal_store(completion, -1);
    else
        (void)cairn_signal_add(completion, -1);
}

static void execute(const struct job *job)
{
    uint64_t start = cairn_clock_now();
    if (job->failed)
        free(job->data);
    else if (job->work != NULL)
        job->work(job->data);
    else
        run_shape(&job->shape);
    finish(job->completion, start, job->failed);
}

/* ---- the threads ---- */

/* Under the lock; takes the job out of the list of those that a copy thread, or a waiter, may run.
 */
static struct job *take_ready_locked(struct copier *copier, struct job **at)
{
    atomic_fetch_sub_explicit(&cairn_hsa_process.ready_copies, 1, memory_order_relaxed);
    return unlink_job(&copier->ready, at);
}

static void add_ready_locked(struct copier *copier, struct job *job)
{
    append(&copier->ready, job);
    atomic_fetch_add_explicit(&cairn_hsa_process.ready_copies, 1, memory_order_relaxed);
    pthread_cond_signal(&copier->ready_cond);
}

/* True if the job need not wait any more. */
static bool is_ready(struct job *job)
{
    for (; job->next_dep < job->dep_count; job->next_dep++) {
        int64_t value =
            atomic_load_explicit(&job->deps[job->next_dep]->value, memory_order_acquire);
        job->failed = value < 0;
        if (value != 0)
            return job->failed;
    }
    return true;
}

static void move_ready_locked(struct copier *copier)
{
    for (struct job **at = &copier->waiting.first; *at != NULL;) {
        if (!is_ready(*at)) {
            at = &(*at)->next;
            continue;
        }
        add_ready_locked(copier, unlink_job(&copier->waiting, at));
    }
}

/* The signals that could make a job ready: the wake signal, and one of each waiting job. */
static uint32_t gather_locked(struct copier *copier, int64_t seen, struct cairn_signal **signals,
                              enum cairn_condition *conditions, int64_t *compares)
{
    uint32_t count = 0;
    signals[count] = copier->wake;
    conditions[count] = CAIRN_COND_NE;
    compares[count++] = seen;
    for (struct job *job = copier->waiting.first; job != NULL && count < MAX_WAITS;
         job = job->next) {
        signals[count] = job->deps[job->next_dep];
        conditions[count] = CAIRN_COND_LT;
        compares[count++] = 1;
    }
    return count;
}

static void *wait_thread(void *argument)
{
    struct copier *copier = argument;
    struct cairn_signal *signals[MAX_WAITS];
    enum cairn_condition conditions[MAX_WAITS];
    int64_t compares[MAX_WAITS], value;
    pthread_mutex_lock(&copier->lock);
    for (;;) {
        int64_t seen = atomic_load_explicit(&copier->wake->value, memory_order_acquire);
        move_ready_locked(copier);
        if (copier->stopping)
            break;
        uint32_t count = gather_locked(copier, seen, signals, conditions, compares);
        /* With more jobs than fit, those left out are looked at every millisecond. */
        uint64_t timeout_ns = count == MAX_WAITS ? 1000000 : UINT64_MAX;
        pthread_mutex_unlock(&copier->lock);
        (void)cairn_signal_wait_any(count, signals, conditions, compares, timeout_ns, &value);
        pthread_mutex_lock(&copier->lock);
    }
    pthread_mutex_unlock(&copier->lock);
    return NULL;
}

static void *copy_thread(void *argument)
{
    struct copier *copier = argument;
    pthread_mutex_lock(&copier->lock);
    for (;;) {
        if (copier->ready.first != NULL) {
            struct job *job = take_ready_locked(copier, &copier->ready.first);
            pthread_mutex_unlock(&copier->lock);
            execute(job);
            free(job);
            pthread_mutex_lock(&copier->lock);
            continue;
        }
        if (copier->stopping)
            break;
        pthread_cond_wait(&copier->ready_cond, &copier->lock);
    }
    pthread_mutex_unlock(&copier->lock);
    return NULL;
}

static void stop_copy_threads(struct copier *copier)
{
    pthread_mutex_lock(&copier->lock);
    copier->stopping = true;
    pthread_cond_broadcast(&copier->ready_cond);
    pthread_mutex_unlock(&copier->lock);
    (void)cairn_signal_add(copier->wake, 1);
    for (uint32_t i = 0; i < copier->thread_count; i++)
        pthread_join(copier->copy_threads[i], NULL);
}

static void copier_free(struct copier *copier)
{
    cairn_signal_destroy(copier->wake);
    pthread_cond_destroy(&copier->ready_cond);
    pthread_mutex_destroy(&copier->lock);
    free(copier);
}

static struct copier *copier_create(void)
{
    struct copier *copier = calloc(1, sizeof *copier);
    if (copier == NULL)
        return NULL;
    pthread_mutex_init(&copier->lock, NULL);
    pthread_cond_init(&copier->ready_cond, NULL);
    copier->waiting.end = &copier->waiting.first;
    copier->ready.end = &copier->ready.first;
    if (cairn_signal_create(0, &copier->wake) != CAIRN_OK) {
        free(copier);
        return NULL;
    }
    while (copier->thread_count < COPY_THREADS &&
           pthread_create(&copier->copy_threads[copier->thread_count], NULL, copy_thread, copier) ==
               0)
        copier->thread_count++;
    if (copier->thread_count == 0)
        goto free_all;
    if (pthread_create(&copier->wait_thread, NULL, wait_thread, copier) != 0)
        goto stop_threads;
    return copier;
stop_threads:
    stop_copy_threads(copier);
free_all:
    copier_free(copier);
    return NULL;
}

/* Jobs that still wait are dropped: nobody is left to set their dependencies. */
void cairn_hsa_copier_destroy(void)
{
    struct copier *copier = cairn_hsa_process.copier;
    if (copier == NULL)
        return;
    stop_copy_threads(copier);
    pthread_join(copier->wait_thread, NULL);
    free_jobs(&copier->waiting);
    free_jobs(&copier->ready);
    copier_free(copier);
    cairn_hsa_process.copier = NULL;
    atomic_store_explicit(&cairn_hsa_process.ready_copies, 0, memory_order_relaxed);
}

static struct copier *copier_get(void)
{
    struct process *process = &cairn_hsa_process;
    pthread_mutex_lock(&process->list_lock);
    if (process->copier == NULL)
        process->copier = copier_create();
    struct copier *copier = process->copier;
    pthread_mutex_unlock(&process->list_lock);
    return copier;
}

/* A copy moves more than a byte a nanosecond: one that may take longer than the waiter has is left
 * to the copy threads. */
void cairn_hsa_copies_help(const struct cairn_signal *completion, uint64_t timeout_ns)
{
    struct process *process = &cairn_hsa_process;
    pthread_mutex_lock(&process->list_lock);
    struct copier *copier = process->copier;
    pthread_mutex_unlock(&process->list_lock);
    if (copier == NULL)
        return;
    struct job *job = NULL;
    pthread_mutex_lock(&copier->lock);
    for (struct job **at = &copier->ready.first; *at != NULL; at = &(*at)->next)
        if ((*at)->completion == completion && bytes_of(&(*at)->shape) < timeout_ns) {
            job = take_ready_locked(copier, at);
            break;
        }
    pthread_mutex_unlock(&copier->lock);
    if (job != NULL)
        execute(job);
    free(job);
}

/* ---- submission ---- */

static bool is_small_and_ready(const struct shape *shape, uint32_t count, const hsa_signal_t *deps)
{
    for (uint32_t i = 0; i < count; i++)
        if (atomic_load_explicit(&cairn_hsa_signal_of(deps[i])->value, memory_order_acquire) != 0)
            return false;
    return bytes_of(shape) <= INLINE_BYTES;
}

static hsa_status_t submit_job(const struct job *wanted, uint32_t count, const hsa_signal_t *deps)
{
    struct copier *copier = copier_get();
    struct job *job = malloc(sizeof *job + count * sizeof job->deps[0]);
    if (copier == NULL || job == NULL) {
        free(job);
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    }
    *job = *wanted;
    job->dep_count = count;
    for (uint32_t i = 0; i < count; i++)
        job->deps[i] = cairn_hsa_signal_of(deps[i]);
    pthread_mutex_lock(&copier->lock);
    if (count == 0)
        add_ready_locked(copier, job);
    else
        append(&copier->waiting, job);
    pthread_mutex_unlock(&copier->lock);
    if (count != 0)
        (void)cairn_signal_add(copier->wake, 1);
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t submit(const struct shape *shape, uint32_t count, const hsa_signal_t *deps,
                           hsa_signal_t completion)
{
    const struct job job = {.shape = *shape, .completion = cairn_hsa_signal_of(completion)};
    if (!is_small_and_ready(shape, count, deps))
        return submit_job(&job, count, deps);
    execute(&job);
    return HSA_STATUS_SUCCESS;
}

hsa_status_t cairn_hsa_copier_work(void (*work)(void *data), void *data, uint32_t count,
                                   const hsa_signal_t *deps, hsa_signal_t completion)
{
    const struct job job = {
        .work = work, .data = data, .completion = cairn_hsa_signal_of(completion)};
    return submit_job(&job, count, deps);
}

static hsa_status_t check_signals(uint32_t count, const hsa_signal_t *deps, hsa_signal_t completion)
{
    if ((count == 0) != (deps == NULL))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    for (uint32_t i = 0; i < count; i++)
        if (deps[i].handle == 0)
            return HSA_STATUS_ERROR_INVALID_SIGNAL;
    return completion.handle == 0 ? HSA_STATUS_ERROR_INVALID_SIGNAL : HSA_STATUS_SUCCESS;
}

hsa_status_t hsa_amd_memory_async_copy(void *dst, hsa_agent_t dst_agent, const void *src,
                                       hsa_agent_t src_agent, size_t size, uint32_t num_dep_signals,
                                       const hsa_signal_t *dep_signals,
                                       hsa_signal_t completion_signal)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (dst == NULL || src == NULL)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (cairn_hsa_agent_of(dst_agent) == NULL || cairn_hsa_agent_of(src_agent) == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    hsa_status_t status = check_signals(num_dep_signals, dep_signals, completion_signal);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (!cairn_hsa_range_is_writable(dst, size) || !cairn_hsa_range_is_valid(src, size)) {
        cairn_log(CAIRN_LOG_ERROR,
                  "hsa: asynchronous copy of %zu bytes from %p to %p leaves its allocation", size,
                  src, dst);
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
    struct shape shape = {.dst = dst, .src = src, .row_bytes = size, .rows = 1, .slices = 1};
    return submit(&shape, num_dep_signals, dep_signals, completion_signal);
}

hsa_status_t
hsa_amd_memory_async_copy_on_engine(void *dst, hsa_agent_t dst_agent, const void *src,
                                    hsa_agent_t src_agent, size_t size, uint32_t num_dep_signals,
                                    const hsa_signal_t *dep_signals, hsa_signal_t completion_signal,
                                    hsa_amd_sdma_engine_id_t engine_id, bool force_copy_on_sdma)
{
    uint32_t engine = (uint32_t)engine_id;
    if (cairn_hsa_is_open() && (engine == 0 || (engine & (engine - 1)) != 0 || engine > 0xffff))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    return hsa_amd_memory_async_copy(dst, dst_agent, src, src_agent, size, num_dep_signals,
                                     dep_signals, completion_signal);
}

hsa_status_t hsa_amd_memory_copy_engine_status(hsa_agent_t dst_agent, hsa_agent_t src_agent,
                                               uint32_t *engine_ids_mask)
{
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    const struct agent *dst = cairn_hsa_agent_of(dst_agent), *src = cairn_hsa_agent_of(src_agent);
    if (dst == NULL || src == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    if (engine_ids_mask == NULL || (!dst->is_gpu && !src->is_gpu))
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    const struct agent *gpu = dst->is_gpu ? dst : src;
    *engine_ids_mask = (1u << gpu->product->copy_engines) - 1;
    return HSA_STATUS_SUCCESS;
}

/* ---- rectangles ---- */

/* Start of the box and its last byte, all products checked. */
static bool box_of(const hsa_pitched_ptr_t *at, const hsa_dim3_t *offset, const hsa_dim3_t *range,
                   bool write, char **first)
{
    size_t start, rows, slices, extent;
    if (__builtin_mul_overflow(at->slice, (size_t)offset->z, &start) ||
        __builtin_add_overflow(start, at->pitch * offset->y + offset->x, &start) ||
        __builtin_mul_overflow(at->pitch, (size_t)range->y - 1, &rows) ||
        __builtin_mul_overflow(at->slice, (size_t)range->z - 1, &slices) ||
        __builtin_add_overflow(rows, slices, &extent) ||
        __builtin_add_overflow(extent, range->x, &extent))
        return false;
    *first = (char *)at->base + start;
    return write ? cairn_hsa_range_is_writable(*first, extent)
                 : cairn_hsa_range_is_valid(*first, extent);
}

hsa_status_t
hsa_amd_memory_async_copy_rect(const hsa_pitched_ptr_t *dst, const hsa_dim3_t *dst_offset,
                               const hsa_pitched_ptr_t *src, const hsa_dim3_t *src_offset,
                               const hsa_dim3_t *range, hsa_agent_t copy_agent,
                               hsa_amd_copy_direction_t dir, uint32_t num_dep_signals,
                               const hsa_signal_t *dep_signals, hsa_signal_t completion_signal)
{
    char *to, *from;
    if (!cairn_hsa_is_open())
        return HSA_STATUS_ERROR_NOT_INITIALIZED;
    if (dst == NULL || dst_offset == NULL || src == NULL || src_offset == NULL || range == NULL ||
        dst->base == NULL || src->base == NULL || (unsigned)dir > hsaDeviceToDevice)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (cairn_hsa_agent_of(copy_agent) == NULL)
        return HSA_STATUS_ERROR_INVALID_AGENT;
    hsa_status_t status = check_signals(num_dep_signals, dep_signals, completion_signal);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    if (range->x == 0 || range->y == 0 || range->z == 0)
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    if (!box_of(dst, dst_offset, range, true, &to) ||
        !box_of(src, src_offset, range, false, &from)) {
        cairn_log(CAIRN_LOG_ERROR, "hsa: rectangle copy of %ux%ux%u bytes leaves its allocation",
                  range->x, range->y, range->z);
        return HSA_STATUS_ERROR_INVALID_ARGUMENT;
    }
    struct shape shape = {.dst = to,
                          .src = from,
                          .row_bytes = range->x,
                          .rows = range->y,
                          .slices = range->z,
                          .dst_pitch = dst->pitch,
                          .dst_slice = dst->slice,
                          .src_pitch = src->pitch,
                          .src_slice = src->slice};
    return submit(&shape, num_dep_signals, dep_signals, completion_signal);
}
