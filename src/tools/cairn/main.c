/* SPDX-License-Identifier: MIT
 * cairn: looks into code objects and into the configuration of the software GPU.
 */
#include "commands.h"

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name, *arguments, *help;
    int (*run)(int argc, char **argv);
} commands[] = {
    {"devices", "", "list the GPUs that programs will see", command_devices},
    {"disasm", "[--chip CHIP] [--headers] FILE",
     "show the GPU code in a code object, fat binary, program or library", command_disasm},
    {"env", "", "list the run-time options and their values", command_env},
};

static void print_usage(FILE *out)
{
    fputs("usage: cairn COMMAND [ARGUMENT...]\n\n", out);
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        fprintf(out, "  cairn %s %s\n      %s\n", commands[i].name, commands[i].arguments,
                commands[i].help);
}

int main(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0) {
        print_usage(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    for (size_t i = 0; i < sizeof commands / sizeof commands[0]; i++)
        if (strcmp(argv[1], commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1);
    fprintf(stderr, "cairn: no command %s\n", argv[1]);
    print_usage(stderr);
    return 2;
}
