/* SPDX-License-Identifier: MIT
 * What is known of kernels: attributes, and how many of their workgroups fit on a compute unit.
 */
#include "hip/launch.h"

#include <string.h>

/* ---- occupancy ---- */

static uint32_t at_least_one(uint32_t value)
{
    return value == 0 ? 1 : value;
}

enum { SGPR_FILE = 800, SGPR_GRANULE = 16 }; /* of a SIMD before gfx10, where waves share them */

static uint32_t vector_registers(const struct cairn_kernel_info *info, uint32_t file)
{
    uint32_t used = (uint32_t)cairn_align_up(at_least_one(info->vgpr_count), 4);
    if (info->agpr_count > 0 && used + info->agpr_count <= file && info->vgpr_count < 256 &&
        info->vgpr_count <= info->agpr_count)
        used += info->agpr_count; /* older objects count the two apart */
    return used;
}

/* Waves per SIMD that the registers allow (AMDGPUUsage; vector registers are given out in granules
 * from a file that arch and accumulation registers share). ROCm counts at most 8 before gfx10. */
static uint32_t waves_by_registers(const struct ihipModuleSymbol_t *function)
{
    const struct cairn_gfx *gfx = function->device->gfx;
    const struct cairn_kernel_info *info = function->info;
    bool shares_sgprs = function->device->props.major < 10;
    if (gfx == NULL)
        return 8;
    uint32_t most = shares_sgprs && gfx->waves_per_simd > 8 ? 8 : gfx->waves_per_simd;
    uint32_t file = gfx->arch_vgprs + gfx->accum_vgprs;
    uint32_t used = vector_registers(info, file);
    uint32_t waves = file / (uint32_t)cairn_align_up(used, at_least_one(gfx->vgpr_granule));
    if (shares_sgprs && info->sgpr_count > 0) {
        uint32_t by_sgprs = SGPR_FILE / (uint32_t)cairn_align_up(info->sgpr_count, SGPR_GRANULE);
        waves = waves < by_sgprs ? waves : by_sgprs;
    }
    return waves > most ? most : at_least_one(waves);
}

struct room {
    uint32_t wave, threads; /* lanes of a wave; threads of a compute unit, by registers */
    uint32_t by_lds;        /* workgroups */
};

static struct room room_of(const struct ihipModuleSymbol_t *function, size_t dynamic_lds)
{
    const struct hip_device *device = function->device;
    size_t lds = function->static_lds + dynamic_lds;
    uint32_t wave = at_least_one(function->info->wavefront_size);
    uint32_t simds = device->gfx != NULL ? device->gfx->simds_per_cu : 4;
    uint32_t threads = waves_by_registers(function) * simds * wave;
    uint32_t most = (uint32_t)device->props.maxThreadsPerMultiProcessor;
    size_t fits = lds == 0 ? UINT32_MAX : device->props.maxSharedMemoryPerMultiProcessor / lds;
    return (struct room){wave, threads < most ? threads : most, (uint32_t)fits};
}

hipError_t hip_occupancy(const struct ihipModuleSymbol_t *function, uint32_t block_size,
                         size_t dynamic_lds, uint32_t *blocks, uint32_t *grid_limit)
{
    const hipDeviceProp_t *props = &function->device->props;
    if (block_size == 0)
        return hipErrorInvalidValue;
    *blocks = 0;
    *grid_limit = 0;
    if (block_size > (uint32_t)props->maxThreadsPerBlock ||
        (function->info->max_workgroup_size != 0 &&
         block_size > function->info->max_workgroup_size))
        return hipSuccess;
    struct room room = room_of(function, dynamic_lds);
    uint32_t by_threads = room.threads / (uint32_t)cairn_align_up(block_size, room.wave);
    *blocks = by_threads < room.by_lds ? by_threads : room.by_lds;
    *grid_limit = *blocks * (uint32_t)props->multiProcessorCount;
    return hipSuccess;
}

static hipError_t active_blocks(int *out, const void *kernel, int block_size, size_t lds)
{
    struct ihipModuleSymbol_t *function;
    uint32_t blocks, limit;
    if (out == NULL || kernel == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_function_of(kernel, hip_current_device(), &function);
    if (error != hipSuccess)
        return error;
    if (block_size <= 0)
        return hipErrorInvalidValue;
    error = hip_occupancy(function, (uint32_t)block_size, lds, &blocks, &limit);
    if (error == hipSuccess)
        *out = (int)blocks;
    return error;
}

/* As ROCm has it, the largest block that fits, whatever its neighbours then leave free; within the
 * limit and what the kernel was built for. */
static hipError_t best_block(int *grid_size, int *block_size, const void *kernel, size_t lds,
                             int limit)
{
    struct ihipModuleSymbol_t *function;
    if (grid_size == NULL || block_size == NULL || kernel == NULL)
        return hipErrorInvalidValue;
    hipError_t error = hip_function_of(kernel, hip_current_device(), &function);
    if (error != hipSuccess)
        return error;
    struct room room = room_of(function, lds);
    uint32_t largest = (uint32_t)function->device->props.maxThreadsPerBlock;
    if (function->info->max_workgroup_size != 0 && function->info->max_workgroup_size < largest)
        largest = function->info->max_workgroup_size;
    if (limit > 0 && (uint32_t)limit < largest)
        largest = (uint32_t)limit;
    if (room.threads < largest)
        largest = room.threads;
    uint32_t blocks = room.threads / (uint32_t)cairn_align_up(largest, room.wave);
    blocks = blocks < room.by_lds ? blocks : room.by_lds;
    *block_size = (int)largest;
    *grid_size = (int)(blocks * (uint32_t)function->device->props.multiProcessorCount);
    return hipSuccess;
}

hipError_t hipOccupancyMaxActiveBlocksPerMultiprocessor(int *num_blocks, const void *function,
                                                        int block_size, size_t lds_bytes)
{
    return hip_return(hip_ready() ?: active_blocks(num_blocks, function, block_size, lds_bytes));
}

hipError_t hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(int *num_blocks,
                                                                 const void *function,
                                                                 int block_size, size_t lds_bytes,
                                                                 unsigned int flags)
{
    if (flags > hipOccupancyDisableCachingOverride)
        return hip_return(hipErrorInvalidValue);
    if (function == NULL && num_blocks != NULL && block_size > 0) /* this one alone tells it so */
        return hip_return(hipErrorInvalidDeviceFunction);
    return hipOccupancyMaxActiveBlocksPerMultiprocessor(num_blocks, function, block_size,
                                                        lds_bytes);
}

hipError_t hipModuleOccupancyMaxActiveBlocksPerMultiprocessor(int *num_blocks,
                                                              hipFunction_t function,
                                                              int block_size, size_t lds_bytes)
{
    return hipOccupancyMaxActiveBlocksPerMultiprocessor(num_blocks, function, block_size,
                                                        lds_bytes);
}

hipError_t hipModuleOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int *num_blocks, hipFunction_t function, int block_size, size_t lds_bytes, unsigned int flags)
{
    if (function == NULL)
        return hip_return(hipErrorInvalidValue);
    return hipOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(num_blocks, function, block_size,
                                                                 lds_bytes, flags);
}

hipError_t hipOccupancyMaxPotentialBlockSize(int *grid_size, int *block_size, const void *function,
                                             size_t lds_bytes, int block_size_limit)
{
    return hip_return(
        hip_ready() ?: best_block(grid_size, block_size, function, lds_bytes, block_size_limit));
}

hipError_t hipModuleOccupancyMaxPotentialBlockSize(int *grid_size, int *block_size,
                                                   hipFunction_t function, size_t lds_bytes,
                                                   int block_size_limit)
{
    return hipOccupancyMaxPotentialBlockSize(grid_size, block_size, function, lds_bytes,
                                             block_size_limit);
}

hipError_t hipModuleOccupancyMaxPotentialBlockSizeWithFlags(int *grid_size, int *block_size,
                                                            hipFunction_t function,
                                                            size_t lds_bytes, int block_size_limit,
                                                            unsigned int flags)
{
    if (flags > hipOccupancyDisableCachingOverride)
        return hip_return(hipErrorInvalidValue);
    return hipOccupancyMaxPotentialBlockSize(grid_size, block_size, function, lds_bytes,
                                             block_size_limit);
}

/* ---- attributes ---- */

static int max_threads(const struct ihipModuleSymbol_t *function)
{
    int limit = function->device->props.maxThreadsPerBlock;
    int built = (int)function->info->max_workgroup_size;
    return built != 0 && built < limit ? built : limit;
}

static int max_dynamic_lds(const struct ihipModuleSymbol_t *function)
{
    int set = atomic_load(&function->max_dynamic_lds);
    return set >= 0 ? set
                    : (int)function->device->props.sharedMemPerBlock - (int)function->static_lds;
}

static hipError_t get_attributes(hipFuncAttributes *out, const void *kernel)
{
    struct ihipModuleSymbol_t *function;
    if (out == NULL)
        return hipErrorInvalidValue;
    if (kernel == NULL)
        return hipErrorInvalidDeviceFunction;
    hipError_t error = hip_function_of(kernel, hip_current_device(), &function);
    if (error != hipSuccess)
        return error;
    const struct hip_device *device = function->device;
    *out = (hipFuncAttributes){.binaryVersion = device->props.major * 10 + device->props.minor,
                               .ptxVersion = device->props.major * 10 + device->props.minor,
                               .localSizeBytes = function->private_bytes,
                               .maxDynamicSharedSizeBytes = max_dynamic_lds(function),
                               .maxThreadsPerBlock = max_threads(function),
                               .numRegs = (int)function->info->vgpr_count,
                               .sharedSizeBytes = function->static_lds};
    return hipSuccess;
}

hipError_t hipFuncGetAttributes(struct hipFuncAttributes *attributes, const void *function)
{
    return hip_return(hip_ready() ?: get_attributes(attributes, function));
}

static hipError_t get_attribute(int *value, hipFunction_attribute attribute, hipFunction_t handle)
{
    hipFuncAttributes all;
    if (value == NULL)
        return hipErrorInvalidValue;
    if (handle == NULL)
        return hipErrorInvalidHandle;
    hipError_t error = get_attributes(&all, handle);
    if (error != hipSuccess)
        return error;
    switch (attribute) {
    case HIP_FUNC_ATTRIBUTE_MAX_THREADS_PER_BLOCK:
        *value = all.maxThreadsPerBlock;
        return hipSuccess;
    case HIP_FUNC_ATTRIBUTE_SHARED_SIZE_BYTES:
        *value = (int)all.sharedSizeBytes;
        return hipSuccess;
    case HIP_FUNC_ATTRIBUTE_CONST_SIZE_BYTES:
        *value = 0;
        return hipSuccess;
    case HIP_FUNC_ATTRIBUTE_LOCAL_SIZE_BYTES:
        *value = (int)all.localSizeBytes;
        return hipSuccess;
    case HIP_FUNC_ATTRIBUTE_NUM_REGS:
        *value = all.numRegs;
        return hipSuccess;
    case HIP_FUNC_ATTRIBUTE_PTX_VERSION:
    case HIP_FUNC_ATTRIBUTE_BINARY_VERSION:
        *value = all.binaryVersion;
        return hipSuccess;
    case HIP_FUNC_ATTRIBUTE_CACHE_MODE_CA:
    case HIP_FUNC_ATTRIBUTE_PREFERRED_SHARED_MEMORY_CARVEOUT:
        *value = 0;
        return hipSuccess;
    case HIP_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES:
        *value = all.maxDynamicSharedSizeBytes;
        return hipSuccess;
    default:
        return hipErrorInvalidValue;
    }
}

hipError_t hipFuncGetAttribute(int *value, hipFunction_attribute attribute, hipFunction_t function)
{
    return hip_return(hip_ready() ?: get_attribute(value, attribute, function));
}

static hipError_t set_attribute(const void *kernel, hipFuncAttribute attribute, int value)
{
    struct ihipModuleSymbol_t *function;
    if (kernel == NULL)
        return hipErrorInvalidDeviceFunction;
    hipError_t error = hip_function_of(kernel, hip_current_device(), &function);
    if (error != hipSuccess)
        return error;
    switch (attribute) {
    case hipFuncAttributeMaxDynamicSharedMemorySize:
        if (value < 0 ||
            (size_t)value + function->static_lds > function->device->props.sharedMemPerBlock)
            return hipErrorInvalidValue;
        atomic_store(&function->max_dynamic_lds, value);
        return hipSuccess;
    case hipFuncAttributePreferredSharedMemoryCarveout:
        return value < -1 || value > 100 ? hipErrorInvalidValue : hipSuccess; /* a hint */
    default:
        return hipErrorInvalidValue;
    }
}

hipError_t hipFuncSetAttribute(const void *function, hipFuncAttribute attribute, int value)
{
    return hip_return(hip_ready() ?: set_attribute(function, attribute, value));
}

static hipError_t known_kernel(const void *kernel)
{
    return kernel != NULL && (hip_registered_name(kernel) != NULL ||
                              hip_function_check((hipFunction_t)kernel) != NULL)
               ? hipSuccess
               : hipErrorInvalidDeviceFunction;
}

/* AMD GPUs have neither setting (HIP documentation); the arguments are checked. */
hipError_t hipFuncSetCacheConfig(const void *function, hipFuncCache_t config)
{
    if ((unsigned)config > hipFuncCachePreferEqual)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: known_kernel(function));
}

hipError_t hipFuncSetSharedMemConfig(const void *function, hipSharedMemConfig config)
{
    if ((unsigned)config > hipSharedMemBankSizeEightByte)
        return hip_return(hipErrorInvalidValue);
    return hip_return(hip_ready() ?: known_kernel(function));
}
