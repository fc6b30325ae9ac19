/* SPDX-License-Identifier: MIT
 * Looking into code objects: metadata, symbols, names, bundles, addresses, instructions.
 */
#include "rig.h"

#include <elf.h>

static char *text_of(amd_comgr_metadata_node_t node)
{
    static char text[256];
    size_t size = sizeof text;
    OK(amd_comgr_get_metadata_string(node, &size, text));
    return text;
}

static amd_comgr_metadata_node_t lookup(amd_comgr_metadata_node_t map, const char *key)
{
    amd_comgr_metadata_node_t value;
    OK(amd_comgr_metadata_lookup(map, key, &value));
    return value;
}

static amd_comgr_status_t check_order(amd_comgr_metadata_node_t key,
                                      amd_comgr_metadata_node_t value, void *user)
{
    char *last = user;
    if (strcmp(text_of(key), last) < 0)
        return AMD_COMGR_STATUS_ERROR;
    strcpy(last, text_of(key));
    return AMD_COMGR_STATUS_SUCCESS;
}

static void metadata_is_a_tree(void **state)
{
    amd_comgr_data_t data = read_data(AMD_COMGR_DATA_KIND_EXECUTABLE, "code.co");
    amd_comgr_metadata_node_t root, kernels, kernel, name, node;
    amd_comgr_metadata_kind_t kind;
    size_t size;
    char last[256] = "";
    OK(amd_comgr_get_data_metadata(data, &root));
    OK(amd_comgr_get_metadata_kind(root, &kind));
    assert_int_equal(kind, AMD_COMGR_METADATA_KIND_MAP);
    OK(amd_comgr_iterate_map_metadata(root, check_order, last));
    assert_string_equal(last, "amdhsa.version");
    kernels = lookup(root, "amdhsa.kernels");
    OK(amd_comgr_get_metadata_kind(kernels, &kind));
    assert_int_equal(kind, AMD_COMGR_METADATA_KIND_LIST);
    OK(amd_comgr_get_metadata_list_size(kernels, &size));
    assert_int_equal(size, 2);
    OK(amd_comgr_index_list_metadata(kernels, 0, &kernel));
    name = lookup(kernel, ".wavefront_size");
    assert_string_equal(text_of(name), "64"); /* numbers are text */
    INVALID(amd_comgr_index_list_metadata(kernels, 2, &node));
    ERROR(amd_comgr_metadata_lookup(root, "no.such.key", &node));
    INVALID(amd_comgr_metadata_lookup(kernels, "x", &node));
    INVALID(amd_comgr_metadata_lookup(root, NULL, &node));
    INVALID(amd_comgr_get_metadata_string(root, &size, NULL));
    INVALID(amd_comgr_get_metadata_map_size(name, &size));
    INVALID(amd_comgr_get_metadata_list_size(root, &size));
    INVALID(amd_comgr_iterate_map_metadata(kernels, check_order, last));
    INVALID(amd_comgr_iterate_map_metadata(root, NULL, NULL));
    strcpy(last, "~");
    OK(amd_comgr_iterate_map_metadata(root, check_order, last)); /* the callback refuses */
    OK(amd_comgr_release_data(data));                            /* the tree lives on */
    OK(amd_comgr_destroy_metadata(root));
    OK(amd_comgr_destroy_metadata(kernels));
    OK(amd_comgr_destroy_metadata(kernel));
    assert_string_equal(text_of(name), "64");
    OK(amd_comgr_destroy_metadata(name));
    INVALID(amd_comgr_get_metadata_kind(name, &kind));
    INVALID(amd_comgr_destroy_metadata(name));
}

static void metadata_of_what_has_none_is_refused(void **state)
{
    amd_comgr_metadata_node_t node;
    amd_comgr_data_t data = make_data(AMD_COMGR_DATA_KIND_BYTES, "", "no code object", 14);
    INVALID(amd_comgr_get_data_metadata(data, &node));
    INVALID(amd_comgr_get_data_metadata(data, NULL));
    OK(amd_comgr_release_data(data));
    INVALID(amd_comgr_get_data_metadata(data, &node));
}

/* Every byte of a code object changed in turn, and every length: an answer or an error, no more. */
static void damaged_code_objects_are_survived(void **state)
{
    amd_comgr_data_t whole = read_data(AMD_COMGR_DATA_KIND_EXECUTABLE, "code.co");
    size_t size, count;
    char *bytes = bytes_of(whole, &size);
    amd_comgr_data_t data = make_data(AMD_COMGR_DATA_KIND_EXECUTABLE, "", "", 0);
    for (size_t i = 0; i < 2 * size; i++) {
        size_t at = i % size;
        bool cut = i >= size;
        char saved = bytes[at];
        if (!cut)
            bytes[at] = (char)(saved ^ (at % 3 == 0 ? 0xff : 1 << at % 8));
        amd_comgr_metadata_node_t node;
        amd_comgr_symbol_t symbol;
        uint64_t offset, slice;
        bool nobits;
        OK(amd_comgr_set_data(data, cut ? at : size, bytes));
        if (amd_comgr_get_data_metadata(data, &node) == AMD_COMGR_STATUS_SUCCESS)
            OK(amd_comgr_destroy_metadata(node));
        (void)amd_comgr_symbol_lookup(data, "_Z5countPii", &symbol);
        (void)amd_comgr_populate_name_expression_map(data, &count);
        (void)amd_comgr_get_data_isa_name(data, &count, NULL);
        (void)amd_comgr_map_elf_virtual_address_to_code_object_offset(data, 0x1700, &offset, &slice,
                                                                      &nobits);
        bytes[at] = saved;
    }
    free(bytes);
    OK(amd_comgr_release_data(data));
    OK(amd_comgr_release_data(whole));
}

static amd_comgr_status_t count_symbol(amd_comgr_symbol_t symbol, void *user)
{
    uint64_t length;
    char name[256];
    OK(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_NAME_LENGTH, &length));
    OK(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_NAME, name));
    assert_int_equal(strlen(name), length);
    ++*(size_t *)user;
    return AMD_COMGR_STATUS_SUCCESS;
}

static amd_comgr_status_t refuse_symbol(amd_comgr_symbol_t symbol, void *user)
{
    return AMD_COMGR_STATUS_ERROR_OUT_OF_RESOURCES;
}

static void symbols_are_iterated_found_and_described(void **state)
{
    amd_comgr_data_t data = read_data(AMD_COMGR_DATA_KIND_EXECUTABLE, "code.co");
    amd_comgr_symbol_t symbol;
    amd_comgr_symbol_type_t type;
    uint64_t size, value;
    bool undefined;
    size_t count = 0;
    OK(amd_comgr_iterate_symbols(data, count_symbol, &count));
    assert_true(count >= 6);
    ERROR(amd_comgr_iterate_symbols(data, refuse_symbol, NULL));
    INVALID(amd_comgr_iterate_symbols(data, NULL, NULL));
    OK(amd_comgr_symbol_lookup(data, "_Z5countPii.kd", &symbol));
    OK(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_TYPE, &type));
    OK(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_SIZE, &size));
    OK(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_IS_UNDEFINED, &undefined));
    OK(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_VALUE, &value));
    assert_int_equal(type, AMD_COMGR_SYMBOL_TYPE_OBJECT);
    assert_int_equal(size, 64);
    assert_false(undefined);
    assert_true(value != 0);
    INVALID(amd_comgr_symbol_get_info(symbol, (amd_comgr_symbol_info_t)6, &value));
    INVALID(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_VALUE, NULL));
    ERROR(amd_comgr_symbol_lookup(data, "nothing", &symbol));
    INVALID(amd_comgr_symbol_lookup(data, NULL, &symbol));
    OK(amd_comgr_symbol_lookup(data, "_Z5countPii", &symbol));
    OK(amd_comgr_set_data(data, 1, "x"));
    INVALID(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_VALUE, &value));
    INVALID(amd_comgr_iterate_symbols(data, count_symbol, &count));
    OK(amd_comgr_release_data(data));
    data = make_data(AMD_COMGR_DATA_KIND_SOURCE, "", "x", 1);
    INVALID(amd_comgr_iterate_symbols(data, count_symbol, &count));
    INVALID(amd_comgr_symbol_lookup(data, "x", &symbol));
    OK(amd_comgr_release_data(data));
}

static void names_are_collected_from_code_and_bitcode(void **state)
{
    static const struct {
        const char *file;
        amd_comgr_data_kind_t kind;
    } rows[] = {{"code.co", AMD_COMGR_DATA_KIND_EXECUTABLE}, {"code.bc", AMD_COMGR_DATA_KIND_BC}};
    for (size_t row = 0; row < 2; row++) {
        amd_comgr_data_t data = read_data(rows[row].kind, rows[row].file);
        char name[256];
        size_t count = 0, size = sizeof name;
        bool found = false;
        ERROR(amd_comgr_get_mangled_name(data, 0, &size, name));
        ERROR(amd_comgr_map_name_expression_to_symbol_name(data, &size, "fill<float>", name));
        OK(amd_comgr_populate_mangled_names(data, &count));
        for (size_t i = 0; i < count; i++) {
            size = sizeof name;
            OK(amd_comgr_get_mangled_name(data, i, &size, name));
            found |= strcmp(name, "_Z4fillIfEvPT_S0_") == 0;
        }
        assert_true(found);
        ERROR(amd_comgr_get_mangled_name(data, count, &size, name));
        OK(amd_comgr_populate_name_expression_map(data, &count));
        assert_int_equal(count, 2);
        size = sizeof name;
        OK(amd_comgr_map_name_expression_to_symbol_name(data, &size, "fill<float>", name));
        assert_string_equal(name, "_Z4fillIfEvPT_S0_");
        OK(amd_comgr_map_name_expression_to_symbol_name(data, &size, "space::counter", NULL));
        assert_int_equal(size, sizeof "_ZN5space7counterE");
        INVALID(amd_comgr_map_name_expression_to_symbol_name(data, &size, "other", NULL));
        OK(amd_comgr_release_data(data));
    }
    amd_comgr_data_t wrong = make_data(AMD_COMGR_DATA_KIND_SOURCE, "", "x", 1);
    size_t count;
    INVALID(amd_comgr_populate_mangled_names(wrong, &count));
    INVALID(amd_comgr_populate_name_expression_map(wrong, &count));
    OK(amd_comgr_release_data(wrong));
}

static void names_are_demangled_as_llvm_does(void **state)
{
    static const char *const rows[][2] = {
        {"_Z4fillIfEvPT_S0_", "void fill<float>(float*, float)"},
        {"_ZN12_GLOBAL__N_11gESt6vectorIiSaIiEE",
         "(anonymous namespace)::g(std::vector<int, std::allocator<int>>)"},
        {"plain", "plain"},
        {"_Z3fooSsIXadL", "_Z3fooSsIXadL"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        amd_comgr_data_t name =
            make_data(AMD_COMGR_DATA_KIND_BYTES, "", rows[i][0], strlen(rows[i][0]));
        amd_comgr_data_t result;
        size_t size;
        OK(amd_comgr_demangle_symbol_name(name, &result));
        char *text = bytes_of(result, &size);
        assert_string_equal(text, rows[i][1]);
        free(text);
        OK(amd_comgr_release_data(result));
        INVALID(amd_comgr_demangle_symbol_name(name, NULL));
        OK(amd_comgr_release_data(name));
    }
}

static void code_objects_are_found_in_bundles(void **state)
{
    amd_comgr_data_t bundle = read_data(AMD_COMGR_DATA_KIND_FATBIN, "code.bundle");
    amd_comgr_data_t code = read_data(AMD_COMGR_DATA_KIND_BYTES, "code.co");
    amd_comgr_code_object_info_t list[] = {
        {.isa = "amdgcn-amd-amdhsa--gfx90a:sramecc+:xnack-"},
        {.isa = "amdgcn-amd-amdhsa--gfx942"},
        {.isa = "amdgcn-amd-amdhsa--gfx1100"},
    };
    size_t size;
    char *bytes = bytes_of(bundle, &size);
    OK(amd_comgr_lookup_code_object(bundle, list, 3));
    assert_true(list[0].size != 0 && list[0].offset + list[0].size <= size);
    assert_memory_equal(bytes + list[0].offset, ELFMAG, SELFMAG);
    assert_int_equal(list[1].size, 0);
    assert_true(list[2].size != 0 && list[2].offset != list[0].offset);
    amd_comgr_code_object_info_t whole = list[2];
    OK(amd_comgr_set_data(bundle, 512, bytes)); /* the table is there, no image is */
    OK(amd_comgr_lookup_code_object(bundle, list, 3));
    assert_true(list[2].size == whole.size && list[2].offset == whole.offset);
    OK(amd_comgr_lookup_code_object(code, list, 3));
    assert_true(list[0].size != 0);
    assert_int_equal(list[0].offset, 0);
    assert_int_equal(list[2].size, 0);
    INVALID(amd_comgr_lookup_code_object(bundle, NULL, 1));
    OK(amd_comgr_set_data(bundle, 60, bytes));
    ERROR(amd_comgr_lookup_code_object(bundle, list, 3));
    OK(amd_comgr_set_data(bundle, 4, "what"));
    INVALID(amd_comgr_lookup_code_object(bundle, list, 3));
    free(bytes);
    OK(amd_comgr_release_data(bundle));
    OK(amd_comgr_release_data(code));
}

static void addresses_are_mapped_to_the_file(void **state)
{
    amd_comgr_data_t data = read_data(AMD_COMGR_DATA_KIND_EXECUTABLE, "code.co");
    amd_comgr_symbol_t symbol;
    uint64_t address, offset, slice;
    bool nobits;
    OK(amd_comgr_symbol_lookup(data, "_Z5countPii", &symbol));
    OK(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_VALUE, &address));
    OK(amd_comgr_map_elf_virtual_address_to_code_object_offset(data, address, &offset, &slice,
                                                               &nobits));
    assert_true(offset < address && slice != 0);
    assert_false(nobits);
    OK(amd_comgr_symbol_lookup(data, "_ZN5space7counterE", &symbol));
    OK(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_VALUE, &address));
    OK(amd_comgr_map_elf_virtual_address_to_code_object_offset(data, address, &offset, &slice,
                                                               &nobits));
    assert_true(nobits && slice >= 16);
    INVALID(amd_comgr_map_elf_virtual_address_to_code_object_offset(data, UINT64_MAX, &offset,
                                                                    &slice, &nobits));
    INVALID(
        amd_comgr_map_elf_virtual_address_to_code_object_offset(data, 0, NULL, &slice, &nobits));
    OK(amd_comgr_set_data(data, 4, "what"));
    ERROR(
        amd_comgr_map_elf_virtual_address_to_code_object_offset(data, 0, &offset, &slice, &nobits));
    OK(amd_comgr_release_data(data));
}

/* ---- instructions ---- */

static const uint32_t program[] = {0xbf8cc07f, 0xbf880002, 0x7e060203, 0xffffffff, 0xbf810000};
static char printed[256];
static uint64_t annotated;

static uint64_t read_program(uint64_t from, char *to, uint64_t size, void *user)
{
    if (from >= sizeof program)
        return 0;
    size = size < sizeof program - from ? size : sizeof program - from;
    memcpy(to, (const char *)program + from, size);
    return size;
}

static void print_text(const char *text, void *user)
{
    snprintf(printed, sizeof printed, "%s", text);
}

static void note_address(uint64_t address, void *user)
{
    annotated = address;
}

static void instructions_are_disassembled(void **state)
{
    amd_comgr_disassembly_info_t info;
    uint64_t size;
    OK(amd_comgr_create_disassembly_info(ISA, read_program, print_text, note_address, &info));
    OK(amd_comgr_disassemble_instruction(info, 0, NULL, &size));
    assert_string_equal(printed, "\ts_waitcnt lgkmcnt(0)");
    assert_int_equal(size, 4);
    OK(amd_comgr_disassemble_instruction(info, 4, NULL, &size));
    assert_string_equal(printed, "\ts_cbranch_execz 2");
    assert_int_equal(annotated, 16);
    ERROR(amd_comgr_disassemble_instruction(info, 12, NULL, &size));
    assert_int_equal(size, 4);
    ERROR(amd_comgr_disassemble_instruction(info, 100, NULL, &size));
    INVALID(amd_comgr_disassemble_instruction(info, 0, NULL, NULL));
    OK(amd_comgr_destroy_disassembly_info(info));
    INVALID(amd_comgr_destroy_disassembly_info(info));
    INVALID(amd_comgr_disassemble_instruction(info, 0, NULL, &size));
    INVALID(
        amd_comgr_create_disassembly_info("gfx90a", read_program, print_text, note_address, &info));
    INVALID(amd_comgr_create_disassembly_info(ISA, NULL, print_text, note_address, &info));
    INVALID(amd_comgr_create_disassembly_info(ISA, read_program, NULL, note_address, &info));
    INVALID(amd_comgr_create_disassembly_info(ISA, read_program, print_text, NULL, &info));
    INVALID(amd_comgr_create_disassembly_info(ISA, read_program, print_text, note_address, NULL));
    ERROR(amd_comgr_create_disassembly_info("amdgcn-amd-amdhsa--gfx600", read_program, print_text,
                                            note_address, &info)); /* no tables for it */
}

static void addresses_are_symbolized(void **state)
{
    amd_comgr_data_t data = read_data(AMD_COMGR_DATA_KIND_EXECUTABLE, "code.co");
    amd_comgr_symbolizer_info_t info;
    amd_comgr_symbol_t symbol;
    uint64_t address;
    OK(amd_comgr_create_symbolizer_info(data, print_text, &info));
    OK(amd_comgr_symbol_lookup(data, "_Z5countPii", &symbol));
    OK(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_VALUE, &address));
    OK(amd_comgr_symbolize(info, address + 4, true, NULL));
    assert_memory_equal(printed, "count(int*, int) at /", 21);
    assert_non_null(strstr(printed, "/code.hip:"));
    OK(amd_comgr_symbol_lookup(data, "_ZN5space7counterE", &symbol));
    OK(amd_comgr_symbol_get_info(symbol, AMD_COMGR_SYMBOL_INFO_VALUE, &address));
    OK(amd_comgr_release_data(data)); /* it has a copy */
    OK(amd_comgr_symbolize(info, address + 8, false, NULL));
    char want[64];
    snprintf(want, sizeof want, "space::counter\n%llu 16\n??:?\n\n", (unsigned long long)address);
    assert_string_equal(printed, want);
    OK(amd_comgr_symbolize(info, 1, true, NULL));
    assert_string_equal(printed, "?? at ??:0:0\n\n");
    OK(amd_comgr_destroy_symbolizer_info(info));
    INVALID(amd_comgr_destroy_symbolizer_info(info));
    INVALID(amd_comgr_symbolize(info, 1, true, NULL));
    data = make_data(AMD_COMGR_DATA_KIND_BYTES, "", "x", 1);
    INVALID(amd_comgr_create_symbolizer_info(data, print_text, &info));
    INVALID(amd_comgr_create_symbolizer_info(data, NULL, &info));
    OK(amd_comgr_release_data(data));
}

static void isa_names_are_read_from_code(void **state)
{
    amd_comgr_data_t data = read_data(AMD_COMGR_DATA_KIND_EXECUTABLE, "code.co");
    char text[64];
    size_t size = sizeof text;
    OK(amd_comgr_get_data_isa_name(data, &size, text));
    assert_string_equal(text, ISA);
    INVALID(amd_comgr_get_data_isa_name(data, NULL, text));
    OK(amd_comgr_release_data(data));
    data = make_data(AMD_COMGR_DATA_KIND_SOURCE, "", "x", 1);
    INVALID(amd_comgr_get_data_isa_name(data, &size, NULL));
    OK(amd_comgr_release_data(data));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(metadata_is_a_tree),
        cmocka_unit_test(metadata_of_what_has_none_is_refused),
        cmocka_unit_test(damaged_code_objects_are_survived),
        cmocka_unit_test(symbols_are_iterated_found_and_described),
        cmocka_unit_test(names_are_collected_from_code_and_bitcode),
        cmocka_unit_test(names_are_demangled_as_llvm_does),
        cmocka_unit_test(code_objects_are_found_in_bundles),
        cmocka_unit_test(addresses_are_mapped_to_the_file),
        cmocka_unit_test(instructions_are_disassembled),
        cmocka_unit_test(addresses_are_symbolized),
        cmocka_unit_test(isa_names_are_read_from_code),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
