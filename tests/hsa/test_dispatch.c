/* SPDX-License-Identifier: MIT
 * Kernels end to end: clang's code through the loader and a queue, right answers, and each kind of
 * kernel error reported with its code while the process and other queues go on.
 */
#include "rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { LANES = 1024 };

struct error_note {
    _Atomic int calls;
    _Atomic uint32_t status;
    hsa_signal_t seen;
};

static void note_error(hsa_status_t status, hsa_queue_t *queue, void *data)
{
    struct error_note *note = data;
    note->status = status;
    note->calls++;
    hsa_signal_store_screlease(note->seen, 0);
}

static hsa_queue_t *new_queue(struct error_note *note)
{
    hsa_queue_t *queue;
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, note != NULL ? note_error : NULL, note,
                        UINT32_MAX, UINT32_MAX, &queue));
    return queue;
}

struct add_arguments {
    const int32_t *a, *b;
    int32_t *c;
};

/* One vector add on the queue, checked. */
static void run_add(hsa_queue_t *queue, const struct program *program)
{
    int32_t *a = rig_alloc(rig.vram, LANES * 4), *b = rig_alloc(rig.fine, LANES * 4);
    int32_t *c = rig_alloc(rig.vram, LANES * 4);
    hsa_signal_t done = rig_signal(1);
    for (int i = 0; i < LANES; i++) {
        a[i] = i * 3;
        b[i] = 1000000 - i;
    }
    struct add_arguments arguments = {a, b, c};
    rig_dispatch(queue, program, "add", &arguments, sizeof arguments, LANES, done);
    rig_wait_zero(done);
    for (int i = 0; i < LANES; i++)
        if (c[i] != i * 3 + 1000000 - i)
            fail_msg("element %d is %d", i, c[i]);
    OK(hsa_amd_memory_pool_free(a));
    OK(hsa_amd_memory_pool_free(b));
    OK(hsa_amd_memory_pool_free(c));
    OK(hsa_signal_destroy(done));
}

static void vector_add_is_right(void **state)
{
    struct program program = program_load("basic.co");
    hsa_queue_t *queue = new_queue(NULL);
    for (int i = 0; i < 100; i++) /* more packets than the ring has slots */
        run_add(queue, &program);
    assert_int_equal(hsa_queue_load_read_index_scacquire(queue),
                     hsa_queue_load_write_index_relaxed(queue));
    OK(hsa_queue_destroy(queue));
    program_unload(&program);
}

static void kernels_read_and_write_variables(void **state)
{
    struct program program = program_load("basic_v4.co");
    hsa_queue_t *queue = new_queue(NULL);
    int32_t *out = rig_alloc(rig.vram, 64), *counter;
    hsa_signal_t done = rig_signal(1);
    rig_dispatch(queue, &program, "touch_global", &out, sizeof out, 64, done);
    rig_wait_zero(done);
    OK(hsa_executable_symbol_get_info(program_symbol(&program, "counter"),
                                      HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS, &counter));
    assert_int_equal(out[0], 7);
    assert_int_equal(out[1], 30);
    assert_int_equal(*counter, 99);
    OK(hsa_amd_memory_pool_free(out));
    OK(hsa_signal_destroy(done));
    OK(hsa_queue_destroy(queue));
    program_unload(&program);
}

static void variables_from_outside_bind(void **state)
{
    size_t size;
    struct program program = {.bytes = rig_read("undefined.co", &size)};
    hsa_code_object_reader_t reader;
    int32_t *outside = rig_alloc(rig.vram, 64), *out = rig_alloc(rig.vram, 64);
    *outside = 55;
    OK(hsa_code_object_reader_create_from_memory(program.bytes, size, &reader));
    OK(hsa_executable_create_alt(HSA_PROFILE_FULL, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL,
                                 &program.executable));
    OK(hsa_executable_agent_global_variable_define(program.executable, rig.gpu, "from_outside",
                                                   outside));
    FAILS(hsa_executable_agent_global_variable_define(program.executable, rig.gpu, "from_outside",
                                                      outside),
          HSA_STATUS_ERROR_VARIABLE_ALREADY_DEFINED);
    OK(hsa_executable_load_agent_code_object(program.executable, rig.gpu, reader, NULL, NULL));
    OK(hsa_code_object_reader_destroy(reader));
    OK(hsa_executable_freeze(program.executable, NULL));
    hsa_queue_t *queue = new_queue(NULL);
    hsa_signal_t done = rig_signal(1);
    rig_dispatch(queue, &program, "read_outside", &out, sizeof out, 64, done);
    rig_wait_zero(done);
    assert_int_equal(out[0], 55);
    assert_int_equal(*outside, 77);
    OK(hsa_signal_destroy(done));
    OK(hsa_queue_destroy(queue));
    OK(hsa_amd_memory_pool_free(outside));
    OK(hsa_amd_memory_pool_free(out));
    program_unload(&program);
}

static void group_memory_and_barriers_work(void **state)
{
    struct program program = program_load("basic.co");
    hsa_queue_t *queue = new_queue(NULL);
    int32_t *data = rig_alloc(rig.vram, 256 * 4);
    hsa_signal_t done = rig_signal(1);
    for (int i = 0; i < 256; i++)
        data[i] = i;
    rig_dispatch(queue, &program, "reverse_in_group", &data, sizeof data, 256, done);
    rig_wait_zero(done);
    for (int i = 0; i < 256; i++)
        assert_int_equal(data[i], i / 64 * 64 + 63 - i % 64);
    OK(hsa_amd_memory_pool_free(data));
    OK(hsa_signal_destroy(done));
    OK(hsa_queue_destroy(queue));
    program_unload(&program);
}

static void locked_host_memory_is_reachable(void **state)
{
    struct program program = program_load("basic.co");
    hsa_queue_t *queue = new_queue(NULL);
    int32_t *data = calloc(64, 4);
    void *for_agent;
    hsa_signal_t done = rig_signal(1);
    data[0] = 5;
    OK(hsa_amd_memory_lock(data, 64 * 4, &rig.gpu, 1, &for_agent));
    rig_dispatch(queue, &program, "reverse_in_group", &for_agent, sizeof for_agent, 64, done);
    rig_wait_zero(done);
    assert_int_equal(data[63], 5);
    OK(hsa_amd_memory_unlock(data));
    free(data);
    OK(hsa_signal_destroy(done));
    OK(hsa_queue_destroy(queue));
    program_unload(&program);
}

static void dispatches_are_timed(void **state)
{
    struct program program = program_load("basic.co");
    hsa_queue_t *queue = new_queue(NULL);
    int32_t *data = rig_alloc(rig.vram, 64 * 4);
    hsa_signal_t done = rig_signal(1);
    hsa_amd_profiling_dispatch_time_t time;
    uint64_t before, after;
    OK(hsa_amd_profiling_set_profiler_enabled(queue, 1));
    OK(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &before));
    rig_dispatch(queue, &program, "reverse_in_group", &data, sizeof data, 64, done);
    rig_wait_zero(done);
    OK(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &after));
    OK(hsa_amd_profiling_get_dispatch_time(rig.gpu, done, &time));
    assert_true(before <= time.start && time.start <= time.end && time.end <= after);
    OK(hsa_amd_memory_pool_free(data));
    OK(hsa_signal_destroy(done));
    OK(hsa_queue_destroy(queue));
    program_unload(&program);
}

/* ---- errors ---- */

struct event_note {
    _Atomic int calls;
    _Atomic uint64_t address;
};

static hsa_status_t note_event(const hsa_amd_event_t *event, void *data)
{
    struct event_note *note = data;
    if (event->event_type == HSA_AMD_GPU_MEMORY_FAULT_EVENT)
        note->address = event->memory_fault.virtual_address;
    note->calls++;
    return HSA_STATUS_SUCCESS;
}

static struct event_note events;

struct fault_case {
    const char *object, *kernel;
    uint64_t argument;
    uint32_t status;
    int events;
};

static void each_fault_has_its_code_and_spares_the_rest(void **state)
{
    static const struct fault_case cases[] = {
        {"basic.co", "store_at", 0, HSA_STATUS_ERROR_MEMORY_FAULT, 1},
        {"basic.co", "store_at", 0x123450, HSA_STATUS_ERROR_MEMORY_FAULT, 1},
        {"basic.co", "store_at", 0xdead00000000, HSA_STATUS_ERROR_MEMORY_FAULT, 1},
        {"basic.co", "trap", 0, HSA_STATUS_ERROR_EXCEPTION, 0},
        {"illegal.co", "illegal", 0, HSA_STATUS_ERROR_ILLEGAL_INSTRUCTION, 0},
    };
    struct program good = program_load("basic.co");
    hsa_queue_t *good_queue = new_queue(NULL);
    int32_t *out = rig_alloc(rig.vram, 64);
    OK(hsa_amd_register_system_event_handler(note_event, &events));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct fault_case *row = &cases[i];
        struct error_note note = {.seen = rig_signal(1)};
        struct program program = program_load(row->object);
        hsa_queue_t *queue = new_queue(&note);
        hsa_signal_t done = rig_signal(1);
        uint64_t argument = strcmp(row->kernel, "trap") == 0 ? (uintptr_t)out : row->argument;
        size_t size = strcmp(row->kernel, "illegal") == 0 ? 0 : sizeof argument;
        events.calls = 0;
        rig_dispatch(queue, &program, row->kernel, &argument, size, 64, done);
        rig_wait_zero(note.seen);
        run_add(good_queue, &good);
        if (note.status != row->status || note.calls != 1 || events.calls != row->events)
            fail_msg("%s(0x%llx): status 0x%x, %d calls, %d events", row->kernel,
                     (unsigned long long)row->argument, note.status, note.calls, events.calls);
        if (row->events != 0)
            assert_int_equal(events.address, row->argument);
        assert_int_equal(hsa_signal_load_relaxed(done), 1);
        OK(hsa_queue_destroy(queue));
        OK(hsa_signal_destroy(done));
        OK(hsa_signal_destroy(note.seen));
        program_unload(&program);
    }
    OK(hsa_amd_memory_pool_free(out));
    OK(hsa_queue_destroy(good_queue));
    program_unload(&good);
}

/* A packet that is wrong in itself. */
struct packet_case {
    const char *why;
    uint32_t status;
    uint16_t type, dimensions, workgroup_x;
    uint32_t grid_x, group_bytes;
    bool no_kernel;
};

static void each_bad_packet_has_its_code(void **state)
{
    static const struct packet_case cases[] = {
        {"unknown type", HSA_STATUS_ERROR_INVALID_PACKET_FORMAT, 9, 1, 64, 64, 0, false},
        {"no dimensions", HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS, 2, 0, 64, 64, 0, false},
        {"empty grid", HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS, 2, 1, 64, 0, 0, false},
        {"kernel object 0", HSA_STATUS_ERROR_INVALID_CODE_OBJECT, 2, 1, 64, 64, 0, true},
        {"too much LDS", HSA_STATUS_ERROR_INVALID_ALLOCATION, 2, 1, 64, 64, 65537, false},
        {"workgroup too large", HSA_STATUS_ERROR_INVALID_ARGUMENT, 2, 1, 2048, 4096, 0, false},
    };
    struct program program = program_load("basic.co");
    uint64_t kernel;
    OK(hsa_executable_symbol_get_info(program_symbol(&program, "add.kd"),
                                      HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &kernel));
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct packet_case *row = &cases[i];
        struct error_note note = {.seen = rig_signal(1)};
        hsa_queue_t *queue = new_queue(&note);
        uint64_t index = hsa_queue_add_write_index_relaxed(queue, 1);
        hsa_kernel_dispatch_packet_t *slot = (hsa_kernel_dispatch_packet_t *)queue->base_address;
        const hsa_kernel_dispatch_packet_t packet = {.workgroup_size_x = row->workgroup_x,
                                                     .workgroup_size_y = 1,
                                                     .workgroup_size_z = 1,
                                                     .grid_size_x = row->grid_x,
                                                     .grid_size_y = 1,
                                                     .grid_size_z = 1,
                                                     .group_segment_size = row->group_bytes,
                                                     .kernel_object = row->no_kernel ? 0 : kernel};
        memcpy((char *)slot + 4, (const char *)&packet + 4, sizeof packet - 4);
        __atomic_store_n((uint32_t *)slot, row->type | (uint32_t)row->dimensions << 16,
                         __ATOMIC_RELEASE);
        hsa_signal_store_screlease(queue->doorbell_signal, (hsa_signal_value_t)index);
        rig_wait_zero(note.seen);
        if (note.status != row->status)
            fail_msg("%s: status 0x%x, wanted 0x%x", row->why, note.status, row->status);
        OK(hsa_queue_destroy(queue));
        OK(hsa_signal_destroy(note.seen));
    }
    program_unload(&program);
}

static void a_spinning_kernel_ends_by_its_flag_or_with_its_queue(void **state)
{
    struct program program = program_load("basic.co");
    int32_t *flag = rig_alloc(rig.fine, 64);
    hsa_queue_t *queue = new_queue(NULL), *other = new_queue(NULL);
    hsa_signal_t done = rig_signal(1);
    rig_dispatch(queue, &program, "spin", &flag, sizeof flag, 64, done);
    run_add(other, &program); /* the spinner does not keep others from running */
    assert_int_equal(hsa_signal_load_relaxed(done), 1);
    __atomic_store_n(flag, 1, __ATOMIC_RELEASE);
    rig_wait_zero(done);
    *flag = 0;
    hsa_signal_store_relaxed(done, 1);
    rig_dispatch(queue, &program, "spin", &flag, sizeof flag, 64, done);
    usleep(10000);
    OK(hsa_queue_destroy(queue));
    run_add(other, &program);
    OK(hsa_queue_destroy(other));
    OK(hsa_signal_destroy(done));
    OK(hsa_amd_memory_pool_free(flag));
    program_unload(&program);
}

/* ---- fork ---- */

/* In the child: nothing is open, and everything can be opened again. */
static int child(void)
{
    uint64_t value;
    if (hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &value) != HSA_STATUS_ERROR_NOT_INITIALIZED)
        return 1;
    if (rig_open(NULL) != 0)
        return 2;
    struct program program = program_load("basic.co");
    hsa_queue_t *queue = new_queue(NULL);
    run_add(queue, &program);
    OK(hsa_queue_destroy(queue));
    program_unload(&program);
    return rig_close(NULL);
}

static void a_forked_child_opens_its_own_runtime(void **state)
{
    struct program program = program_load("basic.co");
    hsa_queue_t *queue = new_queue(NULL);
    int result = -1;
    run_add(queue, &program);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0)
        _exit(child());
    assert_int_equal(waitpid(pid, &result, 0), pid);
    assert_true(WIFEXITED(result));
    assert_int_equal(WEXITSTATUS(result), 0);
    run_add(queue, &program);
    OK(hsa_queue_destroy(queue));
    program_unload(&program);
}

/* ---- queue attributes ---- */

static void queue_calls_check_their_arguments(void **state)
{
    hsa_queue_t *queue;
    uint32_t mask[4] = {0xff, 0, 0, 0}, back[4];
    FAILS(hsa_queue_create(rig.gpu, 63, 0, NULL, NULL, 0, 0, &queue),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_queue_create(rig.gpu, 64, 7, NULL, NULL, 0, 0, &queue),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_queue_create(rig.cpu, 64, 0, NULL, NULL, 0, 0, &queue),
          HSA_STATUS_ERROR_INVALID_QUEUE_CREATION);
    OK(hsa_queue_create(rig.gpu, 128, HSA_QUEUE_TYPE_COOPERATIVE, NULL, NULL, 0, 0, &queue));
    assert_int_equal(queue->size, 128);
    assert_int_equal(queue->features, HSA_QUEUE_FEATURE_KERNEL_DISPATCH);
    OK(hsa_amd_queue_set_priority(queue, HSA_AMD_QUEUE_PRIORITY_HIGH));
    FAILS(hsa_amd_queue_set_priority(queue, (hsa_amd_queue_priority_t)3),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_queue_cu_set_mask(queue, 128, mask));
    OK(hsa_amd_queue_cu_get_mask(queue, 128, back));
    assert_memory_equal(mask, back, sizeof mask);
    FAILS(hsa_amd_queue_cu_set_mask(queue, 31, mask), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    mask[3] = 0x80000000; /* compute unit 127 of 104 */
    FAILS(hsa_amd_queue_cu_set_mask(queue, 128, mask), HSA_STATUS_CU_MASK_REDUCED);
    OK(hsa_queue_inactivate(queue));
    OK(hsa_queue_destroy(queue));
    FAILS(hsa_queue_destroy(queue), HSA_STATUS_ERROR_INVALID_QUEUE);
    FAILS(hsa_queue_destroy(NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

static void soft_queues_are_plain_memory(void **state)
{
    hsa_queue_t *queue;
    hsa_signal_t doorbell = rig_signal(0);
    hsa_region_t region = {.handle = rig.fine.handle};
    OK(hsa_soft_queue_create(region, 16, HSA_QUEUE_TYPE_MULTI, HSA_QUEUE_FEATURE_AGENT_DISPATCH,
                             doorbell, &queue));
    assert_int_equal(hsa_queue_add_write_index_screlease(queue, 3), 0);
    assert_int_equal(hsa_queue_load_write_index_scacquire(queue), 3);
    assert_int_equal(hsa_queue_cas_write_index_relaxed(queue, 3, 4), 3);
    hsa_queue_store_read_index_screlease(queue, 2);
    assert_int_equal(hsa_queue_load_read_index_relaxed(queue), 2);
    assert_int_equal(*(uint16_t *)((char *)queue->base_address + 64), HSA_PACKET_TYPE_INVALID);
    hsa_signal_store_relaxed(queue->doorbell_signal, 9);
    assert_int_equal(hsa_signal_load_relaxed(doorbell), 9);
    OK(hsa_queue_destroy(queue));
    OK(hsa_signal_destroy(doorbell));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(vector_add_is_right),
        cmocka_unit_test(kernels_read_and_write_variables),
        cmocka_unit_test(variables_from_outside_bind),
        cmocka_unit_test(group_memory_and_barriers_work),
        cmocka_unit_test(locked_host_memory_is_reachable),
        cmocka_unit_test(dispatches_are_timed),
        cmocka_unit_test(each_fault_has_its_code_and_spares_the_rest),
        cmocka_unit_test(each_bad_packet_has_its_code),
        cmocka_unit_test(a_spinning_kernel_ends_by_its_flag_or_with_its_queue),
        cmocka_unit_test(a_forked_child_opens_its_own_runtime),
        cmocka_unit_test(queue_calls_check_their_arguments),
        cmocka_unit_test(soft_queues_are_plain_memory),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
