/* SPDX-License-Identifier: MIT
 * The precompiled header of hiprtc's programs: code is the same with it, and it serves only where
 * nothing differs from what it was made of. A script in clang's place notes how it was called.
 */
#include "rig.h"

#include <sys/stat.h>
#include <unistd.h>

#define TREE         "%s/tree"
#define COUNT(array) (sizeof(array) / sizeof(array)[0])

static char folder[64];

__attribute__((format(printf, 1, 2))) static void run(const char *format, ...)
{
    char command[4096];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    if (system(command) != 0)
        fail_msg("%s", command);
}

static void put_text(const char *name, const char *text, const char *mode)
{
    char path[256];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, mode);
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
}

/* Was the last compilation done with the precompiled header? Did it take more than one call? */
static bool was_used(void)
{
    static char text[1 << 16];
    char path[256];
    snprintf(path, sizeof path, "%s/calls", folder);
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t size = fread(text, 1, sizeof text - 1, file);
    fclose(file);
    text[size] = '\0';
    return strstr(text, "-include-pch") != NULL;
}

struct program {
    const char *source, *option, *header, *header_text;
};

static amd_comgr_status_t compile(const struct program *program, char **code, size_t *size,
                                  char **log)
{
    const char *options[4] = {"-D__HIPCC_RTC__", "-include", "hip/amd_detail/hiprtc_runtime.h",
                              program->option};
    amd_comgr_data_set_t set, result;
    amd_comgr_action_info_t info;
    amd_comgr_data_t data =
        make_data(AMD_COMGR_DATA_KIND_SOURCE, "k.hip", program->source, strlen(program->source));
    put_text("calls", "", "w");
    OK(amd_comgr_create_data_set(&set));
    OK(amd_comgr_create_data_set(&result));
    OK(amd_comgr_data_set_add(set, data));
    OK(amd_comgr_release_data(data));
    if (program->header != NULL) {
        data = make_data(AMD_COMGR_DATA_KIND_INCLUDE, program->header, program->header_text,
                         strlen(program->header_text));
        OK(amd_comgr_data_set_add(set, data));
        OK(amd_comgr_release_data(data));
    }
    OK(amd_comgr_create_action_info(&info));
    OK(amd_comgr_action_info_set_isa_name(info, ISA));
    OK(amd_comgr_action_info_set_language(info, AMD_COMGR_LANGUAGE_HIP));
    OK(amd_comgr_action_info_set_logging(info, true));
    OK(amd_comgr_action_info_set_option_list(info, options, program->option != NULL ? 4 : 3));
    amd_comgr_status_t status =
        amd_comgr_do_action(AMD_COMGR_ACTION_COMPILE_SOURCE_TO_RELOCATABLE, info, set, result);
    if (status == AMD_COMGR_STATUS_SUCCESS) {
        OK(amd_comgr_action_data_get_data(result, AMD_COMGR_DATA_KIND_RELOCATABLE, 0, &data));
        *code = bytes_of(data, size);
        OK(amd_comgr_release_data(data));
    }
    size_t log_size;
    OK(amd_comgr_action_data_get_data(result, AMD_COMGR_DATA_KIND_LOG, 0, &data));
    *log = bytes_of(data, &log_size);
    OK(amd_comgr_release_data(data));
    OK(amd_comgr_destroy_action_info(info));
    OK(amd_comgr_destroy_data_set(set));
    OK(amd_comgr_destroy_data_set(result));
    return status;
}

/* Compiles it, for the cache a new program each time, with the cache and without; both must be the
 * same, up to the log. */
static void compare(const struct program *program, bool uses)
{
    static unsigned number;
    char source[1024], *code[2] = {NULL, NULL}, *log[2];
    size_t size[2] = {0, 0};
    struct program now = *program;
    snprintf(source, sizeof source, "%s // %u\n", program->source, number++);
    now.source = source;
    amd_comgr_status_t status = compile(&now, &code[0], &size[0], &log[0]);
    bool used = was_used();
    setenv("AMD_COMGR_CACHE", "0", 1);
    amd_comgr_status_t plainly = compile(&now, &code[1], &size[1], &log[1]);
    unsetenv("AMD_COMGR_CACHE");
    assert_int_equal(status, plainly);
    assert_int_equal(size[0], size[1]);
    if (size[0] != 0)
        assert_memory_equal(code[0], code[1], size[0]);
    if (used != uses)
        fail_msg("%s, option %s: the header is %s", program->source,
                 program->option != NULL ? program->option : "none", used ? "used" : "not used");
    for (int i = 0; i < 2; i++) {
        free(code[i]);
        free(log[i]);
    }
}

#define KERNEL(body) "extern \"C\" __global__ void k(float *p, int n) { " body " }"
static const char plain[] = KERNEL("p[threadIdx.x] += __half2float(__float2half(sinf(p[n])));");

static void the_third_program_has_it(void **state)
{
    const struct program program = {.source = plain};
    compare(&program, false);
    compare(&program, true); /* which makes it */
    compare(&program, true);
}

static const struct use_case {
    struct program program;
    bool uses;
} cases[] = {
    {{.source = plain, .option = "-DMY_OWN_MACRO=3"}, true},
    {{.source = KERNEL("p[0] = MY_OWN_MACRO;"), .option = "-DMY_OWN_MACRO=7"}, true},
    {{.source = plain, .option = "-DNDEBUG"}, false},     /* headers ask */
    {{.source = plain, .option = "-DCHAR_BIT=8"}, false}, /* and define */
    {{.source = plain, .option = "-D__my_reserved"}, false},
    {{.source = plain, .option = "-includehip/hip_fp16.h"}, false},
    {{.source = "#include \"own.h\"\n" KERNEL("p[0] = OWN;"),
      .header = "own.h",
      .header_text = "#define OWN 5\n"},
     true},
    {{.source = KERNEL("p[0] = OWN;"),
      .header = "hip/hip_fp16.h",
      .header_text = "#define OWN 5\n"},
     false}, /* one of the headers' own */
    {{.source = plain, .header = "hip_fp16.h", .header_text = "\n"}, false},
    {{.source = "#include <hip/hip_runtime.h>\n#include <hip/hip_fp16.h>\n" KERNEL("p[0] = n;")},
     true},
    {{.source = KERNEL("assert(n); p[0] = warpSize;")}, true},
    {{.source = KERNEL("p[0] = no_such_thing;")}, true}, /* the same error */
    {{.source = "static __device__ int v;\n" KERNEL("v += n; p[0] = v;")}, true},
};

static void it_serves_only_where_nothing_differs(void **state)
{
    for (size_t i = 0; i < COUNT(cases); i++)
        compare(&cases[i].program, cases[i].uses);
}

static void other_options_have_another(void **state)
{
    const struct program program = {.source = plain, .option = "-std=c++20"};
    compare(&program, false);
    compare(&program, true);
}

static void a_changed_header_makes_it_anew(void **state)
{
    const struct program program = {.source = KERNEL("p[0] = ADDED;")};
    put_text("tree/include/hip/hip_fp16.h", "#define ADDED 3\n", "a");
    compare(&program, true); /* the new one */
    put_text("tree/include/hip/hip_fp16.h", "#undef ADDED\n#define ADDED 4\n", "a");
    compare(&program, true);
    compare(&program, true);
}

static void a_damaged_one_is_not_used(void **state)
{
    const struct program program = {.source = plain};
    compare(&program, true);
    run("for f in $(find %s/cache -size +500k); do printf XXXX | dd of=$f bs=1 seek=300000 "
        "conv=notrunc 2>/dev/null; done",
        folder);
    compare(&program, false); /* a wish again */
    compare(&program, true);
}

static int start(void **state)
{
    char path[256];
    strcpy(folder, "/tmp/comgr-pch-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    run("mkdir -p " TREE "/share " TREE "/llvm/bin && cp -r " HEADERS " " TREE "/include", folder,
        folder, folder);
    run("ln -s " DEVICE_LIBRARIES " " TREE "/amdgcn && cp -rL " VERSION " " TREE "/share/hip",
        folder, folder);
    run("ln -s " LLVM "/* %s/tree/llvm/bin/ && rm -f %s/tree/llvm/bin/clang-22 "
        "%s/tree/llvm/bin/clang++",
        folder, folder, folder);
    snprintf(path, sizeof path, "#!/bin/sh\necho \"$@\" >> %s/calls\nexec " LLVM "/clang \"$@\"\n",
             folder);
    put_text("tree/llvm/bin/clang++", path, "w");
    run("chmod 755 %s/tree/llvm/bin/clang++", folder);
    snprintf(path, sizeof path, TREE "/llvm/bin", folder);
    setenv("HIP_CLANG_PATH", path, 1);
    snprintf(path, sizeof path, TREE, folder);
    setenv("ROCM_PATH", path, 1);
    snprintf(path, sizeof path, "%s/cache", folder);
    return setenv("AMD_COMGR_CACHE_DIR", path, 1);
}

static int stop(void **state)
{
    run("rm -rf %s", folder);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_third_program_has_it),
        cmocka_unit_test(it_serves_only_where_nothing_differs),
        cmocka_unit_test(other_options_have_another),
        cmocka_unit_test(a_damaged_one_is_not_used),
        cmocka_unit_test(a_changed_header_makes_it_anew),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
