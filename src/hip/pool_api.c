/* SPDX-License-Identifier: MIT
 * Memory pools as objects of the program: making them, their attributes, who may reach them, the
 * pools of devices. The memory goes through pool.c.
 */
#include "hip/pool_priv.h"

#include <stdlib.h>
#include <string.h>

/* ---- for other processes (ipc.c) ---- */

bool hip_pool_is_shareable(hipMemPool_t handle, struct hip_pool_face *face)
{
    struct ihipMemPoolHandle_t *pool;
    if (hip_pool_find(handle, &pool) != hipSuccess)
        return false;
    pthread_mutex_lock(&pool->lock);
    face->device = pool->device->ordinal;
    memcpy(face->access, pool->access, sizeof face->access);
    pthread_mutex_unlock(&pool->lock);
    return pool->is_shareable;
}

bool hip_pool_is_imported(hipMemPool_t handle)
{
    struct ihipMemPoolHandle_t *pool;
    return hip_pool_find(handle, &pool) == hipSuccess && pool->is_imported;
}

hipError_t hip_pool_create_imported(struct hip_device *device, const struct hip_pool_face *face,
                                    hipMemPool_t *out)
{
    hipError_t error = hip_pool_create(device, out);
    if (error != hipSuccess)
        return error;
    (*out)->is_imported = true;
    memcpy((*out)->access, face->access, sizeof face->access);
    return hipSuccess;
}

/* ---- making ---- */

static hipError_t create(hipMemPool_t *out, const hipMemPoolProps *props)
{
    if (out == NULL || props == NULL || props->allocType != hipMemAllocationTypePinned ||
        props->location.type != hipMemLocationTypeDevice)
        return hipErrorInvalidValue;
    if (props->handleTypes != hipMemHandleTypeNone &&
        props->handleTypes != hipMemHandleTypePosixFileDescriptor)
        return hipErrorNotSupported;
    struct hip_device *device = hip_device_at(props->location.id);
    hipError_t error = device == NULL ? hipErrorInvalidValue : hip_pool_create(device, out);
    if (error != hipSuccess)
        return error;
    (*out)->is_shareable = props->handleTypes == hipMemHandleTypePosixFileDescriptor;
    (*out)->size_max = props->maxSize;
    return hipSuccess;
}

hipError_t hipMemPoolCreate(hipMemPool_t *pool, const hipMemPoolProps *props)
{
    return hip_return(hip_ready() ?: create(pool, props));
}

static hipError_t destroy(hipMemPool_t handle)
{
    struct ihipMemPoolHandle_t *pool;
    return hip_pool_find(handle, &pool) ?: hip_pool_destroy(pool);
}

hipError_t hipMemPoolDestroy(hipMemPool_t pool)
{
    return hip_return(hip_ready() ?: destroy(pool));
}

static hipError_t trim_to(hipMemPool_t handle, size_t bytes)
{
    struct ihipMemPoolHandle_t *pool;
    hipError_t error = hip_pool_find(handle, &pool);
    if (error != hipSuccess)
        return error;
    pthread_mutex_lock(&pool->lock);
    hip_pool_trim_locked(pool, bytes > pool->used_bytes ? bytes - pool->used_bytes : 0);
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
    hipError_t error = hip_pool_find(handle, &pool);
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
            pool->used_high = 0; /* until the next allocation, as in ROCm */
        else if (error == hipSuccess)
            pool->reserved_high = 0;
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
    hipError_t error = hip_pool_find(handle, &pool);
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

/* ---- access: told and answered; every device reaches every pool, and nothing takes that away ----
 */

static hipError_t set_one_access(struct ihipMemPoolHandle_t *pool, const hipMemAccessDesc *access)
{
    const struct hip_device *device = hip_device_at(access->location.id);
    if (access->location.type != hipMemLocationTypeDevice)
        return hipErrorInvalidValue;
    if (device == NULL || access->flags == hipMemAccessFlagsProtNone)
        return hipErrorInvalidDevice; /* ROCm's answer to both */
    if (access->flags != hipMemAccessFlagsProtRead &&
        access->flags != hipMemAccessFlagsProtReadWrite)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&pool->lock);
    if (device != pool->device)
        pool->access[device->ordinal] = (uint8_t)access->flags;
    pthread_mutex_unlock(&pool->lock);
    return hipSuccess;
}

static hipError_t set_access(hipMemPool_t handle, const hipMemAccessDesc *list, size_t count)
{
    struct ihipMemPoolHandle_t *pool;
    hipError_t error = hip_pool_find(handle, &pool);
    if (error == hipSuccess && list == NULL)
        error = hipErrorInvalidValue;
    if (error == hipSuccess && count > (size_t)hip_process.device_count)
        error = hipErrorInvalidDevice;
    for (size_t i = 0; error == hipSuccess && i < count; i++)
        error = set_one_access(pool, &list[i]);
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
    hipError_t error = hip_pool_find(handle, &pool);
    if (error != hipSuccess)
        return error;
    if (flags == NULL || location == NULL || location->type != hipMemLocationTypeDevice ||
        hip_device_at(location->id) == NULL)
        return hipErrorInvalidValue;
    pthread_mutex_lock(&pool->lock);
    *flags = (hipMemAccessFlags)pool->access[location->id];
    pthread_mutex_unlock(&pool->lock);
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
    return hip_return(hip_ready() ?: device_pool(pool, device, hip_pool_default));
}

hipError_t hipDeviceGetMemPool(hipMemPool_t *pool, int device)
{
    hipError_t error = hip_ready() ?: device_pool(pool, device, hip_pool_current);
    return hip_return(error == hipErrorInvalidDevice ? hipErrorInvalidValue : error);
}

static hipError_t set_device_pool(int ordinal, hipMemPool_t handle)
{
    struct hip_device *device = hip_device_at(ordinal);
    struct ihipMemPoolHandle_t *pool;
    if (device == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_pool_find(handle, &pool);
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
