/* SPDX-License-Identifier: MIT
 * hipDevice*: choosing, describing and configuring devices.
 */
#include "hip/device.h"

#include "hip/capture.h"
#include "hip/pool.h"
#include "hip/stream.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The old layout's functions share their C names with nothing in the headers. */
#undef hipGetDeviceProperties
#undef hipChooseDevice
#include <hip/hip_deprecated.h>

hipError_t hipInit(unsigned int flags)
{
    return hip_return(flags != 0 ? hipErrorInvalidValue : hip_ready());
}

static hipError_t version(int *out)
{
    if (out == NULL)
        return hipErrorInvalidValue;
    *out = HIP_VERSION;
    return hipSuccess;
}

hipError_t hipRuntimeGetVersion(int *runtime_version)
{
    return hip_return(version(runtime_version));
}

hipError_t hipDriverGetVersion(int *driver_version)
{
    return hip_return(version(driver_version));
}

/* ---- which device ---- */

hipError_t hipGetDeviceCount(int *count)
{
    if (count == NULL)
        return hip_return(hipErrorInvalidValue);
    hipError_t error = hip_ready();
    *count = error == hipSuccess ? hip_process.device_count : 0;
    return hip_return(error);
}

static hipError_t set_device(int ordinal)
{
    if (hip_device_at(ordinal) == NULL)
        return hipErrorInvalidDevice;
    hip_thread()->device = ordinal;
    return hipSuccess;
}

hipError_t hipSetDevice(int device)
{
    return hip_return(hip_ready() ?: set_device(device));
}

static hipError_t get_device(int *out)
{
    if (out == NULL)
        return hipErrorInvalidValue;
    *out = hip_thread()->device;
    return hipSuccess;
}

hipError_t hipGetDevice(int *device)
{
    return hip_return(hip_ready() ?: get_device(device));
}

static hipError_t device_of_ordinal(hipDevice_t *out, int ordinal)
{
    if (out == NULL)
        return hipErrorInvalidValue;
    if (hip_device_at(ordinal) == NULL)
        return hipErrorInvalidDevice;
    *out = ordinal;
    return hipSuccess;
}

hipError_t hipDeviceGet(hipDevice_t *device, int ordinal)
{
    return hip_return(hip_ready() ?: device_of_ordinal(device, ordinal));
}

static hipError_t set_valid(const int *devices, int count)
{
    if (count < 0 || count > hip_process.device_count || (count > 0 && devices == NULL))
        return hipErrorInvalidValue;
    for (int i = 0; i < count; i++)
        if (hip_device_at(devices[i]) == NULL)
            return hipErrorInvalidDevice;
    return count > 0 ? set_device(devices[0]) : hipSuccess;
}

hipError_t hipSetValidDevices(int *devices, int len)
{
    return hip_return(hip_ready() ?: set_valid(devices, len));
}

/* ---- properties ---- */

static hipError_t get_properties(hipDeviceProp_t *out, int ordinal)
{
    struct hip_device *device = hip_device_at(ordinal);
    if (out == NULL)
        return hipErrorInvalidValue;
    if (device == NULL)
        return hipErrorInvalidDevice;
    *out = device->props;
    return hipSuccess;
}

hipError_t hipGetDevicePropertiesR0600(hipDeviceProp_t *prop, int device)
{
    return hip_return(hip_ready() ?: get_properties(prop, device));
}

static hipError_t get_old_properties(hipDeviceProp_tR0000 *out, int ordinal)
{
    struct hip_device *device = hip_device_at(ordinal);
    if (out == NULL)
        return hipErrorInvalidValue;
    if (device == NULL)
        return hipErrorInvalidDevice;
    hip_old_properties(&device->props, out);
    return hipSuccess;
}

hipError_t hipGetDevicePropertiesR0000(hipDeviceProp_tR0000 *prop, int device)
{
    return hip_return(hip_ready() ?: get_old_properties(prop, device));
}

/* What a program may wish for. */
#define WISHES(WISH)                                                                               \
    WISH(major)                                                                                    \
    WISH(minor)                                                                                    \
    WISH(totalGlobalMem)                                                                           \
    WISH(sharedMemPerBlock)                                                                        \
    WISH(maxThreadsPerBlock)                                                                       \
    WISH(totalConstMem)                                                                            \
    WISH(multiProcessorCount)                                                                      \
    WISH(maxThreadsPerMultiProcessor)                                                              \
    WISH(memoryClockRate)                                                                          \
    WISH(memoryBusWidth)                                                                           \
    WISH(l2CacheSize)                                                                              \
    WISH(regsPerBlock)                                                                             \
    WISH(maxSharedMemoryPerMultiProcessor)                                                         \
    WISH(warpSize)

/* A wish that is 0 is none. */
static bool has_all(const hipDeviceProp_t *have, const hipDeviceProp_t *want)
{
#define HAS(field) &&(want->field == 0 || have->field >= want->field)
    return true WISHES(HAS);
#undef HAS
}

/* The first device that has all that is wanted; if none has, the first. */
static hipError_t choose(int *out, const hipDeviceProp_t *want)
{
    if (out == NULL || want == NULL)
        return hipErrorInvalidValue;
    *out = 0;
    for (int i = hip_process.device_count - 1; i >= 0; i--)
        if (has_all(&hip_process.devices[i].props, want))
            *out = i;
    return hipSuccess;
}

hipError_t hipChooseDeviceR0600(int *device, const hipDeviceProp_t *prop)
{
    return hip_return(hip_ready() ?: choose(device, prop));
}

hipError_t hipChooseDeviceR0000(int *device, const hipDeviceProp_tR0000 *prop)
{
    hipDeviceProp_t want = {0};
    if (prop != NULL) {
#define SAME(field) want.field = prop->field;
        WISHES(SAME)
#undef SAME
    }
    return hip_return(hip_ready() ?: choose(device, prop == NULL ? NULL : &want));
}

#pragma GCC visibility push(default)

/* The unversioned names are ROCm 5's. */
hipError_t hipGetDeviceProperties(hipDeviceProp_tR0000 *prop, int device);
hipError_t hipChooseDevice(int *device, const hipDeviceProp_tR0000 *prop);

hipError_t hipGetDeviceProperties(hipDeviceProp_tR0000 *prop, int device)
{
    return hipGetDevicePropertiesR0000(prop, device);
}

hipError_t hipChooseDevice(int *device, const hipDeviceProp_tR0000 *prop)
{
    return hipChooseDeviceR0000(device, prop);
}

#pragma GCC visibility pop

static hipError_t name_of(char *out, int length, int ordinal)
{
    struct hip_device *device = hip_device_at(ordinal);
    if (device == NULL)
        return hipErrorInvalidDevice;
    if (out == NULL || length <= 0)
        return hipErrorInvalidValue;
    snprintf(out, (size_t)length, "%s", device->props.name);
    return hipSuccess;
}

hipError_t hipDeviceGetName(char *name, int len, hipDevice_t device)
{
    return hip_return(hip_ready() ?: name_of(name, len, device));
}

static hipError_t uuid_of(hipUUID *out, int ordinal)
{
    struct hip_device *device = hip_device_at(ordinal);
    if (device == NULL)
        return hipErrorInvalidDevice;
    if (out == NULL)
        return hipErrorInvalidValue;
    *out = device->props.uuid;
    return hipSuccess;
}

hipError_t hipDeviceGetUuid(hipUUID *uuid, hipDevice_t device)
{
    return hip_return(hip_ready() ?: uuid_of(uuid, device));
}

static hipError_t capability(int *major, int *minor, int ordinal)
{
    struct hip_device *device = hip_device_at(ordinal);
    if (device == NULL)
        return hipErrorInvalidDevice;
    if (major == NULL || minor == NULL)
        return hipErrorInvalidValue;
    *major = device->props.major;
    *minor = device->props.minor;
    return hipSuccess;
}

hipError_t hipDeviceComputeCapability(int *major, int *minor, hipDevice_t device)
{
    return hip_return(hip_ready() ?: capability(major, minor, device));
}

static hipError_t total_memory(size_t *bytes, int ordinal)
{
    struct hip_device *device = hip_device_at(ordinal);
    if (device == NULL)
        return hipErrorInvalidDevice;
    if (bytes == NULL)
        return hipErrorInvalidValue;
    *bytes = device->props.totalGlobalMem;
    return hipSuccess;
}

hipError_t hipDeviceTotalMem(size_t *bytes, hipDevice_t device)
{
    return hip_return(hip_ready() ?: total_memory(bytes, device));
}

/* ---- PCI ---- */

static hipError_t pci_text(char *out, int length, int ordinal)
{
    struct hip_device *device = hip_device_at(ordinal);
    if (device == NULL)
        return hipErrorInvalidDevice;
    if (out == NULL || length <= 0)
        return hipErrorInvalidValue;
    snprintf(out, (size_t)length, "%04x:%02x:%02x.0", (unsigned)device->props.pciDomainID,
             (unsigned)device->props.pciBusID, (unsigned)device->props.pciDeviceID);
    return length > 12 ? hipSuccess : hipErrorInvalidValue; /* what fits is there anyway */
}

hipError_t hipDeviceGetPCIBusId(char *pci_bus_id, int len, int device)
{
    return hip_return(hip_ready() ?: pci_text(pci_bus_id, len, device));
}

static hipError_t by_pci(int *out, const char *text)
{
    unsigned domain, bus, slot;
    if (out == NULL || text == NULL || sscanf(text, "%x:%x:%x", &domain, &bus, &slot) != 3)
        return hipErrorInvalidValue;
    for (int i = 0; i < hip_process.device_count; i++) {
        const hipDeviceProp_t *props = &hip_process.devices[i].props;
        if ((unsigned)props->pciDomainID == domain && (unsigned)props->pciBusID == bus &&
            (unsigned)props->pciDeviceID == slot) {
            *out = i;
            return hipSuccess;
        }
    }
    return hipErrorInvalidValue;
}

hipError_t hipDeviceGetByPCIBusId(int *device, const char *pci_bus_id)
{
    return hip_return(hip_ready() ?: by_pci(device, pci_bus_id));
}

/* ---- the whole device ---- */

static hipError_t wait_and_settle(struct hip_device *device)
{
    hipError_t error = hip_device_wait(device);
    hip_pools_settle(device);
    return error;
}

hipError_t hipDeviceSynchronize(void)
{
    return hip_return(hip_ready() ?: hip_capture_forbids_device_wait()
                                      ?: wait_and_settle(hip_current_device()));
}

static struct ihipStream_t *first_but_null(struct hip_device *device)
{
    pthread_mutex_lock(&device->lock);
    struct ihipStream_t *stream = device->streams;
    while (stream != NULL && (stream->is_null || stream->is_of_thread))
        stream = stream->next;
    pthread_mutex_unlock(&device->lock);
    return stream;
}

static void destroy_streams(struct hip_device *device)
{
    struct ihipStream_t *stream;
    atomic_fetch_add(&device->resets, 1); /* threads forget their own streams */
    while ((stream = first_but_null(device)) != NULL) {
        hip_capture_abandon(stream);
        hip_stream_destroy(stream);
    }
}

/* Device memory, pools and streams of the program end here, for all threads, and errors are
 * forgotten. What host memory, events, arrays, modules and graphs need stays, as in ROCm. */
static hipError_t reset(struct hip_device *device)
{
    static pthread_mutex_t one_at_a_time = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&one_at_a_time);
    (void)hip_device_wait(device);
    destroy_streams(device);
    hip_memory_release_all(device->ordinal);
    hip_pools_reset(device);
    atomic_store(&device->peers, 0);
    atomic_store(&device->flags, hipDeviceScheduleSpin);
    pthread_mutex_unlock(&one_at_a_time);
    return hipSuccess;
}

hipError_t hipDeviceReset(void)
{
    return hip_return(hip_ready() ?: reset(hip_current_device()));
}

static hipError_t set_flags(unsigned flags)
{
    const unsigned known = hipDeviceScheduleMask | hipDeviceMapHost | hipDeviceLmemResizeToMax;
    unsigned schedule = flags & hipDeviceScheduleMask;
    if ((flags & ~known) != 0 || (schedule & (schedule - 1)) != 0)
        return hipErrorInvalidValue;
    atomic_store(&hip_current_device()->flags, schedule); /* the others are on anyway */
    return hipSuccess;
}

hipError_t hipSetDeviceFlags(unsigned int flags)
{
    return hip_return(hip_ready() ?: set_flags(flags));
}

static hipError_t get_flags(unsigned *flags)
{
    if (flags == NULL)
        return hipErrorInvalidValue;
    *flags = atomic_load(&hip_current_device()->flags);
    return hipSuccess;
}

hipError_t hipGetDeviceFlags(unsigned int *flags)
{
    return hip_return(hip_ready() ?: get_flags(flags));
}

/* Stack and heap grow as kernels need; the limits are what the program said, within bounds. */
static hipError_t get_limit(size_t *value, enum hipLimit_t limit)
{
    if (value == NULL)
        return hipErrorInvalidValue;
    if ((unsigned)limit >= hipLimitRange)
        return hipErrorInvalidValue;
    *value = atomic_load(&hip_current_device()->limits[limit]);
    return hipSuccess;
}

hipError_t hipDeviceGetLimit(size_t *value, enum hipLimit_t limit)
{
    return hip_return(hip_ready() ?: get_limit(value, limit));
}

static hipError_t set_limit(enum hipLimit_t limit, size_t value)
{
    const size_t stack_max = 128 * 1024 - 16; /* a lane's share of the largest scratch of a wave */
    if ((unsigned)limit >= hipLimitRange)
        return hipErrorInvalidValue;
    if (limit == hipLimitStackSize && value > stack_max)
        return hipErrorInvalidValue;
    if (limit == hipLimitStackSize)
        value = (value + 15) & ~(size_t)15;
    if (limit == hipLimitMallocHeapSize && value >= hip_current_device()->props.totalGlobalMem)
        return hipErrorInvalidValue;
    atomic_store(&hip_current_device()->limits[limit], value);
    return hipSuccess;
}

hipError_t hipDeviceSetLimit(enum hipLimit_t limit, size_t value)
{
    return hip_return(hip_ready() ?: set_limit(limit, value));
}

/* ---- cache and bank settings: AMD GPUs have none, as the HIP documentation says ---- */

hipError_t hipDeviceSetCacheConfig(hipFuncCache_t cache_config)
{
    bool known = (unsigned)cache_config <= hipFuncCachePreferEqual;
    return hip_return(hip_ready() ?: known ? hipSuccess : hipErrorInvalidValue);
}

hipError_t hipDeviceGetCacheConfig(hipFuncCache_t *cache_config)
{
    if (cache_config == NULL)
        return hip_return(hipErrorInvalidValue);
    *cache_config = hipFuncCachePreferNone;
    return hip_return(hip_ready());
}

hipError_t hipDeviceSetSharedMemConfig(hipSharedMemConfig config)
{
    bool known = (unsigned)config <= hipSharedMemBankSizeEightByte;
    return hip_return(hip_ready() ?: known ? hipSuccess : hipErrorInvalidValue);
}

hipError_t hipDeviceGetSharedMemConfig(hipSharedMemConfig *config)
{
    if (config == NULL)
        return hip_return(hipErrorInvalidValue);
    *config = hipSharedMemBankSizeFourByte;
    return hip_return(hip_ready());
}
