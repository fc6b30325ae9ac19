/* SPDX-License-Identifier: MIT
 * The message about a fault names kernel, address, lane and, where the code object has line tables,
 * file and line.
 */
#include "rig.h"

#include <unistd.h>

static const char *log_path;

static void the_message_of_a_fault_names_file_and_line(void **state)
{
    static const char *const parts[] = {"kernel stray", "address 0x123456780008", "lines.hip:8",
                                        "workgroup (0,0,0)", "lane 2"};
    hipModule_t module;
    hipFunction_t function;
    int *data;
    uintptr_t wild = 0x123456780000;
    OK(hipModuleLoad(&module, MODULE_FOLDER "/lines.co"));
    OK(hipModuleGetFunction(&function, module, "stray"));
    OK(hipMalloc((void **)&data, 4096));
    void *args[] = {&data, &wild};
    OK(hipModuleLaunchKernel(function, 1, 1, 1, 64, 1, 1, 0, NULL, args, NULL));
    EXPECT(hipDeviceSynchronize(), hipErrorIllegalAddress);
    char text[4096];
    FILE *file = fopen(log_path, "r");
    assert_non_null(file);
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    fclose(file);
    for (size_t i = 0; i < COUNT(parts); i++)
        if (strstr(text, parts[i]) == NULL)
            fail_msg("no \"%s\" in: %s", parts[i], text);
    OK(hipFree(data));
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
