/* SPDX-License-Identifier: MIT
 * libamdhip64.so.5: programs that were built with ROCm 5 see its numbers and layouts. The program
 * is linked with that soname, and declares what differs as ROCm 5's headers do.
 */
#include "rig.h"

#include <dlfcn.h>
#include <hip/hip_deprecated.h>
#include <sys/eventfd.h>
#include <unistd.h>

enum { OLD_HOST = 0, OLD_DEVICE = 1, OLD_NODE_KERNEL = 1, OLD_NODE_EMPTY = 6 };

struct old_memcpy3d {
    uint32_t src[4];
    int src_type;
    const void *src_host, *src_device, *src_array;
    uint32_t src_pitch, src_height, dst[4];
    int dst_type;
    void *dst_host, *dst_device, *dst_array;
    uint32_t dst_pitch, dst_height, width, height, depth;
};

static void memory_types_have_their_old_numbers(void **state)
{
    int local = 0;
    void *host, *device;
    hipPointerAttribute_t attributes;
    OK(hipHostMalloc(&host, 64, 0));
    OK(hipMalloc(&device, 64));
    OK(hipPointerGetAttributes(&attributes, host));
    assert_int_equal(attributes.type, OLD_HOST);
    OK(hipPointerGetAttributes(&attributes, device));
    assert_int_equal(attributes.type, OLD_DEVICE);
    EXPECT(hipPointerGetAttributes(&attributes, &local), hipErrorInvalidValue);
    int type = -1;
    OK(hipPointerGetAttribute(&type, HIP_POINTER_ATTRIBUTE_MEMORY_TYPE, device));
    assert_int_equal(type, OLD_DEVICE);
    OK(hipFree(device));
    OK(hipHostFree(host));
}

static void copies_take_the_old_struct(void **state)
{
    uint8_t from[64], to[64] = {0};
    void *device;
    for (int i = 0; i < 64; i++)
        from[i] = (uint8_t)i;
    OK(hipMalloc(&device, 64));
    struct old_memcpy3d copy = {.src_type = OLD_HOST,
                                .src_host = from,
                                .src_pitch = 16,
                                .src_height = 2,
                                .dst_type = OLD_DEVICE,
                                .dst_device = device,
                                .dst_pitch = 16,
                                .dst_height = 2,
                                .width = 16,
                                .height = 2,
                                .depth = 2};
    assert_int_equal(sizeof copy, 128);
    OK(hipDrvMemcpy3D((const HIP_MEMCPY3D *)&copy));
    OK(hipMemcpy(to, device, 64, hipMemcpyDeviceToHost));
    assert_memory_equal(from, to, 64);
    memset(to, 0, sizeof to);
    hip_Memcpy2D back = {.srcMemoryType = (hipMemoryType)OLD_DEVICE,
                         .srcDevice = device,
                         .srcPitch = 32,
                         .dstMemoryType = (hipMemoryType)OLD_HOST,
                         .dstHost = to,
                         .dstPitch = 32,
                         .WidthInBytes = 32,
                         .Height = 2};
    OK(hipMemcpyParam2D(&back));
    assert_memory_equal(from, to, 64);
    back.srcMemoryType = (hipMemoryType)11; /* of ROCm 6 */
    EXPECT(hipMemcpyParam2D(&back), hipErrorInvalidValue);
    OK(hipFree(device));
}

/* Nine: read with today's layout, the last one's flags would be beyond the array. */
static void semaphores_take_the_old_parameters(void **state)
{
    enum { COUNT_OF = 9, OLD_WORDS = 34, FLAGS_AT = 16 };
    uint32_t params[COUNT_OF][OLD_WORDS];
    hipExternalSemaphore_t all[COUNT_OF];
    hipStream_t stream;
    uint64_t count = 0;
    int file = eventfd(0, EFD_NONBLOCK);
    const hipExternalSemaphoreHandleDesc desc = {.type = hipExternalSemaphoreHandleTypeOpaqueFd,
                                                 .handle.fd = file};
    memset(params, 0x5A, sizeof params);
    OK(hipImportExternalSemaphore(&all[0], &desc));
    for (int i = 0; i < COUNT_OF; i++) {
        all[i] = all[0];
        params[i][FLAGS_AT] = 0;
    }
    OK(hipStreamCreate(&stream));
    OK(hipSignalExternalSemaphoresAsync(all, (const void *)params, COUNT_OF, stream));
    OK(hipStreamSynchronize(stream));
    assert_int_equal(read(file, &count, sizeof count), sizeof count);
    assert_int_equal(count, COUNT_OF);
    OK(hipSignalExternalSemaphoresAsync(all, (const void *)params, 1, stream));
    OK(hipWaitExternalSemaphoresAsync(all, (const void *)params, 1, stream));
    OK(hipStreamSynchronize(stream));
    assert_true(read(file, &count, sizeof count) < 0);
    params[0][FLAGS_AT] = 1;
    EXPECT(hipSignalExternalSemaphoresAsync(all, (const void *)params, 1, stream),
           hipErrorInvalidValue);
    OK(hipStreamDestroy(stream));
    OK(hipDestroyExternalSemaphore(all[0]));
    close(file);
}

static void graph_nodes_have_their_old_numbers(void **state)
{
    hipGraph_t graph;
    hipGraphNode_t empty;
    hipGraphNodeType type;
    OK(hipGraphCreate(&graph, 0));
    OK(hipGraphAddEmptyNode(&empty, graph, NULL, 0));
    OK(hipGraphNodeGetType(empty, &type));
    assert_int_equal(type, OLD_NODE_EMPTY);
    OK(hipGraphDestroy(graph));
}

/* Its layout began with the name, and ended with 792 bytes; gcnArchName stood at 396. */
static void properties_have_the_old_layout(void **state)
{
    enum { OLD_SIZE = 792, ARCH_NAME_AT = 396 };
    _Alignas(8) char properties[OLD_SIZE + 64];
    memset(properties, 0x5A, sizeof properties);
    hipError_t (*get)(hipDeviceProp_tR0000 *, int) =
        (hipError_t (*)(hipDeviceProp_tR0000 *, int))dlsym(RTLD_DEFAULT, "hipGetDeviceProperties");
    assert_non_null(get);
    OK(get((hipDeviceProp_tR0000 *)properties, 0));
    assert_int_equal(strncmp(properties + ARCH_NAME_AT, "gfx90a", 6), 0);
    for (int i = OLD_SIZE; i < OLD_SIZE + 64; i++)
        assert_int_equal(properties[i], 0x5A);
}

static void the_old_tracer_says_that_it_is_not_there(void **state)
{
    hipError_t (*callback)(void) =
        (hipError_t (*)(void))dlsym(RTLD_DEFAULT, "hipRegisterApiCallback");
    assert_non_null(callback);
    EXPECT(callback(), hipErrorNotSupported);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_types_have_their_old_numbers),
        cmocka_unit_test(copies_take_the_old_struct),
        cmocka_unit_test(semaphores_take_the_old_parameters),
        cmocka_unit_test(graph_nodes_have_their_old_numbers),
        cmocka_unit_test(properties_have_the_old_layout),
        cmocka_unit_test(the_old_tracer_says_that_it_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
