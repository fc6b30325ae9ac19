/* SPDX-License-Identifier: MIT
 * Operations: reference counts, dependencies, times; and kernel argument memory. Both are recycled
 * through free lists of the device, so that a launch allocates nothing.
 */
#include "hip/stream.h"

#include <stdlib.h>
#include <string.h>

enum {
    KERNARG_SMALL = 512,
    KERNARG_SLAB = 64, /* small blocks allocated at once */
};

/* Guards free_ops and free_kernargs of all devices. A leaf: nothing is locked under it. */
static pthread_mutex_t free_lock = PTHREAD_MUTEX_INITIALIZER;

struct hip_op *hip_op_take(struct hip_device *device)
{
    pthread_mutex_lock(&free_lock);
    struct hip_op *op = device->free_ops;
    if (op != NULL)
        device->free_ops = op->next;
    pthread_mutex_unlock(&free_lock);
    hsa_signal_t signal;
    if (op != NULL) {
        signal = op->signal;
        hsa_signal_store_relaxed(signal, 1);
    } else {
        op = malloc(sizeof *op);
        if (op == NULL)
            return NULL;
        if (hsa_signal_create(1, 0, NULL, &signal) != HSA_STATUS_SUCCESS) {
            free(op);
            return NULL;
        }
    }
    memset(op, 0, sizeof *op);
    op->signal = signal;
    op->device = device;
    op->deps = op->inline_deps;
    op->dep_capacity = HIP_OP_INLINE_DEPS;
    atomic_store_explicit(&op->references, 1, memory_order_relaxed);
    return op;
}

/* A spare keeps its signal and its kernel argument memory; it has no dependencies. */
struct hip_op *hip_op_take_locked(struct ihipStream_t *stream)
{
    struct hip_op *op = stream->spare;
    if (op != NULL) {
        stream->spare = op->next;
        hsa_signal_silent_store_relaxed(op->signal, 1); /* nobody waits for it */
        op->next = op->next_work = NULL;
        op->in_queue = op->traced = false;
        op->start = op->end = 0;
        atomic_store_explicit(&op->error, hipSuccess, memory_order_relaxed);
        atomic_store_explicit(&op->references, 1, memory_order_relaxed);
    } else {
        op = hip_op_take(stream->device);
    }
    if (op != NULL)
        op->stream = stream;
    return op;
}

void hip_op_hold(struct hip_op *op)
{
    atomic_fetch_add_explicit(&op->references, 1, memory_order_relaxed);
}

static void drop_deps(struct hip_op *op)
{
    for (uint32_t i = 0; i < op->dep_count; i++)
        hip_op_release(op->deps[i]);
    if (op->deps != op->inline_deps)
        free(op->deps);
    op->deps = op->inline_deps;
    op->dep_capacity = HIP_OP_INLINE_DEPS;
    op->dep_count = 0;
}

/* True: it was the last. Release pairs with the acquire of whoever drops the last reference; who
 * has the only one needs no exchange. */
static bool drop_reference(struct hip_op *op)
{
    return atomic_load_explicit(&op->references, memory_order_acquire) == 1 ||
           atomic_fetch_sub_explicit(&op->references, 1, memory_order_acq_rel) == 1;
}

void hip_op_release(struct hip_op *op)
{
    if (op == NULL)
        return;
    if (drop_reference(op))
        hip_op_discard(op);
}

void hip_op_drop_locked(struct ihipStream_t *stream, struct hip_op *op)
{
    if (!drop_reference(op))
        return;
    drop_deps(op);
    op->next = stream->spare;
    stream->spare = op;
}

void hip_op_discard(struct hip_op *op)
{
    drop_deps(op);
    if (op->kernarg != NULL)
        hip_kernarg_give(op->device, op->kernarg);
    pthread_mutex_lock(&free_lock);
    op->next = op->device->free_ops;
    op->device->free_ops = op;
    pthread_mutex_unlock(&free_lock);
}

bool hip_op_done(const struct hip_op *op)
{
    return hsa_signal_load_scacquire(op->signal) <= 0;
}

void hip_op_wait(const struct hip_op *op)
{
    while (hsa_signal_wait_scacquire(op->signal, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX,
                                     HSA_WAIT_STATE_BLOCKED) > 0)
        ;
}

bool hip_op_depend(struct hip_op *op, struct hip_op *on)
{
    if (on == NULL || hip_op_done(on))
        return true;
    for (uint32_t i = 0; i < op->dep_count; i++)
        if (op->deps[i] == on)
            return true;
    if (op->dep_count == op->dep_capacity) {
        uint32_t capacity = op->dep_capacity * 2;
        struct hip_op **deps = malloc(capacity * sizeof *deps);
        if (deps == NULL)
            return false;
        memcpy(deps, op->deps, op->dep_count * sizeof *deps);
        if (op->deps != op->inline_deps)
            free(op->deps);
        op->deps = deps;
        op->dep_capacity = capacity;
    }
    hip_op_hold(on);
    op->deps[op->dep_count++] = on;
    return true;
}

void hip_op_times(const struct hip_op *op, uint64_t *start, uint64_t *end)
{
    hsa_amd_profiling_dispatch_time_t time = {0};
    *start = op->start;
    *end = op->end;
    if (op->in_queue && hsa_amd_profiling_get_dispatch_time(op->device->agent, op->signal, &time) ==
                            HSA_STATUS_SUCCESS) {
        *start = time.start;
        *end = time.end;
    }
}

void hip_op_complete(struct hip_op *op, hipError_t error)
{
    if (error != hipSuccess) {
        int none = hipSuccess;
        atomic_compare_exchange_strong(&op->stream->error, &none, error);
    }
    atomic_store_explicit(&op->error, error, memory_order_relaxed);
    op->end = hip_now();
    /* release: who sees 0 sees error, end and the work done (pairs with hip_op_done, hip_op_wait)
     */
    hsa_signal_store_screlease(op->signal, 0);
}

/* ---- kernel arguments ---- */

static struct hip_kernarg *make_small(struct hip_device *device)
{
    uint8_t *slab = hip_host_pool_alloc(hip_process.kernarg_pool, KERNARG_SMALL * KERNARG_SLAB);
    struct hip_kernarg *blocks = calloc(KERNARG_SLAB, sizeof *blocks);
    if (slab == NULL || blocks == NULL) {
        if (slab != NULL)
            hsa_amd_memory_pool_free(slab);
        free(blocks);
        return NULL;
    }
    for (int i = 0; i < KERNARG_SLAB; i++) {
        blocks[i].memory = slab + i * KERNARG_SMALL;
        blocks[i].size = KERNARG_SMALL;
        blocks[i].next = i + 1 < KERNARG_SLAB ? &blocks[i + 1] : NULL;
    }
    pthread_mutex_lock(&free_lock);
    blocks[KERNARG_SLAB - 1].next = device->free_kernargs;
    device->free_kernargs = blocks[0].next;
    pthread_mutex_unlock(&free_lock);
    return &blocks[0];
}

static struct hip_kernarg *make_large(size_t size)
{
    struct hip_kernarg *kernarg = calloc(1, sizeof *kernarg);
    if (kernarg == NULL)
        return NULL;
    kernarg->memory = hip_host_pool_alloc(hip_process.kernarg_pool, size);
    kernarg->size = size;
    if (kernarg->memory == NULL) {
        free(kernarg);
        return NULL;
    }
    return kernarg;
}

struct hip_kernarg *hip_kernarg_take(struct hip_device *device, size_t size)
{
    if (size > KERNARG_SMALL)
        return make_large(size);
    pthread_mutex_lock(&free_lock);
    struct hip_kernarg *kernarg = device->free_kernargs;
    if (kernarg != NULL)
        device->free_kernargs = kernarg->next;
    pthread_mutex_unlock(&free_lock);
    return kernarg != NULL ? kernarg : make_small(device);
}

void hip_kernarg_give(struct hip_device *device, struct hip_kernarg *kernarg)
{
    if (kernarg->size > KERNARG_SMALL) {
        hsa_amd_memory_pool_free(kernarg->memory);
        free(kernarg);
        return;
    }
    pthread_mutex_lock(&free_lock);
    kernarg->next = device->free_kernargs;
    device->free_kernargs = kernarg;
    pthread_mutex_unlock(&free_lock);
}
