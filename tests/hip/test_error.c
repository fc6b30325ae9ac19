/* SPDX-License-Identifier: MIT
 * Errors: names, texts, and what the last error of a thread is.
 */
#include "rig.h"

#include <pthread.h>

struct error_case {
    hipError_t error;
    const char *name, *text;
};

static const struct error_case cases[] = {
    {hipSuccess, "hipSuccess", "no error"},
    {hipErrorInvalidValue, "hipErrorInvalidValue", "invalid argument"},
    {hipErrorMemoryAllocation, "hipErrorOutOfMemory", "out of memory"},
    {hipErrorInitializationError, "hipErrorNotInitialized", "initialization error"},
    {hipErrorInvalidConfiguration, "hipErrorInvalidConfiguration",
     "invalid configuration argument"},
    {hipErrorNoDevice, "hipErrorNoDevice", "no ROCm-capable device is detected"},
    {hipErrorNoBinaryForGpu, "hipErrorNoBinaryForGpu",
     "no kernel image is available for execution on the device"},
    {hipErrorInvalidResourceHandle, "hipErrorInvalidHandle", "invalid resource handle"},
    {hipErrorNotReady, "hipErrorNotReady", "device not ready"},
    {hipErrorIllegalAddress, "hipErrorIllegalAddress", "an illegal memory access was encountered"},
    {hipErrorAssert, "hipErrorAssert", "device-side assert triggered"},
    {hipErrorLaunchFailure, "hipErrorLaunchFailure", "unspecified launch failure"},
    {hipErrorNotSupported, "hipErrorNotSupported", "operation not supported"},
    {hipErrorUnknown, "hipErrorUnknown", "unknown error"},
    {(hipError_t)123456, "hipErrorUnknown", "unknown error"},
};

static void names_and_texts_are_those_of_rocm(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++) {
        assert_string_equal(hipGetErrorName(cases[i].error), cases[i].name);
        assert_string_equal(hipGetErrorString(cases[i].error), cases[i].text);
    }
}

static void driver_forms_tell_known_from_unknown(void **state)
{
    const char *text = NULL;
    OK(hipDrvGetErrorName(hipErrorNotFound, &text));
    assert_string_equal(text, "hipErrorNotFound");
    OK(hipDrvGetErrorString(hipErrorUnknown, &text));
    EXPECT(hipDrvGetErrorName((hipError_t)123456, &text), hipErrorInvalidValue);
    EXPECT(hipDrvGetErrorString(hipErrorNotFound, NULL), hipErrorInvalidValue);
}

static void the_last_error_is_kept_until_it_is_fetched(void **state)
{
    EXPECT(hipSetDevice(99), hipErrorInvalidDevice);
    EXPECT(hipPeekAtLastError(), hipErrorInvalidDevice);
    EXPECT(hipPeekAtLastError(), hipErrorInvalidDevice);
    EXPECT(hipGetLastError(), hipErrorInvalidDevice);
    OK(hipGetLastError());
}

static void a_later_call_replaces_it(void **state)
{
    EXPECT(hipSetDevice(99), hipErrorInvalidDevice);
    OK(hipSetDevice(0));
    OK(hipPeekAtLastError());
}

static void *other_thread(void *data)
{
    *(hipError_t *)data = hipGetLastError();
    return NULL;
}

static void each_thread_has_its_own(void **state)
{
    pthread_t thread;
    hipError_t seen = hipErrorUnknown;
    EXPECT(hipSetDevice(99), hipErrorInvalidDevice);
    assert_int_equal(pthread_create(&thread, NULL, other_thread, &seen), 0);
    pthread_join(thread, NULL);
    assert_int_equal(seen, hipSuccess);
    EXPECT(hipGetLastError(), hipErrorInvalidDevice);
}

static void what_is_not_there_says_so(void **state)
{
    hipArray_t array;
    hipTextureObject_t texture;
    const hipChannelFormatDesc desc = {32, 0, 0, 0, hipChannelFormatKindFloat};
    hipTextureDesc description = {.maxAnisotropy = 16};
    OK(hipMallocArray(&array, &desc, 4, 4, hipArrayDefault));
    hipResourceDesc resource = {.resType = hipResourceTypeArray, .res.array.array = array};
    EXPECT(hipCreateTextureObject(&texture, &resource, &description, NULL), hipErrorNotSupported);
    EXPECT(hipGetLastError(), hipErrorNotSupported);
    OK(hipFreeArray(array));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_texts_are_those_of_rocm),
        cmocka_unit_test(driver_forms_tell_known_from_unknown),
        cmocka_unit_test(the_last_error_is_kept_until_it_is_fetched),
        cmocka_unit_test(a_later_call_replaces_it),
        cmocka_unit_test(each_thread_has_its_own),
        cmocka_unit_test(what_is_not_there_says_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
