/* SPDX-License-Identifier: MIT
 * A client that we did not write: LLVM's own offload runtime, whose AMDGPU plugin opens
 * libhsa-runtime64.so by name, runs a kernel on it with device, host and managed memory. Built only
 * where LLVM's library is installed (Debian: liboffload-22-dev).
 */
#include <stdbool.h> /* LLVM's header needs it */

#include <offload/OffloadAPI.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <cmocka.h>

enum { COUNT = 1 << 14 };

struct devices {
    ol_device_handle_t gpu, host;
};

static void ok(ol_result_t result, int line)
{
    if (result != OL_SUCCESS)
        fail_msg("line %d: code %d: %s", line, (int)result->Code, result->Details);
}
#define OK(call) ok((call), __LINE__)

static bool take(ol_device_handle_t device, void *data)
{
    struct devices *devices = data;
    ol_device_type_t type;
    OK(olGetDeviceInfo(device, OL_DEVICE_INFO_TYPE, sizeof type, &type));
    if (type == OL_DEVICE_TYPE_GPU)
        devices->gpu = device;
    else
        devices->host = device;
    return true;
}

static void llvm_runs_a_kernel(void **state)
{
    static int32_t host[COUNT];
    static char code[1 << 20];
    struct devices devices = {0};
    ol_program_handle_t program;
    ol_symbol_handle_t kernel;
    ol_queue_handle_t queue;
    struct {
        void *a, *b, *c;
    } arguments;
    FILE *file = fopen(KERNEL_FOLDER "/basic.co", "rb");
    assert_non_null(file);
    size_t size = fread(code, 1, sizeof code, file);
    fclose(file);
    OK(olInit());
    OK(olIterateDevices(take, &devices));
    assert_non_null(devices.gpu);
    OK(olCreateProgram(devices.gpu, code, size, &program));
    OK(olGetSymbol(program, "add", OL_SYMBOL_KIND_KERNEL, &kernel));
    OK(olCreateQueue(devices.gpu, &queue));
    OK(olMemAlloc(devices.gpu, OL_ALLOC_TYPE_DEVICE, sizeof host, &arguments.a));
    OK(olMemAlloc(devices.gpu, OL_ALLOC_TYPE_MANAGED, sizeof host, &arguments.b));
    OK(olMemAlloc(devices.gpu, OL_ALLOC_TYPE_HOST, sizeof host, &arguments.c));
    for (int i = 0; i < COUNT; i++)
        host[i] = i;
    OK(olMemcpy(queue, arguments.a, devices.gpu, host, devices.host, sizeof host));
    OK(olMemcpy(queue, arguments.b, devices.gpu, host, devices.host, sizeof host));
    ol_kernel_launch_size_args_t shape = {1, {COUNT / 64, 1, 1}, {64, 1, 1}, 0};
    for (int i = 0; i < 5; i++)
        OK(olLaunchKernel(queue, devices.gpu, kernel, &arguments, sizeof arguments, &shape));
    OK(olMemcpy(queue, host, devices.host, arguments.c, devices.gpu, sizeof host));
    OK(olSyncQueue(queue));
    for (int i = 0; i < COUNT; i++)
        if (host[i] != 2 * i)
            fail_msg("element %d is %d", i, host[i]);
    OK(olMemFree(arguments.a));
    OK(olMemFree(arguments.b));
    OK(olMemFree(arguments.c));
    OK(olDestroyQueue(queue));
    OK(olDestroyProgram(program));
    OK(olShutDown());
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(llvm_runs_a_kernel)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
