/* SPDX-License-Identifier: MIT
 * Start and end, system and agent attributes, instruction sets, extensions, status texts.
 */
#include "rig.h"

#include "hsa/hsa_ext_image.h"
#include "hsa/hsa_ven_amd_loader.h"

#include <string.h>

static void nothing_works_before_init(void **state)
{
    uint64_t value;
    hsa_signal_t signal;
    hsa_isa_t isa;
    FAILS(hsa_shut_down(), HSA_STATUS_ERROR_NOT_INITIALIZED);
    FAILS(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &value), HSA_STATUS_ERROR_NOT_INITIALIZED);
    FAILS(hsa_signal_create(0, 0, NULL, &signal), HSA_STATUS_ERROR_NOT_INITIALIZED);
    FAILS(hsa_isa_from_name("amdgcn-amd-amdhsa--gfx90a", &isa), HSA_STATUS_ERROR_NOT_INITIALIZED);
    FAILS(hsa_amd_memory_pool_free(&value), HSA_STATUS_ERROR_NOT_INITIALIZED);
}

static void init_is_counted_and_the_runtime_opens_again(void **state)
{
    uint64_t value;
    for (int round = 0; round < 3; round++) {
        OK(hsa_init());
        OK(hsa_init());
        OK(hsa_shut_down());
        OK(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &value));
        OK(hsa_shut_down());
        FAILS(hsa_shut_down(), HSA_STATUS_ERROR_NOT_INITIALIZED);
    }
}

static void handles_of_an_earlier_run_are_invalid(void **state)
{
    hsa_executable_t executable;
    OK(hsa_init());
    OK(hsa_executable_create_alt(HSA_PROFILE_FULL, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL,
                                 &executable));
    OK(hsa_shut_down()); /* frees what was forgotten */
    OK(hsa_init());
    FAILS(hsa_executable_destroy(executable), HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    OK(hsa_shut_down());
}

static void time_runs_in_nanoseconds(void **state)
{
    uint64_t first, second, frequency;
    OK(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP_FREQUENCY, &frequency));
    OK(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &first));
    OK(hsa_system_get_info(HSA_SYSTEM_INFO_TIMESTAMP, &second));
    assert_int_equal(frequency, 1000000000);
    assert_true(second >= first);
}

/* An attribute whose value has `size` bytes; the byte after them must stay as it was. */
struct size_case {
    uint32_t attribute;
    size_t size;
};

static const struct size_case agent_sizes[] = {
    {HSA_AGENT_INFO_NAME, 64},
    {HSA_AGENT_INFO_VENDOR_NAME, 64},
    {HSA_AGENT_INFO_FEATURE, 4},
    {HSA_AGENT_INFO_MACHINE_MODEL, 4},
    {HSA_AGENT_INFO_PROFILE, 4},
    {HSA_AGENT_INFO_DEFAULT_FLOAT_ROUNDING_MODE, 4},
    {HSA_AGENT_INFO_FAST_F16_OPERATION, 1},
    {HSA_AGENT_INFO_WAVEFRONT_SIZE, 4},
    {HSA_AGENT_INFO_WORKGROUP_MAX_DIM, 6},
    {HSA_AGENT_INFO_WORKGROUP_MAX_SIZE, 4},
    {HSA_AGENT_INFO_GRID_MAX_DIM, 12},
    {HSA_AGENT_INFO_GRID_MAX_SIZE, 4},
    {HSA_AGENT_INFO_FBARRIER_MAX_SIZE, 4},
    {HSA_AGENT_INFO_QUEUES_MAX, 4},
    {HSA_AGENT_INFO_QUEUE_MIN_SIZE, 4},
    {HSA_AGENT_INFO_QUEUE_MAX_SIZE, 4},
    {HSA_AGENT_INFO_QUEUE_TYPE, 4},
    {HSA_AGENT_INFO_NODE, 4},
    {HSA_AGENT_INFO_DEVICE, 4},
    {HSA_AGENT_INFO_CACHE_SIZE, 16},
    {HSA_AGENT_INFO_ISA, 8},
    {HSA_AGENT_INFO_EXTENSIONS, 128},
    {HSA_AGENT_INFO_VERSION_MAJOR, 2},
    {HSA_AGENT_INFO_VERSION_MINOR, 2},
    {HSA_AMD_AGENT_INFO_CHIP_ID, 4},
    {HSA_AMD_AGENT_INFO_CACHELINE_SIZE, 4},
    {HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT, 4},
    {HSA_AMD_AGENT_INFO_MAX_CLOCK_FREQUENCY, 4},
    {HSA_AMD_AGENT_INFO_DRIVER_NODE_ID, 4},
    {HSA_AMD_AGENT_INFO_MAX_ADDRESS_WATCH_POINTS, 4},
    {HSA_AMD_AGENT_INFO_BDFID, 4},
    {HSA_AMD_AGENT_INFO_MEMORY_WIDTH, 4},
    {HSA_AMD_AGENT_INFO_MEMORY_MAX_FREQUENCY, 4},
    {HSA_AMD_AGENT_INFO_PRODUCT_NAME, 64},
    {HSA_AMD_AGENT_INFO_MAX_WAVES_PER_CU, 4},
    {HSA_AMD_AGENT_INFO_NUM_SIMDS_PER_CU, 4},
    {HSA_AMD_AGENT_INFO_NUM_SHADER_ENGINES, 4},
    {HSA_AMD_AGENT_INFO_NUM_SHADER_ARRAYS_PER_SE, 4},
    {HSA_AMD_AGENT_INFO_HDP_FLUSH, 16},
    {HSA_AMD_AGENT_INFO_DOMAIN, 4},
    {HSA_AMD_AGENT_INFO_COOPERATIVE_QUEUES, 1},
    {HSA_AMD_AGENT_INFO_UUID, 21},
    {HSA_AMD_AGENT_INFO_ASIC_REVISION, 4},
    {HSA_AMD_AGENT_INFO_SVM_DIRECT_HOST_ACCESS, 1},
    {HSA_AMD_AGENT_INFO_COOPERATIVE_COMPUTE_UNIT_COUNT, 4},
    {HSA_AMD_AGENT_INFO_MEMORY_AVAIL, 8},
    {HSA_AMD_AGENT_INFO_TIMESTAMP_FREQUENCY, 8},
    {HSA_AMD_AGENT_INFO_ASIC_FAMILY_ID, 4},
    {HSA_AMD_AGENT_INFO_UCODE_VERSION, 4},
    {HSA_AMD_AGENT_INFO_SDMA_UCODE_VERSION, 4},
    {HSA_AMD_AGENT_INFO_NUM_SDMA_ENG, 4},
    {HSA_AMD_AGENT_INFO_NUM_SDMA_XGMI_ENG, 4},
    {HSA_AMD_AGENT_INFO_IOMMU_SUPPORT, 4},
    {HSA_AMD_AGENT_INFO_NUM_XCC, 4},
    {HSA_AMD_AGENT_INFO_DRIVER_UID, 4},
    {HSA_AMD_AGENT_INFO_NEAREST_CPU, 8},
    {HSA_AMD_AGENT_INFO_MEMORY_PROPERTIES, 8},
    {HSA_AMD_AGENT_INFO_AQL_EXTENSIONS, 8},
    {HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_MAX, 8},
    {HSA_AMD_AGENT_INFO_SCRATCH_LIMIT_CURRENT, 8},
    {HSA_AMD_AGENT_INFO_CLOCK_COUNTERS, 32},
};

static void agent_attributes_write_their_own_size(void **state)
{
    const hsa_agent_t agents[] = {rig.cpu, rig.gpu};
    for (size_t a = 0; a < 2; a++)
        for (size_t i = 0; i < sizeof agent_sizes / sizeof agent_sizes[0]; i++) {
            uint8_t low[160], high[160];
            memset(low, 0, sizeof low);
            memset(high, 0xff, sizeof high);
            hsa_agent_info_t attribute = (hsa_agent_info_t)agent_sizes[i].attribute;
            OK(hsa_agent_get_info(agents[a], attribute, low));
            OK(hsa_agent_get_info(agents[a], attribute, high));
            size_t written = sizeof low; /* bytes that the call set are equal in both */
            while (written > 0 && low[written - 1] == 0 && high[written - 1] == 0xff)
                written--;
            if (written != agent_sizes[i].size)
                fail_msg("agent %zu attribute 0x%x writes %zu bytes, not %zu", a,
                         agent_sizes[i].attribute, written, agent_sizes[i].size);
        }
}

static void agent_queries_check_their_arguments(void **state)
{
    uint32_t value;
    const hsa_agent_t wild = {.handle = 0x1234}, none = {0};
    FAILS(hsa_agent_get_info(wild, HSA_AGENT_INFO_NODE, &value), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_agent_get_info(none, HSA_AGENT_INFO_NODE, &value), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_agent_get_info(rig.gpu, HSA_AGENT_INFO_NODE, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_agent_get_info(rig.gpu, (hsa_agent_info_t)0x7777, &value),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_iterate_agents(NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

static void the_gpu_says_what_it_is(void **state)
{
    char name[64], product[64];
    uint32_t wave, units;
    OK(hsa_agent_get_info(rig.gpu, HSA_AGENT_INFO_NAME, name));
    OK(hsa_agent_get_info(rig.gpu, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_PRODUCT_NAME, product));
    OK(hsa_agent_get_info(rig.gpu, HSA_AGENT_INFO_WAVEFRONT_SIZE, &wave));
    OK(hsa_agent_get_info(rig.gpu, (hsa_agent_info_t)HSA_AMD_AGENT_INFO_COMPUTE_UNIT_COUNT,
                          &units));
    assert_string_equal(name, "gfx90a");
    assert_string_equal(product, "AMD Instinct MI210");
    assert_int_equal(wave, 64);
    assert_int_equal(units, 104);
}

static hsa_status_t stop_at_once(hsa_agent_t agent, void *count)
{
    ++*(int *)count;
    return HSA_STATUS_INFO_BREAK;
}

static void an_iteration_stops_when_told(void **state)
{
    int count = 0;
    FAILS(hsa_iterate_agents(stop_at_once, &count), HSA_STATUS_INFO_BREAK);
    assert_int_equal(count, 1);
}

static hsa_status_t take_isa(hsa_isa_t isa, void *out)
{
    *(hsa_isa_t *)out = isa;
    return HSA_STATUS_SUCCESS;
}

static void isa_names_parse_and_compare(void **state)
{
    static const struct {
        const char *name;
        hsa_status_t status;
        bool fits;
        const char *why;
    } cases[] = {
        {"amdgcn-amd-amdhsa--gfx90a", HSA_STATUS_SUCCESS, true, "any features"},
        {"amdgcn-amd-amdhsa--gfx90a:xnack-", HSA_STATUS_SUCCESS, true, "same xnack"},
        {"amdgcn-amd-amdhsa--gfx90a:xnack+", HSA_STATUS_SUCCESS, false, "other xnack"},
        {"amdgcn-amd-amdhsa--gfx90a:sramecc-", HSA_STATUS_SUCCESS, false, "other sramecc"},
        {"amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-", HSA_STATUS_SUCCESS, true, "exact"},
        {"amdgcn-amd-amdhsa--gfx9999", HSA_STATUS_ERROR_INVALID_ISA_NAME, false, "no such chip"},
        {"gfx90a", HSA_STATUS_ERROR_INVALID_ISA_NAME, false, "no triple"},
        {"", HSA_STATUS_ERROR_INVALID_ISA_NAME, false, "empty"},
    };
    hsa_isa_t own, isa;
    uint32_t length;
    char name[128];
    OK(hsa_agent_iterate_isas(rig.gpu, take_isa, &own));
    OK(hsa_isa_get_info_alt(own, HSA_ISA_INFO_NAME_LENGTH, &length));
    OK(hsa_isa_get_info_alt(own, HSA_ISA_INFO_NAME, name));
    assert_string_equal(name, "amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-");
    assert_int_equal(length, strlen(name) + 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        bool fits = false;
        hsa_status_t status = hsa_isa_from_name(cases[i].name, &isa);
        if (status == HSA_STATUS_SUCCESS)
            OK(hsa_isa_compatible(isa, own, &fits));
        if (status != cases[i].status || fits != cases[i].fits)
            fail_msg("%s (%s): status 0x%x, fits %d", cases[i].name, cases[i].why, status, fits);
    }
    FAILS(hsa_isa_get_info_alt((hsa_isa_t){.handle = 8}, HSA_ISA_INFO_NAME, name),
          HSA_STATUS_ERROR_INVALID_ISA);
}

static void extensions_are_there_or_not(void **state)
{
    hsa_ven_amd_loader_1_03_pfn_t table = {0};
    uint16_t minor = 0;
    bool there = false;
    OK(hsa_system_major_extension_supported(HSA_EXTENSION_AMD_LOADER, 1, &minor, &there));
    assert_true(there);
    assert_int_equal(minor, 3);
    OK(hsa_system_get_major_extension_table(HSA_EXTENSION_AMD_LOADER, 1, sizeof table, &table));
    assert_non_null(table.hsa_ven_amd_loader_iterate_executables);
    OK(hsa_system_extension_supported(HSA_EXTENSION_FINALIZER, 1, 0, &there));
    assert_false(there);
    FAILS(hsa_system_get_major_extension_table(HSA_EXTENSION_FINALIZER, 1, sizeof table, &table),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

static void every_status_has_a_text(void **state)
{
    static const uint32_t codes[] = {HSA_STATUS_SUCCESS,
                                     HSA_STATUS_INFO_BREAK,
                                     HSA_STATUS_ERROR,
                                     HSA_STATUS_ERROR_INVALID_ISA_NAME,
                                     HSA_STATUS_ERROR_FATAL,
                                     HSA_STATUS_ERROR_MEMORY_FAULT,
                                     HSA_EXT_STATUS_ERROR_IMAGE_FORMAT_UNSUPPORTED,
                                     0x2005};
    const char *text;
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        OK(hsa_status_string((hsa_status_t)codes[i], &text));
        assert_non_null(strstr(text, "HSA_STATUS_"));
    }
    FAILS(hsa_status_string((hsa_status_t)0x4242, &text), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_status_string(HSA_STATUS_SUCCESS, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest closed[] = {
        cmocka_unit_test(nothing_works_before_init),
        cmocka_unit_test(init_is_counted_and_the_runtime_opens_again),
        cmocka_unit_test(handles_of_an_earlier_run_are_invalid),
    };
    const struct CMUnitTest open[] = {
        cmocka_unit_test(time_runs_in_nanoseconds),
        cmocka_unit_test(agent_attributes_write_their_own_size),
        cmocka_unit_test(agent_queries_check_their_arguments),
        cmocka_unit_test(the_gpu_says_what_it_is),
        cmocka_unit_test(an_iteration_stops_when_told),
        cmocka_unit_test(isa_names_parse_and_compare),
        cmocka_unit_test(extensions_are_there_or_not),
        cmocka_unit_test(every_status_has_a_text),
    };
    return cmocka_run_group_tests(closed, NULL, NULL) +
           cmocka_run_group_tests(open, rig_open, rig_close);
}
