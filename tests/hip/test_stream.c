/* SPDX-License-Identifier: MIT
 * Streams and events: order, the null stream's rule, waiting, callbacks, times.
 */
#include "rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

/* A kernel that waits for *flag lets the tests see what has not happened yet. */
struct held {
    int *flag;   /* 0 holds */
    int *result; /* 1 when the kernel is over */
};

static int make_held(struct held *held)
{
    OK(hipHostMalloc((void **)&held->flag, 64, 0));
    held->result = held->flag + 8;
    held->flag[0] = 0;
    held->result[0] = 0;
    return 0;
}

static void free_held(struct held *held)
{
    OK(hipHostFree(held->flag));
}

static void a_stream_is_busy_until_its_work_is_done(void **state)
{
    struct held held;
    hipStream_t stream;
    make_held(&held);
    OK(hipStreamCreate(&stream));
    OK(hipStreamQuery(stream));
    launch_hold(held.flag, 1, held.result, stream);
    OK(hipGetLastError());
    EXPECT(hipStreamQuery(stream), hipErrorNotReady);
    held.flag[0] = 1;
    OK(hipStreamSynchronize(stream));
    OK(hipStreamQuery(stream));
    assert_int_equal(held.result[0], 1);
    OK(hipStreamDestroy(stream));
    free_held(&held);
}

static void work_of_a_stream_is_in_order(void **state)
{
    enum { N = 1000 };
    int *data, host[N], *pinned;
    hipStream_t stream;
    OK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    OK(hipMalloc((void **)&data, sizeof host));
    OK(hipHostMalloc((void **)&pinned, sizeof host, 0));
    for (int round = 0; round < 20; round++) {
        OK(hipMemsetD32Async(data, 1, N, stream));
        launch_scale(data, N, 3, stream);
        launch_scale(data, N, 5, stream);
        OK(hipMemcpyAsync(pinned, data, sizeof host, hipMemcpyDeviceToHost, stream));
        launch_scale(pinned, N, 2, stream);
        OK(hipStreamSynchronize(stream));
        for (int i = 0; i < N; i++)
            assert_int_equal(pinned[i], 30);
    }
    OK(hipFree(data));
    OK(hipHostFree(pinned));
    OK(hipStreamDestroy(stream));
}

static void streams_run_beside_each_other(void **state)
{
    struct held held;
    int *data, value = 4;
    hipStream_t slow, quick;
    make_held(&held);
    OK(hipStreamCreate(&slow));
    OK(hipStreamCreate(&quick));
    OK(hipMalloc((void **)&data, 4));
    OK(hipMemcpy(data, &value, 4, hipMemcpyHostToDevice));
    launch_hold(held.flag, 1, held.result, slow);
    launch_scale(data, 1, 2, quick);
    OK(hipStreamSynchronize(quick));
    EXPECT(hipStreamQuery(slow), hipErrorNotReady);
    held.flag[0] = 1;
    OK(hipStreamSynchronize(slow));
    OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 8);
    OK(hipFree(data));
    OK(hipStreamDestroy(slow));
    OK(hipStreamDestroy(quick));
    free_held(&held);
}

static void *release_later(void *flag)
{
    usleep(20000);
    *(volatile int *)flag = 1;
    return NULL;
}

/* The legacy rule: null stream work waits for blocking streams, and they for it. */
static void the_null_stream_waits_for_blocking_streams(void **state)
{
    struct held held;
    int value = 0;
    pthread_t thread;
    hipStream_t blocking;
    make_held(&held);
    OK(hipStreamCreate(&blocking));
    launch_hold(held.flag, 1, held.result, blocking);
    pthread_create(&thread, NULL, release_later, held.flag);
    OK(hipMemcpy(&value, held.result, 4, hipMemcpyDefault));
    assert_int_equal(value, 1);
    pthread_join(thread, NULL);
    /* and the other way round */
    held.flag[0] = held.result[0] = 0;
    launch_hold(held.flag, 1, held.result, NULL);
    launch_scale(held.result, 1, 7, blocking);
    EXPECT(hipStreamQuery(blocking), hipErrorNotReady);
    held.flag[0] = 1;
    OK(hipStreamSynchronize(blocking));
    assert_int_equal(held.result[0], 7);
    OK(hipStreamDestroy(blocking));
    free_held(&held);
}

static void non_blocking_streams_ignore_the_null_stream(void **state)
{
    struct held held;
    int *data, value = 1;
    hipStream_t stream;
    make_held(&held);
    OK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    OK(hipMalloc((void **)&data, 4));
    OK(hipMemcpy(data, &value, 4, hipMemcpyHostToDevice));
    launch_hold(held.flag, 1, held.result, NULL);
    launch_scale(data, 1, 9, stream);
    OK(hipStreamSynchronize(stream));
    EXPECT(hipStreamQuery(NULL), hipErrorNotReady);
    held.flag[0] = 1;
    OK(hipDeviceSynchronize());
    OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 9);
    OK(hipFree(data));
    OK(hipStreamDestroy(stream));
    free_held(&held);
}

static void a_stream_waits_for_an_event_of_another(void **state)
{
    struct held held;
    hipStream_t first, second;
    hipEvent_t event;
    make_held(&held);
    OK(hipStreamCreateWithFlags(&first, hipStreamNonBlocking));
    OK(hipStreamCreateWithFlags(&second, hipStreamNonBlocking));
    OK(hipEventCreateWithFlags(&event, hipEventDisableTiming));
    launch_hold(held.flag, 1, held.result, first);
    OK(hipEventRecord(event, first));
    EXPECT(hipEventQuery(event), hipErrorNotReady);
    OK(hipStreamWaitEvent(second, event, 0));
    EXPECT(hipStreamQuery(second), hipErrorNotReady);
    launch_scale(held.result, 1, 6, second);
    held.flag[0] = 1;
    OK(hipStreamSynchronize(second));
    assert_int_equal(held.result[0], 6);
    OK(hipEventQuery(event));
    OK(hipEventDestroy(event));
    OK(hipStreamDestroy(first));
    OK(hipStreamDestroy(second));
    free_held(&held);
}

static void events_measure_time(void **state)
{
    struct held held;
    hipEvent_t start, stop, plain;
    pthread_t thread;
    float ms = -1;
    make_held(&held);
    OK(hipEventCreate(&start));
    OK(hipEventCreate(&stop));
    OK(hipEventCreateWithFlags(&plain, hipEventDisableTiming));
    EXPECT(hipEventElapsedTime(&ms, start, stop), hipErrorInvalidHandle);
    OK(hipEventQuery(start));
    OK(hipEventRecord(start, NULL));
    launch_hold(held.flag, 1, held.result, NULL);
    OK(hipEventRecord(stop, NULL));
    EXPECT(hipEventElapsedTime(&ms, start, stop), hipErrorNotReady);
    pthread_create(&thread, NULL, release_later, held.flag);
    OK(hipEventSynchronize(stop));
    pthread_join(thread, NULL);
    OK(hipEventElapsedTime(&ms, start, stop));
    assert_true(ms > 5 && ms < 5000);
    OK(hipEventRecord(plain, NULL));
    OK(hipEventSynchronize(plain));
    EXPECT(hipEventElapsedTime(&ms, start, plain), hipErrorInvalidHandle);
    EXPECT(hipEventElapsedTime(NULL, start, stop), hipErrorInvalidValue);
    OK(hipEventDestroy(start));
    EXPECT(hipEventDestroy(start), hipErrorContextIsDestroyed);
    EXPECT(hipEventDestroy(NULL), hipErrorInvalidHandle);
    EXPECT(hipEventRecord(start, NULL), hipErrorInvalidHandle);
    OK(hipEventDestroy(stop));
    OK(hipEventDestroy(plain));
    free_held(&held);
}

static void launches_can_carry_their_own_events(void **state)
{
    hipEvent_t start, stop;
    int *data;
    void *args[3];
    int n = 64, factor = 2;
    float ms = -1;
    OK(hipEventCreate(&start));
    OK(hipEventCreate(&stop));
    OK(hipMalloc((void **)&data, 256));
    args[0] = &data;
    args[1] = &n;
    args[2] = &factor;
    OK(hipExtLaunchKernel(kernel_scale, (dim3){1, 1, 1}, (dim3){64, 1, 1}, args, 0, NULL, start,
                          stop, 0));
    OK(hipEventSynchronize(stop));
    OK(hipEventElapsedTime(&ms, start, stop));
    assert_true(ms > 0 && ms < 1000);
    OK(hipFree(data));
    OK(hipEventDestroy(start));
    OK(hipEventDestroy(stop));
}

struct seen {
    atomic_int count;
    int value;
    hipError_t status;
    int *watch;
};

static void on_host(void *user)
{
    struct seen *seen = user;
    seen->value = *seen->watch;
    atomic_fetch_add(&seen->count, 1);
}

static void on_callback(hipStream_t stream, hipError_t status, void *user)
{
    struct seen *seen = user;
    seen->status = status;
    atomic_fetch_add(&seen->count, 10);
}

static void host_functions_run_in_their_place(void **state)
{
    int *data;
    struct seen seen = {.status = hipErrorUnknown};
    hipStream_t stream;
    OK(hipStreamCreate(&stream));
    OK(hipHostMalloc((void **)&data, 4, 0));
    *data = 3;
    seen.watch = data;
    launch_scale(data, 1, 2, stream);
    OK(hipLaunchHostFunc(stream, on_host, &seen));
    launch_scale(data, 1, 5, stream);
    OK(hipStreamAddCallback(stream, on_callback, &seen, 0));
    OK(hipStreamSynchronize(stream));
    assert_int_equal(seen.value, 6);
    assert_int_equal(*data, 30);
    assert_int_equal(atomic_load(&seen.count), 11);
    assert_int_equal(seen.status, hipSuccess);
    EXPECT(hipLaunchHostFunc(stream, NULL, NULL), hipErrorInvalidValue);
    EXPECT(hipStreamAddCallback(stream, on_callback, NULL, 1), hipErrorInvalidValue);
    OK(hipHostFree(data));
    OK(hipStreamDestroy(stream));
}

static void streams_wait_for_values_in_memory(void **state)
{
    uint32_t *word;
    hipStream_t first, second;
    OK(hipStreamCreateWithFlags(&first, hipStreamNonBlocking));
    OK(hipStreamCreateWithFlags(&second, hipStreamNonBlocking));
    OK(hipHostMalloc((void **)&word, 64, 0));
    word[0] = 0;
    OK(hipStreamWaitValue32(first, word, 5, hipStreamWaitValueEq, UINT32_MAX));
    EXPECT(hipStreamQuery(first), hipErrorNotReady);
    OK(hipStreamWriteValue32(second, word, 5, 0));
    OK(hipStreamSynchronize(first));
    EXPECT(hipStreamWaitValue32(first, NULL, 5, 0, UINT32_MAX), hipErrorInvalidValue);
    hipStreamBatchMemOpParams ops[2] = {
        {.writeValue = {hipStreamMemOpWriteValue32, word, {.value = 7}, 0, NULL}},
        {.waitValue = {
             hipStreamMemOpWaitValue32, word, {.value = 7}, hipStreamWaitValueGte, NULL}}};
    OK(hipStreamBatchMemOp(first, 2, ops, 0));
    OK(hipStreamSynchronize(first));
    assert_int_equal(word[0], 7);
    /* there is no sign, and only what is in memory is masked */
    word[0] = 0xFFFFFFF0u;
    OK(hipStreamWaitValue32(first, word, 5, hipStreamWaitValueGte, UINT32_MAX));
    OK(hipStreamWaitValue32(first, word, 0xF0, hipStreamWaitValueEq, 0xFF));
    OK(hipStreamSynchronize(first));
    word[0] = 4;
    OK(hipStreamWaitValue32(first, word, 0xFFFFFFFFu, hipStreamWaitValueGte, UINT32_MAX));
    EXPECT(hipStreamQuery(first), hipErrorNotReady);
    OK(hipStreamWriteValue32(second, word, 0xFFFFFFFFu, 0));
    OK(hipStreamSynchronize(first));
    OK(hipHostFree(word));
    OK(hipStreamDestroy(first));
    OK(hipStreamDestroy(second));
}

static void *writes_five(void *word)
{
    usleep(20000);
    __atomic_store_n((uint32_t *)word, 5, __ATOMIC_RELEASE);
    return NULL;
}

/* Memory that the runtime has not seen before, and device memory. */
static void values_are_read_in_one_piece(void **state)
{
    static uint32_t plain;
    uint32_t *words[2] = {&plain, NULL};
    OK(hipMalloc((void **)&words[1], 64));
    OK(hipMemset(words[1], 0, 64));
    for (size_t i = 0; i < 2; i++) {
        pthread_t writer;
        OK(hipStreamWaitValue32(NULL, words[i], 5, hipStreamWaitValueEq, UINT32_MAX));
        assert_int_equal(pthread_create(&writer, NULL, writes_five, words[i]), 0);
        OK(hipStreamSynchronize(NULL));
        assert_int_equal(pthread_join(writer, NULL), 0);
    }
    OK(hipFree(words[1]));
}

static void properties_of_streams(void **state)
{
    int least, greatest, priority;
    unsigned flags;
    hipStream_t stream;
    OK(hipDeviceGetStreamPriorityRange(&least, &greatest));
    assert_true(greatest < least);
    OK(hipStreamCreateWithPriority(&stream, hipStreamNonBlocking, greatest));
    OK(hipStreamGetPriority(stream, &priority));
    assert_int_equal(priority, greatest);
    OK(hipStreamGetFlags(stream, &flags));
    assert_int_equal(flags, hipStreamNonBlocking);
    EXPECT(hipStreamGetFlags(NULL, &flags), hipErrorInvalidValue);
    OK(hipStreamDestroy(stream));
    EXPECT(hipStreamCreateWithFlags(&stream, 0x55), hipErrorInvalidValue);
    EXPECT(hipStreamCreate(NULL), hipErrorInvalidValue);
}

static void a_destroyed_handle_is_an_error(void **state)
{
    hipStream_t stream;
    OK(hipStreamCreate(&stream));
    OK(hipStreamDestroy(stream));
    EXPECT(hipStreamSynchronize(stream), hipErrorContextIsDestroyed);
    EXPECT(hipStreamDestroy(NULL), hipErrorInvalidHandle);
}

static void *use_own_stream(void *data)
{
    int *memory = data, value = 0;
    launch_scale(memory, 1, 2, hipStreamPerThread);
    OK(hipStreamSynchronize(hipStreamPerThread));
    OK(hipMemcpy(&value, memory, 4, hipMemcpyDefault));
    return (void *)(intptr_t)value;
}

static void every_thread_has_a_stream_of_its_own(void **state)
{
    int *memory;
    pthread_t threads[4];
    OK(hipHostMalloc((void **)&memory, sizeof threads * 4, 0));
    for (int i = 0; i < 4; i++) {
        memory[i] = i + 1;
        pthread_create(&threads[i], NULL, use_own_stream, &memory[i]);
    }
    for (int i = 0; i < 4; i++) {
        void *value;
        pthread_join(threads[i], &value);
        assert_int_equal((intptr_t)value, 2 * (i + 1));
    }
    OK(hipHostFree(memory));
}

/* More than the stream's queue holds, behind a value that nobody has written yet. */
static void *launch_thousands(void *stream)
{
    int *data;
    OK(hipHostMalloc((void **)&data, 4, 0));
    for (int i = 0; i < 5000; i++)
        launch_scale(data, 1, 1, stream);
    OK(hipStreamSynchronize(stream));
    OK(hipHostFree(data));
    return NULL;
}

static void others_work_while_a_full_queue_waits_for_them(void **state)
{
    uint32_t *value;
    hipStream_t full, other;
    pthread_t thread;
    alarm(60);
    OK(hipHostMalloc((void **)&value, 4, 0));
    *value = 0;
    OK(hipStreamCreateWithFlags(&full, hipStreamNonBlocking));
    OK(hipStreamCreateWithFlags(&other, hipStreamNonBlocking));
    OK(hipStreamWaitValue32(full, value, 1, hipStreamWaitValueEq, ~0u));
    pthread_create(&thread, NULL, launch_thousands, full);
    usleep(200000);
    OK(hipStreamWriteValue32(other, value, 1, 0));
    OK(hipStreamSynchronize(other));
    pthread_join(thread, NULL);
    alarm(0);
    OK(hipStreamDestroy(full));
    OK(hipStreamDestroy(other));
    OK(hipHostFree(value));
}

static void a_forked_child_is_told_that_it_has_no_devices(void **state)
{
    int *memory, status;
    OK(hipMalloc((void **)&memory, 4));
    pid_t pid = fork();
    if (pid == 0) {
        void *own;
        hipError_t error = hipMalloc(&own, 4);
        _exit(error == hipErrorNotInitialized && hipStreamSynchronize(NULL) == error ? 0 : 1);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_int_equal(status, 0);
    OK(hipMemset(memory, 0, 4));
    OK(hipFree(memory));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_is_busy_until_its_work_is_done),
        cmocka_unit_test(work_of_a_stream_is_in_order),
        cmocka_unit_test(streams_run_beside_each_other),
        cmocka_unit_test(the_null_stream_waits_for_blocking_streams),
        cmocka_unit_test(non_blocking_streams_ignore_the_null_stream),
        cmocka_unit_test(a_stream_waits_for_an_event_of_another),
        cmocka_unit_test(events_measure_time),
        cmocka_unit_test(launches_can_carry_their_own_events),
        cmocka_unit_test(host_functions_run_in_their_place),
        cmocka_unit_test(streams_wait_for_values_in_memory),
        cmocka_unit_test(values_are_read_in_one_piece),
        cmocka_unit_test(properties_of_streams),
        cmocka_unit_test(a_destroyed_handle_is_an_error),
        cmocka_unit_test(every_thread_has_a_stream_of_its_own),
        cmocka_unit_test(others_work_while_a_full_queue_waits_for_them),
        cmocka_unit_test(a_forked_child_is_told_that_it_has_no_devices),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
