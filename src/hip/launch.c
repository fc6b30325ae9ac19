/* SPDX-License-Identifier: MIT
 * From a launch's description to its packet: the kernel argument segment, filled by the offsets of
 * the code object's metadata (AMDGPUUsage, "Kernel Argument Metadata"), and the packet's sizes.
 */
#include "hip/launch.h"

#include "hip/hostcall.h"

#include <stdlib.h>
#include <string.h>

/* What hidden_multigrid_sync_arg points to for a cooperative launch: the contract of the device
 * library's grid barrier. */
struct grid_block {
    uint64_t all_pair; /* counters shared by several grids; 0: one grid */
    uint32_t grid_id, num_grids;
    uint64_t items_before, items_all;
    uint32_t arrived, generation; /* this grid's counters, start at 0 */
    uint32_t num_groups;
    uint32_t reserved[5];
};
_Static_assert(sizeof(struct grid_block) == 64, "grid block");

/* Apertures of HSA's software and hardware agents: device code asks for the high halves only when
 * it was built for chips without aperture registers (amd_queue_t holds them at these offsets). */
enum { QUEUE_SHARED_BASE = 64, QUEUE_PRIVATE_BASE = 68 };

struct hidden_context {
    const struct hip_kernel_launch *launch;
    struct hip_device *device;
    uint64_t grid_block;
    uint64_t hostcall;
    uint64_t queue;
};

static uint64_t blocks_in(const struct hip_kernel_launch *launch, int dim)
{
    return launch->grid[dim] / launch->block[dim]; /* whole ones only */
}

static uint32_t remainder_of(const struct hip_kernel_launch *launch, int dim)
{
    return launch->grid[dim] % launch->block[dim];
}

static uint32_t dimensions(const struct hip_kernel_launch *launch)
{
    if (launch->grid[2] > 1 || launch->block[2] > 1)
        return 3;
    return launch->grid[1] > 1 || launch->block[1] > 1 ? 2 : 1;
}

static uint32_t queue_half(const struct hidden_context *context, uint32_t offset)
{
    uint32_t value = 0;
    if (context->queue != 0)
        memcpy(&value, (const char *)(uintptr_t)context->queue + offset, sizeof value);
    return value;
}

/* AMDGPUUsage, "Code Object V5 Kernel Argument Metadata Map". What is not listed stays zero. */
static uint64_t hidden_value(const struct hidden_context *context, enum cairn_arg_kind kind)
{
    const struct hip_kernel_launch *launch = context->launch;
    switch (kind) {
    case CAIRN_ARG_HIDDEN_BLOCK_COUNT_X:
    case CAIRN_ARG_HIDDEN_BLOCK_COUNT_Y:
    case CAIRN_ARG_HIDDEN_BLOCK_COUNT_Z:
        return blocks_in(launch, (int)(kind - CAIRN_ARG_HIDDEN_BLOCK_COUNT_X));
    case CAIRN_ARG_HIDDEN_GROUP_SIZE_X:
    case CAIRN_ARG_HIDDEN_GROUP_SIZE_Y:
    case CAIRN_ARG_HIDDEN_GROUP_SIZE_Z:
        return launch->block[kind - CAIRN_ARG_HIDDEN_GROUP_SIZE_X];
    case CAIRN_ARG_HIDDEN_REMAINDER_X:
    case CAIRN_ARG_HIDDEN_REMAINDER_Y:
    case CAIRN_ARG_HIDDEN_REMAINDER_Z:
        return remainder_of(launch, (int)(kind - CAIRN_ARG_HIDDEN_REMAINDER_X));
    case CAIRN_ARG_HIDDEN_GRID_DIMS:
        return dimensions(launch);
    case CAIRN_ARG_HIDDEN_HOSTCALL_BUFFER:
        return context->hostcall;
    case CAIRN_ARG_HIDDEN_MULTIGRID_SYNC_ARG:
        return context->grid_block;
    case CAIRN_ARG_HIDDEN_DYNAMIC_LDS_SIZE:
        return launch->dynamic_lds;
    case CAIRN_ARG_HIDDEN_PRIVATE_BASE:
        return queue_half(context, QUEUE_PRIVATE_BASE);
    case CAIRN_ARG_HIDDEN_SHARED_BASE:
        return queue_half(context, QUEUE_SHARED_BASE);
    case CAIRN_ARG_HIDDEN_QUEUE_PTR:
        return context->queue;
    default:
        return 0;
    }
}

static void fill_hidden(const struct hidden_context *context, uint8_t *kernarg, uint32_t size)
{
    const struct cairn_kernel_info *info = context->launch->function->info;
    for (uint32_t i = 0; i < info->arg_count; i++) {
        const struct cairn_kernel_arg *arg = &info->args[i];
        if (arg->kind < CAIRN_ARG_HIDDEN_GLOBAL_OFFSET_X ||
            arg->kind > CAIRN_ARG_HIDDEN_QUEUE_PTR || arg->size_bytes > 8 ||
            arg->offset_bytes > size - arg->size_bytes)
            continue;
        uint64_t value = hidden_value(context, arg->kind);
        memcpy(kernarg + arg->offset_bytes, &value, arg->size_bytes);
    }
}

static void fill_grid_block(const struct hip_kernel_launch *launch, struct grid_block *block)
{
    uint64_t items = (uint64_t)launch->grid[0] * launch->grid[1] * launch->grid[2];
    uint32_t group = launch->block[0] * launch->block[1] * launch->block[2];
    *block = (struct grid_block){
        .num_grids = 1, .items_all = items, .num_groups = (uint32_t)(items / group)};
    if (launch->grids == NULL)
        return;
    block->all_pair = (uintptr_t)launch->grids->counters;
    block->grid_id = launch->grids->index;
    block->num_grids = launch->grids->count;
    block->items_before = launch->grids->items_before;
    block->items_all = launch->grids->items_all;
}

/* The compiler knows the scratch of calls that it can follow; through function pointers and
 * recursion the stack is as deep as hipLimitStackSize says, as in ROCm 6.4. */
static uint32_t private_bytes(const struct ihipModuleSymbol_t *function)
{
    size_t limit = atomic_load(&function->device->limits[hipLimitStackSize]);
    bool grows = function->info->uses_dynamic_stack && limit > function->private_bytes;
    return grows ? (uint32_t)limit : function->private_bytes;
}

static uint8_t *kernarg_memory(struct hip_device *device, size_t size, struct hip_kernarg **kernarg)
{
    if (*kernarg != NULL && (*kernarg)->size >= size)
        return (*kernarg)->memory;
    if (*kernarg != NULL)
        hip_kernarg_give(device, *kernarg);
    *kernarg = hip_kernarg_take(device, size);
    return *kernarg != NULL ? (*kernarg)->memory : NULL;
}

/* A launch without any arguments needs no memory for them. */
static hipError_t fill_kernarg(struct hip_device *device, const struct hip_kernel_launch *launch,
                               struct hip_kernarg **kernarg, void **address)
{
    const struct ihipModuleSymbol_t *function = launch->function;
    size_t size = cairn_align_up(function->kernarg_bytes, 64);
    struct hidden_context context = {.launch = launch, .device = device};
    *address = NULL;
    if (size == 0 && !launch->cooperative)
        return hipSuccess;
    if (function->needs_hostcall) {
        hipError_t error = hip_hostcall_buffer(device, &context.hostcall);
        if (error != hipSuccess)
            return error;
    }
    uint8_t *memory = kernarg_memory(device, size + sizeof(struct grid_block), kernarg);
    if (memory == NULL)
        return hipErrorOutOfMemory;
    memset(memory, 0, size);
    if (launch->args_size != 0)
        memcpy(memory, launch->args, launch->args_size);
    if (launch->cooperative) {
        fill_grid_block(launch, (struct grid_block *)(memory + size));
        context.grid_block = (uint64_t)(uintptr_t)(memory + size);
    }
    fill_hidden(&context, memory, function->kernarg_bytes);
    *address = memory;
    return hipSuccess;
}

hipError_t hip_launch_prepare(struct hip_device *device, const struct hip_kernel_launch *launch,
                              struct hip_kernarg **kernarg, hsa_kernel_dispatch_packet_t *packet)
{
    const struct ihipModuleSymbol_t *function = launch->function;
    hipError_t error = fill_kernarg(device, launch, kernarg, &packet->kernarg_address);
    if (error != hipSuccess)
        return error;
    packet->setup = (uint16_t)dimensions(launch);
    packet->workgroup_size_x = (uint16_t)launch->block[0];
    packet->workgroup_size_y = (uint16_t)launch->block[1];
    packet->workgroup_size_z = (uint16_t)launch->block[2];
    packet->grid_size_x = launch->grid[0];
    packet->grid_size_y = launch->grid[1];
    packet->grid_size_z = launch->grid[2];
    packet->private_segment_size = private_bytes(function);
    packet->group_segment_size = function->static_lds + launch->dynamic_lds;
    packet->kernel_object = function->kernel_object;
    return hipSuccess;
}

/* ---- explicit arguments ---- */

static hipError_t copy_params(const struct ihipModuleSymbol_t *function, void *const *params,
                              uint8_t *out)
{
    const struct cairn_kernel_info *info = function->info;
    uint32_t next = 0;
    for (uint32_t i = 0; i < info->arg_count; i++) {
        const struct cairn_kernel_arg *arg = &info->args[i];
        if (arg->kind >= CAIRN_ARG_HIDDEN_GLOBAL_OFFSET_X)
            continue;
        const void *value = params[next++];
        if (value == NULL) {
            cairn_log(CAIRN_LOG_ERROR, "hip: argument %u of %s is a null pointer", next - 1,
                      function->name);
            return hipErrorInvalidValue;
        }
        memcpy(out + arg->offset_bytes, value, arg->size_bytes);
    }
    return hipSuccess;
}

/* `extra`: pairs of key and value up to HIP_LAUNCH_PARAM_END. */
static hipError_t copy_extra(const struct ihipModuleSymbol_t *function, void *const *extra,
                             uint8_t *out)
{
    const void *buffer = NULL;
    size_t size = 0;
    for (; *extra != HIP_LAUNCH_PARAM_END; extra += 2) {
        if (extra[0] == HIP_LAUNCH_PARAM_BUFFER_POINTER)
            buffer = extra[1];
        else if (extra[0] == HIP_LAUNCH_PARAM_BUFFER_SIZE && extra[1] != NULL)
            size = *(const size_t *)extra[1];
        else
            return hipErrorInvalidValue;
    }
    if (buffer == NULL || size == 0)
        return function->explicit_count == 0 ? hipSuccess : hipErrorInvalidValue;
    if (size < function->explicit_bytes) {
        /* Compilers may pad the last argument; only whole missing arguments are an error. */
        const struct cairn_kernel_arg *last = &function->info->args[function->explicit_count - 1];
        cairn_log(CAIRN_LOG_ERROR, "hip: kernel %s takes %u bytes of arguments, %zu were given",
                  function->name, last->offset_bytes + last->size_bytes, size);
        return hipErrorInvalidValue;
    }
    memcpy(out, buffer, size < function->explicit_bytes ? size : function->explicit_bytes);
    return hipSuccess;
}

hipError_t hip_launch_arguments(const struct ihipModuleSymbol_t *function, void *const *params,
                                void *const *extra, uint8_t *out)
{
    if (params != NULL && extra != NULL)
        return hipErrorInvalidValue;
    if (function->explicit_count == 0)
        return hipSuccess;
    if (params != NULL)
        return copy_params(function, params, out);
    if (extra != NULL)
        return copy_extra(function, extra, out);
    cairn_log(CAIRN_LOG_ERROR, "hip: kernel %s takes %u arguments, none were given", function->name,
              function->explicit_count);
    return hipErrorInvalidValue;
}

/* ---- checks ---- */

/* Compilers assume that blocks divide the grid, unless told otherwise. */
static hipError_t check_uniform(const struct hip_kernel_launch *launch)
{
    for (int i = 0; i < 3; i++) {
        if (launch->grid[i] % launch->block[i] == 0)
            continue;
        cairn_log(CAIRN_LOG_ERROR,
                  "hip: kernel %s was built for whole blocks; %u work-items in blocks of %u",
                  launch->function->name, launch->grid[i], launch->block[i]);
        return hipErrorInvalidValue;
    }
    return hipSuccess;
}

static hipError_t check_block(const struct ihipModuleSymbol_t *function,
                              const struct hip_kernel_launch *launch)
{
    const hipDeviceProp_t *props = &function->device->props;
    uint64_t threads = (uint64_t)launch->block[0] * launch->block[1] * launch->block[2];
    for (int i = 0; i < 3; i++)
        if (launch->block[i] > (uint32_t)props->maxThreadsDim[i])
            threads = UINT64_MAX;
    if (threads > (uint64_t)props->maxThreadsPerBlock) {
        cairn_log(CAIRN_LOG_ERROR, "hip: kernel %s: block of %ux%ux%u, at most %d threads",
                  function->name, launch->block[0], launch->block[1], launch->block[2],
                  props->maxThreadsPerBlock);
        return hipErrorInvalidConfiguration;
    }
    if (function->info->max_workgroup_size != 0 && threads > function->info->max_workgroup_size) {
        cairn_log(CAIRN_LOG_ERROR, "hip: kernel %s: block of %llu threads, built for at most %u",
                  function->name, (unsigned long long)threads, function->info->max_workgroup_size);
        return hipErrorLaunchFailure;
    }
    return hipSuccess;
}

hipError_t hip_launch_check(const struct hip_kernel_launch *launch)
{
    const struct ihipModuleSymbol_t *function = launch->function;
    for (int i = 0; i < 3; i++) {
        if (launch->grid[i] == 0 || launch->block[i] == 0) {
            cairn_log(CAIRN_LOG_ERROR, "hip: kernel %s: empty grid or block", function->name);
            return launch->cooperative ? hipErrorInvalidConfiguration : hipErrorInvalidValue;
        }
    }
    hipError_t error = check_block(function, launch);
    if (error == hipSuccess && function->info->uniform_workgroup_size)
        error = check_uniform(launch);
    if (error != hipSuccess)
        return error;
    size_t lds = (size_t)function->static_lds + launch->dynamic_lds;
    if (lds > function->device->props.sharedMemPerBlock) {
        cairn_log(CAIRN_LOG_ERROR, "hip: kernel %s: %zu bytes of LDS (%u static), at most %zu",
                  function->name, lds, function->static_lds,
                  function->device->props.sharedMemPerBlock);
        return launch->cooperative ? hipErrorCooperativeLaunchTooLarge : hipErrorOutOfMemory;
    }
    return hipSuccess;
}
