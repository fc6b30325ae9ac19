/* SPDX-License-Identifier: MIT
 * hipcc: starts clang so that HIP sources are compiled for the configured devices and linked with
 * the runtime of this install tree. Options that it does not know are clang's.
 */
#include "arguments.h"

#include "words.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char usage[] =
    "usage: hipcc [options] file...\n"
    "\n"
    "Compiles and links HIP programs with clang. All options of clang are accepted; these are "
    "hipcc's:\n"
    "  --offload-arch=CHIP[,CHIP]  compile for these chips (default: the devices in "
    "CAIRN_DEVICES)\n"
    "  --genco                     make a code object for hipModuleLoad, no host code\n"
    "  -fgpu-rdc                   device code is linked across files; give it when linking, too\n"
    "  --version                   versions of HIP and of clang; --short-version: of HIP alone\n"
    "  --cxxflags, --ldflags       flags that do without hipcc\n"
    "  --help                      this text\n"
    "\n"
    "Environment: HIP_CLANG_PATH (folder of clang++), HIPCC_COMPILE_FLAGS_APPEND, "
    "HIPCC_LINK_FLAGS_APPEND,\n"
    "HCC_AMDGPU_TARGET (default chips), HIP_PLATFORM (must be amd), HIPCC_VERBOSE (bits: 1 prints "
    "the clang\ncommand, 2 the paths, 4 the arguments).\n";

static void print_words(const char *what, size_t count, char **words)
{
    printf("%s:", what);
    for (size_t i = 0; i < count; i++)
        printf(" %s", words[i]);
    putchar('\n');
    fflush(stdout);
}

static unsigned long verbosity(void)
{
    const char *text = getenv("HIPCC_VERBOSE");
    return text != NULL ? strtoul(text, NULL, 0) : 0;
}

/* True: the platform is the one that there is. */
static bool check_platform(void)
{
    const char *platform = getenv("HIP_PLATFORM");
    if (platform == NULL || platform[0] == '\0' || strcmp(platform, "amd") == 0 ||
        strcmp(platform, "hcc") == 0)
        return true;
    fprintf(stderr, "error: HIP_PLATFORM is %s; this hipcc compiles for amd\n", platform);
    return false;
}

/* Questions that are answered without compiling. */
static bool answer(const struct cairn_toolchain *toolchain, const char *question)
{
    if (strcmp(question, "--cxxflags") == 0)
        arguments_compile_flags(toolchain, stdout);
    else if (strcmp(question, "--ldflags") == 0)
        arguments_link_flags(toolchain, stdout);
    else if (strcmp(question, "--short-version") == 0)
        fputs(toolchain->version, stdout);
    else
        return false;
    putchar('\n');
    return true;
}

static void make_command(const struct cairn_toolchain *toolchain, int argc, char **argv,
                         struct arguments *command)
{
    struct arguments words = {0};
    words_expand(argc, argv, &words);
    arguments_translate(toolchain, (int)words.count, words.items, command);
    arguments_destroy(&words);
}

int main(int argc, char **argv)
{
    struct cairn_toolchain toolchain;
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        fputs(usage, argc < 2 ? stderr : stdout);
        return argc < 2 ? 1 : 0;
    }
    if (cairn_toolchain_find(NULL, &toolchain) != CAIRN_OK) {
        fprintf(stderr, "error: no clang++ in %s: install clang-22 or set HIP_CLANG_PATH\n",
                toolchain.llvm_bin);
        return 1;
    }
    if (!check_platform())
        return 1;
    if (answer(&toolchain, argv[1]))
        return 0;
    struct arguments command = {0};
    unsigned long verbose = verbosity();
    if ((verbose & 2) != 0)
        printf("HIP_PATH=%s\nROCM_PATH=%s\nHIP_PLATFORM=amd\nHIP_CLANG_PATH=%s\n", toolchain.prefix,
               toolchain.prefix, toolchain.llvm_bin);
    if ((verbose & 4) != 0)
        print_words("hipcc-args", (size_t)argc - 1, argv + 1);
    if (strcmp(argv[1], "--version") == 0) {
        printf("HIP version: %s\n", toolchain.version);
        fflush(stdout);
        arguments_add(&command, "%s/clang++", toolchain.llvm_bin);
        arguments_add(&command, "--version");
    } else {
        make_command(&toolchain, argc - 1, argv + 1, &command);
    }
    if ((verbose & 1) != 0)
        print_words("hipcc-cmd", command.count, command.items);
    words_shorten(&command);
    execv(command.items[0], command.items);
    fprintf(stderr, "error: cannot start %s: %s\n", command.items[0], strerror(errno));
    arguments_destroy(&command);
    return 1;
}
