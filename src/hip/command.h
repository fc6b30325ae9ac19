/* SPDX-License-Identifier: MIT
 * A command: one thing that a stream does. API functions describe it, hip_stream_enqueue runs it in
 * the stream's order, a graph node keeps it.
 */
#ifndef CAIRN_HIP_COMMAND_H
#define CAIRN_HIP_COMMAND_H

#include "hip/runtime.h"

struct hip_function;

enum hip_command_kind {
    HIP_COMMAND_MARKER, /* nothing: completes when all before it did */
    HIP_COMMAND_KERNEL,
    HIP_COMMAND_COPY,
    HIP_COMMAND_FILL,
    HIP_COMMAND_HOST,     /* hipLaunchHostFunc */
    HIP_COMMAND_CALLBACK, /* hipStreamAddCallback */
    HIP_COMMAND_WRITE,    /* hipStreamWriteValue */
    HIP_COMMAND_WAIT,     /* hipStreamWaitValue */
    HIP_COMMAND_FREE,     /* hipFreeAsync */
    HIP_COMMAND_NATIVE,   /* the runtime's own: what other processes or interfaces see */
};

/* Which part of a launch on several devices this is. */
struct hip_grids {
    void *counters; /* two 32-bit words that start at 0 */
    uint32_t index, count;
    uint64_t items_before, items_all;
};

struct hip_kernel_launch {
    struct ihipModuleSymbol_t *function;
    const void *named; /* as the program named it: the host's function or the handle */
    uint32_t grid[3];  /* work-items */
    uint32_t block[3];
    uint32_t dynamic_lds;
    bool cooperative;
    const struct hip_grids *grids; /* NULL: one device; borrowed until enqueued */
    bool any_order;                /* may start before earlier kernels of the stream are done */
    uint8_t *args;                 /* explicit arguments, laid out; borrowed until enqueued */
    uint32_t args_size;
};

/* Rows and slices; a plain copy is one row. */
struct hip_copy {
    void *dst;
    const void *src;
    size_t width, height, depth; /* bytes, rows, slices */
    size_t dst_pitch, src_pitch; /* bytes from row to row */
    size_t dst_slice, src_slice; /* bytes from slice to slice */
    void *staging;               /* owned copy of the source, or NULL */
};

struct hip_fill {
    void *dst;
    size_t width, height, depth; /* elements, rows, slices */
    size_t pitch, slice;
    uint32_t value;
    uint32_t element_bytes; /* 1, 2 or 4 */
};

struct hip_host_call {
    hipHostFn_t function;
    hipStreamCallback_t callback;
    hipStream_t stream; /* as the caller named it */
    void *user;
};

struct hip_value {
    void *address;
    uint64_t value, mask;
    uint32_t bytes;     /* 4 or 8 */
    uint32_t condition; /* hipStreamWaitValue* */
};

/* `run` is called on a host thread, once each time the command runs. The command has a reference to
 * `data`. */
struct hip_native {
    hipError_t (*run)(void *data, uint64_t value);
    void (*hold)(void *data);
    void (*drop)(void *data);
    void *data;
    uint64_t value;
};

struct hip_command {
    enum hip_command_kind kind;
    union {
        struct hip_kernel_launch kernel;
        struct hip_copy copy;
        struct hip_fill fill;
        struct hip_host_call host;
        struct hip_value value;
        struct hip_native native;
        void *memory; /* FREE */
    };
};

/* WAIT or WRITE of one of hipStreamBatchMemOp's operations. */
hipError_t hip_command_of_mem_op(const hipStreamBatchMemOpParams *op, struct hip_command *out);
/* Does a command other than MARKER and KERNEL, now, on the calling thread. `stream_error` is what a
 * CALLBACK is told. */
hipError_t hip_command_run(const struct hip_command *command, hipError_t stream_error);
/* For one more run of a command that is kept: takes what hip_command_finish gives back. */
void hip_command_hold(const struct hip_command *command);
/* Gives back what the command owns, after it ran or when it will not. */
void hip_command_finish(struct hip_command *command);

#endif
