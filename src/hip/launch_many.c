/* SPDX-License-Identifier: MIT
 * One launch on several devices: hipLaunchCooperativeKernelMultiDevice and its relatives. The grids
 * of a cooperative launch meet at two counters that they share.
 */
#include "hip/launch.h"

#include <stdlib.h>
#include <string.h>

/* The counters of the grids' barrier, kept until the last grid is done. */
struct meeting {
    _Atomic int references;
    void *counters;
};

struct one {
    struct ihipStream_t *stream;
    struct hip_kernel_launch launch;
    struct hip_grids grids;
    void **params;
};

static const unsigned known_flags =
    hipCooperativeLaunchMultiDeviceNoPreSync | hipCooperativeLaunchMultiDeviceNoPostSync;

/* ---- the meeting place ---- */

static struct meeting *meeting_create(void)
{
    struct meeting *meeting = malloc(sizeof *meeting);
    if (meeting == NULL)
        return NULL;
    atomic_init(&meeting->references, 1);
    meeting->counters = hip_host_pool_alloc(hip_process.host_pool, 64);
    if (meeting->counters == NULL) {
        free(meeting);
        return NULL;
    }
    memset(meeting->counters, 0, 64);
    return meeting;
}

static void meeting_hold(void *data)
{
    struct meeting *meeting = data;
    atomic_fetch_add(&meeting->references, 1);
}

static void meeting_drop(void *data)
{
    struct meeting *meeting = data;
    /* release pairs with the acquire of whoever drops the last reference */
    if (atomic_fetch_sub_explicit(&meeting->references, 1, memory_order_acq_rel) != 1)
        return;
    hsa_amd_memory_pool_free(meeting->counters);
    free(meeting);
}

static hipError_t grid_is_done(void *data, uint64_t value)
{
    return hipSuccess;
}

/* Keeps the counters until the kernel before this is done. */
static hipError_t keep_until_done(struct ihipStream_t *stream, struct meeting *meeting)
{
    const struct hip_command command = {
        .kind = HIP_COMMAND_NATIVE,
        .native = {
            .run = grid_is_done, .hold = meeting_hold, .drop = meeting_drop, .data = meeting}};
    meeting_hold(meeting);
    hipError_t error = hip_stream_enqueue(stream, &command, NULL);
    if (error != hipSuccess)
        meeting_drop(meeting);
    return error;
}

/* ---- describing ---- */

static hipError_t set_sizes(struct hip_kernel_launch *launch, const uint32_t grid[3],
                            const uint32_t block[3], size_t lds_bytes)
{
    for (int i = 0; i < 3; i++) {
        uint64_t items = (uint64_t)grid[i] * block[i];
        if (items == 0 || items > UINT32_MAX)
            return hipErrorInvalidConfiguration;
        launch->grid[i] = (uint32_t)items;
        launch->block[i] = block[i];
    }
    if (lds_bytes > UINT32_MAX / 2)
        return hipErrorInvalidValue;
    launch->dynamic_lds = (uint32_t)lds_bytes;
    return hipSuccess;
}

static hipError_t check_count(const void *list, unsigned count, unsigned flags)
{
    bool valid = list != NULL && count != 0 && count <= (unsigned)hip_process.device_count &&
                 (flags & ~known_flags) == 0;
    return valid ? hipSuccess : hipErrorInvalidValue;
}

/* Each device at most once, and no null stream. */
static hipError_t find_stream(struct one *ones, unsigned index, hipStream_t handle)
{
    if (handle == NULL)
        return hipErrorInvalidHandle;
    if (hip_stream_find(handle, &ones[index].stream) != hipSuccess)
        return hipErrorInvalidValue;
    if (atomic_load(&ones[index].stream->capture) != NULL)
        return hipErrorStreamCaptureUnsupported;
    for (unsigned i = 0; i < index; i++)
        if (ones[i].stream->device == ones[index].stream->device)
            return hipErrorInvalidDevice;
    return hipSuccess;
}

static hipError_t describe_host(struct one *ones, unsigned index, const hipLaunchParams *from)
{
    struct one *one = &ones[index];
    const uint32_t grid[3] = {from->gridDim.x, from->gridDim.y, from->gridDim.z};
    const uint32_t block[3] = {from->blockDim.x, from->blockDim.y, from->blockDim.z};
    hipError_t error = find_stream(ones, index, from->stream);
    if (error == hipSuccess)
        error = hip_function_of(from->func, one->stream->device, &one->launch.function);
    one->params = from->args;
    return error != hipSuccess ? error : set_sizes(&one->launch, grid, block, from->sharedMem);
}

static hipError_t describe_module(struct one *ones, unsigned index,
                                  const hipFunctionLaunchParams *from)
{
    struct one *one = &ones[index];
    const uint32_t grid[3] = {from->gridDimX, from->gridDimY, from->gridDimZ};
    const uint32_t block[3] = {from->blockDimX, from->blockDimY, from->blockDimZ};
    one->launch.function = hip_function_check(from->function);
    if (one->launch.function == NULL)
        return hipErrorInvalidHandle;
    hipError_t error = find_stream(ones, index, from->hStream);
    if (error == hipSuccess && one->launch.function->device != one->stream->device)
        error = hipErrorInvalidDevice;
    one->params = from->kernelParams;
    return error != hipSuccess ? error : set_sizes(&one->launch, grid, block, from->sharedMemBytes);
}

/* ---- launching ---- */

static hipError_t wait_all(const struct one *ones, unsigned count)
{
    hipError_t first = hipSuccess;
    for (unsigned i = 0; i < count; i++) {
        hipError_t error = hip_stream_wait(ones[i].stream);
        if (first == hipSuccess)
            first = error;
    }
    return first;
}

static uint64_t items_of(const struct hip_kernel_launch *launch)
{
    return (uint64_t)launch->grid[0] * launch->grid[1] * launch->grid[2];
}

/* Every grid is checked before the first is launched: it would wait for the others for ever. */
static hipError_t prepare(struct one *ones, unsigned count, struct meeting *meeting)
{
    uint64_t items = 0, before = 0;
    for (unsigned i = 0; i < count; i++)
        items += items_of(&ones[i].launch);
    for (unsigned i = 0; i < count; i++) {
        struct hip_kernel_launch *launch = &ones[i].launch;
        launch->cooperative = meeting != NULL;
        hipError_t error = hip_launch_check(launch);
        if (error == hipSuccess && meeting != NULL)
            error = hip_launch_check_cooperative(launch);
        if (error != hipSuccess)
            return error;
        if (meeting != NULL) {
            ones[i].grids = (struct hip_grids){.counters = meeting->counters,
                                               .index = i,
                                               .count = count,
                                               .items_before = before,
                                               .items_all = items};
            launch->grids = &ones[i].grids;
        }
        before += items_of(launch);
    }
    return hipSuccess;
}

static hipError_t launch_all(struct one *ones, unsigned count, unsigned flags,
                             struct meeting *meeting)
{
    hipError_t error = prepare(ones, count, meeting);
    if (error == hipSuccess && (flags & hipCooperativeLaunchMultiDeviceNoPreSync) == 0)
        error = wait_all(ones, count);
    for (unsigned i = 0; i < count && error == hipSuccess; i++) {
        error = hip_launch(ones[i].stream, &ones[i].launch, ones[i].params, NULL, NULL, NULL);
        if (error == hipSuccess && meeting != NULL)
            error = keep_until_done(ones[i].stream, meeting);
    }
    if (error == hipSuccess && (flags & hipCooperativeLaunchMultiDeviceNoPostSync) == 0)
        error = wait_all(ones, count);
    return error;
}

static hipError_t launch_many(struct one *ones, unsigned count, unsigned flags, bool cooperative)
{
    if (!cooperative)
        return launch_all(ones, count, flags, NULL);
    struct meeting *meeting = meeting_create();
    if (meeting == NULL)
        return hipErrorOutOfMemory;
    hipError_t error = launch_all(ones, count, flags, meeting);
    meeting_drop(meeting);
    return error;
}

static hipError_t launch_host(const hipLaunchParams *list, int count, unsigned flags,
                              bool cooperative)
{
    struct one ones[HIP_MAX_DEVICES] = {0};
    hipError_t error = check_count(list, count < 0 ? 0 : (unsigned)count, flags);
    for (int i = 0; i < count && error == hipSuccess; i++)
        error = describe_host(ones, (unsigned)i, &list[i]);
    return error != hipSuccess ? error : launch_many(ones, (unsigned)count, flags, cooperative);
}

hipError_t hipLaunchCooperativeKernelMultiDevice(hipLaunchParams *launches, int count,
                                                 unsigned int flags)
{
    return hip_return(hip_ready() ?: launch_host(launches, count, flags, true));
}

hipError_t hipExtLaunchMultiKernelMultiDevice(hipLaunchParams *launches, int count,
                                              unsigned int flags)
{
    return hip_return(hip_ready() ?: launch_host(launches, count, flags, false));
}

static hipError_t launch_module(const hipFunctionLaunchParams *list, unsigned count, unsigned flags)
{
    struct one ones[HIP_MAX_DEVICES] = {0};
    hipError_t error = check_count(list, count, flags);
    for (unsigned i = 0; i < count && error == hipSuccess; i++)
        error = describe_module(ones, i, &list[i]);
    return error != hipSuccess ? error : launch_many(ones, count, flags, true);
}

hipError_t hipModuleLaunchCooperativeKernelMultiDevice(hipFunctionLaunchParams *launches,
                                                       unsigned int count, unsigned int flags)
{
    return hip_return(hip_ready() ?: launch_module(launches, count, flags));
}
