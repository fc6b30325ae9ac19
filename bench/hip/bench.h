/* SPDX-License-Identifier: MIT
 * What the parts of the HIP bench share: clocks, quantiles, one way to print a figure, the kernel
 * that does nothing, and a raw HSA queue to compare with.
 */
#ifndef BENCH_HIP_H
#define BENCH_HIP_H

#include <hip/hip_runtime_api.h>

#include <stddef.h>
#include <stdint.h>

/* CPU time of the whole process: holds on a busy machine, and counts whichever thread works. */
uint64_t bench_cpu_ns(void);
uint64_t bench_wall_ns(void);
/* The value that `share` (0 to 1) of the sorted values lie below; sorts `values`. */
double bench_quantile(double *values, size_t count, double share);
/* One line: what, figure, unit, and the goal if there is one (NULL: none). */
void bench_say(const char *what, double value, const char *unit, const char *goal);
/* Ends the program with the call's name if it failed. */
#define OK(call) bench_expect((int)(call), #call, __LINE__)
void bench_expect(int error, const char *call, int line);

/* empty.co, loaded through HIP. */
hipFunction_t bench_empty_kernel(void);

/* The same kernel through a queue of our own, in order, a doorbell a packet; waits for the last. */
void raw_open(void);
void raw_dispatch(uint32_t count);
void raw_close(void);

void bench_launch(void);
void bench_graph(void);
void bench_register(void);

#endif
