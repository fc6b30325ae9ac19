/* SPDX-License-Identifier: MIT
 * Memory and semaphores of other interfaces, by file descriptor.
 */
#include "rig.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

static int make_file(size_t size)
{
    int file = memfd_create("external", MFD_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, (off_t)size), 0);
    return file;
}

static void a_kernel_works_on_the_memory_of_a_file(void **state)
{
    enum { SIZE = 8192, N = 256 };
    int file = make_file(SIZE);
    int *host = mmap(NULL, SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    assert_ptr_not_equal(host, MAP_FAILED);
    for (int i = 0; i < N; i++)
        host[1024 + i] = i;
    const hipExternalMemoryHandleDesc desc = {
        .type = hipExternalMemoryHandleTypeOpaqueFd, .handle.fd = file, .size = SIZE};
    const hipExternalMemoryBufferDesc part = {.offset = 4096, .size = 4096};
    hipExternalMemory_t external;
    int *device;
    OK(hipImportExternalMemory(&external, &desc));
    OK(hipExternalMemoryGetMappedBuffer((void **)&device, external, &part));
    close(file);
    launch_scale(device, N, 3, NULL);
    OK(hipDeviceSynchronize());
    for (int i = 0; i < N; i++)
        assert_int_equal(host[1024 + i], 3 * i);
    OK(hipDestroyExternalMemory(external)); /* the buffer keeps the memory */
    EXPECT(hipDestroyExternalMemory(external), hipErrorInvalidValue);
    int first = -1;
    OK(hipMemcpy(&first, device + 7, sizeof first, hipMemcpyDeviceToHost));
    assert_int_equal(first, 21);
    OK(hipFree(device));
    munmap(host, SIZE);
}

static void bad_memory_is_refused(void **state)
{
    int file = make_file(4096);
    hipExternalMemoryHandleDesc desc = {
        .type = hipExternalMemoryHandleTypeOpaqueFd, .handle.fd = file, .size = 4096};
    hipExternalMemoryBufferDesc part = {.offset = 0, .size = 8192};
    hipExternalMemory_t external;
    void *device;
    EXPECT(hipImportExternalMemory(NULL, &desc), hipErrorInvalidValue);
    EXPECT(hipImportExternalMemory(&external, NULL), hipErrorInvalidValue);
    desc.size = 0;
    EXPECT(hipImportExternalMemory(&external, &desc), hipErrorInvalidValue);
    desc.size = 1 << 20; /* more than the file has */
    EXPECT(hipImportExternalMemory(&external, &desc), hipErrorInvalidValue);
    desc.size = 4096;
    desc.type = hipExternalMemoryHandleTypeD3D12Heap;
    EXPECT(hipImportExternalMemory(&external, &desc), hipErrorNotSupported);
    desc.type = (hipExternalMemoryHandleType)77;
    EXPECT(hipImportExternalMemory(&external, &desc), hipErrorInvalidValue);
    desc.type = hipExternalMemoryHandleTypeOpaqueFd;
    desc.handle.fd = -1;
    EXPECT(hipImportExternalMemory(&external, &desc), hipErrorInvalidValue);
    desc.handle.fd = file;
    OK(hipImportExternalMemory(&external, &desc));
    EXPECT(hipExternalMemoryGetMappedBuffer(&device, external, &part), hipErrorInvalidValue);
    EXPECT(hipExternalMemoryGetMappedBuffer(NULL, external, &part), hipErrorInvalidValue);
    EXPECT(hipExternalMemoryGetMappedBuffer(&device, NULL, &part), hipErrorInvalidValue);
    OK(hipDestroyExternalMemory(external));
    close(file);
}

static hipExternalSemaphore_t import(int file)
{
    const hipExternalSemaphoreHandleDesc desc = {.type = hipExternalSemaphoreHandleTypeOpaqueFd,
                                                 .handle.fd = file};
    hipExternalSemaphore_t semaphore;
    OK(hipImportExternalSemaphore(&semaphore, &desc));
    return semaphore;
}

static void a_stream_waits_for_and_signals_a_semaphore(void **state)
{
    int in = eventfd(0, EFD_CLOEXEC), out = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    hipExternalSemaphore_t wait = import(in), signal = import(out);
    const hipExternalSemaphoreWaitParams wait_params = {.flags = 0};
    const hipExternalSemaphoreSignalParams signal_params = {.flags = 0};
    hipStream_t stream;
    uint64_t count = 1;
    OK(hipStreamCreate(&stream));
    OK(hipWaitExternalSemaphoresAsync(&wait, &wait_params, 1, stream));
    OK(hipSignalExternalSemaphoresAsync(&signal, &signal_params, 1, stream));
    OK(hipDestroyExternalSemaphore(wait)); /* what is pending keeps it */
    usleep(20000);
    EXPECT(hipStreamQuery(stream), hipErrorNotReady);
    assert_int_equal(read(out, &count, sizeof count), -1);
    count = 1;
    assert_int_equal(write(in, &count, sizeof count), sizeof count);
    OK(hipStreamSynchronize(stream));
    assert_int_equal(read(out, &count, sizeof count), sizeof count);
    assert_int_equal(count, 1);
    OK(hipDestroyExternalSemaphore(signal));
    OK(hipStreamDestroy(stream));
    close(in);
    close(out);
}

/* A captured signal runs at each launch of the graph. */
static void a_graph_signals_a_semaphore(void **state)
{
    int file = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    hipExternalSemaphore_t signal = import(file);
    const hipExternalSemaphoreSignalParams params = {.flags = 0};
    hipStream_t stream;
    hipGraph_t graph;
    hipGraphExec_t exec;
    uint64_t count;
    OK(hipStreamCreate(&stream));
    OK(hipStreamBeginCapture(stream, hipStreamCaptureModeGlobal));
    OK(hipSignalExternalSemaphoresAsync(&signal, &params, 1, stream));
    OK(hipStreamEndCapture(stream, &graph));
    OK(hipGraphInstantiate(&exec, graph, NULL, NULL, 0));
    OK(hipGraphDestroy(graph));
    OK(hipDestroyExternalSemaphore(signal));
    for (int i = 0; i < 3; i++)
        OK(hipGraphLaunch(exec, stream));
    OK(hipStreamSynchronize(stream));
    assert_int_equal(read(file, &count, sizeof count), sizeof count);
    assert_int_equal(count, 3);
    OK(hipGraphExecDestroy(exec));
    OK(hipStreamDestroy(stream));
    close(file);
}

static void bad_semaphores_are_refused(void **state)
{
    int file = make_file(4096);
    hipExternalSemaphoreHandleDesc desc = {.type = hipExternalSemaphoreHandleTypeOpaqueFd,
                                           .handle.fd = file};
    const hipExternalSemaphoreSignalParams params = {.flags = 0};
    hipExternalSemaphore_t semaphore;
    EXPECT(hipImportExternalSemaphore(&semaphore, &desc), hipErrorNotSupported);
    desc.handle.fd = -1;
    EXPECT(hipImportExternalSemaphore(&semaphore, &desc), hipErrorInvalidValue);
    desc.type = hipExternalSemaphoreHandleTypeD3D12Fence;
    EXPECT(hipImportExternalSemaphore(&semaphore, &desc), hipErrorNotSupported);
    EXPECT(hipImportExternalSemaphore(&semaphore, NULL), hipErrorInvalidValue);
    EXPECT(hipImportExternalSemaphore(NULL, &desc), hipErrorInvalidValue);
    EXPECT(hipDestroyExternalSemaphore(NULL), hipErrorInvalidValue);
    semaphore = &desc;
    EXPECT(hipSignalExternalSemaphoresAsync(&semaphore, &params, 1, NULL), hipErrorInvalidValue);
    EXPECT(hipSignalExternalSemaphoresAsync(NULL, &params, 1, NULL), hipErrorInvalidValue);
    close(file);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_kernel_works_on_the_memory_of_a_file),
        cmocka_unit_test(bad_memory_is_refused),
        cmocka_unit_test(a_stream_waits_for_and_signals_a_semaphore),
        cmocka_unit_test(a_graph_signals_a_semaphore),
        cmocka_unit_test(bad_semaphores_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
