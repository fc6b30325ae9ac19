/* SPDX-License-Identifier: MIT
 * Memory and signals of several processes: handles and descriptors go to children that are executed
 * anew, kernels of one process work on memory of another, moving memory into a file disturbs
 * nobody, and nothing stays behind when a process is killed.
 */
#include "ipc_child.h"
#include "rig.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PAGE = 4096, LANES = IPC_LANES, SIZE = IPC_SIZE, TEXT = 80 };

/* ---- children: this program again, with a task and its texts ---- */

static void to_text(const hsa_amd_ipc_memory_t *handle, char *text)
{
    for (int i = 0; i < 8; i++)
        snprintf(text + i * 8, 9, "%08x", handle->handle[i]);
}

static pid_t start(const char *task, const char *first, const char *second)
{
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execl("/proc/self/exe", "child", task, first, second, (char *)NULL);
        _exit(99);
    }
    return child;
}

static void finish(pid_t child)
{
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
        fail_msg("the child ended with 0x%x", status);
}

/* ---- the parent ---- */

static hsa_signal_t ipc_signal(hsa_signal_value_t value)
{
    hsa_signal_t signal;
    OK(hsa_amd_signal_create(value, 0, NULL, HSA_AMD_SIGNAL_IPC, &signal));
    return signal;
}

static void a_childs_kernel_works_on_our_memory(void **state)
{
    char memory_text[TEXT], signal_text[TEXT];
    hsa_amd_ipc_memory_t handle;
    int32_t *memory = rig_alloc(rig.vram, SIZE);
    hsa_signal_t done = ipc_signal(1);
    for (int i = 0; i < LANES; i++)
        memory[i] = i;
    OK(hsa_amd_ipc_memory_create(memory, SIZE, &handle));
    to_text(&handle, memory_text);
    OK(hsa_amd_ipc_signal_create(done, &handle));
    to_text(&handle, signal_text);
    pid_t child = start("doubles", memory_text, signal_text);
    rig_wait_zero(done);
    for (int i = 0; i < LANES; i++)
        if (memory[i] != 2 * i)
            fail_msg("element %d is %d", i, memory[i]);
    finish(child);
    OK(hsa_signal_destroy(done));
    OK(hsa_amd_memory_pool_free(memory));
    child = start("finds nothing", memory_text, signal_text);
    finish(child);
}

static void signals_go_to_and_fro_between_processes(void **state)
{
    char to_child[TEXT], from_child[TEXT];
    hsa_amd_ipc_signal_t handle;
    hsa_signal_t ping = ipc_signal(0), pong = ipc_signal(0);
    OK(hsa_amd_ipc_signal_create(ping, &handle));
    to_text(&handle, to_child);
    OK(hsa_amd_ipc_signal_create(pong, &handle));
    to_text(&handle, from_child);
    pid_t child = start("echoes", to_child, from_child);
    for (int round = 1; round <= 1000; round++) {
        hsa_signal_store_screlease(ping, round);
        assert_int_equal(hsa_signal_wait_scacquire(pong, HSA_SIGNAL_CONDITION_GTE, round,
                                                   UINT64_C(20000000000), HSA_WAIT_STATE_BLOCKED),
                         round);
    }
    finish(child);
    OK(hsa_signal_destroy(ping));
    OK(hsa_signal_destroy(pong));
}

static bool note_value(hsa_signal_value_t value, void *data)
{
    hsa_signal_store_screlease(*(hsa_signal_t *)data, value);
    return false;
}

static void a_handler_hears_of_another_process(void **state)
{
    char to_child[TEXT], from_child[TEXT];
    hsa_amd_ipc_signal_t handle;
    hsa_signal_t ping = ipc_signal(0), pong = ipc_signal(0), heard = rig_signal(0);
    OK(hsa_amd_signal_async_handler(pong, HSA_SIGNAL_CONDITION_GTE, 1000, note_value, &heard));
    OK(hsa_amd_ipc_signal_create(ping, &handle));
    to_text(&handle, to_child);
    OK(hsa_amd_ipc_signal_create(pong, &handle));
    to_text(&handle, from_child);
    pid_t child = start("echoes", to_child, from_child);
    hsa_signal_store_screlease(ping, 1000); /* all rounds at once */
    assert_int_equal(hsa_signal_wait_scacquire(heard, HSA_SIGNAL_CONDITION_EQ, 1000,
                                               UINT64_C(20000000000), HSA_WAIT_STATE_BLOCKED),
                     1000);
    finish(child);
    OK(hsa_signal_destroy(ping));
    OK(hsa_signal_destroy(pong));
    OK(hsa_signal_destroy(heard));
}

static int open_files(void)
{
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    assert_non_null(folder);
    while (readdir(folder) != NULL)
        count++;
    closedir(folder);
    return count;
}

static int named_files(void)
{
    int count = 0;
    DIR *folder = opendir("/dev/shm");
    if (folder == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;)
        count += strstr(entry->d_name, "cairn") != NULL;
    closedir(folder);
    return count;
}

static void a_killed_process_leaves_nothing_behind(void **state)
{
    char memory_text[TEXT], signal_text[TEXT];
    hsa_amd_ipc_memory_t handle;
    int32_t *memory = rig_alloc(rig.vram, SIZE);
    int files = open_files(), named = named_files();
    OK(hsa_amd_ipc_memory_create(memory, SIZE, &handle));
    to_text(&handle, memory_text);
    for (int round = 0; round < 3; round++) {
        hsa_signal_t started = ipc_signal(1);
        OK(hsa_amd_ipc_signal_create(started, &handle));
        to_text(&handle, signal_text);
        pid_t child = start("hangs", memory_text, signal_text);
        rig_wait_zero(started);
        usleep(20000);
        int status;
        kill(child, SIGKILL);
        assert_int_equal(waitpid(child, &status, 0), child);
        assert_true(WIFSIGNALED(status));
        OK(hsa_signal_destroy(started));
    }
    memory[0] = 5; /* still ours and usable */
    assert_int_equal(memory[0], 5);
    OK(hsa_amd_memory_pool_free(memory));
    assert_int_equal(open_files(), files);
    assert_int_equal(named_files(), named);
}

static void descriptors_go_to_other_processes(void **state)
{
    char number[16];
    int file = -1;
    uint64_t offset = 0;
    char *memory = rig_alloc(rig.vram, SIZE);
    ((int *)memory)[7] = 1234;
    OK(hsa_amd_portable_export_dmabuf(memory + 100, SIZE - 100, &file, &offset));
    assert_int_equal(offset, 100);
    int inherited = dup(file); /* without close-on-exec */
    snprintf(number, sizeof number, "%d", inherited);
    finish(start("maps", number, ""));
    assert_int_equal(((int *)memory)[8], 5678);
    close(inherited);
    OK(hsa_amd_portable_close_dmabuf(file));
    FAILS(hsa_amd_portable_close_dmabuf(file), HSA_STATUS_ERROR_RESOURCE_FREE);
    FAILS(hsa_amd_portable_close_dmabuf(-1), HSA_STATUS_ERROR_RESOURCE_FREE);
    OK(hsa_amd_memory_pool_free(memory));
}

/* A store that faults inside of ThreadSanitizer's own code, which holds its locks then, would hang.
 */
#if __has_feature(thread_sanitizer)
#define SKIP_UNDER_TSAN() skip()
#else
#define SKIP_UNDER_TSAN() (void)0
#endif

struct writer {
    _Atomic uint64_t *words;
    _Atomic int stop;
    _Atomic uint64_t written;
};

/* Counts up in every page of the memory, over and over. */
static void *write_on(void *argument)
{
    struct writer *writer = argument;
    for (uint64_t round = 1; !writer->stop; round++) {
        for (int page = 0; page < 64; page++)
            writer->words[page * (PAGE / 8)] = round;
        writer->written = round;
    }
    return NULL;
}

static void memory_moves_under_a_running_writer(void **state)
{
    SKIP_UNDER_TSAN();
    for (int round = 0; round < 20; round++) {
        hsa_amd_ipc_memory_t handle;
        struct writer writer = {.words = rig_alloc(rig.vram, 64 * PAGE)};
        pthread_t thread;
        assert_int_equal(pthread_create(&thread, NULL, write_on, &writer), 0);
        while (writer.written < 10)
            usleep(100);
        OK(hsa_amd_ipc_memory_create((void *)writer.words, 64 * PAGE, &handle));
        uint64_t now = writer.written;
        while (writer.written < now + 3)
            usleep(100);
        writer.stop = 1;
        pthread_join(thread, NULL);
        for (int page = 0; page < 64; page++)
            assert_int_equal(writer.words[page * (PAGE / 8)], writer.written);
        OK(hsa_amd_memory_pool_free((void *)writer.words));
    }
}

static void memory_moves_under_a_running_kernel(void **state)
{
    SKIP_UNDER_TSAN();
    struct program program = program_load("basic.co");
    hsa_queue_t *queue;
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX,
                        &queue));
    enum { MANY = 1 << 20 };
    for (int round = 0; round < 5; round++) {
        hsa_amd_ipc_memory_t handle;
        int32_t *a = rig_alloc(rig.vram, MANY * 4), *b = rig_alloc(rig.vram, MANY * 4);
        int32_t *c = rig_alloc(rig.vram, MANY * 4);
        hsa_signal_t done = rig_signal(4);
        for (int i = 0; i < MANY; i++)
            a[i] = b[i] = i;
        struct {
            void *a, *b, *c;
        } arguments = {a, b, c};
        for (int i = 0; i < 4; i++)
            rig_dispatch(queue, &program, "add", &arguments, sizeof arguments, MANY, done);
        OK(hsa_amd_ipc_memory_create(c, MANY * 4, &handle));
        rig_wait_zero(done);
        for (int i = 0; i < MANY; i++)
            if (c[i] != 2 * i)
                fail_msg("element %d is %d", i, c[i]);
        OK(hsa_amd_memory_pool_free(a));
        OK(hsa_amd_memory_pool_free(b));
        OK(hsa_amd_memory_pool_free(c));
        OK(hsa_signal_destroy(done));
    }
    OK(hsa_queue_destroy(queue));
    program_unload(&program);
}

static void attached_memory_says_what_it_is(void **state)
{
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    hsa_amd_ipc_memory_t handle, again;
    void *first, *second;
    char *memory = rig_alloc(rig.vram, 1000);
    OK(hsa_amd_ipc_memory_create(memory, 1000, &handle));
    OK(hsa_amd_ipc_memory_create(memory, PAGE, &again)); /* AMD's HIP counts whole pages */
    OK(hsa_amd_ipc_memory_attach(&handle, 1000, 0, NULL, &first)); /* our own, at another place */
    OK(hsa_amd_ipc_memory_attach(&again, PAGE, 1, &rig.cpu, &second));
    FAILS(hsa_amd_ipc_memory_attach(&again, 999, 0, NULL, &first),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    assert_ptr_not_equal(first, second);
    memory[999] = 3;
    assert_int_equal(((char *)first)[999], 3);
    assert_int_equal(((char *)second)[999], 3);
    OK(hsa_amd_pointer_info(first, &info, NULL, NULL, NULL));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_IPC);
    assert_int_equal(info.sizeInBytes, 1000);
    assert_int_equal(info.agentOwner.handle, rig.gpu.handle);
    FAILS(hsa_amd_memory_pool_free(first), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_amd_ipc_memory_detach((char *)first + 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_detach(memory), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_detach(NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_memory_pool_free(memory)); /* views stay */
    assert_int_equal(((char *)second)[999], 3);
    FAILS(hsa_amd_ipc_memory_attach(&handle, 1000, 0, NULL, &first),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_ipc_memory_detach(first));
    FAILS(hsa_amd_ipc_memory_detach(first), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_ipc_memory_detach(second));
}

static void memory_calls_check_their_arguments(void **state)
{
    hsa_amd_ipc_memory_t handle, wild = {{1, 2, 3, 4, 5, 6, 7, 8}};
    const hsa_agent_t nobody = {8};
    void *at;
    char *memory = rig_alloc(rig.vram, SIZE), on_stack[64];
    FAILS(hsa_amd_ipc_memory_create(NULL, SIZE, &handle), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_create(memory, SIZE, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_create(memory, SIZE - 1, &handle), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_create(memory + PAGE, SIZE - PAGE, &handle),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_create(on_stack, 64, &handle), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_ipc_memory_create(memory, SIZE, &handle));
    FAILS(hsa_amd_ipc_memory_attach(NULL, SIZE, 0, NULL, &at), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_attach(&handle, SIZE, 0, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_attach(&handle, SIZE + 1, 0, NULL, &at),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_attach(&handle, SIZE, 1, NULL, &at),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_attach(&handle, SIZE, 1, &nobody, &at),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_attach(&wild, SIZE, 0, NULL, &at), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    for (int word = 0; word < 8; word++) { /* any wrong word is noticed */
        hsa_amd_ipc_memory_t bent = handle;
        bent.handle[word] ^= 0x10001;
        FAILS(hsa_amd_ipc_memory_attach(&bent, SIZE, 0, NULL, &at),
              HSA_STATUS_ERROR_INVALID_ARGUMENT);
    }
    OK(hsa_amd_memory_pool_free(memory));
}

static void signal_calls_check_their_arguments(void **state)
{
    hsa_amd_ipc_signal_t handle;
    hsa_signal_t plain = rig_signal(1), shared = ipc_signal(7), view, none = {0}, wild = {4096};
    void *at;
    FAILS(hsa_amd_ipc_signal_create(plain, &handle), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_signal_create(none, &handle), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_signal_create(wild, &handle), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_signal_create(shared, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_ipc_signal_create(shared, &handle));
    FAILS(hsa_amd_ipc_signal_attach(NULL, &view), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_signal_attach(&handle, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_ipc_memory_attach(&handle, PAGE, 0, NULL, &at),
          HSA_STATUS_ERROR_INVALID_ARGUMENT); /* a signal is no memory */
    OK(hsa_amd_ipc_signal_attach(&handle, &view));
    assert_int_equal(hsa_signal_load_scacquire(view), 7);
    OK(hsa_signal_destroy(shared));
    hsa_signal_store_screlease(view, 9); /* the view goes on alone */
    assert_int_equal(hsa_signal_load_scacquire(view), 9);
    OK(hsa_signal_destroy(view));
    OK(hsa_signal_destroy(plain));
}

static void descriptor_calls_check_their_arguments(void **state)
{
    int file, pipes[2];
    uint64_t offset;
    size_t size;
    void *at;
    char *memory = rig_alloc(rig.vram, SIZE), *host = rig_alloc(rig.fine, SIZE);
    FAILS(hsa_amd_portable_export_dmabuf(NULL, SIZE, &file, &offset),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_portable_export_dmabuf(memory, SIZE, NULL, &offset),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_portable_export_dmabuf(memory, SIZE, &file, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_portable_export_dmabuf(memory + 1, SIZE, &file, &offset),
          HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_amd_portable_export_dmabuf(pipes, 8, &file, &offset),
          HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_amd_portable_export_dmabuf(host, SIZE, &file, &offset),
          HSA_STATUS_ERROR_INVALID_AGENT);
    assert_int_equal(pipe(pipes), 0);
    FAILS(hsa_amd_interop_map_buffer(1, &rig.gpu, pipes[0], 0, &size, &at, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_interop_map_buffer(1, &rig.gpu, -1, 0, &size, &at, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_interop_map_buffer(0, NULL, pipes[0], 0, &size, &at, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_interop_map_buffer(1, &rig.gpu, pipes[0], 1, &size, &at, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_interop_unmap_buffer(memory), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    close(pipes[0]);
    close(pipes[1]);
    OK(hsa_amd_memory_pool_free(memory));
    OK(hsa_amd_memory_pool_free(host));
}

static void any_mappable_file_can_be_a_buffer(void **state)
{
    size_t size;
    char *at;
    int file = memfd_create("from elsewhere", MFD_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(ftruncate(file, 10000), 0);
    assert_int_equal(pwrite(file, "hello", 5, 0), 5);
    OK(hsa_amd_interop_map_buffer(1, &rig.gpu, file, 0, &size, (void **)&at, NULL, NULL));
    assert_int_equal(size, 3 * PAGE);
    assert_memory_equal(at, "hello", 5);
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    OK(hsa_amd_pointer_info(at + 100, &info, NULL, NULL, NULL));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_GRAPHICS);
    close(file);
    at[0] = 'j';
    OK(hsa_amd_interop_unmap_buffer(at));
    FAILS(hsa_amd_interop_unmap_buffer(at), HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

int main(int count, char **words)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_childs_kernel_works_on_our_memory),
        cmocka_unit_test(signals_go_to_and_fro_between_processes),
        cmocka_unit_test(a_handler_hears_of_another_process),
        cmocka_unit_test(a_killed_process_leaves_nothing_behind),
        cmocka_unit_test(descriptors_go_to_other_processes),
        cmocka_unit_test(memory_moves_under_a_running_writer),
        cmocka_unit_test(memory_moves_under_a_running_kernel),
        cmocka_unit_test(attached_memory_says_what_it_is),
        cmocka_unit_test(memory_calls_check_their_arguments),
        cmocka_unit_test(signal_calls_check_their_arguments),
        cmocka_unit_test(descriptor_calls_check_their_arguments),
        cmocka_unit_test(any_mappable_file_can_be_a_buffer),
    };
    if (count == 4 && strcmp(words[0], "child") == 0)
        return ipc_child(words[1], words[2], words[3]);
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
