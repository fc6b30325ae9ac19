/* SPDX-License-Identifier: MIT
 * Tracing of API calls and of operations for a profiler's library, by the protocol of AMD's HIP and
 * roctracer: one function that is asked about each call, tells what to call before and after it,
 * and is told about finished operations. The wrappers around the API functions are made by
 * gen/abi_hip.py from abi/amdhip64/symbols.txt and the headers.
 */
#ifndef CAIRN_HIP_TRACE_H
#define CAIRN_HIP_TRACE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum hip_trace_domain { HIP_TRACE_OPS = 2, HIP_TRACE_API = 3 };
enum hip_trace_phase { HIP_TRACE_ENTER = 0, HIP_TRACE_EXIT = 1 };

/* Sizes measured on the layout of hip_api_data_t, ROCm 6.3: a union of every function's arguments.
 */
enum { HIP_TRACE_ARGUMENT_BYTES = 1496 };

struct hip_trace {
    uint64_t correlation;
    uint32_t phase;
    _Alignas(8) unsigned char arguments[HIP_TRACE_ARGUMENT_BYTES];
    uint64_t *phase_data;
    /* what the tracer's library adds */
    uint64_t enter_time, data;
    void (*on_enter)(uint32_t id, struct hip_trace *trace);
    void (*on_exit)(uint32_t id, struct hip_trace *trace);
};
_Static_assert(offsetof(struct hip_trace, arguments) == 16, "hip_api_data_t");
_Static_assert(offsetof(struct hip_trace, phase_data) == 1512, "hip_api_data_t");
_Static_assert(offsetof(struct hip_trace, enter_time) == 1520, "size of hip_api_data_t");

/* 0: traced. `data` is a struct hip_trace, an activity record, or NULL to ask about operations. */
typedef int (*hip_tracer_fn)(uint32_t domain, uint32_t id, void *data);
extern hip_tracer_fn _Atomic hip_tracer;

/* False: this call is not traced. Else hip_trace_close() must follow. */
bool hip_trace_open(struct hip_trace *trace, uint32_t id);
/* The arguments are in place. */
void hip_trace_enter(struct hip_trace *trace, uint32_t id);
void hip_trace_close(struct hip_trace *trace, uint32_t id);

struct hip_op;
/* A new operation: is its end to be reported? Remembers the traced call that it came from. */
void hip_trace_op_begin(struct hip_op *op);
/* It is over. */
void hip_trace_op_end(const struct hip_op *op);

extern const char *const hip_api_names[]; /* by id; NULL: no function has it */
extern const unsigned hip_api_name_count;

#endif
