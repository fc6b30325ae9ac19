/* SPDX-License-Identifier: MIT
 * rocm_agent_enumerator: the chips of this machine, one a line, for scripts and build systems. The
 * first line is gfx000 for the CPU, as ROCm's tool has it; with -name the lines are target ids such
 * as gfx90a:sramecc+:xnack- and there is none for the CPU. ROCM_TARGET_LST may name a file that
 * lists chips to print instead.
 */
#include "hsa/hsa.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { NAME_BYTES = 256 };

/* Length of the "gfx..." at `text`, 0 if there is none. */
static size_t chip_length(const char *text)
{
    size_t length = 3;
    if (strncmp(text, "gfx", 3) != 0 || !isxdigit((unsigned char)text[3]))
        return 0;
    while (isxdigit((unsigned char)text[length]))
        length++;
    return length;
}

/* The chips of a target list file, one at the start of a line each. */
static int print_list(const char *path)
{
    char line[NAME_BYTES];
    FILE *file = fopen(path, "r");
    if (file == NULL)
        return -1;
    while (fgets(line, sizeof line, file) != NULL) {
        size_t length = chip_length(line);
        if (length != 0)
            printf("%.*s\n", (int)length, line);
    }
    fclose(file);
    return EXIT_SUCCESS;
}

static hsa_status_t print_isa(hsa_isa_t isa, void *full)
{
    static const char prefix[] = "amdgcn-amd-amdhsa--";
    char name[NAME_BYTES];
    uint32_t length = 0;
    hsa_status_t status = hsa_isa_get_info_alt(isa, HSA_ISA_INFO_NAME_LENGTH, &length);
    if (status != HSA_STATUS_SUCCESS || length >= sizeof name)
        return status != HSA_STATUS_SUCCESS ? status : HSA_STATUS_ERROR;
    memset(name, 0, sizeof name);
    status = hsa_isa_get_info_alt(isa, HSA_ISA_INFO_NAME, name);
    if (status != HSA_STATUS_SUCCESS)
        return status;
    const char *target = name;
    if (strncmp(name, prefix, sizeof prefix - 1) == 0)
        target += sizeof prefix - 1;
    printf("%.*s\n", (int)(*(bool *)full ? strlen(target) : chip_length(target)), target);
    return HSA_STATUS_INFO_BREAK; /* the first one names the agent */
}

static hsa_status_t print_agent(hsa_agent_t agent, void *full)
{
    hsa_device_type_t type = HSA_DEVICE_TYPE_CPU;
    hsa_status_t status = hsa_agent_get_info(agent, HSA_AGENT_INFO_DEVICE, &type);
    if (status != HSA_STATUS_SUCCESS || type != HSA_DEVICE_TYPE_GPU)
        return status;
    status = hsa_agent_iterate_isas(agent, print_isa, full);
    return status == HSA_STATUS_INFO_BREAK ? HSA_STATUS_SUCCESS : status;
}

static int print_agents(bool full)
{
    hsa_status_t status = hsa_init();
    if (status == HSA_STATUS_SUCCESS) {
        status = hsa_iterate_agents(print_agent, &full);
        (void)hsa_shut_down();
    }
    if (status == HSA_STATUS_SUCCESS)
        return EXIT_SUCCESS;
    const char *text = "unknown status";
    (void)hsa_status_string(status, &text);
    fprintf(stderr, "rocm_agent_enumerator: %s\n", text);
    return EXIT_FAILURE;
}

struct wishes {
    bool cpu, gpu; /* which agents */
    bool full;     /* target ids */
};

/* "-t TYPE", as build systems ask: CMake's CMakeDetermineHIPCompiler wants "-t GPU". */
static bool take_type(const char *type, struct wishes *wishes)
{
    wishes->cpu = strcmp(type, "CPU") == 0 || strcmp(type, "ALL") == 0;
    wishes->gpu = strcmp(type, "GPU") == 0 || strcmp(type, "ALL") == 0;
    return wishes->cpu || wishes->gpu;
}

static bool take_arguments(int argc, char **argv, struct wishes *wishes)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "-name") == 0 || strcmp(argv[i], "--name") == 0) {
            wishes->full = true;
            wishes->cpu = false;
        } else if (strcmp(argv[i], "-t") != 0 || i + 1 == argc || !take_type(argv[++i], wishes)) {
            fprintf(stderr, "rocm_agent_enumerator: unknown argument %s; try --help\n", argv[i]);
            return false;
        }
    }
    return true;
}

/* LLVM's tool of that name, which ROCm's build systems ask: target ids of GPUs. */
static bool is_called_amdgpu_arch(const char *program)
{
    const char *name = strrchr(program, '/');
    return strcmp(name != NULL ? name + 1 : program, "amdgpu-arch") == 0;
}

int main(int argc, char **argv)
{
    bool plain = argc == 0 || !is_called_amdgpu_arch(argv[0]);
    struct wishes wishes = {.cpu = plain, .gpu = true, .full = !plain};
    if (argc > 1 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)) {
        printf("usage: rocm_agent_enumerator [-name] [-t CPU|GPU|ALL]\n"
               "Prints the chip of every GPU, one a line, after gfx000 for the CPU.\n"
               "  -name   print target ids (gfx90a:sramecc+:xnack-), GPUs only\n"
               "  -t      which agents (default: ALL)\n");
        return EXIT_SUCCESS;
    }
    if (!take_arguments(argc, argv, &wishes))
        return EXIT_FAILURE;
    if (wishes.cpu)
        printf("gfx000\n");
    if (!wishes.gpu)
        return EXIT_SUCCESS;
    const char *list = getenv("ROCM_TARGET_LST");
    if (list != NULL && print_list(list) == EXIT_SUCCESS)
        return EXIT_SUCCESS;
    return print_agents(wishes.full);
}
