/* SPDX-License-Identifier: MIT
 * Two devices in one process (CAIRN_DEVICES is set by the build): one executable holds the code for
 * both, each runs its own copy, and each reaches the memory of the other.
 */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

enum { LANES = 512 };

struct gpu {
    hsa_agent_t agent;
    hsa_amd_memory_pool_t vram;
};

static struct gpu gpus[2];
static int gpu_count;

static hsa_status_t take_vram(hsa_amd_memory_pool_t pool, void *data)
{
    uint32_t flags = 0;
    OK(hsa_amd_memory_pool_get_info(pool, HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS, &flags));
    if ((flags & HSA_AMD_MEMORY_POOL_GLOBAL_FLAG_COARSE_GRAINED) != 0)
        ((struct gpu *)data)->vram = pool;
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t take_gpu(hsa_agent_t agent, void *data)
{
    hsa_device_type_t type;
    OK(hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type));
    if (type != HSA_DEVICE_TYPE_GPU || gpu_count == 2)
        return HSA_STATUS_SUCCESS;
    gpus[gpu_count].agent = agent;
    OK(hsa_amd_agent_iterate_memory_pools(agent, take_vram, &gpus[gpu_count]));
    gpu_count++;
    return HSA_STATUS_SUCCESS;
}

static int open_both(void **state)
{
    int result = rig_open(state);
    gpu_count = 0;
    OK(hsa_iterate_agents(take_gpu, NULL));
    return result != 0 || gpu_count != 2 ? -1 : 0;
}

static void each_gpu_has_its_own_memory(void **state)
{
    uint64_t before[2], after[2];
    void *memory;
    for (int i = 0; i < 2; i++)
        OK(hsa_agent_get_info(gpus[i].agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_MEMORY_AVAIL,
                              &before[i]));
    OK(hsa_amd_memory_pool_allocate(gpus[1].vram, 1 << 20, 0, &memory));
    for (int i = 0; i < 2; i++)
        OK(hsa_agent_get_info(gpus[i].agent, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_MEMORY_AVAIL,
                              &after[i]));
    assert_int_equal(before[0], after[0]);
    assert_true(after[1] < before[1]);
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    OK(hsa_amd_pointer_info(memory, &info, NULL, NULL, NULL));
    assert_int_equal(info.agentOwner.handle, gpus[1].agent.handle);
    OK(hsa_amd_memory_pool_free(memory));
}

static struct program load_for_both(void)
{
    struct program program;
    hsa_code_object_reader_t reader;
    size_t size;
    program.bytes = rig_read("basic.co", &size);
    OK(hsa_code_object_reader_create_from_memory(program.bytes, size, &reader));
    OK(hsa_executable_create_alt(HSA_PROFILE_FULL, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL,
                                 &program.executable));
    for (int i = 0; i < 2; i++)
        OK(hsa_executable_load_agent_code_object(program.executable, gpus[i].agent, reader, NULL,
                                                 NULL));
    OK(hsa_code_object_reader_destroy(reader));
    OK(hsa_executable_freeze(program.executable, NULL));
    return program;
}

/* The kernel of GPU i adds a row of its own memory to one of the other's, into the other's. */
static void kernels_reach_the_memory_of_the_other(void **state)
{
    struct program program = load_for_both();
    int32_t *rows[2];
    for (int i = 0; i < 2; i++) {
        OK(hsa_amd_memory_pool_allocate(gpus[i].vram, 2 * LANES * 4, 0, (void **)&rows[i]));
        OK(hsa_amd_agents_allow_access(1, &gpus[1 - i].agent, NULL, rows[i]));
        for (int lane = 0; lane < LANES; lane++)
            rows[i][lane] = lane * (i + 1);
    }
    for (int i = 0; i < 2; i++) {
        hsa_queue_t *queue;
        hsa_signal_t done = rig_signal(1);
        struct {
            int32_t *a, *b, *c;
        } arguments = {rows[i], rows[1 - i], rows[1 - i] + LANES};
        rig.gpu = gpus[i].agent;
        OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, 0, 0, &queue));
        rig_dispatch(queue, &program, "add", &arguments, sizeof arguments, LANES, done);
        rig_wait_zero(done);
        for (int lane = 0; lane < LANES; lane++)
            assert_int_equal(rows[1 - i][LANES + lane], lane * 3);
        OK(hsa_queue_destroy(queue));
        OK(hsa_signal_destroy(done));
    }
    for (int i = 0; i < 2; i++)
        OK(hsa_amd_memory_pool_free(rows[i]));
    program_unload(&program);
}

/* Each load has its own variable; the symbols differ although the name is the same. */
static void variables_are_per_gpu(void **state)
{
    struct program program = load_for_both();
    int32_t *address[2];
    for (int i = 0; i < 2; i++) {
        hsa_executable_symbol_t symbol;
        OK(hsa_executable_get_symbol_by_name(program.executable, "counter", &gpus[i].agent,
                                             &symbol));
        OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS,
                                          &address[i]));
        assert_int_equal(*address[i], 7);
    }
    assert_ptr_not_equal(address[0], address[1]);
    program_unload(&program);
}

/* Pages have the rights of the GPU that has most; what was set for each is kept apart. */
static void each_gpu_has_its_own_rights(void **state)
{
    hsa_access_permission_t permission;
    hsa_amd_vmem_alloc_handle_t handle;
    void *at;
    OK(hsa_amd_vmem_address_reserve(&at, 4096, 0, 0));
    OK(hsa_amd_vmem_handle_create(gpus[1].vram, 4096, MEMORY_TYPE_NONE, 0, &handle));
    OK(hsa_amd_vmem_map(at, 4096, 0, handle, 0));
    const hsa_amd_memory_access_desc_t desc[2] = {{HSA_ACCESS_PERMISSION_RO, gpus[0].agent},
                                                  {HSA_ACCESS_PERMISSION_RW, gpus[1].agent}};
    OK(hsa_amd_vmem_set_access(at, 4096, desc, 1));
    FAILS(hsa_amd_vmem_get_access(at, &permission, gpus[1].agent),
          HSA_STATUS_ERROR_INVALID_ALLOCATION);
    OK(hsa_amd_vmem_set_access(at, 4096, desc, 2));
    for (int i = 0; i < 2; i++) {
        OK(hsa_amd_vmem_get_access(at, &permission, gpus[i].agent));
        assert_int_equal(permission, desc[i].permissions);
    }
    *(int *)at = 5;
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    OK(hsa_amd_pointer_info(at, &info, NULL, NULL, NULL));
    assert_int_equal(info.agentOwner.handle, gpus[1].agent.handle);
    OK(hsa_amd_vmem_unmap(at, 4096));
    OK(hsa_amd_vmem_handle_release(handle));
    OK(hsa_amd_vmem_address_free(at, 4096));
}

static uint64_t access_of(void *at, hsa_agent_t agent)
{
    hsa_amd_svm_attribute_pair_t pair = {HSA_AMD_SVM_ATTRIB_ACCESS_QUERY, agent.handle};
    OK(hsa_amd_svm_attributes_get(at, 4096, &pair, 1));
    return pair.attribute;
}

static void shared_memory_is_opened_for_each_gpu(void **state)
{
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    hsa_amd_svm_attribute_pair_t pair = {HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, gpus[1].agent.handle};
    void *at = aligned_alloc(4096, 4096);
    memset(at, 0, 4096);
    OK(hsa_amd_svm_attributes_set(at, 4096, &pair, 1));
    assert_int_equal(access_of(at, gpus[0].agent), HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS);
    assert_int_equal(access_of(at, gpus[1].agent), HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE);
    pair.attribute = HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS;
    OK(hsa_amd_svm_attributes_set(at, 4096, &pair, 1));
    OK(hsa_amd_pointer_info(at, &info, NULL, NULL, NULL));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_UNKNOWN);
    free(at);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_gpu_has_its_own_memory),
        cmocka_unit_test(kernels_reach_the_memory_of_the_other),
        cmocka_unit_test(variables_are_per_gpu),
        cmocka_unit_test(each_gpu_has_its_own_rights),
        cmocka_unit_test(shared_memory_is_opened_for_each_gpu),
    };
    return cmocka_run_group_tests(tests, open_both, rig_close);
}
