/* SPDX-License-Identifier: MIT
 * Devices: properties, attributes, choosing, contexts, peers, looking functions up.
 * CAIRN_DEVICES=gfx90a,gfx90a is set by the build.
 */
#include "rig.h"

#include <hip/hip_deprecated.h>
#include <pthread.h>

#pragma GCC diagnostic ignored "-Wdeprecated-declarations"

static void there_are_the_configured_devices(void **state)
{
    int count = 0;
    OK(hipGetDeviceCount(&count));
    assert_int_equal(count, 2);
    EXPECT(hipGetDeviceCount(NULL), hipErrorInvalidValue);
}

static void properties_are_those_of_the_chip(void **state)
{
    hipDeviceProp_t props;
    memset(&props, 0xAA, sizeof props);
    OK(hipGetDeviceProperties(&props, 0));
    assert_int_equal(strncmp(props.gcnArchName, "gfx90a", 6), 0);
    assert_int_equal(props.major, 9);
    assert_int_equal(props.minor, 0);
    assert_int_equal(props.warpSize, 64);
    assert_int_equal(props.maxThreadsPerBlock, 1024);
    assert_int_equal(props.sharedMemPerBlock, 65536);
    assert_int_equal(props.cooperativeMultiDeviceLaunch, 1);
    assert_true(props.totalGlobalMem > 0);
    assert_true(props.multiProcessorCount > 0);
    assert_true(strlen(props.name) > 0 && strlen(props.name) < sizeof props.name);
    EXPECT(hipGetDeviceProperties(&props, 2), hipErrorInvalidDevice);
    EXPECT(hipGetDeviceProperties(NULL, 0), hipErrorInvalidValue);
}

static void attributes_agree_with_properties(void **state)
{
    hipDeviceProp_t props;
    OK(hipGetDeviceProperties(&props, 0));
    const struct {
        hipDeviceAttribute_t attribute;
        int want;
    } rows[] = {
        {hipDeviceAttributeWarpSize, props.warpSize},
        {hipDeviceAttributeMaxThreadsPerBlock, props.maxThreadsPerBlock},
        {hipDeviceAttributeMultiprocessorCount, props.multiProcessorCount},
        {hipDeviceAttributeMaxGridDimX, props.maxGridSize[0]},
        {hipDeviceAttributeMaxSharedMemoryPerBlock, (int)props.sharedMemPerBlock},
        {hipDeviceAttributeComputeCapabilityMajor, 9},
        {hipDeviceAttributeCooperativeLaunch, 1},
        {hipDeviceAttributeImageSupport, 1},
        {hipDeviceAttributeMaxTexture3DDepth, props.maxTexture3D[2]},
        {hipDeviceAttributeMaxTexture2DLayered, 16384},
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        int value = -1;
        OK(hipDeviceGetAttribute(&value, rows[i].attribute, 0));
        assert_int_equal(value, rows[i].want);
    }
    int value;
    EXPECT(hipDeviceGetAttribute(&value, (hipDeviceAttribute_t)5000, 0), hipErrorInvalidValue);
    EXPECT(hipDeviceGetAttribute(&value, hipDeviceAttributeWarpSize, 7), hipErrorInvalidDevice);
}

static void old_layout_says_the_same(void **state)
{
    hipDeviceProp_t props;
    hipDeviceProp_tR0000 old;
    OK(hipGetDeviceProperties(&props, 1));
    OK(hipGetDevicePropertiesR0000(&old, 1));
    assert_string_equal(old.name, props.name);
    assert_string_equal(old.gcnArchName, props.gcnArchName);
    assert_int_equal(old.totalGlobalMem, props.totalGlobalMem);
    assert_int_equal(old.warpSize, props.warpSize);
}

static void *device_of_new_thread(void *data)
{
    OK(hipGetDevice(data));
    return NULL;
}

static void the_device_belongs_to_the_thread(void **state)
{
    int device = -1;
    pthread_t thread;
    OK(hipSetDevice(1));
    assert_int_equal(pthread_create(&thread, NULL, device_of_new_thread, &device), 0);
    pthread_join(thread, NULL);
    assert_int_equal(device, 0);
    OK(hipGetDevice(&device));
    assert_int_equal(device, 1);
    EXPECT(hipSetDevice(-1), hipErrorInvalidDevice);
    EXPECT(hipSetDevice(2), hipErrorInvalidDevice);
    OK(hipSetDevice(0));
}

static void memory_goes_to_the_current_device(void **state)
{
    hipPointerAttribute_t attributes;
    void *memory;
    OK(hipSetDevice(1));
    OK(hipMalloc(&memory, 4096));
    OK(hipSetDevice(0));
    OK(hipPointerGetAttributes(&attributes, memory));
    assert_int_equal(attributes.device, 1);
    OK(hipFree(memory));
}

static void peers_see_each_others_memory(void **state)
{
    int can = -1, *memory, value = 21;
    OK(hipDeviceCanAccessPeer(&can, 0, 1));
    assert_int_equal(can, 1);
    OK(hipDeviceCanAccessPeer(&can, 0, 0));
    assert_int_equal(can, 0);
    OK(hipDeviceEnablePeerAccess(1, 0));
    EXPECT(hipDeviceEnablePeerAccess(1, 0), hipErrorPeerAccessAlreadyEnabled);
    OK(hipSetDevice(1));
    OK(hipMalloc((void **)&memory, 4));
    OK(hipMemcpy(memory, &value, 4, hipMemcpyHostToDevice));
    OK(hipSetDevice(0));
    launch_scale(memory, 1, 2, NULL);
    OK(hipMemcpy(&value, memory, 4, hipMemcpyDeviceToHost));
    assert_int_equal(value, 42);
    OK(hipDeviceDisablePeerAccess(1));
    EXPECT(hipDeviceDisablePeerAccess(1), hipErrorPeerAccessNotEnabled);
    OK(hipFree(memory));
}

static void contexts_are_devices(void **state)
{
    hipCtx_t first, current;
    int device;
    OK(hipCtxCreate(&first, 0, 1));
    OK(hipCtxGetCurrent(&current));
    assert_ptr_equal(first, current);
    OK(hipGetDevice(&device));
    assert_int_equal(device, 1);
    OK(hipCtxDestroy(first));
    OK(hipGetDevice(&device));
    assert_int_equal(device, 0);
    EXPECT(hipCtxPushCurrent((hipCtx_t)&device), hipErrorInvalidContext);
}

static void functions_are_found_by_name(void **state)
{
    hipDriverProcAddressQueryResult result;
    void *function = NULL, *versioned = NULL;
    OK(hipGetProcAddress("hipMalloc", &function, 600, 0, &result));
    assert_int_equal(result, HIP_GET_PROC_ADDRESS_SUCCESS);
    assert_ptr_equal(function, (void *)(hipError_t (*)(void **, size_t))hipMalloc);
    OK(hipGetProcAddress("hipGetDeviceProperties", &versioned, 600, 0, &result));
    assert_ptr_equal(versioned, (void *)hipGetDeviceProperties);
    EXPECT(hipGetProcAddress("hipNoSuchThing", &function, 600, 0, &result), hipErrorInvalidValue);
    assert_int_equal(result, HIP_GET_PROC_ADDRESS_SYMBOL_NOT_FOUND);
}

static void versions_are_6_4(void **state)
{
    int version = 0;
    OK(hipRuntimeGetVersion(&version));
    assert_int_equal(version / 100000, 604);
    OK(hipDriverGetVersion(&version));
    assert_int_equal(version / 100000, 604);
}

static void a_bus_id_leads_back_to_its_device(void **state)
{
    char text[32];
    int device = -1;
    OK(hipDeviceGetPCIBusId(text, sizeof text, 1));
    OK(hipDeviceGetByPCIBusId(&device, text));
    assert_int_equal(device, 1);
    EXPECT(hipDeviceGetByPCIBusId(&device, "nonsense"), hipErrorInvalidValue);
    memset(text, 'x', sizeof text);
    EXPECT(hipDeviceGetPCIBusId(text, 12, 1), hipErrorInvalidValue);
    assert_int_equal(strlen(text), 11); /* what fits is there anyway */
    OK(hipDeviceGetPCIBusId(text, 13, 1));
}

static void a_device_is_chosen_that_has_all_that_is_wanted(void **state)
{
    hipDeviceProp_t want = {0};
    int device = -1;
    OK(hipChooseDevice(&device, &want));
    assert_int_equal(device, 0);
    want.major = 9;
    want.warpSize = 64;
    OK(hipChooseDevice(&device, &want));
    assert_int_equal(device, 0);
    want.multiProcessorCount = 1 << 20; /* nobody has: the first */
    device = -1;
    OK(hipChooseDevice(&device, &want));
    assert_int_equal(device, 0);
}

static void flags_of_a_device_are_those_of_its_context(void **state)
{
    unsigned flags;
    hipCtx_t context;
    OK(hipGetDeviceFlags(&flags));
    assert_int_equal(flags, hipDeviceScheduleSpin);
    OK(hipCtxCreate(&context, hipDeviceScheduleYield, 0));
    OK(hipGetDeviceFlags(&flags));
    assert_int_equal(flags, hipDeviceScheduleYield);
    OK(hipCtxGetFlags(&flags));
    assert_int_equal(flags, hipDeviceScheduleYield);
    OK(hipCtxDestroy(context));
    OK(hipSetDeviceFlags(hipDeviceScheduleSpin));
}

static void a_context_is_active_when_something_was_asked_of_its_device(void **state)
{
    unsigned flags = 9;
    int active = 9;
    void *memory;
    OK(hipDevicePrimaryCtxGetState(1, &flags, &active));
    assert_int_equal(flags, 0);
    assert_int_equal(active, 0);
    OK(hipSetDevice(1));
    OK(hipMalloc(&memory, 1));
    OK(hipFree(memory));
    OK(hipSetDevice(0));
    OK(hipDevicePrimaryCtxGetState(1, &flags, &active));
    assert_int_equal(active, 1);
}

static void peers_tell_what_lies_between_them(void **state)
{
    int value;
    uint32_t type, hops;
    OK(hipExtGetLinkTypeAndHopCount(0, 1, &type, &hops));
    OK(hipDeviceGetP2PAttribute(&value, hipDevP2PAttrPerformanceRank, 0, 1));
    assert_int_equal(value, type);
    OK(hipDeviceGetP2PAttribute(&value, hipDevP2PAttrAccessSupported, 0, 1));
    assert_int_equal(value, 1);
    OK(hipDeviceGetP2PAttribute(&value, hipDevP2PAttrHipArrayAccessSupported, 0, 1));
    assert_int_equal(value, 1); /* two of a kind */
    EXPECT(hipDeviceGetP2PAttribute(&value, hipDevP2PAttrAccessSupported, 0, 0),
           hipErrorInvalidDevice);
}

static void limits_are_what_was_set(void **state)
{
    size_t before, after;
    OK(hipDeviceGetLimit(&before, hipLimitPrintfFifoSize));
    assert_int_equal(before, 4 << 20); /* ROCm's: 4096 bytes an item of the largest block */
    OK(hipDeviceGetLimit(&before, hipLimitMallocHeapSize));
    OK(hipDeviceSetLimit(hipLimitMallocHeapSize, before + 4096));
    OK(hipDeviceGetLimit(&after, hipLimitMallocHeapSize));
    assert_int_equal(after, before + 4096);
    OK(hipDeviceSetLimit(hipLimitMallocHeapSize, before));
    EXPECT(hipDeviceSetLimit(hipLimitMallocHeapSize, SIZE_MAX), hipErrorInvalidValue);
    OK(hipDeviceGetLimit(&before, hipLimitStackSize));
    OK(hipDeviceSetLimit(hipLimitStackSize, 2001));
    OK(hipDeviceGetLimit(&after, hipLimitStackSize));
    assert_int_equal(after, 2016); /* lanes' stacks begin at multiples of 16 */
    EXPECT(hipDeviceSetLimit(hipLimitStackSize, 128 * 1024), hipErrorInvalidValue);
    OK(hipDeviceSetLimit(hipLimitStackSize, before));
    EXPECT(hipDeviceSetLimit((enum hipLimit_t)0xffff, 1), hipErrorInvalidValue);
    EXPECT(hipDeviceGetLimit(&after, (enum hipLimit_t)0xffff), hipErrorInvalidValue);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_context_is_active_when_something_was_asked_of_its_device),
        cmocka_unit_test(flags_of_a_device_are_those_of_its_context),
        cmocka_unit_test(there_are_the_configured_devices),
        cmocka_unit_test(properties_are_those_of_the_chip),
        cmocka_unit_test(attributes_agree_with_properties),
        cmocka_unit_test(old_layout_says_the_same),
        cmocka_unit_test(the_device_belongs_to_the_thread),
        cmocka_unit_test(memory_goes_to_the_current_device),
        cmocka_unit_test(peers_see_each_others_memory),
        cmocka_unit_test(contexts_are_devices),
        cmocka_unit_test(functions_are_found_by_name),
        cmocka_unit_test(versions_are_6_4),
        cmocka_unit_test(a_bus_id_leads_back_to_its_device),
        cmocka_unit_test(a_device_is_chosen_that_has_all_that_is_wanted),
        cmocka_unit_test(peers_tell_what_lies_between_them),
        cmocka_unit_test(limits_are_what_was_set),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
