/* SPDX-License-Identifier: MIT
 * What a big library costs at process start: 650 fat binaries with 34,000 kernels (MAGMA's size)
 * registered as clang's start-up code does it, and unregistered again.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { BINARIES = 650, KERNELS = 34000, NAME_BYTES = 96 };
enum { WRAPPER_MAGIC = 0x48495046, WRAPPER_VERSION = 1 };

struct wrapper {
    uint32_t magic, version;
    const void *image, *reserved;
};

void **__hipRegisterFatBinary(const void *data);
void __hipRegisterFunction(void **modules, const void *host, char *device, const char *name,
                           unsigned thread_limit, void *tid, void *bid, dim3 *block, dim3 *grid,
                           int *wave_size);
void __hipUnregisterFatBinary(void **modules);

static double resident_mib(void)
{
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    if (file == NULL || fscanf(file, "%*u %lu", &pages) != 1)
        pages = 0;
    if (file != NULL)
        fclose(file);
    return (double)pages * (double)sysconf(_SC_PAGESIZE) / 1048576;
}

/* Names and handles lie in the program's own image; they are made before the clock starts. */
static char (*make_names(void)) [NAME_BYTES] {
    char (*names)[NAME_BYTES] = calloc(KERNELS, NAME_BYTES);
    if (names == NULL)
        exit(1);
    for (int i = 0; i < KERNELS; i++)
        snprintf(names[i], NAME_BYTES,
                 "_ZN5magma%05d19batched_gemm_kernelILi64ELi32ELi8EEEviiPKdS2_Pd", i);
    return names;
}

void bench_register(void)
{
    static struct wrapper wrappers[BINARIES];
    static void **handles[BINARIES];
    char (*names)[NAME_BYTES] = make_names();
    char *hosts = malloc(KERNELS * 8);
    double before = resident_mib();
    uint64_t start = bench_cpu_ns();
    for (int b = 0, k = 0; b < BINARIES; b++) {
        wrappers[b] = (struct wrapper){WRAPPER_MAGIC, WRAPPER_VERSION, names, NULL};
        handles[b] = __hipRegisterFatBinary(&wrappers[b]);
        for (; k < (int64_t)KERNELS * (b + 1) / BINARIES; k++)
            __hipRegisterFunction(handles[b], hosts + 8 * k, names[k], names[k], (unsigned)-1, NULL,
                                  NULL, NULL, NULL, NULL);
    }
    bench_say("register 34,000 kernels in 650 fat binaries", (double)(bench_cpu_ns() - start) / 1e6,
              "ms", "150");
    bench_say("memory that they take", resident_mib() - before, "MiB", "40");
    start = bench_cpu_ns();
    for (int b = 0; b < BINARIES; b++)
        __hipUnregisterFatBinary(handles[b]);
    bench_say("unregister them", (double)(bench_cpu_ns() - start) / 1e6, "ms", NULL);
    free(hosts);
    free(names);
}
