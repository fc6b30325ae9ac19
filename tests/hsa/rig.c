/* SPDX-License-Identifier: MIT
 * See rig.h.
 */
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct rig rig;

void rig_expect(hsa_status_t got, hsa_status_t wanted, const char *call, int line)
{
    const char *name = "?";
    if (got == wanted)
        return;
    (void)hsa_status_string(got, &name);
    fail_msg("line %d: %s: got 0x%x (%s), wanted 0x%x", line, call, got, name, wanted);
}

static hsa_status_t take_agent(hsa_agent_t agent, void *data)
{
    hsa_device_type_t type;
    OK(hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type));
    if (type == HSA_DEVICE_TYPE_CPU)
        rig.cpu = agent;
    else if (rig.gpu.handle == 0)
        rig.gpu = agent;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t take_pool(hsa_amd_memory_pool_t pool, void *is_gpu)
{
    hsa_amd_segment_t segment;
    uint32_t flags = 0;
    OK(hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_SEGMENT, &segment));
    OK(hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS, &flags));
    if (segment == HSA_AMD_SEGMENT_GROUP)
        rig.group = pool;
    else if (*(bool *)is_gpu && (flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED) != 0)
        rig.vram = pool;
    else if (!*(bool *)is_gpu && (flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_KERNARG_INIT) != 0)
        rig.kernarg = pool;
    else if (!*(bool *)is_gpu && (flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_FINE_GRAINED) != 0)
        rig.fine = pool;
    return HSA_STATUS_SUCCESS;
}

int rig_open(void **state)
{
    bool no = false, yes = true;
    memset(&rig, 0, sizeof rig);
    if (hsa_init() != HSA_STATUS_SUCCESS)
        return -1;
    OK(hsa_iterate_agents(take_agent, NULL));
    OK(hsa_amd_agent_iterate_memory_pools(rig.cpu, take_pool, &no));
    OK(hsa_amd_agent_iterate_memory_pools(rig.gpu, take_pool, &yes));
    return 0;
}

int rig_close(void **state)
{
    return hsa_shut_down() == HSA_STATUS_SUCCESS ? 0 : -1;
}

void *rig_read(const char *name, size_t *size)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s", KERNEL_FOLDER, name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("cannot open %s", path);
    fseek(file, 0, SEEK_END);
    *size = (size_t)ftell(file);
    rewind(file);
    void *bytes = malloc(*size);
    assert_non_null(bytes);
    assert_int_equal(fread(bytes, 1, *size, file), *size);
    fclose(file);
    return bytes;
}

struct program program_load(const char *name)
{
    struct program program;
    hsa_code_object_reader_t reader;
    size_t size;
    program.bytes = rig_read(name, &size);
    OK(hsa_code_object_reader_create_from_memory(program.bytes, size, &reader));
    OK(hsa_executable_create_alt(HSA_PROFILE_FULL, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL,
                                 &program.executable));
    OK(hsa_executable_load_agent_code_object(program.executable, rig.gpu, reader, NULL, NULL));
    OK(hsa_code_object_reader_destroy(reader));
    OK(hsa_executable_freeze(program.executable, NULL));
    return program;
}

void program_unload(struct program *program)
{
    OK(hsa_executable_destroy(program->executable));
    free(program->bytes);
}

hsa_executable_symbol_t program_symbol(const struct program *program, const char *name)
{
    hsa_executable_symbol_t symbol = {0};
    OK(hsa_executable_get_symbol_by_name(program->executable, name, &rig.gpu, &symbol));
    return symbol;
}

void *rig_alloc(hsa_amd_memory_pool_t pool, size_t size)
{
    void *memory = NULL;
    OK(hsa_amd_memory_pool_allocate(pool, size, 0, &memory));
    OK(hsa_amd_agents_allow_access(1, &rig.gpu, NULL, memory));
    return memory;
}

hsa_signal_t rig_signal(hsa_signal_value_t value)
{
    hsa_signal_t signal;
    OK(hsa_signal_create(value, 0, NULL, &signal));
    return signal;
}

void rig_dispatch(hsa_queue_t *queue, const struct program *program, const char *kernel,
                  const void *arguments, size_t arguments_size, uint32_t lanes,
                  hsa_signal_t completion)
{
    char name[64];
    snprintf(name, sizeof name, "%s.kd", kernel);
    hsa_executable_symbol_t symbol = program_symbol(program, name);
    hsa_kernel_dispatch_packet_t packet = {.setup = 1
                                                    << HSA_KERNEL_DISPATCH_PACKET_SETUP_DIMENSIONS,
                                           .workgroup_size_x = 64,
                                           .workgroup_size_y = 1,
                                           .workgroup_size_z = 1,
                                           .grid_size_x = lanes,
                                           .grid_size_y = 1,
                                           .grid_size_z = 1,
                                           .completion_signal = completion};
    uint32_t kernarg_size = 0;
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT,
                                      &packet.kernel_object));
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE,
                                      &packet.group_segment_size));
    OK(hsa_executable_symbol_get_info(symbol,
                                      HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE,
                                      &packet.private_segment_size));
    OK(hsa_executable_symbol_get_info(
        symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE, &kernarg_size));
    assert_true(kernarg_size >= arguments_size);
    packet.kernarg_address = rig_alloc(rig.kernarg, kernarg_size == 0 ? 16 : kernarg_size);
    memcpy(packet.kernarg_address, arguments, arguments_size);

    uint64_t index = hsa_queue_add_write_index_screlease(queue, 1);
    hsa_kernel_dispatch_packet_t *slot =
        (hsa_kernel_dispatch_packet_t *)queue->base_address + (index & (queue->size - 1));
    uint16_t header = HSA_PACKET_TYPE_KERNEL_DISPATCH << HSA_PACKET_HEADER_TYPE |
                      1 << HSA_PACKET_HEADER_BARRIER |
                      HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_SCACQUIRE_FENCE_SCOPE |
                      HSA_FENCE_SCOPE_SYSTEM << HSA_PACKET_HEADER_SCRELEASE_FENCE_SCOPE;
    memcpy((char *)slot + 4, (char *)&packet + 4, sizeof packet - 4);
    __atomic_store_n((uint32_t *)slot, header | (uint32_t)packet.setup << 16, __ATOMIC_RELEASE);
    hsa_signal_store_screlease(queue->doorbell_signal, (hsa_signal_value_t)index);
}

void rig_wait_zero(hsa_signal_t signal)
{
    hsa_signal_value_t value = hsa_signal_wait_scacquire(
        signal, HSA_SIGNAL_CONDITION_EQ, 0, UINT64_C(20000000000), HSA_WAIT_STATE_BLOCKED);
    if (value != 0)
        fail_msg("a signal stayed at %lld", (long long)value);
}
