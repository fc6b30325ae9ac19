/* SPDX-License-Identifier: MIT
 * Contexts and peers. A context is the primary context of a device: its handle is the device's
 * address, and "current" means the thread's device.
 */
#include "hip/stream.h"

#include <stdlib.h>
#include <string.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static hipCtx_t context_of(struct hip_device *device)
{
    return (hipCtx_t)device;
}

static struct hip_device *device_of(hipCtx_t context)
{
    struct hip_device *device = (struct hip_device *)context;
    for (int i = 0; i < hip_process.device_count; i++)
        if (&hip_process.devices[i] == device)
            return device;
    return NULL;
}

/* ---- the thread's stack of contexts ---- */

static hipError_t push(hipCtx_t context)
{
    struct hip_thread *thread = hip_thread();
    struct hip_device *device = device_of(context);
    if (device == NULL)
        return hipErrorInvalidContext;
    if (thread->context_depth == HIP_CONTEXT_DEPTH)
        return hipErrorOutOfMemory;
    thread->contexts[thread->context_depth++] = thread->device;
    thread->device = device->ordinal;
    return hipSuccess;
}

static hipError_t pop(hipCtx_t *context)
{
    struct hip_thread *thread = hip_thread();
    if (thread->context_depth == 0)
        return hipErrorInvalidContext;
    if (context != NULL)
        *context = context_of(hip_current_device());
    thread->device = thread->contexts[--thread->context_depth];
    return hipSuccess;
}

static hipError_t create(hipCtx_t *context, unsigned flags, int ordinal)
{
    struct hip_device *device = hip_device_at(ordinal);
    if (context == NULL)
        return hipErrorInvalidValue;
    if (device == NULL)
        return hipErrorInvalidDevice;
    *context = context_of(device);
    atomic_store(&device->flags, flags);
    return push(*context);
}

hipError_t hipCtxCreate(hipCtx_t *ctx, unsigned int flags, hipDevice_t device)
{
    return hip_return(hip_ready() ?: create(ctx, flags, device));
}

static hipError_t destroy(hipCtx_t context)
{
    struct hip_thread *thread = hip_thread();
    struct hip_device *device = device_of(context);
    if (device == NULL)
        return hipErrorInvalidValue;
    if (thread->context_depth > 0 && device == hip_current_device())
        return pop(NULL);
    return hipSuccess;
}

hipError_t hipCtxDestroy(hipCtx_t ctx)
{
    return hip_return(hip_ready() ?: destroy(ctx));
}

hipError_t hipCtxPushCurrent(hipCtx_t ctx)
{
    return hip_return(hip_ready() ?: push(ctx));
}

hipError_t hipCtxPopCurrent(hipCtx_t *ctx)
{
    return hip_return(hip_ready() ?: pop(ctx));
}

static hipError_t set_current(hipCtx_t context)
{
    struct hip_device *device = device_of(context);
    if (context == NULL)
        return hip_thread()->context_depth > 0 ? pop(NULL) : hipSuccess;
    if (device == NULL)
        return hipErrorInvalidContext;
    hip_thread()->device = device->ordinal;
    return hipSuccess;
}

hipError_t hipCtxSetCurrent(hipCtx_t ctx)
{
    return hip_return(hip_ready() ?: set_current(ctx));
}

static hipError_t get_current(hipCtx_t *context)
{
    if (context == NULL)
        return hipErrorInvalidValue;
    *context = context_of(hip_current_device());
    return hipSuccess;
}

hipError_t hipCtxGetCurrent(hipCtx_t *ctx)
{
    return hip_return(hip_ready() ?: get_current(ctx));
}

hipError_t hipCtxGetDevice(hipDevice_t *device)
{
    return hipGetDevice(device);
}

static hipError_t api_version(int *version)
{
    if (version == NULL)
        return hipErrorInvalidValue;
    *version = 4; /* what ROCm answers */
    return hipSuccess;
}

hipError_t hipCtxGetApiVersion(hipCtx_t ctx, int *version)
{
    return hip_return(hip_ready() ?: api_version(version));
}

hipError_t hipCtxGetCacheConfig(hipFuncCache_t *config)
{
    return hipDeviceGetCacheConfig(config);
}

hipError_t hipCtxSetCacheConfig(hipFuncCache_t config)
{
    return hipDeviceSetCacheConfig(config);
}

hipError_t hipCtxGetSharedMemConfig(hipSharedMemConfig *config)
{
    return hipDeviceGetSharedMemConfig(config);
}

hipError_t hipCtxSetSharedMemConfig(hipSharedMemConfig config)
{
    return hipDeviceSetSharedMemConfig(config);
}

hipError_t hipCtxSynchronize(void)
{
    return hipDeviceSynchronize();
}

hipError_t hipCtxGetFlags(unsigned int *flags)
{
    return hipGetDeviceFlags(flags);
}

/* ---- primary contexts ---- */

static hipError_t primary_state(int ordinal, unsigned *flags, int *active)
{
    struct hip_device *device = hip_device_at(ordinal);
    if (device == NULL)
        return hipErrorInvalidDevice;
    if (flags != NULL)
        *flags = 0;
    if (active != NULL)
        *active = atomic_load(&device->active) || atomic_load(&device->primary_retains) > 0;
    return hipSuccess;
}

hipError_t hipDevicePrimaryCtxGetState(hipDevice_t device, unsigned int *flags, int *active)
{
    return hip_return(hip_ready() ?: primary_state(device, flags, active));
}

static hipError_t retain(hipCtx_t *context, int ordinal)
{
    struct hip_device *device = hip_device_at(ordinal);
    if (context == NULL)
        return hipErrorInvalidValue;
    if (device == NULL)
        return hipErrorInvalidDevice;
    atomic_fetch_add(&device->primary_retains, 1);
    *context = context_of(device);
    return hipSuccess;
}

hipError_t hipDevicePrimaryCtxRetain(hipCtx_t *ctx, hipDevice_t device)
{
    return hip_return(hip_ready() ?: retain(ctx, device));
}

static hipError_t release(int ordinal)
{
    struct hip_device *device = hip_device_at(ordinal);
    if (device == NULL)
        return hipErrorInvalidDevice;
    if (atomic_load(&device->primary_retains) > 0)
        atomic_fetch_sub(&device->primary_retains, 1);
    return hipSuccess;
}

hipError_t hipDevicePrimaryCtxRelease(hipDevice_t device)
{
    return hip_return(hip_ready() ?: release(device));
}

static hipError_t known_device(int ordinal)
{
    return hip_device_at(ordinal) == NULL ? hipErrorInvalidDevice : hipSuccess;
}

hipError_t hipDevicePrimaryCtxReset(hipDevice_t device)
{
    return hip_return(hip_ready() ?: known_device(device));
}

hipError_t hipDevicePrimaryCtxSetFlags(hipDevice_t device, unsigned int flags)
{
    return hip_return(hip_ready() ?: known_device(device) ?: hipErrorContextAlreadyInUse);
}

/* ---- peers ---- */

static hipError_t can_access(int *can, int ordinal, int peer)
{
    if (can == NULL)
        return hipErrorInvalidValue;
    if (hip_device_at(ordinal) == NULL || hip_device_at(peer) == NULL)
        return hipErrorInvalidDevice;
    hsa_amd_memory_pool_access_t access = HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED;
    *can = 0;
    if (ordinal == peer)
        return hipSuccess;
    hsa_amd_agent_memory_pool_get_info(hip_process.devices[ordinal].agent,
                                       hip_process.devices[peer].pool,
                                       HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS, &access);
    *can = access != HSA_AMD_MEMORY_POOL_ACCESS_NEVER_ALLOWED;
    return hipSuccess;
}

hipError_t hipDeviceCanAccessPeer(int *can, int device, int peer)
{
    return hip_return(hip_ready() ?: can_access(can, device, peer));
}

static hipError_t enable_peer(int peer, unsigned flags)
{
    int can = 0;
    struct hip_device *device = hip_current_device();
    if (flags != 0)
        return hipErrorInvalidValue;
    hipError_t error = can_access(&can, device->ordinal, peer);
    if (error != hipSuccess)
        return error;
    if (!can)
        return hipErrorInvalidDevice;
    uint32_t old = atomic_fetch_or(&device->peers, 1u << peer);
    return (old & 1u << peer) != 0 ? hipErrorPeerAccessAlreadyEnabled : hipSuccess;
}

hipError_t hipDeviceEnablePeerAccess(int peer, unsigned int flags)
{
    return hip_return(hip_ready() ?: enable_peer(peer, flags));
}

static hipError_t disable_peer(int peer)
{
    struct hip_device *device = hip_current_device();
    if (hip_device_at(peer) == NULL || peer == device->ordinal)
        return hipErrorInvalidDevice;
    uint32_t old = atomic_fetch_and(&device->peers, ~(1u << peer));
    return (old & 1u << peer) == 0 ? hipErrorPeerAccessNotEnabled : hipSuccess;
}

hipError_t hipDeviceDisablePeerAccess(int peer)
{
    return hip_return(hip_ready() ?: disable_peer(peer));
}

hipError_t hipCtxEnablePeerAccess(hipCtx_t peer, unsigned int flags)
{
    struct hip_device *device = device_of(peer);
    if (device == NULL)
        return hip_return(hipErrorInvalidContext);
    return hipDeviceEnablePeerAccess(device->ordinal, flags);
}

hipError_t hipCtxDisablePeerAccess(hipCtx_t peer)
{
    struct hip_device *device = device_of(peer);
    if (device == NULL)
        return hip_return(hipErrorInvalidContext);
    return hipDeviceDisablePeerAccess(device->ordinal);
}

static hipError_t link_info(int from, int to, uint32_t *type, uint32_t *hops)
{
    hsa_amd_memory_pool_link_info_t links[8];
    uint32_t count = 0;
    if (type == NULL || hops == NULL || from == to || from < 0 || to < 0)
        return hipErrorInvalidValue;
    if (hip_device_at(from) == NULL || hip_device_at(to) == NULL)
        return hipErrorInvalidDevice;
    hsa_agent_t agent = hip_process.devices[from].agent;
    hsa_amd_memory_pool_t pool = hip_process.devices[to].pool;
    hsa_amd_agent_memory_pool_get_info(agent, pool, HSA_AMD_AGENT_MEMORY_POOL_INFO_NUM_LINK_HOPS,
                                       &count);
    if (count == 0 || count > sizeof links / sizeof links[0] ||
        hsa_amd_agent_memory_pool_get_info(agent, pool, HSA_AMD_AGENT_MEMORY_POOL_INFO_LINK_INFO,
                                           links) != HSA_STATUS_SUCCESS)
        return hipErrorInvalidDevice;
    *type = links[0].link_type;
    *hops = count;
    return hipSuccess;
}

static hipError_t p2p_attribute(int *value, hipDeviceP2PAttr attribute, int src, int dst)
{
    uint32_t type = 0, hops = 0;
    if (value == NULL)
        return hipErrorInvalidValue;
    if (hip_device_at(src) == NULL || hip_device_at(dst) == NULL || src == dst)
        return hipErrorInvalidDevice;
    bool alike =
        strcmp(hip_process.devices[src].target_text, hip_process.devices[dst].target_text) == 0;
    switch (attribute) {
    case hipDevP2PAttrPerformanceRank: /* ROCm's rank is the kind of the link */
        return link_info(src, dst, &type, &hops) ?: (*value = (int)type, hipSuccess);
    case hipDevP2PAttrAccessSupported:
    case hipDevP2PAttrNativeAtomicSupported:
        return can_access(value, src, dst);
    case hipDevP2PAttrHipArrayAccessSupported:
        *value = 0;
        return alike ? can_access(value, src, dst) : hipSuccess;
    default:
        return hipErrorInvalidValue;
    }
}

hipError_t hipDeviceGetP2PAttribute(int *value, hipDeviceP2PAttr attribute, int src_device,
                                    int dst_device)
{
    return hip_return(hip_ready() ?: p2p_attribute(value, attribute, src_device, dst_device));
}

hipError_t hipExtGetLinkTypeAndHopCount(int device1, int device2, uint32_t *link_type,
                                        uint32_t *hop_count)
{
    return hip_return(hip_ready() ?: link_info(device1, device2, link_type, hop_count));
}
