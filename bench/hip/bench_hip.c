/* SPDX-License-Identifier: MIT
 * What HIP costs above HSA: launches through a stream, nodes of a graph, registration of fat
 * binaries. Each line says what its goal is, where there is one. Arguments choose parts: launch,
 * graph, register.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static uint64_t now_ns(clockid_t clock)
{
    struct timespec now;
    clock_gettime(clock, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

uint64_t bench_cpu_ns(void)
{
    return now_ns(CLOCK_PROCESS_CPUTIME_ID);
}

uint64_t bench_wall_ns(void)
{
    return now_ns(CLOCK_MONOTONIC);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

double bench_quantile(double *values, size_t count, double share)
{
    qsort(values, count, sizeof *values, compare);
    size_t index = (size_t)(share * (double)count);
    return values[index < count ? index : count - 1];
}

void bench_say(const char *what, double value, const char *unit, const char *goal)
{
    printf("%-58s %10.*f %-10s%s%s\n", what, value < 100 ? 2 : 0, value, unit,
           goal != NULL ? " goal " : "", goal != NULL ? goal : "");
}

void bench_expect(int error, const char *call, int line)
{
    if (error == 0)
        return;
    fprintf(stderr, "bench_hip: line %d: %s: %d\n", line, call, error);
    exit(1);
}

hipFunction_t bench_empty_kernel(void)
{
    hipModule_t module;
    hipFunction_t function;
    OK(hipModuleLoad(&module, KERNEL_FOLDER "/empty.co"));
    OK(hipModuleGetFunction(&function, module, "empty"));
    return function;
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } parts[] = {{"register", bench_register}, {"launch", bench_launch}, {"graph", bench_graph}};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        bool wanted = argc == 1;
        for (int k = 1; k < argc; k++)
            wanted = wanted || strcmp(argv[k], parts[i].name) == 0;
        if (wanted)
            parts[i].run();
    }
    return 0;
}
