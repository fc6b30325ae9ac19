/* SPDX-License-Identifier: MIT
 * What the parts of the HIP bench share: the kernel that does nothing, and a raw HSA queue to
 * compare with.
 */
#ifndef BENCH_HIP_H
#define BENCH_HIP_H

#include "figures.h"

#include <hip/hip_runtime_api.h>

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
void bench_compile(void);

#endif
