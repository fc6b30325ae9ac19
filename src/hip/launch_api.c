/* SPDX-License-Identifier: MIT
 * The launch functions: <<<>>> through push and pop of the call configuration, hipLaunchKernel,
 * hipModuleLaunchKernel and their relatives.
 */
#include "hip/launch.h"

#include "hip/capture.h"
#include "hip/event.h"

#include <stdlib.h>
#include <string.h>

enum { ARGS_ON_STACK = 1024 };

/* ---- launching ---- */

hipError_t hip_launch_check_cooperative(const struct hip_kernel_launch *launch)
{
    uint32_t blocks, limit;
    uint32_t size = launch->block[0] * launch->block[1] * launch->block[2];
    uint64_t items = (uint64_t)launch->grid[0] * launch->grid[1] * launch->grid[2];
    hipError_t error = hip_occupancy(launch->function, size, launch->dynamic_lds, &blocks, &limit);
    if (error != hipSuccess)
        return error;
    if (items / size > limit) {
        cairn_log(CAIRN_LOG_ERROR, "hip: cooperative launch of %s: %llu blocks, at most %u",
                  launch->function->name, (unsigned long long)(items / size), limit);
        return hipErrorCooperativeLaunchTooLarge;
    }
    return hipSuccess;
}

/* The events are nodes of the graph: one before the kernel, one after it. */
static hipError_t capture(struct ihipStream_t *stream, const struct hip_command *command,
                          struct ihipEvent_t *start, struct ihipEvent_t *stop)
{
    hipError_t error = hipSuccess;
    if (start != NULL)
        error = hip_capture_event(stream, hipGraphNodeTypeEventRecord, start);
    if (error == hipSuccess)
        error = hip_capture_add(stream, command);
    if (error == hipSuccess && stop != NULL)
        error = hip_capture_event(stream, hipGraphNodeTypeEventRecord, stop);
    return error;
}

static hipError_t enqueue(struct ihipStream_t *stream, struct hip_kernel_launch *launch,
                          struct ihipEvent_t *start, struct ihipEvent_t *stop)
{
    struct hip_command command; /* what a kernel does not use stays as it is: clearing costs */
    struct hip_op *op = NULL;
    command.kind = HIP_COMMAND_KERNEL;
    command.kernel = *launch;
    if ((start != NULL || stop != NULL) && atomic_load(&stream->capture) != NULL)
        return capture(stream, &command, start, stop);
    hipError_t error =
        hip_stream_enqueue(stream, &command, start != NULL || stop != NULL ? &op : NULL);
    if (error != hipSuccess || op == NULL)
        return error;
    if (start != NULL) {
        hip_op_hold(op);
        hip_event_set(start, stream->device, op, true);
    }
    if (stop != NULL) {
        hip_op_hold(op);
        hip_event_set(stop, stream->device, op, false);
    }
    hip_op_release(op);
    return hipSuccess;
}

hipError_t hip_launch(struct ihipStream_t *stream, struct hip_kernel_launch *launch,
                      void *const *params, void *const *extra, struct ihipEvent_t *start,
                      struct ihipEvent_t *stop)
{
    uint8_t on_stack[ARGS_ON_STACK];
    hipError_t error = hip_launch_check(launch);
    if (error == hipSuccess && launch->cooperative)
        error = hip_launch_check_cooperative(launch);
    if (error != hipSuccess)
        return error;
    uint32_t size = launch->function->explicit_bytes;
    launch->args_size = size;
    launch->args = size <= sizeof on_stack ? on_stack : malloc(size);
    if (launch->args == NULL)
        return hipErrorOutOfMemory;
    if (size != 0)
        memset(launch->args, 0, size);
    error = hip_launch_arguments(launch->function, params, extra, launch->args);
    if (error == hipSuccess)
        error = enqueue(stream, launch, start, stop);
    if (launch->args != on_stack)
        free(launch->args);
    return error;
}

/* Blocks to work-items; false if a dimension leaves 32 bits. */
static bool items_of(const uint32_t grid[3], const uint32_t block[3], uint32_t out[3])
{
    for (int i = 0; i < 3; i++) {
        uint64_t items = (uint64_t)grid[i] * block[i];
        if (items > UINT32_MAX) {
            cairn_log(CAIRN_LOG_ERROR, "hip: a grid of %u blocks of %u threads: more than 2^32",
                      grid[i], block[i]);
            return false;
        }
        out[i] = (uint32_t)items;
    }
    return true;
}

static hipError_t set_lds(struct hip_kernel_launch *launch, size_t lds_bytes)
{
    if (lds_bytes > UINT32_MAX / 2) {
        cairn_log(CAIRN_LOG_ERROR, "hip: kernel %s: %zu bytes of dynamic LDS",
                  launch->function->name, lds_bytes);
        return hipErrorInvalidValue;
    }
    launch->dynamic_lds = (uint32_t)lds_bytes;
    return hipSuccess;
}

static hipError_t find_events(hipEvent_t start, hipEvent_t stop, struct ihipEvent_t **events)
{
    hipError_t error = hipSuccess;
    events[0] = events[1] = NULL;
    if (start != NULL)
        error = hip_event_find(start, &events[0]);
    if (error == hipSuccess && stop != NULL)
        error = hip_event_find(stop, &events[1]);
    return error == hipSuccess ? hipSuccess : hipErrorInvalidValue;
}

/* ---- by host address ---- */

static hipError_t launch_host(const void *host, dim3 grid, dim3 block, void **params,
                              size_t lds_bytes, hipStream_t handle, hipEvent_t start,
                              hipEvent_t stop, int flags, bool cooperative)
{
    struct ihipStream_t *stream;
    struct ihipEvent_t *events[2];
    struct hip_kernel_launch launch = {.cooperative = cooperative,
                                       .any_order = (flags & hipExtAnyOrderLaunch) != 0};
    hipError_t error = hip_stream_find(handle, &stream);
    if (error == hipErrorContextIsDestroyed && !cooperative)
        error = hipErrorInvalidValue; /* as ROCm tells the two apart */
    if (error == hipSuccess)
        error = hip_function_of(host, stream->device, &launch.function);
    if (error == hipSuccess)
        error = find_events(start, stop, events);
    if (error != hipSuccess)
        return error;
    launch.named = host;
    const uint32_t g[3] = {grid.x, grid.y, grid.z}, b[3] = {block.x, block.y, block.z};
    if (!items_of(g, b, launch.grid))
        return hipErrorInvalidConfiguration;
    memcpy(launch.block, b, sizeof launch.block);
    error = set_lds(&launch, lds_bytes);
    if (error != hipSuccess)
        return error;
    return hip_launch(stream, &launch, params, NULL, events[0], events[1]);
}

hipError_t hipLaunchKernel(const void *function, dim3 grid, dim3 block, void **args,
                           size_t lds_bytes, hipStream_t stream)
{
    return hip_return(
        hip_ready()
            ?: launch_host(function, grid, block, args, lds_bytes, stream, NULL, NULL, 0, false));
}

hipError_t hipLaunchKernel_spt(const void *function, dim3 grid, dim3 block, void **args,
                               size_t lds_bytes, hipStream_t stream)
{
    return hipLaunchKernel(function, grid, block, args, lds_bytes,
                           stream == NULL ? hipStreamPerThread : stream);
}

hipError_t hipExtLaunchKernel(const void *function, dim3 grid, dim3 block, void **args,
                              size_t lds_bytes, hipStream_t stream, hipEvent_t start,
                              hipEvent_t stop, int flags)
{
    return hip_return(hip_ready()
                          ?: launch_host(function, grid, block, args, lds_bytes, stream, start,
                                         stop, flags, false));
}

hipError_t hipLaunchCooperativeKernel(const void *function, dim3 grid, dim3 block, void **params,
                                      unsigned int lds_bytes, hipStream_t stream)
{
    return hip_return(
        hip_ready()
            ?: launch_host(function, grid, block, params, lds_bytes, stream, NULL, NULL, 0, true));
}

hipError_t hipLaunchCooperativeKernel_spt(const void *function, dim3 grid, dim3 block,
                                          void **params, uint32_t lds_bytes, hipStream_t stream)
{
    return hipLaunchCooperativeKernel(function, grid, block, params, lds_bytes,
                                      stream == NULL ? hipStreamPerThread : stream);
}

/* ---- by function handle ---- */

static hipError_t launch_module(hipFunction_t handle, const uint32_t items[3],
                                const uint32_t block[3], size_t lds_bytes,
                                hipStream_t stream_handle, void **params, void **extra,
                                hipEvent_t start, hipEvent_t stop, uint32_t flags, bool cooperative)
{
    struct ihipStream_t *stream;
    struct ihipEvent_t *events[2];
    struct hip_kernel_launch launch = {.cooperative = cooperative,
                                       .any_order = (flags & hipExtAnyOrderLaunch) != 0};
    launch.function = hip_function_check(handle);
    if (launch.function == NULL)
        return hipErrorInvalidHandle;
    hipError_t error =
        hip_stream_find(stream_handle, &stream) == hipSuccess ? hipSuccess : hipErrorInvalidValue;
    if (error == hipSuccess)
        error = find_events(start, stop, events);
    if (error == hipSuccess)
        error = set_lds(&launch, lds_bytes);
    if (error != hipSuccess)
        return error;
    if (launch.function->device != stream->device) {
        cairn_log(CAIRN_LOG_ERROR, "hip: kernel %s and the stream are of different devices",
                  launch.function->name);
        return hipErrorInvalidValue;
    }
    for (int i = 0; i < 3; i++) {
        launch.grid[i] = items[i];
        launch.block[i] = items[i] < block[i] ? items[i] : block[i];
    }
    return hip_launch(stream, &launch, params, extra, events[0], events[1]);
}

static hipError_t launch_blocks(hipFunction_t function, const uint32_t grid[3],
                                const uint32_t block[3], size_t lds_bytes, hipStream_t stream,
                                void **params, void **extra, bool cooperative)
{
    uint32_t items[3];
    const hipDeviceProp_t *props = &hip_current_device()->props;
    for (int i = 0; i < 3; i++)
        if (grid[i] == 0 || block[i] == 0 || grid[i] > (uint32_t)props->maxGridSize[i]) {
            cairn_log(CAIRN_LOG_ERROR, "hip: a grid of %u blocks of %u threads; at most %d blocks",
                      grid[i], block[i], props->maxGridSize[i]);
            return hipErrorInvalidValue;
        }
    if (!items_of(grid, block, items))
        return hipErrorInvalidConfiguration;
    if (cooperative && lds_bytes > props->sharedMemPerBlock)
        return hipErrorInvalidValue; /* not for want of room beside other blocks */
    hipError_t error = launch_module(function, items, block, lds_bytes, stream, params, extra, NULL,
                                     NULL, 0, cooperative);
    bool size_error = error == hipErrorInvalidConfiguration || error == hipErrorOutOfMemory;
    return size_error ? hipErrorInvalidValue : error;
}

hipError_t hipModuleLaunchKernel(hipFunction_t function, unsigned int grid_x, unsigned int grid_y,
                                 unsigned int grid_z, unsigned int block_x, unsigned int block_y,
                                 unsigned int block_z, unsigned int lds_bytes, hipStream_t stream,
                                 void **params, void **extra)
{
    const uint32_t grid[3] = {grid_x, grid_y, grid_z}, block[3] = {block_x, block_y, block_z};
    return hip_return(
        hip_ready()
            ?: launch_blocks(function, grid, block, lds_bytes, stream, params, extra, false));
}

hipError_t hipModuleLaunchCooperativeKernel(hipFunction_t function, unsigned int grid_x,
                                            unsigned int grid_y, unsigned int grid_z,
                                            unsigned int block_x, unsigned int block_y,
                                            unsigned int block_z, unsigned int lds_bytes,
                                            hipStream_t stream, void **params)
{
    const uint32_t grid[3] = {grid_x, grid_y, grid_z}, block[3] = {block_x, block_y, block_z};
    return hip_return(
        hip_ready() ?: launch_blocks(function, grid, block, lds_bytes, stream, params, NULL, true));
}

static hipError_t launch_items(hipFunction_t function, const uint32_t items[3],
                               const uint32_t block[3], size_t lds_bytes, hipStream_t stream,
                               void **params, void **extra, hipEvent_t start, hipEvent_t stop,
                               uint32_t flags)
{
    uint64_t threads = 1, most = (uint64_t)hip_current_device()->props.maxThreadsPerBlock;
    for (int i = 0; i < 3; i++) {
        if (items[i] == 0 || block[i] == 0)
            return hipErrorInvalidValue;
        threads = threads > most ? threads : threads * block[i];
    }
    if (threads > most) { /* even where the grid is smaller than the block, and cuts it */
        cairn_log(CAIRN_LOG_ERROR, "hip: block of %ux%ux%u, at most %llu threads", block[0],
                  block[1], block[2], (unsigned long long)most);
        return hipErrorInvalidValue;
    }
    return launch_module(function, items, block, lds_bytes, stream, params, extra, start, stop,
                         flags, false);
}

hipError_t hipExtModuleLaunchKernel(hipFunction_t function, uint32_t global_x, uint32_t global_y,
                                    uint32_t global_z, uint32_t local_x, uint32_t local_y,
                                    uint32_t local_z, size_t lds_bytes, hipStream_t stream,
                                    void **params, void **extra, hipEvent_t start, hipEvent_t stop,
                                    uint32_t flags)
{
    const uint32_t items[3] = {global_x, global_y, global_z},
                   block[3] = {local_x, local_y, local_z};
    return hip_return(hip_ready()
                          ?: launch_items(function, items, block, lds_bytes, stream, params, extra,
                                          start, stop, flags));
}

#pragma GCC visibility push(default)

hipError_t hipHccModuleLaunchKernel(hipFunction_t function, uint32_t global_x, uint32_t global_y,
                                    uint32_t global_z, uint32_t local_x, uint32_t local_y,
                                    uint32_t local_z, size_t lds_bytes, hipStream_t stream,
                                    void **params, void **extra, hipEvent_t start, hipEvent_t stop);

hipError_t hipHccModuleLaunchKernel(hipFunction_t function, uint32_t global_x, uint32_t global_y,
                                    uint32_t global_z, uint32_t local_x, uint32_t local_y,
                                    uint32_t local_z, size_t lds_bytes, hipStream_t stream,
                                    void **params, void **extra, hipEvent_t start, hipEvent_t stop)
{
    return hipExtModuleLaunchKernel(function, global_x, global_y, global_z, local_x, local_y,
                                    local_z, lds_bytes, stream, params, extra, start, stop, 0);
}

/* The same two under their C++ names, which programs built against ROCm 5 call. What is traced is
 * compiled under another name. */
#define TEXT_OF(name)  #name
#define ALIAS_TO(name) __attribute__((alias(TEXT_OF(name))))
#define ALIAS_OF(name) ALIAS_TO(name)
hipError_t ext_launch_cxx(hipFunction_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t,
                          size_t, hipStream_t, void **, void **, hipEvent_t, hipEvent_t,
                          uint32_t) __asm__("_Z24hipExtModuleLaunchKernelP18ihipModuleSymbol_"
                                            "tjjjjjjmP12ihipStream_tPPvS4_P11ihip"
                                            "Event_tS6_j") ALIAS_OF(hipExtModuleLaunchKernel);
hipError_t hcc_launch_cxx(hipFunction_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t,
                          size_t, hipStream_t, void **, void **, hipEvent_t,
                          hipEvent_t) __asm__("_Z24hipHccModuleLaunchKernelP18ihipModuleSymbol_"
                                              "tjjjjjjmP12ihipStream_tPPvS4_P11ihip"
                                              "Event_tS6_") ALIAS_OF(hipHccModuleLaunchKernel);

#pragma GCC visibility pop

/* ---- call configurations ---- */

static hipError_t push(struct hip_call call)
{
    struct hip_thread *thread = hip_thread();
    if (thread->call_depth == HIP_CALL_DEPTH)
        return hipErrorMissingConfiguration;
    thread->calls[thread->call_depth++] = call;
    return hipSuccess;
}

hipError_t __hipPushCallConfiguration(dim3 grid, dim3 block, size_t lds_bytes, hipStream_t stream)
{
    return push((struct hip_call){grid, block, lds_bytes, stream});
}

hipError_t __hipPopCallConfiguration(dim3 *grid, dim3 *block, size_t *lds_bytes,
                                     hipStream_t *stream)
{
    struct hip_thread *thread = hip_thread();
    if (thread->call_depth == 0)
        return hipErrorMissingConfiguration;
    struct hip_call *call = &thread->calls[--thread->call_depth];
    *grid = call->grid;
    *block = call->block;
    *lds_bytes = call->lds_bytes;
    *stream = call->stream;
    return hipSuccess;
}

/* ---- the launch of CUDA's early days: configure, set up each argument, launch ---- */

hipError_t hipConfigureCall(dim3 grid, dim3 block, size_t lds_bytes, hipStream_t stream)
{
    hip_thread()->legacy_bytes = 0;
    return hip_return(push((struct hip_call){grid, block, lds_bytes, stream}));
}

static hipError_t setup_argument(const void *arg, size_t size, size_t offset)
{
    struct hip_thread *thread = hip_thread();
    size_t end;
    if (arg == NULL || !cairn_size_add(size, offset, &end) || end > 65536)
        return hipErrorInvalidValue;
    if (end > thread->legacy_bytes) {
        unsigned char *grown = realloc(thread->legacy_args, end);
        if (grown == NULL)
            return hipErrorOutOfMemory;
        memset(grown + thread->legacy_bytes, 0, end - thread->legacy_bytes);
        thread->legacy_args = grown;
        thread->legacy_bytes = end;
        hip_thread_watch_end();
    }
    if (size > 0)
        memcpy(thread->legacy_args + offset, arg, size);
    return hipSuccess;
}

hipError_t hipSetupArgument(const void *arg, size_t size, size_t offset)
{
    return hip_return(setup_argument(arg, size, offset));
}

static hipError_t launch_by_ptr(const void *host)
{
    struct hip_thread *thread = hip_thread();
    struct ihipModuleSymbol_t *function;
    struct ihipStream_t *stream;
    if (thread->call_depth == 0)
        return hipErrorMissingConfiguration;
    struct hip_call call = thread->calls[--thread->call_depth];
    size_t size = thread->legacy_bytes;
    void *extra[] = {HIP_LAUNCH_PARAM_BUFFER_POINTER, thread->legacy_args,
                     HIP_LAUNCH_PARAM_BUFFER_SIZE, &size, HIP_LAUNCH_PARAM_END};
    hipError_t error = hip_stream_find(call.stream, &stream);
    if (error == hipSuccess)
        error = hip_registered_function(host, stream->device, &function);
    if (error != hipSuccess)
        return error;
    const uint32_t grid[3] = {call.grid.x, call.grid.y, call.grid.z};
    const uint32_t block[3] = {call.block.x, call.block.y, call.block.z};
    return launch_blocks(function, grid, block, call.lds_bytes, call.stream, NULL, extra, false);
}

hipError_t hipLaunchByPtr(const void *function)
{
    return hip_return(hip_ready() ?: launch_by_ptr(function));
}
