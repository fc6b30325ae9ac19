/* SPDX-License-Identifier: MIT
 * The conformance walk, second part: executables, symbols, loader queries, memory by address, and
 * threads that use or destroy the same object at once: one of them succeeds, the others get the
 * error of an object that is gone.
 */
#include "rig.h"

#include "hsa/hsa_ext_image.h"
#include "hsa/hsa_ven_amd_loader.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#pragma clang diagnostic ignored "-Wdeprecated-declarations"

static const hsa_agent_t nobody = {8};
static hsa_ven_amd_loader_1_03_pfn_t loader;

static hsa_executable_t new_executable(void)
{
    hsa_executable_t executable;
    OK(hsa_executable_create_alt(HSA_PROFILE_FULL, HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR, "",
                                 &executable));
    return executable;
}

/* ---- executables ---- */

static void executable_calls_check_their_arguments(void **state)
{
    const hsa_executable_t none = {8};
    const hsa_code_object_reader_t no_reader = {8};
    hsa_executable_t executable = new_executable(), other;
    hsa_executable_symbol_t symbol;
    uint32_t value;
    int variable, fixed;
    bool is_const;
    FAILS(hsa_executable_create_alt((hsa_profile_t)5, HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR, NULL,
                                    &other),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_executable_create_alt(HSA_PROFILE_FULL, (hsa_default_float_rounding_mode_t)7, NULL,
                                    &other),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_executable_create(HSA_PROFILE_FULL, (hsa_executable_state_t)5, NULL, &other),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_executable_create(HSA_PROFILE_BASE, HSA_EXECUTABLE_STATE_FROZEN, NULL, &other));
    FAILS(hsa_executable_global_variable_define(other, "name", &variable),
          HSA_STATUS_ERROR_FROZEN_EXECUTABLE);
    OK(hsa_executable_get_info(other, HSA_EXECUTABLE_INFO_PROFILE, &value));
    assert_int_equal(value, HSA_PROFILE_BASE);
    OK(hsa_executable_destroy(other));
    OK(hsa_executable_get_info(executable, HSA_EXECUTABLE_INFO_DEFAULT_FLOAT_ROUNDING_MODE,
                               &value));
    assert_int_equal(value, HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR);
    FAILS(hsa_executable_get_info(none, HSA_EXECUTABLE_INFO_STATE, &value),
          HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    FAILS(hsa_executable_get_info(executable, HSA_EXECUTABLE_INFO_STATE, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_executable_get_info(executable, (hsa_executable_info_t)77, &value),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_executable_global_variable_define(executable, "program", &variable));
    FAILS(hsa_executable_global_variable_define(executable, "program", &variable),
          HSA_STATUS_ERROR_VARIABLE_ALREADY_DEFINED);
    FAILS(hsa_executable_global_variable_define(none, "program", &variable),
          HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    FAILS(hsa_executable_global_variable_define(executable, NULL, &variable),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_executable_agent_global_variable_define(executable, nobody, "agent", &variable),
          HSA_STATUS_ERROR_INVALID_AGENT);
    OK(hsa_executable_readonly_variable_define(executable, rig.gpu, "fixed", &fixed));
    FAILS(hsa_executable_readonly_variable_define(executable, nobody, "fixed", &fixed),
          HSA_STATUS_ERROR_INVALID_AGENT);
    OK(hsa_executable_get_symbol_by_name(executable, "fixed", &rig.gpu, &symbol));
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_IS_CONST,
                                      &is_const));
    assert_true(is_const);
    FAILS(hsa_executable_get_symbol_by_name(executable, "fixed", NULL, &symbol),
          HSA_STATUS_ERROR_INVALID_SYMBOL_NAME);
    FAILS(hsa_executable_get_symbol_by_name(none, "fixed", &rig.gpu, &symbol),
          HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    FAILS(hsa_executable_get_symbol_by_name(executable, NULL, &rig.gpu, &symbol),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_executable_get_symbol_by_name(executable, "fixed", &rig.gpu, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_executable_get_symbol_by_name(executable, "fixed", &nobody, &symbol),
          HSA_STATUS_ERROR_INVALID_AGENT);
    OK(hsa_executable_get_symbol(executable, NULL, "fixed", rig.gpu, 0, &symbol));
    FAILS(hsa_executable_get_symbol(executable, "module", "fixed", rig.gpu, 0, &symbol),
          HSA_STATUS_ERROR_INVALID_SYMBOL_NAME);
    FAILS(hsa_executable_load_agent_code_object(none, rig.gpu, no_reader, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    FAILS(hsa_executable_load_agent_code_object(executable, nobody, no_reader, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_executable_load_agent_code_object(executable, rig.gpu, no_reader, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER);
    OK(hsa_executable_validate(executable, &value));
    assert_int_equal(value, 0);
    FAILS(hsa_executable_validate(none, &value), HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    FAILS(hsa_executable_validate_alt(executable, NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_executable_freeze(none, NULL), HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    OK(hsa_executable_destroy(executable));
    FAILS(hsa_executable_destroy(executable), HSA_STATUS_ERROR_INVALID_EXECUTABLE);
}

static void symbol_attributes_write_their_own_size(void **state)
{
    static const struct {
        const char *symbol;
        uint32_t attribute;
        size_t size; /* 0: not an attribute of this symbol */
    } rows[] = {
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_TYPE, 4},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_NAME_LENGTH, 4},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_NAME, 6},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME_LENGTH, 4},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_AGENT, 8},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_LINKAGE, 4},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_IS_DEFINITION, 1},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, 8},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE, 4},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT, 4},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE, 4},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE, 4},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_DYNAMIC_CALLSTACK, 1},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_CALL_CONVENTION, 4},
        {"add.kd", HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE, 0},
        {"counter", HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS, 8},
        {"counter", HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SIZE, 4},
        {"counter", HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALIGNMENT, 4},
        {"counter", HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALLOCATION, 4},
        {"counter", HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_SEGMENT, 4},
        {"counter", HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_IS_CONST, 1},
        {"counter", HSA_EXECUTABLE_SYMBOL_INFO_KERNEL_OBJECT, 0},
        {"counter", 0x999, 0},
    };
    struct program program = program_load("basic.co");
    uint8_t value[32];
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        hsa_executable_symbol_t symbol = program_symbol(&program, rows[i].symbol);
        memset(value, 0xa5, sizeof value);
        hsa_status_t status = hsa_executable_symbol_get_info(
            symbol, (hsa_executable_symbol_info_t)rows[i].attribute, value);
        if (status !=
                (rows[i].size != 0 ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_INVALID_ARGUMENT) ||
            value[rows[i].size] != 0xa5)
            fail_msg("row %zu: 0x%x", i, status);
    }
    hsa_executable_symbol_t symbol = program_symbol(&program, "counter");
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_MODULE_NAME, value));
    FAILS(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_TYPE, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    program_unload(&program);
    FAILS(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_TYPE, value),
          HSA_STATUS_ERROR_INVALID_EXECUTABLE_SYMBOL);
}

static hsa_status_t count_down(hsa_executable_t executable, hsa_executable_symbol_t symbol,
                               void *data)
{
    return --*(int *)data == 0 ? HSA_STATUS_INFO_BREAK : HSA_STATUS_SUCCESS;
}

static hsa_status_t count_agent(hsa_executable_t executable, hsa_agent_t agent,
                                hsa_executable_symbol_t symbol, void *data)
{
    return count_down(executable, symbol, data);
}

static void symbols_are_visited_by_agent_and_program(void **state)
{
    struct program program = program_load("basic.co");
    const hsa_executable_t none = {8};
    int all = 1000, agents = 1000, programs = 1000, one = 1;
    OK(hsa_executable_iterate_symbols(program.executable, count_down, &all));
    OK(hsa_executable_iterate_agent_symbols(program.executable, rig.gpu, count_agent, &agents));
    OK(hsa_executable_iterate_program_symbols(program.executable, count_down, &programs));
    assert_int_equal(1000 - all, 8);
    assert_int_equal(agents, all);
    assert_int_equal(programs, 1000);
    FAILS(hsa_executable_iterate_symbols(program.executable, count_down, &one),
          HSA_STATUS_INFO_BREAK);
    FAILS(hsa_executable_iterate_symbols(none, count_down, &all),
          HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    FAILS(hsa_executable_iterate_symbols(program.executable, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_executable_iterate_program_symbols(program.executable, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_executable_iterate_agent_symbols(program.executable, rig.gpu, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_executable_iterate_agent_symbols(program.executable, nobody, count_agent, &all),
          HSA_STATUS_ERROR_INVALID_AGENT);
    program_unload(&program);
}

static void an_executable_finds_each_of_many_symbols(void **state)
{
    hsa_executable_t executable = new_executable();
    static int variables[500];
    char name[16];
    for (int i = 0; i < 500; i++) {
        snprintf(name, sizeof name, "v%d", i);
        OK(hsa_executable_global_variable_define(executable, name, &variables[i]));
    }
    for (int i = 0; i < 500; i++) {
        hsa_executable_symbol_t symbol;
        void *address;
        snprintf(name, sizeof name, "v%d", i);
        OK(hsa_executable_get_symbol_by_name(executable, name, NULL, &symbol));
        OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS,
                                          &address));
        assert_ptr_equal(address, &variables[i]);
    }
    OK(hsa_executable_destroy(executable));
}

static void pointers_in_variables_point_where_things_are(void **state)
{
    struct program program = {.executable = new_executable()};
    size_t size;
    hsa_code_object_reader_t reader;
    hsa_queue_t *queue;
    hsa_signal_t done = rig_signal(1);
    int32_t *outside = rig_alloc(rig.vram, 64), *out = rig_alloc(rig.vram, 64), **pointers;
    *outside = 55;
    program.bytes = rig_read("pointers.co", &size);
    OK(hsa_code_object_reader_create_from_memory(program.bytes, size, &reader));
    FAILS(hsa_executable_load_agent_code_object(program.executable, rig.gpu, reader, NULL, NULL),
          HSA_STATUS_ERROR_VARIABLE_UNDEFINED);
    OK(hsa_executable_agent_global_variable_define(program.executable, rig.gpu, "from_outside",
                                                   outside));
    OK(hsa_executable_load_agent_code_object(program.executable, rig.gpu, reader, NULL, NULL));
    OK(hsa_code_object_reader_destroy(reader));
    OK(hsa_executable_freeze(program.executable, NULL));
    OK(hsa_executable_symbol_get_info(program_symbol(&program, "pointers"),
                                      HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS, &pointers));
    assert_int_equal(*pointers[0], 7);
    assert_ptr_equal(pointers[1], outside + 1);
    assert_null(pointers[2]);
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX,
                        &queue));
    rig_dispatch(queue, &program, "follow", &out, sizeof out, 64, done);
    rig_wait_zero(done);
    assert_int_equal(out[0], 7);
    assert_int_equal(out[1], 55);
    assert_int_equal(out[2], 1);
    OK(hsa_queue_destroy(queue));
    OK(hsa_signal_destroy(done));
    program_unload(&program);
    OK(hsa_amd_memory_pool_free(outside));
    OK(hsa_amd_memory_pool_free(out));
}

/* ---- AMD's loader ---- */

static hsa_status_t take_loaded(hsa_executable_t executable, hsa_loaded_code_object_t loaded,
                                void *data)
{
    *(hsa_loaded_code_object_t *)data = loaded;
    return HSA_STATUS_INFO_BREAK;
}

static hsa_status_t take_executable(hsa_executable_t executable, void *data)
{
    int *seen = data;
    ++*seen;
    return HSA_STATUS_SUCCESS;
}

static void loader_attributes_write_their_own_size(void **state)
{
    static const struct {
        uint32_t attribute;
        size_t memory, file; /* sizes for code from memory and from a file; 0: refused */
    } rows[] = {
        {HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_EXECUTABLE, 8, 8},
        {HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_KIND, 4, 4},
        {HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_AGENT, 8, 8},
        {HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_TYPE, 4, 4},
        {HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_MEMORY_BASE, 8, 0},
        {HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_MEMORY_SIZE, 8, 0},
        {HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_CODE_OBJECT_STORAGE_FILE, 0, 4},
        {HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_DELTA, 8, 8},
        {HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_BASE, 8, 8},
        {HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_SIZE, 8, 8},
        {HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_URI_LENGTH, 4, 4},
        {0x999, 0, 0},
    };
    struct program program = program_load("basic.co");
    hsa_loaded_code_object_t loaded[2];
    hsa_executable_t from_file = new_executable();
    hsa_code_object_reader_t reader;
    FILE *file = fopen(KERNEL_FOLDER "/basic.co", "rb");
    assert_non_null(file);
    OK(hsa_code_object_reader_create_from_file(fileno(file), &reader));
    OK(hsa_executable_load_agent_code_object(from_file, rig.gpu, reader, NULL, &loaded[1]));
    FAILS(loader.hsa_ven_amd_loader_executable_iterate_loaded_code_objects(program.executable,
                                                                           take_loaded, &loaded[0]),
          HSA_STATUS_INFO_BREAK);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        for (int kind = 0; kind < 2; kind++) {
            uint8_t value[16];
            size_t size = kind == 0 ? rows[i].memory : rows[i].file;
            memset(value, 0xa5, sizeof value);
            hsa_status_t status = loader.hsa_ven_amd_loader_loaded_code_object_get_info(
                loaded[kind], (hsa_ven_amd_loader_loaded_code_object_info_t)rows[i].attribute,
                value);
            if (status != (size != 0 ? HSA_STATUS_SUCCESS : HSA_STATUS_ERROR_INVALID_ARGUMENT) ||
                value[size] != 0xa5)
                fail_msg("row %zu, kind %d: 0x%x", i, kind, status);
        }
    OK(hsa_code_object_reader_destroy(reader));
    fclose(file);
    OK(hsa_executable_destroy(from_file));
    program_unload(&program);
}

static void loader_calls_check_their_arguments(void **state)
{
    struct program program = program_load("basic.co");
    hsa_ven_amd_loader_segment_descriptor_t rows[64];
    hsa_loaded_code_object_t loaded;
    hsa_executable_t executable;
    const void *host;
    size_t count = 0, few = 1;
    int seen = 0;
    uint64_t value;
    OK(loader.hsa_ven_amd_loader_iterate_executables(take_executable, &seen));
    assert_true(seen >= 1);
    FAILS(loader.hsa_ven_amd_loader_iterate_executables(NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(loader.hsa_ven_amd_loader_query_segment_descriptors(NULL, &count));
    assert_true(count > 1 && count < 64);
    FAILS(loader.hsa_ven_amd_loader_query_segment_descriptors(rows, &few),
          HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS);
    OK(loader.hsa_ven_amd_loader_query_segment_descriptors(rows, &count));
    OK(loader.hsa_ven_amd_loader_query_host_address(rows[0].segment_base, &host));
    assert_ptr_equal(host, rows[0].segment_base);
    FAILS(loader.hsa_ven_amd_loader_query_segment_descriptors(rows, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(loader.hsa_ven_amd_loader_query_segment_descriptors(NULL, &count),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(loader.hsa_ven_amd_loader_query_host_address(&seen, &host),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(loader.hsa_ven_amd_loader_query_executable(&seen, &executable),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(loader.hsa_ven_amd_loader_query_executable(NULL, &executable),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(loader.hsa_ven_amd_loader_executable_iterate_loaded_code_objects((hsa_executable_t){8},
                                                                           take_loaded, &loaded),
          HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    FAILS(loader.hsa_ven_amd_loader_executable_iterate_loaded_code_objects(program.executable, NULL,
                                                                           NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(loader.hsa_ven_amd_loader_loaded_code_object_get_info(
              (hsa_loaded_code_object_t){8}, HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_LOAD_BASE,
              &value),
          HSA_STATUS_ERROR_INVALID_CODE_OBJECT);
    hsa_code_object_reader_t reader;
    FAILS(loader.hsa_ven_amd_loader_code_object_reader_create_from_file_with_offset_size(0, 0, 0,
                                                                                         &reader),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_object_reader_create_from_file(-1, &reader), HSA_STATUS_ERROR_INVALID_FILE);
    FAILS(hsa_code_object_reader_create_from_file(0, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_object_reader_create_from_memory(NULL, 10, &reader),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_object_reader_destroy((hsa_code_object_reader_t){8}),
          HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER);
    program_unload(&program);
}

/* ---- memory by address ---- */

static void note_release(void *memory, void *data)
{
}

static void memory_calls_check_their_arguments(void **state)
{
    char *memory = rig_alloc(rig.vram, 4096), host[64];
    hsa_amd_pointer_info_t info = {.size = sizeof info};
    void *at;
    FAILS(hsa_amd_agents_allow_access(0, &rig.gpu, NULL, memory),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_agents_allow_access(1, &nobody, NULL, memory), HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_agents_allow_access(1, &rig.gpu, NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_lock(host, 64, &rig.gpu, 0, &at), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_memory_lock(host, 64, (hsa_agent_t *)&nobody, 1, &at),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_amd_memory_lock_to_pool(host, 64, NULL, 0, (hsa_amd_memory_pool_t){8}, 0, &at),
          HSA_STATUS_ERROR_INVALID_MEMORY_POOL);
    FAILS(hsa_amd_memory_lock_to_pool(host, 64, NULL, 0, rig.vram, 0, &at),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_memory_unlock(NULL));
    FAILS(hsa_amd_pointer_info(NULL, &info, NULL, NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_pointer_info(memory, NULL, NULL, NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_pointer_info_set_userdata(NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_pointer_info_set_userdata(host, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_register_deallocation_callback(NULL, note_release, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_amd_register_deallocation_callback(host, note_release, NULL),
          HSA_STATUS_ERROR_INVALID_ALLOCATION);
    FAILS(hsa_amd_register_deallocation_callback(memory, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_amd_register_deallocation_callback(memory, note_release, NULL)); /* left to shut-down */
    FAILS(hsa_amd_memory_fill(NULL, 0, 4), HSA_STATUS_ERROR_INVALID_ARGUMENT);
}

/* ---- the same object from many threads ---- */

enum { THREADS = 6, ROUNDS = 40 };

/* Makes an object, and destroys it; what a second destruction says. */
struct kind {
    const char *name;
    uint64_t (*make)(void);
    hsa_status_t (*destroy)(uint64_t handle);
    uint32_t gone;
};

static void *code_bytes;
static size_t code_size;

static uint64_t make_executable(void)
{
    return new_executable().handle;
}

static hsa_status_t destroy_executable(uint64_t handle)
{
    return hsa_executable_destroy((hsa_executable_t){handle});
}

static uint64_t make_reader(void)
{
    hsa_code_object_reader_t reader;
    OK(hsa_code_object_reader_create_from_memory(code_bytes, code_size, &reader));
    return reader.handle;
}

static hsa_status_t destroy_reader(uint64_t handle)
{
    return hsa_code_object_reader_destroy((hsa_code_object_reader_t){handle});
}

static uint64_t make_code_object(void)
{
    hsa_code_object_t object;
    OK(hsa_code_object_deserialize(code_bytes, code_size, NULL, &object));
    return object.handle;
}

static hsa_status_t destroy_code_object(uint64_t handle)
{
    return hsa_code_object_destroy((hsa_code_object_t){handle});
}

static uint64_t make_queue(void)
{
    hsa_queue_t *queue;
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX,
                        &queue));
    return (uintptr_t)queue;
}

static hsa_status_t destroy_queue(uint64_t handle)
{
    return hsa_queue_destroy((hsa_queue_t *)handle);
}

static uint64_t make_memory(void)
{
    return (uintptr_t)rig_alloc(rig.vram, 10000);
}

static hsa_status_t destroy_memory(uint64_t handle)
{
    return hsa_amd_memory_pool_free((void *)handle);
}

static uint64_t make_group(void)
{
    static hsa_signal_t signal;
    hsa_signal_group_t group;
    if (signal.handle == 0)
        signal = rig_signal(0);
    OK(hsa_signal_group_create(1, &signal, 0, NULL, &group));
    return group.handle;
}

static hsa_status_t destroy_group(uint64_t handle)
{
    return hsa_signal_group_destroy((hsa_signal_group_t){handle});
}

static uint64_t make_vmem(void)
{
    hsa_amd_vmem_alloc_handle_t handle;
    OK(hsa_amd_vmem_handle_create(rig.vram, 4096, MEMORY_TYPE_NONE, 0, &handle));
    return handle.handle;
}

static hsa_status_t destroy_vmem(uint64_t handle)
{
    return hsa_amd_vmem_handle_release((hsa_amd_vmem_alloc_handle_t){handle});
}

static uint64_t make_range(void)
{
    void *at;
    OK(hsa_amd_vmem_address_reserve(&at, 8192, 0, 0));
    return (uintptr_t)at;
}

static hsa_status_t destroy_range(uint64_t handle)
{
    return hsa_amd_vmem_address_free((void *)handle, 8192);
}

static uint64_t make_view(void)
{
    static void *memory;
    hsa_amd_ipc_memory_t handle;
    void *at;
    if (memory == NULL)
        memory = rig_alloc(rig.vram, 4096);
    OK(hsa_amd_ipc_memory_create(memory, 4096, &handle));
    OK(hsa_amd_ipc_memory_attach(&handle, 4096, 0, NULL, &at));
    return (uintptr_t)at;
}

static hsa_status_t destroy_view(uint64_t handle)
{
    return hsa_amd_ipc_memory_detach((void *)handle);
}

static uint64_t make_sampler(void)
{
    const hsa_ext_sampler_descriptor_t plain = {0};
    hsa_ext_sampler_t sampler;
    OK(hsa_ext_sampler_create(rig.gpu, &plain, &sampler));
    return sampler.handle;
}

static hsa_status_t destroy_sampler(uint64_t handle)
{
    return hsa_ext_sampler_destroy(rig.gpu, (hsa_ext_sampler_t){handle});
}

struct race {
    const struct kind *kind;
    uint64_t handle;
    pthread_barrier_t barrier;
    _Atomic int succeeded, gone;
};

static void *destroy_it(void *argument)
{
    struct race *race = argument;
    for (int round = 0; round < ROUNDS; round++) {
        pthread_barrier_wait(&race->barrier);
        hsa_status_t status = race->kind->destroy(race->handle);
        if (status == HSA_STATUS_SUCCESS)
            race->succeeded++;
        else if ((uint32_t)status == race->kind->gone)
            race->gone++;
        pthread_barrier_wait(&race->barrier);
    }
    return NULL;
}

static void of_many_who_destroy_an_object_one_succeeds(void **state)
{
    static const struct kind kinds[] = {
        {"executable", make_executable, destroy_executable, HSA_STATUS_ERROR_INVALID_EXECUTABLE},
        {"reader", make_reader, destroy_reader, HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER},
        {"code object", make_code_object, destroy_code_object,
         HSA_STATUS_ERROR_INVALID_CODE_OBJECT},
        {"queue", make_queue, destroy_queue, HSA_STATUS_ERROR_INVALID_QUEUE},
        {"memory", make_memory, destroy_memory, HSA_STATUS_ERROR_INVALID_ALLOCATION},
        {"signal group", make_group, destroy_group, HSA_STATUS_ERROR_INVALID_SIGNAL_GROUP},
        {"memory handle", make_vmem, destroy_vmem, HSA_STATUS_ERROR_INVALID_ALLOCATION},
        {"address range", make_range, destroy_range, HSA_STATUS_ERROR_INVALID_ALLOCATION},
        {"attached memory", make_view, destroy_view, HSA_STATUS_ERROR_INVALID_ARGUMENT},
        {"sampler", make_sampler, destroy_sampler, HSA_STATUS_ERROR_INVALID_ARGUMENT},
    };
    code_bytes = rig_read("basic.co", &code_size);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        struct race race = {.kind = &kinds[i]};
        pthread_t threads[THREADS];
        pthread_barrier_init(&race.barrier, NULL, THREADS + 1);
        for (int t = 0; t < THREADS; t++)
            assert_int_equal(pthread_create(&threads[t], NULL, destroy_it, &race), 0);
        for (int round = 0; round < ROUNDS; round++) {
            race.handle = kinds[i].make();
            pthread_barrier_wait(&race.barrier);
            pthread_barrier_wait(&race.barrier);
        }
        for (int t = 0; t < THREADS; t++)
            pthread_join(threads[t], NULL);
        pthread_barrier_destroy(&race.barrier);
        if (race.succeeded != ROUNDS || race.gone != ROUNDS * (THREADS - 1))
            fail_msg("%s: destroyed %d times, gone %d times", kinds[i].name, race.succeeded,
                     race.gone);
    }
    free(code_bytes);
}

static int open_with_loader(void **state)
{
    return rig_open(state) != 0 ||
           hsa_system_get_major_extension_table(HSA_EXTENSION_AMD_LOADER, 1, sizeof loader,
                                                &loader) != HSA_STATUS_SUCCESS;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(executable_calls_check_their_arguments),
        cmocka_unit_test(symbol_attributes_write_their_own_size),
        cmocka_unit_test(symbols_are_visited_by_agent_and_program),
        cmocka_unit_test(an_executable_finds_each_of_many_symbols),
        cmocka_unit_test(pointers_in_variables_point_where_things_are),
        cmocka_unit_test(loader_attributes_write_their_own_size),
        cmocka_unit_test(loader_calls_check_their_arguments),
        cmocka_unit_test(memory_calls_check_their_arguments),
        cmocka_unit_test(of_many_who_destroy_an_object_one_succeeds),
    };
    return cmocka_run_group_tests(tests, open_with_loader, rig_close);
}
