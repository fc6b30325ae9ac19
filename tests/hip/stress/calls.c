/* SPDX-License-Identifier: MIT
 * The calls of the stress, each with what it does to the model.
 */
#include "stress.h"

#include <stdlib.h>
#include <string.h>

struct range {
    uint32_t start, count;
};

static struct range some_range(struct thread *thread)
{
    uint32_t start = stress_random(thread, WORDS);
    return (struct range){start, 1 + stress_random(thread, WORDS - start)};
}

static int some_buffer(struct thread *thread)
{
    return (int)stress_random(thread, BUFFERS);
}

static void scale_model(uint32_t *words, uint32_t count, uint32_t factor)
{
    for (uint32_t i = 0; i < count; i++)
        words[i] *= factor;
}

static void fill_model(uint32_t *words, uint32_t count, uint32_t value)
{
    for (uint32_t i = 0; i < count; i++)
        words[i] = value;
}

/* ---- work of the stream ---- */

static void fill(struct thread *thread, struct slot *slot)
{
    struct range range = some_range(thread);
    int b = some_buffer(thread);
    uint32_t value = stress_random(thread, UINT32_MAX);
    TRY(hipMemsetD32Async((hipDeviceptr_t)(slot->device[b] + range.start), (int)value, range.count,
                          slot->stream));
    fill_model(slot->model[b] + range.start, range.count, value);
}

static void scale(struct thread *thread, struct slot *slot)
{
    struct range range = some_range(thread);
    int b = some_buffer(thread);
    uint32_t factor = 1 + 2 * stress_random(thread, 1000);
    launch_scale((int *)slot->device[b] + range.start, (int)range.count, (int)factor, slot->stream);
    TRY(hipGetLastError());
    scale_model(slot->model[b] + range.start, range.count, factor);
}

static void copy_inside(struct thread *thread, struct slot *slot)
{
    struct range range = some_range(thread);
    int to = some_buffer(thread), from = (to + 1) % BUFFERS;
    TRY(hipMemcpyAsync(slot->device[to] + range.start, slot->device[from] + range.start,
                       range.count * 4, hipMemcpyDeviceToDevice, slot->stream));
    memcpy(slot->model[to] + range.start, slot->model[from] + range.start, range.count * 4);
}

/* From memory that is gone when the call returns. */
static void copy_from_stack(struct thread *thread, struct slot *slot)
{
    uint32_t words[WORDS];
    struct range range = some_range(thread);
    int b = some_buffer(thread);
    for (uint32_t i = 0; i < range.count; i++)
        words[i] = stress_random(thread, UINT32_MAX);
    TRY(hipMemcpyAsync(slot->device[b] + range.start, words, range.count * 4, hipMemcpyHostToDevice,
                       slot->stream));
    memcpy(slot->model[b] + range.start, words, range.count * 4);
    memset(words, 0xEE, sizeof words);
}

/* Down to pinned memory and up to another place, in the stream's order. */
static void copy_over_pinned(struct thread *thread, struct slot *slot)
{
    int from = some_buffer(thread), to = some_buffer(thread);
    TRY(hipMemcpyAsync(slot->pinned, slot->device[from], WORDS * 4, hipMemcpyDeviceToHost,
                       slot->stream));
    TRY(hipMemcpyAsync(slot->device[to], slot->pinned, WORDS * 4, hipMemcpyHostToDevice,
                       slot->stream));
    memmove(slot->model[to], slot->model[from], WORDS * 4);
}

static void copy_rows(struct thread *thread, struct slot *slot)
{
    enum { ROW = 32 };
    uint32_t width = 1 + stress_random(thread, ROW),
             height = 1 + stress_random(thread, WORDS / ROW);
    int to = some_buffer(thread), from = (to + 1) % BUFFERS;
    TRY(hipMemcpy2DAsync(slot->device[to], ROW * 4, slot->device[from], ROW * 4, width * 4, height,
                         hipMemcpyDeviceToDevice, slot->stream));
    for (uint32_t y = 0; y < height; y++)
        memcpy(slot->model[to] + y * ROW, slot->model[from] + y * ROW, width * 4);
}

static void count_call(void *data)
{
    atomic_fetch_add(&((struct slot *)data)->called, 1);
}

static void call_host(struct thread *thread, struct slot *slot)
{
    TRY(hipLaunchHostFunc(slot->stream, count_call, slot));
    slot->called_model++;
}

static void write_and_wait(struct thread *thread, struct slot *slot)
{
    slot->flag_model = stress_random(thread, UINT32_MAX);
    TRY(hipStreamWriteValue32(slot->stream, slot->flag, slot->flag_model, 0));
    TRY(hipStreamWaitValue32(slot->stream, slot->flag, slot->flag_model, hipStreamWaitValueEq,
                             UINT32_MAX));
}

/* ---- waiting and asking ---- */

static void check(struct thread *thread, struct slot *slot)
{
    stress_check(thread, slot);
}

static void ask(struct thread *thread, struct slot *slot)
{
    hipPointerAttribute_t attributes;
    size_t free_bytes, total;
    int b = some_buffer(thread);
    hipError_t error = hipStreamQuery(slot->stream);
    WANT(error == hipSuccess || error == hipErrorNotReady);
    (void)hipGetLastError();
    TRY(hipPointerGetAttributes(&attributes, slot->device[b] + 5));
    WANT(attributes.type == hipMemoryTypeDevice && attributes.device == 0);
    TRY(hipMemGetInfo(&free_bytes, &total));
    WANT(free_bytes <= total);
}

static void time_events(struct thread *thread, struct slot *slot)
{
    hipEvent_t before, after;
    float milliseconds = -1;
    TRY(hipEventCreate(&before));
    TRY(hipEventCreate(&after));
    TRY(hipEventRecord(before, slot->stream));
    scale(thread, slot);
    TRY(hipEventRecord(after, slot->stream));
    TRY(hipEventSynchronize(after));
    TRY(hipEventQuery(before));
    TRY(hipEventElapsedTime(&milliseconds, before, after));
    WANT(milliseconds >= 0);
    TRY(hipEventDestroy(before));
    TRY(hipEventDestroy(after));
}

/* ---- objects come and go ---- */

static void renew_buffer(struct thread *thread, struct slot *slot)
{
    int b = some_buffer(thread);
    if (slot->from_pool[b])
        TRY(hipFreeAsync(slot->device[b], slot->stream));
    else
        TRY(hipFree(slot->device[b]));
    slot->from_pool[b] = stress_random(thread, 8) != 0;
    if (slot->from_pool[b])
        TRY(hipMallocAsync((void **)&slot->device[b], WORDS * 4, slot->stream));
    else
        TRY(hipMalloc((void **)&slot->device[b], WORDS * 4));
    TRY(hipMemsetAsync(slot->device[b], 0x11, WORDS * 4, slot->stream));
    fill_model(slot->model[b], WORDS, 0x11111111);
}

static void renew_stream(struct thread *thread, struct slot *slot)
{
    unsigned flags = stress_random(thread, 2) ? hipStreamNonBlocking : hipStreamDefault;
    TRY(hipStreamDestroy(slot->stream));
    TRY(hipStreamCreateWithPriority(&slot->stream, flags, (int)stress_random(thread, 3) - 1));
}

static void load_module(struct thread *thread, struct slot *slot)
{
    hipModule_t module;
    hipFunction_t function;
    int b = some_buffer(thread);
    int count = WORDS, factor = 3;
    void *args[] = {&slot->device[b], &count, &factor};
    TRY(hipModuleLoad(&module, stress.module));
    TRY(hipModuleGetFunction(&function, module, "scale"));
    TRY(hipModuleLaunchKernel(function, WORDS / 64, 1, 1, 64, 1, 1, 0, slot->stream, args, NULL));
    scale_model(slot->model[b], WORDS, 3);
    TRY(hipStreamSynchronize(slot->stream));
    TRY(hipModuleUnload(module));
}

static void map_memory(struct thread *thread, struct slot *slot)
{
    const hipMemAllocationProp prop = {.type = hipMemAllocationTypePinned,
                                       .location = {hipMemLocationTypeDevice, 0}};
    const hipMemAccessDesc access = {prop.location, hipMemAccessFlagsProtReadWrite};
    hipMemGenericAllocationHandle_t handle;
    size_t size;
    void *address;
    int b = some_buffer(thread);
    TRY(hipMemGetAllocationGranularity(&size, &prop, hipMemAllocationGranularityMinimum));
    TRY(hipMemAddressReserve(&address, size, 0, NULL, 0));
    TRY(hipMemCreate(&handle, size, &prop, 0));
    TRY(hipMemMap(address, size, 0, handle, 0));
    TRY(hipMemRelease(handle));
    TRY(hipMemSetAccess(address, size, &access, 1));
    TRY(hipMemcpyAsync(address, slot->device[b], WORDS * 4, hipMemcpyDeviceToDevice, slot->stream));
    launch_scale(address, WORDS, 7, slot->stream);
    TRY(hipMemcpyAsync(slot->device[b], address, WORDS * 4, hipMemcpyDeviceToDevice, slot->stream));
    scale_model(slot->model[b], WORDS, 7);
    TRY(hipMemUnmap(address, size));
    TRY(hipMemAddressFree(address, size));
}

/* ---- graphs ---- */

static void launch_graph(struct thread *thread, struct slot *slot, hipGraph_t graph,
                         uint32_t launches)
{
    hipGraphExec_t exec;
    TRY(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    for (uint32_t i = 0; i < launches; i++)
        TRY(hipGraphLaunch(exec, slot->stream));
    TRY(hipGraphDestroy(graph));
    TRY(hipGraphExecDestroy(exec));
}

static void build_graph(struct thread *thread, struct slot *slot)
{
    hipGraph_t graph;
    hipGraphNode_t kernel, copy;
    int to = some_buffer(thread), from = (to + 1) % BUFFERS, count = WORDS, factor = 5;
    void *args[] = {&slot->device[from], &count, &factor};
    const hipKernelNodeParams params = {.func = (void *)kernel_scale,
                                        .gridDim = {WORDS / 64, 1, 1},
                                        .blockDim = {64, 1, 1},
                                        .kernelParams = args};
    uint32_t launches = 1 + stress_random(thread, 3);
    TRY(hipGraphCreate(&graph, 0));
    TRY(hipGraphAddKernelNode(&kernel, graph, NULL, 0, &params));
    TRY(hipGraphAddMemcpyNode1D(&copy, graph, &kernel, 1, slot->device[to], slot->device[from],
                                WORDS * 4, hipMemcpyDeviceToDevice));
    launch_graph(thread, slot, graph, launches);
    for (uint32_t i = 0; i < launches; i++)
        scale_model(slot->model[from], WORDS, 5);
    memcpy(slot->model[to], slot->model[from], WORDS * 4);
}

static void capture_graph(struct thread *thread, struct slot *slot)
{
    hipGraph_t graph;
    uint32_t *memory, launches = 1 + stress_random(thread, 3);
    int b = some_buffer(thread);
    pthread_rwlock_wrlock(&stress.capture_lock);
    TRY(hipStreamBeginCapture(slot->stream, hipStreamCaptureModeRelaxed));
    TRY(hipMallocAsync((void **)&memory, WORDS * 4, slot->stream));
    TRY(hipMemcpyAsync(memory, slot->device[b], WORDS * 4, hipMemcpyDeviceToDevice, slot->stream));
    launch_scale((int *)memory, WORDS, 9, slot->stream);
    TRY(hipMemcpyAsync(slot->device[b], memory, WORDS * 4, hipMemcpyDeviceToDevice, slot->stream));
    TRY(hipFreeAsync(memory, slot->stream));
    TRY(hipLaunchHostFunc(slot->stream, count_call, slot));
    TRY(hipStreamEndCapture(slot->stream, &graph));
    pthread_rwlock_unlock(&stress.capture_lock);
    launch_graph(thread, slot, graph, launches);
    for (uint32_t i = 0; i < launches; i++)
        scale_model(slot->model[b], WORDS, 9);
    slot->called_model += launches;
}

/* ---- which waits for everybody, or is everybody's ---- */

static void copy_on_null_stream(struct thread *thread, struct slot *slot)
{
    uint32_t words[WORDS];
    int b = some_buffer(thread);
    TRY(hipStreamSynchronize(slot->stream)); /* it may be a stream that the null stream passes */
    pthread_rwlock_rdlock(&stress.capture_lock);
    TRY(hipMemcpy(words, slot->device[b], sizeof words, hipMemcpyDeviceToHost));
    pthread_rwlock_unlock(&stress.capture_lock);
    WANT(memcmp(words, slot->model[b], sizeof words) == 0);
    thread->checks++;
}

static void wait_for_device(struct thread *thread, struct slot *slot)
{
    pthread_rwlock_rdlock(&stress.capture_lock);
    TRY(hipDeviceSynchronize());
    pthread_rwlock_unlock(&stress.capture_lock);
    WANT(atomic_load(&slot->called) == slot->called_model);
}

static void use_thread_stream(struct thread *thread, struct slot *slot)
{
    int b = some_buffer(thread);
    TRY(hipStreamSynchronize(slot->stream));
    launch_scale((int *)slot->device[b], WORDS, 11, hipStreamPerThread);
    TRY(hipStreamSynchronize(hipStreamPerThread));
    scale_model(slot->model[b], WORDS, 11);
}

static void make_mistakes(struct thread *thread, struct slot *slot)
{
    void *memory = NULL;
    WANT(hipMalloc(NULL, 4) == hipErrorInvalidValue);
    WANT(hipMemcpyAsync(slot->device[0], slot->device[1], WORDS * 8, hipMemcpyDeviceToDevice,
                        slot->stream) == hipErrorInvalidValue);
    WANT(hipFree(slot->device[0] + 1) == hipErrorInvalidValue);
    WANT(hipFreeAsync(memory, slot->stream) == hipErrorInvalidValue);
    (void)hipGetLastError();
}

/* ---- choosing ---- */

static const struct {
    void (*call)(struct thread *thread, struct slot *slot);
    uint32_t weight;
} calls[] = {
    {fill, 12},
    {scale, 25},
    {copy_inside, 12},
    {copy_from_stack, 8},
    {copy_over_pinned, 6},
    {copy_rows, 4},
    {call_host, 5},
    {write_and_wait, 4},
    {check, 10},
    {ask, 5},
    {time_events, 4},
    {renew_buffer, 6},
    {renew_stream, 2},
    {load_module, 1},
    {map_memory, 2},
    {build_graph, 4},
    {capture_graph, 3},
    {copy_on_null_stream, 2},
    {wait_for_device, 1},
    {use_thread_stream, 2},
    {make_mistakes, 1},
};

void stress_call(struct thread *thread, struct slot *slot)
{
    uint32_t total = 0, at;
    size_t i = 0;
    for (size_t k = 0; k < sizeof calls / sizeof calls[0]; k++)
        total += calls[k].weight;
    at = stress_random(thread, total);
    while (at >= calls[i].weight)
        at -= calls[i++].weight;
    calls[i].call(thread, slot);
}

void stress_exchange(struct thread *thread, struct slot *from, struct slot *to)
{
    hipEvent_t ready, taken;
    int a = some_buffer(thread), b = some_buffer(thread);
    TRY(hipEventCreateWithFlags(&ready, hipEventDisableTiming));
    TRY(hipEventCreateWithFlags(&taken, hipEventDisableTiming));
    TRY(hipEventRecord(ready, from->stream));
    TRY(hipStreamWaitEvent(to->stream, ready, 0));
    TRY(hipMemcpyAsync(to->device[b], from->device[a], WORDS * 4, hipMemcpyDeviceToDevice,
                       to->stream));
    TRY(hipEventRecord(taken, to->stream));
    TRY(hipStreamWaitEvent(from->stream, taken, 0));
    memcpy(to->model[b], from->model[a], WORDS * 4);
    TRY(hipEventDestroy(ready));
    TRY(hipEventDestroy(taken));
}
