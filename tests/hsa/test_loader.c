/* SPDX-License-Identifier: MIT
 * Readers, executables and symbols: valid code objects, foreign ones, broken ones, variables from
 * outside, and AMD's loader queries.
 */
#include "rig.h"

#include "hsa/hsa_ven_amd_loader.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static hsa_executable_t new_executable(void)
{
    hsa_executable_t executable;
    OK(hsa_executable_create_alt(HSA_PROFILE_FULL, HSA_DEFAULT_FLOAT_ROUNDING_MODE_DEFAULT, NULL,
                                 &executable));
    return executable;
}

/* Loads the bytes into a fresh executable and says how it went. */
static hsa_status_t try_load(const void *bytes, size_t size)
{
    hsa_code_object_reader_t reader;
    hsa_executable_t executable = new_executable();
    OK(hsa_code_object_reader_create_from_memory(bytes, size, &reader));
    hsa_status_t status =
        hsa_executable_load_agent_code_object(executable, rig.gpu, reader, NULL, NULL);
    OK(hsa_code_object_reader_destroy(reader));
    OK(hsa_executable_destroy(executable));
    return status;
}

static void code_objects_are_taken_or_refused_for_a_reason(void **state)
{
    static const struct {
        const char *name;
        hsa_status_t status;
    } cases[] = {
        {"basic.co", HSA_STATUS_SUCCESS},
        {"basic_v4.co", HSA_STATUS_SUCCESS},
        {"illegal.co", HSA_STATUS_SUCCESS},
        {"basic_xnack.co", HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS},
        {"other_chip.co", HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS},
        {"undefined.co", HSA_STATUS_ERROR_VARIABLE_UNDEFINED},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        size_t size;
        void *bytes = rig_read(cases[i].name, &size);
        hsa_status_t status = try_load(bytes, size);
        free(bytes);
        if (status != cases[i].status)
            fail_msg("%s: 0x%x, wanted 0x%x", cases[i].name, status, cases[i].status);
    }
    FAILS(try_load("no code object at all", 22), HSA_STATUS_ERROR_INVALID_CODE_OBJECT);
}

static void a_truncated_code_object_is_refused(void **state)
{
    size_t size;
    char *bytes = rig_read("basic.co", &size);
    for (size_t part = 1; part < 16; part++) {
        char *copy = malloc(size * part / 16); /* so that a read past the end is seen */
        memcpy(copy, bytes, size * part / 16);
        hsa_status_t status = try_load(copy, size * part / 16);
        free(copy);
        if (status == HSA_STATUS_SUCCESS && part < 8)
            fail_msg("%zu of %zu bytes loaded", size * part / 16, size);
    }
    free(bytes);
}

static void flipped_bits_never_crash(void **state)
{
    size_t size;
    char *bytes = rig_read("basic.co", &size);
    char *copy = malloc(size);
    uint64_t random = 12345;
    for (int round = 0; round < 300; round++) {
        memcpy(copy, bytes, size);
        for (int flip = 0; flip < 4; flip++) {
            random = random * UINT64_C(6364136223846793005) + 1442695040888963407;
            copy[(random >> 33) % (round % 2 ? 64 : size)] ^= (char)(1 << (random >> 29 & 7));
        }
        (void)try_load(copy, size);
    }
    free(copy);
    free(bytes);
}

static void symbols_tell_what_the_kernel_needs(void **state)
{
    struct program program = program_load("basic.co");
    hsa_executable_symbol_t symbol = program_symbol(&program, "reverse_in_group.kd");
    hsa_symbol_kind_t kind;
    uint64_t object;
    uint32_t group, kernarg, align, length;
    char name[64] = "";
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_TYPE, &kind));
    assert_int_equal(kind, HSA_SYMBOL_KIND_KERNEL);
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &object));
    assert_int_equal(object % 64, 0);
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE,
                                      &group));
    assert_int_equal(group, 256);
    OK(hsa_executable_symbol_get_info(
        symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE, &kernarg));
    assert_true(kernarg >= 8);
    OK(hsa_executable_symbol_get_info(
        symbol, HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT, &align));
    assert_int_equal(align, 16);
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_NAME_LENGTH, &length));
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_NAME, name));
    assert_int_equal(length, strlen("reverse_in_group.kd"));
    assert_string_equal(name, "reverse_in_group.kd");
    FAILS(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS,
                                         &object),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    program_unload(&program);
    FAILS(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_TYPE, &kind),
          HSA_STATUS_ERROR_INVALID_EXECUTABLE_SYMBOL);
}

static void variables_have_address_and_first_value(void **state)
{
    struct program program = program_load("basic.co");
    hsa_executable_symbol_t symbol = program_symbol(&program, "counter");
    int *address;
    uint32_t size;
    bool is_const;
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS,
                                      &address));
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE, &size));
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_IS_CONST,
                                      &is_const));
    assert_int_equal(*address, 7);
    assert_int_equal(size, 4);
    assert_false(is_const);
    symbol = program_symbol(&program, "table");
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_IS_CONST,
                                      &is_const));
    assert_true(is_const);
    FAILS(hsa_executable_get_symbol_by_name(program.executable, "nobody", &rig.gpu, &symbol),
          HSA_STATUS_ERROR_INVALID_SYMBOL_NAME);
    FAILS(hsa_executable_get_symbol_by_name(program.executable, "add", &rig.gpu, &symbol),
          HSA_STATUS_ERROR_INVALID_SYMBOL_NAME);
    program_unload(&program);
}

struct symbol_count {
    int kernels, variables;
};

static hsa_status_t count_symbol(hsa_executable_t executable, hsa_agent_t agent,
                                 hsa_executable_symbol_t symbol, void *data)
{
    struct symbol_count *count = data;
    hsa_symbol_kind_t kind;
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_TYPE, &kind));
    count->kernels += kind == HSA_SYMBOL_KIND_KERNEL;
    count->variables += kind == HSA_SYMBOL_KIND_VARIABLE;
    return HSA_STATUS_SUCCESS;
}

static void all_symbols_are_iterated(void **state)
{
    struct program program = program_load("basic.co");
    struct symbol_count count = {0};
    OK(hsa_executable_iterate_agent_symbols(program.executable, rig.gpu, count_symbol, &count));
    assert_int_equal(count.kernels, 6);
    assert_int_equal(count.variables, 2);
    program_unload(&program);
}

static void executables_freeze_once_and_for_good(void **state)
{
    size_t size;
    hsa_code_object_reader_t reader;
    hsa_executable_state_t frozen;
    uint32_t valid = 9;
    int variable;
    void *bytes = rig_read("basic.co", &size);
    hsa_executable_t executable = new_executable();
    OK(hsa_code_object_reader_create_from_memory(bytes, size, &reader));
    OK(hsa_executable_load_agent_code_object(executable, rig.gpu, reader, NULL, NULL));
    FAILS(hsa_executable_load_agent_code_object(executable, rig.gpu, reader, NULL, NULL),
          HSA_STATUS_ERROR_VARIABLE_ALREADY_DEFINED);
    FAILS(hsa_executable_load_agent_code_object(executable, rig.cpu, reader, NULL, NULL),
          HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS);
    OK(hsa_executable_freeze(executable, NULL));
    FAILS(hsa_executable_freeze(executable, NULL), HSA_STATUS_ERROR_FROZEN_EXECUTABLE);
    FAILS(hsa_executable_load_agent_code_object(executable, rig.gpu, reader, NULL, NULL),
          HSA_STATUS_ERROR_FROZEN_EXECUTABLE);
    FAILS(hsa_executable_agent_global_variable_define(executable, rig.gpu, "late", &variable),
          HSA_STATUS_ERROR_FROZEN_EXECUTABLE);
    OK(hsa_executable_get_info(executable, HSA_EXECUTABLE_INFO_STATE, &frozen));
    assert_int_equal(frozen, HSA_EXECUTABLE_STATE_FROZEN);
    OK(hsa_executable_validate(executable, &valid));
    assert_int_equal(valid, 0);
    OK(hsa_executable_destroy(executable));
    FAILS(hsa_executable_destroy(executable), HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    OK(hsa_code_object_reader_destroy(reader));
    FAILS(hsa_code_object_reader_destroy(reader), HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER);
    free(bytes);
}

static void readers_take_files_and_parts_of_files(void **state)
{
    char path[512];
    size_t size;
    hsa_ven_amd_loader_1_03_pfn_t loader;
    hsa_code_object_reader_t reader;
    OK(hsa_system_get_major_extension_table(HSA_EXTENSION_AMD_LOADER, 1, sizeof loader, &loader));
    free(rig_read("basic.co", &size));
    snprintf(path, sizeof path, "%s/basic.co", KERNEL_FOLDER);
    int file = open(path, O_RDONLY);
    assert_true(file >= 0);
    OK(hsa_code_object_reader_create_from_file(file, &reader));
    hsa_executable_t executable = new_executable();
    hsa_loaded_code_object_t loaded;
    OK(hsa_executable_load_agent_code_object(executable, rig.gpu, reader, NULL, &loaded));
    char uri[1024] = "";
    OK(loader.hsa_ven_amd_loader_loaded_code_object_get_info(
        loaded, HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_URI, uri));
    assert_non_null(strstr(uri, "basic.co#offset=0&size="));
    OK(hsa_code_object_reader_destroy(reader));
    OK(loader.hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size(file, 0, size,
                                                                                      &reader));
    OK(hsa_code_object_reader_destroy(reader));
    FAILS(loader.hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size(
              file, 16, size, &reader),
          HSA_STATUS_ERROR_INVALID_FILE);
    close(file);
    FAILS(hsa_code_object_reader_create_from_file(file, &reader), HSA_STATUS_ERROR_INVALID_FILE);
    FAILS(hsa_code_object_reader_create_from_memory(NULL, 8, &reader),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_executable_destroy(executable));
}

/* What a debugger finds by the symbol's name: System V's struct r_debug and struct link_map. */
extern struct {
    int32_t version;
    const struct debugger_entry {
        uint64_t load_delta;
        const char *name;
        void *dynamic_section;
        const struct debugger_entry *next, *previous;
    } *first;
    void (*stop_here)(void);
    int32_t state;
    uint64_t load_base;
} _amdgpu_r_debug;

static void debuggers_find_frozen_code_by_its_uri(void **state)
{
    hsa_ven_amd_loader_1_03_pfn_t loader;
    OK(hsa_system_get_major_extension_table(HSA_EXTENSION_AMD_LOADER, 1, sizeof loader, &loader));
    size_t size;
    void *bytes = rig_read("basic.co", &size);
    hsa_code_object_reader_t reader;
    hsa_executable_t executable = new_executable();
    hsa_loaded_code_object_t loaded;
    char uri[1024] = "";
    int64_t delta = 0;
    struct program before = program_load("basic.co");
    OK(hsa_code_object_reader_create_from_memory(bytes, size, &reader));
    OK(hsa_executable_load_agent_code_object(executable, rig.gpu, reader, NULL, &loaded));
    OK(loader.hsa_ven_amd_loader_loaded_code_object_get_info(
        loaded, HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_URI, uri));
    OK(loader.hsa_ven_amd_loader_loaded_code_object_get_info(
        loaded, HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_DELTA, &delta));
    assert_non_null(_amdgpu_r_debug.first);
    assert_null(_amdgpu_r_debug.first->next);
    OK(hsa_executable_freeze(executable, NULL));
    const struct debugger_entry *entry = _amdgpu_r_debug.first->next;
    assert_non_null(entry);
    assert_string_equal(entry->name, uri);
    assert_int_equal(entry->load_delta, delta);
    assert_ptr_equal(entry->previous, _amdgpu_r_debug.first);
    program_unload(&before);
    assert_ptr_equal(_amdgpu_r_debug.first, entry);
    assert_null(entry->previous);
    assert_int_equal(_amdgpu_r_debug.version, 10);
    assert_int_equal(_amdgpu_r_debug.state, 0);
    assert_non_null(_amdgpu_r_debug.stop_here);
    OK(hsa_executable_destroy(executable));
    assert_null(_amdgpu_r_debug.first);
    OK(hsa_code_object_reader_destroy(reader));
    free(bytes);
}

static void device_addresses_lead_back_to_the_executable(void **state)
{
    hsa_ven_amd_loader_1_03_pfn_t loader;
    OK(hsa_system_get_major_extension_table(HSA_EXTENSION_AMD_LOADER, 1, sizeof loader, &loader));
    struct program program = program_load("basic.co");
    const char *object;
    const void *host;
    hsa_executable_t owner;
    OK(hsa_executable_symbol_get_info(program_symbol(&program, "add.kd"),
                                      HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, &object));
    OK(loader.hsa_ven_amd_loader_query_executable(object, &owner));
    assert_int_equal(owner.handle, program.executable.handle);
    OK(loader.hsa_ven_amd_loader_query_host_address(object, &host));
    assert_ptr_equal(host, object);
    FAILS(loader.hsa_ven_amd_loader_query_executable(&object, &owner),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    size_t count = 0;
    OK(loader.hsa_ven_amd_loader_query_segment_descriptors(NULL, &count));
    assert_true(count >= 2);
    hsa_ven_amd_loader_segment_descriptor_t *rows = calloc(count, sizeof *rows);
    OK(loader.hsa_ven_amd_loader_query_segment_descriptors(rows, &count));
    int holds = 0;
    for (size_t i = 0; i < count; i++)
        holds += object >= (const char *)rows[i].segment_base &&
                 object < (const char *)rows[i].segment_base + rows[i].segment_size;
    assert_int_equal(holds, 1);
    free(rows);
    program_unload(&program);
    FAILS(loader.hsa_ven_amd_loader_query_executable(object, &owner),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(code_objects_are_taken_or_refused_for_a_reason),
        cmocka_unit_test(a_truncated_code_object_is_refused),
        cmocka_unit_test(flipped_bits_never_crash),
        cmocka_unit_test(symbols_tell_what_the_kernel_needs),
        cmocka_unit_test(variables_have_address_and_first_value),
        cmocka_unit_test(all_symbols_are_iterated),
        cmocka_unit_test(executables_freeze_once_and_for_good),
        cmocka_unit_test(readers_take_files_and_parts_of_files),
        cmocka_unit_test(debuggers_find_frozen_code_by_its_uri),
        cmocka_unit_test(device_addresses_lead_back_to_the_executable),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
