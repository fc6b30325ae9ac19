/* SPDX-License-Identifier: MIT
 * Stream-ordered allocation. Memory is given out at once and given back in stream order; a pool
 * keeps what comes back for requests of about the same size. The pools as objects of the program
 * are in pool_api.c.
 */
#include "hip/pool_priv.h"

#include "hip/capture.h"

#include <stdlib.h>
#include <string.h>

static pthread_rwlock_t pools_lock = PTHREAD_RWLOCK_INITIALIZER; /* before any pool's lock */
static struct ihipMemPoolHandle_t *pools;                        /* guarded by pools_lock */

/* ---- pools ---- */

static void set_defaults(struct ihipMemPoolHandle_t *pool)
{
    pool->threshold = pool->used_bytes = pool->used_high = pool->reserved_high = 0;
    pool->reuse[0] = pool->reuse[1] = pool->reuse[2] = 1;
    memset(pool->access, 0, sizeof pool->access);
    pool->access[pool->device->ordinal] = hipMemAccessFlagsProtReadWrite;
}

hipError_t hip_pool_create(struct hip_device *device, hipMemPool_t *out)
{
    struct ihipMemPoolHandle_t *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return hipErrorOutOfMemory;
    pool->device = device;
    set_defaults(pool);
    pthread_mutex_init(&pool->lock, NULL);
    pthread_rwlock_wrlock(&pools_lock);
    pool->next = pools;
    pools = pool;
    pthread_rwlock_unlock(&pools_lock);
    *out = pool;
    return hipSuccess;
}

/* Also one that the program has destroyed. NULL: none. */
static struct ihipMemPoolHandle_t *alive(hipMemPool_t handle)
{
    pthread_rwlock_rdlock(&pools_lock);
    struct ihipMemPoolHandle_t *pool = pools;
    while (pool != NULL && pool != handle)
        pool = pool->next;
    pthread_rwlock_unlock(&pools_lock);
    return pool;
}

hipError_t hip_pool_find(hipMemPool_t handle, struct ihipMemPoolHandle_t **out)
{
    *out = handle == NULL ? NULL : alive(handle);
    if (*out == NULL)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&(*out)->lock);
    bool destroyed = (*out)->destroyed;
    pthread_mutex_unlock(&(*out)->lock);
    return destroyed ? hipErrorInvalidValue : hipSuccess;
}

/* The program has destroyed it and none of its memory is in use. */
static void delete(struct ihipMemPoolHandle_t *pool)
{
    pthread_rwlock_wrlock(&pools_lock);
    struct ihipMemPoolHandle_t **link = &pools;
    while (*link != NULL && *link != pool)
        link = &(*link)->next;
    if (*link != NULL)
        *link = pool->next;
    pthread_rwlock_unlock(&pools_lock);
    hip_pool_trim_locked(pool, 0);
    hip_pool_pending_clear(&pool->pending);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

static bool is_over_locked(const struct ihipMemPoolHandle_t *pool)
{
    return pool->destroyed && pool->used_bytes == 0 && pool->holds == 0;
}

hipError_t hip_pool_destroy(struct ihipMemPoolHandle_t *pool)
{
    struct ihipMemPoolHandle_t *expected = pool;
    if (pool->is_default)
        return hipErrorInvalidValue;
    atomic_compare_exchange_strong(&pool->device->mem_pool, &expected, NULL);
    pthread_mutex_lock(&pool->lock);
    hip_pool_trim_locked(pool, 0);
    pool->destroyed = true;
    bool unused = is_over_locked(pool);
    pthread_mutex_unlock(&pool->lock);
    if (unused)
        delete(pool);
    return hipSuccess;
}

hipError_t hip_pool_default(struct hip_device *device, hipMemPool_t *out)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    hipError_t error = hipSuccess;
    pthread_mutex_lock(&lock);
    if (device->default_mem_pool == NULL) {
        error = hip_pool_create(device, &device->default_mem_pool);
        if (error == hipSuccess)
            device->default_mem_pool->is_default = true;
    }
    *out = device->default_mem_pool;
    pthread_mutex_unlock(&lock);
    return error;
}

hipError_t hip_pool_current(struct hip_device *device, hipMemPool_t *out)
{
    *out = atomic_load(&device->mem_pool);
    return *out != NULL ? hipSuccess : hip_pool_default(device, out);
}

/* ---- what is kept ---- */

/* Without hipMemPoolReuseAllowOpportunistic only the stream that freed a block gets it again. */
static struct hip_kept **best_kept_locked(struct ihipMemPoolHandle_t *pool, size_t size,
                                          const struct ihipStream_t *stream)
{
    struct hip_kept **best = NULL;
    for (struct hip_kept **link = &pool->kept; *link != NULL; link = &(*link)->next) {
        const struct hip_kept *kept = *link;
        bool may = pool->reuse[1] != 0 || kept->stream == NULL || kept->stream == stream;
        if (may && hip_pool_block_fits(kept->size, size) &&
            (best == NULL || kept->size < (*best)->size))
            best = link;
    }
    return best;
}

static void *take_kept_locked(struct ihipMemPoolHandle_t *pool, size_t *size,
                              const struct ihipStream_t *stream)
{
    struct hip_kept **link = best_kept_locked(pool, *size, stream);
    if (link == NULL)
        return NULL;
    struct hip_kept *kept = *link;
    void *memory = kept->memory;
    *size = kept->size;
    *link = kept->next;
    pool->kept_bytes -= kept->size;
    free(kept);
    return memory;
}

void hip_pool_trim_locked(struct ihipMemPoolHandle_t *pool, uint64_t bytes)
{
    while (pool->kept != NULL && pool->kept_bytes > bytes) {
        struct hip_kept *kept = pool->kept;
        pool->kept = kept->next;
        pool->kept_bytes -= kept->size;
        (void)hip_memory_release(kept->memory);
        free(kept);
    }
}

static void trim_all(struct hip_device *device, bool to_threshold)
{
    pthread_rwlock_rdlock(&pools_lock);
    for (struct ihipMemPoolHandle_t *pool = pools; pool != NULL; pool = pool->next) {
        if (pool->device != device)
            continue;
        pthread_mutex_lock(&pool->lock);
        hip_pool_trim_locked(pool, to_threshold ? pool->threshold : 0);
        pthread_mutex_unlock(&pool->lock);
    }
    pthread_rwlock_unlock(&pools_lock);
}

void hip_pools_settle(struct hip_device *device)
{
    /* relaxed: whoever has freed before this call has set it before */
    if (!atomic_load_explicit(&device->pools_changed, memory_order_relaxed))
        return;
    atomic_store(&device->pools_changed, false);
    trim_all(device, true);
}

void hip_pools_trim(struct hip_device *device)
{
    trim_all(device, false);
}

static void reset_default(struct ihipMemPoolHandle_t *pool)
{
    pthread_mutex_lock(&pool->lock);
    hip_pool_trim_locked(pool, 0);
    hip_pool_pending_clear(&pool->pending);
    set_defaults(pool);
    pthread_mutex_unlock(&pool->lock);
}

static struct ihipMemPoolHandle_t *first_of_program(const struct hip_device *device)
{
    pthread_rwlock_rdlock(&pools_lock);
    struct ihipMemPoolHandle_t *pool = pools;
    while (pool != NULL && (pool->device != device || pool->is_default))
        pool = pool->next;
    pthread_rwlock_unlock(&pools_lock);
    return pool;
}

void hip_pools_reset(struct hip_device *device)
{
    struct ihipMemPoolHandle_t *pool;
    atomic_store(&device->mem_pool, NULL);
    while ((pool = first_of_program(device)) != NULL)
        delete(pool);
    if (device->default_mem_pool != NULL)
        reset_default(device->default_mem_pool);
}

/* ---- allocating ---- */

static void mark_pool(struct hip_allocation *row, void *pool)
{
    row->pool = pool;
    if (row->origin == HIP_ORIGIN_KEPT)
        row->origin = HIP_ORIGIN_OWN;
}

static void mark_kept(struct hip_allocation *row, void *data)
{
    (void)data;
    row->pool = NULL;
    row->sync_ops = false;
    row->origin = HIP_ORIGIN_KEPT;
}

/* The memory is in use from now on. */
static void use_locked(struct ihipMemPoolHandle_t *pool, void *memory, size_t size)
{
    hip_memory_update(memory, mark_pool, pool);
    pool->used_bytes += size;
    if (pool->used_bytes > pool->used_high)
        pool->used_high = pool->used_bytes;
    if (pool->used_bytes + pool->kept_bytes > pool->reserved_high)
        pool->reserved_high = pool->used_bytes + pool->kept_bytes;
}

void hip_pool_adopt(hipMemPool_t handle, void *memory, size_t size)
{
    struct ihipMemPoolHandle_t *pool;
    if (hip_pool_find(handle, &pool) != hipSuccess)
        return;
    pthread_mutex_lock(&pool->lock);
    use_locked(pool, memory, size);
    pthread_mutex_unlock(&pool->lock);
}

/* False: the pool may not have that much more. */
static bool make_room_locked(struct ihipMemPoolHandle_t *pool, size_t size)
{
    if (pool->size_max == 0)
        return true;
    if (pool->used_bytes + size > pool->size_max)
        return false;
    hip_pool_trim_locked(pool, pool->size_max - pool->used_bytes - size);
    return true;
}

/* Memory that comes back before the stream needs it stays in use all the time. */
static void *take_pending(struct ihipMemPoolHandle_t *pool, size_t *size,
                          struct ihipStream_t *stream)
{
    pthread_mutex_lock(&pool->lock);
    void *memory = hip_pool_pending_take(&pool->pending, size, stream);
    bool others =
        memory == NULL && pool->reuse[0] != 0 && hip_pool_pending_fits(&pool->pending, *size);
    pthread_mutex_unlock(&pool->lock);
    if (!others)
        return memory;
    pthread_mutex_lock(&stream->device->lock);
    pthread_mutex_lock(&pool->lock);
    memory = hip_pool_pending_take_by_events(&pool->pending, size, stream);
    pthread_mutex_unlock(&pool->lock);
    pthread_mutex_unlock(&stream->device->lock);
    return memory;
}

static void *take_kept(struct ihipMemPoolHandle_t *pool, size_t *size, struct ihipStream_t *stream,
                       bool *room)
{
    pthread_mutex_lock(&pool->lock);
    void *memory = take_kept_locked(pool, size, stream);
    if (memory != NULL)
        use_locked(pool, memory, *size);
    *room = memory != NULL || make_room_locked(pool, *size);
    pthread_mutex_unlock(&pool->lock);
    return memory;
}

static hipError_t alloc_from(struct ihipMemPoolHandle_t *pool, size_t size,
                             struct ihipStream_t *stream, void **out)
{
    bool room;
    if (!cairn_size_add(size, 255, &size))
        return hipErrorOutOfMemory;
    size &= ~(size_t)255;
    *out = take_pending(pool, &size, stream);
    if (*out == NULL)
        *out = take_kept(pool, &size, stream, &room);
    if (*out != NULL)
        return hipSuccess;
    hipError_t error = room ? hip_device_alloc(pool->device, size, out) : hipErrorOutOfMemory;
    if (error != hipSuccess)
        return error;
    pthread_mutex_lock(&pool->lock);
    use_locked(pool, *out, size);
    pthread_mutex_unlock(&pool->lock);
    return hipSuccess;
}

static hipError_t alloc_async(void **ptr, size_t size, hipMemPool_t handle, hipStream_t stream)
{
    struct ihipStream_t *found;
    struct ihipMemPoolHandle_t *pool;
    if (ptr == NULL)
        return hipErrorInvalidValue;
    hipError_t error =
        hip_stream_find(stream, &found) == hipSuccess ? hipSuccess : hipErrorInvalidHandle;
    if (error == hipSuccess)
        error =
            handle == NULL ? hip_pool_current(found->device, &pool) : hip_pool_find(handle, &pool);
    if (error == hipSuccess && pool->is_imported)
        error = hipErrorInvalidValue; /* its memory comes from hipMemPoolImportPointer */
    if (error != hipSuccess)
        return error;
    *ptr = NULL;
    if (size == 0)
        return hipSuccess;
    if (atomic_load(&found->capture) != NULL)
        return hip_capture_alloc(found, size, ptr);
    return alloc_from(pool, size, found, ptr);
}

hipError_t hipMallocAsync(void **ptr, size_t size, hipStream_t stream)
{
    return hip_return(hip_ready() ?: alloc_async(ptr, size, NULL, stream));
}

hipError_t hipMallocFromPoolAsync(void **ptr, size_t size, hipMemPool_t pool, hipStream_t stream)
{
    if (pool == NULL)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: alloc_async(ptr, size, pool, stream));
}

/* ---- freeing ---- */

/* Keeps the block or, if it cannot, leaves it to the caller to release. */
static bool keep_locked(struct ihipMemPoolHandle_t *pool, const struct hip_allocation *row,
                        const struct ihipStream_t *stream)
{
    struct hip_kept *kept = malloc(sizeof *kept);
    if (kept == NULL)
        return false;
    *kept = (struct hip_kept){pool->kept, (void *)(uintptr_t)row->base, row->size, stream};
    pool->kept = kept;
    pool->kept_bytes += row->size;
    hip_memory_update(kept->memory, mark_kept, NULL);
    atomic_store(&pool->device->pools_changed, true);
    return true;
}

hipError_t hip_pool_free(const struct hip_allocation *row)
{
    struct ihipMemPoolHandle_t *pool = alive(row->pool);
    const struct ihipStream_t *stream = NULL;
    void *memory = (void *)(uintptr_t)row->base;
    if (pool == NULL)
        return hip_memory_release(memory);
    pthread_mutex_lock(&pool->lock);
    if (hip_pool_pending_ran(&pool->pending, memory, &stream)) {
        pthread_mutex_unlock(&pool->lock);
        return hipSuccess;
    }
    pool->used_bytes -= row->size;
    bool keeps = !pool->destroyed && row->origin == HIP_ORIGIN_OWN;
    bool kept = keeps && keep_locked(pool, row, stream);
    bool last = is_over_locked(pool);
    pthread_mutex_unlock(&pool->lock);
    hipError_t error = kept ? hipSuccess : hip_memory_release(memory);
    if (last)
        delete(pool);
    return error;
}

/* The free is known before it may run. When it has run, the pool may be over. */
static hipError_t free_pending(struct ihipMemPoolHandle_t *pool, const struct hip_allocation *row,
                               struct ihipStream_t *stream, const struct hip_command *command)
{
    struct hip_op *op = NULL;
    uint64_t id;
    pthread_mutex_lock(&pool->lock);
    hipError_t error =
        hip_pool_pending_add(&pool->pending, command->memory, row->size, stream, &id);
    pool->holds += error == hipSuccess;
    pthread_mutex_unlock(&pool->lock);
    if (error != hipSuccess)
        return error;
    error = hip_stream_submit(stream, command, &op);
    pthread_mutex_lock(&pool->lock);
    hip_pool_pending_enqueued(&pool->pending, id, op);
    pool->holds--;
    bool last = is_over_locked(pool);
    pthread_mutex_unlock(&pool->lock);
    hip_op_release(op);
    if (last)
        delete(pool);
    return error;
}

static hipError_t free_async(void *ptr, hipStream_t handle)
{
    struct ihipStream_t *stream;
    struct ihipMemPoolHandle_t *pool;
    struct hip_allocation row;
    struct hip_command command = {.kind = HIP_COMMAND_FREE, .memory = ptr};
    if (ptr == NULL)
        return hipErrorInvalidValue;
    if (hip_stream_find(handle, &stream) != hipSuccess)
        return hipErrorInvalidHandle;
    if (!hip_memory_find(ptr, &row) || row.base != (uint64_t)(uintptr_t)ptr ||
        row.kind != HIP_MEMORY_DEVICE || !hip_memory_is_freeable(&row))
        return hipErrorInvalidValue;
    hipError_t error = hipSuccess;
    if (row.origin == HIP_ORIGIN_GRAPH && atomic_load(&stream->capture) == NULL &&
        hip_graph_memory_free_early(&row, &error))
        return error;
    if (row.pool == NULL || (pool = alive(row.pool)) == NULL ||
        atomic_load(&stream->capture) != NULL)
        return hip_stream_enqueue(stream, &command, NULL);
    return free_pending(pool, &row, stream, &command);
}

hipError_t hipFreeAsync(void *ptr, hipStream_t stream)
{
    return hip_return(hip_ready() ?: free_async(ptr, stream));
}
