/* SPDX-License-Identifier: MIT
 * Relocatable files that clang made are loaded and run right, wherever the functions that they call
 * lie; files with what native code must not have, and damaged files, are refused.
 */
#include "finalizer/object.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define SYMBOL(object, type, name) ((type)cairn_object_symbol(object, name))

/* `lea 0x100(%rdi), %eax; ret`, further than 2 GiB from everything, and a datum behind it. */
static const uint8_t far_code[] = {0x8d, 0x87, 0x00, 0x01, 0x00, 0x00, 0xc3};
static uint8_t *far_page;
enum { FAR_DATA_OFFSET = 64, FAR_DATA = 4242 };

static int make_far_page(void **state)
{
    (void)state;
    for (uint64_t at = (uint64_t)1 << 40; far_page == NULL && at < (uint64_t)1 << 46; at <<= 1) {
        void *page = mmap((void *)(uintptr_t)at, 4096, PROT_READ | PROT_WRITE,
                          MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (page != MAP_FAILED)
            far_page = page;
    }
    if (far_page == NULL)
        return -1;
    int datum = FAR_DATA;
    memcpy(far_page, far_code, sizeof far_code);
    memcpy(far_page + FAR_DATA_OFFSET, &datum, sizeof datum);
    return mprotect(far_page, 4096, PROT_READ | PROT_EXEC);
}

static int near_function(int a)
{
    return a + 0x100;
}

static uint64_t resolve(void *user, const char *name)
{
    const char *missing = user;
    if (missing != NULL && strcmp(name, missing) == 0)
        return 0;
    if (strcmp(name, "memset") == 0)
        return (uint64_t)(uintptr_t)memset;
    if (strcmp(name, "far_function") == 0)
        return (uint64_t)(uintptr_t)far_page;
    if (strcmp(name, "far_data") == 0)
        return (uint64_t)(uintptr_t)far_page + FAR_DATA_OFFSET;
    return 0;
}

static uint64_t resolve_near(void *user, const char *name)
{
    if (strcmp(name, "far_function") == 0)
        return (uint64_t)(uintptr_t)near_function;
    return resolve(user, name);
}

static const struct cairn_object_symbols symbols = {.resolve = resolve};

static struct cairn_bytes load_file(const char *name)
{
    char path[512];
    snprintf(path, sizeof path, INPUTS "%s.o", name);
    FILE *file = fopen(path, "rb");
    if (file == NULL)
        fail_msg("%s is missing", path);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    uint8_t *data = malloc(size + 1);
    assert_non_null(data);
    assert_int_equal(fread(data, 1, size, file), size);
    fclose(file);
    return cairn_bytes_of(data, size);
}

static void check_arithmetic(const struct cairn_object *object)
{
    int (*add)(int, int) = SYMBOL(object, int (*)(int, int), "add");
    assert_non_null(add);
    assert_int_equal(add(40, 2), 42);
    int (*jump)(int, int) = SYMBOL(object, int (*)(int, int), "by_jump_table");
    static const int expected[] = {301, 205, 14, 1600, -101, 1, -900, -1};
    for (int i = 0; i < 8; i++)
        assert_int_equal(jump(i, 100), expected[i]);
}

static void check_constants(const struct cairn_object *object)
{
    static const char *const names[] = {"exec", "vcc", "scc", "m0"};
    static const unsigned factors[16] = {3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8, 9, 7, 9, 3};
    const char *(*name_of)(unsigned) =
        SYMBOL(object, const char *(*)(unsigned), "by_pointer_table");
    for (unsigned i = 0; i < 4; i++)
        assert_string_equal(name_of(i), names[i]);
    unsigned out[16];
    SYMBOL(object, void (*)(unsigned *), "vector_constants")(out);
    for (unsigned i = 0; i < 16; i++)
        assert_int_equal(out[i], i * factors[i] + 0x01020304u * i);
}

static void check_external(const struct cairn_object *object, const void *callee)
{
    assert_int_equal(SYMBOL(object, int (*)(int), "call_far")(5), 5 + 0x101);
    assert_int_equal(SYMBOL(object, int (*)(void), "read_far")(), FAR_DATA + 1);
    assert_ptr_equal(SYMBOL(object, void *(*)(void), "pointer_of_far")(), callee);
    assert_ptr_equal(SYMBOL(object, void *(*)(void), "pointer_of_add")(),
                     cairn_object_symbol(object, "add"));
    uint8_t bytes[100] = {0};
    SYMBOL(object, void (*)(uint8_t *, unsigned long), "fill")(bytes, 99);
    assert_int_equal(bytes[98], 0x5a);
    assert_int_equal(bytes[99], 0);
}

static void functions_of_loaded_files_run(void **state)
{
    (void)state;
    static const char *const names[] = {"pic", "pic_sections", "no_plt", "quick"};
    const struct cairn_object_symbols near = {.resolve = resolve_near};
    for (size_t i = 0; i < 2 * sizeof names / sizeof names[0]; i++) {
        struct cairn_bytes file = load_file(names[i / 2]);
        struct cairn_object *object;
        assert_int_equal(cairn_object_load(file, i % 2 ? &near : &symbols, &object), CAIRN_OK);
        free((void *)file.at); /* not needed any more */
        check_arithmetic(object);
        check_constants(object);
        check_external(object, i % 2 ? (const void *)near_function : (const void *)far_page);
        assert_null(cairn_object_symbol(object, "no_such_function"));
        assert_null(cairn_object_symbol(object, "memset"));
        cairn_object_destroy(object);
    }
}

static void host_pcs_are_recognised(void **state)
{
    (void)state;
    struct cairn_bytes file = load_file("pic");
    struct cairn_object *object;
    assert_int_equal(cairn_object_load(file, &symbols, &object), CAIRN_OK);
    const uint8_t *entry = cairn_object_symbol(object, "by_jump_table");
    struct cairn_bytes code = cairn_object_code(object);
    assert_true(cairn_object_covers(object, entry));
    assert_true(cairn_object_covers(object, code.at));
    assert_false(cairn_object_covers(object, code.at - 1));
    assert_false(cairn_object_covers(object, code.at + code.left));
    assert_false(cairn_object_covers(object, near_function));
    assert_string_equal(cairn_object_function_at(object, entry + 1), "by_jump_table");
    assert_null(cairn_object_function_at(object, code.at));
    cairn_object_destroy(object);
    free((void *)file.at);
}

/* Lines of /proc/self/maps that start at or cover `address` have these rights. */
static void check_rights(const void *address, const char *rights)
{
    FILE *maps = fopen("/proc/self/maps", "r");
    assert_non_null(maps);
    char line[512], found[8] = "";
    unsigned long start, end;
    while (fgets(line, sizeof line, maps) != NULL)
        if (sscanf(line, "%lx-%lx %7s", &start, &end, found) == 3 &&
            (unsigned long)address >= start && (unsigned long)address < end)
            break;
    fclose(maps);
    assert_string_equal(found, rights);
}

static void no_page_is_writable_once_loaded(void **state)
{
    (void)state;
    struct cairn_bytes file = load_file("pic");
    struct cairn_object *object;
    assert_int_equal(cairn_object_load(file, &symbols, &object), CAIRN_OK);
    check_rights(cairn_object_symbol(object, "add"), "r-xp");
    const char *(*name_of)(unsigned) =
        SYMBOL(object, const char *(*)(unsigned), "by_pointer_table");
    check_rights(name_of(0), "r--p");
    cairn_object_destroy(object);
    free((void *)file.at);
}

struct refusal {
    const char *file, *missing;
    enum cairn_status status;
};

static void what_native_code_must_not_have_is_refused(void **state)
{
    (void)state;
    static const struct refusal cases[] = {
        {"pic", "memset", CAIRN_ERR_UNDEFINED_SYMBOL},
        {"pic", "far_data", CAIRN_ERR_UNDEFINED_SYMBOL},
        {"no_plt", "far_function", CAIRN_ERR_UNDEFINED_SYMBOL},
        {"writable", NULL, CAIRN_ERR_UNSUPPORTED},
        {"thread_local", NULL, CAIRN_ERR_UNSUPPORTED},
        {"constructor", NULL, CAIRN_ERR_UNSUPPORTED},
        {"absolute", NULL, CAIRN_ERR_OUT_OF_RANGE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        const struct cairn_object_symbols some = {.resolve = resolve,
                                                  .user = (void *)cases[i].missing};
        struct cairn_bytes file = load_file(cases[i].file);
        struct cairn_object *object = NULL;
        enum cairn_status status = cairn_object_load(file, &some, &object);
        if (status != cases[i].status)
            fail_msg("%s without %s: %s", cases[i].file,
                     cases[i].missing != NULL ? cases[i].missing : "nothing",
                     cairn_status_text(status));
        assert_null(object);
        free((void *)file.at);
    }
}

static void without_a_resolver_nothing_is_resolved(void **state)
{
    (void)state;
    struct cairn_bytes file = load_file("pic");
    struct cairn_object *object = NULL;
    assert_int_equal(cairn_object_load(file, NULL, &object), CAIRN_ERR_UNDEFINED_SYMBOL);
    free((void *)file.at);
}

static void cut_files_are_refused(void **state)
{
    (void)state;
    struct cairn_bytes file = load_file("pic");
    for (size_t size = 0; size < file.left; size++) {
        uint8_t *copy = malloc(size != 0 ? size : 1); /* exact, so that ASan sees a read past it */
        assert_non_null(copy);
        memcpy(copy, file.at, size);
        struct cairn_object *object;
        assert_int_not_equal(cairn_object_load(cairn_bytes_of(copy, size), &symbols, &object),
                             CAIRN_OK);
        free(copy);
    }
    free((void *)file.at);
}

/* Loading only: what damaged code does when it runs is kept out by the cache's checksum. */
static void flipped_files_are_loaded_within_bounds_or_refused(void **state)
{
    (void)state;
    struct cairn_bytes file = load_file("pic");
    uint8_t *bytes = (uint8_t *)file.at;
    size_t refused = 0;
    for (size_t i = 0; i < file.left; i++) {
        uint8_t old = bytes[i];
        bytes[i] = (uint8_t)(old ^ (i % 3 == 0 ? 0xff : 1 << i % 8));
        struct cairn_object *object;
        if (cairn_object_load(file, &symbols, &object) == CAIRN_OK)
            cairn_object_destroy(object);
        else
            refused++;
        bytes[i] = old;
    }
    assert_true(refused > 64);
    free(bytes);
}

/* The option is read once a process, so a child reads it anew. */
static void functions_are_named_for_perf(void **state)
{
    (void)state;
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        execl("/proc/self/exe", "test_object", "perf", (char *)NULL);
        _exit(9);
    }
    int result;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_int_equal(result, 0);
    char path[64], line[256];
    snprintf(path, sizeof path, "/tmp/perf-%ld.map", (long)child);
    FILE *map = fopen(path, "r");
    assert_non_null(map);
    unlink(path);
    int found = 0;
    while (fgets(line, sizeof line, map) != NULL)
        found += strstr(line, " by_jump_table\n") != NULL;
    fclose(map);
    assert_int_equal(found, 1);
}

static int load_for_perf(void)
{
    setenv("CAIRN_PERF_MAP", "1", 1);
    if (make_far_page(NULL) != 0)
        return 2;
    struct cairn_bytes file = load_file("pic");
    struct cairn_object *object;
    if (cairn_object_load(file, &symbols, &object) != CAIRN_OK)
        return 3;
    cairn_object_destroy(object);
    free((void *)file.at);
    return 0;
}

int main(int argc, char **argv)
{
    if (argc == 2 && strcmp(argv[1], "perf") == 0)
        return load_for_perf();
    setenv("CAIRN_LOG_FILE", "/dev/null", 1); /* thousands of refusals */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_of_loaded_files_run),
        cmocka_unit_test(host_pcs_are_recognised),
        cmocka_unit_test(no_page_is_writable_once_loaded),
        cmocka_unit_test(what_native_code_must_not_have_is_refused),
        cmocka_unit_test(without_a_resolver_nothing_is_resolved),
        cmocka_unit_test(cut_files_are_refused),
        cmocka_unit_test(flipped_files_are_loaded_within_bounds_or_refused),
        cmocka_unit_test(functions_are_named_for_perf),
    };
    return cmocka_run_group_tests(tests, make_far_page, NULL);
}
