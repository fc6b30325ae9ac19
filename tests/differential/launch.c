/* SPDX-License-Identifier: MIT
 * launch OBJECT KERNEL LANES WORDS: runs a kernel of a code object on the first GPU through the
 * public HSA API, with one argument, a buffer of WORDS dwords. The buffer is read from stdin before
 * and written to stdout after. For differential tests, which compile the same source for the host.
 */
#include "hsa/hsa.h"
#include "hsa/hsa_ext_amd.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct place {
    hsa_agent_t gpu;
    hsa_amd_memory_pool_t fine, kernarg;
    bool have_gpu, have_fine, have_kernarg;
};

static void must(hsa_status_t status, const char *what)
{
    const char *text = "";
    if (status == HSA_STATUS_SUCCESS || status == HSA_STATUS_INFO_BREAK)
        return;
    hsa_status_string(status, &text);
    fprintf(stderr, "launch: %s: %s\n", what, text);
    _exit(3);
}

static hsa_status_t note_pool(hsa_amd_memory_pool_t pool, void *user)
{
    struct place *place = user;
    uint32_t flags = 0;
    must(hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS, &flags), "pool");
    if ((flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT) != 0 && !place->have_kernarg) {
        place->kernarg = pool;
        place->have_kernarg = true;
    }
    if ((flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED) != 0 && !place->have_fine) {
        place->fine = pool;
        place->have_fine = true;
    }
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t note_agent(hsa_agent_t agent, void *user)
{
    struct place *place = user;
    hsa_device_type_t type;
    must(hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type), "agent");
    if (type == HSA_DEVICE_TYPE_GPU && !place->have_gpu) {
        place->gpu = agent;
        place->have_gpu = true;
    }
    if (type == HSA_DEVICE_TYPE_CPU)
        must(hsa_amd_agent_iterate_memory_pools(agent, note_pool, place), "pools");
    return HSA_STATUS_SUCCESS;
}

struct kernel {
    uint64_t object;
    uint32_t kernarg_size, group_size, private_size;
};

static struct kernel load(hsa_agent_t gpu, const char *path, const char *name)
{
    hsa_code_object_reader_t reader;
    hsa_executable_t executable;
    hsa_executable_symbol_t symbol;
    struct kernel kernel;
    char symbol_name[256];
    int fd = open(path, O_RDONLY);
    must(hsa_code_object_reader_create_from_file(fd, &reader), "open code object");
    must(hsa_executable_create_alt(HSA_PROFILE_FULL, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL,
                                   &executable),
         "create executable");
    must(hsa_executable_load_agent_code_object(executable, gpu, reader, NULL, NULL), "load");
    must(hsa_executable_freeze(executable, NULL), "freeze");
    snprintf(symbol_name, sizeof symbol_name, "%s.kd", name);
    must(hsa_executable_get_symbol_by_name(executable, symbol_name, &gpu, &symbol), name);
    must(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT,
                                        &kernel.object),
         "kernel object");
    must(hsa_executable_symbol_get_info(
             symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE, &kernel.kernarg_size),
         "kernarg size");
    must(hsa_executable_symbol_get_info(
             symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE, &kernel.group_size),
         "group size");
    must(hsa_executable_symbol_get_info(
             symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE, &kernel.private_size),
         "private size");
    return kernel;
}

static void queue_failed(hsa_status_t status, hsa_queue_t *queue, void *user)
{
    (void)queue, (void)user;
    must(status, "queue");
    _exit(3);
}

static void dispatch(const struct place *place, const struct kernel *kernel, uint32_t lanes,
                     void *buffer)
{
    hsa_queue_t *queue;
    hsa_signal_t done;
    void **kernarg;
    must(hsa_queue_create(place->gpu, 64, HSA_QUEUE_TYPE_SINGLE, queue_failed, NULL, UINT32_MAX,
                          UINT32_MAX, &queue),
         "queue");
    must(hsa_signal_create(1, 0, NULL, &done), "signal");
    size_t kernarg_size = kernel->kernarg_size > 64 ? kernel->kernarg_size : 64;
    must(hsa_amd_memory_pool_allocate(place->kernarg, kernarg_size, 0, (void **)&kernarg),
         "kernarg");
    memset(kernarg, 0, kernarg_size);
    kernarg[0] = buffer;
    hsa_kernel_dispatch_packet_t *packet = queue->base_address;
    /* The first dword stays until all else is there: the packet processor may be looking at it. */
    memset((char *)packet + sizeof(uint32_t), 0, sizeof *packet - sizeof(uint32_t));
    packet->workgroup_size_x = (uint16_t)lanes;
    packet->workgroup_size_y = packet->workgroup_size_z = 1;
    packet->grid_size_x = lanes;
    packet->grid_size_y = packet->grid_size_z = 1;
    packet->group_segment_size = kernel->group_size;
    packet->private_segment_size = kernel->private_size;
    packet->kernel_object = kernel->object;
    packet->kernarg_address = kernarg;
    packet->completion_signal = done;
    hsa_queue_store_write_index_relaxed(queue, 1);
    uint32_t header = HSA_PACKET_TYPE_KERNEL_DISPATCH |
                      HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_ACQUIRE_FENCE_SCOPE |
                      HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_RELEASE_FENCE_SCOPE;
    uint32_t setup = 1 << HSA_KERNEL_DISPATCH_PACKET_SETUP_DIMENSIONS;
    __atomic_store_n((uint32_t *)(void *)packet, header | setup << 16, __ATOMIC_RELEASE);
    hsa_signal_store_relaxed(queue->doorbell_signal, 0);
    while (hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX,
                                     HSA_WAIT_STATE_BLOCKED) > 0)
        ;
    must(hsa_queue_destroy(queue), "destroy queue");
    must(hsa_signal_destroy(done), "destroy signal");
}

int main(int argc, char **argv)
{
    struct place place = {0};
    void *buffer;
    if (argc != 5) {
        fprintf(stderr, "usage: %s OBJECT KERNEL LANES WORDS <input >output\n", argv[0]);
        return 2;
    }
    size_t size = strtoul(argv[4], NULL, 0) * 4;
    must(hsa_init(), "init");
    must(hsa_iterate_agents(note_agent, &place), "agents");
    if (!place.have_gpu || !place.have_fine || !place.have_kernarg) {
        fprintf(stderr, "launch: no GPU agent or no memory pool\n");
        return 3;
    }
    must(hsa_amd_memory_pool_allocate(place.fine, size, 0, &buffer), "buffer");
    must(hsa_amd_agents_allow_access(1, &place.gpu, NULL, buffer), "access");
    if (fread(buffer, 1, size, stdin) != size)
        memset(buffer, 0, size);
    struct kernel kernel = load(place.gpu, argv[1], argv[2]);
    dispatch(&place, &kernel, (uint32_t)strtoul(argv[3], NULL, 0), buffer);
    fwrite(buffer, 1, size, stdout);
    fflush(stdout);
    must(hsa_shut_down(), "shut down");
    return 0;
}
