/* SPDX-License-Identifier: MIT
 * What the parts of the HSA bench share: the clock, medians, and one way to print a figure.
 */
#ifndef BENCH_HSA_H
#define BENCH_HSA_H

#include "rig.h"

#include <stddef.h>
#include <stdint.h>

uint64_t bench_now_ns(void);
/* The value that `share` (0 to 1) of the sorted values lie below; sorts `values`. */
double bench_quantile(double *values, size_t count, double share);
/* One line: what, figure, unit, and the goal if there is one (NULL: none). */
void bench_say(const char *what, double value, const char *unit, const char *goal);

void bench_dispatch(void);
void bench_signal(void);
void bench_copy(void);

#endif
