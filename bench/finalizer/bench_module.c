/* SPDX-License-Identifier: MIT
 * What loading the finalizer's module costs: time and resident memory.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

static double now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void print_memory(const char *when)
{
    char line[256];
    FILE *status = fopen("/proc/self/status", "r");
    while (status != NULL && fgets(line, sizeof line, status))
        if (strncmp(line, "VmRSS", 5) == 0 || strncmp(line, "RssAnon", 7) == 0)
            printf("%s: %s", when, line);
    if (status != NULL)
        fclose(status);
}

int main(void)
{
    print_memory("before");
    double start = now_ms();
    void *module = dlopen(CAIRN_MODULE, RTLD_NOW | RTLD_LOCAL);
    double loaded = now_ms();
    if (module == NULL) {
        fprintf(stderr, "%s\n", dlerror());
        return 1;
    }
    printf("dlopen %.2f ms\n", loaded - start);
    print_memory("loaded");
    return 0;
}
