/* SPDX-License-Identifier: MIT
 * The cache of results. That a result comes from it shows where nothing can be compiled, for want
 * of a folder for temporary files.
 */
#include "rig.h"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char folder[64], include_option[96];

static void put_file(const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Calls `visit` for the cache's files; returns how many there are. */
static int each_entry(void (*visit)(const char *path))
{
    char path[512];
    int count = 0;
    snprintf(path, sizeof path, "%s/cache", folder);
    DIR *entries = opendir(path);
    for (struct dirent *entry; entries != NULL && (entry = readdir(entries)) != NULL;) {
        if (entry->d_name[0] == '.')
            continue;
        count++;
        snprintf(path, sizeof path, "%s/cache/%s", folder, entry->d_name);
        if (visit != NULL)
            visit(path);
    }
    if (entries != NULL)
        closedir(entries);
    return count;
}

/* Compiles `source`; the bitcode and the log go to `bitcode` and `log` if wanted. */
static amd_comgr_status_t compile(const char *source, char **bitcode, size_t *size, char **log)
{
    amd_comgr_data_set_t set, result;
    amd_comgr_action_info_t info;
    amd_comgr_data_t data = make_data(AMD_COMGR_DATA_KIND_SOURCE, "k.cl", source, strlen(source));
    const char *option = include_option;
    OK(amd_comgr_create_data_set(&set));
    OK(amd_comgr_create_data_set(&result));
    OK(amd_comgr_data_set_add(set, data));
    OK(amd_comgr_release_data(data));
    OK(amd_comgr_create_action_info(&info));
    OK(amd_comgr_action_info_set_isa_name(info, ISA));
    OK(amd_comgr_action_info_set_language(info, AMD_COMGR_LANGUAGE_OPENCL_1_2));
    OK(amd_comgr_action_info_set_logging(info, true));
    OK(amd_comgr_action_info_set_option_list(info, &option, 1));
    amd_comgr_status_t status =
        amd_comgr_do_action(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_BC, info, set, result);
    if (status == AMD_COMGR_STATUS_SUCCESS && bitcode != NULL) {
        size_t log_size;
        OK(amd_comgr_action_data_get_data(result, AMD_COMGR_DATA_KIND_BC, 0, &data));
        *bitcode = bytes_of(data, size);
        OK(amd_comgr_release_data(data));
        OK(amd_comgr_action_data_get_data(result, AMD_COMGR_DATA_KIND_LOG, 0, &data));
        *log = bytes_of(data, &log_size);
        OK(amd_comgr_release_data(data));
    }
    OK(amd_comgr_destroy_action_info(info));
    OK(amd_comgr_destroy_data_set(set));
    OK(amd_comgr_destroy_data_set(result));
    return status;
}

/* Without a compiler. */
static amd_comgr_status_t recall(const char *source, char **bitcode, size_t *size, char **log)
{
    setenv("TMPDIR", "/nowhere/at/all", 1);
    amd_comgr_status_t status = compile(source, bitcode, size, log);
    unsetenv("TMPDIR");
    return status;
}

#define COMPILES(source) OK(compile(source, NULL, NULL, NULL))
#define HITS(source)     OK(recall(source, NULL, NULL, NULL))
#define MISSES(source)   ERROR(recall(source, NULL, NULL, NULL))

static const char plain[] =
    "kernel void k(global int *p) { int unused_here; *p = 1; }\n#warning w\n";

static void a_result_is_given_again(void **state)
{
    char *bitcode[2], *log[2];
    size_t size[2];
    OK(compile(plain, &bitcode[0], &size[0], &log[0]));
    OK(recall(plain, &bitcode[1], &size[1], &log[1]));
    assert_int_equal(size[0], size[1]);
    assert_memory_equal(bitcode[0], bitcode[1], size[0]);
    assert_non_null(strstr(log[0], "warning"));
    assert_string_equal(log[0], log[1]);
    MISSES("kernel void other(global int *p) { *p = 2; }\n");
    for (int i = 0; i < 2; i++) {
        free(bitcode[i]);
        free(log[i]);
    }
}

static void a_changed_header_is_noticed(void **state)
{
    static const char source[] = "#include \"h.h\"\nkernel void k(global int *p) { *p = V; }\n";
    put_file("h.h", "#define V 1\n");
    COMPILES(source);
    HITS(source);
    put_file("h.h", "#define V 2\n");
    MISSES(source);
    COMPILES(source);
    HITS(source);
    put_file("h.h", "#define V __TIME__[0]\n");
    COMPILES(source);
    MISSES(source);
}

static void flip_a_byte(const char *path)
{
    FILE *file = fopen(path, "r+b");
    assert_non_null(file);
    fseek(file, -20, SEEK_END);
    int byte = fgetc(file);
    fseek(file, -20, SEEK_END);
    fputc(byte ^ 0x40, file);
    fclose(file);
}

static void cut(const char *path)
{
    assert_int_equal(truncate(path, 90), 0);
}

static void make_others_writable(const char *path)
{
    assert_int_equal(chmod(path, 0666), 0);
}

static void what_is_damaged_or_not_ours_is_ignored(void **state)
{
    static void (*const ways[])(const char *) = {flip_a_byte, cut, make_others_writable};
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        COMPILES(plain);
        HITS(plain);
        assert_true(each_entry(ways[i]) > 0);
        MISSES(plain);
    }
    COMPILES(plain);
    HITS(plain);
    char path[128];
    snprintf(path, sizeof path, "%s/cache", folder);
    chmod(path, 0777);
    MISSES(plain);
    chmod(path, 0700);
    HITS(plain);
}

static void processes_share_the_folder(void **state)
{
    static const char source[] = "kernel void together(global int *p) { *p = 3; }\n";
    pid_t children[3];
    for (int i = 0; i < 3; i++)
        if ((children[i] = fork()) == 0)
            _exit(compile(source, NULL, NULL, NULL) == AMD_COMGR_STATUS_SUCCESS ? 0 : 1);
    for (int i = 0; i < 3; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_int_equal(status, 0);
    }
    HITS(source);
}

static void the_user_may_want_none(void **state)
{
    static const char source[] = "kernel void none(global int *p) { *p = 4; }\n";
    int before = each_entry(NULL);
    setenv("AMD_COMGR_CACHE", "0", 1);
    COMPILES(source);
    MISSES(source);
    MISSES(plain);
    unsetenv("AMD_COMGR_CACHE");
    assert_int_equal(each_entry(NULL), before);
    HITS(plain);
}

static int start(void **state)
{
    char cache[96];
    strcpy(folder, "/tmp/comgr-cache-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(cache, sizeof cache, "%s/cache", folder);
    snprintf(include_option, sizeof include_option, "-I%s", folder);
    return setenv("AMD_COMGR_CACHE_DIR", cache, 1);
}

static void remove_file(const char *path)
{
    unlink(path);
}

static int stop(void **state)
{
    char path[128];
    each_entry(remove_file);
    snprintf(path, sizeof path, "%s/cache", folder);
    rmdir(path);
    snprintf(path, sizeof path, "%s/h.h", folder);
    unlink(path);
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_result_is_given_again),
        cmocka_unit_test(a_changed_header_is_noticed),
        cmocka_unit_test(what_is_damaged_or_not_ours_is_ignored),
        cmocka_unit_test(processes_share_the_folder),
        cmocka_unit_test(the_user_may_want_none),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
