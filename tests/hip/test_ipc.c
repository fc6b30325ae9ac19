/* SPDX-License-Identifier: MIT
 * Memory, events and pools of another process. The other process is this program again, told by its
 * argument what to do; the two talk through pipes.
 */
#include "rig.h"

#include <sys/wait.h>
#include <unistd.h>

enum { N = 1024, FROM_PARENT = 100, TO_PARENT = 101 };

struct child {
    pid_t id;
    int to, from;
};

static const char *program;

static struct child start(const char *what)
{
    struct child child;
    int down[2], up[2];
    assert_int_equal(pipe(down), 0);
    assert_int_equal(pipe(up), 0);
    child.id = fork();
    assert_true(child.id >= 0);
    if (child.id == 0) {
        dup2(down[0], FROM_PARENT);
        dup2(up[1], TO_PARENT);
        execl(program, program, what, (char *)NULL);
        _exit(99);
    }
    close(down[0]);
    close(up[1]);
    child.to = down[1];
    child.from = up[0];
    return child;
}

static void tell(const struct child *child, const void *bytes, size_t size)
{
    assert_int_equal(write(child->to, bytes, size), size);
}

static void hear(const struct child *child, char want)
{
    char got = 0;
    assert_int_equal(read(child->from, &got, 1), 1);
    assert_int_equal(got, want);
}

static void finish(struct child *child)
{
    int status;
    assert_int_equal(waitpid(child->id, &status, 0), child->id);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
    close(child->to);
    close(child->from);
}

/* ---- the other process: 0 is success ---- */

#define TRY(call)                                                                                  \
    do {                                                                                           \
        hipError_t error_ = (call);                                                                \
        if (error_ != hipSuccess) {                                                                \
            fprintf(stderr, "%s: %s\n", #call, hipGetErrorName(error_));                           \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

static int take(void *bytes, size_t size)
{
    return read(FROM_PARENT, bytes, size) == (ssize_t)size ? 0 : 1;
}

static int say(char what)
{
    return write(TO_PARENT, &what, 1) == 1 ? 0 : 1;
}

/* Checks that the ints are 0, 1, 2... and doubles them with a kernel. */
static int check_and_double(int *memory)
{
    int host[N];
    TRY(hipMemcpy(host, memory, sizeof host, hipMemcpyDeviceToHost));
    for (int i = 0; i < N; i++)
        if (host[i] != i)
            return 2;
    launch_scale(memory, N, 2, NULL);
    TRY(hipDeviceSynchronize());
    return 0;
}

static int child_memory(void)
{
    hipIpcMemHandle_t handle;
    char *memory;
    if (take(&handle, sizeof handle) != 0)
        return 3;
    TRY(hipIpcOpenMemHandle((void **)&memory, handle, hipIpcMemLazyEnablePeerAccess));
    if (hipFree(memory) != hipErrorInvalidValue)
        return 4;
    int result = check_and_double((int *)memory);
    TRY(hipIpcCloseMemHandle(memory));
    if (hipIpcCloseMemHandle(memory) != hipErrorInvalidValue)
        return 5;
    return result;
}

static int child_event(void)
{
    hipIpcEventHandle_t handle;
    hipEvent_t event;
    hipStream_t stream;
    char go;
    if (take(&handle, sizeof handle) != 0)
        return 3;
    TRY(hipIpcOpenEventHandle(&event, handle));
    TRY(hipStreamCreate(&stream));
    if (hipEventQuery(event) != hipErrorNotReady)
        return 4;
    TRY(hipStreamWaitEvent(stream, event, 0));
    if (hipStreamQuery(stream) != hipErrorNotReady || say('w') != 0)
        return 5;
    TRY(hipStreamSynchronize(stream));
    TRY(hipEventSynchronize(event));
    TRY(hipEventQuery(event));
    if (take(&go, 1) != 0)
        return 6;
    TRY(hipEventRecord(event, stream)); /* the other way round */
    TRY(hipStreamSynchronize(stream));
    if (say('r') != 0)
        return 7;
    TRY(hipEventDestroy(event));
    TRY(hipStreamDestroy(stream));
    return 0;
}

struct pool_message {
    hipMemPoolPtrExportData pointer;
    int file;
};

static int child_pool(void)
{
    struct pool_message message;
    hipMemPool_t pool;
    int *memory, *none;
    if (take(&message, sizeof message) != 0)
        return 3;
    TRY(hipMemPoolImportFromShareableHandle(&pool, (void *)(uintptr_t)message.file,
                                            hipMemHandleTypePosixFileDescriptor, 0));
    if (hipMallocFromPoolAsync((void **)&none, 64, pool, NULL) != hipErrorInvalidValue)
        return 4;
    TRY(hipMemPoolImportPointer((void **)&memory, pool, &message.pointer));
    int result = check_and_double(memory);
    TRY(hipFreeAsync(memory, NULL));
    TRY(hipDeviceSynchronize());
    TRY(hipMemPoolDestroy(pool));
    return result;
}

/* ---- this process ---- */

static void fill(int *memory)
{
    int host[N];
    for (int i = 0; i < N; i++)
        host[i] = i;
    OK(hipMemcpy(memory, host, sizeof host, hipMemcpyHostToDevice));
}

static void check_doubled(const int *memory)
{
    int host[N];
    OK(hipMemcpy(host, memory, sizeof host, hipMemcpyDeviceToHost));
    for (int i = 0; i < N; i++)
        assert_int_equal(host[i], 2 * i);
}

static void another_process_uses_our_memory(void **state)
{
    hipIpcMemHandle_t handle;
    int *memory;
    void *again;
    OK(hipMalloc((void **)&memory, 4096 + N * sizeof(int)));
    fill(memory + 1024);
    OK(hipIpcGetMemHandle(&handle, memory + 1024)); /* inside of the allocation */
    EXPECT(hipIpcOpenMemHandle(&again, handle, hipIpcMemLazyEnablePeerAccess),
           hipErrorInvalidContext);
    struct child child = start("memory");
    tell(&child, &handle, sizeof handle);
    finish(&child);
    check_doubled(memory + 1024);
    OK(hipFree(memory));
}

static void bad_memory_handles_are_refused(void **state)
{
    hipIpcMemHandle_t handle = {{0}};
    int on_stack, *pinned;
    void *out;
    OK(hipHostMalloc((void **)&pinned, 64, 0));
    EXPECT(hipIpcGetMemHandle(NULL, pinned), hipErrorInvalidValue);
    EXPECT(hipIpcGetMemHandle(&handle, NULL), hipErrorInvalidValue);
    EXPECT(hipIpcGetMemHandle(&handle, &on_stack), hipErrorInvalidValue);
    EXPECT(hipIpcGetMemHandle(&handle, pinned), hipErrorInvalidValue);
    EXPECT(hipIpcOpenMemHandle(&out, handle, hipIpcMemLazyEnablePeerAccess), hipErrorInvalidValue);
    EXPECT(hipIpcOpenMemHandle(&out, handle, 0), hipErrorInvalidValue);
    EXPECT(hipIpcOpenMemHandle(NULL, handle, 1), hipErrorInvalidValue);
    memset(&handle, 0x5A, sizeof handle);
    assert_int_not_equal(hipIpcOpenMemHandle(&out, handle, 1), hipSuccess);
    EXPECT(hipIpcCloseMemHandle(NULL), hipErrorInvalidValue);
    EXPECT(hipIpcCloseMemHandle(pinned), hipErrorInvalidValue);
    OK(hipHostFree(pinned));
}

static void an_event_is_waited_for_by_another_process(void **state)
{
    hipIpcEventHandle_t handle;
    hipEvent_t event;
    hipStream_t stream;
    int *flag;
    OK(hipHostMalloc((void **)&flag, 64, 0));
    flag[0] = flag[8] = 0;
    OK(hipStreamCreate(&stream));
    OK(hipEventCreateWithFlags(&event, hipEventDisableTiming | hipEventInterprocess));
    OK(hipEventQuery(event)); /* never recorded */
    launch_hold(flag, 1, flag + 8, stream);
    OK(hipEventRecord(event, stream));
    EXPECT(hipEventQuery(event), hipErrorNotReady);
    OK(hipIpcGetEventHandle(&handle, event));
    struct child child = start("event");
    tell(&child, &handle, sizeof handle);
    hear(&child, 'w');
    flag[0] = 1;
    OK(hipEventSynchronize(event));
    OK(hipEventQuery(event));
    tell(&child, "g", 1);
    hear(&child, 'r');
    OK(hipEventQuery(event));
    finish(&child);
    OK(hipEventDestroy(event));
    OK(hipStreamDestroy(stream));
    OK(hipHostFree(flag));
}

static void bad_event_handles_are_refused(void **state)
{
    hipIpcEventHandle_t handle = {{0}};
    hipEvent_t event, plain;
    EXPECT(hipIpcOpenEventHandle(&event, handle), hipErrorInvalidValue);
    EXPECT(hipEventCreateWithFlags(&event, hipEventInterprocess), hipErrorInvalidValue);
    OK(hipEventCreateWithFlags(&event, hipEventDisableTiming | hipEventInterprocess));
    OK(hipEventCreateWithFlags(&plain, hipEventDisableTiming));
    EXPECT(hipIpcGetEventHandle(NULL, event), hipErrorInvalidValue);
    EXPECT(hipIpcGetEventHandle(&handle, NULL), hipErrorInvalidValue);
    EXPECT(hipIpcGetEventHandle(&handle, plain), hipErrorInvalidConfiguration);
    OK(hipIpcGetEventHandle(&handle, event));
    EXPECT(hipIpcOpenEventHandle(&plain, handle), hipErrorInvalidContext);
    EXPECT(hipIpcOpenEventHandle(NULL, handle), hipErrorInvalidValue);
    OK(hipEventDestroy(event));
}

static hipMemPool_t shareable_pool(hipMemAllocationHandleType type)
{
    const hipMemPoolProps props = {.allocType = hipMemAllocationTypePinned,
                                   .handleTypes = type,
                                   .location = {hipMemLocationTypeDevice, 0}};
    hipMemPool_t pool;
    OK(hipMemPoolCreate(&pool, &props));
    return pool;
}

static void memory_of_a_pool_goes_to_another_process(void **state)
{
    hipMemPool_t pool = shareable_pool(hipMemHandleTypePosixFileDescriptor);
    struct pool_message message;
    int *memory;
    OK(hipMallocFromPoolAsync((void **)&memory, N * sizeof(int), pool, NULL));
    fill(memory);
    OK(hipMemPoolExportToShareableHandle(&message.file, pool, hipMemHandleTypePosixFileDescriptor,
                                         0));
    int inherited = dup(message.file); /* without close-on-exec, for the child */
    close(message.file);
    message.file = inherited;
    OK(hipMemPoolExportPointer(&message.pointer, memory));
    struct child child = start("pool");
    tell(&child, &message, sizeof message);
    finish(&child);
    check_doubled(memory);
    close(inherited);
    OK(hipFreeAsync(memory, NULL));
    OK(hipMemPoolDestroy(pool));
}

static void bad_pool_handles_are_refused(void **state)
{
    hipMemPool_t plain = shareable_pool(hipMemHandleTypeNone), out;
    hipMemPoolPtrExportData data;
    int file, *memory;
    OK(hipMallocFromPoolAsync((void **)&memory, 64, plain, NULL));
    EXPECT(hipMemPoolExportToShareableHandle(&file, plain, hipMemHandleTypePosixFileDescriptor, 0),
           hipErrorInvalidValue);
    EXPECT(hipMemPoolExportPointer(&data, memory), hipErrorInvalidValue);
    EXPECT(hipMemPoolExportPointer(NULL, memory), hipErrorInvalidValue);
    EXPECT(hipMemPoolImportPointer((void **)&memory, plain, &data), hipErrorInvalidValue);
    EXPECT(hipMemPoolImportFromShareableHandle(&out, (void *)(uintptr_t)4094,
                                               hipMemHandleTypePosixFileDescriptor, 0),
           hipErrorInvalidValue);
    EXPECT(hipMemPoolImportFromShareableHandle(&out, (void *)(uintptr_t)1, hipMemHandleTypeNone, 0),
           hipErrorInvalidValue);
    OK(hipFreeAsync(memory, NULL));
    OK(hipMemPoolDestroy(plain));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(another_process_uses_our_memory),
        cmocka_unit_test(bad_memory_handles_are_refused),
        cmocka_unit_test(an_event_is_waited_for_by_another_process),
        cmocka_unit_test(bad_event_handles_are_refused),
        cmocka_unit_test(memory_of_a_pool_goes_to_another_process),
        cmocka_unit_test(bad_pool_handles_are_refused),
    };
    if (argc == 2 && strcmp(argv[1], "memory") == 0)
        return child_memory();
    if (argc == 2 && strcmp(argv[1], "event") == 0)
        return child_event();
    if (argc == 2 && strcmp(argv[1], "pool") == 0)
        return child_pool();
    program = argv[0];
    return cmocka_run_group_tests(tests, NULL, NULL);
}
