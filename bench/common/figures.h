/* SPDX-License-Identifier: MIT
 * What the programs share that measure a runtime: clocks, quantiles, one way to print a figure, and
 * the choice of parts on the command line.
 */
#ifndef BENCH_FIGURES_H
#define BENCH_FIGURES_H

#include <stddef.h>
#include <stdint.h>

uint64_t bench_wall_ns(void);
/* CPU time of the whole process: holds on a busy machine, and counts whichever thread works. */
uint64_t bench_cpu_ns(void);
/* The value that `share` (0 to 1) of the sorted values lie below; sorts `values`. */
double bench_quantile(double *values, size_t count, double share);
/* One line: what, figure, unit, and the goal if there is one (NULL: none). */
void bench_say(const char *what, double value, const char *unit, const char *goal);

struct bench_part {
    const char *name; /* NULL ends a list */
    void (*run)(void);
};
/* Runs the parts that main's arguments name, all without arguments, in the order of the list. Ends
 * the program before the first if an argument names none. */
void bench_run_parts(const struct bench_part *parts, char **arguments);

#endif
