/* SPDX-License-Identifier: MIT
 * libamdhip64.so.7: programs that were built with ROCm 7 get its rules and layouts. The program is
 * linked with that soname.
 */
#include "rig.h"

#include <dlfcn.h>

struct new_memset_params {
    void *dst;
    size_t pitch;
    unsigned value, element_size;
    size_t width, height;
};

static void the_last_error_is_the_last_failure(void **state)
{
    int count;
    (void)hipGetLastError();
    EXPECT(hipSetDevice(99), hipErrorInvalidDevice);
    OK(hipGetDeviceCount(&count));
    EXPECT(hipPeekAtLastError(), hipErrorInvalidDevice);
    EXPECT(hipGetLastError(), hipErrorInvalidDevice);
    EXPECT(hipGetLastError(), hipSuccess);
    EXPECT(hipExtGetLastError(), hipSuccess);
}

static void fills_of_graphs_take_the_new_struct(void **state)
{
    uint32_t data[8];
    void *device;
    hipGraph_t graph;
    hipGraphExec_t exec;
    hipGraphNode_t node;
    OK(hipMalloc(&device, sizeof data));
    OK(hipMemset(device, 0, sizeof data));
    struct new_memset_params fill = {
        .dst = device, .pitch = 16, .value = 7, .element_size = 4, .width = 3, .height = 2};
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddMemsetNode(&node, graph, NULL, 0, (const hipMemsetParams *)&fill));
    struct new_memset_params read = {0};
    OK(hipGraphMemsetNodeGetParams(node, (hipMemsetParams *)&read));
    assert_memory_equal(&read, &fill, sizeof fill);
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphLaunch(exec, NULL));
    OK(hipMemcpy(data, device, sizeof data, hipMemcpyDeviceToHost));
    for (int i = 0; i < 8; i++)
        assert_int_equal(data[i], i % 4 < 3 ? 7 : 0);
    OK(hipGraphExecDestroy(exec));
    OK(hipGraphDestroy(graph));
    OK(hipFree(device));
}

static void attributes_of_null_are_no_error(void **state)
{
    hipPointerAttribute_t attributes;
    OK(hipPointerGetAttributes(&attributes, NULL));
    assert_int_equal(attributes.type, hipMemoryTypeUnregistered);
}

static void new_fills_work(void **state)
{
    uint16_t data[8];
    void *device;
    hipError_t (*fill)(void *, size_t, unsigned short, size_t, size_t) =
        (hipError_t (*)(void *, size_t, unsigned short, size_t, size_t))dlsym(RTLD_DEFAULT,
                                                                              "hipMemsetD2D16");
    assert_non_null(fill);
    OK(hipMalloc(&device, sizeof data));
    OK(hipMemset(device, 0, sizeof data));
    OK(fill(device, 8, 0x1234, 3, 2));
    OK(hipMemcpy(data, device, sizeof data, hipMemcpyDeviceToHost));
    for (int i = 0; i < 8; i++)
        assert_int_equal(data[i], i % 4 < 3 ? 0x1234 : 0);
    OK(hipFree(device));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_last_error_is_the_last_failure),
        cmocka_unit_test(fills_of_graphs_take_the_new_struct),
        cmocka_unit_test(attributes_of_null_are_no_error),
        cmocka_unit_test(new_fills_work),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
