/* SPDX-License-Identifier: MIT
 * What returns before the stream is done, memory that is reused before its free has run, and pools:
 * what they keep, for how long, and what they tell.
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
    OK(hipMalloc(&memory, BYTES));
    EXPECT(hipFreeAsync(memory, (hipStream_t)-1), hipErrorInvalidHandle);
    OK(hipFree(memory));
}

/* ---- pools as objects ---- */

static const hipMemPoolProps props = {.allocType = hipMemAllocationTypePinned,
                                      .location = {hipMemLocationTypeDevice, 0}};

static uint64_t told(hipMemPool_t pool, hipMemPoolAttr attribute)
{
    uint64_t value = 77;
    OK(hipMemPoolGetAttribute(pool, attribute, &value));
    return value;
}

static void a_pool_keeps_memory_until_somebody_waits(void **state)
{
    char *first, *second;
    uint64_t threshold = BYTES;
    hipMemPool_t pool;
    hipStream_t stream;
    hipEvent_t event;
    OK(hipMemPoolCreate(&pool, &props));
    OK(hipStreamCreate(&stream));
    OK(hipEventCreate(&event));
    for (int how = 0; how < 3; how++) {
        OK(hipMallocFromPoolAsync((void **)&first, BYTES, pool, stream));
        OK(hipFreeAsync(first, stream));
        assert_int_equal(told(pool, hipMemPoolAttrUsedMemCurrent), 0);
        assert_int_equal(told(pool, hipMemPoolAttrReservedMemCurrent), BYTES);
        OK(hipMallocFromPoolAsync((void **)&second, BYTES - BYTES / 16, pool, stream));
        assert_ptr_equal(second, first); /* a little too large is right */
        OK(hipFreeAsync(second, stream));
        OK(hipEventRecord(event, stream));
        OK(how == 0   ? hipStreamSynchronize(stream)
           : how == 1 ? hipDeviceSynchronize()
                      : hipEventSynchronize(event));
        assert_int_equal(told(pool, hipMemPoolAttrReservedMemCurrent), 0);
    }
    OK(hipMemPoolSetAttribute(pool, hipMemPoolAttrReleaseThreshold, &threshold));
    OK(hipMallocFromPoolAsync((void **)&first, BYTES, pool, stream));
    OK(hipMallocFromPoolAsync((void **)&second, BYTES, pool, stream));
    OK(hipFreeAsync(first, stream));
    OK(hipFreeAsync(second, stream));
    OK(hipStreamSynchronize(stream));
    assert_int_equal(told(pool, hipMemPoolAttrReservedMemCurrent), BYTES);
    assert_int_equal(told(pool, hipMemPoolAttrReservedMemHigh), 2 * BYTES);
    assert_int_equal(told(pool, hipMemPoolAttrUsedMemHigh), 2 * BYTES);
    OK(hipMemPoolTrimTo(pool, 0));
    assert_int_equal(told(pool, hipMemPoolAttrReservedMemCurrent), 0);
    OK(hipMemPoolDestroy(pool));
    OK(hipEventDestroy(event));
    OK(hipStreamDestroy(stream));
}

static void memory_that_a_pool_keeps_is_nobodys(void **state)
{
    void *memory;
    hipMemPool_t pool;
    OK(hipMemPoolCreate(&pool, &props));
    OK(hipMallocFromPoolAsync(&memory, BYTES, pool, NULL));
    OK(hipFreeAsync(memory, NULL));
    EXPECT(hipFreeAsync(memory, NULL), hipErrorInvalidValue);
    EXPECT(hipFree(memory), hipErrorInvalidValue);
    assert_int_equal(told(pool, hipMemPoolAttrReservedMemCurrent), BYTES);
    OK(hipMemPoolDestroy(pool));
}

static void memory_on_its_way_back_is_not_freed_twice(void **state)
{
    pthread_t thread;
    void *memory;
    hipMemPool_t pool;
    OK(hipMemPoolCreate(&pool, &props));
    OK(hipMallocFromPoolAsync(&memory, BYTES, pool, NULL));
    hold(NULL);
    OK(hipFreeAsync(memory, NULL));
    assert_int_equal(pthread_create(&thread, NULL, open_later, NULL), 0);
    EXPECT(hipFree(memory), hipErrorInvalidValue);
    pthread_join(thread, NULL);
    assert_int_equal(told(pool, hipMemPoolAttrUsedMemCurrent), 0);
    OK(hipMemPoolDestroy(pool));
}

/* hipMemPoolReuseAllowOpportunistic: may a stream have what another has freed and finished? */
static void a_strange_stream_gets_memory_if_the_pool_is_opportunistic(void **state)
{
    char *first, *second;
    hipMemPool_t pool;
    hipStream_t stream, stranger;
    OK(hipMemPoolCreate(&pool, &props));
    OK(hipStreamCreate(&stream));
    OK(hipStreamCreate(&stranger));
    for (int may = 0; may < 2; may++) {
        OK(hipMemPoolSetAttribute(pool, hipMemPoolReuseAllowOpportunistic, &may));
        OK(hipMallocFromPoolAsync((void **)&first, BYTES, pool, stream));
        OK(hipFreeAsync(first, stream));
        OK(hipMallocFromPoolAsync((void **)&second, BYTES, pool, stranger));
        assert_int_equal(first == second, may);
        OK(hipFreeAsync(second, stranger));
        OK(hipDeviceSynchronize());
    }
    OK(hipMemPoolDestroy(pool));
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(stranger));
}

static void memory_is_kept_when_a_thread_of_the_stream_frees_it(void **state)
{
    char *first, *second;
    hipMemPool_t pool;
    hipStream_t stream, stranger;
    OK(hipMemPoolCreate(&pool, &props));
    OK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    OK(hipStreamCreateWithFlags(&stranger, hipStreamNonBlocking));
    OK(hipMallocFromPoolAsync((void **)&first, BYTES, pool, stream));
    hold(stream);
    OK(hipFreeAsync(first, stream));
    atomic_store(&gate, 1);
    while (hipStreamQuery(stream) == hipErrorNotReady) /* nobody waits: nothing goes back */
        nanosleep(&(struct timespec){.tv_nsec = 100000}, NULL);
    OK(hipMallocFromPoolAsync((void **)&second, BYTES, pool, stranger));
    assert_ptr_equal(second, first);
    OK(hipFreeAsync(second, stranger));
    OK(hipMemPoolDestroy(pool));
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(stranger));
}

static void a_pool_does_not_outgrow_its_size(void **state)
{
    hipMemPoolProps small = props;
    void *first, *second = &small;
    hipMemPool_t pool;
    small.maxSize = 2 * BYTES;
    OK(hipMemPoolCreate(&pool, &small));
    OK(hipMallocFromPoolAsync(&first, BYTES, pool, NULL));
    EXPECT(hipMallocFromPoolAsync(&second, BYTES + 1, pool, NULL), hipErrorOutOfMemory);
    assert_null(second);
    OK(hipMallocFromPoolAsync(&second, BYTES, pool, NULL));
    OK(hipFreeAsync(first, NULL));
    OK(hipFreeAsync(second, NULL));
    OK(hipMallocFromPoolAsync(&first, 2 * BYTES, pool, NULL)); /* what is kept makes room */
    OK(hipFreeAsync(first, NULL));
    OK(hipMemPoolDestroy(pool));
}

static void a_pool_may_go_before_its_memory(void **state)
{
    char *first, *second, got;
    hipMemPool_t pool, current;
    hipStream_t stream;
    OK(hipMemPoolCreate(&pool, &props));
    OK(hipDeviceSetMemPool(0, pool));
    OK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    OK(hipMallocAsync((void **)&first, BYTES, stream));
    OK(hipMallocAsync((void **)&second, BYTES, stream));
    hold(stream);
    OK(hipFreeAsync(first, stream));
    OK(hipMemPoolDestroy(pool)); /* does not wait for the stream */
    EXPECT(hipMemPoolDestroy(pool), hipErrorInvalidValue);
    EXPECT(hipMallocFromPoolAsync((void **)&first, 1, pool, stream), hipErrorInvalidValue);
    OK(hipDeviceGetMemPool(&current, 0));
    assert_ptr_not_equal(current, pool);
    OK(hipMemsetAsync(second, 6, BYTES, stream));
    EXPECT(hipStreamQuery(stream), hipErrorNotReady);
    open_gate();
    OK(hipMemcpy(&got, second, 1, hipMemcpyDeviceToHost));
    assert_int_equal(got, 6);
    OK(hipFreeAsync(second, stream));
    OK(hipStreamSynchronize(stream));
    EXPECT(hipFree(second), hipErrorInvalidValue);
    OK(hipStreamDestroy(stream));
}

static void high_marks_are_reset_to_zero(void **state)
{
    void *memory;
    uint64_t zero = 0, one = 1;
    hipMemPool_t pool;
    OK(hipMemPoolCreate(&pool, &props));
    OK(hipMallocFromPoolAsync(&memory, BYTES, pool, NULL));
    for (int i = 0; i < 2; i++) {
        hipMemPoolAttr high = i ? hipMemPoolAttrUsedMemHigh : hipMemPoolAttrReservedMemHigh;
        hipMemPoolAttr now = i ? hipMemPoolAttrUsedMemCurrent : hipMemPoolAttrReservedMemCurrent;
        assert_int_equal(told(pool, high), BYTES);
        EXPECT(hipMemPoolSetAttribute(pool, high, &one), hipErrorInvalidValue);
        EXPECT(hipMemPoolSetAttribute(pool, now, &zero), hipErrorInvalidValue);
        OK(hipMemPoolSetAttribute(pool, high, &zero));
        assert_int_equal(told(pool, high), 0);
    }
    OK(hipFree(memory));
    OK(hipMemPoolDestroy(pool));
}

static void access_to_a_pool_is_what_was_told(void **state)
{
    hipMemAccessFlags flags;
    hipMemPool_t pool;
    hipMemAccessDesc one = {{hipMemLocationTypeDevice, 1}, hipMemAccessFlagsProtRead};
    hipMemAccessDesc own = {{hipMemLocationTypeDevice, 0}, hipMemAccessFlagsProtRead};
    OK(hipMemPoolCreate(&pool, &props));
    OK(hipMemPoolGetAccess(&flags, pool, &own.location));
    assert_int_equal(flags, hipMemAccessFlagsProtReadWrite);
    OK(hipMemPoolGetAccess(&flags, pool, &one.location));
    assert_int_equal(flags, hipMemAccessFlagsProtNone);
    OK(hipMemPoolSetAccess(pool, &one, 1));
    OK(hipMemPoolSetAccess(pool, &own, 1)); /* the pool's own device is not asked */
    OK(hipMemPoolGetAccess(&flags, pool, &one.location));
    assert_int_equal(flags, hipMemAccessFlagsProtRead);
    OK(hipMemPoolGetAccess(&flags, pool, &own.location));
    assert_int_equal(flags, hipMemAccessFlagsProtReadWrite);
    one.flags = hipMemAccessFlagsProtNone;
    EXPECT(hipMemPoolSetAccess(pool, &one, 1), hipErrorInvalidDevice);
    one.location.id = 2;
    EXPECT(hipMemPoolSetAccess(pool, &one, 1), hipErrorInvalidDevice);
    EXPECT(hipMemPoolGetAccess(&flags, pool, &one.location), hipErrorInvalidValue);
    OK(hipMemPoolDestroy(pool));
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
        cmocka_unit_test(a_pool_keeps_memory_until_somebody_waits),
        cmocka_unit_test(memory_that_a_pool_keeps_is_nobodys),
        cmocka_unit_test(memory_on_its_way_back_is_not_freed_twice),
        cmocka_unit_test(a_strange_stream_gets_memory_if_the_pool_is_opportunistic),
        cmocka_unit_test(memory_is_kept_when_a_thread_of_the_stream_frees_it),
        cmocka_unit_test(a_pool_does_not_outgrow_its_size),
        cmocka_unit_test(a_pool_may_go_before_its_memory),
        cmocka_unit_test(high_marks_are_reset_to_zero),
        cmocka_unit_test(access_to_a_pool_is_what_was_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
