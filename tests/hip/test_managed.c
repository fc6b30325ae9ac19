/* SPDX-License-Identifier: MIT
 * Advice and prefetching of managed memory, which hold for pages.
 */
#include "rig.h"

enum { PAGE = 4096 };

static int asked(hipMemRangeAttribute attribute, const char *at, size_t size)
{
    int value = 77;
    OK(hipMemRangeGetAttribute(&value, sizeof value, attribute, at, size));
    return value;
}

static void advice_holds_for_the_pages_that_it_touches(void **state)
{
    char *memory;
    OK(hipMallocManaged((void **)&memory, 4 * PAGE, hipMemAttachGlobal));
    OK(hipMemAdvise(memory, PAGE, hipMemAdviseSetReadMostly, 0));
    assert_int_equal(asked(hipMemRangeAttributeReadMostly, memory, PAGE), 1);
    assert_int_equal(asked(hipMemRangeAttributeReadMostly, memory, 2 * PAGE), 0);
    OK(hipMemAdvise(memory + PAGE / 2, PAGE, hipMemAdviseSetAccessedBy, 0));
    assert_int_equal(asked(hipMemRangeAttributeAccessedBy, memory, 2 * PAGE), 0);
    assert_int_equal(asked(hipMemRangeAttributeAccessedBy, memory, 3 * PAGE), hipInvalidDeviceId);
    OK(hipMemAdvise(memory, 4 * PAGE, hipMemAdviseSetPreferredLocation, 1));
    assert_int_equal(asked(hipMemRangeAttributePreferredLocation, memory, 4 * PAGE), 1);
    OK(hipMemAdvise(memory + 3 * PAGE, 1, hipMemAdviseUnsetPreferredLocation, 1));
    assert_int_equal(asked(hipMemRangeAttributePreferredLocation, memory, 4 * PAGE),
                     hipInvalidDeviceId);
    assert_int_equal(asked(hipMemRangeAttributePreferredLocation, memory, 3 * PAGE), 1);
    OK(hipFree(memory));
}

static void a_prefetch_is_remembered_by_pages(void **state)
{
    char *memory;
    OK(hipMallocManaged((void **)&memory, 3 * PAGE, hipMemAttachGlobal));
    assert_int_equal(asked(hipMemRangeAttributeLastPrefetchLocation, memory, 3 * PAGE),
                     hipInvalidDeviceId);
    OK(hipMemPrefetchAsync(memory + PAGE / 4, PAGE / 2, 1, NULL));
    assert_int_equal(asked(hipMemRangeAttributeLastPrefetchLocation, memory, PAGE), 1);
    assert_int_equal(asked(hipMemRangeAttributeLastPrefetchLocation, memory, 3 * PAGE),
                     hipInvalidDeviceId);
    EXPECT(hipMemPrefetchAsync(memory, PAGE, 9, NULL), hipErrorInvalidDevice);
    EXPECT(hipMemPrefetchAsync(memory, 0, 9, NULL), hipErrorInvalidValue);
    OK(hipMemPrefetchAsync(memory, 3 * PAGE, hipCpuDeviceId, NULL));
    assert_int_equal(asked(hipMemRangeAttributeLastPrefetchLocation, memory, 3 * PAGE),
                     hipCpuDeviceId);
    OK(hipFree(memory));
}

static void grain_of_a_range_may_be_mixed(void **state)
{
    char *memory;
    OK(hipMallocManaged((void **)&memory, 2 * PAGE, hipMemAttachGlobal));
    assert_int_equal(asked(hipMemRangeAttributeCoherencyMode, memory, 2 * PAGE),
                     hipMemRangeCoherencyModeFineGrain);
    OK(hipMemAdvise(memory, PAGE, hipMemAdviseSetCoarseGrain, 0));
    assert_int_equal(asked(hipMemRangeAttributeCoherencyMode, memory, PAGE),
                     hipMemRangeCoherencyModeCoarseGrain);
    assert_int_equal(asked(hipMemRangeAttributeCoherencyMode, memory, 2 * PAGE),
                     hipMemRangeCoherencyModeIndeterminate);
    OK(hipFree(memory));
}

static void only_managed_memory_can_be_asked(void **state)
{
    int value;
    void *host, *device;
    OK(hipHostMalloc(&host, PAGE, hipHostMallocDefault));
    OK(hipMalloc(&device, PAGE));
    EXPECT(hipMemRangeGetAttribute(&value, 4, hipMemRangeAttributeReadMostly, host, PAGE),
           hipErrorInvalidValue);
    EXPECT(hipMemRangeGetAttribute(&value, 4, hipMemRangeAttributeReadMostly, device, PAGE),
           hipErrorInvalidValue);
    OK(hipHostFree(host));
    OK(hipFree(device));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(advice_holds_for_the_pages_that_it_touches),
        cmocka_unit_test(a_prefetch_is_remembered_by_pages),
        cmocka_unit_test(grain_of_a_range_may_be_mixed),
        cmocka_unit_test(only_managed_memory_can_be_asked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
