/* SPDX-License-Identifier: MIT
 * hipDeviceReset: what ends, what stays, and that the other device does not notice.
 */
#include "rig.h"

#include <pthread.h>

enum { BYTES = 1 << 16 };

static void memory_and_streams_end(void **state)
{
    void *memory, *async, *pooled, *other;
    const hipMemPoolProps props = {.allocType = hipMemAllocationTypePinned,
                                   .location = {hipMemLocationTypeDevice, 0}};
    size_t before, after, total;
    hipStream_t stream;
    hipMemPool_t pool;
    unsigned flags;
    OK(hipMemGetInfo(&before, &total));
    OK(hipSetDevice(1));
    OK(hipMalloc(&other, BYTES));
    OK(hipSetDevice(0));
    OK(hipMalloc(&memory, BYTES));
    OK(hipStreamCreate(&stream));
    OK(hipMemPoolCreate(&pool, &props));
    OK(hipDeviceSetMemPool(0, pool));
    OK(hipMallocAsync(&async, BYTES, stream));
    OK(hipMallocAsync(&pooled, BYTES, stream));
    OK(hipFreeAsync(pooled, stream));
    OK(hipMemsetAsync(async, 1, BYTES, stream));
    OK(hipSetDeviceFlags(hipDeviceScheduleBlockingSync));
    OK(hipDeviceReset());
    EXPECT(hipFree(memory), hipErrorInvalidValue);
    EXPECT(hipFree(async), hipErrorInvalidValue);
    EXPECT(hipFree(pooled), hipErrorInvalidValue);
    EXPECT(hipStreamQuery(stream), hipErrorContextIsDestroyed);
    EXPECT(hipStreamDestroy(stream), hipErrorContextIsDestroyed);
    EXPECT(hipMemPoolDestroy(pool), hipErrorInvalidValue);
    OK(hipGetDeviceFlags(&flags));
    assert_int_equal(flags, hipDeviceScheduleSpin);
    OK(hipMemGetInfo(&after, &total));
    assert_int_equal(after, before);
    OK(hipFree(other));
}

static void the_device_works_on(void **state)
{
    int *memory, value = 21;
    hipMemPool_t pool, standard;
    OK(hipMallocAsync((void **)&memory, 4, NULL));
    OK(hipDeviceReset());
    OK(hipDeviceGetMemPool(&pool, 0));
    OK(hipDeviceGetDefaultMemPool(&standard, 0));
    assert_ptr_equal(pool, standard);
    uint64_t used = 1;
    OK(hipMemPoolGetAttribute(pool, hipMemPoolAttrUsedMemCurrent, &used));
    assert_int_equal(used, 0);
    OK(hipMallocAsync((void **)&memory, 4, NULL));
    OK(hipMemcpy(memory, &value, 4, hipMemcpyHostToDevice));
    launch_scale(memory, 1, 2, NULL);
    OK(hipMemcpy(&value, memory, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 42);
    OK(hipFree(memory));
}

static void *use_own_stream(void *data)
{
    int *pinned = data;
    for (int i = 0; i < 2; i++) {
        launch_scale(pinned, 1, 3, hipStreamPerThread);
        if (hipStreamSynchronize(hipStreamPerThread) != hipSuccess)
            return "the thread's own stream";
        if (i == 0 && hipDeviceReset() != hipSuccess)
            return "reset";
    }
    return NULL;
}

/* Streams of threads are made again; host memory, events and arrays stay. */
static void what_stays(void **state)
{
    const hipChannelFormatDesc desc = {32, 0, 0, 0, hipChannelFormatKindSigned};
    int *pinned, value = 0;
    pthread_t thread;
    void *failed;
    hipEvent_t event;
    hipArray_t array;
    OK(hipHostMalloc((void **)&pinned, 4, 0));
    OK(hipEventCreate(&event));
    OK(hipMallocArray(&array, &desc, 4, 0, 0));
    *pinned = 1;
    OK(hipMemcpy2DToArray(array, 0, 0, pinned, 4, 4, 1, hipMemcpyHostToDevice));
    OK(hipStreamSynchronize(hipStreamPerThread));
    OK(hipEventRecord(event, hipStreamPerThread));
    pthread_create(&thread, NULL, use_own_stream, pinned);
    pthread_join(thread, &failed);
    if (failed != NULL)
        fail_msg("%s", (const char *)failed);
    assert_int_equal(*pinned, 9);
    OK(hipEventSynchronize(event));
    OK(hipStreamSynchronize(hipStreamPerThread));
    OK(hipEventRecord(event, hipStreamPerThread));
    OK(hipMemcpy2DFromArray(&value, 4, array, 0, 0, 4, 1, hipMemcpyDeviceToHost));
    assert_int_equal(value, 1);
    OK(hipFreeArray(array));
    OK(hipEventDestroy(event));
    OK(hipHostFree(pinned));
}

static void a_capture_ends_with_its_stream(void **state)
{
    hipStream_t stream;
    hipGraph_t graph;
    OK(hipStreamCreate(&stream));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeRelaxed));
    OK(hipDeviceReset());
    EXPECT(hipStreamEndCapture(stream, &graph), hipErrorContextIsDestroyed);
    OK(hipDeviceSynchronize());
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_and_streams_end),
        cmocka_unit_test(the_device_works_on),
        cmocka_unit_test(what_stays),
        cmocka_unit_test(a_capture_ends_with_its_stream),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
