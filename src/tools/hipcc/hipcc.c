/* SPDX-License-Identifier: MIT
 * hipcc: starts clang so that HIP sources are compiled for the configured devices and linked with
 * the runtime of this install tree. Options that it does not know are clang's.
 */
#include "arguments.h"

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
    "  --version                   versions of HIP and of clang\n"
    "  --help                      this text\n"
    "\n"
    "Environment: HIP_CLANG_PATH (folder of clang++), HIPCC_COMPILE_FLAGS_APPEND, "
    "HIPCC_LINK_FLAGS_APPEND,\n"
    "HIPCC_VERBOSE (bit 0: print the clang command).\n";

static void print_command(const struct arguments *command)
{
    printf("hipcc-cmd:");
    for (size_t i = 0; i < command->count; i++)
        printf(" %s", command->items[i]);
    putchar('\n');
    fflush(stdout);
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
    struct arguments command = {0};
    if (strcmp(argv[1], "--version") == 0) {
        printf("HIP version: %s\n", toolchain.version);
        fflush(stdout);
        arguments_add(&command, "%s/clang++", toolchain.llvm_bin);
        arguments_add(&command, "--version");
    } else {
        arguments_translate(&toolchain, argc - 1, argv + 1, &command);
    }
    const char *verbose = getenv("HIPCC_VERBOSE");
    if (verbose != NULL && (strtoul(verbose, NULL, 0) & 1) != 0)
        print_command(&command);
    execv(command.items[0], command.items);
    fprintf(stderr, "error: cannot start %s: %s\n", command.items[0], strerror(errno));
    arguments_destroy(&command);
    return 1;
}
