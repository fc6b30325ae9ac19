/* SPDX-License-Identifier: MIT
 * hipDeviceGetAttribute, and the properties in ROCm 5's layout.
 */
#include "hip/device.h"

#include <limits.h>
#include <string.h>

hipError_t hip_attribute(const struct hip_device *device, hipDeviceAttribute_t attribute, int *out)
{
    const hipDeviceProp_t *p = &device->props;
    switch (attribute) {
    case hipDeviceAttributeHdpMemFlushCntl: /* these two are pointers, as documented */
        memcpy(out, &p->hdpMemFlushCntl, sizeof p->hdpMemFlushCntl);
        return hipSuccess;
    case hipDeviceAttributeHdpRegFlushCntl:
        memcpy(out, &p->hdpRegFlushCntl, sizeof p->hdpRegFlushCntl);
        return hipSuccess;
#define ATTRIBUTE(name, value)                                                                     \
    case hipDeviceAttribute##name:                                                                 \
        *out = value;                                                                              \
        return hipSuccess;
#include "hip/attribute.def"
#undef ATTRIBUTE
    default:
        return hipErrorInvalidValue;
    }
}

static hipError_t get(int *value, hipDeviceAttribute_t attribute, int ordinal)
{
    const struct hip_device *device = hip_device_at(ordinal);
    if (value == NULL)
        return hipErrorInvalidValue;
    if (device == NULL)
        return hipErrorInvalidDevice;
    return hip_attribute(device, attribute, value);
}

hipError_t hipDeviceGetAttribute(int *value, hipDeviceAttribute_t attribute, int device)
{
    return hip_return(hip_ready() ?: get(value, attribute, device));
}

void hip_old_properties(const hipDeviceProp_t *from, hipDeviceProp_tR0000 *out)
{
    memset(out, 0, sizeof *out);
    memcpy(out->name, from->name, sizeof out->name);
    memcpy(out->gcnArchName, from->gcnArchName, sizeof out->gcnArchName);
    memcpy(out->maxThreadsDim, from->maxThreadsDim, sizeof out->maxThreadsDim);
    memcpy(out->maxGridSize, from->maxGridSize, sizeof out->maxGridSize);
    memcpy(out->maxTexture2D, from->maxTexture2D, sizeof out->maxTexture2D);
    memcpy(out->maxTexture3D, from->maxTexture3D, sizeof out->maxTexture3D);
#define SAME(field) out->field = from->field
    SAME(totalGlobalMem);
    SAME(sharedMemPerBlock);
    SAME(regsPerBlock);
    SAME(warpSize);
    SAME(maxThreadsPerBlock);
    SAME(clockRate);
    SAME(memoryClockRate);
    SAME(memoryBusWidth);
    SAME(totalConstMem);
    SAME(major);
    SAME(minor);
    SAME(multiProcessorCount);
    SAME(l2CacheSize);
    SAME(maxThreadsPerMultiProcessor);
    SAME(computeMode);
    SAME(clockInstructionRate);
    SAME(arch);
    SAME(concurrentKernels);
    SAME(pciDomainID);
    SAME(pciBusID);
    SAME(pciDeviceID);
    SAME(maxSharedMemoryPerMultiProcessor);
    SAME(isMultiGpuBoard);
    SAME(canMapHostMemory);
    SAME(integrated);
    SAME(cooperativeLaunch);
    SAME(cooperativeMultiDeviceLaunch);
    SAME(maxTexture1DLinear);
    SAME(maxTexture1D);
    SAME(memPitch);
    SAME(textureAlignment);
    SAME(texturePitchAlignment);
    SAME(kernelExecTimeoutEnabled);
    SAME(ECCEnabled);
    SAME(tccDriver);
    SAME(isLargeBar);
    SAME(asicRevision);
    SAME(managedMemory);
    SAME(directManagedMemAccessFromHost);
    SAME(concurrentManagedAccess);
    SAME(pageableMemoryAccess);
    SAME(pageableMemoryAccessUsesHostPageTables);
#undef SAME
    out->gcnArch = from->major * 100 + from->minor * 10; /* the stepping is not decimal */
}
