/* SPDX-License-Identifier: MIT
 * Clocks, quantiles, figures and parts of the programs that measure a runtime.
 */
#include "figures.h"

#include <stdbool.h>
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

uint64_t bench_wall_ns(void)
{
    return now_ns(CLOCK_MONOTONIC);
}

uint64_t bench_cpu_ns(void)
{
    return now_ns(CLOCK_PROCESS_CPUTIME_ID);
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

static bool is_part(const struct bench_part *parts, const char *name)
{
    while (parts->name != NULL && strcmp(name, parts->name) != 0)
        parts++;
    return parts->name != NULL;
}

void bench_run_parts(const struct bench_part *parts, char **arguments)
{
    for (char **name = arguments + 1; *name != NULL; name++)
        if (!is_part(parts, *name)) {
            fprintf(stderr, "%s: no part %s\n", arguments[0], *name);
            exit(2);
        }
    for (const struct bench_part *part = parts; part->name != NULL; part++) {
        bool wanted = arguments[1] == NULL;
        for (char **name = arguments + 1; *name != NULL; name++)
            wanted = wanted || strcmp(*name, part->name) == 0;
        if (wanted)
            part->run();
    }
}
