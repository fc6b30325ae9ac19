/* SPDX-License-Identifier: MIT
 * Latency and throughput of the HSA runtime: packets, signals, copies. Medians of many rounds; each
 * line says what its goal is, where there is one. Arguments choose parts: dispatch, signal, copy.
 */
#include "bench.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

uint64_t bench_now_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
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

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(void);
    } parts[] = {{"dispatch", bench_dispatch}, {"signal", bench_signal}, {"copy", bench_copy}};
    if (rig_open(NULL) != 0)
        return 1;
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        bool wanted = argc == 1;
        for (int k = 1; k < argc; k++)
            wanted = wanted || strcmp(argv[k], parts[i].name) == 0;
        if (wanted)
            parts[i].run();
    }
    return rig_close(NULL);
}
