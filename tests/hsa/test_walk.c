/* SPDX-License-Identifier: MIT
 * The conformance walk, first part: every function before hsa_init (closed.def), then valid uses
 * and the documented errors of what describes the system: extensions, agents, caches, instruction
 * sets, pools and regions, and what the software GPU lacks. Vectors of other calls are in the tests
 * by subject; check_walked.py finds functions that no test calls.
 */
#include "rig.h"

#include "hsa/hsa_ext_finalize.h"
#include "hsa/hsa_ext_image.h"
#include "hsa/hsa_ven_amd_loader.h"
#include "hsa/hsa_ven_amd_pc_sampling.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#pragma clang diagnostic ignored "-Wdeprecated-declarations"

static const hsa_agent_t nobody = {8};

/* ---- closed ---- */

static void every_function_waits_for_init(void **state)
{
#define CLOSED(call) FAILS(call, HSA_STATUS_ERROR_NOT_INITIALIZED);
#include "closed.def"
#undef CLOSED
    hsa_signal_t none = {0};
    hsa_signal_condition_t condition = HSA_SIGNAL_CONDITION_EQ;
    hsa_signal_value_t value = 0, seen;
    assert_int_equal(
        hsa_amd_signal_wait_any(1, &none, &condition, &value, 0, HSA_WAIT_STATE_BLOCKED, &seen),
        UINT32_MAX);
    assert_int_equal(
        hsa_amd_signal_wait_all(1, &none, &condition, &value, 0, HSA_WAIT_STATE_BLOCKED, &seen),
        UINT32_MAX);
}

/* The child of a fork has no runtime until it opens one; the parent goes on. */
static void a_forked_child_waits_for_init_too(void **state)
{
    OK(hsa_init());
    pid_t child = fork();
    if (child == 0) {
#define CLOSED(call)                                                                               \
    if ((call) != HSA_STATUS_ERROR_NOT_INITIALIZED)                                                \
        _exit(1);
#include "closed.def"
#undef CLOSED
        _exit(hsa_init() != HSA_STATUS_SUCCESS || hsa_shut_down() != HSA_STATUS_SUCCESS);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    uint64_t now;
    OK(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &now));
    OK(hsa_shut_down());
}

/* ---- the system ---- */

static void system_attributes_write_their_own_size(void **state)
{
    static const struct {
        uint32_t attribute;
        size_t size;
    } rows[] = {
        {HSA_SYSTEM_INFO_VERSION_MAJOR, 2},
        {HSA_SYSTEM_INFO_VERSION_MINOR, 2},
        {HSA_SYSTEM_INFO_TIMESTAMP, 8},
        {HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, 8},
        {HSA_SYSTEM_INFO_SIGNAL_MAX_WAIT, 8},
        {HSA_SYSTEM_INFO_ENDIANNESS, 4},
        {HSA_SYSTEM_INFO_MACHINE_MODEL, 4},
        {HSA_SYSTEM_INFO_EXTENSIONS, 128},
        {HSA_AMD_SYSTEM_INFO_BUILD_VERSION, 8},
        {HSA_AMD_SYSTEM_INFO_SVM_SUPPORTED, 1},
        {HSA_AMD_SYSTEM_INFO_SVM_ACCESSIBLE_BY_DEFAULT, 1},
        {HSA_AMD_SYSTEM_INFO_MWAITX_ENABLED, 1},
        {HSA_AMD_SYSTEM_INFO_DMABUF_SUPPORTED, 1},
        {HSA_AMD_SYSTEM_INFO_VIRTUAL_MEM_API_SUPPORTED, 1},
        {HSA_AMD_SYSTEM_INFO_XNACK_ENABLED, 1},
        {HSA_AMD_SYSTEM_INFO_EXT_VERSION_MAJOR, 2},
        {HSA_AMD_SYSTEM_INFO_EXT_VERSION_MINOR, 2},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t value[160];
        memset(value, 0xa5, sizeof value);
        OK(hsa_system_get_info((hsa_system_info_t)rows[i].attribute, value));
        if (value[rows[i].size] != 0xa5)
            fail_msg("attribute 0x%x writes more than %zu bytes", rows[i].attribute, rows[i].size);
    }
    uint64_t value;
    FAILS(hsa_system_get_info((hsa_system_info_t)0x777, &value), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

static void extension_calls_check_their_arguments(void **state)
{
    hsa_ven_amd_loader_1_00_pfn_t table;
    const char *name;
    uint16_t minor;
    bool there;
    OK(hsa_extension_get_name(HSA_EXTENSION_AMD_LOADER, &name));
    assert_string_equal(name, "HSA_EXTENSION_AMD_LOADER");
    FAILS(hsa_extension_get_name(0x150, &name), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_extension_get_name(0, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_system_extension_supported(HSA_EXTENSION_AMD_LOADER, 1, 3, &there));
    assert_true(there);
    OK(hsa_system_extension_supported(HSA_EXTENSION_AMD_LOADER, 1, 4, &there));
    assert_false(there);
    FAILS(hsa_system_extension_supported(0x150, 1, 0, &there), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_system_extension_supported(0, 1, 0, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_system_major_extension_supported(HSA_EXTENSION_AMD_LOADER, 2, &minor, &there));
    assert_false(there);
    FAILS(hsa_system_major_extension_supported(0x150, 1, &minor, &there),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_system_major_extension_supported(0, 1, NULL, &there),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_system_major_extension_supported(0, 1, &minor, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_agent_extension_supported(HSA_EXTENSION_AMD_LOADER, rig.gpu, 1, 0, &there));
    assert_true(there);
    OK(hsa_agent_extension_supported(HSA_EXTENSION_FINALIZER, rig.gpu, 1, 0, &there));
    assert_false(there);
    FAILS(hsa_agent_extension_supported(0x150, rig.gpu, 1, 0, &there),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_agent_extension_supported(0, rig.gpu, 1, 0, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_agent_extension_supported(0, nobody, 1, 0, &there), HSA_STATUS_ERROR_INVALID_AGENT);
    OK(hsa_agent_major_extension_supported(HSA_EXTENSION_IMAGES, rig.gpu, 1, &minor, &there));
    assert_true(there && minor == 0);
    OK(hsa_agent_major_extension_supported(HSA_EXTENSION_IMAGES, rig.cpu, 1, &minor, &there));
    assert_false(there);
    FAILS(hsa_agent_major_extension_supported(0x150, rig.gpu, 1, &minor, &there),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_agent_major_extension_supported(0, nobody, 1, &minor, &there),
          HSA_STATUS_ERROR_INVALID_AGENT);
    OK(hsa_system_get_extension_table(HSA_EXTENSION_AMD_LOADER, 1, 0, &table));
    assert_non_null(table.hsa_ven_amd_loader_query_executable);
    FAILS(hsa_system_get_extension_table(HSA_EXTENSION_AMD_LOADER, 1, 4, &table),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_system_get_extension_table(HSA_EXTENSION_FINALIZER, 1, 0, &table),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_system_get_major_extension_table(HSA_EXTENSION_AMD_LOADER, 1, 0, &table),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_system_get_major_extension_table(HSA_EXTENSION_AMD_LOADER, 1, 8, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

/* ---- agents and caches ---- */

static hsa_status_t stop_at_first(hsa_agent_t agent, void *data)
{
    *(hsa_agent_t *)data = agent;
    return HSA_STATUS_INFO_BREAK;
}

static hsa_status_t check_cache(hsa_cache_t cache, void *data)
{
    char name[32] = "";
    uint32_t length, size;
    uint8_t level;
    OK(hsa_cache_get_info(cache, HSA_CACHE_INFO_NAME_LENGTH, &length));
    OK(hsa_cache_get_info(cache, HSA_CACHE_INFO_NAME, name));
    OK(hsa_cache_get_info(cache, HSA_CACHE_INFO_LEVEL, &level));
    OK(hsa_cache_get_info(cache, HSA_CACHE_INFO_SIZE, &size));
    assert_int_equal(strlen(name), length);
    assert_true(level >= 1 && level <= 3 && size != 0);
    FAILS(hsa_cache_get_info(cache, HSA_CACHE_INFO_SIZE, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_cache_get_info(cache, (hsa_cache_info_t)77, &size),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    return --*(int *)data == 0 ? HSA_STATUS_INFO_BREAK : HSA_STATUS_SUCCESS;
}

static void agent_calls_check_their_arguments(void **state)
{
    hsa_agent_t first = {0};
    uint16_t mask = 9;
    uint32_t value;
    int left = 100;
    FAILS(hsa_iterate_agents(stop_at_first, &first), HSA_STATUS_INFO_BREAK);
    assert_int_equal(first.handle, rig.cpu.handle);
    FAILS(hsa_iterate_agents(NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_agent_get_exception_policies(rig.gpu, HSA_PROFILE_BASE, &mask));
    assert_int_equal(mask, 0);
    FAILS(hsa_agent_get_exception_policies(nobody, HSA_PROFILE_BASE, &mask),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_agent_get_exception_policies(rig.gpu, (hsa_profile_t)5, &mask),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_agent_get_exception_policies(rig.gpu, HSA_PROFILE_BASE, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_agent_iterate_caches(rig.gpu, check_cache, &left));
    assert_true(left < 100);
    left = 1;
    FAILS(hsa_agent_iterate_caches(rig.gpu, check_cache, &left), HSA_STATUS_INFO_BREAK);
    FAILS(hsa_agent_iterate_caches(nobody, check_cache, &left), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_agent_iterate_caches(rig.gpu, NULL, &left), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_cache_get_info((hsa_cache_t){8}, HSA_CACHE_INFO_SIZE, &value),
          HSA_STATUS_ERROR_INVALID_CACHE);
    hsa_amd_coherency_type_t type;
    OK(hsa_amd_coherency_set_type(rig.gpu, HSA_AMD_COHERENCY_TYPE_NONCOHERENT));
    OK(hsa_amd_coherency_get_type(rig.gpu, &type));
    assert_int_equal(type, HSA_AMD_COHERENCY_TYPE_NONCOHERENT);
    OK(hsa_amd_coherency_set_type(rig.gpu, HSA_AMD_COHERENCY_TYPE_COHERENT));
    FAILS(hsa_amd_coherency_set_type(rig.gpu, (hsa_amd_coherency_type_t)4),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_coherency_set_type(rig.cpu, HSA_AMD_COHERENCY_TYPE_COHERENT),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_coherency_get_type(nobody, &type), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_coherency_get_type(rig.gpu, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_agent_set_async_scratch_limit(rig.gpu, 0));
    FAILS(hsa_amd_agent_set_async_scratch_limit(rig.gpu, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_agent_set_async_scratch_limit(rig.cpu, 0), HSA_STATUS_ERROR_INVALID_AGENT);
    uint8_t flags[8] = {0};
    OK(hsa_amd_enable_logging(flags, NULL));
    FAILS(hsa_amd_enable_logging(NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

/* ---- instruction sets ---- */

static hsa_status_t take_wavefront(hsa_wavefront_t wavefront, void *data)
{
    *(hsa_wavefront_t *)data = wavefront;
    return HSA_STATUS_INFO_BREAK;
}

static hsa_status_t take_isa(hsa_isa_t isa, void *data)
{
    *(hsa_isa_t *)data = isa;
    return HSA_STATUS_SUCCESS;
}

static void isa_attributes_write_their_own_size(void **state)
{
    static const struct {
        uint32_t attribute;
        size_t size;
    } rows[] = {
        {HSA_ISA_INFO_NAME_LENGTH, 4},
        {HSA_ISA_INFO_CALL_CONVENTION_COUNT, 4},
        {HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONT_SIZE, 4},
        {HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONTS_PER_COMPUTE_UNIT, 4},
        {HSA_ISA_INFO_MACHINE_MODELS, 2},
        {HSA_ISA_INFO_PROFILES, 2},
        {HSA_ISA_INFO_DEFAULT_FLOAT_ROUNDING_MODES, 3},
        {HSA_ISA_INFO_BASE_PROFILE_DEFAULT_FLOAT_ROUNDING_MODES, 3},
        {HSA_ISA_INFO_FAST_F16_OPERATION, 1},
        {HSA_ISA_INFO_WORKGROUP_MAX_DIM, 6},
        {HSA_ISA_INFO_WORKGROUP_MAX_SIZE, 4},
        {HSA_ISA_INFO_GRID_MAX_DIM, 12},
        {HSA_ISA_INFO_GRID_MAX_SIZE, 8},
        {HSA_ISA_INFO_FBARRIER_MAX_SIZE, 4},
    };
    hsa_isa_t isa;
    OK(hsa_agent_iterate_isas(rig.gpu, take_isa, &isa));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t value[32];
        memset(value, 0xa5, sizeof value);
        OK(hsa_isa_get_info_alt(isa, (hsa_isa_info_t)rows[i].attribute, value));
        if (value[rows[i].size] != 0xa5)
            fail_msg("attribute %u writes more than %zu bytes", rows[i].attribute, rows[i].size);
    }
}

static void isa_calls_check_their_arguments(void **state)
{
    const hsa_isa_t none = {8};
    hsa_isa_t isa, parsed;
    hsa_wavefront_t wavefront;
    hsa_round_method_t method;
    uint32_t value;
    uint16_t mask;
    bool fits;
    OK(hsa_agent_iterate_isas(rig.gpu, take_isa, &isa));
    FAILS(hsa_agent_iterate_isas(nobody, take_isa, &isa), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_agent_iterate_isas(rig.gpu, NULL, &isa), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_isa_from_name("gfx90a", &parsed), HSA_STATUS_ERROR_INVALID_ISA_NAME);
    FAILS(hsa_isa_from_name(NULL, &parsed), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_isa_from_name("amdgcn-amd-amdhsa--gfx90a", NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_isa_get_info(isa, HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONT_SIZE, 0, &value));
    assert_int_equal(value, 64);
    FAILS(hsa_isa_get_info(isa, HSA_ISA_INFO_CALL_CONVENTION_INFO_WAVEFRONT_SIZE, 1, &value),
          HSA_STATUS_ERROR_INVALID_INDEX);
    FAILS(hsa_isa_get_info_alt(none, HSA_ISA_INFO_NAME_LENGTH, &value),
          HSA_STATUS_ERROR_INVALID_ISA);
    FAILS(hsa_isa_get_info_alt(isa, HSA_ISA_INFO_NAME_LENGTH, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_isa_get_info_alt(isa, (hsa_isa_info_t)0x7777, &value),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_isa_get_exception_policies(isa, HSA_PROFILE_BASE, &mask));
    FAILS(hsa_isa_get_exception_policies(none, HSA_PROFILE_BASE, &mask),
          HSA_STATUS_ERROR_INVALID_ISA);
    FAILS(hsa_isa_get_exception_policies(isa, (hsa_profile_t)5, &mask),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_isa_get_exception_policies(isa, HSA_PROFILE_BASE, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_isa_get_round_method(isa, HSA_FP_TYPE_32, HSA_FLUSH_MODE_FTZ, &method));
    assert_int_equal(method, HSA_ROUND_METHOD_SINGLE);
    FAILS(hsa_isa_get_round_method(none, HSA_FP_TYPE_32, HSA_FLUSH_MODE_FTZ, &method),
          HSA_STATUS_ERROR_INVALID_ISA);
    FAILS(hsa_isa_get_round_method(isa, (hsa_fp_type_t)3, HSA_FLUSH_MODE_FTZ, &method),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_isa_get_round_method(isa, HSA_FP_TYPE_32, (hsa_flush_mode_t)7, &method),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_isa_iterate_wavefronts(isa, take_wavefront, &wavefront), HSA_STATUS_INFO_BREAK);
    FAILS(hsa_isa_iterate_wavefronts(none, take_wavefront, &wavefront),
          HSA_STATUS_ERROR_INVALID_ISA);
    FAILS(hsa_isa_iterate_wavefronts(isa, NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_wavefront_get_info(wavefront, HSA_WAVEFRONT_INFO_SIZE, &value));
    assert_int_equal(value, 64);
    FAILS(hsa_wavefront_get_info((hsa_wavefront_t){8}, HSA_WAVEFRONT_INFO_SIZE, &value),
          HSA_STATUS_ERROR_INVALID_WAVEFRONT);
    FAILS(hsa_wavefront_get_info(wavefront, HSA_WAVEFRONT_INFO_SIZE, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_wavefront_get_info(wavefront, (hsa_wavefront_info_t)3, &value),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_isa_compatible(isa, isa, &fits));
    assert_true(fits);
    FAILS(hsa_isa_compatible(none, isa, &fits), HSA_STATUS_ERROR_INVALID_ISA);
    FAILS(hsa_isa_compatible(isa, none, &fits), HSA_STATUS_ERROR_INVALID_ISA);
    FAILS(hsa_isa_compatible(isa, isa, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

/* ---- pools and regions ---- */

static hsa_status_t stop_at_pool(hsa_amd_memory_pool_t pool, void *data)
{
    return HSA_STATUS_INFO_BREAK;
}

static hsa_status_t check_region(hsa_region_t region, void *data)
{
    static const struct {
        uint32_t attribute;
        size_t size;
    } rows[] = {
        {HSA_REGION_INFO_SEGMENT, 4},
        {HSA_REGION_INFO_GLOBAL_FLAGS, 4},
        {HSA_REGION_INFO_SIZE, 8},
        {HSA_REGION_INFO_ALLOC_MAX_SIZE, 8},
        {HSA_REGION_INFO_ALLOC_MAX_PRIVATE_WORKGROUP_SIZE, 4},
        {HSA_REGION_INFO_RUNTIME_ALLOC_ALLOWED, 1},
        {HSA_REGION_INFO_RUNTIME_ALLOC_GRANULE, 8},
        {HSA_REGION_INFO_RUNTIME_ALLOC_ALIGNMENT, 8},
        {HSA_AMD_REGION_INFO_HOST_ACCESSIBLE, 1},
        {HSA_AMD_REGION_INFO_BASE, 8},
        {HSA_AMD_REGION_INFO_BUS_WIDTH, 4},
        {HSA_AMD_REGION_INFO_MAX_CLOCK_FREQUENCY, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t value[16];
        memset(value, 0xa5, sizeof value);
        OK(hsa_region_get_info(region, (hsa_region_info_t)rows[i].attribute, value));
        assert_int_equal(value[rows[i].size], 0xa5);
    }
    uint64_t value;
    FAILS(hsa_region_get_info(region, (hsa_region_info_t)0x99, &value),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_region_get_info(region, HSA_REGION_INFO_SIZE, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    *(hsa_region_t *)data = region;
    return HSA_STATUS_INFO_BREAK;
}

static void pool_calls_check_their_arguments(void **state)
{
    static const struct {
        uint32_t attribute;
        size_t size;
    } rows[] = {
        {HSA_AMD_MEMORY_POOL_INFO_SEGMENT, 4},
        {HSA_AMD_MEMORY_POOL_INFO_GLOBAL_FLAGS, 4},
        {HSA_AMD_MEMORY_POOL_INFO_SIZE, 8},
        {HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALLOWED, 1},
        {HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_GRANULE, 8},
        {HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_ALIGNMENT, 8},
        {HSA_AMD_MEMORY_POOL_INFO_ACCESSIBLE_BY_ALL, 1},
        {HSA_AMD_MEMORY_POOL_INFO_ALLOC_MAX_SIZE, 8},
        {HSA_AMD_MEMORY_POOL_INFO_LOCATION, 4},
        {HSA_AMD_MEMORY_POOL_INFO_RUNTIME_ALLOC_REC_GRANULE, 8},
    };
    const hsa_amd_memory_pool_t none = {8};
    uint64_t value;
    bool can;
    hsa_amd_memory_pool_link_info_t link;
    uint32_t hops;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        uint8_t bytes[16];
        memset(bytes, 0xa5, sizeof bytes);
        OK(hsa_amd_memory_pool_get_info(rig.vram, (hsa_amd_memory_pool_info_t)rows[i].attribute,
                                        bytes));
        assert_int_equal(bytes[rows[i].size], 0xa5);
    }
    FAILS(hsa_amd_memory_pool_get_info(rig.vram, (hsa_amd_memory_pool_info_t)99, &value),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_pool_get_info(rig.vram, HSA_AMD_MEMORY_POOL_INFO_SIZE, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_pool_get_info(none, HSA_AMD_MEMORY_POOL_INFO_SIZE, &value),
          HSA_STATUS_ERROR_INVALID_MEMORY_POOL);
    FAILS(hsa_amd_agent_iterate_memory_pools(rig.gpu, stop_at_pool, NULL), HSA_STATUS_INFO_BREAK);
    FAILS(hsa_amd_agent_iterate_memory_pools(nobody, stop_at_pool, NULL),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_agent_iterate_memory_pools(rig.gpu, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_agent_memory_pool_get_info(rig.cpu, rig.vram,
                                          HSA_AMD_AGENT_MEMORY_POOL_INFO_NUM_LINK_HOPS, &hops));
    assert_int_equal(hops, 1);
    OK(hsa_amd_agent_memory_pool_get_info(rig.cpu, rig.vram,
                                          HSA_AMD_AGENT_MEMORY_POOL_INFO_LINK_INFO, &link));
    assert_true(link.coherent_support);
    FAILS(hsa_amd_agent_memory_pool_get_info(rig.cpu, rig.vram, (hsa_amd_agent_memory_pool_info_t)9,
                                             &hops),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_agent_memory_pool_get_info(rig.cpu, rig.vram,
                                             HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_agent_memory_pool_get_info(nobody, rig.vram,
                                             HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS, &hops),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_agent_memory_pool_get_info(rig.cpu, none, HSA_AMD_AGENT_MEMORY_POOL_INFO_ACCESS,
                                             &hops),
          HSA_STATUS_ERROR_INVALID_MEMORY_POOL);
    OK(hsa_amd_memory_pool_can_migrate(rig.vram, rig.fine, &can));
    assert_false(can);
    FAILS(hsa_amd_memory_pool_can_migrate(none, rig.fine, &can),
          HSA_STATUS_ERROR_INVALID_MEMORY_POOL);
    FAILS(hsa_amd_memory_pool_can_migrate(rig.vram, rig.fine, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    void *memory = rig_alloc(rig.vram, 100);
    FAILS(hsa_amd_memory_migrate(memory, rig.fine, 0), HSA_STATUS_ERROR);
    FAILS(hsa_amd_memory_migrate(NULL, rig.fine, 0), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_migrate(memory, rig.fine, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_migrate(memory, none, 0), HSA_STATUS_ERROR_INVALID_MEMORY_POOL);
    OK(hsa_amd_memory_pool_free(memory));
    OK(hsa_amd_memory_pool_free(NULL));
}

static void region_calls_check_their_arguments(void **state)
{
    const hsa_region_t none = {8};
    hsa_region_t region;
    uint64_t value;
    void *memory;
    FAILS(hsa_agent_iterate_regions(rig.gpu, check_region, &region), HSA_STATUS_INFO_BREAK);
    FAILS(hsa_agent_iterate_regions(nobody, check_region, &region), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_agent_iterate_regions(rig.gpu, NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_region_get_info(none, HSA_REGION_INFO_SIZE, &value), HSA_STATUS_ERROR_INVALID_REGION);
    OK(hsa_memory_allocate(region, 100, &memory));
    OK(hsa_memory_assign_agent(memory, rig.gpu, HSA_ACCESS_PERMISSION_RW));
    FAILS(hsa_memory_assign_agent(NULL, rig.gpu, HSA_ACCESS_PERMISSION_RW),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_memory_assign_agent(memory, rig.gpu, (hsa_access_permission_t)7),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_memory_assign_agent(memory, nobody, HSA_ACCESS_PERMISSION_RW),
          HSA_STATUS_ERROR_INVALID_AGENT);
    OK(hsa_memory_free(memory));
    FAILS(hsa_memory_free(memory), HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_memory_allocate(none, 100, &memory), HSA_STATUS_ERROR_INVALID_REGION);
    FAILS(hsa_memory_allocate(region, 0, &memory), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_memory_allocate(region, 100, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    char host[256];
    OK(hsa_memory_register(host, sizeof host));
    OK(hsa_memory_deregister(host, sizeof host));
    FAILS(hsa_memory_register(NULL, 8), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_memory_register(host, 0), HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

/* ---- what is not there ---- */

static hsa_status_t never(hsa_ext_program_t program, hsa_ext_module_t module, void *data)
{
    fail_msg("there is no module");
    return HSA_STATUS_SUCCESS;
}

static hsa_status_t never_configured(const hsa_ven_amd_pcs_configuration_t *configuration,
                                     void *data)
{
    fail_msg("there is no configuration");
    return HSA_STATUS_SUCCESS;
}

static void never_ready(void *client, size_t size, size_t lost,
                        hsa_ven_amd_pcs_data_copy_callback_t copy, void *handle)
{
}

static void what_is_not_there_says_so(void **state)
{
    const hsa_ext_control_directives_t none = {0};
    hsa_ext_program_t program = {0};
    hsa_ven_amd_pcs_t sampling = {0};
    hsa_code_object_t object;
    hsa_profile_t profile;
    uint32_t timeout = 0, copied;
    bool lost;
    FAILS(hsa_ext_program_create(HSA_MACHINE_MODEL_LARGE, HSA_PROFILE_FULL,
                                 HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL, &program),
          HSA_STATUS_ERROR);
    FAILS(hsa_ext_program_create((hsa_machine_model_t)5, HSA_PROFILE_FULL,
                                 HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL, &program),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ext_program_destroy(program), HSA_EXT_STATUS_ERROR_INVALID_PROGRAM);
    FAILS(hsa_ext_program_add_module(program, NULL), HSA_EXT_STATUS_ERROR_INVALID_PROGRAM);
    FAILS(hsa_ext_program_iterate_modules(program, never, NULL),
          HSA_EXT_STATUS_ERROR_INVALID_PROGRAM);
    FAILS(hsa_ext_program_get_info(program, HSA_EXT_PROGRAM_INFO_PROFILE, &profile),
          HSA_EXT_STATUS_ERROR_INVALID_PROGRAM);
    FAILS(hsa_ext_program_finalize(program, (hsa_isa_t){0}, 0, none, NULL,
                                   HSA_CODE_OBJECT_TYPE_PROGRAM, &object),
          HSA_EXT_STATUS_ERROR_INVALID_PROGRAM);
    OK(hsa_ven_amd_pcs_iterate_configuration(rig.gpu, never_configured, NULL));
    FAILS(hsa_ven_amd_pcs_iterate_configuration(rig.gpu, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ven_amd_pcs_iterate_configuration(rig.cpu, never_configured, NULL),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_ven_amd_pcs_create(rig.gpu, HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1,
                                 HSA_VEN_AMD_PCS_INTERVAL_UNITS_MICRO_SECONDS, 10, 10, 4096,
                                 never_ready, NULL, &sampling),
          HSA_STATUS_ERROR);
    FAILS(hsa_ven_amd_pcs_create_from_id(1, rig.gpu, HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1,
                                         HSA_VEN_AMD_PCS_INTERVAL_UNITS_MICRO_SECONDS, 0, 10, 4096,
                                         never_ready, NULL, &sampling),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ven_amd_pcs_create(nobody, HSA_VEN_AMD_PCS_METHOD_HOSTTRAP_V1,
                                 HSA_VEN_AMD_PCS_INTERVAL_UNITS_MICRO_SECONDS, 10, 10, 4096,
                                 never_ready, NULL, &sampling),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_ven_amd_pcs_start(sampling), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ven_amd_pcs_stop(sampling), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ven_amd_pcs_flush(sampling), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_ven_amd_pcs_destroy(sampling), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_spm_acquire(rig.gpu), HSA_STATUS_ERROR);
    FAILS(hsa_amd_spm_acquire(rig.cpu), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_spm_release(rig.gpu), HSA_STATUS_ERROR);
    FAILS(hsa_amd_spm_set_dest_buffer(rig.gpu, 0, &timeout, &copied, NULL, &lost),
          HSA_STATUS_ERROR);
}

int main(void)
{
    const struct CMUnitTest closed[] = {
        cmocka_unit_test(every_function_waits_for_init),
        cmocka_unit_test(a_forked_child_waits_for_init_too),
    };
    const struct CMUnitTest open[] = {
        cmocka_unit_test(system_attributes_write_their_own_size),
        cmocka_unit_test(extension_calls_check_their_arguments),
        cmocka_unit_test(agent_calls_check_their_arguments),
        cmocka_unit_test(isa_attributes_write_their_own_size),
        cmocka_unit_test(isa_calls_check_their_arguments),
        cmocka_unit_test(pool_calls_check_their_arguments),
        cmocka_unit_test(region_calls_check_their_arguments),
        cmocka_unit_test(what_is_not_there_says_so),
    };
    return cmocka_run_group_tests(closed, NULL, NULL) +
           cmocka_run_group_tests(open, rig_open, rig_close);
}
