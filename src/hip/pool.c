/* SPDX-License-Identifier: MIT
 * Stream-ordered allocation. Memory is given out at once and given back in stream order; a pool
 * keeps what comes back up to its release threshold for requests of the same size.
 */
#include "hip/pool.h"

#include "hip/capture.h"
#include "hip/pool_pending.h"

#include <stdlib.h>

struct kept {
    struct kept *next;
    void *memory;
    size_t size;
};

struct ihipMemPoolHandle_t {
    struct hip_device *device;
    bool is_default;
    bool is_shareable, is_imported; /* to other processes; from another process */
    pthread_mutex_t lock;           /* guards the rest */
    struct kept *kept;
    struct hip_pool_pending pending;
    uint64_t threshold;
    uint64_t kept_bytes, used_bytes, reserved_high, used_high;
    int reuse[3]; /* hipMemPoolReuse* */
};

static pthread_rwlock_t handles_lock = PTHREAD_RWLOCK_INITIALIZER;
static struct hip_map handles; /* live pools; guarded by handles_lock */

static hipError_t create(struct hip_device *device, bool is_default, hipMemPool_t *out)
{
    struct ihipMemPoolHandle_t *pool = calloc(1, sizeof *pool);
    if (pool == NULL)
        return hipErrorOutOfMemory;
    pool->device = device;
    pool->is_default = is_default;
    pool->reuse[0] = pool->reuse[1] = pool->reuse[2] = 1;
    pthread_mutex_init(&pool->lock, NULL);
    pthread_rwlock_wrlock(&handles_lock);
    bool known = hip_map_put(&handles, pool, pool);
    pthread_rwlock_unlock(&handles_lock);
    if (!known) {
        free(pool);
        return hipErrorOutOfMemory;
    }
    *out = pool;
    return hipSuccess;
}

static hipError_t find(hipMemPool_t handle, struct ihipMemPoolHandle_t **out)
{
    pthread_rwlock_rdlock(&handles_lock);
    *out = handle == NULL ? NULL : hip_map_get(&handles, handle);
    pthread_rwlock_unlock(&handles_lock);
    return *out == NULL ? hipErrorInvalidValue : hipSuccess;
}

bool hip_pool_is_shareable(hipMemPool_t handle, int *device)
{
    struct ihipMemPoolHandle_t *pool;
    if (find(handle, &pool) != hipSuccess)
        return false;
    *device = pool->device->ordinal;
    return pool->is_shareable;
}

bool hip_pool_is_imported(hipMemPool_t handle)
{
    struct ihipMemPoolHandle_t *pool;
    return find(handle, &pool) == hipSuccess && pool->is_imported;
}

hipError_t hip_pool_create_imported(struct hip_device *device, hipMemPool_t *out)
{
    hipError_t error = create(device, false, out);
    if (error == hipSuccess)
        (*out)->is_imported = true;
    return error;
}

static hipError_t default_pool(struct hip_device *device, hipMemPool_t *out)
{
    static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    hipError_t error = hipSuccess;
    pthread_mutex_lock(&lock);
    if (device->default_mem_pool == NULL)
        error = create(device, true, &device->default_mem_pool);
    *out = device->default_mem_pool;
    pthread_mutex_unlock(&lock);
    return error;
}

static hipError_t current_pool(struct hip_device *device, hipMemPool_t *out)
{
    *out = atomic_load(&device->mem_pool);
    return *out != NULL ? hipSuccess : default_pool(device, out);
}

/* ---- allocating ---- */

static void *take_kept_locked(struct ihipMemPoolHandle_t *pool, size_t size)
{
    for (struct kept **link = &pool->kept; *link != NULL; link = &(*link)->next) {
        struct kept *kept = *link;
        if (kept->size != size)
            continue;
        void *memory = kept->memory;
        *link = kept->next;
        pool->kept_bytes -= size;
        free(kept);
        return memory;
    }
    return NULL;
}

/* Frees kept memory until at most `bytes` are left. */
static void trim_locked(struct ihipMemPoolHandle_t *pool, uint64_t bytes)
{
    while (pool->kept != NULL && pool->kept_bytes > bytes) {
        struct kept *kept = pool->kept;
        pool->kept = kept->next;
        pool->kept_bytes -= kept->size;
        hip_memory_release(kept->memory);
        free(kept);
    }
}

static void mark_pool(struct hip_allocation *row, void *pool)
{
    row->pool = pool;
}

/* Memory that comes back before `stream` needs it: it stays in use all the time. */
static bool take_pending(struct ihipMemPoolHandle_t *pool, size_t rounded,
                         struct ihipStream_t *stream, void **out)
{
    pthread_mutex_lock(&pool->lock);
    void *memory = hip_pool_pending_take(&pool->pending, rounded, stream, pool->reuse[0] != 0);
    pthread_mutex_unlock(&pool->lock);
    if (memory != NULL)
        *out = memory;
    return memory != NULL;
}

static hipError_t alloc_from(struct ihipMemPoolHandle_t *pool, size_t size,
                             struct ihipStream_t *stream, void **out)
{
    size_t rounded;
    if (!cairn_size_add(size, 255, &rounded))
        return hipErrorOutOfMemory;
    rounded &= ~(size_t)255;
    if (take_pending(pool, rounded, stream, out))
        return hipSuccess;
    pthread_mutex_lock(&pool->lock);
    void *memory = take_kept_locked(pool, rounded);
    hipError_t error = hipSuccess;
    if (memory == NULL)
        error = hip_device_alloc(pool->device, rounded, &memory);
    if (error != hipSuccess) {
        trim_locked(pool, 0);
        error = hip_device_alloc(pool->device, rounded, &memory);
    }
    if (error == hipSuccess) {
        hip_memory_update(memory, mark_pool, pool);
        pool->used_bytes += rounded;
        if (pool->used_bytes > pool->used_high)
            pool->used_high = pool->used_bytes;
        if (pool->used_bytes + pool->kept_bytes > pool->reserved_high)
            pool->reserved_high = pool->used_bytes + pool->kept_bytes;
        *out = memory;
    }
    pthread_mutex_unlock(&pool->lock);
    return error;
}

hipError_t hip_pool_free(const struct hip_allocation *row)
{
    struct ihipMemPoolHandle_t *pool;
    void *memory = (void *)(uintptr_t)row->base;
    if (find(row->pool, &pool) != hipSuccess)
        return hip_memory_release(memory); /* the pool was destroyed before its memory */
    struct kept *kept = malloc(sizeof *kept);
    pthread_mutex_lock(&pool->lock);
    if (hip_pool_pending_ran(&pool->pending, memory)) {
        pthread_mutex_unlock(&pool->lock);
        free(kept);
        return hipSuccess;
    }
    pool->used_bytes -= row->size;
    if (kept != NULL && pool->kept_bytes + row->size <= pool->threshold) {
        *kept = (struct kept){pool->kept, memory, row->size};
        pool->kept = kept;
        pool->kept_bytes += row->size;
        hip_memory_update(memory, mark_pool, NULL);
        kept = NULL;
        memory = NULL;
    }
    pthread_mutex_unlock(&pool->lock);
    free(kept);
    return memory == NULL ? hipSuccess : hip_memory_release(memory);
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
        error = handle == NULL ? current_pool(found->device, &pool) : find(handle, &pool);
    if (error == hipSuccess && pool->is_imported)
        error = hipErrorInvalidValue; /* its memory comes from hipMemPoolImportPointer */
    if (error != hipSuccess)
        return error;
    if (size == 0) {
        *ptr = NULL;
        return hipSuccess;
    }
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

/* The free is known before it may run. */
static hipError_t free_pending(struct ihipMemPoolHandle_t *pool, const struct hip_allocation *row,
                               struct ihipStream_t *stream, const struct hip_command *command)
{
    struct hip_op *op = NULL;
    pthread_mutex_lock(&pool->lock);
    hipError_t error = hip_pool_pending_add(&pool->pending, command->memory, row->size, stream);
    pthread_mutex_unlock(&pool->lock);
    if (error != hipSuccess)
        return error;
    error = hip_stream_submit(stream, command, &op);
    pthread_mutex_lock(&pool->lock);
    hip_pool_pending_enqueued(&pool->pending, command->memory, op);
    pthread_mutex_unlock(&pool->lock);
    hip_op_release(op);
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
    hipError_t error = hip_stream_find(handle, &stream);
    if (error != hipSuccess)
        return error;
    if (!hip_memory_find(ptr, &row) || row.base != (uint64_t)(uintptr_t)ptr ||
        row.kind != HIP_MEMORY_DEVICE || !hip_memory_is_freeable(&row))
        return hipErrorInvalidValue;
    if (row.pool == NULL || find(row.pool, &pool) != hipSuccess ||
        atomic_load(&stream->capture) != NULL)
        return hip_stream_enqueue(stream, &command, NULL);
    return free_pending(pool, &row, stream, &command);
}

hipError_t hipFreeAsync(void *ptr, hipStream_t stream)
{
    return hip_return(hip_ready() ?: free_async(ptr, stream));
}

/* ---- pools as objects ---- */

static hipError_t create_api(hipMemPool_t *out, const hipMemPoolProps *props)
{
    if (out == NULL || props == NULL || props->allocType != hipMemAllocationTypePinned ||
        props->location.type != hipMemLocationTypeDevice)
        return hipErrorInvalidValue;
    if (props->handleTypes != hipMemHandleTypeNone &&
        props->handleTypes != hipMemHandleTypePosixFileDescriptor)
        return hipErrorNotSupported;
    struct hip_device *device = hip_device_at(props->location.id);
    hipError_t error = device == NULL ? hipErrorInvalidValue : create(device, false, out);
    if (error == hipSuccess)
        (*out)->is_shareable = props->handleTypes == hipMemHandleTypePosixFileDescriptor;
    return error;
}

hipError_t hipMemPoolCreate(hipMemPool_t *pool, const hipMemPoolProps *props)
{
    return hip_return(hip_ready() ?: create_api(pool, props));
}

static hipError_t destroy(hipMemPool_t handle)
{
    struct ihipMemPoolHandle_t *pool;
    hipError_t error = find(handle, &pool);
    if (error != hipSuccess)
        return error;
    if (pool->is_default)
        return hipErrorInvalidValue;
    hip_device_drain(pool->device);
    pthread_rwlock_wrlock(&handles_lock);
    hip_map_remove(&handles, pool);
    pthread_rwlock_unlock(&handles_lock);
    struct ihipMemPoolHandle_t *expected = pool;
    atomic_compare_exchange_strong(&pool->device->mem_pool, &expected, NULL);
    trim_locked(pool, 0);
    hip_pool_pending_clear(&pool->pending);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
    return hipSuccess;
}

hipError_t hipMemPoolDestroy(hipMemPool_t pool)
{
    return hip_return(hip_ready() ?: destroy(pool));
}

static hipError_t trim_to(hipMemPool_t handle, size_t bytes)
{
    struct ihipMemPoolHandle_t *pool;
    hipError_t error = find(handle, &pool);
    if (error != hipSuccess)
        return error;
    pthread_mutex_lock(&pool->lock);
    trim_locked(pool, bytes > pool->used_bytes ? bytes - pool->used_bytes : 0);
    pthread_mutex_unlock(&pool->lock);
    return hipSuccess;
}

hipError_t hipMemPoolTrimTo(hipMemPool_t pool, size_t min_bytes_to_hold)
{
    return hip_return(hip_ready() ?: trim_to(pool, min_bytes_to_hold));
}

static hipError_t set_attribute(hipMemPool_t handle, hipMemPoolAttr attribute, const void *value)
{
    struct ihipMemPoolHandle_t *pool;
    hipError_t error = find(handle, &pool);
    if (error != hipSuccess)
        return error;
    if (value == NULL)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&pool->lock);
    switch (attribute) {
    case hipMemPoolReuseFollowEventDependencies:
    case hipMemPoolReuseAllowOpportunistic:
    case hipMemPoolReuseAllowInternalDependencies:
        pool->reuse[attribute - hipMemPoolReuseFollowEventDependencies] = *(const int *)value;
        break;
    case hipMemPoolAttrReleaseThreshold:
        pool->threshold = *(const uint64_t *)value;
        break;
    case hipMemPoolAttrReservedMemHigh:
    case hipMemPoolAttrUsedMemHigh:
        error = *(const uint64_t *)value != 0 ? hipErrorInvalidValue : hipSuccess;
        if (error == hipSuccess && attribute == hipMemPoolAttrUsedMemHigh)
            pool->used_high = pool->used_bytes;
        else if (error == hipSuccess)
            pool->reserved_high = pool->used_bytes + pool->kept_bytes;
        break;
    default:
        error = hipErrorInvalidValue;
    }
    pthread_mutex_unlock(&pool->lock);
    return error;
}

hipError_t hipMemPoolSetAttribute(hipMemPool_t pool, hipMemPoolAttr attribute, void *value)
{
    return hip_return(hip_ready() ?: set_attribute(pool, attribute, value));
}

static hipError_t get_attribute(hipMemPool_t handle, hipMemPoolAttr attribute, void *value)
{
    struct ihipMemPoolHandle_t *pool;
    hipError_t error = find(handle, &pool);
    if (error != hipSuccess)
        return error;
    if (value == NULL)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&pool->lock);
    switch (attribute) {
    case hipMemPoolReuseFollowEventDependencies:
    case hipMemPoolReuseAllowOpportunistic:
    case hipMemPoolReuseAllowInternalDependencies:
        *(int *)value = pool->reuse[attribute - hipMemPoolReuseFollowEventDependencies];
        break;
    case hipMemPoolAttrReleaseThreshold:
        *(uint64_t *)value = pool->threshold;
        break;
    case hipMemPoolAttrReservedMemCurrent:
        *(uint64_t *)value = pool->used_bytes + pool->kept_bytes;
        break;
    case hipMemPoolAttrReservedMemHigh:
        *(uint64_t *)value = pool->reserved_high;
        break;
    case hipMemPoolAttrUsedMemCurrent:
        *(uint64_t *)value = pool->used_bytes;
        break;
    case hipMemPoolAttrUsedMemHigh:
        *(uint64_t *)value = pool->used_high;
        break;
    default:
        error = hipErrorInvalidValue;
    }
    pthread_mutex_unlock(&pool->lock);
    return error;
}

hipError_t hipMemPoolGetAttribute(hipMemPool_t pool, hipMemPoolAttr attribute, void *value)
{
    return hip_return(hip_ready() ?: get_attribute(pool, attribute, value));
}

/* ---- access: every device reaches every pool, and nothing takes that away ---- */

static hipError_t check_access(const hipMemAccessDesc *access)
{
    if (access->location.type != hipMemLocationTypeDevice ||
        hip_device_at(access->location.id) == NULL)
        return hipErrorInvalidValue;
    return access->flags == hipMemAccessFlagsProtReadWrite ? hipSuccess : hipErrorNotSupported;
}

static hipError_t set_access(hipMemPool_t handle, const hipMemAccessDesc *list, size_t count)
{
    struct ihipMemPoolHandle_t *pool;
    hipError_t error = find(handle, &pool);
    if (error == hipSuccess && (list == NULL || count == 0))
        error = hipErrorInvalidValue;
    for (size_t i = 0; i < count && error == hipSuccess; i++)
        error = check_access(&list[i]);
    return error;
}

hipError_t hipMemPoolSetAccess(hipMemPool_t pool, const hipMemAccessDesc *list, size_t count)
{
    return hip_return(hip_ready() ?: set_access(pool, list, count));
}

static hipError_t get_access(hipMemAccessFlags *flags, hipMemPool_t handle,
                             const hipMemLocation *location)
{
    struct ihipMemPoolHandle_t *pool;
    hipError_t error = find(handle, &pool);
    if (error != hipSuccess)
        return error;
    if (flags == NULL || location == NULL || location->type != hipMemLocationTypeDevice ||
        hip_device_at(location->id) == NULL)
        return hipErrorInvalidValue;
    *flags = hipMemAccessFlagsProtReadWrite;
    return hipSuccess;
}

hipError_t hipMemPoolGetAccess(hipMemAccessFlags *flags, hipMemPool_t pool,
                               hipMemLocation *location)
{
    return hip_return(hip_ready() ?: get_access(flags, pool, location));
}

/* ---- pools of devices ---- */

static hipError_t device_pool(hipMemPool_t *out, int ordinal,
                              hipError_t (*which)(struct hip_device *, hipMemPool_t *))
{
    struct hip_device *device = hip_device_at(ordinal);
    if (out == NULL)
        return hipErrorInvalidValue;
    return device == NULL ? hipErrorInvalidDevice : which(device, out);
}

hipError_t hipDeviceGetDefaultMemPool(hipMemPool_t *pool, int device)
{
    return hip_return(hip_ready() ?: device_pool(pool, device, default_pool));
}

hipError_t hipDeviceGetMemPool(hipMemPool_t *pool, int device)
{
    return hip_return(hip_ready() ?: device_pool(pool, device, current_pool));
}

static hipError_t set_device_pool(int ordinal, hipMemPool_t handle)
{
    struct hip_device *device = hip_device_at(ordinal);
    struct ihipMemPoolHandle_t *pool;
    if (device == NULL)
        return hipErrorInvalidDevice;
    hipError_t error = find(handle, &pool);
    if (error == hipSuccess && pool->device != device)
        error = hipErrorInvalidDevice;
    if (error == hipSuccess)
        atomic_store(&device->mem_pool, pool);
    return error;
}

hipError_t hipDeviceSetMemPool(int device, hipMemPool_t pool)
{
    return hip_return(hip_ready() ?: set_device_pool(device, pool));
}
