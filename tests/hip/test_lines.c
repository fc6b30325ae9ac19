/* SPDX-License-Identifier: MIT
 * The message about a fault names kernel, address, lane and, where the code object has line tables,
 * file and line.
 */
#include "rig.h"

#include <unistd.h>

static const char *log_path;

struct stray_case {
    const char *kernel;
    unsigned groups, items;
    uintptr_t argument; /* second one */
    const char *parts[6];
};

static const struct stray_case cases[] = {
    {"stray",
     1,
     64,
     0x123456780000,
     {"kernel stray:", "address 0x123456780008", "lines.hip:8,", "workgroup (0,0,0)", "lane 2"}},
    {"stray_late",
     8,
     256,
     4 * 256 + 210,
     {"kernel stray_late:", "lines.hip:22,", "workgroup (4,0,0)", "lane 18"}},
};

static void look_for(const char *const *parts, const char *text)
{
    for (; *parts != NULL; parts++)
        if (strstr(text, *parts) == NULL)
            fail_msg("no \"%s\" in: %s", *parts, text);
}

static void the_message_of_a_fault_names_file_and_line(void **state)
{
    hipModule_t module;
    hipFunction_t function;
    OK(hipModuleLoad(&module, MODULE_FOLDER "/lines.co"));
    for (size_t i = 0; i < COUNT(cases); i++) {
        const struct stray_case *row = &cases[i];
        void *data;
        uintptr_t argument = row->argument;
        void *args[] = {&data, &argument};
        OK(hipMalloc(&data, 65536));
        OK(hipModuleGetFunction(&function, module, row->kernel));
        OK(hipModuleLaunchKernel(function, row->groups, 1, 1, row->items, 1, 1, 0, NULL, args,
                                 NULL));
        EXPECT(hipDeviceSynchronize(), hipErrorIllegalAddress);
        char text[4096];
        FILE *file = fopen(log_path, "r");
        assert_non_null(file);
        text[fread(text, 1, sizeof text - 1, file)] = '\0';
        fclose(file);
        assert_int_equal(truncate(log_path, 0), 0);
        look_for(row->parts, text);
        OK(hipFree(data));
    }
    OK(hipModuleUnload(module));
}

/* The log is opened before main is reached, so the program starts itself again with a file for it.
 */
int main(int count, char **arguments)
{
    char path[] = "/tmp/cairn_lines_XXXXXX";
    if (count < 2) {
        int file = mkstemp(path);
        if (file < 0)
            return 1;
        close(file);
        setenv("CAIRN_LOG_FILE", path, 1);
        execl("/proc/self/exe", arguments[0], path, (char *)NULL);
        return 1;
    }
    log_path = arguments[1];
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_message_of_a_fault_names_file_and_line),
    };
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(log_path);
    return failed;
}
