/* SPDX-License-Identifier: MIT
 * What returns before the stream is done, and memory that is reused before its free has run.
 */
#include "rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

enum { BYTES = 1 << 20 };

static _Atomic int gate;

static void wait_for_gate(void *data)
{
    while (!atomic_load(&gate))
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
}

/* The stream stands still until open(). */
static void hold(hipStream_t stream)
{
    atomic_store(&gate, 0);
    OK(hipLaunchHostFunc(stream, wait_for_gate, NULL));
}

static void open_gate(void)
{
    atomic_store(&gate, 1);
    OK(hipDeviceSynchronize());
}

static void memory_is_reused_in_the_stream_that_freed_it(void **state)
{
    char *first, *second, *other, got[2];
    hipStream_t stream, stranger;
    OK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    OK(hipStreamCreateWithFlags(&stranger, hipStreamNonBlocking));
    OK(hipMallocAsync((void **)&first, BYTES, stream));
    hold(stream);
    OK(hipMemsetAsync(first, 1, BYTES, stream));
    OK(hipFreeAsync(first, stream));
    EXPECT(hipFreeAsync(first, stream), hipErrorInvalidValue);
    OK(hipMallocAsync((void **)&other, BYTES, stranger));
    assert_ptr_not_equal(other, first);
    OK(hipMallocAsync((void **)&second, BYTES, stream));
    assert_ptr_equal(second, first);
    OK(hipMemsetAsync(second, 2, BYTES, stream));
    OK(hipMallocAsync((void **)&first, BYTES, stream)); /* `second` is in use */
    assert_ptr_not_equal(second, first);
    open_gate();
    OK(hipMemcpy(got, second, 2, hipMemcpyDeviceToHost));
    assert_int_equal(got[1], 2);
    OK(hipFreeAsync(second, stream));
    OK(hipFreeAsync(first, stream));
    OK(hipFreeAsync(other, stream));
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(stranger));
}

static void a_waiting_stream_may_have_the_memory(void **state)
{
    hipMemPool_t pool;
    char *first, *second;
    hipStream_t stream, waiting;
    hipEvent_t event;
    OK(hipDeviceGetDefaultMemPool(&pool, 0));
    OK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    OK(hipStreamCreateWithFlags(&waiting, hipStreamNonBlocking));
    OK(hipEventCreate(&event));
    for (int follow = 0; follow < 2; follow++) {
        OK(hipMemPoolSetAttribute(pool, hipMemPoolReuseFollowEventDependencies, &follow));
        OK(hipMallocAsync((void **)&first, BYTES, stream));
        hold(stream);
        OK(hipFreeAsync(first, stream));
        OK(hipEventRecord(event, stream));
        OK(hipStreamWaitEvent(waiting, event, 0));
        OK(hipMallocAsync((void **)&second, BYTES, waiting));
        assert_int_equal(second == first, follow);
        open_gate();
        OK(hipFreeAsync(second, waiting));
    }
    OK(hipEventDestroy(event));
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(waiting));
}

static void used_bytes_are_right_after_reuse(void **state)
{
    hipMemPool_t pool;
    uint64_t used;
    char *memory;
    hipStream_t stream;
    OK(hipDeviceGetDefaultMemPool(&pool, 0));
    OK(hipDeviceSynchronize());
    OK(hipStreamCreate(&stream));
    OK(hipMallocAsync((void **)&memory, BYTES, stream));
    hold(stream);
    for (int i = 0; i < 5; i++) {
        char *before = memory;
        OK(hipFreeAsync(memory, stream));
        OK(hipMallocAsync((void **)&memory, BYTES, stream));
        assert_ptr_equal(memory, before);
    }
    open_gate();
    OK(hipMemPoolGetAttribute(pool, hipMemPoolAttrUsedMemCurrent, &used));
    assert_int_equal(used, BYTES);
    OK(hipFreeAsync(memory, stream));
    OK(hipStreamSynchronize(stream));
    OK(hipMemPoolGetAttribute(pool, hipMemPoolAttrUsedMemCurrent, &used));
    assert_int_equal(used, 0);
    OK(hipStreamDestroy(stream));
}

static void fills_of_device_memory_are_not_waited_for(void **state)
{
    char *device, got;
    OK(hipMalloc((void **)&device, BYTES));
    hold(NULL);
    OK(hipMemset(device, 3, BYTES));
    OK(hipMemsetD8(device, 4, BYTES));
    EXPECT(hipStreamQuery(NULL), hipErrorNotReady);
    open_gate();
    OK(hipMemcpy(&got, device, 1, hipMemcpyDeviceToHost));
    assert_int_equal(got, 4);
    OK(hipFree(device));
}

static void *open_later(void *data)
{
    nanosleep(&(struct timespec){.tv_nsec = 20 * 1000 * 1000}, NULL);
    atomic_store(&gate, 1);
    return NULL;
}

static void copies_between_host_memory_are_waited_for(void **state)
{
    char *from, *to;
    pthread_t thread;
    OK(hipHostMalloc((void **)&from, BYTES, hipHostMallocDefault));
    OK(hipHostMalloc((void **)&to, BYTES, hipHostMallocDefault));
    memset(from, 5, BYTES);
    memset(to, 0, BYTES);
    hold(NULL);
    assert_int_equal(pthread_create(&thread, NULL, open_later, NULL), 0);
    OK(hipMemcpyAsync(to, from, BYTES, hipMemcpyHostToHost, NULL));
    assert_int_equal(to[BYTES - 1], 5);
    pthread_join(thread, NULL);
    OK(hipDeviceSynchronize());
    OK(hipHostFree(from));
    OK(hipHostFree(to));
}

static void a_dead_stream_is_a_bad_handle(void **state)
{
    void *memory;
    EXPECT(hipMallocAsync(&memory, BYTES, (hipStream_t)-1), hipErrorInvalidHandle);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_reused_in_the_stream_that_freed_it),
        cmocka_unit_test(a_waiting_stream_may_have_the_memory),
        cmocka_unit_test(used_bytes_are_right_after_reuse),
        cmocka_unit_test(fills_of_device_memory_are_not_waited_for),
        cmocka_unit_test(copies_between_host_memory_are_waited_for),
        cmocka_unit_test(a_dead_stream_is_a_bad_handle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
