/* SPDX-License-Identifier: MIT
 * Tools: they are loaded with the runtime, what they put into the tables is what the application
 * calls, and packets of intercept queues pass through their handlers in order.
 */
#include "rig.h"

#include "hsa/hsa_api_trace.h"
#include "tool.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

enum { LANES = 64 };

static struct tool_counters *counters(void)
{
    void *tool = dlopen(TOOL, RTLD_NOW | RTLD_NOLOAD);
    assert_non_null(tool);
    struct tool_counters *found = dlsym(tool, "tool_counters");
    assert_non_null(found);
    return found;
}

static void tools_are_loaded_and_unloaded_with_the_runtime(void **state)
{
    struct tool_counters *seen = counters();
    assert_int_equal(seen->loaded, 1);
    assert_int_equal(seen->failed_before, 1); /* the first library of the list is not there */
    assert_true(seen->good_layout);
    OK(hsa_init());
    OK(hsa_shut_down());
    assert_int_equal(seen->unloaded, 0);
    OK(hsa_shut_down());
    assert_int_equal(seen->unloaded, 1);
    OK(hsa_init());
    assert_int_equal(seen->loaded, 2);
    assert_int_equal(rig_open(state), 0);
    OK(hsa_shut_down());
}

struct sum {
    int32_t *a, *b, *c;
};

static void put(hsa_queue_t *queue, const hsa_kernel_dispatch_packet_t *packet, uint64_t index)
{
    char *slot = (char *)queue->base_address + (index & (queue->size - 1)) * sizeof *packet;
    memcpy(slot + 4, (const char *)packet + 4, sizeof *packet - 4);
    __atomic_store_n((uint32_t *)(void *)slot,
                     HSA_PACKET_TYPE_KERNEL_DISPATCH | 1u << HSA_PACKET_HEADER_BARRIER | 1u << 16,
                     __ATOMIC_RELEASE);
}

/* A hundred times through a ring of 64: an addition, and one that the tool drops. */
static void packets_pass_through_the_handlers(void **state)
{
    enum { ROUNDS = 100 };
    struct tool_counters *seen = counters();
    struct program program = program_load("basic.co");
    hsa_executable_symbol_t symbol = program_symbol(&program, "add.kd");
    struct sum *args = rig_alloc(rig.kernarg, sizeof *args);
    int32_t *data = rig_alloc(rig.vram, 3 * LANES * sizeof *data);
    hsa_signal_t done = rig_signal(1);
    hsa_queue_t *queue;
    hsa_kernel_dispatch_packet_t packet = {.workgroup_size_x = LANES,
                                           .workgroup_size_y = 1,
                                           .workgroup_size_z = 1,
                                           .grid_size_x = LANES,
                                           .grid_size_y = 1,
                                           .grid_size_z = 1,
                                           .kernarg_address = args};
    *args = (struct sum){data, data + LANES, data}; /* adds b to a */
    for (int i = 0; i < LANES; i++)
        data[LANES + i] = i;
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT,
                                      &packet.kernel_object));
    memset(seen, 0, sizeof *seen);
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, 0, 0, &queue));
    assert_int_equal(seen->queues, 1);
    for (int round = 1; round <= ROUNDS; round++) {
        uint64_t index = hsa_queue_add_write_index_scacq_screl(queue, 2);
        packet.reserved2 = TOOL_DROPS;
        packet.completion_signal.handle = 0;
        put(queue, &packet, index);
        packet.reserved2 = 0;
        packet.completion_signal = done;
        put(queue, &packet, index + 1);
        hsa_signal_store_screlease(queue->doorbell_signal, (hsa_signal_value_t)index + 1);
        rig_wait_zero(done);
        hsa_signal_store_relaxed(done, 1);
        assert_int_equal(data[LANES - 1], round * (LANES - 1));
        assert_int_equal(hsa_queue_load_read_index_scacquire(queue), index + 2);
    }
    assert_int_equal(seen->seen_by_first, 2 * ROUNDS);
    assert_int_equal(seen->seen_by_second, ROUNDS);
    assert_int_equal(seen->markers, ROUNDS);
    assert_int_equal(seen->marker_user_data, (uintptr_t)seen);
    assert_int_equal(seen->last_marker, ROUNDS - 1); /* where the last addition went */
    assert_int_equal(seen->last_index, 2 * ROUNDS - 1);
    OK(hsa_queue_destroy(queue));
    OK(hsa_signal_destroy(done));
    OK(hsa_amd_memory_pool_free(args));
    OK(hsa_amd_memory_pool_free(data));
    program_unload(&program);
}

static _Atomic int error;

static void note_error(hsa_status_t status, hsa_queue_t *queue, void *data)
{
    if (queue == *(hsa_queue_t **)data)
        error = (int)status;
}

/* The callback gets the queue that the application knows, and producers are not stuck. */
static void a_fault_below_stops_the_queue_in_front(void **state)
{
    struct program program = program_load("basic.co");
    uint64_t address = 64;
    static hsa_queue_t *queue;
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, note_error, &queue, 0, 0, &queue));
    rig_dispatch(queue, &program, "store_at", &address, sizeof address, 64, (hsa_signal_t){0});
    for (int i = 0; i < 20000 && error == 0; i++)
        rig_dispatch(queue, &program, "store_at", &address, sizeof address, 64, (hsa_signal_t){0});
    assert_int_equal(error, HSA_STATUS_ERROR_MEMORY_FAULT);
    for (int i = 0; i < 200; i++)
        rig_dispatch(queue, &program, "store_at", &address, sizeof address, 64, (hsa_signal_t){0});
    OK(hsa_queue_destroy(queue));
    program_unload(&program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tools_are_loaded_and_unloaded_with_the_runtime),
        cmocka_unit_test(packets_pass_through_the_handlers),
        cmocka_unit_test(a_fault_below_stops_the_queue_in_front),
    };
    setenv("HSA_TOOLS_LIB", "/there/is/no/such/tool.so " TOOL, 1);
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
