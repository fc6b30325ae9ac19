/* SPDX-License-Identifier: MIT
 * hipconfig: prints where this HIP is and what it is made of, with the options of ROCm's hipconfig.
 */
#include "arguments.h"
#include "toolchain/toolchain.h"

#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

static void print_prefix(const struct cairn_toolchain *t)
{
    printf("%s", t->prefix);
}

static void print_version(const struct cairn_toolchain *t)
{
    printf("%s", t->version);
}

static void print_platform(const struct cairn_toolchain *t)
{
    printf("amd");
}

static void print_compiler(const struct cairn_toolchain *t)
{
    printf("clang");
}

static void print_runtime(const struct cairn_toolchain *t)
{
    printf("rocclr"); /* what scripts compare with; the runtime itself is Cairn's */
}

static void print_clang_path(const struct cairn_toolchain *t)
{
    printf("%s", t->llvm_bin);
}

static void print_cpp_config(const struct cairn_toolchain *t)
{
    printf(" -D__HIP_PLATFORM_HCC__= -D__HIP_PLATFORM_AMD__= -I%s/include", t->prefix);
}

/* What a command prints, as it comes. */
static void print_output(const char *command)
{
    char line[1024];
    FILE *pipe = popen(command, "r");
    while (pipe != NULL && fgets(line, sizeof line, pipe) != NULL)
        fputs(line, stdout);
    if (pipe != NULL)
        pclose(pipe);
}

static void print_environment(void)
{
    static const char *const prefixes[] = {
        "PATH=", "LD_LIBRARY_PATH=", "HIP", "HSA", "HCC", "ROC", "CUDA", "CAIRN"};
    for (char **variable = environ; *variable != NULL; variable++)
        for (size_t i = 0; i < sizeof prefixes / sizeof prefixes[0]; i++)
            if (strncmp(*variable, prefixes[i], strlen(prefixes[i])) == 0)
                puts(*variable);
}

static void print_kernel(void)
{
    struct utsname name;
    if (uname(&name) == 0)
        printf("Hostname      : %s\n%s %s %s %s\n", name.nodename, name.sysname, name.release,
               name.version, name.machine);
}

static void print_full(const struct cairn_toolchain *t)
{
    char command[PATH_MAX + 32];
    printf("HIP version   : %s\n\n== hipconfig\n", t->version);
    printf("HIP_PATH      : %s\nROCM_PATH     : %s\nHIP_COMPILER  : clang\n"
           "HIP_PLATFORM  : amd\nHIP_RUNTIME   : rocclr\nCPP_CONFIG    : ",
           t->prefix, t->prefix);
    print_cpp_config(t);
    printf("\n\n== hip-clang\nHIP_CLANG_PATH: %s\n", t->llvm_bin);
    fflush(stdout);
    snprintf(command, sizeof command, "'%s/clang++' --version", t->llvm_bin);
    print_output(command);
    printf("hip-clang-cxxflags: ");
    arguments_compile_flags(t, stdout);
    printf("\nhip-clang-ldflags : ");
    arguments_link_flags(t, stdout);
    printf("\n\n== Environment Variables\n");
    print_environment();
    printf("\n== Linux Kernel\n");
    print_kernel();
}

static void print_check(const struct cairn_toolchain *t)
{
    static const char *const files[] = {"bin/hipcc", "lib/libamdhip64.so",
                                        "include/hip/hip_runtime.h", "amdgcn/bitcode/ockl.bc",
                                        "share/hip/version"};
    char path[PATH_MAX + 64];
    bool whole = true;
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        snprintf(path, sizeof path, "%s/%s", t->prefix, files[i]);
        bool there = access(path, F_OK) == 0;
        printf("%s: %s\n", path, there ? "good" : "missing");
        whole = whole && there;
    }
    printf("hip installation: %s\n", whole ? "good" : "incomplete");
}

static const struct option {
    const char *name, *letter, *help;
    void (*print)(const struct cairn_toolchain *toolchain);
} options[] = {
    {"--path", "-p", "root of this HIP", print_prefix},
    {"--rocmpath", "-R", "root of the install tree", print_prefix},
    {"--cpp_config", "-C", "preprocessor flags", print_cpp_config},
    {"--compiler", "-c", "compiler name", print_compiler},
    {"--platform", "-P", "platform name", print_platform},
    {"--runtime", "-r", "runtime name", print_runtime},
    {"--hipclangpath", "-l", "folder of clang++", print_clang_path},
    {"--full", "-f", "all of it", print_full},
    {"--check", "-K", "is this installation whole?", print_check},
    {"--version", "-v", "HIP version", print_version},
};

static void print_usage(FILE *out)
{
    fputs("usage: hipconfig [options]\n\nWithout options: --full.\n", out);
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        fprintf(out, "  %s, %-16s %s\n", options[i].letter, options[i].name, options[i].help);
    fputs(
        "  -n, --newline        end the output with a new line\n  -h, --help           this text\n",
        out);
}

static const struct option *find_option(const char *word)
{
    for (size_t i = 0; i < sizeof options / sizeof options[0]; i++)
        if (strcmp(word, options[i].name) == 0 || strcmp(word, options[i].letter) == 0)
            return &options[i];
    return NULL;
}

int main(int argc, char **argv)
{
    struct cairn_toolchain toolchain;
    bool printed = false;
    enum cairn_status found = cairn_toolchain_find(NULL, &toolchain);
    if (found != CAIRN_OK)
        fprintf(stderr, "error: no clang++ in %s: install clang-22 or set HIP_CLANG_PATH\n",
                toolchain.llvm_bin);
    for (int i = 1; i < argc; i++) {
        const struct option *option = find_option(argv[i]);
        if (strcmp(argv[i], "--help") == 0 || strcmp(argv[i], "-h") == 0) {
            print_usage(stdout);
            return 0;
        }
        if (strcmp(argv[i], "--newline") == 0 || strcmp(argv[i], "-n") == 0) {
            putchar('\n');
            continue;
        }
        if (option == NULL) {
            fprintf(stderr, "error: unknown option %s\n", argv[i]);
            print_usage(stderr);
            return 1;
        }
        option->print(&toolchain);
        printed = true;
    }
    if (!printed)
        print_full(&toolchain);
    return found == CAIRN_OK ? 0 : 1;
}
