/* SPDX-License-Identifier: MIT
 * Many threads at once: each loads code, makes queues, dispatches, copies and waits; nothing is
 * shared but the runtime. Several producers on one queue. hsa_init and hsa_shut_down meanwhile.
 */
#include "rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

enum { THREADS = 4, ROUNDS = 12, LANES = 256, PACKETS = 100 };

static _Atomic int wrong; /* cmocka asserts only on its own thread */

static bool ok(hsa_status_t status)
{
    if (status != HSA_STATUS_SUCCESS)
        atomic_fetch_add(&wrong, 1);
    return status == HSA_STATUS_SUCCESS;
}

struct shared_code {
    const void *bytes;
    size_t size;
};

static uint64_t load_kernel(const struct shared_code *code, const char *name,
                            hsa_executable_t *executable)
{
    hsa_code_object_reader_t reader;
    hsa_executable_symbol_t symbol = {0};
    uint64_t object = 0;
    ok(hsa_executable_create_alt(HSA_PROFILE_FULL, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL,
                                 executable));
    ok(hsa_code_object_reader_create_from_memory(code->bytes, code->size, &reader));
    ok(hsa_executable_load_agent_code_object(*executable, rig.gpu, reader, NULL, NULL));
    ok(hsa_code_object_reader_destroy(reader));
    ok(hsa_executable_freeze(*executable, NULL));
    if (ok(hsa_executable_get_symbol_by_name(*executable, name, &rig.gpu, &symbol)))
        ok(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT,
                                          &object));
    return object;
}

static void put_packet(hsa_queue_t *queue, uint64_t kernel, void *kernarg, hsa_signal_t done)
{
    uint64_t index = hsa_queue_add_write_index_scacq_screl(queue, 1);
    while (index - hsa_queue_load_read_index_scacquire(queue) >= queue->size)
        ;
    hsa_kernel_dispatch_packet_t *slot =
        (hsa_kernel_dispatch_packet_t *)queue->base_address + (index & (queue->size - 1));
    slot->workgroup_size_x = 64;
    slot->workgroup_size_y = slot->workgroup_size_z = 1;
    slot->grid_size_x = LANES;
    slot->grid_size_y = slot->grid_size_z = 1;
    slot->private_segment_size = slot->group_segment_size = 0;
    slot->kernel_object = kernel;
    slot->kernarg_address = kernarg;
    slot->completion_signal = done;
    __atomic_store_n((uint32_t *)slot, HSA_PACKET_TYPE_KERNEL_DISPATCH | 1u << 16,
                     __ATOMIC_RELEASE);
    hsa_signal_store_screlease(queue->doorbell_signal, (hsa_signal_value_t)index);
}

struct add_arguments {
    const int32_t *a, *b;
    int32_t *c;
};

static bool add_once(hsa_queue_t *queue, uint64_t kernel, int seed)
{
    int32_t *memory = NULL, host[3 * LANES];
    struct add_arguments *arguments = NULL;
    hsa_signal_t copied, done;
    if (!ok(hsa_amd_memory_pool_allocate(rig.vram, sizeof host, 0, (void **)&memory)) ||
        !ok(hsa_amd_memory_pool_allocate(rig.kernarg, sizeof *arguments, 0, (void **)&arguments)))
        return false;
    ok(hsa_signal_create(1, 0, NULL, &copied));
    ok(hsa_signal_create(1, 0, NULL, &done));
    for (int i = 0; i < 2 * LANES; i++)
        host[i] = i * seed;
    ok(hsa_amd_memory_async_copy(memory, rig.gpu, host, rig.cpu, sizeof host, 0, NULL, copied));
    hsa_signal_wait_scacquire(copied, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX,
                              HSA_WAIT_STATE_BLOCKED);
    *arguments = (struct add_arguments){memory, memory + LANES, memory + 2 * LANES};
    put_packet(queue, kernel, arguments, done);
    hsa_signal_store_relaxed(copied, 1);
    ok(hsa_amd_memory_async_copy(host, rig.cpu, memory, rig.gpu, sizeof host, 1, &done, copied));
    hsa_signal_value_t left = hsa_signal_wait_scacquire(
        copied, HSA_SIGNAL_CONDITION_LT, 1, UINT64_C(20000000000), HSA_WAIT_STATE_BLOCKED);
    bool right = left == 0;
    for (int i = 0; i < LANES; i++)
        right = right && host[2 * LANES + i] == (2 * i + LANES) * seed;
    ok(hsa_signal_destroy(copied));
    ok(hsa_signal_destroy(done));
    ok(hsa_amd_memory_pool_free(memory));
    ok(hsa_amd_memory_pool_free(arguments));
    return right;
}

static void *live_alone(void *argument)
{
    for (int round = 0; round < ROUNDS; round++) {
        hsa_executable_t executable;
        hsa_queue_t *queue;
        ok(hsa_init());
        uint64_t kernel = load_kernel(argument, "add.kd", &executable);
        if (ok(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, 0, 0, &queue))) {
            if (!add_once(queue, kernel, round + 2))
                atomic_fetch_add(&wrong, 1);
            ok(hsa_queue_destroy(queue));
        }
        ok(hsa_executable_destroy(executable));
        ok(hsa_shut_down());
    }
    return NULL;
}

static void threads_do_not_disturb_each_other(void **state)
{
    pthread_t threads[THREADS];
    struct shared_code code;
    code.bytes = rig_read("basic.co", &code.size);
    wrong = 0;
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, live_alone, &code), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    free((void *)code.bytes);
    assert_int_equal(wrong, 0);
}

struct producer {
    hsa_queue_t *queue;
    uint64_t kernel;
    void *kernarg;
    hsa_signal_t done;
};

static void *produce(void *argument)
{
    const struct producer *producer = argument;
    for (int i = 0; i < PACKETS; i++)
        put_packet(producer->queue, producer->kernel, producer->kernarg, producer->done);
    return NULL;
}

static void one_queue_takes_packets_of_many_threads(void **state)
{
    pthread_t threads[THREADS];
    struct program program = program_load("basic.co");
    int32_t *memory = rig_alloc(rig.vram, 3 * LANES * 4);
    struct add_arguments *arguments = rig_alloc(rig.kernarg, sizeof *arguments);
    struct producer producer = {.kernarg = arguments, .done = rig_signal(THREADS * PACKETS)};
    *arguments = (struct add_arguments){memory, memory + LANES, memory + 2 * LANES};
    OK(hsa_executable_symbol_get_info(program_symbol(&program, "add.kd"),
                                      HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &producer.kernel));
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, 0, 0, &producer.queue));
    for (int i = 0; i < THREADS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, produce, &producer), 0);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    rig_wait_zero(producer.done);
    OK(hsa_queue_destroy(producer.queue));
    OK(hsa_signal_destroy(producer.done));
    OK(hsa_amd_memory_pool_free(memory));
    OK(hsa_amd_memory_pool_free(arguments));
    program_unload(&program);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_do_not_disturb_each_other),
        cmocka_unit_test(one_queue_takes_packets_of_many_threads),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
