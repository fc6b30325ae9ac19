/* SPDX-License-Identifier: MIT
 * Shared virtual memory: attributes of the process's own memory, what they do to kernels' access,
 * and prefetching. Runs on devices with and without xnack.
 */
#include "rig.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { PAGE = 4096, SIZE = 16 * PAGE };

static bool has_xnack(void)
{
    bool value;
    OK(hsa_system_get_info((hsa_system_info_t)HSA_AMD_SYSTEM_INFO_XNACK_ENABLED, &value));
    return value;
}

/* Addresses are not used again: attributes stay with them. */
static char *pages(size_t size)
{
    char *at = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal(at, MAP_FAILED);
    return at;
}

static void set(void *at, size_t size, uint64_t attribute, uint64_t value)
{
    hsa_amd_svm_attribute_pair_t pair = {attribute, value};
    OK(hsa_amd_svm_attributes_set(at, size, &pair, 1));
}

static uint64_t get(void *at, size_t size, uint64_t attribute)
{
    hsa_amd_svm_attribute_pair_t pair = {attribute, 0xdead};
    OK(hsa_amd_svm_attributes_get(at, size, &pair, 1));
    return pair.value;
}

static uint64_t access_of(void *at, size_t size, hsa_agent_t agent)
{
    hsa_amd_svm_attribute_pair_t pair = {HSA_AMD_SVM_ATTRIB_ACCESS_QUERY, agent.handle};
    OK(hsa_amd_svm_attributes_get(at, size, &pair, 1));
    return pair.attribute;
}

struct error_note {
    _Atomic uint32_t status;
    hsa_signal_t seen;
};

static void note_error(hsa_status_t status, hsa_queue_t *queue, void *data)
{
    struct error_note *note = data;
    note->status = status;
    hsa_signal_store_screlease(note->seen, 0);
}

static uint32_t kernel_stores_to(const struct program *program, void *address)
{
    struct error_note note = {.status = HSA_STATUS_SUCCESS, .seen = rig_signal(1)};
    hsa_queue_t *queue;
    uint64_t argument = (uintptr_t)address;
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, note_error, &note, UINT32_MAX,
                        UINT32_MAX, &queue));
    rig_dispatch(queue, program, "store_at", &argument, sizeof argument, 64, note.seen);
    rig_wait_zero(note.seen);
    OK(hsa_queue_destroy(queue));
    OK(hsa_signal_destroy(note.seen));
    return note.status;
}

static void the_system_says_how_memory_is_shared(void **state)
{
    bool supported, by_default;
    char name[64] = "";
    OK(hsa_system_get_info((hsa_system_info_t)HSA_AMD_SYSTEM_INFO_SVM_SUPPORTED, &supported));
    OK(hsa_system_get_info((hsa_system_info_t)HSA_AMD_SYSTEM_INFO_SVM_ACCESSIBLE_BY_DEFAULT,
                           &by_default));
    OK(hsa_agent_get_info(rig.gpu, HSA_AGENT_INFO_NAME, name));
    assert_true(supported);
    assert_int_equal(by_default, has_xnack());
    const char *devices = getenv("CAIRN_DEVICES");
    assert_int_equal(has_xnack(), devices != NULL && strstr(devices, "xnack+") != NULL);
}

static void access_opens_memory_for_kernels(void **state)
{
    struct program program = program_load(has_xnack() ? "basic_xnack.co" : "basic.co");
    const uint32_t unset = has_xnack() ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_MEMORY_FAULT;
    char *at = pages(SIZE);
    assert_int_equal(kernel_stores_to(&program, at), unset);
    set(at, SIZE, HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, rig.gpu.handle);
    assert_int_equal(kernel_stores_to(&program, at + 5 * PAGE), HSA_STATUS_SUCCESS);
    assert_int_equal(at[5 * PAGE], 1);
    set(at + 4 * PAGE, 2 * PAGE, HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS, rig.gpu.handle);
    if (!has_xnack()) /* with xnack all memory of the process stays reachable */
        assert_int_equal(kernel_stores_to(&program, at + 5 * PAGE), HSA_STATUS_ERROR_MEMORY_FAULT);
    assert_int_equal(kernel_stores_to(&program, at + 3 * PAGE), HSA_STATUS_SUCCESS);
    assert_int_equal(kernel_stores_to(&program, at + 6 * PAGE), HSA_STATUS_SUCCESS);
    set(at + 5 * PAGE, PAGE, HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE, rig.gpu.handle);
    assert_int_equal(kernel_stores_to(&program, at + 5 * PAGE), HSA_STATUS_SUCCESS);
    set(at, SIZE, HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS, rig.gpu.handle);
    assert_int_equal(kernel_stores_to(&program, at), unset);
    program_unload(&program);
}

static void access_is_what_all_of_the_range_has(void **state)
{
    const uint64_t unset =
        has_xnack() ? HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE : HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS;
    char *at = pages(SIZE);
    assert_int_equal(access_of(at, SIZE, rig.gpu), unset);
    assert_int_equal(access_of(at, SIZE, rig.cpu), HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE);
    set(at, SIZE / 2, HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE, rig.gpu.handle);
    assert_int_equal(access_of(at, SIZE / 2, rig.gpu),
                     HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE);
    assert_int_equal(access_of(at, SIZE, rig.gpu), unset);
    set(at + SIZE / 2, SIZE / 2, HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, rig.gpu.handle);
    assert_int_equal(access_of(at, SIZE, rig.gpu), HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE);
    set(at + PAGE, 1, HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS, rig.gpu.handle);
    assert_int_equal(access_of(at, SIZE, rig.gpu), HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS);
    assert_int_equal(access_of(at + 2 * PAGE, PAGE, rig.gpu),
                     HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE_IN_PLACE);
}

static void attributes_are_kept_by_page(void **state)
{
    static const struct {
        uint64_t attribute, unset, value, mixed;
    } rows[] = {
        {HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG, 0, HSA_AMD_SVM_GLOBAL_FLAG_COARSE_GRAINED,
         HSA_AMD_SVM_GLOBAL_FLAG_INDETERMINATE},
        {HSA_AMD_SVM_ATTRIB_READ_ONLY, 0, 1, 0},
        {HSA_AMD_SVM_ATTRIB_HIVE_LOCAL, 0, 1, 0},
        {HSA_AMD_SVM_ATTRIB_MIGRATION_GRANULARITY, 9, 12, 9},
        {HSA_AMD_SVM_ATTRIB_READ_MOSTLY, 0, 1, 0},
        {HSA_AMD_SVM_ATTRIB_GPU_EXEC, 0, 1, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *at = pages(SIZE);
        assert_int_equal(get(at, SIZE, rows[i].attribute), rows[i].unset);
        set(at + PAGE + 100, PAGE, rows[i].attribute, rows[i].value); /* pages 1 and 2 */
        assert_int_equal(get(at, PAGE, rows[i].attribute), rows[i].unset);
        assert_int_equal(get(at + PAGE, 2 * PAGE, rows[i].attribute), rows[i].value);
        assert_int_equal(get(at + 3 * PAGE, PAGE, rows[i].attribute), rows[i].unset);
        assert_int_equal(get(at, SIZE, rows[i].attribute), rows[i].mixed);
        assert_int_equal(get(at + 2 * PAGE, 2 * PAGE, rows[i].attribute), rows[i].mixed);
        set(at, SIZE, rows[i].attribute, rows[i].value);
        assert_int_equal(get(at, SIZE, rows[i].attribute), rows[i].value);
        set(at, SIZE, rows[i].attribute, rows[i].unset);
    }
    char *at = pages(SIZE);
    assert_int_equal(get(at, SIZE, HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION), 0);
    set(at, SIZE, HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION, rig.gpu.handle);
    assert_int_equal(get(at, SIZE, HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION), rig.gpu.handle);
    set(at, PAGE, HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION, rig.cpu.handle);
    assert_int_equal(get(at, SIZE, HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION), 0);
}

static void prefetching_waits_and_notes_the_place(void **state)
{
    char *at = pages(SIZE);
    hsa_signal_t dep = rig_signal(1), done = rig_signal(1), none = {0};
    at[0] = 5;
    OK(hsa_amd_svm_prefetch_async(at, SIZE, rig.gpu, 1, &dep, done));
    usleep(5000);
    assert_int_equal(hsa_signal_load_scacquire(done), 1);
    assert_int_equal(get(at, SIZE, HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION), 0);
    hsa_signal_store_screlease(dep, 0);
    rig_wait_zero(done);
    assert_int_equal(get(at, SIZE, HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION), rig.gpu.handle);
    assert_int_equal(at[0], 5);
    hsa_signal_store_screlease(done, 1);
    OK(hsa_amd_svm_prefetch_async(at, PAGE, rig.cpu, 0, NULL, done));
    rig_wait_zero(done);
    assert_int_equal(get(at, PAGE, HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION), rig.cpu.handle);
    assert_int_equal(get(at, SIZE, HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION), 0);
    OK(hsa_amd_svm_prefetch_async(at, PAGE, rig.gpu, 0, NULL, none)); /* nobody waits */
    hsa_signal_store_screlease(dep, -1); /* failed: so does what depends on it */
    hsa_signal_store_screlease(done, 1);
    OK(hsa_amd_svm_prefetch_async(at, PAGE, rig.gpu, 1, &dep, done));
    assert_int_equal(hsa_signal_wait_scacquire(done, HSA_SIGNAL_CONDITION_LT, 1, UINT64_MAX,
                                               HSA_WAIT_STATE_BLOCKED),
                     -1);
    FAILS(hsa_amd_svm_prefetch_async(NULL, PAGE, rig.gpu, 0, NULL, done),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_svm_prefetch_async(at, 0, rig.gpu, 0, NULL, done),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_svm_prefetch_async(at, PAGE, (hsa_agent_t){8}, 0, NULL, done),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_svm_prefetch_async(at, PAGE, rig.gpu, 1, NULL, done),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_svm_prefetch_async(at, PAGE, rig.gpu, 1, &none, done),
          HSA_STATUS_ERROR_INVALID_SIGNAL);
    FAILS(hsa_amd_svm_prefetch_async((void *)PAGE, PAGE, rig.gpu, 0, NULL, done),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_signal_destroy(dep));
    OK(hsa_signal_destroy(done));
}

static void attribute_calls_check_their_arguments(void **state)
{
    char *at = pages(SIZE);
    const struct {
        uint64_t attribute, value;
        hsa_status_t set, get;
    } rows[] = {
        {HSA_AMD_SVM_ATTRIB_PREFETCH_LOCATION, rig.gpu.handle, HSA_STATUS_ERROR_INVALID_ARGUMENT,
         HSA_STATUS_SUCCESS},
        {HSA_AMD_SVM_ATTRIB_ACCESS_QUERY, rig.gpu.handle, HSA_STATUS_ERROR_INVALID_ARGUMENT,
         HSA_STATUS_SUCCESS},
        {HSA_AMD_SVM_ATTRIB_ACCESS_QUERY, 8, HSA_STATUS_ERROR_INVALID_ARGUMENT,
         HSA_STATUS_ERROR_INVALID_AGENT},
        {HSA_AMD_SVM_ATTRIB_GLOBAL_FLAG, HSA_AMD_SVM_GLOBAL_FLAG_INDETERMINATE,
         HSA_STATUS_ERROR_INVALID_ARGUMENT, HSA_STATUS_SUCCESS},
        {HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION, 8, HSA_STATUS_ERROR_INVALID_AGENT,
         HSA_STATUS_SUCCESS},
        {HSA_AMD_SVM_ATTRIB_PREFERRED_LOCATION, 0, HSA_STATUS_SUCCESS, HSA_STATUS_SUCCESS},
        {HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, 8, HSA_STATUS_ERROR_INVALID_AGENT,
         HSA_STATUS_ERROR_INVALID_ARGUMENT},
        {HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS, rig.cpu.handle, HSA_STATUS_SUCCESS,
         HSA_STATUS_ERROR_INVALID_ARGUMENT},
        {0x9999, 0, HSA_STATUS_ERROR_INVALID_ARGUMENT, HSA_STATUS_ERROR_INVALID_ARGUMENT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hsa_amd_svm_attribute_pair_t pair = {rows[i].attribute, rows[i].value};
        FAILS(hsa_amd_svm_attributes_set(at, SIZE, &pair, 1), rows[i].set);
        pair = (hsa_amd_svm_attribute_pair_t){rows[i].attribute, rows[i].value};
        FAILS(hsa_amd_svm_attributes_get(at, SIZE, &pair, 1), rows[i].get);
    }
    hsa_amd_svm_attribute_pair_t pair = {HSA_AMD_SVM_ATTRIB_READ_MOSTLY, 1};
    FAILS(hsa_amd_svm_attributes_set(NULL, SIZE, &pair, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_svm_attributes_set(at, 0, &pair, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_svm_attributes_set(at, SIZE, NULL, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_svm_attributes_set(at, SIZE_MAX, &pair, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_svm_attributes_get(NULL, SIZE, &pair, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_svm_attributes_get(at, SIZE, NULL, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_svm_attributes_set(at, SIZE, NULL, 0));
    munmap(at, SIZE);
    FAILS(hsa_amd_svm_attributes_set(at, SIZE, &pair, 1), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    char *pool = rig_alloc(rig.vram, SIZE); /* the pools' memory keeps attributes, too */
    set(pool, SIZE, HSA_AMD_SVM_ATTRIB_AGENT_NO_ACCESS, rig.gpu.handle);
    set(pool, SIZE, HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, rig.gpu.handle);
    OK(hsa_amd_memory_pool_free(pool));
}

static void attributes_end_with_the_runtime(void **state)
{
    char *at = pages(SIZE);
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    set(at, SIZE, HSA_AMD_SVM_ATTRIB_AGENT_ACCESSIBLE, rig.gpu.handle);
    set(at, SIZE, HSA_AMD_SVM_ATTRIB_READ_MOSTLY, 1);
    assert_int_equal(rig_close(state), 0);
    assert_int_equal(rig_open(state), 0);
    assert_int_equal(get(at, SIZE, HSA_AMD_SVM_ATTRIB_READ_MOSTLY), 0);
    OK(hsa_amd_pointer_info(at, &info, NULL, NULL, NULL));
    assert_int_equal(info.type, HSA_EXT_POINTER_TYPE_UNKNOWN);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_system_says_how_memory_is_shared),
        cmocka_unit_test(access_opens_memory_for_kernels),
        cmocka_unit_test(access_is_what_all_of_the_range_has),
        cmocka_unit_test(attributes_are_kept_by_page),
        cmocka_unit_test(prefetching_waits_and_notes_the_place),
        cmocka_unit_test(attribute_calls_check_their_arguments),
        cmocka_unit_test(attributes_end_with_the_runtime),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
