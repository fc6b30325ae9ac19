/* SPDX-License-Identifier: MIT
 * Actions: from source to code in all ways that there are, what is logged, what is refused.
 */
#include "rig.h"

#include <pthread.h>
#include <unistd.h>

/* ---- one action after the other ---- */

static amd_comgr_data_set_t make_set(void)
{
    amd_comgr_data_set_t set;
    OK(amd_comgr_create_data_set(&set));
    return set;
}

static void add(amd_comgr_data_set_t set, amd_comgr_data_kind_t kind, const char *name,
                const char *text)
{
    amd_comgr_data_t data = make_data(kind, name, text, strlen(text));
    OK(amd_comgr_data_set_add(set, data));
    OK(amd_comgr_release_data(data));
}

static amd_comgr_action_info_t make_info(amd_comgr_language_t language, const char *option)
{
    amd_comgr_action_info_t info;
    OK(amd_comgr_create_action_info(&info));
    OK(amd_comgr_action_info_set_isa_name(info, ISA));
    OK(amd_comgr_action_info_set_language(info, language));
    OK(amd_comgr_action_info_set_logging(info, true));
    if (option != NULL)
        OK(amd_comgr_action_info_set_option_list(info, &option, 1));
    return info;
}

static char *log_of(amd_comgr_data_set_t set)
{
    amd_comgr_data_t log;
    size_t size;
    OK(amd_comgr_action_data_get_data(set, AMD_COMGR_DATA_KIND_LOG, 0, &log));
    char *text = bytes_of(log, &size);
    OK(amd_comgr_release_data(log));
    return text;
}

/* Performs an action that must succeed; the result replaces `set`. */
static void step(amd_comgr_action_kind_t kind, amd_comgr_language_t language, const char *option,
                 amd_comgr_data_set_t *set)
{
    amd_comgr_data_set_t result = make_set();
    amd_comgr_action_info_t info = make_info(language, option);
    amd_comgr_status_t status = amd_comgr_do_action(kind, info, *set, result);
    if (status != AMD_COMGR_STATUS_SUCCESS)
        fail_msg("action %d: %d: %s", (int)kind, (int)status, log_of(result));
    OK(amd_comgr_destroy_action_info(info));
    OK(amd_comgr_destroy_data_set(*set));
    *set = result;
}

static char *only(amd_comgr_data_set_t set, amd_comgr_data_kind_t kind, size_t *size)
{
    amd_comgr_data_t data;
    size_t count;
    OK(amd_comgr_action_data_count(set, kind, &count));
    assert_int_equal(count, 1);
    OK(amd_comgr_action_data_get_data(set, kind, 0, &data));
    char *bytes = bytes_of(data, size);
    OK(amd_comgr_release_data(data));
    return bytes;
}

static void has_symbol(amd_comgr_data_set_t set, amd_comgr_data_kind_t kind, const char *name)
{
    amd_comgr_data_t data;
    amd_comgr_symbol_t symbol;
    OK(amd_comgr_action_data_get_data(set, kind, 0, &data));
    EXPECT(amd_comgr_symbol_lookup(data, name, &symbol), AMD_COMGR_STATUS_SUCCESS);
    OK(amd_comgr_release_data(data));
}

static const char hip_source[] = "#include \"scale.h\"\n"
                                 "extern \"C\" __global__ void scale(float *p)\n"
                                 "{ p[threadIdx.x] *= FACTOR * cosf(p[0]); }\n";
static const char *const hip_options = "-D__HIPCC_RTC__";

static amd_comgr_data_set_t hip_input(void)
{
    amd_comgr_data_set_t set = make_set();
    add(set, AMD_COMGR_DATA_KIND_SOURCE, "scale.hip", hip_source);
    add(set, AMD_COMGR_DATA_KIND_INCLUDE, "scale.h",
        "#include <hip/hip_runtime.h>\n#define FACTOR 2.0f\n");
    return set;
}

static void hip_source_becomes_code_in_steps(void **state)
{
    size_t size;
    amd_comgr_data_set_t set = hip_input();
    step(AMD_COMGR_ACTION_COMPILE_SOURCE_WITH_DEVICE_LIBS_TO_BC, AMD_COMGR_LANGUAGE_HIP,
         hip_options, &set);
    char *bytes = only(set, AMD_COMGR_DATA_KIND_BC, &size);
    assert_memory_equal(bytes, "BC\xc0\xde", 4);
    free(bytes);
    step(AMD_COMGR_ACTION_LINK_BC_TO_BC, AMD_COMGR_LANGUAGE_HIP, NULL, &set);
    step(AMD_COMGR_ACTION_CODEGEN_BC_TO_ASSEMBLY, AMD_COMGR_LANGUAGE_NONE, "-O3", &set);
    bytes = only(set, AMD_COMGR_DATA_KIND_SOURCE, &size);
    assert_non_null(strstr(bytes, "s_endpgm"));
    free(bytes);
    step(AMD_COMGR_ACTION_ASSEMBLE_SOURCE_TO_RELOCATABLE, AMD_COMGR_LANGUAGE_NONE, NULL, &set);
    has_symbol(set, AMD_COMGR_DATA_KIND_RELOCATABLE, "scale");
    step(AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_RELOCATABLE, AMD_COMGR_LANGUAGE_NONE, NULL, &set);
    step(AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_EXECUTABLE, AMD_COMGR_LANGUAGE_NONE, NULL, &set);
    has_symbol(set, AMD_COMGR_DATA_KIND_EXECUTABLE, "scale.kd");
    step(AMD_COMGR_ACTION_DISASSEMBLE_EXECUTABLE_TO_SOURCE, AMD_COMGR_LANGUAGE_NONE, NULL, &set);
    bytes = only(set, AMD_COMGR_DATA_KIND_SOURCE, &size);
    assert_non_null(strstr(bytes, "<scale>:"));
    free(bytes);
    OK(amd_comgr_destroy_data_set(set));
}

static void hip_source_becomes_code_at_once(void **state)
{
    amd_comgr_data_set_t set = hip_input();
    step(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_EXECUTABLE, AMD_COMGR_LANGUAGE_HIP, hip_options, &set);
    has_symbol(set, AMD_COMGR_DATA_KIND_EXECUTABLE, "scale.kd");
    OK(amd_comgr_destroy_data_set(set));
    set = hip_input();
    step(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_RELOCATABLE, AMD_COMGR_LANGUAGE_HIP, hip_options, &set);
    step(AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_EXECUTABLE, AMD_COMGR_LANGUAGE_HIP, "-O3", &set);
    has_symbol(set, AMD_COMGR_DATA_KIND_EXECUTABLE, "scale.kd");
    OK(amd_comgr_destroy_data_set(set));
}

static void opencl_source_becomes_code(void **state)
{
    size_t size;
    amd_comgr_data_set_t set = make_set();
    add(set, AMD_COMGR_DATA_KIND_SOURCE, "add.cl",
        "__kernel void add(__global int *p, int n) { p[__builtin_amdgcn_workitem_id_x()] += n; "
        "}\n");
    step(AMD_COMGR_ACTION_SOURCE_TO_PREPROCESSOR, AMD_COMGR_LANGUAGE_OPENCL_2_0, NULL, &set);
    char *text = only(set, AMD_COMGR_DATA_KIND_SOURCE, &size);
    assert_non_null(strstr(text, "void add("));
    free(text);
    step(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC, AMD_COMGR_LANGUAGE_OPENCL_2_0, NULL, &set);
    step(AMD_COMGR_ACTION_CODEGEN_BC_TO_RELOCATABLE, AMD_COMGR_LANGUAGE_NONE, "-O3", &set);
    step(AMD_COMGR_ACTION_LINK_RELOCATABLE_TO_EXECUTABLE, AMD_COMGR_LANGUAGE_NONE, NULL, &set);
    has_symbol(set, AMD_COMGR_DATA_KIND_EXECUTABLE, "add.kd");
    OK(amd_comgr_destroy_data_set(set));
}

static void intermediate_code_is_a_language(void **state)
{
    amd_comgr_data_set_t set = make_set();
    add(set, AMD_COMGR_DATA_KIND_SOURCE, "nothing.ll",
        "target triple = \"amdgcn-amd-amdhsa\"\n"
        "define amdgpu_kernel void @nothing() { ret void }\n");
    step(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC, AMD_COMGR_LANGUAGE_LLVM_IR, NULL, &set);
    step(AMD_COMGR_ACTION_CODEGEN_BC_TO_RELOCATABLE, AMD_COMGR_LANGUAGE_NONE, NULL, &set);
    has_symbol(set, AMD_COMGR_DATA_KIND_RELOCATABLE, "nothing");
    OK(amd_comgr_destroy_data_set(set));
}

static void errors_are_logged_with_the_callers_names(void **state)
{
    amd_comgr_data_set_t set = make_set(), result = make_set();
    amd_comgr_action_info_t info = make_info(AMD_COMGR_LANGUAGE_OPENCL_2_0, NULL);
    add(set, AMD_COMGR_DATA_KIND_SOURCE, "sub/wrong.cl", "int f( { return 0; }\n");
    add(result, AMD_COMGR_DATA_KIND_BYTES, "old", "is removed");
    ERROR(amd_comgr_do_action(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC, info, set, result));
    char *log = log_of(result);
    if (strncmp(log, "sub/wrong.cl:1:8: error:", 24) != 0)
        fail_msg("%s", log);
    free(log);
    size_t count;
    OK(amd_comgr_action_data_count(result, AMD_COMGR_DATA_KIND_BYTES, &count));
    assert_int_equal(count, 0);
    OK(amd_comgr_action_info_set_logging(info, false));
    ERROR(amd_comgr_do_action(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC, info, set, result));
    OK(amd_comgr_action_data_count(result, AMD_COMGR_DATA_KIND_LOG, &count));
    assert_int_equal(count, 0);
    OK(amd_comgr_destroy_action_info(info));
    OK(amd_comgr_destroy_data_set(set));
    OK(amd_comgr_destroy_data_set(result));
}

static void names_that_lead_out_of_the_folder_are_refused(void **state)
{
    amd_comgr_data_set_t set = make_set(), result = make_set();
    amd_comgr_action_info_t info = make_info(AMD_COMGR_LANGUAGE_OPENCL_2_0, NULL);
    add(set, AMD_COMGR_DATA_KIND_SOURCE, "../../evil.cl", "kernel void f() {}\n");
    INVALID(amd_comgr_do_action(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC, info, set, result));
    OK(amd_comgr_destroy_action_info(info));
    OK(amd_comgr_destroy_data_set(set));
    OK(amd_comgr_destroy_data_set(result));
}

static void actions_refuse_what_they_cannot_use(void **state)
{
    amd_comgr_data_set_t set = make_set(), result = make_set(), no_set = {no_handle};
    amd_comgr_action_info_t info = make_info(AMD_COMGR_LANGUAGE_NONE, NULL), none = {no_handle};
    INVALID(amd_comgr_do_action(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC, info, set, result));
    INVALID(amd_comgr_do_action((amd_comgr_action_kind_t)0x11, info, set, result));
    INVALID(amd_comgr_do_action((amd_comgr_action_kind_t)0x15, info, set, result));
    INVALID(amd_comgr_do_action(AMD_COMGR_ACTION_LINK_BC_TO_BC, none, set, result));
    INVALID(amd_comgr_do_action(AMD_COMGR_ACTION_LINK_BC_TO_BC, info, no_set, result));
    INVALID(amd_comgr_do_action(AMD_COMGR_ACTION_LINK_BC_TO_BC, info, set, no_set));
    ERROR(amd_comgr_do_action(AMD_COMGR_ACTION_TRANSLATE_SPIRV_TO_BC, info, set, result));
    OK(amd_comgr_action_info_set_isa_name(info, ""));
    OK(amd_comgr_action_info_set_language(info, AMD_COMGR_LANGUAGE_HIP));
    INVALID(amd_comgr_do_action(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC, info, set, result));
    OK(amd_comgr_action_info_set_isa_name(info, ISA));
    OK(amd_comgr_action_info_set_language(info, AMD_COMGR_LANGUAGE_OPENCL_2_0));
    INVALID(amd_comgr_do_action(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_RELOCATABLE, info, set, result));
    add(set, AMD_COMGR_DATA_KIND_BC, "garbage.bc", "no bitcode");
    ERROR(amd_comgr_do_action(AMD_COMGR_ACTION_LINK_BC_TO_BC, info, set, result));
    ERROR(amd_comgr_do_action(AMD_COMGR_ACTION_CODEGEN_BC_TO_RELOCATABLE, info, set, result));
    OK(amd_comgr_do_action(AMD_COMGR_ACTION_ADD_PRECOMPILED_HEADERS, info, set, result));
    size_t count;
    OK(amd_comgr_action_data_count(result, AMD_COMGR_DATA_KIND_BC, &count));
    assert_int_equal(count, 1);
    INVALID(amd_comgr_do_action(AMD_COMGR_ACTION_UNBUNDLE, info, set, result)); /* no bundle */
    OK(amd_comgr_destroy_action_info(info));
    OK(amd_comgr_destroy_data_set(set));
    OK(amd_comgr_destroy_data_set(result));
}

static void bundles_and_archives_of_them_are_opened(void **state)
{
    static const struct {
        const char *file;
        amd_comgr_data_kind_t takes, gives;
    } rows[] = {{"code.bundle.bc", AMD_COMGR_DATA_KIND_BC_BUNDLE, AMD_COMGR_DATA_KIND_BC},
                {"code.bundle.a", AMD_COMGR_DATA_KIND_AR_BUNDLE, AMD_COMGR_DATA_KIND_AR},
                {"code.bundle", AMD_COMGR_DATA_KIND_OBJ_BUNDLE, AMD_COMGR_DATA_KIND_EXECUTABLE}};
    const char *ids[] = {"hip-amdgcn-amd-amdhsa--gfx90a", "hip-amdgcn-amd-amdhsa--gfx942"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        amd_comgr_data_set_t set = make_set(), result = make_set();
        amd_comgr_data_t data = read_data(rows[i].takes, rows[i].file), got;
        amd_comgr_action_info_t info = make_info(AMD_COMGR_LANGUAGE_NONE, NULL);
        size_t count, size, nothing;
        OK(amd_comgr_data_set_add(set, data));
        OK(amd_comgr_action_info_set_bundle_entry_ids(info, ids, 2));
        OK(amd_comgr_do_action(AMD_COMGR_ACTION_UNBUNDLE, info, set, result));
        OK(amd_comgr_action_data_count(result, rows[i].gives, &count));
        assert_int_equal(count, 2);
        OK(amd_comgr_action_data_get_data(result, rows[i].gives, 0, &got));
        OK(amd_comgr_get_data(got, &size, NULL));
        OK(amd_comgr_release_data(got));
        OK(amd_comgr_action_data_get_data(result, rows[i].gives, 1, &got)); /* not in there */
        OK(amd_comgr_get_data(got, &nothing, NULL));
        OK(amd_comgr_release_data(got));
        assert_true(size > 500);
        assert_true(nothing <= 8);
        if (rows[i].gives != AMD_COMGR_DATA_KIND_EXECUTABLE) { /* linking opens them, too */
            OK(amd_comgr_do_action(AMD_COMGR_ACTION_LINK_BC_TO_BC, info, set, result));
            OK(amd_comgr_action_data_count(result, AMD_COMGR_DATA_KIND_BC, &count));
            assert_int_equal(count, 1);
        }
        OK(amd_comgr_destroy_action_info(info));
        OK(amd_comgr_release_data(data));
        OK(amd_comgr_destroy_data_set(set));
        OK(amd_comgr_destroy_data_set(result));
    }
}

static void *compile_many(void *user)
{
    for (int i = 0; i < 2; i++) {
        amd_comgr_data_set_t set = make_set();
        char source[128];
        snprintf(source, sizeof source, "kernel void k%zu_%d(global int *p) { *p = %d; }\n",
                 (size_t)user, i, i);
        add(set, AMD_COMGR_DATA_KIND_SOURCE, "k.cl", source);
        step(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC, AMD_COMGR_LANGUAGE_OPENCL_1_2, NULL, &set);
        step(AMD_COMGR_ACTION_CODEGEN_BC_TO_RELOCATABLE, AMD_COMGR_LANGUAGE_NONE, NULL, &set);
        snprintf(source, sizeof source, "k%zu_%d", (size_t)user, i);
        has_symbol(set, AMD_COMGR_DATA_KIND_RELOCATABLE, source);
        OK(amd_comgr_destroy_data_set(set));
    }
    return NULL;
}

static void threads_compile_at_once(void **state)
{
    pthread_t threads[3];
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, compile_many, (void *)i), 0);
    for (size_t i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hip_source_becomes_code_in_steps),
        cmocka_unit_test(hip_source_becomes_code_at_once),
        cmocka_unit_test(opencl_source_becomes_code),
        cmocka_unit_test(intermediate_code_is_a_language),
        cmocka_unit_test(errors_are_logged_with_the_callers_names),
        cmocka_unit_test(names_that_lead_out_of_the_folder_are_refused),
        cmocka_unit_test(actions_refuse_what_they_cannot_use),
        cmocka_unit_test(bundles_and_archives_of_them_are_opened),
        cmocka_unit_test(threads_compile_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
