/* SPDX-License-Identifier: MIT
 * Pools under pressure: another thread that fills a queue, memory freed twice, other ways to
 * allocate that need what pools keep, and handles that come back for another object.
 */
#include "rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

enum { BYTES = 1 << 20, LARGE = 200 << 20, MORE_THAN_A_QUEUE = 1500, RESETS = 20 };

static void wait_a_second(void *data)
{
    nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
    atomic_store((_Atomic bool *)data, true);
}

static void *fill_queue(void *stream)
{
    for (int i = 0; i < MORE_THAN_A_QUEUE; i++)
        launch_bump(1, 1, stream);
    return NULL;
}

/* A thread waits for room in a queue that waits for a free; another asks whether it may have the
 * memory. Nobody may be kept from doing the free. */
static void a_full_queue_does_not_stop_the_free(void **state)
{
    char *first, *second;
    hipStream_t stream, other;
    pthread_t filler;
    _Atomic bool open = false;
    alarm(60);
    OK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    OK(hipStreamCreateWithFlags(&other, hipStreamNonBlocking));
    OK(hipMallocAsync((void **)&first, BYTES, stream));
    OK(hipLaunchHostFunc(stream, wait_a_second, &open));
    OK(hipFreeAsync(first, stream));
    pthread_create(&filler, NULL, fill_queue, stream);
    nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    OK(hipMallocAsync((void **)&second, BYTES, other));
    assert_true(second != first || atomic_load(&open));
    pthread_join(filler, NULL);
    OK(hipFreeAsync(second, other));
    OK(hipDeviceSynchronize());
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(other));
    alarm(0);
}

/* A graph that frees memory from outside it can do that once. */
static void a_graph_does_not_free_what_the_pool_keeps(void **state)
{
    uint64_t all = UINT64_MAX, none = 0;
    hipMemPool_t pool;
    hipStream_t stream;
    hipGraph_t graph;
    hipGraphExec_t exec;
    char *memory;
    OK(hipDeviceGetDefaultMemPool(&pool, 0));
    OK(hipMemPoolSetAttribute(pool, hipMemPoolAttrReleaseThreshold, &all));
    OK(hipStreamCreate(&stream));
    OK(hipMallocAsync((void **)&memory, BYTES, stream));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
    OK(hipFreeAsync(memory, stream));
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphLaunch(exec, stream));
    OK(hipStreamSynchronize(stream));
    (void)hipGraphLaunch(exec, stream);
    (void)hipStreamSynchronize(stream);
    OK(hipMallocAsync((void **)&memory, BYTES, stream));
    OK(hipMemsetAsync(memory, 1, BYTES, stream));
    OK(hipStreamSynchronize(stream));
    OK(hipFreeAsync(memory, stream));
    OK(hipMemPoolSetAttribute(pool, hipMemPoolAttrReleaseThreshold, &none));
    OK(hipStreamSynchronize(stream));
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipStreamDestroy(stream));
}

static void physical_memory_may_be_what_pools_keep(void **state)
{
    const hipMemAllocationProp prop = {.type = hipMemAllocationTypePinned,
                                       .location = {hipMemLocationTypeDevice, 0}};
    uint64_t all = UINT64_MAX, none = 0;
    hipMemGenericAllocationHandle_t handle;
    hipMemPool_t pool;
    char *memory;
    OK(hipDeviceGetDefaultMemPool(&pool, 0));
    OK(hipMemPoolSetAttribute(pool, hipMemPoolAttrReleaseThreshold, &all));
    OK(hipMallocAsync((void **)&memory, LARGE, NULL));
    OK(hipFreeAsync(memory, NULL));
    OK(hipDeviceSynchronize());
    OK(hipMemCreate(&handle, LARGE, &prop, 0));
    OK(hipMemRelease(handle));
    OK(hipMemPoolSetAttribute(pool, hipMemPoolAttrReleaseThreshold, &none));
}

static void memory_given_out_again_has_no_past(void **state)
{
    unsigned one = 1;
    bool waits = true;
    char *first, *second;
    OK(hipMallocAsync((void **)&first, BYTES, NULL));
    OK(hipPointerSetAttribute(&one, HIP_POINTER_ATTRIBUTE_SYNC_MEMOPS, first));
    OK(hipFreeAsync(first, NULL));
    OK(hipMallocAsync((void **)&second, BYTES, NULL));
    assert_ptr_equal(second, first);
    OK(hipPointerGetAttribute(&waits, HIP_POINTER_ATTRIBUTE_SYNC_MEMOPS, second));
    assert_false(waits);
    OK(hipFree(second));
}

/* A node that frees may be made again when its graph is gone. */
static void memory_of_a_graph_may_be_freed_by_another_graph(void **state)
{
    hipMemAllocNodeParams params = {.poolProps = {.allocType = hipMemAllocationTypePinned,
                                                  .location = {hipMemLocationTypeDevice, 0}},
                                    .bytesize = BYTES};
    hipGraph_t allocates, frees;
    hipGraphNode_t node;
    OK(hipGraphCreate(&allocates, 0));
    OK(hipGraphAddMemAllocNode(&node, allocates, NULL, 0, &params));
    for (int i = 0; i < 2; i++) {
        OK(hipGraphCreate(&frees, 0));
        OK(hipGraphAddMemFreeNode(&node, frees, NULL, 0, params.dptr));
        EXPECT(hipGraphAddMemFreeNode(&node, frees, NULL, 0, params.dptr), hipErrorInvalidValue);
        OK(hipGraphDestroy(frees));
    }
    OK(hipGraphDestroy(allocates));
}

/* The event's stream is gone; another at its address captures. */
static void an_event_does_not_mistake_a_stream(void **state)
{
    enum { STREAMS = 64 };
    hipStream_t gone, streams[STREAMS];
    hipStreamCaptureStatus status;
    hipGraph_t graph;
    hipEvent_t event;
    int count = 0;
    OK(hipEventCreate(&event));
    OK(hipStreamCreate(&gone));
    OK(hipEventRecord(event, gone));
    OK(hipStreamSynchronize(gone));
    OK(hipStreamDestroy(gone));
    do
        OK(hipStreamCreate(&streams[count]));
    while (streams[count++] != gone && count < STREAMS);
    if (streams[count - 1] == gone) {
        OK(hipStreamBeginCapture(gone, hipStreamCaptureModeRelaxed));
        OK(hipEventQuery(event));
        OK(hipStreamIsCapturing(gone, &status));
        assert_int_equal(status, hipStreamCaptureStatusActive);
        OK(hipStreamEndCapture(gone, &graph));
        OK(hipGraphDestroy(graph));
    }
    for (int i = 0; i < count; i++)
        OK(hipStreamDestroy(streams[i]));
    OK(hipEventDestroy(event));
}

static void *reset_often(void *data)
{
    (void)data;
    for (int i = 0; i < RESETS; i++) {
        hipStream_t stream;
        void *memory;
        (void)hipStreamCreate(&stream);
        (void)hipMalloc(&memory, BYTES);
        (void)hipDeviceReset();
    }
    return NULL;
}

/* Each thread of a program may end with a reset. */
static void threads_reset_at_the_same_time(void **state)
{
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, reset_often, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    OK(hipDeviceReset());
}

static void *use_own_stream(void *data)
{
    (void)data;
    for (int i = 0; i < RESETS; i++)
        (void)hipStreamQuery(hipStreamPerThread);
    return NULL;
}

/* The stream of a thread is only the thread's to destroy. */
static void threads_keep_their_streams_while_others_reset(void **state)
{
    for (int round = 0; round < 50; round++) {
        pthread_t threads[2];
        for (int i = 0; i < 2; i++)
            pthread_create(&threads[i], NULL, use_own_stream, NULL);
        OK(hipDeviceReset());
        for (int i = 0; i < 2; i++)
            pthread_join(threads[i], NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_queue_does_not_stop_the_free),
        cmocka_unit_test(a_graph_does_not_free_what_the_pool_keeps),
        cmocka_unit_test(physical_memory_may_be_what_pools_keep),
        cmocka_unit_test(memory_given_out_again_has_no_past),
        cmocka_unit_test(memory_of_a_graph_may_be_freed_by_another_graph),
        cmocka_unit_test(an_event_does_not_mistake_a_stream),
        cmocka_unit_test(threads_reset_at_the_same_time),
        cmocka_unit_test(threads_keep_their_streams_while_others_reset),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
