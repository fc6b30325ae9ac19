/* SPDX-License-Identifier: MIT
 * Data objects, sets, action infos, isa names: what each function does and what it refuses.
 */
#include "rig.h"

#include <fcntl.h>
#include <unistd.h>

static void library_states_version_and_status_texts(void **state)
{
    size_t major, minor;
    const char *text;
    amd_comgr_get_version(&major, &minor);
    assert_int_equal(major, 3);
    OK(amd_comgr_status_string(AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT, &text));
    assert_string_equal(text, "INVALID_ARGUMENT");
    INVALID(amd_comgr_status_string((amd_comgr_status_t)4, &text));
    INVALID(amd_comgr_status_string(AMD_COMGR_STATUS_SUCCESS, NULL));
}

static void isa_names_are_listed_and_described(void **state)
{
    size_t count;
    const char *name;
    bool found = false;
    OK(amd_comgr_get_isa_count(&count));
    INVALID(amd_comgr_get_isa_count(NULL));
    INVALID(amd_comgr_get_isa_name(count, &name));
    INVALID(amd_comgr_get_isa_name(0, NULL));
    for (size_t i = 0; i < count; i++) {
        amd_comgr_metadata_node_t node;
        size_t entries;
        OK(amd_comgr_get_isa_name(i, &name));
        found |= strcmp(name, ISA) == 0;
        OK(amd_comgr_get_isa_metadata(name, &node));
        OK(amd_comgr_get_metadata_map_size(node, &entries));
        assert_int_equal(entries, 21);
        OK(amd_comgr_destroy_metadata(node));
        INVALID(amd_comgr_destroy_metadata(node));
    }
    assert_true(found);
}

static void isa_names_are_checked(void **state)
{
    static const struct {
        const char *name;
        bool good;
    } rows[] = {
        {ISA, true},
        {ISA ":xnack+", true},
        {ISA ":sramecc-:xnack+", true},
        {ISA ":xnack+:sramecc-", true},
        {"amdgcn-amd-amdhsa--gfx1100:xnack+", false}, /* has no such feature */
        {"amdgcn-amd-amdhsa--gfx1100", true},
        {"amdgcn-amd-amdhsa--gfx9-generic", true},
        {ISA ":xnack", false},
        {ISA ":", false},
        {ISA ":foo+", false},
        {"gfx90a", false},
        {"amdgcn-amd-amdhsa-gfx90a", false},
        {"amdgcn-amd-amdhsa--gfx90", false},
        {"amdgcn-amd-amdhsa--gfx90aa", false},
    };
    amd_comgr_action_info_t info;
    OK(amd_comgr_create_action_info(&info));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        amd_comgr_metadata_node_t node;
        amd_comgr_status_t want =
            rows[i].good ? AMD_COMGR_STATUS_SUCCESS : AMD_COMGR_STATUS_ERROR_INVALID_ARGUMENT;
        if (amd_comgr_action_info_set_isa_name(info, rows[i].name) != want)
            fail_msg("%s", rows[i].name);
        EXPECT(amd_comgr_get_isa_metadata(rows[i].name, &node), want);
        if (rows[i].good)
            OK(amd_comgr_destroy_metadata(node));
    }
    OK(amd_comgr_destroy_action_info(info));
    INVALID(amd_comgr_get_isa_metadata(NULL, NULL));
}

static void data_objects_keep_bytes_and_names(void **state)
{
    amd_comgr_data_t data;
    amd_comgr_data_kind_t kind;
    char text[8] = "";
    size_t size = 0;
    OK(amd_comgr_create_data(AMD_COMGR_DATA_KIND_BYTES, &data));
    OK(amd_comgr_get_data_kind(data, &kind));
    assert_int_equal(kind, AMD_COMGR_DATA_KIND_BYTES);
    OK(amd_comgr_get_data(data, &size, NULL));
    assert_int_equal(size, 0);
    OK(amd_comgr_get_data_name(data, &size, NULL));
    assert_int_equal(size, 1);
    OK(amd_comgr_set_data(data, 5, "hello"));
    OK(amd_comgr_get_data(data, &size, NULL));
    assert_int_equal(size, 5);
    size = 3;
    OK(amd_comgr_get_data(data, &size, text)); /* as much as fits */
    assert_string_equal(text, "hel");
    OK(amd_comgr_set_data_name(data, "name"));
    size = sizeof text;
    OK(amd_comgr_get_data_name(data, &size, text));
    assert_string_equal(text, "name");
    assert_int_equal(size, 5);
    OK(amd_comgr_set_data_name(data, NULL));
    OK(amd_comgr_get_data_name(data, &size, NULL));
    assert_int_equal(size, 1);
    OK(amd_comgr_release_data(data));
}

static void data_functions_refuse_what_is_no_data(void **state)
{
    amd_comgr_data_t data, none = {no_handle}, gone;
    amd_comgr_data_set_t set;
    amd_comgr_data_kind_t kind;
    size_t size;
    OK(amd_comgr_create_data(AMD_COMGR_DATA_KIND_SOURCE, &gone));
    OK(amd_comgr_release_data(gone));
    OK(amd_comgr_create_data_set(&set));
    amd_comgr_data_t wrong_type = {set.handle};
    const amd_comgr_data_t bad[] = {none, gone, wrong_type, {UINT64_MAX}};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        INVALID(amd_comgr_release_data(bad[i]));
        INVALID(amd_comgr_get_data_kind(bad[i], &kind));
        INVALID(amd_comgr_set_data(bad[i], 0, NULL));
        INVALID(amd_comgr_set_data_from_file_slice(bad[i], 0, 0, 1));
        INVALID(amd_comgr_set_data_name(bad[i], "x"));
        INVALID(amd_comgr_get_data(bad[i], &size, NULL));
        INVALID(amd_comgr_get_data_name(bad[i], &size, NULL));
        INVALID(amd_comgr_get_data_isa_name(bad[i], &size, NULL));
        INVALID(amd_comgr_data_set_add(set, bad[i]));
    }
    static const int kinds[] = {0, 10, 15, 0x16, -1};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        INVALID(amd_comgr_create_data((amd_comgr_data_kind_t)kinds[i], &data));
    INVALID(amd_comgr_create_data(AMD_COMGR_DATA_KIND_BC, NULL));
    data = make_data(AMD_COMGR_DATA_KIND_BC, "", "", 0);
    INVALID(amd_comgr_get_data_kind(data, NULL));
    INVALID(amd_comgr_get_data(data, NULL, NULL));
    INVALID(amd_comgr_get_data_name(data, NULL, NULL));
    INVALID(amd_comgr_set_data(data, 1, NULL));
    OK(amd_comgr_release_data(data));
    OK(amd_comgr_destroy_data_set(set));
}

static void data_comes_from_slices_of_files(void **state)
{
    char name[] = "/tmp/comgr-test-XXXXXX";
    int fd = mkstemp(name);
    assert_true(fd >= 0 && write(fd, "0123456789", 10) == 10);
    unlink(name);
    amd_comgr_data_t data = make_data(AMD_COMGR_DATA_KIND_BYTES, "", "", 0);
    size_t size;
    OK(amd_comgr_set_data_from_file_slice(data, fd, 3, 4));
    char *bytes = bytes_of(data, &size);
    assert_string_equal(bytes, "3456");
    free(bytes);
    INVALID(amd_comgr_set_data_from_file_slice(data, fd, 8, 4));
    INVALID(amd_comgr_set_data_from_file_slice(data, fd, UINT64_MAX, 4));
    close(fd);
    INVALID(amd_comgr_set_data_from_file_slice(data, fd, 0, 1));
    OK(amd_comgr_release_data(data));
}

static void sets_keep_order_and_references(void **state)
{
    amd_comgr_data_set_t set, none = {no_handle};
    amd_comgr_data_t first, second, got;
    size_t count;
    OK(amd_comgr_create_data_set(&set));
    INVALID(amd_comgr_create_data_set(NULL));
    first = make_data(AMD_COMGR_DATA_KIND_BYTES, "first", "1", 1);
    second = make_data(AMD_COMGR_DATA_KIND_BYTES, "second", "2", 1);
    OK(amd_comgr_data_set_add(set, first));
    OK(amd_comgr_data_set_add(set, second));
    OK(amd_comgr_data_set_add(set, first)); /* is there already */
    OK(amd_comgr_action_data_count(set, AMD_COMGR_DATA_KIND_BYTES, &count));
    assert_int_equal(count, 2);
    OK(amd_comgr_release_data(first)); /* the set still has it */
    OK(amd_comgr_action_data_get_data(set, AMD_COMGR_DATA_KIND_BYTES, 0, &got));
    assert_int_equal(got.handle, first.handle);
    OK(amd_comgr_release_data(got));
    INVALID(amd_comgr_action_data_get_data(set, AMD_COMGR_DATA_KIND_BYTES, 2, &got));
    INVALID(amd_comgr_action_data_get_data(set, AMD_COMGR_DATA_KIND_BYTES, 0, NULL));
    INVALID(amd_comgr_action_data_get_data(set, AMD_COMGR_DATA_KIND_UNDEF, 0, &got));
    INVALID(amd_comgr_action_data_count(set, AMD_COMGR_DATA_KIND_UNDEF, &count));
    INVALID(amd_comgr_action_data_count(set, AMD_COMGR_DATA_KIND_BYTES, NULL));
    INVALID(amd_comgr_action_data_count(none, AMD_COMGR_DATA_KIND_BYTES, &count));
    INVALID(amd_comgr_data_set_remove(set, (amd_comgr_data_kind_t)99));
    INVALID(amd_comgr_data_set_remove(none, AMD_COMGR_DATA_KIND_UNDEF));
    OK(amd_comgr_data_set_remove(set, AMD_COMGR_DATA_KIND_LOG)); /* none of it */
    OK(amd_comgr_data_set_remove(set, AMD_COMGR_DATA_KIND_UNDEF));
    INVALID(amd_comgr_release_data(first)); /* the set had the last reference */
    OK(amd_comgr_release_data(second));
    amd_comgr_data_t nameless = make_data(AMD_COMGR_DATA_KIND_INCLUDE, "", "x", 1);
    INVALID(amd_comgr_data_set_add(set, nameless));
    OK(amd_comgr_release_data(nameless));
    OK(amd_comgr_destroy_data_set(set));
    INVALID(amd_comgr_destroy_data_set(set));
}

static void action_infos_keep_what_is_set(void **state)
{
    amd_comgr_action_info_t info;
    amd_comgr_language_t language;
    bool logging;
    char text[64];
    size_t size = sizeof text, count;
    const char *options[] = {"-O1", "-DX=1"};
    OK(amd_comgr_create_action_info(&info));
    OK(amd_comgr_action_info_set_isa_name(info, ISA));
    OK(amd_comgr_action_info_get_isa_name(info, &size, text));
    assert_string_equal(text, ISA);
    OK(amd_comgr_action_info_set_isa_name(info, NULL));
    OK(amd_comgr_action_info_get_isa_name(info, &size, NULL));
    assert_int_equal(size, 1);
    OK(amd_comgr_action_info_set_language(info, AMD_COMGR_LANGUAGE_HIP));
    OK(amd_comgr_action_info_get_language(info, &language));
    assert_int_equal(language, AMD_COMGR_LANGUAGE_HIP);
    INVALID(amd_comgr_action_info_set_language(info, (amd_comgr_language_t)5));
    ERROR(amd_comgr_action_info_get_option_list_count(info, &count));
    size = sizeof text;
    ERROR(amd_comgr_action_info_get_option_list_item(info, 0, &size, text));
    OK(amd_comgr_action_info_set_option_list(info, options, 2));
    OK(amd_comgr_action_info_get_option_list_count(info, &count));
    assert_int_equal(count, 2);
    OK(amd_comgr_action_info_get_option_list_item(info, 1, &size, text));
    assert_string_equal(text, "-DX=1");
    INVALID(amd_comgr_action_info_get_option_list_item(info, 2, &size, text));
    INVALID(amd_comgr_action_info_set_option_list(info, NULL, 1));
    OK(amd_comgr_action_info_set_option_list(info, NULL, 0));
    OK(amd_comgr_action_info_get_option_list_count(info, &count));
    assert_int_equal(count, 0);
    OK(amd_comgr_action_info_set_bundle_entry_ids(info, options, 2));
    OK(amd_comgr_action_info_get_bundle_entry_id_count(info, &count));
    assert_int_equal(count, 2);
    OK(amd_comgr_action_info_get_bundle_entry_id(info, 0, &size, text));
    assert_string_equal(text, "-O1");
    INVALID(amd_comgr_action_info_get_bundle_entry_id(info, 2, &size, text));
    OK(amd_comgr_action_info_set_working_directory_path(info, "/some/where"));
    OK(amd_comgr_action_info_get_working_directory_path(info, &size, text));
    assert_string_equal(text, "/some/where");
    OK(amd_comgr_action_info_get_logging(info, &logging));
    assert_false(logging);
    OK(amd_comgr_action_info_set_logging(info, true));
    OK(amd_comgr_action_info_get_logging(info, &logging));
    assert_true(logging);
    OK(amd_comgr_action_info_set_vfs(info, true));
    OK(amd_comgr_action_info_set_device_lib_linking(info, true));
    OK(amd_comgr_destroy_action_info(info));
    INVALID(amd_comgr_destroy_action_info(info));
}

static void action_info_functions_refuse_what_is_none(void **state)
{
    amd_comgr_action_info_t none = {no_handle};
    amd_comgr_language_t language;
    bool flag;
    size_t size = 0;
    const char *options[] = {NULL};
    INVALID(amd_comgr_create_action_info(NULL));
    INVALID(amd_comgr_destroy_action_info(none));
    INVALID(amd_comgr_action_info_set_isa_name(none, ISA));
    INVALID(amd_comgr_action_info_get_isa_name(none, &size, NULL));
    INVALID(amd_comgr_action_info_set_language(none, AMD_COMGR_LANGUAGE_HIP));
    INVALID(amd_comgr_action_info_get_language(none, &language));
    INVALID(amd_comgr_action_info_set_option_list(none, NULL, 0));
    INVALID(amd_comgr_action_info_get_option_list_count(none, &size));
    INVALID(amd_comgr_action_info_get_option_list_item(none, 0, &size, NULL));
    INVALID(amd_comgr_action_info_set_bundle_entry_ids(none, NULL, 0));
    INVALID(amd_comgr_action_info_get_bundle_entry_id_count(none, &size));
    INVALID(amd_comgr_action_info_get_bundle_entry_id(none, 0, &size, NULL));
    INVALID(amd_comgr_action_info_set_vfs(none, true));
    INVALID(amd_comgr_action_info_set_device_lib_linking(none, true));
    INVALID(amd_comgr_action_info_set_working_directory_path(none, "/"));
    INVALID(amd_comgr_action_info_get_working_directory_path(none, &size, NULL));
    INVALID(amd_comgr_action_info_set_logging(none, true));
    INVALID(amd_comgr_action_info_get_logging(none, &flag));
    amd_comgr_action_info_t info;
    OK(amd_comgr_create_action_info(&info));
    INVALID(amd_comgr_action_info_get_isa_name(info, NULL, NULL));
    INVALID(amd_comgr_action_info_get_language(info, NULL));
    INVALID(amd_comgr_action_info_get_logging(info, NULL));
    INVALID(amd_comgr_action_info_get_option_list_count(info, NULL));
    INVALID(amd_comgr_action_info_get_working_directory_path(info, NULL, NULL));
    INVALID(amd_comgr_action_info_set_option_list(info, options, 1));
    OK(amd_comgr_destroy_action_info(info));
}

static void thousands_of_objects_have_their_own_handles(void **state)
{
    enum { COUNT = 5000 };
    static amd_comgr_data_t data[COUNT];
    for (int round = 0; round < 3; round++) {
        for (int i = 0; i < COUNT; i++)
            data[i] = make_data(AMD_COMGR_DATA_KIND_BYTES, "", &i, sizeof i);
        for (int i = 0; i < COUNT; i++) {
            int got;
            size_t size = sizeof got;
            OK(amd_comgr_get_data(data[i], &size, (char *)&got));
            assert_int_equal(got, i);
        }
        for (int i = 0; i < COUNT; i++)
            OK(amd_comgr_release_data(data[i]));
        INVALID(amd_comgr_release_data(data[round]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(library_states_version_and_status_texts),
        cmocka_unit_test(isa_names_are_listed_and_described),
        cmocka_unit_test(isa_names_are_checked),
        cmocka_unit_test(data_objects_keep_bytes_and_names),
        cmocka_unit_test(data_functions_refuse_what_is_no_data),
        cmocka_unit_test(data_comes_from_slices_of_files),
        cmocka_unit_test(sets_keep_order_and_references),
        cmocka_unit_test(action_infos_keep_what_is_set),
        cmocka_unit_test(action_info_functions_refuse_what_is_none),
        cmocka_unit_test(thousands_of_objects_have_their_own_handles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
