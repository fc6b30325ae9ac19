/* SPDX-License-Identifier: MIT
 * Code objects of HSA 1.0 (deserialized, asked, serialized, loaded) and program code objects, with
 * every documented error.
 */
#include "rig.h"

#include "hsa/hsa_ven_amd_loader.h"

#include <stdlib.h>
#include <string.h>

/* These calls are the subject here. */
#pragma clang diagnostic ignored "-Wdeprecated-declarations"

static hsa_code_object_t deserialize(const char *name)
{
    size_t size;
    hsa_code_object_t object;
    void *bytes = rig_read(name, &size);
    OK(hsa_code_object_deserialize(bytes, size, NULL, &object));
    memset(bytes, 0, size); /* the runtime has a copy */
    free(bytes);
    return object;
}

static hsa_executable_t new_executable(void)
{
    hsa_executable_t executable;
    OK(hsa_executable_create(HSA_PROFILE_FULL, HSA_EXECUTABLE_STATE_UNFROZEN, NULL, &executable));
    return executable;
}

static uint32_t number(hsa_code_symbol_t symbol, hsa_code_symbol_info_t attribute)
{
    uint32_t value = UINT32_MAX;
    OK(hsa_code_symbol_get_info(symbol, attribute, &value));
    return value;
}

static bool flag(hsa_code_symbol_t symbol, hsa_code_symbol_info_t attribute)
{
    bool value = false;
    OK(hsa_code_symbol_get_info(symbol, attribute, &value));
    return value;
}

static void a_code_object_says_what_it_is(void **state)
{
    hsa_code_object_t object = deserialize("basic_v4.co");
    char version[64];
    uint32_t value;
    hsa_isa_t isa;
    char name[64];
    OK(hsa_code_object_get_info(object, HSA_CODE_OBJECT_INFO_VERSION, version));
    assert_string_equal(version, "4.0");
    OK(hsa_code_object_get_info(object, HSA_CODE_OBJECT_INFO_TYPE, &value));
    assert_int_equal(value, HSA_CODE_OBJECT_TYPE_PROGRAM);
    OK(hsa_code_object_get_info(object, HSA_CODE_OBJECT_INFO_MACHINE_MODEL, &value));
    assert_int_equal(value, HSA_MACHINE_MODEL_LARGE);
    OK(hsa_code_object_get_info(object, HSA_CODE_OBJECT_INFO_PROFILE, &value));
    assert_int_equal(value, HSA_PROFILE_FULL);
    OK(hsa_code_object_get_info(object, HSA_CODE_OBJECT_INFO_DEFAULT_FLOAT_ROUNDING_MODE, &value));
    assert_int_equal(value, HSA_DEFAULT_FLOAT_ROUNDING_MODE_NEAR);
    OK(hsa_code_object_get_info(object, HSA_CODE_OBJECT_INFO_ISA, &isa));
    OK(hsa_isa_get_info_alt(isa, HSA_ISA_INFO_NAME, name));
    assert_string_equal(name, "amdgcn-amd-amdhsa--gfx90a");
    FAILS(hsa_code_object_get_info(object, (hsa_code_object_info_t)77, &value),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_object_get_info(object, HSA_CODE_OBJECT_INFO_TYPE, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_code_object_destroy(object));
    FAILS(hsa_code_object_get_info(object, HSA_CODE_OBJECT_INFO_TYPE, &value),
          HSA_STATUS_ERROR_INVALID_CODE_OBJECT);
    object = deserialize("other_chip.co"); /* nothing here runs it, but it can be asked */
    FAILS(hsa_code_object_get_info(object, HSA_CODE_OBJECT_INFO_ISA, &isa),
          HSA_STATUS_ERROR_INVALID_ISA);
    OK(hsa_code_object_destroy(object));
}

static void symbols_describe_kernels_and_variables(void **state)
{
    hsa_code_object_t object = deserialize("basic.co");
    hsa_code_symbol_t kernel, variable;
    char name[32] = "";
    OK(hsa_code_object_get_symbol(object, "reverse_in_group.kd", &kernel));
    assert_int_equal(number(kernel, HSA_CODE_SYMBOL_INFO_TYPE), HSA_SYMBOL_KIND_KERNEL);
    assert_int_equal(number(kernel, HSA_CODE_SYMBOL_INFO_NAME_LENGTH), 19);
    OK(hsa_code_symbol_get_info(kernel, HSA_CODE_SYMBOL_INFO_NAME, name));
    assert_string_equal(name, "reverse_in_group.kd");
    assert_int_equal(number(kernel, HSA_CODE_SYMBOL_INFO_MODULE_NAME_LENGTH), 0);
    OK(hsa_code_symbol_get_info(kernel, HSA_CODE_SYMBOL_INFO_MODULE_NAME, name));
    assert_int_equal(number(kernel, HSA_CODE_SYMBOL_INFO_LINKAGE), HSA_SYMBOL_LINKAGE_PROGRAM);
    assert_true(flag(kernel, HSA_CODE_SYMBOL_INFO_IS_DEFINITION));
    assert_true(number(kernel, HSA_CODE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_SIZE) >= 8);
    assert_int_equal(number(kernel, HSA_CODE_SYMBOL_INFO_KERNEL_KERNARG_SEGMENT_ALIGNMENT), 16);
    assert_int_equal(number(kernel, HSA_CODE_SYMBOL_INFO_KERNEL_GROUP_SEGMENT_SIZE), 256);
    assert_int_equal(number(kernel, HSA_CODE_SYMBOL_INFO_KERNEL_PRIVATE_SEGMENT_SIZE), 0);
    assert_false(flag(kernel, HSA_CODE_SYMBOL_INFO_KERNEL_DYNAMIC_CALLSTACK));
    assert_int_equal(number(kernel, HSA_CODE_SYMBOL_INFO_KERNEL_CALL_CONVENTION), 0);
    assert_int_equal(number(kernel, HSA_CODE_SYMBOL_INFO_KERNEL_WAVEFRONT_SIZE), 64);
    FAILS(hsa_code_symbol_get_info(kernel, HSA_CODE_SYMBOL_INFO_VARIABLE_SIZE, name),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_code_object_get_symbol_from_name(object, NULL, "table", &variable));
    assert_int_equal(number(variable, HSA_CODE_SYMBOL_INFO_TYPE), HSA_SYMBOL_KIND_VARIABLE);
    assert_int_equal(number(variable, HSA_CODE_SYMBOL_INFO_VARIABLE_ALLOCATION),
                     HSA_VARIABLE_ALLOCATION_AGENT);
    assert_int_equal(number(variable, HSA_CODE_SYMBOL_INFO_VARIABLE_SEGMENT),
                     HSA_VARIABLE_SEGMENT_GLOBAL);
    assert_true(number(variable, HSA_CODE_SYMBOL_INFO_VARIABLE_ALIGNMENT) >= 4);
    assert_int_equal(number(variable, HSA_CODE_SYMBOL_INFO_VARIABLE_SIZE), 16);
    assert_true(flag(variable, HSA_CODE_SYMBOL_INFO_VARIABLE_IS_CONST));
    OK(hsa_code_object_get_symbol_from_name(object, "", "counter", &variable));
    assert_false(flag(variable, HSA_CODE_SYMBOL_INFO_VARIABLE_IS_CONST));
    FAILS(hsa_code_symbol_get_info(variable, HSA_CODE_SYMBOL_INFO_KERNEL_WAVEFRONT_SIZE, name),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_symbol_get_info(variable, HSA_CODE_SYMBOL_INFO_TYPE, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_object_get_symbol_from_name(object, "module", "counter", &variable),
          HSA_STATUS_ERROR_INVALID_SYMBOL_NAME);
    FAILS(hsa_code_object_get_symbol(object, "nothing", &variable),
          HSA_STATUS_ERROR_INVALID_SYMBOL_NAME);
    FAILS(hsa_code_object_get_symbol(object, NULL, &variable), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_object_get_symbol(object, "counter", NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_code_object_destroy(object));
    uint32_t value;
    FAILS(hsa_code_symbol_get_info(variable, HSA_CODE_SYMBOL_INFO_TYPE, &value),
          HSA_STATUS_ERROR_INVALID_CODE_SYMBOL);
    FAILS(hsa_code_object_get_symbol(object, "counter", &variable),
          HSA_STATUS_ERROR_INVALID_CODE_OBJECT);
    FAILS(hsa_code_object_destroy(object), HSA_STATUS_ERROR_INVALID_CODE_OBJECT);
}

static hsa_status_t count_symbols(hsa_code_object_t object, hsa_code_symbol_t symbol, void *data)
{
    int *left = data;
    return --*left == 0 ? HSA_STATUS_INFO_BREAK : HSA_STATUS_SUCCESS;
}

static void iteration_visits_definitions_and_stops_when_told(void **state)
{
    hsa_code_object_t object = deserialize("basic.co");
    int left = 1000;
    OK(hsa_code_object_iterate_symbols(object, count_symbols, &left));
    assert_int_equal(1000 - left, 8); /* six kernels, two variables */
    left = 2;
    FAILS(hsa_code_object_iterate_symbols(object, count_symbols, &left), HSA_STATUS_INFO_BREAK);
    FAILS(hsa_code_object_iterate_symbols(object, NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_code_object_destroy(object));
    FAILS(hsa_code_object_iterate_symbols(object, count_symbols, &left),
          HSA_STATUS_ERROR_INVALID_CODE_OBJECT);
}

static hsa_status_t give_memory(size_t size, hsa_callback_data_t data, void **out)
{
    if (data.handle == 1)
        return HSA_STATUS_ERROR_OUT_OF_RESOURCES;
    *out = data.handle == 2 ? NULL : malloc(size);
    return HSA_STATUS_SUCCESS;
}

static void serialized_bytes_are_those_that_came_in(void **state)
{
    size_t size, got;
    void *bytes = rig_read("basic.co", &size), *out = NULL;
    hsa_code_object_t object;
    const hsa_callback_data_t plain = {0}, failing = {1}, empty = {2};
    OK(hsa_code_object_deserialize(bytes, size, "", &object));
    OK(hsa_code_object_serialize(object, give_memory, plain, NULL, &out, &got));
    assert_int_equal(got, size);
    assert_memory_equal(out, bytes, size);
    free(out);
    FAILS(hsa_code_object_serialize(object, give_memory, failing, NULL, &out, &got),
          HSA_STATUS_ERROR_OUT_OF_RESOURCES);
    FAILS(hsa_code_object_serialize(object, give_memory, empty, NULL, &out, &got),
          HSA_STATUS_ERROR_OUT_OF_RESOURCES);
    FAILS(hsa_code_object_serialize(object, NULL, plain, NULL, &out, &got),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_object_serialize(object, give_memory, plain, NULL, NULL, &got),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_object_serialize(object, give_memory, plain, NULL, &out, NULL),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    OK(hsa_code_object_destroy(object));
    FAILS(hsa_code_object_serialize(object, give_memory, plain, NULL, &out, &got),
          HSA_STATUS_ERROR_INVALID_CODE_OBJECT);
    FAILS(hsa_code_object_deserialize(NULL, size, NULL, &object),
          HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_object_deserialize(bytes, 0, NULL, &object), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_object_deserialize(bytes, size, NULL, NULL), HSA_STATUS_ERROR_INVALID_ARGUMENT);
    FAILS(hsa_code_object_deserialize(bytes, 100, NULL, &object),
          HSA_STATUS_ERROR_INVALID_CODE_OBJECT);
    free(bytes);
}

/* Runs undefined.co's kernel, which reads and changes `from_outside`: what it read. */
static int32_t run_reader(struct program *program)
{
    hsa_queue_t *queue;
    int32_t *out = rig_alloc(rig.vram, 64), seen;
    hsa_signal_t done = rig_signal(1);
    OK(hsa_queue_create(rig.gpu, 64, HSA_QUEUE_TYPE_MULTI, NULL, NULL, UINT32_MAX, UINT32_MAX,
                        &queue));
    rig_dispatch(queue, program, "read_outside", &out, sizeof out, 64, done);
    rig_wait_zero(done);
    seen = out[0];
    OK(hsa_queue_destroy(queue));
    OK(hsa_signal_destroy(done));
    OK(hsa_amd_memory_pool_free(out));
    return seen;
}

static void loaded_code_outlives_its_code_object(void **state)
{
    struct program program = {.executable = new_executable()};
    hsa_code_object_t variables = deserialize("variables.co");
    hsa_code_object_t kernels = deserialize("undefined.co");
    hsa_code_object_t other = deserialize("other_chip.co");
    FAILS(hsa_executable_load_code_object(program.executable, rig.gpu, other, NULL),
          HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS);
    FAILS(hsa_executable_load_code_object(program.executable, rig.cpu, variables, NULL),
          HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS);
    FAILS(hsa_executable_load_code_object(program.executable, (hsa_agent_t){8}, variables, NULL),
          HSA_STATUS_ERROR_INVALID_AGENT);
    FAILS(hsa_executable_load_code_object((hsa_executable_t){8}, rig.gpu, variables, NULL),
          HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    OK(hsa_executable_load_code_object(program.executable, rig.gpu, variables, NULL));
    OK(hsa_executable_load_code_object(program.executable, rig.gpu, kernels, NULL));
    OK(hsa_code_object_destroy(variables));
    OK(hsa_code_object_destroy(other));
    OK(hsa_executable_freeze(program.executable, NULL));
    FAILS(hsa_executable_load_code_object(program.executable, rig.gpu, kernels, NULL),
          HSA_STATUS_ERROR_FROZEN_EXECUTABLE);
    OK(hsa_code_object_destroy(kernels));
    FAILS(hsa_executable_load_code_object(program.executable, rig.gpu, kernels, NULL),
          HSA_STATUS_ERROR_INVALID_CODE_OBJECT);
    assert_int_equal(run_reader(&program), 41);
    OK(hsa_executable_destroy(program.executable));
}

static void note_kind(hsa_loaded_code_object_t loaded, uint32_t *kind, hsa_agent_t *agent)
{
    hsa_ven_amd_loader_1_03_pfn_t loader;
    OK(hsa_system_get_major_extension_table(HSA_EXTENSION_AMD_LOADER, 1, sizeof loader, &loader));
    OK(loader.hsa_ven_amd_loader_loaded_code_object_get_info(
        loaded, HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_KIND, kind));
    OK(loader.hsa_ven_amd_loader_loaded_code_object_get_info(
        loaded, HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_INFO_AGENT, agent));
}

static hsa_code_object_reader_t read_file(const char *name, void **bytes)
{
    size_t size;
    hsa_code_object_reader_t reader;
    *bytes = rig_read(name, &size);
    OK(hsa_code_object_reader_create_from_memory(*bytes, size, &reader));
    return reader;
}

static void program_variables_serve_every_agent(void **state)
{
    struct program program = {.executable = new_executable()};
    void *variable_bytes, *kernel_bytes;
    hsa_code_object_reader_t variables = read_file("variables.co", &variable_bytes);
    hsa_code_object_reader_t kernels = read_file("undefined.co", &kernel_bytes);
    hsa_loaded_code_object_t loaded;
    hsa_executable_symbol_t symbol;
    hsa_variable_allocation_t allocation;
    uint32_t kind;
    hsa_agent_t agent;
    int32_t *address;
    FAILS(hsa_executable_load_program_code_object(program.executable, kernels, NULL, &loaded),
          HSA_STATUS_ERROR_INCOMPATIBLE_ARGUMENTS);
    FAILS(hsa_executable_load_program_code_object((hsa_executable_t){8}, variables, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_EXECUTABLE);
    OK(hsa_executable_load_program_code_object(program.executable, variables, NULL, &loaded));
    note_kind(loaded, &kind, &agent);
    assert_int_equal(kind, HSA_VEN_AMD_LOADER_LOADED_CODE_OBJECT_KIND_PROGRAM);
    assert_int_equal(agent.handle, 0);
    OK(hsa_executable_load_agent_code_object(program.executable, rig.gpu, kernels, NULL, NULL));
    OK(hsa_executable_freeze(program.executable, NULL));
    FAILS(hsa_executable_load_program_code_object(program.executable, variables, NULL, NULL),
          HSA_STATUS_ERROR_FROZEN_EXECUTABLE);
    OK(hsa_code_object_reader_destroy(variables));
    OK(hsa_code_object_reader_destroy(kernels));
    FAILS(hsa_executable_load_program_code_object(program.executable, variables, NULL, NULL),
          HSA_STATUS_ERROR_INVALID_CODE_OBJECT_READER);
    free(variable_bytes);
    free(kernel_bytes);
    OK(hsa_executable_get_symbol_by_name(program.executable, "from_outside", NULL, &symbol));
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ALLOCATION,
                                      &allocation));
    assert_int_equal(allocation, HSA_VARIABLE_ALLOCATION_PROGRAM);
    OK(hsa_executable_symbol_get_info(symbol, HSA_EXECUTABLE_SYMBOL_INFO_VARIABLE_ADDRESS,
                                      &address));
    assert_int_equal(*address, 41);
    *address = 42;
    assert_int_equal(run_reader(&program), 42);
    assert_int_equal(*address, 77);
    OK(hsa_executable_destroy(program.executable));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_code_object_says_what_it_is),
        cmocka_unit_test(symbols_describe_kernels_and_variables),
        cmocka_unit_test(iteration_visits_definitions_and_stops_when_told),
        cmocka_unit_test(serialized_bytes_are_those_that_came_in),
        cmocka_unit_test(loaded_code_outlives_its_code_object),
        cmocka_unit_test(program_variables_serve_every_agent),
    };
    return cmocka_run_group_tests(tests, rig_open, rig_close);
}
