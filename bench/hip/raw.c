/* SPDX-License-Identifier: MIT
 * The empty kernel through the HSA API, which is what a HIP launch is compared with.
 */
#include "bench.h"

#include <hsa/hsa.h>

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { RING = 1024 };

static struct {
    hsa_agent_t gpu;
    hsa_queue_t *queue;
    hsa_signal_t done;
    uint64_t kernel;
} raw;

static hsa_status_t take_gpu(hsa_agent_t agent, void *out)
{
    hsa_device_type_t type;
    OK(hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type));
    if (type != HSA_DEVICE_TYPE_GPU)
        return HSA_STATUS_SUCCESS;
    *(hsa_agent_t *)out = agent;
    return HSA_STATUS_INFO_BREAK;
}

static void load(void)
{
    hsa_code_object_reader_t reader;
    hsa_executable_t executable;
    hsa_executable_symbol_t symbol;
    int file = open(KERNEL_FOLDER "/empty.co", O_RDONLY);
    OK(hsa_code_object_reader_create_from_file(file, &reader));
    OK(hsa_executable_create_alt(HSA_PROFILE_FULL, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL,
                                 &executable));
    OK(hsa_executable_load_agent_code_object(executable, raw.gpu, reader, NULL, NULL));
    OK(hsa_executable_freeze(executable, NULL));
    OK(hsa_executable_get_symbol_by_name(executable, "empty.kd", &raw.gpu, &symbol));
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT,
                                      &raw.kernel));
    close(file);
}

void raw_open(void)
{
    OK(hsa_init());
    if (hsa_iterate_agents(take_gpu, &raw.gpu) != HSA_STATUS_INFO_BREAK)
        bench_expect(-1, "a GPU agent", __LINE__);
    load();
    OK(hsa_queue_create(raw.gpu, RING, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX,
                        &raw.queue));
    OK(hsa_signal_create(1, 0, NULL, &raw.done));
}

static void put(uint64_t index, hsa_signal_t completion)
{
    char *slot = (char *)raw.queue->base_address + (index & (RING - 1)) * 64;
    hsa_kernel_dispatch_packet_t packet = {.workgroup_size_x = 64,
                                           .workgroup_size_y = 1,
                                           .workgroup_size_z = 1,
                                           .grid_size_x = 64,
                                           .grid_size_y = 1,
                                           .grid_size_z = 1,
                                           .kernel_object = raw.kernel,
                                           .completion_signal = completion};
    uint32_t first = HSA_PACKET_TYPE_KERNEL_DISPATCH | 1u << HSA_PACKET_HEADER_BARRIER |
                     HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_SCACQUIRE_FENCE_SCOPE |
                     HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_SCRELEASE_FENCE_SCOPE | 1u << 16;
    memcpy(slot + 4, (char *)&packet + 4, sizeof packet - 4);
    __atomic_store_n((uint32_t *)(void *)slot, first, __ATOMIC_RELEASE);
    hsa_signal_store_screlease(raw.queue->doorbell_signal, (hsa_signal_value_t)index);
}

void raw_dispatch(uint32_t count)
{
    hsa_signal_store_relaxed(raw.done, 1);
    for (uint32_t i = 0; i < count; i++) {
        uint64_t index = hsa_queue_add_write_index_scacq_screl(raw.queue, 1);
        while (index - hsa_queue_load_read_index_scacquire(raw.queue) >= RING)
            ;
        put(index, i + 1 == count ? raw.done : (hsa_signal_t){0});
    }
    while (hsa_signal_wait_scacquire(raw.done, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX,
                                     HSA_WAIT_STATE_BLOCKED) > 0)
        ;
}

void raw_close(void)
{
    OK(hsa_signal_destroy(raw.done));
    OK(hsa_queue_destroy(raw.queue));
    OK(hsa_shut_down());
}
