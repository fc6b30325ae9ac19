/* SPDX-License-Identifier: MIT
 * Kernels that go wrong: a clear error through the stream, the process lives, other streams and the
 * next launch are right. CAIRN_WATCHDOG_MS stops the endless one.
 */
#include "rig.h"

static const dim3 one = {1, 1, 1};

static void next_launch_is_right(hipStream_t stream)
{
    int *data, value = 2;
    OK(hipMalloc((void **)&data, 4));
    OK(hipMemcpy(data, &value, 4, hipMemcpyHostToDevice));
    launch_scale(data, 1, 8, stream);
    OK(hipGetLastError());
    OK(hipStreamSynchronize(stream));
    OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 16);
    OK(hipFree(data));
}

struct fault_case {
    const char *why;
    const void **kernel;
    bool has_argument;
    uintptr_t argument;
    hipError_t error;
};

static const struct fault_case faults[] = {
    {"store to unmapped memory", &kernel_wild, true, 0x123456780000, hipErrorIllegalAddress},
    {"store to a null pointer", &kernel_wild, true, 0, hipErrorIllegalAddress},
    {"trap", &kernel_trap, false, 0, hipErrorLaunchFailure},
    {"illegal instruction", &kernel_illegal, false, 0, hipErrorLaunchFailure},
};

static void each_fault_is_reported_once_and_passes(void **state)
{
    hipStream_t stream, other;
    OK(hipStreamCreate(&stream));
    OK(hipStreamCreateWithFlags(&other, hipStreamNonBlocking));
    for (size_t i = 0; i < COUNT(faults); i++) {
        uintptr_t argument = faults[i].argument;
        void *args[] = {&argument};
        OK(hipLaunchKernel(*faults[i].kernel, one, one, faults[i].has_argument ? args : NULL, 0,
                           stream));
        hipError_t error = hipStreamSynchronize(stream);
        if (error != faults[i].error)
            fail_msg("%s: %s", faults[i].why, hipGetErrorName(error));
        OK(hipStreamSynchronize(stream));
        next_launch_is_right(other);
        next_launch_is_right(stream);
    }
    OK(hipStreamDestroy(stream));
    OK(hipStreamDestroy(other));
}

static void work_behind_a_fault_is_dropped(void **state)
{
    int *data, value = 5;
    hipStream_t stream;
    hipEvent_t event;
    OK(hipStreamCreate(&stream));
    OK(hipEventCreate(&event));
    OK(hipMalloc((void **)&data, 4));
    OK(hipMemcpy(data, &value, 4, hipMemcpyHostToDevice));
    launch_wild((int *)0x1000, stream);
    launch_scale(data, 1, 100, stream);
    (void)hipEventRecord(event, stream);
    EXPECT(hipStreamSynchronize(stream), hipErrorIllegalAddress);
    OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 5);
    OK(hipEventDestroy(event));
    OK(hipFree(data));
    OK(hipStreamDestroy(stream));
}

static void the_device_reports_faults_of_all_streams(void **state)
{
    hipStream_t stream;
    OK(hipStreamCreateWithFlags(&stream, hipStreamNonBlocking));
    launch_wild((int *)0x1000, stream);
    EXPECT(hipDeviceSynchronize(), hipErrorIllegalAddress);
    OK(hipDeviceSynchronize());
    OK(hipStreamDestroy(stream));
}

static void a_copy_behind_a_fault_reports_it(void **state)
{
    int *data, value = 1;
    OK(hipMalloc((void **)&data, 4));
    launch_wild((int *)0x1000, NULL);
    EXPECT(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost), hipErrorIllegalAddress);
    OK(hipMemcpy(&value, data, 4, hipMemcpyDeviceToHost));
    OK(hipFree(data));
}

static void a_store_past_an_allocation_is_caught(void **state)
{
    char *memory;
    OK(hipMalloc((void **)&memory, 4096));
    launch_wild((int *)(memory + (1 << 20)), NULL);
    EXPECT(hipDeviceSynchronize(), hipErrorIllegalAddress);
    OK(hipFree(memory));
}

static void an_endless_kernel_is_stopped_by_the_watchdog(void **state)
{
    int *data;
    OK(hipMalloc((void **)&data, 4));
    void *args[] = {&data};
    OK(hipLaunchKernel(kernel_forever, one, one, args, 0, NULL));
    EXPECT(hipDeviceSynchronize(), hipErrorLaunchTimeOut);
    next_launch_is_right(NULL);
    OK(hipFree(data));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_is_reported_once_and_passes),
        cmocka_unit_test(work_behind_a_fault_is_dropped),
        cmocka_unit_test(the_device_reports_faults_of_all_streams),
        cmocka_unit_test(a_copy_behind_a_fault_reports_it),
        cmocka_unit_test(a_store_past_an_allocation_is_caught),
        cmocka_unit_test(an_endless_kernel_is_stopped_by_the_watchdog),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
