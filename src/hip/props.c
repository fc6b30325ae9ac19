/* SPDX-License-Identifier: MIT
 * Device properties from what HSA says about the agent. What the agent cannot do is zero, not
 * copied from a real card's data sheet.
 */
#include "hip/array.h"

#include <hsa/hsa_ext_image.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint32_t agent_u32(const struct hip_device *device, uint32_t attribute)
{
    uint32_t value = 0;
    hsa_agent_get_info(device->agent, (hsa_agent_info_t)attribute, &value);
    return value;
}

static size_t pool_size(const struct hip_device *device)
{
    size_t size = 0;
    hsa_amd_memory_pool_get_info(device->pool, HSA_AMD_MEMORY_POOL_INFO_SIZE, &size);
    return size;
}

/* LDS of a workgroup is the size of the agent's group segment pool. */
static hsa_status_t add_group_pool(hsa_amd_memory_pool_t pool, void *data)
{
    hsa_amd_segment_t segment;
    size_t size = 0;
    hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SEGMENT, &segment);
    if (segment == HSA_AMD_SEGMENT_GROUP) {
        hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SIZE, &size);
        *(size_t *)data = size;
    }
    return HSA_STATUS_SUCCESS;
}

static size_t lds_size(const struct hip_device *device)
{
    size_t size = 0;
    hsa_amd_agent_iterate_memory_pools(device->agent, add_group_pool, &size);
    return size != 0 ? size : 65536;
}

/* "gfx90a" is major 9, minor 0: the last two characters are minor (decimal) and stepping (hex). */
static void fill_version(const struct hip_device *device, hipDeviceProp_t *props)
{
    const char *digits = device->target.processor + 3;
    size_t length = strlen(digits);
    if (strncmp(device->target.processor, "gfx", 3) != 0 || length < 3)
        return;
    props->major = 0;
    for (size_t i = 0; i + 2 < length; i++)
        props->major = props->major * 10 + (digits[i] - '0');
    props->minor = digits[length - 2] - '0';
}

static void fill_identity(const struct hip_device *device, hipDeviceProp_t *props)
{
    char product[64] = "", uuid[24] = "";
    uint32_t bdf = agent_u32(device, HSA_AMD_AGENT_INFO_BDFID);
    hsa_agent_get_info(device->agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_PRODUCT_NAME, product);
    hsa_agent_get_info(device->agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_UUID, uuid);
    product[sizeof product - 1] = '\0';
    snprintf(props->name, sizeof props->name, "%s", product);
    snprintf(props->gcnArchName, sizeof props->gcnArchName, "%s", device->target_text);
    /* "GPU-" and 16 hexadecimal digits */
    const char *digits = strncmp(uuid, "GPU-", 4) == 0 ? uuid + 4 : uuid;
    memcpy(props->uuid.bytes, digits, strnlen(digits, sizeof props->uuid.bytes));
    props->pciBusID = (int)(bdf >> 8 & 0xFF);
    props->pciDeviceID = (int)(bdf >> 3 & 0x1F);
    props->pciDomainID = (int)agent_u32(device, HSA_AMD_AGENT_INFO_DOMAIN);
    props->asicRevision = (int)agent_u32(device, HSA_AMD_AGENT_INFO_ASIC_REVISION);
    fill_version(device, props);
}

static int clamp_int(uint64_t value)
{
    return value > INT_MAX ? INT_MAX : (int)value;
}

static void fill_execution(const struct hip_device *device, hipDeviceProp_t *props)
{
    uint32_t wave = agent_u32(device, HSA_AGENT_INFO_WAVEFRONT_SIZE);
    uint32_t waves = agent_u32(device, HSA_AMD_AGENT_INFO_MAX_WAVES_PER_CU);
    uint32_t vgprs = device->gfx != NULL ? device->gfx->arch_vgprs + device->gfx->accum_vgprs : 256;
    uint32_t arch = device->gfx != NULL ? device->gfx->arch_vgprs : 256;
    uint32_t simds = agent_u32(device, HSA_AMD_AGENT_INFO_NUM_SIMDS_PER_CU);
    uint16_t dims[3] = {1024, 1024, 1024};
    hsa_dim3_t grid = {UINT32_MAX, UINT32_MAX, UINT32_MAX};
    hsa_agent_get_info(device->agent, HSA_AGENT_INFO_WORKGROUP_MAX_DIM, dims);
    hsa_agent_get_info(device->agent, HSA_AGENT_INFO_GRID_MAX_DIM, &grid);
    props->warpSize = (int)wave;
    props->maxThreadsPerBlock = (int)agent_u32(device, HSA_AGENT_INFO_WORKGROUP_MAX_SIZE);
    for (int i = 0; i < 3; i++)
        props->maxThreadsDim[i] = dims[i];
    props->maxGridSize[0] = clamp_int(grid.x);
    props->maxGridSize[1] = clamp_int(grid.y < 65536 ? grid.y : 65536);
    props->maxGridSize[2] = clamp_int(grid.z < 65536 ? grid.z : 65536);
    props->multiProcessorCount = (int)agent_u32(device, HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT);
    props->maxThreadsPerMultiProcessor = (int)(waves * wave);
    /* of the largest kind, as ROCm counts */
    if (props->maxThreadsPerBlock > 0)
        props->maxBlocksPerMultiProcessor =
            props->maxThreadsPerMultiProcessor / props->maxThreadsPerBlock;
    props->regsPerBlock = (int)(arch * wave * (simds == 0 ? 4 : simds));
    props->regsPerMultiprocessor = (int)(vgprs * wave * (simds == 0 ? 4 : simds));
    props->clockRate = (int)agent_u32(device, HSA_AMD_AGENT_INFO_MAX_CLOCK_FREQUENCY) * 1000;
    props->clockInstructionRate = clamp_int(hip_process.ticks_per_second / 1000);
    props->concurrentKernels = 1;
    props->asyncEngineCount = 2; /* every stream has a thread that copies: both ways at once */
    props->deviceOverlap = 1;
    props->cooperativeLaunch = 1;
    props->streamPrioritiesSupported = 1;
    props->computeMode = hipComputeModeDefault;
    props->unifiedFunctionPointers = 1;
}

static void fill_memory(const struct hip_device *device, hipDeviceProp_t *props)
{
    uint32_t caches[4] = {0};
    size_t lds = lds_size(device);
    hsa_agent_get_info(device->agent, HSA_AGENT_INFO_CACHE_SIZE, caches);
    props->totalGlobalMem = pool_size(device);
    props->totalConstMem = props->totalGlobalMem < INT_MAX ? props->totalGlobalMem : INT_MAX;
    props->sharedMemPerBlock = lds;
    props->sharedMemPerMultiprocessor = lds;
    props->maxSharedMemoryPerMultiProcessor = lds;
    props->sharedMemPerBlockOptin = lds;
    props->memoryClockRate = (int)agent_u32(device, HSA_AMD_AGENT_INFO_MEMORY_MAX_FREQUENCY) * 1000;
    props->memoryBusWidth = (int)agent_u32(device, HSA_AMD_AGENT_INFO_MEMORY_WIDTH);
    props->l2CacheSize = (int)caches[1];
    props->memPitch = INT_MAX;
    props->textureAlignment = 256;
    props->texturePitchAlignment = 256;
    props->surfaceAlignment = 256;
    props->unifiedAddressing = 1;
    props->canMapHostMemory = 1;
    props->managedMemory = 1;
    props->concurrentManagedAccess = 1;
    props->canUseHostPointerForRegisteredMem = 1;
    props->hostRegisterSupported = 1;
    props->hostNativeAtomicSupported = 1;
    props->memoryPoolsSupported = 1;
    props->ipcEventSupported = 1;
    props->memoryPoolSupportedHandleTypes = hipMemHandleTypePosixFileDescriptor;
    props->cooperativeMultiDeviceLaunch = 1;
    props->cooperativeMultiDeviceUnmatchedFunc = 1;
    props->cooperativeMultiDeviceUnmatchedGridDim = 1;
    props->cooperativeMultiDeviceUnmatchedBlockDim = 1;
    props->cooperativeMultiDeviceUnmatchedSharedMem = 1;
    props->globalL1CacheSupported = 1;
    props->localL1CacheSupported = 1;
    props->persistingL2CacheMaxSize = props->l2CacheSize;
    props->multiGpuBoardGroupID = props->pciDeviceID;
    props->isLargeBar = 1;
}

/* What an array may be (array.h); nothing where the agent has no images. A pitch is counted in
 * elements, of one byte at least. */
static void fill_images(const struct hip_device *device, hipDeviceProp_t *props)
{
    enum { SIDE = HIP_MAX_IMAGE_SIDE, SLICES = HIP_MAX_IMAGE_SLICES };
    uint32_t sizes[2] = {0}, buffer = agent_u32(device, HSA_EXT_AGENT_INFO_IMAGE_1DB_MAX_ELEMENTS);
    hsa_agent_get_info(device->agent, (hsa_agent_info_t)HSA_EXT_AGENT_INFO_IMAGE_2D_MAX_ELEMENTS,
                       sizes);
    if (sizes[0] == 0)
        return;
    props->maxTexture1D = props->maxTexture1DMipmap = props->maxSurface1D = SIDE;
    props->maxTexture1DLinear = clamp_int(buffer);
    props->maxTextureCubemap = props->maxSurfaceCubemap = SIDE;
    props->maxTexture2DLinear[2] = HIP_MAX_PITCH_ELEMENTS;
    for (int i = 0; i < 2; i++) {
        int layers = i == 0 ? SIDE : SLICES;
        props->maxTexture2D[i] = props->maxTexture2DMipmap[i] = props->maxSurface2D[i] = SIDE;
        props->maxTexture2DLinear[i] = props->maxTexture2DGather[i] = SIDE;
        props->maxTexture1DLayered[i] = props->maxSurface1DLayered[i] = layers;
        props->maxTextureCubemapLayered[i] = props->maxSurfaceCubemapLayered[i] =
            i == 0 ? SIDE : SLICES / 6 * 6;
    }
    for (int i = 0; i < 3; i++) {
        props->maxTexture3D[i] = props->maxTexture3DAlt[i] = props->maxSurface3D[i] =
            i == 2 ? SLICES : SIDE;
        props->maxTexture2DLayered[i] = props->maxSurface2DLayered[i] = i == 2 ? SLICES : SIDE;
    }
}

static void fill_features(hipDeviceArch_t *arch)
{
    arch->hasGlobalInt32Atomics = 1;
    arch->hasGlobalFloatAtomicExch = 1;
    arch->hasSharedInt32Atomics = 1;
    arch->hasSharedFloatAtomicExch = 1;
    arch->hasFloatAtomicAdd = 1;
    arch->hasGlobalInt64Atomics = 1;
    arch->hasSharedInt64Atomics = 1;
    arch->hasDoubles = 1;
    arch->hasWarpVote = 1;
    arch->hasWarpBallot = 1;
    arch->hasWarpShuffle = 1;
    arch->hasThreadFenceSystem = 1;
    arch->has3dGrid = 1;
}

void hip_device_fill_properties(struct hip_device *device)
{
    hipDeviceProp_t *props = &device->props;
    memset(props, 0, sizeof *props);
    fill_identity(device, props);
    fill_execution(device, props);
    fill_memory(device, props);
    fill_images(device, props);
    fill_features(&props->arch);
}
